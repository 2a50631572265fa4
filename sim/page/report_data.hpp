// The report's numbers as JSON, for the script of the page.
#pragma once

#include <cstddef>
#include <string>

#include "report_content.hpp"

namespace sojourn::report_pages {

/// One line of JSON, safe inside a script element. Undefined numbers are null. Where it would be longer than `most_bytes`,
/// curves have fewer points, and only the first plans have personas, touchpoints, flows and parts by stage; the others have
/// null there, and five digits of their estimates. Longer all the same only with many hundreds of plans, whose estimates are
/// always there.
[[nodiscard]] std::string data_json(const Report& report, std::size_t most_bytes);

}  // namespace sojourn::report_pages
