#include "sojourn/model/calendar.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "sojourn/base/special_values.hpp"
#include "sojourn/model/staff.hpp"

namespace sojourn {
namespace {

namespace chrono = std::chrono;

std::optional<int> number_at(std::string_view text, std::size_t begin, std::size_t length) {
  int value = 0;
  if (text.size() < begin + length) return std::nullopt;
  const char* const first = text.data() + begin;
  const auto [end, error] = std::from_chars(first, first + length, value);
  return error == std::errc() && end == first + length ? std::optional(value) : std::nullopt;
}

std::optional<chrono::sys_days> date_of(std::string_view text) {
  const auto year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const chrono::year_month_day date{chrono::year{*year}, chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(chrono::sys_days(date)) : std::nullopt;
}

chrono::sys_days date_or_2000(std::string_view text) {
  return date_of(text).value_or(chrono::sys_days(chrono::year{2000} / 1 / 1));
}

}  // namespace

std::optional<double> days_between(std::string_view start, std::string_view moment) {
  const auto from = date_of(start), to = date_of(moment);
  if (!from || !to || start.size() != 10) return std::nullopt;
  const double days = static_cast<double>((*to - *from).count());
  if (moment.size() == 10) return days;
  const auto hour = number_at(moment, 11, 2), minute = number_at(moment, 14, 2), second = number_at(moment, 17, 2);
  if (moment.size() != 19 || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return days + static_cast<double>(3600 * *hour + 60 * *minute + *second) / 86400.0;
}

double stepped(double from, const TimeStep& step, std::int64_t count, std::string_view start, bool dated) {
  if (!dated || step.months == 0) return from + static_cast<double>(count) * step.days;
  // A date of `chrono` has a year of at most 32767; what is that far off is beyond every horizon.
  constexpr double most_days = 1e7;
  const double whole = std::floor(from);
  if (!(std::fabs(whole) < most_days) ||
      !(std::fabs(static_cast<double>(step.months) * static_cast<double>(count)) < most_days / 31.0))
    return infinity;
  const chrono::sys_days origin = date_or_2000(start);
  const chrono::year_month_day day{origin + chrono::days{static_cast<std::int64_t>(whole)}};
  const chrono::year_month moved = day.year() / day.month() + chrono::months{static_cast<std::int64_t>(step.months) * count};
  const chrono::day last = (moved / chrono::last).day();
  const chrono::sys_days there = moved / std::min(day.day(), last);
  return static_cast<double>((there - origin).count()) + (from - whole);
}

std::vector<MonthBegin> months_until(std::string_view start, double horizon) {
  const chrono::sys_days origin = date_or_2000(start);
  const chrono::year_month_day first{origin};
  horizon = std::min(horizon, longest_horizon);
  std::vector<MonthBegin> months;
  for (chrono::year_month month = first.year() / first.month();; month += chrono::months{1}) {
    const double day = static_cast<double>((chrono::sys_days(month / 1) - origin).count());
    if (!months.empty() && day >= horizon) return months;
    months.push_back({day, static_cast<unsigned>(month.month()) - 1});
  }
}

std::vector<Stretch> stretches_of(const Change& change, std::string_view start, double horizon) {
  const double from = change.start.value();
  horizon = std::min(horizon, longest_horizon);
  const double end = change.end ? change.end->value() : std::numeric_limits<double>::infinity();
  const Recurrence& recurrence = change.recurrence;
  std::vector<Stretch> result;
  const auto add = [&](double begin, double until, double since) {
    if (!(begin < until) || begin > horizon || result.size() > most_stretches) return;
    // From one hour to the next it goes on; what comes again as it ends begins anew.
    if (!result.empty() && result.back().end == begin && result.back().since == since) {
      result.back().end = until;
    } else {
      result.push_back({begin, until, since});
    }
  };
  const int weekday = weekday_of(start);
  // One time that it comes, cut to its hours.
  const auto come = [&](double begin, double until) {
    until = std::min(until, end);
    if (recurrence.hours.empty()) return add(begin, until, begin);
    const auto week = staff_over(recurrence.hours, weekday, begin, std::min(until, horizon));
    for (std::size_t k = 0; k < week.size(); ++k) {
      if (!(week[k].second > 0.0)) continue;
      const double off = k + 1 < week.size() ? week[k + 1].first : std::numeric_limits<double>::infinity();
      const double on = std::max(begin, week[k].first);
      add(on, std::min(until, off), begin);
    }
  };
  const auto length = [&](double begin) {
    return recurrence.duration ? stepped(begin, *recurrence.duration, 1, start, recurrence.dated)
                               : std::numeric_limits<double>::infinity();
  };
  if (!recurrence.every || !(recurrence.every->days > 0.0)) {
    come(from, length(from));
    return result;
  }
  const double last = std::min(horizon, recurrence.last ? recurrence.last->value() : horizon);
  for (std::int64_t k = 0; result.size() <= most_stretches; ++k) {
    const double begin = stepped(from, *recurrence.every, k, start, recurrence.dated);
    if (begin > last || begin >= end) break;
    if (k > 10 * static_cast<std::int64_t>(most_stretches)) {
      result.resize(most_stretches + 1);
      break;
    }
    come(begin, std::min(length(begin), stepped(from, *recurrence.every, k + 1, start, recurrence.dated)));
  }
  return result;
}

std::vector<Stretch> stretches_of(const Change& change, std::string_view start, double horizon,
                                  const std::vector<OnTime>& on_times) {
  const std::vector<Stretch> own = stretches_of(change, start, horizon);
  std::vector<Stretch> result;
  for (const OnTime& on : on_times) {
    for (const Stretch& stretch : own) {
      const Stretch both{std::max(stretch.begin, on.begin), std::min(stretch.end, on.end),
                         std::max(stretch.since, on.begin)};
      if (both.begin < both.end && both.begin <= horizon) result.push_back(both);
    }
  }
  return result;
}

bool is_on(const Change& change, std::string_view start, double t) {
  const std::vector<Stretch> all = stretches_of(change, start, t);
  return std::any_of(all.begin(), all.end(), [t](const Stretch& each) { return each.begin <= t && t < each.end; });
}

}  // namespace sojourn
