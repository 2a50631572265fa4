#include "sojourn/report/assumed_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json_figures.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/report/format.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// Rows of a table on a screen's first lines, and paths.
constexpr std::size_t most_rows = 3, most_paths = 2;

std::string percent(double share) {
  if (std::isnan(share)) return "-";
  return share > 0.0 && share < 0.001 ? "<0.1 %" : fmt::format("{:.1f} %", 100.0 * share);
}
std::string percent(const Estimate& e) {
  if (std::isnan(e.low)) return percent(e.mean);
  return fmt::format("{} ({:.1f} to {:.1f})", percent(e.mean), 100.0 * e.low, 100.0 * e.high);
}
std::string bits(const Estimate& e) {
  if (std::isnan(e.mean)) return "-";
  if (std::isnan(e.low)) return fmt::format("{:.3f}", e.mean);
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", e.mean, e.low, e.high);
}

class AssumedWords {
 public:
  AssumedWords(const AssumedJourney& journey, const Model& model) : journey_(journey), parts_(model.parts()) {}

  [[nodiscard]] std::string name(TouchpointId at) const {
    const Touchpoint& touchpoint = parts_.touchpoints[at.index()];
    return shown_on_one_line(touchpoint.name.empty() ? touchpoint.id : touchpoint.name);
  }

  [[nodiscard]] std::string path(const UndrawnPath& path) const {
    std::string text;
    for (const TouchpointId at : path.touchpoints) text += (text.empty() ? "" : " → ") + name(at);
    return text;
  }

  /// What the map says of the journey, in sentences.
  [[nodiscard]] std::string answer() const {
    std::string text = fmt::format("The company's map has {} of all moves; {} follow paths that nobody drew.",
                                   percent(1.0 - journey_.undrawn.mean), percent(journey_.undrawn));
    if (journey_.journeys > 0) {
      text += fmt::format(" Of {}, {} never left the map.", counted(journey_.journeys, "customer"),
                          journey_.on_map == journey_.journeys ? "all" : grouped(static_cast<double>(journey_.on_map)));
    }
    const auto off = std::find_if(journey_.touchpoints.begin(), journey_.touchpoints.end(),
                                  [](const ComparedTouchpoint& here) { return here.told; });
    if (off != journey_.touchpoints.end()) {
      text += fmt::format(" It is furthest off at {}", name(off->at));
      const ComparedMove* most = nullptr;
      for (const ComparedMove& move : off->next) {
        if (most == nullptr || gap(move) > gap(*most)) most = &move;
      }
      if (most != nullptr) {
        const std::string believed =
            most->assumed ? fmt::format("it believes in {}", percent(*most->assumed)) : "it draws no such move";
        text += fmt::format(": {} go on to {}, and {}", percent(most->actual.mean), name(most->to), believed);
      }
      text += ".";
    } else if (journey_.replications < 2) {
      text += " One replication does not tell where it is off: add --replications 10.";
    } else {
      text += " Nowhere is it told from chance that its shares are off.";
    }
    return text;
  }

  [[nodiscard]] std::string touchpoints(const Layout& layout) const {
    Table table;
    table.row({"at", "share of all moves", "map off by, bits (95 %)"});
    std::size_t shown = 0;
    for (const ComparedTouchpoint& here : journey_.touchpoints) {
      if (!layout.full && ++shown > most_rows) break;
      table.row({name(here.at), percent(here.moves), here.on_map ? bits(here.divergence) : "not on the map"});
    }
    return table.text(layout);
  }

  /// Of every touchpoint that the map has, where people go on to.
  [[nodiscard]] std::string moves(const Layout& layout) const {
    Table table;
    table.row({"from, to", "in fact (95 %)", "believed"});
    for (const ComparedTouchpoint& here : journey_.touchpoints) {
      table.row({name(here.at), "", here.on_map ? "" : "not on the map"});
      for (const ComparedMove& move : here.next) {
        const std::string believed = move.assumed ? percent(*move.assumed) : here.on_map ? "not drawn" : "";
        table.row({"→ " + name(move.to) + (move.exists ? "" : " (no exit)"), percent(move.actual),
                   believed + (move.told ? " *" : "  ")});
      }
      if (here.on_map && here.open > 1e-9) table.row({"→ elsewhere", "", percent(here.open) + "  "});
    }
    return table.text(layout);
  }

  [[nodiscard]] std::string paths(const Layout& layout) const {
    if (journey_.paths.empty()) return "";
    std::string text = "Paths that nobody drew, by how many customers took them:\n";
    std::size_t shown = 0;
    for (const UndrawnPath& each : journey_.paths) {
      if (!layout.full && ++shown > most_paths) break;
      text += fmt::format(
          "  {}  {}\n",
          format::pad_left(percent(static_cast<double>(each.journeys) / static_cast<double>(journey_.journeys)), 7),
          path(each));
    }
    return prose(text, layout);
  }

 private:
  /// By how much a move differs from what is believed of it.
  static double gap(const ComparedMove& move) {
    const double actual = std::isnan(move.actual.mean) ? 0.0 : move.actual.mean;
    return std::abs(actual - move.assumed.value_or(0.0));
  }

  const AssumedJourney& journey_;
  const ModelParts& parts_;
};

}  // namespace

std::string assumed_text(const AssumedJourney& journey, const Model& model, const Layout& layout) {
  const AssumedWords words(journey, model);
  std::string text = bold_prose(words.answer() + "\n", layout) + "\n" + words.touchpoints(layout);
  if (layout.full) text += "\n" + words.moves(layout);
  const std::string paths = words.paths(layout);
  if (!paths.empty()) text += "\n" + paths;
  if (!layout.full) return text + prose("All touchpoints and moves: --full\n", layout);
  return text + "\n" +
         prose(
             "Bits are the Jensen-Shannon divergence of the two sets of shares: 0 where the map is right, 1 where it is "
             "wholly wrong. * told from chance, all moves of the map compared at once. Intervals are simulation error.\n",
             layout);
}

std::string assumed_answer(const AssumedJourney& journey, const Model& model) {
  return AssumedWords(journey, model).answer();
}

std::string assumed_json(const AssumedJourney& journey, const Model& model, const std::string& file) {
  using json_figures::Json;
  using json_figures::number;
  using json_figures::of;
  const ModelParts& parts = model.parts();
  const auto id = [&](TouchpointId at) { return parts.touchpoints[at.index()].id; };
  Json json = {{"scenario", parts.settings.title},
               {"file", file},
               {"plan", journey.plan},
               {"replications", journey.replications},
               {"divergence", of(journey.divergence)},
               {"undrawn", of(journey.undrawn)},
               {"journeys", journey.journeys},
               {"journeys_on_map", journey.on_map}};
  json["touchpoints"] = Json::object();
  for (const ComparedTouchpoint& here : journey.touchpoints) {
    Json at = {{"on_map", here.on_map}, {"moves", number(here.moves)}};
    if (here.on_map) {
      at["divergence"] = of(here.divergence);
      at["told"] = here.told;
      at["open"] = here.open;
    }
    at["next"] = Json::object();
    for (const ComparedMove& move : here.next) {
      at["next"][id(move.to)] = {{"share", of(move.actual)},
                                 {"assumed", move.assumed ? Json(*move.assumed) : Json(nullptr)},
                                 {"exists", move.exists},
                                 {"told", move.told}};
    }
    json["touchpoints"][id(here.at)] = std::move(at);
  }
  json["paths"] = Json::array();
  for (const UndrawnPath& path : journey.paths) {
    Json touchpoints = Json::array();
    for (const TouchpointId at : path.touchpoints) touchpoints.push_back(id(at));
    json["paths"].push_back({{"touchpoints", std::move(touchpoints)}, {"journeys", path.journeys}});
  }
  return json_figures::text(json);
}

}  // namespace sojourn
