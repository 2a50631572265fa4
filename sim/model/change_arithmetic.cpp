#include "sojourn/model/change_arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sojourn {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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
      return {0.0, 1.0};
    case Parameter::odds:
    case Parameter::delay:
    case Parameter::servers:
    case Parameter::handle_time:
    case Parameter::weight:
    case Parameter::quality_sd:
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

std::vector<const Change*> changes_under(const ModelParts& parts, PlanId plan) {
  std::vector<const Change*> changes;
  if (plan.index() < parts.plans.size()) {
    std::vector<ImprovementId> improvements = parts.plans[plan.index()].improvements;
    std::sort(improvements.begin(), improvements.end());
    improvements.erase(std::unique(improvements.begin(), improvements.end()), improvements.end());
    for (const ImprovementId improvement : improvements) {
      if (improvement.index() < parts.improvements.size())
        changes.push_back(&parts.improvements[improvement.index()].change);
    }
  }
  for (const Change& event : parts.events) changes.push_back(&event);
  return changes;
}

bool matches(const ModelParts& parts, const Target& target, TouchpointId touchpoint, PersonaId persona) {
  const Touchpoint& at = parts.touchpoints[touchpoint.index()];
  return takes_in(target.touchpoints, touchpoint) && takes_in(target.channels, at.channel) &&
         takes_in(target.teams, at.team) && takes_in(target.stages, at.stage) && takes_in(target.personas, persona) &&
         (target.pools.empty() ||
          std::any_of(at.pools.begin(), at.pools.end(), [&](PoolId pool) { return takes_in(target.pools, pool); }));
}

bool matches_pool(const Target& target, PoolId pool) {
  return takes_in(target.pools, pool) && target.touchpoints.empty() && target.channels.empty() && target.teams.empty() &&
         target.stages.empty() && target.personas.empty();
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
