#include "play_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sojourn/decide/default_goal.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/map/journey_map_svg.hpp"
#include "sojourn/model/closed_loops.hpp"
#include "sojourn/report/format.hpp"

namespace sojourn::play_words {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word(format::Kind kind) {
  constexpr std::array<std::string_view, 6> words{"share", "score", "points", "money", "days", "number"};
  return words[static_cast<std::size_t>(kind)];
}

}  // namespace

Json metric_json(const Metric& metric, const std::string& currency, bool headline) {
  const int better = metric.direction == Direction::neutral ? 0 : metric.direction == Direction::higher ? 1 : -1;
  return {{"name", metric.name},
          {"title", metric.label},
          {"about", metric.description},
          {"unit", metric.unit == "currency" ? currency : std::string(metric.unit)},
          {"kind", word(format::kind(metric))},
          {"better", better},
          {"headline", headline}};
}

std::vector<std::size_t> headlines(const ModelParts& parts) {
  std::vector<std::size_t> all;
  const auto add = [&](std::size_t metric) {
    if (std::find(all.begin(), all.end(), metric) == all.end()) all.push_back(metric);
  };
  for (const GoalTerm& term : goal_before_running(parts)) add(term.metric);
  add(metric_position("retained"));
  add(metric_position("nps"));
  if (moves_money(parts)) add(metric_position("npv"));
  return all;
}

Json map_json(const Model& model) {
  const ModelParts& parts = model.parts();
  Json places = Json::array(), ways = Json::array();
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    places.push_back({{"id", touchpoint.id},
                      {"name", touchpoint.name},
                      {"stage", journey_map::stage_title(touchpoint.stage)},
                      {"end", touchpoint.end.has_value()},
                      {"serves", touchpoint.queues()}});
  }
  for (const auto& [from, to] : ways_of(parts)) ways.push_back({{"from", from}, {"to", to}});
  const std::string picture = journey_map::svg(journey_map::content(model), journey_map::Heading::left_out);
  return {{"svg", picture}, {"touchpoints", places}, {"exits", ways}};
}

std::vector<std::pair<std::size_t, std::size_t>> ends_of_exits(const ModelParts& parts) {
  std::vector<std::pair<std::size_t, std::size_t>> ends;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    for (const Exit& exit : parts.touchpoints[v].next) ends.emplace_back(v, exit.to.index());
  }
  for (const Recovery& way : recoveries_of(parts)) ends.emplace_back(way.from, way.to);
  return ends;
}

std::vector<std::pair<std::size_t, std::size_t>> ways_of(const ModelParts& parts) {
  std::vector<std::pair<std::size_t, std::size_t>> ways;
  for (const auto& way : ends_of_exits(parts)) {
    if (std::find(ways.begin(), ways.end(), way) == ways.end()) ways.push_back(way);
  }
  return ways;
}

bool is_share(const VariedKey& key, double low, double high) {
  const bool plain = key.unit == "1" && key.after != "%";
  return key.as_percent && plain && low >= 0.0 && high <= 1.0;
}

std::string unit(const VariedKey& key, const std::string& currency) { return key.money ? currency : key.unit; }

}  // namespace sojourn::play_words
