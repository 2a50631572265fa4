// What a script asks of a run beyond its numbers: how narrow intervals must be, and what must be reached.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sojourn/decide/optimum.hpp"
#include "sojourn/decide/precision.hpp"

namespace sojourn::tools {

/// An amount of money as typed after `option`: "2_000_000", "2e6", "500k", "2M", "1.5bn". Throws InputError with a hint.
[[nodiscard]] double parse_money(const std::string& option, const std::string& text);

/// "METRIC=HALFWIDTH" as typed after --precision. Throws InputError with a hint.
[[nodiscard]] PrecisionGoal parse_precision(const std::string& text);

/// What `optimize` is to reach, as typed after --goal: a metric that has a better direction, or several with how much one
/// unit of each counts in that direction: "npv", "npv:1,nps:2e4". Throws InputError with a hint.
[[nodiscard]] std::vector<GoalTerm> parse_goal(const std::string& text);

/// What must hold, "[PLAN:][+]METRIC>=VALUE": of a plan, of its difference to the baseline with "+".
struct Threshold {
  enum class Relation { at_least, more, at_most, less };
  std::string text;  // as typed
  std::string plan;  // "": the plan run, or all plans compared with the baseline
  bool difference = false;
  const Metric* metric = nullptr;
  Relation relation = Relation::at_least;
  double value = 0.0;
};

/// As typed after --threshold; of a comparison a plan and a sign may stand in front. Throws InputError with a hint.
[[nodiscard]] Threshold parse_threshold(const std::string& text, bool comparison);

/// A sentence for each threshold that is missed, and each plan that misses it. An undefined figure misses. Judged by the
/// estimate itself; the sentence gives its interval, and says where that holds the threshold.
[[nodiscard]] std::vector<std::string> missed(const Samples& samples, const std::vector<Threshold>& thresholds);

}  // namespace sojourn::tools
