// The line of satisfaction below the lanes.
#include <fmt/format.h>

#include <algorithm>

#include "journey_map_picture.hpp"

namespace sojourn::journey_map {

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

}  // namespace sojourn::journey_map
