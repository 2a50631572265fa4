#include "sojourn/model/budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "sojourn/model/calendar.hpp"

namespace sojourn {

Spending spending(const Improvement& improvement, double level, const Settings& settings) {
  Spending result;
  const Change& change = improvement.change;
  const double horizon = settings.horizon.value(), start = change.start.value();
  const double once = level * improvement.price.once, per_day = level * improvement.price.per_month / days_per_month;
  if (change.recurrence.any()) {
    for (const Stretch& stretch : stretches_of(change, settings.start, horizon)) {
      const bool anew = result.payments.empty() || result.payments.back().day != stretch.since;
      if (anew) result.payments.push_back({stretch.since, once});
      const double end = std::min(horizon, stretch.end);
      if (end > stretch.begin) result.flows.push_back({stretch.begin, end, per_day});
    }
    return result;
  }
  if (start > horizon) return result;
  const double end = std::min(horizon, change.end ? change.end->value() : horizon);
  result.payments.push_back({start, once});
  if (end > start) result.flows.push_back({start, end, per_day});
  return result;
}

Spending spending(const Improvement& improvement, double level, const Settings& settings,
                  const std::vector<OnTime>& on_times) {
  Spending result;
  const double horizon = settings.horizon.value();
  const double once = level * improvement.price.once, per_day = level * improvement.price.per_month / days_per_month;
  for (const Stretch& stretch : stretches_of(improvement.change, settings.start, horizon, on_times)) {
    if (result.payments.empty()) result.payments.push_back({stretch.since, once});
    const double end = std::min(horizon, stretch.end);
    if (end > stretch.begin) result.flows.push_back({stretch.begin, end, per_day});
  }
  return result;
}

bool within_budget(double cost, double budget) {
  constexpr double rounding = 1e-9;
  return cost <= budget * (1.0 + rounding) + rounding;
}

std::vector<Quarter> quarters(const Settings& settings) {
  namespace chrono = std::chrono;
  int parts[3] = {0, 0, 0};
  const std::size_t begins[3] = {0, 5, 8}, lengths[3] = {4, 2, 2};
  if (settings.start.size() != 10) return {};
  for (std::size_t i = 0; i < 3; ++i) {
    const char* const begin = settings.start.data() + begins[i];
    if (std::from_chars(begin, begin + lengths[i], parts[i]).ec != std::errc()) return {};
  }
  const chrono::year_month_day first{chrono::year{parts[0]}, chrono::month{static_cast<unsigned>(parts[1])},
                                     chrono::day{static_cast<unsigned>(parts[2])}};
  if (!first.ok()) return {};
  const double horizon = settings.horizon.value();
  const chrono::sys_days day_0(first);
  chrono::year_month quarter{first.year(), chrono::month{(static_cast<unsigned>(first.month()) - 1) / 3 * 3 + 1}};
  std::vector<Quarter> result;
  for (double begin = 0.0; begin <= horizon;) {
    const chrono::year_month next = quarter + chrono::months{3};
    const auto days = (chrono::sys_days(next / chrono::day{1}) - day_0).count();
    const double end = std::min(static_cast<double>(days), horizon);
    result.push_back(
        {begin, end,
         fmt::format("{} Q{}", static_cast<int>(quarter.year()), (static_cast<unsigned>(quarter.month()) - 1) / 3 + 1)});
    begin = static_cast<double>(days);
    quarter = next;
  }
  return result;
}

std::vector<double> spending_by_quarter(const Improvement& improvement, double level, const Settings& settings,
                                        const std::vector<Quarter>& quarters) {
  std::vector<double> spent(quarters.size(), 0.0);
  if (quarters.empty()) return spent;
  const Spending all = spending(improvement, level, settings);
  for (const Spending::Payment& payment : all.payments) {
    std::size_t k = quarters.size() - 1;
    while (k > 0 && quarters[k].begin > payment.day) --k;
    spent[k] += payment.amount;
  }
  for (const Spending::Flow& flow : all.flows) {
    for (std::size_t k = 0; k < quarters.size(); ++k)
      spent[k] +=
          flow.per_day * std::max(0.0, std::min(flow.end, quarters[k].end) - std::max(flow.begin, quarters[k].begin));
  }
  return spent;
}

std::vector<double> by_quarter(const std::vector<double>& window_ends, const std::vector<double>& amounts,
                               const std::vector<Quarter>& quarters) {
  std::vector<double> result(quarters.size(), 0.0);
  double begin = 0.0;
  for (std::size_t w = 0; w < amounts.size(); begin = window_ends[w], ++w) {
    for (std::size_t q = 0; q < quarters.size(); ++q) {
      const double shared = std::min(window_ends[w], quarters[q].end) - std::max(begin, quarters[q].begin);
      if (shared > 0.0) result[q] += amounts[w] * shared / (window_ends[w] - begin);
    }
  }
  return result;
}

}  // namespace sojourn
