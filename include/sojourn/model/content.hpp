// What content says, and how well it fits what people need: MODEL.md section 2, Delivered quality.
#pragma once

#include <cstdint>

#include "sojourn/model/journey.hpp"
#include "sojourn/model/persona.hpp"

namespace sojourn {

/// The fit of a variant of content to the needs of a persona, in [0,1]: the cosine of the two vectors over themes (the
/// vector space model: Salton, Wong & Yang 1975), 1 where they say the same in the same proportions, 0 where they have no
/// theme in common; and neutral_fit where either has no theme above 0, as where there is no content.
[[nodiscard]] double fit(const Persona& persona, const Content& content);
inline constexpr double neutral_fit = 0.5;

/// How the variants of a touchpoint fit a persona.
struct ContentFit {
  double standard = neutral_fit;  // of the default, which is the first
  double best = neutral_fit;
  std::uint32_t variant = 0;  // the one that fits best; of several the first
};
/// Without content both are neutral_fit.
[[nodiscard]] ContentFit content_fit(const Persona& persona, const Touchpoint& touchpoint);

}  // namespace sojourn
