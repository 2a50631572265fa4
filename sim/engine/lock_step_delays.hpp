// How long until the next touchpoint: delays, exits that compete, and choices that have no vectorised form.
#pragma once

#include <type_traits>

#include "lock_step_asking.hpp"
#include "lock_step_hazards.hpp"
#include "lock_step_meeting.hpp"
#include "sojourn/base/wide_philox.hpp"
#include "sojourn/behaviour/choice.hpp"

namespace sojourn::lock_step {
namespace {

/// A choice that has no vectorised form.
void decide(Block& b, int i, bool changes_first = false) {
  Moment moment;
  moment.changes_first = changes_first;
  moment.task = &b.task;
  moment.customer = b.c.customer[i];
  moment.event = b.c.event[i];
  moment.touchpoint = b.c.place[i] - b.c.persona[i] * b.t.touchpoints;
  moment.time = b.c.time[i];
  for (int w = 0; w < 4; ++w) moment.words[w] = b.s.words[w][i];
  moment.state = {.satisfaction = b.c.satisfaction[i],
                  .expectation = b.c.expectation[i],
                  .heard = b.s.heard[i],
                  .effort = b.s.effort[i],
                  .solved = b.s.solved[i] != 0 ? 1.0f : 0.0f};
  moment.luck = b.c.luck[i];
  moment.carried = b.t.carried_width > 0 ? b.carried(i) : nullptr;
  moment.bought = b.c.bought[i];
  moment.team = b.c.team[i];
  const std::int32_t chosen = b.t.choose(b.t.owner, b.c.persona[i], b.c.row[i], &moment);
  b.s.chosen[i] = chosen;
  b.s.a[i] = moment.delay;
  b.c.luck[i] = moment.luck;
  if (chosen < 0) return;
  const Exit& exit = b.t.exits[b.integers(Field::first_exit)[i] + chosen];
  b.s.to[i] = exit.to;
  b.s.taken[i] = exit.taken;
}

SOJOURN_INLINE float logit(float u) { return numeric::log(u) - numeric::log(1.0f - u); }

/// a e + b x, where e and x are what the family makes of the random word (see base/inverse.hpp).
void draw_delays_by_family(Block& b) {
  const int padded = b.padded();
  const std::int32_t families = b.t.families;
  if ((families & ~Family::lognormal) == 0) {
    // Constants have sigma 0 and b 0: no need to tell them apart.
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.a[i] = b.s.a[i] * static_cast<double>(numeric::exp(b.s.sigma[i] * b.s.score[i]));
    return;
  }
  if ((families & ~Family::exponential) == 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const float e = sojourn::exponential(b.s.words[3][i]);
      b.s.a[i] = b.s.a[i] * static_cast<double>(b.s.family[i] == Family::exponential ? e : 1.0f);
    }
    return;
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.e[i] = 0.0f;
    b.s.x[i] = 0.0f;
  }
  if ((families & (Family::normal | Family::lognormal)) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const float z = b.s.score[i];
      b.s.e[i] = b.s.family[i] == Family::lognormal ? z : b.s.e[i];
      b.s.x[i] = b.s.family[i] == Family::normal ? z : b.s.x[i];
    }
  }
  if ((families & Family::uniform) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      b.s.x[i] = b.s.family[i] == Family::uniform ? sojourn::uniform(b.s.words[3][i]) : b.s.x[i];
    }
  }
  if ((families & Family::weibull) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      b.s.e[i] = b.s.family[i] == Family::weibull ? numeric::log(sojourn::exponential(b.s.words[3][i])) : b.s.e[i];
    }
  }
  if ((families & Family::loglogistic) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      b.s.e[i] = b.s.family[i] == Family::loglogistic ? logit(sojourn::uniform(b.s.words[3][i])) : b.s.e[i];
    }
  }
  if ((families & (Family::lognormal | Family::weibull | Family::loglogistic)) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.e[i] = numeric::exp(b.s.sigma[i] * b.s.e[i]);
  } else {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.e[i] = 1.0f;
  }
  if ((families & Family::exponential) != 0) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      b.s.e[i] = b.s.family[i] == Family::exponential ? sojourn::exponential(b.s.words[3][i]) : b.s.e[i];
    }
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.a[i] = b.s.a[i] * static_cast<double>(b.s.e[i]) + b.s.b[i] * static_cast<double>(b.s.x[i]);
  }
}

/// Exit `j` of those who are in a race: does it come before the earlier ones?
void compete(Block& b, int j, int padded) {
  const int call = j / 4, at = (call == 0 ? int{Field::odds} : int{Field::more}) + j % 4;
  const float *o = b.r.columns[at], *on_satisfaction = b.r.columns[at + 4], *on_expectation = b.r.columns[at + 8],
              *on_effort = b.r.columns[at + 12],
              *on_heard = b.r.columns[(call == 0 ? int{Field::heard} : int{Field::more_heard}) + j % 4];
  const auto* exits = reinterpret_cast<const std::int32_t*>(b.r.columns[Field::race_exits]);
  EACH_LANE
  for (int k = 0; k < padded; ++k) b.r.index[k] = b.r.first_exit[k] + (j < exits[k] ? j : 0);
  for (int k = 0; k < padded; k += 8) {
    fetch_exits(b.t.exits, b.r.index, k, b.r.a, b.r.b, b.r.sigma, b.r.family, b.r.to, b.r.taken);
  }
  if (b.t.stretch != nullptr) {
    for (int k = 0; k < padded; ++k) b.r.stretch[k] = b.t.stretch[b.r.index[k]];
  }
  const std::uint32_t* words = b.r.words[j % 4];
  float* const hazards = b.r.hazard[j];
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const float odds = j < exits[k] ? o[k] : 0.0f;
    const float exponent = behaviour::utility(on_satisfaction[k], on_expectation[k], on_effort[k], b.r.satisfaction[k],
                                              b.r.expectation[k], b.r.effort[k]);
    const float factor = behaviour::weigh(1.0f, exponent + on_heard[k] * b.r.heard[k]), m = odds * factor;
    const float threshold = sojourn::exponential(words[k]);
    b.r.factor[j][k] = factor;
    b.r.threshold[j][k] = threshold;
    // A hazard of zero never comes.
    hazards[k] = m > 0.0f ? threshold / m : 2e30f;
  }
  const auto law = [&](auto has_powers) __attribute__((always_inline)) {
    EACH_LANE
    for (int k = 0; k < padded; ++k) {
      const float hazard = hazards[k], safe = numeric::greater(hazard, 1e-30f);
      const float share = -numeric::expm1(-safe);
      const float power = has_powers ? numeric::exp(b.r.sigma[k] * numeric::log(safe)) : 1.0f;
      b.r.e[k] = b.r.family[k] == Family::exponential ? hazard : b.r.family[k] == Family::weibull ? power : 1.0f;
      b.r.x[k] = b.r.family[k] == Family::uniform ? share : 0.0f;
    }
  };
  if ((b.t.race_families & Family::weibull) != 0) {
    law(std::true_type());
  } else {
    law(std::false_type());
  }
  const bool stretched = b.t.stretch != nullptr;
  double* const delays = b.r.delays[j];
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const double drawn = b.r.a[k] * static_cast<double>(b.r.e[k]) + b.r.b[k] * static_cast<double>(b.r.x[k]);
    const double delay = stretched ? drawn * b.r.stretch[k] : drawn;
    delays[k] = delay > 0.0 ? delay : 0.0;
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    // Ties go to the first in the file.
    const bool comes = hazards[k] < 1e30f && delays[k] < b.r.delay[k];
    b.r.delay[k] = comes ? delays[k] : b.r.delay[k];
    b.r.first[k] = comes ? j : b.r.first[k];
  }
}

/// Where hazards change before the first exit comes, that is not yet the answer. Those of them whose hazards are of more
/// kinds than the loop knows are marked: the reference decides. Returns how many.
int race_on(Block& b, const MarkedLanes& racers, int padded) {
  const Hazards& hazards = b.t.hazards;
  const int count = racers.count;
  Changing& c = b.changing;
  racers.pack(Moved{b.c.place, c.index}, Moved{b.c.regime, c.next}, Moved{b.c.time, c.time},
              Moved{b.integers(Field::facts), c.chosen});
  for (int k = count; k < padded; ++k) {
    c.index[k] = c.index[0];
    c.next[k] = c.next[0];
    c.time[k] = c.time[0];
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    c.place[k] = hazards.place_of[c.index[k]];
    c.next[k] = hazards.next[c.next[k] * hazards.places + c.place[k]];
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.begins[k] = hazards.begin[c.next[k]];
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const double leaves = b.r.first[k] < 0 ? never : c.time[k] + b.r.delay[k];
    c.changes[k] = c.begins[k] < leaves ? 1 : 0;
    // A stretch that a rule begins may have begun by the very time of the visit.
    c.at[k] = c.next[k] - (c.begins[k] <= c.time[k] ? 0 : 1);
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) c.changes[k] = (c.chosen[k] & RowFlag::hazards_change) != 0 ? c.changes[k] : 0;
  int changing = 0, marked = 0;
  for (int k = 0; k < count; ++k) changing += c.changes[k];
  if (changing == 0) return 0;
  for (int k = 0; b.t.hazards.unknown_kinds && k < count; ++k) {
    if (c.changes[k] == 0 || hazards.kinds_at[c.place[k]] > 0) continue;
    b.s.marked[marked++] = b.r.lane[k];
    c.changes[k] = 0;
  }
  if (marked < changing) race_over_changes(b, count, padded);
  return marked;
}

/// Touchpoints whose exits compete: those customers, side by side.
void compete(Block& b) {
  const std::int32_t* flag = b.integers(Field::facts);
  const int lanes = b.padded();
  EACH_LANE
  for (int i = 0; i < lanes; ++i) b.s.marks[i] = (flag[i] & RowFlag::competes) != 0 ? 1 : 0;
  const int count = list_marked(b.s.marks, b.lanes, lanes, b.r.lane);
  if (count == 0) return;
  const int padded = (count + 15) & ~15;
  const MarkedLanes racers{b.s.marks, b.r.lane, b.lanes, count};
  racers.pack(Moved{b.c.customer, b.r.customer}, Moved{b.c.event, b.r.event}, Moved{b.c.row, b.r.row},
              Moved{b.c.satisfaction, b.r.satisfaction}, Moved{b.c.expectation, b.r.expectation},
              Moved{b.s.heard, b.r.heard}, Moved{b.s.effort, b.r.effort},
              Moved{b.integers(Field::first_exit), b.r.first_exit});
  for (int k = count; k < padded; ++k) {
    b.r.row[k] = b.r.row[0];
    b.r.first_exit[k] = b.r.first_exit[0];
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    b.r.first[k] = -1;
    b.r.delay[k] = never;
  }
  const auto purpose = static_cast<std::uint32_t>(Purpose::race) | (b.task.replication << 8);
  for (int call = 0; call < b.t.race_calls; ++call) {
    const int groups = call == 0 ? 1 : 5;
    for (int k = 0; k < padded; k += 8) {
      fetch_group(b.t.rows, b.r.row, groups, b.r.columns, k);
      fetch_group(b.t.rows, b.r.row, groups + 1, b.r.columns, k);
      if (call == 0) fetch_group(b.t.rows, b.r.row, 4, b.r.columns, k);
      if (call == 0 && b.t.hears) fetch_group(b.t.rows, b.r.row, 8, b.r.columns, k);
    }
    philox_columns(b.r.customer, purpose, b.r.event, padded, b.task.seed[0], b.task.seed[1],
                   {b.r.words[0], b.r.words[1], b.r.words[2], b.r.words[3]}, static_cast<std::uint32_t>(call));
    for (int j = call * 4; j < call * 4 + 4 && j < b.t.race_exits; ++j) compete(b, j, padded);
  }
  const int marked = b.t.hazards.place_of != nullptr ? race_on(b, racers, padded) : 0;
  EACH_LANE
  for (int k = 0; k < padded; ++k) b.r.index[k] = b.r.first_exit[k] + (b.r.first[k] < 0 ? 0 : b.r.first[k]);
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const Exit& exit = b.t.exits[b.r.index[k]];
    b.r.to[k] = exit.to;
    b.r.taken[k] = exit.taken;
  }
  racers.unpack(Moved{b.r.first, b.s.chosen}, Moved{b.r.delay, b.s.a}, Moved{b.r.to, b.s.to}, Moved{b.r.taken, b.s.taken});
  for (int k = 0; k < marked; ++k) decide(b, b.s.marked[k], true);
}

/// How long until the next touchpoint.
void draw_delays(Block& b) {
  const int padded = b.padded();
  const std::int32_t *first = b.integers(Field::first_exit), *flag = b.integers(Field::facts);
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.exit_index[i] = first[i] + (b.s.chosen[i] < 0 ? 0 : b.s.chosen[i]);
  for (int i = 0; i < padded; i += 8) {
    fetch_exits(b.t.exits, b.s.exit_index, i, b.s.a, b.s.b, b.s.sigma, b.s.family, b.s.to, b.s.taken);
  }
  draw_delays_by_family(b);
  if (b.t.stretch != nullptr) {
    for (int i = 0; i < b.lanes; ++i) b.s.a[i] *= b.t.stretch[b.s.exit_index[i]];
  }
  if (b.t.race_calls > 0) compete(b);
  if (b.t.any_one_by_one) {
    for (int i = 0; i < b.lanes; ++i) {
      if ((flag[i] & RowFlag::one_by_one) != 0) decide(b, i);
    }
  }
  if (b.t.recoveries != nullptr && b.t.visit_survey_count > 0) recover(b);
  if (b.task.market != nullptr) stay_at_gates(b);
  const double horizon = b.t.horizon, until = b.task.until;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double delay = b.s.a[i] > 0.0 ? b.s.a[i] : 0.0;
    const double now = b.c.time[i], then = now + delay;
    b.s.time[i] = then;
    // A visit at the horizon is the last, even where an exit takes no time.
    const std::int32_t beyond = then > until ? 2 : 1;
    b.s.moves[i] = b.s.chosen[i] >= 0 && now < horizon && then <= horizon ? beyond : 0;
  }
}

}  // namespace
}  // namespace sojourn::lock_step
