// The one picture of the first page: what each plan is worth, and whom it keeps.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sojourn/decide/verdict.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn::report_pages {

/// Marks of the plans `shown`, net present value across and customers kept upwards, as differences to the baseline with
/// their intervals. Markup, with its takeaway for a heading.
[[nodiscard]] std::string worth_picture(const Samples& samples, const Comparison& comparison, const Answer& found,
                                        const std::vector<std::size_t>& shown);

}  // namespace sojourn::report_pages
