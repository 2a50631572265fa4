// Statistical assertions that know what they can see. A check states its false-alarm rate and the smallest error that it
// detects, and refuses a sample that is too small for it, so that a mutated twin, wrong by that error, is known to fail.
#pragma once

#include <cmath>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>

namespace sojourn::verify {

/// A right engine is called wrong with probability 1e-6 when the random numbers change: P(|z| > 4.9) = 9.6e-7.
inline constexpr double tolerance_z = 4.9;
/// An engine wrong by the detectable error is called right with probability 1e-3: P(z > 3.1) = 9.7e-4.
inline constexpr double power_z = 3.1;

/// Mean and standard deviation of numbers given one by one (Welford 1962).
class Sample {
 public:
  void add(double x) {
    ++count_;
    const double before = x - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (x - mean_);
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double sd() const { return count_ > 1 ? std::sqrt(squares_ / static_cast<double>(count_ - 1)) : 0.0; }
  [[nodiscard]] double standard_error() const { return count_ > 0 ? sd() / std::sqrt(static_cast<double>(count_)) : 0.0; }

 private:
  std::size_t count_ = 0;
  double mean_ = 0.0, squares_ = 0.0;
};

/// What a check found: true where the estimate is as near to the expected value as chance allows. Usable in CHECK and, for a
/// mutated twin, in CHECK_FALSE.
struct Verdict {
  double estimate = 0.0, expected = 0.0, tolerance = 0.0, detectable = 0.0;

  explicit operator bool() const { return std::fabs(estimate - expected) <= tolerance; }
  friend std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
    return out << "estimate " << verdict.estimate << ", expected " << verdict.expected << " +- " << verdict.tolerance
               << " (false alarm 1e-6, detects " << verdict.detectable << ")";
  }
};

/// Judges an estimate with a known standard error. `detectable` is the smallest error that matters; `slack` is an error that
/// is allowed beside chance (rounding of a published figure). Throws std::logic_error when the sample is too small: an error
/// of `detectable` would not be told from chance with probability 1 - 1e-3.
inline Verdict judge(double estimate, double standard_error, double expected, double detectable, double slack = 0.0) {
  const double needed = (tolerance_z + power_z) * standard_error + slack;
  if (!(needed <= detectable)) {
    throw std::logic_error("the sample detects an error of " + std::to_string(needed) + ", not of " +
                           std::to_string(detectable));
  }
  return {estimate, expected, tolerance_z * standard_error + slack, detectable};
}

/// Judges a sample's mean: the same, which asks for n >= ((4.9 + 3.1) sd / (detectable - slack))^2.
inline Verdict judge(const Sample& sample, double expected, double detectable, double slack = 0.0) {
  if (sample.count() < 100)
    throw std::logic_error("the sample has " + std::to_string(sample.count()) + " numbers, too few for its own sd");
  return judge(sample.mean(), sample.standard_error(), expected, detectable, slack);
}

}  // namespace sojourn::verify
