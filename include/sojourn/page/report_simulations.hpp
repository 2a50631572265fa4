// What a page says that its results file cannot: which touchpoint is worth fixing, and what each budget buys.
#pragma once

#include <optional>
#include <string>

#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/optimum.hpp"

namespace sojourn {

/// Simulated beside a results file, of the same model with fewer people or replications.
struct Beside {
  std::optional<Ranking> ranking;              // by net present value, under the file's first plan
  std::optional<Optimum> optimum, affordable;  // for net present value: without a limit, and within the budget
  std::string left_out;                        // why one of these is missing, in a sentence
};

/// Simulates them so precisely as some ten seconds on two processors allow: at most 100,000 people in all replications of a
/// plan; of coupled customers all, in 3 replications. What would still take long is left out. Counted in people and visits,
/// not in seconds, so that equal files give equal pages. `samples` are the file's; without `budget` nothing is `affordable`.
/// Throws Interrupted.
[[nodiscard]] Beside simulate_beside(const Model& model, const Samples& samples, std::optional<double> budget,
                                     const RunOptions& options);

}  // namespace sojourn
