// Gates: touchpoints at which the members of an account decide together (MODEL.md section 6).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"
#include "waiting_customers.hpp"

namespace sojourn {

/// A customer who came to a gate, the effort of that visit, its number in the customer's life, and whether it solved the
/// problem.
struct Held {
  std::uint32_t customer = 0;
  float effort = 0.0f;
  std::uint32_t touchpoint = 0;
  bool solved = false;
};

/// The gates of some accounts of a replication, which follow one another. Whoever is asked at a gate and may still come to
/// it is waited for. Eight bytes a customer, and two for each gate of the segment with most.
class Gates {
 public:
  /// Of the accounts of the customers in `of`, none of which is split.
  Gates(const Program& program, const Accounts& accounts, const Streams& streams, const Share& of);

  /// 1 where the account decides: [account segment x touchpoints + touchpoint].
  [[nodiscard]] const std::vector<std::uint8_t>& places() const { return places_; }

  /// Between two windows: notes who came to a gate in the last window, in any order.
  void hold(std::span<const Held> arrived);
  /// Notes that a message made `customer` leave, before the last window; to be told before who came to gates in it.
  void leave(std::uint32_t customer);
  /// Notes that the journey of `customer` is over, and nobody waits for the customer any more.
  void end(std::uint32_t customer);
  /// After these: accounts all of whose deciders are at a gate decide, and their members leave at the beginning of `window`.
  /// Accounts of which nothing was noted since the last window stand as they stood, and are not looked at.
  void decide(std::size_t window, WaitingCustomers& waiting, const CustomerStore& store);

  /// See replication_state.hpp.
  template <class State>
  void keep(State& state) {
    state.customers(of_, members_.data());
    if (most_gates_ > 0) state.customers(of_, followed_.data(), most_gates_);
    if (!state.has_all_else()) return;
    state.stretch(accounts_of_.begin, accounts_of_.end, noted_.data());
    // The gates of all accounts of the replication are numbered one after another.
    const std::uint64_t before = gates_before();
    state.stretch(before, before + decided_.size(), decided_.data());
    state.stretch(before, before + rounds_.size(), rounds_.data());
  }

 private:
  /// One gate of a segment.
  struct Rule {
    std::size_t touchpoint = 0;
    GateRule rule = GateRule::majority;
    std::vector<float> voices;      // by persona
    std::vector<std::uint8_t> yes;  // by position of the exit
    bool asks_all = true;           // the wishes of those who are not asked count as well, in the window at hand
  };
  /// What is known of a customer; an account is looked at in these alone.
  struct Member {
    float effort;              // of the last visit to a gate; below 0 where the customer is not held
    std::uint16_t touchpoint;  // of that visit
    std::uint8_t solved;       // 1 where that visit solved the problem
    std::uint8_t over;         // 1 where the journey is over
    [[nodiscard]] bool is_held(const Rule& rule) const { return effort >= 0.0f && touchpoint == rule.touchpoint; }
  };
  /// Those of an account who leave a gate at which they are held.
  struct Meeting {
    std::uint32_t account = 0;
    std::size_t gate = 0;
    std::size_t begin = 0, end = 0;  // of leaving_
    bool late = false;               // they follow a decision; else they make one
  };
  void hold(const Held& arrived);
  void meet(std::uint32_t account, std::size_t gate, const CustomerStore& store);
  /// The k-th of leaving_, who is of the meeting.
  [[nodiscard]] WaitingCustomers::AtGate at_gate(const Meeting& meeting, std::size_t k, std::size_t window) const;
  void settle(const Meeting& meeting, std::size_t window, WaitingCustomers& waiting);
  void look_again(std::uint32_t customer);
  void find_whose_wishes_count(std::size_t window);
  [[nodiscard]] bool surely_leaves(const VisitRow& row) const;
  void find_absent(const CustomerStore& store);
  [[nodiscard]] std::int32_t verdict(const Meeting& meeting, std::size_t window, WaitingCustomers& waiting);
  [[nodiscard]] std::vector<std::uint8_t> yes_of(std::size_t touchpoint) const;
  [[nodiscard]] std::uint64_t gates_before() const;
  [[nodiscard]] Member& member(std::uint32_t customer) { return members_[customer - of_.begin]; }
  [[nodiscard]] std::uint16_t& followed(std::uint32_t customer, std::size_t gate) {
    return followed_[(customer - of_.begin) * most_gates_ + gate];
  }
  [[nodiscard]] std::size_t row_of_account(std::uint32_t account) const { return account - accounts_of_.begin; }

  void prefetch(std::uint32_t account) const;

  static constexpr std::uint8_t all_gates = 0xff;
  static constexpr std::int32_t undecided = -2, stays = -1;
  static constexpr float not_held = -1.0f;
  const Program& program_;
  const Accounts& accounts_;
  Streams streams_;
  Share of_, accounts_of_;  // customers; accounts
  std::vector<std::uint8_t> places_;
  std::vector<std::vector<Rule>> rules_;  // [account segment][gate]
  Column<Member> members_;
  bool knows_absent_ = false;
  std::vector<std::uint8_t> noted_;        // of each account: bit k where gate k is to be looked at; of many, the last bit
  std::vector<std::uint32_t> to_look_at_;  // those, ascending
  std::vector<std::uint32_t> leaving_;     // members of the accounts that are about to decide, or have
  std::vector<Meeting> meetings_;          // these accounts
  std::vector<float> chances_, voices_;    // of the members at hand: their chances of the exits, and how much they count
  std::vector<double> result_, room_;      // what becomes of these
  std::vector<std::size_t> first_gate_;    // of each account, into decided_
  std::vector<std::int32_t> decided_;      // the last decision: position of the exit
  std::vector<std::uint16_t> rounds_;      // how many decisions there have been, as decided_
  std::size_t most_gates_ = 0;             // of any segment
  std::vector<std::uint16_t> followed_;    // [customer x most_gates_ + gate] the round whose decision was followed last
};

}  // namespace sojourn
