#include "sojourn/map/journey_map_svg.hpp"

#include <array>
#include <cmath>

#include "journey_map_picture.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/map/journey_map.hpp"

namespace sojourn::journey_map {

namespace {

/// Names of CSS classes for the two looks of everything that has a colour.
struct Paint {
  std::string_view selector, light, dark;
};
constexpr std::array<Paint, 28> paints{{
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
    {".flash", "fill:#8a5a00;stroke:none", "fill:#ffd75e;stroke:none"},
    {".bubble", "fill:#0a5f94;stroke:none", "fill:#7cc4f5;stroke:none"},
    {".begin", "fill:#ffffff;stroke:#00664a", "fill:#0f1720;stroke:#5fd0ab"},
    {".beginmark", "fill:#00664a;stroke:#00664a", "fill:#5fd0ab;stroke:#5fd0ab"},
    {".finish", "fill:#303b47;stroke:#303b47", "fill:#dbe3ec;stroke:#dbe3ec"},
    {".finish text", "fill:#ffffff", "fill:#16202b"},
    {".low", "stroke:#8393a5", "stroke:#708296"},
    {".middle", "stroke:#566779", "stroke:#9aacbf"},
    {".high", "stroke:#2b3846", "stroke:#d5e0eb"},
    {".plain", "fill:none;stroke:#5b6b7b", "fill:none;stroke:#8494a5"},
}};

std::string start_words(const MapTouchpoint& touchpoint) { return share_text(touchpoint.starts) + " start"; }
std::string weight_words(const MapTouchpoint& touchpoint) { return "×" + number_text(touchpoint.weight); }

}  // namespace

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
      if (map_.assumed) {
        const std::string_view undrawn = dark ? "#ffb46b" : "#a64500";
        put(".sojourn-map .exit.undrawn path{{stroke:{0}}}.sojourn-map .exit.undrawn path.head,.sojourn-map "
            ".offmap{{fill:{0};stroke:none}}.sojourn-map .plain.undrawn{{stroke:{0}}}",
            undrawn);
      }
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
    put("<g class=\"exit {} x{} x{}{}\">", tone_of(exit.share), exit.from, exit.to, exit.undrawn ? " undrawn" : "");
    exit_title(e);
  };
  for (const std::size_t e : order) {
    const Curve& curve = layout_.curves[e];
    if (curve.points.size() < 4) continue;
    const MapExit& exit = map_.exits[e];
    group(e);
    put("<path class=\"{}\" stroke-width=\"{:.1f}\"{} d=\"M{:.1f} {:.1f}C", tone_of(exit.share), pen_of(exit.share),
        dashes_of(exit), curve.points[0].x, curve.points[0].y);
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
    const std::string_view dashes = tag.exit ? dashes_of(map_.exits[*tag.exit]) : "";
    const bool undrawn = tag.exit && map_.exits[*tag.exit].undrawn;
    put("<g>");
    if (tag.exit) exit_title(*tag.exit);
    put("<path class=\"plain {}{}\" stroke-width=\"{:.1f}\"{} d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>", tone_of(tag.share),
        undrawn ? " undrawn" : "", pen_of(tag.share), dashes, x, card.box.bottom(), y + box.height / 2.0, box.x);
    if (tag.exit && map_.touchpoints[map_.exits[*tag.exit].to].end) {
      put("<g class=\"finish\">");
      octagon(box);
    } else {
      put("<g><rect class=\"plain\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"9\"/>", box.x, box.y,
          box.width, box.height);
    }
    double base = y + 12.6;
    for (const std::string& line : tag.lines) {
      text(box.x + box.width / 2.0, base, 10.0, line,
           tag.exit && map_.exits[*tag.exit].changed ? "class=\"changed strong mid\"" : "class=\"strong mid\"");
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
  // The ring lies below everything else: it hides no tag.
  if (!card.changes.empty()) {
    shape({box.x - 4.5, box.y - 4.5, box.width + 9.0, box.height + 9.0}, touchpoint.place, "ring");
  }
  tags(v);
  std::string classes = paint_of(touchpoint);
  if (touchpoint.weight > 1.0) classes += " moment";
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
  y = signs(middle, y, card.signs);
  for (const std::string& change : card.changes) {
    text(middle, y, meta_size, change, "class=\"changed strong mid\"");
    y += meta_line;
  }
  if (!touchpoint.off_map.empty()) {
    text(middle, y, meta_size, "map off by " + touchpoint.off_map, "class=\"offmap strong mid\"");
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
