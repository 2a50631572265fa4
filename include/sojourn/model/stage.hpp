// The six stages of the customer lifecycle, in order.
#pragma once

#include <array>
#include <string_view>

namespace sojourn {

enum class Stage { awareness, consideration, selection, purchase, retention, advocacy };

inline constexpr std::array<std::string_view, 6> stage_names{"awareness", "consideration", "selection",
                                                             "purchase",  "retention",     "advocacy"};
/// The name as in scenario files.
[[nodiscard]] constexpr std::string_view name(Stage stage) { return stage_names[static_cast<std::size_t>(stage)]; }

}  // namespace sojourn
