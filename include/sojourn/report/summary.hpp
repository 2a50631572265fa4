// Results in words and numbers: the table that one pastes into a mail, and the JSON that scripts read.
#pragma once

#include <string>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn {

/// One plan at the horizon: every metric with its interval, then personas and touchpoints. Ends with a newline.
[[nodiscard]] std::string run_text(const Samples& samples, const Layout& layout = {});
/// Plans against the baseline: the answer in words with a verdict for each plan, and where the layout is full differences
/// with intervals, money, and who gains or loses; else at most `most_first_lines` lines. Ends with a newline.
[[nodiscard]] std::string comparison_text(const Samples& samples, const Comparison& comparison, const Layout& layout = {});

/// The answer alone, a sentence a line (answer_words.hpp).
[[nodiscard]] std::string answer_text(const Samples& samples, const Comparison& comparison);

/// The JSON of `sojourn run`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as given.
[[nodiscard]] std::string run_json(const Samples& samples, const std::string& file);
/// The JSON of `sojourn compare`.
[[nodiscard]] std::string comparison_json(const Samples& samples, const Comparison& comparison, const std::string& file);

}  // namespace sojourn
