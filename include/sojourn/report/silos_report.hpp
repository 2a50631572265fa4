// What silos cost, in words and numbers.
#pragma once

#include <string>

#include "sojourn/decide/silos.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn {

/// What the silos cost, what each team chose and what came of its own goal, and what nobody buys alone. Ends with a newline.
[[nodiscard]] std::string silos_text(const Silos& silos, const Model& model, const Layout& layout = {});
/// The JSON of `sojourn optimize --silos`, undefined numbers as null. Ends with a newline. `file` is the scenario's name as
/// given.
[[nodiscard]] std::string silos_json(const Silos& silos, const Model& model, const std::string& file);

}  // namespace sojourn
