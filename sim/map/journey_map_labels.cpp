// The labels of exits, each on its own line.
#include <cmath>
#include <limits>
#include <map>

#include "journey_map_picture.hpp"

namespace sojourn::journey_map {

namespace {

double overlap(const Box& a, const Box& b) {
  const double w = std::min(a.right(), b.right()) - std::max(a.x, b.x);
  const double h = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
  return w > 0.0 && h > 0.0 ? w * h : 0.0;
}

/// What is near a box: numbered things in cells of a grid, so that a search need not look at all of them.
class Neighbours {
 public:
  /// `number` is at `where`; later calls have the same number or a greater one.
  void add(std::size_t number, const Box& where) {
    for_cells(where, [&](std::vector<std::size_t>& cell) {
      if (cell.empty() || cell.back() != number) cell.push_back(number);
    });
  }
  /// The numbers of all that may touch `box`, ascending, each once.
  const std::vector<std::size_t>& near(const Box& box) {
    found_.clear();
    for_cells(box, [&](const std::vector<std::size_t>& cell) { found_.insert(found_.end(), cell.begin(), cell.end()); });
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return found_;
  }

 private:
  template <class Function>
  void for_cells(const Box& box, Function function) {
    const auto cell = [](double position, double size) { return static_cast<int>(std::floor(position / size)); };
    for (int x = cell(box.x, 64.0); x <= cell(box.right(), 64.0); ++x) {
      for (int y = cell(box.y, 32.0); y <= cell(box.bottom(), 32.0); ++y) function(cells_[{x, y}]);
    }
  }
  std::map<std::pair<int, int>, std::vector<std::size_t>> cells_;
  std::vector<std::size_t> found_;
};

}  // namespace

/// Each label sits on its own line, where it covers no card, no other label and as few other lines as can be, rather near
/// the beginning.
void Picture::place_labels() {
  std::vector<std::vector<Point>> traces;
  for (const Curve& curve : layout_.curves) traces.push_back(trace(curve));
  std::vector<Box> taken;
  Neighbours taken_near, points_near;
  const auto take = [&](const Box& box) {
    taken_near.add(taken.size(), box);
    taken.push_back(box);
  };
  for (const Card& card : cards_) {
    if (!card.room.placed) continue;
    take({card.box.x - 2.0, card.box.y - card.room.above - 1.0, card.width + 4.0,
          static_cast<double>(card.room.above + card.room.box + card.room.below) + 2.0});
  }
  std::vector<std::pair<std::size_t, Point>> points;  // of all lines, with the exit of each
  for (std::size_t e = 0; e < traces.size(); ++e) {
    for (const Point& p : traces[e]) {
      points_near.add(points.size(), {p.x, p.y, 0.0, 0.0});
      points.emplace_back(e, p);
    }
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
      for (const std::size_t other : taken_near.near(box)) cost += overlap(box, taken[other]);
      std::size_t line_of_last = e;
      int covered = 0;
      const auto add_covered = [&] { cost += std::min(covered, 8) * 0.8; };
      for (const std::size_t other : points_near.near(box)) {
        const auto& [exit, p] = points[other];
        if (exit == e) continue;
        if (exit != line_of_last) {
          add_covered();
          covered = 0;
          line_of_last = exit;
        }
        covered += p.x > box.x && p.x < box.right() && p.y > box.y && p.y < box.bottom();
      }
      add_covered();
      if (cost < lowest) {
        lowest = cost;
        label.box = box;
      }
    }
    take(label.box);
    labels_.push_back(std::move(label));
  }
}

}  // namespace sojourn::journey_map
