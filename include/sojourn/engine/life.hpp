// One customer's life, one visit after another, as plain as MODEL.md section 2 says it. The oracle of every faster engine,
// and the text to read first.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/engine/exits.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Where a person stands with the company.
enum class Standing : std::uint8_t { absent, prospect, customer, lost, churned };

/// The state that a visit changes.
struct State {
  float satisfaction = 0.0f;
  float expectation = 0.0f;
  float heard = 0.0f;
  std::int32_t team = -1;  // the last team met
  bool bought = false;
  Standing standing = Standing::absent;
  std::int32_t promoter_class = 0;  // of a customer: 0 promoter, 1 passive, 2 detractor
};

/// What happened at one visit. The scores are 0 at an end, where nothing is appraised.
struct Visit {
  std::uint32_t event = 0;  // number in the life, from 0
  std::uint32_t touchpoint = 0;
  double time = 0.0;
  std::size_t window = 0, regime = 0;
  bool appraised = false;
  bool repeated = false;  // context was lost on the way here
  float quality = 0.0f, effort = 0.0f, appraisal = 0.0f;
};

/// The stay that follows a visit: until `until`, then by `exit` to `to`; an exit of -1 is the horizon.
struct Stay {
  double until = 0.0;
  std::size_t window = 0, regime = 0;  // of `until`
  std::int64_t exit = -1;
  std::uint32_t to = 0;
};

/// Throws the RunError for a life of more than `visits_per_life` visits.
[[noreturn]] void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit);

/// Lives the lives of one replication under one program. Cheap to make; not to be shared between threads.
class Lives {
 public:
  Lives(const Program& program, const Population& population, const Streams& streams)
      : program_(program),
        population_(population),
        streams_(streams),
        traits_(population.trait_count()),
        cumulative_(program.most_exits()) {}

  /// The life of person `customer`, told to `observer`, which has
  ///   arrived(const Person&), visited(const Person&, const Visit&, const VisitRow&, const State& before, const State&
  ///   after), stayed(const Person&, const Visit&, const Stay&, const State&)
  /// called in the order of events; nothing is called for who does not arrive within the horizon.
  /// Throws RunError when the life has more than `visits_per_life` visits.
  template <class Observer>
  void live(std::uint32_t customer, Observer& observer);

 private:
  void appraise(std::uint32_t customer, const Person& person, const Words& words, const VisitRow& row, Visit& visit,
                State& state);
  [[nodiscard]] float trait(BuiltinTrait which) const { return traits_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] Standing standing(const Place& place, bool bought) const {
    if (place.end || place.away) return bought ? Standing::churned : Standing::lost;
    return bought ? Standing::customer : Standing::prospect;
  }

  const Program& program_;
  const Population& population_;
  Streams streams_;
  std::vector<float> traits_;
  std::vector<float> cumulative_;  // room for `choose`
};

template <class Observer>
void Lives::live(std::uint32_t customer, Observer& observer) {
  Person person = population_.person(streams_, customer);
  if (person.arrival > program_.horizon()) return;
  population_.traits(streams_, customer, person.persona, traits_);
  observer.arrived(person);

  State state;
  state.expectation = trait(BuiltinTrait::expectation);
  state.satisfaction = trait(BuiltinTrait::satisfaction);
  Visit visit;
  visit.touchpoint = person.start;
  visit.time = person.arrival;
  double luck = person.luck;

  for (visit.event = 0;; ++visit.event) {
    if (visit.event == visits_per_life) {
      report_endless_life(program_, customer, visit);
    }
    visit.regime = program_.regime(visit.time, visit.regime);
    visit.window = program_.windows().of(visit.time);
    const Place& place = program_.place(visit.touchpoint);
    const VisitRow& row = program_.row(visit.regime, person.persona, visit.touchpoint);
    const State before = state;
    state.bought = state.bought || place.purchase;
    state.standing = standing(place, state.bought);
    visit.appraised = !place.end;
    visit.repeated = false;
    visit.quality = visit.effort = visit.appraisal = 0.0f;
    if (place.end) {
      observer.visited(person, visit, row, before, state);
      observer.stayed(person, visit,
                      {program_.horizon(), program_.windows().count() - 1, program_.regime_begins().size() - 1}, state);
      return;
    }

    const Words words = streams_.draw(customer, Purpose::visit, visit.event);
    appraise(customer, person, words, row, visit, state);
    observer.visited(person, visit, row, before, state);

    const behaviour::Mood mood{state.satisfaction, state.expectation, state.heard, visit.effort};
    const Way way = place.race ? race(program_, row, streams_, customer, visit.event, mood)
                               : choose(program_, row, traits_, words, mood, luck, cumulative_);
    Stay stay{program_.horizon(), program_.windows().count() - 1, program_.regime_begins().size() - 1};
    // A visit at the horizon is the last, even where an exit takes no time.
    if (way.exit >= 0 && visit.time < program_.horizon() && visit.time + way.delay <= program_.horizon()) {
      const ExitRow& exit = program_.exits(row)[static_cast<std::size_t>(way.exit)];
      stay.until = visit.time + way.delay;
      stay.window = program_.windows().of(stay.until);
      stay.regime = program_.regime(stay.until, visit.regime);
      stay.exit = exit.exit;
      stay.to = exit.to;
    }
    observer.stayed(person, visit, stay, state);
    if (stay.exit < 0) return;
    visit.touchpoint = stay.to;
    visit.time = stay.until;
  }
}

inline void Lives::appraise(std::uint32_t customer, const Person& person, const Words& words, const VisitRow& row,
                            Visit& visit, State& state) {
  namespace b = behaviour;
  const Program::Behaviour& settings = program_.behaviour();
  const std::int32_t team = program_.place(visit.touchpoint).team;
  if (team >= 0) {
    // Context is handed over only between two different teams; the draw is made only where it can be lost.
    if (state.team >= 0 && state.team != team)
      visit.repeated =
          uniform(streams_.draw(customer, Purpose::visit, visit.event, 1)[0]) >= program_.carry(row, state.team);
    state.team = team;
  }
  visit.quality = b::deliver(row.quality, row.quality_sd, normal_pair(words[0], words[2]).first, 0.5f, settings.fit_weight);
  visit.effort = b::exert(row.effort, visit.repeated ? settings.repeat_effort : 0.0f, 0.0f);
  visit.appraisal = b::appraise(visit.quality, state.expectation, visit.effort, trait(BuiltinTrait::loss_aversion),
                                trait(BuiltinTrait::effort_aversion), settings.appraisal);
  state.satisfaction = b::remember(state.satisfaction, visit.appraisal, row.weight, settings.memory);
  state.expectation = b::adapt(state.expectation, visit.quality, settings.adapt);
  state.expectation = b::adapt(state.expectation, row.promise, row.promise_weight);
  state.promoter_class =
      b::promoter_class(b::recommend(state.satisfaction, person.answering, settings.recommend_base, settings.recommend_sd));
}

}  // namespace sojourn
