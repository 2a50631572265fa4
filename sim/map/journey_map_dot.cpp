#include <fmt/format.h>

#include <string>
#include <vector>

#include "journey_map_layout.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map.hpp"

namespace sojourn::journey_map {

namespace {

/// `text` for the inside of a quoted string that is a label: Graphviz knows escapes with a backslash and entities with an
/// ampersand.
std::string escape_label(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
    if (c == '&') result += "amp;";
  }
  return result;
}

/// Lines of a label, from parts that may be empty.
std::string joined(const std::vector<std::string>& lines) {
  std::string result;
  for (const std::string& line : lines) {
    if (!result.empty()) result += "\\n";
    result += escape_label(line);
  }
  return result;
}

/// A node's name: the id, with whatever an id may not have as %XX, so that no id can end the quotes and no two ids meet.
std::string node(const MapTouchpoint& touchpoint) {
  std::string result = "\"";
  for (const char c : touchpoint.id) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return result + '"';
}

std::string fill_of(const MapTouchpoint& touchpoint) {
  return touchpoint.team_index ? hex(mix(team_colour(*touchpoint.team_index), {255, 255, 255}, 0.66)) : "#ffffff";
}

std::string attributes(const MapTouchpoint& touchpoint) {
  std::vector<std::string> lines = wrap(touchpoint.name, 150.0, 4, 14.0);
  if (touchpoint.end) {
    const bool lost = *touchpoint.end == End::lost;
    lines.push_back(lost ? "end: lost" : "end: churned");
    return fmt::format("label=\"{}\", shape=octagon, style=filled, fillcolor=\"#303b47\", fontcolor=white", joined(lines));
  }
  std::string meta = touchpoint.channel;
  if (!meta.empty() && !touchpoint.team.empty()) meta += " · ";
  meta += touchpoint.team;
  for (std::string& line : wrap(meta, 170.0, 3, 14.0)) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  lines.push_back(fmt::format("{} {:.2f}", touchpoint.weak ? "weak quality" : "quality", touchpoint.quality));
  if (touchpoint.weight > 1.0) lines.push_back("★ ×" + number_text(touchpoint.weight) + " weight");
  for (const std::string& event : touchpoint.events) {
    for (std::string& line : wrap("event: " + event, 170.0, 3, 14.0)) lines.push_back(std::move(line));
  }
  for (const std::string& voice : touchpoint.voices) lines.push_back(voice);
  if (touchpoint.counts_as) lines.emplace_back(*touchpoint.counts_as == End::lost ? "counts as lost" : "counts as churned");
  if (touchpoint.stays > 0.0) lines.push_back("stays " + share_text(touchpoint.stays));
  std::string text = fmt::format("label=\"{}\", fillcolor=\"{}\"", joined(lines), fill_of(touchpoint));
  switch (touchpoint.place) {
    case Place::online:
      text += ", style=\"filled,rounded\"";
      break;
    case Place::offline:
      text += ", style=filled";
      break;
    case Place::outside:
      text += ", shape=ellipse, style=\"filled,dashed\"";
      break;
  }
  if (touchpoint.weight > 1.0) text += ", penwidth=3";
  return text;
}

std::string dot(const MapContent& map) {
  std::string text;
  const std::string heading = joined({map.title, map.question});
  text += fmt::format(
      "digraph journey {{  // {}\n"
      "  graph [rankdir=LR, newrank=true, label=\"{}\", labelloc=t, fontname=\"sans-serif\", fontsize=20, nodesep=0.35, "
      "ranksep=0.6, charset=\"UTF-8\"];\n"
      "  node [shape=box, fontname=\"sans-serif\", fontsize=12, color=\"#2b3846\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10, color=\"#566779\"];\n",
      file_mark, heading);
  const std::vector<char> placed(map.touchpoints.size(), 1);
  const std::vector<std::size_t> column = columns(map, placed);
  std::size_t before = map.touchpoints.size();  // the last touchpoint of the stage before, to keep the stages in order
  for (std::size_t s = 0; s < stage_names.size(); ++s) {
    std::size_t first = map.touchpoints.size(), last = first;
    for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
      if (map.touchpoints[v].stage != static_cast<Stage>(s)) continue;
      if (first == map.touchpoints.size() || column[v] < column[first]) first = v;
      if (last == map.touchpoints.size() || column[v] > column[last]) last = v;
    }
    if (first == map.touchpoints.size()) continue;
    text += fmt::format("  subgraph cluster_{} {{\n    label=\"{}\"; style=filled; color=\"{}\"; fontsize=16;\n",
                        stage_names[s], stage_title(static_cast<Stage>(s)), s % 2 == 0 ? "#f4f7fa" : "#e9eff5");
    for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
      if (map.touchpoints[v].stage == static_cast<Stage>(s)) {
        text += fmt::format("    {} [{}];\n", node(map.touchpoints[v]), attributes(map.touchpoints[v]));
      }
    }
    for (std::size_t c = column[first]; c <= column[last]; ++c) {
      text += "    { rank=same;";
      for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
        if (map.touchpoints[v].stage == static_cast<Stage>(s) && column[v] == c)
          text += " " + node(map.touchpoints[v]) + ";";
      }
      text += " }\n";
    }
    text += "  }\n";
    if (before < map.touchpoints.size()) {
      text += fmt::format("  {} -> {} [style=invis];\n", node(map.touchpoints[before]), node(map.touchpoints[first]));
    }
    before = last;
  }
  for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
    const MapTouchpoint& touchpoint = map.touchpoints[v];
    if (!(touchpoint.starts > 0.0)) continue;
    text += fmt::format("  \"start:{}\" [shape=plaintext, label=\"{} start\"];\n  \"start:{}\" -> {} [penwidth=2];\n", v,
                        share_text(touchpoint.starts), v, node(touchpoint));
  }
  for (const MapExit& exit : map.exits) {
    text += fmt::format("  {} -> {} [label=\"{}\", penwidth={:.1f}{}{}];\n", node(map.touchpoints[exit.from]),
                        node(map.touchpoints[exit.to]), escape_label(label(exit)), 0.9 + 4.1 * exit.share,
                        interrupts(exit) ? ", style=dashed" : "",
                        column[exit.to] < column[exit.from] ? ", constraint=false" : "");
  }
  if (!map.teams.empty()) {
    text += "  subgraph cluster_legend {\n    label=\"Teams\"; style=rounded; color=\"#566779\"; fontsize=14;\n";
    for (std::size_t t = 0; t < map.teams.size(); ++t) {
      text += fmt::format("    \"team:{}\" [label=\"{}\", style=filled, fillcolor=\"{}\"];\n", t,
                          joined(wrap(map.teams[t], 150.0, 3, 14.0)), hex(mix(team_colour(t), {255, 255, 255}, 0.66)));
    }
    text += "  }\n";
  }
  text += "}\n";
  return text;
}

}  // namespace

}  // namespace sojourn::journey_map

namespace sojourn {

std::string journey_dot(const Model& model) { return journey_map::dot(journey_map::content(model)); }

}  // namespace sojourn
