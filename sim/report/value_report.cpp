#include "sojourn/report/value_report.hpp"

#include <fmt/format.h>

#include "json_figures.hpp"
#include "value_tables.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;
using json_figures::of;

std::string amount(double value) { return fmt::format("{:.4g}", value); }

}  // namespace

std::string value_text(const ValueReport& report, const Layout& layout) {
  const ValueOfInformation& value = report.value;
  const ValueSample& sample = report.sample;
  const value_words::Worth worth{amount};
  std::string text =
      bold_prose(fmt::format("What to choose, and what it is worth to know more ({} draws)\n", value.draws), layout) + "\n";
  std::string said = fmt::format("{}.\nTo know all inputs before choosing is worth {}",
                                 value_words::best(value, sample.choices), worth.of(value.perfect));
  if (report.people != 1.0 && value.perfect.shown())
    said += fmt::format(", {} for {:.10g} people", amount(report.people * value.perfect.value), report.people);
  text += value_words::choices(value, sample.choices, "choice", true, worth, layout) + "\n" +
          prose(said + " (EVPI).\n", layout) + "\n" + value_words::inputs(value, sample.inputs, worth, layout);
  if (report.plan != nullptr)
    text += "\n" + value_words::surveys(report.surveys, sample.inputs[report.plan->input], worth, layout);
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
  if (report.plan != nullptr) json["evsi"] = of(report.surveys, sample.inputs[report.plan->input]);
  return json.dump(2) + "\n";
}

}  // namespace sojourn
