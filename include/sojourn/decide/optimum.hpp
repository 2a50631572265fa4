// The best that a budget buys: every choice of improvements within its limits, interactions simulated, and how sure one can
// be of having chosen the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {

/// Limits of a choice, besides those of the scenario's `[budget]`. Money is the market's, undiscounted, over the horizon.
struct BudgetLimits {
  double total = 0.0;  // infinity: no limit
  /// What a team may spend on improvements of its touchpoints; one that takes in touchpoints of several teams is split
  /// evenly between them. What is paid per visit, of all that is bought, counts in full for each team that it concerns.
  std::vector<std::pair<TeamId, double>> teams;
  std::vector<ImprovementId> must, never;
};

/// An improvement bought at one of its levels.
struct Purchase {
  ImprovementId improvement;
  double level = 1.0;
};

/// A set of improvements, and what is known of it at the precision to which it was simulated last.
struct Choice {
  std::vector<Purchase> bought;       // in the order of the model
  double fixed_cost = 0.0;            // once and per month
  Estimate investment;                // with what is paid per visit, which is simulated
  Estimate gain;                      // of the goal, over the baseline; each holds by itself
  std::vector<Estimate> differences;  // to the baseline, in the order of `metrics()`
  bool full = false;                  // simulated with all the scenario's customers and replications
};

/// Whether a plan without rules buys just that.
[[nodiscard]] bool buys_just(const Plan& plan, const std::vector<Purchase>& bought);

/// One round of the search.
struct SearchRound {
  std::uint64_t customers = 0;     // per replication
  std::uint32_t replications = 0;  // with one, samples are batches of customers
  std::size_t choices = 0;         // simulated, without the baseline
  std::size_t beaten = 0;          // told from the round's best, and dropped
  std::size_t set_aside = 0;       // not told from it, but dropped to save work: they count in `at_most_missed`
};

struct Optimum {
  Samples samples;  // of the baseline at full precision, its only plan
  std::vector<GoalTerm> goal;
  double budget = 0.0;              // infinity: no limit
  std::size_t possible = 0;         // choices within the limits, by what they cost whatever happens; at least
  bool counted = true;              // false: there are more than `possible`
  std::size_t tried = 0;            // of them, simulated at any precision
  std::size_t in_full = 0;          // simulated at full precision, those of the frontier too
  std::size_t over_budget = 0;      // tried, but what is paid per visit may break a limit
  std::vector<SearchRound> rounds;  // the last at full precision
  std::vector<Choice> finalists;    // at full precision, the best first
  /// Gain of the best, and its lead over the next (NaN without a next), paired; the intervals allow for its being the best
  /// of all that were simulated in full.
  Estimate gain, lead;
  std::size_t rivals = 0;  // choices tried that are not told from the best
  /// With `confidence`, no choice that was tried, is surely within the limits and was not `unjudged` has a goal larger than
  /// that of the best by more than this. 0: it is the best of them. NaN where one sample gives no interval.
  double at_most_missed = 0.0;
  /// Choices that were set aside in a round of few people where they changed hardly anybody, so that nothing can be said.
  std::size_t unjudged = 0;
  double confidence = 0.95;
  std::vector<Choice> frontier;  // the best found for what it costs, costs and gains rising; at full precision
  /// What the best gains beyond the sum of what its parts gain alone, at the first round's precision; empty for one part, or
  /// where a part alone is not allowed.
  std::optional<Estimate> interplay;
  std::uint64_t events = 0;
};

/// How to search.
struct OptimizeOptions {
  BudgetLimits limits;
  std::vector<GoalTerm> goal{};
  std::optional<TeamGoal> team{};  // decides in place of `goal`, where it is there
  double indifference = 0.0;       // replications are added, eightfold at most, until `at_most_missed` is not more; 0: none
  std::size_t all_in_full = 64;    // so many choices are simulated in full without a search
  std::size_t most_tried = 4096;   // with more choices, a search replaces the list of all
};

/// The best choice. Every choice is compared on the same luck. With few choices all are simulated in full. With more, rounds
/// of rising precision drop what is told from the round's best (paired t with Bonferroni's correction, the screening of
/// Nelson, Swann, Goldsman & Song 2001, section 3; a share of the error for each round), and set aside all but the best by
/// mean where too many are left (successive halving: Karnin, Koren & Somekh 2013). What may be missed by that is bounded by
/// the same intervals (multiple comparisons with the best: Hsu 1984). Throws Interrupted, and InputError where the
/// limits contradict each other, no choice is within them, or a goal is of what the scenario does not have.
[[nodiscard]] Optimum optimize(const Model& model, const OptimizeOptions& how, const RunOptions& options = {});

}  // namespace sojourn
