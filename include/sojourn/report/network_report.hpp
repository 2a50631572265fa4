// A network in words and numbers, for `sojourn map --network`.
#pragma once

#include <string>

#include "sojourn/model/model.hpp"
#include "sojourn/population/network_figures.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// The figures as a table with a histogram of the degrees. The model must have word of mouth. Ends with a newline.
[[nodiscard]] std::string network_text(const NetworkFigures& figures, const Model& model, const Layout& layout = {});
/// The same as JSON, undefined numbers as null. `file` is the scenario's name as given. Ends with a newline.
[[nodiscard]] std::string network_json(const NetworkFigures& figures, const Model& model, const std::string& file);

}  // namespace sojourn
