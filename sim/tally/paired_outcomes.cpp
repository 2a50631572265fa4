#include "sojourn/tally/paired_outcomes.hpp"

#include <algorithm>
#include <cassert>

namespace sojourn {

void PairedOutcomes::count(std::span<const EndState> baseline, std::span<const EndState> plan) {
  assert(baseline.size() == plan.size());
  constexpr auto tolerance = static_cast<std::int32_t>(same_satisfaction * 0x1p24);
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const EndState &before = baseline[i], &after = plan[i];
    if (after.standing == EndState::absent) continue;
    const bool was = before.standing == EndState::customer, is = after.standing == EndState::customer;
    const CustomerChange customer = is ? (was ? CustomerChange::kept : CustomerChange::gained)
                                       : (was ? CustomerChange::given_up : CustomerChange::without);
    const std::int32_t change = after.satisfaction - before.satisfaction;
    const SatisfactionChange satisfaction = change > tolerance    ? SatisfactionChange::better
                                            : change < -tolerance ? SatisfactionChange::worse
                                                                  : SatisfactionChange::same;
    ++counts_[at(after.persona, customer, satisfaction)];
    // Plans change nobody's arrival: who stands somewhere under one stands somewhere under both.
    const auto standing_before = static_cast<EndStanding>(before.standing - 1),
               standing = static_cast<EndStanding>(after.standing - 1);
    ++standings_[at(after.persona, standing_before, standing)];
    for (std::size_t tier = 0; tier < after.membership.tier; ++tier) {
      const bool gone = before.membership.left < after.membership.reached[tier];
      const auto without = gone ? WithoutPlan::left_before : static_cast<WithoutPlan>(standing_before);
      count(tier, after.persona, without, standing, 1);
    }
  }
}

PairedOutcomes& PairedOutcomes::operator+=(const PairedOutcomes& other) {
  counts_.resize(std::max(counts_.size(), other.counts_.size()), 0);
  standings_.resize(std::max(standings_.size(), other.standings_.size()), 0);
  members_.resize(std::max(members_.size(), other.members_.size()), 0);
  for (std::size_t i = 0; i < other.members_.size(); ++i) members_[i] += other.members_[i];
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  for (std::size_t i = 0; i < other.standings_.size(); ++i) standings_[i] += other.standings_[i];
  return *this;
}

}  // namespace sojourn
