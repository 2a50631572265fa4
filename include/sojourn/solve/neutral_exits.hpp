// Where a touchpoint leads somebody in no particular state: what a map says of its exits.
#pragma once

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

/// The neutral state's exits of `touchpoint`, which must be one of the model's (MODEL.md section 2, Choice: probabilities
/// first, the remainder by odds). A probability bound to a trait counts with the trait's mean over all people. In a race the
/// shares are those of the closed form (competing risks, by quadrature), its medians are right to about one per cent. An end
/// has no shares and stays.
[[nodiscard]] NeutralExits neutral_exits(const Model& model, TouchpointId touchpoint);

}  // namespace sojourn
