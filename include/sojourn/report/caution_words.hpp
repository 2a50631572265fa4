// What may be said of intervals, and what not: words that tables, JSON and pages share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/decide/comparison.hpp"

namespace sojourn::caution_words {

/// How the intervals of a run are made, a sentence: "Intervals are 95 % (...): simulation error, not forecast uncertainty."
[[nodiscard]] std::string intervals(const Samples& samples);

/// Why figures of a run of one plan are not to be trusted, a sentence each: personas of whom fewer than ten people arrived,
/// and figures that few people carry (`Estimate::thin`). Empty where there is nothing to say.
[[nodiscard]] std::vector<std::string> cautions(const Samples& samples);
/// The same of differences to the baseline, in all metrics or in those that `figures` names.
[[nodiscard]] std::vector<std::string> cautions(const Samples& samples, const Comparison& comparison,
                                                std::span<const std::string_view> figures = {});

/// Customers (or replications, where they are coupled) that `times` as many are, rounded up to two digits; infinite from a
/// thousand times on.
[[nodiscard]] double to_simulate(const Samples& samples, double times);
/// "simulate about 450,000 customers to tell", "run about 40 replications to tell", "too little to tell with a thousand
/// times as many customers".
[[nodiscard]] std::string to_tell(const Samples& samples, double times);

}  // namespace sojourn::caution_words
