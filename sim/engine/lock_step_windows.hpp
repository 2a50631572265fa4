// Lives a window at a time: customers come out of the store, in which they stand between visits, and go back.
#pragma once

#include <cstddef>

#include "lock_step_rows.hpp"
#include "sojourn/behaviour/recommendation.hpp"

namespace sojourn::lock_step {
namespace {

/// Of rows that may be due those that are, where several windows have one number. Returns how many they are.
int keep_due(const Block& b, std::uint32_t* rows, int count) {
  int due = 0;
  for (int k = 0; k < count; ++k) {
    const std::uint32_t row = rows[k];
    rows[due] = row;
    due += b.task.store->kept[row].time <= b.task.until ? 1 : 0;
  }
  return due;
}

/// Finds the next customers who have a visit in this window, as many as there are lanes where there are: they are taken out
/// after the visits at hand, between whose steps the memory is asked for their rows.
void look_ahead(Block& b) {
  if (b.task.served != nullptr) {
    while (b.due < lane_count && b.looked_at < b.listed)
      b.s.due[b.due++] = b.task.served[b.looked_at++].customer - b.task.first;
    return;
  }
  const std::uint32_t all = b.task.end - b.task.first;
  while (b.due < lane_count && b.looked_at < all) {
    const std::uint32_t left = all - b.looked_at;
    const int looks = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
    const std::uint8_t* const due_in = b.task.store->due_in + b.looked_at;
    const std::uint8_t number = due_number(b.task.window);
    std::uint32_t* const list = b.s.due + b.due;
    b.due += b.t.due_in_turns == 0 ? list_due<false>(due_in, looks, number, b.looked_at, list)
                                   : list_due<true>(due_in, looks, number, b.looked_at, list);
    b.looked_at += static_cast<std::uint32_t>(looks);
  }
}

/// Of each customer or, where that is null, of each persona.
void take_out(Block& b, const float* of_customer, const float* of_persona, float* to) {
  const int padded = b.padded();
  if (of_customer != nullptr) {
    for (int i = 0; i < padded; ++i) to[i] = of_customer[b.s.kept[i]];
  } else {
    read_table(of_persona, b.t.personas, b.c.persona, padded, to);
  }
}

/// What customers heard, of those who come to where it matters; the others' row is not asked for.
void take_out_heard(Block& b) {
  const int padded = b.padded();
  const float* const heard = b.task.store->heard;
  if (heard == nullptr) {
    for (int i = 0; i < padded; ++i) b.c.heard[i] = 0.0f;
    return;
  }
  for (int i = 0; i < padded; ++i) {
    __builtin_prefetch(heard + (b.t.passages[b.s.taken[i]].hears != 0 ? b.s.kept[i] : b.task.padding));
  }
  for (int i = 0; i < padded; ++i) {
    // Without a branch, which the processor could not foresee.
    const bool hears = b.t.passages[b.s.taken[i]].hears != 0;
    const float here = heard[hears ? b.s.kept[i] : b.task.padding];
    b.c.heard[i] = hears ? here : 0.0f;
  }
}

/// The last 16 bytes of a row: persona and standing, by whom the customer was introduced, and the time.
[[nodiscard]] SOJOURN_INLINE Double2 end_of(const Kept& kept) {
  static_assert(offsetof(Kept, persona) == 32 && offsetof(Kept, standing) == 34 && offsetof(Kept, time) == 40);
  return *reinterpret_cast<const Double2Anywhere*>(&kept.persona);
}

/// From the store into columns.
void take_out(Block& b) {
  b.all_lanes = (b.lanes + 15) & ~15;
  const int padded = b.padded();
  for (int i = b.lanes; i < padded; ++i) b.s.kept[i] = b.task.padding;
  b.since_flush += static_cast<std::uint32_t>(b.lanes);
  if (b.since_flush >= customers_per_flush) b.flush();
  const Store& store = *b.task.store;
  for (int i = 0; i < padded; i += 8) {
    Double4 columns[2][4];
    for (int half = 0; half < 2; ++half) {
      const auto load = [&](int k) __attribute__((always_inline)) {
        return *reinterpret_cast<const Double4Anywhere*>(store.kept + b.s.kept[i + 4 * half + k]);
      };
      transpose({load(0), load(1), load(2), load(3)}, columns[half]);
      *reinterpret_cast<Double4*>(b.c.luck + i + 4 * half) = columns[half][0];
      *reinterpret_cast<Double4*>(b.c.since + i + 4 * half) = columns[half][1];
    }
    split(columns[0][2], columns[1][2], b.c.satisfaction + i, b.c.expectation + i);
    split(columns[0][3], columns[1][3], b.c.answering + i, b.s.visits_and_exit + i);
  }
  for (int i = 0; i < padded; i += 4) {
    const auto load = [&](int k) __attribute__((always_inline)) { return end_of(store.kept[b.s.kept[i + k]]); };
    const Double2 r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
    *reinterpret_cast<Double2*>(b.c.time + i) = __builtin_shufflevector(r0, r1, 1, 3);
    *reinterpret_cast<Double2*>(b.c.time + i + 2) = __builtin_shufflevector(r2, r3, 1, 3);
    const auto first = (Word4)__builtin_shufflevector(r0, r1, 0, 2), second = (Word4)__builtin_shufflevector(r2, r3, 0, 2);
    *reinterpret_cast<Word4*>(b.s.who + i) = __builtin_shufflevector(first, second, 0, 2, 4, 6);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.c.customer[i] = b.task.first + b.s.kept[i];
    b.c.event[i] = b.s.visits_and_exit[i] & 0xffffu;
    b.s.taken[i] = static_cast<std::int32_t>(b.s.visits_and_exit[i] >> 16);
    b.c.persona[i] = static_cast<std::int32_t>(b.s.who[i] & 0xffffu);
    b.c.team[i] = static_cast<std::int32_t>(b.s.who[i] >> 19 & most_teams) - 1;
    b.c.tenure_counted[i] = static_cast<std::int32_t>(b.s.who[i] >> 31);
    const auto code = static_cast<std::int32_t>(b.s.who[i] >> 16 & 7u);
    b.c.code[i] = code;
    b.c.bought[i] = code >= Code::churned ? 1 : 0;
    const std::int32_t counts = code >= Code::promoter ? -1 : 0;
    b.c.counted_satisfaction[i] = counts & fixed_score(b.c.satisfaction[i]);
    b.c.counted_expectation[i] = counts & fixed_score(b.c.expectation[i]);
  }
  // Padding lanes need valid indices.
  for (int i = b.lanes; i < padded; ++i) b.c.persona[i] = b.s.taken[i] = 0;
  for (int i = 0; b.t.existing != nullptr && i < b.lanes; ++i) {
    if (b.c.code[i] == Code::absent && arrived_as_customer(b, i)) b.c.bought[i] = 1;
  }
  if (!b.t.still) {
    take_out(b, store.loss_aversion, b.t.loss_aversion_of, b.c.loss_aversion);
    take_out(b, store.effort_aversion, b.t.effort_aversion_of, b.c.effort_aversion);
  }
  for (int own = 0; own < b.t.own_count; ++own) take_out(b, store.own[own], nullptr, b.c.own[own]);
  if (b.task.market != nullptr && store.voice != nullptr) {
    for (int i = 0; i < padded; ++i) b.c.introduced[i] = store.kept[b.s.kept[i]].introduced_by < came_alone ? 1 : 0;
  }
  if (b.t.hears) take_out_heard(b);
  // Where others may make them leave, they are asked between the windows.
  const bool asks = b.t.asks_at_intervals && b.task.market == nullptr;
  for (int i = 0; asks && i < b.lanes; ++i) b.c.asked_at[i] = b.carried(i)[b.t.first_asked];
  if (!b.t.still) return;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.c.stands[i] = behaviour::promoter_class(
        behaviour::recommend(b.c.satisfaction[i], b.c.answering[i], b.t.recommend_base, b.t.recommend_sd));
  }
}

/// Of the first `count` customers to be taken out, those who come to a queue are left in the store: what happens there is
/// lived elsewhere, in the order of time. Returns how many others there are.
int leave_out_queues(Block& b, int count) {
  const Store& store = *b.task.store;
  int left = 0, coming = 0;
  // Without branches, which the processor could not foresee.
  for (int i = 0; i < count; ++i) {
    const std::uint32_t k = b.s.kept[i];
    const bool queues = b.t.passages[store.kept[k].exit].queues != 0;
    b.s.kept[left] = k;
    b.s.coming[coming] = k;
    left += queues ? 0 : 1;
    coming += queues ? 1 : 0;
  }
  Arrival arrivals[lane_count];
  for (int i = 0; i < coming; ++i) {
    const std::uint32_t k = b.s.coming[i];
    const Kept& kept = store.kept[k];
    arrivals[i] = {kept.time, b.task.first + k, kept.event, kept.persona,
                   static_cast<std::uint32_t>(b.t.passages[kept.exit].to)};
  }
  if (coming > 0) b.task.market->come_to_queues(b.task.market->events, arrivals, coming);
  return left;
}

/// Kept::standing.
[[nodiscard]] SOJOURN_INLINE std::uint32_t packed_standing(std::int32_t code, std::int32_t team, std::int32_t counted) {
  return static_cast<std::uint32_t>(counted) << 15 | static_cast<std::uint32_t>((team + 1) << 3 | code);
}

/// The customer in lane i, who is at an end, visits it; others learn of it.
void visit_end_in_window(Block& b, int i) {
  visit_end(b, i);
  if (b.task.market != nullptr && b.task.market->accounts != nullptr) {
    b.task.market->ended(b.task.market->events, b.c.customer[i]);
  }
  Voice* const voice = b.task.store->voice;
  if (voice == nullptr) return;
  voice[b.s.kept[i]] = Voice::silent;
  if (b.c.code[i] == Code::churned) b.task.market->churned(b.task.market->events, b.c.customer[i]);
}

/// Back into the store, of somebody who stands at an end, for good.
void store_back_ended(Block& b, int i) {
  const Store& store = *b.task.store;
  const std::uint32_t k = b.s.kept[i];
  Kept& kept = store.kept[k];
  kept.time = never;
  store.due_in[k] = not_due;
  kept.since = b.c.since[i];
  kept.event = static_cast<std::uint16_t>(b.c.event[i] + 1);
  kept.standing = static_cast<std::uint16_t>(packed_standing(b.c.code[i], b.c.team[i], b.c.tenure_counted[i]));
}

/// By the exit they took to the touchpoint it leads to; who ends there is done.
void arrive(Block& b) {
  const int padded = b.padded();
  const std::int32_t passages = b.t.passage_count;
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.cell[i] = b.c.persona[i] * passages + b.s.taken[i];
  const std::uint64_t* const ways = b.t.ways;
  for (int i = 0; i < padded; ++i) b.s.way[i] = ways[b.s.cell[i]];
  const std::int32_t window = b.task.window, touchpoints = b.t.touchpoints, exits = b.t.exit_count;
  const std::int32_t no_move = b.no_move(), windows = b.t.windows;
  std::int32_t firsts = 0;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const auto by = static_cast<std::uint32_t>(b.s.way[i]);
    b.c.flow_kind[i] = static_cast<std::int32_t>(b.s.way[i] >> 32);
    b.s.from[i] = static_cast<std::int32_t>(by & 0x7fffu) - 1;
    b.s.ends[i] = static_cast<std::int32_t>(by >> 30);
    const bool comes_from = b.s.from[i] >= 0;
    b.s.move_cell[i] = comes_from ? (b.c.persona[i] * exits + b.s.taken[i]) * windows + window : no_move;
    b.c.place[i] = b.c.persona[i] * touchpoints + static_cast<std::int32_t>(by >> 15 & 0x7fffu);
    b.c.window[i] = window;
    b.s.marks[i] = comes_from ? 0 : 1;
    firsts |= b.s.from[i];
  }
  const int first = firsts < 0 ? b.list_marked() : 0;
  for (int k = 0; k < first; ++k) count_first_visit(b, b.s.marked[k], window);
  count_moves(b);
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.marks[i] = b.s.ends[i] != 0 ? 1 : 0;
  const int finished = b.list_marked();
  find_rows(b);
  for (int i = 0; b.t.carries_rules && i < b.lanes; ++i) carry_on(b, i, b.s.from[i] >= 0 ? b.s.taken[i] : -1);
  for (int k = finished - 1; k >= 0; --k) {
    const int i = b.s.marked[k];
    visit_end_in_window(b, i);
    store_back_ended(b, i);
    --b.lanes;
    if (i == b.lanes) continue;
    b.copy(b.lanes, i);
    b.s.kept[i] = b.s.kept[b.lanes];
  }
  for (int i = b.lanes; i < padded; ++i) b.s.kept[i] = b.task.padding;
}

/// The next customers who have a visit in this window, into lanes from the first on: those who were just here first, while
/// they are near. False when there are none.
bool resume(Block& b) {
  int count = b.again;
  const int taken = b.due < lane_count - count ? b.due : lane_count - count;
  for (int k = 0; k < taken; ++k) b.s.kept[count + k] = b.s.due[k];
  count += taken;
  b.due -= taken;
  b.asked = b.asked > taken ? b.asked - taken : 0;
  for (int k = 0; k < b.due; ++k) b.s.due[k] = b.s.due[k + taken];
  look_ahead(b);
  b.again = 0;
  // Where all come to queues there is no visit between whose steps the memory could be asked.
  if (b.t.queues) b.ask_memory(lane_count);
  if (count == 0) return false;
  // Their rows have been asked for by now.
  if (b.t.due_in_turns != 0) count = keep_due(b, b.s.kept, count);
  b.lanes = b.t.queues ? leave_out_queues(b, count) : count;
  if (b.lanes == 0) return true;
  take_out(b);
  arrive(b);
  return true;
}

/// Those who were served, from the k-th on, into lanes, at the visit at which they were. The memory is asked for the rows of
/// the next between the steps of the visit.
void take_out_served(Block& b, std::uint32_t k) {
  const std::uint32_t left = b.task.served_count - k;
  b.lanes = left < static_cast<std::uint32_t>(lane_count) ? static_cast<int>(left) : lane_count;
  b.due = b.asked = 0;
  for (std::uint32_t next = k + lane_count; next < b.task.served_count && next < k + 2 * lane_count; ++next) {
    const std::uint32_t row = b.task.served[next].customer - b.task.first;
    __builtin_prefetch(b.task.store->due_in + row, 1);
    b.s.due[b.due++] = row;
  }
  const Served* const served = b.task.served + k;
  for (int i = 0; i < b.lanes; ++i) {
    b.s.kept[i] = served[i].customer - b.task.first;
    b.s.strain[i] = served[i].strain;
  }
  take_out(b);
  arrive(b);
  // Money flows from arrival on; all else happens when service begins.
  for (int i = 0; b.t.flows && i < b.lanes; ++i) change_flow(b, i, b.t.flow_kind_of[b.c.place[i] + 1], referred(b, i));
  for (int i = 0; i < b.lanes; ++i) {
    const double wait = served[i].start - b.c.time[i];
    b.c.time[i] = served[i].start;
    if (!(wait > 0.0)) continue;
    const std::int32_t persona = b.c.persona[i], touchpoint = b.c.place[i] - persona * b.t.touchpoints;
    b.task
        .cells[b.t.shape.touch(static_cast<std::size_t>(persona), static_cast<std::size_t>(touchpoint), TouchScore::wait)] +=
        fixed(wait, b.t.shape.scales.days);
  }
  find_rows(b);
}

/// Who speaks of the company until the next visit. Of those who churned the market knows when they fall silent.
void store_voices(Block& b) {
  const int padded = b.padded();
  const Store& store = *b.task.store;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.marks[i] = b.c.code[i] == Code::churned ? 1 : 0;
    b.s.cell[i] = b.c.code[i] >= Code::promoter ? 1 + (b.c.code[i] - Code::promoter) : 0;
  }
  for (int i = 0; i < b.lanes; ++i) store.voice[b.s.kept[i]] = static_cast<Voice>(b.s.cell[i]);
  const int churned = b.list_marked();
  for (int k = 0; k < churned; ++k) b.task.market->churned(b.task.market->events, b.c.customer[b.s.marked[k]]);
}

/// What `moves` is of those whose lives are over.
inline constexpr std::int32_t is_over = 3;

/// Those whose next touchpoint, in this window, is an end visit it from their lanes, instead of coming out of the store once
/// more.
void visit_ends(Block& b) {
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.marks[i] = b.s.moves[i] == 1 && b.s.to[i] < 0 ? 1 : 0;
  const int ending = b.list_marked();
  const std::int32_t exits = b.t.exit_count;
  for (int k = 0; k < ending; ++k) {
    const int i = b.s.marked[k];
    b.s.moves[i] = is_over;
    ++b.task.packed.moves[b.s.taken[i] * b.t.windows + b.task.window];
    b.c.time[i] = b.s.time[i];
    b.c.place[i] = -1 - b.s.to[i];
    b.c.event[i] += 1;
    find_row(b, i);
    if (b.t.carries_rules) carry_on(b, i, b.s.taken[i] - b.c.persona[i] * exits);
    visit_end_in_window(b, i);
  }
}

/// Back into the store; who has another visit in this window comes again soon.
void store_back(Block& b) {
  const int padded = b.padded();
  if (b.task.store->voice != nullptr) store_voices(b);
  visit_ends(b);
  const std::int32_t touchpoints = b.t.touchpoints, stays = b.t.exit_count + touchpoints;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.time[i] = b.s.moves[i] == 0 || b.s.moves[i] == is_over ? never : b.s.time[i];
    b.s.ends[i] = b.s.moves[i] == 1 ? 1 : 0;
    b.s.marks[i] = b.s.moves[i] == 0 ? 1 : 0;
  }
  find_windows(b, b.s.time, b.s.window);
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.s.due_in[i] = b.s.moves[i] == 0 || b.s.moves[i] == is_over ? not_due : due_number(b.s.window[i]);
  }
  std::uint32_t events = 0;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::uint32_t event = b.c.event[i] + 1;
    const std::int32_t persona = b.c.persona[i];
    const std::int32_t stay = stays + (b.c.place[i] - persona * touchpoints), left = b.s.taken[i] - persona * b.t.exit_count;
    const auto exit = static_cast<std::uint32_t>(b.s.moves[i] == 0 ? stay : left);
    // Visits to ends are none of those that may be too many.
    const std::uint32_t counted = event - (b.s.moves[i] == is_over ? 1u : 0u);
    events = events > counted ? events : counted;
    b.s.visits_and_exit[i] = (event & 0xffffu) | exit << 16;
    b.s.who[i] = packed_standing(b.c.code[i], b.c.team[i], b.c.tenure_counted[i]);
  }
  if (events >= b.t.visits_per_life) b.done.endless = true;
  const Store& store = *b.task.store;
  const int lanes = b.lanes;
  for (int i = 0; i < lanes; i += 4) {
    Double4 rows[4];
    transpose({*reinterpret_cast<const Double4*>(b.c.luck + i), *reinterpret_cast<const Double4*>(b.c.since + i),
               pair(b.c.satisfaction + i, b.c.expectation + i), pair(b.c.answering + i, b.s.visits_and_exit + i)},
              rows);
    for (int k = 0; k < 4; ++k) *reinterpret_cast<Double4Anywhere*>(store.kept + b.s.kept[i + k]) = rows[k];
  }
  // Before lanes are numbered anew: what a customer carries is found by the lane.
  if (b.task.market == nullptr) {  // else somebody may yet make them leave
    const int stopped = b.list_marked();
    for (int k = 0; k < stopped; ++k) stop_at_horizon(b, b.s.marked[k]);
  }
  std::uint8_t* const due_in = store.due_in;
  Kept* const kept = store.kept;
  int again = 0;
  for (int i = 0; i < lanes; ++i) {
    const std::uint32_t k = b.s.kept[i];
    kept[k].standing = static_cast<std::uint16_t>(b.s.who[i]);
    kept[k].time = b.s.time[i];
    due_in[k] = b.s.due_in[i];
    b.s.kept[again] = k;
    again += b.s.ends[i];
  }
  b.again = again;
}

}  // namespace
}  // namespace sojourn::lock_step
