#include "sojourn/decide/estimate.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace sojourn {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class S, class M>
std::vector<double> values(const std::vector<S>& samples, const M& metric) {
  std::vector<double> result;
  for (const S& sample : samples) result.push_back(metric.value(sample));
  return result;
}

}  // namespace

double student_t(double degrees, double error) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), 0.5 * error));
}

Estimate interval(double point, const std::vector<double>& samples, double error) {
  double sum = 0.0;
  std::size_t n = 0;
  for (const double x : samples) {
    if (std::isnan(x)) continue;
    sum += x;
    ++n;
  }
  if (n < 2) return {point, nan, nan, nan, n};
  const double mean = sum / static_cast<double>(n);
  double squares = 0.0;
  for (const double x : samples) {
    if (!std::isnan(x)) squares += (x - mean) * (x - mean);
  }
  const double sd = std::sqrt(squares / static_cast<double>(n - 1));
  const double half = student_t(static_cast<double>(n - 1), error) * sd / std::sqrt(static_cast<double>(n));
  return {point, point - half, point + half, sd, n};
}

Estimate estimate(const std::vector<Sums>& samples, const Metric& metric) {
  return interval(metric.value(pooled(samples)), values(samples, metric));
}

Estimate estimate(const std::vector<TouchSums>& samples, const TouchMetric& metric) {
  return interval(metric.value(pooled(samples)), values(samples, metric));
}

Estimate difference(const std::vector<Sums>& plan, const std::vector<Sums>& baseline, const Metric& metric) {
  std::vector<double> differences = values(plan, metric);
  const std::vector<double> base = values(baseline, metric);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= base[i];
  return interval(metric.value(pooled(plan)) - metric.value(pooled(baseline)), differences);
}

}  // namespace sojourn
