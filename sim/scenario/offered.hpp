// Shipped scenarios that `sojourn new` offers. Private to sim/scenario.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace sojourn::scenario {

/// Name and text of each.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& offered();

}  // namespace sojourn::scenario
