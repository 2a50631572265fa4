#include "row_sorting.hpp"

#include "sojourn/base/each_lane.hpp"

namespace sojourn::rows {

void SOJOURN_SORT(std::uint32_t* numbers, const std::uint32_t* lengths, std::uint32_t count) {
  for (std::uint32_t row = 0; row < count; numbers += lengths[row++]) {
    const std::uint32_t length = lengths[row];
    if (length < 2 || length > short_row) continue;
    alignas(64) std::uint32_t number[short_row], place[short_row];
    for (std::uint32_t i = 0; i < short_row; ++i) number[i] = numbers[i];
    for (std::uint32_t i = 0; i < short_row; ++i) place[i] = 0;
    // A number's place is how many are smaller.
    for (std::uint32_t j = 0; j < length; ++j) {
      const std::uint32_t other = number[j];
      EACH_LANE
      for (std::uint32_t i = 0; i < short_row; ++i) place[i] += other < number[i] ? 1 : 0;
    }
    for (std::uint32_t i = 0; i < length; ++i) numbers[place[i]] = number[i];
  }
}

}  // namespace sojourn::rows
