#include <cstdio>
#include <filesystem>
#include <string>

#include "commands.hpp"
#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/findings_json.hpp"
#include "sojourn/scenario/uncertain.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int check_command(const CommandLine& line) {
  const std::filesystem::path path(line.input);
  Scenario scenario = looks_like_results(path)
                          ? recorded_scenario(read_provenance(path), line.input, path.parent_path(), line.overrides)
                          : read_scenario(path, line.overrides);
  if (scenario.errors() == 0) {
    const UncertainInputs uncertain = read_uncertain(scenario, line.overrides);
    const auto add = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    add(scenario.findings, uncertain.inputs.findings);
    add(scenario.rendered, uncertain.inputs.rendered);
  }
  const int status = scenario.errors() > 0 ? wrong_input : done;
  if (line.json) {
    print(stdout, "%s", findings_json(line.input, scenario.findings, scenario.rendered).c_str());
    return status;
  }
  for (const std::string& finding : scenario.rendered) print(stderr, "%s\n", finding.c_str());
  if (status != done) {
    print(stderr, "%s\n", summary(scenario).c_str());
    return status;
  }
  const ModelParts& parts = scenario.parts;
  const auto number = [](std::size_t n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); };
  print(stdout, "%s: no errors, %s\n", line.input.c_str(), number(scenario.warnings(), "warning").c_str());
  print(stdout, "%s, %s, %s, %s besides the baseline, %s\n", number(parts.touchpoints.size(), "touchpoint").c_str(),
        number(parts.personas.size(), "persona").c_str(), number(parts.improvements.size(), "improvement").c_str(),
        number(parts.plans.size() - 1, "plan").c_str(), number(parts.events.size(), "event").c_str());
  return done;
}

}  // namespace sojourn::tools
