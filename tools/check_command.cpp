#include <cstdio>

#include "sojourn/report/findings_json.hpp"
#include "commands.hpp"

namespace sojourn::tools {

int check_command(const CommandLine& line) {
  const Scenario scenario = read_scenario(line.input, line.overrides);
  const int status = scenario.errors() > 0 ? wrong_input : done;
  if (line.json) {
    std::fputs(findings_json(line.input, scenario.findings, scenario.rendered).c_str(), stdout);
    return status;
  }
  for (const std::string& finding : scenario.rendered) std::fprintf(stderr, "%s\n", finding.c_str());
  if (status != done) {
    std::fprintf(stderr, "%s\n", summary(scenario).c_str());
    return status;
  }
  const ModelParts& parts = scenario.parts;
  const auto unbuilt = unsupported(parts);
  std::printf("%s: no errors, %zu warning%s\n", line.input.c_str(), scenario.warnings(), scenario.warnings() == 1 ? "" : "s");
  std::printf("%zu touchpoints, %zu personas, %zu improvements, %zu plans besides the baseline, %zu events\n", parts.touchpoints.size(),
              parts.personas.size(), parts.improvements.size(), parts.plans.size() - 1, parts.events.size());
  for (const std::string& feature : unbuilt) std::printf("checked, but not simulated by this version: %s\n", feature.c_str());
  return done;
}

}  // namespace sojourn::tools
