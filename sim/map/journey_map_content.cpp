#include "sojourn/map/journey_map_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <variant>

#include "journey_map_signs.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/model/closed_loops.hpp"

namespace sojourn::journey_map {

namespace {

/// Width in em: DejaVu Sans, the widest of the usual sans-serif fonts, in groups.
double character_width(char32_t c) {
  const std::size_t cells = sojourn::columns(c);
  if (cells == 0) return 0.0;
  if (c < 0x80) {
    const char a = static_cast<char>(c);
    constexpr std::string_view narrow = "ijl'|", slim = "frtI.,:;!()[]/\\- ", wide = "mwMW%@";
    if (narrow.find(a) != std::string_view::npos) return 0.29;
    if (slim.find(a) != std::string_view::npos) return 0.39;
    if (wide.find(a) != std::string_view::npos) return 0.95;
    return a >= 'A' && a <= 'Z' ? 0.71 : 0.62;
  }
  return cells == 2 ? 1.15 : c == 0xb7 ? 0.33 : 0.68;
}

double scale(double size, Weight weight) { return weight == Weight::bold ? 1.1 * size : size; }

std::string rounded(double value) {
  const double nearest = std::round(value);
  return value < 5.0 && std::abs(value - nearest) >= 0.15 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", nearest);
}

std::string name_of(const std::string& name, const std::string& id) { return shown_on_one_line(name.empty() ? id : name); }

ExitKind kind_of(const Exit& exit, ExitRule rule) {
  if (exit.on == Trigger::heard) return ExitKind::heard;
  if (exit.on == Trigger::gave_up) return ExitKind::gave_up;
  if (exit.on == Trigger::turned_away) return ExitKind::turned_away;
  if (rule == ExitRule::race) return ExitKind::race;
  return std::holds_alternative<TraitId>(exit.probability) ? ExitKind::trait : ExitKind::choice;
}

MapExit content(const ModelParts& parts, std::size_t from, const Exit& exit, double share, double days) {
  MapExit result;
  result.from = from;
  result.to = exit.to.index();
  result.kind = kind_of(exit, parts.touchpoints[from].exits);
  result.share = result.usual = share;
  result.share_text = share_text(share);
  switch (result.kind) {
    case ExitKind::choice:
      break;
    case ExitKind::trait:
      result.share_text =
          shown_on_one_line(parts.traits.at(std::get<TraitId>(exit.probability).index()).name) + " " + result.share_text;
      break;
    case ExitKind::race:
      result.share_text = "race " + result.share_text;
      break;
    case ExitKind::heard:
      result.share_text = "heard";
      if (const auto* chance = std::get_if<double>(&exit.probability)) {
        result.share_text += " " + share_text(*chance);
      } else if (const auto* trait = std::get_if<TraitId>(&exit.probability)) {
        result.share_text += " " + shown_on_one_line(parts.traits.at(trait->index()).name);
      }
      break;
    case ExitKind::gave_up:
      result.share_text = "gave up";
      break;
    case ExitKind::turned_away:
      result.share_text = "turned away";
      break;
    case ExitKind::followed_up:
      break;  // no exit of the file
  }
  result.delay_text = duration_text(days);
  return result;
}

}  // namespace

MapContent content(const Model& model) {
  const ModelParts& parts = model.parts();
  MapContent map;
  map.title = shown_on_one_line(parts.settings.title);
  map.question = shown_on_one_line(parts.settings.question);
  std::vector<std::optional<std::size_t>> team_index(parts.teams.size());
  for (std::size_t t = 0; t < parts.teams.size(); ++t) {
    const auto runs = [&](const Touchpoint& touchpoint) { return touchpoint.team == TeamId(t) && !touchpoint.end; };
    if (std::none_of(parts.touchpoints.begin(), parts.touchpoints.end(), runs)) continue;
    team_index[t] = map.teams.size();
    map.teams.push_back(name_of(parts.teams[t].name, parts.teams[t].id));
  }
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const Touchpoint& from = parts.touchpoints[v];
    MapTouchpoint to;
    to.id = from.id;
    to.name = name_of(from.name, from.id);
    to.stage = from.stage;
    if (from.channel.valid()) {
      const Channel& channel = parts.channels.at(from.channel.index());
      to.channel = name_of(channel.name, channel.id);
      to.place = !channel.controlled ? Place::outside : channel.online ? Place::online : Place::offline;
    }
    if (from.team.valid()) {
      to.team = name_of(parts.teams.at(from.team.index()).name, parts.teams.at(from.team.index()).id);
      to.team_index = team_index[from.team.index()];
    }
    to.quality = from.quality_mean;
    to.effort = from.effort;
    to.weight = from.weight;
    to.races = from.exits == ExitRule::race && !from.end;
    to.end = from.end;
    to.counts_as = from.counts_as;
    for (const Persona& persona : parts.personas) {
      for (const auto& [touchpoint, share] : persona.starts) {
        if (touchpoint == TouchpointId(v)) to.starts += persona.share * share;
      }
    }
    if (!from.end) {
      const NeutralExits neutral = neutral_exits(parts, TouchpointId(v));
      to.stays = neutral.stays;
      for (std::size_t j = 0; j < from.next.size(); ++j) {
        to.exits.push_back(map.exits.size());
        map.exits.push_back(content(parts, v, from.next[j], neutral.shares[j], neutral.days[j]));
      }
    }
    map.touchpoints.push_back(std::move(to));
  }
  // Where low answers lead: after the exits of the file, as results have them.
  for (const Recovery& way : recoveries_of(parts)) {
    MapExit exit;
    exit.from = way.from;
    exit.to = way.to;
    exit.kind = ExitKind::followed_up;
    exit.share_text = "followed up";
    exit.delay_text = duration_text(way.within);
    map.touchpoints[way.from].exits.push_back(map.exits.size());
    map.exits.push_back(std::move(exit));
  }
  mark_signs(map, parts);
  mark_weak(map);
  return map;
}

void mark_weak(MapContent& map, const std::vector<double>& visits) {
  std::vector<std::size_t> low;
  for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
    MapTouchpoint& at = map.touchpoints[v];
    at.weak = false;
    const bool rare = !visits.empty() && !(visits[v] >= fewest_visits);
    if (!at.end && at.place != Place::outside && !rare && at.quality < weak_below) low.push_back(v);
  }
  std::stable_sort(low.begin(), low.end(),
                   [&](std::size_t a, std::size_t b) { return map.touchpoints[a].quality < map.touchpoints[b].quality; });
  if (low.size() > most_weak) low.resize(most_weak);
  for (const std::size_t v : low) map.touchpoints[v].weak = true;
}

std::string share_text(double share) {
  const double percent = 100.0 * share;
  if (percent > 0.0 && percent < 0.1) return "<0.1 %";
  if (percent < 9.95 && std::abs(percent - std::round(percent)) >= 0.05) return fmt::format("{:.1f} %", percent);
  return fmt::format("{:.0f} %", percent);
}

std::string duration_text(double days) {
  constexpr double minute = 1.0 / 1440.0, hour = 1.0 / 24.0;
  if (!(days > 0.0)) return "";
  if (!std::isfinite(days)) return "never";
  if (days < 0.95 * minute) return "<1 min";
  if (days < 0.95 * hour) return rounded(days / minute) + " min";
  if (days < 0.95) return rounded(days / hour) + " h";
  if (days < 13.5) return rounded(days) + " d";
  if (days < 28.0) return rounded(days / 7.0) + " wk";
  const double years = days / days_per_year;
  const bool whole = years > 0.9 && std::abs(years - std::round(years)) < 0.02;
  if (days < 23.5 * days_per_month && !whole) return rounded(days / days_per_month) + " mo";
  return rounded(years) + " yr";
}

std::string number_text(double number) {
  std::string text = fmt::format("{:.2f}", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string stage_title(Stage stage) {
  std::string title(name(stage));
  title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

std::string label(const MapExit& exit) {
  return exit.delay_text.empty() ? exit.share_text : exit.share_text + " · " + exit.delay_text;
}

std::string short_share(const MapExit& exit) {
  return exit.kind == ExitKind::race && !exit.viewed ? share_text(exit.share) : exit.share_text;
}

std::string short_label(const MapExit& exit) {
  return exit.delay_text.empty() ? short_share(exit) : short_share(exit) + " · " + exit.delay_text;
}

std::string description(const MapContent& map, const MapTouchpoint& touchpoint) {
  std::string text = stage_title(touchpoint.stage);
  if (touchpoint.end) return text + (*touchpoint.end == End::lost ? ", end: lost" : ", end: churned");
  if (!touchpoint.channel.empty()) text += ", " + touchpoint.channel;
  if (touchpoint.place == Place::outside) text += " (outside the organisation)";
  if (!touchpoint.team.empty()) text += ", " + touchpoint.team;
  text += fmt::format(", {} {:.2f}", map.measured ? "measured satisfaction" : "quality", touchpoint.quality);
  if (touchpoint.weak) text += " (weak)";
  if (touchpoint.weight > 1.0) text += ", moment of truth with weight " + number_text(touchpoint.weight);
  if (touchpoint.counts_as) text += *touchpoint.counts_as == End::lost ? ", counts as lost" : ", counts as churned";
  if (touchpoint.starts > 0.0) text += ", " + share_text(touchpoint.starts) + " start here";
  if (!touchpoint.gain.empty())
    text += ", one standard improvement changes the outcome by " + touchpoint.gain +
            (touchpoint.worth_fixing ? ": worth fixing" : "");
  for (const std::string& event : touchpoint.events) text += ", event: " + event;
  for (const std::string& voice : touchpoint.voices) text += ", " + voice;
  if (!touchpoint.off_map.empty()) text += ", the company's map is off by " + touchpoint.off_map;
  for (const std::string& change : touchpoint.changes) text += ", the plan changes " + change;
  std::string_view separator = "; exits: ";
  for (const std::size_t e : touchpoint.exits) {
    const MapExit& exit = map.exits[e];
    text += separator;
    text += map.touchpoints[exit.to].name + " " + label(exit);
    separator = ", ";
  }
  if (touchpoint.stays > 0.0) text += fmt::format("; {} stay", share_text(touchpoint.stays));
  return text;
}

double text_width(std::string_view text, double size, Weight weight) {
  double width = 0.0;
  while (!text.empty()) {
    const Character c = first_character(text);
    width += character_width(c.point);
    text.remove_prefix(c.bytes);
  }
  return width * scale(size, weight);
}

std::vector<std::string> wrap(std::string_view text, double width, std::size_t lines, double size, Weight weight) {
  std::vector<std::string> result(1);
  double used = 0.0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word(text.substr(at, end - at));
    const double space = result.back().empty() ? 0.0 : text_width(" ", size, weight);
    double wide = text_width(word, size, weight);
    if (used + space + wide <= width) {
      if (space > 0.0) result.back() += ' ';
      result.back() += word;
      used += space + wide;
      at = end;
      continue;
    }
    if (!result.back().empty() && wide <= width) {
      result.emplace_back();
      used = 0.0;
      continue;
    }
    // A word wider than a line: as much as fits, then the rest as a word of its own.
    if (!result.back().empty()) result.emplace_back();
    word.clear();
    wide = 0.0;
    std::size_t cut = at;
    while (cut < end) {
      const Character c = first_character(std::string_view(text).substr(cut));
      const double next = character_width(c.point) * scale(size, weight);
      if (!word.empty() && wide + next > width) break;
      word += text.substr(cut, c.bytes);
      wide += next;
      cut += c.bytes;
    }
    result.back() = word;
    used = wide;
    at = cut;
  }
  if (result.size() > lines) {
    result.resize(lines);
    std::string& last = result.back();
    while (!last.empty() && text_width(last + "…", size, weight) > width) {
      last.resize(bytes_of_characters(last, character_count(last) - 1));
    }
    last += "…";
  }
  return result;
}

Colour team_colour(std::size_t index) {
  constexpr std::array<Colour, 7> palette{
      {{86, 180, 233}, {230, 159, 0}, {0, 158, 115}, {204, 121, 167}, {240, 228, 66}, {213, 94, 0}, {0, 114, 178}}};
  return palette[index % palette.size()];
}

Colour mix(Colour colour, Colour other, double amount) {
  const auto blend = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * amount)); };
  return {blend(colour.red, other.red), blend(colour.green, other.green), blend(colour.blue, other.blue)};
}

std::string hex(Colour colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

std::string_view reading_note() {
  return "Shares are those of a customer in a neutral state: satisfaction, expectation and effort 1/2, nothing heard, no "
         "persona's preferences. Times are medians. A share named after a trait is its mean over all people; in a race the "
         "first exit to fall due wins, and its time is that of those for whom it does.";
}

}  // namespace sojourn::journey_map
