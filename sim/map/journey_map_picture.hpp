// The journey map as SVG: what is measured before anything is drawn, and the drawing.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey_map_layout.hpp"
#include "sojourn/map/journey_map_svg.hpp"

namespace sojourn::journey_map {

inline constexpr double margin = 24.0;
inline constexpr double lane_title_height = 32.0, lane_padding = 22.0;
inline constexpr double card_width = 152.0, outside_width = 164.0, end_width = 132.0;
inline constexpr double strip_height = 210.0;
inline constexpr double name_size = 13.0, name_line = 16.0, meta_size = 10.0, meta_line = 13.0, label_size = 10.5;
inline constexpr double gain_height = 17.0, sign_width = 13.0;
inline constexpr double tag_height = 18.0, tag_line = 12.0, tag_gap = 4.0, tag_indent = 21.0, stem = 7.0;

struct Box {
  double x = 0.0, y = 0.0, width = 0.0, height = 0.0;
  [[nodiscard]] double right() const { return x + width; }
  [[nodiscard]] double bottom() const { return y + height; }
};

inline double pen_of(double share) { return 0.9 + 4.1 * std::clamp(share, 0.0, 1.0); }
inline std::string_view tone_of(double share) { return share < 0.1 ? "low" : share < 0.4 ? "middle" : "high"; }

/// The attribute that dashes the line of an exit that interrupts, and dots one that only the company's map has.
inline std::string_view dashes_of(const MapExit& exit) {
  return exit.imagined ? " stroke-dasharray=\"1.5 4\"" : interrupts(exit) ? " stroke-dasharray=\"5 4\"" : "";
}

/// Points along a curve, a few px apart.
[[nodiscard]] std::vector<Point> trace(const Curve& curve);

/// One journey map: measured (journey_map_measure.cpp, journey_map_labels.cpp), then drawn (journey_map_svg.cpp,
/// journey_map_legend.cpp). In px.
class Picture {
 public:
  Picture(const MapContent& map, Heading heading, std::string_view suffix) : map_(map), heading_(heading), suffix_(suffix) {}
  std::string draw();

 private:
  /// What hangs below a card: a terminal, an exit back to the same card, or those who stay.
  struct Tag {
    std::optional<std::size_t> exit;
    double share = 0.0;
    std::vector<std::string> lines;
    [[nodiscard]] double height() const { return 6.0 + tag_line * static_cast<double>(lines.size()); }
  };
  /// A line that tells of an event, or of what others say; the first of each has its sign.
  struct Sign {
    std::string line;
    bool event = false, first = true;
  };
  struct Card {
    std::vector<std::string> name, meta, changes;
    std::vector<Sign> signs;
    std::vector<Tag> tags;
    Room room;
    double width = 0.0;
    Box box;  // of the card itself
  };
  struct Label {
    std::size_t exit = 0;
    std::string text;
    Box box;
  };

  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
  }
  void measure();
  void place();
  void spread_ends();
  void place_labels();
  void find_lanes();
  void line();
  void style();
  void lanes();
  void exit_title(std::size_t e);
  void exits();
  void card(std::size_t v);
  void tags(std::size_t v);
  void legend(double y);
  [[nodiscard]] double legend_height() const;
  /// Sentences below the signs: events and talk, and how to read the map.
  [[nodiscard]] std::vector<std::string> legend_lines() const;
  void text(double x, double y, double size, std::string_view words, std::string_view more = "");
  void shape(const Box& box, Place place, std::string_view classes);
  void octagon(const Box& box);
  void star(double x, double y, double radius);
  /// The lines of a card that have signs, from the base line `y` on; the base line of what follows.
  double signs(double middle, double y, const std::vector<Sign>& lines);
  void sign(double x, double y, bool event);
  void arrowhead(const Curve& curve, double pen);
  [[nodiscard]] std::string paint_of(const MapTouchpoint& touchpoint) const;
  [[nodiscard]] bool in_lane(std::size_t v) const { return cards_[v].room.placed; }

  struct LegendItem {
    enum class Kind {
      online,
      offline,
      outside,
      moment,
      quality,
      weak,
      gain,
      begin,
      finish,
      pen,
      dashed,
      team,
      changed,
      event,
      voice,
      undrawn,
      imagined
    } kind;
    std::string words;
    std::size_t team = 0;
    Box box;
  };
  [[nodiscard]] std::vector<LegendItem> legend_items() const;

  struct Lane {
    Stage stage;
    double left, right;  // of its cards
  };

  const MapContent& map_;
  Heading heading_;
  std::string_view suffix_;
  std::vector<Lane> lanes_;
  std::vector<Card> cards_;
  std::vector<char> drawn_;
  std::vector<Label> labels_;
  Layout layout_;
  Box field_;  // the lanes
  Box strip_;  // below them, for the line of satisfaction; without height where there is none
  double width_ = 0.0;
  std::vector<std::string> title_, question_;
  std::string out_;
};

}  // namespace sojourn::journey_map
