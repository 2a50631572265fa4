#include "talk_draws.hpp"

#include "wide_philox.hpp"

namespace sojourn::talk {

void SOJOURN_TALK(Draws& draws, int count, std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1,
                  std::int32_t limit) {
  philox_columns(draws.group, purpose, draws.index, count, key0, key1,
                 {draws.words[0], draws.words[1], draws.words[2], draws.words[3]});
  for (int g = 0; g < count; ++g) {
    std::int32_t least = static_cast<std::int32_t>(draws.words[0][g] >> 1);
    for (int k = 1; k < 4; ++k) {
      const auto half = static_cast<std::int32_t>(draws.words[k][g] >> 1);
      least = half < least ? half : least;
    }
    draws.talks[g] = least < limit ? 1 : 0;
  }
}

}  // namespace sojourn::talk
