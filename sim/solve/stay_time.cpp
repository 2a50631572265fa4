#include "stay_time.hpp"

#include <algorithm>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "race.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/special_values.hpp"

namespace sojourn {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double kernel_error = 1e-6;  // of a race's probabilities on a grid, in sum
constexpr const char* too_hard = "who wins a race changes too often within a step to be solved";

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * pi); }
double normal_upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }
/// Beyond this the upper tail is its asymptotic series (DLMF 7.12.1), relative error below 1e-10.
constexpr double far_score = 30.0;
/// -log P(Z > z).
double normal_hazard(double z) {
  if (z < 0.0) return -std::log1p(-normal_upper_tail(-z));
  if (z <= far_score) return -std::log(normal_upper_tail(z));
  const double r = 1.0 / z / z;
  return 0.5 * z * z + std::log(z * std::sqrt(2.0 * pi)) - std::log1p(-r * (1.0 - 3.0 * r * (1.0 - 5.0 * r)));
}
/// phi(z) / P(Z > z).
double normal_hazard_rate(double z) {
  if (z <= far_score) return normal_density(z) / normal_upper_tail(z);
  const double r = 1.0 / z / z;
  return z * (1.0 + r * (1.0 - 2.0 * r * (1.0 - 5.0 * r)));
}

double log_beta(double a, double b) { return boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b); }
/// -log P(X > x) of a beta, also where a tail is too small for a double (DLMF 8.17.8 and its first term).
double beta_hazard(const Beta& d, double x, double log_x) {
  constexpr double tiny = 1e-250;
  if (x >= 1.0) return infinity;
  if (x < tiny) return std::exp(d.a * log_x - std::log(d.a) - log_beta(d.a, d.b));
  const double below = boost::math::ibeta(d.a, d.b, x);
  if (below < 0.5) return -std::log1p(-below);
  const double above = boost::math::ibetac(d.a, d.b, x);
  if (above > tiny) return -std::log(above);
  double term = 1.0, sum = 1.0;
  for (int n = 0; n < 10'000 && term > 1e-17 * sum; ++n) sum += term *= (d.a + d.b + n) / (d.b + 1.0 + n) * (1.0 - x);
  return -(d.b * std::log1p(-x) + d.a * log_x - std::log(d.b) - log_beta(d.a, d.b) + std::log(sum));
}
/// log(1 + e^x).
double soft_plus(double x) { return x > 40.0 ? x : std::log1p(std::exp(x)); }

/// -log P(X > x) of a gamma distribution with scale 1, also where a tail is too small for a double (DLMF 8.11.2).
double gamma_hazard(double shape, double x) {
  if (!(x > 0.0)) return 0.0;
  const double below = boost::math::gamma_p(shape, x);
  if (below < 0.5) return -std::log1p(-below);
  const double above = boost::math::gamma_q(shape, x);
  if (above > 1e-250) return -std::log(above);
  double term = 1.0, sum = 1.0;
  for (int n = 1; n < 60 && std::fabs(term) > 1e-17 * sum; ++n) sum += term *= (shape - n) / x;
  return x - (shape - 1.0) * std::log(x) + boost::math::lgamma(shape) - std::log(sum);
}
double gamma_log_density(double shape, double x, double log_x) {
  return (shape - 1.0) * log_x - x - boost::math::lgamma(shape);
}

/// The k-th moment of a Gompertz distribution, the integral of k x^(k - 1) P(X > x).
double gompertz_moment(const Gompertz& d, int k) {
  if (d.shape == 0.0) return k == 1 ? 1.0 / d.rate : 2.0 / (d.rate * d.rate);
  boost::math::quadrature::exp_sinh<double> integrator;
  return integrator.integrate(
      [&](double x) {
        const double hazard = d.rate * std::expm1(d.shape * x) / d.shape;
        return hazard < 700.0 ? k * std::pow(x, k - 1) * std::exp(-hazard) : 0.0;
      },
      1e-12);
}

/// The share of a tabulated distribution below x.
double share_below(const Tabulated& d, double x) {
  if (x <= d.points.front().first) return 0.0;
  std::size_t i = 1;
  while (i < d.points.size() && d.points[i].first < x) ++i;
  if (i == d.points.size()) return 1.0;
  const auto [x0, p0] = d.points[i - 1];
  const auto [x1, p1] = d.points[i];
  return p0 + (p1 - p0) * (x - x0) / (x1 - x0);
}
/// Its density there.
double density(const Tabulated& d, double x) {
  if (x < d.points.front().first || x >= d.points.back().first) return 0.0;
  std::size_t i = 1;
  while (d.points[i].first <= x) ++i;
  return (d.points[i].second - d.points[i - 1].second) / (d.points[i].first - d.points[i - 1].first);
}

/// -log P(X > x) of the distribution as it is written; of times, some families need the logarithm, which a double holds
/// where it does not hold the time.
double cumulative_hazard(const Distribution& distribution, double x, double log_x) {
  return std::visit(Overloaded{
                        [&](const Fixed& d) { return x < d.value ? 0.0 : infinity; },
                        [&](const Uniform& d) {
                          return x <= d.low ? 0.0 : x >= d.high ? infinity : -std::log1p(-(x - d.low) / (d.high - d.low));
                        },
                        [&](const Normal& d) { return normal_hazard((x - d.mean) / d.sd); },
                        [&](const Beta& d) { return beta_hazard(d, x, log_x); },
                        [&](const Exponential& d) { return std::max(0.0, x / d.mean); },
                        [&](const Weibull& d) { return std::exp(d.shape * (log_x - std::log(d.scale))); },
                        [&](const Lognormal& d) { return normal_hazard((log_x - std::log(d.median)) / d.sigma); },
                        [&](const Loglogistic& d) { return soft_plus(d.shape * (log_x - std::log(d.median))); },
                        [&](const Gamma& d) { return gamma_hazard(d.shape, x * d.shape / d.mean); },
                        [&](const Gompertz& d) {
                          if (!(x > 0.0)) return 0.0;
                          return d.shape == 0.0 ? d.rate * x : d.rate * std::expm1(d.shape * x) / d.shape;
                        },
                        [&](const Tabulated& d) {
                          const double below = share_below(d, x);
                          return below >= 1.0 ? infinity : -std::log1p(-below);
                        },
                    },
                    distribution);
}

/// Its derivative by log x.
double rate_by_log(const Distribution& distribution, double x, double log_x) {
  return std::visit(
      Overloaded{
          [](const Fixed&) { return 0.0; },
          [&](const Uniform& d) { return x < d.low || x >= d.high ? 0.0 : x / (d.high - x); },
          [&](const Normal& d) { return x * normal_hazard_rate((x - d.mean) / d.sd) / d.sd; },
          [&](const Beta& d) {
            if (x >= 1.0) return 0.0;
            return std::exp(d.a * log_x + (d.b - 1.0) * std::log1p(-x) - log_beta(d.a, d.b) + beta_hazard(d, x, log_x));
          },
          [&](const Exponential& d) { return x / d.mean; },
          [&](const Weibull& d) { return d.shape * std::exp(d.shape * (log_x - std::log(d.scale))); },
          [&](const Lognormal& d) { return normal_hazard_rate((log_x - std::log(d.median)) / d.sigma) / d.sigma; },
          [&](const Loglogistic& d) { return d.shape / (1.0 + std::exp(-d.shape * (log_x - std::log(d.median)))); },
          [&](const Gamma& d) {
            const double y = x * d.shape / d.mean;
            return y > 0.0 ? std::exp(std::log(y) + gamma_log_density(d.shape, y, std::log(y)) + gamma_hazard(d.shape, y))
                           : 0.0;
          },
          [&](const Gompertz& d) { return x * d.rate * std::exp(d.shape * x); },
          [&](const Tabulated& d) {
            const double below = share_below(d, x);
            return below >= 1.0 ? 0.0 : x * density(d, x) / (1.0 - below);
          },
      },
      distribution);
}

/// The constant that a distribution is, as `Inverse` sees it.
std::optional<double> constant_of(const Distribution& distribution) {
  return std::visit(Overloaded{
                        [](const Fixed& d) -> std::optional<double> { return d.value; },
                        [](const Uniform& d) { return d.low == d.high ? std::optional(d.low) : std::nullopt; },
                        [](const Normal& d) { return d.sd == 0.0 ? std::optional(d.mean) : std::nullopt; },
                        [](const Lognormal& d) { return d.sigma == 0.0 ? std::optional(d.median) : std::nullopt; },
                        [](const auto&) -> std::optional<double> { return std::nullopt; },
                    },
                    distribution);
}

}  // namespace

Delay::Delay(const Distribution& distribution, double stretch, double weight)
    : distribution_(distribution), stretch_(stretch), weight_(weight), constant_(constant_of(distribution)) {
  if (constant_) constant_ = std::max(0.0, *constant_ * stretch);
  if (stretch <= 0.0) constant_ = 0.0;
}

double Delay::hazard(double t) const {
  const double x = t / stretch_;
  return weight_ * cumulative_hazard(distribution_, x, std::log(x));
}
double Delay::hazard_by_log(double log_time) const {
  const double log_x = log_time - std::log(stretch_);
  return weight_ * cumulative_hazard(distribution_, std::exp(log_x), log_x);
}
double Delay::log_rate_by_log(double log_time) const {
  const double log_x = log_time - std::log(stretch_);
  return weight_ * rate_by_log(distribution_, std::exp(log_x), log_x);
}
double Delay::end_weight() const {
  // A density that does not vanish at the last point.
  if (std::holds_alternative<Uniform>(distribution_) || std::holds_alternative<Tabulated>(distribution_)) return weight_;
  const auto* d = std::get_if<Beta>(&distribution_);
  return d != nullptr ? weight_ * d->b : 0.0;
}
double Delay::at_zero() const { return std::holds_alternative<Normal>(distribution_) ? -std::expm1(-hazard(0.0)) : 0.0; }

std::vector<double> Delay::landmarks() const {
  std::vector<double> times = std::visit(Overloaded{
                                             [](const Fixed& d) { return std::vector{d.value}; },
                                             [](const Uniform& d) {
                                               return std::vector{d.low, d.high};
                                             },
                                             [](const Normal& d) { return std::vector{d.mean}; },
                                             [](const Beta& d) {
                                               return std::vector{d.a / (d.a + d.b), 1.0};
                                             },
                                             [](const Exponential& d) { return std::vector{d.mean}; },
                                             [](const Weibull& d) { return std::vector{d.scale}; },
                                             [](const Lognormal& d) { return std::vector{d.median}; },
                                             [](const Loglogistic& d) { return std::vector{d.median}; },
                                             [](const Gamma& d) { return std::vector{d.mean}; },
                                             [](const Gompertz& d) {
                                               return std::vector{quantile(d, 0.5), quantile(d, 0.99)};
                                             },
                                             [](const Tabulated& d) {
                                               std::vector<double> all;
                                               for (const auto& point : d.points) all.push_back(point.first);
                                               return all;
                                             },
                                         },
                                         distribution_);
  for (double& t : times) t *= stretch_;
  std::erase_if(times, [](double t) { return t <= 0.0; });
  return times;
}

double Delay::moment(int k) const {
  if (constant_) return k == 1 ? *constant_ : *constant_ * *constant_;
  const double raw =
      std::visit(Overloaded{
                     [&](const Fixed& d) { return std::pow(d.value, k); },
                     [&](const Uniform& d) {
                       return k == 1 ? 0.5 * (d.low + d.high) : (d.low * d.low + d.low * d.high + d.high * d.high) / 3.0;
                     },
                     [&](const Normal& d) {  // cut at 0
                       const double z = d.mean / d.sd, above = normal_upper_tail(-z), density = normal_density(z);
                       return k == 1 ? d.mean * above + d.sd * density
                                     : (d.mean * d.mean + d.sd * d.sd) * above + d.mean * d.sd * density;
                     },
                     [&](const Beta& d) {
                       const double m = d.a / (d.a + d.b);
                       return k == 1 ? m : m * (d.a + 1.0) / (d.a + d.b + 1.0);
                     },
                     [&](const Exponential& d) { return k == 1 ? d.mean : 2.0 * d.mean * d.mean; },
                     [&](const Weibull& d) { return std::pow(d.scale, k) * std::tgamma(1.0 + k / d.shape); },
                     [&](const Lognormal& d) { return std::pow(d.median, k) * std::exp(0.5 * k * k * d.sigma * d.sigma); },
                     [&](const Loglogistic& d) {
                       if (d.shape <= k) return infinity;
                       return std::pow(d.median, k) * (k * pi / d.shape) / std::sin(k * pi / d.shape);
                     },
                     [&](const Gamma& d) { return k == 1 ? d.mean : d.mean * d.mean * (1.0 + 1.0 / d.shape); },
                     [&](const Gompertz& d) { return gompertz_moment(d, k); },
                     [&](const Tabulated& d) {
                       double sum = 0.0;
                       for (std::size_t i = 1; i < d.points.size(); ++i) {
                         const double a = d.points[i - 1].first, b = d.points[i].first;
                         sum += (d.points[i].second - d.points[i - 1].second) *
                                (k == 1 ? 0.5 * (a + b) : (a * a + a * b + b * b) / 3.0);
                       }
                       return sum;
                     },
                 },
                 distribution_);
  return raw * std::pow(stretch_, k);
}

double Delay::tail_index() const {
  const auto* d = std::get_if<Loglogistic>(&distribution_);
  return d != nullptr && !constant_ ? weight_ * d->shape : infinity;
}

Passages Departure::passages() const {
  if (race) return Race(ways).passages();
  Passages result;
  for (const RouteOption& way : ways)
    result.ways.push_back({way.share, way.share * way.delay.moment(1), way.share * way.delay.moment(2)});
  return result;
}

std::vector<Kernel> Departure::kernels(double step, std::size_t count) const {
  std::vector<Kernel> result(ways.size());
  const auto edge = [&](std::size_t k) { return static_cast<double>(k) * step; };
  const double end = edge(count);
  const auto add_atom = [&](std::size_t j, double time, double mass) {
    if (mass > 0.0 && time <= end * (1.0 + 1e-12)) result[j].atoms.push_back({time, mass});
  };
  if (!race) {
    for (std::size_t j = 0; j < ways.size(); ++j) {
      const RouteOption& way = ways[j];
      if (const auto constant = way.delay.constant()) {
        add_atom(j, *constant, way.share);
        continue;
      }
      add_atom(j, 0.0, way.share * way.delay.at_zero());
      result[j].cells.resize(count);
      double left = std::exp(-way.delay.hazard(0.0));
      for (std::size_t k = 0; k < count; ++k) {
        const double after = std::exp(-way.delay.hazard(edge(k + 1)));
        result[j].cells[k] = way.share * (left - after);
        left = after;
      }
    }
    return result;
  }
  const Race run(ways);
  for (std::size_t j = 0; j < ways.size(); ++j) add_atom(j, 0.0, run.start()[j]);
  if (run.last() && run.end() > 0.0) add_atom(*run.last(), run.end(), run.survival(run.end()));
  for (const std::size_t j : run.spread()) result[j].cells.assign(count, 0.0);
  std::vector<double> won(run.spread().size());
  double error = 0.0;
  std::size_t pieces = 8 * count + 65536;
  for (std::size_t k = 0; k < count && !run.spread().empty(); ++k) {
    const double a = edge(k), b = std::min(edge(k + 1), run.end());
    if (!(a < b) || !(run.survival(a) > 0.0)) break;
    std::fill(won.begin(), won.end(), 0.0);
    error += run.split(a, b, kernel_error / static_cast<double>(count), pieces, won);
    for (std::size_t i = 0; i < won.size(); ++i) result[run.spread()[i]].cells[k] = won[i];
  }
  // Far off only where all pieces are used up: then the grid's brackets would not hold.
  if (error > 2.0 * kernel_error) throw InputError(too_hard, "simulate the journey", {}, ErrorCode::too_long_to_solve);
  return result;
}

bool Departure::spread() const {
  return std::any_of(ways.begin(), ways.end(), [](const RouteOption& way) { return !way.delay.constant(); });
}

std::vector<double> Departure::atom_times() const {
  std::vector<double> times;
  for (const RouteOption& way : ways) {
    if (way.delay.constant()) times.push_back(*way.delay.constant());
  }
  return times;
}

}  // namespace sojourn
