// Plans against the baseline on the same luck: what each changes, for whom, and whether it pays.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/analysis/estimate.hpp"

namespace sojourn {

/// What a plan does to one persona.
struct PersonaEffect {
  std::string id, name;
  Estimate retained;  // differences to the baseline
  Estimate nps;
  Estimate clv;  // per person who arrived
};

/// One plan beside the baseline. Estimates stand in the order of `metrics()`.
struct PlanComparison {
  std::string id, name;
  std::vector<Estimate> metrics;
  std::vector<Estimate> differences;   // to the baseline; of the baseline itself exactly 0
  Estimate investment;                 // undiscounted, for the market
  Estimate roi;                        // difference of NPV / discounted investment; NaN without investment
  std::optional<double> payback_days;  // none: not within the horizon, or nothing was invested
  double extra_customers = 0.0;        // customers at the horizon more than under the baseline, of the market
  std::vector<PersonaEffect> personas;
};

struct Comparison {
  std::vector<PlanComparison> plans;  // the first is the baseline
  /// By metric: variance of the difference had the plans been run on independent luck, over that of the paired difference,
  /// summed over plans. NaN where the plans never differ.
  std::vector<double> pairing;
};

/// Compares all plans of `samples` with the first of them.
[[nodiscard]] Comparison compare(const Samples& samples);

/// The first day from which the cumulative undiscounted difference of cash (one amount per window, spent evenly within it)
/// stays at or above 0, or nothing when it ends below. 0 when it never falls below.
[[nodiscard]] std::optional<double> payback(const std::vector<double>& cash, const std::vector<double>& baseline,
                                            const std::vector<double>& window_ends);

}  // namespace sojourn
