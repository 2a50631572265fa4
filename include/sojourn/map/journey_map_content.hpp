// What a journey map says, before anybody draws it: names made safe to print, shares, delays, weak spots.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/map/journey_map.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn::journey_map {

/// Online and offline within the organisation, and outside it (friends, press, reviews).
enum class Place { online, offline, outside };
/// How an exit comes about, which decides its line and the words of its label.
enum class ExitKind { choice, trait, race, heard, gave_up, turned_away, followed_up };

struct MapExit {
  std::size_t from = 0, to = 0;  // positions in MapContent::touchpoints
  ExitKind kind = ExitKind::choice;
  double share = 0.0;      // for the pen: [0,1]
  double usual = 0.0;      // the share of the scenario itself, whatever is shown: so that the layout is that of every view
  std::string share_text;  // "45 %", "race 12 %", "moves-away 0.3 %", "heard 20 %"
  std::string delay_text;  // "2 wk"; empty when there is none
  bool viewed = false;     // the texts are of a view: measured, or before and after
  bool changed = false;    // the plan changes it
  /// Against the company's own map: that has no such move; or only that has it, and there is no such exit.
  bool undrawn = false, imagined = false;
};
/// Whether the exit interrupts: it takes no part in the choice or the race.
[[nodiscard]] inline bool interrupts(const MapExit& exit) {
  return exit.kind == ExitKind::heard || exit.kind == ExitKind::gave_up || exit.kind == ExitKind::turned_away ||
         exit.kind == ExitKind::followed_up;
}

struct MapTouchpoint {
  std::string id, name, channel, team;  // channel and team may be empty
  Stage stage = Stage::awareness;
  Place place = Place::offline;
  std::optional<std::size_t> team_index;
  double quality = 0.5;
  double effort = 0.0;
  bool weak = false;   // see `mark_weak`
  bool races = false;  // its exits compete
  double weight = 1.0;
  std::optional<End> end, counts_as;
  double starts = 0.0;               // share of people who begin here, [0,1]
  double stays = 0.0;                // share that stays for want of odds, [0,1]
  std::vector<std::size_t> exits;    // positions in MapContent::exits
  std::vector<std::string> changes;  // by the plan: "effort 0.40 → 0.20"
  std::vector<std::string> events;   // what happens here on its own; an event that reaches many places stands below the map
  std::vector<std::string> voices;   // what customers hear here of others: "hears others", "reads reviews"
  std::string off_map;               // how far the company's map is off here: "0.42 bits"; empty where that may be chance
  std::string gain;                  // of the best standard improvement here: "+1.2 M"; empty where there is none
  bool worth_fixing = false;         // it is the largest
};

/// The satisfaction along the main path, see `main_path`.
struct MapLine {
  std::vector<std::size_t> path;  // positions in MapContent::touchpoints
  std::vector<double> value;      // one each, [0,1]
  std::vector<double> before;     // under the baseline; empty when nothing is compared
};

struct MapContent {
  std::string title, question;
  std::vector<MapTouchpoint> touchpoints;
  std::vector<MapExit> exits;
  std::vector<std::string> teams;  // those that run a touchpoint of the journey, in the order of the file
  bool viewed = false;             // more than the scenario is shown
  bool measured = false;           // `quality` is the satisfaction measured, shares are those who took the exit
  std::string gain_of;             // what gains are gains of: "Net present value"; empty where there are none
  bool assumed = false;            // the company's own map is shown beside the journey
  std::string plan;                // name of the plan whose changes are marked; empty when there is none
  std::vector<std::string> rules;  // names of the rules that the plan goes by
  MapLine line;
  std::vector<std::string> notes;  // events with their times, and how customers talk: sentences below the map
};

/// The way of most people: from the most frequent start to the purchase that most come to, and on to where customers are
/// most (of a later stage), each along the exits whose smallest flow is largest. `taken` are counts by exit, `visits` by
/// touchpoint. Never to an earlier stage; ends are left out.
[[nodiscard]] std::vector<std::size_t> main_path(const MapContent& map, const std::vector<double>& taken,
                                                 const std::vector<double>& visits);

[[nodiscard]] MapContent content(const Model& model);
/// The same as `view` shows it.
[[nodiscard]] MapContent content(const Model& model, const JourneyView& view);

/// Mean quality below which a touchpoint may be called weak, the middle of the scale, and how many are at most: a map that
/// calls most touchpoints weak names none.
inline constexpr double weak_below = 0.5;
inline constexpr std::size_t most_weak = 3;

/// Marks as weak the few lowest of the company's own touchpoints that are below the middle of the scale; with `visits` per
/// person, by touchpoint, only where there are not too few (`fewest_visits`).
void mark_weak(MapContent& map, const std::vector<double>& visits = {});

/// A share in [0,1] as "45 %", "4.5 %", "<0.1 %".
[[nodiscard]] std::string share_text(double share);
/// A typical duration in the unit that people would use: "10 min", "4 h", "2 d", "3 wk", "1 mo", "2 yr"; empty for zero.
[[nodiscard]] std::string duration_text(double days);
/// "1.5", "2": at most two decimals and none that say nothing.
[[nodiscard]] std::string number_text(double number);
/// "Awareness".
[[nodiscard]] std::string stage_title(Stage stage);
/// "45 % · 2 wk", with the kind of the exit where it is not a plain choice: "race 45 % · 2 wk".
[[nodiscard]] std::string label(const MapExit& exit);
/// The same for where the touchpoint itself says that its exits race: "45 % · 2 wk".
[[nodiscard]] std::string short_label(const MapExit& exit);
/// The share alone of `short_label`: "45 %".
[[nodiscard]] std::string short_share(const MapExit& exit);
/// A sentence part about a touchpoint for tooltips and descriptions: "Retention, Mail, Billing, quality 0.50, ...".
[[nodiscard]] std::string description(const MapContent& map, const MapTouchpoint& touchpoint);

enum class Weight { regular, bold };
/// An estimate of the width in px of one line of `text`, on the wide side of common sans-serif fonts.
[[nodiscard]] double text_width(std::string_view text, double size, Weight weight = Weight::regular);
/// `text` broken between words, and within words that are too long, into at most `lines` lines of `width` px; the last ends
/// in an ellipsis when something is left out. At least one line, which may be empty.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, double width, std::size_t lines, double size,
                                            Weight weight = Weight::regular);

/// A colour as red, green, blue in 0..255.
struct Colour {
  int red = 0, green = 0, blue = 0;
};
/// The colour of team `index`: Okabe & Ito 2008, distinguishable by the colour-blind; after seven they come again.
[[nodiscard]] Colour team_colour(std::size_t index);
/// `colour` moved towards `other` by `amount` in [0,1].
[[nodiscard]] Colour mix(Colour colour, Colour other, double amount);
/// "#rrggbb".
[[nodiscard]] std::string hex(Colour colour);

/// The explanation that belongs under every map.
[[nodiscard]] std::string_view reading_note();
/// The same for what `map` shows.
[[nodiscard]] std::string reading_note(const MapContent& map);

}  // namespace sojourn::journey_map
