// What decides between plans: one figure of the results, or several with what one unit of each counts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn {

/// A metric and how much one unit of it counts: more is better where the weight is above 0.
struct GoalTerm {
  std::size_t metric = 0;  // position in `metrics()`
  double weight = 1.0;
};

/// The term by which one unit of `metric`, in its better direction, counts `worth` > 0. Throws InputError where neither more
/// nor less of it is better by itself.
[[nodiscard]] GoalTerm goal_term(const Metric& metric, double worth = 1.0);

/// The scenario's goal (`scenario.goal`); net present value where it has none.
[[nodiscard]] std::vector<GoalTerm> goal_of(const Settings& settings);
/// The scenario's goal (`scenario.goal`). Where it has none: net present value if anybody earns or pays anything under one
/// of the plans, else the share of all who arrived that are still customers.
[[nodiscard]] std::vector<GoalTerm> goal_of(const Samples& samples);

/// What a team is measured by (`team.goal`): metrics of the company, and figures of visits to its own touchpoints.
struct TeamGoal {
  std::vector<GoalTerm> company;
  /// Positions in `touch_metrics()`, with weights as of a `GoalTerm`.
  std::vector<GoalTerm> own;
  std::vector<std::size_t> touchpoints;  // the team's
};
/// The goal of a team of `parts`. Throws InputError where it names what the scenario does not have.
[[nodiscard]] TeamGoal goal_of(const ModelParts& parts, TeamId team);

/// Whether the goal is one metric of which more is better, counted as it is.
[[nodiscard]] bool plain(const std::vector<GoalTerm>& goal);

/// The goal's value: the sum of its metrics, each times its weight. NaN where one of them is undefined.
[[nodiscard]] double value_of(const std::vector<GoalTerm>& goal, const Sums& sums);

/// What is unseen of a goal's value (`Unseen`): of every metric that is bounded, a person who is not seen may move it from
/// the one end to the other among the customers present; nothing is known of a goal with any metric that is neither bounded
/// nor a sum of money.
[[nodiscard]] Unseen unseen(const std::vector<GoalTerm>& goal, const std::vector<Sums>& samples);

/// The value of a goal in each sample of a plan, of all people pooled, and what is unseen of it.
struct GoalValues {
  std::vector<double> samples;
  double pooled = 0.0;
  Unseen unseen;
};
[[nodiscard]] GoalValues values_of(const std::vector<GoalTerm>& goal, const PlanSamples& plan);
[[nodiscard]] GoalValues values_of(const TeamGoal& goal, const PlanSamples& plan);
/// `a` less `b`, paired by sample: `cautious_interval`.
[[nodiscard]] Estimate difference(const GoalValues& a, const GoalValues& b, double error = 0.05);

}  // namespace sojourn
