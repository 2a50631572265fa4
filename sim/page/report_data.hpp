// The report's numbers as JSON, for the script of the page.
#pragma once

#include <string>

#include "report_content.hpp"

namespace sojourn::report_pages {

/// One line of JSON, safe inside a script element. Undefined numbers are null.
[[nodiscard]] std::string data_json(const Report& report, const Comparison& comparison);

}  // namespace sojourn::report_pages
