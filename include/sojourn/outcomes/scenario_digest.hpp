// Names all that a scenario says.
#pragma once

#include <string>

#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// SHA-256 of the resolved text and of the ties of a network that stand in a file of their own.
[[nodiscard]] std::string scenario_digest(const Scenario& scenario);

}  // namespace sojourn
