#include "week.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

constexpr std::array<std::string_view, days_of_week> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<int> day_of(std::string_view name) {
  const auto found = std::find(day_names.begin(), day_names.end(), name);
  return found == day_names.end() ? std::nullopt : std::optional(static_cast<int>(found - day_names.begin()));
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

}  // namespace

std::optional<std::vector<int>> days_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<int> first = day_of(text.substr(0, dash));
  const std::optional<int> last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  std::vector<int> result{*first};
  while (result.back() != *last) result.push_back((result.back() + 1) % days_of_week);
  return result;
}

void refuse_days(const Value& value, const std::vector<std::string>& also) {
  std::vector<std::string> known(day_names.begin(), day_names.end());
  known.insert(known.end(), also.begin(), also.end());
  known.insert(known.end(), {"mon-fri", "sat-sun"});
  const std::string near = nearest(value.node().key, known);
  value.refuse_key(fmt::format("{} is no day", in_quotes(value.node().key)),
                   near.empty() ? "days are mon, tue, wed, thu, fri, sat, sun, or a span of them: mon-fri"
                                : fmt::format("did you mean \"{}\"?", near));
}

std::optional<Span> span_of(std::string_view text, std::string& message, std::string& hint) {
  const std::size_t dash = text.find('-');
  const std::optional<int> begin = minute_of(text.substr(0, dash));
  const std::optional<int> end = dash == std::string_view::npos ? std::nullopt : minute_of(text.substr(dash + 1));
  if (!begin || !end || *begin == day_minutes) {
    message = fmt::format("{} is no span of a day", in_quotes(text));
    hint = {};
    return std::nullopt;
  }
  if (*begin == *end) {
    message = fmt::format("{} has no length", in_quotes(text));
    hint = "a whole day is \"00:00-24:00\"";
    return std::nullopt;
  }
  return Span{*begin, *end > *begin ? *end - *begin : *end + day_minutes - *begin};
}

void Week::add(int begin, int length, double amount) {
  const int end = begin + length;
  changes_[begin] += amount;
  changes_[std::min(end, week_minutes)] -= amount;
  if (end > week_minutes) add(0, end - week_minutes, amount);
}

Staff Week::sums(bool joined) const {
  Staff result;
  double sum = 0.0;
  const auto change = [&](int minute, double by) {
    sum += by;
    // What comes and goes leaves no rest of rounding.
    double here = std::round(sum * 1e9) / 1e9;
    if (joined) here = here > 0.0 ? 1.0 : 0.0;
    if (minute == week_minutes || (!result.empty() && result.back().second == here)) return;
    result.emplace_back(static_cast<double>(minute) / day_minutes, here);
  };
  if (changes_.empty() || changes_.begin()->first > 0) change(0, 0.0);
  for (const auto& [minute, by] : changes_) change(minute, by);
  return result;
}

}  // namespace sojourn::scenario
