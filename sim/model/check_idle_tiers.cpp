// Warnings about tiers that nobody reaches, or that everybody has from the start.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings.hpp"

namespace sojourn::checking {
namespace {

// How often anybody comes to a touchpoint, at most.
double most_visits(const ModelParts& parts, TouchpointId place) {
  const double back = time_back(parts, place, Passing::least);
  return back > 0.0 ? 1.0 + std::floor(parts.settings.horizon.value() / back) : infinity;
}

// What a visit adds to a counter of revenue, at most.
double most_revenue(const ModelParts& parts, const Touchpoint& touchpoint) {
  if (changes(parts, Parameter::revenue) || changes(parts, Parameter::price)) return infinity;
  const auto& drawn = touchpoint.drawn_revenue;
  if (drawn) return drawn->trait ? infinity : std::max(range_of(drawn->law).second, 0.0);
  return std::max(touchpoint.price.value_or(touchpoint.revenue), 0.0);
}

// What a counter begins with.
std::pair<double, double> range_at_arrival(const Counter& counter) {
  return counter.initial_trait ? std::pair(0.0, infinity) : range_of(counter.initial);
}

// The most that a counter can ever hold, as far as that can be told: infinity where not.
double most_held(const ModelParts& parts, const Reach& reach, const Counter& counter) {
  double most = range_at_arrival(counter).second;
  for (const TouchpointId place : counter.touchpoints) {
    if (!(place.index() < reach.any.size()) || !reach.any[place.index()]) continue;
    const double each = counter.adds_revenue ? most_revenue(parts, parts.touchpoints[place.index()]) : 1.0;
    if (each > 0.0) most += each * most_visits(parts, place);
  }
  for (const auto& way : counter.exits) {
    if (way.first.index() < reach.any.size() && reach.any[way.first.index()]) most += most_visits(parts, way.first);
  }
  return most;
}

}  // namespace

void check_idle_tiers(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 0; i < parts.counters.size(); ++i) {
    const Counter& counter = parts.counters[i];
    if (counter.tiers.empty()) continue;
    const std::string path = context.paths.counters[i] + ".tiers";
    const double begins = range_at_arrival(counter).first, most = most_held(parts, reach, counter);
    if (counter.tiers.front() <= begins) {
      context.findings.warning(path,
                               fmt::format("everybody is a member of tier {} at arrival: {} begins at {}",
                                           text(counter.tiers.front()), in_quotes(counter.id), text(begins)),
                               "let the first tier be above what people begin with");
    }
    const auto beyond = std::find_if(counter.tiers.begin(), counter.tiers.end(), [&](double tier) { return tier > most; });
    // That nothing is ever counted has a warning of its own.
    if (beyond == counter.tiers.end() || most == range_at_arrival(counter).second) continue;
    context.findings.warning(
        path, fmt::format("nobody reaches tier {}: {} holds {:.4g} at most", text(*beyond), in_quotes(counter.id), most),
        "lower it, or let more be counted");
  }
}

}  // namespace sojourn::checking
