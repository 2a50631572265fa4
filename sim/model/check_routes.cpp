// Checks of the journey as a graph: who gets where, who never leaves, and who goes round in no time.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "findings.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/graph.hpp"

namespace sojourn::checking {
namespace {

// "a", "b" and "c"; after five the rest is counted.
std::string listed(const ModelParts& parts, const std::vector<TouchpointId>& touchpoints) {
  constexpr std::size_t most = 5;
  std::string list;
  const std::size_t shown = touchpoints.size() > most + 1 ? most : touchpoints.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) list += i + 1 == touchpoints.size() ? " and " : ", ";
    list += in_quotes(id_of(parts, touchpoints[i]));
  }
  if (shown < touchpoints.size()) list += fmt::format(" and {} more", touchpoints.size() - shown);
  return list;
}

std::string round_trip(const ModelParts& parts, const std::vector<TouchpointId>& cycle) {
  std::string trip;
  for (const TouchpointId touchpoint : cycle) trip += id_of(parts, touchpoint) + " -> ";
  return trip + id_of(parts, cycle.front());
}

// The exits that somebody takes who gets there.
JourneyGraph travelled(const ModelParts& parts, const Reach& reach) {
  JourneyGraph all{parts.touchpoints.size(), {}};
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    for (const JourneyEdge& edge : open_journey(parts, PersonaId(persona)).edges) {
      if (reach.by_persona[persona][edge.from.index()]) all.edges.push_back(edge);
    }
  }
  return all;
}

// Whether the persona's people are customers at some time: they arrive as such, or can get to a purchase touchpoint.
bool can_buy(const ModelParts& parts, const Persona& persona, const std::vector<bool>& reached) {
  if (persona.existing()) return true;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] && parts.touchpoints[i].stage == Stage::purchase) return true;
  }
  return false;
}

// Personas whose people stay prospects although they live as customers: they reach retention or advocacy, but no purchase.
void check_purchases(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    const std::vector<bool>& reached = reach.by_persona[persona];
    if (can_buy(parts, parts.personas[persona], reached)) continue;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      const Touchpoint& touchpoint = parts.touchpoints[i];
      if (!reached[i] || touchpoint.end || touchpoint.stage < Stage::retention) continue;
      context.findings.warning(
          context.paths.personas[persona],
          fmt::format(
              "its people never pass a touchpoint of stage \"purchase\": they count as prospects for ever, at {} too",
              in_quotes(touchpoint.id)),
          "let them start at a purchase touchpoint, even one that takes no time");
      break;
    }
  }
}

enum class Way { up, down };

// The parameter by which the change moves the share of an exit of the touchpoint that has a probability that way; nothing
// where it does not.
std::optional<Parameter> moves_probability(const ModelParts& parts, const Change& change, PersonaId persona, TouchpointId at,
                                           Way way) {
  const std::vector<Exit>& exits = parts.touchpoints[at.index()].next;
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const double* constant = std::get_if<double>(&exits[j].probability);
    if (exits[j].on != Trigger::none || (constant != nullptr && !(*constant > 0.0))) continue;
    const bool here = matches_exit(parts, change.target, at, j, persona),
               there = exits[j].to.index() < parts.touchpoints.size() && matches(parts, change.target, exits[j].to, persona);
    for (const Effect& effect : change.effects) {
      const bool of_traffic = effect.parameter == Parameter::traffic;
      if (of_traffic ? !there : effect.parameter != Parameter::probability || !here) continue;
      if (of_traffic && way == Way::up) continue;  // nobody comes who would not
      if (!of_traffic && effect.operation == Operation::set && constant == nullptr) return effect.parameter;
      const double before = of_traffic ? 1.0 : constant != nullptr ? *constant : 0.0;
      const double still = effect.operation == Operation::set ? before : effect.operation == Operation::add ? 0.0 : 1.0;
      if (way == Way::up ? effect.value > still : effect.value < still) return effect.parameter;
    }
  }
  return std::nullopt;
}

// The largest share that the persona's exits with a probability can take together; more than 1 where events may lift it.
double largest_share(const ModelParts& parts, PersonaId persona, TouchpointId at) {
  double sum = 0.0;
  for (const Exit& exit : parts.touchpoints[at.index()].next) {
    if (exit.on != Trigger::none) continue;
    if (const double* constant = std::get_if<double>(&exit.probability)) sum += *constant;
    if (const TraitId* trait = std::get_if<TraitId>(&exit.probability)) {
      const auto& traits = parts.personas[persona.index()].traits;
      const Fixed* fixed = trait->index() < traits.size() ? std::get_if<Fixed>(&traits[trait->index()]) : nullptr;
      sum += fixed != nullptr ? std::clamp(fixed->value, 0.0, 1.0) : 1.0;
    }
  }
  const bool lifted = std::any_of(parts.events.begin(), parts.events.end(), [&](const Change& event) {
    return moves_probability(parts, event, persona, at, Way::up).has_value();
  });
  return lifted ? 2.0 : sum;
}

// Choices where some people take no exit: no odds are open to them, and the probabilities leave a rest, as they stand or
// under a change.
void check_rest(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  std::vector<bool> told(parts.touchpoints.size(), false);
  std::set<std::string> told_of;  // changes
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    std::vector<std::set<TouchpointId>> open(parts.touchpoints.size());
    for (const JourneyEdge& edge : open_journey(parts, PersonaId(persona)).edges) open[edge.from.index()].insert(edge.to);
    for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
      const Touchpoint& touchpoint = parts.touchpoints[i];
      if (told[i] || !reach.by_persona[persona][i] || touchpoint.end || touchpoint.exits != ExitRule::choice) continue;
      const bool odds = std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [&](const Exit& exit) {
        return exit.on == Trigger::none && exit.odds && open[i].count(exit.to) > 0;
      });
      const bool waits = std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                     [](const Exit& exit) { return exit.on == Trigger::heard; });
      // Nobody leaving at all is told of closed sets, and whoever waits for a word is meant to stay.
      if (odds || waits) continue;
      const double share = largest_share(parts, PersonaId(persona), TouchpointId(i));
      if (!(share > 0.0)) continue;
      const std::string hint = "give the exit that takes all others odds = 1 in place of its probability";
      if (share < 1.0 - sum_tolerance) {
        told[i] = true;
        const bool alone = parts.personas.size() > 1 && std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                                                    [](const Exit& exit) { return exit.odds; });
        context.findings.warning(
            context.paths.touchpoints[i] + ".next",
            fmt::format("probabilities sum to {}{} and no exit has odds: a share of {} stays for ever", text(share),
                        alone ? fmt::format(" for persona {}", in_quotes(parts.personas[persona].id)) : "",
                        text(1.0 - share)),
            hint);
        continue;
      }
      // A sum above 1 has something to spare, and another change may be meant to give what this one takes.
      const auto gives = [&](const Change& change) {
        return moves_probability(parts, change, PersonaId(persona), TouchpointId(i), Way::up).has_value();
      };
      if (share > 1.0 + sum_tolerance || std::any_of(parts.improvements.begin(), parts.improvements.end(),
                                                     [&](const Improvement& each) { return gives(each.change); }))
        continue;
      const auto look_at = [&](const Change& change, const std::string& path) {
        const auto by = moves_probability(parts, change, PersonaId(persona), TouchpointId(i), Way::down);
        if (!by || !told_of.insert(path).second) return;
        context.findings.warning(
            fmt::format("{}.effect.{}", path, name(*by)),
            fmt::format("the probabilities of {} sum to 1 without it, and no exit there has odds: whom it keeps "
                        "from an exit stays there for ever",
                        in_quotes(touchpoint.id)),
            hint);
      };
      for (std::size_t k = 0; k < parts.improvements.size(); ++k)
        look_at(parts.improvements[k].change, context.paths.improvements[k]);
      for (std::size_t k = 0; k < parts.events.size(); ++k) look_at(parts.events[k], context.paths.events[k]);
    }
  }
}

// Touchpoints that somebody who can buy reaches without having been at a purchase touchpoint on the way or there.
std::vector<bool> reached_unbought(const ModelParts& parts, const Reach& reach) {
  const auto buys = [&](TouchpointId touchpoint) { return parts.touchpoints[touchpoint.index()].stage == Stage::purchase; };
  std::vector<bool> any(parts.touchpoints.size(), false);
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    // Of personas that never buy though they could be customers, `check_purchases` tells.
    const std::vector<bool>& can_reach = reach.by_persona[persona];
    bool lives_as_customer = false;
    for (std::size_t i = 0; i < can_reach.size(); ++i) {
      const Touchpoint& touchpoint = parts.touchpoints[i];
      lives_as_customer = lives_as_customer || (can_reach[i] && !touchpoint.end && touchpoint.stage >= Stage::retention);
    }
    if (parts.personas[persona].existing()) continue;
    if (lives_as_customer && !can_buy(parts, parts.personas[persona], can_reach)) continue;
    const std::vector<bool> reached =
        reachable(prospects_journey(parts, PersonaId(persona)), starts_of(parts, parts.personas[persona]));
    for (std::size_t i = 0; i < any.size(); ++i) any[i] = any[i] || (reached[i] && !buys(TouchpointId(i)));
  }
  return any;
}

void check_unreachable(const Context& context, const Reach& reach) {
  for (std::size_t i = 0; i < context.parts.touchpoints.size(); ++i) {
    if (reach.any[i]) continue;
    context.findings.warning(context.paths.touchpoints[i], "nobody can reach this touchpoint",
                             "let an exit with odds above 0 or a persona's starts lead here, or remove it");
  }
}

void check_closed_sets(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (const std::vector<TouchpointId>& set : closed_sets(travelled(parts, reach))) {
    const Touchpoint& first = parts.touchpoints[set.front().index()];
    // What has no exits at all is an error already.
    if (!reach.any[set.front().index()] || first.end || first.next.empty()) continue;
    const std::string what = set.size() == 1
                                 ? fmt::format("whoever gets to {} never leaves it", listed(parts, set))
                                 : fmt::format("whoever gets to {} stays among them for ever", listed(parts, set));
    context.findings.warning(context.paths.touchpoints[set.front().index()] + ".next", what,
                             "add an exit to an end if people can leave");
  }
}

void check_end_labels(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  const std::vector<bool> unbought = reached_unbought(parts, reach);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    const Touchpoint& touchpoint = parts.touchpoints[i];
    if (!touchpoint.end || !reach.any[i]) continue;
    const std::string path = context.paths.touchpoints[i] + ".end";
    if (*touchpoint.end == End::churned && unbought[i]) {
      context.findings.warning(
          path, "\"churned\" can be reached before any purchase; whoever never bought counts as lost",
          "lead them to another end with end = \"lost\", or give the touchpoint where they buy stage = \"purchase\"");
    }
    // Of whom does it tell? Of somebody who bought: others are told of at their persona.
    bool bought = false;
    for (std::size_t p = 0; p < parts.personas.size(); ++p) {
      bought = bought || (reach.by_persona[p][i] && can_buy(parts, parts.personas[p], reach.by_persona[p]));
    }
    if (*touchpoint.end == End::lost && !unbought[i] && bought) {
      context.findings.warning(path, "\"lost\" is reached only after a purchase; whoever bought counts as churned",
                               "write end = \"churned\"");
    }
  }
}

std::size_t instant_exit(const ModelParts& parts, TouchpointId from, TouchpointId to) {
  const std::vector<Exit>& exits = parts.touchpoints[from.index()].next;
  std::size_t last = exits.size();
  for (std::size_t i = exits.size(); i-- > 0;) {
    if (exits[i].to != to || exits[i].on == Trigger::heard) continue;
    last = i;
    if (exits[i].after == Distribution(Fixed{0.0})) return i;
  }
  return last;
}

bool is_cut_of_delay(const Effect& effect) {
  return effect.parameter == Parameter::delay && effect.value < (effect.operation == Operation::add ? 0.0 : 1.0);
}

// The change to blame for a cycle that takes no time only because of changes: the first with a cut of a delay on it.
std::string path_of_cut(const Context& context, PlanId plan, PersonaId persona, const std::vector<TouchpointId>& cycle) {
  const ModelParts& parts = context.parts;
  for (const PlannedChange& planned : changes_under(parts, plan)) {
    const Change* const change = planned.change;
    const bool cuts = std::any_of(change->effects.begin(), change->effects.end(), is_cut_of_delay);
    const bool touches = std::any_of(cycle.begin(), cycle.end(), [&](TouchpointId touchpoint) {
      return matches(parts, change->target, touchpoint, persona);
    });
    if (!cuts || !touches) continue;
    for (std::size_t i = 0; i < parts.improvements.size(); ++i) {
      if (&parts.improvements[i].change == change) return context.paths.improvements[i] + ".effect.delay";
    }
    return context.paths.events[static_cast<std::size_t>(change - parts.events.data())] + ".effect.delay";
  }
  return context.paths.plans[plan.index()];
}

}  // namespace

std::vector<TouchpointId> starts_of(const ModelParts& parts, const Persona& persona) {
  std::vector<TouchpointId> starts;
  const std::vector<AccountSegment>& segments = parts.account_segments;
  const auto has_role = [&](const AccountSegment& segment) {
    return std::any_of(segment.roles.begin(), segment.roles.end(), [&](const auto& role) {
      return role.first.valid() && parts.personas.data() + role.first.index() == &persona;
    });
  };
  // Only an exact share of 0 excludes: a wrong one is an error by itself.
  const bool exists = segments.empty() ? persona.share != 0.0 : std::any_of(segments.begin(), segments.end(), has_role);
  if (!exists) return starts;
  for (const auto& [touchpoint, share] : persona.starts) {
    if (share != 0.0) starts.push_back(touchpoint);
  }
  return starts;
}

void check_instant_cycles(const Context& context) {
  const ModelParts& parts = context.parts;
  std::set<std::vector<TouchpointId>> known;
  for (const std::vector<TouchpointId>& cycle : cycles(instant_journey(parts))) {
    known.insert(cycle);
    const TouchpointId from = cycle.front(), to = cycle.size() > 1 ? cycle[1] : from;
    context.findings.error(
        fmt::format("{}.next[{}]", context.paths.touchpoints[from.index()], instant_exit(parts, from, to)),
        fmt::format("{} takes no time: people would go round for ever", round_trip(parts, cycle)),
        "give one of these exits a delay: after = \"1 day\"");
  }
  // A cycle without time in the file makes every further one suspect.
  if (!known.empty()) return;
  for (std::size_t plan = 0; plan < parts.plans.size(); ++plan) {
    // Only cuts of delays can close a cycle, and personas differ only where a cut tells them apart.
    bool cuts = false, differ = false;
    for (const PlannedChange& change : changes_under(parts, PlanId(plan))) {
      if (std::none_of(change->effects.begin(), change->effects.end(), is_cut_of_delay)) continue;
      cuts = true;
      differ = differ || !change->target.personas.empty();
    }
    const std::size_t personas = !cuts    ? 0
                                 : differ ? parts.personas.size()
                                          : std::min<std::size_t>(parts.personas.size(), 1);
    for (std::size_t persona = 0; persona < personas; ++persona) {
      for (const std::vector<TouchpointId>& cycle : cycles(instant_journey(parts, PlanId(plan), PersonaId(persona)))) {
        if (!known.insert(cycle).second) continue;
        context.findings.error(path_of_cut(context, PlanId(plan), PersonaId(persona), cycle),
                               fmt::format("{} can take no time under plan {}: people would go round for ever",
                                           round_trip(parts, cycle), in_quotes(parts.plans[plan].id)),
                               "cut the delay by less than 100 %");
      }
    }
  }
}

Reach find_reach(const ModelParts& parts) {
  Reach reach{{}, std::vector<bool>(parts.touchpoints.size(), false)};
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    reach.by_persona.push_back(
        reachable(open_journey(parts, PersonaId(persona)), starts_of(parts, parts.personas[persona])));
    for (std::size_t i = 0; i < reach.any.size(); ++i) reach.any[i] = reach.any[i] || reach.by_persona.back()[i];
  }
  return reach;
}

void check_routes(const Context& context, const Reach& reach) {
  // Nobody who starts anywhere is an error already.
  if (std::find(reach.any.begin(), reach.any.end(), true) == reach.any.end()) return;
  check_unreachable(context, reach);
  check_closed_sets(context, reach);
  check_end_labels(context, reach);
  check_purchases(context, reach);
  check_rest(context, reach);
}

}  // namespace sojourn::checking
