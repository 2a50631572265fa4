#include "sojourn/decide/goal.hpp"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

std::vector<GoalTerm> goal_of(const Settings& settings) {
  return settings.goal.empty() ? std::vector<GoalTerm>{{metric_position("npv"), 1.0}} : terms_of(settings.goal);
}

std::string_view metric_of_goal(const Settings& settings) {
  return metrics()[settings.goal.size() == 1 ? metric_position(settings.goal.front().figure) : metric_position("npv")].name;
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
