// Warnings about clocks, counters and conditions that can do nothing, or hold for nobody.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <variant>

#include "findings.hpp"
#include "sojourn/model/graph.hpp"

namespace sojourn::checking {
namespace {

// Touchpoints that are listed twice, or whose visits are nobody's concern any more. `twice` says what a second mention does.
void idle_places(const Context& context, const std::string& path, const std::vector<TouchpointId>& places,
                 std::string_view twice) {
  std::set<TouchpointId> named;
  for (const TouchpointId place : places) {
    if (!place.valid() || place.index() >= context.parts.touchpoints.size()) continue;
    const std::string id = in_quotes(id_of(context.parts, place));
    if (!named.insert(place).second) {
      context.findings.warning(path, fmt::format("{} is named twice: {}", id, twice), "name it once");
    } else if (context.parts.touchpoints[place.index()].end) {
      context.findings.warning(path, fmt::format("{} is an end: nobody goes on from there", id), "remove it");
    }
  }
}

bool reached(const Reach& reach, TouchpointId touchpoint) {
  return touchpoint.valid() && touchpoint.index() < reach.any.size() && reach.any[touchpoint.index()];
}

void idle_clocks(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 1; i < parts.clocks.size(); ++i) {
    const ClockId clock(i);
    const std::string& path = context.paths.clocks[i];
    if (!any_exit(parts, [&](const Exit& exit) { return exit.clock == clock; })) {
      context.findings.warning(path, "no exit goes by this clock",
                               fmt::format("an exit of a race may: clock = \"{}\"", parts.clocks[i].id));
      continue;
    }
    const std::vector<TouchpointId>& starts = parts.clocks[i].starts_at;
    idle_places(context, path + ".starts_at", starts, "a clock starts anew once a visit");
    const auto aged = [&](const Persona& persona) {
      return std::any_of(persona.ages.begin(), persona.ages.end(), [&](const auto& age) { return age.first == clock; });
    };
    const bool runs_at_arrival = std::any_of(parts.personas.begin(), parts.personas.end(), aged);
    if (!runs_at_arrival && !starts.empty() &&
        std::none_of(starts.begin(), starts.end(), [&](TouchpointId place) { return reached(reach, place); })) {
      context.findings.warning(path + ".starts_at", "nobody starts this clock: what goes by it never comes",
                               "name a touchpoint that somebody reaches, or give personas ages");
    }
    for (std::size_t p = 0; p < parts.personas.size(); ++p) {
      const Persona& persona = parts.personas[p];
      if (!persona.existing() || aged(persona)) continue;
      const bool begun = std::any_of(persona.starts.begin(), persona.starts.end(), [&](const auto& start) {
        return std::find(starts.begin(), starts.end(), start.first) != starts.end();
      });
      if (begun) continue;
      context.findings.warning(
          context.paths.personas[p],
          fmt::format("clock {} stands still for who is a customer already: what goes by it does not come to them before a "
                      "visit starts it",
                      in_quotes(parts.clocks[i].id)),
          fmt::format("say how long it has run: ages = {{ {} = {{ uniform = [\"0 days\", \"1 year\"] }} }}",
                      parts.clocks[i].id));
    }
  }
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    const Persona& persona = parts.personas[p];
    for (const auto& [clock, age] : persona.ages) {
      if (!clock.valid() || clock.index() >= parts.clocks.size()) continue;
      const std::vector<TouchpointId>& anew = parts.clocks[clock.index()].starts_at;
      const bool lost =
          !persona.starts.empty() && std::all_of(persona.starts.begin(), persona.starts.end(), [&](const auto& start) {
            return start.second == 0.0 || std::find(anew.begin(), anew.end(), start.first) != anew.end();
          });
      if (!lost) continue;
      const std::string& id = parts.clocks[clock.index()].id;
      context.findings.warning(fmt::format("{}.ages.{}", context.paths.personas[p], id),
                               fmt::format("this age changes nothing: the first visit starts {} anew", in_quotes(id)),
                               "let the persona start at a touchpoint that does not start the clock");
    }
  }
}

// Whether what a counter holds is a whole number at every time.
bool counts_in_ones(const Counter& counter) {
  const Fixed* initial = std::get_if<Fixed>(&counter.initial);
  return !counter.adds_revenue && !counter.half_life && !counter.initial_trait && initial != nullptr &&
         initial->value == std::floor(initial->value);
}

void idle_counters(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  const auto changes_revenue = [](const Change& change) {
    return std::any_of(change.effects.begin(), change.effects.end(),
                       [](const Effect& effect) { return effect.parameter == Parameter::revenue; });
  };
  const bool changed = std::any_of(parts.events.begin(), parts.events.end(), changes_revenue) ||
                       std::any_of(parts.improvements.begin(), parts.improvements.end(),
                                   [&](const Improvement& improvement) { return changes_revenue(improvement.change); });
  for (std::size_t i = 0; i < parts.counters.size(); ++i) {
    const Counter& counter = parts.counters[i];
    const CounterId id(i);
    const std::string& path = context.paths.counters[i];
    const bool asked = any_exit(parts, [&](const Exit& exit) {
      const auto& tests = exit.only_if.counters;
      return std::any_of(tests.begin(), tests.end(), [&](const CounterTest& test) { return test.counter == id; }) ||
             std::any_of(exit.counters.begin(), exit.counters.end(),
                         [&](const auto& slope) { return slope.first == id && slope.second != 0.0; });
    });
    if (!counter.tiers.empty() && parts.plans.size() < 2) {
      context.findings.warning(path + ".tiers",
                               "tiers tell members under a plan from the same people without it: there is no plan",
                               "add a [[plan]] that brings the programme, or leave tiers out");
    }
    if (!asked && counter.tiers.empty()) {
      context.findings.warning(path, "no exit asks for this counter",
                               fmt::format("an exit may: only_if = {{ {} = \">= 5\" }}", counter.id));
      continue;
    }
    idle_places(context, path + ".counts", counter.touchpoints, "each visit adds twice as much");
    const bool counts =
        std::any_of(counter.touchpoints.begin(), counter.touchpoints.end(),
                    [&](TouchpointId place) { return reached(reach, place); }) ||
        std::any_of(counter.exits.begin(), counter.exits.end(), [&](const auto& way) { return reached(reach, way.first); });
    if (!counts && !(counter.touchpoints.empty() && counter.exits.empty())) {
      context.findings.warning(path + ".counts", "nothing is ever counted: nobody gets there",
                               "name touchpoints or exits that somebody reaches");
    } else if (counter.adds_revenue && !changed &&
               std::all_of(counter.touchpoints.begin(), counter.touchpoints.end(), [&](TouchpointId place) {
                 return place.index() < parts.touchpoints.size() && !parts.touchpoints[place.index()].earns();
               })) {
      context.findings.warning(path + ".adds", "nothing is ever added: none of these touchpoints has a revenue",
                               "give one a revenue, or count visits: leave adds out");
    }
  }
}

// What a list of conditions on one counter leaves: an interval, each side with or without its limit.
struct Interval {
  double low = 0.0, high = infinity;
  bool with_low = true, with_high = true;

  bool operator==(const Interval&) const = default;
  [[nodiscard]] bool empty() const { return low > high || (low == high && !(with_low && with_high)); }
  void cut(const CounterTest& test) {
    const bool from_below =
        test.relation == Relation::at_least || test.relation == Relation::above || test.relation == Relation::equal;
    const bool from_above =
        test.relation == Relation::at_most || test.relation == Relation::below || test.relation == Relation::equal;
    if (from_below && (test.value > low || (test.value == low && test.relation == Relation::above))) {
      low = test.value;
      with_low = test.relation != Relation::above;
    }
    if (from_above && (test.value < high || (test.value == high && test.relation == Relation::below))) {
      high = test.value;
      with_high = test.relation != Relation::below;
    }
  }
};

// The conditions of one exit on counters.
void idle_tests(const Context& context, const Exit& exit, const std::string& path) {
  const ModelParts& parts = context.parts;
  std::set<CounterId> counters;
  for (const CounterTest& test : exit.only_if.counters) counters.insert(test.counter);
  for (const CounterId id : counters) {
    if (!id.valid() || id.index() >= parts.counters.size()) continue;
    const Counter& counter = parts.counters[id.index()];
    const std::string here = fmt::format("{}.only_if.{}", path, counter.id);
    Interval all;
    bool exact = false, between = false;
    for (const CounterTest& test : exit.only_if.counters) {
      if (test.counter != id) continue;
      all.cut(test);
      exact = exact || test.relation == Relation::equal;
      between = between || (test.relation == Relation::equal && test.value != std::floor(test.value));
    }
    if (all.empty()) {
      context.findings.warning(here, "no number meets this: nobody takes the exit",
                               "a list of conditions must hold as a whole");
      continue;
    }
    if (all == Interval()) {
      context.findings.warning(here, "this condition changes nothing: a counter is never below 0", "remove it");
      continue;
    }
    if (between && counts_in_ones(counter)) {
      context.findings.warning(here,
                               fmt::format("{} holds whole numbers only: nobody takes the exit", in_quotes(counter.id)),
                               "write a whole number");
    } else if (exact && all.low > 0.0 && (counter.half_life || counter.adds_revenue)) {
      context.findings.warning(here,
                               fmt::format("{} is hardly ever exactly {}: it {}", in_quotes(counter.id), text(all.low),
                                           counter.half_life ? "fades all the time" : "adds up money"),
                               "write limits: [\">= 5\", \"< 6\"]");
    }
    for (std::size_t i = 0; i < exit.only_if.counters.size(); ++i) {
      Interval others;
      std::size_t count = 0;
      for (std::size_t k = 0; k < exit.only_if.counters.size(); ++k) {
        if (k == i || exit.only_if.counters[k].counter != id) continue;
        others.cut(exit.only_if.counters[k]);
        ++count;
      }
      if (exit.only_if.counters[i].counter != id || count == 0 || !(others == all)) continue;
      context.findings.warning(here, "one of these conditions changes nothing: another asks for more", "remove it");
      break;
    }
  }
}

// How people may stand after a visit to each touchpoint.
struct Buyers {
  std::vector<bool> some_have, some_have_not;
};

Buyers find_buyers(const ModelParts& parts, const Reach& reach) {
  const std::size_t count = parts.touchpoints.size();
  Buyers buyers{std::vector<bool>(count, false), std::vector<bool>(count, false)};
  const auto buys = [&](TouchpointId touchpoint) { return parts.touchpoints[touchpoint.index()].stage == Stage::purchase; };
  const auto add = [&](std::vector<bool>& to, const std::vector<bool>& some, bool purchases) {
    for (std::size_t i = 0; i < count; ++i) to[i] = to[i] || (some[i] && (purchases || !buys(TouchpointId(i))));
  };
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    const JourneyGraph graph = open_journey(parts, PersonaId(persona));
    std::vector<TouchpointId> purchases;
    for (std::size_t i = 0; i < count; ++i) {
      if (reach.by_persona[persona][i] && buys(TouchpointId(i))) purchases.emplace_back(i);
    }
    if (parts.personas[persona].existing()) {
      add(buyers.some_have, reach.by_persona[persona], true);
      continue;
    }
    add(buyers.some_have, reachable(graph, purchases), true);
    add(buyers.some_have_not,
        reachable(prospects_journey(parts, PersonaId(persona)), starts_of(parts, parts.personas[persona])), false);
  }
  return buyers;
}

// Whether one of two conditions always holds: they ask for one thing, and the one for what the other leaves out.
bool complementary(const OnlyIf& a, const OnlyIf& b) {
  const auto single = [](const OnlyIf& c) {
    return c.counters.size() + (c.bought ? 1u : 0u) + (c.team.valid() ? 1u : 0u) + (c.solved ? 1u : 0u) == 1;
  };
  if (!single(a) || !single(b)) return false;
  if (a.bought && b.bought) return *a.bought != *b.bought;
  if (a.solved && b.solved) return *a.solved != *b.solved;
  if (a.counters.empty() || b.counters.empty()) return false;
  const CounterTest &x = a.counters.front(), &y = b.counters.front();
  const auto opposite = [](Relation one, Relation other) {
    return (one == Relation::at_least && other == Relation::below) || (one == Relation::above && other == Relation::at_most);
  };
  return x.counter == y.counter && x.value == y.value &&
         (opposite(x.relation, y.relation) || opposite(y.relation, x.relation));
}

// Where every exit is open to some only, the others stay.
void conditions_alone(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  std::size_t ordinary = 0, conditional = 0;
  for (const Exit& exit : touchpoint.next) {
    if (exit.on != Trigger::none) continue;
    ++ordinary;
    if (exit.only_if.any()) ++conditional;
  }
  if (ordinary == 0 || conditional < ordinary) return;
  for (const Exit& one : touchpoint.next) {
    for (const Exit& other : touchpoint.next) {
      if (complementary(one.only_if, other.only_if)) return;
    }
  }
  context.findings.warning(path + ".next", "every exit has a condition: whoever meets none of them stays for good",
                           "add an exit without only_if, or see that some condition always holds");
}

void idle_conditions(const Context& context, std::size_t i, const Buyers& buyers) {
  const ModelParts& parts = context.parts;
  const Touchpoint& touchpoint = parts.touchpoints[i];
  for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
    const Exit& exit = touchpoint.next[e];
    if (exit.on != Trigger::none) continue;
    const std::string path = fmt::format("{}.next[{}]", context.paths.touchpoints[i], e);
    idle_tests(context, exit, path);
    const auto tell = [&](std::string_view key, bool holds, const std::string& why) {
      context.findings.warning(
          fmt::format("{}.only_if.{}", path, key),
          fmt::format("{}: {}", holds ? "this condition changes nothing" : "nobody takes the exit", why),
          holds ? "remove it" : "remove the exit, or ask for something else");
    };
    if (exit.only_if.bought && buyers.some_have[i] != buyers.some_have_not[i]) {
      tell("bought", *exit.only_if.bought == buyers.some_have[i],
           fmt::format("everybody here has {}", buyers.some_have[i] ? "bought" : "yet to buy"));
    }
    if (exit.only_if.team.valid() && touchpoint.team.valid() && exit.only_if.team.index() < parts.teams.size()) {
      tell(
          "team", exit.only_if.team == touchpoint.team,
          fmt::format("the last team met is this touchpoint's own, {}", in_quotes(parts.teams[touchpoint.team.index()].id)));
    }
    if (exit.only_if.solved && touchpoint.solves == Chance())
      tell("solved", !*exit.only_if.solved, "the touchpoint solves no problem (it has no solves)");
  }
}

// A law without a memory goes on as it would begin: a clock that surely runs changes nothing about it.
bool forgets(const Distribution& law) {
  const auto* weibull = std::get_if<Weibull>(&law);
  const auto* gamma = std::get_if<Gamma>(&law);
  const auto* gompertz = std::get_if<Gompertz>(&law);
  return std::holds_alternative<Exponential>(law) || (weibull != nullptr && weibull->shape == 1.0) ||
         (gamma != nullptr && gamma->shape == 1.0) || (gompertz != nullptr && gompertz->shape == 0.0);
}

// The age at which the law is over for everybody: what is due fires at once from then on; infinity where it is never over.
double end_of(const Exit& exit) {
  if (exit.every || exit.scale) return infinity;
  if (const auto* fixed = std::get_if<Fixed>(&exit.after)) return std::max(fixed->value, 0.0);
  if (const auto* uniform = std::get_if<Uniform>(&exit.after)) return std::max(uniform->high, 0.0);
  if (const auto* table = std::get_if<Tabulated>(&exit.after))
    return table->points.empty() ? infinity : std::max(table->points.back().first, 0.0);
  return infinity;
}

// Whether somebody who leaves by `exit` of touchpoint `i` comes back there before the exit's clock is started anew.
bool comes_back_as_old(const ModelParts& parts, const Reach& reach, std::size_t i, const Exit& exit) {
  const std::vector<TouchpointId>& anew = parts.clocks[exit.clock.index()].starts_at;
  const auto starts = [&](TouchpointId place) { return std::find(anew.begin(), anew.end(), place) != anew.end(); };
  if (starts(exit.to) || starts(TouchpointId(i))) return false;
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    if (!reach.by_persona[persona][i]) continue;
    JourneyGraph graph = open_journey(parts, PersonaId(persona));
    std::erase_if(graph.edges, [&](const JourneyEdge& edge) { return starts(edge.to); });
    const std::array from{exit.to};
    if (reachable(graph, from)[i]) return true;
  }
  return false;
}

// A law of a clock's time that is over fires at once: again and again, where nothing starts the clock anew.
void laws_that_are_over(const Context& context, const Reach& reach, std::size_t i) {
  const ModelParts& parts = context.parts;
  const Touchpoint& touchpoint = parts.touchpoints[i];
  if (touchpoint.exits != ExitRule::race) return;
  for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
    const Exit& exit = touchpoint.next[e];
    if (!exit.clock.valid() || exit.clock.index() >= parts.clocks.size() || exit.odds == 0.0) continue;
    const double end = end_of(exit);
    if (end == infinity) continue;
    const std::string path = fmt::format("{}.next[{}].after", context.paths.touchpoints[i], e);
    const std::string& clock = parts.clocks[exit.clock.index()].id;
    // Who arrives with a clock that old.
    const auto old = std::find_if(parts.personas.begin(), parts.personas.end(), [&](const Persona& persona) {
      const bool begins_here = std::any_of(persona.starts.begin(), persona.starts.end(), [&](const auto& start) {
        return start.second > 0.0 && start.first.index() == i;
      });
      if (!begins_here) return false;
      if (exit.clock == tenure_clock) return persona.existing() && persona.tenure && range_of(*persona.tenure).first >= end;
      return std::any_of(persona.ages.begin(), persona.ages.end(),
                         [&](const auto& age) { return age.first == exit.clock && range_of(age.second).first >= end; });
    });
    if (old != parts.personas.end()) {
      context.findings.warning(
          path,
          fmt::format("fires at once: persona {} arrives when {} has run for more than {} days, and then "
                      "this law is over",
                      in_quotes(old->id), in_quotes(clock), text(end)),
          "let the law last longer, or the clock be younger");
    } else if (end < parts.settings.horizon.value() && comes_back_as_old(parts, reach, i, exit)) {
      context.findings.warning(
          path,
          fmt::format("fires at every visit once {} has run for {} days: the law is over then, and nothing starts the clock "
                      "anew on the way back from {}",
                      in_quotes(clock), text(end), in_quotes(id_of(parts, exit.to))),
          exit.clock == tenure_clock
              ? "what comes again and again goes by anniversaries: every = \"1 year\""
              : fmt::format(
                    "what comes again and again goes by anniversaries: every = \"1 year\"; or let {} start the clock "
                    "anew",
                    in_quotes(id_of(parts, exit.to))));
    }
  }
}

void idle_uses(const Context& context, std::size_t i, const Buyers& buyers) {
  const ModelParts& parts = context.parts;
  const Touchpoint& touchpoint = parts.touchpoints[i];
  for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
    const Exit& exit = touchpoint.next[e];
    const std::string path = fmt::format("{}.next[{}]", context.paths.touchpoints[i], e);
    if (exit.clock == tenure_clock && !exit.every && forgets(exit.after) && !buyers.some_have_not[i]) {
      context.findings.warning(
          path + ".clock", "clock changes nothing: everybody here has bought, and this law forgets how long it has lasted",
          "remove it, or write a law with a memory: { weibull = { scale = \"9 years\", shape = 1.4 } }");
    }
    for (const auto& [counter, slope] : exit.counters) {
      if (slope != 0.0 || !counter.valid() || counter.index() >= parts.counters.size()) continue;
      context.findings.warning(fmt::format("{}.counters.{}", path, parts.counters[counter.index()].id),
                               "this slope changes nothing: it is 0", "write how far it bends the odds, or remove it");
    }
    const auto is_zero = [&](const Persona& persona) {
      return exit.scale->trait.index() < persona.traits.size() &&
             persona.traits[exit.scale->trait.index()] == Distribution(Fixed{0.0});
    };
    if (exit.scale && exit.scale->rate && exit.scale->trait.index() < parts.traits.size() && !parts.personas.empty() &&
        std::all_of(parts.personas.begin(), parts.personas.end(), is_zero)) {
      context.findings.warning(path + ".after",
                               fmt::format("never comes: the rate {} is 0 for everybody",
                                           in_quotes(parts.traits[exit.scale->trait.index()].name)),
                               "give some persona a rate above 0, or remove the exit");
    }
    const bool one_for_all = exit.times && exit.times->index() < parts.traits.size() &&
                             std::all_of(parts.personas.begin(), parts.personas.end(), [&](const Persona& persona) {
                               return exit.times->index() < persona.traits.size() &&
                                      persona.traits[exit.times->index()] == Distribution(Fixed{1.0});
                             });
    if (one_for_all) {
      context.findings.warning(
          path + ".times",
          fmt::format("times changes nothing: {} is 1 for everybody", in_quotes(parts.traits[exit.times->index()].name)),
          "draw the trait from a distribution, or remove it");
    }
  }
}

// What multiplies the odds of all exits of a choice alike cancels.
void idle_factors(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  if (touchpoint.exits == ExitRule::race) return;
  std::vector<std::size_t> with_odds;
  for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
    const Exit& exit = touchpoint.next[i];
    if (exit.on == Trigger::none && exit.odds) with_odds.push_back(i);
  }
  if (with_odds.size() < 2) return;
  const Exit& first = touchpoint.next[with_odds.front()];
  const auto all = [&](const auto& same) {
    return std::all_of(with_odds.begin(), with_odds.end(), [&](std::size_t i) { return same(touchpoint.next[i]); });
  };
  const auto warn = [&](std::string_view key) {
    context.findings.warning(fmt::format("{}.next[{}].{}", path, with_odds.front(), key),
                             fmt::format("{} changes nothing: all exits with odds have the same", key),
                             "it multiplies the odds of one exit against those of others");
  };
  if (first.times && all([&](const Exit& exit) { return exit.times == first.times; })) warn("times");
  if (!first.counters.empty() && all([&](const Exit& exit) { return exit.counters == first.counters; })) warn("counters");
}

}  // namespace

void check_idle_carried(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  idle_clocks(context, reach);
  idle_counters(context, reach);
  const bool asks = any_exit(parts, [](const Exit& exit) {
    return exit.only_if.any() || exit.times.has_value() || exit.clock.valid() || exit.scale.has_value() ||
           !exit.counters.empty();
  });
  const Buyers buyers = asks ? find_buyers(parts, reach) : Buyers();
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    if (asks && reach.any[i]) {
      idle_conditions(context, i, buyers);
      idle_uses(context, i, buyers);
      laws_that_are_over(context, reach, i);
    }
    conditions_alone(context, parts.touchpoints[i], context.paths.touchpoints[i]);
    idle_factors(context, parts.touchpoints[i], context.paths.touchpoints[i]);
  }
}

}  // namespace sojourn::checking
