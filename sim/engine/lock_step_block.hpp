// The customers of a block side by side, and where the loop stands: for lock_step.cpp alone, like all that follows it.
#pragma once

#include "lock_step.hpp"
#include "lock_step_columns.hpp"
#include "lock_step_people.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn::lock_step {
namespace {

/// The block at work: what all steps of the loop share. `t` is what they know, `c` the customers in their lanes, `s` what
/// the visit at hand makes on the way.
struct Block {
  Block(const Tables& tables, const Task& work)
      : t(tables),
        task(work),
        days_to_purchase(work.cells + tables.shape.person(0, PersonScore::days_to_purchase)),
        bought(work.cells + tables.shape.time(0, 0, TimeScore::bought)),
        next(work.begin),
        since_flush(work.unflushed),
        looked_at(work.begin - work.first) {
    // Slopes on what is heard are fetched only where there are any.
    for (int field = Field::heard; tables.race_calls > 0 && field < Field::more_heard + 4; ++field) {
      for (float& slope : r.columns[field]) slope = 0.0f;
    }
  }

  void start() {
    if (task.ticks != nullptr) tick = processor_ticks();
  }
  void lap(Step step) {
    if (task.ticks == nullptr) return;
    const std::uint64_t before = tick;
    tick = processor_ticks();
    task.ticks[static_cast<int>(step)] += tick - before;
  }

  [[nodiscard]] const float* column(int field) const { return s.row[field]; }
  [[nodiscard]] const std::int32_t* integers(int field) const { return reinterpret_cast<const std::int32_t*>(s.row[field]); }
  [[nodiscard]] std::size_t cell(std::int32_t persona, std::int32_t window) const {
    return static_cast<std::size_t>(persona * t.windows + window);
  }
  /// The cell of those who do not move: counting them there needs no branch, which the processor could not foresee.
  [[nodiscard]] std::int32_t no_move() const { return t.windows * t.personas * t.exit_count; }

  /// How far loops over the lanes go. That this is a multiple of 16 is said once more, to the compiler, which then makes no
  /// loop for a rest.
  [[nodiscard]] SOJOURN_INLINE int padded() const { return all_lanes & ~15; }

  /// Lists the marked lanes, few of all. Returns how many they are.
  int list_marked() { return lock_step::list_marked(s.marks, lanes, padded(), s.marked); }

  /// What the customer in lane i carries.
  [[nodiscard]] double* carried(int i) const {
    const std::size_t row = task.store != nullptr ? s.kept[i] : static_cast<std::size_t>(i);
    return (task.store != nullptr ? task.store->carried : task.carried) + row * static_cast<std::size_t>(t.carried_width);
  }

  /// Asks the memory for the rows of the next customers who are due, some at a time, so that it is at work while the steps
  /// of a visit are.
  void ask_memory(int rows = lane_count / 4) {
    const int end = asked + rows < due ? asked + rows : due;
    for (; asked < end; ++asked) prefetch(s.due[asked]);
  }
  /// What take_out and store_back will need of a row.
  SOJOURN_INLINE void prefetch(std::uint32_t row) const {
    const Store& store = *task.store;
    const auto* kept = reinterpret_cast<const char*>(store.kept + row);
    __builtin_prefetch(kept, 1);
    __builtin_prefetch(kept + sizeof(Kept) - 1, 1);
    if (store.voice != nullptr) __builtin_prefetch(store.voice + row, 1);
  }

  void flush() {
    task.flush(task.worker);
    since_flush = 0;
  }

  void copy(int from, int to) {
    c.each(
        t.own_count, [&](auto& column) __attribute__((always_inline)) { column[to] = column[from]; });
    if (t.carried_width == 0 || task.store != nullptr) return;
    for (int k = 0; k < t.carried_width; ++k) carried(to)[k] = carried(from)[k];
  }

  const Tables& t;
  const Task& task;
  /// Cells of the tally, of the first persona, window and touchpoint.
  std::int64_t *const days_to_purchase, *const bought;
  Columns c{};
  Scratch s{};
  Racers r;  // what is read of it is written before, as of `people`: to clear both would take as long as some dozen visits
  Changing changing;
  Walkers walkers;
  SetApart apart{};
  Pending pending;
  int apart_count = 0;
  People people;
  Done done;
  int lanes = 0, all_lanes = 0;  // in use; the same, up to a multiple of 16
  int ready = 0, drawn = 0;
  std::uint32_t next;
  std::uint32_t since_flush;
  std::uint32_t looked_at;   // rows of the store are looked at up to this one; or those who were served
  std::uint32_t listed = 0;  // of those who were served, so many go on within the window
  int due = 0;               // those found who have not been taken out
  int asked = 0;             // of these, so many the memory was asked for
  int again = 0;             // of those just put back, who come again in this window
  std::uint64_t tick = 0;
};

}  // namespace
}  // namespace sojourn::lock_step
