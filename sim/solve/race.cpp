#include "race.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "sojourn/base/special_values.hpp"

namespace sojourn {
namespace {

constexpr std::size_t most_panels = 2000;
constexpr double precision = 1e-10;     // asked of each probability and moment, relative to it
constexpr double floor_of_all = 1e-13;  // and to all ways together
// exp(-negligible) is nothing beside what matters; exp(most_log) still fits a double.
constexpr double negligible = 45.0, most_log = 600.0, most_log_gain = 60.0;

}  // namespace

/// The logarithm of the time by which the hazard has gained so much, between the two numbers next to it.
struct Race::Instant {
  double low = 0.0, high = 0.0;
  [[nodiscard]] double middle() const { return low + 0.5 * (high - low); }
};

Race::Race(const std::vector<RouteOption>& ways) : ways_(ways), start_(ways.size(), 0.0), end_(infinity) {
  double stays = 1.0;
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
  hazard_at_zero_ = hazard(0.0);
}

double Race::hazard(double t) const {
  double sum = 0.0;
  for (const std::size_t j : spread_) sum += ways_[j].delay.hazard(t);
  return sum;
}

double Race::survival(double t) const { return std::exp(-hazard(t)); }

/// What the hazard has gained since time 0.
double Race::gained(double log_time) const {
  double sum = 0.0;
  for (const std::size_t j : spread_) sum += ways_[j].delay.hazard_by_log(log_time);
  return std::max(0.0, sum - hazard_at_zero_);
}

/// Between two logarithms of time of which it is known that the hazard gains so much between them.
Race::Instant Race::instant(double log_gain, double low, double high) const {
  const auto off = [&](double log_time) { return std::clamp(std::log(gained(log_time)) - log_gain, -800.0, 800.0); };
  if (!(low < high)) return {low, high};
  const double off_low = off(low), off_high = off(high);
  if (off_low >= 0.0) return {low, low};
  if (off_high <= 0.0) return {high, high};
  std::uintmax_t steps = 300;  // bisection alone would need 64 for most, and 1100 in theory
  const auto [below, above] = boost::math::tools::toms748_solve(off, low, high, off_low, off_high,
                                                                boost::math::tools::eps_tolerance<double>(52), steps);
  return {below, above};
}

Race::Instant Race::instant(double log_gain) const {
  const double gain = std::exp(log_gain);
  double low = -1.0, high = 1.0;
  while (low > -1e300 && gained(low) >= gain) low *= 2.0;
  while (high < 1e300 && gained(high) < gain) high *= 2.0;
  return instant(log_gain, low, high);
}

/// [spread way] who wins at that time.
std::vector<double> Race::shares_at(const Instant& at) const {
  std::vector<double> share(spread_.size(), 0.0);
  if (share.size() == 1) return {1.0};
  double sum = 0.0;
  const auto set = [&](auto&& rate) {
    sum = 0.0;
    for (std::size_t i = 0; i < share.size(); ++i) sum += share[i] = rate(ways_[spread_[i]].delay);
  };
  // Two times next to each other between which much happens, such as the end of a uniform of small weight: by what is
  // gained.
  const double before = gained(at.low), after = gained(at.high);
  if (std::isinf(after)) {
    set([&](const Delay& delay) { return std::isinf(delay.hazard_by_log(at.high)) ? delay.end_weight() : 0.0; });
  } else if (after - before > 1e-3) {
    set([&](const Delay& delay) { return delay.hazard_by_log(at.high) - delay.hazard_by_log(at.low); });
  }
  if (!(sum > 0.0)) set([&](const Delay& delay) { return delay.log_rate_by_log(at.low); });
  if (!(sum > 0.0) || std::isinf(sum)) return std::vector<double>(share.size(), 1.0 / static_cast<double>(share.size()));
  for (double& each : share) each /= sum;
  return share;
}

/// Integrals over what the hazard has gained when the race ends, an exponential with mean 1 whatever the weights are: shares
/// between 0 and 1, and powers of a time that only grows. Panels over its logarithm y, the worst of them halved first. The
/// error of a panel's probability is never more than the probability of the panel itself, so a jump costs some 40 halvings.
class Race::Quadrature {
 public:
  Quadrature(const Race& race, int moments) : race_(race), ways_(race.spread_.size()), moments_(moments) {
    edges();
    for (std::size_t e = 0; e + 1 < edges_.size(); ++e) panels_.push_back(panel(edges_[e], edges_[e + 1]));
    refine();
  }

  /// Of the powers of time asked for, those whose integral fits a double.
  [[nodiscard]] int moments() const { return moments_; }
  [[nodiscard]] double value(std::size_t way, int power) const { return total(way, power, &Cell::value); }
  [[nodiscard]] double error() const {
    double worst = 0.0;
    for (std::size_t i = 0; i < ways_; ++i) worst = std::max(worst, total(i, 0, &Cell::error));
    return worst;
  }

 private:
  struct Edge {
    double y, log_time;
  };
  struct Cell {
    double value = 0.0, error = 0.0;
  };
  struct Panel {
    Edge low, high;
    std::vector<std::array<Cell, 3>> cells;  // [spread way][power]
    double urgency = 0.0;                    // its errors in units of what is allowed
  };

  [[nodiscard]] double total(std::size_t way, int power, double Cell::*part) const {
    double sum = 0.0;
    for (const Panel& each : panels_) sum += each.cells[way][static_cast<std::size_t>(power)].*part;
    return sum;
  }

  /// From where nothing has happened yet to where nothing is left, in steps of a factor e^(1/2) and at every landmark.
  void edges() {
    double last = infinity;
    if (race_.last_) {
      last = std::log(std::max(0.0, race_.hazard(race_.end_) - race_.hazard_at_zero_));
      if (last == -infinity) return;  // the constant comes first
    }
    double peak = -infinity;
    for (double y = std::min(-negligible, last - negligible);; y += 0.5) {
      const bool ends = y >= last;
      y = std::min(y, last);
      const Instant at = ends ? Instant{std::log(race_.end_), std::log(race_.end_)} : race_.instant(y);
      edges_.push_back({y, at.middle()});
      for (; moments_ > 0 && log_weight(edges_.back(), moments_) > most_log; --moments_) peak = -infinity;
      const double now = log_weight(edges_.back(), moments_);
      peak = std::max(peak, now);
      if (ends || y > most_log_gain) break;
      if (log_weight(edges_.back(), 0) < -negligible && y > 0.0 && now < peak - negligible) break;
    }
    const std::size_t steps = edges_.size();
    for (const std::size_t j : race_.spread_) {
      for (const double t : race_.ways_[j].delay.landmarks()) {
        const double y = std::log(race_.gained(std::log(t)));
        if (y > edges_.front().y && y < edges_[steps - 1].y) edges_.push_back({y, std::log(t)});
      }
    }
    std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) { return a.y < b.y; });
    for (std::size_t e = 1; e < edges_.size(); ++e)
      edges_[e].log_time = std::max(edges_[e].log_time, edges_[e - 1].log_time);
  }

  [[nodiscard]] static double log_weight(const Edge& at, int power) {
    return at.y - std::exp(at.y) + (power == 0 ? 0.0 : power * at.log_time);
  }

  [[nodiscard]] Panel panel(const Edge& low, const Edge& high) const {
    using Kronrod = boost::math::quadrature::gauss_kronrod<double, 15>;
    using Gauss = boost::math::quadrature::gauss<double, 7>;
    Panel made{low, high, std::vector<std::array<Cell, 3>>(ways_), 0.0};
    std::vector<std::array<double, 3>> coarse(ways_, {0.0, 0.0, 0.0});
    const double middle = 0.5 * (low.y + high.y), half = 0.5 * (high.y - low.y);
    const auto node = [&](double y, double fine_weight, double coarse_weight) {
      const Instant at = race_.instant(y, low.log_time, high.log_time);
      const std::vector<double> share = race_.shares_at(at);
      for (int k = 0; k <= moments_; ++k) {
        const double density = half * std::exp(log_weight({y, at.middle()}, k));
        for (std::size_t i = 0; i < ways_; ++i) {
          made.cells[i][static_cast<std::size_t>(k)].value += fine_weight * density * share[i];
          coarse[i][static_cast<std::size_t>(k)] += coarse_weight * density * share[i];
        }
      }
    };
    for (std::size_t n = 0; n < Kronrod::abscissa().size(); ++n) {
      const double away = half * Kronrod::abscissa()[n], fine = Kronrod::weights()[n];
      const double rough = n % 2 == 0 ? Gauss::weights()[n / 2] : 0.0;
      node(middle + away, fine, rough);
      if (n > 0) node(middle - away, fine, rough);
    }
    const double mass = std::exp(-std::exp(low.y)) * -std::expm1(std::exp(low.y) - std::exp(high.y));
    for (std::size_t i = 0; i < ways_; ++i) {
      for (std::size_t k = 0; k <= static_cast<std::size_t>(moments_); ++k) {
        Cell& cell = made.cells[i][k];
        cell.error = std::fabs(cell.value - coarse[i][k]);
        const double most = mass * std::exp(std::min(most_log, static_cast<double>(k) * high.log_time));
        cell.error = std::min(cell.error, std::max(most, 0.0));
      }
    }
    return made;
  }

  void refine() {
    std::vector<std::array<double, 3>> allowed(ways_);
    for (int k = 0; k <= moments_; ++k) {
      double all = 0.0;
      for (std::size_t i = 0; i < ways_; ++i) all += value(i, k);
      for (std::size_t i = 0; i < ways_; ++i)
        allowed[i][static_cast<std::size_t>(k)] = precision * value(i, k) + floor_of_all * all;
    }
    const auto judge = [&](Panel& each) {
      each.urgency = 0.0;
      const double middle = 0.5 * (each.low.y + each.high.y);
      if (!(each.low.y < middle && middle < each.high.y)) return;
      for (std::size_t i = 0; i < ways_; ++i) {
        for (std::size_t k = 0; k <= static_cast<std::size_t>(moments_); ++k) {
          if (allowed[i][k] > 0.0) each.urgency = std::max(each.urgency, each.cells[i][k].error / allowed[i][k]);
        }
      }
    };
    const auto less_urgent = [](const Panel& a, const Panel& b) { return a.urgency < b.urgency; };
    double urgency = 0.0;
    for (Panel& each : panels_) {
      judge(each);
      urgency += each.urgency;
    }
    std::make_heap(panels_.begin(), panels_.end(), less_urgent);
    while (!panels_.empty() && panels_.size() < most_panels && urgency > 1.0 && panels_.front().urgency > 0.0) {
      std::pop_heap(panels_.begin(), panels_.end(), less_urgent);
      const Panel worst = std::move(panels_.back());
      panels_.pop_back();
      urgency -= worst.urgency;
      const double y = 0.5 * (worst.low.y + worst.high.y);
      const Edge middle{y, race_.instant(y, worst.low.log_time, worst.high.log_time).middle()};
      for (Panel half : {panel(worst.low, middle), panel(middle, worst.high)}) {
        judge(half);
        urgency += half.urgency;
        panels_.push_back(std::move(half));
        std::push_heap(panels_.begin(), panels_.end(), less_urgent);
      }
    }
  }

  const Race& race_;
  std::size_t ways_;
  int moments_;
  std::vector<Edge> edges_;
  std::vector<Panel> panels_;
};

Passages Race::passages() const {
  Passages result{std::vector<Passage>(ways_.size()), 0.0};
  double index = 0.0;
  for (const std::size_t j : spread_) index += ways_[j].delay.tail_index();
  for (std::size_t j = 0; j < ways_.size(); ++j) result.ways[j].probability = start_[j];
  if (last_ && end_ > 0.0) {
    const double mass = survival(end_);
    Passage& last = result.ways[*last_];
    last.probability += mass;
    last.first += mass * end_;
    last.second += mass * end_ * end_;
  }
  const double later = std::exp(-hazard_at_zero_);
  if (spread_.empty() || end_ <= 0.0 || later == 0.0) return result;
  const int moments = last_ || index > 2.0 ? 2 : index > 1.0 ? 1 : 0;
  const Quadrature quadrature(*this, moments);
  // Together they win what the constant leaves; quadrature says how they share it. One alone needs none.
  double sum = 0.0;
  for (std::size_t i = 0; i < spread_.size(); ++i) sum += quadrature.value(i, 0);
  if (!(sum > 0.0)) return result;
  const double together = last_ ? later * -std::expm1(hazard_at_zero_ - hazard(end_)) : later;
  if (spread_.size() > 1) result.error = later * quadrature.error();
  for (std::size_t i = 0; i < spread_.size(); ++i) {
    Passage& each = result.ways[spread_[i]];
    const bool wins = quadrature.value(i, 0) > 0.0;
    const auto moment = [&](int k) {
      return k <= quadrature.moments() ? later * quadrature.value(i, k) : wins ? infinity : 0.0;
    };
    each.probability += together * quadrature.value(i, 0) / sum;
    each.first += moment(1);
    each.second += moment(2);
  }
  return result;
}

double Race::split(double a, double b, double tolerance, std::size_t& pieces, std::vector<double>& won) const {
  if (won.size() == 1) {
    won[0] += survival(a) - survival(b);
    return 0.0;
  }
  return halve(a, b, tolerance, 0, pieces, won);
}

double Race::halve(double a, double b, double tolerance, int depth, std::size_t& pieces, std::vector<double>& won) const {
  const double middle = 0.5 * (a + b);
  const std::vector<double> whole = shares(a, b);
  std::vector<double> halves = shares(a, middle);
  const std::vector<double> second = shares(middle, b);
  double change = 0.0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    halves[i] += second[i];
    change = std::max(change, std::fabs(halves[i] - whole[i]));
  }
  // Where much of the hazard is gained, two lengths may miss the same jump; where next to nobody is left, nothing matters.
  // Differences below 1e-15 are rounding, which halving does not make smaller.
  const double before = hazard(a), mass = std::exp(-before) - survival(b), allowed = std::max(tolerance, 1e-15);
  const bool steep = !(hazard(b) - before < 0.5);
  if ((change > allowed || steep) && mass > allowed && depth < 40 && pieces > 0 && a < middle && middle < b) {
    --pieces;
    const double first = halve(a, middle, 0.5 * tolerance, depth + 1, pieces, won);
    return first + halve(middle, b, 0.5 * tolerance, depth + 1, pieces, won);
  }
  for (std::size_t i = 0; i < whole.size(); ++i) won[i] += std::max(0.0, halves[i] + (halves[i] - whole[i]) / 3.0);
  return change;
}

std::vector<double> Race::shares(double a, double b) const {
  std::vector<double> gains;
  double sum = 0.0;
  for (const std::size_t j : spread_) {
    const double before = ways_[j].delay.hazard(a);
    const double after = ways_[j].delay.hazard(b);
    // Beyond its end a hazard is infinite: whoever ends here has what is left.
    gains.push_back(before == infinity ? 0.0 : after == infinity ? 1e280 * ways_[j].delay.end_weight() : after - before);
    sum += gains.back();
  }
  const double mass = survival(a) - survival(b);
  for (double& share : gains) share = sum > 0.0 ? mass * (share / sum) : 0.0;
  return gains;
}

}  // namespace sojourn
