// The ties of a network that a scenario reads from a file, kept with the results, so that they can be run again.
#pragma once

#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// Adds the dimension `tie` and the variables `network/from` and `network/to` where the network is a file's; else nothing.
void keep_ties(const ModelParts& parts, Outcomes& outcomes);

/// The ties kept in `outcomes`, in their order; none where there are none. Throws InputError where what is there cannot be
/// ties.
[[nodiscard]] std::vector<Tie> kept_ties(const Outcomes& outcomes);

}  // namespace sojourn
