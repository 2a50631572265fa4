// Lives whose draws are keyed in other ways than the engine's, to measure what pairs two plans best (MODEL.md section 8).
// The same programs, people and equations; only what names a draw differs. Every way is exact in distribution.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/engine/exits.hpp"
#include "sojourn/engine/life.hpp"

namespace sojourn::verify {

/// What names the draws of a visit.
enum class Key {
  event,     // its number in the life: the engine's way
  purchase,  // the same, counted anew from the first purchase
  nth,       // the touchpoint, and how many visits to it came before
  slot,      // one of 8 counters, shared by touchpoints whose number is the same modulo 8, and its count
  day,       // the touchpoint, the day, and how many visits to it on that day came before
};
/// What decides whether the person leaves.
enum class LeavingBy {
  visit,   // a draw of the visit's own
  life,    // one threshold per life: the engine's way
  stages,  // one until the first purchase, another from it on
};
/// What decides whether a person who does not leave makes the first purchase.
enum class Buying {
  visit,  // the draw that chooses the exit: the engine's way
  life,   // a second threshold per life
};

/// A way to key draws. The default is the engine's.
struct Keying {
  Key key = Key::event;
  LeavingBy leaving = LeavingBy::life;
  Buying buying = Buying::visit;
};

/// What one life came to at the horizon.
struct Outcome {
  bool arrived = false, bought = false, customer = false;
  std::int32_t promoter_class = 0;  // of a customer
  double worth = 0.0;               // discounted revenue - cost to serve - price of improvements per visit
  bool operator==(const Outcome&) const = default;
};

/// Lives the lives of one replication under one program with draws keyed in one way. Choices and races; no talk.
class KeyedLives {
 public:
  KeyedLives(const Program& program, const Population& population, const Streams& streams, Keying keying)
      : program_(program),
        population_(population),
        streams_(streams),
        keying_(keying),
        traits_(population.trait_count()),
        cumulative_(program.most_exits()),
        visits_(std::max<std::size_t>(slots, program.model().parts().touchpoints.size())) {}

  Outcome live(std::uint32_t customer) {
    Outcome outcome;
    const Person person = population_.person(streams_, customer);
    if (person.arrival > program_.horizon()) return outcome;
    outcome.arrived = true;
    customer_ = customer;
    population_.traits(streams_, customer, person.persona, traits_);
    std::fill(visits_.begin(), visits_.end(), Met{});

    State state;
    state.expectation = trait(BuiltinTrait::expectation);
    state.satisfaction = trait(BuiltinTrait::satisfaction);
    double luck = person.luck;
    // The engine draws nothing at this index.
    const Words spare = streams_.draw(customer, Purpose::person, 2);
    double buying = uniform(spare[0], spare[1]);
    std::uint32_t since = 0;  // events since the first purchase, or since arrival before it
    std::uint32_t at = person.start;
    double time = person.arrival;
    std::size_t regime = 0;
    for (std::uint32_t event = 0;; ++event, ++since) {
      if (event == visits_per_life) throw std::runtime_error("a life without end");
      regime = program_.regime(time, regime);
      const Place& place = program_.place(at);
      const VisitRow& row = program_.row(regime, person.persona, at);
      if (place.purchase && !outcome.bought) {
        outcome.bought = true;
        since = 0;
        if (keying_.leaving == LeavingBy::stages) luck = uniform(spare[2], spare[3]);
      }
      outcome.worth += (row.revenue - row.cost - row.price) * behaviour::present_value(program_.force_of_interest(), time);
      outcome.customer = outcome.bought && !place.end && !place.away;
      if (place.end) return outcome;

      const std::uint32_t index = number(event, since, outcome.bought, at, time);
      const Words words = streams_.draw(customer, Purpose::visit, index);
      const float effort = appraise(person, index, words, row, at, state);
      outcome.promoter_class = state.promoter_class;
      const behaviour::ChoiceState mood{state.satisfaction, state.expectation, state.heard, effort, 0.0f};
      const ExitChoice way =
          place.race ? race(program_, row, streams_, {customer_, index, person.persona, at, time}, {traits_}, mood)
                     : choose_from(row, index, words, mood, luck, buying, outcome.bought);
      const bool moves = way.exit >= 0 && time < program_.horizon() && time + way.delay <= program_.horizon();
      const double until = moves ? time + way.delay : program_.horizon();
      const double rho = program_.force_of_interest();
      for (std::size_t r = regime; r <= program_.regime(until, regime); ++r) {
        const std::vector<double>& begins = program_.regime_begins();
        const double from = std::max(time, begins[r]), to = r + 1 < begins.size() ? std::min(until, begins[r + 1]) : until;
        const Flow& flow = program_.flow(r, person.persona, at);
        outcome.worth +=
            (flow.revenue - flow.cost) * behaviour::present_value(rho, from) * behaviour::annuity(rho, to - from);
      }
      if (!moves) return outcome;
      at = program_.exits(row)[static_cast<std::size_t>(way.exit)].to;
      time = until;
    }
  }

 private:
  // Visits so far to a touchpoint (on a day) or to those of a slot.
  struct Met {
    std::uint32_t visits = 0, day = 0;
  };
  [[nodiscard]] float trait(BuiltinTrait which) const { return traits_[static_cast<std::size_t>(which)]; }

  std::uint32_t number(std::uint32_t event, std::uint32_t since, bool bought, std::uint32_t at, double time) {
    Met& met = visits_[keying_.key == Key::slot ? at % slots : at];
    switch (keying_.key) {
      case Key::event:
        return event;
      case Key::purchase:
        return since | (bought ? 1u << 31 : 0u);
      case Key::nth:
        return at << 16 | met.visits++;
      case Key::slot: {
        // Where a counter comes round, event / 256 has moved on: no draw is used twice.
        return (event / 256) << 16 | (met.visits++ % 256) << 8 | at % slots;
      }
      case Key::day: {
        const auto day = static_cast<std::uint32_t>(time);
        if (met.day != day) met = {0, day};
        if (met.visits > 15 || day >= 1u << 16 || at >= 1u << 12) throw std::runtime_error("no number for this visit");
        return (at << 16 | day) << 4 | met.visits++;
      }
    }
    return event;
  }

  float appraise(const Person& person, std::uint32_t index, const Words& words, const VisitRow& row, std::uint32_t at,
                 State& state) {
    namespace b = behaviour;
    const Program::Behaviour& settings = program_.behaviour();
    const std::int32_t team = program_.place(at).team;
    bool repeated = false;
    if (team >= 0) {
      if (state.team >= 0 && state.team != team)
        repeated = uniform(streams_.draw(customer_, Purpose::visit, index, 1)[0]) >= program_.carry(row, state.team);
      state.team = team;
    }
    const float quality =
        b::deliver(row.quality, row.quality_sd, normal_pair(words[0], words[2]).first, 0.5f, settings.fit_weight);
    const float effort = b::exert(row.effort, repeated ? settings.repeat_effort : 0.0f, 0.0f);
    const float appraisal = b::appraise(quality, state.expectation, effort, trait(BuiltinTrait::loss_aversion),
                                        trait(BuiltinTrait::effort_aversion), settings.appraisal);
    state.satisfaction = b::remember(state.satisfaction, appraisal, row.weight, settings.memory);
    state.expectation = b::adapt(state.expectation, quality, settings.adapt);
    state.expectation = b::adapt(state.expectation, row.promise, row.promise_weight);
    state.promoter_class = b::promoter_class(
        b::recommend(state.satisfaction, person.answering, settings.recommend_base, settings.recommend_sd));
    return effort;
  }

  ExitChoice choose_from(const VisitRow& row, std::uint32_t index, const Words& words, const behaviour::ChoiceState& mood,
                         double& luck, double& buying, bool bought) {
    // The engine's own choice, which also leaves the cumulated probabilities behind.
    double fresh = 0.5;
    if (keying_.leaving == LeavingBy::visit) {
      const Words own = streams_.draw(customer_, Purpose::visit, index, 2);
      fresh = uniform(own[0], own[1]);
    }
    const ExitChoice usual =
        choose(program_, row, {traits_}, words, mood, keying_.leaving == LeavingBy::visit ? fresh : luck, cumulative_);
    const auto exits = program_.exits(row);
    if (exits.empty() || (usual.exit >= 0 && exits[static_cast<std::size_t>(usual.exit)].to_end)) return usual;
    if (keying_.buying == Buying::life && !bought) return buy_or_not(row, words, usual, buying);
    return usual;
  }

  [[nodiscard]] double share(std::size_t j) const {
    return double{cumulative_[j]} - (j > 0 ? double{cumulative_[j - 1]} : 0.0);
  }
  // What is left for staying, above rounding.
  [[nodiscard]] static double staying(const VisitRow& row, double total) {
    return row.by_odds || total > 1.0 - 1e-6 ? 0.0 : 1.0 - total;
  }

  // Of those who do not leave: first whether this is the purchase, then which exit of its kind.
  ExitChoice buy_or_not(const VisitRow& row, const Words& words, const ExitChoice& usual, double& buying) {
    const auto exits = program_.exits(row);
    const double stay = staying(row, cumulative_[exits.size() - 1]);
    double to_buy = 0.0, going = stay;
    for (std::size_t j = row.ends; j < exits.size(); ++j) {
      going += share(j);
      if (program_.place(exits[j].to).purchase) to_buy += share(j);
    }
    if (!(to_buy > 0.0)) return usual;
    const double p = to_buy / going;
    const bool buys = buying < p || p > 1.0 - 1e-6;
    buying = behaviour::condition_on_choice(buying, p);
    double point = double{uniform(words[1])} * (buys ? to_buy : going - to_buy);
    std::int32_t chosen = -1;
    for (std::size_t j = row.ends; j < exits.size() && point >= 0.0; ++j) {
      if (program_.place(exits[j].to).purchase != buys || !(share(j) > 0.0)) continue;
      chosen = static_cast<std::int32_t>(j);
      point -= share(j);
    }
    return !buys && point >= 0.0 && stay > 0.0 ? ExitChoice{} : taken(row, chosen, words);
  }

  [[nodiscard]] ExitChoice taken(const VisitRow& row, std::int32_t j, const Words& words) const {
    const ExitRow& exit = program_.exits(row)[static_cast<std::size_t>(j)];
    const Inverse& after = program_.delay(exit.delay);
    const float score = after.by_score() ? normal_pair(words[0], words[2]).second : 0.0f;
    return {j, std::max(0.0, after.draw(words[3], score) * exit.stretch)};
  }

  static constexpr std::uint32_t slots = 8;
  const Program& program_;
  const Population& population_;
  Streams streams_;
  Keying keying_;
  std::vector<float> traits_, cumulative_;
  std::vector<Met> visits_;
  std::uint32_t customer_ = 0;
};

}  // namespace sojourn::verify
