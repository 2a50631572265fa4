// When rules switch improvements, and when these are on because of it.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// A rule comes into force, or ends, at the end of a window. What happens at that very moment still belongs to the window.
struct Switch {
  std::uint32_t rule = 0;  // position in ModelParts::rules
  double time = 0.0;       // days
  bool on = false;
  bool operator==(const Switch&) const = default;
};
/// Of one plan in one replication, in the order of time; of one time in the order of the rules. A rule is not in force
/// before the first.
using Switches = std::vector<Switch>;

/// A stretch of time in which rules let an improvement be on: from `begin` on, which is 0 or a moment after the end of a
/// window, to `end`, infinite where none is known.
struct OnTime {
  double begin = 0.0, end = 0.0;
};

/// The improvements that rules of `plan` switch, each once, in the order of the model. Ids that name nothing are left out.
[[nodiscard]] std::vector<ImprovementId> driven_improvements(const ModelParts& parts, PlanId plan);
/// When `improvement` may be on under `plan`, where its rules have switched like that: while it is among the plan's
/// improvements or a rule that switches it on is in force, and no rule is that switches it off. In order.
[[nodiscard]] std::vector<OnTime> on_times(const ModelParts& parts, PlanId plan, ImprovementId improvement,
                                           const Switches& switches);

}  // namespace sojourn
