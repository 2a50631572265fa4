// Figures as comma-separated values (RFC 4180, with line feeds), a row each, for spreadsheets and data frames; undefined
// numbers are empty.
#pragma once

#include <string>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/optimum.hpp"

namespace sojourn {

/// Columns: group ("all" or a persona's id), metric, unit, mean, low, high.
[[nodiscard]] std::string run_csv(const Samples& samples);
/// Columns: plan, metric, unit, mean, low, high, difference, difference_low, difference_high, p_holm, verdict.
[[nodiscard]] std::string comparison_csv(const Samples& samples, const Comparison& comparison);
/// Columns: touchpoint, shift, ours, score, weight, visits, reach, and of npv, retained, nps each difference, low and high.
[[nodiscard]] std::string ranking_csv(const Ranking& ranking);
/// Columns: choice (rank by gain), improvements, investment, gain, gain_low, gain_high, and likewise npv, retained, nps.
[[nodiscard]] std::string optimum_csv(const Optimum& optimum, const Model& model);

}  // namespace sojourn
