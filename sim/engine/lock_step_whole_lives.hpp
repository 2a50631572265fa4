// Lives from the first visit to the last: who is over gives way to the next person.
#pragma once

#include "lock_step_rows.hpp"
#include "sojourn/behaviour/recommendation.hpp"

namespace sojourn::lock_step {
namespace {

/// Nothing is counted yet for the customer in lane i.
void count_nothing_yet(Block& b, int i) {
  b.c.code[i] = Code::absent;
  b.c.bought[i] = arrived_as_customer(b, i) ? 1 : 0;
  b.c.counted_satisfaction[i] = b.c.counted_expectation[i] = 0;
  b.c.flow_kind[i] = 0;
  if (b.t.still) {
    b.c.stands[i] = behaviour::promoter_class(
        behaviour::recommend(b.c.satisfaction[i], b.c.answering[i], b.t.recommend_base, b.t.recommend_sd));
  }
}

void first_visit(Block& b, int i, std::int32_t touchpoint, double time) {
  b.c.time[i] = time;
  b.c.window[i] = window_of(time, b.t.window_width, b.t.windows_per_day, b.t.windows - 1);
  const std::int32_t place = b.c.persona[i] * b.t.touchpoints + touchpoint;
  b.c.place[i] = place;
  find_row(b, i);
  count_first_visit(b, i, b.c.window[i]);
}

/// The next person, into lane i.
bool begin_life(Block& b, int i) {
  for (;;) {
    if (b.ready == b.drawn) {
      b.drawn = draw_people(b.t, b.task, &b.next, &b.people);
      b.ready = 0;
      if (b.drawn == 0) return false;
    }
    const int k = b.people.chosen[b.ready++];
    if (++b.since_flush == customers_per_flush) b.flush();
    b.c.customer[i] = b.people.customer[k];
    b.c.persona[i] = b.people.persona[k];
    b.c.luck[i] = b.people.luck[k];
    b.c.answering[i] = b.people.answering[k];
    b.c.satisfaction[i] = b.people.satisfaction[k];
    b.c.expectation[i] = b.people.expectation[k];
    b.c.loss_aversion[i] = b.people.loss_aversion[k];
    b.c.effort_aversion[i] = b.people.effort_aversion[k];
    for (int own = 0; own < b.t.own_count; ++own) b.c.own[own][i] = b.people.own[own][k];
    b.c.since[i] = b.people.since[k];
    b.c.tenure_counted[i] = 0;
    b.c.team[i] = -1;
    b.c.event[i] = 0;
    count_nothing_yet(b, i);
    first_visit(b, i, b.people.start[k], b.people.arrival[k]);
    if (b.t.carried_width > 0) {
      b.t.carry_first(b.task, b.people.customer[k], b.people.persona[k], b.people.arrival[k], b.carried(i));
      if (b.t.carries_rules) carry_on(b, i, -1);
      if (b.t.asks_at_intervals) b.c.asked_at[i] = b.carried(i)[b.t.first_asked];
    }
    if (b.t.is_end[b.people.start[k]] == 0) return true;
    visit_end(b, i);
  }
}

/// A life is over.
void leave_life(Block& b, int i) {
  if (b.s.moves[i] == 0) {
    stop_at_horizon(b, i);
  } else {
    visit_end(b, i);
  }
}

void move_on(Block& b) {
  const int padded = b.padded();
  find_windows(b, b.s.time, b.s.window);
  const std::int32_t no_move = b.no_move(), windows = b.t.windows;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    // Ends have places below 0.
    const std::int32_t to = b.s.to[i], place = to < 0 ? -1 - to : to;
    const bool moves = b.s.moves[i] == 1;
    b.s.marks[i] = moves && to >= 0 ? 0 : 1;
    b.s.move_cell[i] = moves ? b.s.taken[i] * windows + b.s.window[i] : no_move;
    b.c.place[i] = moves ? place : b.c.place[i];
  }
  count_moves(b);
  const int finished = b.list_marked();
  std::uint32_t events = 0;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.c.time[i] = b.s.time[i];
    b.c.window[i] = b.s.window[i];
    b.c.event[i] += 1;
    events = events > b.c.event[i] ? events : b.c.event[i];
  }
  if (events >= b.t.visits_per_life) b.done.endless = true;
  find_rows(b);
  for (int i = 0; b.t.carries_rules && i < b.lanes; ++i) {
    if (b.s.moves[i] == 1) carry_on(b, i, b.s.taken[i] - b.c.persona[i] * b.t.exit_count);
  }
  // From the back, so that the lane that fills a gap is one that goes on.
  for (int k = finished - 1; k >= 0; --k) {
    const int i = b.s.marked[k];
    leave_life(b, i);
    if (begin_life(b, i)) continue;
    --b.lanes;
    if (i != b.lanes) b.copy(b.lanes, i);
  }
}

}  // namespace
}  // namespace sojourn::lock_step
