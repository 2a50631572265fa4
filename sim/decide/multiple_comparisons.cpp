#include "sojourn/decide/multiple_comparisons.hpp"

#include <algorithm>
#include <cmath>

#include "covariance.hpp"
#include "sojourn/base/matrix.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/laws.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t strata = 2048, draws = 10 * strata;

/// The samples that are defined for all, as differences to the first alternative.
Matrix differences(const Matrix& samples) {
  Matrix result(samples.size());
  for (std::size_t i = 0; i < samples.front().size(); ++i) {
    if (std::any_of(samples.begin(), samples.end(), [&](const auto& x) { return std::isnan(x[i]); })) continue;
    for (std::size_t k = 0; k < samples.size(); ++k) result[k].push_back(samples[k][i] - samples.front()[i]);
  }
  return result;
}

/// How many halves of its interval what is unseen comes to: beyond x of them, on either side, with probability 0.025^x, up
/// to 1/2.
double drawn_unseen(double share) {
  const double tail = std::min(share, 1.0 - share);
  return std::copysign(std::log(tail) / std::log(0.5 * 0.05), share - 0.5);
}

std::vector<double> chance_of_distinct(const std::vector<double>& points, const Matrix& samples,
                                       const std::vector<double>& unseen) {
  const std::size_t count = points.size();
  const Matrix defined = differences(samples);
  const std::size_t n = defined.front().size();
  if (n < 2) return std::vector<double>(count, nan);
  Matrix spread(count, std::vector<double>(count, 0.0));  // row and column 0 are 0: the first differs from itself by nothing
  for (std::size_t a = 1; a < count; ++a) {
    for (std::size_t b = 1; b <= a; ++b)
      spread[a][b] = spread[b][a] = covariance(defined[a], defined[b]) / static_cast<double>(n);
  }
  const Matrix lower = cholesky(spread);
  const auto degrees = static_cast<double>(n - 1);
  // The variance's draws are spread evenly over its law: one quantile for each stratum, as each takes microseconds.
  std::vector<double> stretches;
  for (std::uint32_t k = 0; k < strata; ++k) {
    const double share = (static_cast<double>(k) + 0.5) / strata;
    stretches.push_back(std::sqrt(degrees / chi_squared_quantile(degrees, share)));
  }
  const Streams streams(0, 0);
  std::vector<double> chances(count, 0.0), z(count), beyond(count, 0.0), at(count);
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    for (std::size_t k = 0; k < count; ++k) {
      const Words words = streams.draw(draw, Purpose::figure, static_cast<std::uint32_t>(k));
      z[k] = static_cast<double>(normal_pair(words[0], words[1]).first);
      if (unseen[k] > 0.0) beyond[k] = unseen[k] * drawn_unseen(uniform(words[2], words[3]));
    }
    const double stretch = stretches[draw % strata];
    for (std::size_t k = 0; k < count; ++k) {
      double sum = 0.0;
      for (std::size_t j = 0; j <= k; ++j) sum += lower[k][j] * z[j];
      at[k] = points[k] - points.front() + stretch * sum + beyond[k];
    }
    ++chances[static_cast<std::size_t>(std::max_element(at.begin(), at.end()) - at.begin())];
  }
  for (double& chance : chances) chance /= static_cast<double>(draws);
  return chances;
}

}  // namespace

double p_value(const Estimate& estimate) {
  if (std::isnan(estimate.low) || estimate.samples < 2) return nan;
  const auto n = static_cast<double>(estimate.samples);
  const double error = estimate.sd / std::sqrt(n), size = std::fabs(estimate.mean);
  const double to_zero = estimate.mean < 0.0 ? estimate.high - estimate.mean : estimate.mean - estimate.low;
  double p = error > 0.0 ? 2.0 * student_t_above(n - 1.0, size / error) : size > 0.0 ? 0.0 : 1.0;
  // A longer interval is of what is unseen, which grows with the logarithm of half the error at most.
  if (to_zero > 1.000001 * student_t(n - 1.0) * error)
    p = std::max(p, std::min(1.0, 2.0 * std::pow(0.5 * 0.05, size / to_zero)));
  return p;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size(), nan);
  double least = 0.0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    least = std::max(least, std::min(1.0, static_cast<double>(order.size() - rank) * p[order[rank]]));
    adjusted[order[rank]] = least;
  }
  return adjusted;
}

Estimate ratio(double numerator, const std::vector<double>& numerators, double denominator,
               const std::vector<double>& denominators) {
  const std::size_t count = numerators.size();
  Estimate result{denominator > 0.0 ? numerator / denominator : nan, nan, nan, nan, count};
  if (count < 2 || std::isnan(result.mean)) return result;
  const auto n = static_cast<double>(count);
  const double t = student_t(n - 1.0), g = t * t / n;
  const double a = denominator * denominator - g * covariance(denominators, denominators);
  const double b = numerator * denominator - g * covariance(numerators, denominators);
  const double c = numerator * numerator - g * covariance(numerators, numerators);
  if (!(a > 0.0)) return result;
  const double root = std::sqrt(std::max(0.0, b * b - a * c));
  result.low = (b - root) / a;
  result.high = (b + root) / a;
  return result;
}

std::vector<double> chance_of_best(const std::vector<double>& points, const std::vector<std::vector<double>>& samples,
                                   const std::vector<double>& unseen) {
  // Alternatives that are equal to the bit compete as one, and share its chance.
  std::vector<std::size_t> like(points.size()), sharers;
  std::vector<double> distinct_points, distinct_unseen;
  Matrix distinct;
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::size_t twin = 0;
    while (twin < distinct.size() && !(distinct_points[twin] == points[k] && distinct[twin] == samples[k])) ++twin;
    like[k] = twin;
    if (twin < distinct.size()) {
      ++sharers[twin];
      continue;
    }
    distinct_points.push_back(points[k]);
    distinct_unseen.push_back(unseen.empty() ? 0.0 : unseen[k]);
    distinct.push_back(samples[k]);
    sharers.push_back(1);
  }
  const std::vector<double> shared = chance_of_distinct(distinct_points, distinct, distinct_unseen);
  std::vector<double> chances;
  for (const std::size_t k : like) chances.push_back(shared[k] / static_cast<double>(sharers[k]));
  return chances;
}

}  // namespace sojourn
