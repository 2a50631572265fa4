#include "sojourn/report/forecast_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "json_figures.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/format.hpp"
#include "table.hpp"

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
        by_(metrics()[report.by]) {}

  [[nodiscard]] std::string text() const {
    const UncertainDraws& draws = report_.draws;
    std::string text = bold_prose(parts_.settings.title + "\n", layout_);
    const std::size_t count = draws.values.front().size();
    text += prose(fmt::format("{} draws of {} uncertain input{}, {} replications each of {} customers\n", count,
                              draws.keys.size(), draws.keys.size() == 1 ? "" : "s", replications_of_a_draw,
                              format::count(static_cast<double>(parts_.settings.customers))),
                  layout_);
    for (const MetricForecast& forecast : report_.forecasts) text += "\n" + table_of(forecast);
    text += "\n" + prose("95 % of what may come lies between the two, if the inputs are as the scenario says.\n" + spread(),
                         layout_);
    if (report_.decision != nullptr) text += "\n" + choice(*report_.decision) + "\n" + knowledge(*report_.decision);
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
    const Metric& metric = metrics()[forecast.metric];
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

  [[nodiscard]] std::string worth(double value) const { return format::value(by_, value, currency_); }

  [[nodiscard]] std::string worth(const InformationValue& value) const {
    if (value.value == 0.0 && value.error == 0.0) return "nothing";
    const double reach = 1.96 * value.error;
    if (!value.shown()) return fmt::format("below {}, not told from 0", worth(value.value + reach));
    return fmt::format("{} ({} to {})", worth(value.value), worth(std::max(0.0, value.value - reach)),
                       worth(value.value + reach));
  }

  [[nodiscard]] std::string choice(const ValueOfInformation& decision) const {
    std::vector<std::size_t> order(decision.choices.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return decision.choices[a].mean > decision.choices[b].mean; });
    Table table;
    table.row({fmt::format("decided by {}", lowered(std::string(by_.label))), "best in", "expected loss of taking it"});
    for (const std::size_t d : order) {
      const ChoiceOutlook& plan = decision.choices[d];
      table.row({name_of(report_.draws.plans[d]), fmt::format("{:.0f} % of draws", 100.0 * plan.chance_best),
                 worth(plan.expected_loss)});
    }
    const std::string best = name_of(report_.draws.plans[decision.best]);
    return table.text(layout_) + prose(decision.best_shown
                                           ? fmt::format("Worth most in the mean: {}.\n", best)
                                           : fmt::format("These draws do not tell which is worth most; first: {}.\n", best),
                                       layout_);
  }

  [[nodiscard]] std::string knowledge(const ValueOfInformation& decision) const {
    std::string text =
        prose(fmt::format("To know all inputs before choosing (EVPI): {}\n", worth(decision.perfect)), layout_) + "\n";
    std::vector<std::size_t> order(decision.of_input.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return decision.of_input[a].value > decision.of_input[b].value; });
    Table table;
    table.row({"to know", "is worth (95 %)"});
    for (const std::size_t k : order) table.row({report_.draws.keys[k], worth(decision.of_input[k])});
    text += table.text(layout_);
    if (decision.explained < 0.5)
      text +=
          prose(fmt::format("The inputs explain {:.0f} % of how plans differ from draw to draw; the rest is chance of the "
                            "simulation: more customers show smaller values.\n",
                            100.0 * decision.explained),
                layout_);
    return text;
  }

  const ForecastReport& report_;
  const Layout& layout_;
  const ModelParts& parts_;
  std::string currency_;
  const Metric& by_;
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

std::string forecast_text(const ForecastReport& report, const Layout& layout) { return ForecastText(report, layout).text(); }

std::string forecast_json(const ForecastReport& report, const std::string& file) {
  const UncertainDraws& draws = report.draws;
  const Settings& settings = report.inputs.inputs.scenario.parts.settings;
  Json uncertain = {{"draws", draws.values.front().size()}, {"replications", replications_of_a_draw}};
  for (std::size_t k = 0; k < draws.keys.size(); ++k)
    uncertain["inputs"][draws.keys[k]] = {{"unit", draws.units[k]}, {"why", report.inputs.why[k]}};
  for (const MetricForecast& forecast : report.forecasts) {
    for (std::size_t p = 0; p < draws.plans.size(); ++p) {
      Json& entry = uncertain["forecast"][std::string(metrics()[forecast.metric].name)][draws.plans[p]];
      entry = forecast_figures(forecast.plans[p]);
      if (p > 0) entry["difference"] = forecast_figures(forecast.differences[p]);
    }
  }
  uncertain["by"] = metrics()[report.by].name;
  if (report.decision != nullptr) {
    const ValueOfInformation& decision = *report.decision;
    uncertain["best"] = draws.plans[decision.best];
    uncertain["best_shown"] = decision.best_shown;
    for (std::size_t p = 0; p < draws.plans.size(); ++p) {
      uncertain["chance_best"][draws.plans[p]] = number(decision.choices[p].chance_best);
      uncertain["expected_loss"][draws.plans[p]] = number(decision.choices[p].expected_loss);
    }
    uncertain["explained"] = number(decision.explained);
    uncertain["evpi"] = of(decision.perfect);
    for (std::size_t k = 0; k < draws.keys.size(); ++k) uncertain["evppi"][draws.keys[k]] = of(decision.of_input[k]);
  }
  return json_figures::text({{"scenario", settings.title},
                             {"file", file},
                             {"question", settings.question},
                             {"currency", settings.currency},
                             {"customers", settings.customers},
                             {"seed", settings.seed},
                             {"horizon_days", settings.horizon.value()},
                             {"uncertain", std::move(uncertain)}});
}

}  // namespace sojourn
