// The equations of word of mouth (MODEL.md section 3), one function each, on plain numbers.
#pragma once

#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn {

/// How somebody speaks about what is sold. Promoters and passives say something positive, detractors something negative.
enum class Voice : std::uint8_t { silent = 0, promoter = 1, passive = 2, detractor = 3 };

/// Messages that a person says in a window on average: the person's talkativeness (>= 0) times what somebody of that voice
/// says in it.
SOJOURN_INLINE float message_rate(float talkativeness, float rate_in_window) { return talkativeness * rate_in_window; }

/// The probability of saying nothing at a rate (>= 0).
SOJOURN_INLINE double nothing_said(float rate) { return numeric::exp(-static_cast<double>(rate)); }

/// How many messages are said at `rate` (>= 0): a Poisson number by inversion of one uniform number u in (0, 1), the largest
/// k with u < P(N >= k). It never falls when the rate rises, so that plans on common random numbers stay together. Above a
/// rate of 600 the normal quantile with its skewness corrected stands for the sum (Cornish & Fisher 1938), within one
/// message. `nothing` is `nothing_said(rate)`, given because many people share a rate.
SOJOURN_INLINE std::uint32_t messages_said(float rate, double nothing, float u) {
  const auto mean = static_cast<double>(rate);
  if (mean > 600.0) {
    const float z = -numeric::normal_quantile(u);
    const double said = mean + static_cast<double>(z * __builtin_sqrtf(rate)) + static_cast<double>(z * z + 2.0f) / 6.0;
    return static_cast<std::uint32_t>(numeric::clip(said, 0.0, 4e9));
  }
  double exactly = nothing;     // P(N = k)
  double more = 1.0 - exactly;  // P(N > k)
  std::uint32_t said = 0;
  while (static_cast<double>(u) < more) {
    ++said;
    exactly *= mean / said;
    more -= exactly;
  }
  return said;
}

/// What is left of what was heard, after days that are remembered for `remembered` days: exp(-days / remembered).
SOJOURN_INLINE float talk_decay(double days, double remembered) {
  return static_cast<float>(numeric::exp(-days / remembered));
}

/// Social proof H after a window: what is left of it, what was heard in the window, bad news counting `negativity` times
/// (Rozin & Royzman 2001; East, Hammond & Lomax 2008). What has faded below 1e-30 is forgotten: smaller numbers would become
/// denormal, and slow.
SOJOURN_INLINE float social_proof(float before, float decay, float positive, float negative, float negativity) {
  const float after = (before * decay + positive) - negativity * negative;
  const float magnitude = after < 0.0f ? -after : after;
  return magnitude < 1e-30f ? 0.0f : after;
}

}  // namespace sojourn
