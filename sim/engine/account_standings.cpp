#include "account_standings.hpp"

#include <algorithm>

#include "window_exchange.hpp"

namespace sojourn {
namespace {

/// Which scores of an account a member who stands like this brings about; `existing`: who arrived as a customer.
std::array<bool, account_score_count> brings(Standing standing, bool existing) {
  std::array<bool, account_score_count> scores{};
  const bool customer = standing == Standing::customer;
  scores[static_cast<std::size_t>(AccountScore::arrived)] = standing != Standing::absent;
  scores[static_cast<std::size_t>(AccountScore::bought)] = customer || standing == Standing::churned;
  scores[static_cast<std::size_t>(AccountScore::customers)] = customer;
  scores[static_cast<std::size_t>(AccountScore::existing)] = existing && standing != Standing::absent;
  return scores;
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

void AccountStandings::change(const StandingChange& change) {
  const std::uint32_t account = accounts_.account_of(change.customer);
  Counts &members = members_[account - accounts_of_.begin], &accounts = with_a_member_[accounts_.segment(account)];
  const bool existing = population_.existing(accounts_.persona_of(change.customer));
  const auto before = brings(change.from, existing), after = brings(change.to, existing);
  for (std::size_t score = 0; score < account_score_count; ++score) {
    if (before[score] == after[score]) continue;
    if (after[score]) {
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
