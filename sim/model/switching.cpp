#include "sojourn/model/switching.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace sojourn {

std::vector<ImprovementId> driven_improvements(const ModelParts& parts, PlanId plan) {
  std::set<ImprovementId> driven;
  if (plan.index() >= parts.plans.size()) return {};
  for (const RuleId id : parts.plans[plan.index()].rules) {
    if (id.index() >= parts.rules.size()) continue;
    const Rule& rule = parts.rules[id.index()];
    for (const ImprovementId improvement : {rule.switch_on, rule.switch_off}) {
      if (improvement.index() < parts.improvements.size()) driven.insert(improvement);
    }
  }
  return {driven.begin(), driven.end()};
}

std::vector<OnTime> on_times(const ModelParts& parts, PlanId plan, ImprovementId improvement, const Switches& switches) {
  const std::vector<ImprovementId>& bought = parts.plans[plan.index()].improvements;
  const bool always = std::find(bought.begin(), bought.end(), improvement) != bought.end();
  std::vector<OnTime> times;
  std::set<std::uint32_t> turning_on, turning_off;  // rules in force
  const auto look = [&](double time) {
    const bool on = (always || !turning_on.empty()) && turning_off.empty();
    const bool was_on = !times.empty() && times.back().end == std::numeric_limits<double>::infinity();
    if (on && !was_on) times.push_back({time, std::numeric_limits<double>::infinity()});
    if (!on && was_on) times.back().end = time;
  };
  look(0.0);
  for (std::size_t k = 0; k < switches.size(); ++k) {
    const Switch& at = switches[k];
    const Rule& rule = parts.rules[at.rule];
    const auto note = [&](std::set<std::uint32_t>& in_force) {
      if (at.on) {
        in_force.insert(at.rule);
      } else {
        in_force.erase(at.rule);
      }
    };
    if (rule.switch_on == improvement) note(turning_on);
    if (rule.switch_off == improvement) note(turning_off);
    // What one rule begins as another one ends goes on.
    if (k + 1 == switches.size() || switches[k + 1].time != at.time) look(at.time);
  }
  return times;
}

}  // namespace sojourn
