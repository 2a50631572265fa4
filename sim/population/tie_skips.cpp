#include "tie_skips.hpp"

#include "sojourn/base/each_lane.hpp"
#include "sojourn/base/wide_philox.hpp"

namespace sojourn::ties {

void SOJOURN_SKIPS(Skips& skips, int count, std::uint32_t second, std::uint32_t call, std::uint32_t key0,
                   std::uint32_t key1) {
  philox_columns(skips.person, second, skips.index, count, key0, key1,
                 {skips.words[0], skips.words[1], skips.words[2], skips.words[3]}, call);
  for (int half = 0; half < 2; ++half) {
    EACH_LANE
    for (int i = 0; i < count; ++i) {
      skips.skipped[half][i] =
          numeric::log(uniform(skips.words[2 * half][i], skips.words[2 * half + 1][i])) * skips.scale[i];
    }
  }
}

}  // namespace sojourn::ties
