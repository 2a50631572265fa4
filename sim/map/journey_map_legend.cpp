// What the signs of a journey map mean, below it.
#include "journey_map_picture.hpp"

namespace sojourn::journey_map {

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
  if (any([](const MapTouchpoint& t) { return t.weak; })) items.push_back({Kind::weak, "the lowest, below 0.5", 0, {}});
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
  if (any([](const MapTouchpoint& t) { return !t.events.empty(); }))
    items.push_back({Kind::event, "an event changes this for a while", 0, {}});
  if (any([](const MapTouchpoint& t) { return !t.voices.empty(); }))
    items.push_back({Kind::voice, "what others say counts here", 0, {}});
  const bool exits_change = !map_.plan.empty() && std::any_of(map_.exits.begin(), map_.exits.end(),
                                                              [](const MapExit& exit) { return exit.changed; });
  if (exits_change || any([](const MapTouchpoint& t) { return !t.changes.empty(); }))
    items.push_back({Kind::changed, "changed by the plan, before → after", 0, {}});
  if (map_.assumed) {
    items.push_back({Kind::undrawn, "not on the company's map", 0, {}});
    if (std::any_of(map_.exits.begin(), map_.exits.end(), [](const MapExit& exit) { return exit.imagined; }))
      items.push_back({Kind::imagined, "on the company's map alone", 0, {}});
  }
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
  return items.back().box.bottom() + 12.0 + 17.0 * static_cast<double>(legend_lines().size());
}

std::vector<std::string> Picture::legend_lines() const {
  constexpr std::size_t most_notes = 12;
  const double width = width_ - 2.0 * margin;
  std::vector<std::string> lines;
  const auto add = [&](const std::string& text, std::size_t most) {
    for (std::string& line : wrap(text, width, most, 12.0)) lines.push_back(std::move(line));
  };
  for (std::size_t i = 0; i < std::min(map_.notes.size(), most_notes); ++i) add(map_.notes[i], 2);
  if (map_.notes.size() > most_notes) add(fmt::format("And {} more.", map_.notes.size() - most_notes), 1);
  add(reading_note(map_), 9);
  return lines;
}

void Picture::sign(double x, double y, bool event) {
  if (event) {  // a flash
    put("<path class=\"flash\" d=\"M{:.1f} {:.1f}l-4 6h3.2l-1.6 5l5.4-6.6h-3.2l2.4-4.4Z\"/>", x + 5.0, y - 9.0);
  } else {  // a bubble of speech
    put("<path class=\"bubble\" d=\"M{:.1f} {:.1f}h8q1.5 0 1.5 1.5v3.5q0 1.5-1.5 1.5h-4l-2.6 2.6v-2.6h-1.4q-1.5 "
        "0-1.5-1.5v-3.5q0-1.5 "
        "1.5-1.5Z\"/>",
        x + 1.5, y - 7.5);
  }
}

double Picture::signs(double middle, double y, const std::vector<Sign>& lines) {
  for (const Sign& each : lines) {
    const double width = text_width(each.line, meta_size);
    if (each.first) sign(middle - width / 2.0 - sign_width / 2.0 - 1.0, y, each.event);
    text(middle + (each.first ? sign_width / 2.0 : 0.0), y, meta_size, each.line, "class=\"mid\"");
    y += meta_line;
  }
  return y;
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
      case Kind::event:
        sign(box.x + 12.0, middle + 5.0, true);
        break;
      case Kind::voice:
        sign(box.x + 10.0, middle + 4.0, false);
        break;
      case Kind::undrawn:
        put("<path class=\"plain undrawn\" stroke-width=\"2.4\" d=\"M{:.1f} {:.1f}h34\"/>", box.x, middle);
        break;
      case Kind::imagined:
        put("<path class=\"plain middle\" stroke-width=\"1.6\" stroke-dasharray=\"1.5 4\" d=\"M{:.1f} {:.1f}h34\"/>", box.x,
            middle);
        break;
      case Kind::dashed:
        put("<path class=\"plain middle\" stroke-width=\"1.6\" stroke-dasharray=\"5 4\" d=\"M{:.1f} {:.1f}h34\"/>", box.x,
            middle);
        break;
    }
    text(box.right() + 8.0, middle + 4.2, 12.0, item.words);
    put("\n");
  }
  for (const std::string& line : legend_lines()) {
    text(margin, note, 12.0, line, "class=\"soft\"");
    note += 17.0;
  }
  put("</g>\n");
}

}  // namespace sojourn::journey_map
