// A journey map under a plan and with what was measured.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "sojourn/base/text.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/rule_words.hpp"

namespace sojourn::journey_map {
namespace {

/// A plan while its rules are in force: what they switch on is bought, too.
Plan with_switched_on(const ModelParts& parts, Plan plan) {
  for (const RuleId rule : plan.rules) {
    const ImprovementId on = parts.rules.at(rule.index()).switch_on;
    const auto& bought = plan.improvements;
    if (on.valid() && std::find(bought.begin(), bought.end(), on) == bought.end()) plan.improvements.push_back(on);
  }
  return plan;
}

/// A plan without what its rules switch.
Plan without_switched(const ModelParts& parts, PlanId id) {
  Plan plan = parts.plans.at(id.index()), rest = plan;
  const std::vector<ImprovementId> driven = driven_improvements(parts, id);
  rest.improvements.clear();
  rest.levels.clear();
  for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
    if (std::find(driven.begin(), driven.end(), plan.improvements[i]) != driven.end()) continue;
    rest.improvements.push_back(plan.improvements[i]);
    rest.levels.push_back(plan.level(i));
  }
  return rest;
}

/// The improvements of a plan at full effect, with those that its rules switch on.
class PlanChanges {
 public:
  PlanChanges(const ModelParts& parts, PlanId plan)
      : parts_(parts),
        plan_(with_switched_on(parts, parts.plans.at(plan.index()))),
        steady_(without_switched(parts, plan)) {}
  /// Whether the plan changes anything, whatever its rules do.
  [[nodiscard]] bool any() const { return !plan_.improvements.empty(); }

  /// `x0` under the plan, for the personas whom an improvement reaches.
  template <class Matches>
  double after(const Plan& plan, Parameter parameter, double x0, Matches matches) const {
    std::vector<Shift> shifts;
    for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
      const Improvement& bought = parts_.improvements[plan.improvements[i].index()];
      const Change& change = bought.change;
      for (const Effect& effect : change.effects) {
        if (effect.parameter == parameter && reaches(change.target, matches))
          shifts.push_back({effect.operation, effect.value, fraction_at(bought, plan.level(i))});
      }
    }
    return shifts.empty() ? x0 : combine(parameter, x0, shifts);
  }
  /// What a parameter becomes, and what it is while no rule switches anything.
  struct After {
    double value = 0.0, steady = 0.0;
    /// What is said behind it.
    [[nodiscard]] const char* by() const { return value == steady ? "" : ", by rule"; }
  };
  [[nodiscard]] After at(Parameter parameter, std::size_t touchpoint, double x0) const {
    return both(parameter, x0,
                [&](const Target& target, PersonaId p) { return matches(parts_, target, TouchpointId(touchpoint), p); });
  }
  /// Servers of a pool while it is open.
  [[nodiscard]] After of_pool(PoolId pool, double x0) const {
    return both(Parameter::servers, x0, [&](const Target& target, PersonaId) { return matches_pool(target, pool); });
  }
  double of_outside(OutsideId outside, double x0) const {
    return after(plan_, Parameter::attraction, x0,
                 [&](const Target& target, PersonaId) { return matches_outside(target, outside); });
  }
  [[nodiscard]] const ModelParts& parts() const { return parts_; }
  double at_exit(Parameter parameter, std::size_t touchpoint, std::size_t exit, double x0) const {
    return after(plan_, parameter, x0, [&](const Target& target, PersonaId p) {
      return matches_exit(parts_, target, TouchpointId(touchpoint), exit, p);
    });
  }

 private:
  template <class Matches>
  [[nodiscard]] After both(Parameter parameter, double x0, Matches matches) const {
    return {after(plan_, parameter, x0, matches), after(steady_, parameter, x0, matches)};
  }
  template <class Matches>
  bool reaches(const Target& target, Matches matches) const {
    for (std::size_t p = 0; p < parts_.personas.size(); ++p) {
      if (matches(target, PersonaId(p))) return true;
    }
    return false;
  }

  const ModelParts& parts_;
  Plan plan_, steady_;
};

/// Numbers as long as they must be to differ.
std::string before_after(double before, double after) {
  for (int decimals = 2; decimals < 6; ++decimals) {
    const std::string a = fmt::format("{:.{}f}", before, decimals), b = fmt::format("{:.{}f}", after, decimals);
    if (a != b) return a + " → " + b;
  }
  return number_text(before) + " → " + number_text(after);
}

std::string words(Parameter parameter) {
  std::string text(sojourn::name(parameter));
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// What a visit pays before changes: of an amount that is drawn its mean, over personas where a trait is its scale.
double paid_before(const ModelParts& parts, double plain, const std::optional<DrawnAmount>& drawn) {
  if (!drawn) return plain;
  const double of_law = mean(drawn->law);
  if (!drawn->trait) return of_law;
  double sum = 0.0, shares = 0.0;
  for (const Persona& persona : parts.personas) {
    sum += persona.share * mean(persona.traits[drawn->trait->index()]);
    shares += persona.share;
  }
  return shares > 0.0 ? of_law * sum / shares : of_law;
}

void mark_touchpoint(MapTouchpoint& to, const Touchpoint& from, std::size_t v, const PlanChanges& changes) {
  const auto mark = [&](Parameter parameter, double before) {
    const PlanChanges::After after = changes.at(parameter, v, before);
    if (after.value == before) return;
    const double unit = parameter == Parameter::handle_time ? 1440.0 : 1.0;
    to.changes.push_back(words(parameter) + " " + before_after(unit * before, unit * after.value) +
                         (unit > 1.0 ? " min" : "") + after.by());
  };
  mark(Parameter::quality, from.quality_mean);
  mark(Parameter::quality_sd, from.quality_sd);
  mark(Parameter::effort, from.effort);
  mark(Parameter::weight, from.weight);
  mark(Parameter::personalisation, from.personalisation);
  if (const double* chance = std::get_if<double>(&from.solves)) mark(Parameter::solves, *chance);
  if (from.promise) mark(Parameter::promise, *from.promise);
  if (from.servers) mark(Parameter::servers, *from.servers);
  for (const PoolId pool : from.pools) {
    const double before = most_servers(changes.parts().pools[pool.index()].servers);
    const PlanChanges::After after = changes.of_pool(pool, before);
    if (after.value == before) continue;
    const Pool& of = changes.parts().pools[pool.index()];
    to.changes.push_back("servers of " + shown_on_one_line(of.name.empty() ? of.id : of.name) +
                         (of.servers.size() > 1 ? " at most " : " ") + before_after(before, after.value) + after.by());
  }
  if (from.handle_time) mark(Parameter::handle_time, mean(*from.handle_time));
  mark(Parameter::cost, paid_before(changes.parts(), from.cost, from.drawn_cost));
  mark(Parameter::revenue, paid_before(changes.parts(), from.revenue, from.drawn_revenue));
  if (from.price) mark(Parameter::price, *from.price);
  mark(Parameter::traffic, 1.0);
  mark(Parameter::cost_per_month, from.cost_per_month);
  mark(Parameter::revenue_per_month, from.revenue_per_month);
}

/// What the handovers into a touchpoint become.
void mark_handovers(MapTouchpoint& to, const ModelParts& parts, std::size_t v, const PlanChanges& changes) {
  for (const Handover& handover : parts.handovers) {
    if (handover.to != parts.touchpoints[v].team) continue;
    const PlanChanges::After after = changes.at(Parameter::carry, v, handover.carry);
    if (after.value == handover.carry) continue;
    const Team& team = parts.teams[handover.from.index()];
    to.changes.push_back("carry from " + shown_on_one_line(team.name.empty() ? team.id : team.name) + " " +
                         before_after(handover.carry, after.value) + after.by());
  }
}

/// What the plan makes of all that decides where exits lead, but delays. Of a probability that a trait says, it changes the
/// mean. No model: the probabilities that a plan raises may sum to more than 1.
ModelParts with_changed_exits(ModelParts parts, const PlanChanges& changes) {
  for (std::size_t o = 0; o < parts.outside.size(); ++o) {
    for (auto& [time, attraction] : parts.outside[o].attraction) attraction = changes.of_outside(OutsideId(o), attraction);
  }
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    Touchpoint& touchpoint = parts.touchpoints[v];
    if (touchpoint.price) touchpoint.price = changes.at(Parameter::price, v, *touchpoint.price).value;
    for (std::size_t j = 0; j < touchpoint.next.size(); ++j) {
      Exit& exit = touchpoint.next[j];
      const double traffic = changes.at(Parameter::traffic, exit.to.index(), 1.0).value;
      // In a race an exit without odds has odds of 1, which change as any others.
      if (exit.odds || (touchpoint.exits == ExitRule::race && exit.on == Trigger::none))
        exit.odds = traffic * changes.at_exit(Parameter::odds, v, j, exit.odds.value_or(1.0));
      if (const auto chance = mean_chance(parts, exit))
        exit.probability = traffic * changes.at_exit(Parameter::probability, v, j, *chance);
    }
  }
  return parts;
}

/// What the plan makes of the delays of a touchpoint's exits.
Stretches stretches_at(const Touchpoint& touchpoint, std::size_t v, const PlanChanges& changes) {
  Stretches stretches;
  for (std::size_t j = 0; j < touchpoint.next.size(); ++j) stretches.push_back(changes.at_exit(Parameter::delay, v, j, 1.0));
  return stretches;
}

std::string kind_words(const MapExit& exit) {
  switch (exit.kind) {
    case ExitKind::heard:
      return "heard ";
    case ExitKind::gave_up:
      return "gave up ";
    case ExitKind::turned_away:
      return "turned away ";
    case ExitKind::followed_up:
      return "followed up ";
    case ExitKind::choice:
    case ExitKind::trait:
    case ExitKind::race:
      break;
  }
  return "";
}

/// Where exits lead under the plan, and when, beside where they lead without it; of what is measured the times alone.
void mark_exits(MapContent& map, const ModelParts& parts, const PlanChanges& changes, bool measured) {
  const ModelParts changed = with_changed_exits(parts, changes);
  for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
    const Touchpoint& from = parts.touchpoints[v];
    if (from.end) continue;
    MapTouchpoint& touchpoint = map.touchpoints[v];
    const NeutralExits after = neutral_exits(changed, TouchpointId(v), stretches_at(from, v, changes));
    for (std::size_t j = 0; j < from.next.size(); ++j) {
      MapExit& exit = map.exits[touchpoint.exits[j]];
      // In a race whatever moves one exit moves the times at which the others win; one that never wins has no time.
      const std::string days = duration_text(after.days[j]);
      const bool taken = interrupts(exit) || after.shares[j] > 0.0;
      if (taken && days != exit.delay_text) {
        exit.delay_text = (exit.delay_text.empty() ? "0" : exit.delay_text) + " → " + (days.empty() ? "0" : days);
        exit.changed = true;
      }
      if (measured) continue;
      const auto mark = [&](double before, double now) {
        if (share_text(before) == share_text(now)) return;
        exit.share_text = kind_words(exit) + share_text(before) + " → " + share_text(now);
        exit.viewed = exit.changed = true;
      };
      if (exit.kind == ExitKind::heard) {
        const auto before = mean_chance(parts, from.next[j]), now = mean_chance(changed, changed.touchpoints[v].next[j]);
        if (before && now) mark(*before, *now);
      } else if (!interrupts(exit)) {
        mark(exit.share, after.shares[j]);
        exit.share = after.shares[j];
      }
    }
    if (measured || share_text(touchpoint.stays) == share_text(after.stays)) continue;
    touchpoint.changes.push_back("stays " + share_text(touchpoint.stays) + " → " + share_text(after.stays));
    touchpoint.stays = after.stays;
  }
}

/// Sums over replications and personas of an array (plan, replication, persona, x), of one plan.
class Measured {
 public:
  Measured(const Outcomes& outcomes, std::size_t plan) : outcomes_(outcomes), plan_(plan) {}

  [[nodiscard]] std::vector<double> counts(std::string_view name, std::string_view last) const {
    return fold(name, last, [](std::size_t) { return 1.0; });
  }
  /// Means over visits to each touchpoint, NaN where there are none.
  [[nodiscard]] std::vector<double> means(std::string_view name) const {
    std::vector<double> sum, count = counts("visits", "touchpoint");
    std::visit(
        [&](const auto& visits) {
          sum = fold(name, "touchpoint", [&](std::size_t at) { return static_cast<double>(visits[at]); });
        },
        by_persona("visits", "touchpoint").values);
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] = count[i] > 0.0 ? sum[i] / count[i] : std::numeric_limits<double>::quiet_NaN();
    return sum;
  }

 private:
  [[nodiscard]] const Array& by_persona(std::string_view name, std::string_view last) const {
    return recorded(outcomes_, name, {"plan", "replication", "persona", last});
  }

  template <class WeightOf>
  std::vector<double> fold(std::string_view name, std::string_view last, WeightOf weight) const {
    const Array& array = by_persona(name, last);
    const std::size_t places = outcomes_.dimension(array.dimensions.back()).size;
    const std::size_t rows = outcomes_.dimension("replication").size * outcomes_.dimension("persona").size;
    std::vector<double> sum(places, 0.0);
    std::visit(
        [&](const auto& values) {
          for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t i = 0; i < places; ++i) {
              const std::size_t at = (plan_ * rows + row) * places + i;
              const auto value = static_cast<double>(values[at]);
              if (!std::isnan(value)) sum[i] += value * weight(at);
            }
          }
        },
        array.values);
    return sum;
  }

  const Outcomes& outcomes_;
  std::size_t plan_;
};

/// The path along which the smallest flow is largest (Pollack 1960), of equals with the fewest steps; never to an earlier
/// stage, an end, or what is in `passed`. Empty where no flow leads there.
std::vector<std::size_t> widest_path(const MapContent& map, const std::vector<double>& taken, std::size_t from,
                                     std::size_t to, const std::vector<std::size_t>& passed) {
  const std::size_t count = map.touchpoints.size(), nowhere = count;
  std::vector<double> width(count, 0.0);
  std::vector<std::size_t> steps(count, count), before(count, nowhere);
  std::vector<char> settled(count, 0);
  for (const std::size_t v : passed) settled[v] = 1;
  settled[from] = 0;
  width[from] = std::numeric_limits<double>::infinity();
  steps[from] = 0;
  const auto is_wider = [&](double a, std::size_t a_steps, std::size_t v) {
    return a > width[v] || (a == width[v] && a_steps < steps[v]);
  };
  while (true) {
    std::size_t at = nowhere;
    for (std::size_t v = 0; v < count; ++v) {
      if (settled[v] == 0 && width[v] > 0.0 && (at == nowhere || is_wider(width[v], steps[v], at))) at = v;
    }
    if (at == nowhere) return {};
    if (at == to) break;
    settled[at] = 1;
    for (const std::size_t e : map.touchpoints[at].exits) {
      const std::size_t next = map.exits[e].to;
      const MapTouchpoint& there = map.touchpoints[next];
      if (settled[next] != 0 || there.end || there.stage < map.touchpoints[at].stage) continue;
      const double flow = std::min(width[at], taken[e]);
      if (!(flow > 0.0) || !is_wider(flow, steps[at] + 1, next)) continue;
      width[next] = flow;
      steps[next] = steps[at] + 1;
      before[next] = at;
    }
  }
  std::vector<std::size_t> path;
  for (std::size_t v = to; v != nowhere; v = before[v]) path.push_back(v);
  std::reverse(path.begin(), path.end());
  return path;
}

std::optional<std::size_t> plan_in(const Outcomes& outcomes, const std::string& id) {
  const std::vector<std::string>& ids = recorded_texts(outcomes, "plan");
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) return {};
  return static_cast<std::size_t>(found - ids.begin());
}

/// Shares of the visits' ends that each exit took, and of those who stay where the scenario lets people stay.
void measure_exits(MapContent& map, const Measured& measured, bool keep_before) {
  const std::vector<double> taken = measured.counts("taken", "exit"), visits = measured.counts("visits", "touchpoint");
  for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
    MapTouchpoint& touchpoint = map.touchpoints[v];
    double left = 0.0;
    for (const std::size_t e : touchpoint.exits) left += taken[e];
    const double all = touchpoint.stays > 0.0 ? visits[v] : left;
    if (touchpoint.stays > 0.0 && all > 0.0) touchpoint.stays = std::max(0.0, 1.0 - left / all);
    for (const std::size_t e : touchpoint.exits) {
      MapExit& exit = map.exits[e];
      const double before = exit.share;
      exit.share = all > 0.0 ? taken[e] / all : 0.0;
      std::string text = kind_words(exit) + (all > 0.0 ? share_text(exit.share) : "nobody");
      if (keep_before && std::abs(exit.share - before) >= 0.01 && share_text(before) != share_text(exit.share)) {
        text = kind_words(exit) + share_text(before) + " → " + share_text(exit.share);
        exit.changed = true;
      }
      exit.share_text = text;
      exit.viewed = true;
    }
  }
}

/// What standard improvements gain.
void mark_gains(MapContent& map, const Ranking& ranking) {
  const Metric& by = metrics()[ranking.by];
  map.gain_of = by.label;
  for (std::size_t i = 0; i < ranking.touchpoints.size(); ++i) {
    const TouchpointLeverage& each = ranking.touchpoints[i];
    // A gain that may be chance is no advice, and a map has no room for its interval.
    if (!each.best || !each.gain.clear()) continue;
    MapTouchpoint& touchpoint = map.touchpoints.at(each.touchpoint.index());
    touchpoint.gain = format::difference(by, each.pulls[*each.best].differences[ranking.by], ranking.samples.currency);
    touchpoint.worth_fixing = ranking.worth_fixing == i;
  }
}

/// The company's own map beside the journey.
void mark_assumed(MapContent& map, const AssumedJourney& journey) {
  map.assumed = map.viewed = true;
  for (const ComparedTouchpoint& here : journey.touchpoints) {
    MapTouchpoint& touchpoint = map.touchpoints.at(here.at.index());
    if (here.told)
      touchpoint.off_map = (here.divergence.mean < 0.005 ? "<0.01" : number_text(here.divergence.mean)) + " bits";
    for (const ComparedMove& move : here.next) {
      bool first = true;
      for (const std::size_t e : touchpoint.exits) {
        MapExit& exit = map.exits[e];
        if (exit.to != move.to.index()) continue;
        exit.viewed = true;
        if (!move.assumed) {
          exit.undrawn = true;
          exit.share_text += ", not drawn";
        } else if (first && share_text(*move.assumed) != share_text(move.actual.mean)) {
          // Of several exits with one destination, the first carries what is believed of them together.
          exit.share_text += ", believed " + share_text(*move.assumed);
          exit.changed = move.told;
        }
        first = false;
      }
      if (move.exists) continue;
      MapExit imagined;
      imagined.from = here.at.index();
      imagined.to = move.to.index();
      imagined.share_text = "believed " + share_text(move.assumed.value_or(0.0));
      imagined.viewed = imagined.imagined = true;
      touchpoint.exits.push_back(map.exits.size());
      map.exits.push_back(std::move(imagined));
    }
  }
}

}  // namespace

std::vector<std::size_t> main_path(const MapContent& map, const std::vector<double>& taken,
                                   const std::vector<double>& visits) {
  const std::size_t count = map.touchpoints.size(), nowhere = count;
  const auto most = [&](const std::vector<double>& of, const auto& counts) {
    std::size_t best = nowhere;
    for (std::size_t v = 0; v < count; ++v) {
      if (!map.touchpoints[v].end && counts(v) && of[v] > 0.0 && (best == nowhere || of[v] > of[best])) best = v;
    }
    return best;
  };
  std::vector<double> starts;
  for (const MapTouchpoint& touchpoint : map.touchpoints) starts.push_back(touchpoint.starts);
  const std::size_t start = most(starts, [](std::size_t) { return true; });
  if (start == nowhere) return {};
  std::vector<std::size_t> path{start};
  const auto go_on_to = [&](std::size_t place) {
    if (place == nowhere || std::find(path.begin(), path.end(), place) != path.end()) return;
    const std::vector<std::size_t> more = widest_path(map, taken, path.back(), place, path);
    if (more.size() > 1) path.insert(path.end(), more.begin() + 1, more.end());
  };
  go_on_to(most(visits, [&](std::size_t v) { return map.touchpoints[v].stage == Stage::purchase; }));
  go_on_to(most(visits, [&](std::size_t v) { return map.touchpoints[v].stage > Stage::purchase; }));
  // Where nothing is bought or kept, to where people are most.
  if (path.size() == 1) go_on_to(most(visits, [&](std::size_t v) { return v != start; }));
  return path;
}

MapContent content(const Model& model, const JourneyView& view) {
  MapContent map = content(model);
  if (view.ranking != nullptr) mark_gains(map, *view.ranking);
  const ModelParts& parts = model.parts();
  const PlanId plan = view.plan.value_or(PlanId(0));
  const PlanChanges changes(parts, plan);
  const bool changes_something = changes.any();
  map.viewed = changes_something || view.results != nullptr || view.ranking != nullptr;
  if (changes_something) {
    map.plan = shown_on_one_line(parts.plans[plan.index()].name);
    for (const RuleId rule : parts.plans[plan.index()].rules)
      map.rules.push_back(rule_words::name(parts.rules[rule.index()]));
    for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
      if (parts.touchpoints[v].end) continue;
      mark_touchpoint(map.touchpoints[v], parts.touchpoints[v], v, changes);
      mark_handovers(map.touchpoints[v], parts, v, changes);
    }
    mark_exits(map, parts, changes, view.results != nullptr);
  }
  if (view.results == nullptr) return map;

  if (recorded_texts(*view.results, "plan").empty()) throw InputError("the results hold no plan");
  const std::optional<std::size_t> shown = view.plan ? plan_in(*view.results, parts.plans[plan.index()].id) : std::size_t{0};
  if (!shown) throw InputError("the results do not hold the plan " + parts.plans[plan.index()].id);
  const std::optional<std::size_t> baseline = plan_in(*view.results, parts.plans.front().id);
  const bool compares = changes_something && baseline && *baseline != *shown;
  if (recorded_texts(*view.results, "touchpoint").size() != map.touchpoints.size() ||
      recorded_texts(*view.results, "exit").size() != map.exits.size())
    throw InputError("these are the results of another journey");
  const Measured now(*view.results, *shown);
  map.measured = true;
  const std::vector<double> satisfaction = now.means("touch_satisfaction");
  if (compares) measure_exits(map, Measured(*view.results, *baseline), false);
  measure_exits(map, now, compares);
  for (std::size_t v = 0; v < map.touchpoints.size(); ++v) {
    if (map.touchpoints[v].end || std::isnan(satisfaction[v])) continue;
    map.touchpoints[v].quality = satisfaction[v];
  }
  std::vector<double> visits = now.counts("visits", "touchpoint");
  double people = 0.0;  // who had arrived by the horizon
  for (const char* where : {"prospects", "lost", "customers", "churned"}) {
    const std::vector<double> stock = now.counts(where, "time");
    people += stock.empty() ? 0.0 : stock.back();
  }
  for (double& each : visits) each = people > 0.0 ? each / people : 0.0;
  mark_weak(map, visits);
  map.line.path = main_path(map, now.counts("taken", "exit"), now.counts("visits", "touchpoint"));
  std::erase_if(map.line.path, [&](std::size_t v) { return std::isnan(satisfaction[v]); });
  for (const std::size_t v : map.line.path) map.line.value.push_back(satisfaction[v]);
  if (compares) {
    const std::vector<double> before = Measured(*view.results, *baseline).means("touch_satisfaction");
    for (const std::size_t v : map.line.path) map.line.before.push_back(std::isnan(before[v]) ? satisfaction[v] : before[v]);
  }
  if (view.assumed != nullptr) mark_assumed(map, *view.assumed);
  return map;
}

std::string reading_note(const MapContent& map) {
  if (!map.viewed) return std::string(reading_note());
  std::string note;
  if (map.measured) {
    note =
        "Shares, satisfaction and the line are measured in the simulation, over all visits up to the horizon; the shares of "
        "a touchpoint are of those who left it. Times are medians of a customer in a neutral state. ";
  } else {
    note = std::string(reading_note()) + " ";
  }
  if (!map.gain_of.empty()) {
    note += "What fixing is worth is the change of the " + format::in_sentence(map.gain_of) +
            " by one standard improvement there, the best of its kind, simulated alone; it stands only where it is told "
            "from chance, all touchpoints together. ";
  }
  if (map.assumed) {
    note +=
        "The company's own map stands beside it: what it believes of an exit, and, in bits, how far it is off at a "
        "touchpoint "
        "(Jensen-Shannon divergence: 0 it is right, 1 wholly wrong), where that is told from chance. ";
  }
  if (!map.plan.empty())
    note += "What the plan changes is ringed, at arrows in the colour of the rings, before → after, at its full effect.";
  for (std::size_t i = 0; i < map.rules.size(); ++i)
    note += (i == 0 ? " By rule, so that it is there only while the rule is in force: " : ", ") + map.rules[i];
  if (!map.rules.empty()) note += ".";
  return note;
}

}  // namespace sojourn::journey_map
