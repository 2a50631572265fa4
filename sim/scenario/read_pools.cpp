// [[pool]]: how many serve, always, by the hour of the day or the week, or by shifts.
#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "reader.hpp"
#include "sojourn/model/staff.hpp"
#include "week.hpp"

namespace sojourn::scenario {
namespace {

constexpr std::string_view example =
    "write servers = 7, or servers = { mon-fri = { \"08:00-12:00\" = 6, \"12:00-18:00\" = 10 } }";
constexpr std::string_view shift_example = "write { \"08:00-12:00\" = 6 }: hours and minutes from 00:00 to 24:00";

double servers_of(const Value& value, const std::string& what) {
  const double servers = number(value).value_or(1.0);
  if (servers < 0.0) value.refuse(fmt::format("{} are {}, but must be >= 0", what, servers));
  return servers;
}

/// The servers of each hour of a day; nothing where they cannot be read.
std::vector<double> hours_of(const Value& value, const std::string& what) {
  const std::optional<std::vector<Value>> list = elements(value, "write 24 numbers, one for each hour of the day");
  if (!list) return {};
  if (list->size() != hours_of_day) {
    value.refuse(fmt::format("{} must be a list of 24 numbers, one for each hour, not {}", value.label(), list->size()));
    return {};
  }
  std::vector<double> servers;
  for (const Value& hour : *list) servers.push_back(servers_of(hour, what));
  return servers;
}

void add_hours(const std::vector<double>& servers, int day, Week& week) {
  for (std::size_t hour = 0; hour < servers.size(); ++hour) {
    week.add(day * day_minutes + 60 * static_cast<int>(hour), 60, servers[hour]);
  }
}

void add_shifts(const Value& value, const std::vector<int>& on, const std::string& what, Week& week) {
  std::optional<Table> shifts = table(value, "these shifts", std::string(shift_example));
  if (!shifts) return;
  for (const Value& shift : shifts->rest()) {
    std::string message, hint;
    const std::optional<Span> span = span_of(shift.node().key, message, hint);
    if (!span) {
      shift.refuse_key(message, hint.empty() ? std::string(shift_example) : hint);
      continue;
    }
    const double servers = servers_of(shift, what);
    // A span past midnight belongs to the day on which it begins.
    for (const int day : on) week.add(day * day_minutes + span->begin, span->length, servers);
  }
}

}  // namespace

void Reader::read_pools() {
  for (std::size_t i = 0; i < pools_.entries.size(); ++i) {
    Pool pool;
    Table table = entity(pools_, i, pool.id, pool.name);
    if (const auto servers = table.take("servers")) {
      pool.servers = read_staff(*servers, "servers");
      if (!dated_ && depends_on_weekday(pool.servers)) {
        servers->refuse_key("days of the week need the date of day 0", std::string(start_hint));
      }
    }
    table.read_fields(keys::pool(), pool);
    table.close();
    parts_.pools.push_back(std::move(pool));
  }
}

Staff Reader::read_staff(const Value& value, const std::string& what) {
  const Staff one{{0.0, 1.0}};  // instead of what cannot be read
  const Node& node = value.node();
  if (is_number(value)) return {{0.0, number(value).value_or(1.0)}};
  if (node.kind != Kind::table) {
    value.refuse_type("a number or a timetable", std::string(example));
    return one;
  }
  Week week;
  Table parts(value, what);
  const auto daily = parts.take_undeclared("daily"), weekly = parts.take_undeclared("weekly");
  const std::vector<Value> rest = parts.rest();
  if ((daily ? 1 : 0) + (weekly ? 1 : 0) + (rest.empty() ? 0 : 1) != 1) {
    value.refuse(fmt::format("{} {}", what, node.children.empty() ? "name no hours" : "mix several kinds of timetable"),
                 std::string(example));
    return one;
  }
  if (daily) {
    const std::vector<double> servers = hours_of(*daily, what);
    for (int day = 0; day < days_of_week; ++day) add_hours(servers, day, week);
  }
  if (weekly) {
    const std::optional<std::vector<Value>> lists = elements(*weekly, "write 7 lists of 24 numbers, Monday first");
    if (lists && lists->size() != days_of_week) {
      weekly->refuse(fmt::format("weekly must be 7 lists, Monday first, not {}", lists->size()));
    } else if (lists) {
      for (int day = 0; day < days_of_week; ++day)
        add_hours(hours_of((*lists)[static_cast<std::size_t>(day)], what), day, week);
    }
  }
  for (const Value& shifts : rest) {
    if (const auto on = days_of(shifts.node().key)) {
      add_shifts(shifts, *on, what, week);
      continue;
    }
    refuse_days(shifts, {"daily", "weekly"});
  }
  return week.sums();
}

}  // namespace sojourn::scenario
