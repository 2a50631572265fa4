// One replication of customers who act on one another, lived by several processes: each lives a share of the customers, and
// between windows all tell one another what the others need to know.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"

namespace sojourn {

/// What one process of several is to another. This is that of a process that is alone, which costs nothing; RankExchange is
/// that of ranks. All processes of a replication make the same calls in the same order.
class WindowExchange {
 public:
  virtual ~WindowExchange() = default;
  WindowExchange() = default;
  WindowExchange(const WindowExchange&) = delete;
  WindowExchange& operator=(const WindowExchange&) = delete;

  [[nodiscard]] virtual std::uint32_t rank() const { return 0; }
  [[nodiscard]] virtual std::uint32_t count() const { return 1; }
  [[nodiscard]] bool alone() const { return count() == 1; }
  /// Gives each process its text of `for_each`, and takes what each has for this one, in the order of ranks. Throws where
  /// another process has ended early.
  [[nodiscard]] virtual std::vector<std::string> swap(std::vector<std::string> for_each) { return for_each; }

  /// What `bytes` is on each process, in the order of ranks.
  [[nodiscard]] std::vector<std::string> gather(const std::string& bytes);
  /// Sums over all processes.
  void add_up(std::span<std::uint64_t> numbers);
  /// Whether each holds on some process.
  [[nodiscard]] std::array<bool, 3> any(const std::array<bool, 3>& here);
};

/// The customers of each of `count` processes, who follow one another: as many each as can be where no account is split.
/// `accounts` may be null. Some may have nobody.
[[nodiscard]] std::vector<Share> shares(std::uint32_t customers, const Accounts* accounts, std::uint32_t count);

/// The numbers of the accounts whose members are the customers in `of`.
[[nodiscard]] Share accounts_of(const Accounts& accounts, const Share& of);

}  // namespace sojourn
