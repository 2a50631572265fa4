#include "sojourn/model/staff.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "sojourn/model/calendar.hpp"

namespace sojourn {

int weekday_of(std::string_view date) {
  int parts[3] = {0, 0, 0};
  const std::size_t begins[3] = {0, 5, 8}, lengths[3] = {4, 2, 2};
  if (date.size() != 10) return 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const char* const begin = date.data() + begins[i];
    if (std::from_chars(begin, begin + lengths[i], parts[i]).ec != std::errc()) return 0;
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]}, std::chrono::month{static_cast<unsigned>(parts[1])},
                                        std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (!day.ok()) return 0;
  return static_cast<int>(std::chrono::weekday(std::chrono::sys_days(day)).iso_encoding()) - 1;
}

std::vector<std::pair<double, double>> staff_over(const Staff& staff, int weekday, double begin, double end) {
  std::vector<std::pair<double, double>> result;
  if (!(begin <= end)) return result;
  const double first = -static_cast<double>(weekday);
  end = std::min(end, longest_horizon);
  // One week before that of `begin`, so that no rounding makes it a later one.
  const double weeks = std::floor((begin - first) / days_per_week) - 1.0;
  for (double monday = first + days_per_week * weeks; monday <= end; monday += days_per_week) {
    for (const auto& [time, servers] : staff) {
      const double day = monday + time;
      if (day > end) break;
      if (day <= begin) {
        result = {{begin, servers}};
      } else if (servers != result.back().second) {
        result.emplace_back(day, servers);
      }
    }
    if (staff.size() == 1) break;
  }
  return result;
}

std::vector<std::pair<double, double>> staff_over(const Staff& staff, int weekday, double horizon) {
  return staff_over(staff, weekday, 0.0, horizon);
}

double changes_over(const Staff& staff, double horizon) {
  return staff.size() == 1 ? 1.0 : static_cast<double>(staff.size()) * (std::floor(horizon / days_per_week) + 2.0);
}

double most_servers(const Staff& staff) {
  double most = 0.0;
  for (const auto& [time, servers] : staff) most = std::max(most, servers);
  return most;
}

bool depends_on_weekday(const Staff& staff) {
  const auto at = [&](double time) {
    double servers = 0.0;
    for (const auto& [begin, from_then] : staff) {
      if (begin <= time) servers = from_then;
    }
    return servers;
  };
  // Between two times at which any day changes nothing changes, so it is enough to look at those times on each day.
  for (const auto& [begin, servers] : staff) {
    const double of_day = begin - std::floor(begin);
    for (int day = 0; day < 7; ++day) {
      // A time of day is known to a rounding only: a change counts as the same within a second.
      if (at(day + of_day + 1e-5) != at(of_day + 1e-5)) return true;
    }
  }
  return false;
}

}  // namespace sojourn
