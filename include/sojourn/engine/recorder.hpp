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
    bought_at_ = -1.0;
    churned_ = false;
    from_ = -1;
    tally_.add(shape_.person(person.persona, PersonScore::arrived), 1);
  }

  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    const std::uint32_t p = person.persona;
    ++tally_.events;
    tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::visits), 1);
    if (visit.appraised) {
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::repeats), visit.repeated);
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::quality), fixed_score(visit.quality));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::satisfaction), fixed_score(visit.appraisal));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::effort), fixed_score(visit.effort));
    }
    tally_.add(shape_.present(p, visit.touchpoint, visit.window), 1);
    stocks(p, visit.window, before, -1);
    stocks(p, visit.window, after, +1);
    if (after.bought && !before.bought) {
      bought_at_ = visit.time;
      tally_.add(shape_.time(p, visit.window, TimeScore::bought), 1);
      tally_.add(shape_.person(p, PersonScore::days_to_purchase), fixed(visit.time - person.arrival, shape_.scales.days));
    }
    if (after.standing == Standing::churned && !churned_) {
      churned_ = true;
      tenure(p, visit.time, TenureScore::churned);
    }
    flows(person, visit);
    if (row.revenue == 0.0 && row.cost == 0.0 && row.price == 0.0) return;
    const double worth = program_.discount().worth(visit.time, visit.window);
    const auto book = [&](std::size_t series, std::size_t discounted, double amount, const Scales::Money& scale) {
      if (amount == 0.0) return;
      tally_.add(series, fixed(amount, scale.amount));
      tally_.add(discounted, fixed(amount * worth, scale.worth));
    };
    const Scales& scales = shape_.scales;
    book(shape_.time(p, visit.window, TimeScore::revenue), shape_.person(p, PersonScore::revenue), row.revenue,
         scales.revenue);
    book(shape_.time(p, visit.window, TimeScore::cost_to_serve), shape_.person(p, PersonScore::cost_to_serve), row.cost,
         scales.cost);
    book(shape_.visit_price(visit.window), shape_.visit_price_discounted(), row.price, scales.price);
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
    const std::size_t bin = shape_.tenure_bin_of(until - bought_at_, score);
    tally_.add(shape_.tenure(persona, bin, score), 1);
  }

  /// Whoever is present at a window's end is taken to stay through the next one (see `flows_of_windows`); here the part of
  /// the window after a move is put right.
  void flows(const Person& person, const Visit& visit) {
    const std::uint32_t p = person.persona;
    const std::int64_t from = std::exchange(from_, visit.touchpoint);
    if (program_.flow_kind(p, visit.touchpoint) == (from < 0 ? 0 : program_.flow_kind(p, static_cast<std::uint32_t>(from))))
      return;
    const FlowChange change = program_.flow_change(visit.regime, p, from, visit.touchpoint, visit.time, visit.window);
    const Scales& scales = shape_.scales;
    tally_.add(shape_.time(p, visit.window, TimeScore::revenue), fixed(change.revenue, scales.revenue.amount));
    tally_.add(shape_.time(p, visit.window, TimeScore::cost_to_serve), fixed(change.cost, scales.cost.amount));
    tally_.add(shape_.person(p, PersonScore::revenue), fixed(change.worth_revenue, scales.revenue.worth));
    tally_.add(shape_.person(p, PersonScore::cost_to_serve), fixed(change.worth_cost, scales.cost.worth));
  }

  const Program& program_;
  Tally& tally_;
  const TallyShape& shape_;
  double bought_at_ = -1.0;  // of the life at hand
  bool churned_ = false;
  std::int64_t from_ = -1;  // the touchpoint before this one
};

}  // namespace sojourn
