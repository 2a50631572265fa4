// The processes of one sweep or run that mpirun or srun started together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace sojourn {

/// They share a counter, so that none of them keeps a list and whoever is ready takes what is next, and send one another
/// messages. What MPI does is in a module of its own (sim/sweep/mpi), which the program loads where it is one of several
/// ranks: without MPI nothing is linked. Any thread may call, one after another.
class Ranks {
 public:
  /// Waits for the other ranks; where `sums` was not called, `close` and it come first. What was sent and not received is
  /// lost.
  virtual ~Ranks() = default;
  Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  [[nodiscard]] virtual std::uint32_t rank() const = 0;   // from 0
  [[nodiscard]] virtual std::uint32_t count() const = 0;  // 1 where MPI knows of no other
  /// A number that no other call of any rank gets: 0, 1, 2, ...
  [[nodiscard]] virtual std::uint64_t take() = 0;
  /// What is taken from now on is beyond all that there is: the other ranks end what they are at.
  virtual void close() = 0;
  /// Lets the requests of others through, and what was sent; cheap.
  virtual void serve() = 0;

  /// What another rank has sent.
  struct Message {
    std::uint32_t from = 0;
    std::string bytes;
  };
  /// Sends `bytes`, at most 2^31 - 1, without waiting for them to be received. What one rank sends another comes in that
  /// order.
  virtual void send(std::uint32_t rank, std::string bytes) = 0;
  /// A message that has come, if there is one; it does not wait.
  [[nodiscard]] virtual std::optional<Message> receive() = 0;

  /// Sums over all ranks, of which each calls this once.
  using Totals = std::array<std::uint64_t, 5>;
  [[nodiscard]] virtual Totals sums(const Totals& of_this_rank) = 0;
};

/// What the module exports: the ranks of this process, to be deleted by the caller. Null where MPI allows no threads.
using MakeRanks = Ranks* (*)();
inline constexpr const char* make_ranks_name = "sojourn_make_ranks";

}  // namespace sojourn
