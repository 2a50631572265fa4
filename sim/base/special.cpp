#include "sojourn/base/special.hpp"

#include <cmath>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/quantile_table.hpp"

namespace sojourn::special {
namespace {

using numeric::exp;
using numeric::log;
using numeric::log1p;

constexpr double half_log_two_pi = 0.91893853320467274178;
constexpr double inverse_sqrt_two_pi = 0.39894228040143267794;

/// log(1 / (1 + e^-l)) without losing the small side.
double log_sigmoid(double l) { return l < 0.0 ? l - log1p(exp(l)) : -log1p(exp(-l)); }

/// Lentz's evaluation of the continued fraction of I_x(a, b), for x below the mean.
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  double c = 1.0;
  double d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (std::fabs(d) < tiny ? tiny : d);
  double value = d;
  for (int m = 1; m < 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1.0 + even * d;
    d = 1.0 / (std::fabs(d) < tiny ? tiny : d);
    c = 1.0 + even / c;
    c = std::fabs(c) < tiny ? tiny : c;
    value *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1.0 + odd * d;
    d = 1.0 / (std::fabs(d) < tiny ? tiny : d);
    c = 1.0 + odd / c;
    c = std::fabs(c) < tiny ? tiny : c;
    const double factor = c * d;
    value *= factor;
    if (std::fabs(factor - 1.0) < 1e-15) break;
  }
  return value;
}

}  // namespace

double sigmoid(double x) { return quantiles::sigmoid(x); }

double log_gamma(double x) {
  double shift = 0.0;
  while (x < 15.0) {
    shift += log(x);
    x += 1.0;
  }
  const double r = 1.0 / (x * x);
  const double series =
      (1.0 / 12.0 -
       r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * 691.0 / 360360.0))))) /
      x;
  return (x - 0.5) * log(x) - x + half_log_two_pi + series - shift;
}

double normal_cdf(double z) {
  const double x = std::fabs(z);
  const double density = inverse_sqrt_two_pi * exp(-0.5 * x * x);
  double tail;
  if (x < 3.0) {
    double term = x, sum = x;
    for (int k = 1; k < 200 && term > 1e-18 * sum; ++k) {
      term *= x * x / (2 * k + 1);
      sum += term;
    }
    tail = 0.5 - density * sum;
  } else {
    double fraction = 0.0;  // Laplace's continued fraction of Mills' ratio, from its far end
    for (int k = 120; k >= 1; --k) fraction = k / (x + fraction);
    tail = density / (x + fraction);
  }
  return z < 0.0 ? tail : 1.0 - tail;
}

double normal_quantile(double q) {
  const double p = q < 0.5 ? q : 1.0 - q;
  if (p >= 0.5) return 0.0;
  // A start within 5e-4 (Hastings 1955, in Abramowitz & Stegun 26.2.23), then Newton's steps in the log of the tail.
  const double t = std::sqrt(-2.0 * log(p));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int step = 0; step < 4; ++step) {
    const double tail = normal_cdf(-x);
    const double density = inverse_sqrt_two_pi * exp(-0.5 * x * x);
    x += log(tail / p) * tail / density;
  }
  return q < 0.5 ? -x : x;
}

double incomplete_beta_logit(double a, double b, double l, Tail tail) {
  const double x = sigmoid(l);
  const bool swap = x > (a + 1.0) / (a + b + 2.0);  // the fraction converges fast on the near side of the mean
  const double near_a = swap ? b : a, near_b = swap ? a : b, near_l = swap ? -l : l;
  const double front = near_a * log_sigmoid(near_l) + near_b * log_sigmoid(-near_l) + log_gamma(a + b) - log_gamma(a) -
                       log_gamma(b) - log(near_a);
  const double value = exp(front) * beta_fraction(near_a, near_b, sigmoid(near_l));
  return swap == (tail == Tail::lower) ? 1.0 - value : value;
}

double beta_tail_logit(double a, double b, double p, Tail tail) {
  // Bracket: I_x ~ x^a / (a B(a, b)) near 0 and its mirror image near 1 bound the logit from either side.
  const double log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);
  const double sign = tail == Tail::lower ? 1.0 : -1.0;
  double low = -700.0 / (a < 1.0 ? 1.0 : a), high = 700.0 / (b < 1.0 ? 1.0 : b);
  double l = log(a / b);
  for (int step = 0; step < 400 && high - low > 1e-13 * (1.0 + std::fabs(l)); ++step) {
    const double value = incomplete_beta_logit(a, b, l, tail);
    const double excess = sign * (value - p);
    if (excess > 0.0) high = l;
    if (excess < 0.0) low = l;
    if (excess == 0.0) break;
    // Newton in the log of the tail; d/dl of I is x^a (1-x)^b / B. Bisect where it leaves the bracket.
    const double slope = exp(a * log_sigmoid(l) + b * log_sigmoid(-l) - log_beta);
    const double newton = value > 0.0 && slope > 0.0 ? l - sign * log(value / p) * value / slope : low - 1.0;
    const bool inside = newton > low && newton < high;
    const double next = inside ? newton : 0.5 * (low + high);
    if (inside && std::fabs(next - l) < 1e-14 * (1.0 + std::fabs(l))) return next;
    l = next;
  }
  return l;
}

double beta_quantile_logit(double a, double b, double q) {
  return q < 0.5 ? beta_tail_logit(a, b, q, Tail::lower) : beta_tail_logit(a, b, 1.0 - q, Tail::upper);
}

namespace {

/// a log x - x - log Gamma(a), the logarithm of the gamma density by log x; x = e^l.
double log_gamma_front(double a, double l) { return a * l - exp(l) - log_gamma(a); }

/// log x where log P(a, x) or log Q(a, x) is `target`, known to lie within [low, high].
double solve_incomplete_gamma(double a, double target, Tail tail, double low, double high) {
  const double sign = tail == Tail::lower ? 1.0 : -1.0;
  double l = 0.5 * (low + high);
  for (int step = 0; step < 400 && high - low > 1e-14 * (1.0 + std::fabs(l)); ++step) {
    const double value = log_incomplete_gamma(a, l, tail);
    const double excess = sign * (value - target);
    if (excess > 0.0) high = l;
    if (excess < 0.0) low = l;
    if (excess == 0.0) break;
    // Newton's step in the log of the tail, whose slope is the density by log x over the tail; else bisection.
    const double slope = exp(log_gamma_front(a, l) - value);
    const double newton = slope > 0.0 ? l - excess / slope : low - 1.0;
    const bool inside = newton > low && newton < high;
    const double next = inside ? newton : 0.5 * (low + high);
    if (inside && std::fabs(next - l) < 1e-15 * (1.0 + std::fabs(l))) return next;
    l = next;
  }
  return l;
}

/// Bounds of log x at a cumulative hazard: P(a, x) <= x^a / Gamma(a + 1), and Q(a, a + sqrt(2 a h) + h) <= e^-h (Boucheron,
/// Lugosi & Massart 2013, section 2.4).
double lowest_gamma_log(double a, double log_lower) { return (log_lower + log_gamma(a + 1.0)) / a - 1e-9; }
double highest_gamma_log(double a, double hazard) { return log(a + std::sqrt(2.0 * a * hazard) + hazard) + 1e-9; }

}  // namespace

double log_incomplete_gamma(double a, double l, Tail tail) {
  const double x = exp(l), front = log_gamma_front(a, l);
  if (x < a + 1.0) {
    double term = 1.0 / a, sum = term;
    for (int n = 1; n < 1'000'000 && term > 1e-17 * sum; ++n) sum += term *= x / (a + n);
    const double lower = front + log(sum);
    return tail == Tail::lower ? lower : log1p(-exp(lower));
  }
  // Lentz's method.
  constexpr double tiny = 1e-300;
  double b = x + 1.0 - a, c = 1.0 / tiny, d = 1.0 / b, fraction = d;
  for (int n = 1; n < 1'000'000; ++n) {
    const double step = -n * (n - a);
    b += 2.0;
    d = step * d + b;
    d = 1.0 / (std::fabs(d) < tiny ? tiny : d);
    c = b + step / c;
    if (std::fabs(c) < tiny) c = tiny;
    fraction *= d * c;
    if (std::fabs(d * c - 1.0) < 1e-15) break;
  }
  const double upper = front + log(fraction);
  return tail == Tail::upper ? upper : log1p(-exp(upper));
}

double gamma_tail_log(double a, double p, Tail tail) {
  const bool lower = tail == Tail::lower;
  const double log_lower = lower ? log(p) : log1p(-p), hazard = lower ? -log1p(-p) : -log(p);
  return solve_incomplete_gamma(a, log(p), tail, lowest_gamma_log(a, log_lower), highest_gamma_log(a, hazard));
}

double gamma_hazard_log(double a, double hazard) {
  const double upper = exp(-hazard);
  if (upper > 0.5) {
    // 1 - e^-h without loss of digits near 0.
    const double lower = hazard < 1e-5 ? hazard * (1.0 - 0.5 * hazard) : 1.0 - upper;
    return solve_incomplete_gamma(a, log(lower), Tail::lower, lowest_gamma_log(a, log(lower)), highest_gamma_log(a, hazard));
  }
  return solve_incomplete_gamma(a, -hazard, Tail::upper, lowest_gamma_log(a, log1p(-upper)), highest_gamma_log(a, hazard));
}

}  // namespace sojourn::special
