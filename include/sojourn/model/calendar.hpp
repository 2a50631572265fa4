// Dates, and when what recurs is on: days since the start of a scenario against the calendar (Gregorian, without summer
// time).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sojourn/model/change.hpp"
#include "sojourn/model/switching.hpp"

namespace sojourn {

/// Days from midnight of the ISO date `start` to `moment`, an ISO date (its midnight) or a local date-time
/// (2026-11-01T08:00:00); negative before. Nothing where either is none.
[[nodiscard]] std::optional<double> days_between(std::string_view start, std::string_view moment);

/// No scenario is longer, in days: some 2,700 years.
inline constexpr double longest_horizon = 1e6;

/// The day `from` moved on by `count` steps. Whole months step by the calendar from `from` where `dated`: the time of day
/// and the day of the month stay, or are the month's last where it is shorter. Else a month is a twelfth of 365.25 days.
/// Infinite where that is further off than any calendar goes.
[[nodiscard]] double stepped(double from, const TimeStep& step, std::int64_t count, std::string_view start, bool dated);

/// The days, since `start`, at which calendar months begin up to `horizon`, at most `longest_horizon`, with the month from 0
/// for January: the first is the month of day 0, with its beginning at or before it.
struct MonthBegin {
  double day = 0.0;
  std::size_t month = 0;
};
[[nodiscard]] std::vector<MonthBegin> months_until(std::string_view start, double horizon);

/// A stretch of time in which a change is on: [begin, end). It came at `since`, from which its ramp, its fading and its
/// price count: with hours, before the first of them perhaps.
struct Stretch {
  double begin = 0.0, end = 0.0, since = 0.0;
};

/// No change may be on in more stretches than this within the horizon.
inline constexpr std::size_t most_stretches = 100'000;

/// When `change` is on within [0, horizon], at most `longest_horizon`, in order; they touch only where it comes again as it
/// ends. A change that recurs begins at its start and at each step of `every` after it, not after `last`; each time it is on
/// for `duration`, at most until it begins anew, and never from `end` on. With `hours` it is on in these hours of the week
/// only. Stops after `most_stretches` + 1, and has as many of one that comes ten times as often, whatever hours leave of it.
[[nodiscard]] std::vector<Stretch> stretches_of(const Change& change, std::string_view start, double horizon);

/// The same of a change that rules switch: only while they let it be on. Each time that they do it comes anew.
[[nodiscard]] std::vector<Stretch> stretches_of(const Change& change, std::string_view start, double horizon,
                                                const std::vector<OnTime>& on_times);

/// Whether `change` is on at t.
[[nodiscard]] bool is_on(const Change& change, std::string_view start, double t);

}  // namespace sojourn
