// Points and probabilities of the laws that intervals and tests go by. Boost has them; its templates take seconds to
// compile, and so one source does.
#pragma once

namespace sojourn {

/// What Student's t with these degrees of freedom exceeds with probability `above`.
[[nodiscard]] double student_t_point(double degrees, double above);
/// The probability with which it exceeds `t`.
[[nodiscard]] double student_t_above(double degrees, double t);

/// The same of the standard normal.
[[nodiscard]] double normal_point(double above);
[[nodiscard]] double normal_above(double z);

/// Below the others lies a share `share` of the law.
[[nodiscard]] double chi_squared_quantile(double degrees, double share);
[[nodiscard]] double fisher_f_quantile(double numerator_degrees, double denominator_degrees, double share);

/// Of the beta law; NaN, never an exception, where there is none: counts may come from a file that somebody wrote.
[[nodiscard]] double beta_quantile(double a, double b, double share);
[[nodiscard]] double beta_point(double a, double b, double above);
/// The probability of at most `successes` of `trials`; likewise.
[[nodiscard]] double binomial_up_to(double trials, double chance, double successes);

/// The least number of successes whose probability of not being exceeded is `share` or more.
[[nodiscard]] double binomial_quantile(double trials, double chance, double share);

}  // namespace sojourn
