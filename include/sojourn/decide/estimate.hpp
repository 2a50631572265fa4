// Estimates with intervals from samples of one run (RESULTS.md): simulation error, not forecast uncertainty.
#pragma once

#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"

namespace sojourn {

/// A figure with its 95 % interval. NaN stands for what is undefined; low and high are NaN where there is no interval.
struct Estimate {
  double mean = 0.0;  // of all persons pooled
  double low = 0.0, high = 0.0;
  double sd = 0.0;          // over samples
  std::size_t samples = 0;  // in which the figure is defined

  /// Whether the interval leaves 0 out; false where there is none.
  [[nodiscard]] bool clear() const { return low > 0.0 || high < 0.0; }
};

/// The sum of all samples.
template <class S>
[[nodiscard]] S pooled(const std::vector<S>& samples) {
  S sum;
  for (const S& sample : samples) sum += sample;
  return sum;
}

/// The interval around `point` from independent sample values: Student's t (Student 1908) with n - 1 degrees of freedom
/// times sd / sqrt(n). Undefined (NaN) values are left out; fewer than two give no interval. It misses with probability
/// `error`, in (0, 1): with 0.05 / k, k such intervals hold together with 95 % (Bonferroni).
[[nodiscard]] Estimate interval(double point, const std::vector<double>& samples, double error = 0.05);

/// The point that Student's t leaves on either side with probability `error` in all; degrees >= 1.
[[nodiscard]] double student_t(double degrees, double error = 0.05);

/// One metric of one plan.
[[nodiscard]] Estimate estimate(const std::vector<Sums>& samples, const Metric& metric);
/// The same of one touchpoint.
[[nodiscard]] Estimate estimate(const std::vector<TouchSums>& samples, const TouchMetric& metric);

/// plan - baseline of one metric, paired by sample (common random numbers). The vectors have equal length.
[[nodiscard]] Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric);

}  // namespace sojourn
