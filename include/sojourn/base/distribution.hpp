// The distributions of scenarios/README.md as plain structs. Durations are in days, traits in the trait's own unit.
#pragma once

#include <utility>
#include <variant>
#include <vector>

namespace sojourn {

/// A constant.
struct Fixed {
  double value = 0.0;
  bool operator==(const Fixed&) const = default;
};
/// Uniform on [low, high]; low <= high.
struct Uniform {
  double low = 0.0, high = 0.0;
  bool operator==(const Uniform&) const = default;
};
/// Normal with mean and standard deviation sd >= 0; clipped to the range of whatever it describes.
struct Normal {
  double mean = 0.0, sd = 0.0;
  bool operator==(const Normal&) const = default;
};
/// Beta on [0, 1] with a, b > 0.
struct Beta {
  double a = 1.0, b = 1.0;
  bool operator==(const Beta&) const = default;
};
/// Exponential with mean > 0.
struct Exponential {
  double mean = 1.0;
  bool operator==(const Exponential&) const = default;
};
/// Weibull: F(x) = 1 - exp(-(x / scale)^shape); scale, shape > 0.
struct Weibull {
  double scale = 1.0, shape = 1.0;
  bool operator==(const Weibull&) const = default;
};
/// Lognormal: log x is normal with mean log(median) and standard deviation sigma; median > 0, sigma >= 0.
struct Lognormal {
  double median = 1.0, sigma = 0.0;
  bool operator==(const Lognormal&) const = default;
};
/// Log-logistic: F(x) = 1 / (1 + (x / median)^-shape); median, shape > 0.
struct Loglogistic {
  double median = 1.0, shape = 1.0;
  bool operator==(const Loglogistic&) const = default;
};

/// Gamma: density proportional to x^(shape - 1) e^(-shape x / mean); shape, mean > 0.
struct Gamma {
  double shape = 1.0, mean = 1.0;
  bool operator==(const Gamma&) const = default;
};
/// Gompertz (1825): hazard rate e^(shape x), F(x) = 1 - exp(-rate / shape (e^(shape x) - 1)); rate > 0, shape >= 0, both per
/// unit of x. With shape 0 an exponential.
struct Gompertz {
  double rate = 1.0, shape = 0.0;
  bool operator==(const Gompertz&) const = default;
};
/// A distribution function by its points (x, F(x)), straight lines between: x rises, F never falls, from 0 to 1.
struct Tabulated {
  std::vector<std::pair<double, double>> points{{0.0, 0.0}, {1.0, 1.0}};
  bool operator==(const Tabulated&) const = default;
};

using Distribution =
    std::variant<Fixed, Uniform, Normal, Beta, Exponential, Weibull, Lognormal, Loglogistic, Gamma, Gompertz, Tabulated>;

/// Expectation of `distribution` before any clipping, in its unit; infinity where it does not exist (log-logistic, shape <=
/// 1).
[[nodiscard]] double mean(const Distribution& distribution);
/// The q-quantile, 0 < q < 1, in its unit, with Sojourn's own log and exp (the same bits on every machine).
/// Fixed gives its value. The quantiles of beta (DLMF 8.17) and gamma (DLMF 8.2) are solved by bisection and Newton steps;
/// slow, for tables.
[[nodiscard]] double quantile(const Distribution& distribution, double q);

}  // namespace sojourn
