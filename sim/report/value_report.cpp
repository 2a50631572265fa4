#include "sojourn/report/value_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "json_figures.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;
using json_figures::of;

constexpr double z = 1.96;

std::string with_interval(double mean, double error) {
  return fmt::format("{:.4g} ({:.4g} to {:.4g})", mean, mean - z * error, mean + z * error);
}

/// A value of information is never negative.
std::string with_interval(const InformationValue& value) {
  if (value.value == 0.0 && value.error == 0.0) return "nothing";
  if (!value.shown()) return fmt::format("below {:.3g}, not told from 0", value.value + z * value.error);
  return fmt::format("{:.4g} ({:.4g} to {:.4g})", value.value, std::max(0.0, value.value - z * value.error),
                     value.value + z * value.error);
}

std::string surveys_text(const ValueReport& report, const Layout& layout) {
  Table table;
  table.row({"answers", "tells (95 %)", "nets"});
  for (const SurveyValue& survey : report.surveys)
    table.row({fmt::format("{}", survey.answers), with_interval(survey.value), fmt::format("{:.4g}", survey.net)});
  const std::string& input = report.sample.inputs[report.plan->input];
  std::string said;
  const std::size_t best = best_survey(report.surveys);
  if (best == report.surveys.size()) {
    said = "No survey of these sizes is worth its cost.\n";
  } else if (const SurveyValue& most = report.surveys[best]; !most.value.shown()) {
    said = "What these surveys would tell is not told from 0: more draws are needed before anybody is asked.\n";
  } else {
    said = fmt::format("{} answers net most: {:.4g}.\n", most.answers, most.net);
  }
  return "\n" + prose(fmt::format("A survey of {}:\n", input), layout) + table.text(layout) + prose(said, layout);
}

}  // namespace

std::string value_text(const ValueReport& report, const Layout& layout) {
  const ValueOfInformation& value = report.value;
  const ValueSample& sample = report.sample;
  std::string text =
      bold_prose(fmt::format("What to choose, and what it is worth to know more ({} draws)\n", value.draws), layout) + "\n";
  std::vector<std::size_t> order(value.choices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return value.choices[a].mean > value.choices[b].mean; });
  Table choices;
  choices.row({"choice", "worth (95 %)", "best in", "expected loss"});
  for (const std::size_t d : order) {
    const ChoiceOutlook& choice = value.choices[d];
    choices.row({sample.choices[d], with_interval(choice.mean, choice.error),
                 fmt::format("{:.1f} %", 100.0 * choice.chance_best), fmt::format("{:.4g}", choice.expected_loss)});
  }
  std::string said =
      fmt::format("{}: {}.\nTo know all inputs before choosing is worth {}",
                  value.best_shown ? "Worth most in the mean" : "These draws do not tell which is worth most; first",
                  sample.choices[value.best], with_interval(value.perfect));
  if (report.people != 1.0 && value.perfect.shown())
    said += fmt::format(", {:.4g} for {:.10g} people", report.people * value.perfect.value, report.people);
  text += choices.text(layout) + "\n" + prose(said + " (EVPI).\n", layout) + "\n";
  std::vector<std::size_t> inputs(sample.inputs.size());
  std::iota(inputs.begin(), inputs.end(), std::size_t{0});
  std::stable_sort(inputs.begin(), inputs.end(),
                   [&](std::size_t a, std::size_t b) { return value.of_input[a].value > value.of_input[b].value; });
  Table known;
  known.row({"to know", "is worth (95 %)"});
  for (const std::size_t k : inputs) known.row({sample.inputs[k], with_interval(value.of_input[k])});
  text += known.text(layout);
  if (report.plan != nullptr) text += surveys_text(report, layout);
  if (sample.simulated && value.explained < 0.5)
    text += "\n" + prose(fmt::format("The inputs explain {:.0f} % of the differences between choices; the rest is chance of "
                                     "the simulation, or interplay that this number of draws cannot show.\n",
                                     100.0 * value.explained),
                         layout);
  return text;
}

std::string value_json(const ValueReport& report) {
  const ValueOfInformation& value = report.value;
  const ValueSample& sample = report.sample;
  Json json = {{"draws", value.draws},
               {"people", number(report.people)},
               {"best", sample.choices[value.best]},
               {"best_shown", value.best_shown},
               {"explained", number(value.explained)}};
  for (std::size_t d = 0; d < value.choices.size(); ++d) {
    const ChoiceOutlook& choice = value.choices[d];
    json["choices"][sample.choices[d]] = {{"mean", number(choice.mean)},
                                          {"error", number(choice.error)},
                                          {"chance_best", number(choice.chance_best)},
                                          {"expected_loss", number(choice.expected_loss)}};
  }
  json["evpi"] = of(value.perfect);
  for (std::size_t k = 0; k < sample.inputs.size(); ++k) json["evppi"][sample.inputs[k]] = of(value.of_input[k]);
  if (report.plan != nullptr) {
    Json surveys = Json::array();
    for (const SurveyValue& survey : report.surveys) {
      surveys.push_back({{"answers", survey.answers},
                         {"mean", number(survey.value.value)},
                         {"se", number(survey.value.error)},
                         {"net", number(survey.net)}});
    }
    const std::size_t best = best_survey(report.surveys);
    json["evsi"] = {{"input", sample.inputs[report.plan->input]},
                    {"surveys", std::move(surveys)},
                    {"best", best < report.surveys.size() ? Json(report.surveys[best].answers) : Json(nullptr)}};
  }
  return json.dump(2) + "\n";
}

}  // namespace sojourn
