// The answer in words, from the verdicts of `decide`: sentences, and a short word for each verdict. Tables, JSON and pages
// have them from here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sojourn/decide/goal.hpp"
#include "sojourn/decide/verdict.hpp"

namespace sojourn::answer_words {

/// A goal as a thing, as at the head of a column: the figure that it is, "Net present value", or of several figures, or of
/// weights, "npv + 50,000 x nps".
[[nodiscard]] std::string goal(const std::vector<GoalTerm>& goal);
/// The same of a team's goal, whose figures go by their names: "effort", "cost_per_person + 0.1 x satisfaction".
[[nodiscard]] std::string goal(const std::vector<GoalWeight>& goal);
/// The same of what decides between compared plans, as inside a sentence: "net present value".
[[nodiscard]] std::string goal(const Comparison& comparison);
/// "spends EUR 145 k in 2026 Q4, of a budget of EUR 120 k", with `how` behind the quarter.
[[nodiscard]] std::string spends(const OverBudget& over, const std::string& currency, std::string_view how = "");

/// What the scenario's question is answered with: a sentence on the goal, then one on what is worth most, or on who keeps
/// most customers where the goal is worth; then, where plans are shown to change waits in a queue, one on the queue where
/// they change most: mean waits under the baseline and under those plans, of up to four. Each ends with its full stop and
/// stands by itself.
[[nodiscard]] std::vector<std::string> sentences(const Samples& samples, const Comparison& comparison);

/// "pays", "loses", "open", "no change": of net present value.
[[nodiscard]] std::string_view worth(Verdict verdict);
/// "keeps more", "keeps fewer", "open", "no change": of the share of all who arrived that are still customers.
[[nodiscard]] std::string_view kept(Verdict verdict);
/// "better", "worse", "open", "no change": of anything.
[[nodiscard]] std::string_view of_goal(Verdict verdict);

/// The gain of the goal under plan number `plan`: "+4.77 M", and with `interval` "+4.66 M to +4.88 M".
[[nodiscard]] std::string gain(const Samples& samples, const Comparison& comparison, std::size_t plan);
[[nodiscard]] std::string gain_interval(const Samples& samples, const Comparison& comparison, std::size_t plan);

}  // namespace sojourn::answer_words
