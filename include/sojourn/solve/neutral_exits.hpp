// Where a touchpoint leads somebody in no particular state: what a map says of its exits.
#pragma once

#include <optional>
#include <vector>

#include "sojourn/model/model.hpp"

namespace sojourn {

/// How a touchpoint's exits divide its customers in the neutral state: satisfaction, expectation and effort 1/2, nothing
/// heard, no persona's odds and no channel preferences.
struct NeutralExits {
  std::vector<double> shares;  // one for each of Touchpoint::next, [0,1]; 0 for exits that interrupt (heard, gave-up)
  double stays = 0.0;          // [0,1]: the share that stays until the horizon or a message; with the shares it sums to 1
  std::vector<double> days;    // one for each exit: median delay of those who take it, in a race of those whom it wins
};

/// What the changes of a plan make of delays: [exit of Touchpoint::next] a factor >= 0. None: they are as written.
using Stretches = std::vector<double>;

/// The neutral state's exits of `touchpoint`, which must be one of `parts` (MODEL.md section 2, Choice: probabilities
/// first, the remainder by odds; probabilities that changes took above 1 in sum share all). A probability bound to a trait
/// counts as `mean_chance`. In a race the shares are those of the closed form (competing risks, by quadrature), its medians
/// are right to about one per cent. An end has no shares and stays. Anniversaries do not stretch.
[[nodiscard]] NeutralExits neutral_exits(const ModelParts& parts, TouchpointId touchpoint, const Stretches& stretches = {});

/// The probability of an exit, [0,1]: that written, or the mean over all people of the trait that says it; none by odds.
[[nodiscard]] std::optional<double> mean_chance(const ModelParts& parts, const Exit& exit);

}  // namespace sojourn
