#include "sojourn/map/journey_map_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journey_map_layout.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map.hpp"

namespace sojourn::journey_map {

namespace {

constexpr double margin = 24.0;
constexpr double lane_title_height = 32.0, lane_padding = 22.0;
constexpr double card_width = 152.0, outside_width = 164.0, end_width = 132.0;
constexpr double strip_height = 210.0;
constexpr double name_size = 13.0, name_line = 16.0, meta_size = 10.0, meta_line = 13.0, label_size = 10.5;
constexpr double gain_height = 17.0;
constexpr double tag_height = 18.0, tag_line = 12.0, tag_gap = 4.0, tag_indent = 21.0, stem = 7.0;

struct Box {
  double x = 0.0, y = 0.0, width = 0.0, height = 0.0;
  [[nodiscard]] double right() const { return x + width; }
  [[nodiscard]] double bottom() const { return y + height; }
};

double overlap(const Box& a, const Box& b) {
  const double w = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double h = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return w > 0.0 && h > 0.0 ? w * h : 0.0;
}

/// Names of CSS classes for the two looks of everything that has a colour.
struct Paint {
  std::string_view selector, light, dark;
};
constexpr std::array<Paint, 26> paints{{
    {".bg", "fill:#ffffff", "fill:#0f1720"},
    {".lane0", "fill:#f4f7fa", "fill:#16202b"},
    {".lane1", "fill:#e9eff5", "fill:#1c2835"},
    {".stage", "fill:#d3deea", "fill:#2c3c4f"},
    {"text", "fill:#16202b;stroke:none", "fill:#e8eef5;stroke:none"},
    {".soft", "fill:#3f4d5c", "fill:#b8c4d1"},
    {".halo", "fill:#f0f4f8", "fill:#18232f"},
    {".free", "fill:#ffffff;stroke:#5b6b7b", "fill:#263240;stroke:#8494a5"},
    {".moment", "stroke:#0b1117", "stroke:#ffffff"},
    {".star", "fill:#0b1117", "fill:#ffffff"},
    {".star text", "fill:#ffffff", "fill:#0b1117"},
    {".star path", "fill:#ffd75e", "fill:#8a5a00"},
    {".track", "fill:#ffffff;stroke:#3f4d5c", "fill:#0f1720;stroke:#b8c4d1"},
    {".level", "fill:#3f4d5c", "fill:#b8c4d1"},
    {".weak", "fill:#b3261e", "fill:#ffb4a8"},
    {".weak text", "fill:#ffffff", "fill:#3b0906"},
    {".gain", "fill:#00664a;stroke:none", "fill:#5fd0ab;stroke:none"},
    {".gain text", "fill:#ffffff", "fill:#06281d"},
    {".begin", "fill:#ffffff;stroke:#00664a", "fill:#0f1720;stroke:#5fd0ab"},
    {".beginmark", "fill:#00664a;stroke:#00664a", "fill:#5fd0ab;stroke:#5fd0ab"},
    {".finish", "fill:#303b47;stroke:#303b47", "fill:#dbe3ec;stroke:#dbe3ec"},
    {".finish text", "fill:#ffffff", "fill:#16202b"},
    {".low", "stroke:#8393a5", "stroke:#708296"},
    {".middle", "stroke:#566779", "stroke:#9aacbf"},
    {".high", "stroke:#2b3846", "stroke:#d5e0eb"},
    {".plain", "fill:none;stroke:#5b6b7b", "fill:none;stroke:#8494a5"},
}};

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
  struct Card {
    std::vector<std::string> name, meta, changes;
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
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
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
  void text(double x, double y, double size, std::string_view words, std::string_view more = "");
  void shape(const Box& box, Place place, std::string_view classes);
  void octagon(const Box& box);
  void star(double x, double y, double radius);
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
      changed
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

double pen_of(double share) { return 0.9 + 4.1 * std::clamp(share, 0.0, 1.0); }
std::string_view tone_of(double share) { return share < 0.1 ? "low" : share < 0.4 ? "middle" : "high"; }
bool interrupts(const MapExit& exit) { return exit.kind == ExitKind::heard || exit.kind == ExitKind::gave_up; }

std::string start_words(const MapTouchpoint& touchpoint) { return share_text(touchpoint.starts) + " start"; }
std::string weight_words(const MapTouchpoint& touchpoint) { return "×" + number_text(touchpoint.weight); }

void Picture::measure() {
  cards_.resize(map_.touchpoints.size());
  drawn_.assign(map_.exits.size(), 1);
  std::vector<char> reached(map_.touchpoints.size(), 0);
  for (std::size_t e = 0; e < map_.exits.size(); ++e) {
    const MapExit& exit = map_.exits[e];
    if (map_.touchpoints[exit.to].end) reached[exit.to] = 1;
    if (map_.touchpoints[exit.to].end || exit.from == exit.to) drawn_[e] = 0;
  }
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    const MapTouchpoint& touchpoint = map_.touchpoints[v];
    Card& card = cards_[v];
    // An end is drawn where people leave; one that nobody reaches still deserves its place.
    card.room.placed = !(touchpoint.end && reached[v]);
    if (!card.room.placed) continue;
    const bool outside = touchpoint.place == Place::outside;
    card.width = touchpoint.end ? end_width : outside ? outside_width : card_width;
    const double inner = card.width - (outside ? 36.0 : 20.0);
    card.name = wrap(touchpoint.name, inner, 3, name_size, Weight::bold);
    if (touchpoint.end) {
      card.room.box = static_cast<int>(std::ceil(20.0 + name_line * static_cast<double>(card.name.size())));
    } else {
      std::string meta = touchpoint.channel;
      if (!meta.empty() && !touchpoint.team.empty()) meta += " · ";
      meta += touchpoint.team;
      if (!meta.empty()) card.meta = wrap(meta, inner, 3, meta_size);
      if (touchpoint.races) card.meta.emplace_back("race: the first exit due wins");
      if (touchpoint.counts_as) {
        card.meta.emplace_back(*touchpoint.counts_as == End::lost ? "counts as lost" : "counts as churned");
      }
      for (const std::string& change : touchpoint.changes) {
        for (std::string& part : wrap(change, inner, 2, meta_size, Weight::bold)) card.changes.push_back(std::move(part));
      }
      card.room.box = static_cast<int>(std::ceil(9.0 + name_line * static_cast<double>(card.name.size()) +
                                                 meta_line * static_cast<double>(card.meta.size() + card.changes.size()) +
                                                 25.0 + (touchpoint.gain.empty() ? 0.0 : gain_height)));
    }
    if (touchpoint.starts > 0.0 || touchpoint.weight > 1.0) card.room.above = static_cast<int>(tag_height + stem);
    const double tag_width = card.width - tag_indent - 12.0;
    const auto hang = [&](std::optional<std::size_t> exit, double share, const std::string& what,
                          const std::string& share_words, const std::string& delay) {
      const std::string how = delay.empty() ? share_words : share_words + " · " + delay;
      Tag tag{exit, share, wrap(what + " " + how, tag_width, 2, 10.0, Weight::bold)};
      if (tag.lines.size() > 1) {
        tag.lines = wrap(what, tag_width, 2, 10.0, Weight::bold);
        if (text_width(how, 10.0, Weight::bold) <= tag_width || delay.empty()) {
          tag.lines.push_back(wrap(how, tag_width, 1, 10.0, Weight::bold).front());
        } else {
          tag.lines.push_back(wrap(share_words, tag_width, 1, 10.0, Weight::bold).front());
          tag.lines.push_back(delay);
        }
      }
      card.tags.push_back(std::move(tag));
    };
    for (const std::size_t e : touchpoint.exits) {
      const MapExit& exit = map_.exits[e];
      if (drawn_[e]) continue;
      hang(e, exit.share, exit.from == exit.to ? "again" : map_.touchpoints[exit.to].name, short_share(exit),
           exit.delay_text);
    }
    if (touchpoint.stays > 0.0 && !touchpoint.end) hang({}, touchpoint.stays, "stays", share_text(touchpoint.stays), "");
    double below = card.tags.empty() ? 0.0 : stem;
    for (const Tag& tag : card.tags) below += tag.height() + tag_gap;
    card.room.below = static_cast<int>(std::ceil(below));
    card.room.width = static_cast<int>(card.width);
  }
}

void Picture::place() {
  std::vector<Room> rooms;
  for (const Card& card : cards_) rooms.push_back(card.room);
  layout_ = lay_out(map_, rooms, drawn_);
  width_ = std::max(layout_.width + 2.0 * (margin + lane_padding), 760.0);
  title_.clear();
  question_.clear();
  double top = margin;
  if (heading_ == Heading::drawn) {
    title_ = wrap(map_.plan.empty() ? map_.title : map_.title + ", under the plan " + map_.plan, width_ - 2.0 * margin, 3,
                  24.0, Weight::bold);
    if (!map_.question.empty()) question_ = wrap(map_.question, width_ - 2.0 * margin, 4, 15.0);
    top += 30.0 * static_cast<double>(title_.size()) + 21.0 * static_cast<double>(question_.size()) + 12.0;
  }
  field_ = {margin, top, width_ - 2.0 * margin, layout_.height + lane_title_height + 2.0 * lane_padding};
  strip_ = {field_.x, field_.bottom(), field_.width, map_.line.path.size() > 1 ? strip_height : 0.0};
  const double dx = field_.x + (field_.width - layout_.width) / 2.0;
  const double dy = field_.y + lane_title_height + lane_padding;
  for (Point& centre : layout_.centres) centre = {centre.x + dx, centre.y + dy};
  for (Curve& curve : layout_.curves) {
    for (Point& point : curve.points) point = {point.x + dx, point.y + dy};
    curve.tip = {curve.tip.x + dx, curve.tip.y + dy};
  }
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    Card& card = cards_[v];
    if (!card.room.placed) continue;
    const double height = card.room.above + card.room.box + card.room.below;
    card.box = {layout_.centres[v].x - card.width / 2.0, layout_.centres[v].y - height / 2.0 + card.room.above, card.width,
                static_cast<double>(card.room.box)};
  }
}

Point on(const std::vector<Point>& bezier, std::size_t piece, double t) {
  const double s = 1.0 - t;
  const Point* p = &bezier[3 * piece];
  const std::array<double, 4> b{s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t};
  return {b[0] * p[0].x + b[1] * p[1].x + b[2] * p[2].x + b[3] * p[3].x,
          b[0] * p[0].y + b[1] * p[1].y + b[2] * p[2].y + b[3] * p[3].y};
}

/// Points along a curve, a few px apart.
std::vector<Point> trace(const Curve& curve) {
  std::vector<Point> points;
  for (std::size_t piece = 0; 3 * piece + 3 < curve.points.size(); ++piece) {
    const Point a = curve.points[3 * piece], b = curve.points[3 * piece + 3];
    const int steps = std::clamp(static_cast<int>(std::hypot(b.x - a.x, b.y - a.y) / 4.0), 4, 400);
    for (int i = 0; i < steps; ++i) points.push_back(on(curve.points, piece, static_cast<double>(i) / steps));
  }
  if (!curve.points.empty()) points.push_back(curve.points.back());
  return points;
}

/// Graphviz lets all exits of a card's side meet in one point; here they share the side, in the order in which they come.
void Picture::spread_ends() {
  struct End {
    std::size_t exit;
    bool tip;
    double towards;  // y of the curve some way off
  };
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    if (!in_lane(v)) continue;
    const Box& box = cards_[v].box;
    const double middle = box.y + box.height / 2.0;
    for (const bool left : {true, false}) {
      const double side = left ? box.x : box.right();
      std::vector<End> ends;
      for (std::size_t e = 0; e < layout_.curves.size(); ++e) {
        const Curve& curve = layout_.curves[e];
        if (curve.points.size() < 4) continue;
        const std::vector<Point> line = trace(curve);
        const auto off = [&](bool tip) {
          const Point& at = tip ? curve.tip : curve.points.front();
          for (std::size_t i = 0; i < line.size(); ++i) {
            const Point& p = line[tip ? line.size() - 1 - i : i];
            if (std::hypot(p.x - at.x, p.y - at.y) > 70.0) return p.y;
          }
          return tip ? line.front().y : line.back().y;
        };
        if (map_.exits[e].to == v && std::abs(curve.tip.x - side) < 3.0) ends.push_back({e, true, off(true)});
        if (map_.exits[e].from == v && std::abs(curve.points.front().x - side) < 3.0) ends.push_back({e, false, off(false)});
      }
      std::stable_sort(ends.begin(), ends.end(), [](const End& a, const End& b) { return a.towards < b.towards; });
      const double radius = map_.touchpoints[v].place == Place::outside ? std::min(box.height / 2.0, 38.0) : 0.0;
      const double step =
          ends.size() > 1 ? std::min(15.0, (box.height - 26.0) / (static_cast<double>(ends.size()) - 1.0)) : 0.0;
      for (std::size_t i = 0; i < ends.size(); ++i) {
        Curve& curve = layout_.curves[ends[i].exit];
        const double y = middle + step * (static_cast<double>(i) - (static_cast<double>(ends.size()) - 1.0) / 2.0);
        // The rounded side of a card recedes above and below its middle.
        const double beyond = std::max(0.0, std::abs(y - middle) - (box.height / 2.0 - radius));
        const double in = radius > 0.0 ? radius - std::sqrt(radius * radius - beyond * beyond) : 0.0;
        const double dx = left ? in : -in;
        // The whole stretch near the card bends along, or there would be a kink.
        const Point end = ends[i].tip ? curve.tip : curve.points.front();
        const double dy = y - end.y, reach = 50.0 + 2.5 * std::abs(dy);
        const auto move = [&](Point& p) {
          const double near = std::max(0.0, 1.0 - std::hypot(p.x - end.x, p.y - end.y) / reach);
          const double share = near * near * (3.0 - 2.0 * near);
          p = {p.x + dx * share, p.y + dy * share};
        };
        const std::size_t last = curve.points.size() - 1;
        const Point arrow{curve.tip.x - curve.points[last].x, curve.tip.y - curve.points[last].y};
        for (Point& p : curve.points) move(p);
        if (ends[i].tip) {
          curve.tip = {end.x + dx, y};
          curve.points[last] = {curve.tip.x - arrow.x, curve.tip.y - arrow.y};
        }
      }
    }
  }
}

/// Each label sits on its own line, where it covers no card, no other label and as few other lines as can be, rather near
/// the beginning.
void Picture::place_labels() {
  std::vector<std::vector<Point>> traces;
  for (const Curve& curve : layout_.curves) traces.push_back(trace(curve));
  std::vector<Box> taken;
  for (const Card& card : cards_) {
    if (!card.room.placed) continue;
    taken.push_back({card.box.x - 2.0, card.box.y - card.room.above - 1.0, card.width + 4.0,
                     static_cast<double>(card.room.above + card.room.box + card.room.below) + 2.0});
  }
  std::vector<std::size_t> order;
  for (std::size_t e = 0; e < traces.size(); ++e) {
    if (traces[e].size() > 1) order.push_back(e);
  }
  // Short lines choose first: they have the least choice.
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return traces[a].size() < traces[b].size(); });
  for (const std::size_t e : order) {
    const std::vector<Point>& line = traces[e];
    Label label{e, short_label(map_.exits[e]), {}};
    const double w = text_width(label.text, label_size, Weight::bold) + 6.0, h = 15.0;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < line.size(); ++i) {
      const double along = static_cast<double>(i) / static_cast<double>(line.size() - 1);
      const Box box{line[i].x - w / 2.0, line[i].y - h / 2.0, w, h};
      double cost = 12.0 * std::abs(along - 0.4);
      for (const Box& other : taken) cost += overlap(box, other);
      for (std::size_t other = 0; other < traces.size(); ++other) {
        if (other == e) continue;
        int covered = 0;
        for (const Point& p : traces[other]) {
          covered += p.x > box.x && p.x < box.right() && p.y > box.y && p.y < box.bottom();
        }
        cost += std::min(covered, 8) * 0.8;
      }
      if (cost < lowest) {
        lowest = cost;
        label.box = box;
      }
    }
    taken.push_back(label.box);
    labels_.push_back(std::move(label));
  }
}

void Picture::text(double x, double y, double size, std::string_view words, std::string_view more) {
  put("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{}\"{}{}>{}</text>", x, y, size, more.empty() ? "" : " ", more,
      escape_markup(words));
}

void Picture::shape(const Box& box, Place place, std::string_view classes) {
  const double radius = place == Place::online ? 13.0 : place == Place::outside ? box.height / 2.0 : 1.0;
  put("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"{:.1f}\" class=\"{}\"{}/>", box.x, box.y,
      box.width, box.height, std::min(radius, 38.0), classes, place == Place::outside ? " stroke-dasharray=\"6 4\"" : "");
}

void Picture::octagon(const Box& box) {
  const double c = std::min(7.0, box.height / 3.0);
  put("<path d=\"M{:.1f} {:.1f}H{:.1f}L{:.1f} {:.1f}V{:.1f}L{:.1f} {:.1f}H{:.1f}L{:.1f} {:.1f}V{:.1f}Z\"/>", box.x + c,
      box.y, box.right() - c, box.right(), box.y + c, box.bottom() - c, box.right() - c, box.bottom(), box.x + c, box.x,
      box.bottom() - c, box.y + c);
}

void Picture::star(double x, double y, double radius) {
  put("<path d=\"");
  for (int i = 0; i < 10; ++i) {
    const double r = i % 2 == 0 ? radius : 0.42 * radius, angle = 0.6283185307179586 * i;
    put("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x + r * std::sin(angle), y - r * std::cos(angle));
  }
  put("Z\"/>");
}

void Picture::arrowhead(const Curve& curve, double pen) {
  const Point base = curve.points.back();
  const double dx = curve.tip.x - base.x, dy = curve.tip.y - base.y, length = std::hypot(dx, dy);
  if (length < 0.1) return;
  const double half = (2.8 + 0.6 * pen) / length;
  put("<path class=\"head\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\"/>", curve.tip.x, curve.tip.y,
      base.x - dy * half, base.y + dx * half, base.x + dy * half, base.y - dx * half);
}

std::string Picture::paint_of(const MapTouchpoint& touchpoint) const {
  return touchpoint.team_index ? fmt::format("card team{}", *touchpoint.team_index % 7) : "card free";
}

void Picture::style() {
  const auto rules = [&](bool dark) {
    for (const Paint& paint : paints) put(".sojourn-map {}{{{}}}", paint.selector, dark ? paint.dark : paint.light);
    for (std::size_t t = 0; t < std::min<std::size_t>(map_.teams.size(), 7); ++t) {
      const Colour colour = team_colour(t);
      const Colour fill = dark ? mix(colour, {15, 23, 32}, 0.62) : mix(colour, {255, 255, 255}, 0.66);
      const Colour edge = dark ? mix(colour, {255, 255, 255}, 0.1) : mix(colour, {0, 0, 0}, 0.42);
      put(".sojourn-map .team{}{{fill:{};stroke:{}}}", t, hex(fill), hex(edge));
    }
    if (map_.viewed) {
      const std::string_view change = dark ? "#7cc4f5" : "#0a5f94", path = dark ? "#e8eef5" : "#16202b";
      put(".sojourn-map .changed{{fill:{0}}}.sojourn-map .ring{{fill:none;stroke:{0};stroke-width:2.2}}"
          ".sojourn-map .path{{fill:none;stroke:{1}}}.sojourn-map .dot{{fill:{1}}}.sojourn-map "
          ".dot.low{{fill:{2};stroke:none}}"
          ".sojourn-map .was{{fill:none;stroke:{3}}}.sojourn-map .rule{{stroke:{3}}}",
          change, path, dark ? "#ffb4a8" : "#b3261e", dark ? "#8494a5" : "#5b6b7b");
    }
    // After the teams, so that it wins.
    put(".sojourn-map .moment{{{}}}\n", dark ? "stroke:#ffffff" : "stroke:#0b1117");
  };
  put("<style>\n.sojourn-map{{font-family:sans-serif;print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
      ".sojourn-map .name,.sojourn-map .strong{{font-weight:bold}}.sojourn-map .mid{{text-anchor:middle}}"
      ".sojourn-map .card{{stroke-width:1.3}}.sojourn-map .moment{{stroke-width:3.2}}"
      ".sojourn-map .exit path{{fill:none}}.sojourn-map .halo{{fill-opacity:.88}}\n");
  rules(false);
  // The arrowhead takes the colour of its line.
  put(".sojourn-map .exit.low .head{{fill:#8393a5}}.sojourn-map .exit.middle .head{{fill:#566779}}"
      ".sojourn-map .exit.high .head{{fill:#2b3846}}\n@media {}(prefers-color-scheme:dark){{",
      map_.viewed ? "screen and " : "");
  rules(true);
  put(".sojourn-map .exit.low .head{{fill:#708296}}.sojourn-map .exit.middle .head{{fill:#9aacbf}}"
      ".sojourn-map .exit.high .head{{fill:#d5e0eb}}}}\n");
  // Pointing at a card leaves only its own exits.
  put("@media (hover:hover){{");
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    if (in_lane(v)) put(".sojourn-map:has(.t{0}:hover) .exit:not(.x{0}){{opacity:.12}}", v);
  }
  put("}}\n</style>\n");
}

void Picture::find_lanes() {
  for (std::size_t s = 0; s < stage_names.size(); ++s) {
    Lane lane{static_cast<Stage>(s), 1e9, -1e9};
    for (std::size_t v = 0; v < cards_.size(); ++v) {
      if (!in_lane(v) || map_.touchpoints[v].stage != lane.stage) continue;
      lane.left = std::min(lane.left, cards_[v].box.x);
      lane.right = std::max(lane.right, cards_[v].box.right());
    }
    if (lane.left < lane.right) lanes_.push_back(lane);
  }
}

void Picture::lanes() {
  const std::vector<Lane>& lanes = lanes_;
  std::vector<std::pair<double, double>> edges;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const double left = i == 0 ? field_.x : (lanes[i - 1].right + lanes[i].left) / 2.0;
    const double right = i + 1 == lanes.size() ? field_.right() : (lanes[i].right + lanes[i + 1].left) / 2.0;
    put("<rect class=\"lane{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", i % 2, left, field_.y,
        right - left, field_.height + strip_.height);
    edges.emplace_back(left, right);
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto [left, right] = edges[i];
    // A chevron: the stages follow each other.
    const double notch = 11.0, y = field_.y, h = lane_title_height;
    const double back = i == 0 ? 0.0 : notch, tip = i + 1 == lanes.size() ? 0.0 : notch;
    const double from = left + (i == 0 ? 0.0 : 2.0);
    put("<path class=\"stage\" d=\"M{:.1f} {:.1f}H{:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}H{:.1f}L{:.1f} {:.1f}Z\"/>", from, y,
        right - 2.0, right - 2.0 + tip, y + h / 2.0, right - 2.0, y + h, from, from + back, y + h / 2.0);
    text((left + right) / 2.0 + 4.0, y + 21.5, 14.5, stage_title(lanes[i].stage), "class=\"strong mid\"");
    put("\n");
  }
}

void Picture::exit_title(std::size_t e) {
  const MapExit& exit = map_.exits[e];
  put("<title>{} → {}: {}</title>", escape_markup(map_.touchpoints[exit.from].name),
      escape_markup(map_.touchpoints[exit.to].name), escape_markup(label(exit)));
}

void Picture::exits() {
  // Thick lines first: the thin ones stay visible where they cross.
  std::vector<std::size_t> order(map_.exits.size());
  for (std::size_t e = 0; e < order.size(); ++e) order[e] = e;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return map_.exits[a].share > map_.exits[b].share; });
  const auto group = [&](std::size_t e) {
    const MapExit& exit = map_.exits[e];
    put("<g class=\"exit {} x{} x{}\">", tone_of(exit.share), exit.from, exit.to);
    exit_title(e);
  };
  for (const std::size_t e : order) {
    const Curve& curve = layout_.curves[e];
    if (curve.points.size() < 4) continue;
    const MapExit& exit = map_.exits[e];
    group(e);
    put("<path class=\"{}\" stroke-width=\"{:.1f}\"{} d=\"M{:.1f} {:.1f}C", tone_of(exit.share), pen_of(exit.share),
        interrupts(exit) ? " stroke-dasharray=\"5 4\"" : "", curve.points[0].x, curve.points[0].y);
    for (std::size_t i = 1; i < curve.points.size(); ++i) {
      put("{}{:.1f} {:.1f}", i == 1 ? "" : " ", curve.points[i].x, curve.points[i].y);
    }
    put("\"/>");
    arrowhead(curve, pen_of(exit.share));
    put("</g>\n");
  }
  for (const Label& label : labels_) {
    group(label.exit);
    put("<rect class=\"halo\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"4\"/>", label.box.x,
        label.box.y, label.box.width, label.box.height);
    text(label.box.x + label.box.width / 2.0, label.box.y + 11.2, label_size, label.text,
         map_.exits[label.exit].changed ? "class=\"changed strong mid\"" : "class=\"strong mid\"");
    put("</g>\n");
  }
}

void Picture::tags(std::size_t v) {
  const MapTouchpoint& touchpoint = map_.touchpoints[v];
  const Card& card = cards_[v];
  if (touchpoint.starts > 0.0) {
    const std::string words = start_words(touchpoint);
    const Box tag{card.box.x + 4.0, card.box.y - tag_height - stem, text_width(words, 10.5, Weight::bold) + 16.0,
                  tag_height};
    const double x = tag.x + 20.0, y = tag.bottom();
    put("<path class=\"beginmark\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke-width=\"2.4\"/><path class=\"beginmark\" "
        "d=\"M{3:.1f} "
        "{2:.1f}H{4:.1f}L{0:.1f} {5:.1f}Z\"/>",
        x, y, card.box.y - 4.0, x - 4.5, x + 4.5, card.box.y + 1.5);
    put("<rect class=\"begin\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"9\" stroke-width=\"1.6\"/>",
        tag.x, tag.y, tag.width, tag.height);
    text(tag.x + tag.width / 2.0, tag.y + 12.8, 10.5, words, "class=\"strong mid\"");
  }
  if (touchpoint.weight > 1.0) {
    const std::string words = weight_words(touchpoint);
    const double width = text_width(words, 11.0, Weight::bold) + 24.0;
    const Box tag{card.box.right() - width - 6.0, card.box.y - tag_height + 1.0, width, tag_height};
    put("<g class=\"star\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"4\"/>", tag.x, tag.y,
        tag.width, tag.height);
    star(tag.x + 11.0, tag.y + 9.2, 6.4);
    text(tag.x + 19.0, tag.y + 13.0, 11.0, words, "class=\"strong\"");
    put("</g>");
  }
  double y = card.box.bottom() + stem;
  const double x = card.box.x + tag_indent - 9.0;
  for (const Tag& tag : card.tags) {
    const Box box{x + 9.0, y, card.box.right() - x - 9.0, tag.height()};
    const bool dashed = tag.exit && interrupts(map_.exits[*tag.exit]);
    put("<g>");
    if (tag.exit) exit_title(*tag.exit);
    put("<path class=\"plain {}\" stroke-width=\"{:.1f}\"{} d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>", tone_of(tag.share),
        pen_of(tag.share), dashed ? " stroke-dasharray=\"5 4\"" : "", x, card.box.bottom(), y + box.height / 2.0, box.x);
    if (tag.exit && map_.touchpoints[map_.exits[*tag.exit].to].end) {
      put("<g class=\"finish\">");
      octagon(box);
    } else {
      put("<g><rect class=\"plain\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"9\"/>", box.x, box.y,
          box.width, box.height);
    }
    double base = y + 12.6;
    for (const std::string& line : tag.lines) {
      text(box.x + box.width / 2.0, base, 10.0, line, "class=\"strong mid\"");
      base += tag_line;
    }
    put("</g></g>");
    y += box.height + tag_gap;
  }
}

void Picture::card(std::size_t v) {
  const MapTouchpoint& touchpoint = map_.touchpoints[v];
  const Card& card = cards_[v];
  const Box& box = card.box;
  const double middle = box.x + box.width / 2.0;
  put("<g class=\"t{}\"><title>{}: {}</title>", v, escape_markup(touchpoint.name),
      escape_markup(description(map_, touchpoint)));
  if (touchpoint.end) {
    put("<g class=\"finish\">");
    octagon(box);
    double y = box.y + 10.0 + 12.0;
    for (const std::string& line : card.name) {
      text(middle, y, name_size, line, "class=\"name mid\"");
      y += name_line;
    }
    put("</g></g>\n");
    return;
  }
  tags(v);
  std::string classes = paint_of(touchpoint);
  if (touchpoint.weight > 1.0) classes += " moment";
  if (!card.changes.empty()) {
    shape({box.x - 4.5, box.y - 4.5, box.width + 9.0, box.height + 9.0}, touchpoint.place, "ring");
  }
  shape(box, touchpoint.place, classes);
  double y = box.y + 9.0 + 12.5;
  for (const std::string& line : card.name) {
    text(middle, y, name_size, line, "class=\"name mid\"");
    y += name_line;
  }
  y -= name_line - meta_line - 1.0;
  for (const std::string& line : card.meta) {
    text(middle, y, meta_size, line, "class=\"soft mid\"");
    y += meta_line;
  }
  for (const std::string& change : card.changes) {
    text(middle, y, meta_size, change, "class=\"changed strong mid\"");
    y += meta_line;
  }
  double floor = box.bottom();
  if (!touchpoint.gain.empty()) {
    floor -= gain_height;
    const std::string words = (touchpoint.worth_fixing ? "worth fixing " : "fixing ") + touchpoint.gain;
    const double wide = text_width(words, 10.5, Weight::bold) + 12.0;
    if (touchpoint.worth_fixing) {
      put("<g class=\"gain\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"15\" rx=\"3\"/>", middle - wide / 2.0,
          floor - 3.0, wide);
      text(middle, floor + 8.3, 10.5, words, "class=\"strong mid\"");
      put("</g>");
    } else {
      text(middle, floor + 8.3, 10.5, words, "class=\"mid\"");
    }
  }
  // The quality: a bar, and its figure beside it.
  const std::string figure = fmt::format("{}{:.2f}", touchpoint.weak ? "weak " : "", touchpoint.quality);
  const double figure_width = text_width(figure, 10.5, Weight::bold) + (touchpoint.weak ? 12.0 : 2.0), bar = 52.0;
  const double x = middle - (bar + 8.0 + figure_width) / 2.0, top = floor - 19.0;
  put("<rect class=\"track\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2}\" height=\"7\" rx=\"1.5\" stroke-width=\".8\"/><rect "
      "class=\"{4}\" "
      "x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{3:.1f}\" height=\"7\" rx=\"1.5\"/>",
      x, top + 3.0, bar, bar * std::clamp(touchpoint.quality, 0.0, 1.0), touchpoint.weak ? "weak" : "level");
  if (touchpoint.weak) {
    put("<g class=\"weak\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"15\" rx=\"3\"/>", x + bar + 7.0,
        top - 1.0, figure_width);
    text(x + bar + 7.0 + figure_width / 2.0, top + 10.3, 10.5, figure, "class=\"strong mid\"");
    put("</g>");
  } else {
    text(x + bar + 8.0, top + 10.3, 10.5, figure, "class=\"strong\"");
  }
  put("</g>\n");
}

/// The satisfaction along the main path: its touchpoints spread over the lane of their stage, in order.
void Picture::line() {
  const MapLine& line = map_.line;
  if (strip_.height <= 0.0) return;
  const double top = strip_.y + 44.0, bottom = strip_.bottom() - 62.0;
  const auto height = [&](double value) { return bottom - (bottom - top) * std::clamp(value, 0.0, 1.0); };
  std::vector<double> x;
  std::vector<double> room;  // for a name
  for (const Lane& lane : lanes_) {
    const auto here = [&](std::size_t v) { return map_.touchpoints[v].stage == lane.stage; };
    const auto count = std::count_if(line.path.begin(), line.path.end(), here);
    const double step = (lane.right - lane.left) / static_cast<double>(std::max<std::ptrdiff_t>(count, 1));
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      x.push_back(lane.left + step * (static_cast<double>(i) + 0.5));
      room.push_back(step - 6.0);
    }
  }
  put("<g>");
  text(strip_.x + 8.0, strip_.y + 16.0, 12.0,
       line.before.empty() ? "Satisfaction along the main path"
                           : "Satisfaction along the main path: " + map_.plan + ", and the baseline (dashed)",
       "class=\"strong\"");
  for (const double level : {0.0, 0.5, 1.0}) {
    put("<path class=\"rule\" stroke-width=\".8\"{} d=\"M{:.1f} {:.1f}H{:.1f}\"/>",
        level == 0.5 ? " stroke-dasharray=\"2 4\"" : "", strip_.x + 30.0, height(level), strip_.right() - 8.0);
    text(strip_.x + 24.0, height(level) + 3.5, 10.0, number_text(level), "text-anchor=\"end\" class=\"soft\"");
  }
  const auto draw = [&](const std::vector<double>& values, std::string_view classes, double pen, std::string_view dash) {
    put("<path class=\"{}\" stroke-width=\"{}\"{} d=\"", classes, pen, dash);
    for (std::size_t i = 0; i < values.size(); ++i) put("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x[i], height(values[i]));
    put("\"/>");
  };
  if (!line.before.empty()) draw(line.before, "was", 1.8, " stroke-dasharray=\"6 4\"");
  draw(line.value, "path", 2.6, "");
  for (std::size_t i = 0; i < line.path.size(); ++i) {
    const double value = line.value[i], y = height(value);
    put("<circle class=\"dot{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"/>", value < weak_below ? " low" : "", x[i], y);
    std::string words = fmt::format("{:.2f}", value);
    if (!line.before.empty() && fmt::format("{:.2f}", line.before[i]) != words)
      words = fmt::format("{:.2f} → ", line.before[i]) + words;
    const double above = line.before.empty() ? y : std::min(y, height(line.before[i]));
    text(x[i], above - 9.0, 11.0, words, "class=\"strong mid\"");
    double base = bottom + 18.0;
    for (const std::string& part : wrap(map_.touchpoints[line.path[i]].name, std::max(room[i], 60.0), 3, 10.0)) {
      text(x[i], base, 10.0, part, "class=\"soft mid\"");
      base += 12.5;
    }
  }
  put("</g>\n");
}

std::vector<Picture::LegendItem> Picture::legend_items() const {
  using Kind = LegendItem::Kind;
  std::vector<LegendItem> items;
  const auto any = [&](auto&& test) { return std::any_of(map_.touchpoints.begin(), map_.touchpoints.end(), test); };
  const auto in_place = [&](Place place) {
    return any([place](const MapTouchpoint& t) {
      return t.place == place && !t.end && !(place == Place::offline && t.channel.empty());
    });
  };
  if (in_place(Place::online)) items.push_back({Kind::online, "online", 0, {}});
  if (in_place(Place::offline)) items.push_back({Kind::offline, "offline", 0, {}});
  if (in_place(Place::outside)) items.push_back({Kind::outside, "outside the organisation", 0, {}});
  for (std::size_t t = 0; t < map_.teams.size(); ++t) items.push_back({Kind::team, map_.teams[t], t, {}});
  if (any([](const MapTouchpoint& t) { return t.weight > 1.0; })) {
    items.push_back({Kind::moment, "moment of truth: weighs more in memory", 0, {}});
  }
  items.push_back({Kind::quality, map_.measured ? "measured satisfaction, 0 to 1" : "mean quality, 0 to 1", 0, {}});
  if (any([](const MapTouchpoint& t) { return t.weak; })) items.push_back({Kind::weak, "below 0.5", 0, {}});
  if (any([](const MapTouchpoint& t) { return t.worth_fixing; }))
    items.push_back({Kind::gain, "the largest gain by one standard improvement", 0, {}});
  if (any([](const MapTouchpoint& t) { return t.starts > 0.0; }))
    items.push_back({Kind::begin, "journeys start here", 0, {}});
  if (any([](const MapTouchpoint& t) { return t.end.has_value(); }))
    items.push_back({Kind::finish, "journeys end here", 0, {}});
  items.push_back({Kind::pen, "the thicker, the more take this exit", 0, {}});
  if (std::any_of(map_.exits.begin(), map_.exits.end(), interrupts)) {
    items.push_back({Kind::dashed, "interrupts (a message heard, patience lost)", 0, {}});
  }
  if (any([](const MapTouchpoint& t) { return !t.changes.empty(); }))
    items.push_back({Kind::changed, "changed by the plan, before → after", 0, {}});
  double x = margin, y = 0.0;
  for (LegendItem& item : items) {
    // Teams begin a line of their own.
    const bool first_team = item.kind == Kind::team && item.team == 0,
               after_teams = item.kind == Kind::quality || item.kind == Kind::moment;
    const double symbol = 34.0, width = symbol + 8.0 + text_width(item.words, 12.0);
    const bool breaks =
        (first_team || (after_teams && !map_.teams.empty() && &item != &items.front() && (&item - 1)->kind == Kind::team));
    if (x > margin && (breaks || x + width > width_ - margin)) {
      x = margin;
      y += 26.0;
    }
    item.box = {x, y, symbol, 18.0};
    x += width + 24.0;
  }
  return items;
}

double Picture::legend_height() const {
  const std::vector<LegendItem> items = legend_items();
  return items.back().box.bottom() + 12.0 +
         17.0 * static_cast<double>(wrap(reading_note(map_), width_ - 2.0 * margin, 9, 12.0).size());
}

void Picture::legend(double top) {
  using Kind = LegendItem::Kind;
  double note = top;
  put("<g>");
  for (const LegendItem& item : legend_items()) {
    const Box box{item.box.x, top + item.box.y, item.box.width, item.box.height};
    const double middle = box.y + box.height / 2.0;
    note = box.bottom() + 26.0;
    switch (item.kind) {
      case Kind::online:
        shape({box.x, box.y, box.width, box.height}, Place::online, "card free");
        break;
      case Kind::offline:
        shape(box, Place::offline, "card free");
        break;
      case Kind::outside:
        shape(box, Place::outside, "card free");
        break;
      case Kind::team:
        shape(box, Place::offline, fmt::format("card team{}", item.team % 7));
        break;
      case Kind::moment:
        shape({box.x + 1.0, box.y + 4.0, box.width - 4.0, box.height - 4.0}, Place::offline, "card free moment");
        put("<g class=\"star\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"17\" height=\"15\" rx=\"4\"/>", box.right() - 17.0,
            box.y - 3.0);
        star(box.right() - 8.5, box.y + 5.0, 6.0);
        put("</g>");
        break;
      case Kind::quality:
        put("<rect class=\"track\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"34\" height=\"8\" rx=\"1.5\" "
            "stroke-width=\".8\"/><rect "
            "class=\"level\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"22\" height=\"8\" rx=\"1.5\"/>",
            box.x, middle - 4.0);
        break;
      case Kind::weak:
        put("<g class=\"weak\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"34\" height=\"15\" rx=\"3\"/>", box.x, middle - 7.5);
        text(box.x + 17.0, middle + 3.8, 10.5, "weak", "class=\"strong mid\"");
        put("</g>");
        break;
      case Kind::gain:
        put("<g class=\"gain\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"34\" height=\"15\" rx=\"3\"/>", box.x, middle - 7.5);
        text(box.x + 17.0, middle + 3.8, 10.5, "worth", "class=\"strong mid\"");
        put("</g>");
        break;
      case Kind::begin:
        put("<path class=\"beginmark\" stroke-width=\"2.4\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/><path class=\"beginmark\" "
            "d=\"M{3:.1f} "
            "{2:.1f}H{4:.1f}L{0:.1f} {5:.1f}Z\"/><rect class=\"begin\" x=\"{6:.1f}\" y=\"{7:.1f}\" width=\"34\" "
            "height=\"11\" rx=\"5.5\" "
            "stroke-width=\"1.6\"/>",
            box.x + 17.0, box.y + 8.0, box.y + 13.0, box.x + 12.5, box.x + 21.5, box.y + 19.0, box.x, box.y - 1.0);
        break;
      case Kind::finish:
        put("<g class=\"finish\">");
        octagon({box.x, box.y + 1.0, box.width, box.height - 2.0});
        put("</g>");
        break;
      case Kind::pen:
        put("<path class=\"plain low\" stroke-width=\"{3:.1f}\" d=\"M{0:.1f} {1:.1f}h34\"/><path class=\"plain high\" "
            "stroke-width=\"{4:.1f}\" "
            "d=\"M{0:.1f} {2:.1f}h34\"/>",
            box.x, middle - 4.0, middle + 4.0, pen_of(0.05), pen_of(0.9));
        break;
      case Kind::changed:
        shape({box.x + 1.0, box.y, box.width - 2.0, box.height}, Place::offline, "ring");
        break;
      case Kind::dashed:
        put("<path class=\"plain middle\" stroke-width=\"1.6\" stroke-dasharray=\"5 4\" d=\"M{:.1f} {:.1f}h34\"/>", box.x,
            middle);
        break;
    }
    text(box.right() + 8.0, middle + 4.2, 12.0, item.words);
    put("\n");
  }
  for (const std::string& line : wrap(reading_note(map_), width_ - 2.0 * margin, 9, 12.0)) {
    text(margin, note, 12.0, line, "class=\"soft\"");
    note += 17.0;
  }
  put("</g>\n");
}

std::string Picture::draw() {
  measure();
  place();
  find_lanes();
  spread_ends();
  place_labels();
  const double legend_top = field_.bottom() + strip_.height + 20.0, height = legend_top + legend_height() + margin;
  put("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sojourn-map\" role=\"img\" aria-labelledby=\"sojourn-map-title{3} "
      "sojourn-map-desc{3}\" "
      "width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\">\n<title "
      "id=\"sojourn-map-title{3}\">{2}</title>\n"
      "<desc id=\"sojourn-map-desc{3}\">",
      width_, height,
      escape_markup("Journey map: " + map_.title + (map_.plan.empty() ? "" : ", under the plan " + map_.plan)), suffix_);
  for (const MapTouchpoint& touchpoint : map_.touchpoints) {
    put("{}: {}.\n", escape_markup(touchpoint.name), escape_markup(description(map_, touchpoint)));
  }
  put("{}</desc>\n", escape_markup(reading_note(map_)));
  style();
  put("<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
  double y = margin - 6.0;
  for (const std::string& line : title_) text(margin, y += 30.0, 24.0, line, "class=\"strong\"");
  for (const std::string& line : question_) text(margin, y += 21.0, 15.0, line, "class=\"soft\"");
  put("\n");
  lanes();
  exits();
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    if (in_lane(v)) card(v);
  }
  line();
  legend(legend_top);
  put("</svg>\n");
  return std::move(out_);
}

}  // namespace

std::string svg(const MapContent& map, Heading heading, std::string_view suffix) {
  return Picture(map, heading, suffix).draw();
}

}  // namespace sojourn::journey_map

namespace sojourn {

std::string journey_svg(const Model& model, const JourneyView& view) {
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {} -->\n", file_mark) +
         journey_map::svg(journey_map::content(model, view), journey_map::Heading::drawn);
}

}  // namespace sojourn
