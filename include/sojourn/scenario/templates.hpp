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

/// A shipped lesson: a scenario with a [lesson].
struct ShippedLesson {
  std::string_view name;  // "weakest": that of its file
  std::string_view text;
};
/// All of them, in the order in which they are numbered from 1.
[[nodiscard]] const std::vector<ShippedLesson>& shipped_lessons();

}  // namespace sojourn
