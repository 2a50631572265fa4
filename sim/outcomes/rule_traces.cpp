#include "sojourn/outcomes/rule_traces.hpp"

#include <algorithm>

namespace sojourn {

bool goes_by(const Plan& plan, RuleId rule) {
  return std::find(plan.rules.begin(), plan.rules.end(), rule) != plan.rules.end();
}

std::vector<RuleId> rules_in_use(const ModelParts& parts) {
  std::vector<RuleId> used;
  for (std::size_t r = 0; r < parts.rules.size(); ++r) {
    if (std::any_of(parts.plans.begin(), parts.plans.end(), [&](const Plan& plan) { return goes_by(plan, RuleId(r)); }))
      used.emplace_back(r);
  }
  return used;
}

std::vector<int> in_force(const Switches& switches, std::uint32_t rule, const std::vector<double>& window_ends) {
  std::vector<int> result;
  bool on = false;
  std::size_t next = 0;
  double begin = 0.0;
  for (const double end : window_ends) {
    for (; next < switches.size() && switches[next].time <= begin; ++next) {
      if (switches[next].rule == rule) on = switches[next].on;
    }
    result.push_back(on ? 1 : 0);
    begin = end;
  }
  return result;
}

RuleTrace trace_of(std::size_t rule, const std::vector<std::vector<int>>& replications,
                   const std::vector<double>& window_ends) {
  RuleTrace trace;
  trace.rule = rule;
  trace.on.assign(window_ends.size(), 0.0);
  const double count = static_cast<double>(replications.size()), horizon = window_ends.back();
  for (const std::vector<int>& in_window : replications) {
    std::vector<RuleTrace::At>& switched = trace.switched.emplace_back();
    int before = 0;
    double begin = 0.0;
    for (std::size_t w = 0; w < window_ends.size(); ++w) {
      if (in_window[w] != before) switched.push_back({begin, in_window[w] != 0});
      before = in_window[w];
      if (before != 0) {
        trace.on[w] += 1.0 / count;
        trace.time_on += (window_ends[w] - begin) / horizon / count;
      }
      begin = window_ends[w];
    }
    trace.ever += switched.empty() ? 0.0 : 1.0 / count;
    trace.times += static_cast<double>(switched.size()) / count;
  }
  return trace;
}

}  // namespace sojourn
