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

/// A key's words: dots and underscores are blanks.
std::string plain(std::string_view key) {
  std::string words(key);
  std::replace(words.begin(), words.end(), '.', ' ');
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
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
  const bool plain = key.unit == "1" && !key.whole && key.after != "%";
  return plain && low >= 0.0 && high <= 1.0;
}

std::string name_of_key(const ModelParts& parts, std::string_view key) {
  if (key == "scenario.horizon") return "How far we look";
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return std::string(key);
  const std::string_view section = key.substr(0, dot);
  std::string name;
  std::string_view rest;
  const auto look = [&](std::string_view kind, const auto& list, auto id_of, auto name_of) {
    if (section != kind) return;
    for (const auto& each : list) {
      const std::string path = fmt::format("{}.{}.", kind, id_of(each));
      if (!key.starts_with(path)) continue;
      name = name_of(each);
      rest = key.substr(path.size());
    }
  };
  const auto id = [](const auto& each) { return each.id; };
  const auto own = [](const auto& each) { return each.name; };
  const auto id_of_change = [](const Change& change) { return change.id; };
  const auto name_of_change = [](const Change& change) { return change.name; };
  look("touchpoint", parts.touchpoints, id, own);
  look("persona", parts.personas, id, own);
  look("survey", parts.surveys, id, own);
  look("pool", parts.pools, id, own);
  look("account_segment", parts.account_segments, id, own);
  look("event", parts.events, id_of_change, name_of_change);
  look(
      "improvement", parts.improvements, [](const Improvement& each) { return each.change.id; },
      [](const Improvement& each) { return each.change.name; });
  if (name.empty()) {
    name = plain(section);
    rest = key.substr(dot + 1);
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
      name.front() = static_cast<char>(name.front() - 'a' + 'A');
  }
  for (const std::string_view end : {".mean"}) {
    if (rest.ends_with(end)) rest.remove_suffix(end.size());
  }
  for (const std::string_view begin : {"effect.", "traits."}) {
    if (rest.starts_with(begin)) rest.remove_prefix(begin.size());
  }
  return fmt::format("{}: {}", name, plain(rest));
}

}  // namespace sojourn::play_words
