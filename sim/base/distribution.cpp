#include "sojourn/base/distribution.hpp"

#include <cmath>
#include <limits>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

double power(double x, double exponent) { return numeric::exp(exponent * numeric::log(x)); }

/// e^x E_1(x), x > 0: the continued fraction DLMF 6.9.1, from behind; near 0, where it converges slowly, the library's.
double scaled_exponential_integral(double x) {
  if (x < 1.0) return -std::exp(x) * std::expint(-x);
  double tail = 0.0;
  for (int k = 200; k >= 1; --k) tail = k / (1.0 + k / (x + tail));
  return 1.0 / (x + tail);
}

/// The q-quantile of straight lines between points.
double quantile_of(const Tabulated& d, double q) {
  std::size_t i = 1;
  while (i + 1 < d.points.size() && d.points[i].second < q) ++i;
  const auto [x0, p0] = d.points[i - 1];
  const auto [x1, p1] = d.points[i];
  return p1 > p0 ? x0 + (x1 - x0) * numeric::clip((q - p0) / (p1 - p0), 0.0, 1.0) : x1;
}

}  // namespace

double mean(const Distribution& distribution) {
  constexpr double pi = 3.14159265358979323846;
  return std::visit(Overloaded{
                        [](const Fixed& d) { return d.value; },
                        [](const Uniform& d) { return 0.5 * (d.low + d.high); },
                        [](const Normal& d) { return d.mean; },
                        [](const Beta& d) { return d.a / (d.a + d.b); },
                        [](const Exponential& d) { return d.mean; },
                        [](const Weibull& d) { return d.scale * std::tgamma(1.0 + 1.0 / d.shape); },
                        [](const Lognormal& d) { return d.median * std::exp(0.5 * d.sigma * d.sigma); },
                        [](const Loglogistic& d) {
                          return d.shape <= 1.0 ? std::numeric_limits<double>::infinity()
                                                : d.median * (pi / d.shape) / std::sin(pi / d.shape);
                        },
                        [](const Gamma& d) { return d.mean; },
                        [](const Gompertz& d) {
                          return d.shape == 0.0 ? 1.0 / d.rate : scaled_exponential_integral(d.rate / d.shape) / d.shape;
                        },
                        [](const Tabulated& d) {
                          double sum = 0.0;
                          for (std::size_t i = 1; i < d.points.size(); ++i) {
                            sum += (d.points[i].second - d.points[i - 1].second) * 0.5 *
                                   (d.points[i].first + d.points[i - 1].first);
                          }
                          return sum;
                        },
                    },
                    distribution);
}

double quantile(const Distribution& distribution, double q) {
  return std::visit(Overloaded{
                        [](const Fixed& d) { return d.value; },
                        [q](const Uniform& d) { return d.low + q * (d.high - d.low); },
                        [q](const Normal& d) { return d.mean + d.sd * special::normal_quantile(q); },
                        [q](const Beta& d) { return special::sigmoid(special::beta_quantile_logit(d.a, d.b, q)); },
                        [q](const Exponential& d) { return -d.mean * numeric::log1p(-q); },
                        [q](const Weibull& d) { return d.scale * power(-numeric::log1p(-q), 1.0 / d.shape); },
                        [q](const Lognormal& d) { return d.median * numeric::exp(d.sigma * special::normal_quantile(q)); },
                        [q](const Loglogistic& d) { return d.median * power(q / (1.0 - q), 1.0 / d.shape); },
                        [q](const Gamma& d) {
                          return d.mean / d.shape * numeric::exp(special::gamma_tail_log(d.shape, q, special::Tail::lower));
                        },
                        [q](const Gompertz& d) {
                          const double hazard = -numeric::log1p(-q);
                          return d.shape == 0.0 ? hazard / d.rate : numeric::log1p(d.shape * hazard / d.rate) / d.shape;
                        },
                        [q](const Tabulated& d) { return quantile_of(d, q); },
                    },
                    distribution);
}

}  // namespace sojourn
