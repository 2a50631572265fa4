#include "sojourn/report/rule_words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sojourn::rule_words {
namespace {

std::string sentence(const Samples& samples, const RuleTrace& trace) {
  const std::string& rule = samples.rule_names[trace.rule];
  const std::size_t all = trace.switched.size();
  const auto ever =
      std::count_if(trace.switched.begin(), trace.switched.end(), [](const auto& one) { return !one.empty(); });
  if (ever == 0) return fmt::format("Rule {}: never in force, in none of {} replications.", rule, all);
  double first = 0.0;
  for (const auto& one : trace.switched) first += one.empty() ? 0.0 : one.front().day / static_cast<double>(ever);
  const auto most = static_cast<std::size_t>(std::max_element(trace.on.begin(), trace.on.end()) - trace.on.begin());
  return fmt::format(
      "Rule {}: in force in {} of {} replications, from day {:.0f} on in the mean of these; for {:.0f} % of the time in the "
      "mean of all; in most of them, {:.0f} %, on day {:.0f}. It switched {:.1f} times.",
      rule, ever, all, first, 100.0 * trace.time_on, 100.0 * trace.on[most], samples.window_ends[most], trace.times);
}

}  // namespace

std::vector<std::string> sentences(const Samples& samples, std::size_t plan) {
  std::vector<std::string> result;
  for (const RuleTrace& trace : samples.plans[plan].rules) result.push_back(sentence(samples, trace));
  return result;
}

}  // namespace sojourn::rule_words
