#include "sojourn/decide/shares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/laws.hpp"

namespace sojourn {
namespace {

/// More people than a double counts one by one: 2^53. A file that somebody wrote may say so, and Boost's root finders fail
/// on it.
constexpr double most_counted = 9007199254740992.0;

/// Tango's score statistic of a difference `delta`: normal where the difference is that.
double score(double gained, double lost, double people, double delta) {
  const double spread = delta * (1.0 - delta);
  // The share of those lost that is likeliest where the difference is `delta`.
  const double a = 2.0 * people, b = (2.0 * people - gained + lost) * delta - gained - lost, c = -lost * spread;
  const double likeliest = (std::sqrt(std::max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a);
  const double variance = people * (2.0 * likeliest + spread);
  const double distance = gained - lost - people * delta;
  if (!(variance > 0.0)) return distance == 0.0 ? 0.0 : std::copysign(std::numeric_limits<double>::infinity(), distance);
  return distance / std::sqrt(variance);
}

}  // namespace

Ends clopper_pearson(double events, double people, double error) {
  if (!(people > 0.0 && people <= most_counted && events >= 0.0 && events <= people)) return {nan, nan};
  const double tail = 0.5 * error, others = people - events;
  Ends ends{0.0, 1.0};
  if (events > 0.0) ends.low = beta_quantile(events, others + 1.0, tail);
  if (others > 0.0) ends.high = beta_point(events + 1.0, others, tail);
  return ends;
}

Ends tango(double gained, double lost, double people, double error) {
  if (!(people > 0.0 && gained >= 0.0 && lost >= 0.0 && gained + lost <= people)) return {nan, nan};
  const double z = normal_point(0.5 * error), point = (gained - lost) / people;
  // The statistic falls as the difference that is supposed rises.
  const auto end = [&](double inside, double outside) {
    const double sign = outside < inside ? 1.0 : -1.0;
    for (int step = 0; step < 100; ++step) {
      const double middle = 0.5 * (inside + outside);
      (sign * score(gained, lost, people, middle) > z ? outside : inside) = middle;
    }
    return inside;
  };
  return {end(point, -1.0), end(point, 1.0)};
}

Ends paired_shares(double gained, double lost, double people, double error) {
  if (gained + lost >= few_changed || !(gained + lost <= people)) return tango(gained, lost, people, error);
  const Ends up = clopper_pearson(gained, people, error), down = clopper_pearson(lost, people, error);
  const double more = gained / people, fewer = lost / people;
  Ends ends{std::max(-1.0, more - fewer - std::hypot(more - up.low, down.high - fewer)),
            std::min(1.0, more - fewer + std::hypot(up.high - more, fewer - down.low))};
  // The two never contradict each other: 5 gained and none lost are not told apart from chance.
  if (paired_shares_p(gained, lost) >= error) {
    ends.low = std::min(ends.low, 0.0);
    ends.high = std::max(ends.high, 0.0);
  }
  return ends;
}

double paired_shares_p(double gained, double lost) {
  const double changed = gained + lost;
  if (!(gained >= 0.0 && lost >= 0.0 && changed <= most_counted)) return nan;
  if (!(changed > 0.0)) return 1.0;
  if (changed < few_changed) {
    return std::min(1.0, 2.0 * binomial_up_to(changed, 0.5, std::min(gained, lost)));
  }
  const double z = std::fabs(gained - lost) / std::sqrt(changed);
  return 2.0 * normal_above(z);
}

}  // namespace sojourn
