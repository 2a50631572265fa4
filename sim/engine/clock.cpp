#include "sojourn/engine/clock.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

namespace {

/// The mean over [from, to] of what is left of an effect that halves every `half_life` days from day 0 on, 0 <= from < to.
double mean_left(double half_life, double from, double to) {
  const double rate = std::log(2.0) / half_life, x = rate * (to - from);
  return std::exp(-rate * from) * -std::expm1(-x) / x;
}

/// A stretch in which a change is on, and the times t of visits that see it: begin <= t < end. What a rule switches at the
/// end of a window it switches a moment after.
struct Seen {
  Stretch stretch;
  double begin = 0.0, end = 0.0;
};

std::vector<Seen> seen_stretches(const PlannedChange& change, std::string_view start, double horizon) {
  std::vector<Seen> result;
  if (!change.driven) {
    for (const Stretch& stretch : stretches_of(*change.change, start, horizon))
      result.push_back({stretch, stretch.begin, stretch.end});
    return result;
  }
  const auto moved = [&](double time, double OnTime::*side) {
    const bool by_rule = time > 0.0 && std::any_of(change.on_times.begin(), change.on_times.end(),
                                                   [&](const OnTime& on) { return on.*side == time; });
    return by_rule ? a_moment_after(time) : time;
  };
  for (const Stretch& stretch : stretches_of(*change.change, start, horizon, change.on_times)) {
    const Seen seen{stretch, moved(stretch.begin, &OnTime::begin), moved(stretch.end, &OnTime::end)};
    if (seen.begin < seen.end && seen.begin <= horizon) result.push_back(seen);
  }
  return result;
}

/// When the ramp of a change that began at `since` is over.
double full_at(const Change& change, double since) {
  return since + (change.ramp.shape == RampShape::none ? 0.0 : change.ramp.over.value());
}

/// How far a change has come in window `k`, in a stretch in which it is on at day `t`.
double come_in(const Change& change, const Stretch& stretch, const Windows& windows, std::size_t k, double t) {
  const double full = full_at(change, stretch.since);
  if (change.fade && t >= full) {
    const double from = std::max({windows.begin(k), full, stretch.begin}), to = std::min(windows.end(k), stretch.end);
    // At the very moment at which nothing of the window is left.
    if (!(to > from)) return std::exp(-std::log(2.0) * (t - full) / change.fade->value());
    return mean_left(change.fade->value(), from - full, to - full);
  }
  const double to = change.fade ? std::min(windows.end(k), full) : windows.end(k);
  const double middle = 0.5 * (std::max(windows.begin(k), stretch.since) + to);
  return ramp_fraction(change.ramp, Days(stretch.since), Days(middle));
}

}  // namespace

double a_moment_after(double t) { return std::nextafter(t, std::numeric_limits<double>::infinity()); }

std::vector<double> times_of_switching(const std::vector<PlannedChange>& changes, const Windows& windows, double horizon,
                                       std::string_view start) {
  std::vector<double> times;
  for (const PlannedChange& change : changes) {
    if (!change.driven) continue;
    const bool steps = change->ramp.shape != RampShape::none || change->fade;
    const double over = full_at(*change.change, 0.0);
    for (std::size_t k = 0; k + 1 < windows.count(); ++k) {
      times.push_back(a_moment_after(windows.end(k)));
      if (steps) times.push_back(windows.end(k));
      if (change->fade && over > 0.0) times.push_back(windows.end(k) + over);
    }
    if (steps) times.push_back(windows.ends().back());
    for (const Stretch& stretch : stretches_of(*change.change, start, horizon)) {
      times.push_back(stretch.begin);
      times.push_back(stretch.end);
      if (change->fade) times.push_back(full_at(*change.change, stretch.since));
    }
  }
  return times;
}

Regimes regimes(const std::vector<PlannedChange>& changes, const Windows& windows, double horizon, std::string_view start,
                const std::vector<double>& also) {
  Regimes result;
  result.begins.push_back(0.0);
  const auto add = [&](double t) {
    if (t > 0.0 && t <= horizon) result.begins.push_back(t);
  };
  for (const double t : also) add(t);
  std::vector<std::vector<Seen>> stretches;  // [change]
  for (const PlannedChange& change : changes) {
    for (const auto& [stretch, begin, end] : stretches.emplace_back(seen_stretches(change, start, horizon))) {
      add(begin);
      add(end);
      if (change->ramp.shape == RampShape::none && !change->fade) continue;
      const double full = full_at(*change.change, stretch.since);
      // What fades does so in a step for each window, and not before its ramp is over.
      if (change->fade && full > stretch.begin && full < stretch.end) add(full);
      for (const double t : windows.ends()) {
        add(t > stretch.begin ? t : 0.0);
        if (t >= full && !change->fade) break;
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
      while (at[c] < stretches[c].size() && t >= stretches[c][at[c]].end) ++at[c];
      const bool active = at[c] < stretches[c].size() && stretches[c][at[c]].begin <= t;
      on.push_back(active);
      fractions.push_back(
          active ? changes[c].fraction * come_in(*changes[c].change, stretches[c][at[c]].stretch, windows, k, t) : 0.0);
    }
    result.fractions.push_back(std::move(fractions));
    result.on.push_back(std::move(on));
  }
  return result;
}

}  // namespace sojourn
