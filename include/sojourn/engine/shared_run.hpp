// A run that several processes share, or that goes on from what an earlier one kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sojourn/base/ranks.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {

/// Keeps a replication that is under way, as it stands between two windows, in pieces of some hundred megabytes at most. One
/// at a time: the last that was kept. One thread calls.
class StateKeeper {
 public:
  virtual ~StateKeeper() = default;
  StateKeeper() = default;
  StateKeeper(const StateKeeper&) = delete;
  StateKeeper& operator=(const StateKeeper&) = delete;

  /// Which replication, and under which plan of those of the run it is lived; those before it have been.
  struct Place {
    std::uint32_t replication = 0, plan = 0;
  };
  /// What a run before this one kept last.
  [[nodiscard]] virtual std::optional<Place> found() const = 0;
  [[nodiscard]] virtual std::size_t pieces() const = 0;
  [[nodiscard]] virtual std::string piece(std::size_t k) = 0;

  /// Whether so much time has passed that it is to be kept again.
  [[nodiscard]] virtual bool due() = 0;
  virtual void begin(const Place& place) = 0;
  virtual void add(std::string piece) = 0;
  virtual void finish() = 0;
};

/// Keeps what is finished of a run, so that the next run of the same need not simulate it again.
class RunKeeper {
 public:
  virtual ~RunKeeper() = default;
  RunKeeper() = default;
  RunKeeper(const RunKeeper&) = delete;
  RunKeeper& operator=(const RunKeeper&) = delete;

  /// The parts that a run before this one finished: whole batches, packed.
  [[nodiscard]] virtual const std::vector<std::string>& found() const = 0;
  /// A batch is finished. Any thread calls, one after another.
  virtual void keep(std::string part) = 0;
  /// Everything must be safe now: the run is about to end early.
  virtual void save() = 0;
  /// Who keeps a replication that is under way; null: nobody does.
  [[nodiscard]] virtual StateKeeper* states() { return nullptr; }
};

/// With whom a run is shared; each may be null.
struct Sharing {
  Ranks* ranks = nullptr;       // each of which calls `run` once, for the same
  RunKeeper* keeper = nullptr;  // of rank 0: told what is finished; what it has found is not simulated again
};

/// A touchpoint of `model` at which visits wait for servers; null where there is none. Calls have one order of time, so that
/// such a replication is the work of one rank, and is not kept while it is under way.
[[nodiscard]] const Touchpoint* queue_in(const Model& model);
/// Whether `ranks` live each of so many replications of `model` together.
[[nodiscard]] bool lived_together(const Model& model, std::uint64_t replications, std::uint32_t ranks);

/// As `run` without the last argument, to the same bits. Ranks share the blocks of customers where nothing couples these;
/// where something does, whole replications, or where these are fewer than ranks and nobody queues, the customers of each.
/// The result of rank 0 is that of all; those of the others hold no replication.
/// What fails on any rank is thrown on rank 0. A rank that cannot call this tells rank 0 by `give_up`. Throws RunError where
/// what the keeper has found is not of this run.
[[nodiscard]] RunResult run(const Model& model, std::span<const PlanId> plans, const RunOptions& options,
                            const Sharing& sharing);

/// Called instead of `run`, or after it has thrown: the run of all ranks fails, and rank 0 throws this error.
void give_up(Ranks& ranks, const std::exception& error);

}  // namespace sojourn
