// Surveys: who answers, what they say, and what it counts. MODEL.md section 5.
#pragma once

#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// What makes people answer: logits. `base` of somebody who is lukewarm, `extremity` of the delighted and the angry, `unmet`
/// a slope on satisfaction (above 0: who gets no help tires of being asked), `fatigue` >= 0 of each invitation that is
/// still remembered.
struct Response {
  float base, extremity, unmet, fatigue;
};

/// The chance that an invited customer answers, by the logistic function of
///   base + extremity |2 S - 1| + unmet (S - 1/2) - fatigue G + propensity
/// S in [0, 1] is satisfaction, G >= 0 the invitations remembered (see `remembered`), `propensity` the customer's own.
/// Who is asked often answers less (Porter, Whitcomb & Weitzer 2004); who feels strongly answers more (Anderson 1998, of
/// word of mouth). In (0, 1).
SOJOURN_INLINE float answering_probability(float satisfaction, float remembered, float propensity, const Response& r) {
  const float side = 2.0f * satisfaction - 1.0f;
  const float size = side < 0.0f ? -side : side;
  const float logit = r.base + r.extremity * size + r.unmet * (satisfaction - 0.5f) - r.fatigue * remembered + propensity;
  return 1.0f / (1.0f + numeric::exp(-numeric::clip(logit, -60.0f, 60.0f)));
}

/// What is left after `days` of something that fades by `per_day` = log 2 / half-life.
SOJOURN_INLINE double remembered(double amount, double days, double per_day) {
  return amount == 0.0 ? 0.0 : amount * numeric::exp(-per_day * days);
}

/// Satisfaction S in [0, 1] after invitations that cost `lost` >= 0 of it together; exactly S where they cost nothing.
SOJOURN_INLINE float annoyed(float satisfaction, float lost) { return numeric::greater(satisfaction - lost, 0.0f); }

/// A point on a scale of `steps` + 1 points from `first` on, where `share` says how far up: first + floor(steps clip(share,
/// 0, 1) + 1/2).
SOJOURN_INLINE std::int32_t point_on_scale(float share, std::int32_t first, std::int32_t steps) {
  return first + static_cast<std::int32_t>(static_cast<float>(steps) * numeric::clip_to_one(share) + 0.5f);
}

/// What an answer of a scale counts in the score of "would you recommend us?": 100 for a promoter, 0, or -100 for a
/// detractor, so that the mean is the net promoter score (Reichheld 2003).
SOJOURN_INLINE std::int32_t promoter_value(std::int32_t answer) { return answer >= 9 ? 100 : answer >= 7 ? 0 : -100; }

}  // namespace sojourn::behaviour
