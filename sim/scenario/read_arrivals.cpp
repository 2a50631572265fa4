// When people arrive and how many they are; times that are dates.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "point_table.hpp"
#include "reader.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/model/staff.hpp"
#include "units.hpp"
#include "week.hpp"

namespace sojourn::scenario {
namespace {

constexpr std::size_t months_of_year = 12, most_days = 100'000, most_changes = 2'000'000;
constexpr std::string_view profile_example =
    "write 12 numbers, { mon-fri = { \"08:00-18:00\" = 1 } }, { file = \"arrivals.csv\" } or { days = [[0, 120], [1, 80]] }";
constexpr std::string_view day_example = "write a day, from 0 on, and its people: 17,120";

bool names_a_distribution(const Node& node) {
  const std::vector<std::string>& names = keys::distribution_names();
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return std::find(names.begin(), names.end(), child.key) != names.end(); });
}

bool is_date_like(const Node& node) {
  return node.kind == Kind::date || node.kind == Kind::time ||
         (node.kind == Kind::text && days_between("2000-01-01", node.text).has_value());
}

std::string in_toml(const std::vector<std::pair<double, double>>& days) {
  std::string text = "{ days = [";
  for (std::size_t i = 0; i < days.size(); ++i) {
    text += fmt::format("{}[{:.0f}, {}]", i == 0 ? "" : ", ", days[i].first, days[i].second);
  }
  return text + "] }";
}

}  // namespace

std::optional<Days> Reader::moment(const Value& value, bool* dated) {
  const Node& node = value.node();
  if (!is_date_like(node)) return duration(value);
  if (node.kind == Kind::time) {
    value.refuse_type("a duration, a date or a local date-time", "write it without an offset: 2026-11-01T08:00:00");
    return std::nullopt;
  }
  if (!dated_) {
    value.refuse(fmt::format("{} is a date, but day 0 has none", value.label()), std::string(start_hint));
    return std::nullopt;
  }
  const std::optional<double> days = days_between(parts_.settings.start, node.text);
  if (!days) return std::nullopt;  // the start is wrong, as was said
  if (*days < 0.0) {
    value.refuse(fmt::format("{} is {}, before day 0, {}", value.label(), node.text, parts_.settings.start),
                 "let scenario.start be earlier, or this later");
    return std::nullopt;
  }
  if (dated != nullptr) *dated = true;
  return Days(*days);
}

std::optional<TimeStep> Reader::step(const Value& value) {
  const std::optional<Days> days = duration(value);
  if (!days) return std::nullopt;
  TimeStep step{days->value(), 0};
  const Node& node = value.node();
  if (node.kind != Kind::text) return step;
  std::string_view unit = trimmed(node.text);
  if (unit.ends_with('s')) unit.remove_suffix(1);
  const double months = std::round(step.days / days_per_month);
  const bool whole = months >= 1.0 && months <= 1e6 && std::fabs(step.days - months * days_per_month) < 1e-9 * step.days;
  if (whole && (unit.ends_with("month") || unit.ends_with("year"))) step.months = static_cast<std::int32_t>(months);
  return step;
}

Staff Reader::read_week(const Value& value) {
  Week week;
  std::optional<Table> days =
      table(value, "hours", "write hours = { mon-fri = \"18:00-08:00\", sat-sun = \"00:00-24:00\" }");
  if (!days) return {};
  const std::vector<Value> rest = days->rest();
  if (rest.empty()) value.refuse("hours name no day", "leave the key out to mean all hours");
  for (const Value& on : rest) {
    const auto which = days_of(on.node().key);
    if (!which) {
      refuse_days(on, {});
      continue;
    }
    for (const Value& text : one_or_more(on, "write \"08:00-12:00\", or leave the day out")) {
      std::string message, hint;
      if (text.node().kind != Kind::text) {
        text.refuse_type("a span of a day", "write \"08:00-12:00\"");
        continue;
      }
      const std::optional<Span> span = span_of(text.node().text, message, hint);
      if (!span) {
        text.refuse(message, hint.empty() ? fmt::format("write {}", span_example) : hint);
        continue;
      }
      for (const int day : *which) week.add(day * day_minutes + span->begin, span->length, 1.0);
    }
  }
  Staff staff = week.sums(true);
  if (!dated_ && depends_on_weekday(staff)) {
    value.refuse_key("days of the week need the date of day 0", std::string(start_hint));
  }
  return staff;
}

void Reader::read_recurrence(Table& table, Change& change) {
  Recurrence& recurrence = change.recurrence;
  if (const auto duration = table.take("duration")) recurrence.duration = step(*duration);
  if (const auto every = table.take("every")) recurrence.every = step(*every);
  if (const auto last = table.take("last")) recurrence.last = moment(*last);
  if (const auto hours = table.take("hours")) recurrence.hours = read_week(*hours);
}

namespace {

/// Whether it has keys of its own, and is no distribution.
bool describes_arrivals(const Node& node) {
  const std::vector<std::string> known = keys::table("arrivals").names();
  return node.kind == Kind::table && !names_a_distribution(node) &&
         std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return std::find(known.begin(), known.end(), child.key) != known.end(); });
}

/// Times, in ascending order, and how many have come by then, up to a factor.
using Arrived = std::vector<std::pair<double, double>>;

/// Of what comes in each stretch, what lies in [from, until), growing by e^growth a day; nothing where it takes more than
/// `most` times to tell.
std::optional<Arrived> arrived_in(const std::vector<ArrivalStretch>& stretches, double from, double until, double growth,
                                  std::size_t most) {
  Arrived points{{from, 0.0}};
  double mass = 0.0;
  const auto grown = [&](double a, double b) {
    return growth == 0.0 ? b - a : (std::exp(growth * (b - from)) - std::exp(growth * (a - from))) / growth;
  };
  for (const ArrivalStretch& stretch : stretches) {
    const double a = std::max(stretch.begin, from), b = std::min(stretch.end, until);
    if (!(a < b)) continue;
    if (a > points.back().first) points.emplace_back(a, mass);
    // Growth bends what lies between two points: by day there is nothing to see of it.
    const auto parts = growth == 0.0 ? 1.0 : std::max(1.0, std::ceil(b - a));
    if (static_cast<double>(points.size()) + parts > static_cast<double>(most)) return std::nullopt;
    for (double part = 0.0; part < parts; ++part) {
      const double left = a + (b - a) * part / parts, right = a + (b - a) * (part + 1.0) / parts;
      mass += stretch.weight * grown(left, right);
      points.emplace_back(part + 1.0 == parts ? b : right, mass);
    }
  }
  return points;
}

/// Nobody comes in [from, until).
void refuse_nobody(const Value& value, const std::vector<ArrivalStretch>& stretches, double from, double until) {
  const auto comes = [](const ArrivalStretch& stretch) { return stretch.weight > 0.0; };
  const auto first = std::find_if(stretches.begin(), stretches.end(), comes);
  if (first == stretches.end()) {
    value.refuse("nobody arrives: all its numbers are 0", "let some of them be above 0");
  } else {
    value.refuse(fmt::format("nobody arrives within the horizon: between day {} and day {} its numbers are 0", from, until),
                 fmt::format("people come from day {} on: simulate longer, or move them", first->begin));
  }
}

/// What to say of people of the profile who come after the horizon; nothing where nobody does.
std::optional<Finding> late_people(const Value& profile, const std::vector<ArrivalStretch>& stretches, double horizon) {
  if (!(stretches.back().begin >= horizon)) return std::nullopt;
  double late = 0.0;
  for (const ArrivalStretch& stretch : stretches) late += stretch.begin >= horizon ? stretch.weight : 0.0;
  return Finding{Severity::warning, profile.path(),
                 fmt::format("{} {} of days beyond the horizon, day {}, and do{} not come", late,
                             late == 1.0 ? "person is" : "people are", horizon, late == 1.0 ? "es" : ""),
                 "simulate longer, or leave these days out"};
}

}  // namespace

void Reader::read_arrives(const Value& value, Persona& persona, PeopleOf& people) {
  if (!describes_arrivals(value.node())) {
    if (const auto drawn = distribution(value, Measure::duration)) persona.arrives = *drawn;
    return;
  }
  Table arrivals(value, "arrives", &keys::table("arrivals"));
  const double horizon = std::min(parts_.settings.horizon.value(), longest_horizon);  // a longer one is refused elsewhere
  double from = 0.0, until = horizon, growth = 0.0;
  const auto begin = arrivals.take("from"), end = arrivals.take("until"), rate = arrivals.take("growth"),
             profile = arrivals.take("profile"), per_month = arrivals.take("per_month");
  if (begin) from = moment(*begin).value_or(Days(0.0)).value();
  if (end) until = std::min(moment(*end).value_or(Days(horizon)).value(), horizon);
  if (rate) growth = read_growth(*rate).value_or(0.0);
  std::vector<ArrivalStretch> stretches{{0.0, horizon, 1.0}};
  double mean = 1.0;
  bool counted = false;  // the profile is of people
  if (profile) {
    auto read = read_profile(*profile, mean, counted);
    if (!read) {
      arrivals.close();
      return;
    }
    stretches = std::move(*read);
  }
  const std::optional<double> monthly = per_month ? scenario::number(*per_month) : std::nullopt;
  if (monthly && !(*monthly > 0.0))
    per_month->refuse(fmt::format("per_month is {}, but must be more than 0", *monthly), "write per_month = 500");
  arrivals.close();
  if (!(horizon > 0.0) || problems_.hides(value.path())) return;  // as was said
  if (!(from < until)) {
    (begin ? *begin
     : end ? *end
           : value)
        .refuse(fmt::format("nobody can arrive: from day {} until day {}", from, until),
                "let `from` be before `until` and the horizon");
    return;
  }
  std::optional<Arrived> arrived = arrived_in(stretches, from, until, growth, most_changes);
  if (!arrived) {
    value.refuse(fmt::format("arrivals change more than {} times within the horizon", most_changes),
                 "shorten the horizon, or write a profile with fewer steps");
    return;
  }
  const double all = arrived->back().second;
  if (!std::isfinite(all)) {
    (rate ? *rate : value)
        .refuse("arrivals grow beyond all numbers within the horizon",
                "a growth goes on and on: of 10 % per month come 3.1 times as many after a year");
    return;
  }
  if (!(all > 0.0)) {
    refuse_nobody(profile ? *profile : value, stretches, from, until);
    return;
  }
  if (auto late = counted ? late_people(*profile, stretches, horizon) : std::nullopt)
    problems_.add({std::move(*late), profile->node().at, profile->node().origin});
  if (per_month && counted) {
    per_month->refuse_key("the profile says how many people arrive on each day", "remove per_month");
  } else if (per_month) {
    if (monthly && *monthly > 0.0) people = {*monthly / days_per_month * all / mean, *per_month};
  } else if (counted) {
    people = {all, *profile};
  }
  for (auto& point : *arrived) point.second /= all;
  arrived->back().second = 1.0;
  persona.arrives = Tabulated{std::move(*arrived)};
}

std::optional<double> Reader::read_growth(const Value& value) {
  const Node& node = value.node();
  constexpr std::string_view example = "write growth = \"2 % per month\"";
  if (node.kind != Kind::text) {
    if ((node.kind == Kind::integer || node.kind == Kind::number) && node.number == 0.0) return 0.0;
    value.refuse_type("a share per time", std::string(example));
    return std::nullopt;
  }
  const std::string_view text = trimmed(node.text);
  // "2 % per month", or the share as a number: "0.02 per month".
  const bool percent = text.find('%') != std::string_view::npos;
  const std::size_t end = percent ? text.find('%') : text.find("per");
  auto share = end == std::string_view::npos ? std::nullopt : parse_number(trimmed(text.substr(0, end)));
  if (share && !percent) *share *= 100.0;
  const auto per =
      share ? parse_rate(fmt::format("1 {}", trimmed(text.substr(percent ? end + 1 : end)))).value : std::nullopt;
  if (!per || !(*share > -100.0) || *share > 1000.0) {
    value.refuse(fmt::format("{} is not a growth", in_quotes(node.text)),
                 per ? "it is above -100 % and at most 1000 %" : std::string(example));
    return std::nullopt;
  }
  return std::log1p(*share / 100.0) * *per;
}

std::optional<std::vector<ArrivalStretch>> Reader::read_profile(const Value& value, double& mean, bool& counted) {
  const double horizon = parts_.settings.horizon.value();
  const Node& node = value.node();
  std::vector<ArrivalStretch> stretches;
  if (node.kind == Kind::array) {
    std::vector<double> months;
    for (const Value& month : elements(value).value_or(std::vector<Value>())) {
      const double weight = number(month).value_or(1.0);
      if (weight < 0.0) month.refuse(fmt::format("a month is {}, but must be >= 0", weight));
      months.push_back(std::max(0.0, weight));
    }
    if (months.size() != months_of_year) {
      value.refuse(fmt::format("profile must be 12 numbers, January first, not {}", months.size()),
                   std::string(profile_example));
      return std::nullopt;
    }
    if (!dated_) {
      value.refuse("calendar months need the date of day 0", std::string(start_hint));
      return std::nullopt;
    }
    const std::vector<MonthBegin> begins = months_until(parts_.settings.start, horizon);
    for (std::size_t k = 0; k < begins.size(); ++k) {
      const double end = k + 1 < begins.size() ? begins[k + 1].day : horizon;
      stretches.push_back({begins[k].day, end, months[begins[k].month]});
    }
    mean = std::accumulate(months.begin(), months.end(), 0.0) / static_cast<double>(months_of_year);
    return stretches;
  }
  if (node.kind != Kind::table) {
    value.refuse_type("12 numbers or a table", std::string(profile_example));
    return std::nullopt;
  }
  if (node.find("file") != nullptr || node.find("days") != nullptr) {
    Table by_day(value, "profile");
    const auto file = by_day.take_undeclared("file"), list = by_day.take_undeclared("days");
    for (const Value& other : by_day.rest()) other.refuse_key("a profile of days has nothing else", "remove it");
    counted = true;
    const auto days = file ? read_day_file(*file) : read_day_list(*list);
    if (!days) return std::nullopt;
    if (file) embedded_.push_back({fmt::format("(read from {})", file->node().text), value.path(), in_toml(*days)});
    for (const auto& [day, people] : *days) stretches.push_back({day, day + 1.0, people});
    return stretches;
  }
  const Staff week = read_staff(value, "weights");
  if (!dated_ && depends_on_weekday(week)) {
    value.refuse_key("days of the week need the date of day 0", std::string(start_hint));
    return std::nullopt;
  }
  if (horizon / days_per_week * static_cast<double>(week.size()) > static_cast<double>(most_changes)) {
    value.refuse(fmt::format("arrivals change more than {} times within the horizon", most_changes),
                 "shorten the horizon, or write a profile with fewer steps");
    return std::nullopt;
  }
  const auto over = staff_over(week, weekday_of(parts_.settings.start), horizon);
  for (std::size_t k = 0; k < over.size(); ++k) {
    stretches.push_back({over[k].first, k + 1 < over.size() ? over[k + 1].first : horizon, over[k].second});
  }
  mean = 0.0;
  for (std::size_t k = 0; k < week.size(); ++k) {
    const double end = k + 1 < week.size() ? week[k + 1].first : days_per_week;
    mean += week[k].second * (end - week[k].first) / days_per_week;
  }
  return stretches;
}

std::optional<std::vector<std::pair<double, double>>> Reader::read_day_list(const Value& value) {
  const auto list = elements(value, "write days = [[0, 120], [1, 80]]");
  if (!list) return std::nullopt;
  std::vector<std::pair<double, double>> days;
  bool good = true;
  const auto refuse = [&](const Value& at, std::string message) {
    at.refuse(std::move(message), "write [day, people]: whole days from 0 on, each once, in order");
    good = false;
  };
  for (const Value& one : *list) {
    if (one.node().kind != Kind::array || one.node().children.size() != 2) {
      refuse(one, fmt::format("{} must be a list of a day and its people", one.label()));
      continue;
    }
    const auto day = number(one.element(0)), people = number(one.element(1));
    if (!day || !people) {
      good = false;
    } else if (*day < 0.0 || *day != std::floor(*day) || (!days.empty() && *day <= days.back().first)) {
      refuse(one, fmt::format("day {} is no whole day after the one before", *day));
    } else if (*people < 0.0) {
      refuse(one, fmt::format("people are {}, but must be >= 0", *people));
    } else {
      days.emplace_back(*day, *people);
    }
  }
  if (days.empty() && good) refuse(value, "days are empty");
  if (days.size() > most_days) refuse(value, fmt::format("there are more than {} days", most_days));
  return good ? std::optional(std::move(days)) : std::nullopt;
}

std::optional<std::vector<std::pair<double, double>>> Reader::read_day_file(const Value& value) {
  if (!text(value)) return std::nullopt;
  const std::optional<std::filesystem::path> path = named_file(value, files_);
  if (!path) return std::nullopt;
  constexpr std::size_t most_bytes = std::size_t{16} << 20;
  std::string content;
  try {
    content = read_whole_file(path->string(), most_bytes);
  } catch (const InputError& failure) {
    value.refuse(failure.what());
    return std::nullopt;
  }
  PointTable table = parse_points(content);
  const bool header = table.header.size() == 2 && table.header[0].text == "day" && table.header[1].text == "people";
  std::vector<std::pair<double, double>> days;
  if (!header) {
    table.problems = {
        {"the first line is not the header day,people", "put day,people on a line of its own before the days", {}}};
  } else if (table.problems.empty()) {
    const auto refuse = [&](const TableField& field, std::string message, std::string hint) {
      if (table.problems.size() < 100) table.problems.push_back({std::move(message), std::move(hint), field.at});
    };
    for (std::size_t i = 0; i < table.columns[0].size(); ++i) {
      const TableField &day_field = table.columns[0][i], &people_field = table.columns[1][i];
      // A date is a day too.
      auto day = parse_number(day_field.text);
      if (const auto date = days_between(parts_.settings.start, day_field.text); date && day_field.text.size() == 10) {
        if (dated_) day = date;
      }
      const auto people = parse_number(people_field.text);
      if (!day || *day < 0.0 || *day != std::floor(*day)) {
        refuse(day_field, fmt::format("{} is no day of the scenario", in_quotes(day_field.text)),
               "write whole days from 0 on, or dates from scenario.start on");
      } else if (!days.empty() && *day <= days.back().first) {
        refuse(day_field, fmt::format("day {} does not come after the one before", day_field.text),
               "write each day once, in their order");
      } else if (!people || *people < 0.0 || *people > 1e12) {
        refuse(people_field, fmt::format("{} is no number of people", in_quotes(people_field.text)),
               std::string(day_example));
      } else {
        days.emplace_back(*day, *people);
      }
    }
    if (days.empty() && table.problems.empty()) table.problems = {{"the file has no days", std::string(day_example), {}}};
    if (days.size() > most_days) table.problems = {{fmt::format("there are more than {} days", most_days), "", {}}};
  }
  if (table.problems.empty()) return days;
  problems_.mark_broken(value.path());
  // Lines are shown of a file that begins as one of days does; of any other, which may be anything, nothing is.
  const std::string_view lines = std::string_view(content).substr(content.starts_with("\xef\xbb\xbf") ? 3 : 0);
  const SourceText source(header ? lines : std::string_view());
  for (const Refusal& refusal : table.problems) {
    const Finding finding{Severity::error, value.path(), refusal.message, refusal.hint};
    problems_.add({finding, value.node().at, value.node().origin, rendered(finding, path->string(), source, refusal.where)});
  }
  return std::nullopt;
}

bool Reader::persona_counts_people(const Node& persona) {
  if (persona.find("people") != nullptr) return true;
  const Node* const arrives = persona.find("arrives");
  if (arrives == nullptr || arrives->kind != Kind::table) return false;
  if (arrives->find("per_month") != nullptr) return true;
  const Node* const profile = arrives->find("profile");
  return persona.find("share") == nullptr && profile != nullptr &&
         (profile->find("file") != nullptr || profile->find("days") != nullptr);
}

void Reader::share_by_people(const std::vector<PeopleOf>& people) {
  if (!account_segments_.entries.empty()) {
    for (const PeopleOf& one : people) {
      if (one.written) one.written->refuse_key("accounts say who there is", "remove it");
    }
    return;
  }
  bool known = true;
  double market = 0.0;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const Value& persona = personas_.entries[i];
    if (const Node* share = persona.node().find("share")) {
      persona.member(*share).refuse_key("personas say how many people they are: shares follow", "remove share");
    }
    if (people[i].number > 0.0) {
      market += people[i].number;
    } else {
      known = false;
      if (problems_.hides(persona.path() + ".arrives") || problems_.hides(persona.path() + ".people")) continue;
      persona.refuse(
          fmt::format("persona {} does not say how many people it is, as others do", in_quotes(parts_.personas[i].id)),
          "add people = 20_000, or arrives = { per_month = 500 }");
    }
  }
  const Node* const scenario = root_.value().node().find("scenario");
  if (const Node* const written = scenario != nullptr ? scenario->find("market") : nullptr) {
    problems_.error("scenario.market", written->key_at, written->origin,
                    "the personas say how many people there are: the market is their sum", "remove market");
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    // Where something is wrong no sum of shares is to be judged.
    if (!known) problems_.mark_broken(personas_.entries[i].path() + ".share");
    parts_.personas[i].share = known ? people[i].number / market : std::numeric_limits<double>::quiet_NaN();
  }
  if (known) parts_.settings.market = market;
}

}  // namespace sojourn::scenario
