// Lives in plain chains (see Chain): the same visits with everything left out that such a program cannot do. For
// lock_step.cpp alone: everything here has internal linkage or is forced inline.
#pragma once

#include <bit>
#include <cstdint>

#include "lock_step.hpp"
#include "lock_step_columns.hpp"
#include "lock_step_people.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/tally/paired_outcomes.hpp"
#include "sojourn/tally/tally.hpp"
#include "wide_philox.hpp"

namespace sojourn::lock_step {
namespace {

class ChainBlock {
 public:
  ChainBlock(const Tables& tables, const Task& task)
      : t_(tables),
        task_(task),
        days_to_purchase_(task.cells + tables.shape.person(0, PersonScore::days_to_purchase)),
        bought_(task.cells + tables.shape.time(0, 0, TimeScore::bought)),
        next_(task.begin) {}

  Done live() {
    while (lanes_ < lane_count && begin(lanes_)) ++lanes_;
    while (lanes_ > 0 && !done_.endless) {
      padded_ = (lanes_ + 15) & ~15;
      done_.visits += static_cast<std::uint64_t>(lanes_);
      if (task_.ticks != nullptr) tick_ = processor_ticks();
      draw(), lap(Step::draw);
      choose(), lap(Step::choose);
      wait(), lap(Step::wait);
      count_moves(), lap(Step::record);
      turn_marked(), lap(Step::move);
    }
    return done_;
  }

 private:
  void lap(Step step) {
    if (task_.ticks == nullptr) return;
    const std::uint64_t before = tick_;
    tick_ = processor_ticks();
    task_.ticks[static_cast<int>(step)] += tick_ - before;
  }

  void draw() {
    const auto purpose = static_cast<std::uint32_t>(Purpose::visit) | (task_.replication << 8);
    philox_columns<2 | 8>(customer_, purpose, event_, padded_, task_.seed[0], task_.seed[1],
                          {nullptr, choice_words_, nullptr, delay_words_});
  }

  /// As Block::choose and pick, with what they make of a row alone worked out before.
  void choose() {
    const ChainRow* const rows = t_.chain.rows;
    for (int i = 0; i < padded_; i += 8) {
      fetch_group(rows, state_, 0, row_, i);
    }
    // Several short loops, here and below: the processor looks ahead over as many lanes as their instructions fit in its
    // window.
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const double luck = luck_[i];
      const bool leaves = luck < static_cast<double>(row_[7][i]);
      luck_[i] = leaves ? luck : behaviour::condition_on_staying(luck, static_cast<double>(row_[4][i]));
      leaves_[i] = leaves ? 1 : 0;
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const float leaving = row_[4][i], going = row_[5][i], u = uniform(choice_words_[i]);
      const float point = leaves_[i] != 0 ? u * leaving : leaving + u * going;
      std::int32_t chosen = 0;
      EACH_EXIT
      for (int j = 0; j < 4; ++j) chosen += row_[j][i] <= point ? 1 : 0;
      exit_[i] = chain_exits * state_[i] + chosen;
    }
  }

  void wait() {
    for (int i = 0; i < padded_; i += 8) fetch_exits(t_.chain.exits, exit_, i, mean_, to_, move_);
    EACH_LANE
    for (int i = 0; i < padded_; ++i) row_[0][i] = exponential(delay_words_[i]);
    const double horizon = t_.horizon, width = t_.window_width, per_day = t_.windows_per_day;
    const std::int32_t last = t_.windows - 1, stride = t_.personas * t_.exit_count, no_move = t_.windows * stride;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const double now = time_[i], then = now + mean_[i] * static_cast<double>(row_[0][i]);
      // A visit at the horizon is the last, even where an exit takes no time.
      moves_[i] = now < horizon && then <= horizon ? 1 : 0;
      time_[i] = then;
    }
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t window = window_of(time_[i] < horizon ? time_[i] : horizon, width, per_day, last);
      window_[i] = window;
      cell_[i] = moves_[i] != 0 ? window * stride + move_[i] : no_move;
    }
    std::uint32_t events = 0;
    EACH_LANE
    for (int i = 0; i < padded_; ++i) {
      const std::int32_t stops = cell_[i] == no_move ? 1 : 0;
      state_[i] = to_[i] >> 1;
      marks_[i] = static_cast<std::uint8_t>((to_[i] & 1) | stops);
      event_[i] += 1;
      events = events > event_[i] ? events : event_[i];
    }
    if (events >= t_.visits_per_life) done_.endless = true;
  }

  void count_moves() {
    std::uint32_t* const moves = task_.packed.moves;
    const int lanes = lanes_;
    for (int i = 0; i < lanes; ++i) ++moves[cell_[i]];
  }

  /// Those whose standing changes or whose life is over. From the back, so that the lane that fills a gap is one that goes
  /// on.
  void turn_marked() {
    for (int i = (padded_ - 1) & ~63; i >= 0; i -= 64) {
      for (std::uint64_t marked = marked_lanes(i); marked != 0;) {
        const int k = 63 - std::countl_zero(marked);
        marked &= ~(std::uint64_t{1} << k);
        turn_or_leave(i + k);
      }
    }
  }

  /// A bit for each of 64 lanes from `first` on.
  [[nodiscard]] std::uint64_t marked_lanes(int first) const {
    typedef std::uint64_t EightMarks __attribute__((may_alias));
    std::uint64_t marked = 0;
    for (int i = 0; i < 64; i += 8) {
      const std::uint64_t eight = *reinterpret_cast<const EightMarks*>(marks_ + first + i);
      marked |= eight * 0x0102040810204080u >> 56 << i;
    }
    const int lanes = lanes_ - first;
    return lanes >= 64 ? marked : marked & ((std::uint64_t{1} << lanes) - 1);
  }

  void turn_or_leave(int i) {
    if (cell_[i] == t_.windows * t_.personas * t_.exit_count) {
      if (bought_at_[i] >= 0.0) tenure(i, t_.horizon, TenureScore::censored);
    } else {
      turn(i);
      if (t_.chain.states[state_[i]].end == 0) return;
      ++done_.visits;
    }
    part(i);
    if (begin(i)) return;
    --lanes_;
    if (i != lanes_) copy(lanes_, i);
  }

  /// From one standing to another; also the first purchase and the end of a tenure.
  void turn(int i) {
    const ChainState& state = t_.chain.states[state_[i]];
    const std::int32_t before = code_[i], code = state.code == Code::promoter ? Code::promoter + stands_[i] : state.code;
    const auto persona = static_cast<std::size_t>(state.persona);
    const std::size_t cell = persona * static_cast<std::size_t>(t_.windows) + static_cast<std::size_t>(window_[i]);
    std::int16_t* const codes = task_.packed.codes + 8 * cell;
    --codes[before];
    ++codes[code];
    const int more = (code >= Code::promoter ? 1 : 0) - (before >= Code::promoter ? 1 : 0);
    task_.packed.series[2 * cell] += more * t_.chain.feelings[2 * persona];
    task_.packed.series[2 * cell + 1] += more * t_.chain.feelings[2 * persona + 1];
    code_[i] = code;
    if (state.bought != 0 && bought_at_[i] == not_yet) {
      bought_at_[i] = time_[i];
      ++bought_[cell * time_score_count];
      days_to_purchase_[persona * person_score_count] += fixed(time_[i] - arrival_[i], t_.shape.scales.days);
    }
    if (code == Code::churned && bought_at_[i] >= 0.0) {
      tenure(i, time_[i], TenureScore::churned);
      bought_at_[i] = no_more;
    }
  }

  void tenure(int i, double until, TenureScore score) {
    const std::size_t bin = t_.shape.tenure_bin_of(until - bought_at_[i], score);
    ++task_.cells[t_.shape.tenure(static_cast<std::size_t>(t_.chain.states[state_[i]].persona), bin, score)];
  }

  /// The next person, into lane i.
  bool begin(int i) {
    for (;;) {
      if (ready_ == drawn_ && !meet()) return false;
      const int k = people_.chosen[ready_++];
      if (++since_flush_ == customers_per_flush) {
        task_.flush(task_.worker);
        since_flush_ = 0;
      }
      customer_[i] = people_.customer[k];
      event_[i] = 0;
      time_[i] = arrival_[i] = people_.arrival[k];
      luck_[i] = people_.luck[k];
      state_[i] = new_state_[k];
      window_[i] = new_window_[k];
      stands_[i] = new_stands_[k];
      code_[i] = Code::absent;
      bought_at_[i] = not_yet;
      ++task_.packed.firsts[new_cell_[k]];
      turn(i);
      if (t_.chain.states[state_[i]].end == 0) return true;
      ++done_.visits;
      part(i);
    }
  }

  /// Keeps how the life in lane i ends, where that is asked for.
  void part(int i) {
    if (task_.ends == nullptr) return;
    const std::int32_t persona = t_.chain.states[state_[i]].persona;
    task_.ends[customer_[i] - task_.begin] = {fixed_score(t_.chain.satisfaction[persona]),
                                              static_cast<std::uint16_t>(persona), end_standing(code_[i])};
  }

  bool meet() {
    drawn_ = draw_people<false>(t_, task_, &next_, &people_);
    ready_ = 0;
    if (drawn_ == 0) return false;
    const double width = t_.window_width, per_day = t_.windows_per_day, horizon = t_.horizon;
    const std::int32_t last = t_.windows - 1;
    const std::int32_t touchpoints = t_.touchpoints, places = t_.places;
    const float base = t_.recommend_base, sd = t_.recommend_sd;
    for (int k = 0; k < lane_count; ++k) {
      const std::int32_t place = people_.persona[k] * touchpoints + people_.start[k];
      new_state_[k] = t_.chain.first_states[place];
      new_satisfaction_[k] = t_.chain.satisfaction[people_.persona[k]];
      new_cell_[k] = place;
    }
    EACH_LANE
    for (int k = 0; k < lane_count; ++k) {
      const double arrival = people_.arrival[k] < horizon ? people_.arrival[k] : horizon;
      new_window_[k] = window_of(arrival, width, per_day, last);
      new_cell_[k] += new_window_[k] * places;
      new_stands_[k] = behaviour::promoter_class(behaviour::recommend(new_satisfaction_[k], people_.answering[k], base, sd));
    }
    return true;
  }

  void copy(int from, int to) {
    customer_[to] = customer_[from];
    event_[to] = event_[from];
    state_[to] = state_[from];
    stands_[to] = stands_[from];
    code_[to] = code_[from];
    time_[to] = time_[from];
    luck_[to] = luck_[from];
    arrival_[to] = arrival_[from];
    bought_at_[to] = bought_at_[from];
  }

  static constexpr double not_yet = -1.0, no_more = -2.0;

  const Tables& t_;
  const Task& task_;
  /// Cells of the tally, of the first persona and window.
  std::int64_t *const days_to_purchase_, *const bought_;
  // A life.
  alignas(64) double time_[lane_count] = {}, luck_[lane_count] = {}, arrival_[lane_count] = {}, bought_at_[lane_count] = {};
  alignas(64) std::uint32_t customer_[lane_count] = {}, event_[lane_count] = {};
  alignas(64) std::int32_t state_[lane_count] = {}, stands_[lane_count] = {}, code_[lane_count] = {};
  // A visit.
  alignas(64) std::uint32_t choice_words_[lane_count], delay_words_[lane_count];
  alignas(64) float row_[8][lane_count];
  alignas(64) double mean_[lane_count];
  alignas(64) std::int32_t exit_[lane_count], leaves_[lane_count], moves_[lane_count], to_[lane_count], move_[lane_count],
      window_[lane_count], cell_[lane_count];
  alignas(64) std::uint8_t marks_[lane_count] = {};
  // People to come.
  People people_;
  alignas(64) float new_satisfaction_[lane_count];
  alignas(64) std::int32_t new_state_[lane_count], new_window_[lane_count], new_stands_[lane_count], new_cell_[lane_count];
  Done done_;
  int lanes_ = 0, padded_ = 0, ready_ = 0, drawn_ = 0;
  std::uint32_t next_, since_flush_ = 0;
  std::uint64_t tick_ = 0;
};

}  // namespace
}  // namespace sojourn::lock_step
