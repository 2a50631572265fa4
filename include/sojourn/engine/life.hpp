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
#include "sojourn/engine/service_lines.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/paired_outcomes.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Where a person stands with the company.
enum class Standing : std::uint8_t { absent, prospect, customer, lost, churned };
/// The same at the end of a life, as plans are compared by.
[[nodiscard]] constexpr decltype(EndState::standing) end_standing(Standing standing) {
  constexpr decltype(EndState::standing) ends[] = {EndState::absent, EndState::prospect, EndState::customer, EndState::lost,
                                                   EndState::churned};
  return ends[static_cast<std::size_t>(standing)];
}

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

/// How a visit to a queue stands: it is `waiting` from arrival on, until service begins or the customer leaves.
enum class InLine : std::uint8_t { none, waiting, served, gave_up, turned_away };

/// What happened at one visit. The scores are 0 where nothing is appraised: at an end, and where nobody served.
struct Visit {
  std::uint32_t event = 0;  // number in the life, from 0
  std::uint32_t touchpoint = 0;
  double time = 0.0;                   // of arrival; where the visit waited in line, when the wait ended
  std::size_t window = 0, regime = 0;  // of `time`
  bool appraised = false;
  bool repeated = false;  // context was lost on the way here
  InLine line = InLine::none;
  bool held = false;          // waits at a gate for what the account decides
  bool solved = false;        // the problem that brought the customer here
  float fit = 0.5f;           // of the content shown, see `fit` (model/content.hpp)
  std::uint32_t variant = 0;  // of it, where there is content
  float quality = 0.0f, effort = 0.0f, appraisal = 0.0f;
  float satisfaction = 0.0f;   // the customer's right after it, before anybody asks
  float heard = 0.0f;          // social proof, with that of reviews, as the exits saw it
  double wait = 0.0;           // days in line
  std::int32_t recovery = -1;  // way of a closed loop (Program::recoveries, by number) by which a low answer leads away
  std::int32_t rating = 0;     // posted afterwards, 1 .. 5; 0: none
  Amounts amounts = {};        // drawn, where somebody served
};

/// What bends the odds of exits after a visit whose `heard` is known.
[[nodiscard]] inline behaviour::ChoiceState choice_state(const State& state, const Visit& visit) {
  return {.satisfaction = state.satisfaction,
          .expectation = state.expectation,
          .heard = visit.heard,
          .effort = visit.effort,
          .solved = visit.solved ? 1.0f : 0.0f};
}

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
  std::vector<double> carried = {};  // see CarriedRules
};

/// What couples customers, as one of them meets it: who belongs together, and what the market made of the window before.
struct MarketState {
  const Accounts* accounts = nullptr;
  std::vector<std::uint8_t> gates;   // [account segment x touchpoints + touchpoint] 1 where the account decides
  float reviews = 0.0f;              // social proof that a prospect takes from reading reviews in the window at hand
  const Reviews* posting = nullptr;  // who posts one; null: nobody
};

/// Throws the InputError (`endless_life`) for a life of more than `visits_per_life` visits.
[[noreturn]] void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit);

/// Lives the lives of one replication under one program. Cheap to make; not to be shared between threads.
class Lives {
 public:
  /// `market_state` may be null: nothing couples customers; it is read at each visit.
  Lives(const Program& program, const Population& population, const Streams& streams,
        const MarketState* market_state = nullptr)
      : Lives(program, population, streams, streams, market_state) {}
  /// The same people, whose persons and traits come from `people`, with other draws on the way.
  Lives(const Program& program, const Population& population, const Streams& people, const Streams& streams,
        const MarketState* market_state)
      : program_(program),
        population_(population),
        people_(people),
        streams_(streams),
        market_state_(market_state),
        traits_(population.trait_count()),
        cumulative_(program.most_exits()) {}

  /// The life of person `customer`, told to `observer`, which has
  ///   arrived(const Person&), visited(const Person&, const Visit&, const VisitRow&, const State& before, const State&
  ///   after), stayed(const Person&, const Visit&, const Stay&, const State&), asked(const Person&, const Asked&, const
  ///   State&), which comes before the visit that a survey follows, annoyed(const Person&, std::size_t window, const State&
  ///   before, const State& after), and may have ended(const Life&), after the last stay,
  /// called in the order of events; nothing is called for who does not arrive within the horizon.
  /// Throws InputError (`endless_life`) when the life has more than `visits_per_life` visits.
  template <class Observer>
  void live(std::uint32_t customer, Observer& observer);

  /// The same in pieces. A life before its first visit, which may lie beyond the horizon.
  [[nodiscard]] Life begin(std::uint32_t customer) const;
  /// Reads the traits of a person whose life goes on here; before `visit_next`.
  void load_traits(std::uint32_t customer, const Life& life) {
    if (market_state_ != nullptr && market_state_->accounts != nullptr) {
      population_.traits(people_, customer, market_state_->accounts->account_of(customer), life.person.persona, traits_);
    } else {
      population_.traits(people_, customer, life.person.persona, traits_);
    }
  }
  /// The patience of the person whose traits are loaded.
  [[nodiscard]] float patience() const { return trait(BuiltinTrait::patience); }
  /// Whether the stay leads to a queue: that visit is not one for `visit_next`, but begins with `come_to_queue`.
  [[nodiscard]] bool leads_to_queue(const Life& life) const { return program_.place(life.stay.to).queues; }
  /// The visit that the stay leads to, told to `observer`, and the stay that follows it.
  template <class Observer>
  void visit_next(std::uint32_t customer, Life& life, Observer& observer);
  /// The customer comes to the queue that the stay leads to, and waits there from now on: `observer` is told by
  /// came(const Person&, const Visit&, const State& before, const State& after).
  template <class Observer>
  void come_to_queue(std::uint32_t customer, Life& life, Observer& observer);
  /// The wait is over, as `resolved` says: the visit, told to `observer` by visited(...), and the stay that follows it.
  template <class Observer>
  void leave_line(std::uint32_t customer, Life& life, const ResolvedCall& resolved, Observer& observer);
  /// The end of `window`, which is that of the next occasion of a survey (SurveyRules::asked_at), while the customer stays:
  /// told to `observer` by asked(...) and, where it costs satisfaction, annoyed(...). A low answer may lead away by a closed
  /// loop, but nobody who stands in line.
  template <class Observer>
  void ask_at_end_of(std::size_t window, std::uint32_t customer, Life& life, Observer& observer, bool in_line = false);
  /// Chooses anew where the last visit, one that was appraised, leads: another stay, with the draws at hand. Where a closed
  /// loop may lead away from it, the surveys that followed the visit, lived with the draws `before`, are asked anew.
  void choose_again(const Streams& before, std::uint32_t customer, Life& life);
  /// At the beginning of `window` positive messages reach the customer, who waits at a touchpoint, and may leave it by an
  /// exit for that.
  void hear(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t messages) const;
  /// At the beginning of `window` the account has decided: the customer leaves a gate by the exit in position `exit`.
  void leave_gate(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t exit) const;
  /// What reviews add to what was heard, where they bear on where a visit leads: a prospect's, where reviews are read;
  /// `after` is the state after the visit. 0 elsewhere.
  [[nodiscard]] float reviews_read(const Visit& visit, const State& after) const {
    const bool read = market_state_ != nullptr && program_.place(visit.touchpoint).reads_reviews && !after.bought;
    return read ? market_state_->reviews : 0.0f;
  }

 private:
  [[nodiscard]] State begin_visit(std::uint32_t customer, Life& life) const;
  template <class Observer>
  void finish_visit(std::uint32_t customer, Life& life, const State& before, Observer& observer);
  void choose_exit(std::uint32_t customer, const VisitRow& row, const Words& words, Life& life);
  template <class Observer>
  void ask_while_staying(std::uint32_t customer, Life& life, Observer& observer);
  template <class Observer>
  void ask_after_visit(std::uint32_t customer, Life& life, Observer& observer);
  void annoy(float lost, Life& life) const;
  void note_low(const Asked& asked, Visit& visit) const;
  void recover(double from, Life& life) const;
  void appraise(std::uint32_t customer, const Person& person, const Words& words, const VisitRow& row, Visit& visit,
                State& state);
  [[nodiscard]] const VisitRow& move_to_window(Life& life, std::size_t window) const;
  [[nodiscard]] bool at_gate(std::uint32_t customer, std::uint32_t touchpoint) const;
  [[nodiscard]] std::int32_t rating(std::uint32_t customer, const Visit& visit) const;
  void leave_by(const ExitRow& exit, double delay, Life& life) const;
  void draw_amounts(std::uint32_t customer, Life& life) const {
    const std::int32_t place = program_.amounts().place(life.person.persona, life.visit.touchpoint);
    if (place < 0) return;
    life.visit.amounts = program_.amounts().draw(place, streams_, customer, life.visit.event,
                                                 [&](std::size_t which) { return traits_[which]; });
  }
  [[nodiscard]] Stay for_good() const {
    return {program_.horizon(), program_.windows().count() - 1, program_.regime_begins().size() - 1};
  }
  [[nodiscard]] Carrier carrier(const Life& life) const {
    return {traits_, life.carried, {life.state.bought, life.state.team, life.visit.solved, life.visit.time}};
  }
  [[nodiscard]] float trait(BuiltinTrait which) const { return traits_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] Standing standing(const Place& place, bool bought) const {
    if (place.end || place.away) return bought ? Standing::churned : Standing::lost;
    return bought ? Standing::customer : Standing::prospect;
  }

  const Program& program_;
  const Population& population_;
  Streams people_, streams_;
  const MarketState* market_state_;
  std::vector<float> traits_;
  std::vector<float> cumulative_;  // room for `choose`
};

template <class Observer>
void Lives::live(std::uint32_t customer, Observer& observer) {
  Life life = begin(customer);
  if (life.person.arrival > program_.horizon()) return;
  load_traits(customer, life);
  observer.arrived(life.person);
  do {
    visit_next(customer, life, observer);
    if (program_.surveys().at_intervals()) ask_while_staying(customer, life, observer);
    observer.stayed(life.person, life.visit, life.stay, life.state);
  } while (life.stay.exit >= 0);
  if constexpr (requires { observer.ended(life); }) observer.ended(life);
}

/// The surveys at intervals that fall into the stay. Where nothing couples customers nothing else happens in it.
template <class Observer>
void Lives::ask_while_staying(std::uint32_t customer, Life& life, Observer& observer) {
  if (program_.place(life.visit.touchpoint).end) return;
  for (;;) {
    const double at = program_.surveys().asked_at(program_.of_surveys(life.carried));
    // A visit at the very end of a window comes first.
    if (!(at <= program_.horizon()) || (life.stay.exit >= 0 && !(at < life.stay.until))) return;
    ask_at_end_of(program_.windows().of(at), customer, life, observer);
  }
}

template <class Observer>
void Lives::ask_at_end_of(std::size_t window, std::uint32_t customer, Life& life, Observer& observer, bool in_line) {
  const State before = life.state;
  life.visit.recovery = -1;
  const Asked where{0, life.person.persona, program_.windows().end(window), window};
  const float lost = program_.surveys().ask_at_interval(
      streams_, customer, where, before.standing == Standing::customer, {before.satisfaction, life.person.answering},
      program_.of_surveys(life.carried), [&] { return trait(BuiltinTrait::response_propensity); },
      [&](const Asked& asked) {
        observer.asked(life.person, asked, before);
        note_low(asked, life.visit);
      });
  const bool may_leave = !in_line && (market_state_ == nullptr || !at_gate(customer, life.visit.touchpoint));
  if (may_leave) recover(where.time, life);
  // After the last window nothing follows.
  if (!(lost > 0.0f) || window + 1 == program_.windows().count()) return;
  annoy(lost, life);
  observer.annoyed(life.person, window, before, life.state);
}

/// Nobody counts who is asked.
struct NobodyIsTold {
  void asked(const Person&, const Asked&, const State&) {}
};

/// Of several closed loops that follow up what was answered, the soonest leads away, then the first.
inline void Lives::note_low(const Asked& asked, Visit& visit) const {
  if (program_.surveys().is_low(asked))
    visit.recovery = program_.sooner(visit.recovery, program_.recovery_exit(asked.survey, visit.touchpoint));
}

/// A low answer was given at `from`: who is still here when the closed loop comes leaves with it.
inline void Lives::recover(double from, Life& life) const {
  if (life.visit.recovery < 0) return;
  const Recovery& way = program_.recovery(life.visit.recovery);
  const double until = from + way.within;
  if (!(from < program_.horizon() && until <= program_.horizon())) return;
  if (life.stay.exit >= 0 && life.stay.until <= until) return;
  life.stay.until = until;
  life.stay.window = std::max(program_.windows().of(until), life.visit.window);
  life.stay.regime = program_.regime(until, life.visit.regime);
  life.stay.exit = life.visit.recovery;
  life.stay.to = way.to;
}

/// Takes satisfaction off.
inline void Lives::annoy(float lost, Life& life) const {
  const Program::Behaviour& settings = program_.behaviour();
  life.state.satisfaction = behaviour::annoyed(life.state.satisfaction, lost);
  life.state.promoter_class = behaviour::promoter_class(
      behaviour::recommend(life.state.satisfaction, life.person.answering, settings.recommend_base, settings.recommend_sd));
}

/// The person stands at the next touchpoint, where nothing has happened yet; the answer is the state before.
inline State Lives::begin_visit(std::uint32_t customer, Life& life) const {
  State& state = life.state;
  Visit& visit = life.visit;
  const std::uint32_t event = state.standing == Standing::absent ? 0 : visit.event + 1;
  visit = {event, life.stay.to, life.stay.until, life.stay.window, life.stay.regime};
  if (!life.carried.empty()) program_.carried().reach(life.carried, visit.touchpoint, life.stay.exit, visit.time);
  if (event == visits_per_life) report_endless_life(program_, customer, visit);
  if (event == 0) {
    state.expectation = trait(BuiltinTrait::expectation);
    state.satisfaction = trait(BuiltinTrait::satisfaction);
  }
  life.stay = for_good();
  return state;
}

template <class Observer>
void Lives::visit_next(std::uint32_t customer, Life& life, Observer& observer) {
  const State before = begin_visit(customer, life);
  const Place& place = program_.place(life.visit.touchpoint);
  if (place.end) {
    life.state.bought = life.state.bought || place.purchase;
    life.state.standing = standing(place, life.state.bought);
    draw_amounts(customer, life);
    observer.visited(life.person, life.visit, program_.row(life.visit.regime, life.person.persona, life.visit.touchpoint),
                     before, life.state);
    return;
  }
  finish_visit(customer, life, before, observer);
}

template <class Observer>
void Lives::come_to_queue(std::uint32_t customer, Life& life, Observer& observer) {
  const State before = begin_visit(customer, life);
  Visit& visit = life.visit;
  const Place& place = program_.place(visit.touchpoint);
  visit.line = InLine::waiting;
  // Only who is served has bought.
  life.state.standing = standing(place, life.state.bought);
  observer.came(life.person, visit, before, life.state);
}

template <class Observer>
void Lives::leave_line(std::uint32_t customer, Life& life, const ResolvedCall& resolved, Observer& observer) {
  Visit& visit = life.visit;
  visit.time = resolved.time;
  visit.window = std::max(program_.windows().of(visit.time), visit.window);
  visit.regime = program_.regime(visit.time, visit.regime);
  visit.wait = resolved.time - resolved.call.time;
  life.stay = for_good();
  const State before = life.state;
  if (resolved.outcome == ResolvedCall::Outcome::served) {
    visit.line = InLine::served;
    finish_visit(customer, life, before, observer);
    return;
  }
  const VisitRow& row = program_.row(visit.regime, life.person.persona, visit.touchpoint);
  const bool gave_up = resolved.outcome == ResolvedCall::Outcome::gave_up;
  visit.line = gave_up ? InLine::gave_up : InLine::turned_away;
  observer.visited(life.person, visit, row, before, life.state);
  const std::span<const ExitRow> exits = gave_up ? program_.gave_up_exits(row) : program_.turned_away_exits(row);
  if (exits.empty()) return;
  const Words words = streams_.draw(customer, Purpose::patience, visit.event);
  leave_by(exits.front(), drawn_delay(program_, exits.front(), carrier(life), words), life);
}

/// The visit itself, and where it leads.
template <class Observer>
void Lives::finish_visit(std::uint32_t customer, Life& life, const State& before, Observer& observer) {
  const Person& person = life.person;
  State& state = life.state;
  Visit& visit = life.visit;
  const Place& place = program_.place(visit.touchpoint);
  const VisitRow& row = program_.row(visit.regime, person.persona, visit.touchpoint);
  state.bought = state.bought || place.purchase;
  state.standing = standing(place, state.bought);
  draw_amounts(customer, life);
  if (!life.carried.empty())
    program_.carried().serve(life.carried, visit.touchpoint, visit.time, row.revenue_of(visit.amounts));
  visit.appraised = true;
  if (const std::int32_t met = program_.carried().last_met(); met >= 0) {
    double& last = life.carried[static_cast<std::size_t>(met)];
    state.expectation = behaviour::drift(state.expectation, program_.behaviour().expectation_drift, visit.time - last);
    last = visit.time;
  }
  const Words words = streams_.draw(customer, Purpose::visit, visit.event);
  appraise(customer, person, words, row, visit, state);
  if (place.solves) {
    const float own = row.solves_trait < 0 ? 0.0f : traits_[static_cast<std::size_t>(row.solves_trait)];
    visit.solved = solves(streams_, customer, visit.event, solving_chance(program_, row, own));
  }
  visit.satisfaction = state.satisfaction;
  if (program_.surveys().covering(visit.touchpoint) != 0) ask_after_visit(customer, life, observer);
  if (market_state_ != nullptr) {
    visit.held = at_gate(customer, visit.touchpoint);
    if (state.standing == Standing::customer) visit.rating = rating(customer, visit);
  }
  observer.visited(person, visit, row, before, state);
  if (visit.held) return;
  choose_exit(customer, row, words, life);
  recover(visit.time, life);
}

/// The surveys that follow the visit at hand.
template <class Observer>
void Lives::ask_after_visit(std::uint32_t customer, Life& life, Observer& observer) {
  const Visit& visit = life.visit;
  const Asked where{0, life.person.persona, visit.time, visit.window};
  const float lost = program_.surveys().ask_after_visit(
      streams_, customer, visit.event, visit.touchpoint, where,
      {life.state.satisfaction, life.person.answering, visit.appraisal, visit.effort}, program_.of_surveys(life.carried),
      [&] { return trait(BuiltinTrait::response_propensity); },
      [&](const Asked& asked) {
        observer.asked(life.person, asked, life.state);
        note_low(asked, life.visit);
      });
  if (lost > 0.0f) annoy(lost, life);
}

inline void Lives::choose_again(const Streams& before, std::uint32_t customer, Life& life) {
  Visit& visit = life.visit;
  const SurveyRules& surveys = program_.surveys();
  if (program_.loops_after_visit(visit.touchpoint)) {
    surveys.take_back(before, customer, visit.event, visit.touchpoint, program_.of_surveys(life.carried));
    life.state.satisfaction = visit.satisfaction;
    visit.recovery = -1;
    NobodyIsTold nobody;
    ask_after_visit(customer, life, nobody);
  }
  life.stay = for_good();
  choose_exit(customer, program_.row(visit.regime, life.person.persona, visit.touchpoint),
              streams_.draw(customer, Purpose::visit, visit.event), life);
  recover(visit.time, life);
}

/// Where the visit leads.
inline void Lives::choose_exit(std::uint32_t customer, const VisitRow& row, const Words& words, Life& life) {
  Visit& visit = life.visit;
  const State& state = life.state;
  visit.heard = state.heard + reviews_read(visit, state);
  const behaviour::ChoiceState mood = choice_state(state, visit);
  const ExitChoice way =
      row.race ? race(program_, row, streams_, {customer, visit.event, life.person.persona, visit.touchpoint, visit.time},
                      carrier(life), mood)
               : choose(program_, row, carrier(life), words, mood, life.luck, cumulative_);
  if (way.exit >= 0) leave_by(program_.exits(row)[static_cast<std::size_t>(way.exit)], way.delay, life);
}

/// Leaves the visit at hand by `exit`, to arrive `delay` days later.
inline void Lives::leave_by(const ExitRow& exit, double delay, Life& life) const {
  const double from = life.visit.time;
  // A visit at the horizon is the last, even where an exit takes no time.
  if (!(from < program_.horizon() && from + delay <= program_.horizon())) return;
  life.stay.until = from + delay;
  life.stay.window = std::max(program_.windows().of(life.stay.until), life.visit.window);
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
  visit.fit = row.standard_fit;
  if (program_.place(visit.touchpoint).content && personalised(streams_, customer, visit.event, row.personalisation)) {
    visit.fit = row.best_fit;
    visit.variant = row.best_variant;
  }
  visit.quality =
      b::deliver(row.quality, row.quality_sd, normal_pair(words[0], words[2]).first, visit.fit, settings.fit_weight);
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
