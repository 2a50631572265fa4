// Words about a plan that the tables of `compare` and the page share.
#pragma once

#include <string>

#include "sojourn/decide/comparison.hpp"

namespace sojourn::comparison_words {

/// What the first lines of a summary say of the run: "20,000 customers x 10 over 24 months; ± 95 %".
[[nodiscard]] std::string size_in_short(const Samples& samples);
/// "by day 120 (90 to 150)", "not within the horizon (day 365 before discounting)"; "-" where nothing was invested.
[[nodiscard]] std::string break_even(const PlanComparison& plan);
/// "day 120", "not yet"; "-" where nothing was invested.
[[nodiscard]] std::string break_even_in_short(const PlanComparison& plan);
/// "EUR 99.2 (EUR 95.1 to EUR 104)"; "-" where no more customers are kept.
[[nodiscard]] std::string cost_per_extra(const PlanComparison& plan, const std::string& currency);
/// "3.35 ± 0.08"; "-" without investment.
[[nodiscard]] std::string return_on_investment(const PlanComparison& plan);
/// What the plan may cost before it stops paying, or from when on it would pay, a sentence; empty without investment.
[[nodiscard]] std::string switching_price(const PlanComparison& plan, const std::string& currency);
/// "83 %", "> 99 %": chances are estimated.
[[nodiscard]] std::string chance(double share);

}  // namespace sojourn::comparison_words
