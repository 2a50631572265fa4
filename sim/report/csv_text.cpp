#include "csv_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "sojourn/base/text.hpp"
#include "sojourn/decide/verdict.hpp"
#include "sojourn/report/ranking_report.hpp"

namespace sojourn {
namespace {

constexpr std::array<std::string_view, 3> beside{"npv", "retained", "nps"};

std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : std::string(); }

std::string csv_line(const std::vector<std::string>& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) text += (i > 0 ? "," : "") + fields[i];
  return text + "\n";
}

void add(std::vector<std::string>& fields, const Estimate& e) {
  for (const double value : {e.mean, e.low, e.high}) fields.push_back(csv_number(value));
}

std::string unit_of(const Metric& metric, const std::string& currency) {
  return csv_field(metric.unit == "currency" ? std::string_view(currency) : metric.unit);
}

}  // namespace

std::string run_csv(const Samples& samples) {
  std::string text = csv_line({"group", "metric", "unit", "mean", "low", "high"});
  for (std::size_t g = 0; g <= samples.personas.size(); ++g) {
    for (const Metric& metric : metrics()) {
      if (!samples.mechanisms.has(metric.needs) || (g > 0 && metric.scope != Scope::persona)) continue;
      std::vector<std::string> fields{g == 0 ? "all" : csv_field(samples.personas[g - 1]), std::string(metric.name),
                                      unit_of(metric, samples.currency)};
      add(fields, g == 0 ? estimate(samples, 0, metric) : estimate(samples, 0, metric, {Group::persona, g - 1}));
      text += csv_line(fields);
    }
  }
  for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
    for (const SurveyMetric& metric : survey_metrics()) {
      std::vector<std::string> fields{csv_field("survey " + samples.surveys[s]), std::string(metric.name), "1"};
      add(fields, estimate(samples.plans.front().surveys[s], metric));
      text += csv_line(fields);
    }
  }
  return text;
}

std::string comparison_csv(const Samples& samples, const Comparison& comparison) {
  std::string text = csv_line({"plan", "metric", "unit", "mean", "low", "high", "difference", "difference_low",
                               "difference_high", "p_holm", "verdict"});
  for (const PlanComparison& plan : comparison.plans) {
    for (std::size_t m = 0; m < metrics().size(); ++m) {
      const Metric& metric = metrics()[m];
      if (!samples.mechanisms.has(metric.needs)) continue;
      std::vector<std::string> fields{csv_field(plan.id), std::string(metric.name), unit_of(metric, samples.currency)};
      add(fields, plan.metrics[m]);
      add(fields, plan.differences[m]);
      fields.push_back(csv_number(plan.differences[m].p_holm));
      const bool judged = metric.direction != Direction::neutral && &plan != &comparison.plans.front();
      fields.emplace_back(judged ? name(verdict(plan.differences[m], metric.direction)) : "");
      text += csv_line(fields);
    }
  }
  return text;
}

std::string ranking_csv(const Ranking& ranking) {
  std::vector<std::string> head{"touchpoint", "shift", "ours", "score", "weight", "visits", "reach"};
  for (const std::string_view name : beside)
    for (const char* end : {"", "_low", "_high"}) head.push_back(fmt::format("{}{}", name, end));
  std::string text = csv_line(head);
  for (const TouchpointLeverage& each : ranking.touchpoints) {
    std::vector<std::string> fields{csv_field(each.id), each.best ? csv_field(shift_words(each.pulls[*each.best])) : "",
                                    each.ours ? "true" : "false"};
    for (const double value : {each.score, each.weight, each.visits, each.reach}) fields.push_back(csv_number(value));
    for (const std::string_view name : beside) {
      if (each.best)
        add(fields, each.pulls[*each.best].differences[metric_position(name)]);
      else
        fields.insert(fields.end(), 3, "");
    }
    text += csv_line(fields);
  }
  return text;
}

std::string optimum_csv(const Optimum& optimum, const Model& model) {
  std::vector<std::string> head{"choice", "improvements", "investment", "gain", "gain_low", "gain_high"};
  for (const std::string_view name : beside)
    for (const char* end : {"", "_low", "_high"}) head.push_back(fmt::format("{}{}", name, end));
  std::string text = csv_line(head);
  for (std::size_t c = 0; c < optimum.finalists.size(); ++c) {
    const Choice& choice = optimum.finalists[c];
    std::string bought;
    for (const Purchase& purchase : choice.bought) {
      bought += (bought.empty() ? "" : " ") + model.parts().improvements[purchase.improvement.index()].change.id;
      if (purchase.level != 1.0) bought += fmt::format("@{}", purchase.level);
    }
    std::vector<std::string> fields{fmt::format("{}", c + 1), csv_field(bought), csv_number(choice.investment.mean)};
    add(fields, choice.gain);
    for (const std::string_view name : beside) add(fields, choice.differences[metric_position(name)]);
    text += csv_line(fields);
  }
  return text;
}

}  // namespace sojourn
