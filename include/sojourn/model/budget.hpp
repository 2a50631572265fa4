// What improvements cost whatever happens, and when: the same for results, budgets by quarter and `optimize`.
#pragma once

#include <string>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/model/switching.hpp"

namespace sojourn {

/// What an improvement costs besides its price per visit, in money of the market, undiscounted.
struct Spending {
  struct Payment {
    double day = 0.0, amount = 0.0;
  };
  struct Flow {
    double begin = 0.0, end = 0.0, per_day = 0.0;  // begin < end
  };
  std::vector<Payment> payments;
  std::vector<Flow> flows;
};
/// Of `improvement`, bought at `level`, up to the horizon. `once` falls due at the start if that is within the horizon, the
/// horizon included, and each time that the improvement begins anew (by `every`; not with each of its hours); `per_month`
/// runs while it is on. Both are `level` times what the file says.
[[nodiscard]] Spending spending(const Improvement& improvement, double level, const Settings& settings);
/// The same of an improvement that rules switch: `once` falls due when they let it be on for the first time, and never
/// again; `per_month` runs while it is on.
[[nodiscard]] Spending spending(const Improvement& improvement, double level, const Settings& settings,
                                const std::vector<OnTime>& on_times);

/// Whether `cost` is within `budget`. Sums of prices are rounded; a budget that is met to the cent is met.
[[nodiscard]] bool within_budget(double cost, double budget);

/// A calendar quarter, or what of it lies within the horizon: days [begin, end).
struct Quarter {
  double begin = 0.0, end = 0.0;
  std::string name;  // "2026 Q4"
};
/// The calendar quarters from `settings.start` to the horizon, in order; a last one of no length holds the horizon itself
/// where a quarter begins on it. Without a valid date of start there are none.
[[nodiscard]] std::vector<Quarter> quarters(const Settings& settings);

/// What `improvement` spends in each of `quarters` at `level`.
[[nodiscard]] std::vector<double> spending_by_quarter(const Improvement& improvement, double level, const Settings& settings,
                                                      const std::vector<Quarter>& quarters);

/// What amounts by window come to in each of `quarters`: a window's amount is spread evenly over it.
[[nodiscard]] std::vector<double> by_quarter(const std::vector<double>& window_ends, const std::vector<double>& amounts,
                                             const std::vector<Quarter>& quarters);

}  // namespace sojourn
