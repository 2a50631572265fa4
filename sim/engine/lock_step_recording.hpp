// What visits count: scores, money, standings and ends, into the tallies of a block.
#pragma once

#include "lock_step_block.hpp"
#include "sojourn/behaviour/money.hpp"

namespace sojourn::lock_step {
namespace {

/// Flows of money that change: Program::change_flow, to the same bits.
void count_pending_flows(Block& b) {
  Pending& p = b.pending;
  const int count = p.flow_count;
  if (count == 0) return;
  const int padded = (count + 15) & ~15;
  for (int k = count; k < padded; ++k) {
    p.time[k] = p.time[0];
    p.window[k] = p.window[0];
    p.regime[k] = p.regime[0];
  }
  const double rho = b.t.force_of_interest, scale = b.t.shape.scales.flow;
  for (int k = 0; k < padded; ++k) {
    p.piece[k] = b.t.piece_of[p.window[k]] + b.t.money_of[p.regime[k]];
    const FlowPiece& piece = b.t.flow_pieces[p.piece[k]];
    p.end[k] = piece.end;
    p.window_begin[k] = piece.window_begin;
  }
  EACH_LANE
  for (int k = 0; k < padded; ++k) {
    const double width = p.end[k] - p.time[k];  // nobody is in a piece before it begins
    const double decay = behaviour::present_value(rho, p.time[k] - p.window_begin[k]);
    p.days[k] = fixed(width, scale);
    p.discounted_days[k] = fixed(decay * behaviour::annuity(rho, width), scale);
  }
  constexpr std::int64_t low = (std::int64_t{1} << sum_low_bits) - 1;
  const auto add = [&](MoneyOf whose, std::int32_t kind, std::int32_t piece, std::int64_t days, std::int64_t discounted,
                       std::int64_t sign) __attribute__((always_inline)) {
    if (kind == 0) return;
    std::int64_t* const cell = b.task.cells + b.t.shape.flow(whose, static_cast<std::size_t>(kind) - 1,
                                                             static_cast<std::size_t>(piece), FlowScore::days_high);
    cell[0] += sign * (days >> sum_low_bits);
    cell[1] += sign * (days & low);
    cell[2] += sign * (discounted >> sum_low_bits);
    cell[3] += sign * (discounted & low);
  };
  for (int k = 0; k < count; ++k) {
    add(p.whose[k], p.from[k], p.piece[k], p.days[k], p.discounted_days[k], -1);
    add(p.whose[k], p.to[k], p.piece[k], p.days[k], p.discounted_days[k], 1);
    for (std::int32_t later = p.piece[k] + 1; later <= b.t.last_piece_of[p.window[k]]; ++later) {
      const FlowPiece& piece = b.t.flow_pieces[later];
      add(p.whose[k], p.from[k], later, piece.days, piece.discounted_days, -1);
      add(p.whose[k], p.to[k], later, piece.days, piece.discounted_days, 1);
    }
  }
  p.flow_count = 0;
}

/// Counts what is pending.
void count_pending(Block& b) {
  count_pending_flows(b);
  Pending& p = b.pending;
  for (int k = 0; k < p.purchase_count; ++k) {
    const Pending::Purchase& purchase = p.purchases[k];
    ++b.bought[b.cell(purchase.persona, purchase.window) * time_score_count];
    b.days_to_purchase[static_cast<std::size_t>(purchase.persona) * person_score_count] +=
        fixed(purchase.days, b.t.shape.scales.days);
  }
  for (int k = 0; k < p.tenure_count; ++k) {
    const Pending::Tenure& tenure = p.tenures[k];
    const std::size_t bin = b.t.shape.tenure_bin_of(tenure.days, tenure.score);
    ++b.task.cells[b.t.shape.tenure(static_cast<std::size_t>(tenure.persona), bin, tenure.score)];
  }
  p.purchase_count = p.tenure_count = 0;
}

/// Makes room for what one visit may change: flows of everybody's money and of a referred customer's.
SOJOURN_INLINE void make_room(Block& b) {
  const Pending& p = b.pending;
  if (p.flow_count >= Pending::room - 1 || p.purchase_count == Pending::room || p.tenure_count == Pending::room)
    count_pending(b);
}

SOJOURN_INLINE void count_tenure(Block& b, double days, std::int32_t persona, TenureScore score, bool counts) {
  Pending& p = b.pending;
  p.tenures[p.tenure_count] = {days, persona, score};
  p.tenure_count += counts ? 1 : 0;
}

/// Whether the customer in lane i has bought after somebody had spoken well of the company.
[[nodiscard]] bool referred(const Block& b, int i) { return b.c.introduced[i] != 0 && b.c.bought[i] != 0; }

/// A purchase at the visit at hand, of somebody who may have heard of the company from a customer.
void introduce(Block& b, int i) {
  std::uint32_t& by = b.task.store->kept[b.s.kept[i]].introduced_by;
  if (by < came_alone) {
    ++b.task.cells[b.t.shape.person(static_cast<std::size_t>(b.c.persona[i]), PersonScore::referred)];
    ++b.task.cells[b.t.shape.person(b.task.market->persona_of(*b.task.market, by), PersonScore::brought)];
  } else {
    by = came_alone;
  }
}

/// As Recorder::flows.
void change_flow(Block& b, int i, std::int32_t kind, bool was_referred) {
  make_room(b);
  const auto change = [&](MoneyOf whose, std::int32_t from, std::int32_t to) {
    Pending& p = b.pending;
    const int k = p.flow_count;
    p.time[k] = b.c.time[i];
    p.window[k] = b.c.window[i];
    p.regime[k] = b.c.regime[i];
    p.from[k] = from;
    p.to[k] = to;
    p.whose[k] = whose;
    p.flow_count += from != to ? 1 : 0;
  };
  change(MoneyOf::everybody, b.c.flow_kind[i], kind);
  const std::int32_t from = was_referred ? b.c.flow_kind[i] : 0;
  b.c.flow_kind[i] = kind;
  if (!b.t.shape.referrals) return;
  const std::int32_t to = referred(b, i) ? kind : 0;
  change(MoneyOf::referred, from, to);
  if (from == to) return;
  const auto window = static_cast<std::size_t>(b.c.window[i]);
  if (from != 0) --b.task.cells[b.t.shape.referred_present(static_cast<std::size_t>(from) - 1, window)];
  if (to != 0) ++b.task.cells[b.t.shape.referred_present(static_cast<std::size_t>(to) - 1, window)];
}

/// From one standing to another at the visit at hand: the stocks.
SOJOURN_INLINE void count_standing(Block& b, int i, std::size_t cell, std::int32_t code) {
  std::int16_t* codes = b.task.packed.codes + 8 * cell;
  --codes[b.c.code[i]];
  ++codes[code];
}

/// The same, beyond the stocks: the first purchase, the end of a tenure, and what accounts see of it.
void change_standing(Block& b, int i, std::int32_t code, std::int32_t bought) {
  make_room(b);
  const std::int32_t before = b.c.code[i];
  const double time = b.c.time[i], since = b.c.since[i];
  const bool buys = bought != 0 && b.c.bought[i] == 0, churns = code == Code::churned && before != Code::churned;
  Pending& p = b.pending;
  p.purchases[p.purchase_count] = {time - since, b.c.persona[i], b.c.window[i]};
  p.purchase_count += buys ? 1 : 0;
  count_tenure(b, buys ? 0.0 : time - since, b.c.persona[i], TenureScore::churned, churns && b.c.tenure_counted[i] == 0);
  b.c.tenure_counted[i] = churns ? 1 : b.c.tenure_counted[i];
  b.c.since[i] = buys || churns ? time : since;
  if (b.task.store != nullptr && b.task.store->voice != nullptr && buys) introduce(b, i);
  // Among customers a change of what they would answer is none of their standing.
  if (b.task.market != nullptr && b.task.market->accounts != nullptr && code != before &&
      (code < Code::promoter || before < Code::promoter)) {
    b.task.market->standing_changes(b.task.market->events, b.c.customer[i], before, code);
  }
  b.c.code[i] = code;
  b.c.bought[i] = bought;
}

/// Satisfaction and expectation are summed over customers: who becomes one counts, who is none any more does not.
void count_customer_scores(Block& b, int i, std::int32_t code) {
  const bool counts = code >= Code::promoter;
  const std::int32_t counted_s = counts ? fixed_score(b.c.satisfaction[i]) : 0;
  const std::int32_t counted_e = counts ? fixed_score(b.c.expectation[i]) : 0;
  std::int64_t* series = b.task.packed.series + 2 * b.cell(b.c.persona[i], b.c.window[i]);
  series[0] += counted_s - b.c.counted_satisfaction[i];
  series[1] += counted_e - b.c.counted_expectation[i];
  b.c.counted_satisfaction[i] = counted_s;
  b.c.counted_expectation[i] = counted_e;
}

/// Effort beyond the place's, and repeats.
void count_extra_effort(Block& b) {
  const int padded = b.padded();
  std::int64_t* const sums = b.task.packed.extra_effort_and_repeats;
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.extra_effort[i] = fixed_score(b.s.effort[i]);
  for (int i = 0; i < b.lanes; ++i) {
    const std::int32_t place = b.c.place[i];
    sums[2 * place] += b.s.extra_effort[i] - b.t.place_scores[place].effort;
    sums[2 * place + 1] += b.s.repeated[i];
  }
}

/// What discounting takes off within the window (Discount::decay).
[[nodiscard]] SOJOURN_INLINE std::int64_t decay(const Block& b, int i) {
  const double x = b.t.force_of_interest * (b.c.time[i] - static_cast<double>(b.c.window[i]) * b.t.window_width);
  return fixed(1.0 - (b.t.small_discount ? behaviour::small_decay(x) : behaviour::present_value(1.0, x)),
               b.t.shape.scales.decay);
}

[[nodiscard]] std::int32_t paid_cell(const Block& b, int i) {
  return b.t.paid_of[b.c.place[i]] + b.t.piece_of[b.c.window[i]] + b.t.money_of[b.c.regime[i]];
}

[[nodiscard]] SOJOURN_INLINE std::int32_t decay_cell(const Block& b, int i) {
  return b.c.place[i] * b.t.windows + b.c.window[i];
}

/// Counts the visits that pay, or sums what discounting takes off them; the others count in a place of their own.
void pay(Block& b) {
  const int padded = b.padded();
  const double rho = b.t.force_of_interest, width = b.t.window_width, scale = b.t.shape.scales.decay;
  if (b.t.small_discount) {
    EACH_LANE
    for (int i = 0; i < padded; ++i) {
      const double x = rho * (b.c.time[i] - static_cast<double>(b.c.window[i]) * width);
      b.s.decay[i] = fixed(1.0 - behaviour::small_decay(x), scale);
    }
  } else {
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.decay[i] = decay(b, i);
  }
  const int lanes = b.lanes;
  if (b.t.discounts_paid) {
    std::int64_t* const decays = b.task.packed.decays;
    EACH_LANE
    for (int i = 0; i < padded; ++i) b.s.cell[i] = decay_cell(b, i);
    for (int i = 0; i < lanes; ++i) decays[b.s.cell[i]] += b.s.decay[i];
  } else {
    auto* const paid = reinterpret_cast<Long2*>(b.task.packed.paid);
    for (int i = 0; i < lanes; ++i) paid[paid_cell(b, i)] += Long2{1, b.s.decay[i]};
  }
}

/// Counts the visit of the referred customer in lane i once more; `decay` is what discounting takes off.
void pay_referred(Block& b, int i, std::int64_t decay) {
  const auto at = static_cast<std::size_t>(paid_cell(b, i));
  if (at >= b.t.shape.paying_places * b.t.shape.pieces) return;
  std::int64_t* const cell = b.task.cells + b.t.shape.paid(MoneyOf::referred, 0, at, PaidScore::visits);
  cell[0] += 1;
  cell[1] += decay;
}

/// Counts the visits of all referred customers once more. Where `pay` has not discounted there is nothing to take off.
void pay_referred(Block& b) {
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.marks[i] = b.c.introduced[i] != 0 && b.c.bought[i] != 0 ? 1 : 0;
  const int paying = b.list_marked();
  const bool discounts = b.t.counts_paid || b.t.discounts_paid;
  for (int k = 0; k < paying; ++k) {
    const int i = b.s.marked[k];
    pay_referred(b, i, discounts ? b.s.decay[i] : 0);
  }
}

[[nodiscard]] Payment payment(const Block& b, int i) {
  const std::int32_t place = b.t.amount_place_of != nullptr ? b.t.amount_place_of[b.c.place[i]] : -1;
  return {b.c.customer[i], b.c.event[i], b.c.persona[i], place, b.c.time[i]};
}

/// Counts what is drawn at the visit in lane i.
void pay_drawn(Block& b, int i) {
  const Payment at = payment(b, i);
  if (at.amount_place >= 0) b.t.pay_drawn(b.task, at, b.c.window[i], b.c.regime[i], referred(b, i));
}

/// The standings that the visit changes, in the stocks; the others follow in `change_standing`.
void count_standings(Block& b) {
  const int padded = b.padded();
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.marks[i] = b.s.code[i] != b.c.code[i] ? 1 : 0;
  const int changing = b.list_marked();
  for (int k = 0; k < changing; ++k) {
    const int i = b.s.marked[k];
    count_standing(b, i, static_cast<std::size_t>(b.s.cell[i]), b.s.code[i]);
    if (b.t.still) count_customer_scores(b, i, b.s.code[i]);
  }
}

/// Whoever buys for the first time, churns, or has another flow of money from now on. Accounts see every change.
void change_standings(Block& b) {
  const int padded = b.padded();
  const std::int32_t* kinds = b.integers(Field::flow_kind);
  const bool accounts = b.task.market != nullptr && b.task.market->accounts != nullptr;
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    const std::int32_t code = b.s.code[i], before = b.c.code[i];
    const bool seen = accounts && code != before, churns = code == Code::churned && before != Code::churned;
    b.s.marks[i] = seen || churns || b.s.bought[i] != b.c.bought[i] || kinds[i] != b.c.flow_kind[i] ? 1 : 0;
  }
  const int changing = b.list_marked();
  for (int k = 0; k < changing; ++k) {
    const int i = b.s.marked[k];
    const bool was_referred = referred(b, i);
    change_standing(b, i, b.s.code[i], b.s.bought[i]);
    if (b.t.flows) change_flow(b, i, kinds[i], was_referred);
  }
  EACH_LANE
  for (int i = 0; i < padded; ++i) {
    b.c.code[i] = b.s.code[i];
    b.c.bought[i] = b.s.bought[i];
  }
}

/// Into the tallies. Scatters are scalar; a second loop, so that the first vectorises.
void record(Block& b) {
  const int padded = b.padded();
  b.done.visits += static_cast<std::uint64_t>(b.lanes);
  EACH_LANE
  for (int i = 0; i < padded; ++i) b.s.cell[i] = b.c.persona[i] * b.t.windows + b.c.window[i];
  if (!b.t.still) {
    auto* const touches = reinterpret_cast<Long2*>(b.task.packed.touch);
    auto* const stocks = reinterpret_cast<Long2*>(b.task.packed.series);
    const int lanes = b.lanes;
    for (int i = 0; i < lanes; ++i) {
      touches[b.c.place[i]] += widen(b.s.touch[i]);
      stocks[b.s.cell[i]] += widen(b.s.series[i]);
    }
    if (b.t.effort_varies || b.task.served != nullptr) count_extra_effort(b);
  }
  count_standings(b);
  change_standings(b);
  if (b.t.counts_paid || b.t.discounts_paid) pay(b);
  if (b.t.shape.referrals) pay_referred(b);
  for (int i = 0; b.t.amount_place_of != nullptr && i < b.lanes; ++i) pay_drawn(b, i);
}

/// Whether the customer in lane i arrived as one.
[[nodiscard]] bool arrived_as_customer(const Block& b, int i) {
  return b.t.existing != nullptr && b.t.existing[b.c.persona[i]] != 0;
}

/// The first visit of the customer in lane i, which no exit tells of.
void count_first_visit(Block& b, int i, std::int32_t window) {
  const auto place = static_cast<std::size_t>(b.c.place[i]);
  ++b.task.packed.firsts[place * static_cast<std::size_t>(b.t.windows) + static_cast<std::size_t>(window)];
  if (!arrived_as_customer(b, i)) return;
  const std::size_t bin = b.t.shape.entry_bin_of(b.c.time[i] - b.c.since[i]);
  ++b.task.cells[b.t.shape.entered(static_cast<std::size_t>(b.c.persona[i]), bin)];
}

void count_moves(Block& b) {
  std::uint32_t* const moves = b.task.packed.moves;
  const int lanes = b.lanes;
  for (int i = 0; i < lanes; ++i) {
    ++moves[b.s.move_cell[i]];
  }
}

/// Keeps how the life in lane i ends, where that is asked for.
void save_final_state(Block& b, int i) {
  if (b.task.ends == nullptr) return;
  const auto standing = end_standing(b.c.code[i]);
  EndState& end = b.task.ends[b.c.customer[i] - b.task.begin];
  end = {fixed_score(b.c.satisfaction[i]), static_cast<std::uint16_t>(b.c.persona[i]), standing};
  if (b.t.tiers) end.membership = b.t.membership(b.task, b.carried(i));
}

/// The horizon comes before another visit.
void stop_at_horizon(Block& b, int i) {
  make_room(b);
  count_tenure(b, b.t.horizon - b.c.since[i], b.c.persona[i], TenureScore::censored,
               b.c.bought[i] != 0 && b.c.tenure_counted[i] == 0);
  save_final_state(b, i);
}

/// The visit to an end: one visit, its money, and whom the company has lost; nothing is appraised.
void visit_end(Block& b, int i) {
  const Row& row = b.t.rows[b.c.row[i]];
  ++b.done.visits;
  const std::size_t at = 2 * b.cell(b.c.persona[i], b.c.window[i]);
  b.task.packed.series[at] -= b.c.counted_satisfaction[i];
  b.task.packed.series[at + 1] -= b.c.counted_expectation[i];
  const std::int32_t bought = b.c.bought[i] | (row.facts & RowFlag::purchase);
  const std::int32_t code = bought != 0 ? Code::churned : Code::lost;
  const bool was_referred = referred(b, i);
  if (code != b.c.code[i]) {
    count_standing(b, i, at / 2, code);
    change_standing(b, i, code, bought);
  }
  if (b.t.flows) change_flow(b, i, row.flow_kind, was_referred);
  save_final_state(b, i);
  if (b.t.counts_paid) reinterpret_cast<Long2*>(b.task.packed.paid)[paid_cell(b, i)] += Long2{1, decay(b, i)};
  if (b.t.discounts_paid) b.task.packed.decays[decay_cell(b, i)] += decay(b, i);
  if (b.t.shape.referrals && referred(b, i)) pay_referred(b, i, decay(b, i));
  if (b.t.amount_place_of != nullptr) pay_drawn(b, i);
}

}  // namespace
}  // namespace sojourn::lock_step
