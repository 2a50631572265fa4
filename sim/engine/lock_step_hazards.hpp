// Races whose hazards change before the first exit comes: `race_over_changes`, to the same bits, for many customers side by
// side.
#pragma once

#include <bit>

#include "hazard_stretches.hpp"
#include "lock_step_block.hpp"
#include "sojourn/base/random.hpp"

namespace sojourn::lock_step {
namespace {

/// The laws of delays of the families that the loop knows, of an exit's numbers: Inverse::cumulative_hazard and
/// Inverse::at_hazard.
struct ExponentialLaw {
  static constexpr bool waits = false;  // there is an age up to which the hazard is 0: a
  SOJOURN_INLINE static double hazard_until(double age, double a, double, double, double) { return age / a; }
  SOJOURN_INLINE static double age_at(float hazard, double a, double, double) { return a * static_cast<double>(hazard); }
};
struct UniformLaw {
  static constexpr bool waits = true;
  SOJOURN_INLINE static double hazard_until(double age, double a, double b, double, double per) {
    return UniformHazard::until(age, a, b, per);
  }
  SOJOURN_INLINE static double age_at(float hazard, double a, double b, double) {
    return a + b * static_cast<double>(-numeric::expm1(-numeric::greater(hazard, 1e-30f)));
  }
};
struct WeibullLaw {
  static constexpr bool waits = false;
  SOJOURN_INLINE static double hazard_until(double age, double a, double, double sigma, double) {
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
  static constexpr double jumps = 4.0;  // not yet: the closed form of HazardCourse leads on
};

/// More than the arithmetic of bounds is off by.
inline constexpr double bound_rounding = 1.0 + 2e-3;

/// Exit `j` of racer `k` comes after `delay` days. Ties go to the first in the file.
void take_first(Block& b, int j, int k, double delay) {
  const double before = b.r.delay[k];
  if (!(delay < before) && !(delay == before && j < b.r.first[k])) return;
  b.r.delay[k] = delay;
  b.r.first[k] = j;
}

/// Exit `j` of racer `k` becomes walker `i`.
void set_out(Block& b, int i, int j, int k, double limit) {
  const Changing& c = b.changing;
  const Exit& exit = b.t.exits[b.r.first_exit[k] + j];
  Walkers& w = b.walkers;
  w.time[i] = c.time[k];
  w.limit[i] = limit;
  w.a[i] = exit.a;
  w.b[i] = exit.b;
  w.sigma[i] = static_cast<double>(exit.sigma);
  w.left[i] = static_cast<double>(b.r.threshold[j][k]);
  w.factor[i] = b.r.factor[j][k];
  w.at[i] = c.at[k];
  w.row[i] = c.place[k] * b.t.hazards.kinds * fast_exits + j;
  w.steps[i] = b.t.hazards.steps_at[c.place[k] * fast_exits + j];
  w.last[i] = b.t.hazards.first[c.place[k] + 1] - 1;
  w.racer[i] = k;
  w.exit[i] = j;
}

/// Fills what vectors read beyond the last walker.
void pad(Walkers& w, int count, int padded) {
  for (int i = count; i < padded; ++i) {
    for (auto* const column : {w.time, w.limit, w.a, w.b, w.sigma, w.left}) column[i] = column[0];
    for (auto* const column : {w.at, w.row, w.steps, w.last}) column[i] = column[0];
    w.factor[i] = w.factor[0];
  }
}

/// Moves each walker on to the last stretch that `behind(i, stretch)` is true of, where it is of none after others; `near`:
/// most are all but there.
template <bool near, class Behind>
void search(const Block& b, Walkers& w, int padded, Behind behind) {
  const auto probe = [&](int step) __attribute__((always_inline)) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.probe[i] = w.at[i] + step < w.last[i] ? w.at[i] + step : w.last[i];
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.ended[i] = behind(i, w.probe[i]) ? 1 : 0;
  };
  // Most do not have far to go.
  for (int tries = 0; near && tries < 8; ++tries) {
    probe(1);
    std::int32_t any = 0;
    for (int i = 0; i < padded; ++i) any |= w.ended[i];
    if (any == 0) return;
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.at[i] = w.ended[i] != 0 ? w.probe[i] : w.at[i];
  }
  int step = 16;
  for (bool further = true; further && step < b.t.hazards.search;) {
    step *= 2;
    probe(step);
    std::int32_t any = 0;
    for (int i = 0; i < padded; ++i) any |= w.ended[i];
    further = any != 0;
  }
  for (step /= 2; step > 0; step /= 2) {
    probe(step);
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.at[i] = w.ended[i] != 0 ? w.probe[i] : w.at[i];
  }
}

/// The walkers begin to walk: where their law has an age up to which nothing happens, at the stretch in which it is reached.
template <class Law, bool stretched>
void begin(Block& b, int count, int padded) {
  Walkers& w = b.walkers;
  const Hazards& hazards = b.t.hazards;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.per[i] = 1.0 / w.b[i];
    w.used[i] = 0.0;
    w.now[i] = w.since[i] = w.time[i];
    w.age[i] = w.age_since[i] = 0.0;
    w.by[i] = -1.0;
  }
  if constexpr (Law::waits && !stretched) {
    search<false>(
        b, w, padded, [&](int i, std::int32_t stretch) __attribute__((always_inline)) {
          return !(hazards.begin[stretch] - w.time[i] > w.a[i]);
        });
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.now[i] = hazards.begin[w.at[i]] > w.time[i] ? hazards.begin[w.at[i]] : w.time[i];
  }
  if constexpr (Law::waits && stretched) {
    for (int i = 0; i < count; ++i) {
      while (w.now[i] - w.time[i] < w.limit[i]) {
        const std::int32_t after = w.at[i] + run_of(hazards.steps[w.steps[i] + w.at[i]]);
        const double end = hazards.begin[after], by = hazards.stretch[w.row[i] + hazards.kind[w.at[i]] * fast_exits];
        if (by != w.by[i]) {
          w.since[i] = w.now[i];
          w.age_since[i] = w.age[i];
          w.by[i] = by;
        }
        const double age_at_end = Ageing{w.since[i], w.age_since[i], by}.at(end);
        if (age_at_end > w.a[i]) break;
        w.age[i] = age_at_end;
        w.now[i] = end;
        w.at[i] = after;
      }
    }
  }
}

/// All walkers go over the stretch at hand, as delay_over_stretches does; those whose way ends there stay.
template <class Law, bool stretched, bool by_course = false>
void walk_on(Walkers& w, int padded) {
  constexpr double forever = __builtin_inf();
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double used = w.used[i], left = w.left[i], now = w.now[i], m = w.m[i], end = w.end[i], time = w.time[i];
    double age_at_end = end - time;
    if constexpr (stretched) {
      const bool same = w.stretch[i] == w.by[i];
      const double since = same ? w.since[i] : now, age_since = same ? w.age_since[i] : w.age[i];
      w.since[i] = since;
      w.age_since[i] = age_since;
      w.by[i] = w.stretch[i];
      const double aged = age_since + (end - since) / w.stretch[i];
      age_at_end = w.stretch[i] > 0.0 ? aged : forever;
    }
    const double hazard = Law::hazard_until(age_at_end, w.a[i], w.b[i], w.sigma[i], w.per[i]);
    const bool within = now - time < w.limit[i];
    const bool begun = Law::waits ? age_at_end > w.a[i] : true;
    const bool ends = age_at_end < forever;
    const bool counts = m > 0.0;
    const double reached = ends ? hazard : age_at_end;
    const double adds = m * (reached - used);
    const double by_law = adds < left ? Over::not_yet : Over::fires;
    const double counting = used < forever ? by_law : Over::at_once;
    const double idle = ends ? Over::not_yet : Over::never_comes;
    const double here = counts ? counting : idle;
    const double begun_over = begun ? here : Over::not_yet;
    const double stays = within ? begun_over : Over::never_comes;
    const double over = by_course && within && w.jumps[i] > 0.0 ? Over::jumps : stays;
    const bool goes = over == Over::not_yet;
    const double left_counts = counts ? left - adds : left, left_begun = begun ? left_counts : left;
    const double used_begun = begun ? reached : used;
    w.over[i] = over;
    w.left[i] = goes ? left_begun : left;
    w.used[i] = goes ? used_begun : used;
    w.now[i] = goes ? end : now;
    if constexpr (stretched) w.age[i] = goes ? age_at_end : w.age[i];
  }
}

/// What the walkers find in the stretch at hand.
template <bool stretched>
void look_around(const Block& b, Walkers& w, int padded) {
  const Hazards& hazards = b.t.hazards;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t step = hazards.steps[w.steps[i] + w.at[i]];
    w.probe[i] = w.row[i] + kind_of(step) * fast_exits;
    w.after[i] = w.at[i] + run_of(step);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.m_by_state[i] = hazards.odds[w.probe[i]] * w.factor[i];
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.m[i] = static_cast<double>(w.m_by_state[i]);
    w.end[i] = hazards.begin[w.after[i]];
  }
  if constexpr (!stretched) return;
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.stretch[i] = hazards.stretch[w.probe[i]];
}

/// Those whose way has ended leave, and the others close up. Returns how many they are.
template <class Law, bool stretched, bool by_course = false>
int settle(Block& b, int count, int padded) {
  Walkers& w = b.walkers;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double fires = Law::age_at(static_cast<float>(w.used[i] + w.left[i] / w.m[i]), w.a[i], w.b[i], w.sigma[i]);
    const double since = stretched ? w.since[i] : w.time[i];
    const Ageing ageing{since, stretched ? w.age_since[i] : 0.0, stretched ? w.by[i] : 1.0};
    const double by_law = ageing.days_until(fires, w.time[i], w.now[i], w.end[i]);
    w.delay[i] = w.over[i] == Over::fires ? by_law : w.now[i] - w.time[i];
  }
  int still = 0;
  for (int i = 0; i < count; ++i) {
    if (w.over[i] == Over::at_once || w.over[i] == Over::fires) take_first(b, w.exit[i], w.racer[i], w.delay[i]);
    if (w.over[i] != Over::not_yet && w.over[i] != Over::jumps) continue;
    for (auto* const column : {w.time, w.limit, w.a, w.b, w.sigma, w.per, w.now, w.left, w.used}) column[still] = column[i];
    if constexpr (stretched) {
      for (auto* const column : {w.age, w.since, w.age_since, w.by}) column[still] = column[i];
    }
    for (auto* const column : {w.at, w.row, w.steps, w.racer, w.exit}) column[still] = column[i];
    if constexpr (by_course) {
      for (auto* const column : {w.least_age, w.parts}) column[still] = column[i];
      for (auto* const column : {w.course, w.stretches, w.gone_to}) column[still] = column[i];
    }
    w.factor[still] = w.factor[i];
    ++still;
  }
  return still;
}

/// The walkers, as many as `count`, go over the stretches until the exit of each has come, or surely comes too late.
template <class Law, bool stretched>
void walk(Block& b, int count) {
  Walkers& w = b.walkers;
  int padded = (count + 15) & ~15;
  pad(w, count, padded);
  begin<Law, stretched>(b, count, padded);
  while (count > 0) {
    // Not at each stretch, because it takes as long as a few of them to let somebody go.
    const int enough = count <= 16 ? count : Law::waits ? count / 2 : count / 4;
    for (int gone = 0; gone < enough;) {
      look_around<stretched>(b, w, padded);
      walk_on<Law, stretched>(w, padded);
      EACH_LANE
      for (int i = 0; i < padded; ++i) w.ended[i] = w.over[i] == Over::not_yet ? 0 : 1;
      EACH_LANE
      for (int i = 0; i < padded; ++i) w.at[i] = w.ended[i] != 0 ? w.at[i] : w.after[i];
      gone = 0;
      for (int i = 0; i < count; ++i) gone += w.ended[i];
    }
    count = settle<Law, stretched>(b, count, padded);
    padded = (count + 15) & ~15;
  }
}

/// The last stretches of their courses that have begun by `then`, or the first ones.
void find_in_courses(const Courses& courses, Walkers& w, int padded) {
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.probe[i] = w.course[i] + part_of(w.then[i], w.parts[i], w.stretches[i]);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.found[i] = w.course[i] + courses.guide[w.probe[i]];
  for (std::int32_t any = 1; any != 0;) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      w.ended[i] = courses.begins[w.found[i] + 1] <= w.then[i] ? 1 : 0;
      w.found[i] += w.ended[i];
    }
    any = 0;
    for (int i = 0; i < padded; ++i) any |= w.ended[i];
  }
}

/// By the beginning of the stretches `at`: the hazard of the law, and `sum_of_terms` of it.
void sum_terms(const Courses& courses, Walkers& w, const std::int32_t* at, double* hazard, double* sum, int padded) {
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.age[i] = courses.begins[at[i]] - w.time[i];
  EACH_LANE
  for (int i = 0; i < padded; ++i) hazard[i] = WeibullLaw::hazard_until(w.age[i], w.a[i], w.b[i], w.sigma[i], 0.0);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double* const terms = courses.terms;
    const std::int32_t first = at[i] * course_terms;
    sum[i] = hazard[i] * sum_of_terms<course_terms>(
                             w.age[i], w.shape[i], [=](int n) __attribute__((always_inline)) { return terms[first + n]; });
  }
}

/// All walkers go as far as the closed form leads, as delay_over_course does.
void jump(const Block& b, Walkers& w, int padded) {
  const Courses& courses = b.t.hazards.courses;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.gone_to[i] = courses.until[w.at[i]];
    w.until[i] = w.course[i] + w.gone_to[i];
  }
  sum_terms(courses, w, w.at, w.hazard, w.here, padded);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.mean[i] = courses.terms[w.at[i] * course_terms];
    w.goal[i] = w.here[i] + w.left[i];
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.then[i] = w.time[i] + WeibullLaw::age_at(static_cast<float>(w.goal[i] / w.mean[i]), w.a[i], w.b[i], w.sigma[i]);
  }
  const auto stay_within = [&]() __attribute__((always_inline)) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const std::int32_t raised = w.found[i] > w.at[i] ? w.found[i] : w.at[i];
      w.found[i] = raised < w.until[i] ? raised : w.until[i];
    }
  };
  find_in_courses(courses, w, padded);
  stay_within();
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.then[i] -= courses.terms[w.found[i] * course_terms + 1] / w.mean[i];
  find_in_courses(courses, w, padded);
  stay_within();
  // Not too far: the walk goes over what is left.
  for (std::int32_t any = 1; any != 0;) {
    sum_terms(courses, w, w.found, w.hazard, w.here, padded);
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const std::int32_t back = w.here[i] < w.goal[i] ? 0 : 1;
      w.ended[i] = w.found[i] > w.at[i] ? back : 0;
    }
    any = 0;
    for (int i = 0; i < padded; ++i) any |= w.ended[i];
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.found[i] -= w.ended[i];
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const bool leads_on = w.found[i] > w.at[i];
    w.used[i] = leads_on ? w.hazard[i] : w.used[i];
    w.left[i] = leads_on ? w.goal[i] - w.here[i] : w.left[i];
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.now[i] = w.found[i] > w.at[i] ? courses.begins[w.found[i]] : w.now[i];
    w.at[i] = w.found[i];
  }
}

/// Exits whose odds repeat with a period, as many as `count`.
void walk_courses(Block& b, int count) {
  Walkers& w = b.walkers;
  const Courses& courses = b.t.hazards.courses;
  for (int i = 0; i < count; ++i) {
    const Course& course = courses.of[b.changing.place[w.racer[i]] * fast_exits + w.exit[i]];
    w.course[i] = course.at;
    w.stretches[i] = course.stretches;
    w.parts[i] = course.parts;
    w.least_age[i] = course.least_age;
  }
  const auto pad_all = [&](int padded) {
    pad(w, count, padded);
    for (int i = count; i < padded; ++i) {
      for (auto* const column : {w.now, w.used, w.least_age, w.parts}) column[i] = column[0];
      for (auto* const column : {w.course, w.stretches, w.gone_to}) column[i] = column[0];
    }
  };
  int padded = (count + 15) & ~15;
  pad_all(padded);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.shape[i] = 1.0 / w.sigma[i];
    w.left[i] = w.left[i] / static_cast<double>(w.factor[i]);
    w.used[i] = 0.0;
    w.now[i] = w.then[i] = w.time[i];
    w.gone_to[i] = 0;
  }
  find_in_courses(courses, w, padded);
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.at[i] = w.found[i];
  while (count > 0) {
    for (int gone = 0; gone < count;) {
      EACH_LANE
      for (int i = 0; i < padded; ++i) w.until[i] = courses.until[w.at[i]];
      EACH_LANE
      for (int i = 0; i < padded; ++i) {
        const double leads = w.until[i] > 0 && w.until[i] != w.gone_to[i] ? 1.0 : 0.0;
        w.jumps[i] = w.now[i] - w.time[i] >= w.least_age[i] ? leads : 0.0;
        w.m[i] = static_cast<double>(courses.odds[w.at[i]]);
        w.end[i] = courses.begins[w.at[i] + 1];
      }
      walk_on<WeibullLaw, false, true>(w, padded);
      EACH_LANE
      for (int i = 0; i < padded; ++i) w.ended[i] = w.over[i] == Over::not_yet ? 0 : 1;
      EACH_LANE
      for (int i = 0; i < padded; ++i) w.at[i] += 1 - w.ended[i];
      gone = 0;
      for (int i = 0; i < count; ++i) gone += w.ended[i];
    }
    count = settle<WeibullLaw, false, true>(b, count, padded);
    if (count == 0) return;
    padded = (count + 15) & ~15;
    pad_all(padded);
    EACH_LANE
    for (int i = 0; i < padded; ++i) w.shape[i] = 1.0 / w.sigma[i];
    jump(b, w, padded);
  }
}

/// Exit `j` of racer `k`, whose accumulated hazard is known, becomes walker `i`.
void set_out_by_sums(Block& b, int i, int j, int k, double) {
  const Changing& c = b.changing;
  const Hazards& hazards = b.t.hazards;
  Walkers& w = b.walkers;
  const std::int32_t place = c.place[k], exit = place * fast_exits + j;
  w.time[i] = c.time[k];
  w.at[i] = c.at[k];
  w.row[i] = place * hazards.kinds * fast_exits + j;
  w.first[i] = hazards.first[place];
  w.last[i] = hazards.first[place + 1] - 1;
  w.sums[i] = hazards.sums_at[exit];
  w.parts[i] = hazards.parts[exit];
  const double mean = b.t.exits[b.r.first_exit[k] + j].a;
  w.reached[i] = days_of_threshold(b.r.threshold[j][k], mean, b.r.factor[j][k], hazards.most_rate[exit]);
  w.racer[i] = k;
  w.exit[i] = j;
}

/// Walkers whose accumulated hazard is known, as many as `count`: no walk is needed.
void find_by_sums(Block& b, int count) {
  Walkers& w = b.walkers;
  const Hazards& hazards = b.t.hazards;
  const int padded = (count + 15) & ~15;
  for (int i = count; i < padded; ++i) {
    for (auto* const column : {w.time, w.parts, w.reached}) column[i] = column[0];
    for (auto* const column : {w.at, w.row, w.first, w.last, w.sums}) column[i] = column[0];
  }
  const auto stretch_of = [&](int i) __attribute__((always_inline)) {
    return SummedHazard{hazards.begin[w.at[i]], hazards.sums[w.sums[i] + w.at[i]],
                        hazards.rate[w.row[i] + hazards.kind[w.at[i]] * fast_exits]};
  };
  EACH_LANE
  for (int i = 0; i < padded; ++i) w.reached[i] = stretch_of(i).at(w.time[i]) + w.reached[i];
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    w.probe[i] = w.sums[i] + w.first[i] + part_of(w.reached[i], w.parts[i], w.last[i] - w.first[i]);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t guess = w.first[i] + hazards.guide[w.probe[i]];
    w.at[i] = guess > w.at[i] ? guess : w.at[i];
  }
  search<true>(
      b, w, padded, [&](int i, std::int32_t stretch) __attribute__((always_inline)) {
        return hazards.sums[w.sums[i] + stretch] < w.reached[i];
      });
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t next = w.at[i] < w.last[i] ? w.at[i] + 1 : w.at[i];
    const double days = stretch_of(i).days_until(w.reached[i], w.time[i], hazards.begin[next]);
    w.delay[i] = w.at[i] < w.last[i] ? days : never;
  }
  for (int i = 0; i < count; ++i) take_first(b, w.exit[i], w.racer[i], w.delay[i]);
}

/// Days within which exit `j` of racer `k` comes first, if it does; below 0 where it surely does not.
double limit_of(const Block& b, int j, int k) {
  const double limit = b.changing.limit[k] < b.r.delay[k] ? b.changing.limit[k] : b.r.delay[k];
  return b.changing.soonest[j][k] <= limit * bound_rounding ? limit : -1.0;
}

/// Exits that may come first, of those whose hazards change: 256 times the number of the exit and the racer.
struct Candidates {
  std::int32_t listed[fast_exits * lane_count];
  int count = 0;
};

/// All candidates, up to `lane_count` of which `finish(count)` finishes at a time, as `set_out` made walkers of them.
template <class SetOut, class Finish>
void walk_all(Block& b, const Candidates& candidates, SetOut set_out, Finish finish) {
  int walking = 0;
  for (int n = 0; n < candidates.count; ++n) {
    const std::int32_t j = candidates.listed[n] >> 8, k = candidates.listed[n] & 255;
    const double limit = limit_of(b, j, k);
    if (limit < 0.0) continue;
    set_out(b, walking++, j, k, limit);
    if (walking < lane_count) continue;
    finish(walking);
    walking = 0;
  }
  if (walking > 0) finish(walking);
}

/// The same, of one law.
template <class Law>
void walk_all(Block& b, const Candidates& candidates) {
  walk_all(b, candidates, set_out, [&](int count) {
    if (b.t.stretch != nullptr) {
      walk<Law, true>(b, count);
    } else {
      walk<Law, false>(b, count);
    }
  });
}

/// Exit `j` of racer `k`, whose delay is fixed.
void wait_fixed(Block& b, int j, int k) {
  const double limit = limit_of(b, j, k);
  if (limit < 0.0) return;
  const Changing& c = b.changing;
  const Hazards& hazards = b.t.hazards;
  const std::int32_t row = c.place[k] * hazards.kinds * fast_exits + j;
  const std::int32_t steps = hazards.steps_at[c.place[k] * fast_exits + j];
  const bool stretched = b.t.stretch != nullptr;
  const double delay =
      fixed_delay_over_stretches(b.t.exits[b.r.first_exit[k] + j].a, c.time[k], 0.0, limit, [&, at = c.at[k]]() mutable {
        const std::int32_t kind = row + hazards.kind[at] * fast_exits;
        at += run_of(hazards.steps[steps + at]);
        return HazardIn{hazards.odds[kind] * b.r.factor[j][k], stretched ? hazards.stretch[kind] : 1.0, hazards.begin[at]};
      });
  take_first(b, j, k, delay);
}

/// Exit `j` takes part as it is in the races of those for whom what changes is not its own.
void take_steady(Block& b, int j, int padded) {
  Changing& c = b.changing;
  const auto* exits = reinterpret_cast<const std::int32_t*>(b.r.columns[Field::race_exits]);
  const std::int32_t* const from = b.t.hazards.steady_from + j;
  if ((b.t.hazards.steady >> j & 1u) == 0) {
    for (int k = 0; k < padded; ++k) c.steady[j][k] = 0;
    return;
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    // The stretch that the visit saw, which is not the one that begins at the very time.
    const std::int32_t stays = from[c.place[k] * fast_exits] < c.next[k] ? 1 : 0;
    c.steady[j][k] = j < exits[k] ? stays & c.changes[k] : 0;
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const bool comes = b.r.hazard[j][k] < 1e30f && b.r.delays[j][k] < b.r.delay[k], first = c.steady[j][k] != 0 && comes;
    b.r.delay[k] = first ? b.r.delays[j][k] : b.r.delay[k];
    b.r.first[k] = first ? j : b.r.first[k];
  }
}

/// Marks those racers of whom exit `j`, whose hazard changes, may come first.
void mark(Block& b, int j, int padded) {
  Changing& c = b.changing;
  const auto* exits = reinterpret_cast<const std::int32_t*>(b.r.columns[Field::race_exits]);
  const Reach* const reach = b.t.hazards.reach;
  // So that a delay of nothing is not nothing times a large number, where an exit never comes.
  constexpr double moment = 1e-20;
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.index[k] = b.r.first_exit[k] + (j < exits[k] ? j : 0);
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    c.soonest[j][k] = (b.r.delays[j][k] + moment) * static_cast<double>(reach[c.index[k]].soon);
  }
  if ((b.t.hazards.by_mean >> j & 1u) != 0) {
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      const double soon = c.soonest[j][k], far = b.r.delays[j][k] * static_cast<double>(reach[c.index[k]].soon_far);
      const double later = far > soon ? far : soon;
      c.soonest[j][k] = far >= static_cast<double>(reach[c.index[k]].far) * bound_rounding ? later : soon;
    }
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.chosen[k] = c.soonest[j][k] <= c.limit[k] * bound_rounding ? 1 : 0;
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    c.marks[k] = static_cast<std::uint8_t>(j < exits[k] ? c.chosen[k] & c.changes[k] & (1 - c.steady[j][k]) : 0);
  }
}

/// Those racers, of `count`, whose hazards change before their first exit comes.
void race_over_changes(Block& b, int count, int padded) {
  Changing& c = b.changing;
  const Hazards& hazards = b.t.hazards;
  const double horizon = b.t.horizon;
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.index[k] = b.r.first_exit[k] + (b.r.first[k] < 0 ? 0 : b.r.first[k]);
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    // Beyond the horizon nobody asks: the next number after the days that are left.
    const double last = std::bit_cast<double>(std::bit_cast<std::int64_t>(horizon - c.time[k]) + 1);
    const auto late = static_cast<double>(hazards.reach[c.index[k]].late);
    const auto latest = static_cast<double>(hazards.reach[c.index[k]].latest);
    const double by_all = late > 0.0 ? b.r.delay[k] * late : never;
    const auto far = static_cast<double>(hazards.reach[c.index[k]].far);
    const double mean_far = b.r.delay[k] * static_cast<double>(hazards.reach[c.index[k]].late_far);
    const double by_mean = mean_far > far ? mean_far : far, by_late = by_mean < by_all ? by_mean : by_all;
    const double some = (by_late < latest ? by_late : latest) * bound_rounding, known = b.r.first[k] < 0 ? never : some;
    c.limit[k] = known < last ? known : last;
    b.r.delay[k] = c.changes[k] != 0 ? last : b.r.delay[k];
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) b.r.first[k] = c.changes[k] != 0 ? -1 : b.r.first[k];
  for (int j = 0; j < b.t.race_exits; ++j) take_steady(b, j, padded);
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.limit[k] = b.r.delay[k] < c.limit[k] ? b.r.delay[k] : c.limit[k];
  Candidates by[Way::count];
  for (int j = 0; j < b.t.race_exits; ++j) {
    mark(b, j, padded);
    const int some = list_marked(c.marks, count, padded, c.listed);
    for (int n = 0; n < some; ++n) {
      const std::int32_t k = c.listed[n];
      Candidates& same = by[hazards.reach[b.r.first_exit[k] + j].way];
      same.listed[same.count++] = j << 8 | k;
    }
  }
  const Candidates& fixed = by[Way::fixed];
  for (int n = 0; n < fixed.count; ++n) wait_fixed(b, fixed.listed[n] >> 8, fixed.listed[n] & 255);
  walk_all(b, by[Way::by_sums], set_out_by_sums, [&](int walking) { find_by_sums(b, walking); });
  walk_all<UniformLaw>(b, by[Way::uniform]);
  walk_all<ExponentialLaw>(b, by[Way::exponential]);
  walk_all<WeibullLaw>(b, by[Way::weibull]);
  walk_all(b, by[Way::periodic], set_out, [&](int walking) { walk_courses(b, walking); });
}

}  // namespace
}  // namespace sojourn::lock_step
