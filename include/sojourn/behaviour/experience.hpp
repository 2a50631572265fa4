// What a customer experiences at a touchpoint and makes of it: MODEL.md section 2, one equation a function.
// Scores are floats in [0, 1] unless a comment says otherwise. All functions are pure and inline anywhere.
#pragma once

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// Delivered quality Q = clip(mean + fit_weight (fit - 1/2) + sd z, 0, 1). z is standard normal; fit is 1/2 without content.
SOJOURN_INLINE float deliver(float mean, float sd, float z, float fit, float fit_weight) {
  return numeric::clip_to_one(mean + fit_weight * (fit - 0.5f) + sd * z);
}

/// Share of tolerance used up by a wait: W / (W + patience), both in days, 0 without a wait.
SOJOURN_INLINE float strain(float wait, float patience) { return wait > 0.0f ? wait / (wait + patience) : 0.0f; }

/// Customer effort F = clip(effort + repeated + strain, 0, 1); `repeated` is repeat_effort where context was lost, else 0.
SOJOURN_INLINE float exert(float effort, float repeated, float waiting_strain) {
  return numeric::clip_to_one(effort + repeated + waiting_strain);
}

/// How one encounter is weighed. performance, disconfirmation: any finite number, defaults 1 and 0.5.
struct Appraisal {
  float performance;
  float disconfirmation;
};

/// Appraisal of an encounter, s = clip(1/2 + performance (Q - 1/2) + disconfirmation d - effort_aversion F, 0, 1), where
/// d = Q - E and a shortfall (d < 0) counts loss_aversion times. Expectation-disconfirmation (Oliver 1980); performance plus
/// disconfirmation (Churchill & Surprenant 1982); losses loom larger (Kahneman & Tversky 1979; Anderson & Sullivan 1993).
SOJOURN_INLINE float appraise(float quality, float expectation, float effort, float loss_aversion, float effort_aversion,
                              Appraisal settings) {
  const float gap = quality - expectation;
  const float d = gap < 0.0f ? loss_aversion * gap : gap;
  const float raw = 0.5f + settings.performance * (quality - 0.5f) + settings.disconfirmation * d - effort_aversion * effort;
  return numeric::clip_to_one(raw);
}

/// How encounters leave a trace. memory in [0, 1], peak >= 0, forgiveness in [0, 1]; defaults 0.2, 1, 0.5.
struct Memory {
  float memory;
  float peak;
  float forgiveness;
};

/// Remembered satisfaction after an encounter appraised as s:
///   S + min(1, memory weight (1 + peak |s - S|)) (s - S), the step times 1 - forgiveness max(0, 2 S - 1) where s < S.
/// Recency-weighted satisfaction (Bolton 1998); intense moments leave more trace (Kahneman et al. 1993); satisfied customers
/// forgive (service recovery: Hess, Ganesan & Klein 2003; the size is an assumption). weight >= 0 marks moments of truth.
SOJOURN_INLINE float remember(float satisfaction, float appraisal, float weight, Memory settings) {
  const float gap = appraisal - satisfaction;
  const float size = __builtin_fabsf(gap);
  const float rate = numeric::clip_to_one(settings.memory * weight * (1.0f + settings.peak * size));
  const float forgiven = 1.0f - settings.forgiveness * numeric::not_negative(2.0f * satisfaction - 1.0f);
  const float step = rate * gap;
  return numeric::clip_to_one(satisfaction + (gap < 0.0f ? forgiven * step : step));
}

/// Expectation after an encounter: E + adapt (Q - E). Dynamic expectations (Boulding, Kalra, Staelin & Zeithaml 1993).
/// adapt in [0, 1], default 0.1. A promise P moves it in the same way with promise_weight, default 0.3.
SOJOURN_INLINE float adapt(float expectation, float towards, float rate) {
  return numeric::clip_to_one(expectation + rate * (towards - expectation));
}

/// Expectation after `days` in which nobody was met: E + per_day days. What others offer becomes better meanwhile, and is
/// expected of everybody (rising levels of comparison: Thibaut & Kelley 1959). per_day default 0.
SOJOURN_INLINE float drift(float expectation, double per_day, double days) {
  return numeric::clip_to_one(expectation + static_cast<float>(per_day * days));
}

}  // namespace sojourn::behaviour
