// How many serve at what time: the weekly timetable of a pool laid over the calendar of a scenario.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/model/journey.hpp"

namespace sojourn {

/// A week in days.
inline constexpr double days_per_week = 7.0;

/// The day of the week of an ISO date, from 0 for Monday to 6 for Sunday; 0 for what is no date.
[[nodiscard]] int weekday_of(std::string_view date);

/// The servers of `staff` over [begin, end] days: (day, servers from then on), ascending, each with another number than the
/// one before, the first of `begin`. Day 0 begins at midnight of `weekday` (0 for Monday); nothing is said of days after
/// `longest_horizon` (model/calendar.hpp). Empty where `end` is before `begin`.
[[nodiscard]] std::vector<std::pair<double, double>> staff_over(const Staff& staff, int weekday, double begin, double end);

/// The same over [0, horizon].
[[nodiscard]] std::vector<std::pair<double, double>> staff_over(const Staff& staff, int weekday, double horizon);

/// How often the number of servers changes within `horizon` days, at most: the length of `staff_over`, without its work.
[[nodiscard]] double changes_over(const Staff& staff, double horizon);

/// The most servers at a time.
[[nodiscard]] double most_servers(const Staff& staff);

/// Whether the number of servers depends on the day of the week.
[[nodiscard]] bool depends_on_weekday(const Staff& staff);

}  // namespace sojourn
