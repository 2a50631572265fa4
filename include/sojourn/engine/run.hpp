// Runs a model: the top loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "sojourn/engine/batches.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Who lives the lives. All give the same bits. Customers who act on one another are lived window by window in any case: by
/// the loop for many where one of the first two is asked for, else by the reference.
enum class Engine {
  lock_step,                // many customers side by side, each a whole life: what everybody runs
  window_by_window,         // the same loop, stopped at every window's end: what coupled customers need
  one_customer,             // the plain reference, one customer at a time (engine/life.hpp): the oracle of the tests
  one_customer_by_windows,  // the reference, stopped at every window's end
};

/// How to run; nothing here changes a number.
struct RunOptions {
  Engine engine = Engine::lock_step;
  std::uint32_t first_replication = 0;   // those before it are left out; see `append`
  int threads = 0;                       // 0: SLURM_CPUS_PER_TASK, else the processors that this process may use
  std::function<void(double)> progress;  // told the share done in [0, 1], rising, by one thread at a time that holds
                                         // up no other; may be empty, may throw, which ends the run
  std::atomic<std::uint32_t>* finished = nullptr;  // raised by one with each replication that is finished; may be null
  bool tables = true;                              // keep the sums of each replication, not only those of few samples
  bool samples = true;                             // keep batches of customers as samples; otherwise a replication is one,
                                                   // which is quicker where few people are simulated, with the same sums
  std::stop_token stop;                            // once a stop is requested, no new block or window is begun
};

/// The sums of a run.
struct RunResult {
  std::vector<Program> programs;            // one for each plan asked for
  std::vector<TallyShape> shapes;           // of each plan's sums
  std::vector<std::uint32_t> replications;  // those that were finished
  std::vector<std::vector<Totals>> totals;  // [plan][replication]; empty for each plan where they are not kept
  std::vector<Batches> batches;             // [plan] the samples; they add up to all replications that were finished
  std::uint64_t events = 0;                 // visits simulated, of all plans
  double seconds = 0.0;                     // of wall-clock time
  int threads = 1;                          // that the run used, for what comes after it
  bool interrupted = false;
};

/// Simulates every replication of `model` under each of `plans`, all on the same luck. Where a stop is requested, the result
/// holds the replications that were finished, perhaps none, and says so. Throws InputError
/// (`endless_life`) for a life that never ends; of several errors, the one of the lowest block.
[[nodiscard]] RunResult run(const Model& model, std::span<const PlanId> plans, const RunOptions& options = {});

/// Adds the replications of another run of the same plans, which `result` does not have. The sums are then those of one run
/// of them all.
void append(RunResult& result, RunResult more);

/// More threads than this are not asked for by the environment, and cannot be on the command line.
inline constexpr int most_threads = 4096;
/// The number of threads that `run` uses when asked for `threads`: those, or where `threads` is 0 the number in
/// SLURM_CPUS_PER_TASK (`most_threads` where it is larger), or all processors that this process may use.
[[nodiscard]] int thread_count(int threads);

}  // namespace sojourn
