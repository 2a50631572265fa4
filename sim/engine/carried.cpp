#include "sojourn/engine/carried.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "sojourn/base/numeric.hpp"

namespace sojourn {
namespace {

/// The start of a clock that stands still.
constexpr double not_started = 1e300;
/// The time at which somebody left who has not, or reached a tier who has not; a float holds it.
constexpr double never_reached = static_cast<double>(std::numeric_limits<float>::max());
constexpr double log_2 = 0.69314718055994530942;

}  // namespace

CarriedRules::CarriedRules(const ModelParts& parts) {
  touchpoints_.resize(parts.touchpoints.size());
  std::vector<std::int32_t> clock_at(parts.clocks.size(), -1), counter_at(parts.counters.size(), -1);
  const auto place = [&] { return static_cast<std::uint32_t>(width_++); };
  const auto clock_place = [&](ClockId clock) {
    std::int32_t& at = clock_at[clock.index()];
    if (at < 0) {
      at = static_cast<std::int32_t>(clocks_.size());
      CarriedClock& carried = clocks_.emplace_back();
      carried.at = place();
      carried.draw = index_of_name(parts.clocks[clock.index()].id);
      for (const Persona& persona : parts.personas) {
        const auto own =
            std::find_if(persona.ages.begin(), persona.ages.end(), [&](const auto& age) { return age.first == clock; });
        carried.ages.push_back(own == persona.ages.end() ? std::nullopt : std::optional(Inverse(own->second)));
      }
      carried.tenure = clock == tenure_clock;
      if (carried.tenure) tenure_ = at;
      for (const TouchpointId touchpoint : parts.clocks[clock.index()].starts_at) {
        touchpoints_[touchpoint.index()].clocks.push_back(static_cast<std::uint32_t>(at));
      }
    }
    return at;
  };
  const auto counter_place = [&](CounterId counter) {
    std::int32_t& at = counter_at[counter.index()];
    if (at < 0) {
      at = static_cast<std::int32_t>(counters_.size());
      const Counter& from = parts.counters[counter.index()];
      CarriedCounter& carried = counters_.emplace_back();
      carried.at = place();
      if (from.half_life) {
        carried.per_day = log_2 / from.half_life->value();
        static_cast<void>(place());
      }
      carried.initial = Inverse(from.initial);
      if (from.initial_trait) carried.trait = static_cast<std::int32_t>(from.initial_trait->index());
      carried.draw = index_of_name(from.id);
      for (const TouchpointId touchpoint : from.touchpoints) {
        OfTouchpoint& here = touchpoints_[touchpoint.index()];
        (from.adds_revenue ? here.amounts : here.counters).push_back(static_cast<std::uint32_t>(at));
      }
    }
    return static_cast<std::uint32_t>(at);
  };
  if (parts.behaviour.expectation_drift != 0.0) last_met_ = static_cast<std::int32_t>(place());
  // Exits of one clock with one period and one destination keep the same anniversaries.
  std::map<std::tuple<std::int32_t, double, TouchpointId>, std::int32_t> known;
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next) {
      OfExit& of = exits_.emplace_back();
      if (exit.clock.valid()) of.clock = clock_place(exit.clock);
      if (exit.every && of.clock >= 0) {
        const auto [found, fresh] =
            known.try_emplace({of.clock, exit.every->value(), exit.to}, static_cast<std::int32_t>(anniversaries_.size()));
        if (fresh) anniversaries_.push_back({place(), static_cast<std::uint32_t>(of.clock), exit.every->value()});
        of.anniversary = found->second;
      }
      Demand demand;
      for (const CounterTest& test : exit.only_if.counters) {
        demand.tests.push_back({counter_place(test.counter), test.relation, test.value});
      }
      for (const auto& [counter, slope] : exit.counters) {
        demand.slopes.push_back({counter_place(counter), static_cast<float>(slope)});
      }
      if (exit.only_if.bought) demand.bought = *exit.only_if.bought ? 1 : 0;
      if (exit.only_if.team.valid()) demand.team = static_cast<std::int32_t>(exit.only_if.team.index());
      asks_for_team_ = asks_for_team_ || demand.team >= 0;
      if (exit.only_if.solved) demand.solved = *exit.only_if.solved ? 1 : 0;
      if (!demand.conditional() && demand.slopes.empty()) continue;
      of.demand = static_cast<std::int32_t>(demands_.size());
      demands_.push_back(std::move(demand));
    }
  }
  for (std::size_t c = 0; c < parts.counters.size(); ++c) {
    if (parts.counters[c].tiers.empty()) continue;
    tiered_ = static_cast<std::int32_t>(counter_place(CounterId(c)));
    tiers_ = parts.counters[c].tiers;
    tier_place_ = place();
    for (std::size_t t = 0; t < tiers_.size(); ++t) static_cast<void>(place());
  }
  for (std::size_t v = 0, e = 0; v < parts.touchpoints.size(); ++v) {
    touchpoints_[v].purchase = parts.touchpoints[v].stage == Stage::purchase;
    touchpoints_[v].end = parts.touchpoints[v].end.has_value();
    for (const Exit& exit : parts.touchpoints[v].next) {
      for (std::size_t c = 0; c < parts.counters.size(); ++c) {
        const auto& counted = parts.counters[c].exits;
        if (counter_at[c] >= 0 &&
            std::find(counted.begin(), counted.end(), std::pair(TouchpointId(v), exit.to)) != counted.end())
          exits_[e].counters.push_back(static_cast<std::uint32_t>(counter_at[c]));
      }
      ++e;
    }
  }
}

void CarriedRules::begin(const Population& population, const Streams& streams, const Accounts* accounts,
                         std::uint32_t customer, std::uint32_t persona, double arrival, std::span<double> carried) const {
  std::fill(carried.begin(), carried.end(), 0.0);
  if (last_met_ >= 0) carried[static_cast<std::size_t>(last_met_)] = arrival;
  for (const CarriedClock& clock : clocks_) {
    const std::optional<Inverse>& age = clock.ages[persona];
    carried[clock.at] = not_started;
    if (clock.tenure && population.existing(persona)) {
      carried[clock.at] = population.since(streams, customer, persona, arrival);
      continue;
    }
    if (!age) continue;
    const std::uint32_t word = age->constant() ? 0u : streams.draw(customer, Purpose::clock, clock.draw)[0];
    carried[clock.at] = arrival - std::max(0.0, age->draw(word));
  }
  for (const Anniversary& anniversary : anniversaries_) {
    const double start = carried[clocks_[anniversary.clock].at];
    if (start < not_started) carried[anniversary.at] = std::floor((arrival - start) / anniversary.every);
  }
  for (const CarriedCounter& counter : counters_) {
    double initial = 0.0;
    if (counter.trait >= 0) {
      const auto which = static_cast<std::size_t>(counter.trait);
      initial = static_cast<double>(
          accounts != nullptr ? population.trait_of_member(streams, customer, accounts->account_of(customer), persona, which)
                              : population.trait(streams, customer, persona, which));
    } else {
      const std::uint32_t word = counter.initial.constant() ? 0u : streams.draw(customer, Purpose::counter, counter.draw)[0];
      initial = counter.initial.draw(word);
    }
    carried[counter.at] = std::max(0.0, initial);
    if (counter.per_day > 0.0) carried[counter.at + 1] = arrival;
  }
  if (tiered_ < 0) return;
  std::fill_n(carried.begin() + static_cast<std::ptrdiff_t>(tier_place_), tiers_.size() + 1, never_reached);
  climb(carried, arrival);
}

void CarriedRules::climb(std::span<double> carried, double time) const {
  const double held = carried[counters_[static_cast<std::size_t>(tiered_)].at];
  for (std::size_t t = 0; t < tiers_.size() && held >= tiers_[t]; ++t) {
    double& reached = carried[tier_place_ + 1 + t];
    reached = std::min(reached, time);
  }
}

Membership CarriedRules::membership(std::span<const double> carried) const {
  Membership membership;
  membership.left = static_cast<float>(carried[tier_place_]);
  for (std::size_t t = 0; t < tiers_.size() && carried[tier_place_ + 1 + t] < never_reached; ++t) {
    membership.reached[t] = static_cast<float>(carried[tier_place_ + 1 + t]);
    membership.tier = static_cast<std::uint8_t>(t + 1);
  }
  return membership;
}

void CarriedRules::start(std::span<double> carried, std::uint32_t clock, double time) const {
  carried[clocks_[clock].at] = time;
  for (const Anniversary& anniversary : anniversaries_) {
    if (anniversary.clock == clock) carried[anniversary.at] = 0.0;
  }
}

void CarriedRules::add(std::span<double> carried, std::uint32_t counter, double amount, double time) const {
  const CarriedCounter& to = counters_[counter];
  carried[to.at] = std::max(0.0, count(carried, counter, time) + amount);
  if (to.per_day > 0.0) carried[to.at + 1] = time;
  if (static_cast<std::int32_t>(counter) == tiered_) climb(carried, time);
}

void CarriedRules::reach(std::span<double> carried, std::uint32_t touchpoint, std::int64_t exit, double time) const {
  // A closed loop leads away by no exit of the file.
  if (exit >= 0 && static_cast<std::size_t>(exit) < exits_.size()) {
    const OfExit& by = exits_[static_cast<std::size_t>(exit)];
    if (by.anniversary >= 0) {
      const Anniversary& anniversary = anniversaries_[static_cast<std::size_t>(by.anniversary)];
      // A year of 365.25 days may be over a rounding error before the clock shows it.
      const double passed = std::floor((time - carried[clocks_[anniversary.clock].at]) / anniversary.every);
      carried[anniversary.at] = std::max(carried[anniversary.at] + 1.0, passed);
    }
    for (const std::uint32_t counter : by.counters) add(carried, counter, 1.0, time);
  }
  const OfTouchpoint& here = touchpoints_[touchpoint];
  if (here.end && tiered_ >= 0) carried[tier_place_] = time;
  for (const std::uint32_t clock : here.clocks) start(carried, clock, time);
  for (const std::uint32_t counter : here.counters) add(carried, counter, 1.0, time);
}

void CarriedRules::serve(std::span<double> carried, std::uint32_t touchpoint, double time, double revenue) const {
  const OfTouchpoint& here = touchpoints_[touchpoint];
  if (tenure_ >= 0 && here.purchase) {
    const auto tenure = static_cast<std::uint32_t>(tenure_);
    if (!(carried[clocks_[tenure].at] < not_started)) start(carried, tenure, time);
  }
  for (const std::uint32_t counter : here.amounts) add(carried, counter, revenue, time);
}

double CarriedRules::age(std::span<const double> carried, std::int32_t clock, double time) const {
  const double start = carried[clocks_[static_cast<std::size_t>(clock)].at];
  return start < not_started ? std::max(0.0, time - start) : -1.0;
}

double CarriedRules::next_anniversary(std::span<const double> carried, std::int32_t anniversary, double age) const {
  const Anniversary& of = anniversaries_[static_cast<std::size_t>(anniversary)];
  return std::max(age, (carried[of.at] + 1.0) * of.every);
}

double CarriedRules::count(std::span<const double> carried, std::uint32_t counter, double time) const {
  const CarriedCounter& of = counters_[counter];
  const double then = carried[of.at];
  if (!(of.per_day > 0.0) || then == 0.0) return then;
  return then * numeric::exp(-of.per_day * std::max(0.0, time - carried[of.at + 1]));
}

bool CarriedRules::holds(std::span<const double> carried, const Demand& demand, const AfterVisit& now) const {
  if (demand.bought >= 0 && (demand.bought == 1) != now.bought) return false;
  if (demand.team >= 0 && demand.team != now.team) return false;
  if (demand.solved >= 0 && (demand.solved == 1) != now.solved) return false;
  return std::all_of(demand.tests.begin(), demand.tests.end(), [&](const CountTest& test) {
    const double holding = count(carried, test.counter, now.time);
    switch (test.relation) {
      case Relation::at_least:
        return holding >= test.value;
      case Relation::above:
        return holding > test.value;
      case Relation::at_most:
        return holding <= test.value;
      case Relation::below:
        return holding < test.value;
      case Relation::equal:
        return holding == test.value;
    }
    return false;
  });
}

float CarriedRules::exponent(std::span<const double> carried, const Demand& demand, double time, float exponent) const {
  for (const CountSlope& slope : demand.slopes) {
    exponent += slope.slope * static_cast<float>(numeric::log(1.0 + count(carried, slope.counter, time)));
  }
  return exponent;
}

}  // namespace sojourn
