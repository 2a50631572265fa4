// A model as the scenario file that says it, so that what a failing property found can be run.
#pragma once

#include <string>

#include "sojourn/model/model.hpp"

namespace sojourn::verify {

/// The model as a scenario file that `sojourn run` reads. Factors of effects may differ in their last bit: they are written
/// in per cent.
[[nodiscard]] std::string scenario_text(const ModelParts& parts);

}  // namespace sojourn::verify
