#include "goals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "sojourn/base/error.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::tools {
namespace {

/// "0.7", ".7", "70 %", "1_000", "500k" or "1.5M".
std::optional<double> number(std::string_view typed) {
  std::string text(trimmed(typed));
  std::erase(text, '_');
  if (text.starts_with('.')) text.insert(0, "0");
  if (const auto plain = parse_number(text)) return plain;
  const std::optional<SuffixedNumber> suffixed = parse_suffixed(text);
  return suffixed ? std::optional(suffixed->value) : std::nullopt;
}

/// What to do about `typed`, which is no number: without its comma, if that is what is wrong with it, or as in `examples`.
std::string number_hint(std::string_view typed, std::string_view examples) {
  const std::string hint = comma_hint(typed);
  return hint.empty() ? std::string(examples) : hint;
}

const Metric* metric_called(const std::string& option, const std::string& text, std::string_view name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  return &metrics()[position_called("metric", std::string(trimmed(name)), known, fmt::format("{} {}: ", option, text))];
}

/// Of a figure between 0 and 1, a number of hundredths.
std::string hundredths_hint(const Metric& metric, double value) {
  const Range range = metric.range;
  if (range.low != 0.0 || range.high != 1.0 || !(std::abs(value) >= 1.0) || std::abs(value) > 100.0) return {};
  return fmt::format("write {0:g} % or {1:g}", value, value / 100.0);
}

bool holds(Threshold::Relation relation, double figure, double value) {
  switch (relation) {
    case Threshold::Relation::at_least:
      return figure >= value;
    case Threshold::Relation::more:
      return figure > value;
    case Threshold::Relation::at_most:
      return figure <= value;
    case Threshold::Relation::less:
      return figure < value;
  }
  return false;
}

const char* symbol(Threshold::Relation relation) {
  constexpr const char* symbols[] = {">=", ">", "<=", "<"};
  return symbols[static_cast<std::size_t>(relation)];
}

std::string sentence(const Threshold& threshold, const PlanSamples& plan, const Estimate& e) {
  const char* of = threshold.difference ? " less the baseline's" : "";
  std::string text = fmt::format("sojourn: threshold missed: {} of {}{} is ", threshold.metric->name, plan.id, of);
  if (std::isnan(e.mean)) return text + fmt::format("undefined, not {} {:.6g}", symbol(threshold.relation), threshold.value);
  text += fmt::format("{:.6g}", e.mean);
  if (!std::isnan(e.low)) text += fmt::format(" (95 %: {:.6g} to {:.6g})", e.low, e.high);
  text += fmt::format(", not {} {:.6g}", symbol(threshold.relation), threshold.value);
  if (e.low <= threshold.value && threshold.value <= e.high) {
    text += "; the interval includes it, so more replications may change this";
  }
  return text;
}

}  // namespace

double parse_money(const std::string& option, const std::string& text) {
  const std::optional<double> value = text.ends_with('%') ? std::nullopt : number(text);
  if (!value || !(*value >= 0.0) || !std::isfinite(*value)) {
    throw InputError(fmt::format("{} {}: \"{}\" is no amount of money", option, text, text),
                     number_hint(text, "2_000_000, 2e6, 500k, 2M or 1.5bn"));
  }
  return *value;
}

PrecisionGoal parse_precision(const std::string& text) {
  const std::size_t at = text.find('=');
  const std::string examples = "METRIC=HALFWIDTH, as in --precision retention=0.001";
  const auto refuse = [&](const std::string& problem, const std::string& hint) {
    throw InputError("--precision " + text + ": " + problem, hint);
  };
  if (at == std::string::npos) refuse("this has no \"=\"", examples);
  const Metric* const metric = metric_called("--precision", text, text.substr(0, at));
  const std::string right = text.substr(at + 1);
  const std::optional<double> half = number(right);
  if (!half) refuse(fmt::format("\"{}\" is not a number", trimmed(right)), number_hint(right, examples));
  if (!(*half > 0.0)) refuse("the half-width must be above 0", examples);
  const Range range = metric->range;
  if (*half > 0.5 * (range.high - range.low)) {
    const std::string hint = hundredths_hint(*metric, *half);
    refuse(
        fmt::format("{} is between {:g} and {:g}, so that any interval is that narrow", metric->name, range.low, range.high),
        hint.empty() ? examples : hint);
  }
  return {metric, *half};
}

std::vector<GoalTerm> parse_goal(const std::string& text) {
  const auto refuse = [&](const std::string& problem) {
    throw InputError("--goal " + text + ": " + problem, "npv, retained, nps, or a sum with weights: npv:1,nps:2e4");
  };
  std::vector<GoalTerm> goal;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string term = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t colon = term.find(':');
    const Metric& metric = *metric_called("--goal", text, term.substr(0, colon));
    GoalTerm unit;
    try {
      unit = goal_term(metric);
    } catch (const InputError& error) {
      refuse(error.message());
    }
    double weight = 1.0;
    if (colon != std::string::npos) {
      const std::optional<double> typed = number(term.substr(colon + 1));
      if (!typed || !(*typed > 0.0))
        refuse(fmt::format("\"{}\" is no weight: a number above 0 says how much one unit of {} counts, {} being better",
                           trimmed(term.substr(colon + 1)), metric.name,
                           metric.direction == Direction::lower ? "less" : "more"));
      weight = *typed;
    }
    for (const GoalTerm& other : goal) {
      if (other.metric == unit.metric) refuse(fmt::format("\"{}\" is named twice", metric.name));
    }
    goal.push_back({unit.metric, unit.weight * weight});
  }
  return goal;
}

Threshold parse_threshold(const std::string& text, bool comparison) {
  const std::string examples = comparison
                                   ? "[PLAN:][+]METRIC>=VALUE, as in 'retention>=0.7', 'care-first:nps>=20' or, of the "
                                     "difference to the baseline, '+npv>=0'"
                                   : "METRIC>=VALUE with >=, >, <= or <, as in --threshold 'retention>=0.7'";
  const auto refuse = [&](const std::string& problem, const std::string& hint) {
    throw InputError("--threshold " + text + ": " + problem, hint);
  };
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos)
    refuse("this compares with none of >=, >, <= and <; a shell takes them for files unless quoted", examples);
  const bool equal = at + 1 < text.size() && text[at + 1] == '=';
  Threshold result;
  result.text = text;
  result.relation = text[at] == '>' ? (equal ? Threshold::Relation::at_least : Threshold::Relation::more)
                                    : (equal ? Threshold::Relation::at_most : Threshold::Relation::less);
  std::string_view name = trimmed(std::string_view(text).substr(0, at));
  if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
    if (!comparison) refuse("only compare has plans to choose from; --plan names the one to run", examples);
    result.plan = trimmed(name.substr(0, colon));
    name = trimmed(name.substr(colon + 1));
  }
  if (!name.empty() && name.front() == '+') {
    if (!comparison) refuse("a difference to the baseline is what compare gives", examples);
    result.difference = true;
    name = trimmed(name.substr(1));
  }
  result.metric = metric_called("--threshold", text, name);
  const std::string right = text.substr(at + (equal ? 2 : 1));
  const std::optional<double> value = number(right);
  if (!value) refuse(fmt::format("\"{}\" is not a number", trimmed(right)), number_hint(right, examples));
  result.value = *value;
  Range range = result.metric->range;
  if (result.difference) range = {range.low - range.high, range.high - range.low};
  if (*value < range.low || *value > range.high) {
    const std::string hint = hundredths_hint(*result.metric, *value);
    refuse(fmt::format("{}{} is between {:g} and {:g}", result.difference ? "a difference of " : "", result.metric->name,
                       range.low, range.high),
           hint.empty() ? examples : hint);
  }
  return result;
}

std::vector<std::string> missed(const Samples& samples, const std::vector<Threshold>& thresholds) {
  std::vector<std::string> sentences;
  const bool several = samples.plans.size() > 1;
  for (const Threshold& threshold : thresholds) {
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      const PlanSamples& plan = samples.plans[k];
      if (threshold.plan.empty() ? several && k == 0 : threshold.plan != plan.id) continue;
      const Estimate e =
          threshold.difference ? difference(samples, k, *threshold.metric) : estimate(samples, k, *threshold.metric);
      if (!holds(threshold.relation, e.mean, threshold.value)) sentences.push_back(sentence(threshold, plan, e));
    }
  }
  return sentences;
}

}  // namespace sojourn::tools
