// Gates: touchpoints at which the members of an account decide together (MODEL.md section 6).
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/population/accounts.hpp"
#include "waiting_customers.hpp"

namespace sojourn {

/// A customer who came to a gate, and the effort of that visit.
struct Held {
  std::uint32_t customer = 0;
  float effort = 0.0f;
};

/// The gates of one replication. Whoever is asked at a gate and may still come to it is waited for.
class Gates {
 public:
  Gates(const Program& program, const Accounts& accounts, const Streams& streams);

  /// 1 where the account decides: [account segment x touchpoints + touchpoint].
  [[nodiscard]] const std::vector<std::uint8_t>& places() const { return places_; }

  /// Between two windows: `arrived` are those who came to a gate in the last window, in ascending order; accounts all of
  /// whose deciders are there decide, and their members leave at the beginning of `window`.
  void decide(std::size_t window, const std::vector<Held>& arrived, WaitingCustomers& waiting, const CustomerStore& store);

 private:
  /// One gate of a segment.
  struct Rule {
    std::size_t touchpoint = 0;
    GateRule rule = GateRule::majority;
    std::vector<float> voices;      // by persona
    std::vector<std::uint8_t> yes;  // by position of the exit
  };
  void decide(std::size_t window, std::uint32_t account, std::size_t gate, WaitingCustomers& waiting,
              const CustomerStore& store);
  [[nodiscard]] std::int32_t verdict(const Rule& rule, std::size_t window, std::uint32_t account, std::size_t gate,
                                     WaitingCustomers& waiting);
  [[nodiscard]] std::vector<std::uint8_t> yes_of(std::size_t touchpoint) const;

  static constexpr std::int32_t undecided = -2, stays = -1;
  const Program& program_;
  const Accounts& accounts_;
  Streams streams_;
  std::vector<std::uint8_t> places_;
  std::vector<std::vector<Rule>> rules_;  // [account segment][gate]
  std::vector<Held> held_;                // by customer
  std::vector<Held> here_;                // of the account and gate at hand
  std::vector<std::size_t> first_gate_;   // of each account, into decided_
  std::vector<std::int32_t> decided_;     // the last decision: position of the exit
  std::vector<std::uint16_t> rounds_;     // how many decisions there have been, as decided_
  std::size_t most_gates_ = 0;            // of any segment
  std::vector<std::uint16_t> followed_;   // [customer x most_gates_ + gate] the round whose decision was followed last
};

}  // namespace sojourn
