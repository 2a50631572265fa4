// What a page says that its results file cannot: which touchpoint is worth fixing, what each budget buys, and what the
// uncertain inputs make of the answer.
#pragma once

#include <optional>
#include <string>

#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/optimum.hpp"
#include "sojourn/report/forecast_report.hpp"

namespace sojourn {

/// Draws of what the scenario's author does not know.
struct Doubt {
  UncertainInputs inputs;
  UncertainDraws draws;
  std::size_t by = 0;  // the metric that decides, by place in `metrics()`
};

/// Simulated beside a results file, of the same model with fewer people or replications.
struct Beside {
  std::optional<Ranking> ranking;              // by net present value, under the file's first plan
  std::optional<Optimum> optimum, affordable;  // for net present value: without a limit, and within the budget
  std::optional<Doubt> doubt;                  // of a scenario with [[uncertain]]
  std::string left_out;                        // why one of these is missing, in a sentence
};

/// Simulates them so precisely as some ten seconds on two processors allow: at most 100,000 people in all replications of a
/// plan; of coupled customers all, in 3 replications. What would still take long is left out. Counted in people and visits,
/// not in seconds, so that equal files give equal pages. `scenario` and `samples` are the file's, `model` that of the
/// scenario; without `budget` nothing is `affordable`. Throws Interrupted.
[[nodiscard]] Beside simulate_beside(const Scenario& scenario, const Model& model, const Samples& samples,
                                     std::optional<double> budget, const RunOptions& options);

}  // namespace sojourn
