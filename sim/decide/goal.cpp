#include "sojourn/decide/goal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

bool has_money(const PlanSamples& plan) {
  return std::any_of(plan.all.begin(), plan.all.end(), [](const Sums& sums) {
    return sums.revenue != 0.0 || sums.cost_to_serve != 0.0 || sums.investment != 0.0 || sums.visit_price != 0.0;
  });
}

std::vector<GoalTerm> terms_of(const std::vector<GoalWeight>& weights) {
  std::vector<GoalTerm> goal;
  for (const GoalWeight& one : weights) goal.push_back({metric_position(one.figure), one.weight});
  return goal;
}

/// The sums of visits to `touchpoints` in sample `s`.
TouchSums sums_at(const PlanSamples& plan, const std::vector<std::size_t>& touchpoints, std::size_t s) {
  TouchSums sums;
  // All touchpoints say the same number of people who arrived in the journey as a whole.
  double arrived = 0.0;
  for (const std::size_t v : touchpoints) {
    sums += plan.touch[v][s];
    arrived = plan.touch[v][s].arrived;
  }
  sums.arrived = arrived;
  return sums;
}

double value_of(const TeamGoal& goal, const Sums& company, const TouchSums& own) {
  double value = sojourn::value_of(goal.company, company);
  for (const GoalTerm& term : goal.own) value += term.weight * touch_metrics()[term.metric].value(own);
  return value;
}

}  // namespace

TeamGoal goal_of(const ModelParts& parts, TeamId team) {
  TeamGoal goal;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (parts.touchpoints[v].team == team) goal.touchpoints.push_back(v);
  }
  const Mechanisms mechanisms = mechanisms_in(parts);
  for (const GoalWeight& one : parts.teams[team.index()].goal) {
    const std::span<const TouchMetric> figures = touch_metrics();
    const auto own =
        std::find_if(figures.begin(), figures.end(), [&](const TouchMetric& m) { return m.name == one.figure; });
    if (own == figures.end()) {
      goal.company.push_back(goal_term(*find_metric(one.figure), one.weight));
      continue;
    }
    if (goal.touchpoints.empty() || !mechanisms.has(own->needs)) {
      throw InputError(fmt::format("team \"{}\" is measured by {}, which its touchpoints do not have",
                                   parts.teams[team.index()].id, one.figure),
                       "give it another goal");
    }
    goal.own.push_back(
        {static_cast<std::size_t>(own - figures.begin()), own->direction == Direction::lower ? -one.weight : one.weight});
  }
  return goal;
}

Unseen unseen(const std::vector<GoalTerm>& goal, const std::vector<Sums>& samples) {
  const Sums all = pooled(samples);
  Unseen sum{all.arrived, 0.0};
  for (const GoalTerm& term : goal) {
    const Metric& metric = metrics()[term.metric];
    const Range range = metric.range;
    const Unseen of_money = unseen(samples, metric);
    const double amount = of_money.known() ? of_money.amount : ratio((range.high - range.low) * all.arrived, all.customers);
    if (!std::isfinite(amount)) return {};
    sum.amount += std::fabs(term.weight) * amount;
  }
  return sum;
}

GoalValues values_of(const std::vector<GoalTerm>& goal, const PlanSamples& plan) {
  GoalValues values;
  values.unseen = unseen(goal, plan.all);
  Sums all;
  for (const Sums& sums : plan.all) {
    values.samples.push_back(value_of(goal, sums));
    all += sums;
  }
  values.pooled = value_of(goal, all);
  return values;
}

GoalValues values_of(const TeamGoal& goal, const PlanSamples& plan) {
  GoalValues values;
  Sums all;
  TouchSums pooled;
  double arrived = 0.0;
  for (std::size_t s = 0; s < plan.all.size(); ++s) {
    const TouchSums own = sums_at(plan, goal.touchpoints, s);
    values.samples.push_back(value_of(goal, plan.all[s], own));
    all += plan.all[s];
    pooled += own;
    arrived += own.arrived;
  }
  pooled.arrived = arrived;
  values.pooled = value_of(goal, all, pooled);
  values.unseen = unseen(goal.company, plan.all);
  for (const GoalTerm& term : goal.own) {
    const Unseen own = unseen(plan.all, touch_metrics()[term.metric]);
    values.unseen = {std::min(values.unseen.people, own.people), values.unseen.amount + std::fabs(term.weight) * own.amount};
  }
  return values;
}

Estimate difference(const GoalValues& a, const GoalValues& b, double error) {
  std::vector<double> differences;
  for (std::size_t s = 0; s < a.samples.size(); ++s) differences.push_back(a.samples[s] - b.samples[s]);
  return cautious_interval(a.pooled - b.pooled, differences, error, either(a.unseen, b.unseen));
}

std::vector<GoalTerm> goal_of(const Settings& settings) {
  return settings.goal.empty() ? std::vector<GoalTerm>{{metric_position("npv"), 1.0}} : terms_of(settings.goal);
}

std::vector<GoalTerm> goal_of(const Samples& samples) {
  if (!samples.goal.empty()) return terms_of(samples.goal);
  const bool money = std::any_of(samples.plans.begin(), samples.plans.end(), has_money);
  return {{metric_position(money ? "npv" : "retained"), 1.0}};
}

bool plain(const std::vector<GoalTerm>& goal) {
  return goal.size() == 1 && goal.front().weight == 1.0 && metrics()[goal.front().metric].direction == Direction::higher;
}

double value_of(const std::vector<GoalTerm>& goal, const Sums& sums) {
  double value = 0.0;
  for (const GoalTerm& term : goal) value += term.weight * metrics()[term.metric].value(sums);
  return value;
}

GoalTerm goal_term(const Metric& metric, double worth) {
  if (metric.direction == Direction::neutral)
    throw InputError(fmt::format("neither more nor less of \"{}\" is better by itself", metric.name));
  return {metric_position(metric.name), metric.direction == Direction::lower ? -worth : worth};
}

}  // namespace sojourn
