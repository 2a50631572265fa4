#include "sojourn/engine/clock.hpp"

#include <algorithm>
#include <cmath>

#include "sojourn/model/calendar.hpp"
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

Regimes regimes(const std::vector<const Change*>& changes, const Windows& windows, double horizon, std::string_view start) {
  Regimes result;
  result.begins.push_back(0.0);
  const auto add = [&](double t) {
    if (t > 0.0 && t <= horizon) result.begins.push_back(t);
  };
  std::vector<std::vector<Stretch>> stretches;  // [change]
  for (const Change* change : changes) {
    for (const Stretch& stretch : stretches.emplace_back(stretches_of(*change, start, horizon))) {
      add(stretch.begin);
      add(stretch.end);
      if (change->ramp.shape == RampShape::none) continue;
      const double full = stretch.since + change->ramp.over.value();
      for (const double t : windows.ends()) {
        add(t > stretch.begin ? t : 0.0);
        if (t >= full) break;
      }
    }
  }
  std::sort(result.begins.begin(), result.begins.end());
  result.begins.erase(std::unique(result.begins.begin(), result.begins.end()), result.begins.end());
  std::vector<std::size_t> at(changes.size(), 0);  // the stretch of each change that is not over
  for (const double t : result.begins) {
    // The step of a ramp is the window that t begins or lies in: [begin, end), unlike the windows of the tallies.
    std::size_t k = windows.of(t);
    if (k + 1 < windows.count() && t == windows.end(k)) ++k;
    std::vector<double> fractions;
    std::vector<bool> on;
    for (std::size_t c = 0; c < changes.size(); ++c) {
      const Change& change = *changes[c];
      while (at[c] < stretches[c].size() && t >= stretches[c][at[c]].end) ++at[c];
      const bool active = at[c] < stretches[c].size() && stretches[c][at[c]].begin <= t;
      on.push_back(active);
      double fraction = 0.0;
      if (active) {
        const double since = stretches[c][at[c]].since, middle = 0.5 * (std::max(windows.begin(k), since) + windows.end(k));
        fraction = change.level * ramp_fraction(change.ramp, Days(since), Days(middle));
      }
      fractions.push_back(fraction);
    }
    result.fractions.push_back(std::move(fractions));
    result.on.push_back(std::move(on));
  }
  return result;
}

}  // namespace sojourn
