#include "sojourn/decide/control_variate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/laws.hpp"

namespace sojourn {
namespace {

constexpr ControlledEstimate none{nan, nan, nan, nan, nan, nan};

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Takes out what a customer carries from visit to visit; true where there was something.
bool forget(Touchpoint& touchpoint) {
  bool any = false;
  for (Exit& exit : touchpoint.next) {
    any = any || exit.clock.valid() || exit.only_if.any() || !exit.counters.empty();
    exit.after = law_of(exit);
    exit.every.reset();
    exit.clock = {};
    exit.only_if = {};
    exit.counters.clear();
  }
  return any;
}

/// Takes the slopes out that follow what changes, so not those on prices; true where there was one.
bool flatten(Touchpoint& touchpoint) {
  bool any = false;
  for (Exit& exit : touchpoint.next) {
    Slopes kept;
    kept.price = exit.slopes.price;
    any = any || exit.slopes != kept || !exit.rivals.empty();
    exit.slopes = kept;
    exit.rivals.clear();
  }
  return any;
}

bool acts_on_exits(const Effect& effect) {
  return effect.parameter == Parameter::odds || effect.parameter == Parameter::probability ||
         effect.parameter == Parameter::delay || effect.parameter == Parameter::price ||
         effect.parameter == Parameter::traffic;
}

/// Makes the effects on exits of a change that comes, grows or goes within the horizon move nothing; true where there was
/// one.
bool still(Change& change, double horizon) {
  const double start = change.start.value();
  const bool moves = (start > 0.0 && start < horizon) || (change.end && change.end->value() < horizon) ||
                     change.ramp.shape != RampShape::none || change.fade || change.recurrence.any();
  bool any = false;
  for (Effect& effect : change.effects) {
    if (!moves || !acts_on_exits(effect)) continue;
    effect = {effect.parameter, Operation::add, 0.0};
    any = true;
  }
  return any;
}

}  // namespace

SolvableTwin solvable_twin(const Model& model) {
  ModelParts parts = model.parts();
  const bool asked = !parts.surveys.empty();
  if (const auto coupled = mechanisms_in_use(parts); !coupled.empty()) {
    throw NoClosedForm(ErrorCode::no_solvable_twin, coupled, false);
  }
  parts.surveys.clear();
  std::vector<std::string> without;
  const auto take = [&](bool taken, const char* what) {
    if (taken) without.emplace_back(what);
  };
  bool slopes = false, traits = false, changes = false, carried = false;
  for (Touchpoint& touchpoint : parts.touchpoints) {
    carried = forget(touchpoint) || carried;
    slopes = flatten(touchpoint) || slopes;
    for (const Exit& exit : touchpoint.next) {
      for (const TraitId trait : traits_of(exit)) {
        for (Persona& persona : parts.personas) {
          Distribution& own = persona.traits[trait.index()];
          if (std::holds_alternative<Fixed>(own)) continue;
          const Trait& range = parts.traits[trait.index()];
          own = Fixed{std::clamp(mean(own), range.low, range.high)};
          traits = true;
        }
      }
    }
  }
  const double horizon = parts.settings.horizon.value();
  for (Improvement& improvement : parts.improvements) changes = still(improvement.change, horizon) || changes;
  for (Change& event : parts.events) changes = still(event, horizon) || changes;
  take(asked, "surveys");
  take(slopes, "slopes (they are 0 in the twin)");
  take(carried, "clocks, counters and conditions (laws begin with the visit, exits are open to all)");
  take(traits, "traits that vary and decide about exits (each persona has the mean)");
  take(changes, "changes of exits within the horizon (they move nothing)");
  return {apply(Model(std::move(parts)), model.plan()), std::move(without)};
}

ControlledEstimate controlled(double point, const std::vector<double>& x, double twin, const std::vector<double>& c,
                              const Bracket& known) {
  const std::size_t n = x.size();
  if (n < 4 || std::isnan(known.mean) || std::isnan(point) || std::isnan(twin)) return none;
  const double mx = mean_of(x), mc = mean_of(c);
  double xx = 0.0, cc = 0.0, xc = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    cc += (c[i] - mc) * (c[i] - mc);
    xc += (x[i] - mx) * (c[i] - mc);
  }
  if (!(xx > 0.0) || !(cc > 0.0)) return none;
  const auto count = static_cast<double>(n);
  const double b = xc / cc, shift = twin - known.mean;
  const double residual = std::max(0.0, xx - b * xc) / (count - 2.0);
  const double variance = residual * (1.0 / count + shift * shift / cc);
  const double t = student_t_point(count - 2.0, 0.025);
  const double half = t * std::sqrt(variance), mean = point - b * shift;
  const double width = std::fabs(b) * std::max(known.high - known.mean, known.mean - known.low);
  const double plain = xx / (count - 1.0) / count;
  const double ratio = variance > 0.0 ? plain / variance : nan;
  return {mean, mean - half - width, mean + half + width, b, ratio, ratio};
}

ControlVariate control_variate(const Samples& run, const Samples& twin, const ClosedForm& solved) {
  const PlanSamples &plan = run.plans.front(), &other = twin.plans.front();
  if (run.replications != twin.replications || plan.all.size() != other.all.size())
    throw std::invalid_argument("a run and its twin need the same replications");
  ControlVariate result;
  const auto visits = [](const PlanSamples& samples) {
    double sum = 0.0;
    for (const Sums& sample : samples.all) sum += sample.visits;
    return sum;
  };
  result.run_visits = visits(plan);
  result.twin_visits = visits(other);
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    const Metric& metric = metrics()[m];
    const Bracket& known = solved.pooled.at_horizon.metrics[m];
    std::vector<double> x, c;
    for (std::size_t i = 0; i < plan.all.size(); ++i) {
      const double value = metric.value(plan.all[i]), control = metric.value(other.all[i]);
      if (std::isnan(value) || std::isnan(control)) continue;
      x.push_back(value);
      c.push_back(control);
    }
    const Estimate simulated = estimate(twin, 0, metric);
    if (!std::isnan(known.mean) && simulated.samples >= 4 && simulated.sd > 0.0) {
      const auto degrees = static_cast<double>(simulated.samples - 1);
      const double limit = student_t_point(degrees, 0.5e-6);
      const double error = limit * simulated.sd / std::sqrt(degrees + 1.0);
      if (simulated.mean < known.low - error || simulated.mean > known.high + error) {
        throw RunError(fmt::format("the twin's {} is {:.6g} by simulation and {:.6g} in closed form: one of them is wrong",
                                   metric.name, simulated.mean, known.mean),
                       "run without a control variate, and please report this scenario");
      }
    }
    ControlledEstimate controlled_one = controlled(estimate(run, 0, metric).mean, x, simulated.mean, c, known);
    controlled_one.net_ratio *= result.run_visits / (result.run_visits + result.twin_visits);
    result.metrics.push_back(controlled_one);
  }
  return result;
}

}  // namespace sojourn
