#include "call_draws.hpp"

#include "sojourn/base/each_lane.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::calls {
namespace {

SOJOURN_INLINE void exponentials(const std::uint32_t* words, int count, float* drawn) {
  EACH_LANE
  for (int k = 0; k < count; ++k) drawn[k] = exponential(words[k]);
}

}  // namespace

void SOJOURN_CALLS(Draws& draws, int count, Wanted wanted, std::uint32_t replication, std::uint32_t key0,
                   std::uint32_t key1) {
  const auto draw = [&](Purpose purpose, std::uint32_t(&words)[4][most_calls], std::uint32_t call)
      __attribute__((always_inline)) {
    philox_columns(draws.customer, static_cast<std::uint32_t>(purpose) | (replication << 8), draws.event, count, key0, key1,
                   {words[0], words[1], words[2], words[3]}, call);
  };
  if (wanted.patience) {
    // Its words have no place of their own: those of service come after.
    draw(Purpose::patience, draws.service, 0);
    exponentials(draws.service[1], count, draws.patience);
  }
  if (wanted.service) {
    draw(Purpose::service, draws.service, 0);
    exponentials(draws.service[3], count, draws.work);
  }
  if (wanted.own_patience) {
    draw(Purpose::service, draws.own_patience, 1);
    exponentials(draws.own_patience[3], count, draws.exponential_own);
  }
  if (wanted.visit) draw(Purpose::visit, draws.visit, 0);
}

}  // namespace sojourn::calls
