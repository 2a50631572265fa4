// What a comparison says of each plan, decided once for tables, JSON and pages: whether it pays, keeps more, reaches the
// goal better, and which plan does best.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "sojourn/decide/comparison.hpp"

namespace sojourn {

/// What may be said of a difference to the baseline with all plans compared in that figure allowed for (`told_apart`).
enum class Verdict {
  better,
  worse,
  open,  // neither is shown: the interval holds both, there is none, or too few people carry it
  same   // nothing is changed: both are equal in every sample
};

/// "better" and "worse" are meant in the metric's better direction; of a neutral metric more is better.
[[nodiscard]] Verdict verdict(const Difference& difference, Direction better = Direction::higher);

/// "better", "worse", "open", "same".
[[nodiscard]] std::string_view name(Verdict verdict);

/// The verdicts on one plan.
struct PlanVerdicts {
  Verdict goal = Verdict::same;   // `Comparison::goal`
  Verdict worth = Verdict::same;  // net present value: pays, loses
  Verdict kept = Verdict::same;   // retained of all who arrived: keeps more, fewer
};

/// Who does best in one figure of which more is better.
struct Lead {
  std::size_t leader = 0;  // the plan with the highest value; 0, the baseline, where none is above it
  Verdict over_baseline = Verdict::same;
  std::vector<std::size_t> rivals;  // plans, the baseline aside, that the leader is not told from, all pairs allowed for
  std::vector<std::size_t> equal;   // of these, those that are the same as the leader in every sample
  std::vector<std::size_t> twins;   // of these, those that come to the same in every figure: the leader under another name
  std::size_t second = 0;           // the plan next to the leader; 0 where there is no other
  Difference ahead;                 // of the leader over the second; its sign is the leader's
  double chance = 0.0;              // that the leader is the best of all, simulation error alone considered; NaN: unknown
  double times_to_tell = 1.0;       // how many times as many samples would tell the rivals apart, see `times_to_tell`

  /// Whether the leader is shown to be above the baseline and every other plan but its twins.
  [[nodiscard]] bool shown() const {
    return leader != 0 && over_baseline == Verdict::better && rivals.size() == twins.size();
  }
};

/// Who leads by `gains` (by plan, over the baseline), from every pair of plans and the chances of being best. Twins are for
/// who knows all figures: none are told.
[[nodiscard]] Lead lead(const std::vector<Difference>& gains, const std::vector<Rivalry>& pairs,
                        const std::vector<double>& chances);

/// The plan, the baseline being one, that is shown to have more of a headline metric than every other, all pairs allowed
/// for, or the plans that do where they have the same of it in every sample; none where chance may have put it first.
/// `metric` is a position in `metrics()`.
[[nodiscard]] std::vector<std::size_t> shown_highest(const Comparison& comparison, std::size_t metric);

/// The answer to the scenario's question.
struct Answer {
  std::vector<PlanVerdicts> plans;  // by plan; of the baseline all `same`
  Lead goal, worth, kept;           // by the goal, net present value, and retained of all who arrived
  bool money = false;               // whether anybody earns or pays anything under some plan
};
[[nodiscard]] Answer answer(const Comparison& comparison);

}  // namespace sojourn
