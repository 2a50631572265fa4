#include "personas_draws.hpp"

#include "sojourn/base/each_lane.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::personas {

void SOJOURN_PERSONAS(Draws& draws, const double* cumulative_share, int personas, std::uint32_t second, std::uint32_t key0,
                      std::uint32_t key1) {
  auto& words = draws.words;
  const int count = draws.count;
  philox_columns(draws.customer, second, draws.index[0], count, key0, key1,
                 {words[0][0], words[0][1], words[0][2], words[0][3]});
  philox_columns(draws.customer, second, draws.index[1], count, key0, key1,
                 {words[1][0], words[1][1], words[1][2], words[1][3]});
  for (int k = 0; k < count; ++k) draws.persona[k] = 0;
  for (int p = 0; p + 1 < personas; ++p) {
    const double share = cumulative_share[p];
    EACH_LANE
    for (int k = 0; k < count; ++k) draws.persona[k] += wide_uniform(words[0][0][k], words[1][2][k]) >= share ? 1 : 0;
  }
}

}  // namespace sojourn::personas
