// When the rules of a plan were in force: the trace of what they switched.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sojourn/model/switching.hpp"

namespace sojourn {

/// The rules that some plan goes by, in the order of the scenario.
[[nodiscard]] std::vector<RuleId> rules_in_use(const ModelParts& parts);

/// Whether `rule` was in force in each window, which ends at one of `window_ends`, where rules have switched like that: 1 or
/// 0. A rule that comes into force at a window's end is so from the next window on.
[[nodiscard]] std::vector<int> in_force(const Switches& switches, std::uint32_t rule,
                                        const std::vector<double>& window_ends);

/// One rule under one plan that goes by it.
struct RuleTrace {
  std::size_t rule = 0;  // position in Samples::rules
  struct At {
    double day = 0.0;
    bool on = false;
  };
  std::vector<std::vector<At>> switched;  // [replication] when it came into force and ended, in order
  std::vector<double> on;                 // [window] share of the replications in which it was in force
  double time_on = 0.0;                   // share of the time, mean over replications
  double ever = 0.0;                      // share of the replications in which it ever was
  double times = 0.0;                     // how often it came into force or ended, mean over replications
};

/// From what `in_force` says of each replication.
[[nodiscard]] RuleTrace trace_of(std::size_t rule, const std::vector<std::vector<int>>& replications,
                                 const std::vector<double>& window_ends);

/// Whether a plan goes by a rule.
[[nodiscard]] bool goes_by(const Plan& plan, RuleId rule);

}  // namespace sojourn
