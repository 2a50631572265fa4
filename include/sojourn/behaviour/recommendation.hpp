// Would you recommend us? MODEL.md section 2, Recommendation.
#pragma once

#include <cstdint>

#include "sojourn/base/numeric.hpp"

namespace sojourn::behaviour {

/// The true answer on 0..10: floor(10 clip(base + (S - 1/2) + sd z, 0, 1) + 1/2). z is standard normal, drawn once per
/// person. Stated satisfaction sits well above mid-scale (Peterson & Wilson 1992), hence base = 0.7.
SOJOURN_INLINE std::int32_t recommend(float satisfaction, float z, float base, float sd) {
  const float share = numeric::clip_to_one(base + (satisfaction - 0.5f) + sd * z);
  return static_cast<std::int32_t>(10.0f * share + 0.5f);
}

/// Net promoter classes (Reichheld 2003): 0 promoter (9, 10), 1 passive (7, 8), 2 detractor (0 to 6).
SOJOURN_INLINE std::int32_t promoter_class(std::int32_t answer) { return (answer <= 8) + (answer <= 6); }

}  // namespace sojourn::behaviour
