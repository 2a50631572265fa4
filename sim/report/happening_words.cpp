#include "sojourn/report/happening_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "sojourn/model/calendar.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn::happening_words {
namespace {

/// "year", "3 months", "10 days": after "every".
std::string step(const TimeStep& of) {
  if (of.months == 0) return of.days == 1.0 ? "day" : of.days == 7.0 ? "week" : format::duration(of.days);
  if (of.months == 1) return "month";
  if (of.months % 12 != 0) return fmt::format("{} months", of.months);
  return of.months == 12 ? "year" : fmt::format("{} years", of.months / 12);
}

}  // namespace

bool dated(std::string_view start) { return start != Settings{}.start; }

std::string short_date(std::string_view start, double day) {
  std::string text = date(start, day);
  if (!dated(start)) return text;
  const std::size_t month = text.find(' ') + 1, year = text.find(' ', month);
  return text.erase(month + std::min<std::size_t>(3, year - month), year - month - std::min<std::size_t>(3, year - month));
}

std::string date(std::string_view start, double day) {
  if (!dated(start)) return fmt::format("day {:.0f}", day);
  const auto number = [&](std::size_t begin, std::size_t count) {
    int value = 0;
    std::from_chars(start.data() + begin, start.data() + begin + count, value);
    return value;
  };
  const std::chrono::sys_days first = std::chrono::year{number(0, 4)} / number(5, 2) / number(8, 2);
  const std::chrono::year_month_day on(first + std::chrono::days(static_cast<long>(std::floor(day + 1e-9))));
  constexpr const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
  return fmt::format("{} {} {}", static_cast<unsigned>(on.day()), months[static_cast<unsigned>(on.month()) - 1],
                     static_cast<int>(on.year()));
}

std::string when(const Change& change, std::string_view start) {
  const Recurrence& again = change.recurrence;
  const double begin = change.start.value();
  std::string text;
  if (again.duration) {
    text = fmt::format("from {} to {}", date(start, begin),
                       date(start, stepped(begin, *again.duration, 1, start, again.dated)));
  } else if (!again.every && change.end) {
    text = fmt::format("from {} to {}", date(start, begin), date(start, change.end->value()));
  } else if (begin > 0.0 || again.every) {
    text = "from " + date(start, begin);
  }
  if (again.every) {
    text += ", again every " + step(*again.every);
    if (again.last) text += " until " + date(start, again.last->value());
  }
  if (!again.hours.empty()) text += text.empty() ? "at some hours of the week" : ", at some hours of the week";
  return text.empty() ? "all the time" : text;
}

std::string effects(const Change& change) {
  std::string text;
  for (const Effect& effect : change.effects) {
    std::string parameter(name(effect.parameter));
    std::replace(parameter.begin(), parameter.end(), '_', ' ');
    text += (text.empty() ? "" : ", ") + parameter;
    switch (effect.operation) {
      case Operation::set:
        text += fmt::format(" = {:g}", effect.value);
        break;
      case Operation::add:
        text += fmt::format(" {:+g}", effect.value);
        break;
      case Operation::multiply:
        text += fmt::format(" {:+.3g} %", 100.0 * (effect.value - 1.0));
        break;
    }
  }
  return text;
}

}  // namespace sojourn::happening_words
