// Customers who act on one another: all of a replication live window by window, and the market lies between.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "market_exchange.hpp"
#include "sojourn/engine/diary.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Who knows whom in a replication of `model`, and who belongs together.
[[nodiscard]] Relations connect(const Model& model, const Streams& streams, int threads);

/// What is wanted of a replication beside the sums, and how it is lived. None of it changes a sum.
struct CoupledOptions {
  int threads = 1;
  bool one_by_one = false;        // by the plain reference, which is the oracle of the lock-step loop
  EndState* ends = nullptr;       // one for each customer, told how lives end; may be null
  std::span<Diary> diaries = {};  // in ascending order of customers; their visits are added
};

/// The sums of a replication under one program. `go_on` is told after every window how much is done, in [0, 1]; when it says
/// no, there are no sums. Throws RunError for a life that never ends, that of the customer with the lowest number in the
/// first such window.
[[nodiscard]] std::optional<Totals> run_coupled(const lock_step::Compiled& compiled, const Relations& relations,
                                                const Streams& streams, const CoupledOptions& options,
                                                const std::function<bool(double)>& go_on);

}  // namespace sojourn
