#include "sojourn/engine/fixed_costs.hpp"

#include <algorithm>

#include "sojourn/behaviour/money.hpp"
#include "sojourn/model/budget.hpp"

namespace sojourn {

FixedCost fixed_investment(const Program& program) {
  const ModelParts& parts = program.model().parts();
  const Windows& windows = program.windows();
  const double rho = program.force_of_interest();
  FixedCost result;
  result.windows.assign(windows.count(), 0.0);
  const auto add = [&](const Spending& spent) {
    for (const auto& [day, amount] : spent.payments) {
      result.windows[windows.of(day)] += amount;
      result.worth += amount * behaviour::present_value(rho, day);
    }
    for (const auto& [begin, end, per_day] : spent.flows) {
      for (std::size_t k = 0; k < windows.count(); ++k) {
        result.windows[k] += per_day * std::max(0.0, std::min(end, windows.end(k)) - std::max(begin, windows.begin(k)));
      }
      result.worth += per_day * behaviour::annuity(rho, end - begin) * behaviour::present_value(rho, begin);
    }
  };
  const PlanId id = program.model().plan();
  const Plan& plan = parts.plans[id.index()];
  const std::vector<ImprovementId> driven = driven_improvements(parts, id);
  const auto is_driven = [&](ImprovementId each) { return std::find(driven.begin(), driven.end(), each) != driven.end(); };
  for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
    const ImprovementId each = plan.improvements[i];
    if (!is_driven(each)) add(spending(parts.improvements[each.index()], plan.level(i), parts.settings));
  }
  for (const ImprovementId each : driven) {
    const auto bought = std::find(plan.improvements.begin(), plan.improvements.end(), each);
    const double level =
        bought == plan.improvements.end() ? 1.0 : plan.level(static_cast<std::size_t>(bought - plan.improvements.begin()));
    add(spending(parts.improvements[each.index()], level, parts.settings, on_times(parts, id, each, program.switches())));
  }
  for (const double amount : result.windows) result.total += amount;
  return result;
}

FixedCost staff_cost(const Program& program) {
  const std::vector<Pool>& pools = program.model().parts().pools;
  const Windows& windows = program.windows();
  const double rho = program.force_of_interest(), horizon = program.horizon();
  constexpr double hours_per_day = 24.0;
  FixedCost result;
  result.windows.assign(windows.count(), 0.0);
  // The pools of the scenario come first; those that touchpoints have of their own cost nothing by the hour.
  for (std::size_t p = 0; p < pools.size(); ++p) {
    if (pools[p].cost_per_hour == 0.0) continue;
    const Timetable& servers = program.staffing().pools[p];
    std::size_t w = 0;
    for (std::size_t k = 0; k < servers.size(); ++k) {
      const double begin = std::max(0.0, servers[k].first);
      const double end = k + 1 < servers.size() ? std::min(horizon, servers[k + 1].first) : horizon;
      const double per_day = servers[k].second * pools[p].cost_per_hour * hours_per_day;
      if (!(end > begin) || per_day == 0.0) continue;
      while (w + 1 < windows.count() && windows.end(w) <= begin) ++w;
      for (std::size_t at = w; at < windows.count() && windows.begin(at) < end; ++at) {
        result.windows[at] += per_day * std::max(0.0, std::min(end, windows.end(at)) - std::max(begin, windows.begin(at)));
      }
      result.worth += per_day * behaviour::annuity(rho, end - begin) * behaviour::present_value(rho, begin);
    }
  }
  for (const double amount : result.windows) result.total += amount;
  return result;
}

FixedCosts fixed_costs(const Program& program) { return {fixed_investment(program), staff_cost(program)}; }

}  // namespace sojourn
