// Quantities written as text: "12 minutes", "0.2 per month", "-20%".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sojourn/model/change.hpp"

namespace sojourn::scenario {

/// A quantity read from text, or what is wrong with the text.
template <class T>
struct Parsed {
  std::optional<T> value;
  std::string message;
  std::string hint;
};

/// "2 weeks" in days. Units: seconds, minutes, hours, days, weeks, months (365.25 / 12 days), years (365.25 days), with or
/// without s.
[[nodiscard]] Parsed<double> parse_duration(std::string_view text);

/// "0.2 per month" as a number per day.
[[nodiscard]] Parsed<double> parse_rate(std::string_view text);

/// What an effect's number means: plain, a duration (handle_time), or a stretch factor (delay).
enum class EffectUnit { number, duration, factor };

/// "+0.1" adds, "-20%" multiplies by 0.8, "= 0.9" sets.
[[nodiscard]] Parsed<Effect> parse_effect(std::string_view text, Parameter parameter, EffectUnit unit);

/// The number in an effect such as "-40%" or "= 8 minutes", and what stands before and behind it: sign and unit.
struct EffectForm {
  std::string before, number, after;
};
/// The form of an effect's text; nothing where that holds no digit.
[[nodiscard]] std::optional<EffectForm> effect_form(std::string_view text);

}  // namespace sojourn::scenario
