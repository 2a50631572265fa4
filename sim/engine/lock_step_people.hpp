// The next people of a block, their random words drawn many at a time.
#pragma once

#include "lock_step.hpp"
#include "sojourn/base/random.hpp"
#include "wide_philox.hpp"

namespace sojourn::lock_step {

/// Fills `people` with the next of the task's people who arrive within the horizon, from number `*next` on, which moves on.
/// Returns how many, 0 when there are no more.
SOJOURN_INLINE int draw_people(const Task& task, std::uint32_t* next, People* people) {
  while (*next < task.end) {
    const std::uint32_t left = task.end - *next;
    const int count = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
    for (int k = 0; k < lane_count; ++k) {
      people->customer[k] = *next + static_cast<std::uint32_t>(k);
      people->index[0][k] = 0;
      people->index[1][k] = 1;
    }
    for (int use = 0; use < 4; ++use) {
      const auto purpose = static_cast<std::uint32_t>(use < 2 ? Purpose::person : Purpose::trait) | (task.replication << 8);
      philox_columns(people->customer, purpose, people->index[use % 2], lane_count, task.seed[0], task.seed[1],
                     {people->words[use][0], people->words[use][1], people->words[use][2], people->words[use][3]});
    }
    *next += static_cast<std::uint32_t>(count);
    const int arrived = task.draw(task, count, people);
    if (arrived > 0) return arrived;
  }
  return 0;
}

}  // namespace sojourn::lock_step
