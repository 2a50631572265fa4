// What rules did, in sentences: the same in tables and on the page.
#pragma once

#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"

namespace sojourn::rule_words {

/// What the rule is called.
[[nodiscard]] std::string name(const Rule& rule);
/// What it does, when: "switches on Extra agents when nps of survey After call is below 10 in 2 windows running, with 50
/// answers or more in each, until it is above 15".
[[nodiscard]] std::string condition(const ModelParts& parts, const Rule& rule);

/// A sentence for each rule that the plan goes by.
[[nodiscard]] std::vector<std::string> sentences(const Samples& samples, std::size_t plan);

}  // namespace sojourn::rule_words
