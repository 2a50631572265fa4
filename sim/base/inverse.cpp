#include "sojourn/base/inverse.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <variant>

#include "sojourn/base/quantile_table.hpp"
#include "sojourn/base/special.hpp"

namespace sojourn {
namespace {

using quantiles::Table;

/// `quantile(tail, side)` at each node: the quantile with this much probability on this side.
template <typename Quantile>
Table make_table(Quantile quantile) {
  auto table = std::make_shared<std::vector<double>>();
  table->reserve(quantiles::nodes);
  for (int node = 0; node < quantiles::nodes; ++node) {
    const double z = -quantiles::end + static_cast<double>(node) / quantiles::nodes_per_unit;
    const double tail = special::normal_cdf(-std::fabs(z));
    table->push_back(quantile(tail, z < 0 ? special::Tail::lower : special::Tail::upper));
  }
  return table;
}

/// The tables made last are kept: it takes a millisecond to make one, and the same few are asked for at every plan of a run
/// and at every point of a sweep.
class KeptTables {
 public:
  template <typename Quantile>
  Table find_or_make(std::pair<double, double> key, Quantile quantile) {
    constexpr std::size_t most_kept = 256;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = kept_.find(key); found != kept_.end()) return found->second;
    }
    Table made = make_table(quantile);
    const std::lock_guard lock(mutex_);
    if (kept_.size() >= most_kept) kept_.clear();
    return kept_.emplace(key, std::move(made)).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<double, double>, Table> kept_;
};

/// Logits of the quantiles of a beta distribution.
Table beta_table(const Beta& beta) {
  static KeptTables kept;
  return kept.find_or_make({beta.a, beta.b}, [&](double tail, special::Tail side) {
    return special::beta_tail_logit(beta.a, beta.b, tail, side);
  });
}

/// Logarithms of the quantiles of a gamma distribution with scale 1.
Table gamma_table(double shape) {
  static KeptTables kept;
  return kept.find_or_make({shape, 0.0},
                           [&](double tail, special::Tail side) { return special::gamma_tail_log(shape, tail, side); });
}

/// The normal score with upper tail e^-hazard for hazards beyond the range of `normal_upper`: the tail is phi(z) / z (1 -
/// 1/z^2 + ...) (DLMF 7.12.1), solved for z by repetition; error below 0.002 at 14, falling from there.
float far_score(float hazard) {
  const double log_two_pi = 1.83787706640934548356;
  double square = 2.0 * static_cast<double>(hazard) - log_two_pi;
  for (int step = 0; step < 6; ++step) {
    const double z2 = square;
    square = 2.0 * static_cast<double>(hazard) - log_two_pi - numeric::log(z2) +
             2.0 * numeric::log1p(-1.0 / z2 + 3.0 / (z2 * z2));
  }
  return static_cast<float>(std::sqrt(square));
}

}  // namespace

quantiles::Table quantiles::table_of(const Distribution& distribution) {
  if (const auto* beta = std::get_if<Beta>(&distribution)) return beta_table(*beta);
  const auto* gamma = std::get_if<Gamma>(&distribution);
  return gamma != nullptr && gamma->shape != 1.0 ? gamma_table(gamma->shape) : nullptr;
}

Inverse::Inverse(const Distribution& distribution) : table_(quantiles::table_of(distribution)) {
  struct Compiler {
    Inverse& to;
    void operator()(const Fixed& d) const { set(Family::constant, d.value); }
    void operator()(const Uniform& d) const {
      set(d.low == d.high ? Family::constant : Family::uniform, d.low);
      to.b_ = d.high - d.low;
    }
    void operator()(const Normal& d) const {
      set(d.sd == 0.0 ? Family::constant : Family::normal, d.mean);
      to.b_ = d.sd;
    }
    void operator()(const Beta&) const { set(Family::beta, 0.0); }
    void operator()(const Exponential& d) const { set(Family::exponential, d.mean); }
    void operator()(const Weibull& d) const {
      set(d.shape == 1.0 ? Family::exponential : Family::weibull, d.scale);
      to.sigma_ = static_cast<float>(1.0 / d.shape);
    }
    void operator()(const Lognormal& d) const {
      set(d.sigma == 0.0 ? Family::constant : Family::lognormal, d.median);
      to.sigma_ = static_cast<float>(d.sigma);
    }
    void operator()(const Loglogistic& d) const {
      set(Family::loglogistic, d.median);
      to.sigma_ = static_cast<float>(1.0 / d.shape);
    }
    void operator()(const Gamma& d) const {
      set(d.shape == 1.0 ? Family::exponential : Family::gamma, d.mean / d.shape);
      to.rate_ = d.shape;
    }
    void operator()(const Gompertz& d) const {
      if (d.shape == 0.0) {
        set(Family::exponential, 1.0 / d.rate);
        return;
      }
      set(Family::gompertz, 0.0);
      to.b_ = 1.0 / d.shape;
      to.rate_ = d.shape / d.rate;
    }
    void operator()(const Tabulated& d) const {
      set(Family::tabulated, 0.0);
      auto points = std::make_shared<std::vector<double>>();
      for (const auto& [x, share] : d.points) points->insert(points->end(), {x, share});
      to.table_ = std::move(points);
    }
    void set(Family family, double a) const {
      to.family_ = family;
      to.a_ = a;
    }
  };
  std::visit(Compiler{*this}, distribution);
}

double Inverse::at_hazard(float hazard) const {
  const auto score = [hazard] {  // z with upper tail e^-hazard, from whichever tail is small
    if (hazard > 14.0f) return far_score(hazard);
    const float upper = numeric::exp(-hazard);
    if (upper <= 0.5f) return numeric::normal_upper(upper);
    return -numeric::normal_upper(numeric::greater(-numeric::expm1(-hazard), 0x1p-33f));
  };
  const float safe = numeric::greater(hazard, 1e-30f);
  switch (family_) {
    case Family::constant:
      return a_;
    case Family::uniform:
      return a_ + b_ * -numeric::expm1(-safe);
    case Family::normal:
      return a_ + b_ * score();
    case Family::lognormal:
      return a_ * numeric::exp(sigma_ * score());
    case Family::exponential:
      return a_ * static_cast<double>(hazard);
    case Family::weibull:
      return a_ * numeric::exp(sigma_ * numeric::log(safe));
    case Family::loglogistic: {
      // (x / median)^shape = e^hazard - 1; for large hazards the 1 no longer matters and e^hazard would overflow.
      const float log_odds = safe > 20.0f ? safe : numeric::log(numeric::expm1(safe));
      return a_ * numeric::exp(sigma_ * log_odds);
    }
    case Family::beta:
      return interpolate(score());
    case Family::gamma:
      return hazard > 14.0f ? a_ * numeric::exp(special::gamma_hazard_log(rate_, static_cast<double>(hazard)))
                            : interpolate(score());
    case Family::gompertz:
      return gompertz(static_cast<double>(safe));
    case Family::tabulated:
      return tabulated(static_cast<double>(-numeric::expm1(-safe)));
  }
  return a_;
}

double Inverse::cumulative_hazard(double x) const {
  constexpr double never = std::numeric_limits<double>::infinity();
  const auto of_score = [](double z) { return -numeric::log(special::normal_cdf(-z)); };
  switch (family_) {
    case Family::constant:
      return x < a_ ? 0.0 : never;
    case Family::uniform: {
      const double share = (x - a_) / b_;
      return share <= 0.0 ? 0.0 : share >= 1.0 ? never : -numeric::log1p(-share);
    }
    case Family::normal:
      return of_score((x - a_) / b_);
    case Family::lognormal:
      return x > 0.0 ? of_score(numeric::log(x / a_) / static_cast<double>(sigma_)) : 0.0;
    case Family::exponential:
      return x > 0.0 ? x / a_ : 0.0;
    case Family::weibull:
      return x > 0.0 ? numeric::exp(numeric::log(x / a_) / static_cast<double>(sigma_)) : 0.0;
    case Family::loglogistic: {
      if (!(x > 0.0)) return 0.0;
      const double log_odds = numeric::log(x / a_) / static_cast<double>(sigma_);
      return log_odds > 40.0 ? log_odds : numeric::log1p(numeric::exp(log_odds));
    }
    case Family::gamma:
      return x > 0.0 ? -special::log_incomplete_gamma(rate_, numeric::log(x / a_), special::Tail::upper) : 0.0;
    case Family::gompertz: {
      if (!(x > 0.0)) return 0.0;
      const double t = x / b_;  // (e^t - 1) rate / shape, without loss of digits where t is small
      return (t < 1e-5 ? t + 0.5 * t * t : numeric::exp(t) - 1.0) / rate_;
    }
    case Family::tabulated: {
      const std::vector<double>& points = *table_;
      if (x <= points[0]) return 0.0;
      std::size_t i = 2;
      while (i < points.size() && points[i] < x) i += 2;
      if (i >= points.size()) return never;
      const double share =
          points[i - 1] + (points[i + 1] - points[i - 1]) * (x - points[i - 2]) / (points[i] - points[i - 2]);
      return share >= 1.0 ? never : -numeric::log1p(-share);
    }
    case Family::beta: {
      if (!(x > 0.0)) return 0.0;
      // The table is of the inverse, which never falls.
      float low = 0.0f, high = 40.0f;
      for (int step = 0; step < 40; ++step) {
        const float middle = 0.5f * (low + high);
        (at_hazard(middle) < x ? low : high) = middle;
      }
      return static_cast<double>(high);
    }
  }
  return 0.0;
}

double Inverse::interpolate(float z) const {
  const double position = quantiles::position(z);
  const auto node = static_cast<std::size_t>(position);
  const double* y = table_->data() + node;
  const double l = quantiles::interpolate(y[-1], y[0], y[1], y[2], position - static_cast<double>(node));
  return family_ == Family::gamma ? a_ * numeric::exp(l) : quantiles::sigmoid(l);
}

double Inverse::tabulated(double share) const {
  const std::vector<double>& points = *table_;
  std::size_t i = 2;
  while (i + 2 < points.size() && points[i + 1] < share) i += 2;
  const double low = points[i - 1], high = points[i + 1];
  if (!(high > low)) return points[i];
  return points[i - 2] + (points[i] - points[i - 2]) * numeric::clip((share - low) / (high - low), 0.0, 1.0);
}

double largest_draw(const Inverse& law) {
  // The words that give the smallest and the largest draws of every family: see `uniform` and `normal`.
  constexpr std::array<std::uint32_t, 4> extreme_words{0u, 0x7fffffffu, 0x80000000u, 0xffffffffu};
  // Within an account two normal scores are added up, of which either reaches 6.4.
  constexpr float furthest = 9.1f;
  double largest = 0.0;
  for (const std::uint32_t word : extreme_words) {
    for (const float score : {-furthest, furthest}) largest = std::max(largest, std::fabs(law.draw(word, score)));
  }
  return largest;
}

}  // namespace sojourn
