#include "sojourn/outcomes/recorded_scenario.hpp"

#include "sojourn/outcomes/network_ties.hpp"

namespace sojourn {

Scenario recorded_scenario(const Outcomes& recorded, const std::string& name, const std::filesystem::path& folder,
                           const std::vector<Override>& overrides) {
  return parse_scenario(recorded.provenance.scenario_toml, name, folder, overrides, kept_ties(recorded), NamedFiles::none);
}

}  // namespace sojourn
