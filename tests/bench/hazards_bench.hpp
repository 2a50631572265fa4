// Hazards that change while people wait: what that costs by how often they change.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "turns.hpp"

namespace sojourn::bench {

/// A race of stays of months. Neither event does anything until its effect is set: odds that are changed by 0 % stay.
inline constexpr const char* race_of_two = R"toml(
schema = 1

[scenario]
title = "A race of two exits"
horizon = "2 years"
customers = 300_000
replications = 1

[[persona]]
id = "anybody"
share = 1.0
starts = { stay = 1.0 }

[[touchpoint]]
id = "stay"
stage = "retention"
exits = "race"
next = [{ to = "help", odds = 1 }, { to = "gone", odds = 1 }]

[[touchpoint]]
id = "help"
stage = "purchase"
next = [{ to = "stay", odds = 1, after = "1 day" }]

[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"

[[event]]
id = "fortnights"
target = { touchpoint = "stay", exit_to = "gone" }
effect = { odds = "+0%" }
start = "15 days"
duration = "15 days"
every = "30 days"

[[event]]
id = "nights"
target = { touchpoint = "stay", exit_to = "gone" }
effect = { odds = "+0%" }
hours = { mon-sun = "20:00-08:00" }
)toml";

struct HazardSpeed {
  std::string key, name;
  static constexpr std::array<int, 3> changes_a_year{0, 24, 730};
  std::array<std::vector<double>, 3> rates;  // visits a second and core of runs that take turns
  double goal = 0.0;                         // for `share`; 0: none

  /// The speed with changes every night, of that with changes every fortnight: the median of the pairs.
  [[nodiscard]] double share() const { return paired(rates[2], rates[1]); }
};

inline std::vector<HazardSpeed> measure_hazards(bool quick) {
  std::vector<HazardSpeed> speeds(2);
  speeds[0].key = "exponential";
  speeds[0].goal = 0.95;
  speeds[1].key = "weibull";
  speeds[0].name = "exponential, 60 and 400 days";
  speeds[1].name = "Weibull, 60 days (shape 1.5) and 400 (0.8)";
  const std::array<std::string, 2> next{
      R"([{ to = "help", odds = 1, after = { exponential = { mean = "60 days" } } },
          { to = "gone", odds = 1, after = { exponential = { mean = "400 days" } } }])",
      R"([{ to = "help", odds = 1, after = { weibull = { scale = "60 days", shape = 1.5 } } },
          { to = "gone", odds = 1, after = { weibull = { scale = "400 days", shape = 0.8 } } }])"};
  for (std::size_t law = 0; law < speeds.size(); ++law) {
    std::vector<Model> models;
    for (const char* acts : {"", "fortnights", "nights"}) {
      std::vector<Override> overrides{{"--set", "touchpoint.stay.next", next[law]}};
      if (quick) overrides.push_back({"--set", "scenario.customers", "10_000"});
      if (*acts != 0) overrides.push_back({"--set", std::string("event.") + acts + ".effect.odds", R"("-50%")"});
      models.push_back(build(parse_scenario(race_of_two, "benchmark", ".", overrides)));
    }
    for (int round = 0; round < (quick ? 1 : 15); ++round) {
      for (std::size_t k = 0; k < models.size(); ++k) {
        const PlanId plans[] = {PlanId(0)};
        RunOptions options;
        options.threads = 1;
        const double before = process_seconds();
        const RunResult result = run(models[k], plans, options);
        speeds[law].rates[k].push_back(static_cast<double>(result.events) / (process_seconds() - before));
      }
    }
  }
  return speeds;
}

}  // namespace sojourn::bench
