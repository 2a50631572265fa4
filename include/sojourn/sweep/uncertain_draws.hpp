// Simulates plans at many draws of what a scenario's author does not know.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"
#include "sojourn/scenario/uncertain.hpp"

namespace sojourn {

/// How many draws, and how they are simulated. Threads change no number.
struct DrawOptions {
  std::uint64_t draws = 512;             // a multiple of `scrambles`
  std::vector<std::string> plans;        // ids; empty for all
  int threads = 0;                       // as RunOptions
  std::function<void(double)> progress;  // told the share that is done, rising, by one thread at a time
  std::stop_token stop;
};
/// Each draw is one of this many independently shifted Sobol sequences, so that the error of a figure over them is known.
inline constexpr std::uint64_t scrambles = 8;
/// Replications of a draw: what they differ by is chance, not inputs.
inline constexpr std::uint32_t replications_of_a_draw = 2;

/// What was drawn and what came out.
struct UncertainDraws {
  std::vector<std::string> keys, units;     // of the inputs
  std::vector<std::vector<double>> values;  // [key][draw]
  std::vector<std::string> plans;           // ids, the baseline first where it is among them
  /// By key: whether it is of an improvement, a rule or a plan that none of `plans` has, so that it changes nothing here.
  std::vector<bool> idle;
  /// [metric][plan][draw][replication], by place in `metrics()`; NaN where a metric is undefined. Behind them may stand what
  /// decides (`place_of_goal`).
  std::vector<std::vector<std::vector<std::vector<double>>>> outcomes;
  /// By plan: the quarter in which it spends most beyond the scenario's budget, if it does, in the mean of the draws.
  std::vector<std::optional<OverBudget>> over_budget;
  std::uint64_t customers = 0;       // simulated in a replication
  double people_per_customer = 1.0;  // real customers for each simulated one
  std::uint64_t events = 0;          // visits simulated
};

/// The shares, one for each key, of draw `index` among `draws`: draw d is point d / scrambles of the shifted Sobol sequence
/// number d mod scrambles; in groups, its normal scores are correlated by a Gaussian copula (Nelsen 2006, section 2.3).
[[nodiscard]] std::vector<double> shares_of_draw(const UncertainInputs& inputs, std::uint64_t seed, std::uint64_t index);

/// Whether `key` is of an improvement, a rule or a plan that none of `plans` (ids) has: it changes nothing under them.
[[nodiscard]] bool changes_none(const ModelParts& parts, const std::string& key, const std::vector<std::string>& plans);

/// Throws InputError, with what the scenario says, where one of the first, the last or up to `tried` draws between them is
/// no valid scenario: some values are right alone and wrong together; and where nothing is uncertain.
void require_valid_draws(const UncertainInputs& inputs, const DrawOptions& options, std::uint64_t tried);

/// Simulates `draws` draws, on all threads. Draw d has its own luck, the same for all plans, and two replications. Throws
/// InputError where a draw is no valid scenario or there is nothing uncertain, Interrupted, and as `run`.
[[nodiscard]] UncertainDraws simulate_draws(const UncertainInputs& inputs, const DrawOptions& options);

}  // namespace sojourn
