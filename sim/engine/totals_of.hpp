// Totals of cells that are known.
#pragma once

#include <cstdint>
#include <span>

#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Totals of these cells, in the order of the shape.
[[nodiscard]] Totals totals_of(const TallyShape& shape, std::span<const Totals::Wide> cells, std::uint64_t events);

}  // namespace sojourn
