// Shipped scenarios that `sojourn new` offers, as texts; the build makes them of the files in scenarios/.
#pragma once

#include <string_view>
#include <vector>

#include "sojourn/scenario/templates.hpp"

namespace sojourn::shipped_templates {

extern const std::string_view insurer_book, service_line, streaming, printer_support, perception_gap, bank_silos,
    loyalty_programme, closed_loop, right_message, coffee, gym, telecom, two_tills, contact_centre, retail_word_of_mouth,
    b2b_software, repeat_purchases, policy_year;

/// The lessons of scenarios/lessons: names and texts.
extern const std::vector<ShippedLesson> lessons;

}  // namespace sojourn::shipped_templates
