// Words about a plan that the tables of `compare` and the page share.
#pragma once

#include <string>

#include "sojourn/decide/comparison.hpp"

namespace sojourn::comparison_words {

/// "by day 120 (90 to 150)", "by day 365, before discounting", "not within the horizon"; "-" where nothing was invested.
[[nodiscard]] std::string break_even(const PlanComparison& plan);
/// "EUR 99.2 (EUR 95.1 to EUR 104)"; "-" where no more customers are kept.
[[nodiscard]] std::string cost_per_extra(const PlanComparison& plan, const std::string& currency);
/// "3.35 ± 0.08"; "-" without investment.
[[nodiscard]] std::string return_on_investment(const PlanComparison& plan);
/// "83 %", "> 99 %": chances are estimated.
[[nodiscard]] std::string chance(double share);

}  // namespace sojourn::comparison_words
