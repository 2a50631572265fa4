// Small journeys for closed forms, built in a few lines: what a test does not mention is switched off. And a witness of the
// lives.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/life.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/engine/recorder.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn::verify {

inline Exit by_odds(std::size_t to, double odds, Distribution after = Fixed{1.0}, Slopes slopes = {}) {
  Exit exit;
  exit.to = TouchpointId(to);
  exit.odds = odds;
  exit.after = after;
  exit.slopes = slopes;
  return exit;
}

inline Exit by_share(std::size_t to, ExitProbability probability, Distribution after = Fixed{1.0}) {
  Exit exit;
  exit.to = TouchpointId(to);
  exit.probability = probability;
  exit.after = after;
  return exit;
}

/// A touchpoint whose quality is always 0.5 unless the test says otherwise.
inline Touchpoint place(Stage stage, std::vector<Exit> next, ExitRule exits = ExitRule::choice) {
  Touchpoint touchpoint;
  touchpoint.stage = stage;
  touchpoint.quality_sd = 0.0;
  touchpoint.exits = exits;
  touchpoint.next = std::move(next);
  return touchpoint;
}

inline Touchpoint finish(End end) {
  Touchpoint touchpoint;
  touchpoint.stage = Stage::retention;
  touchpoint.end = end;
  return touchpoint;
}

inline Persona persona(std::string id, double share, const std::vector<Trait>& traits) {
  Persona made;
  made.id = std::move(id);
  made.share = share;
  made.starts = {{TouchpointId(0), 1.0}};
  for (const Trait& trait : traits) made.traits.emplace_back(Fixed{trait.standard});
  return made;
}

/// One persona that arrives at touchpoint 0 on day 0, one replication, one window; ids are t0, t1, ...
inline ModelParts journey(std::vector<Touchpoint> touchpoints, double horizon, std::uint64_t customers) {
  ModelParts parts;
  parts.settings.title = "Closed form";
  parts.settings.horizon = Days(horizon);
  parts.settings.window = Days(horizon);
  parts.settings.customers = customers;
  parts.settings.replications = 1;
  parts.touchpoints = std::move(touchpoints);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) parts.touchpoints[i].id = "t" + std::to_string(i);
  parts.personas = {persona("all", 1.0, parts.traits)};
  return parts;
}

/// Adds a trait in [0,1] to every persona.
inline TraitId add_trait(ModelParts& parts, std::string name, Distribution distribution) {
  parts.traits.push_back({std::move(name), 0.0, 1.0, 0.0});
  for (Persona& each : parts.personas) each.traits.push_back(distribution);
  return TraitId(parts.traits.size() - 1);
}

inline Distribution& trait(Persona& persona, BuiltinTrait which) { return persona.traits[static_cast<std::size_t>(which)]; }

/// A change of one parameter at one touchpoint.
inline Change change(std::string id, std::size_t touchpoint, Effect effect, double start, std::optional<double> end = {}) {
  Change made;
  made.id = std::move(id);
  made.target.touchpoints = {TouchpointId(touchpoint)};
  made.effects = {effect};
  made.start = Days(start);
  if (end) made.end = Days(*end);
  return made;
}

/// A shipped scenario, by its path under scenarios/. Tests run in the source folder; SOJOURN_SOURCE names another.
inline ModelParts shipped(const std::string& path) {
  const char* source = std::getenv("SOJOURN_SOURCE");
  return build(read_scenario(std::filesystem::path(source != nullptr ? source : ".") / "scenarios" / path)).parts();
}

/// Everything that happened in one life. `stays[k]` follows `visits[k]`; `before[k]` and `after[k]` are the states around
/// it.
struct ToldLife {
  Person person;
  std::vector<Visit> visits;
  std::vector<Stay> stays;
  std::vector<State> before, after;

  void arrived(const Person& who) { person = who; }
  void asked(const Person&, const Asked&, const State&) {}
  void annoyed(const Person&, std::size_t, const State&, const State&) {}
  void visited(const Person&, const Visit& visit, const VisitRow&, const State& was, const State& is) {
    visits.push_back(visit);
    before.push_back(was);
    after.push_back(is);
  }
  void stayed(const Person&, const Visit&, const Stay& stay, const State&) { stays.push_back(stay); }
  void forget() {
    visits.clear();
    stays.clear();
    before.clear();
    after.clear();
  }
};

/// Tells `use` every life of a replication, in order; a life without visits is somebody who did not arrive.
template <class Use>
void each_life(const Program& program, Use use, std::uint32_t replication = 0) {
  const ModelParts& parts = program.model().parts();
  const Population population(parts);
  Lives lives(program, population, Streams(parts.settings.seed, replication));
  ToldLife life;
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    life.forget();
    lives.live(i, life);
    use(life);
  }
}

template <class Use>
void each_life(const ModelParts& parts, Use use) {
  each_life(Program(Model(parts)), use);
}

/// Tells `use` the tally of each life alone, as the engine's own recorder keeps it.
template <class Use>
void each_tally(const ModelParts& parts, Use use) {
  const Program program{Model(parts)};
  const Population population(program.model().parts());
  Tally tally(tally_shape(program));
  Recorder recorder(program, tally);
  Lives lives(program, population, Streams(parts.settings.seed, 0));
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    tally.clear();
    lives.live(i, recorder);
    use(tally);
  }
}

}  // namespace sojourn::verify
