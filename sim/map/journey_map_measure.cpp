// Where everything of a journey map is drawn: cards, exits, lanes.
#include <array>
#include <cmath>

#include "journey_map_picture.hpp"

namespace sojourn::journey_map {

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
      const auto add_signs = [&](const std::vector<std::string>& of, bool event) {
        for (const std::string& words : of) {
          bool first = true;
          for (std::string& line : wrap(words, inner - sign_width, 2, meta_size)) {
            card.signs.push_back({std::move(line), event, first});
            first = false;
          }
        }
      };
      add_signs(touchpoint.events, true);
      add_signs(touchpoint.voices, false);
      card.room.box = static_cast<int>(
          std::ceil(9.0 + name_line * static_cast<double>(card.name.size()) +
                    meta_line * static_cast<double>(card.meta.size() + card.signs.size() + card.changes.size() +
                                                    (touchpoint.off_map.empty() ? 0 : 1)) +
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
        const bool fits = text_width(how, 10.0, Weight::bold) <= tag_width || delay.empty();
        for (std::string& line : wrap(fits ? how : share_words, tag_width, 3, 10.0, Weight::bold))
          tag.lines.push_back(std::move(line));
        if (!fits) tag.lines.push_back(delay);
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

namespace {

Point on(const std::vector<Point>& bezier, std::size_t piece, double t) {
  const double s = 1.0 - t;
  const Point* p = &bezier[3 * piece];
  const std::array<double, 4> b{s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t};
  return {b[0] * p[0].x + b[1] * p[1].x + b[2] * p[2].x + b[3] * p[3].x,
          b[0] * p[0].y + b[1] * p[1].y + b[2] * p[2].y + b[3] * p[3].y};
}

}  // namespace

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
  std::vector<std::vector<std::size_t>> at(cards_.size());  // the curves that begin or end at a card
  for (std::size_t e = 0; e < layout_.curves.size(); ++e) {
    if (layout_.curves[e].points.size() < 4) continue;
    at[map_.exits[e].from].push_back(e);
    at[map_.exits[e].to].push_back(e);
  }
  for (std::size_t v = 0; v < cards_.size(); ++v) {
    if (!in_lane(v)) continue;
    const Box& box = cards_[v].box;
    const double middle = box.y + box.height / 2.0;
    for (const bool left : {true, false}) {
      const double side = left ? box.x : box.right();
      std::vector<End> ends;
      for (const std::size_t e : at[v]) {
        const Curve& curve = layout_.curves[e];
        const std::vector<Point> line = trace(curve);
        const auto off = [&](bool tip) {
          const Point& end = tip ? curve.tip : curve.points.front();
          for (std::size_t i = 0; i < line.size(); ++i) {
            const Point& p = line[tip ? line.size() - 1 - i : i];
            if (std::hypot(p.x - end.x, p.y - end.y) > 70.0) return p.y;
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

}  // namespace sojourn::journey_map
