// Where everything of a journey map goes: columns per stage, then positions and curves.
#pragma once

#include <cstddef>
#include <vector>

#include "sojourn/map/journey_map_content.hpp"

namespace sojourn::journey_map {

struct Point {
  double x = 0.0, y = 0.0;
};

/// The room that a touchpoint takes, in px: a box with something above it and something below.
struct Room {
  bool placed = true;  // false: not in the picture
  int width = 0, above = 0, box = 0, below = 0;
};

/// A curve of cubic Bezier pieces: 3 n + 1 points, then the tip of its arrow.
struct Curve {
  std::vector<Point> points;
  Point tip;
};

/// Positions in px, y downwards, from (0, 0).
struct Layout {
  double width = 0.0, height = 0.0;
  std::vector<Point> centres;  // of the whole room of each touchpoint; unplaced ones at (0, 0)
  std::vector<Curve> curves;   // of each exit; without points where it is not drawn
};

/// The column of each touchpoint. Columns of one stage are neighbours and stages keep their order; within a stage
/// touchpoints are spread so that exits run between columns rather than along one; in a stage of more than 20 they fill the
/// columns in the order in which exits reach them. Equal content gives equal columns. Only `placed` ones count; others get
/// 0.
[[nodiscard]] std::vector<std::size_t> columns(const MapContent& map, const std::vector<char>& placed);

/// Lays out the touchpoints in their rooms and the exits between them that are `drawn`: by Graphviz, or, where that are more
/// than 60 touchpoints or 150 exits, plainly, in columns. Throws RunError when Graphviz fails.
[[nodiscard]] Layout lay_out(const MapContent& map, const std::vector<Room>& rooms, const std::vector<char>& drawn);

}  // namespace sojourn::journey_map
