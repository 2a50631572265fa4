// What rules did, in sentences: the same in tables and on the page.
#pragma once

#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"

namespace sojourn::rule_words {

/// A sentence for each rule that the plan goes by.
[[nodiscard]] std::vector<std::string> sentences(const Samples& samples, std::size_t plan);

}  // namespace sojourn::rule_words
