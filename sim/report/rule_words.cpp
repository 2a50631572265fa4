#include "sojourn/report/rule_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sojourn/base/text.hpp"

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

template <class Entity>
std::string named(const Entity& entity) {
  return shown_on_one_line(entity.name.empty() ? entity.id : entity.name);
}

/// "below 10 and above 3".
std::string levels(const std::optional<double>& below, const std::optional<double>& above) {
  std::string text = below ? fmt::format("below {:g}", *below) : "";
  if (above) text += fmt::format("{}above {:g}", text.empty() ? "" : " and ", *above);
  return text;
}

std::string figure(const ModelParts& parts, const Rule& rule) {
  std::string text = rule.metric;
  std::replace(text.begin(), text.end(), '_', ' ');
  if (rule.survey.valid()) text += " of survey " + named(parts.surveys[rule.survey.index()]);
  if (rule.persona.valid()) text += " of persona " + named(parts.personas[rule.persona.index()]);
  if (rule.touchpoint.valid()) text += " at " + named(parts.touchpoints[rule.touchpoint.index()]);
  if (rule.team.valid()) text += " at the touchpoints of " + named(parts.teams[rule.team.index()]);
  return text;
}

}  // namespace

std::string name(const Rule& rule) { return rule.name.empty() && rule.id.empty() ? "without a name" : named(rule); }

std::string condition(const ModelParts& parts, const Rule& rule) {
  std::string text;
  const auto switches = [&](ImprovementId id, const char* how) {
    if (id.valid())
      text +=
          fmt::format("{}switches {} {}", text.empty() ? "" : " and ", how, named(parts.improvements[id.index()].change));
  };
  switches(rule.switch_on, "on");
  switches(rule.switch_off, "off");
  text += fmt::format(" when {} is {}", figure(parts, rule), levels(rule.below, rule.above));
  if (rule.windows > 1) text += fmt::format(" in {} windows running", rule.windows);
  if (rule.min_answers > 0)
    text += fmt::format(", with {} answers or more{}", rule.min_answers, rule.windows > 1 ? " in each" : "");
  if (rule.off_below || rule.off_above) text += ", until it is " + levels(rule.off_below, rule.off_above);
  return text;
}

std::vector<std::string> sentences(const Samples& samples, std::size_t plan) {
  std::vector<std::string> result;
  for (const RuleTrace& trace : samples.plans[plan].rules) result.push_back(sentence(samples, trace));
  return result;
}

}  // namespace sojourn::rule_words
