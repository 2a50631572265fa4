// Where closed loops of surveys lead low scorers.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/model/model.hpp"

namespace sojourn {

/// Where a survey's closed loop leads low scorers who stay at touchpoint `from`: an exit of its own, with a number after
/// those of the file.
struct Recovery {
  std::uint32_t from = 0, to = 0, survey = 0;
  double within = 0.0;  // days after the answer
};

/// Whether `survey` is asked after visits to `touchpoint`; one at intervals is asked after none.
[[nodiscard]] bool asks_after(const ModelParts& parts, const Survey& survey, TouchpointId touchpoint);

/// All ways of closed loops, by survey and touchpoint. A survey at intervals finds people everywhere. Who stays already
/// where the closed loop leads is led nowhere. Ids that name nothing are left out.
[[nodiscard]] std::vector<Recovery> recoveries_of(const ModelParts& parts);

}  // namespace sojourn
