// Members of tiers: what a plan does to them, and who they are, in words that the terminal and the page share.
#pragma once

#include <string>
#include <vector>

#include "sojourn/decide/comparison.hpp"

namespace sojourn::membership_words {

/// For each plan and tier that somebody reaches a sentence or two: how far members and others are apart, what of that the
/// plan makes (lift) and what is who the members are (selection). Empty where nobody reaches a tier.
[[nodiscard]] std::vector<std::string> sentences(const Samples& samples, const Comparison& comparison);

}  // namespace sojourn::membership_words
