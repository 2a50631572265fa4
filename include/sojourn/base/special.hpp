// Special functions in double precision from our own log and exp: the same bits on every machine. For tables and tests, not
// loops.
#pragma once

namespace sojourn::special {

/// 1 / (1 + e^-x).
[[nodiscard]] double sigmoid(double x);
/// log Gamma(x), x > 0, relative error below 1e-13 (Stirling's series, DLMF 5.11.1).
[[nodiscard]] double log_gamma(double x);
/// The standard normal distribution function, relative error of either tail below 1e-12 (DLMF 7.6, 7.9).
[[nodiscard]] double normal_cdf(double z);
/// The standard normal quantile, 0 < q < 1, by Newton's method on `normal_cdf`.
[[nodiscard]] double normal_quantile(double q);
/// The regularised incomplete beta function I_x(a, b) (lower) or 1 - I_x(a, b) (upper) at x = sigmoid(l), by Lentz's
/// continued fraction (DLMF 8.17.22). Taking the logit keeps both ends of [0, 1] apart from 0 and 1.
enum class Tail { lower, upper };
[[nodiscard]] double incomplete_beta_logit(double a, double b, double l, Tail tail);
/// The logit of the q-quantile of a beta distribution, a, b > 0, 0 < q < 1.
[[nodiscard]] double beta_quantile_logit(double a, double b, double q);
/// The same for a tail probability: the logit of x with P(X <= x) = p (lower) or P(X > x) = p (upper).
[[nodiscard]] double beta_tail_logit(double a, double b, double p, Tail tail);
/// The logarithm of the regularised incomplete gamma function P(a, x) (lower) or Q(a, x) (upper) at x = e^l, a > 0: the
/// series DLMF 8.11.4 or the continued fraction DLMF 8.9.2, whichever converges, so that neither tail loses digits.
[[nodiscard]] double log_incomplete_gamma(double a, double l, Tail tail);
/// log x where x has that tail probability p, 0 < p < 1, under a gamma distribution of shape a and scale 1; and where it has
/// the cumulative hazard -log Q(a, x) = hazard > 0, however large.
[[nodiscard]] double gamma_tail_log(double a, double p, Tail tail);
[[nodiscard]] double gamma_hazard_log(double a, double hazard);

}  // namespace sojourn::special
