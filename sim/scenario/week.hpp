// Weeks as a scenario writes them: days, spans of a day, and what is on at which minute.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/model/journey.hpp"
#include "value.hpp"

namespace sojourn::scenario {

inline constexpr int day_minutes = 1440, week_minutes = 7 * day_minutes, days_of_week = 7, hours_of_day = 24;
inline constexpr std::string_view span_example = "hours and minutes from 00:00 to 24:00: \"08:00-12:00\"";

/// "mon", or "fri-mon": the days from the first to the second, over the end of the week too.
[[nodiscard]] std::optional<std::vector<int>> days_of(std::string_view text);
/// Refuses the key of `value`, which names no days; `also` are other words that may stand there.
void refuse_days(const Value& value, const std::vector<std::string>& also);

/// "08:00-12:00" as its beginning and length in minutes; a span past midnight goes on the next day. Otherwise what is wrong
/// with it and how to write it.
struct Span {
  int begin = 0, length = 0;
};
[[nodiscard]] std::optional<Span> span_of(std::string_view text, std::string& message, std::string& hint);

/// Numbers over a week, which add up.
class Week {
 public:
  /// `amount` more from minute `begin` of the week on, for `length` minutes, over the end of the week too.
  void add(int begin, int length, double amount);
  /// From each minute (in days since Monday) on so many; with `joined` 1 wherever there is something.
  [[nodiscard]] Staff sums(bool joined = false) const;

 private:
  std::map<int, double> changes_;
};

}  // namespace sojourn::scenario
