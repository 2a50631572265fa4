// Scenarios to start from: `sojourn new [TEMPLATE]`.
#pragma once

#include <string_view>
#include <vector>

namespace sojourn {

struct Template {
  std::string_view name;         // "commented"
  std::string_view description;  // one line
  std::string_view text;         // a valid scenario, ending in a newline
};

/// All templates, the default one ("commented") first.
[[nodiscard]] const std::vector<Template>& templates();

}  // namespace sojourn
