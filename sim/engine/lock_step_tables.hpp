// A program as the vectorised loop reads it, and one block of customers lived by it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "lock_step.hpp"
#include "lock_step_hazard_tables.hpp"
#include "sojourn/base/quantile_table.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {
class CustomerStore;
}

namespace sojourn::lock_step {

/// Tables of one program. Thread-safe once built.
class Compiled {
 public:
  Compiled(const Program& program, const Population& population, const TallyShape& shape);
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  [[nodiscard]] const Tables& tables() const { return tables_; }
  [[nodiscard]] const Program& program() const { return *program_; }
  [[nodiscard]] const Population& population() const { return *population_; }
  [[nodiscard]] const std::vector<PlaceScores>& place_scores() const { return place_scores_; }
  /// The traits that have a column of their own.
  [[nodiscard]] const std::vector<std::int32_t>& own_traits() const { return own_traits_; }
  /// Where exits lead from and to, then each touchpoint's first visits.
  [[nodiscard]] const std::vector<Passage>& passages() const { return passages_; }

 private:
  void compile_rows();
  void compile_exits(Row& to, const VisitRow& row, std::uint32_t persona, std::uint32_t touchpoint);
  [[nodiscard]] bool fast(const VisitRow& row, std::uint32_t persona, std::uint32_t touchpoint) const;
  [[nodiscard]] std::int32_t own_trait(std::int32_t trait);
  void compile_content(const VisitRow& row, bool shown);
  void compile_hazards();
  void compile_constant_choices();
  [[nodiscard]] std::vector<float> constants(BuiltinTrait trait) const;
  void compile_still_scores();
  void compile_place_scores();
  void compile_people();
  void find_gates();
  [[nodiscard]] Quantity quantity(std::int32_t index);
  [[nodiscard]] bool talkativeness_varies() const;
  static std::int32_t choose(const void* owner, std::int32_t persona, std::int32_t row, Moment* moment);
  static void carry_first(const Task& task, std::uint32_t customer, std::int32_t persona, double arrival, double* carried);
  static void carry_on(const Task& task, const Payment& at, std::int32_t row, std::int32_t touchpoint, std::int32_t exit,
                       double* carried);
  static Membership membership(const Task& task, const double* carried);
  static void pay_drawn(const Task& task, const Payment& at, std::int32_t window, std::int32_t regime, bool referred);
  static float solving_chance(const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t row);
  static float ask_after_visit(const Task& task, Asking* at, double* carried);
  static void watch_visit(const Task& task, const Asking& at);
  static void ask_while_staying(const Task& task, Asking* at, double until, double* carried);
  [[nodiscard]] static float propensity(const Task& task, const Asking& at);
  [[nodiscard]] static float trait_of(const Task& task, std::uint32_t customer, std::int32_t persona, std::size_t trait);
  [[nodiscard]] static Amounts draw_amounts(const Task& task, const Payment& at);
  void compile_paid();

  const Program* program_;
  const Population* population_;
  Tables tables_{};
  std::vector<Row> rows_;
  std::vector<const VisitRow*> visit_rows_;  // of each row
  std::vector<std::int32_t> row_of_, state_of_, money_of_;
  std::vector<double> regime_begins_;
  std::vector<Exit> exits_;
  HazardTables hazards_;
  std::vector<double> stretch_;
  std::vector<float> carries_;
  std::vector<ShownContent> content_;  // [row]; empty where nothing is shown
  bool shows_content_ = false;
  std::vector<std::int32_t> regime_of_cell_, flow_kind_of_;
  std::vector<Passage> passages_;
  std::vector<std::uint64_t> ways_;
  std::vector<RecoveryWay> recoveries_;
  std::vector<std::uint8_t> is_end_;
  std::vector<PlaceScores> place_scores_;
  std::vector<std::int32_t> paid_of_, piece_of_, last_piece_of_, amount_place_of_;
  std::vector<FlowPiece> flow_pieces_;
  std::vector<float> loss_aversion_of_, effort_aversion_of_;
  std::vector<std::int32_t> gate_;        // [touchpoint] of Coupling
  std::vector<std::int32_t> own_traits_;  // those with a column
  std::vector<double> cumulative_share_;
  std::vector<Start> starts_;
  std::vector<Inverse> arrives_;                   // [persona]
  std::vector<quantiles::Table> quantile_tables_;  // of all quantities
  std::vector<std::uint8_t> existing_;             // [persona]
  std::vector<std::uint8_t> mixed_;                // [persona]
  std::deque<std::vector<Draw>> draws_;            // of each quantity
};

/// Customers `begin` to `end` of a store, who are to be lived through one window.
struct WindowOfBlock {
  CustomerStore* store;
  std::uint32_t begin, end;
  std::size_t padding;  // which of the store's rows for padding lanes; no two blocks may use one at a time
  std::size_t window;
  const MarketView* market;  // null: nothing couples customers
  /// Where not empty only these are lived, from the visit at which they were served in this window on (see Task::served).
  std::span<Served> served = {};
};

/// Room for the sums of one block at a time, and the loop over it. Not to be shared between threads.
class Worker {
 public:
  explicit Worker(const TallyShape& shape);

  [[nodiscard]] Tally& tally() { return tally_; }
  /// Where the loop writes how each life of a block ends, from the first on; null: nobody asks.
  EndState* life_ends = nullptr;
  /// Where the loop adds the processor ticks of each of its steps; null: nobody asks.
  std::uint64_t* ticks = nullptr;
  /// Adds whole lives of people `begin` to `end` of a replication to the tally. False where one made more than
  /// `visits_per_life` visits: then the tally is worthless.
  [[nodiscard]] bool live(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end);
  /// The same, stopped at the end of every window, with the customers' state in columns between windows.
  [[nodiscard]] bool live_by_windows(const Compiled& compiled, const Streams& streams, std::uint64_t begin,
                                     std::uint64_t end);

  /// One window of customers in a store; `flush` is to be called before the tally is read, or another program lived. False
  /// where a customer made more than `visits_per_life` visits: then store and tally are worthless.
  [[nodiscard]] bool live_window(const Compiled& compiled, const Streams& streams, const WindowOfBlock& block);
  /// Adds what is counted in packed form to the tally.
  void flush();

 private:
  static constexpr std::size_t every_window = static_cast<std::size_t>(-1);
  static void flush_codes(void* worker);
  void flush_moves();
  std::int64_t count_visits(std::uint32_t persona, std::uint32_t touchpoint, const std::uint32_t* visits);
  void flush_decays();
  [[nodiscard]] Task task(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end);

  Tally tally_;
  struct alignas(16) Pair {
    std::int64_t sums[2];
  };
  std::vector<Pair> touch_, extra_effort_and_repeats_, series_, paid_;
  std::vector<std::int64_t> decays_;
  std::vector<std::int16_t> codes_;
  std::vector<std::uint32_t> moves_, firsts_;
  std::vector<double> carried_;         // of the lanes, see Task
  const Compiled* compiled_ = nullptr;  // the program at hand
  std::size_t window_ = every_window;   // the only one with packed stocks
  std::uint32_t unflushed_ = 0;         // see Task
};

}  // namespace sojourn::lock_step
