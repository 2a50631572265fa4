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
                    },
                    distribution);
}

}  // namespace sojourn
