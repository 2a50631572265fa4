// Every engine gives the bits of the plain reference, one customer at a time: on random models, on models of more than one
// chunk and more than one block, and on every shipped scenario under every plan.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::array fast_engines{Engine::lock_step, Engine::window_by_window};

std::string_view name(Engine engine) { return engine == Engine::lock_step ? "lock_step" : "window_by_window"; }

RunOptions with(Engine engine, int threads = 1) {
  RunOptions options;
  options.engine = engine;
  options.threads = threads;
  return options;
}

// How the engines differ on a model, under all of its plans; nothing where they agree.
std::string disagreement(const ModelParts& parts, int threads = 1) {
  const Model model(parts);
  const std::vector<PlanId> plans = all_plans(parts);
  const Run reference = try_run(model, plans, with(Engine::one_customer));
  for (const Engine engine : fast_engines) {
    const std::string found = difference(try_run(model, plans, with(engine, threads)), reference);
    if (!found.empty()) return std::string(name(engine)) + " against one_customer: " + found;
  }
  return {};
}

// How the reference differs from a fast engine that was given a slightly different model: the twin.
std::string disagreement(const ModelParts& parts, const ModelParts& mutated) {
  const std::vector<PlanId> plans = all_plans(parts);
  return difference(try_run(Model(parts), plans, with(Engine::one_customer)),
                    try_run(Model(mutated), plans, with(Engine::lock_step)));
}

// Demands that each twin, one side of which `mutations` change, is noticed on more than `least` of some random models, which
// `make` makes of plain ones.
template <class Make>
void check_twins(std::uint64_t models, int activity, Make make, const std::vector<void (*)(ModelParts&)>& mutations,
                 int least) {
  for (std::size_t k = 0; k < mutations.size(); ++k) {
    int noticed = 0;
    for (std::uint64_t number = 0; number < models; ++number) {
      const ModelParts parts = make(random_model(number, activity, Flavour::any));
      ModelParts twin = parts;
      mutations[k](twin);
      noticed += !disagreement(parts, twin).empty();
    }
    CAPTURE(k);
    CHECK(noticed > least);
  }
}

double next_float(double x) { return static_cast<double>(std::nextafter(static_cast<float>(x), 1e9f)); }

}  // namespace

TEST_CASE("engines: random models contain everything that the engines must do", "[verify]") {
  std::set<std::string> seen;
  std::size_t endless = 0, with_visits = 0;
  constexpr std::size_t models = 1000;
  for (std::uint64_t number = 0; number < models; ++number) {
    const ModelParts parts = random_model(number, static_cast<int>(number % 101), Flavour::any);
    const auto note = [&](bool is, const char* what) {
      if (is) seen.insert(what);
    };
    note(parts.settings.seed >> 32 != 0, "long seeds");
    note(parts.settings.window > parts.settings.horizon, "a window beyond the horizon");
    note(std::fmod(parts.settings.horizon.value(), parts.settings.window.value()) != 0.0, "a last window that is shorter");
    note(parts.settings.discount < 0.0, "negative discount");
    note(parts.personas.size() == 4, "four personas");
    note(parts.plans.size() == 4, "four plans");
    for (const Touchpoint& t : parts.touchpoints) {
      const bool race = t.exits == ExitRule::race;
      const auto count = [&](auto test) { return std::count_if(t.next.begin(), t.next.end(), test); };
      const auto odds = count([](const Exit& e) { return e.odds.has_value(); });
      const auto constants = count([](const Exit& e) { return std::holds_alternative<double>(e.probability); });
      const auto traits = count([](const Exit& e) { return std::holds_alternative<TraitId>(e.probability); });
      note(race, "races");
      note(race && t.next.size() > 8, "races of more than eight");
      note(race && count([](const Exit& e) { return std::holds_alternative<Fixed>(e.after); }) > 1, "ties");
      note(t.next.size() == 4, "four exits");
      note(t.next.size() == 8, "eight exits");
      note(t.next.size() > 8, "more than eight exits");
      note(odds > 0 && constants > 0 && traits > 0, "mixtures");
      note(!race && odds == 0 && constants > 0, "a remainder that stays");
      note(count([](const Exit& e) { return e.odds == 0.0; }) > 0, "odds 0");
      note(count([](const Exit& e) { return e.on != Trigger::none; }) > 0, "interrupting exits");
      note(count([&](const Exit& e) { return &parts.touchpoints[e.to.index()] == &t; }) > 0, "ways back to the same place");
      note(t.counts_as.has_value(), "counts_as");
      note(t.end == End::lost, "lost");
      note(t.end == End::churned, "churned");
      note(t.revenue_per_month < 0.0, "negative flows");
      for (const Exit& e : t.next) {
        note(true, ("delay " + std::to_string(e.after.index())).c_str());
        note(e.after == Distribution(Fixed{0.0}), "no delay");
      }
    }
    for (const Handover& h : parts.handovers)
      note(true, h.carry == 0.0 ? "carry 0" : h.carry == 1.0 ? "carry 1" : "carry between");
    for (const Improvement& improvement : parts.improvements) {
      for (const Effect& e : improvement.change.effects) note(true, sojourn::name(e.parameter).data());
      note(improvement.change.ramp.shape == RampShape::s_curve, "s-curve");
      note(improvement.change.end.has_value(), "an end");
    }
    const std::vector<PlanId> plans = all_plans(parts);
    const Run done = try_run(Model(parts), plans, with(Engine::one_customer));
    endless += !done.error.empty();
    with_visits += done.result && done.result->events > 0;
  }
  CAPTURE(seen);
  // 24 features, 8 families of delays, 3 kinds of carry, 13 parameters.
  CHECK(seen.size() == 24 + 8 + 3 + 13);
  CHECK(endless > 0);
  CHECK(endless < models / 50);
  CHECK(with_visits > models * 8 / 10);
}

TEST_CASE("engines: agree on random models", "[verify]") {
  CHECK(falsify(Flavour::any, 600, [](const ModelParts& parts) { return disagreement(parts); }) == "");
}

TEST_CASE("engines: agree where the constants of all personas fill a vector, and where they are more", "[verify]") {
  for (const std::size_t count : {1u, 8u, 9u, 16u, 17u, 40u}) {
    for (std::uint64_t number = 0; number < 6; ++number) {
      ModelParts parts = random_model(number, 80, Flavour::any);
      const std::vector<Persona> known = parts.personas;
      parts.personas.clear();
      for (std::size_t p = 0; p < count; ++p) {
        Persona persona = known[p % known.size()];
        persona.id = "persona-" + std::to_string(p);
        persona.share = 1.0 / static_cast<double>(count);
        persona.traits[static_cast<std::size_t>(BuiltinTrait::loss_aversion)] = Fixed{1.0 + 0.05 * static_cast<double>(p)};
        persona.traits[static_cast<std::size_t>(BuiltinTrait::effort_aversion)] = Fixed{1.0 / static_cast<double>(p + 1)};
        parts.personas.push_back(persona);
      }
      for (Improvement& improvement : parts.improvements) improvement.change.target.personas.clear();
      for (Change& event : parts.events) event.target.personas.clear();
      CAPTURE(count, number);
      CHECK(disagreement(parts) == "");
    }
  }
}

TEST_CASE("engines: agree on random models by the calendar", "[verify]") {
  int existing = 0, recurring = 0, poisson = 0, ended = 0;
  CHECK(falsify(Flavour::any, 80, [&](const ModelParts& drawn) {
          const ModelParts parts = by_calendar(drawn);
          existing +=
              std::any_of(parts.personas.begin(), parts.personas.end(), [](const Persona& p) { return p.existing(); });
          recurring +=
              std::any_of(parts.events.begin(), parts.events.end(), [](const Change& e) { return e.recurrence.any(); });
          poisson += parts.settings.arrivals == PeopleNumber::poisson;
          ended += try_run(Model(parts), all_plans(parts), with(Engine::lock_step)).result.has_value();
          return disagreement(parts);
        }) == "");
  CHECK(existing > 48);
  CHECK(recurring > 10);
  CHECK(poisson > 12);
  CHECK(ended > 56);
  CHECK(falsify(Flavour::any, 50, [](ModelParts drawn) {
          drawn.settings.customers += 200;  // enough for the contacts of networks
          return disagreement(coupled(by_calendar(drawn)));
        }) == "");
  CHECK(falsify(Flavour::any, 5, [](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return disagreement(by_calendar(remembering(drawn)), 3);
        }) == "");
}

namespace {

/// Only one exit of a race changes, and the odds of another once.
void at_one_exit(ModelParts& parts, Change& nights, std::uint64_t seed) {
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const auto& exits = parts.touchpoints[v].next;
    if (parts.touchpoints[v].exits != ExitRule::race || exits.size() < 2) continue;
    nights.target.touchpoints = {TouchpointId(v)};
    nights.target.exit_to = {exits[seed % exits.size()].to};
    Change once;
    once.id = "once";
    once.effects = {{Parameter::odds, Operation::multiply, 1.8}};
    once.target.touchpoints = {TouchpointId(v)};
    once.target.exit_to = {exits[(seed + 1) % exits.size()].to};
    once.start = Days(0.4 * parts.settings.horizon.value());
    parts.events.push_back(once);
    return;
  }
}

/// The same journey where the odds of leaving, and in one model of three the delays, change every night for some weeks, at
/// all touchpoints, at the races of one persona, or for one exit alone.
ModelParts by_night(ModelParts parts) {
  const std::uint64_t seed = parts.settings.seed;
  Change nights;
  nights.id = "by-night";
  const double factors[] = {0.0, 0.3, 0.5, 2.0, 7.0};
  nights.effects = {{Parameter::odds, Operation::multiply, factors[seed % 5]}};
  if (seed % 3 == 0) nights.effects.push_back({Parameter::delay, Operation::multiply, 1.7});
  if (seed % 4 == 0) nights.target.personas = {PersonaId(0)};
  if (seed % 7 < 3) at_one_exit(parts, nights, seed);
  nights.end = Days(std::min(60.0, 0.7 * parts.settings.horizon.value()));
  const double begins = 0.25 + static_cast<double>(seed % 11) / 20.0;
  for (int day = 0; day < 7; ++day) {
    if (day == 0) nights.recurrence.hours.emplace_back(0.0, 0.0);
    nights.recurrence.hours.emplace_back(day + begins, 1.0);
    nights.recurrence.hours.emplace_back(day + begins + 0.2, 0.0);
  }
  parts.settings.start = "2027-11-18";
  parts.events.push_back(nights);
  return parts;
}

}  // namespace

TEST_CASE("engines: agree on random models whose hazards change every night", "[verify]") {
  int races = 0, ended = 0;
  CHECK(falsify(Flavour::any, 150, [&](const ModelParts& drawn) {
          const ModelParts parts = by_night(drawn);
          const Program program{Model(parts)};
          bool known = false;
          for (std::uint32_t v = 0; v < parts.touchpoints.size(); ++v) {
            for (std::size_t j = 0; j < 8; ++j) known = known || !program.hazards().sums(0, v, j).sums.empty();
          }
          races += known;
          ended += try_run(Model(parts), all_plans(parts), with(Engine::lock_step)).result.has_value();
          return disagreement(parts);
        }) == "");
  CHECK(races > 20);
  CHECK(ended > 100);
  CHECK(falsify(Flavour::any, 40, [](const ModelParts& drawn) { return disagreement(by_night(remembering(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 40, [](const ModelParts& drawn) { return disagreement(by_night(ruled(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 5, [](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return disagreement(by_night(drawn), 3);
        }) == "");
  // The twin: nights that are a little worse. Many models have no race, and in a choice all odds change alike.
  check_twins(80, 60, by_night,
              {[](ModelParts& parts) { parts.events.back().effects[0].value = parts.events.back().effects[0].value + 0.4; }},
              3);
}

TEST_CASE("engines: agree on random models of customers who carry clocks and counters", "[verify]") {
  int carrying = 0, ended = 0;
  CHECK(falsify(Flavour::any, 250, [&](const ModelParts& drawn) {
          const ModelParts parts = remembering(drawn);
          carrying += !parts.counters.empty();
          ended += try_run(Model(parts), all_plans(parts), with(Engine::lock_step)).result.has_value();
          return disagreement(parts);
        }) == "");
  CHECK(carrying > 200);
  CHECK(ended > 200);
  CHECK(falsify(Flavour::any, 80, [](const ModelParts& drawn) { return disagreement(coupled(remembering(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 8, [](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return disagreement(remembering(drawn), 3);
        }) == "");
}

TEST_CASE("engines: agree on random models where amounts are drawn", "[verify]") {
  int drawing = 0;
  CHECK(falsify(Flavour::any, 120, [&](const ModelParts& drawn) {
          const ModelParts parts = spending(drawn);
          drawing += std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(),
                                 [](const Touchpoint& t) { return t.drawn_revenue || t.drawn_cost; });
          return disagreement(parts);
        }) == "");
  CHECK(drawing > 85);
  // What counters add up are the amounts that were drawn; and among customers who act on one another.
  CHECK(falsify(Flavour::any, 80, [](const ModelParts& drawn) { return disagreement(remembering(spending(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 60, [](const ModelParts& drawn) { return disagreement(coupled(spending(drawn))); }) == "");
  // The twin: amounts a hundredth larger.
  check_twins(50, 60, spending, {[](ModelParts& m) {
                for (Touchpoint& t : m.touchpoints) {
                  if (t.drawn_revenue)
                    t.drawn_revenue->law = Fixed{std::max(0.01, 1.01 * std::fabs(mean(t.drawn_revenue->law)))};
                }
              }},
              20);
}

TEST_CASE("engines: agree on random models of traits that go together", "[verify]") {
  // Neighbours among the traits that vary are correlated, in a chain, and so the matrix is right whatever the signs.
  const auto together = [](ModelParts parts) {
    for (Persona& persona : parts.personas) {
      std::optional<TraitId> before;
      double rho = 0.45;
      for (std::size_t k = 0; k < persona.traits.size(); ++k) {
        if (std::holds_alternative<Fixed>(persona.traits[k])) continue;
        if (before) persona.correlate.push_back({TraitId(k), *before, rho});
        before = TraitId(k);
        rho = -rho;
      }
    }
    return parts;
  };
  int correlated = 0, moved = 0;
  for (const bool couple : {false, true}) {
    CHECK(falsify(Flavour::any, couple ? 50 : 120, [&](const ModelParts& drawn) {
            const ModelParts plain = couple ? coupled(drawn) : spending(remembering(drawn)), parts = together(plain);
            const bool any = std::any_of(parts.personas.begin(), parts.personas.end(),
                                         [](const Persona& persona) { return !persona.correlate.empty(); });
            correlated += any;
            if (any)
              moved += !difference(try_run(Model(plain), all_plans(plain), with(Engine::lock_step)),
                                   try_run(Model(parts), all_plans(parts), with(Engine::lock_step)))
                            .empty();
            return disagreement(parts);
          }) == "");
  }
  CHECK(correlated > 80);
  CHECK(moved > 40);
}

TEST_CASE("engines: agree on random models of prices, rivals, levels and expectations that drift", "[verify]") {
  int priced = 0, drifting = 0;
  CHECK(falsify(Flavour::any, 150, [&](const ModelParts& drawn) {
          const ModelParts parts = marketed(drawn);
          priced +=
              std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), [](const Touchpoint& t) { return t.price; });
          drifting += parts.behaviour.expectation_drift != 0.0;
          return disagreement(parts);
        }) == "");
  CHECK(priced > 95);
  CHECK(drifting > 70);
  CHECK(falsify(Flavour::any, 80, [](const ModelParts& drawn) { return disagreement(coupled(marketed(drawn))); }) == "");
  // The twins: on one side slopes a little steeper, levels a little higher, expectations that rise faster.
  check_twins(80, 60, marketed,
              {[](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) e.slopes.price += e.odds ? 0.05 : 0.0;
                 }
               },
               [](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) e.slopes.outside += e.odds ? 0.5 : 0.0;
                 }
               },
               [](ModelParts& m) {
                 for (Plan& plan : m.plans) {
                   for (double& level : plan.levels) level *= 0.9;
                 }
               },
               [](ModelParts& m) { m.behaviour.expectation_drift *= 1.1; }},
              5);
}

TEST_CASE("engines: agree on random models of customers who are asked", "[verify]") {
  int asked = 0, solving = 0;
  CHECK(falsify(Flavour::any, 150, [&](const ModelParts& drawn) {
          const ModelParts parts = asking(drawn);
          asked += !parts.surveys.empty();
          solving += std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(),
                                 [](const Touchpoint& t) { return t.solves_problems(); });
          return disagreement(parts);
        }) == "");
  CHECK(asked > 130);
  CHECK(solving > 85);
  CHECK(falsify(Flavour::any, 80, [](const ModelParts& drawn) { return disagreement(coupled(asking(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 40, [](const ModelParts& drawn) { return disagreement(asking(remembering(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 5, [](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return disagreement(asking(drawn), 3);
        }) == "");
  // The twin: a hundredth more of one number, on one side.
  check_twins(25, 90, asking,
              {[](ModelParts& m) {
                 for (Survey& survey : m.surveys) survey.base += 0.05;
               },
               [](ModelParts& m) {
                 for (Survey& survey : m.surveys) survey.noise += 0.01;
               },
               [](ModelParts& m) {
                 for (Survey& survey : m.surveys) survey.sample *= 0.98;
               },
               [](ModelParts& m) {
                 for (Survey& survey : m.surveys) survey.annoyance += 0.01;
               },
               [](ModelParts& m) {
                 for (Survey& survey : m.surveys) {
                   if (survey.every) survey.every = *survey.every * 1.05;
                 }
               }},
              3);
}

TEST_CASE("engines: agree on random models where low answers are followed up", "[verify]") {
  int led = 0;
  CHECK(falsify(Flavour::any, 150, [&](const ModelParts& drawn) {
          const ModelParts parts = following_up(asking(drawn));
          const Run done = try_run(Model(parts), all_plans(parts), with(Engine::lock_step));
          bool any = false;
          for (std::size_t k = 0; done.result && k < done.result->totals.size(); ++k) {
            const TallyShape& shape = done.result->shapes[k];
            const std::size_t file = done.result->programs[k].file_exits();
            for (const Totals& totals : done.result->totals[k]) {
              for (std::size_t e = file; e < shape.exits; ++e) {
                for (std::size_t p = 0; p < shape.personas; ++p) any = any || totals.cell(shape.taken(p, e)) > 0;
              }
            }
          }
          led += any;
          return disagreement(parts);
        }) == "");
  CHECK(led > 30);
  CHECK(falsify(Flavour::any, 80,
                [](const ModelParts& drawn) { return disagreement(coupled(following_up(asking(drawn)))); }) == "");
  // The twin: low is a little higher, or help comes a little later, on one side.
  const auto followed_up = [](const ModelParts& m) { return following_up(asking(m)); };
  check_twins(30, 90, followed_up,
              {[](ModelParts& m) {
                 for (Survey& survey : m.surveys) {
                   if (survey.closed_loop) survey.closed_loop->below *= 0.8;
                 }
               },
               [](ModelParts& m) {
                 for (Survey& survey : m.surveys) {
                   if (survey.closed_loop) survey.closed_loop->within = survey.closed_loop->within * 1.1;
                 }
               }},
              3);
}

TEST_CASE("engines: agree on random models whose plans go by rules", "[verify]") {
  int switched = 0, ended = 0;
  const auto held = [&](const ModelParts& parts, int threads = 1) {
    const Run done = try_run(Model(parts), all_plans(parts), with(Engine::lock_step));
    bool any = false;
    for (std::size_t k = 0; done.result && k < done.result->totals.size(); ++k) {
      for (const Totals& totals : done.result->totals[k]) any = any || !totals.switches.empty();
    }
    switched += any;
    ended += done.result.has_value();
    return disagreement(parts, threads);
  };
  CHECK(falsify(Flavour::any, 120, [&](const ModelParts& drawn) { return held(ruled(drawn)); }) == "");
  CHECK(falsify(Flavour::any, 80, [&](const ModelParts& drawn) { return held(ruled(marketed(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 80, [&](const ModelParts& drawn) { return held(ruled(following_up(asking(drawn)))); }) == "");
  CHECK(falsify(Flavour::any, 80, [&](const ModelParts& drawn) { return held(ruled(by_calendar(remembering(drawn)))); }) ==
        "");
  CHECK(falsify(Flavour::any, 60, [&](const ModelParts& drawn) { return held(coupled(ruled(drawn))); }) == "");
  CHECK(falsify(Flavour::any, 5, [&](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return held(ruled(asking(drawn)), 3);
        }) == "");
  CHECK(switched > 150);
  CHECK(ended > 300);
  // The twin: another level, or another improvement, on one side.
  check_twins(30, 90, ruled,
              {[](ModelParts& m) {
                 for (Rule& rule : m.rules) {
                   if (rule.below) rule.below = *rule.below + 0.3;
                   if (rule.above) rule.above = *rule.above + 0.3;
                 }
               },
               [](ModelParts& m) {
                 for (Improvement& improvement : m.improvements) improvement.change.ramp = {RampShape::linear, Days(3.0)};
               }},
              3);
}

TEST_CASE("engines: agree on random models with content", "[verify]") {
  int by_chance = 0;
  const auto has_content = [&](const ModelParts& parts) {
    return std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), [](const Touchpoint& t) {
      return t.content.size() > 1 && t.personalisation > 0.0 && t.personalisation < 1.0 && !t.end;
    });
  };
  CHECK(falsify(Flavour::any, 150, [&](const ModelParts& drawn) {
          const ModelParts parts = personalising(drawn);
          by_chance += has_content(parts);
          return disagreement(parts);
        }) == "");
  CHECK(by_chance > 75);
  CHECK(falsify(Flavour::any, 80, [](const ModelParts& drawn) { return disagreement(coupled(personalising(drawn))); }) ==
        "");
  CHECK(falsify(Flavour::any, 40,
                [](const ModelParts& drawn) { return disagreement(personalising(asking(remembering(drawn)))); }) == "");
  CHECK(falsify(Flavour::any, 3, [](ModelParts drawn) {
          drawn.settings.customers = 3000 + drawn.settings.customers;
          return disagreement(personalising(drawn), 3);
        }) == "");
  // The twins: on one side a little more personalisation, a little more of a need, and a heavier fit.
  check_twins(25, 90, personalising,
              {[](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   if (!t.content.empty()) t.personalisation = std::min(1.0, t.personalisation + 0.02);
                 }
               },
               [](ModelParts& m) {
                 for (Persona& p : m.personas) {
                   if (!p.needs.empty()) p.needs.front().second += 0.1;
                 }
               },
               [](ModelParts& m) { m.behaviour.fit_weight *= 1.01; }},
              3);
}

TEST_CASE("engines: a twin that remembers otherwise is noticed", "[verify]") {
  // A little more of what customers carry, on one side.
  check_twins(300, 60, remembering,
              {[](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) {
                     for (auto& [counter, slope] : e.counters) slope *= 1.2;
                   }
                 }
               },
               [](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) {
                     for (CounterTest& test : e.only_if.counters) test.value += 1.0;
                   }
                 }
               },
               [](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) {
                     if (e.every) e.every = *e.every * 1.1;
                   }
                 }
               },
               [](ModelParts& m) {
                 for (Touchpoint& t : m.touchpoints) {
                   for (Exit& e : t.next) {
                     if (!e.every) e.clock = {};
                   }
                 }
               }},
              5);
}

TEST_CASE("engines: what customers carry changes no bit where it bends nothing", "[verify]") {
  int decorated = 0, felt = 0;
  for (std::uint64_t number = 0; number < 150; ++number) {
    const ModelParts parts = random_model(number, static_cast<int>(number % 101), Flavour::any);
    const auto decorate = [&](double slope, double least) {
      ModelParts with_counter = parts;
      Counter counter;
      counter.id = "visits";
      for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) counter.touchpoints.emplace_back(v);
      with_counter.counters = {counter};
      for (Touchpoint& t : with_counter.touchpoints) {
        for (Exit& exit : t.next) {
          if (exit.on != Trigger::none) continue;
          if (t.exits == ExitRule::race || exit.odds) exit.counters = {{CounterId(0), slope}};
          exit.only_if.counters = {{CounterId(0), Relation::at_least, least}};
        }
      }
      return with_counter;
    };
    const std::vector<PlanId> plans = all_plans(parts);
    const Run plain = try_run(Model(parts), plans, with(Engine::lock_step));
    ++decorated;
    CHECK(difference(try_run(Model(decorate(0.0, 0.0)), plans, with(Engine::lock_step)), plain) == "");
    felt += !difference(try_run(Model(decorate(0.0, 3.0)), plans, with(Engine::lock_step)), plain).empty();  // the twin
  }
  CHECK(decorated == 150);
  CHECK(felt > 100);
}

namespace {

// What customers did to one another in a run, of all plans and replications.
struct Dealings {
  double waits = 0.0, gave_up = 0.0, heard = 0.0, referred = 0.0, accounts = 0.0;
};

Dealings dealings(const RunResult& result) {
  Dealings all;
  const TallyShape& shape = result.shapes.front();
  for (const std::vector<Totals>& plan : result.totals) {
    for (const Totals& totals : plan) {
      for (std::size_t p = 0; p < shape.personas; ++p) {
        for (std::size_t v = 0; v < shape.touchpoints; ++v) {
          all.waits += totals.value(shape.touch(p, v, TouchScore::wait));
          all.gave_up += totals.value(shape.touch(p, v, TouchScore::gave_up));
        }
        for (std::size_t w = 0; w < shape.windows; ++w)
          all.heard += totals.value(shape.time(p, w, TimeScore::heard_positive));
        all.referred += totals.value(shape.person(p, PersonScore::referred));
      }
      for (std::size_t s = 0; s < shape.account_segments; ++s) {
        all.accounts += totals.value(shape.account(s, shape.windows - 1, AccountScore::bought));
      }
    }
  }
  return all;
}

// The coupled model with one number of what couples it a little larger.
std::vector<ModelParts> coupled_otherwise(const ModelParts& parts) {
  std::vector<ModelParts> mutants;
  const auto mutate = [&](auto change) {
    ModelParts mutated = parts;
    change(mutated);
    mutants.push_back(std::move(mutated));
  };
  if (parts.word_of_mouth) mutate([](ModelParts& m) { m.word_of_mouth->promoter_rate *= 1.05; });
  if (parts.reviews) mutate([](ModelParts& m) { m.reviews->probability *= 1.05; });
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    const Touchpoint& touchpoint = parts.touchpoints[v];
    if (touchpoint.servers) mutate([v](ModelParts& m) { *m.touchpoints[v].servers += 0.01; });
    for (const PoolId pool : touchpoint.pools) {
      mutate([pool](ModelParts& m) {
        for (auto& [time, servers] : m.pools[pool.index()].servers) servers += 0.01;
      });
    }
    for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
      if (touchpoint.next[e].slopes.heard == 0.0) continue;
      mutate([v, e](ModelParts& m) { m.touchpoints[v].next[e].slopes.heard *= 1.05; });
    }
  }
  if (!parts.account_segments.empty() && !parts.account_segments.front().gates.empty()) {
    mutate([](ModelParts& m) { m.account_segments.front().gates.front().rule = GateRule::unanimous; });
  }
  return mutants;
}

}  // namespace

TEST_CASE("engines: agree on random coupled models", "[verify]") {
  Dealings all;
  int ended = 0;
  CHECK(falsify(Flavour::any, 500, [&](const ModelParts& drawn) {
          const ModelParts parts = coupled(drawn);
          const Run done = try_run(Model(parts), all_plans(parts), with(Engine::lock_step));
          if (done.result) {
            ++ended;
            const Dealings more = dealings(*done.result);
            all.waits += more.waits;
            all.gave_up += more.gave_up;
            all.heard += more.heard;
            all.referred += more.referred;
            all.accounts += more.accounts;
          }
          return disagreement(parts);
        }) == "");
  CHECK(ended > 410);
  // Everything that couples customers was at work.
  CHECK(all.waits > 0.0);
  CHECK(all.gave_up > 100.0);
  CHECK(all.heard > 1000.0);
  CHECK(all.referred > 100.0);
  CHECK(all.accounts > 1000.0);
}

TEST_CASE("engines: agree on coupled models of several blocks", "[verify]") {
  CHECK(falsify(Flavour::any, 20, [](ModelParts parts) {
          parts.settings.customers = 3000 + parts.settings.customers;
          return disagreement(coupled(parts), 3);
        }) == "");
}

TEST_CASE("engines: the twin is noticed where customers are coupled, whichever side it is on", "[verify]") {
  for (const char* file : {"retail-word-of-mouth.toml", "b2b-software.toml", "contact-centre.toml"}) {
    ModelParts parts = shipped(file);
    parts.settings.customers = 2000;
    parts.settings.replications = 1;
    INFO(file);
    REQUIRE(Model(parts).coupled());
    const std::vector<PlanId> plans = all_plans(parts);
    const auto run = [&plans](const ModelParts& model, Engine engine) { return try_run(Model(model), plans, with(engine)); };
    const Run reference = run(parts, Engine::one_customer), lanes = run(parts, Engine::lock_step);
    REQUIRE(difference(lanes, reference) == "");
    const std::vector<ModelParts> mutants = coupled_otherwise(parts);
    CHECK(!mutants.empty());
    for (const ModelParts& mutant : mutants) {
      CAPTURE(&mutant - mutants.data());
      CHECK(difference(run(mutant, Engine::lock_step), reference) != "");  // the loop goes wrong
      CHECK(difference(lanes, run(mutant, Engine::one_customer)) != "");   // the reference does
    }
  }
}

TEST_CASE("engines: agree on random models of many chunks and of several blocks", "[verify]") {
  CHECK(falsify(Flavour::any, 40, [](ModelParts parts) {
          parts.settings.customers = 257 + parts.settings.customers * 10;
          return disagreement(parts, 2);
        }) == "");
  CHECK(falsify(Flavour::any, 6, [](ModelParts parts) {
          parts.settings.customers = block_customers + 1 + parts.settings.customers;
          parts.settings.replications = 2;
          return disagreement(parts, 2);
        }) == "");
}

TEST_CASE("engines: the twin is noticed, another seed and one unit in the last place", "[verify]") {
  // A model whose engine draws other numbers is falsified, and the simplest such model has little left.
  const std::string other_seed = falsify(Flavour::any, 100, [](const ModelParts& parts) {
    ModelParts mutated = parts;
    mutated.settings.seed += 1;
    return disagreement(parts, mutated);
  });
  CAPTURE(other_seed);
  CHECK(other_seed.find("Falsifiable") != std::string::npos);
  CHECK(other_seed.find("[[touchpoint]]") != std::string::npos);
  CHECK(other_seed.find("[[plan]]") == std::string::npos);

  ModelParts parts = shipped("telecom.toml");
  parts.settings.customers = 2000;
  parts.settings.replications = 2;
  REQUIRE(disagreement(parts, parts) == "");
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (parts.touchpoints[v].end) continue;
    INFO(parts.touchpoints[v].id);
    ModelParts mutated = parts;
    mutated.touchpoints[v].quality_mean = next_float(mutated.touchpoints[v].quality_mean);
    CHECK(disagreement(parts, mutated) != "");
  }

  // A slope shows in the times of a race, which money discounted to the day tells.
  parts = journey({place(Stage::purchase,
                         {by_odds(1, 1.0, Exponential{30.0}, {1.5, 0.0, 0.0, 0.0}),
                          by_odds(0, 1.0, Exponential{20.0}, {-1.0, 0.0, 0.0, 0.0})},
                         ExitRule::race),
                   finish(End::churned)},
                  365.0, 1000);
  parts.settings.discount = 0.08;
  parts.touchpoints[0].quality_sd = 0.2;
  parts.touchpoints[0].revenue_per_month = 10.0;
  REQUIRE(disagreement(parts, parts) == "");
  ModelParts mutated = parts;
  double& slope = mutated.touchpoints[0].next[0].slopes.satisfaction;
  slope = next_float(slope);
  CHECK(disagreement(parts, mutated) != "");
}

TEST_CASE("engines: an endless life gives the same error, that of the first such customer", "[verify]") {
  // Some go round in no time; which of them come first differs from seed to seed.
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0), by_odds(2, 20.0)}),
                                place(Stage::retention, {by_odds(1, 1.0, Fixed{1e-4})}), finish(End::churned)},
                               100.0, 600);
    parts.settings.seed = seed;
    parts.settings.replications = 3;
    CHECK(disagreement(parts, 2) == "");
    const std::vector<PlanId> plans = all_plans(parts);
    const Run endless = try_run(Model(parts), plans, with(Engine::lock_step, 2));
    CHECK(endless.error.find("65536") != std::string::npos);
    parts.settings.seed += 100;
    CHECK(try_run(Model(parts), plans, with(Engine::one_customer)).error != endless.error);
  }
}

TEST_CASE("engines: agree on every shipped scenario under every plan", "[verify]") {
  const char* source = std::getenv("SOJOURN_SOURCE");
  const std::filesystem::path folder = std::filesystem::path(source != nullptr ? source : ".") / "scenarios";
  std::size_t scenarios = 0;
  std::set<std::string> coupled_scenarios;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".toml" || entry.path().stem().string().ends_with("-sweep")) continue;
    const Scenario scenario = read_scenario(entry.path());
    if (scenario.text.find("\n[sweep]") != std::string::npos) continue;
    INFO(entry.path());
    ModelParts parts = build(scenario).parts();
    ++scenarios;
    if (Model(parts).coupled()) coupled_scenarios.insert(entry.path().filename());
    // Lessons are made of what the others have.
    const bool lesson = entry.path().parent_path().filename() == "lessons";
    for (const std::uint32_t replications : {1u, 2u}) {
      if (lesson && replications > 1) continue;
      parts.settings.replications = replications;
      parts.settings.customers = lesson ? 500 : replications == 1 ? 2500 : 1000;
      // At a queue all come for whom a customer stands: four are as good as thirty here.
      if (parts.settings.market)
        parts.settings.market = std::min(*parts.settings.market, 4.0 * static_cast<double>(parts.settings.customers));
      CHECK(disagreement(parts, 2) == "");
    }
  }
  CHECK(scenarios >= 3);
  for (const char* file : {"b2b-software.toml", "retail-word-of-mouth.toml", "contact-centre.toml", "bass-diffusion.toml"}) {
    CHECK(coupled_scenarios.count(file) == 1);
  }
}
