// What a run will take, said before it begins.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sojourn/model/model.hpp"

namespace sojourn {

/// An estimate from the sizes of a run's tables. Values are right to a quarter; memory is the least that the run can do
/// with.
struct RunSize {
  std::uint64_t value_bytes = 0;   // of the results file
  std::uint64_t memory_bytes = 0;  // at the largest: sums, outcomes, the file's image
};

/// The size of a run of `plans` plans of `model` with all its replications.
[[nodiscard]] RunSize run_size(const Model& model, std::size_t plans);

/// Throws RunError (`too_large`) where a results file cannot hold the values, or the memory cannot be had.
void require_room(const RunSize& size);

}  // namespace sojourn
