#include "account_standings.hpp"

#include <algorithm>
#include <bit>

#include "window_exchange.hpp"

namespace sojourn {
namespace {

constexpr std::uint32_t bit_of(AccountScore score) { return 1u << static_cast<std::uint32_t>(score); }

/// Which scores of an account a member who stands like this brings about, as bits; `existing`: who arrived as a customer.
std::uint32_t brings(Standing standing, bool existing) {
  const bool customer = standing == Standing::customer, arrived = standing != Standing::absent;
  return (arrived ? bit_of(AccountScore::arrived) : 0) |
         (customer || standing == Standing::churned ? bit_of(AccountScore::bought) : 0) |
         (customer ? bit_of(AccountScore::customers) : 0) | (existing && arrived ? bit_of(AccountScore::existing) : 0);
}

}  // namespace

AccountStandings::AccountStandings(const Accounts& accounts, const Population& population, const Share& of)
    : accounts_(accounts),
      population_(population),
      accounts_of_(accounts_of(accounts, of)),
      members_(accounts_of_.people(), Counts{}) {
  std::uint32_t segments = 0;
  for (std::uint32_t account = 0; account < accounts.count(); ++account) {
    segments = std::max(segments, accounts.segment(account) + 1);
  }
  with_a_member_.resize(segments, Counts{});
}

void AccountStandings::change(std::span<const StandingChange> changes) {
  constexpr std::size_t ahead = 16;  // members whose account the memory is asked for before their turn
  for (std::size_t k = 0; k < changes.size(); ++k) {
    if (k + ahead < changes.size()) accounts_.prefetch(changes[k + ahead].customer);
    change(changes[k]);
  }
}

void AccountStandings::change(const StandingChange& change) {
  const std::uint32_t account = accounts_.account_of(change.customer);
  Counts &members = members_[account - accounts_of_.begin], &accounts = with_a_member_[accounts_.segment(account)];
  const bool existing = population_.existing(accounts_.persona_of(change.customer));
  const std::uint32_t before = brings(change.from, existing), after = brings(change.to, existing);
  for (std::uint32_t changed = before ^ after; changed != 0; changed &= changed - 1) {
    const auto score = static_cast<std::size_t>(std::countr_zero(changed));
    if ((after >> score & 1) != 0) {
      if (members[score]++ == 0) ++accounts[score];
    } else {
      if (--members[score] == 0) --accounts[score];
    }
  }
}

void AccountStandings::count_members() {
  std::fill(with_a_member_.begin(), with_a_member_.end(), Counts{});
  for (std::uint32_t account = accounts_of_.begin; account < accounts_of_.end; ++account) {
    const Counts& members = members_[account - accounts_of_.begin];
    for (std::size_t score = 0; score < account_score_count; ++score)
      with_a_member_[accounts_.segment(account)][score] += members[score] > 0 ? 1 : 0;
  }
}

void AccountStandings::count(std::size_t window, Tally& tally) const {
  for (std::size_t segment = 0; segment < with_a_member_.size(); ++segment) {
    for (std::size_t score = 0; score < tally.shape().account_scores(); ++score) {
      tally.add(tally.shape().account(segment, window, static_cast<AccountScore>(score)), with_a_member_[segment][score]);
    }
  }
}

}  // namespace sojourn
