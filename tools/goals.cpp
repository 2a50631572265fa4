#include "goals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "sojourn/base/error.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::tools {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

/// "0.7" or "70 %".
std::optional<double> number(std::string text) {
  text = trimmed(text);
  const bool share = !text.empty() && text.back() == '%';
  if (share) text = trimmed(text.substr(0, text.size() - 1));
  // Not what strtod takes beyond numbers: "inf", "nan", hexadecimal.
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0' || end == text.c_str() || !std::isfinite(value)) return std::nullopt;
  return share ? value / 100.0 : value;
}

const Metric* metric_called(const std::string& option, const std::string& text, const std::string& name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  return &metrics()[position_called("metric", name, known, fmt::format("{} {}: ", option, text))];
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
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits += c;
  }
  double factor = 1.0;
  for (const auto& [suffix, times] : {std::pair{"k", 1e3}, std::pair{"M", 1e6}, std::pair{"bn", 1e9}}) {
    if (!digits.ends_with(suffix)) continue;
    digits = digits.substr(0, digits.rfind(suffix));
    factor = times;
    break;
  }
  const std::optional<double> value = digits.ends_with('%') ? std::nullopt : number(digits);
  if (!value || !(*value >= 0.0) || !std::isfinite(*value * factor)) {
    throw InputError(fmt::format("{} {}: \"{}\" is no amount of money", option, text, text),
                     "2_000_000, 2e6, 500k, 2M or 1.5bn");
  }
  return *value * factor;
}

PrecisionGoal parse_precision(const std::string& text) {
  const std::size_t at = text.find('=');
  const auto refuse = [&](const std::string& problem) {
    throw InputError("--precision " + text + ": " + problem, "METRIC=HALFWIDTH, as in --precision retention=0.001");
  };
  if (at == std::string::npos) refuse("this has no \"=\"");
  const Metric* const metric = metric_called("--precision", text, trimmed(text.substr(0, at)));
  const std::optional<double> half = number(text.substr(at + 1));
  if (!half) refuse("\"" + trimmed(text.substr(at + 1)) + "\" is not a number");
  if (!(*half > 0.0)) refuse("the half-width must be above 0");
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
    const Metric& metric = *metric_called("--goal", text, trimmed(term.substr(0, colon)));
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
  const auto refuse = [&](const std::string& problem) {
    throw InputError("--threshold " + text + ": " + problem,
                     (comparison ? "[PLAN:][+]METRIC>=VALUE, as in 'retention>=0.7', 'care-first:nps>=20' or, of the "
                                   "difference to the baseline, '+npv>=0'"
                                 : "METRIC>=VALUE with >=, >, <= or <, as in --threshold 'retention>=0.7'"));
  };
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos)
    refuse("this compares with none of >=, >, <= and <; a shell takes them for files unless quoted");
  const bool equal = at + 1 < text.size() && text[at + 1] == '=';
  Threshold result;
  result.text = text;
  result.relation = text[at] == '>' ? (equal ? Threshold::Relation::at_least : Threshold::Relation::more)
                                    : (equal ? Threshold::Relation::at_most : Threshold::Relation::less);
  std::string name = trimmed(text.substr(0, at));
  if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
    if (!comparison) refuse("only compare has plans to choose from; --plan names the one to run");
    result.plan = trimmed(name.substr(0, colon));
    name = trimmed(name.substr(colon + 1));
  }
  if (!name.empty() && name.front() == '+') {
    if (!comparison) refuse("a difference to the baseline is what compare gives");
    result.difference = true;
    name = trimmed(name.substr(1));
  }
  result.metric = metric_called("--threshold", text, name);
  const std::string right = text.substr(at + (equal ? 2 : 1));
  const std::optional<double> value = number(right);
  if (!value) refuse("\"" + trimmed(right) + "\" is not a number");
  result.value = *value;
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
