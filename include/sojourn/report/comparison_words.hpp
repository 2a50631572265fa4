// Words about a plan that the tables of `compare` and the page share.
#pragma once

#include <cstddef>
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
/// How much more or less than under the baseline the servers of pools are paid under plan number `plan`: "EUR 86.6 k more
/// pay of servers"; empty where they are paid the same.
[[nodiscard]] std::string pay_of_servers(const Comparison& comparison, std::size_t plan, const std::string& currency);
/// That such pay is part of the money of plans, beside their investment, a sentence; empty where none pays another.
[[nodiscard]] std::string pay_of_servers(const Comparison& comparison, const std::string& currency);
/// What plan number `plan` may cost before it stops paying, or from when on it would pay, or what else loses its money, a
/// sentence; empty without investment.
[[nodiscard]] std::string switching_price(const Comparison& comparison, std::size_t plan, const std::string& currency);
/// "83 %", "> 99 %": chances are estimated.
[[nodiscard]] std::string chance(double share);

}  // namespace sojourn::comparison_words
