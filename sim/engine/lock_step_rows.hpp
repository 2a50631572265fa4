// Which row of parameters a visit has, by its time and place; and what customers carry to it.
#pragma once

#include "lock_step_recording.hpp"

namespace sojourn::lock_step {
namespace {

void find_row(Block& b, int i) {
  const double cell = b.c.time[i] * b.t.cells_per_day;
  const std::int32_t last = b.t.cells - 1;
  std::int32_t regime = b.t.regime_of_cell[cell < static_cast<double>(last) ? static_cast<std::int32_t>(cell) : last];
  while (regime + 1 < b.t.regimes && b.c.time[i] >= b.t.regime_begins[regime + 1]) ++regime;
  b.c.regime[i] = regime;
  b.c.row[i] = b.t.row_of[b.t.state_of[regime] * b.t.places + b.c.place[i]];
}

/// The parameters of each visit, from its place and time.
void find_rows(Block& b) {
  if (b.t.regimes == 1) {
    EACH_LANE
    for (int i = 0; i < b.padded; ++i) b.c.row[i] = b.t.row_of[b.c.place[i]];
    return;
  }
  for (int i = 0; i < b.lanes; ++i) find_row(b, i);
}

/// The windows of times up to the horizon; later ones are in the last.
void find_windows(Block& b, const double* time, std::int32_t* window) {
  const double horizon = b.t.horizon, width = b.t.window_width, per_day = b.t.windows_per_day;
  const std::int32_t last = b.t.windows - 1;
  const int padded = b.padded;
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
