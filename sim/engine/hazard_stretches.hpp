// When an exit of a race comes whose hazard changes while a customer waits. Forced inline, because the vectorised loop,
// which is compiled for each vector width, uses it as well as the reference.
#pragma once

#include <cstddef>

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// A stretch of time in which an exit's hazard is multiplied by `m` and its delays by `stretch`.
struct HazardIn {
  float m;
  double stretch;
  double end;  // infinity: of the last
};

/// Days from `time` until the accumulated hazard of an exit reaches `threshold` > 0, where its law has the age `age` by
/// then, in days as they would pass without a stretch, and has used up the hazard `used`; infinity where that is never, or
/// not within `limit` days. `in(k)` is the k-th stretch of time from `time` on. Of the law `hazard_until` is the cumulative
/// hazard at an age below infinity, `age_at` its inverse, and `begins` an age up to which it is 0.
template <class Law, class In>
SOJOURN_INLINE double delay_over_stretches(const Law& law, double time, double age, double used, double threshold,
                                           double limit, In in) {
  constexpr double forever = __builtin_inf();
  double left = threshold, now = time;
  for (std::size_t k = 0; now - time < limit; ++k) {
    const HazardIn at = in(k);
    // A delay that is stretched to nothing is over at once.
    const double age_at_end = at.stretch > 0.0 ? age + (at.end - now) / at.stretch : forever;
    if (age_at_end > law.begins) {
      const bool for_good = !(age_at_end < forever), counts = at.m > 0.0f;
      if (for_good && !counts) return forever;             // the law is over while the hazard is nothing
      if (counts && !(used < forever)) return now - time;  // the law is over already
      const double reached = for_good ? age_at_end : law.hazard_until(age_at_end);
      if (counts) {
        const double adds = static_cast<double>(at.m) * (reached - used);
        if (!(adds < left)) {
          const double fires = law.age_at(static_cast<float>(used + left / static_cast<double>(at.m)));
          const double rest = (fires - age) * at.stretch, longest = at.end - now, positive = rest < 0.0 ? 0.0 : rest;
          return (now - time) + (longest < positive ? longest : positive);
        }
        left -= adds;
      }
      used = reached;
    }
    age = age_at_end;
    now = at.end;
  }
  return forever;
}

/// The same for a fixed delay, which fires at the age `fires`; where its hazard is nothing at that moment it never does.
template <class In>
SOJOURN_INLINE double fixed_delay_over_stretches(double fires, double time, double age, double limit, In in) {
  constexpr double forever = __builtin_inf();
  double now = time;
  for (std::size_t k = 0; now - time < limit; ++k) {
    const HazardIn at = in(k);
    const double age_at_end = at.stretch > 0.0 ? age + (at.end - now) / at.stretch : forever;
    if (fires <= age_at_end) {
      const double rest = fires - age;
      return at.m > 0.0f ? (now - time) + (rest > 0.0 ? rest : 0.0) * at.stretch : forever;
    }
    age = age_at_end;
    now = at.end;
  }
  return forever;
}

}  // namespace sojourn
