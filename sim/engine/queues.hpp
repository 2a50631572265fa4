// The queues of one replication: customers come, wait, are served, give up or are turned away, in the order of time, whatever the
// windows (MODEL.md section 4). What they do until they come is lived elsewhere; what follows a wait within the same window is
// lived here, one customer at a time, because it may lead to a queue again.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "customer_store.hpp"
#include "market_exchange.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/service_lines.hpp"

namespace sojourn {

class Queues {
 public:
  /// All outlive this.
  Queues(const Program& program, const Population& population, const Streams& streams, const Market& market, CustomerStore& store);

  /// Everything that happens at queues, and because of them, up to the end of `window`. `coming` are the customers whose next
  /// visit, in this window, is to a queue; what they do is counted in `tally` and told in `events`, and for the customers of
  /// `diaries`, in ascending order, written down.
  void live(std::size_t window, std::span<const std::uint32_t> coming, Tally& tally, WindowEvents& events, std::span<Diary> diaries);

  /// Whether the customer waits in line.
  [[nodiscard]] bool in_line(std::uint32_t customer) const { return in_line_[customer] != 0; }

 private:
  struct Coming {
    double time;
    std::uint32_t customer;
  };
  class Window;

  const Program& program_;
  const Population& population_;
  Streams streams_;
  const Market& market_;
  CustomerStore& store_;
  ServiceLines lines_;
  std::vector<std::uint8_t> in_line_;  // [customer]
};

}  // namespace sojourn
