#include "sojourn/solve/neutral_exits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <variant>

#include "race.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "stay_time.hpp"

namespace sojourn {
namespace {

double clip01(double x) { return std::isnan(x) ? 0.0 : std::clamp(x, 0.0, 1.0); }

/// The mean of a trait over all people, each persona's within [0, most].
double mean_trait(const ModelParts& parts, TraitId trait, double most) {
  double sum = 0.0, people = 0.0;
  for (const Persona& persona : parts.personas) {
    const double own = mean(persona.traits.at(trait.index()));
    sum += persona.share * (std::isnan(own) ? 0.0 : std::clamp(own, 0.0, most));
    people += persona.share;
  }
  return people > 0.0 ? sum / people : 0.0;
}

/// The scale of an exit's law, and what its odds are multiplied by, for the mean customer.
double mean_scale(const ModelParts& parts, const Exit& exit) {
  if (!exit.scale) return 1.0;
  const double own = mean_trait(parts, exit.scale->trait, 1e9);
  return exit.scale->rate ? 1.0 / std::max(own, 1e-9) : own;
}
double mean_odds(const ModelParts& parts, const Exit& exit, double standard) {
  return exit.odds.value_or(standard) * (exit.times ? mean_trait(parts, *exit.times, 1e9) : 1.0);
}

/// What prices and the mean of what is outside add to the exponents of the exits of `at`: of a choice less the largest,
/// which only has to be the same for all.
std::vector<double> market_exponents(const ModelParts& parts, TouchpointId at) {
  const Touchpoint& touchpoint = parts.touchpoints[at.index()];
  double outside = parts.outside.empty() ? 0.5 : 0.0;
  for (const Outside& one : parts.outside)
    outside = std::max(outside, mean_attraction(one, 0.0, parts.settings.horizon.value()));
  std::vector<double> exponents;
  double most = -std::numeric_limits<double>::infinity();
  for (const Exit& exit : touchpoint.next) {
    const TouchpointId priced = priced_touchpoint(parts, at, exit);
    const double price = priced.valid() ? *parts.touchpoints[priced.index()].price : 0.0;
    exponents.push_back(exit.slopes.price * price + exit.slopes.outside * (outside - 0.5));
    for (const auto& [rival, slope] : exit.rivals)
      exponents.back() += slope * (mean_attraction(parts.outside[rival.index()], 0.0, parts.settings.horizon.value()) - 0.5);
    if (exit.on == Trigger::none && exit.odds.value_or(0.0) > 0.0) most = std::max(most, exponents.back());
  }
  if (touchpoint.exits == ExitRule::choice && std::isfinite(most)) {
    for (double& exponent : exponents) exponent -= most;
  }
  return exponents;
}

/// The time by which only `left` of those are still there whom no constant takes; found on a logarithmic scale.
double time_left(const Race& race, double left) {
  double low = -40.0, high = 40.0;  // log2 of days
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (race.survival(std::exp2(middle)) > left ? low : high) = middle;
  }
  return std::exp2(high);
}

/// [way]: the median time of those whom each way of a race takes; `won` is what it takes in all.
std::vector<double> medians(const Race& race, const std::vector<double>& won) {
  std::vector<double> times(won.size(), 0.0);
  if (race.last()) times[*race.last()] = race.end();
  const std::vector<std::size_t>& spread = race.spread();
  if (spread.empty()) return times;
  // The cumulative probability of each at edges that lie evenly in log time, and a straight line between them.
  constexpr int cells = 128;
  const double first = time_left(race, 1.0 - 1e-4), last = std::min(race.end(), time_left(race, 1e-4));
  const double ratio = std::max(1.0, std::pow(last / first, 1.0 / (cells - 1)));
  std::vector<double> taken;
  for (const std::size_t j : spread) taken.push_back(race.start()[j]);
  std::vector<bool> known(spread.size(), false);
  double begin = 0.0, end = std::min(first, last);
  for (int cell = 0; cell < cells; ++cell, begin = end, end = std::min(last, end * ratio)) {
    std::vector<double> here(spread.size(), 0.0);
    std::size_t pieces = 64;
    static_cast<void>(race.split(begin, end, 1e-6, pieces, here));
    for (std::size_t i = 0; i < spread.size(); ++i) {
      const double half = 0.5 * won[spread[i]];
      if (!known[i] && taken[i] + here[i] >= half) {
        known[i] = true;
        times[spread[i]] = taken[i] >= half ? 0.0 : begin + (end - begin) * (half - taken[i]) / here[i];
      }
      taken[i] += here[i];
    }
  }
  for (std::size_t i = 0; i < spread.size(); ++i) {
    if (!known[i]) times[spread[i]] = last;
  }
  return times;
}

void race_exits(const ModelParts& parts, const Touchpoint& touchpoint, const std::vector<double>& exponents,
                const std::vector<double>& scales, NeutralExits& result) {
  Departure departure;
  departure.race = true;
  for (std::size_t j = 0; j < touchpoint.next.size(); ++j) {
    const Exit& exit = touchpoint.next[j];
    const double odds = std::min(1e9, mean_odds(parts, exit, 1.0) * std::exp(exponents[j]));
    if (exit.on == Trigger::none && odds > 0.0)
      departure.ways.push_back({j, exit.to.index(), 1.0, Delay(law_of(exit), scales[j], odds)});
  }
  if (departure.ways.empty()) {
    result.stays = 1.0;
    return;
  }
  const Passages passages = departure.passages();
  double sum = 0.0;
  std::vector<double> won;
  for (const Passage& way : passages.ways) won.push_back(std::max(0.0, way.probability));
  for (const double share : won) sum += share;
  const std::vector<double> days = medians(Race(departure.ways), won);
  for (std::size_t i = 0; i < won.size(); ++i) {
    result.shares[departure.ways[i].exit] = won[i] / sum;  // what quadrature leaves is not a share of anybody
    if (won[i] > 0.0) result.days[departure.ways[i].exit] = days[i];
  }
}

void choice_exits(const ModelParts& parts, const Touchpoint& touchpoint, const std::vector<double>& exponents,
                  NeutralExits& result) {
  const auto by_odds = [](const Exit& exit) {
    return exit.on == Trigger::none && std::holds_alternative<std::monostate>(exit.probability);
  };
  double fixed = 0.0, odds = 0.0;
  for (std::size_t j = 0; j < touchpoint.next.size(); ++j) {
    const Exit& exit = touchpoint.next[j];
    if (exit.on != Trigger::none) continue;
    result.shares[j] = mean_chance(parts, exit).value_or(0.0);
    if (by_odds(exit)) odds += mean_odds(parts, exit, 0.0) * std::exp(exponents[j]);
    fixed += result.shares[j];
  }
  // In the neutral state nothing else is in the exponents.
  const behaviour::Shares shares = behaviour::share_out(static_cast<float>(fixed), odds > 0.0);
  const double rest = shares.rest > 0.0f ? 1.0 - fixed : 0.0, shrink = fixed > 1.0 || !(rest > 0.0) ? 1.0 / fixed : 1.0;
  for (std::size_t j = 0; j < touchpoint.next.size(); ++j) {
    const Exit& exit = touchpoint.next[j];
    if (by_odds(exit)) {
      result.shares[j] = odds > 0.0 ? rest * mean_odds(parts, exit, 0.0) * std::exp(exponents[j]) / odds : 0.0;
    } else {
      result.shares[j] *= shrink;
    }
  }
  if (!(odds > 0.0)) result.stays = rest;
}

}  // namespace

std::optional<double> mean_chance(const ModelParts& parts, const Exit& exit) {
  if (const auto* constant = std::get_if<double>(&exit.probability)) return clip01(*constant);
  if (const auto* trait = std::get_if<TraitId>(&exit.probability)) return mean_trait(parts, *trait, 1.0);
  return {};
}

NeutralExits neutral_exits(const ModelParts& parts, TouchpointId touchpoint, const Stretches& stretches) {
  const Touchpoint& at = parts.touchpoints.at(touchpoint.index());
  if (at.end) return {{}, 1.0, {}};
  NeutralExits result{std::vector<double>(at.next.size(), 0.0), 0.0, {}};
  std::vector<double> scales;
  for (std::size_t j = 0; j < at.next.size(); ++j) {
    const Exit& exit = at.next[j];
    const double stretch = stretches.empty() || exit.every ? 1.0 : stretches.at(j);
    scales.push_back(stretch * mean_scale(parts, exit));
    result.days.push_back(quantile(law_of(exit), 0.5) * scales.back());
  }
  const std::vector<double> exponents = market_exponents(parts, touchpoint);
  if (at.exits == ExitRule::race) {
    race_exits(parts, at, exponents, scales, result);
  } else {
    choice_exits(parts, at, exponents, result);
  }
  return result;
}

}  // namespace sojourn
