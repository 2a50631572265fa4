#include "sojourn/decide/default_goal.hpp"

#include <algorithm>

namespace sojourn {
bool moves_money(const ModelParts& parts) {
  const auto any = [](const auto& list, auto&& test) { return std::any_of(list.begin(), list.end(), test); };
  // A change may bring money where there was none.
  const auto changed = [&](const Change& change) {
    return any(change.effects, [](const Effect& effect) {
      return effect.parameter == Parameter::revenue || effect.parameter == Parameter::cost ||
             effect.parameter == Parameter::revenue_per_month || effect.parameter == Parameter::cost_per_month;
    });
  };
  return any(parts.touchpoints,
             [](const Touchpoint& at) {
               return at.earns() || at.costs() || at.revenue_per_month != 0.0 || at.cost_per_month != 0.0;
             }) ||
         any(parts.pools, [](const Pool& pool) { return pool.cost_per_hour != 0.0; }) ||
         any(parts.surveys, [](const Survey& survey) { return survey.cost != 0.0; }) || any(parts.events, changed) ||
         any(parts.improvements, [&](const Improvement& one) {
           return changed(one.change) || one.price.once != 0.0 || one.price.per_month != 0.0 || one.price.per_visit != 0.0;
         });
}

std::vector<GoalTerm> goal_before_running(const ModelParts& parts) {
  if (parts.settings.goal.empty() && !moves_money(parts)) return {{metric_position("retained"), 1.0}};
  return goal_of(parts.settings);
}

std::string_view metric_before_running(const ModelParts& parts) {
  const std::vector<GoalTerm> goal = goal_before_running(parts);
  return metrics()[goal.size() == 1 ? goal.front().metric : metric_position("npv")].name;
}

}  // namespace sojourn
