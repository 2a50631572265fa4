#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "journey_map_layout.hpp"

namespace sojourn::journey_map {

namespace {

/// A stage of more touchpoints is laid out without a search, with so many in a column.
constexpr std::size_t most_searched = 20, plain_height = 6;

/// The exits within one stage and those that enter and leave it, by position in the stage.
struct StageGraph {
  struct Link {
    std::size_t from, to;
    double share;
  };
  std::vector<std::size_t> members;
  std::vector<Link> links;
  std::vector<double> entering, leaving;  // sums of shares
};

/// How bad it is to have the members in these of `count` columns. The weights were chosen by looking at pictures.
double cost(const StageGraph& stage, const std::vector<std::size_t>& column, std::size_t count) {
  double sum = 1.1 * static_cast<double>(count - 1);
  std::vector<std::size_t> height(count, 0);
  for (std::size_t i = 0; i < column.size(); ++i) {
    ++height[column[i]];
    sum += 0.3 * stage.entering[i] * static_cast<double>(column[i]);
    sum += 0.3 * stage.leaving[i] * static_cast<double>(count - 1 - column[i]);
  }
  for (const std::size_t h : height) {
    if (h == 0) return 1e9;
    const double excess = static_cast<double>(h) - 4.0;
    sum += excess > 0.0 ? 1.5 * excess * excess : 0.0;
  }
  std::vector<int> along(column.size(), 0);
  for (const StageGraph::Link& link : stage.links) {
    const auto from = static_cast<double>(column[link.from]), to = static_cast<double>(column[link.to]);
    if (from == to) {
      // Exits along a column must bend around what stands between, unless each touchpoint has but one.
      sum += 0.5 + 0.3 * link.share;
      sum += 1.2 * (std::min(along[link.from]++, 1) + std::min(along[link.to]++, 1));
    } else {
      sum += 0.25 * (std::abs(to - from) - 1.0) + (to < from ? 0.15 + 0.25 * link.share : 0.0);
    }
  }
  return sum;
}

/// Moves and swaps as long as one helps.
double improve(const StageGraph& stage, std::vector<std::size_t>& column, std::size_t count) {
  double best = cost(stage, column, count);
  for (bool better = true; better;) {
    better = false;
    for (std::size_t i = 0; i < column.size(); ++i) {
      const std::size_t old = column[i];
      for (std::size_t c = 0; c < count; ++c) {
        const std::size_t before = column[i];
        column[i] = c;
        const double now = cost(stage, column, count);
        if (now < best - 1e-9) {
          best = now;
        } else {
          column[i] = before;
        }
      }
      better |= column[i] != old;
      for (std::size_t j = 0; j < i; ++j) {
        if (column[i] == column[j]) continue;
        std::swap(column[i], column[j]);
        const double now = cost(stage, column, count);
        if (now < best - 1e-9) {
          best = now;
          better = true;
        } else {
          std::swap(column[i], column[j]);
        }
      }
    }
  }
  return best;
}

/// Where each member stands and how many columns there are.
struct Placement {
  std::vector<std::size_t> column;
  std::size_t count = 1;
};

/// The best of a few searches for each number of columns. The time grows with the fourth power of the members.
Placement searched(const StageGraph& stage) {
  const std::size_t size = stage.members.size();
  Placement best{std::vector<std::size_t>(size, 0), 1};
  double lowest = cost(stage, best.column, 1);
  const std::size_t most = std::min<std::size_t>(size, 2 + size / 4);
  for (std::size_t count = 2; count <= most; ++count) {
    for (std::uint32_t start = 0; start < 12; ++start) {
      // A few spread-out beginnings, the same every time.
      std::vector<std::size_t> column(size);
      std::uint32_t state = 2463534242u + start;
      for (std::size_t i = 0; i < size; ++i) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        column[i] = start == 0 ? i * count / size : state % count;
      }
      if (const double reached = improve(stage, column, count); reached < lowest - 1e-9) {
        lowest = reached;
        best = {column, count};
      }
    }
  }
  return best;
}

/// Full columns from left to right, in the order in which a walk along the exits first meets the members: those that are
/// entered from earlier stages first. Linear in members and exits.
Placement in_order_of_reach(const StageGraph& stage) {
  const std::size_t size = stage.members.size();
  std::vector<std::vector<std::size_t>> next(size);
  for (const StageGraph::Link& link : stage.links) next[link.from].push_back(link.to);
  std::vector<std::size_t> order;
  std::vector<char> met(size, 0);
  const auto meet = [&](std::size_t i) {
    if (met[i] == 0) order.push_back(i);
    met[i] = 1;
  };
  for (std::size_t i = 0; i < size; ++i) {
    if (stage.entering[i] > 0.0) meet(i);
  }
  std::size_t walked = 0;
  const auto walk = [&] {
    for (; walked < order.size(); ++walked) std::for_each(next[order[walked]].begin(), next[order[walked]].end(), meet);
  };
  walk();
  for (std::size_t i = 0; i < size; ++i) {
    meet(i);
    walk();
  }
  Placement result{std::vector<std::size_t>(size, 0), (size + plain_height - 1) / plain_height};
  for (std::size_t k = 0; k < size; ++k) result.column[order[k]] = k / plain_height;
  return result;
}

}  // namespace

std::vector<std::size_t> columns(const MapContent& map, const std::vector<char>& placed) {
  std::vector<std::size_t> result(map.touchpoints.size(), 0);
  std::size_t first = 0;
  for (std::size_t s = 0; s < stage_names.size(); ++s) {
    StageGraph stage;
    std::vector<std::size_t> position(map.touchpoints.size(), map.touchpoints.size());
    for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
      if (!placed[v] || map.touchpoints[v].stage != static_cast<Stage>(s)) continue;
      position[v] = stage.members.size();
      stage.members.push_back(v);
    }
    const std::size_t size = stage.members.size();
    if (size == 0) continue;
    stage.entering.assign(size, 0.0);
    stage.leaving.assign(size, 0.0);
    for (const MapExit& exit : map.exits) {
      // What is drawn beside the journey moves nothing, nor does what was measured.
      if (exit.imagined || exit.from == exit.to || !placed[exit.from] || !placed[exit.to]) continue;
      const std::size_t from = position[exit.from], to = position[exit.to];
      const bool starts_here = from < size, ends_here = to < size;
      if (starts_here && ends_here) {
        stage.links.push_back({from, to, exit.usual});
      } else if (ends_here && map.touchpoints[exit.from].stage < static_cast<Stage>(s)) {
        stage.entering[to] += exit.usual;
      } else if (starts_here && map.touchpoints[exit.to].stage > static_cast<Stage>(s)) {
        stage.leaving[from] += exit.usual;
      }
    }
    const Placement found = size <= most_searched ? searched(stage) : in_order_of_reach(stage);
    for (std::size_t i = 0; i < size; ++i) result[stage.members[i]] = first + found.column[i];
    first += found.count;
  }
  return result;
}

}  // namespace sojourn::journey_map
