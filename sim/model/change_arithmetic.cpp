#include "sojourn/model/change_arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sojourn/base/special_values.hpp"

namespace sojourn {
namespace {

double clip(double x, Range bounds) { return std::clamp(x, bounds.low, bounds.high); }

bool is_fraction(Parameter parameter) { return range(parameter) == Range{0.0, 1.0}; }

double operate(double x0, const Shift& shift) {
  switch (shift.operation) {
    case Operation::set:
      return shift.value;
    case Operation::add:
      return x0 + shift.value;
    case Operation::multiply:
      return x0 * shift.value;
  }
  return x0;
}

// Sorted, so that the rounding of a sum or product does not depend on the order in which changes come.
double sorted_product(std::vector<double>& factors) {
  std::sort(factors.begin(), factors.end());
  double product = 1.0;
  for (const double factor : factors) product *= factor;
  return product;
}

double sorted_sum(std::vector<double>& terms) {
  std::sort(terms.begin(), terms.end());
  double sum = 0.0;
  for (const double term : terms) sum += term;
  return sum;
}

// Raises close a part of the distance to 1 each, and cuts keep a part of what is there: returns diminish, nothing leaves
// [0,1].
double combine_fractions(Parameter parameter, double x0, std::span<const Shift> shifts) {
  std::vector<double> raises, cuts;
  for (const Shift& shift : shifts) {
    const double alone = shifted(parameter, x0, shift);
    if (alone > x0) raises.push_back((1.0 - alone) / (1.0 - x0));
    if (alone < x0) cuts.push_back(alone / x0);
  }
  const double raised = raises.empty() ? x0 : 1.0 - (1.0 - x0) * sorted_product(raises);
  return clip(raised * sorted_product(cuts), {0.0, 1.0});
}

// In steps, a set to the present value undoes an earlier set and a factor acts on what was added, so only the shift itself
// tells.
bool moves(Parameter parameter, double x0, const Shift& shift) {
  if (shift.fraction <= 0.0) return false;
  if (is_fraction(parameter)) return shifted(parameter, x0, shift) != x0;
  return shift.operation == Operation::set || shift.value != (shift.operation == Operation::add ? 0.0 : 1.0);
}

double combine_in_steps(Parameter parameter, double x0, std::span<const Shift> shifts) {
  double x = x0;
  std::vector<double> terms, factors;
  for (const Shift& shift : shifts) {
    switch (shift.operation) {
      case Operation::set:
        x += shift.fraction * (shift.value - x);
        break;
      case Operation::add:
        terms.push_back(shift.fraction * shift.value);
        break;
      case Operation::multiply:
        factors.push_back(1.0 + shift.fraction * (shift.value - 1.0));
        break;
    }
  }
  return clip((x + sorted_sum(terms)) * sorted_product(factors), range(parameter));
}

template <class T>
bool takes_in(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Range range(Parameter parameter) {
  switch (parameter) {
    case Parameter::quality:
    case Parameter::effort:
    case Parameter::carry:
    case Parameter::personalisation:
    case Parameter::promise:
    case Parameter::solves:
    case Parameter::probability:
    case Parameter::traffic:
    case Parameter::attraction:
      return {0.0, 1.0};
    case Parameter::odds:
    case Parameter::delay:
    case Parameter::servers:
    case Parameter::handle_time:
    case Parameter::weight:
    case Parameter::quality_sd:
    case Parameter::price:
      return {0.0, infinity};
    case Parameter::cost:
    case Parameter::revenue:
    case Parameter::cost_per_month:
    case Parameter::revenue_per_month:
      return {-infinity, infinity};
  }
  return {-infinity, infinity};
}

std::string_view name(Parameter parameter) {
  switch (parameter) {
    case Parameter::quality:
      return "quality";
    case Parameter::effort:
      return "effort";
    case Parameter::carry:
      return "carry";
    case Parameter::personalisation:
      return "personalisation";
    case Parameter::promise:
      return "promise";
    case Parameter::solves:
      return "solves";
    case Parameter::probability:
      return "probability";
    case Parameter::odds:
      return "odds";
    case Parameter::delay:
      return "delay";
    case Parameter::servers:
      return "servers";
    case Parameter::handle_time:
      return "handle_time";
    case Parameter::weight:
      return "weight";
    case Parameter::quality_sd:
      return "quality_sd";
    case Parameter::cost:
      return "cost";
    case Parameter::revenue:
      return "revenue";
    case Parameter::cost_per_month:
      return "cost_per_month";
    case Parameter::revenue_per_month:
      return "revenue_per_month";
    case Parameter::price:
      return "price";
    case Parameter::traffic:
      return "traffic";
    case Parameter::attraction:
      return "attraction";
  }
  return "";
}

double ramp_fraction(const Ramp& ramp, Days start, Days t) {
  if (ramp.shape == RampShape::none || ramp.over.value() <= 0.0) return 1.0;
  const double x = std::clamp((t - start) / ramp.over, 0.0, 1.0);
  return ramp.shape == RampShape::linear ? x : x * x * (3.0 - 2.0 * x);
}

double shifted(Parameter parameter, double x0, const Shift& shift) {
  const double full = clip(operate(x0, shift), range(parameter));
  // x0 + 1 (full - x0) need not round to full.
  if (shift.fraction >= 1.0) return full;
  return x0 + shift.fraction * (full - x0);
}

double combine(Parameter parameter, double x0, std::span<const Shift> shifts) {
  const double from = clip(x0, range(parameter));
  std::vector<Shift> moving;
  for (const Shift& shift : shifts) {
    if (moves(parameter, from, shift)) moving.push_back(shift);
  }
  if (moving.empty()) return from;
  if (moving.size() == 1) return shifted(parameter, from, moving.front());
  return is_fraction(parameter) ? combine_fractions(parameter, from, moving) : combine_in_steps(parameter, from, moving);
}

double fraction_at(const Improvement& improvement, double x) {
  if (x == 1.0 || !improvement.response) return x;
  const auto& [half, shape] = *improvement.response;
  // hill(x) / hill(1) with hill(x) = 1 / (1 + (half / x)^shape)
  return (1.0 + std::pow(half, shape)) / (1.0 + std::pow(half / x, shape));
}

std::vector<PlannedChange> changes_under(const ModelParts& parts, PlanId plan, const Switches& switches) {
  std::vector<PlannedChange> changes;
  if (plan.index() < parts.plans.size()) {
    const Plan& bought = parts.plans[plan.index()];
    std::map<ImprovementId, double> levels;  // by id, so in the order of the model; of one named twice the first
    for (std::size_t i = 0; i < bought.improvements.size(); ++i) levels.try_emplace(bought.improvements[i], bought.level(i));
    const std::vector<ImprovementId> driven = driven_improvements(parts, plan);
    for (const ImprovementId id : driven) levels.try_emplace(id, 1.0);
    for (const auto& [id, level] : levels) {
      if (id.index() >= parts.improvements.size()) continue;
      const Improvement& improvement = parts.improvements[id.index()];
      PlannedChange change{&improvement.change, fraction_at(improvement, level), level, id};
      change.driven = std::find(driven.begin(), driven.end(), id) != driven.end();
      if (change.driven) change.on_times = on_times(parts, plan, id, switches);
      changes.push_back(std::move(change));
    }
  }
  for (const Change& event : parts.events) changes.push_back({&event, 1.0, 1.0});
  return changes;
}

TouchpointId priced_touchpoint(const ModelParts& parts, TouchpointId touchpoint, const Exit& exit) {
  for (const TouchpointId at : {exit.to, touchpoint}) {
    if (at.index() < parts.touchpoints.size() && parts.touchpoints[at.index()].price) return at;
  }
  return {};
}

bool matches(const ModelParts& parts, const Target& target, TouchpointId touchpoint, PersonaId persona) {
  const Touchpoint& at = parts.touchpoints[touchpoint.index()];
  return target.outside.empty() && takes_in(target.touchpoints, touchpoint) && takes_in(target.channels, at.channel) &&
         takes_in(target.teams, at.team) && takes_in(target.stages, at.stage) && takes_in(target.personas, persona) &&
         (target.pools.empty() ||
          std::any_of(at.pools.begin(), at.pools.end(), [&](PoolId pool) { return takes_in(target.pools, pool); }));
}

bool matches_pool(const Target& target, PoolId pool) {
  return target.outside.empty() && takes_in(target.pools, pool) && target.touchpoints.empty() && target.channels.empty() &&
         target.teams.empty() && target.stages.empty() && target.personas.empty();
}

bool matches_outside(const Target& target, OutsideId outside) {
  return takes_in(target.outside, outside) && target.pools.empty() && target.touchpoints.empty() &&
         target.channels.empty() && target.teams.empty() && target.stages.empty() && target.personas.empty() &&
         target.exit_to.empty();
}

double mean_attraction(const Outside& outside, double from, double to) {
  const std::vector<std::pair<double, double>>& points = outside.attraction;
  const auto at = [&](double day) {
    const auto next =
        std::upper_bound(points.begin(), points.end(), day,
                         [](double time, const std::pair<double, double>& point) { return time < point.first; });
    if (next == points.begin()) return points.front().second;
    const auto before = next - 1;
    if (next == points.end()) return before->second;
    return before->second + (next->second - before->second) * (day - before->first) / (next->first - before->first);
  };
  if (!(to > from) || points.size() == 1) return at(from);
  // The trapezoid between two points is exact.
  double sum = 0.0, begin = from, value = at(from);
  const auto add = [&](double end) {
    const double next = at(end);
    sum += 0.5 * (value + next) * (end - begin);
    begin = end;
    value = next;
  };
  for (const auto& point : points) {
    if (point.first > from && point.first < to) add(point.first);
  }
  add(to);
  return sum / (to - from);
}

bool bends_outside(const ModelParts& parts) {
  return !parts.outside.empty() && std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), [](const Touchpoint& at) {
    return std::any_of(at.next.begin(), at.next.end(), [](const Exit& exit) { return exit.bends_outside(); });
  });
}

bool bends_outside(const ModelParts& parts, OutsideId outside) {
  const auto on_it = [&](const Exit& exit) {
    return exit.slopes.outside != 0.0 || std::any_of(exit.rivals.begin(), exit.rivals.end(), [&](const auto& slope) {
             return slope.first == outside && slope.second != 0.0;
           });
  };
  return std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(),
                     [&](const Touchpoint& at) { return std::any_of(at.next.begin(), at.next.end(), on_it); });
}

bool matches_own_servers(const ModelParts& parts, const Target& target, TouchpointId touchpoint) {
  // Servers serve everybody: what names personas is refused, and pools have servers of their own.
  return target.personas.empty() && target.pools.empty() && matches(parts, target, touchpoint, PersonaId(0));
}

bool matches_exit(const ModelParts& parts, const Target& target, TouchpointId touchpoint, std::size_t exit,
                  PersonaId persona) {
  return matches(parts, target, touchpoint, persona) &&
         takes_in(target.exit_to, parts.touchpoints[touchpoint.index()].next[exit].to);
}

}  // namespace sojourn
