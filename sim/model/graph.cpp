#include "sojourn/model/graph.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dominator_tree.hpp>
#include <boost/graph/strong_components.hpp>
#include <deque>
#include <unordered_map>
#include <utility>
#include <variant>

#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/closed_loops.hpp"

namespace sojourn {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;

Graph to_boost(const JourneyGraph& journey) {
  Graph graph(journey.touchpoints);
  for (const JourneyEdge& edge : journey.edges) boost::add_edge(edge.from.index(), edge.to.index(), graph);
  return graph;
}

// The strongly connected component of each touchpoint, and their number.
struct Components {
  std::vector<int> of;
  std::size_t count = 0;
};

Components components(const Graph& graph) {
  Components result{std::vector<int>(boost::num_vertices(graph)), 0};
  if (result.of.empty()) return result;
  const auto map = boost::make_iterator_property_map(result.of.begin(), boost::get(boost::vertex_index, graph));
  result.count = static_cast<std::size_t>(boost::strong_components(graph, map));
  return result;
}

// The shortest way from `start` back to itself inside its component, by breadth-first search.
std::vector<TouchpointId> shortest_cycle(const Graph& graph, const Components& components, std::size_t start) {
  std::unordered_map<std::size_t, std::size_t> before;
  std::deque<std::size_t> queue{start};
  while (!queue.empty()) {
    const std::size_t at = queue.front();
    queue.pop_front();
    for (auto [edge, last] = boost::out_edges(at, graph); edge != last; ++edge) {
      const std::size_t to = boost::target(*edge, graph);
      if (to == start) {
        std::vector<TouchpointId> cycle{TouchpointId(at)};
        for (std::size_t back = at; back != start; back = before.at(back)) cycle.emplace_back(before.at(back));
        std::reverse(cycle.begin(), cycle.end());
        return cycle;
      }
      if (components.of[to] == components.of[start] && before.emplace(to, at).second) {
        queue.push_back(to);
      }
    }
  }
  return {};
}

// Exits of `parts` for which `keep(touchpoint, position of the exit)` holds, in the order of the model.
template <class Keep>
JourneyGraph journey_of(const ModelParts& parts, Keep keep) {
  JourneyGraph graph{parts.touchpoints.size(), {}};
  for (std::size_t from = 0; from < parts.touchpoints.size(); ++from) {
    const std::vector<Exit>& exits = parts.touchpoints[from].next;
    for (std::size_t exit = 0; exit < exits.size(); ++exit) {
      const TouchpointId to = exits[exit].to;
      if (to.index() < graph.touchpoints && keep(TouchpointId(from), exit)) graph.edges.push_back({TouchpointId(from), to});
    }
  }
  return graph;
}

// Whether some change, in whatever plan, lifts `parameter` of this exit off 0.
bool lifted(const ModelParts& parts, Parameter parameter, TouchpointId from, std::size_t exit, PersonaId persona) {
  const auto lifts = [&](const Change& change) {
    const bool raises = std::any_of(change.effects.begin(), change.effects.end(), [&](const Effect& effect) {
      return effect.parameter == parameter && effect.operation != Operation::multiply && effect.value > 0.0;
    });
    return raises && matches_exit(parts, change.target, from, exit, persona);
  };
  return std::any_of(parts.improvements.begin(), parts.improvements.end(),
                     [&](const Improvement& improvement) { return lifts(improvement.change); }) ||
         std::any_of(parts.events.begin(), parts.events.end(), lifts);
}

bool never_above_zero(const Persona& persona, TraitId trait) {
  if (trait.index() >= persona.traits.size()) return false;
  const Fixed* fixed = std::get_if<Fixed>(&persona.traits[trait.index()]);
  return fixed && fixed->value <= 0.0;
}

// Only an exact 0 closes: what is negative or no number is an error by itself, and should not give a row of warnings
// besides.
bool is_open(const ModelParts& parts, TouchpointId from, std::size_t position, PersonaId id) {
  const Touchpoint& touchpoint = parts.touchpoints[from.index()];
  const Exit& exit = touchpoint.next[position];
  const Persona& persona = parts.personas[id.index()];
  if (exit.on == Trigger::gave_up) return touchpoint.queues();
  if (exit.on == Trigger::turned_away) return touchpoint.queues() && touchpoint.room.has_value();
  if (exit.on == Trigger::heard && !parts.word_of_mouth && !parts.reviews) return false;
  if (const double* constant = std::get_if<double>(&exit.probability)) {
    return *constant != 0.0 || lifted(parts, Parameter::probability, from, position, id);
  }
  if (const TraitId* trait = std::get_if<TraitId>(&exit.probability)) {
    return !never_above_zero(persona, *trait) || lifted(parts, Parameter::probability, from, position, id);
  }
  const bool has_odds = exit.odds.value_or(1.0) != 0.0 || lifted(parts, Parameter::odds, from, position, id);
  return has_odds && persona_factor(parts, persona, from, exit.to) != 0.0;
}

bool contains(const auto& list, auto value) { return std::find(list.begin(), list.end(), value) != list.end(); }

// A survey at regular intervals goes to customers, wherever they are.
void add_closed_loops(const ModelParts& parts, JourneyGraph& graph) {
  for (const Survey& survey : parts.surveys) {
    if (!survey.closed_loop || survey.closed_loop->to.index() >= graph.touchpoints) continue;
    for (std::size_t from = 0; from < graph.touchpoints; ++from) {
      const Touchpoint& touchpoint = parts.touchpoints[from];
      const bool asked =
          asks_after(parts, survey, TouchpointId(from)) || (survey.every && touchpoint.stage >= Stage::purchase);
      if (asked && !touchpoint.end) graph.edges.push_back({TouchpointId(from), survey.closed_loop->to});
    }
  }
}

bool always_zero(const Distribution& delay) {
  if (const Fixed* fixed = std::get_if<Fixed>(&delay)) return fixed->value <= 0.0;
  if (const Uniform* uniform = std::get_if<Uniform>(&delay)) return uniform->high <= 0.0;
  // Delays are clipped at 0.
  if (const Normal* normal = std::get_if<Normal>(&delay)) return normal->sd == 0.0 && normal->mean <= 0.0;
  return false;
}

// The least stretch that the shifts give if just the worst of them meet.
bool can_stretch_to_zero(const ModelParts& parts, std::span<const PlannedChange> changes, TouchpointId from,
                         std::size_t exit, PersonaId persona) {
  double least = 1.0, cuts = 0.0;
  for (const PlannedChange& change : changes) {
    for (const Effect& effect : change->effects) {
      if (effect.parameter != Parameter::delay || !matches_exit(parts, change->target, from, exit, persona)) continue;
      switch (effect.operation) {
        case Operation::set:
          least = std::min(least, effect.value);
          break;
        case Operation::add:
          cuts += std::min(effect.value, 0.0);
          break;
        case Operation::multiply:
          if (effect.value <= 0.0) return true;
          break;
      }
    }
  }
  return least + cuts <= 0.0;
}

}  // namespace

JourneyGraph whole_journey(const ModelParts& parts) {
  return journey_of(parts, [](TouchpointId, std::size_t) { return true; });
}

JourneyGraph open_journey(const ModelParts& parts, PersonaId persona) {
  JourneyGraph graph =
      journey_of(parts, [&](TouchpointId from, std::size_t exit) { return is_open(parts, from, exit, persona); });
  add_closed_loops(parts, graph);
  return graph;
}

JourneyGraph prospects_journey(const ModelParts& parts, PersonaId persona) {
  const auto buys = [&](TouchpointId touchpoint) { return parts.touchpoints[touchpoint.index()].stage == Stage::purchase; };
  JourneyGraph graph = journey_of(parts, [&](TouchpointId from, std::size_t exit) {
    return is_open(parts, from, exit, persona) && !parts.touchpoints[from.index()].next[exit].only_if.bought.value_or(false);
  });
  add_closed_loops(parts, graph);
  std::erase_if(graph.edges, [&](const JourneyEdge& edge) { return buys(edge.from); });
  return graph;
}

JourneyGraph instant_journey(const ModelParts& parts) {
  return journey_of(parts, [&](TouchpointId from, std::size_t position) {
    const Exit& exit = parts.touchpoints[from.index()].next[position];
    // An anniversary takes time, or is an error already.
    return exit.on != Trigger::heard && !exit.every && always_zero(law_of(exit));
  });
}

JourneyGraph instant_journey(const ModelParts& parts, PlanId plan, PersonaId persona) {
  std::vector<PlannedChange> changes = changes_under(parts, plan);
  std::erase_if(changes, [&](const PlannedChange& change) {
    const std::vector<PersonaId>& personas = change->target.personas;
    return (!personas.empty() && !contains(personas, persona)) ||
           std::none_of(change->effects.begin(), change->effects.end(),
                        [](const Effect& effect) { return effect.parameter == Parameter::delay; });
  });
  return journey_of(parts, [&](TouchpointId from, std::size_t position) {
    const Exit& exit = parts.touchpoints[from.index()].next[position];
    return exit.on != Trigger::heard &&
           (always_zero(law_of(exit)) || can_stretch_to_zero(parts, changes, from, position, persona));
  });
}

std::vector<bool> reachable(const JourneyGraph& journey, std::span<const TouchpointId> starts) {
  const Graph graph = to_boost(journey);
  std::vector<bool> reached(journey.touchpoints, false);
  std::vector<std::size_t> open;
  const auto reach = [&](std::size_t touchpoint) {
    if (reached[touchpoint]) return;
    reached[touchpoint] = true;
    open.push_back(touchpoint);
  };
  for (const TouchpointId start : starts) {
    if (start.index() < journey.touchpoints) reach(start.index());
  }
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (auto [edge, last] = boost::out_edges(at, graph); edge != last; ++edge) reach(boost::target(*edge, graph));
  }
  return reached;
}

std::vector<std::vector<TouchpointId>> closed_sets(const JourneyGraph& journey) {
  const Components parts = components(to_boost(journey));
  std::vector<bool> left(parts.count, false);
  for (const JourneyEdge& edge : journey.edges) {
    if (parts.of[edge.from.index()] != parts.of[edge.to.index()]) left[parts.of[edge.from.index()]] = true;
  }
  std::vector<std::vector<TouchpointId>> sets;
  std::vector<std::size_t> set_of(parts.count, parts.count);
  for (std::size_t touchpoint = 0; touchpoint < journey.touchpoints; ++touchpoint) {
    const int component = parts.of[touchpoint];
    if (left[component]) continue;
    if (set_of[component] == parts.count) {
      set_of[component] = sets.size();
      sets.emplace_back();
    }
    sets[set_of[component]].emplace_back(touchpoint);
  }
  return sets;
}

std::vector<std::vector<TouchpointId>> cycles(const JourneyGraph& journey) {
  const Graph graph = to_boost(journey);
  const Components parts = components(graph);
  // Only inside a component that an edge stays in is there a cycle; the search is dear, so it is done for those alone.
  std::vector<bool> wanted(parts.count, false);
  for (const JourneyEdge& edge : journey.edges) {
    if (parts.of[edge.from.index()] == parts.of[edge.to.index()]) wanted[parts.of[edge.from.index()]] = true;
  }
  std::vector<std::vector<TouchpointId>> found;
  for (std::size_t touchpoint = 0; touchpoint < journey.touchpoints; ++touchpoint) {
    if (!wanted[parts.of[touchpoint]]) continue;
    wanted[parts.of[touchpoint]] = false;
    found.push_back(shortest_cycle(graph, parts, touchpoint));
  }
  return found;
}

std::vector<TouchpointId> immediate_dominators(const JourneyGraph& journey, std::span<const TouchpointId> starts) {
  // One root before all starts, for a dominator tree has one; without what cannot be reached, which would spoil the
  // predecessors.
  const std::size_t root = journey.touchpoints;
  const std::vector<bool> reached = reachable(journey, starts);
  Graph graph(root + 1);
  for (const JourneyEdge& edge : journey.edges) {
    if (reached[edge.from.index()]) boost::add_edge(edge.from.index(), edge.to.index(), graph);
  }
  for (const TouchpointId start : starts) {
    if (start.index() < root) boost::add_edge(root, start.index(), graph);
  }
  std::vector<Graph::vertex_descriptor> before(root + 1, boost::graph_traits<Graph>::null_vertex());
  const auto map = boost::make_iterator_property_map(before.begin(), boost::get(boost::vertex_index, graph));
  boost::lengauer_tarjan_dominator_tree(graph, root, map);
  std::vector<TouchpointId> dominators(journey.touchpoints);
  for (std::size_t touchpoint = 0; touchpoint < journey.touchpoints; ++touchpoint) {
    if (before[touchpoint] < root) dominators[touchpoint] = TouchpointId(before[touchpoint]);
  }
  return dominators;
}

}  // namespace sojourn
