#include "talk_draws.hpp"

#include "lock_step_columns.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::talk {
namespace {

using lock_step::list_marked;

/// The numbers of a column, put together where `list` says.
template <class Number>
SOJOURN_INLINE void gather(const Number* from, const std::int32_t* list, int count, Number* to) {
  EACH_LANE
  for (int k = 0; k < count; ++k) to[k] = from[list[k]];
}

SOJOURN_INLINE void find_talkers(const Draws& draws, Talkers& talkers) {
  alignas(64) float u[most_people], rate[most_people];
  alignas(64) std::uint8_t marks[most_people];
  const int people = talkers.people;
  EACH_LANE
  for (int g = 0; g < people / 4; ++g) {
    for (int k = 0; k < 4; ++k) u[4 * g + k] = uniform(draws.words[k][g]);
  }
  const float promoter = talkers.rate[1], passive = talkers.rate[2], detractor = talkers.rate[3];
  EACH_LANE
  for (int i = 0; i < people; ++i) {
    const Voice mine = talkers.voice[i];
    const float happy = mine == Voice::promoter ? promoter : passive, any = mine == Voice::detractor ? detractor : happy;
    rate[i] = message_rate(talkers.talkativeness[i], mine == Voice::silent ? 0.0f : any);
  }
  const int padded = (people + 15) & ~15;
  for (int i = people; i < padded; ++i) marks[i] = 0;
  // As good as the count, but without its exponential: u < P(N >= 1) <= rate.
  EACH_LANE
  for (int i = 0; i < people; ++i) marks[i] = u[i] < rate[i] * 1.001f ? 1 : 0;
  talkers.count = list_marked(marks, people, padded, talkers.person);
  gather(u, talkers.person, talkers.count, talkers.u);
  gather(rate, talkers.person, talkers.count, talkers.rates);
  EACH_LANE
  for (int k = 0; k < talkers.count; ++k) talkers.nothing[k] = nothing_said(talkers.rates[k]);
}

}  // namespace

void SOJOURN_TALK(Draws& draws, int count, std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1, Talkers* talkers) {
  philox_columns(draws.group, purpose, draws.index, count, key0, key1,
                 {draws.words[0], draws.words[1], draws.words[2], draws.words[3]});
  if (talkers != nullptr) find_talkers(draws, *talkers);
}

}  // namespace sojourn::talk
