// What decides where the scenario names no goal, before anything is simulated.
#pragma once

#include <string_view>
#include <vector>

#include "sojourn/decide/goal.hpp"

namespace sojourn {

/// Whether anything of the scenario earns or costs something: a visit, a stay, a pool, a survey, a change or an improvement.
[[nodiscard]] bool moves_money(const ModelParts& parts);

/// The scenario's goal (`scenario.goal`). Where it has none: net present value if a visit, a stay, a pool, a survey, a
/// change or an improvement can move money, else the share of all who arrived that are still customers. After a run
/// `goal_of(samples)` goes by what was earned and paid.
[[nodiscard]] std::vector<GoalTerm> goal_before_running(const ModelParts& parts);
/// The name of the one metric that this goal is, by which touchpoints can be ranked; of several metrics net present value.
[[nodiscard]] std::string_view metric_before_running(const ModelParts& parts);

}  // namespace sojourn
