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
  enum : std::uint16_t {
    absent,
    prospect,
    lost,
    churned,
    customer
  } standing = absent;  // absent: never arrived, not counted
};

/// Where a person who arrived stands with the company at the horizon, as in `prospects`, `lost`, `churned` and `customers`.
enum class EndStanding { prospect, lost, churned, customer };
inline constexpr std::size_t end_standing_count = 4;

/// Whose customer a person is at the horizon.
enum class CustomerChange {
  gained,   // a customer under the plan only
  kept,     // under both
  without,  // under neither
  given_up  // under the baseline only
};
inline constexpr std::size_t customer_change_count = 4;

/// The plan's satisfaction at the end against the baseline's.
enum class SatisfactionChange { better, same, worse };
inline constexpr std::size_t satisfaction_change_count = 3;
/// Satisfactions that differ by no more than this, on a scale from 0 to 1, count as the same.
inline constexpr double same_satisfaction = 0.01;

/// People by persona, `CustomerChange` and `SatisfactionChange`; and by persona and standing under the baseline and the
/// plan. Whole numbers: sums have no order.
class PairedOutcomes {
 public:
  explicit PairedOutcomes(std::size_t personas = 0)
      : counts_(personas * customer_change_count * satisfaction_change_count, 0),
        standings_(personas * end_standing_count * end_standing_count, 0) {}

  /// Counts people; both spans hold the same people in the same order.
  void count(std::span<const EndState> baseline, std::span<const EndState> plan);
  /// Counts `people` who are all alike.
  void count(std::size_t persona, CustomerChange customer, SatisfactionChange satisfaction, std::int64_t people) {
    counts_[at(persona, customer, satisfaction)] += people;
  }
  /// The same by standing; the two are counted apart.
  void count(std::size_t persona, EndStanding baseline, EndStanding plan, std::int64_t people) {
    standings_[at(persona, baseline, plan)] += people;
  }
  PairedOutcomes& operator+=(const PairedOutcomes& other);

  [[nodiscard]] std::int64_t people(std::size_t persona, CustomerChange customer, SatisfactionChange satisfaction) const {
    return counts_[at(persona, customer, satisfaction)];
  }
  [[nodiscard]] std::int64_t people(std::size_t persona, EndStanding baseline, EndStanding plan) const {
    return standings_[at(persona, baseline, plan)];
  }
  [[nodiscard]] std::size_t personas() const { return counts_.size() / (customer_change_count * satisfaction_change_count); }
  friend bool operator==(const PairedOutcomes&, const PairedOutcomes&) = default;

 private:
  [[nodiscard]] static std::size_t at(std::size_t persona, CustomerChange customer, SatisfactionChange satisfaction) {
    return (persona * customer_change_count + static_cast<std::size_t>(customer)) * satisfaction_change_count +
           static_cast<std::size_t>(satisfaction);
  }
  [[nodiscard]] static std::size_t at(std::size_t persona, EndStanding baseline, EndStanding plan) {
    return (persona * end_standing_count + static_cast<std::size_t>(baseline)) * end_standing_count +
           static_cast<std::size_t>(plan);
  }
  std::vector<std::int64_t> counts_, standings_;
};

}  // namespace sojourn
