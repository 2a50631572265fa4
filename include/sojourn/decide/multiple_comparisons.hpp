// What may be said where several plans are compared at once: tests held to a family, ratios, and the chance of being best.
#pragma once

#include <vector>

#include "sojourn/decide/estimate.hpp"

namespace sojourn {

/// The chance that anything said of all that is compared at once is wrong, where the 95 % is held by all statements
/// together.
inline constexpr double error_of_all = 0.05;

/// Two-sided p-value that the estimated figure is 0, below 0.05 exactly where its 95 % interval leaves 0 out: that of
/// Student's t test; where the interval is longer, because of what is `Unseen`, 2 (0.05 / 2)^(|mean| / its length from there
/// towards 0), if that is more: the least error at which the interval would reach 0, or slightly more than that. NaN where
/// there is no interval.
[[nodiscard]] double p_value(const Estimate& estimate);

/// Adjusts a family of p-values so that the chance of one false discovery among all of them is at most the level at which
/// they are read, whatever their dependence (Holm 1979). Undefined (NaN) ones stay so and do not count.
[[nodiscard]] std::vector<double> holm(const std::vector<double>& p);

/// Mean and 95 % interval of a ratio of two means by Fieller's theorem (Fieller 1954), from paired samples. The points are
/// those of all people pooled. NaN where the denominator is not positive; low and high are NaN where the samples do not rule
/// out a denominator of 0, so that the interval has no end. `sd` is NaN.
[[nodiscard]] Estimate ratio(double numerator, const std::vector<double>& numerators, double denominator,
                             const std::vector<double>& denominators);

/// The chance that each of several alternatives has the highest true mean. `points` are their pooled means, `samples`
/// [alternative][sample] are paired. The true differences to the first alternative are taken to be multivariate t with n - 1
/// degrees of freedom around the observed ones, with the covariance of the samples' differences over n: of two alternatives,
/// the chance is 1 minus half the p-value of their paired t test. `unseen` may say of each alternative half the interval of
/// its difference to the first where all samples of that agree (0 elsewhere, or empty): then the difference is drawn so that
/// the same holds of its p-value (`p_value`). Estimated from 20,480 fixed draws (standard error at most
/// 0.0035); alternatives that are equal share theirs. All NaN with fewer than two samples that are defined for all.
[[nodiscard]] std::vector<double> chance_of_best(const std::vector<double>& points,
                                                 const std::vector<std::vector<double>>& samples,
                                                 const std::vector<double>& unseen = {});

}  // namespace sojourn
