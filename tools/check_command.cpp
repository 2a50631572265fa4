#include <cstdio>
#include <filesystem>
#include <string>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/findings_json.hpp"
#include "sojourn/scenario/knobs.hpp"
#include "sojourn/scenario/lesson_changes.hpp"
#include "sojourn/scenario/uncertain.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int check_command(const CommandLine& line) {
  const std::filesystem::path path(line.input);
  Scenario scenario = looks_like_results(path)
                          ? recorded_scenario(read_provenance(path), line.input, path.parent_path(), line.overrides)
                          : read_scenario(path, line.overrides);
  if (scenario.errors() == 0) {
    tell_notes(line, scenario);
    const CheckedText uncertain = read_uncertain(scenario, line.overrides).inputs,
                      knobs = read_knobs(scenario, line.overrides).inputs,
                      lesson = check_lesson_changes(scenario, line.overrides);
    const auto add = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    for (const CheckedText& more : {uncertain, knobs, lesson}) {
      add(scenario.findings, more.findings);
      add(scenario.rendered, more.rendered);
    }
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
  const std::string holds =
      number(parts.touchpoints.size(), "touchpoint") + ", " + number(parts.personas.size(), "persona") + ", " +
      number(parts.improvements.size(), "improvement") + ", " + number(parts.plans.size() - 1, "plan") +
      " besides the baseline, " + number(parts.events.size(), "event");
  print(stdout, "%s", wrapped(holds, layout(line).width).c_str());
  return done;
}

}  // namespace sojourn::tools
