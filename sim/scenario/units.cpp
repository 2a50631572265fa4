#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "source.hpp"

namespace sojourn::scenario {
namespace {

constexpr std::string_view duration_example = "write a number and a unit: \"12 minutes\", \"3 days\", \"6 months\"";

struct Unit {
  std::string_view singular;
  double per_day;  // how many in a day; 0 where a unit is longer than a day
  double days;     // how many days in it; 0 where it is shorter
};
// Two columns, because dividing by 24 is exact where multiplying by 1/24 is not.
constexpr std::array<Unit, 7> units{{{"second", 86400.0, 0.0},
                                     {"minute", 1440.0, 0.0},
                                     {"hour", 24.0, 0.0},
                                     {"day", 0.0, 1.0},
                                     {"week", 0.0, 7.0},
                                     {"month", 0.0, days_per_month},
                                     {"year", 0.0, days_per_year}}};

struct Habit {
  std::string_view word, unit;
};
constexpr std::array<Habit, 19> habits{{{"s", "seconds"},
                                        {"sec", "seconds"},
                                        {"secs", "seconds"},
                                        {"min", "minutes"},
                                        {"mins", "minutes"},
                                        {"h", "hours"},
                                        {"hr", "hours"},
                                        {"hrs", "hours"},
                                        {"d", "days"},
                                        {"w", "weeks"},
                                        {"wk", "weeks"},
                                        {"wks", "weeks"},
                                        {"m", "minutes or months"},
                                        {"mo", "months"},
                                        {"mon", "months"},
                                        {"y", "years"},
                                        {"yr", "years"},
                                        {"yrs", "years"},
                                        {"a", "years"}}};

const Unit* find_unit(std::string_view word) {
  for (const Unit& unit : units) {
    if (word == unit.singular || (word.ends_with('s') && word.substr(0, word.size() - 1) == unit.singular)) return &unit;
  }
  return nullptr;
}

std::string unit_hint(std::string_view word) {
  for (const Habit& habit : habits) {
    if (habit.word == word) return fmt::format("write \"{}\" in full", habit.unit);
  }
  if (word.starts_with("quarter")) return "a quarter is \"3 months\"";
  static const std::vector<std::string> names{"seconds", "minutes", "hours", "days", "weeks", "months", "years",
                                              "second",  "minute",  "hour",  "day",  "week",  "month",  "year"};
  const std::string found = nearest(word, names);
  return found.empty() ? "units are seconds, minutes, hours, days, weeks, months and years"
                       : fmt::format("did you mean \"{}\"?", found);
}

template <class T>
Parsed<T> wrong(std::string message, std::string hint) {
  return {std::nullopt, std::move(message), std::move(hint)};
}

// A quantity as it should have been written: "50,000 days" as "50000 days", "1,5 days" as "1.5 days"; empty where that does
// not help. In a text, thousands are not separated at all.
std::string quantity_without_commas(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789.,+-"), text.size());
  const std::string better = without_commas(text.substr(0, end));
  return better.empty() ? better : better + std::string(text.substr(end));
}

// What is wrong with a text that begins with no number, or goes on after one.
template <class T>
Parsed<T> not_a(std::string_view kind, std::string_view text, std::string_view example) {
  const std::size_t n = number_length(text);
  if (n > 0 && n < text.size() && text[n] == ',') {
    const std::string better = quantity_without_commas(text);
    const bool bare = parse_number(better).has_value();
    return wrong<T>(fmt::format("{} is not a {}", in_quotes(text), kind),
                    better.empty() ? "write the decimals after a point, not a comma"
                    : bare ? fmt::format("write \"{} {}\", or in another unit", better, kind == "rate" ? "per day" : "days")
                           : fmt::format("write {}", better));
  }
  return wrong<T>(fmt::format("{} is not a {}", in_quotes(text), kind), std::string(example));
}

std::optional<double> in_unit(double number, const Unit& unit) {
  const double days = unit.days > 0.0 ? number * unit.days : number / unit.per_day;
  return std::isfinite(days) ? std::optional(days) : std::nullopt;
}

}  // namespace

Parsed<double> parse_duration(std::string_view whole) {
  const std::string_view text = trimmed(whole);
  const std::size_t n = number_length(text);
  if (n == 0 || (n < text.size() && text[n] == ',')) return not_a<double>("duration", whole, duration_example);
  const std::optional<double> number = parse_number(text.substr(0, n));
  if (!number) return wrong<double>(fmt::format("{} is too large a number", in_quotes(text.substr(0, n))), "");
  const std::string_view word = trimmed(text.substr(n));
  if (word.empty()) {
    return wrong<double>(
        fmt::format("{} has no unit", in_quotes(whole)),
        fmt::format("write \"{0} day{1}\", or {0} without quotes for days", text.substr(0, n), *number == 1.0 ? "" : "s"));
  }
  const Unit* unit = find_unit(word);
  if (unit == nullptr) {
    const std::size_t space = word.find_first_of(" \t");
    if (space != std::string_view::npos && find_unit(word.substr(0, space)) != nullptr) {
      if (word.substr(space).find("per") != std::string_view::npos || word.find('/') != std::string_view::npos) {
        return wrong<double>(fmt::format("{} is not a duration", in_quotes(whole)), std::string(duration_example));
      }
      return wrong<double>(fmt::format("{} is more than one number and one unit", in_quotes(whole)),
                           "use the smaller unit alone: \"18 months\", \"90 minutes\"");
    }
    if (word.starts_with("per ")) {
      return wrong<double>(fmt::format("{} is a rate, here stands a duration", in_quotes(whole)),
                           std::string(duration_example));
    }
    return wrong<double>(fmt::format("{}: there is no unit {}", in_quotes(whole), in_quotes(word)), unit_hint(word));
  }
  const std::optional<double> days = in_unit(*number, *unit);
  if (!days) return wrong<double>(fmt::format("{} is too long", in_quotes(whole)), "");
  return {days, {}, {}};
}

Parsed<double> parse_rate(std::string_view whole) {
  constexpr std::string_view example = "write a number per unit of time: \"0.2 per month\"";
  const std::string_view text = trimmed(whole);
  const std::size_t n = number_length(text);
  if (n == 0 || (n < text.size() && text[n] == ',')) return not_a<double>("rate", whole, example);
  const std::optional<double> number = parse_number(text.substr(0, n));
  if (!number) return wrong<double>(fmt::format("{} is too large a number", in_quotes(text.substr(0, n))), "");
  std::string_view rest = trimmed(text.substr(n));
  if (rest.empty()) {
    return wrong<double>(fmt::format("{} has no unit", in_quotes(whole)),
                         fmt::format("write \"{0} per day\", or {0} without quotes for that", text.substr(0, n)));
  }
  if (!rest.starts_with("per "))
    return wrong<double>(fmt::format("{} is not a rate", in_quotes(whole)), std::string(example));
  rest = trimmed(rest.substr(4));
  const Unit* unit = find_unit(rest);
  if (unit == nullptr)
    return wrong<double>(fmt::format("{}: there is no unit {}", in_quotes(whole), in_quotes(rest)), unit_hint(rest));
  const double rate = unit->days > 0.0 ? *number / unit->days : *number * unit->per_day;
  if (!std::isfinite(rate)) return wrong<double>(fmt::format("{} is too large", in_quotes(whole)), "");
  return {rate, {}, {}};
}

std::optional<EffectForm> effect_form(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
  return EffectForm{std::string(text.substr(0, begin)), std::string(text.substr(begin, end - begin)),
                    std::string(text.substr(end))};
}

Parsed<Effect> parse_effect(std::string_view whole, Parameter parameter, EffectUnit kind) {
  constexpr std::string_view example = "\"+0.1\" adds, \"-20%\" takes a fifth away, \"= 0.9\" sets";
  constexpr std::string_view duration_effect = "\"-2 minutes\" adds, \"-20%\" takes a fifth away, \"= 8 minutes\" sets";
  constexpr std::string_view factor_effect = "a delay is stretched: \"-20%\" makes it a fifth shorter, \"= 0.5\" halves it";
  const std::string hint(kind == EffectUnit::number     ? example
                         : kind == EffectUnit::duration ? duration_effect
                                                        : factor_effect);
  std::string_view text = trimmed(whole);
  const auto no = [&](std::string_view why) {
    // "-20,5%", "-5 EUR": it is known what number is meant, and whether it is added or set.
    const bool sets = trimmed(whole).starts_with('=');
    const std::string_view said = trimmed(trimmed(whole).substr(sets ? 1 : 0));
    const auto better = rewritten_number(said);
    if (!better) return wrong<Effect>(fmt::format("{} {}", in_quotes(whole), why), hint);
    const std::string& number = better->text;
    const char* const sign = sets ? "= " : number.starts_with('-') || number.starts_with('+') ? "" : "+";
    return wrong<Effect>(fmt::format("{} {}", in_quotes(whole), why), fmt::format("write \"{}{}\"", sign, number));
  };
  if (text.empty()) return no("is not an effect");
  if (text.front() == '*' || text.front() == 'x' || text.front() == '/') {
    return wrong<Effect>(fmt::format("{} is not an effect", in_quotes(whole)),
                         "multiply by a percentage: \"+20%\" is times 1.2");
  }
  const bool sets = text.front() == '=';
  if (!sets && text.front() != '+' && text.front() != '-') {
    if (text.ends_with('%') && parse_number(trimmed(text.substr(0, text.size() - 1)))) {
      return wrong<Effect>(fmt::format("{} says neither more nor less", in_quotes(whole)),
                           fmt::format("write \"+{0}\" or \"-{0}\"", text));
    }
    const bool plain = parse_number(text) || parse_duration(text).value;
    if (plain) {
      return wrong<Effect>(fmt::format("{} says neither add nor set", in_quotes(whole)),
                           fmt::format("write \"+{0}\" to add it, \"= {0}\" to set it", text));
    }
    return no("is not an effect");
  }
  // "- 20%" reads as well as "-20%".
  std::string number;
  if (!sets) number = text.front() == '-' ? "-" : "";
  text = trimmed(text.substr(1));
  number += text;
  if (!sets && (text.starts_with('+') || text.starts_with('-'))) return no("has two signs");

  if (number.ends_with('%')) {
    const std::optional<double> percent = parse_number(trimmed(std::string_view(number).substr(0, number.size() - 1)));
    if (!percent) return no("is not an effect");
    if (sets) {
      return wrong<Effect>(fmt::format("{} sets to a percentage", in_quotes(whole)),
                           fmt::format("write \"= {}\", or \"-20%\" for a fifth less", *percent / 100.0));
    }
    return {Effect{parameter, Operation::multiply, 1.0 + *percent / 100.0}, {}, {}};
  }
  const Operation operation = sets ? Operation::set : Operation::add;
  if (const std::optional<double> value = parse_number(number)) return {Effect{parameter, operation, *value}, {}, {}};
  const std::optional<SuffixedNumber> suffixed = parse_suffixed(number);
  if (suffixed && !suffixed->percent) return {Effect{parameter, operation, suffixed->value}, {}, {}};
  const Parsed<double> days = parse_duration(number);
  if (days.value && kind == EffectUnit::duration) return {Effect{parameter, operation, *days.value}, {}, {}};
  if (days.value)
    return no(kind == EffectUnit::factor ? "is a duration, here stands a factor" : "is a duration, here stands a number");
  if (kind == EffectUnit::duration && number_length(number) > 0) return wrong<Effect>(days.message, days.hint);
  return no("is not an effect");
}

}  // namespace sojourn::scenario
