// Which row of parameters a visit has, by its time and place; and what customers carry to it.
#pragma once

#include "lock_step_recording.hpp"

namespace sojourn::lock_step {
namespace {

/// Where no more regimes than this begin in a cell of time, all lanes look for theirs together.
inline constexpr std::int32_t most_regime_steps = 4;

void find_row(Block& b, int i) {
  if (b.t.regimes == 1) {
    b.c.row[i] = b.c.place[i];
    return;
  }
  const double cell = b.c.time[i] * b.t.cells_per_day;
  const std::int32_t last = b.t.cells - 1;
  std::int32_t regime = b.t.regime_of_cell[cell < static_cast<double>(last) ? static_cast<std::int32_t>(cell) : last];
  while (regime + 1 < b.t.regimes && b.c.time[i] >= b.t.regime_begins[regime + 1]) ++regime;
  b.c.regime[i] = regime;
  b.c.row[i] = b.t.row_of[b.t.state_of[regime] * b.t.places + b.c.place[i]];
}

/// The parameters of each visit, from its place and time.
void find_rows(Block& b) {
  const int padded = b.padded();
  if (b.t.regimes == 1) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.c.row[i] = b.c.place[i];
    return;
  }
  if (b.t.regime_steps > most_regime_steps) {
    for (int i = 0; i < b.lanes; ++i) find_row(b, i);
    return;
  }
  // Without branches, which the processor could not foresee: lanes beyond the last hold any time, but a place.
  const double per_day = b.t.cells_per_day, last = static_cast<double>(b.t.cells - 1);
  const std::int32_t *const of_cell = b.t.regime_of_cell, *const state_of = b.t.state_of, *const row_of = b.t.row_of;
  const double* const next_begins = b.t.regime_begins + 1;
  const std::int32_t places = b.t.places;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double cell = b.c.time[i] * per_day, inside = cell > 0.0 ? cell : 0.0;
    b.c.regime[i] = of_cell[static_cast<std::int32_t>(inside < last ? inside : last)];
  }
  for (std::int32_t step = 0; step < b.t.regime_steps; ++step) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.c.regime[i] += b.c.time[i] >= next_begins[b.c.regime[i]] ? 1 : 0;
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.c.row[i] = row_of[state_of[b.c.regime[i]] * places + b.c.place[i]];
}

/// The windows of times up to the horizon; later ones are in the last.
void find_windows(Block& b, const double* time, std::int32_t* window) {
  const double horizon = b.t.horizon, width = b.t.window_width, per_day = b.t.windows_per_day;
  const std::int32_t last = b.t.windows - 1;
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const double inside = time[i] < horizon ? time[i] : horizon;
    window[i] = window_of(inside, width, per_day, last);
  }
}

/// The customer in lane i has come to the place at hand, by `exit` or for the first time.
void carry_on(Block& b, int i, std::int32_t exit) {
  b.t.carry_on(b.task, payment(b, i), b.c.row[i], b.c.place[i] - b.c.persona[i] * b.t.touchpoints, exit, b.carried(i));
}

}  // namespace
}  // namespace sojourn::lock_step
