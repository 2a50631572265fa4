// What a run will take, said before it begins.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sojourn/model/model.hpp"

namespace sojourn {

/// An estimate from the sizes of a run's tables. Values are right to a quarter; memory is the least that the run can do
/// with, where at queues every real customer for whom a simulated one stands calls once, all at the same time.
struct RunSize {
  std::uint64_t value_bytes = 0;   // of the results file
  std::uint64_t memory_bytes = 0;  // at the largest: sums, outcomes, the file's image, people
  std::uint64_t people_bytes = 0;  // of these, what grows with the customers simulated
  std::uint64_t real_bytes = 0;    // of these, what grows with the real customers at queues
};

/// The size of a run of `plans` plans of `model` with all its replications.
[[nodiscard]] RunSize run_size(const Model& model, std::size_t plans);

/// The people of one replication of `model` alone, where they live side by side because they act on one another; else 0.
[[nodiscard]] RunSize people_size(const Model& model);

/// The network of `[word_of_mouth]` while it is made; 0 where there is none.
[[nodiscard]] RunSize network_size(const Model& model);

/// Throws RunError (`too_large`) where a results file cannot hold the values, or the memory cannot be had. The hint says
/// what to take less of.
void require_room(const RunSize& size);

}  // namespace sojourn
