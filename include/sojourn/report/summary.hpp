// Results in words and numbers: the table that one pastes into a mail, and the JSON that scripts read.
#pragma once

#include <string>

#include "sojourn/decide/comparison.hpp"

namespace sojourn {

/// Whether a text may carry terminal colours. Meaning never rests on them alone.
enum class Colour { off, on };

/// One plan at the horizon: every metric with its interval, then personas and touchpoints. Ends with a newline.
[[nodiscard]] std::string run_text(const Samples& samples, Colour colour = Colour::off);
/// Plans against the baseline: the answer in words, differences with intervals, money, and who gains or loses. Ends with a
/// newline.
[[nodiscard]] std::string comparison_text(const Samples& samples, const Comparison& comparison, Colour colour = Colour::off);

/// The answer alone: which plan keeps most customers and which is worth most, each on a line with its interval.
[[nodiscard]] std::string answer_text(const Samples& samples, const Comparison& comparison);

/// The JSON of `sojourn run`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as given.
[[nodiscard]] std::string run_json(const Samples& samples, const std::string& file);
/// The JSON of `sojourn compare`.
[[nodiscard]] std::string comparison_json(const Samples& samples, const Comparison& comparison, const std::string& file);

}  // namespace sojourn
