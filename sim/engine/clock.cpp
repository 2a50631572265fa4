#include "sojourn/engine/clock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sojourn/model/change_arithmetic.hpp"

namespace sojourn {

Windows::Windows(double horizon, double width) : per_day_(1.0 / width) {
  // A last window shorter than a billionth of the others is rounding, not time.
  const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(horizon / width - 1e-9)));
  ends_.reserve(count);
  for (std::size_t k = 1; k < count; ++k) ends_.push_back(static_cast<double>(k) * width);
  ends_.push_back(horizon);
}

Discount::Discount(double rho, const Windows& windows, double width)
    : rho_(rho), width_(width), small_(std::fabs(rho * width) <= 1.0 / 64.0) {
  for (std::size_t k = 0; k < windows.count(); ++k) {
    begins_.push_back(behaviour::present_value(rho, static_cast<double>(k) * width));
  }
}

double Discount::largest_decay() const { return std::fabs(1.0 - behaviour::present_value(rho_, width_)); }

namespace {

/// The mean over [from, to] of what is left of an effect that halves every `half_life` days from day 0 on, 0 <= from < to.
double mean_left(double half_life, double from, double to) {
  const double rate = std::log(2.0) / half_life, x = rate * (to - from);
  return std::exp(-rate * from) * -std::expm1(-x) / x;
}

/// How far a change has come in window `k`, in which it is on at day `t`.
double come_in(const Change& change, double end, const Windows& windows, std::size_t k, double t) {
  const double start = change.start.value();
  const double full = start + (change.ramp.shape == RampShape::none ? 0.0 : change.ramp.over.value());
  if (change.fade && t >= full) {
    const double from = std::max(windows.begin(k), full), to = std::min(windows.end(k), end);
    // At the very moment at which nothing of the window is left.
    if (!(to > from)) return std::exp(-std::log(2.0) * (t - full) / change.fade->value());
    return mean_left(change.fade->value(), from - full, to - full);
  }
  const double to = change.fade ? std::min(windows.end(k), full) : windows.end(k);
  const double middle = 0.5 * (std::max(windows.begin(k), start) + to);
  return ramp_fraction(change.ramp, change.start, Days(middle));
}

}  // namespace

Regimes regimes(const std::vector<PlannedChange>& changes, const Windows& windows, double horizon,
                const std::vector<double>& also) {
  Regimes result;
  result.begins.push_back(0.0);
  const auto add = [&](double t) {
    if (t > 0.0 && t <= horizon) result.begins.push_back(t);
  };
  const auto end_of = [](const Change& change) {
    return change.end ? change.end->value() : std::numeric_limits<double>::infinity();
  };
  for (const double t : also) add(t);
  for (const PlannedChange& change : changes) {
    const double end = end_of(*change.change);
    add(change->start.value());
    add(end);
    const bool ramps = change->ramp.shape != RampShape::none;
    if (!ramps && !change->fade) continue;
    const double start = change->start.value(), full = start + (ramps ? change->ramp.over.value() : 0.0);
    // What fades does so in a step for each window, and not before its ramp is over.
    if (change->fade) add(full < end ? full : 0.0);
    for (const double t : windows.ends()) {
      add(t > start ? t : 0.0);
      if (t >= (change->fade ? end : full)) break;
    }
  }
  std::sort(result.begins.begin(), result.begins.end());
  result.begins.erase(std::unique(result.begins.begin(), result.begins.end()), result.begins.end());
  for (const double t : result.begins) {
    // The step of a ramp is the window that t begins or lies in: [begin, end), unlike the windows of the tallies.
    std::size_t k = windows.of(t);
    if (k + 1 < windows.count() && t == windows.end(k)) ++k;
    std::vector<double> fractions;
    std::vector<bool> on;
    for (const PlannedChange& change : changes) {
      const double end = end_of(*change.change);
      const bool active = change->start.value() <= t && t < end;
      on.push_back(active);
      fractions.push_back(active ? change.fraction * come_in(*change.change, end, windows, k, t) : 0.0);
    }
    result.fractions.push_back(std::move(fractions));
    result.on.push_back(std::move(on));
  }
  return result;
}

}  // namespace sojourn
