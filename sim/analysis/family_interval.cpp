#include "family_interval.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace sojourn {

double student_t_above(double degrees, double error) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), error));
}

Estimate interval_with_error(double point, const std::vector<double>& samples, double error) {
  Estimate result = interval(point, samples);
  if (result.samples < 2) return result;
  const double half = student_t_above(static_cast<double>(result.samples - 1), 0.5 * error) * result.sd /
                      std::sqrt(static_cast<double>(result.samples));
  result.low = point - half;
  result.high = point + half;
  return result;
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double paired_margin(std::span<const double> a, std::span<const double> b, double error) {
  const std::size_t n = a.size();
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  const double mean = mean_of(a) - mean_of(b);
  double squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) squares += (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
  const auto count = static_cast<double>(n);
  return student_t_above(count - 1.0, error) * std::sqrt(squares / (count - 1.0) / count);
}

}  // namespace sojourn
