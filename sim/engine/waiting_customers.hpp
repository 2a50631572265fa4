// What can happen to customers between two of their visits, at the beginning of a window: a message, or the decision of
// their account, makes them leave the touchpoint at which they wait.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "customer_store.hpp"

namespace sojourn {

/// A customer who may leave, or leaves, a touchpoint at the beginning of a window for a queue.
struct Departure {
  std::uint32_t customer = 0;
  std::uint32_t messages = 0;  // positive messages heard, one of which may make the customer leave; 0 at a gate
  std::uint32_t exit = 0;      // the account's decision, where it is a gate: the position of the exit
};

/// Works on a store; not to be shared between threads.
class WaitingCustomers {
 public:
  /// `accounts` may be null.
  WaitingCustomers(const lock_step::Compiled& compiled, const Streams& streams, const Accounts* accounts,
                   CustomerStore& store);

  /// `messages` positive messages reach a customer who waits at a touchpoint, at the beginning of `window`; one of them may
  /// make the customer leave; whether one did.
  bool hear(std::uint32_t customer, std::size_t window, std::uint32_t messages);
  /// A customer held at a gate, at the beginning of a window.
  struct AtGate {
    std::uint32_t customer = 0, persona = 0, touchpoint = 0;
    std::size_t window = 0;
  };
  /// Running sums of the shares of the exits by which such a customer would leave alone; `effort` is that of the visit, and
  /// `solved` whether it solved the problem. Valid until the next call.
  [[nodiscard]] std::span<const float> shares_at_gate(const AtGate& who, float effort, bool solved);
  /// The account has decided: such a customer leaves by the exit in position `exit`.
  void leave_gate(const AtGate& who, std::uint32_t exit);
  /// Rules have switched at the end of the window before `window`: where the customer is in a race whose hazards they may
  /// change, it goes on with those of the program, from what it has used up of its draws by now.
  void race_on(std::uint32_t customer, std::size_t window);
  /// Of those told so far, those who may have left for a queue, in the order told, where one simulated customer stands for
  /// several real ones: the others may leave as well.
  [[nodiscard]] std::vector<Departure>& departures() { return departures_; }

 private:
  [[nodiscard]] const VisitRow& row(std::uint32_t persona, std::uint32_t touchpoint, std::size_t window) const {
    return program_.row(program_.regime_at_begin(window), persona, touchpoint);
  }
  [[nodiscard]] Carrier carrier(std::uint32_t customer, std::uint32_t persona, std::size_t window,
                                std::span<const ExitRow> exits);
  [[nodiscard]] bool queues(const ExitRow& exit) const { return program_.place(exit.to).queues; }
  void leave(std::uint32_t customer, std::size_t window, const ExitRow& exit, double delay);

  const Program& program_;
  const Population& population_;
  Streams streams_;
  const Accounts* accounts_;
  CustomerStore& store_;
  std::vector<float> traits_, cumulative_;
  std::vector<Departure> departures_;
};

}  // namespace sojourn
