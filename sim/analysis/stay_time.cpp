#include "stay_time.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <functional>
#include <limits>

namespace sojourn {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double pi = 3.14159265358979323846;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * pi); }
double normal_upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }
/// phi(z) / P(Z > z); for large z, z + 1 / z (DLMF 7.12.1).
double normal_hazard_rate(double z) { return z > 25.0 ? z + 1.0 / z : normal_density(z) / normal_upper_tail(z); }

/// -log P(X > x) of the distribution as it is written.
double cumulative_hazard(const Distribution& distribution, double x) {
  return std::visit(Overloaded{
                        [&](const Fixed& d) { return x < d.value ? 0.0 : infinity; },
                        [&](const Uniform& d) {
                          return x <= d.low ? 0.0 : x >= d.high ? infinity : -std::log1p(-(x - d.low) / (d.high - d.low));
                        },
                        [&](const Normal& d) { return -std::log(normal_upper_tail((x - d.mean) / d.sd)); },
                        [&](const Beta& d) {
                          return x <= 0.0 ? 0.0 : x >= 1.0 ? infinity : -std::log(boost::math::ibetac(d.a, d.b, x));
                        },
                        [&](const Exponential& d) { return std::max(0.0, x / d.mean); },
                        [&](const Weibull& d) { return x <= 0.0 ? 0.0 : std::pow(x / d.scale, d.shape); },
                        [&](const Lognormal& d) {
                          return x <= 0.0 ? 0.0 : -std::log(normal_upper_tail(std::log(x / d.median) / d.sigma));
                        },
                        [&](const Loglogistic& d) { return x <= 0.0 ? 0.0 : std::log1p(std::pow(x / d.median, d.shape)); },
                    },
                    distribution);
}

double hazard_rate_of(const Distribution& distribution, double x) {
  return std::visit(
      Overloaded{
          [](const Fixed&) { return 0.0; },
          [&](const Uniform& d) { return x < d.low || x >= d.high ? 0.0 : 1.0 / (d.high - x); },
          [&](const Normal& d) { return normal_hazard_rate((x - d.mean) / d.sd) / d.sd; },
          [&](const Beta& d) {
            if (x <= 0.0 || x >= 1.0) return 0.0;
            return boost::math::ibeta_derivative(d.a, d.b, x) / boost::math::ibetac(d.a, d.b, x);
          },
          [](const Exponential& d) { return 1.0 / d.mean; },
          [&](const Weibull& d) { return x <= 0.0 ? 0.0 : d.shape / d.scale * std::pow(x / d.scale, d.shape - 1.0); },
          [&](const Lognormal& d) {
            return x <= 0.0 ? 0.0 : normal_hazard_rate(std::log(x / d.median) / d.sigma) / (d.sigma * x);
          },
          [&](const Loglogistic& d) { return x <= 0.0 ? 0.0 : d.shape / x / (1.0 + std::pow(x / d.median, -d.shape)); },
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

struct Piece {
  double value = 0.0, error = 0.0;
};

template <class F>
Piece piece(const F& f, double a, double b) {
  Piece result;
  result.value = boost::math::quadrature::gauss_kronrod<double, 15>::integrate(f, a, b, 0, 0.0, &result.error);
  return result;
}

/// The integral of f from a to b, halved until each part's error is below `tolerance`.
template <class F>
double integral(const F& f, double a, double b, double tolerance, int depth = 0) {
  const Piece whole = piece(f, a, b);
  if (whole.error <= tolerance || depth == 20) return whole.value;
  const double middle = 0.5 * (a + b);
  return integral(f, a, middle, tolerance, depth + 1) + integral(f, middle, b, tolerance, depth + 1);
}

/// What the ways out of a race share: the time at which a constant ends it, and the hazards of the others.
class Race {
 public:
  explicit Race(const std::vector<WayOut>& ways) : ways_(ways) {
    double stays = 1.0;
    start_.assign(ways.size(), 0.0);
    for (std::size_t j = 0; j < ways.size(); ++j) {
      const auto constant = ways[j].delay.constant();
      if (constant && (!last_ || *constant < end_)) {
        last_ = j;
        end_ = *constant;
      }
      if (!constant) spread_.push_back(j);
      // At time 0, ties go to the first in the file.
      const double now = constant ? (*constant <= 0.0 ? 1.0 : 0.0) : ways[j].delay.at_zero();
      start_[j] = stays * now;
      stays *= 1.0 - now;
    }
  }

  [[nodiscard]] const std::vector<double>& start() const { return start_; }  // taken at time 0
  [[nodiscard]] const std::vector<std::size_t>& spread() const { return spread_; }
  [[nodiscard]] std::optional<std::size_t> last() const { return last_; }  // of constants, the first to come
  [[nodiscard]] double end() const { return end_; }
  /// -log of the probability that nothing but a constant has happened by t.
  [[nodiscard]] double hazard(double t) const {
    double sum = 0.0;
    for (const std::size_t j : spread_) sum += ways_[j].delay.hazard(t);
    return sum;
  }
  [[nodiscard]] double survival(double t) const { return std::exp(-hazard(t)); }

  /// Adds to `won[i]` the probability that spread way i wins between a and b. Shares in proportion to the hazards gained are
  /// right to the second order of the length; two lengths give the fourth (Richardson 1911). Halved until the two differ by
  /// less than `tolerance`.
  void split(double a, double b, double tolerance, std::vector<double>& won, int depth = 0) const {
    const double middle = 0.5 * (a + b);
    const std::vector<double> whole = shares(a, b);
    std::vector<double> halves = shares(a, middle);
    const std::vector<double> second = shares(middle, b);
    double change = 0.0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      halves[i] += second[i];
      change = std::max(change, std::fabs(halves[i] - whole[i]));
    }
    if (change > tolerance && depth < 40) {
      split(a, middle, 0.5 * tolerance, won, depth + 1);
      split(middle, b, 0.5 * tolerance, won, depth + 1);
      return;
    }
    for (std::size_t i = 0; i < whole.size(); ++i) won[i] += std::max(0.0, halves[i] + (halves[i] - whole[i]) / 3.0);
  }

 private:
  [[nodiscard]] std::vector<double> shares(double a, double b) const {
    std::vector<double> gained;
    double sum = 0.0;
    for (const std::size_t j : spread_) {
      const double before = ways_[j].delay.hazard(a);
      // Beyond its end a hazard is infinite: whoever ends here has what is left.
      gained.push_back(before == infinity ? 0.0 : std::min(1e300, ways_[j].delay.hazard(b) - before));
      sum += gained.back();
    }
    const double mass = survival(a) - survival(b);
    for (double& share : gained) share = sum > 0.0 ? mass * (share / sum) : 0.0;
    return gained;
  }

  const std::vector<WayOut>& ways_;
  std::vector<double> start_;
  std::vector<std::size_t> spread_;
  std::optional<std::size_t> last_;
  double end_ = infinity;
};

}  // namespace

Delay::Delay(const Distribution& distribution, double stretch, double weight)
    : distribution_(distribution), stretch_(stretch), weight_(weight), constant_(constant_of(distribution)) {
  if (constant_) constant_ = std::max(0.0, *constant_ * stretch);
  if (stretch <= 0.0) constant_ = 0.0;
}

double Delay::hazard(double t) const { return weight_ * cumulative_hazard(distribution_, t / stretch_); }
double Delay::hazard_rate(double t) const { return weight_ * hazard_rate_of(distribution_, t / stretch_) / stretch_; }
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
                 },
                 distribution_);
  return raw * std::pow(stretch_, k);
}

double Delay::tail_index() const {
  const auto* d = std::get_if<Loglogistic>(&distribution_);
  return d != nullptr && !constant_ ? weight_ * d->shape : infinity;
}

std::vector<Passage> Departure::passages() const {
  std::vector<Passage> result(ways.size());
  if (!race) {
    for (std::size_t j = 0; j < ways.size(); ++j) {
      const WayOut& way = ways[j];
      result[j] = {way.share, way.share * way.delay.moment(1), way.share * way.delay.moment(2)};
    }
    return result;
  }
  const Race run(ways);
  double index = 0.0;
  std::vector<double> breaks;
  for (const std::size_t j : run.spread()) {
    index += ways[j].delay.tail_index();
    for (const double t : ways[j].delay.landmarks()) breaks.push_back(t);
  }
  for (std::size_t j = 0; j < ways.size(); ++j) result[j].probability = run.start()[j];
  if (run.last() && run.end() > 0.0) {
    const double mass = run.survival(run.end());
    Passage& last = result[*run.last()];
    last.probability += mass;
    last.first += mass * run.end();
    last.second += mass * run.end() * run.end();
  }
  if (run.spread().empty() || run.end() <= 0.0) return result;
  // From where nothing has happened yet to where nothing is left, in pieces of a factor e^(1/2) and at every landmark.
  double low = *std::min_element(breaks.begin(), breaks.end()), high = *std::max_element(breaks.begin(), breaks.end());
  while (low > 1e-280 && run.hazard(low) - run.hazard(0.0) > 1e-16) low *= 0.5;
  while (high < 1e150 && 2.0 * std::log(high) - run.hazard(high) > -42.0) high *= 2.0;
  high = std::min(high, run.end());
  for (double t = low; t < high; t *= std::exp(0.5)) breaks.push_back(t);
  breaks.push_back(high);
  std::sort(breaks.begin(), breaks.end());
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  std::erase_if(breaks, [&](double t) { return t < low || t > high; });
  for (const std::size_t j : run.spread()) {
    double Passage::*const parts[] = {&Passage::probability, &Passage::first, &Passage::second};
    for (int k = 0; k < 3; ++k) {
      const auto integrand = [&](double t) {
        const double alive = run.survival(t);
        if (!(alive > 0.0)) return 0.0;
        return (k == 0 ? 1.0 : k == 1 ? t : t * t) * ways[j].delay.hazard_rate(t) * alive;
      };
      double whole = 0.0;
      for (std::size_t b = 0; b + 1 < breaks.size(); ++b)
        whole += std::fabs(piece(integrand, breaks[b], breaks[b + 1]).value);
      for (std::size_t b = 0; b + 1 < breaks.size(); ++b)
        result[j].*parts[k] += integral(integrand, breaks[b], breaks[b + 1], 1e-12 * whole);
    }
    if (!run.last() && index <= 1.0) result[j].first = infinity;
    if (!run.last() && index <= 2.0) result[j].second = infinity;
  }
  // What quadrature leaves of the whole is put right in proportion.
  double sum = 0.0;
  for (const Passage& each : result) sum += each.probability;
  for (Passage& each : result) each.probability /= sum;
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
      const WayOut& way = ways[j];
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
  for (std::size_t k = 0; k < count && !run.spread().empty(); ++k) {
    const double a = edge(k), b = std::min(edge(k + 1), run.end());
    if (!(a < b) || !(run.survival(a) > 0.0)) break;
    std::fill(won.begin(), won.end(), 0.0);
    run.split(a, b, 1e-6 / static_cast<double>(count), won);
    for (std::size_t i = 0; i < won.size(); ++i) result[run.spread()[i]].cells[k] = won[i];
  }
  return result;
}

bool Departure::spread() const {
  return std::any_of(ways.begin(), ways.end(), [](const WayOut& way) { return !way.delay.constant(); });
}

std::vector<double> Departure::atom_times() const {
  std::vector<double> times;
  for (const WayOut& way : ways) {
    if (way.delay.constant()) times.push_back(*way.delay.constant());
  }
  return times;
}

}  // namespace sojourn
