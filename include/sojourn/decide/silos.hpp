// What it costs when each team chooses for itself: teams with goals of their own against one common goal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/decide/optimum.hpp"

namespace sojourn {

/// What one team chose.
struct TeamChoice {
  TeamId team;
  double budget = 0.0;           // infinity: no limit
  std::size_t for_sale = 0;      // improvements that take in touchpoints of this team alone
  std::vector<Purchase> bought;  // in the order of the model
  Estimate expected;             // gain of its own goal, had it chosen alone; the interval allows for the choice among all
  /// Its own goal's gain over the baseline when all teams buy what they chose, and under one common goal.
  Estimate in_silos, in_common;
};

struct Silos {
  Samples samples;                      // of the baseline, on the luck on which the answers are judged
  std::vector<GoalTerm> goal;           // the common one
  double budget = 0.0;                  // infinity: no limit
  std::vector<TeamChoice> teams;        // those with a goal, in the order of the model
  std::vector<ImprovementId> between;   // improvements that take in touchpoints of several teams: no team buys them alone
  std::vector<Purchase> together;       // all that the teams bought
  std::vector<Purchase> common;         // the best by the common goal, as `optimize` finds it
  Estimate gain_together, gain_common;  // of the common goal over the baseline
  Estimate investment_together, investment_common;
  Estimate cost;  // what the silos cost: gain_common - gain_together, paired
  std::uint64_t events = 0;
};

/// Lets each team that has a goal (`team.goal`) buy what is best by that goal among the improvements that take in
/// touchpoints of this team alone, with its budget: that of `how.limits.teams`, or an even share of what those leave of
/// `how.limits.total`; each as if the others bought nothing. Compares what they buy together with the best by `how.goal` for
/// `how.limits.total`. Both are judged on the luck of the seed after the scenario's, on which nobody chose, so that the
/// intervals need no allowance for the choice. Throws as `optimize`, and InputError where no team has a goal, where
/// something must be bought (`how.limits.must`), or where the scenario limits calendar quarters.
[[nodiscard]] Silos compare_silos(const Model& model, const OptimizeOptions& how, const RunOptions& options = {});

}  // namespace sojourn
