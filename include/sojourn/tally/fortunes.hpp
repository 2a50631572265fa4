// Winners and losers: the same customer on the same luck under two plans, counted by how the two lives end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sojourn {

/// How a life stands at the horizon.
struct EndState {
  std::int32_t satisfaction = 0;  // of the last visit appraised, in units of 2^-24
  std::uint16_t persona = 0;
  enum : std::uint16_t { absent, no_customer, customer } standing = absent;  // absent: never arrived, and counted nowhere
};

/// Whose customer a person is at the horizon.
enum class Fate { gained, kept, without, given_up };  // under the plan only, under both, neither, the baseline only
inline constexpr std::size_t fate_count = 4;

/// The plan's satisfaction at the end against the baseline's.
enum class Feeling { better, same, worse };
inline constexpr std::size_t feeling_count = 3;
/// Satisfactions that differ by no more than this, on a scale from 0 to 1, count as the same.
inline constexpr double same_satisfaction = 0.01;

/// People by persona, fate and feeling. Whole numbers: sums have no order.
class Fortunes {
 public:
  explicit Fortunes(std::size_t personas = 0) : counts_(personas * fate_count * feeling_count, 0) {}

  /// Counts people; both spans hold the same people in the same order.
  void count(std::span<const EndState> baseline, std::span<const EndState> plan);
  /// Counts `people` who are all alike.
  void count(std::size_t persona, Fate fate, Feeling feeling, std::int64_t people) {
    counts_[at(persona, fate, feeling)] += people;
  }
  Fortunes& operator+=(const Fortunes& other);

  [[nodiscard]] std::int64_t people(std::size_t persona, Fate fate, Feeling feeling) const {
    return counts_[at(persona, fate, feeling)];
  }
  [[nodiscard]] std::size_t personas() const { return counts_.size() / (fate_count * feeling_count); }
  friend bool operator==(const Fortunes&, const Fortunes&) = default;

 private:
  [[nodiscard]] static std::size_t at(std::size_t persona, Fate fate, Feeling feeling) {
    return (persona * fate_count + static_cast<std::size_t>(fate)) * feeling_count + static_cast<std::size_t>(feeling);
  }
  std::vector<std::int64_t> counts_;
};

}  // namespace sojourn
