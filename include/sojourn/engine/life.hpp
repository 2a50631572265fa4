// One customer's life, one visit after another, as plain as MODEL.md section 2 says it. The oracle of every faster engine,
// and the text to read first.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/engine/exits.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/population/accounts.hpp"
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
  bool gave_up = false;   // left before being served
  bool held = false;      // waits at a gate for what the account decides
  float quality = 0.0f, effort = 0.0f, appraisal = 0.0f;
  double wait = 0.0;        // days until served, or until patience ended
  float patience = -1.0f;   // mean patience in days of who may give up here; negative where nobody may
  std::int32_t rating = 0;  // posted afterwards, 1 .. 5; 0: none
};

/// The stay that follows a visit: until `until`, then by `exit` to `to`; an exit of -1 is the horizon.
struct Stay {
  double until = 0.0;
  std::size_t window = 0, regime = 0;  // of `until`
  std::int64_t exit = -1;
  std::uint32_t to = 0;
};

/// A life under way: a person, the last visit, and the stay that follows it. Before the first visit the stay leads to the
/// start, by no exit, and the standing is absent.
struct Life {
  Person person;
  State state;
  double luck = 0.5;
  Visit visit;
  Stay stay;
};

/// What couples customers, as one of them meets it: who belongs together, and what the market made of the window before.
struct MarketState {
  const Accounts* accounts = nullptr;
  std::vector<std::uint8_t> gates;   // [account segment x touchpoints + touchpoint] 1 where the account decides
  std::vector<double> waits;         // [touchpoint] days, in the window at hand
  float reviews = 0.0f;              // social proof that a prospect takes from reading reviews in the window at hand
  const Reviews* posting = nullptr;  // who posts one; null: nobody
};

/// Throws the RunError for a life of more than `visits_per_life` visits.
[[noreturn]] void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit);

/// Lives the lives of one replication under one program. Cheap to make; not to be shared between threads.
class Lives {
 public:
  /// `market_state` may be null: nothing couples customers; it is read at each visit.
  Lives(const Program& program, const Population& population, const Streams& streams,
        const MarketState* market_state = nullptr)
      : program_(program),
        population_(population),
        streams_(streams),
        market_state_(market_state),
        traits_(population.trait_count()),
        cumulative_(program.most_exits()) {}

  /// The life of person `customer`, told to `observer`, which has
  ///   arrived(const Person&), visited(const Person&, const Visit&, const VisitRow&, const State& before, const State&
  ///   after), stayed(const Person&, const Visit&, const Stay&, const State&)
  /// called in the order of events; nothing is called for who does not arrive within the horizon.
  /// Throws RunError when the life has more than `visits_per_life` visits.
  template <class Observer>
  void live(std::uint32_t customer, Observer& observer);

  /// The same in pieces. A life before its first visit, which may lie beyond the horizon.
  [[nodiscard]] Life begin(std::uint32_t customer) const;
  /// Reads the traits of a person whose life goes on here; before `visit_next`.
  void meet(std::uint32_t customer, const Life& life) {
    if (market_state_ != nullptr && market_state_->accounts != nullptr) {
      population_.traits(streams_, customer, market_state_->accounts->account_of(customer), life.person.persona, traits_);
    } else {
      population_.traits(streams_, customer, life.person.persona, traits_);
    }
  }
  /// The visit that the stay leads to, told to `observer`, and the stay that follows it.
  template <class Observer>
  void visit_next(std::uint32_t customer, Life& life, Observer& observer);
  /// Whether what reviews say bears on where the last visit leads: a prospect's, where reviews are read.
  [[nodiscard]] bool reads_reviews(const Life& life) const {
    return market_state_ != nullptr && program_.place(life.visit.touchpoint).reads_reviews && !life.state.bought;
  }

 private:
  void appraise(std::uint32_t customer, const Person& person, const Words& words, const VisitRow& row, Visit& visit,
                State& state);
  [[nodiscard]] bool give_up(std::uint32_t customer, const VisitRow& row, Life& life);
  [[nodiscard]] bool at_gate(std::uint32_t customer, std::uint32_t touchpoint) const;
  [[nodiscard]] std::int32_t rating(std::uint32_t customer, const Visit& visit) const;
  void leave_by(const ExitRow& exit, double after, std::size_t earliest_window, double from, Life& life) const;
  [[nodiscard]] Stay for_good() const {
    return {program_.horizon(), program_.windows().count() - 1, program_.regime_begins().size() - 1};
  }
  [[nodiscard]] float trait(BuiltinTrait which) const { return traits_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] Standing standing(const Place& place, bool bought) const {
    if (place.end || place.away) return bought ? Standing::churned : Standing::lost;
    return bought ? Standing::customer : Standing::prospect;
  }

  const Program& program_;
  const Population& population_;
  Streams streams_;
  const MarketState* market_state_;
  std::vector<float> traits_;
  std::vector<float> cumulative_;  // room for `choose`
};

template <class Observer>
void Lives::live(std::uint32_t customer, Observer& observer) {
  Life life = begin(customer);
  if (life.person.arrival > program_.horizon()) return;
  meet(customer, life);
  observer.arrived(life.person);
  do {
    visit_next(customer, life, observer);
    observer.stayed(life.person, life.visit, life.stay, life.state);
  } while (life.stay.exit >= 0);
}

template <class Observer>
void Lives::visit_next(std::uint32_t customer, Life& life, Observer& observer) {
  const Person& person = life.person;
  State& state = life.state;
  Visit& visit = life.visit;
  const std::uint32_t event = state.standing == Standing::absent ? 0 : visit.event + 1;
  visit = {event, life.stay.to, life.stay.until, life.stay.window, life.stay.regime};
  if (event == visits_per_life) report_endless_life(program_, customer, visit);
  const Place& place = program_.place(visit.touchpoint);
  const VisitRow& row = program_.row(visit.regime, person.persona, visit.touchpoint);
  if (event == 0) {
    state.expectation = trait(BuiltinTrait::expectation);
    state.satisfaction = trait(BuiltinTrait::satisfaction);
  }
  const State before = state;
  state.bought = state.bought || place.purchase;
  state.standing = standing(place, state.bought);
  life.stay = for_good();
  visit.appraised = !place.end;
  if (place.end) {
    observer.visited(person, visit, row, before, state);
    return;
  }

  if (market_state_ != nullptr) {
    if (place.queues) {
      visit.wait = market_state_->waits[visit.touchpoint];
      if (!program_.gave_up_exits(row).empty()) visit.patience = trait(BuiltinTrait::patience);
    }
  }
  const Words words = streams_.draw(customer, Purpose::visit, visit.event);
  appraise(customer, person, words, row, visit, state);
  if (market_state_ != nullptr) {
    visit.held = at_gate(customer, visit.touchpoint);
    const bool leaves = visit.patience >= 0.0f && give_up(customer, row, life);
    if (state.standing == Standing::customer) visit.rating = rating(customer, visit);
    if (leaves || visit.held) {
      observer.visited(person, visit, row, before, state);
      return;
    }
  }
  observer.visited(person, visit, row, before, state);

  const float heard = reads_reviews(life) ? state.heard + market_state_->reviews : state.heard;
  const behaviour::ChoiceState mood{state.satisfaction, state.expectation, heard, visit.effort};
  const ExitChoice way =
      place.race ? race(program_, row, streams_, {customer, visit.event, person.persona, visit.touchpoint, visit.time}, mood)
                 : choose(program_, row, traits_, words, mood, life.luck, cumulative_);
  if (way.exit < 0) return;
  leave_by(program_.exits(row)[static_cast<std::size_t>(way.exit)], visit.wait + way.delay, visit.window, visit.time, life);
}

inline void Lives::leave_by(const ExitRow& exit, double after, std::size_t earliest_window, double from, Life& life) const {
  // A visit at the horizon is the last, even where an exit takes no time.
  if (!(from < program_.horizon() && from + after <= program_.horizon())) return;
  life.stay.until = from + after;
  life.stay.window = std::max(program_.windows().of(life.stay.until), earliest_window);
  life.stay.regime = program_.regime(life.stay.until, life.visit.regime);
  life.stay.exit = exit.exit;
  life.stay.to = exit.to;
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
  visit.effort = b::exert(row.effort, visit.repeated ? settings.repeat_effort : 0.0f,
                          b::strain(static_cast<float>(visit.wait), trait(BuiltinTrait::patience)));
  visit.appraisal = b::appraise(visit.quality, state.expectation, visit.effort, trait(BuiltinTrait::loss_aversion),
                                trait(BuiltinTrait::effort_aversion), settings.appraisal);
  state.satisfaction = b::remember(state.satisfaction, visit.appraisal, row.weight, settings.memory);
  state.expectation = b::adapt(state.expectation, visit.quality, settings.adapt);
  state.expectation = b::adapt(state.expectation, row.promise, row.promise_weight);
  state.promoter_class =
      b::promoter_class(b::recommend(state.satisfaction, person.answering, settings.recommend_base, settings.recommend_sd));
}

}  // namespace sojourn
