// Races whose hazards change before the first exit comes: `race_over_changes`, to the same bits, for many customers side by
// side.
#pragma once

#include "hazard_stretches.hpp"
#include "lock_step_block.hpp"
#include "sojourn/base/random.hpp"

namespace sojourn::lock_step {
namespace {

/// The laws of delays of the families that the loop knows: Inverse::cumulative_hazard and Inverse::at_hazard.
struct ExponentialLaw {
  const Exit& exit;
  double begins = -__builtin_inf();
  [[nodiscard]] SOJOURN_INLINE double hazard_until(double age) const { return age / exit.a; }
  [[nodiscard]] SOJOURN_INLINE double age_at(float hazard) const { return exit.a * static_cast<double>(hazard); }
};
struct UniformLaw {
  const Exit& exit;
  double begins = exit.a;
  [[nodiscard]] SOJOURN_INLINE double hazard_until(double age) const {
    const double share = (age - exit.a) / exit.b;
    return share <= 0.0 ? 0.0 : share >= 1.0 ? __builtin_inf() : -numeric::log1p(-share);
  }
  [[nodiscard]] SOJOURN_INLINE double age_at(float hazard) const {
    return exit.a + exit.b * static_cast<double>(-numeric::expm1(-numeric::greater(hazard, 1e-30f)));
  }
};
struct WeibullLaw {
  const Exit& exit;
  double begins = -__builtin_inf();
  [[nodiscard]] SOJOURN_INLINE double hazard_until(double age) const {
    return age > 0.0 ? numeric::exp(numeric::log(age / exit.a) / static_cast<double>(exit.sigma)) : 0.0;
  }
  [[nodiscard]] SOJOURN_INLINE double age_at(float hazard) const {
    return exit.a * static_cast<double>(numeric::exp(exit.sigma * numeric::log(numeric::greater(hazard, 1e-30f))));
  }
};

/// Exit `j` of somebody over whose race hazards change, the k-th of `changing`: days until it comes, infinity where that is
/// not within `limit`.
double delay_over_changes(const Block& b, int j, int k, double limit) {
  const Changing& c = b.changing;
  const std::int32_t racer = c.racer[k];
  const Exit& exit = b.t.exits[b.r.first_exit[racer] + j];
  const double time = b.c.time[b.r.lane[racer]], threshold = static_cast<double>(b.r.threshold[j][racer]);
  const Hazards& hazards = b.t.hazards;
  const float factor = b.r.factor[j][racer];
  const float* const odds = hazards.odds + c.place[k] * hazards.kinds * fast_exits + j;
  const double* const stretch = hazards.stretch + c.place[k] * hazards.kinds * fast_exits + j;
  const double* const ends = hazards.begin + c.at[k] + 1;
  const std::int32_t* const kinds = hazards.kind + c.at[k];
  const auto over = [&](auto in) __attribute__((always_inline)) {
    switch (exit.family) {
      case Family::constant:
        return fixed_delay_over_stretches(exit.a, time, 0.0, limit, in);
      case Family::uniform:
        return delay_over_stretches(UniformLaw{exit}, time, 0.0, 0.0, threshold, limit, in);
      case Family::exponential:
        return delay_over_stretches(ExponentialLaw{exit}, time, 0.0, 0.0, threshold, limit, in);
      default:
        return delay_over_stretches(WeibullLaw{exit}, time, 0.0, 0.0, threshold, limit, in);
    }
  };
  if (b.t.stretch == nullptr) {
    return over([&](std::size_t at) __attribute__((always_inline)) {
      return HazardIn{odds[kinds[at] * fast_exits] * factor, 1.0, ends[at]};
    });
  }
  return over([&](std::size_t at) __attribute__((always_inline)) {
    const std::int32_t kind = kinds[at] * fast_exits;
    return HazardIn{odds[kind] * factor, stretch[kind], ends[at]};
  });
}

/// The least and the most days until an exit comes, whatever changes there are: exit `j` of those over whose race hazards
/// change.
void find_range(Block& b, int j, int padded) {
  Changing& c = b.changing;
  const auto* exits = reinterpret_cast<const std::int32_t*>(b.r.columns[Field::race_exits]);
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const std::int32_t racer = c.racer[k];
    c.index[k] = b.r.first_exit[racer] + (j < exits[racer] ? j : 0);
  }
  for (int k = 0; k < padded; k += 8) fetch_exits(b.t.exits, c.index, k, c.a, c.b, c.sigma, c.family, c.to, c.taken);
  const float *const thresholds = b.r.threshold[j], *const factors = b.r.factor[j];
  const HazardRange* const ranges = b.t.hazards.range + j;
  // Of a uniform law its two ends will do.
  const auto days = [&](int k, float hazard, float share) __attribute__((always_inline)) {
    const float power = numeric::exp(c.sigma[k] * numeric::log(numeric::greater(hazard, 1e-30f)));
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
  for (int j = 0; j < b.t.race_exits; ++j) {
    for (int k = 0; k < count; ++k) {
      // More than the arithmetic of either is off by.
      constexpr double rounding = 1.0 + 2e-3;
      const std::int32_t racer = c.racer[k];
      const double latest = c.latest[k] * rounding, before = b.r.delay[racer], limit = latest < before ? latest : before;
      if (!(c.soonest[j][k] <= limit * rounding)) continue;
      const double delay = delay_over_changes(b, j, k, limit);
      if (!(delay < b.r.delay[racer])) continue;
      b.r.delay[racer] = delay;
      b.r.first[racer] = j;
    }
  }
}

}  // namespace
}  // namespace sojourn::lock_step
