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

/// As messages_said, of up to seven messages: who has fallen silent says no more, because what is left never grows.
SOJOURN_INLINE void count_messages(Talkers& talkers) {
  constexpr int most = 8;
  alignas(64) double exactly[most_people], more[most_people];
  const int count = talkers.count;
  EACH_LANE
  for (int k = 0; k < count; ++k) {
    exactly[k] = talkers.nothing[k];
    more[k] = 1.0 - talkers.nothing[k];
    talkers.said[k] = 0;
  }
  std::int32_t anybody = 1;
  for (int message = 1; message <= most && anybody != 0; ++message) {
    anybody = 0;
    EACH_LANE
    for (int k = 0; k < count; ++k) {
      const std::int32_t says = static_cast<double>(talkers.u[k]) < more[k] ? 1 : 0;
      talkers.said[k] += says;
      anybody |= says;
      exactly[k] *= static_cast<double>(talkers.rates[k]) / message;
      more[k] -= exactly[k];
    }
  }
  EACH_LANE
  for (int k = 0; k < count; ++k) {
    const bool known = talkers.said[k] < most && talkers.rates[k] <= 600.0f;
    talkers.said[k] = known ? talkers.said[k] : -1;
  }
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
  count_messages(talkers);
}

}  // namespace

void SOJOURN_TALK(Draws& draws, int count, std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1, Talkers* talkers) {
  philox_columns(draws.group, purpose, draws.index, count, key0, key1,
                 {draws.words[0], draws.words[1], draws.words[2], draws.words[3]}, draws.call);
  if (talkers != nullptr) find_talkers(draws, *talkers);
}

}  // namespace sojourn::talk
