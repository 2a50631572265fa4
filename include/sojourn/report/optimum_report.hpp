// The best that a budget buys, in words and numbers.
#pragma once

#include <string>

#include "sojourn/analysis/optimum.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// What to buy, how sure that is, the next best choices, the frontier, and how the search went. Ends with a newline.
[[nodiscard]] std::string optimum_text(const Optimum& optimum, const Model& model, Colour colour = Colour::off);
/// The JSON of `sojourn optimize`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as given.
[[nodiscard]] std::string optimum_json(const Optimum& optimum, const Model& model, const std::string& file);

}  // namespace sojourn
