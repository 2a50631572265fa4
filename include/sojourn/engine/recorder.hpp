// The observer that turns lives into tallies.
#pragma once

#include <utility>

#include "sojourn/engine/life.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Records the lives of a block, one after another, into a tally.
class Recorder {
 public:
  Recorder(const Program& program, Tally& tally) : program_(program), tally_(tally), shape_(tally.shape()) {}

  void arrived(const Person& person) {
    since_ = person.existing ? person.since : -1.0;
    churned_ = false;
    from_ = -1;
    introduced_by_ = -1;
    tally_.add(shape_.person(person.persona, PersonScore::arrived), 1);
    if (person.existing) tally_.add(shape_.entered(person.persona, shape_.entry_bin_of(person.arrival - person.since)), 1);
  }

  /// Goes on with a life that was set aside after its last visit. `since`: as `since()` said then; `churned`: likewise.
  void resume(const Life& life, double since, bool churned) {
    since_ = since;
    churned_ = churned;
    from_ = life.visit.touchpoint;
    introduced_by_ = -1;
  }
  /// The life at hand is of somebody to whom a person of this persona first spoke well of the company, before any purchase.
  void introduced_by(std::uint32_t persona) { introduced_by_ = persona; }
  /// When the person of the life at hand bought or, once churned, churned last; -1 of who has not bought.
  [[nodiscard]] double since() const { return since_; }
  /// Whether the person has churned, so that the tenure is counted.
  [[nodiscard]] bool churned() const { return churned_; }

  /// Messages heard at the beginning of `window`.
  void heard(std::uint32_t persona, std::size_t window, std::uint32_t positive, std::uint32_t negative) {
    tally_.add(shape_.time(persona, window, TimeScore::heard_positive), positive);
    tally_.add(shape_.time(persona, window, TimeScore::heard_negative), negative);
  }

  /// A visit to a queue begins. What it brings is told by `visited` when the wait is over.
  void came(const Person& person, const Visit& visit, const State& before, const State& after) {
    const std::uint32_t p = person.persona;
    ++tally_.events;
    tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::visits), 1);
    tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::unserved), 1);
    tally_.add(shape_.present(p, visit.touchpoint, visit.window), 1);
    change_standing(p, visit, before, after);
    flows(p, visit, introduced_by_ >= 0 && before.bought, introduced_by_ >= 0 && after.bought);
  }

  /// A survey covers an occasion of the life at hand.
  void asked(const Person&, const Asked& occasion, const State& state) {
    Asked asked = occasion;
    asked.referred = introduced_by_ >= 0 && state.bought;
    program_.surveys().count(tally_.data(), shape_, asked, program_.discount().decay(asked.time, asked.window));
    if (program_.watches() > 0) program_.count_watched(tally_.data(), shape_, asked);
  }
  /// Being asked at the end of a window, between two visits, has cost satisfaction: from the next window on.
  void annoyed(const Person& person, std::size_t window, const State& before, const State& after) {
    stocks(person.persona, window + 1, before, -1);
    stocks(person.persona, window + 1, after, +1);
  }

  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    const std::uint32_t p = person.persona;
    const auto count = [&](TouchScore score, std::int64_t amount) {
      tally_.add(shape_.touch(p, visit.touchpoint, score), amount);
    };
    if (visit.line == InLine::none) {
      ++tally_.events;
      count(TouchScore::visits, 1);
      tally_.add(shape_.present(p, visit.touchpoint, visit.window), 1);
    } else {
      if (visit.line != InLine::turned_away) count(TouchScore::wait, fixed(visit.wait, shape_.scales.days));
      count(TouchScore::unserved, visit.line == InLine::served ? -1 : 0);
      count(TouchScore::gave_up, visit.line == InLine::gave_up ? 1 : 0);
      count(TouchScore::turned_away, visit.line == InLine::turned_away ? 1 : 0);
    }
    if (visit.appraised) {
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::repeats), visit.repeated);
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::solved), visit.solved);
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::quality), fixed_score(visit.quality));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::satisfaction), fixed_score(visit.appraisal));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::effort), fixed_score(visit.effort));
    }
    if (visit.appraised && program_.watches() > 0) {
      program_.count_watched(tally_.data(), shape_, visit.touchpoint, p,
                             {visit.satisfaction, person.answering, visit.appraisal, visit.effort});
    }
    if (visit.appraised && program_.place(visit.touchpoint).content) {
      count(TouchScore::matched, visit.fit == row.best_fit ? 1 : 0);
      count(TouchScore::mistargeted, visit.fit < 0.5f ? 1 : 0);
      count(TouchScore::fit, fixed_score(visit.fit));
    }
    if (visit.appraised) {
      for (const std::uint32_t survey : program_.surveys().visit_surveys()) {
        program_.surveys().count_visit(tally_.data(), shape_, survey, p, visit.window,
                                       {visit.satisfaction, person.answering, visit.appraisal, visit.effort});
      }
    }
    change_standing(p, visit, before, after);
    if (after.bought && !before.bought) {
      since_ = visit.time;
      if (introduced_by_ >= 0) {
        tally_.add(shape_.person(p, PersonScore::referred), 1);
        tally_.add(shape_.person(static_cast<std::size_t>(introduced_by_), PersonScore::brought), 1);
      }
      tally_.add(shape_.time(p, visit.window, TimeScore::bought), 1);
      tally_.add(shape_.person(p, PersonScore::days_to_purchase), fixed(visit.time - person.arrival, shape_.scales.days));
    }
    end_tenure(p, visit, before, after);
    if (visit.line != InLine::gave_up && visit.line != InLine::turned_away)
      pay(p, visit, introduced_by_ >= 0 && after.bought);
    flows(p, visit, introduced_by_ >= 0 && before.bought, introduced_by_ >= 0 && after.bought);
  }

  void stayed(const Person& person, const Visit& visit, const Stay& stay, const State& state) {
    const std::uint32_t p = person.persona, v = visit.touchpoint;
    if (stay.exit >= 0) {
      tally_.add(shape_.taken(p, static_cast<std::size_t>(stay.exit)), 1);
      tally_.add(shape_.present(p, v, stay.window), -1);
    } else if (state.bought && !churned_) {
      tenure(p, program_.horizon(), TenureScore::censored);
    }
  }

 private:
  void change_standing(std::uint32_t persona, const Visit& visit, const State& before, const State& after) {
    stocks(persona, visit.window, before, -1);
    stocks(persona, visit.window, after, +1);
    if (visit.line == InLine::waiting) end_tenure(persona, visit, before, after);
  }

  void end_tenure(std::uint32_t persona, const Visit& visit, const State& before, const State& after) {
    if (after.standing != Standing::churned || before.standing == Standing::churned) return;
    if (!churned_) tenure(persona, visit.time, TenureScore::churned);
    churned_ = true;
    since_ = visit.time;
  }

  void stocks(std::uint32_t persona, std::size_t window, const State& state, std::int64_t sign) {
    const auto add = [&](TimeScore score, std::int64_t amount) { tally_.add(shape_.time(persona, window, score), amount); };
    switch (state.standing) {
      case Standing::absent:
        return;
      case Standing::prospect:
        return add(TimeScore::prospects, sign);
      case Standing::lost:
        return add(TimeScore::lost, sign);
      case Standing::churned:
        return add(TimeScore::churned, sign);
      case Standing::customer:
        break;
    }
    add(TimeScore::customers, sign);
    add(static_cast<TimeScore>(static_cast<std::int32_t>(TimeScore::promoters) + state.promoter_class), sign);
    add(TimeScore::satisfaction, sign * fixed_score(state.satisfaction));
    add(TimeScore::expectation, sign * fixed_score(state.expectation));
  }

  void tenure(std::uint32_t persona, double until, TenureScore score) {
    const std::size_t bin = shape_.tenure_bin_of(until - since_, score);
    tally_.add(shape_.tenure(persona, bin, score), 1);
  }

  /// Counts a visit that pays.
  void pay(std::uint32_t persona, const Visit& visit, bool referred) {
    const std::size_t piece = program_.piece(visit.window, visit.regime);
    if (const std::int32_t drawn = program_.amounts().place(persona, visit.touchpoint); drawn >= 0) {
      const double decay = program_.discount().decay(visit.time, visit.window);
      const auto count = [&](MoneyOf whose) {
        program_.amounts().count(tally_.data(), shape_, whose, static_cast<std::size_t>(drawn), piece, visit.amounts, decay);
      };
      count(MoneyOf::everybody);
      if (referred) count(MoneyOf::referred);
    }
    const std::int32_t place = program_.paying(persona, visit.touchpoint);
    if (place < 0) return;
    const std::int64_t decay = fixed(program_.discount().decay(visit.time, visit.window), shape_.scales.decay);
    const auto add = [&](MoneyOf whose) {
      tally_.add(shape_.paid(whose, static_cast<std::size_t>(place), piece, PaidScore::visits), 1);
      tally_.add(shape_.paid(whose, static_cast<std::size_t>(place), piece, PaidScore::decay), decay);
    };
    add(MoneyOf::everybody);
    if (referred) add(MoneyOf::referred);
  }

  /// Whoever is present at a window's end is taken to stay through the next one (see engine/money_totals.hpp); here the part
  /// of the window after a move is put right.
  void flows(std::uint32_t persona, const Visit& visit, bool referred_before, bool referred) {
    const std::int64_t left = std::exchange(from_, visit.touchpoint);
    const std::int32_t from = left < 0 ? 0 : program_.flow_kind(persona, static_cast<std::uint32_t>(left));
    const std::int32_t to = program_.flow_kind(persona, visit.touchpoint);
    const auto change = [&](MoneyOf whose, std::int32_t before, std::int32_t after) {
      if (before == after) return false;
      program_.change_flow(tally_.data(), shape_, whose, before, after, visit.time, visit.window, visit.regime);
      return true;
    };
    change(MoneyOf::everybody, from, to);
    const std::int32_t referred_from = referred_before ? from : 0, referred_to = referred ? to : 0;
    if (!change(MoneyOf::referred, referred_from, referred_to)) return;
    const auto count = [&](std::int32_t kind, std::int64_t people) {
      if (kind != 0) tally_.add(shape_.referred_present(static_cast<std::size_t>(kind) - 1, visit.window), people);
    };
    count(referred_from, -1);
    count(referred_to, 1);
  }

  const Program& program_;
  Tally& tally_;
  const TallyShape& shape_;
  double since_ = -1.0;  // of the life at hand, as all that follows
  bool churned_ = false;
  std::int64_t introduced_by_ = -1;  // a persona
  std::int64_t from_ = -1;           // the touchpoint before this one
};

}  // namespace sojourn
