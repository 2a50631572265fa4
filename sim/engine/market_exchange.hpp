// What customers do to one another, between two windows (MODEL.md sections 3, 4 and 6).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "account_standings.hpp"
#include "customer_store.hpp"
#include "gates.hpp"
#include "sojourn/behaviour/review.hpp"
#include "sojourn/engine/talk.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"
#include "window_exchange.hpp"

namespace sojourn {

/// What the customers of a block did in a window that others will notice.
struct WindowEvents {
  std::vector<VisitAt> coming;                              // to queues, in this window
  std::vector<Call> calls;                                  // the first are the same as calls
  std::vector<std::pair<std::uint32_t, Life>> near_queues;  // visits that may lead to one, where shadows are sent
  std::vector<lock_step::Served> served;                    // who was served at one, and goes on in lock step
  std::uint64_t reviews = 0, stars = 0;
  std::vector<Held> held;              // who came to a gate that holds them, in any order
  std::vector<std::uint32_t> churned;  // who visited as somebody who has churned, in any order and more than once
  // Only where there are accounts:
  std::vector<StandingChange> standing_changes;  // in any order
  std::vector<std::uint32_t> ended;              // who has come to an end, in any order

  void clear();
  /// Adds what happened elsewhere, to other customers, but for who comes to a queue.
  void append(const WindowEvents& more);
  /// Puts a life of `customer` back into the store, and notes what that means to the account where there are `accounts`.
  void set_aside(CustomerStore& store, std::uint32_t customer, const Life& life, const Recorder& recorder, bool accounts);
};

/// Tells the tallies and the market of the visits of a life that the reference lives.
class VisitRecorder {
 public:
  VisitRecorder(Recorder& recorder, WindowEvents& events) : recorder_(recorder), events_(events) {}
  /// The customer whose visits follow.
  void watch(std::uint32_t customer) { customer_ = customer; }

  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    recorder_.visited(person, visit, row, before, after);
    if (visit.rating > 0) {
      ++events_.reviews;
      events_.stars += static_cast<std::uint64_t>(visit.rating);
    }
    if (visit.held) events_.held.push_back({customer_, visit.effort, visit.touchpoint, visit.solved});
    if (after.standing == Standing::churned) events_.churned.push_back(customer_);
  }
  void asked(const Person& person, const Asked& asked, const State& state) { recorder_.asked(person, asked, state); }

 private:
  Recorder& recorder_;
  WindowEvents& events_;
  std::uint32_t customer_ = 0;
};

/// Work on blocks of customers: calls `work(block, begin, end)` for all of them, on the threads that there are.
using OverBlocks =
    std::function<void(const std::function<void(std::size_t block, std::uint32_t begin, std::uint32_t end)>&)>;

/// What all plans of a replication share: who knows whom, and who belongs together; and which customers this process lives,
/// whose contacts alone it knows.
struct Relations {
  std::optional<SocialNetwork> network;
  std::optional<Accounts> accounts;
  std::vector<Share> shares;  // of each process that lives the replication, see `shares`
};

/// The market of one replication under one plan.
class Market {
 public:
  /// `threads` will work on it, and other processes by `others`.
  Market(const lock_step::Compiled& compiled, const Relations& relations, const Streams& streams, CustomerStore& store,
         int threads, WindowExchange& others);

  /// Who stands in a line, so that no message makes them leave it; nobody unless told.
  void set_lines(std::function<bool(std::uint32_t customer)> in_line) { in_line_ = std::move(in_line); }
  /// What customers find in the window at hand.
  [[nodiscard]] const MarketState& market_state() const { return market_state_; }
  /// The same for the lock-step loop, which tells of what happens in `events`.
  [[nodiscard]] lock_step::MarketView view(WindowEvents& events) const;

  /// The window before `window` is over: `events` is what happened in it, block by block. Messages reach their hearers,
  /// readers take note, accounts decide. What was heard is counted in `tallies`, one for each block.
  void exchange(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
                const std::function<Tally&(std::size_t block)>& tally_of);

  /// What stands between the end of a window and `exchange` (see replication_state.hpp). `block_of` is the block of a
  /// customer of this process, of `blocks`.
  template <class State, class BlockOf>
  void keep(State& state, std::size_t blocks, const BlockOf& block_of) {
    if (gates_) gates_->keep(state);
    if (!state.has_all_else()) return;
    state.value(record_);
    state.value(market_state_.reviews);
    keep_lists(state, churned_, blocks, block_of, [](std::uint32_t customer) { return customer; });
    keep_lists(state, led_away_, blocks, block_of, [](std::uint32_t customer) { return customer; });
  }
  /// Lists of each block, as one.
  template <class State, class T, class BlockOf, class CustomerOf>
  void keep_lists(State& state, std::vector<std::vector<T>>& lists, std::size_t blocks, const BlockOf& block_of,
                  const CustomerOf& customer_of) {
    std::vector<T> all;
    if constexpr (!State::reads) {
      for (const std::vector<T>& list : lists) all.insert(all.end(), list.begin(), list.end());
    }
    state.list(all);
    if constexpr (State::reads) {
      lists.resize(blocks);
      for (const T& one : all) {
        if (store_.has(customer_of(one))) lists[block_of(customer_of(one))].push_back(one);
      }
    }
  }

  /// Who may have left for a queue between the windows, in an order that is always the same.
  [[nodiscard]] std::vector<Departure> departures() const;

  /// The persona of whoever first spoke well of the company to a customer who had not bought; -1 where nobody did.
  [[nodiscard]] std::int64_t introduced_by(std::uint32_t customer) const {
    const std::uint32_t by = store_.introduced_by(customer);
    return by < lock_step::came_alone ? std::int64_t{persona_of(by)} : -1;
  }

 private:
  void publish(std::size_t window, std::span<const WindowEvents> events);
  /// Of anybody, also of who is lived elsewhere.
  [[nodiscard]] std::uint32_t persona_of(std::uint32_t customer) const {
    if (store_.has(customer)) return store_.persona(customer);
    return market_state_.accounts != nullptr ? market_state_.accounts->persona_of(customer)
                                             : population_.persona(streams_, customer);
  }
  void carry_messages(const Hearers& hearers);
  void prepare_talk(const Relations& relations, int threads);
  void talk(std::size_t window, std::span<const WindowEvents> events, const OverBlocks& over_blocks,
            const std::function<Tally&(std::size_t)>& tally_of);
  void set_voices_of_churned(std::vector<std::uint32_t>& churned, std::span<const std::uint32_t> more, double now) const;

  const lock_step::Compiled& compiled_;
  const Program& program_;
  const Population& population_;
  Streams streams_;
  CustomerStore& store_;
  WindowExchange& others_;
  std::span<const Share> shares_;  // of all processes
  MarketState market_state_;
  double people_per_customer_;
  std::function<bool(std::uint32_t customer)> in_line_;
  behaviour::PublicRecord record_;
  std::optional<Gates> gates_;
  std::optional<Talk> talk_;
  Speakers speakers_;
  Column<MessageCounts> messages_;
  ManyMessages many_messages_;
  MessagesAbroad abroad_;
  std::vector<std::vector<std::uint32_t>> churned_;   // [block] those who churned a short while ago
  std::vector<std::vector<std::uint32_t>> led_away_;  // [block] whom a message made leave before the window at hand
  std::vector<std::vector<Departure>> departures_;    // of gates, then of each block's hearers
  std::vector<std::uint8_t> hears_;                   // [touchpoint] whether a message can make somebody leave it
};

}  // namespace sojourn
