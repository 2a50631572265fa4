// How the customer's state bends where the journey goes: MODEL.md section 2, Choice and Race.
#pragma once

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// A number for each thing about a customer, after a visit, that bends the odds of exits. Filled in by name, so that the
/// compiler tells every place that leaves one out.
struct ByState {
  float satisfaction;
  float expectation;
  float heard;
  float effort;
  float solved;
};
/// The things themselves: satisfaction, expectation, effort in [0, 1]; heard is social proof, signed, exactly 0 without
/// talk; solved is 1 where the visit solved the problem, 0 where not.
using ChoiceState = ByState;
/// Slopes of an exit on them.
using ChoiceSlopes = ByState;

/// The exponent of the logit without what is heard: a (S - 1/2) + b (E - 1/2) + g (F - 1/2).
SOJOURN_INLINE float utility(float a, float b, float g, float satisfaction, float expectation, float effort) {
  return a * (satisfaction - 0.5f) + b * (expectation - 0.5f) + g * (effort - 0.5f);
}

/// The same + c H, for the slopes that the vectorised engine knows. What is heard comes last, so that without talk (H
/// exactly 0) it changes no bit.
SOJOURN_INLINE float utility(const ChoiceSlopes& slopes, const ChoiceState& state) {
  return utility(slopes.satisfaction, slopes.expectation, slopes.effort, state.satisfaction, state.expectation,
                 state.effort) +
         slopes.heard * state.heard;
}
/// What all other slopes add to the exponent. An exit that has one is decided for one customer at a time.
SOJOURN_INLINE float further_utility(const ChoiceSlopes& slopes, const ChoiceState& state) {
  return slopes.solved * state.solved;
}
SOJOURN_INLINE bool has_further(const ChoiceSlopes& slopes) { return slopes.solved != 0.0f; }

/// The most by which the utility of an exit without slopes on what is heard can differ from 0: satisfaction, expectation and
/// effort are at most 1/2 away from 1/2.
SOJOURN_INLINE float most_utility(const ChoiceSlopes& slopes) {
  const auto size = [](float slope) { return slope < 0.0f ? -slope : slope; };
  return 0.5f * (size(slopes.satisfaction) + size(slopes.expectation) + size(slopes.effort));
}

/// Weight of an exit, odds e^exponent: multinomial logit (McFadden 1974), for an exponent in [-60, 60]. odds >= 0 hold the
/// persona's and the channel's factors. In a race the same number multiplies the exit's hazard (proportional hazards: Cox
/// 1972).
SOJOURN_INLINE float weight_in_range(float odds, float exponent) { return odds * numeric::exp_within(exponent); }

/// The same for any exponent, which is limited to [-60, 60], so that odds of up to 1e9 cannot overflow.
SOJOURN_INLINE float weigh(float odds, float exponent) {
  return weight_in_range(odds, numeric::clip(exponent, -60.0f, 60.0f));
}

/// What fixed probabilities leave: each is multiplied by `shrink`, `rest` is split by odds, `stay` remains at the
/// touchpoint.
struct Shares {
  float shrink;
  float rest;
  float stay;
};

/// Shares where the fixed probabilities sum to `fixed` >= 0 (above 1 they are divided by their sum); the rest is split by
/// odds or, where no exit has odds, stays.
SOJOURN_INLINE Shares share_out(float fixed, bool by_odds) {
  const float shrink = fixed > 1.0f ? 1.0f / fixed : 1.0f;
  // A remainder of a few rounding errors is none: 0.15 + 0.65 + 0.2 leaves 6e-8 in single precision.
  const float rest = fixed > 1.0f - 1e-6f ? 0.0f : 1.0f - fixed;
  return {shrink, rest, by_odds ? 0.0f : rest};
}

/// Luck left after a visit at which a person could leave for good with probability p: they do when luck < p, and what is
/// left is luck / p, else (luck - p) / (1 - p). Given either, that is uniform on (0, 1) again, so one number drawn once
/// decides the whole life: exact in distribution, and two plans that part keep the same threshold (MODEL.md section 8).
/// Whoever decides to leave and is led elsewhere before they have left goes on with it.
SOJOURN_INLINE double condition_on_choice(double luck, double p) {
  const bool leaves = luck < p;
  return (leaves ? luck : luck - p) / (leaves ? p : 1.0 - p);
}

}  // namespace sojourn::behaviour
