// The page's words and picture of what is not known.
#pragma once

#include <string>

#include "sojourn/report/forecast_report.hpp"

namespace sojourn::report_pages {

/// What the uncertain inputs make of the deciding figure, in a sentence with numbers, as plain text: for the first page.
[[nodiscard]] std::string doubt_answer(const ForecastReport& doubt);
/// What to find out first, a sentence or two: the input that it is worth most to know before choosing.
[[nodiscard]] std::string doubt_first(const ForecastReport& doubt);

/// The inside of the section: the answer, fifty equally likely outcomes as dots, forecasts, the decision, which inputs move
/// it, and what it is worth to know them. Markup.
[[nodiscard]] std::string doubt_section(const ForecastReport& doubt);

}  // namespace sojourn::report_pages
