// The first screen of a report and its first printed page: the whole answer, without a script.
#pragma once

#include <string>

#include "sojourn/page/report.hpp"

namespace sojourn::report_pages {

/// HTML: the answer in sentences, a verdict for each plan with its differences and payback, one picture, what would change
/// the answer, and what it rests on. Of a run of one plan the sentences and what they rest on.
[[nodiscard]] std::string first_page(const Report& report);

}  // namespace sojourn::report_pages
