#include "look_ahead.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace sojourn {
namespace {

/// Far more than sums of shares in single precision are off by.
constexpr double rounding = 1e-5;

/// The least and the largest that a number can be.
struct Limits {
  double low = 0.0, high = 0.0;
};
Limits operator+(const Limits& a, const Limits& b) { return {a.low + b.low, a.high + b.high}; }

/// The weight of an exit over all states of a customer; what was heard has no limits.
Limits weight_of(const ExitRow& exit) {
  const float steepest =
      exit.slopes.heard != 0.0f ? std::numeric_limits<float>::infinity() : behaviour::most_utility(exit.slopes) + 1e-4f;
  return {static_cast<double>(behaviour::weigh(exit.odds, -steepest)),
          static_cast<double>(behaviour::weigh(exit.odds, steepest))};
}

/// a / (a + b), where nothing is known of two zeros.
double share(double a, double b, double unknown) { return a + b > 0.0 ? a / (a + b) : unknown; }

}  // namespace

LookAhead::LookAhead(const Program& program)
    : program_(program),
      personas_(program.model().parts().personas.size()),
      touchpoints_(program.model().parts().touchpoints.size()) {
  find_distances();
  find_bounds();
  nobody_comes_again_ = std::all_of(bounds_.begin(), bounds_.end(), [](const Bounds& bounds) {
    return bounds.recovery == forever && (bounds.by_words ? bounds.begin == bounds.end : bounds.least == forever);
  });
}

double LookAhead::days_away(const Streams& streams, const VisitAt& visit, std::size_t first, std::size_t last,
                            const Words* words) const {
  double least = forever;
  Words own;
  const Bounds* before = nullptr;
  for (std::size_t regime = first; regime <= last; ++regime) {
    const Bounds& bounds = bounds_[bounds_of_[(regime * personas_ + visit.persona) * touchpoints_ + visit.touchpoint]];
    if (&bounds == before) continue;
    before = &bounds;
    least = std::min(least, bounds.recovery);
    if (!bounds.by_words) {
      least = std::min(least, bounds.least);
      continue;
    }
    for (std::uint32_t k = bounds.begin; k < bounds.end; ++k) {
      if (words == nullptr) {
        own = streams.draw(visit.customer, Purpose::visit, visit.event);
        words = &own;
      }
      const Way& way = ways_[k];
      const float u = uniform((*words)[1]);
      if (u < way.from || u > way.until) continue;
      const ExitRow& exit = program_.exits(*bounds.row)[way.exit];
      least = std::min(least, drawn_delay(program_, exit, {}, *words) + way.beyond);
    }
  }
  return least;
}

/// The least that the delay of `exit` can be.
double LookAhead::least_days(const ExitRow& exit) const {
  // A clock may have run for long, and a customer's own scale may be 0.
  if (exit.personal()) return 0.0;
  const Inverse::Formula law = program_.delay(exit.delay).formula();
  double least = 0.0;
  if (law.family == Inverse::Family::constant) least = law.a;
  if (law.family == Inverse::Family::uniform) least = std::min(law.a, law.a + law.b);
  return std::max(0.0, least * exit.stretch);
}

/// Shortest ways to a queue (Bellman 1958, Ford 1956), over all personas and regimes.
void LookAhead::find_distances() {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> least;  // by (from, to)
  for (std::size_t regime = 0; regime < program_.regime_begins().size(); ++regime) {
    for (std::uint32_t p = 0; p < personas_; ++p) {
      for (std::uint32_t v = 0; v < touchpoints_; ++v) {
        for (const ExitRow& exit : program_.exits(program_.row(regime, p, v))) {
          const double days = least_days(exit);
          const auto [way, fresh] = least.try_emplace({v, exit.to}, days);
          if (!fresh) way->second = std::min(way->second, days);
        }
      }
    }
  }
  for (const Recovery& way : program_.recoveries()) {
    const auto [known, fresh] = least.try_emplace({way.from, way.to}, way.within);
    if (!fresh) known->second = std::min(known->second, way.within);
  }
  distance_.assign(touchpoints_, forever);
  for (std::uint32_t v = 0; v < touchpoints_; ++v) {
    if (program_.place(v).queues) distance_[v] = 0.0;
  }
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (const auto& [way, days] : least) {
      const double over = days + distance_[way.second];
      if (!(over < distance_[way.first])) continue;
      distance_[way.first] = over;
      shorter = true;
    }
  }
}

void LookAhead::find_bounds() {
  std::map<const VisitRow*, std::uint32_t> known;
  bounds_of_.assign(program_.regime_begins().size() * personas_ * touchpoints_, 0);
  std::size_t at = 0;
  for (std::size_t regime = 0; regime < program_.regime_begins().size(); ++regime) {
    for (std::uint32_t p = 0; p < personas_; ++p) {
      for (std::uint32_t v = 0; v < touchpoints_; ++v, ++at) {
        const Place& place = program_.place(v);
        if (!place.queues) continue;
        const VisitRow& row = program_.row(regime, p, v);
        const auto [bounds, fresh] = known.try_emplace(&row, static_cast<std::uint32_t>(bounds_.size()));
        bounds_of_[at] = bounds->second;
        if (!fresh) continue;
        bounds_.push_back(place.away ? Bounds{} : bounds_of(row));
        if (!place.away) bounds_.back().recovery = least_by_recovery(v);
      }
    }
  }
}

/// Days to a queue by the closed loops of surveys that are asked at `touchpoint`, at least.
double LookAhead::least_by_recovery(std::uint32_t touchpoint) const {
  double least = forever;
  for (const Recovery& way : program_.recoveries()) {
    if (way.from == touchpoint) least = std::min(least, way.within + distance_[way.to]);
  }
  return least;
}

LookAhead::Bounds LookAhead::bounds_of(const VisitRow& row) {
  const auto exits = program_.exits(row);
  const bool personal =
      row.trait_bound || std::any_of(exits.begin(), exits.end(), [](const ExitRow& exit) { return exit.personal(); });
  Bounds bounds{&row, static_cast<std::uint32_t>(ways_.size()), 0, !row.race && !personal, forever};
  for (const ExitRow& exit : exits) bounds.least = std::min(bounds.least, least_days(exit) + distance_[exit.to]);
  if (!bounds.by_words) {
    // The stretch of a race may change while it goes on: only what comes after it is certain.
    if (row.race) {
      bounds.least = forever;
      for (const ExitRow& exit : exits) bounds.least = std::min(bounds.least, distance_[exit.to]);
    }
    return bounds;
  }
  // Shares of all exits, as `share_exits` has them. Sums leave one out, never take it off again: weights differ too much in
  // size.
  std::vector<Limits> weights, shares;
  for (const ExitRow& exit : exits) weights.push_back(weight_of(exit));
  for (std::size_t j = 0; j < exits.size(); ++j) {
    Limits others;
    for (std::size_t k = 0; k < exits.size(); ++k) others = k == j ? others : others + weights[k];
    const double fixed = static_cast<double>(exits[j].probability * row.shares.shrink), rest = row.shares.rest;
    shares.push_back(
        {fixed + rest * share(weights[j].low, others.high, 0.0), fixed + rest * share(weights[j].high, others.low, 0.0)});
  }
  // Given that the life goes on, u falls on the exits that are not ends, which come last, and then on staying.
  for (std::size_t j = row.ends; j < exits.size(); ++j) {
    if (!(distance_[exits[j].to] < forever)) continue;
    Limits before;
    for (std::size_t k = row.ends; k < j; ++k) before = before + shares[k];
    Limits after{row.shares.stay, row.shares.stay};
    for (std::size_t k = j + 1; k < exits.size(); ++k) after = after + shares[k];
    const double from = share(before.low, shares[j].high + after.high, 0.0);
    const double until = share(before.high + shares[j].high, after.low, 1.0);
    ways_.push_back({static_cast<float>(from - rounding), static_cast<float>(until + rounding),
                     static_cast<std::uint32_t>(j), distance_[exits[j].to]});
  }
  bounds.end = static_cast<std::uint32_t>(ways_.size());
  return bounds;
}

}  // namespace sojourn
