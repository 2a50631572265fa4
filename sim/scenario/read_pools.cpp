// [[pool]]: how many serve, always, by the hour of the day or the week, or by shifts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include "reader.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

constexpr int day_minutes = 1440, week_minutes = 7 * day_minutes, days = 7, hours = 24;
constexpr std::array<std::string_view, days> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view example =
    "write servers = 7, or servers = { mon-fri = { \"08:00-12:00\" = 6, \"12:00-18:00\" = 10 } }";
constexpr std::string_view span_example = "write { \"08:00-12:00\" = 6 }: hours and minutes from 00:00 to 24:00";

std::optional<int> day_of(std::string_view name) {
  const auto found = std::find(day_names.begin(), day_names.end(), name);
  return found == day_names.end() ? std::nullopt : std::optional(static_cast<int>(found - day_names.begin()));
}

/// "mon", or "fri-mon": the days from the first to the second, over the end of the week too.
std::optional<std::vector<int>> days_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<int> first = day_of(text.substr(0, dash));
  const std::optional<int> last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  std::vector<int> result{*first};
  while (result.back() != *last) result.push_back((result.back() + 1) % days);
  return result;
}

/// "08:30" in minutes since midnight, up to "24:00".
std::optional<int> minute_of(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : -1; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0u, 1u, 3u, 4u}) {
    if (digit(at) < 0) return std::nullopt;
  }
  const int hour = 10 * digit(0) + digit(1), minute = 10 * digit(3) + digit(4);
  if (minute > 59 || 60 * hour + minute > day_minutes) return std::nullopt;
  return 60 * hour + minute;
}

/// Shifts over a week, which add up.
class Week {
 public:
  /// `servers` more from minute `begin` of the week on, for `length` minutes, over the end of the week too.
  void add(int begin, int length, double servers) {
    const int end = begin + length;
    changes_[begin] += servers;
    changes_[std::min(end, week_minutes)] -= servers;
    if (end > week_minutes) add(0, end - week_minutes, servers);
  }
  [[nodiscard]] Staff staff() const {
    Staff result;
    double sum = 0.0;
    const auto change = [&](int minute, double by) {
      sum += by;
      // What comes and goes leaves no rest of rounding.
      const double servers = std::round(sum * 1e9) / 1e9;
      if (minute == week_minutes || (!result.empty() && result.back().second == servers)) return;
      result.emplace_back(static_cast<double>(minute) / day_minutes, servers);
    };
    if (changes_.empty() || changes_.begin()->first > 0) change(0, 0.0);
    for (const auto& [minute, by] : changes_) change(minute, by);
    return result;
  }

 private:
  std::map<int, double> changes_;
};

double servers_of(const Value& value) {
  const double servers = number(value).value_or(1.0);
  if (servers < 0.0) value.refuse(fmt::format("servers are {}, but must be >= 0", servers));
  return servers;
}

/// The servers of each hour of a day; nothing where they cannot be read.
std::vector<double> hours_of(const Value& value) {
  const std::optional<std::vector<Value>> list = elements(value, "write 24 numbers, one for each hour of the day");
  if (!list) return {};
  if (list->size() != hours) {
    value.refuse(fmt::format("{} must be a list of 24 numbers, one for each hour, not {}", value.label(), list->size()));
    return {};
  }
  std::vector<double> servers;
  for (const Value& hour : *list) servers.push_back(servers_of(hour));
  return servers;
}

void add_hours(const std::vector<double>& servers, int day, Week& week) {
  for (std::size_t hour = 0; hour < servers.size(); ++hour) {
    week.add(day * day_minutes + 60 * static_cast<int>(hour), 60, servers[hour]);
  }
}

void add_shifts(const Value& value, const std::vector<int>& on, Week& week) {
  std::optional<Table> shifts = table(value, "these shifts", std::string(span_example));
  if (!shifts) return;
  for (const Value& shift : shifts->rest()) {
    const std::string_view span = shift.node().key;
    const std::size_t dash = span.find('-');
    const std::optional<int> begin = minute_of(span.substr(0, dash));
    const std::optional<int> end = dash == std::string_view::npos ? std::nullopt : minute_of(span.substr(dash + 1));
    if (!begin || !end || *begin == day_minutes) {
      shift.refuse_key(fmt::format("{} is no span of a day", in_quotes(span)), std::string(span_example));
      continue;
    }
    if (*begin == *end) {
      shift.refuse_key(fmt::format("{} has no length", in_quotes(span)), "a whole day is \"00:00-24:00\"");
      continue;
    }
    const double servers = servers_of(shift);
    // A span past midnight belongs to the day on which it begins.
    const int length = *end > *begin ? *end - *begin : *end + day_minutes - *begin;
    for (const int day : on) week.add(day * day_minutes + *begin, length, servers);
  }
}

}  // namespace

void Reader::read_pools() {
  const Node* const scenario = root_.value().node().find("scenario");
  const bool dated = scenario != nullptr && scenario->find("start") != nullptr;
  for (std::size_t i = 0; i < pools_.entries.size(); ++i) {
    Pool pool;
    Table table = entity(pools_, i, pool.id, pool.name);
    if (const auto servers = table.take("servers")) {
      pool.servers = read_staff(*servers);
      if (!dated && depends_on_weekday(pool.servers)) {
        servers->refuse_key("days of the week need the date of day 0", "add start = 2026-09-07, a Monday, to [scenario]");
      }
    }
    table.read_fields(keys::pool(), pool);
    table.close();
    parts_.pools.push_back(std::move(pool));
  }
}

Staff Reader::read_staff(const Value& value) {
  const Staff one{{0.0, 1.0}};  // instead of what cannot be read
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) return {{0.0, number(value).value_or(1.0)}};
  if (node.kind != Kind::table) {
    value.refuse_type("a number or a timetable", std::string(example));
    return one;
  }
  Week week;
  Table parts(value, "servers");
  const auto daily = parts.take_undeclared("daily"), weekly = parts.take_undeclared("weekly");
  const std::vector<Value> rest = parts.rest();
  if ((daily ? 1 : 0) + (weekly ? 1 : 0) + (rest.empty() ? 0 : 1) != 1) {
    value.refuse(node.children.empty() ? "servers name no hours" : "servers mix several kinds of timetable",
                 std::string(example));
    return one;
  }
  if (daily) {
    const std::vector<double> servers = hours_of(*daily);
    for (int day = 0; day < days; ++day) add_hours(servers, day, week);
  }
  if (weekly) {
    const std::optional<std::vector<Value>> lists = elements(*weekly, "write 7 lists of 24 numbers, Monday first");
    if (lists && lists->size() != days) {
      weekly->refuse(fmt::format("weekly must be 7 lists, Monday first, not {}", lists->size()));
    } else if (lists) {
      for (int day = 0; day < days; ++day) add_hours(hours_of((*lists)[static_cast<std::size_t>(day)]), day, week);
    }
  }
  for (const Value& shifts : rest) {
    if (const auto on = days_of(shifts.node().key)) {
      add_shifts(shifts, *on, week);
      continue;
    }
    std::vector<std::string> known(day_names.begin(), day_names.end());
    known.insert(known.end(), {"daily", "weekly", "mon-fri", "sat-sun"});
    const std::string near = nearest(shifts.node().key, known);
    shifts.refuse_key(fmt::format("{} is no day", in_quotes(shifts.node().key)),
                      near.empty() ? "days are mon, tue, wed, thu, fri, sat, sun, or a span of them: mon-fri"
                                   : fmt::format("did you mean \"{}\"?", near));
  }
  return week.staff();
}

}  // namespace sojourn::scenario
