// How decisions over draws are written, by `voi` and `compare --uncertain` alike.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/report/layout.hpp"
#include "table.hpp"

namespace sojourn::value_words {

/// An amount of worth as it is written, in full and as the end of an interval.
struct Worth {
  std::function<std::string(double)> amount;

  /// A mean with its 95 % interval.
  [[nodiscard]] std::string of(double mean, double error) const {
    return fmt::format("{} ({} to {})", amount(mean), amount(mean - 1.96 * error), amount(mean + 1.96 * error));
  }
  /// The same of a value of information, which is never negative; what chance could have made is called that.
  [[nodiscard]] std::string of(const InformationValue& value) const {
    if (value.value == 0.0 && value.error == 0.0) return "nothing";
    const double reach = 1.96 * value.error;
    if (!value.shown()) return fmt::format("below {}, not told from 0", amount(value.value + reach));
    return fmt::format("{} ({} to {})", amount(value.value), amount(std::max(0.0, value.value - reach)),
                       amount(value.value + reach));
  }
};

/// The places 0 .. count-1 by falling value.
template <class Value>
[[nodiscard]] std::vector<std::size_t> by_falling(std::size_t count, const Value& value) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  return order;
}

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

/// Which choice is worth most, without a full stop.
[[nodiscard]] inline std::string best(const ValueOfInformation& value, const std::vector<std::string>& names) {
  return fmt::format("{}: {}",
                     value.best_shown ? "Worth most in the mean" : "These draws do not tell which is worth most; first",
                     names[value.best]);
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
