// Words that the text and the picture of regions share.
#pragma once

#include <string>

#include "sojourn/sweep/plan_regions.hpp"

namespace sojourn::region_words {

/// A number of a key with its unit: "0.52", "3.5 days".
[[nodiscard]] std::string value(const VariedKey& key, double number);
/// "x < 0.52", "x is "race" or "choice"".
[[nodiscard]] std::string limit(const PlanRegions& regions, const BoxLimit& limit);
/// "a beats b in 83 % of the points where x < 0.52 and 1.4 < y < 2: covers 61 % of its wins."
[[nodiscard]] std::string sentence(const PlanRegions& regions, const PointBox& box, PointVerdict standing);
/// "net present value", or the sum of a goal of several figures.
[[nodiscard]] std::string goal(const PlanRegions& regions);

}  // namespace sojourn::region_words
