// Parts of a run on their way: what one process counted, for another one that goes on from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// What was counted in some blocks of a batch of customers of one replication, under each plan. Whole numbers alone, so that
/// parts add up to the same bits in whatever order they come.
struct RunPart {
  std::uint32_t replication = 0;
  std::uint32_t batch = 0;
  std::uint64_t blocks = 0;
  std::vector<Totals> sums;  // [plan]
};

/// A part in few bytes, on every machine the same.
[[nodiscard]] std::string packed(const RunPart& part);
/// And back. Throws RunError where these bytes are not of a part of a run with tables of these shapes.
[[nodiscard]] RunPart unpacked(std::string_view bytes, std::span<const TallyShape> shapes);

}  // namespace sojourn
