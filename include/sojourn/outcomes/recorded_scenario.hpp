// The scenario inside a results file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// Reads the scenario that made `recorded`, with every problem found in it. A network's ties are those kept with the
/// results: the scenario opens no file, whatever it names (NamedFiles::none), unless one of the `overrides` does. `name`
/// stands in messages; the paths of overrides begin at `folder`. Throws InputError where the kept ties cannot be ties.
[[nodiscard]] Scenario recorded_scenario(const Outcomes& recorded, const std::string& name,
                                         const std::filesystem::path& folder, const std::vector<Override>& overrides);

}  // namespace sojourn
