// Dates, and when events and improvements are on, in words.
#pragma once

#include <string>
#include <string_view>

#include "sojourn/model/change.hpp"

namespace sojourn::happening_words {

/// Whether a scenario says when it starts: of any other, days are counted, and no date of the year 2000 is made up.
[[nodiscard]] bool dated(std::string_view start);

/// The date of a day since `start` (an ISO date): "1 November 2026"; "day 304" where the scenario says no start.
[[nodiscard]] std::string date(std::string_view start, double day);
/// The same with three letters of the month: "1 Nov 2026".
[[nodiscard]] std::string short_date(std::string_view start, double day);

/// When a change is on: "from 1 November 2026", "from 1 November 2026 to 22 November 2026, again every year", "at some hours
/// of the week". From the start of the scenario on is "all the time".
[[nodiscard]] std::string when(const Change& change, std::string_view start);

/// What a change does: "quality +0.2, effort -0.3, odds -45 %".
[[nodiscard]] std::string effects(const Change& change);

}  // namespace sojourn::happening_words
