// The closed form in words and numbers, and what a control variate saves.
#pragma once

#include <string>

#include "sojourn/decide/control_variate.hpp"
#include "sojourn/report/summary.hpp"
#include "sojourn/solve/closed_form.hpp"

namespace sojourn {

/// An obstacle in a sentence: "touchpoint.ad.next[0].satisfaction = 2: the odds of ad -> buy follow the customer's
/// satisfaction".
[[nodiscard]] std::string obstacle_words(const Obstacle& obstacle);
/// Why there is no closed form, or no solvable twin: the obstacles, a line each below the first; no newline at the end.
[[nodiscard]] std::string no_closed_form_text(const NoClosedForm& error);

/// The closed form of `program`: the figures at the horizon with their bounds, personas, touchpoints, and the long run. Ends
/// with a newline.
[[nodiscard]] std::string solution_text(const ClosedForm& solved, const Program& program, const Layout& layout = {});
/// The JSON of `sojourn solve`: metrics as in `run`, each {"mean", "low", "high"}; undefined and infinite numbers are null.
[[nodiscard]] std::string solution_json(const ClosedForm& solved, const Program& program, const std::string& file);

/// What the solved twin makes of a run's estimates, as a table to follow `run_text`. Ends with a newline.
[[nodiscard]] std::string control_variate_text(const Samples& samples, const ControlVariate& control,
                                               const Layout& layout = {});
/// The JSON of `sojourn run --control-variate`: that of `run` with "control_variate".
[[nodiscard]] std::string run_json(const Samples& samples, const ControlVariate& control, const std::string& file);

}  // namespace sojourn
