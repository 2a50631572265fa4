#include "journey_map_signs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sojourn/base/text.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/report/happening_words.hpp"

namespace sojourn::journey_map {
namespace {

/// An event that changes more touchpoints than this is told below the map alone.
constexpr std::size_t most_marked = 6;

/// Whether `event` changes anything at touchpoint `v`, or at an exit of it, for somebody.
bool happens_at(const Change& event, const ModelParts& parts, std::size_t v) {
  const Touchpoint& at = parts.touchpoints[v];
  if (at.end) return false;
  const auto leads = [&](TouchpointId to) {
    return std::any_of(at.next.begin(), at.next.end(), [&](const Exit& exit) { return exit.to == to; });
  };
  if (!event.target.exit_to.empty() && std::none_of(event.target.exit_to.begin(), event.target.exit_to.end(), leads))
    return false;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    if (matches(parts, event.target, TouchpointId(v), PersonaId(p))) return true;
  }
  return false;
}

void mark_events(MapContent& map, const ModelParts& parts) {
  for (const Change& event : parts.events) {
    const std::string name = shown_on_one_line(event.name.empty() ? event.id : event.name);
    std::vector<std::size_t> places;
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      if (happens_at(event, parts, v)) places.push_back(v);
    }
    std::string where;
    if (places.size() <= most_marked) {
      for (const std::size_t v : places) map.touchpoints[v].events.push_back(name);
    } else {
      where = fmt::format(", at {} touchpoints", places.size());
    }
    map.notes.push_back(fmt::format("Event: {}, {}{}.", name, happening_words::when(event, parts.settings.start), where));
  }
}

/// "0.4 messages a month", "1.5 a year": a rate by the day in the unit in which it is no small fraction.
std::string rate_words(double per_day) {
  const double month = per_day * days_per_month;
  return month >= 0.1 ? number_text(month) + " a month" : number_text(per_day * days_per_year) + " a year";
}

void mark_voices(MapContent& map, const ModelParts& parts) {
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const Touchpoint& at = parts.touchpoints[v];
    if (at.end) continue;
    const bool listens = std::any_of(at.next.begin(), at.next.end(),
                                     [](const Exit& exit) { return exit.on == Trigger::heard || exit.slopes.heard != 0.0; });
    if (parts.word_of_mouth && listens) map.touchpoints[v].voices.emplace_back("hears others");
    if (parts.reviews && at.reads_reviews) map.touchpoints[v].voices.emplace_back("reads reviews");
  }
  if (const auto& talk = parts.word_of_mouth) {
    std::string who;
    const auto add = [&](const char* name, double rate) {
      if (rate > 0.0) who += fmt::format("{}{} {}", who.empty() ? "" : ", ", name, rate_words(rate));
    };
    add("promoters", talk->promoter_rate);
    add("passives", talk->passive_rate);
    add("detractors", talk->detractor_rate);
    if (!who.empty()) map.notes.push_back("Customers talk, messages each: " + who + ".");
  }
  if (parts.reviews && parts.reviews->probability > 0.0)
    map.notes.push_back("Customers write reviews after " + share_text(parts.reviews->probability) + " of visits or more.");
}

}  // namespace

void mark_signs(MapContent& map, const ModelParts& parts) {
  mark_events(map, parts);
  mark_voices(map, parts);
}

}  // namespace sojourn::journey_map
