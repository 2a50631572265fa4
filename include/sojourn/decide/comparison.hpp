// Plans against the baseline on the same luck: what each changes, for whom and where, which is best, and whether it pays.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/goal.hpp"

namespace sojourn {

/// What a plan does to one persona.
struct PersonaEffect {
  std::string id, name;
  Difference retained;  // differences to the baseline
  Difference nps;
  Difference clv;  // per person who arrived
};

/// What a plan does to the accounts of one segment.
struct SegmentEffect {
  std::string id, name;
  Difference conversion;  // differences to the baseline, shares of accounts
  Difference retention;
};

/// A part of a difference; parts add up to the whole, point by point and sample by sample.
struct Contribution {
  std::string id, name;
  Difference change;
};

/// Shares of the people who arrived: how a plan leaves them against the baseline.
struct BetterOrWorse {
  Estimate better, same, worse;
};

/// Winners and losers, customer by customer.
struct WinnersAndLosers {
  std::string id, name;        // "all" first
  double people = 0.0;         // who arrived, in all samples
  BetterOrWorse outcome;       // customer at the horizon under the plan only; under both or neither; under the baseline only
  BetterOrWorse satisfaction;  // higher at the end, the same (within `same_satisfaction`), lower
  BetterOrWorse overall;       // by outcome and, where that is the same, by satisfaction
};

/// Who reaches a tier of a counter under a plan, and what that does: shares still customers at the horizon, of all who
/// arrived in each group. `apart` = `lift` + `selection`: what members and others differ by is partly what the plan does to
/// its members (state dependence: Heckman 1981), partly who they are. The same people without the plan are lived on the same
/// luck, so that neither has to be assumed.
struct TierEffect {
  double from = 0.0;      // what the counter must have held
  Estimate members;       // share of all who arrived
  Estimate kept, others;  // of the members, and of all others, under the plan
  Estimate apart;         // kept - others: what a company sees
  Estimate lift;     // of those members who had not left under the baseline before they reach the tier: kept less kept there
  Estimate without;  // kept - lift: what the members would come to under the baseline
  Estimate selection;    // without - others
  Estimate left_before;  // share of the members who had left under the baseline before they reach the tier: left out of lift
};

/// One plan beside the baseline. Estimates stand in the order of `metrics()`.
struct PlanComparison {
  std::string id, name;
  std::vector<Estimate> metrics;
  std::vector<Difference> differences;  // to the baseline; of the baseline itself exactly 0
  Estimate investment;                  // undiscounted, for the market
  double staff_cost = 0.0;              // pay of the servers of pools, undiscounted, for the market; part of cost_to_serve
  Estimate roi;                         // difference of NPV / discounted investment; NaN without investment
  std::optional<double> payback_days;   // see `payback`; none: not within the horizon, or nothing was invested
  /// The earliest and the latest day that the 95 % intervals of the cumulative difference at each window's end allow; none:
  /// not within the horizon. None without intervals.
  std::optional<double> payback_earliest, payback_latest;
  std::optional<double> payback_undiscounted;  // the same day of money as it is paid
  /// Difference of discounted money up to each window's end, see `discounted_balance`: what payback is the day of.
  std::vector<double> balance;
  double extra_customers = 0.0;      // customers at the horizon more than under the baseline, of the market
  Estimate cost_per_extra_customer;  // investment / extra_customers; NaN where one of them is none
  std::vector<PersonaEffect> personas;
  std::vector<SegmentEffect> segments;  // of accounts; none where nobody belongs to one

  /// Parts of the difference of `retained`: by persona; and by where people are kept from leaving: one part for each stage
  /// (people lost or churned, by the stage of the touchpoint that they left from), and "undecided" (still prospects).
  std::vector<Contribution> retained_by_persona, retained_by_stage;
  /// Parts of the difference of `npv`: by persona, and the investment; and by revenue, cost to serve and investment.
  std::vector<Contribution> npv_by_persona, npv_by_kind;
  std::vector<WinnersAndLosers> winners_and_losers;  // all people, then by persona; empty where nobody counted
  std::vector<TierEffect> tiers;                     // of the counter that has some; empty where nobody reaches one
};

/// The metrics by which "which plan is best" is answered. More is better in all of them.
inline constexpr std::array<std::string_view, 3> headline_metrics{"retained", "npv", "nps"};

/// Two plans in a headline metric: the first minus the second. The family of `p_holm` are all pairs of plans.
struct Rivalry {
  std::size_t metric = 0;             // position in `metrics()`
  std::size_t first = 0, second = 0;  // positions in `Comparison::plans`; the first has the lower one
  Difference lead;
};

/// How likely each plan, the baseline included, is the best in a headline metric.
struct BestPlan {
  std::size_t metric = 0;
  std::vector<double> chances;  // by plan, see `chance_of_best`
};

/// The scenario's goal under every plan.
struct GoalComparison {
  std::vector<GoalTerm> terms;
  std::vector<Difference> gains;  // by plan, over the baseline, whose own is exactly 0; the family of `p_holm` are all plans
  std::vector<Rivalry> pairs;     // of the goal: `metric` says nothing; the family are all pairs of plans
  std::vector<double> chances;    // by plan, see `chance_of_best`
};

struct Comparison {
  std::vector<PlanComparison> plans;  // the first is the baseline
  /// By metric: variance of the difference had the plans been run on independent luck, over that of the paired difference,
  /// summed over plans. NaN where the plans never differ.
  std::vector<double> pairing;
  std::vector<Rivalry> rivalries;
  std::vector<BestPlan> best;
  GoalComparison goal;
};

/// Compares all plans of `samples` with the first of them.
[[nodiscard]] Comparison compare(const Samples& samples);

/// The difference of money between a plan and the baseline up to each window's end, counted as net present value is: what
/// comes in a window is discounted from its middle, and the last sum is `npv`, in which every payment is discounted from its
/// own day. `cash` and `baseline` have one undiscounted amount per window; `discount` is per year, > -1.
[[nodiscard]] std::vector<double> discounted_balance(const std::vector<double>& cash, const std::vector<double>& baseline,
                                                     const std::vector<double>& window_ends, double discount, double npv);

/// The day by which a plan has paid for itself: the end of the first window from which the balance (a sum of money per
/// window's end) is at or above 0 at every window's end, or nothing when it ends below. Within a window nobody knows which
/// came first, so it is never earlier than the income that pays. Of a discounted balance, there is such a day exactly where
/// the difference of net present value is at or above 0.
[[nodiscard]] std::optional<double> payback(const std::vector<double>& balance, const std::vector<double>& window_ends);

}  // namespace sojourn
