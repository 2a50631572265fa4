// Sums without order: fixed-point integers, so that any blocking, thread, rank or shard gives the same bits.
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "sojourn/base/numeric.hpp"
#include "sojourn/model/switching.hpp"
#include "sojourn/tally/paired_outcomes.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// Limits that rule out overflow of a block's 64-bit cells: 2^15 people x 2^16 visits x 2^31, two of the largest numbers.
inline constexpr std::uint32_t block_customers = 32768;
inline constexpr std::uint32_t visits_per_life = 65536;
inline constexpr double largest_amount = 0x1p30;
/// The scale of backlogs, numbers of people.
inline constexpr double backlog_scale = 0x1p16;

/// The scale for numbers of at most `largest` in size: the power of two at which they stay below `largest_amount`.
[[nodiscard]] double fixed_point_scale(double largest);

/// round(x * scale) to an integer, halves to even; |x * scale| must be below 2^51.
[[nodiscard]] SOJOURN_INLINE std::int64_t fixed(double x, double scale) {
  // Adding 1.5 * 2^52 leaves the integer in the low bits: vector instructions before AVX-512 cannot convert it.
  constexpr double rounder = 6755399441055744.0;
  // The difference is one of unsigned numbers, as unused lanes of the lock-step loop hold anything.
  return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(x * scale + rounder) -
                                   std::bit_cast<std::uint64_t>(rounder));
}

/// A score in [0, 1] in units of 2^-24, off by at most one unit.
[[nodiscard]] SOJOURN_INLINE std::int32_t fixed_score(float x) { return static_cast<std::int32_t>(x * 0x1p24f + 0.5f); }

/// The table of one block of customers.
class Tally {
 public:
  explicit Tally(const TallyShape& shape) : shape_(shape), cells_(shape.cells(), 0) {}

  [[nodiscard]] const TallyShape& shape() const { return shape_; }
  /// Adds to one cell; `cell` comes from the shape.
  void add(std::size_t cell, std::int64_t amount) {
    assert(cell < cells_.size());
    cells_[cell] += amount;
  }
  [[nodiscard]] const std::vector<std::int64_t>& cells() const { return cells_; }
  /// The cells, to add to.
  [[nodiscard]] std::int64_t* data() { return cells_.data(); }
  /// Number of visits recorded.
  std::uint64_t events = 0;
  /// All cells and the visits back to zero.
  void clear();

 private:
  TallyShape shape_;
  std::vector<std::int64_t> cells_;
};

/// Sums over blocks, in 128-bit integers: nothing that fits in memory overflows them. As long as none of them can need more,
/// they take 64 bits each: a run keeps the sums of every replication.
class Totals {
 public:
  __extension__ using Wide = __int128;

  explicit Totals(const TallyShape& shape)
      : paired_outcomes(shape.personas, shape.tiers), shape_(shape), narrow_(shape.cells(), 0) {}
  /// Adds a block or another total of the same shape, in any order.
  void add(const Tally& tally);
  void add(const Totals& other);

  [[nodiscard]] const TallyShape& shape() const { return shape_; }
  /// A cell as it stands; for stocks, the change in a window.
  [[nodiscard]] Wide cell(std::size_t index) const { return wide_.empty() ? Wide{narrow_[index]} : wide_[index]; }
  [[nodiscard]] double value(std::size_t index, double scale = 1.0) const {
    return (wide_.empty() ? static_cast<double>(narrow_[index]) : static_cast<double>(wide_[index])) / scale;
  }
  /// Days, or discounted days, that moves within a window add to those spent where `kind` of money flows.
  [[nodiscard]] Wide flow(MoneyOf whose, std::size_t kind, std::size_t piece, bool discounted) const {
    const std::size_t high = shape_.flow(whose, kind, piece, discounted ? FlowScore::discounted_high : FlowScore::days_high);
    return of_two_cells(high);
  }
  /// Amounts as they were drawn, in units of 1 / AmountLaw::scale; `high` is one of the scores that are so called.
  [[nodiscard]] Wide amount(MoneyOf whose, std::size_t place, std::size_t piece, AmountScore high) const {
    return of_two_cells(shape_.amount(whose, place, piece, high));
  }
  /// What these sums come to at the horizon, in a table of one window: the sums over windows of what is counted by window
  /// (of stocks that is what there is at the end), and of accounts what the last window says. Queues and money are left out.
  [[nodiscard]] Totals at_horizon() const;
  /// A stock at the end of `window`: the running sum of its changes.
  [[nodiscard]] Wide stock(std::size_t persona, std::size_t window, TimeScore score) const;
  /// People at `touchpoint` at the end of each window.
  [[nodiscard]] std::vector<std::int64_t> present(std::size_t persona, std::size_t touchpoint) const;
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// Keeps only the cells that are not 0, where that takes less memory, until `unpack`: for sums that wait for others.
  /// Meanwhile nothing may be added to them, and no cell asked for.
  void pack();
  /// The cells as they were. Does nothing to sums that are not packed.
  void unpack();

  /// The people of a comparison against themselves under its first plan; all 0 where only one plan is run.
  PairedOutcomes paired_outcomes;
  /// How the rules of the plan switched, of one replication; none in sums of several.
  Switches switches;

 private:
  [[nodiscard]] Wide of_two_cells(std::size_t high) const { return cell(high) * (Wide{1} << sum_low_bits) + cell(high + 1); }
  /// Whether cells still take 64 bits each when numbers of at most `largest` in size are added. Where not, they take more
  /// from now on.
  bool stay_narrow(std::uint64_t largest);
  void widen();
  /// What `at_horizon` says, into the cells of a table of that shape, all 0 before.
  template <class Cell>
  void sum_over_windows(const TallyShape& shape, std::vector<Cell>& cells) const;

  TallyShape shape_;
  std::vector<std::int64_t> narrow_;  // these or those
  std::vector<Wide> wide_;
  std::vector<std::uint32_t> packed_;  // positions of the cells in narrow_, where only some are there
  std::uint64_t largest_ = 0;          // no narrow cell is larger in size
  std::uint64_t events_ = 0;
};

}  // namespace sojourn
