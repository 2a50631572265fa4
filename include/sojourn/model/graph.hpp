// The journey as a directed graph: who can get where, where they cannot leave, and through what they must pass.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn {

/// An exit seen as an edge; several exits between the same two touchpoints are several edges.
struct JourneyEdge {
  TouchpointId from, to;
  bool operator==(const JourneyEdge&) const = default;
};

/// Touchpoints 0 .. touchpoints-1 and the edges that the question at hand is about.
struct JourneyGraph {
  std::size_t touchpoints = 0;
  std::vector<JourneyEdge> edges;
};

/// Every exit. Exits that lead to an id that names nothing are left out, here and below.
[[nodiscard]] JourneyGraph whole_journey(const ModelParts& parts);

/// The exits that `persona` can take under some plan. Left out are exits whose odds, persona odds, channel preference or
/// probability is 0 and that no improvement or event opens, `heard` exits where nobody talks, and `gave-up` exits where
/// nobody queues. A trait counts as a probability above 0 unless the persona fixes it at 0 or less. A survey's closed loop
/// is an edge from each touchpoint where it asks.
[[nodiscard]] JourneyGraph open_journey(const ModelParts& parts, PersonaId persona);

/// The same for who has not bought yet: nothing leads on from a purchase touchpoint, nor by exits that ask for `bought =
/// true`.
[[nodiscard]] JourneyGraph prospects_journey(const ModelParts& parts, PersonaId persona);

/// The exits whose delay is always exactly 0. `heard` exits are left out, here and below: a message takes until the next
/// window.
[[nodiscard]] JourneyGraph instant_journey(const ModelParts& parts);

/// The exits that can take exactly no time for `persona` under `plan`: those of `instant_journey`, and those whose delay the
/// changes in force under the plan could stretch to 0 if the worst of them met.
[[nodiscard]] JourneyGraph instant_journey(const ModelParts& parts, PlanId plan, PersonaId persona);

/// For each touchpoint, whether it can be reached from `starts` (a start reaches itself).
[[nodiscard]] std::vector<bool> reachable(const JourneyGraph& graph, std::span<const TouchpointId> starts);

/// The sets of touchpoints that, once entered, are never left: strongly connected components (Tarjan 1972) without an edge
/// out, an end among them being a set of its own. Each set ascending, the sets by their first member.
[[nodiscard]] std::vector<std::vector<TouchpointId>> closed_sets(const JourneyGraph& graph);

/// One cycle for each strongly connected component that has any: the shortest through its first touchpoint that lies on one,
/// as A, B, C for A -> B -> C -> A; a self-loop is A alone. Ordered by that touchpoint.
[[nodiscard]] std::vector<std::vector<TouchpointId>> cycles(const JourneyGraph& graph);

/// For each touchpoint the last one through which every path from `starts` to it must pass (Lengauer & Tarjan 1979).
/// It names nothing for a start, for what cannot be reached, and where the paths share no touchpoint.
[[nodiscard]] std::vector<TouchpointId> immediate_dominators(const JourneyGraph& graph,
                                                             std::span<const TouchpointId> starts);

}  // namespace sojourn
