// When an exit of a race comes whose hazard changes while a customer waits. Forced inline, because the vectorised loop,
// which is compiled for each vector width, uses it as well as the reference.
#pragma once

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// A stretch of time in which an exit's hazard is multiplied by `m` and its delays by `stretch`.
struct HazardIn {
  float m;
  double stretch;
  double end;  // infinity: of the last
};

/// The age of a law at times while its delays are stretched by `stretch`: counted from when that began, because many
/// stretches of time may pass in which nothing changes but the hazard.
struct Ageing {
  double since;  // the time at which `stretch` began
  double age;    // by then
  double stretch;

  /// The age at `time`; infinity where a delay is stretched to nothing, and so is over at once.
  [[nodiscard]] SOJOURN_INLINE double at(double time) const {
    return stretch > 0.0 ? age + (time - since) / stretch : __builtin_inf();
  }
  /// Days from `from` until the law has the age `reached`, which it has between `earliest` and `latest` but for rounding.
  [[nodiscard]] SOJOURN_INLINE double days_until(double reached, double from, double earliest, double latest) const {
    const double days = (since - from) + (reached - age) * stretch, least = earliest - from, most = latest - from;
    const double positive = days > least ? days : least;
    return positive < most ? positive : most;
  }
};

/// The law of a delay that is uniform from `a` to `a` + 1 / `per`: its cumulative hazard -log(1 - F).
struct UniformHazard {
  SOJOURN_INLINE static double until(double age, double a, double b, double per) {
    const double rest = ((a + b) - age) * per, hazard = -numeric::log(rest);
    const double by_law = rest > 0.0 ? hazard : __builtin_inf();
    return age > a ? by_law : 0.0;
  }
};

/// The way of an exit over stretches of time, until what is `left` of its threshold is used up. Of the law `hazard_until` is
/// the cumulative hazard at an age below infinity, `age_at` its inverse, and `begins` an age up to which it is 0.
struct HazardWalk {
  double time, age, used, left;  // of the visit; then, at `now`: the law's age in days as they would pass without a stretch,
                                 // the hazard that it has used up, and what is still to be accumulated
  double now = time;
  Ageing ageing{time, age, -1.0};

  /// Over the stretch at `now`: true where the way ends in it, `delay` days after the visit, which may be infinite.
  template <class Law>
  SOJOURN_INLINE bool ends_in(const Law& law, const HazardIn& at, double& delay) {
    constexpr double infinite = __builtin_inf();
    if (at.stretch != ageing.stretch) ageing = {now, age, at.stretch};
    const double age_at_end = ageing.at(at.end);
    if (age_at_end > law.begins) {
      const bool for_good = !(age_at_end < infinite), counts = at.m > 0.0f;
      const bool never = for_good && !counts;             // the law is over while the hazard is nothing
      const bool at_once = counts && !(used < infinite);  // the law is over already
      delay = never ? infinite : now - time;
      if (never || at_once) return true;
      const double reached = for_good ? age_at_end : law.hazard_until(age_at_end);
      if (counts) {
        const double adds = static_cast<double>(at.m) * (reached - used);
        if (!(adds < left)) {
          const double fires = law.age_at(static_cast<float>(used + left / static_cast<double>(at.m)));
          delay = ageing.days_until(fires, time, now, at.end);
          return true;
        }
        left -= adds;
      }
      used = reached;
    }
    age = age_at_end;
    now = at.end;
    return false;
  }
};

/// Days from `time` until the accumulated hazard of an exit reaches `threshold` > 0, where its law has the age `age` by
/// then, in days as they would pass without a stretch, and has used up the hazard `used`; infinity where that is never, or
/// not within `limit` days. `next()` is the stretch of time at `time`, then the one that follows, and so on.
template <class Law, class Next>
SOJOURN_INLINE double delay_over_stretches(const Law& law, double time, double age, double used, double threshold,
                                           double limit, Next next) {
  HazardWalk walk{time, age, used, threshold};
  double delay = __builtin_inf();
  while (walk.now - time < limit) {
    if (walk.ends_in(law, next(), delay)) return delay;
  }
  return __builtin_inf();
}

/// The same for a fixed delay, which fires at the age `fires`; where its hazard is nothing at that moment it never does.
template <class Next>
SOJOURN_INLINE double fixed_delay_over_stretches(double fires, double time, double age, double limit, Next next) {
  constexpr double infinite = __builtin_inf();
  double now = time, age_now = age;
  Ageing ageing{time, age, -1.0};
  while (now - time < limit) {
    const HazardIn at = next();
    if (at.stretch != ageing.stretch) ageing = {now, age_now, at.stretch};
    const double age_at_end = ageing.at(at.end);
    if (fires <= age_at_end) return at.m > 0.0f ? ageing.days_until(fires, time, now, at.end) : infinite;
    age_now = age_at_end;
    now = at.end;
  }
  return infinite;
}

/// The same for an anniversary that is `due` so many days after `time`: it fires then, or as soon after as its hazard is
/// more than nothing.
template <class Next>
SOJOURN_INLINE double anniversary_over_stretches(double due, double time, double limit, Next next) {
  double now = time;
  while (now - time < limit) {
    const HazardIn at = next();
    if (at.m > 0.0f && time + due <= at.end) return now > time + due ? now - time : due;
    now = at.end;
  }
  return __builtin_inf();
}

/// The hazard of a Weibull law of shape k over odds m(t) that repeat with a period, by integration by parts (Euler 1738;
/// Maclaurin 1742): with m the mean and P1, P2, ... the antiderivatives, of mean 0, of m(t) - m, its integral is
/// m F + h P1 - h' P2 + h'' P3 - ..., of which F = (x / a)^k, h = F k / x, h' = h (k - 1) / x and so on are known at an age
/// x. The integral between two times is the difference of this sum, here in units of F, at the two; `term(n)` is Pn, and 0
/// the mean: HazardCourses::terms.
template <int terms, class Term>
SOJOURN_INLINE double sum_of_terms(double age, double shape, Term term) {
  const double y = 1.0 / age;
  double from = term(terms - 1);
  for (int n = terms - 2; n > 0; --n) from = term(n) - y * (shape - static_cast<double>(n)) * from;
  return term(0) + y * shape * from;
}

/// What an exponential law, which has no age, needs to know of a stretch of time to fire in it: when it begins and ends,
/// the hazard of RaceHazards::sums that has accumulated by its beginning, and how much a day adds.
struct SummedHazard {
  double begin, sum, rate;

  /// The hazard accumulated by `time` in the stretch.
  [[nodiscard]] SOJOURN_INLINE double at(double time) const { return sum + (time - begin) * rate; }
  /// Days from `from`, a time not after `end`, until it is `reached`, which it is in this stretch.
  [[nodiscard]] SOJOURN_INLINE double days_until(double reached, double from, double end) const {
    const double days = (begin - from) + (reached - sum) / rate, positive = days > 0.0 ? days : 0.0, most = end - from;
    return positive < most ? positive : most;
  }
};

/// What must be added to RaceHazards::sums, in days, until such a law with that mean fires, where the state of a customer
/// multiplies its hazard by `factor`; `most` is HazardSums::most.
SOJOURN_INLINE double days_of_threshold(float threshold, double mean, float factor, double most) {
  return static_cast<double>(threshold) * mean / (static_cast<double>(factor) * most);
}

}  // namespace sojourn
