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

Regimes regimes(const std::vector<const Change*>& changes, const Windows& windows, double horizon) {
  Regimes result;
  result.begins.push_back(0.0);
  const auto add = [&](double t) {
    if (t > 0.0 && t <= horizon) result.begins.push_back(t);
  };
  const auto end_of = [](const Change& change) {
    return change.end ? change.end->value() : std::numeric_limits<double>::infinity();
  };
  for (const Change* change : changes) {
    add(change->start.value());
    add(end_of(*change));
    if (change->ramp.shape == RampShape::none) continue;
    const double start = change->start.value(), full = start + change->ramp.over.value();
    for (const double t : windows.ends()) {
      add(t > start ? t : 0.0);
      if (t >= full) break;
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
    for (const Change* change : changes) {
      const double start = change->start.value();
      const bool active = start <= t && t < end_of(*change);
      const double middle = 0.5 * (std::max(windows.begin(k), start) + windows.end(k));
      on.push_back(active);
      fractions.push_back(active ? change->level * ramp_fraction(change->ramp, change->start, Days(middle)) : 0.0);
    }
    result.fractions.push_back(std::move(fractions));
    result.on.push_back(std::move(on));
  }
  return result;
}

}  // namespace sojourn
