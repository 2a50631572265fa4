// How soon a life comes back to where it was.
#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "findings.hpp"
#include "sojourn/base/inverse.hpp"
#include "sojourn/model/closed_loops.hpp"

namespace sojourn::checking {
namespace {

// The time that each exit of a touchpoint takes.
std::vector<double> times_of(const ModelParts& parts, const Touchpoint& touchpoint, Passing passing) {
  const bool stretched = passing == Passing::least && changes(parts, Parameter::delay);
  // The first of several that race comes sooner than each.
  double rates = 0.0;
  for (const Exit& exit : touchpoint.next) rates += 1.0 / std::max(mean(law_of(exit)), 1e-12);
  std::vector<double> times;
  for (const Exit& exit : touchpoint.next) {
    const bool unknown = exit.on != Trigger::none || exit.scale || exit.clock.valid() || stretched;
    times.push_back(unknown                              ? 0.0
                    : passing == Passing::least          ? std::max(range_of(exit.after).first, 0.0)
                    : touchpoint.exits == ExitRule::race ? 1.0 / rates
                                                         : std::max(mean(exit.after), 0.0));
  }
  return times;
}

}  // namespace

std::pair<double, double> range_of(const Distribution& law) {
  if (const auto* fixed = std::get_if<Fixed>(&law)) return {fixed->value, fixed->value};
  constexpr float one_in_a_million = 1e-6f, all_but_one = 13.8f;
  const Inverse inverse(law);
  return {inverse.at_hazard(one_in_a_million), inverse.at_hazard(all_but_one)};
}

// Dijkstra's shortest way.
double time_back(const ModelParts& parts, TouchpointId place, Passing passing) {
  std::vector<double> soonest(parts.touchpoints.size(), infinity);
  using Open = std::pair<double, std::size_t>;
  std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
  double back = infinity;
  const std::vector<Recovery> recoveries = recoveries_of(parts);
  const auto reach = [&](std::size_t to, double at) {
    if (to == place.index()) back = std::min(back, at);
    if (to >= soonest.size() || !(at < soonest[to])) return;
    soonest[to] = at;
    open.emplace(at, to);
  };
  const auto leave = [&](double from, std::size_t v) {
    const Touchpoint& touchpoint = parts.touchpoints[v];
    const std::vector<double> times = times_of(parts, touchpoint, passing);
    for (std::size_t e = 0; e < times.size(); ++e) reach(touchpoint.next[e].to.index(), from + times[e]);
    for (const Recovery& way : recoveries) {
      if (way.from == v) reach(way.to, from + way.within);
    }
  };
  leave(0.0, place.index());
  while (!open.empty()) {
    const double time = open.top().first;
    const std::size_t v = open.top().second;
    open.pop();
    if (time <= soonest[v] && time < back) leave(time, v);
  }
  return back;
}

}  // namespace sojourn::checking
