#include "sojourn/decide/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sojourn {
namespace {

std::vector<Difference> gains_in(const Comparison& comparison, std::size_t metric) {
  std::vector<Difference> gains;
  for (const PlanComparison& plan : comparison.plans) gains.push_back(plan.differences[metric]);
  return gains;
}

Lead lead_in(const Comparison& comparison, std::string_view name) {
  const std::size_t metric = metric_position(name);
  std::vector<Rivalry> pairs;
  for (const Rivalry& pair : comparison.rivalries) {
    if (pair.metric == metric) pairs.push_back(pair);
  }
  const auto best = std::find_if(comparison.best.begin(), comparison.best.end(),
                                 [&](const BestPlan& one) { return one.metric == metric; });
  return lead(gains_in(comparison, metric), pairs, best->chances);
}

bool earns_or_pays(const PlanComparison& plan) {
  return std::any_of(plan.metrics.begin(), plan.metrics.end(), [&](const Estimate& each) {
    const std::string_view name = metrics()[static_cast<std::size_t>(&each - plan.metrics.data())].name;
    return (name == "revenue" || name == "cost_to_serve" || name == "investment") && each.mean != 0.0;
  });
}

/// Whether two plans come to the same in every figure: one is the other under another name, or in another file.
bool same_effects(const PlanComparison& a, const PlanComparison& b) {
  return std::equal(a.metrics.begin(), a.metrics.end(), b.metrics.begin(), b.metrics.end(),
                    [](const Estimate& x, const Estimate& y) {
                      return (x.mean == y.mean && x.sd == y.sd) || (std::isnan(x.mean) && std::isnan(y.mean));
                    });
}

}  // namespace

Verdict verdict(const Difference& difference, Direction better) {
  if (difference.mean == 0.0 && !(difference.sd > 0.0)) return Verdict::same;
  if (std::isnan(difference.low) || !difference.told_apart()) return Verdict::open;
  return (difference.mean > 0.0) == (better != Direction::lower) ? Verdict::better : Verdict::worse;
}

std::string_view name(Verdict verdict) {
  constexpr std::string_view names[] = {"better", "worse", "open", "same"};
  return names[static_cast<std::size_t>(verdict)];
}

Lead lead(const std::vector<Difference>& gains, const std::vector<Rivalry>& pairs, const std::vector<double>& chances) {
  Lead result;
  for (std::size_t k = 1; k < gains.size(); ++k) {
    if (gains[k].mean > gains[result.leader].mean) result.leader = k;
  }
  result.chance = chances.empty() ? std::numeric_limits<double>::quiet_NaN() : chances[result.leader];
  if (result.leader == 0) return result;
  result.over_baseline = verdict(gains[result.leader]);
  const std::size_t others = gains.size() - 1;
  if (result.over_baseline != Verdict::better) result.times_to_tell = times_to_tell(gains[result.leader], others);
  for (const Rivalry& pair : pairs) {
    if (pair.first != result.leader && pair.second != result.leader) continue;
    const std::size_t other = pair.first == result.leader ? pair.second : pair.first;
    if (other == 0) continue;
    const Verdict told = verdict(pair.lead);
    if (told == Verdict::same) result.equal.push_back(other);
    if (told != Verdict::better && told != Verdict::worse) {
      result.rivals.push_back(other);
      if (result.over_baseline == Verdict::better && told == Verdict::open)
        result.times_to_tell = std::max(result.times_to_tell, times_to_tell(pair.lead, others * (others + 1) / 2));
    }
    if (result.second != 0 && gains[other].mean <= gains[result.second].mean) continue;
    result.second = other;
    result.ahead = pair.lead;
    if (result.ahead.mean < 0.0) {
      result.ahead.mean = -result.ahead.mean;
      std::swap(result.ahead.low, result.ahead.high);
      result.ahead.low = -result.ahead.low;
      result.ahead.high = -result.ahead.high;
    }
  }
  return result;
}

std::vector<std::size_t> shown_highest(const Comparison& comparison, std::size_t metric) {
  const std::size_t plans = comparison.plans.size();
  // How many others each is told from, and is more than; and those that have the same.
  std::vector<std::size_t> above(plans, 0);
  std::vector<std::vector<std::size_t>> same(plans);
  for (const Rivalry& pair : comparison.rivalries) {
    if (pair.metric != metric) continue;
    const Verdict told = verdict(pair.lead);
    if (told == Verdict::better) ++above[pair.first];
    if (told == Verdict::worse) ++above[pair.second];
    if (told != Verdict::same) continue;
    same[pair.first].push_back(pair.second);
    same[pair.second].push_back(pair.first);
  }
  for (std::size_t k = 0; k < plans; ++k) {
    if (above[k] == 0 || above[k] + same[k].size() + 1 != plans) continue;
    std::vector<std::size_t> highest{k};
    highest.insert(highest.end(), same[k].begin(), same[k].end());
    return highest;
  }
  return {};
}

Answer answer(const Comparison& comparison) {
  Answer result;
  result.goal = lead(comparison.goal.gains, comparison.goal.pairs, comparison.goal.chances);
  result.worth = lead_in(comparison, "npv");
  result.kept = lead_in(comparison, "retained");
  for (Lead* const each : {&result.goal, &result.worth, &result.kept}) {
    for (const std::size_t other : each->equal) {
      if (same_effects(comparison.plans[other], comparison.plans[each->leader])) each->twins.push_back(other);
    }
  }
  const std::size_t npv = metric_position("npv"), retained = metric_position("retained");
  for (std::size_t k = 0; k < comparison.plans.size(); ++k) {
    const PlanComparison& plan = comparison.plans[k];
    result.money = result.money || earns_or_pays(plan);
    if (k == 0) {
      result.plans.push_back({});
      continue;
    }
    result.plans.push_back(
        {verdict(comparison.goal.gains[k]), verdict(plan.differences[npv]), verdict(plan.differences[retained])});
  }
  return result;
}

}  // namespace sojourn
