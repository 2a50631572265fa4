// Which touchpoint is worth fixing: one standard improvement at a time, all on the same luck, beside scores, reach and the
// shape of the journey.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {

/// What is shifted at a touchpoint. All but the last are improvements, `delay` of the exits, `handle_time` where people
/// queue; `traffic` asks what the touchpoint does to those who come: odds and probabilities of the exits into it rise.
enum class Lever { quality, effort, delay, handle_time, traffic };
/// "quality", "effort", "delay", "handle_time", "traffic".
[[nodiscard]] std::string_view name(Lever lever);

/// Sizes of the standard improvement. A size of 0 leaves the lever out.
struct StandardImprovement {
  double quality = 0.1;  // added to the mean of delivered quality, [0,1]
  double effort = 0.1;   // taken off the effort, [0,1]
  double delay = 0.2;    // share taken off the delay of exits or, where people queue, off the handling time, [0,1)
  double traffic = 0.2;  // by which factor - 1 more come, >= 0
};

/// What one shift at one touchpoint does.
struct Pull {
  Lever lever = Lever::quality;
  double step = 0.0;                         // of the size asked for, what the parameter's range allowed
  std::vector<Estimate> differences;         // to the plan without it, in the order of `metrics()`; each holds by itself
  std::vector<std::vector<double>> samples;  // [metric][sample] the same
  std::vector<Unseen> unseen;                // of each metric
};

/// What a touchpoint does to those who come, judged by `traffic` (the interval holds for all touchpoints together).
enum class Role { none, enabler, barrier };

/// One touchpoint that somebody visits and that is no end.
struct TouchpointLeverage {
  TouchpointId touchpoint;
  std::string id, name;
  bool ours = true;               // false: in a channel that nobody in the company controls, and run by no team
  double visits = 0.0;            // per person who arrived
  double reach = 0.0;             // share of people who ever come here, of the first 20,000; NaN where customers are coupled
  double score = 0.0;             // mean appraisal of a visit: the lowest is the weakest touchpoint
  double quality = 0.0;           // mean delivered
  double effort = 0.0;            // mean of the customer's
  double weight = 1.0;            // in memory, as in the file
  double leaves = 0.0;            // share of visits that are followed by an end
  double leavers = 0.0;           // share of all who reached an end that came from here
  double must_pass = 0.0;         // share of people who cannot buy without coming here: it dominates every purchase
  double gates = 0.0;             // share of the visits elsewhere that nobody can reach but through here
  Role on_purchase = Role::none;  // by conversion
  Role on_retention = Role::none;  // by retention of those who bought
  std::vector<Pull> pulls;
  std::optional<std::size_t> best;  // of `pulls`, the improvement with the largest gain
  /// That gain, in the better direction of `Ranking::by`; the interval holds for all shifts of all touchpoints together. 0
  /// without a shift.
  Estimate gain;
};

/// All touchpoints of a journey, those with the largest gain first.
struct Ranking {
  Samples samples;     // of the plan under which things were shifted, its only plan
  std::size_t by = 0;  // position in `metrics()` of what gains are measured by
  StandardImprovement sizes;
  std::vector<TouchpointLeverage> touchpoints;
  std::size_t plans = 0;  // that were run
  /// Of `touchpoints`, the lowest score among those that are ours and not rarely visited (`fewest_visits`), and how many
  /// others of these are not told from it.
  std::optional<std::size_t> lowest;
  std::size_t as_weak = 0;
  std::optional<std::size_t> weakest;  // `lowest`, where it is told from all others
  /// Of `touchpoints`, the largest gain seen among those that are ours, none: no gain; how many others that are ours may
  /// gain as much; and the next largest.
  std::optional<std::size_t> leader;
  std::size_t as_good = 0;
  std::optional<std::size_t> runner_up;
  /// `leader`, where its gain is clear of 0 and of every other touchpoint's, all shifts together: no advice out of noise.
  std::optional<std::size_t> worth_fixing;
  /// What `leader` gains more than the runner-up, and than the touchpoint with the lowest score; the interval holds for all
  /// shifts together. Without a value where there is no such other.
  Estimate lead, lead_over_lowest;
  /// How many times as many people (where they are coupled: replications) would tell the leader from chance and from all
  /// others, were all gains as they are seen: see `times_to_tell`. 1 where it is told; infinite where that cannot be said.
  double times_to_tell = 1.0;
};

/// Visits per person who arrived below which a touchpoint is rarely visited and never called the weakest: so few people
/// come that its score is hardly a matter for the whole journey.
inline constexpr double fewest_visits = 0.05;

/// How to rank.
struct RankOptions {
  StandardImprovement sizes;
  std::string by = "npv";  // a metric of which more, or less, is better
};

/// Shifts every touchpoint of `model` under its plan. Gains are in the metric's better direction.
/// Throws Interrupted, and InputError where `by` is no such metric, where a size is out of range, or where nothing can be
/// shifted.
[[nodiscard]] Ranking rank(const Model& model, const RankOptions& how, const RunOptions& options = {});

}  // namespace sojourn
