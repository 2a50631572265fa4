#include "sojourn/outcomes/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>

#include "sojourn/base/error.hpp"
#include "sojourn/engine/program.hpp"

namespace sojourn {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw InputError("this results file is damaged or was edited: " + what,
                   "restore it from a copy, or run its scenario again");
}

const Dimension& dimension_of(const Outcomes& outcomes, std::string_view name) {
  const auto found = std::find_if(outcomes.dimensions.begin(), outcomes.dimensions.end(),
                                  [name](const Dimension& one) { return one.name == name; });
  if (found == outcomes.dimensions.end()) refuse(fmt::format("the dimension {} is missing", name));
  return *found;
}

template <class Values>
const Values& values_of(const Outcomes& outcomes, std::string_view name) {
  const auto* values = std::get_if<Values>(&dimension_of(outcomes, name).values);
  if (values == nullptr) refuse(fmt::format("the dimension {} has not the values that it should have", name));
  return *values;
}

template <class Values>
void require_equal(const Outcomes& outcomes, std::string_view name, const Values& expected) {
  if (values_of<Values>(outcomes, name) != expected)
    refuse(fmt::format("its dimension {} is not that of the scenario in it", name));
}

void require_numbers(const Outcomes& outcomes, std::string_view name) {
  const auto& numbers = values_of<std::vector<std::int64_t>>(outcomes, name);
  constexpr std::int64_t most = 0xffffffff;
  if (numbers.empty() || numbers.front() < 0 || numbers.back() > most ||
      std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) != numbers.end())
    refuse(fmt::format("the numbers of its dimension {} do not rise", name));
}

}  // namespace

const std::vector<std::string>& recorded_texts(const Outcomes& outcomes, std::string_view dimension) {
  return values_of<std::vector<std::string>>(outcomes, dimension);
}

const Array& recorded(const Outcomes& outcomes, std::string_view name, std::initializer_list<std::string_view> dimensions) {
  const auto found =
      std::find_if(outcomes.arrays.begin(), outcomes.arrays.end(), [name](const Array& one) { return one.name == name; });
  if (found == outcomes.arrays.end()) refuse(fmt::format("the variable {} is missing", name));
  if (!std::equal(dimensions.begin(), dimensions.end(), found->dimensions.begin(), found->dimensions.end()))
    refuse(fmt::format("the variable {} has other dimensions than {}", name, fmt::join(dimensions, ", ")));
  return *found;
}

std::vector<std::string> exit_labels(const ModelParts& parts) {
  std::vector<std::string> labels;
  for (const Touchpoint& from : parts.touchpoints) {
    std::map<std::size_t, int> ways;  // to each destination
    for (const Exit& exit : from.next) {
      labels.push_back(from.id + " -> " + parts.touchpoints[exit.to.index()].id);
      const int number = ++ways[exit.to.index()];
      if (number > 1) labels.back() += fmt::format(" #{}", number);
    }
  }
  for (const Recovery& way : recoveries_of(parts)) {
    labels.push_back(fmt::format("{} -> {} ({})", parts.touchpoints[way.from].id, parts.touchpoints[way.to].id,
                                 parts.surveys[way.survey].id));
  }
  return labels;
}

void require_results_of(const Outcomes& outcomes, const Model& model) {
  const ModelParts& parts = model.parts();
  if (outcomes.provenance.seed != parts.settings.seed) refuse("its seed is not that of the scenario in it");
  require_equal(outcomes, "persona", ids_of(parts.personas));
  require_equal(outcomes, "touchpoint", ids_of(parts.touchpoints));
  require_equal(outcomes, "exit", exit_labels(parts));
  require_equal(outcomes, "stage", std::vector<std::string>(stage_names.begin(), stage_names.end()));
  if (!parts.account_segments.empty()) require_equal(outcomes, "account_segment", ids_of(parts.account_segments));
  require_equal(outcomes, "time", Program(apply(model, PlanId(0))).windows().ends());
  if (dimension_of(outcomes, "time").unit != "days since " + parts.settings.start)
    refuse("its time does not begin where that of the scenario in it does");

  const std::vector<std::string>& plans = recorded_texts(outcomes, "plan");
  const std::vector<std::string> known = ids_of(parts.plans);
  if (plans.empty()) refuse("it holds no plan");
  for (auto plan = plans.begin(); plan != plans.end(); ++plan) {
    if (std::find(known.begin(), known.end(), *plan) == known.end())
      refuse("it holds a plan that the scenario in it does not have");
    if (std::find(plans.begin(), plan, *plan) != plan) refuse("it holds a plan twice");
  }
  require_numbers(outcomes, "replication");
  const auto has = [&](std::string_view name) {
    return std::any_of(outcomes.dimensions.begin(), outcomes.dimensions.end(),
                       [name](const Dimension& one) { return one.name == name; });
  };
  if (has("sample")) require_numbers(outcomes, "sample");
  const auto& edges = values_of<std::vector<double>>(outcomes, "tenure_bin");
  double before = 0.0;
  for (const double edge : edges) {
    if (!std::isfinite(edge) || edge <= before) refuse("the bins of tenure do not rise");
    before = edge;
  }
}

}  // namespace sojourn
