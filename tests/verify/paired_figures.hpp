// How well two plans are paired: variance of their difference on independent luck over that on the same luck (MODEL.md
// section 8).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tests/verify/keyed_lives.hpp"

namespace sojourn::verify {

/// What is measured, as in sim/outcomes/metrics.cpp; npv is per person who arrived and without the plan's fixed price.
enum class Measure { retained, retention, npv, nps };
inline constexpr std::array measures{Measure::retained, Measure::retention, Measure::npv, Measure::nps};

/// A measure is a ratio of sums over people, sum x / sum y. A person's contribution to it is (x - ratio y) / mean y: its
/// linearisation (delta method), so that the measure's variance over n people is the contributions' / n.
struct Contributions {
  double ratio = 0.0;
  std::vector<double> of_person;
};

inline Contributions contributions(Measure measure, const std::vector<Outcome>& people) {
  Contributions result;
  std::vector<double> below;
  double above_sum = 0.0, below_sum = 0.0;
  for (const Outcome& who : people) {
    double x = who.customer, y = 1.0;
    if (measure == Measure::retention) y = who.bought;
    if (measure == Measure::npv) x = who.worth;
    if (measure == Measure::nps) {
      x = who.customer ? 100.0 * (1 - who.promoter_class) : 0.0;  // classes 0, 1, 2 count +1, 0, -1
      y = who.customer;
    }
    result.of_person.push_back(x);
    below.push_back(y);
    above_sum += x;
    below_sum += y;
  }
  result.ratio = above_sum / below_sum;
  const double mean = below_sum / static_cast<double>(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    result.of_person[i] = (result.of_person[i] - result.ratio * below[i]) / mean;
  }
  return result;
}

/// One measure under the baseline and a plan. Variances are per person.
struct Paired {
  double people = 0.0;
  double base = 0.0, difference = 0.0;
  double independent = 0.0, paired = 0.0;  // variance of the difference on independent and on the same luck
  double relative_error = 0.0;             // of `paired`: its standard error over itself
  double reach_error = 0.0;  // the same of difference / paired, to which the ratio over its ceiling is proportional

  [[nodiscard]] double ratio() const { return independent / paired; }
  [[nodiscard]] double ratio_error() const { return ratio() * relative_error; }
  /// Standard error of `difference`.
  [[nodiscard]] double difference_error() const { return std::sqrt(paired / people); }
};

/// The same people, in the same order, under the baseline and a plan.
inline Paired pair(Measure measure, const std::vector<Outcome>& base, const std::vector<Outcome>& plan) {
  const Contributions a = contributions(measure, base), b = contributions(measure, plan);
  const auto n = static_cast<double>(base.size());
  Paired result{n, a.ratio, b.ratio - a.ratio};
  double fourth = 0.0;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const double x = a.of_person[i], y = b.of_person[i], square = (y - x) * (y - x);
    result.independent += (x * x + y * y) / n;
    result.paired += square / n;
    fourth += square * square / n;
  }
  // Both come from the same people, so their errors are taken together (delta method).
  double squares = 0.0;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const double d = b.of_person[i] - a.of_person[i];
    const double error = d / result.difference - (d * d / result.paired - 1.0);
    squares += error * error / n;
  }
  result.reach_error = std::sqrt(squares / n);
  result.relative_error = std::sqrt((fourth / (result.paired * result.paired) - 1.0) / n);
  return result;
}

/// The largest ratio that a difference of `difference` in a share of `share` allows, 2 R (1 - R) / |D|: were nobody's fate
/// changed but theirs whom the difference counts, the paired variance would be |D|.
inline double ceiling(double share, double difference) { return 2.0 * share * (1.0 - share) / std::fabs(difference); }

/// The largest |z| over the measures of a difference between two sets of outcomes that should be alike in distribution.
inline double disagreement(const std::vector<Outcome>& a, const std::vector<Outcome>& b) {
  double worst = 0.0;
  for (const Measure measure : measures) {
    const Paired paired = pair(measure, a, b);
    if (paired.paired > 0.0) worst = std::max(worst, std::fabs(paired.difference) / paired.difference_error());
  }
  return worst;
}

}  // namespace sojourn::verify
