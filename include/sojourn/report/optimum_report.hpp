// The best that a budget buys, in words and numbers.
#pragma once

#include <string>

#include "sojourn/decide/optimum.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// What to buy, how sure that is, the next best choices, the frontier, and how the search went. Ends with a newline.
[[nodiscard]] std::string optimum_text(const Optimum& optimum, const Model& model, const Layout& layout = {});
/// The answer alone: what to buy and what it gains, and the next best choice. Ends with a newline.
[[nodiscard]] std::string optimum_answer(const Optimum& optimum, const Model& model);
/// What a choice buys, in words: "A, B at 50 % and C"; empty where it buys nothing.
[[nodiscard]] std::string choice_words(const Choice& choice, const Model& model);
/// What a search was held to: "EUR 200 k", "EUR 200 k, and EUR 120 k in a calendar quarter"; empty where nothing limits it.
[[nodiscard]] std::string limit_words(const Optimum& optimum, const Model& model);
/// How the search went and how sure its choice is, a line or more. Ends with a newline.
[[nodiscard]] std::string optimum_sureness(const Optimum& optimum, const Model& model);
/// The JSON of `sojourn optimize`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as given.
[[nodiscard]] std::string optimum_json(const Optimum& optimum, const Model& model, const std::string& file);

}  // namespace sojourn
