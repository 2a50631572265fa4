#include "sojourn/play/play_lesson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "play_words.hpp"
#include "sojourn/report/key_words.hpp"

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;

/// A change of a lesson as a number at a key; nothing where it is none.
std::optional<double> number_after(const Scenario& scenario, const Override& change) {
  return number_at(scenario, change.path, {change});
}

std::vector<LessonChange> changes_of(const Lesson& lesson) {
  std::vector<LessonChange> all;
  if (lesson.without) {
    all.push_back(*lesson.without);
    all.back().words = fmt::format("The same, but {}.", lesson.without->words);
  }
  all.insert(all.end(), lesson.to_try.begin(), lesson.to_try.end());
  return all;
}

/// What a plan buys, as the page's address says it.
std::string state_of(const ModelParts& parts, PlanId plan) {
  const Plan& bought = parts.plans[plan.index()];
  std::string state;
  for (std::size_t i = 0; i < bought.improvements.size(); ++i)
    state += fmt::format("{}improvement.{}={}", state.empty() ? "" : "&",
                         parts.improvements[bought.improvements[i].index()].change.id, bought.level(i));
  for (const RuleId rule : bought.rules)
    state += fmt::format("{}rule.{}=1", state.empty() ? "" : "&", parts.rules[rule.index()].id);
  return state;
}

/// The same of a change; nothing where a slider cannot say it.
std::optional<std::string> state_of(const Playground& ground, const LessonChange& change, PlanId plan) {
  std::string state = state_of(ground.model().parts(), change.plans.empty() ? plan : change.plans.front());
  const std::vector<VariedKey>& keys = ground.knobs().inputs.keys;
  for (const std::string& word : change.set) {
    const Override set = parse_override(word);
    const auto number = number_after(ground.scenario(), set);
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const VariedKey& each) { return each.key == set.path; });
    if (!number || key == keys.end()) return std::nullopt;
    const auto& range = std::get<VariedKey::Range>(key->values);
    if (*number < range.from || *number > range.to) return std::nullopt;
    state += fmt::format("{}{}={}", state.empty() ? "" : "&", set.path, *number);
  }
  return state;
}

Json figures_json(const std::vector<ShownFigure>& figures) {
  Json list = Json::array();
  for (const ShownFigure& figure : figures) {
    Json bars = Json::array();
    for (const LessonBar& bar : figure.bars) {
      const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
      bars.push_back({{"group", bar.group},
                      {"label", bar.label},
                      {"value", {number(bar.value.mean), number(bar.value.low), number(bar.value.high)}},
                      {"text", written_value(figure, bar)},
                      {"half", written_half(figure, bar)}});
    }
    list.push_back({{"title", figure.title}, {"change", figure.change}, {"bars", bars}});
  }
  return list;
}

}  // namespace

std::vector<KnobWish> lesson_knobs(const Scenario& scenario, const Lesson& lesson) {
  std::vector<KnobWish> wishes;
  for (const LessonChange& change : changes_of(lesson)) {
    for (const std::string& word : change.set) {
      const Override set = parse_override(word);
      const auto now = number_at(scenario, set.path), then = number_after(scenario, set);
      if (!now || !then || *now == *then) continue;
      const auto known =
          std::find_if(wishes.begin(), wishes.end(), [&](const KnobWish& each) { return each.key == set.path; });
      double low = std::min(*now, *then), high = std::max(*now, *then);
      if (known != wishes.end()) {
        low = std::min(low, known->from);
        high = std::max(high, known->to);
        wishes.erase(known);
      }
      // Somewhat beyond both, where the scenario takes that.
      const double beyond = 0.5 * (high - low);
      const std::string name = key_words::name_of_key(scenario.parts, set.path);
      for (const KnobWish& wish : {KnobWish{set.path, low >= 0.0 ? std::max(0.0, low - beyond) : low - beyond,
                                            low >= 0.0 && high <= 1.0 ? std::min(1.0, high + beyond) : high + beyond, name},
                                   KnobWish{set.path, low, high, name}}) {
        if (knobs_for(scenario, {wish}).values.empty()) continue;
        wishes.push_back(wish);
        break;
      }
    }
  }
  return wishes;
}

std::string lesson_page_json(const Playground& ground, const LessonReport& report) {
  const Lesson& lesson = report.lesson;
  const ModelParts& parts = ground.model().parts();
  const std::vector<PlanId> plans = plans_of(lesson, parts);
  const PlanId shown = plans.size() > 1 ? plans[1] : PlanId(0);
  Json to_try = Json::array();
  for (const LessonChange& change : changes_of(lesson)) {
    const auto state = state_of(ground, change, shown);
    to_try.push_back({{"text", change.words},
                      {"state", state ? Json(*state) : Json(nullptr)},
                      {"command", lesson_command_line(report, change)}});
  }
  Json shown_metrics = Json::array();
  for (const LessonFigure& figure : lesson.show) {
    const bool of_people = figure.touchpoints.empty() && figure.surveys.empty() && !figure.tier;
    if (of_people && find_metric(figure.figure) != nullptr) shown_metrics.push_back(figure.figure);
  }
  const Json json = {
      {"predict", lesson.predict},
      {"choices", lesson.choices},
      {"answer", lesson.answer - 1},
      {"because", lesson.because},
      {"metrics", shown_metrics},
      {"figures", figures_json(report.figures)},
      {"without",
       lesson.without ? Json{{"words", lesson.without->words}, {"figures", figures_json(report.without)}} : Json(nullptr)},
      {"state", state_of(parts, shown)},
      {"try", to_try},
      {"sources", lesson.sources}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sojourn
