// Surveys and rules: what two surveys and one rule cost in speed.
#pragma once

#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "turns.hpp"

namespace sojourn::bench {

/// One survey twice a year, one after calls, and a rule that looks at the first every week and never finds what it looks
/// for, so that both runs live the same lives.
inline constexpr const char* two_surveys_and_a_rule = R"toml(
[[survey]]
id = "relationship"
asks = "nps"
every = "6 months"

[[survey]]
id = "after-calls"
asks = "csat"
after = ["call-support", "call-billing"]

[[rule]]
id = "alarm"
when = { metric = "nps", survey = "relationship", below = -99 }
switch_on = "train-agents"

[[plan]]
id = "by-rule"
improvements = []
rules = ["alarm"]
)toml";

struct SurveySpeed {
  std::uint64_t customers = 0;
  std::vector<double> plain, asked;  // visits a second of runs that take turns

  /// The speed with them, of that without: the median of the pairs.
  [[nodiscard]] double share() const { return paired(asked, plain); }
};

/// `scenario` is the text of telecom.toml, stopped at every window's end where nobody is asked.
inline SurveySpeed measure_surveys(const std::string& scenario, bool quick) {
  std::vector<Override> overrides{{"--set", "scenario.replications", "1"}};
  if (quick) overrides.push_back({"--set", "scenario.customers", "10_000"});
  const Model plain = build(parse_scenario(scenario, "benchmark", ".", overrides));
  const Model asked = build(parse_scenario(scenario + two_surveys_and_a_rule, "benchmark", ".", overrides));
  const auto speed = [](const Model& model, PlanId plan) {
    RunOptions options;
    options.engine = Engine::window_by_window;
    options.threads = 1;
    const double before = process_seconds();
    const RunResult result = run(model, std::span(&plan, 1), options);
    return static_cast<double>(result.events) / (process_seconds() - before);
  };
  SurveySpeed speeds;
  speeds.customers = plain.parts().settings.customers;
  speed(plain, PlanId(0));  // the first run of all meets cold memory
  for (int round = 0; round < (quick ? 1 : 9); ++round) {
    speeds.plain.push_back(speed(plain, PlanId(0)));
    speeds.asked.push_back(speed(asked, PlanId(asked.parts().plans.size() - 1)));
  }
  return speeds;
}

}  // namespace sojourn::bench
