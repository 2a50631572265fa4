// A lesson on the page to play with.
#pragma once

#include <string>
#include <vector>

#include "sojourn/play/playground.hpp"
#include "sojourn/report/lesson_report.hpp"

namespace sojourn {

/// Sliders for the keys that a lesson changes, where numbers stand for them: those that take its cause away, and those to
/// try next.
[[nodiscard]] std::vector<KnobWish> lesson_knobs(const Scenario& scenario, const Lesson& lesson);

/// The lesson as the page's script knows it (sim/play/PROTOCOL.md), with the figures of its reveal: JSON. `ground` has the
/// knobs of the lesson.
[[nodiscard]] std::string lesson_page_json(const Playground& ground, const LessonReport& report);

}  // namespace sojourn
