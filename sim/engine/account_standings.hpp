// How many accounts have arrived, have bought, and have a customer: counted as their members change.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sojourn/engine/life.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// A customer who stood as `from` and stands as `to` now.
struct StandingChange {
  std::uint32_t customer = 0;
  Standing from = Standing::absent, to = Standing::absent;
};

/// Some accounts of a replication under one plan, which follow one another. Nobody has arrived at first. Sixteen bytes an
/// account.
class AccountStandings {
 public:
  /// Of the accounts of the customers in `of`, none of which is split. All outlive this.
  AccountStandings(const Accounts& accounts, const Population& population, const Share& of);

  /// Notes changes; of the changes of a window none may be left out, in any order.
  void change(std::span<const StandingChange> changes);
  /// Counts the accounts as they stand at the end of `window`.
  void count(std::size_t window, Tally& tally) const;

  /// See replication_state.hpp.
  template <class State>
  void keep(State& state) {
    if (!state.has_all_else()) return;
    state.stretch(accounts_of_.begin, accounts_of_.end, members_.data());
    if constexpr (State::reads) count_members();
  }

 private:
  void change(const StandingChange& change);
  void count_members();

  using Counts = std::array<std::uint32_t, account_score_count>;

  const Accounts& accounts_;
  const Population& population_;
  Share accounts_of_;
  std::vector<Counts> members_;        // of each of these accounts, for whom each score holds
  std::vector<Counts> with_a_member_;  // of each segment: accounts with at least one such member
};

}  // namespace sojourn
