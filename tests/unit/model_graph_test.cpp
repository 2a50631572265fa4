// The journey as a graph: small graphs with known answers, and a search by brute force beside each algorithm.
#include <algorithm>
#include <random>
#include <vector>

#include "sojourn/model/graph.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

using Ids = std::vector<TouchpointId>;
using Sets = std::vector<Ids>;

Ids ids(const std::vector<std::size_t>& indices) {
  Ids made;
  for (const std::size_t index : indices) made.emplace_back(index);
  return made;
}

JourneyGraph graph(std::size_t touchpoints, const std::vector<std::pair<std::size_t, std::size_t>>& edges) {
  JourneyGraph made{touchpoints, {}};
  for (const auto& [from, to] : edges) made.edges.push_back({TouchpointId(from), TouchpointId(to)});
  return made;
}

JourneyGraph without(JourneyGraph made, std::size_t touchpoint) {
  const TouchpointId gone(touchpoint);
  std::erase_if(made.edges, [&](const JourneyEdge& edge) { return edge.from == gone || edge.to == gone; });
  return made;
}

std::vector<JourneyGraph> random_graphs() {
  std::mt19937 generator(7);
  std::vector<JourneyGraph> graphs;
  for (int i = 0; i < 300; ++i) {
    JourneyGraph made{1 + generator() % 9, {}};
    const std::size_t edges = generator() % 16;
    for (std::size_t edge = 0; edge < edges; ++edge) {
      made.edges.push_back({TouchpointId(generator() % made.touchpoints), TouchpointId(generator() % made.touchpoints)});
    }
    graphs.push_back(made);
  }
  return graphs;
}

bool leads(const JourneyGraph& made, std::size_t from, std::size_t to) { return reachable(made, ids({from}))[to]; }

}  // namespace

TEST_CASE("graph: reachable touchpoints", "[model][graph]") {
  const JourneyGraph made = graph(5, {{0, 1}, {1, 2}, {2, 1}, {3, 2}});
  CHECK(reachable(made, ids({0})) == std::vector<bool>{true, true, true, false, false});
  CHECK(reachable(made, ids({3, 4})) == std::vector<bool>{false, true, true, true, true});
  CHECK(reachable(made, {}) == std::vector<bool>(5, false));
  CHECK(reachable(made, ids({9})) == std::vector<bool>(5, false));
  CHECK(reachable(JourneyGraph{}, {}).empty());
}

TEST_CASE("graph: closed sets", "[model][graph]") {
  CHECK(closed_sets(graph(5, {{0, 1}, {1, 2}, {2, 1}, {0, 3}, {3, 3}})) == Sets{ids({1, 2}), ids({3}), ids({4})});
  CHECK(closed_sets(graph(2, {{0, 1}, {1, 0}})) == Sets{ids({0, 1})});
  CHECK(closed_sets(JourneyGraph{}).empty());
  for (const JourneyGraph& made : random_graphs()) {
    // A touchpoint is in a closed set if and only if it can be reached back from wherever it leads.
    std::vector<bool> closed(made.touchpoints, false);
    for (const Ids& set : closed_sets(made)) {
      for (const TouchpointId touchpoint : set) closed[touchpoint.index()] = true;
    }
    for (std::size_t from = 0; from < made.touchpoints; ++from) {
      bool back = true;
      for (std::size_t to = 0; to < made.touchpoints; ++to) back = back && (!leads(made, from, to) || leads(made, to, from));
      REQUIRE(closed[from] == back);
    }
  }
}

TEST_CASE("graph: cycles", "[model][graph]") {
  CHECK(cycles(graph(3, {{0, 1}, {1, 2}})).empty());
  CHECK(cycles(graph(3, {{2, 2}})) == Sets{ids({2})});
  CHECK(cycles(graph(4, {{0, 1}, {1, 2}, {2, 0}, {3, 3}})) == Sets{ids({0, 1, 2}), ids({3})});
  // The shortest through the first touchpoint of the component.
  CHECK(cycles(graph(4, {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {2, 0}})) == Sets{ids({0, 1, 2})});
  for (const JourneyGraph& made : random_graphs()) {
    bool any = false;
    for (const JourneyEdge& edge : made.edges) any = any || leads(made, edge.to.index(), edge.from.index());
    const Sets found = cycles(made);
    REQUIRE(found.empty() != any);
    for (const Ids& cycle : found) {
      for (std::size_t i = 0; i < cycle.size(); ++i) {
        const JourneyEdge step{cycle[i], cycle[(i + 1) % cycle.size()]};
        REQUIRE(std::find(made.edges.begin(), made.edges.end(), step) != made.edges.end());
      }
    }
  }
}

TEST_CASE("graph: immediate dominators", "[model][graph]") {
  // 0 splits to 1 and 2, which meet in 3; 4 comes after; nothing leads to 5.
  const JourneyGraph diamond = graph(6, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}, {5, 3}});
  const TouchpointId none;
  CHECK(immediate_dominators(diamond, ids({0})) ==
        Ids{none, TouchpointId(0), TouchpointId(0), TouchpointId(0), TouchpointId(3), none});
  CHECK(immediate_dominators(diamond, ids({1, 2})) == Ids{none, none, none, none, TouchpointId(3), none});
  CHECK(immediate_dominators(diamond, {}) == Ids(6));
  for (const JourneyGraph& made : random_graphs()) {
    const Ids starts = ids({0, made.touchpoints / 2});
    const std::vector<bool> reached = reachable(made, starts);
    const Ids dominators = immediate_dominators(made, starts);
    for (std::size_t touchpoint = 0; touchpoint < made.touchpoints; ++touchpoint) {
      // Those without which it cannot be reached: the immediate one is among them and has all the others but itself.
      const auto needed_by = [&](std::size_t target) {
        Ids needed;
        for (std::size_t other = 0; other < made.touchpoints; ++other) {
          Ids remaining = starts;
          std::erase(remaining, TouchpointId(other));
          if (other != target && !reachable(without(made, other), remaining)[target]) needed.emplace_back(other);
        }
        return needed;
      };
      if (!reached[touchpoint]) {
        REQUIRE_FALSE(dominators[touchpoint].valid());
        continue;
      }
      Ids needed = needed_by(touchpoint);
      REQUIRE(dominators[touchpoint].valid() == !needed.empty());
      if (needed.empty()) continue;
      REQUIRE(std::erase(needed, dominators[touchpoint]) == 1);
      REQUIRE(needed_by(dominators[touchpoint].index()) == needed);
    }
  }
}

TEST_CASE("graph: a long chain overflows no stack", "[model][graph]") {
  JourneyGraph chain{50'000, {}};
  for (std::size_t i = 0; i + 1 < chain.touchpoints; ++i) chain.edges.push_back({TouchpointId(i), TouchpointId(i + 1)});
  CHECK(reachable(chain, ids({0})).back());
  CHECK(closed_sets(chain).size() == 1);
  CHECK(cycles(chain).empty());
  CHECK(immediate_dominators(chain, ids({0})).back() == TouchpointId(chain.touchpoints - 2));
}

TEST_CASE("graph: the whole journey has every exit", "[model][graph]") {
  ModelParts parts = example::parts();
  CHECK(whole_journey(parts).edges.size() == 13);
  parts.touchpoints[0].next[0].to = TouchpointId();
  CHECK(whole_journey(parts).edges.size() == 12);
}

TEST_CASE("graph: the open journey leaves out what a persona cannot take", "[model][graph]") {
  const auto open = [](const ModelParts& parts, PersonaId persona, TouchpointId from, TouchpointId to) {
    const std::vector<JourneyEdge> edges = open_journey(parts, persona).edges;
    return std::find(edges.begin(), edges.end(), JourneyEdge{from, to}) != edges.end();
  };
  ModelParts parts = example::parts();
  CHECK(open(parts, example::young, example::shop, example::buy));
  parts.touchpoints[1].next[0].odds = 0.0;
  CHECK_FALSE(open(parts, example::young, example::shop, example::buy));
  parts.improvements[0].change.target = {};
  parts.improvements[0].change.effects = {{Parameter::odds, Operation::multiply, 2.0}};
  CHECK_FALSE(open(parts, example::young, example::shop, example::buy));
  parts.improvements[0].change.effects = {{Parameter::odds, Operation::add, 2.0}};
  CHECK(open(parts, example::young, example::shop, example::buy));

  parts = example::parts();
  parts.touchpoints[0].next.pop_back();  // the heard exit
  parts.personas[0].odds[0].times = 0.0;
  CHECK_FALSE(open(parts, example::young, example::ad, example::shop));
  CHECK(open(parts, example::family, example::ad, example::shop));
  parts = example::parts();
  parts.personas[0].channels[0].second = 0.0;
  CHECK_FALSE(open(parts, example::young, example::shop, example::buy));

  parts = example::parts();
  CHECK(open(parts, example::young, example::bill, example::churned));
  parts.personas[0].traits[example::restless.index()] = Fixed{0.0};
  CHECK_FALSE(open(parts, example::young, example::bill, example::churned));
  CHECK(open(parts, example::family, example::bill, example::churned));

  parts = example::parts();
  parts.touchpoints[0].next.erase(parts.touchpoints[0].next.begin());  // leaves the heard exit to the shop
  CHECK(open(parts, example::young, example::ad, example::shop));
  parts.word_of_mouth.reset();
  parts.reviews.reset();
  CHECK_FALSE(open(parts, example::young, example::ad, example::shop));

  parts = example::parts();
  CHECK(open(parts, example::young, example::support, example::churned));
  parts.touchpoints[5].servers.reset();
  CHECK_FALSE(open(parts, example::young, example::support, example::churned));

  parts = example::parts();
  parts.touchpoints[4].next.erase(parts.touchpoints[4].next.begin() + 1);
  CHECK(open(parts, example::young, example::bill, example::support));  // by the survey's closed loop
  parts.surveys.clear();
  CHECK_FALSE(open(parts, example::young, example::bill, example::support));
}

TEST_CASE("graph: the instant journey has what takes no time", "[model][graph]") {
  ModelParts parts = example::parts();
  std::vector<Exit>& exits = parts.touchpoints[1].next;
  const auto instant = [&](const Distribution& delay) {
    exits[0].after = delay;
    return !instant_journey(parts).edges.empty();
  };
  parts.touchpoints[5].next.pop_back();  // giving up takes no time here
  CHECK(instant(Fixed{0.0}));
  CHECK(instant(Uniform{0.0, 0.0}));
  CHECK(instant(Normal{-1.0, 0.0}));
  CHECK_FALSE(instant(Fixed{1e-9}));
  CHECK_FALSE(instant(Uniform{0.0, 1.0}));
  CHECK_FALSE(instant(Normal{-1.0, 1.0}));
  CHECK_FALSE(instant(Lognormal{1.0, 0.0}));
  exits[0].on = Trigger::heard;
  CHECK_FALSE(instant(Fixed{0.0}));
}

TEST_CASE("graph: changes of a plan make exits instant only for whom they touch", "[model][graph]") {
  ModelParts parts = example::parts();
  parts.touchpoints[5].next.pop_back();
  parts.plans[1].rules.clear();
  parts.improvements[1].change.target = {};
  parts.improvements[1].change.target.personas = {example::young};
  parts.improvements[1].change.target.exit_to = {example::buy};
  parts.improvements[1].change.effects = {{Parameter::delay, Operation::multiply, 0.0}};
  const std::vector<JourneyEdge> expected{{example::shop, example::buy}};
  CHECK(instant_journey(parts, PlanId(2), example::young).edges == expected);
  CHECK(instant_journey(parts, PlanId(2), example::family).edges.empty());
  CHECK(instant_journey(parts, PlanId(1), example::young).edges.empty());
}
