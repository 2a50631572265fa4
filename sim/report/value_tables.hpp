// The tables of decisions over draws, for a terminal.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "sojourn/report/layout.hpp"
#include "sojourn/report/value_words.hpp"
#include "table.hpp"

namespace sojourn::value_words {

/// Choices by falling worth: their mean worth unless it was told before, at which share of the draws each is best, and what
/// is lost by taking it.
[[nodiscard]] inline std::string choices(const ValueOfInformation& value, const std::vector<std::string>& names,
                                         const std::string& head, bool with_means, const Worth& worth,
                                         const Layout& layout) {
  Table table;
  const auto row = [&](std::string name, std::string mean, std::string best, std::string loss) {
    std::vector<std::string> cells{std::move(name), std::move(mean), std::move(best), std::move(loss)};
    if (!with_means) cells.erase(cells.begin() + 1);
    table.row(std::move(cells));
  };
  row(head, "worth (95 %)", "best in", "expected loss of taking it");
  for (const std::size_t d : by_falling(value.choices.size(), [&](std::size_t k) { return value.choices[k].mean; })) {
    const ChoiceOutlook& choice = value.choices[d];
    row(names[d], worth.of(choice.mean, choice.error), fmt::format("{:.1f} % of draws", 100.0 * choice.chance_best),
        worth.amount(choice.expected_loss));
  }
  return table.text(layout);
}

/// What it is worth to know each input, most first.
[[nodiscard]] inline std::string inputs(const ValueOfInformation& value, const std::vector<std::string>& names,
                                        const Worth& worth, const Layout& layout) {
  Table table;
  table.row({"to know", "is worth (95 %)"});
  for (const std::size_t k : by_falling(value.of_input.size(), [&](std::size_t i) { return value.of_input[i].value; }))
    table.row({names[k], worth.of(value.of_input[k])});
  return table.text(layout);
}

/// Sizes of a survey about `input`: what each would tell for one of those whom the choice concerns, and what it nets for
/// all.
[[nodiscard]] inline std::string surveys(const std::vector<SurveyValue>& sizes, const std::string& input, const Worth& worth,
                                         const Layout& layout) {
  Table table;
  table.row({"answers", "tells (95 %)", "nets"});
  for (const SurveyValue& survey : sizes)
    table.row({fmt::format("{}", survey.answers), worth.of(survey.value), worth.amount(survey.net)});
  std::string said;
  const std::size_t most = best_survey(sizes);
  if (most == sizes.size()) {
    said = "No survey of these sizes is worth its cost.\n";
  } else if (!sizes[most].value.shown()) {
    said = "What these surveys would tell is not told from 0: more draws are needed before anybody is asked.\n";
  } else {
    said = fmt::format("{} answers net most: {}.\n", sizes[most].answers, worth.amount(sizes[most].net));
  }
  return prose(fmt::format("A survey of {}:\n", input), layout) + table.text(layout) + prose(said, layout);
}

}  // namespace sojourn::value_words
