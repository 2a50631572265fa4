// Customers who act on one another: all of a replication live window by window, and the market lies between.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "market_exchange.hpp"
#include "replication_state.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/engine/shared_run.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Who knows whom in a replication of `model`, and who belongs together, as process `rank` of `count` needs to know it.
[[nodiscard]] Relations connect(const Model& model, const Streams& streams, int threads, std::uint32_t rank = 0,
                                std::uint32_t count = 1);

/// Where a replication is kept while it is under way, and found again.
struct KeptState {
  StateKeeper* keeper = nullptr;  // of rank 0, null on others
  StateKeeper::Place place;       // which replication and plan
  bool found = false;             // the keeper has it: it goes on from there
  /// What else belongs to it: written into a piece, and read.
  std::function<void(StateWriter&)> write;
  std::function<void(StateReader&)> read;
};

/// What is wanted of a replication beside the sums, and how it is lived. None of it changes a sum.
struct CoupledOptions {
  int threads = 1;
  bool one_by_one = false;           // by the plain reference, which is the oracle of the lock-step loop
  EndState* ends = nullptr;          // one for each customer of this process, told how lives end; may be null
  std::span<Diary> diaries = {};     // in ascending order of customers; their visits are added
  WindowExchange* others = nullptr;  // who live the replication together with this process; null: nobody. Without queues
  KeptState* kept = nullptr;         // null: it is not kept. Without queues and diaries
};

/// The sums of a replication under one program; where several processes live it, of the customers of this one. `go_on` is
/// told after every window how much is done, in [0, 1]; when it says no to any of them, there are no sums. Throws InputError
/// (`endless_life`) for a life that never ends, that of the customer with the lowest number in the first such window.
[[nodiscard]] std::optional<Totals> run_coupled(const lock_step::Compiled& compiled, const Relations& relations,
                                                const Streams& streams, const CoupledOptions& options,
                                                const std::function<bool(double)>& go_on);

}  // namespace sojourn
