// The company's map against the customers' journey, in words and numbers.
#pragma once

#include <string>

#include "sojourn/decide/assumed_journey.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn {

/// The answer in sentences, then touchpoints by how far the map is off, and the paths that nobody drew. Ends with a newline.
[[nodiscard]] std::string assumed_text(const AssumedJourney& journey, const Model& model, const Layout& layout = {});
/// The answer alone, in one line.
[[nodiscard]] std::string assumed_answer(const AssumedJourney& journey, const Model& model);
/// The JSON of `sojourn map --assumed`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as
/// given.
[[nodiscard]] std::string assumed_json(const AssumedJourney& journey, const Model& model, const std::string& file);

}  // namespace sojourn
