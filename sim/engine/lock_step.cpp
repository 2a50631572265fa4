// Lives many customers in lock step. Compiled once for each vector width, with SOJOURN_LIVE naming the one function that
// leaves this file: everything else has internal linkage or is forced inline. Each step has a header of its own.
#include "lock_step.hpp"

#include "lock_step_asking.hpp"
#include "lock_step_choice.hpp"
#include "lock_step_delays.hpp"
#include "lock_step_experience.hpp"
#include "lock_step_meeting.hpp"
#include "lock_step_recording.hpp"
#include "lock_step_whole_lives.hpp"
#include "lock_step_windows.hpp"

namespace sojourn::lock_step {
namespace {

void visit(Block& b) {
  b.all_lanes = (b.lanes + 15) & ~15;
  b.start();
  fetch(b), b.ask_memory(), b.lap(Step::fetch);
  draw_words(b), b.ask_memory(), b.lap(Step::draw);
  experience(b), b.ask_memory();
  if (b.t.solving) solve(b);
  b.lap(Step::experience);
  record(b), b.ask_memory(), b.lap(Step::record);
  if (b.task.market != nullptr) meet_market(b);
  choose(b), b.lap(Step::choose);
  draw_delays(b);
  if (b.t.asks_at_intervals && b.task.market == nullptr) ask_while_staying(b);
  b.lap(Step::delay);
}

/// Every lane holds one customer from the first visit to the last.
void live_whole_lives(Block& b) {
  while (b.lanes < lane_count && begin_life(b, b.lanes)) ++b.lanes;
  while (b.lanes > 0 && !b.done.endless) {
    visit(b);
    move_on(b), b.lap(Step::move);
  }
}

/// Every visit takes its customer out of the store and puts it back.
void live_window(Block& b) {
  look_ahead(b), b.ask_memory(lane_count);
  for (b.start(); resume(b) && !b.done.endless; b.start()) {
    b.lap(Step::move);
    if (b.lanes == 0) continue;
    visit(b);
    store_back(b), b.lap(Step::move);
  }
}

/// The visits of those who were served at queues, then what else they do in the window.
void live_served(Block& b) {
  std::uint32_t again = 0;
  for (std::uint32_t k = 0; k < b.task.served_count && !b.done.endless; k += lane_count) {
    b.start();
    take_out_served(b, k), b.lap(Step::move);
    visit(b);
    store_back(b), b.lap(Step::move);
    // The place of those who have been served is free.
    for (int i = 0; i < b.again; ++i) b.task.served[again++].customer = b.task.first + b.s.kept[i];
    b.again = 0;
  }
  EACH_LANE
  for (int i = 0; i < lane_count; ++i) b.s.strain[i] = 0.0f;
  b.looked_at = 0;
  b.due = b.asked = 0;
  b.listed = again;
  if (again > 0) live_window(b);
}

}  // namespace

Done SOJOURN_LIVE(const Tables& tables, const Task& task) {
  Block b(tables, task);
  if (task.served != nullptr) {
    live_served(b);
  } else if (task.store != nullptr) {
    live_window(b);
  } else {
    live_whole_lives(b);
  }
  count_pending(b);
  b.done.unflushed = b.since_flush;
  return b.done;
}

}  // namespace sojourn::lock_step
