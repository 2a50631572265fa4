// The lesson of a scenario ([lesson]), and the changes that it names: what takes the cause away, and what to try next.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sojourn/model/lesson.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// The lesson of a scenario without errors, which was read with `overrides`; nothing where it has none.
[[nodiscard]] std::optional<Lesson> read_lesson(const Scenario& scenario, const std::vector<Override>& overrides = {});

/// A scenario as it is with changes, each as after `--set`, on top of `overrides`, with which it was read.
[[nodiscard]] Scenario with_changes(const Scenario& scenario, const std::vector<Override>& overrides,
                                    const std::vector<std::string>& changes);

/// Tries the changes of the lesson of a scenario without errors, each list as a whole. An error is a change that does not
/// apply, a warning one that changes nothing. Costs as much as reading the scenario anew for each list; nothing without a
/// lesson.
[[nodiscard]] CheckedText check_lesson_changes(const Scenario& scenario, const std::vector<Override>& overrides = {});

}  // namespace sojourn
