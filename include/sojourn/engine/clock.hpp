// Simulated time in pieces: windows of the time series and regimes between changes.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "sojourn/behaviour/money.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// A time, in days, that never comes.
inline constexpr double forever = std::numeric_limits<double>::infinity();

/// Windows: window k (from 0) is (ends[k-1], ends[k]], the first includes 0, the last may be shorter (MODEL.md section 1).
class Windows {
 public:
  /// horizon, width > 0, in days.
  Windows(double horizon, double width);
  [[nodiscard]] std::size_t count() const { return ends_.size(); }
  [[nodiscard]] double begin(std::size_t k) const { return k == 0 ? 0.0 : ends_[k - 1]; }
  [[nodiscard]] double end(std::size_t k) const { return ends_[k]; }
  [[nodiscard]] const std::vector<double>& ends() const { return ends_; }
  /// The window of time t in [0, horizon].
  [[nodiscard]] std::size_t of(double t) const {
    auto k = static_cast<std::size_t>(t * per_day_);
    if (k >= ends_.size()) k = ends_.size() - 1;
    while (k > 0 && t <= ends_[k - 1])
      --k;  // the guess may be off by rounding, and a boundary belongs to the window it ends
    while (k + 1 < ends_.size() && t > ends_[k]) ++k;
    return k;
  }

 private:
  double per_day_;
  std::vector<double> ends_;
};

/// What money at a time is worth at time 0: a power worked out once per window, less a little more discounting within it.
class Discount {
 public:
  /// `rho`: force of interest per day.
  Discount(double rho, const Windows& windows, double width);
  /// What discounting takes off within `window` from 1 at its time t: 1 - e^(-rho (t - begin)). Exactly 0 without discount.
  [[nodiscard]] double decay(double t, std::size_t window) const {
    const double x = rho_ * (t - static_cast<double>(window) * width_);
    return 1.0 - (small_ ? behaviour::small_decay(x) : behaviour::present_value(1.0, x));
  }
  /// The largest decay within a window, in size.
  [[nodiscard]] double largest_decay() const;
  [[nodiscard]] double rho() const { return rho_; }
  /// Worth of 1 at a window's beginning.
  [[nodiscard]] double begin(std::size_t window) const { return begins_[window]; }
  /// Whether a window's discount is so small that a polynomial gives it (see behaviour::small_decay).
  [[nodiscard]] bool small() const { return small_; }

 private:
  double rho_, width_;
  bool small_;
  std::vector<double> begins_;
};

/// Regimes: stretches [begin, next begin) in which every parameter is constant. Ramps move in steps of one window and have,
/// in each, the value at the middle of the part of it after their start, so that a step does not lag behind its ramp. What
/// fades has in each window the mean of it, so that the integral over time is exact.
struct Regimes {
  std::vector<double> begins;  // the first is 0
  std::vector<std::vector<double>>
      fractions;                      // [regime][change]: 0 while off, else how far its effects have come, in (0, 1]
  std::vector<std::vector<bool>> on;  // [regime][change]: start <= t < end, whatever the ramp
};

/// The next double: rules switch a moment after a window's end, which is the window's own.
[[nodiscard]] double a_moment_after(double t);
/// Every time at which a change that rules switch may begin another regime, whenever they do: pieces of time, and so the
/// table of sums, must not depend on it. In no order; some beyond the horizon.
[[nodiscard]] std::vector<double> times_of_switching(const std::vector<PlannedChange>& changes, const Windows& windows,
                                                     double horizon, std::string_view start);

/// The regimes of `changes` up to the horizon. `start`: the ISO date of day 0, for what goes by the calendar. Others begin
/// at the days `also`.
[[nodiscard]] Regimes regimes(const std::vector<PlannedChange>& changes, const Windows& windows, double horizon,
                              std::string_view start = "2000-01-01", const std::vector<double>& also = {});

}  // namespace sojourn
