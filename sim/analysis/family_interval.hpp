// Intervals that hold for several comparisons at once (Bonferroni).
#pragma once

#include <span>

#include "sojourn/analysis/estimate.hpp"

namespace sojourn {

/// The point of Student's t that is exceeded with probability `error` (one side), degrees >= 1, 0 < error < 1.
[[nodiscard]] double student_t_above(double degrees, double error);

/// As `interval`, but each end is wrong with probability `error / 2` at most: with error 0.05 / k, k such intervals hold
/// together with 95 % (Bonferroni).
[[nodiscard]] Estimate interval_with_error(double point, const std::vector<double>& samples, double error);

/// Half the width of a one-sided bound on the mean of paired differences a - b: t s / sqrt(n). NaN with fewer than two
/// samples.
[[nodiscard]] double paired_margin(std::span<const double> a, std::span<const double> b, double error);

[[nodiscard]] double mean_of(std::span<const double> values);

}  // namespace sojourn
