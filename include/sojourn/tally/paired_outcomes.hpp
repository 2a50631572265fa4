// Winners and losers: the same customer on the same luck under two plans, counted by how the two lives end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace sojourn {

/// The most tiers that a counter may have.
inline constexpr std::size_t most_tiers = 3;

/// Which tiers of a counter a customer ever reached, and when; and when the customer left. Days.
struct Membership {
  std::uint8_t tier = 0;                           // the highest; 0: none
  float left = std::numeric_limits<float>::max();  // came to an end; later than anything: never
  std::array<float, most_tiers> reached{};         // of the tiers up to that
};

/// How a life stands at the horizon.
struct EndState {
  std::int32_t satisfaction = 0;  // of the last visit appraised, in units of 2^-24
  std::uint16_t persona = 0;
  enum : std::uint8_t { absent, prospect, lost, churned, customer } standing = absent;  // absent: never arrived, not counted
  Membership membership = {};
};

/// Where a person who arrived stands with the company at the horizon, as in `prospects`, `lost`, `churned` and `customers`.
enum class EndStanding { prospect, lost, churned, customer };
inline constexpr std::size_t end_standing_count = 4;

/// What became without the plan of somebody who reaches a tier under it: where they stand at the horizon under the baseline,
/// or that they had left there before.
enum class WithoutPlan { prospect, lost, churned, customer, left_before };
inline constexpr std::size_t without_plan_count = 5;

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

/// People by persona, `CustomerChange` and `SatisfactionChange`; by persona and standing under the baseline and the plan;
/// and those who reach a tier under the plan by what became of them without it. Whole numbers: sums have no order.
class PairedOutcomes {
 public:
  explicit PairedOutcomes(std::size_t personas = 0, std::size_t tiers = 0)
      : counts_(personas * customer_change_count * satisfaction_change_count, 0),
        standings_(personas * end_standing_count * end_standing_count, 0),
        members_(tiers * personas * without_plan_count * end_standing_count, 0) {}

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
  /// People who reach tier `tier` (from 0), or a higher one; counted apart, too.
  void count(std::size_t tier, std::size_t persona, WithoutPlan without, EndStanding plan, std::int64_t people) {
    members_[at(tier, persona, without, plan)] += people;
  }
  PairedOutcomes& operator+=(const PairedOutcomes& other);

  [[nodiscard]] std::int64_t people(std::size_t persona, CustomerChange customer, SatisfactionChange satisfaction) const {
    return counts_[at(persona, customer, satisfaction)];
  }
  [[nodiscard]] std::int64_t people(std::size_t persona, EndStanding baseline, EndStanding plan) const {
    return standings_[at(persona, baseline, plan)];
  }
  [[nodiscard]] std::int64_t people(std::size_t tier, std::size_t persona, WithoutPlan without, EndStanding plan) const {
    return members_[at(tier, persona, without, plan)];
  }
  [[nodiscard]] std::size_t tiers() const {
    return personas() == 0 ? 0 : members_.size() / (personas() * without_plan_count * end_standing_count);
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
  [[nodiscard]] std::size_t at(std::size_t tier, std::size_t persona, WithoutPlan without, EndStanding plan) const {
    return ((tier * personas() + persona) * without_plan_count + static_cast<std::size_t>(without)) * end_standing_count +
           static_cast<std::size_t>(plan);
  }
  std::vector<std::int64_t> counts_, standings_, members_;
};

}  // namespace sojourn
