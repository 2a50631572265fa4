// Races whose hazards change before the first exit comes: `race_over_changes`, to the same bits, for many customers side by
// side.
#pragma once

#include "hazard_stretches.hpp"
#include "lock_step_block.hpp"
#include "sojourn/base/random.hpp"

namespace sojourn::lock_step {
namespace {

/// The laws of delays of the families that the loop knows, of an exit's numbers: Inverse::cumulative_hazard and
/// Inverse::at_hazard.
struct ExponentialLaw {
  SOJOURN_INLINE static double begins(double) { return -__builtin_inf(); }
  SOJOURN_INLINE static double hazard_until(double age, double a, double, double) { return age / a; }
  SOJOURN_INLINE static double age_at(float hazard, double a, double, double) { return a * static_cast<double>(hazard); }
};
struct UniformLaw {
  SOJOURN_INLINE static double begins(double a) { return a; }
  SOJOURN_INLINE static double hazard_until(double age, double a, double b, double) {
    const double share = (age - a) / b, hazard = -numeric::log1p(-share);
    return share <= 0.0 ? 0.0 : share >= 1.0 ? __builtin_inf() : hazard;
  }
  SOJOURN_INLINE static double age_at(float hazard, double a, double b, double) {
    return a + b * static_cast<double>(-numeric::expm1(-numeric::greater(hazard, 1e-30f)));
  }
};
struct WeibullLaw {
  SOJOURN_INLINE static double begins(double) { return -__builtin_inf(); }
  SOJOURN_INLINE static double hazard_until(double age, double a, double, double sigma) {
    const double hazard = numeric::exp(numeric::log(age / a) / sigma);
    return age > 0.0 ? hazard : 0.0;
  }
  SOJOURN_INLINE static double age_at(float hazard, double a, double, double sigma) {
    return a * static_cast<double>(numeric::exp(static_cast<float>(sigma) * numeric::log(numeric::greater(hazard, 1e-30f))));
  }
};

/// How the way of a walker ends: not yet; never; at once; when the law says.
struct Over {
  static constexpr double not_yet = 0.0, never_comes = 1.0, at_once = 2.0, fires = 3.0;
};

/// Exit `j` of the k-th of `changing` comes after `delay` days. Ties go to the first in the file.
void take_first(Block& b, int j, int k, double delay) {
  const std::int32_t racer = b.changing.racer[k];
  const double before = b.r.delay[racer];
  if (!(delay < before) && !(delay == before && j < b.r.first[racer])) return;
  b.r.delay[racer] = delay;
  b.r.first[racer] = j;
}

/// Exit `j` of the k-th of `changing` becomes walker `i`, at where its law begins; false where that is not within `limit`
/// days.
template <class Law>
bool set_out(Block& b, int i, int j, int k, double limit) {
  const Hazards& hazards = b.t.hazards;
  const Changing& c = b.changing;
  const std::int32_t racer = c.racer[k], row = c.place[k] * hazards.kinds * fast_exits + j;
  const Exit& exit = b.t.exits[b.r.first_exit[racer] + j];
  const double begins = Law::begins(exit.a), time = b.c.time[b.r.lane[racer]];
  const bool stretched = b.t.stretch != nullptr;
  std::int32_t at = c.at[k];
  double age = 0.0, now = time;
  for (; now - time < limit; ++at) {
    const double end = hazards.begin[at + 1];
    double age_at_end = age + (end - now);
    if (stretched) {
      const double by = hazards.stretch[row + hazards.kind[at] * fast_exits];
      age_at_end = by > 0.0 ? age + (end - now) / by : __builtin_inf();
    }
    if (age_at_end > begins) break;
    age = age_at_end;
    now = end;
  }
  if (!(now - time < limit)) return false;
  Walkers& w = b.walkers;
  w.time[i] = time;
  w.limit[i] = limit;
  w.a[i] = exit.a;
  w.b[i] = exit.b;
  w.sigma[i] = static_cast<double>(exit.sigma);
  Walkers::Place& place = w.places[0];
  place.left[i] = static_cast<double>(b.r.threshold[j][racer]);
  place.age[i] = age;
  place.used[i] = 0.0;
  place.now[i] = now;
  w.factor[i] = b.r.factor[j][racer];
  w.at[i] = at;
  w.row[i] = row;
  w.changing[i] = k;
  w.exit[i] = j;
  return true;
}

/// All walkers go over the stretch at hand, as delay_over_stretches does.
template <class Law>
void walk_on(Walkers& w, const Walkers::Place& from, Walkers::Place& to, int padded) {
  constexpr double forever = __builtin_inf();
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double age = from.age[i], used = from.used[i], left = from.left[i], now = from.now[i], m = w.m[i];
    const double aged = age + (w.end[i] - now) / w.stretch[i];
    const double age_at_end = w.stretch[i] > 0.0 ? aged : forever;
    const double hazard = Law::hazard_until(age_at_end, w.a[i], w.b[i], w.sigma[i]);
    const bool within = now - w.time[i] < w.limit[i];
    const bool begun = age_at_end > Law::begins(w.a[i]);
    const bool ends = age_at_end < forever;
    const bool counts = m > 0.0;
    const double reached = ends ? hazard : age_at_end;
    const double adds = m * (reached - used);
    const double by_law = adds < left ? Over::not_yet : Over::fires;
    const double counting = used < forever ? by_law : Over::at_once;
    const double idle = ends ? Over::not_yet : Over::never_comes;
    const double here = counts ? counting : idle;
    const double begun_over = begun ? here : Over::not_yet;
    const double left_then = counts ? left - adds : left;
    w.over[i] = within ? begun_over : Over::never_comes;
    to.left[i] = begun ? left_then : left;
    to.used[i] = begun ? reached : used;
    to.age[i] = age_at_end;
    to.now[i] = w.end[i];
  }
}

/// The walkers, as many as `count`, go over the stretches until the exit of each has come, or surely comes too late.
template <class Law>
void walk(Block& b, int count) {
  Walkers& w = b.walkers;
  const Hazards& hazards = b.t.hazards;
  const bool stretched = b.t.stretch != nullptr;
  for (int turn = 0; count > 0; turn ^= 1) {
    const Walkers::Place& from = w.places[turn];
    Walkers::Place& to = w.places[turn ^ 1];
    for (int i = 0; i < count; ++i) {
      const std::int32_t at = w.at[i]++, row = w.row[i] + hazards.kind[at] * fast_exits;
      w.end[i] = hazards.begin[at + 1];
      w.m[i] = static_cast<double>(hazards.odds[row] * w.factor[i]);
      w.stretch[i] = stretched ? hazards.stretch[row] : 1.0;
    }
    walk_on<Law>(w, from, to, (count + 7) & ~7);
    for (int i = count - 1; i >= 0; --i) {
      if (w.over[i] == Over::not_yet) continue;
      const double gone = from.now[i] - w.time[i];
      if (w.over[i] == Over::at_once) take_first(b, w.exit[i], w.changing[i], gone);
      if (w.over[i] == Over::fires) {
        const double fires =
            Law::age_at(static_cast<float>(from.used[i] + from.left[i] / w.m[i]), w.a[i], w.b[i], w.sigma[i]);
        const double rest = (fires - from.age[i]) * w.stretch[i], longest = w.end[i] - from.now[i];
        const double positive = rest < 0.0 ? 0.0 : rest;
        take_first(b, w.exit[i], w.changing[i], gone + (longest < positive ? longest : positive));
      }
      --count;
      for (auto* const column : {w.time, w.limit, w.a, w.b, w.sigma, to.left, to.age, to.used, to.now}) {
        column[i] = column[count];
      }
      for (auto* const column : {w.at, w.row, w.changing, w.exit}) column[i] = column[count];
      w.factor[i] = w.factor[count];
    }
  }
}

/// Days within which exit `j` of the k-th of `changing` comes first, if it does; below 0 where it surely does not.
double limit_of(const Block& b, int j, int k) {
  // More than the arithmetic of either is off by.
  constexpr double rounding = 1.0 + 2e-3;
  const double latest = b.changing.latest[k] * rounding, before = b.r.delay[b.changing.racer[k]];
  const double limit = latest < before ? latest : before;
  return b.changing.soonest[j][k] <= limit * rounding ? limit : -1.0;
}

/// Exits that may come first, of those whose hazards change: 256 times the number of the exit and the number in `changing`.
struct Candidates {
  std::int32_t listed[fast_exits * lane_count];
  int count = 0;
};

/// All candidates, of one law.
template <class Law>
void walk_all(Block& b, const Candidates& candidates) {
  int walking = 0;
  for (int n = 0; n < candidates.count; ++n) {
    const std::int32_t j = candidates.listed[n] >> 8, k = candidates.listed[n] & 255;
    const double limit = limit_of(b, j, k);
    if (limit < 0.0) continue;
    walking += set_out<Law>(b, walking, j, k, limit) ? 1 : 0;
    if (walking < lane_count) continue;
    walk<Law>(b, walking);
    walking = 0;
  }
  walk<Law>(b, walking);
}

/// Exit `j` of the k-th of `changing`, whose delay is fixed.
void wait_fixed(Block& b, int j, int k) {
  const double limit = limit_of(b, j, k);
  if (limit < 0.0) return;
  const Changing& c = b.changing;
  const std::int32_t racer = c.racer[k];
  const Hazards& hazards = b.t.hazards;
  const std::int32_t row = c.place[k] * hazards.kinds * fast_exits + j;
  const bool stretched = b.t.stretch != nullptr;
  const double delay = fixed_delay_over_stretches(
      b.t.exits[b.r.first_exit[racer] + j].a, b.c.time[b.r.lane[racer]], 0.0,
      limit, [&](std::size_t n) __attribute__((always_inline)) {
        const std::int32_t at = c.at[k] + static_cast<std::int32_t>(n), kind = row + hazards.kind[at] * fast_exits;
        return HazardIn{hazards.odds[kind] * b.r.factor[j][racer], stretched ? hazards.stretch[kind] : 1.0,
                        hazards.begin[at + 1]};
      });
  take_first(b, j, k, delay);
}

/// The least and the most days until an exit comes, whatever changes there are: exit `j` of those over whose race hazards
/// change, which is in c. `powers`: some law is one of Weibull's.
template <bool powers>
void find_range(Block& b, int j, int padded) {
  Changing& c = b.changing;
  const float *const thresholds = b.r.threshold[j], *const factors = b.r.factor[j];
  const HazardRange* const ranges = b.t.hazards.range + j;
  // Of a uniform law its two ends will do.
  const auto days = [&](int k, float hazard, float share) __attribute__((always_inline)) {
    const float power = powers ? numeric::exp(c.sigma[k] * numeric::log(numeric::greater(hazard, 1e-30f))) : 1.0f;
    const float e = c.family[k] == Family::exponential ? hazard : c.family[k] == Family::weibull ? power : 1.0f;
    return c.a[k] * static_cast<double>(e) + c.b[k] * static_cast<double>(c.family[k] == Family::uniform ? share : 0.0f);
  };
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const std::int32_t racer = c.racer[k];
    const HazardRange& range = ranges[c.place[k] * fast_exits];
    const float factor = factors[racer], most = range.most_odds * factor, least = range.least_odds * factor;
    const float threshold = thresholds[racer], soon = threshold / (most > 0.0f ? most : 1.0f),
                late = threshold / (least > 0.0f ? least : 1.0f);
    const double soonest = days(k, soon, 0.0f) * static_cast<double>(range.least_stretch);
    const double latest = days(k, numeric::lesser(late, 1e30f), 1.0f) * static_cast<double>(range.most_stretch);
    c.soonest[j][k] = most > 0.0f ? soonest : never;
    c.latest[k] = least > 0.0f && late < 1e30f && latest < c.latest[k] ? latest : c.latest[k];
  }
}

/// The same, of all laws.
void find_range(Block& b, int j, int padded) {
  Changing& c = b.changing;
  const auto* exits = reinterpret_cast<const std::int32_t*>(b.r.columns[Field::race_exits]);
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const std::int32_t racer = c.racer[k];
    c.index[k] = b.r.first_exit[racer] + (j < exits[racer] ? j : 0);
  }
  for (int k = 0; k < padded; k += 8) fetch_exits(b.t.exits, c.index, k, c.a, c.b, c.sigma, c.family, c.to, c.taken);
  std::int32_t families = 0;
  EACH_LANE
  for (int k = 0; k < padded; ++k) families |= c.family[k];
  if ((families & Family::weibull) != 0) {
    find_range<true>(b, j, padded);
  } else {
    find_range<false>(b, j, padded);
  }
}

/// Those of the racers, `count` in `changing`, whose hazards change before their first exit comes.
void race_over_changes(Block& b, int count) {
  Changing& c = b.changing;
  const int padded = (count + 15) & ~15;
  for (int k = count; k < padded; ++k) {
    c.racer[k] = c.racer[0];
    c.place[k] = c.place[0];
  }
  for (int k = 0; k < padded; ++k) {
    const std::int32_t racer = c.racer[k];
    // Beyond the horizon nobody asks.
    b.r.delay[racer] = c.latest[k] = __builtin_nextafter(b.t.horizon - b.c.time[b.r.lane[racer]], never);
    b.r.first[racer] = -1;
  }
  for (int j = 0; j < b.t.race_exits; ++j) find_range(b, j, padded);
  Candidates fixed, uniform, exponential, weibull;
  for (int j = 0; j < b.t.race_exits; ++j) {
    for (int k = 0; k < count; ++k) {
      if (limit_of(b, j, k) < 0.0) continue;
      const std::int32_t family = b.t.exits[b.r.first_exit[c.racer[k]] + j].family;
      Candidates& same = family == Family::constant      ? fixed
                         : family == Family::uniform     ? uniform
                         : family == Family::exponential ? exponential
                                                         : weibull;
      same.listed[same.count++] = j << 8 | k;
    }
  }
  for (int n = 0; n < fixed.count; ++n) wait_fixed(b, fixed.listed[n] >> 8, fixed.listed[n] & 255);
  walk_all<UniformLaw>(b, uniform);
  walk_all<ExponentialLaw>(b, exponential);
  walk_all<WeibullLaw>(b, weibull);
}

}  // namespace
}  // namespace sojourn::lock_step
