// Inverse distribution functions compiled for speed: one random word in, one draw out.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/random.hpp"

namespace sojourn {

/// A distribution as draw = a exp(sigma y) + b x, where (y, x) is a fixed function of one random word:
///   constant (0, 0); uniform (0, u); normal (0, z); lognormal (z, 0); Weibull, exponential (log(-log u), 0);
///   log-logistic (logit u, 0). Beta and gamma are interpolated in a table of their quantiles; of a Gompertz distribution x
///   is log(1 + sigma (-log u)), and a distribution that is written as a table is inverted point by point.
class Inverse {
 public:
  Inverse() = default;
  explicit Inverse(const Distribution& distribution);

  /// One draw. Unit: the distribution's. Not clipped.
  [[nodiscard]] double draw(std::uint32_t word) const { return draw(word, by_score() ? normal(word) : 0.0f); }

  /// One draw from a word or, where the distribution is a function of a normal score (`by_score`), from that score.
  [[nodiscard]] double draw(std::uint32_t word, float score) const {
    switch (family_) {
      case Family::constant:
        return a_;
      case Family::uniform:
        return a_ + b_ * uniform(word);
      case Family::normal:
        return a_ + b_ * score;
      case Family::lognormal:
        return a_ * numeric::exp(sigma_ * score);
      case Family::exponential:
        return a_ * exponential(word);
      case Family::weibull:
        return a_ * numeric::exp(sigma_ * numeric::log(exponential(word)));
      case Family::loglogistic:
        return a_ * numeric::exp(sigma_ * logit(uniform(word)));
      case Family::beta:
      case Family::gamma:
        return interpolate(score);
      case Family::gompertz:
        return gompertz(static_cast<double>(exponential(word)));
      case Family::tabulated:
        return tabulated(static_cast<double>(uniform(word)));
    }
    return a_;
  }
  [[nodiscard]] bool by_score() const {
    return family_ == Family::normal || family_ == Family::lognormal || family_ == Family::beta || family_ == Family::gamma;
  }

  /// The draw whose cumulative hazard -log(1 - F(x)) is `hazard` > 0: with hazard = e / m, e standard exponential, the
  /// hazard of this distribution is multiplied by m (proportional hazards: Cox 1972). A constant stays what it is.
  /// Normal scores are right to 2e-4 beyond a hazard of 14 (to 2e-6 before); a beta is cut off at a score of 6.4, a gamma is
  /// solved there.
  [[nodiscard]] double at_hazard(float hazard) const;

  /// The cumulative hazard -log(1 - F(x)), in [0, infinity]: what `at_hazard` inverts. Relative error below 1e-6 in the
  /// middle; of a beta as exact as its table. A constant c has 0 below c and infinity from c on.
  [[nodiscard]] double cumulative_hazard(double x) const;

  enum class Family : std::uint8_t {
    constant,
    uniform,
    normal,
    lognormal,
    exponential,
    weibull,
    loglogistic,
    beta,
    gamma,
    gompertz,
    tabulated
  };
  /// The numbers of the formula above.
  struct Formula {
    Family family;
    double a, b;
    float sigma;
  };
  [[nodiscard]] Formula formula() const { return {family_, a_, b_, sigma_}; }

  /// True where draws of this distribution fall as the word they are made from rises.
  [[nodiscard]] bool falls() const {
    return family_ == Family::exponential || family_ == Family::weibull || family_ == Family::gompertz;
  }

  /// True for a constant; its draws need no random word.
  [[nodiscard]] bool constant() const { return family_ == Family::constant; }

 private:
  SOJOURN_INLINE static float logit(float u) { return numeric::log(u) - numeric::log(1.0f - u); }
  [[nodiscard]] double interpolate(float z) const;
  [[nodiscard]] double gompertz(double hazard) const { return b_ * numeric::log1p(hazard * rate_); }
  [[nodiscard]] double tabulated(double share) const;

  Family family_ = Family::constant;
  double a_ = 0.0, b_ = 0.0;
  float sigma_ = 0.0f;
  double rate_ = 0.0;  // of a Gompertz distribution shape / rate; of a gamma its shape
  /// Of a beta the logit, of a gamma the logarithm of the quantile at evenly spaced normal scores; of a tabulated
  /// distribution x and F(x), in turn.
  std::shared_ptr<const std::vector<double>> table_;
};

/// The largest size of a draw, to rounding: draws come from 32 bits and so have an end.
[[nodiscard]] double largest_draw(const Inverse& law);

}  // namespace sojourn
