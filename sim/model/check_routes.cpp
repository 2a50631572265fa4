// Checks of the journey as a graph: who gets where, who never leaves, and who goes round in no time.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "findings.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/graph.hpp"

namespace sojourn::checking {
namespace {

const std::string& id_of(const ModelParts& parts, TouchpointId touchpoint) {
  return parts.touchpoints[touchpoint.index()].id;
}

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

// Where a persona's life may begin. Only an exact share of 0 excludes: a wrong one is an error by itself.
std::vector<TouchpointId> entries(const ModelParts& parts, const Persona& persona) {
  std::vector<TouchpointId> entries;
  const std::vector<AccountSegment>& segments = parts.account_segments;
  const auto has_role = [&](const AccountSegment& segment) {
    return std::any_of(segment.roles.begin(), segment.roles.end(), [&](const auto& role) {
      return role.first.valid() && parts.personas.data() + role.first.index() == &persona;
    });
  };
  const bool exists = segments.empty() ? persona.share != 0.0 : std::any_of(segments.begin(), segments.end(), has_role);
  if (!exists) return entries;
  for (const auto& [touchpoint, share] : persona.starts) {
    if (share != 0.0) entries.push_back(touchpoint);
  }
  return entries;
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

// Touchpoints that somebody reaches without having been at a purchase touchpoint on the way or there.
std::vector<bool> reached_unbought(const ModelParts& parts) {
  const auto buys = [&](TouchpointId touchpoint) { return parts.touchpoints[touchpoint.index()].stage == Stage::purchase; };
  std::vector<bool> any(parts.touchpoints.size(), false);
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    JourneyGraph graph = open_journey(parts, PersonaId(persona));
    std::erase_if(graph.edges, [&](const JourneyEdge& edge) { return buys(edge.from); });
    const std::vector<bool> reached = reachable(graph, entries(parts, parts.personas[persona]));
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
  const std::vector<bool> unbought = reached_unbought(parts);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    const Touchpoint& touchpoint = parts.touchpoints[i];
    if (!touchpoint.end || !reach.any[i]) continue;
    const std::string path = context.paths.touchpoints[i] + ".end";
    if (*touchpoint.end == End::churned && unbought[i]) {
      context.findings.warning(
          path, "\"churned\" can be reached before any purchase; whoever never bought counts as lost",
          "lead them to another end with end = \"lost\", or give the touchpoint where they buy stage = \"purchase\"");
    }
    if (*touchpoint.end == End::lost && !unbought[i]) {
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

// The change to blame for a cycle that takes no time only because of changes: the first with a cut of a delay on it.
std::string path_of_cut(const Context& context, PlanId plan, PersonaId persona, const std::vector<TouchpointId>& cycle) {
  const ModelParts& parts = context.parts;
  for (const Change* change : changes_under(parts, plan)) {
    const bool cuts = std::any_of(change->effects.begin(), change->effects.end(), [](const Effect& effect) {
      return effect.parameter == Parameter::delay && effect.value < (effect.operation == Operation::add ? 0.0 : 1.0);
    });
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
    for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
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
    reach.by_persona.push_back(reachable(open_journey(parts, PersonaId(persona)), entries(parts, parts.personas[persona])));
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
}

}  // namespace sojourn::checking
