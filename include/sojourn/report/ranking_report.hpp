// Touchpoints by leverage, in words and numbers.
#pragma once

#include <string>

#include "sojourn/decide/leverage.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// The answer in a sentence, then touchpoints with gains, scores and reach, moments of truth, barriers and enablers. Ends
/// with a newline.
[[nodiscard]] std::string ranking_text(const Ranking& ranking, const Layout& layout = {});
/// The answer alone: the weakest touchpoint and the one worth fixing, a sentence a line. Ends with a newline.
[[nodiscard]] std::string ranking_answer(const Ranking& ranking);
/// A shift in words: "quality +0.1", "delay -20 %".
[[nodiscard]] std::string shift_words(const Pull& pull);
/// The JSON of `sojourn rank`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as given.
[[nodiscard]] std::string ranking_json(const Ranking& ranking, const std::string& file);

}  // namespace sojourn
