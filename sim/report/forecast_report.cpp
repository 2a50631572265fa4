#include "sojourn/report/forecast_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json_figures.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/key_words.hpp"
#include "table.hpp"
#include "value_tables.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;
using json_figures::of;

class ForecastText {
 public:
  ForecastText(const ForecastReport& report, const Layout& layout)
      : report_(report),
        layout_(layout),
        parts_(report.inputs.inputs.scenario.parts),
        currency_(parts_.settings.currency),
        by_(figure_at(report.by)),
        worth_{[this](double value) { return format::value(by_, value, currency_); }} {
    for (const std::string& plan : report.draws.plans) names_.push_back(name_of(plan));
  }

  [[nodiscard]] std::string text() const {
    const UncertainDraws& draws = report_.draws;
    std::string text = bold_prose(parts_.settings.title + "\n", layout_);
    const std::size_t count = draws.values.front().size();
    text +=
        prose(fmt::format("{} draws of {} uncertain input{}, {} replications each of {}\n", count, draws.keys.size(),
                          draws.keys.size() == 1 ? "" : "s", replications_of_a_draw, counted(draws.customers, "customer")),
              layout_);
    for (const MetricForecast& forecast : report_.forecasts) text += "\n" + table_of(forecast);
    if (report_.by >= metrics().size())
      text += "\n" + prose(fmt::format("The goal is {}.\n", answer_words::goal(goal_of(parts_.settings))), layout_);
    text += "\n" + prose("95 % of what may come lies between the two, if the inputs are as the scenario says.\n" + spread(),
                         layout_);
    if (!report_.decision) return text;
    text += "\n" + choice(*report_.decision) + "\n" + tornado(*report_.decision) + idle_inputs() + "\n" +
            knowledge(*report_.decision);
    if (const std::string curve = acceptability_curve(); !curve.empty()) text += "\n" + curve;
    return text;
  }

 private:
  [[nodiscard]] std::string name_of(const std::string& plan) const {
    for (const Plan& each : parts_.plans) {
      if (each.id == plan) return each.name;
    }
    return plan;
  }

  [[nodiscard]] std::string table_of(const MetricForecast& forecast) const {
    const Metric& metric = figure_at(forecast.metric);
    Table table;
    const std::string label(metric.label);
    table.row({label, "forecast", "95 % from", "to"});
    const auto row = [&](std::string name, const Forecast& forecast_of_it, const auto& words) {
      std::vector<std::string> cells{std::move(name)};
      for (const double x : {forecast_of_it.mean, forecast_of_it.low, forecast_of_it.high})
        cells.push_back(std::isfinite(x) ? words(x) : "-");
      table.row(std::move(cells));
    };
    const auto value = [&](double x) { return format::value(metric, x, currency_); };
    const auto change = [&](double x) { return format::difference(metric, x, currency_); };
    for (std::size_t p = 0; p < forecast.plans.size(); ++p) {
      row(name_of(report_.draws.plans[p]), forecast.plans[p], value);
      if (p > 0) row("  against " + name_of(report_.draws.plans.front()), forecast.differences[p], change);
    }
    return table.text(layout_);
  }

  /// What makes the forecast of the deciding metric wide.
  [[nodiscard]] std::string spread() const {
    for (const MetricForecast& forecast : report_.forecasts) {
      if (forecast.metric != report_.by) continue;
      const Forecast& first = forecast.plans.front();
      const double inputs = first.of_inputs * first.of_inputs, chance = first.of_chance * first.of_chance;
      if (!(inputs + chance > 0.0)) return {};
      if (!first.inputs_shown)
        return fmt::format("What the inputs make of {} ({}) is not told from chance among the customers simulated.\n",
                           lowered(std::string(by_.label)), name_of(report_.draws.plans.front()));
      return fmt::format("Of the variance of {} ({}) the inputs make {:.0f} %, chance in a market of that size {:.0f} %.\n",
                         lowered(std::string(by_.label)), name_of(report_.draws.plans.front()),
                         100.0 * inputs / (inputs + chance), 100.0 * chance / (inputs + chance));
    }
    return {};
  }

  static std::string lowered(std::string label) {
    if (label.size() > 1 && label[1] >= 'a' && label[1] <= 'z') label[0] = static_cast<char>(std::tolower(label[0]));
    return label;
  }

  [[nodiscard]] std::string choice(const Decision& decision) const {
    return value_words::choices(decision.value, names_, fmt::format("by {}", lowered(std::string(by_.label))), false, worth_,
                                layout_) +
           prose(value_words::best(decision.value, names_) + "." + beyond_budget(report_, names_) + "\n", layout_);
  }

  [[nodiscard]] std::string knowledge(const Decision& decision) const {
    const ValueOfInformation& value = decision.value;
    std::string text =
        prose(fmt::format("To know all inputs before choosing (EVPI): {}\n", worth_.of(value.perfect)), layout_) + "\n" +
        value_words::inputs(value, report_.input_names, worth_, layout_);
    if (decision.survey != nullptr)
      text += "\n" + value_words::surveys(decision.surveys, report_.draws.keys[decision.survey->input], worth_, layout_);
    if (value.explained < 0.5)
      text +=
          prose(fmt::format("The inputs explain {:.0f} % of how plans differ from draw to draw; the rest is chance of the "
                            "simulation: more customers show smaller values.\n",
                            100.0 * value.explained),
                layout_);
    return text;
  }

  [[nodiscard]] std::string input_value(std::size_t key, double value) const {
    const std::string& unit = report_.draws.units[key];
    return fmt::format("{:.3g}{}", value, unit == "day" ? " days" : unit == "day-1" ? " per day" : "");
  }

  /// What the lead of the plan to take becomes by input.
  [[nodiscard]] std::string tornado(const Decision& decision) const {
    const std::string &first = names_[decision.value.best], &second = names_[decision.runner_up];
    const auto lead = [&](double value) {
      return format::difference(by_, by_.direction == Direction::lower ? -value : value, currency_);
    };
    Table table;
    table.row({fmt::format("{} against {} where it is", first, second), "lowest", "", "highest", ""});
    std::string turns;
    std::size_t shown = 0;
    for (const std::size_t k : value_words::by_falling(decision.swings.size(), [&](std::size_t i) {
           return std::fabs(decision.swings[i].high - decision.swings[i].low);
         })) {
      const Swing& swing = decision.swings[k];
      if (!swing.shown) continue;
      ++shown;
      table.row({report_.input_names[k], input_value(k, swing.low_at), lead(swing.low), input_value(k, swing.high_at),
                 lead(swing.high)});
      if (swing.turns)
        turns += fmt::format("{} could change the decision: where it is {}, {} is ahead.\n", report_.input_names[k],
                             (swing.low < 0.0) ? "lowest" : "highest", second);
    }
    if (shown == 0)
      return prose(fmt::format("No input by itself is shown to change the lead of {} over {}.\n", first, second), layout_);
    std::string text =
        table.text(layout_) +
        prose("Means over the fifth of the draws in which the input is lowest, and highest.\n" + turns, layout_);
    const std::vector<bool>& idle = report_.draws.idle;
    const std::size_t untold =
        decision.swings.size() - shown - static_cast<std::size_t>(std::count(idle.begin(), idle.end(), true));
    if (untold > 0)
      text +=
          prose(fmt::format("Of {} more input{} no effect is told from chance.\n", untold, untold == 1 ? "" : "s"), layout_);
    return text;
  }

  /// Inputs that are of no plan here; empty where there is none.
  [[nodiscard]] std::string idle_inputs() const {
    std::string list;
    for (std::size_t k = 0; k < report_.draws.idle.size(); ++k) {
      if (report_.draws.idle[k]) list += (list.empty() ? "" : ", ") + report_.input_names[k];
    }
    if (list.empty()) return list;
    return prose(fmt::format("None of these plans has what this is about, so that it changes nothing here: {}.\n", list),
                 layout_);
  }

  /// Which plan is best by what a kept customer is worth beyond the horizon.
  [[nodiscard]] std::string acceptability_curve() const {
    if (report_.acceptability.size() < 2) return {};
    Table table;
    std::vector<std::string> head{"A customer kept is worth"};
    for (const std::string& name : names_) head.push_back(name);
    table.row(head);
    for (const Acceptability& at : report_.acceptability) {
      std::vector<std::string> cells{format::money(at.value_of_customer, currency_)};
      for (const double chance : at.chance_best) cells.push_back(fmt::format("{:.0f} %", 100.0 * chance));
      table.row(std::move(cells));
    }
    return table.text(layout_) +
           prose("Share of the draws in which each is best, by what a customer kept at the horizon is worth beyond it.\n",
                 layout_);
  }

  const ForecastReport& report_;
  const Layout& layout_;
  const ModelParts& parts_;
  std::string currency_;
  const Metric& by_;
  std::vector<std::string> names_;  // of plans
  value_words::Worth worth_;
};

Json forecast_figures(const Forecast& forecast) {
  return {{"mean", number(forecast.mean)},
          {"error", number(forecast.error)},
          {"low", number(forecast.low)},
          {"high", number(forecast.high)},
          {"sd_inputs", number(forecast.of_inputs)},
          {"sd_chance", number(forecast.of_chance)},
          {"inputs_shown", forecast.inputs_shown}};
}

}  // namespace

std::string beyond_budget(const ForecastReport& report, const std::vector<std::string>& names) {
  const ValueOfInformation& value = report.decision->value;
  const std::optional<OverBudget>& over = report.draws.over_budget[value.best];
  const bool any_will_do = names.size() > 1 && value.same.size() + 1 == names.size();
  if (!over || any_will_do) return {};
  return fmt::format(
      " But {} {}.", names[value.best],
      answer_words::spends(*over, report.inputs.inputs.scenario.parts.settings.currency, " in the mean of the draws"));
}

Decision decide(const UncertainDraws& draws, std::size_t metric, const SurveyPlan* survey) {
  const ValueSample sample = decision_sample(draws, metric);
  Decision decision{value_of_information(sample), 0, {}, survey, {}};
  const std::vector<std::size_t> order =
      value_words::by_falling(draws.plans.size(), [&](std::size_t p) { return decision.value.choices[p].mean; });
  decision.runner_up = order[0] == decision.value.best ? order[1] : order[0];
  decision.swings = swings(sample, decision.value.best, decision.runner_up);
  for (std::size_t k = 0; k < draws.idle.size(); ++k) {
    if (!draws.idle[k]) continue;
    // Whatever the draws seem to say of it.
    decision.value.of_input[k] = {};
    decision.swings[k].shown = decision.swings[k].turns = false;
  }
  if (survey == nullptr) return decision;
  decision.surveys = survey_values(sample, *survey);
  if (survey->input < draws.idle.size() && draws.idle[survey->input]) {
    for (SurveyValue& size : decision.surveys) {
      size.net -= survey->people * size.value.value;
      size.value = {};
    }
  }
  return decision;
}

ForecastReport forecast_report(const UncertainInputs& inputs, const UncertainDraws& draws, std::size_t metric,
                               const SurveyPlan* survey) {
  ForecastReport report{inputs, draws, {}, metric, {}, {}, key_words::names_of_keys(inputs.inputs.scenario, draws.keys)};
  std::vector<std::size_t> told{metric};
  for (const std::string_view name : {"npv", "retained", "nps"}) {
    if (metric_position(name) != metric) told.push_back(metric_position(name));
  }
  for (const std::size_t each : told) report.forecasts.push_back(metric_forecast(draws, each));
  if (draws.plans.size() < 2) return report;
  report.decision = decide(draws, metric, survey);
  report.acceptability = acceptability(draws, draws.people_per_customer * static_cast<double>(draws.customers));
  return report;
}

std::string forecast_text(const ForecastReport& report, const Layout& layout) { return ForecastText(report, layout).text(); }

std::string forecast_json(const ForecastReport& report, const std::string& file) {
  const UncertainDraws& draws = report.draws;
  const Settings& settings = report.inputs.inputs.scenario.parts.settings;
  Json uncertain = {{"draws", draws.values.front().size()}, {"replications", replications_of_a_draw}};
  for (std::size_t k = 0; k < draws.keys.size(); ++k)
    uncertain["inputs"][draws.keys[k]] = {{"unit", draws.units[k]}, {"why", report.inputs.why[k]}};
  for (const MetricForecast& forecast : report.forecasts) {
    for (std::size_t p = 0; p < draws.plans.size(); ++p) {
      Json& entry = uncertain["forecast"][std::string(figure_at(forecast.metric).name)][draws.plans[p]];
      entry = forecast_figures(forecast.plans[p]);
      if (p > 0) entry["difference"] = forecast_figures(forecast.differences[p]);
    }
  }
  uncertain["by"] = figure_at(report.by).name;
  if (report.decision) {
    const ValueOfInformation& decision = report.decision->value;
    uncertain["best"] = draws.plans[decision.best];
    uncertain["best_shown"] = decision.best_shown;
    for (std::size_t p = 0; p < draws.plans.size(); ++p) {
      uncertain["chance_best"][draws.plans[p]] = number(decision.choices[p].chance_best);
      uncertain["expected_loss"][draws.plans[p]] = number(decision.choices[p].expected_loss);
      if (const std::optional<OverBudget>& over = draws.over_budget[p])
        uncertain["over_budget"][draws.plans[p]] = {
            {"quarter", over->quarter}, {"spent", number(over->spent)}, {"budget", number(over->budget)}};
    }
    uncertain["explained"] = number(decision.explained);
    uncertain["evpi"] = of(decision.perfect);
    for (std::size_t k = 0; k < draws.keys.size(); ++k) uncertain["evppi"][draws.keys[k]] = of(decision.of_input[k]);
    if (report.decision->survey != nullptr)
      uncertain["evsi"] = of(report.decision->surveys, draws.keys[report.decision->survey->input]);
    uncertain["runner_up"] = draws.plans[report.decision->runner_up];
    for (std::size_t k = 0; k < draws.keys.size(); ++k) {
      const Swing& swing = report.decision->swings[k];
      uncertain["swing"][draws.keys[k]] = {{"low_at", number(swing.low_at)},
                                           {"high_at", number(swing.high_at)},
                                           {"low", number(swing.low)},
                                           {"high", number(swing.high)},
                                           {"se", number(swing.error)},
                                           {"shown", swing.shown},
                                           {"turns", swing.turns}};
    }
    uncertain["acceptability"] = Json::array();
    for (const Acceptability& at : report.acceptability) {
      Json chances = Json::object();
      for (std::size_t p = 0; p < draws.plans.size(); ++p) chances[draws.plans[p]] = number(at.chance_best[p]);
      uncertain["acceptability"].push_back({{"value_of_customer", at.value_of_customer}, {"chance_best", chances}});
    }
  }
  return json_figures::text({{"scenario", settings.title},
                             {"file", file},
                             {"question", settings.question},
                             {"currency", settings.currency},
                             {"customers", draws.customers},
                             {"seed", settings.seed},
                             {"horizon_days", settings.horizon.value()},
                             {"uncertain", std::move(uncertain)}});
}

std::string draws_csv_header(const std::vector<std::string>& keys) {
  std::string line = "draw,plan,replication";
  for (const std::string& key : keys) line += "," + csv_field(key);
  for (const Metric& metric : metrics()) line += "," + std::string(metric.name);
  return line + "\n";
}

std::string draws_csv(const UncertainDraws& draws) {
  std::string text = draws_csv_header(draws.keys);
  const auto add = [&](double value) { text += std::isfinite(value) ? fmt::format(",{}", value) : std::string(","); };
  for (std::size_t d = 0; d < draws.values.front().size(); ++d) {
    for (std::size_t p = 0; p < draws.plans.size(); ++p) {
      for (std::size_t r = 0; r < replications_of_a_draw; ++r) {
        text += fmt::format("{},{},{}", d, csv_field(draws.plans[p]), r);
        for (const std::vector<double>& values : draws.values) add(values[d]);
        for (std::size_t m = 0; m < metrics().size(); ++m) add(draws.outcomes[m][p][d][r]);
        text += "\n";
      }
    }
  }
  return text;
}

}  // namespace sojourn
