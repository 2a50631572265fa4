// Who of a replication's people is of which persona.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/population/accounts.hpp"

namespace sojourn {

/// The persona of each of `customers` people in the replication of `streams`, positions in `ModelParts::personas`: the role
/// in `accounts`, or where that is null the one that `Population` draws. `parts` must be valid.
[[nodiscard]] std::vector<std::uint16_t> personas_of(const ModelParts& parts, std::uint32_t customers,
                                                     const Accounts* accounts, const Streams& streams);

}  // namespace sojourn
