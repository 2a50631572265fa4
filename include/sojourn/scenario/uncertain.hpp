// What a scenario's author does not know: keys whose values are drawn ([[uncertain]]), and which of them move together.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sojourn/scenario/sweep_file.hpp"

namespace sojourn {

/// Inputs that are correlated ([[uncertain_group]]).
struct UncertainGroup {
  std::string id;
  double correlation = 0.0;          // of each pair's normal scores, at least -1 / (members - 1)
  std::vector<std::size_t> members;  // places among the keys
};

/// The uncertain inputs of a scenario, with every problem found in them; complete only where there is no error.
struct UncertainInputs {
  SweepFile inputs;              // the scenario and its keys; without a design
  std::vector<std::string> why;  // by key, as the author wrote it; empty where nothing was
  std::vector<UncertainGroup> groups;
};

/// Reads the [[uncertain]] entries of a scenario that has no error, with what the command line changes in it. Every key is
/// tried in the scenario at both ends of its values, as those of a sweep are. Errors say where in the scenario; of one
/// that has a base, where in the text of both, as results hold it.
[[nodiscard]] UncertainInputs read_uncertain(const Scenario& scenario, const std::vector<Override>& overrides = {});

}  // namespace sojourn
