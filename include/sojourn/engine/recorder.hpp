// The observer that turns lives into tallies.
#pragma once

#include <cmath>

#include "sojourn/behaviour/money.hpp"
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
    tally_.add(shape_.person(person.persona, PersonScore::arrived), 1);
  }

  void visited(const Person& person, const Visit& visit, const VisitRow& row, const State& before, const State& after) {
    const std::uint32_t p = person.persona;
    ++tally_.events;
    tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::visits), 1);
    if (visit.appraised) {
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::repeats), visit.repeated);
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::quality), score(visit.quality));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::satisfaction), score(visit.appraisal));
      tally_.add(shape_.touch(p, visit.touchpoint, TouchScore::effort), score(visit.effort));
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
    if (row.revenue == 0.0 && row.cost == 0.0 && row.price == 0.0) return;
    const double worth = behaviour::present_value(program_.force_of_interest(), visit.time);
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
    if (!program_.place(v).flows) return;
    // Whoever is present at a window's end is taken to stay through the next one (see `flows_of_windows`); here the parts of
    // windows at both ends of the stay are put right.
    const Flow from = program_.flow(visit.regime, p, v, visit.time), to = program_.flow(stay.regime, p, v, stay.until);
    const Flow from_end = window_end(visit.regime, p, v, visit.window), to_end = window_end(stay.regime, p, v, stay.window);
    const Scales& scales = shape_.scales;
    const auto at = [&](std::size_t window, const Flow& begin, const Flow& end) {
      tally_.add(shape_.time(p, window, TimeScore::revenue), fixed(end.revenue - begin.revenue, scales.revenue.amount));
      tally_.add(shape_.time(p, window, TimeScore::cost_to_serve), fixed(end.cost - begin.cost, scales.cost.amount));
    };
    at(visit.window, from, from_end);
    if (stay.exit >= 0) at(stay.window, to_end, to);
    const Flow worth_from = program_.worth_of_flow(visit.regime, p, v, visit.time);
    const Flow worth_to = program_.worth_of_flow(stay.regime, p, v, stay.until);
    tally_.add(shape_.person(p, PersonScore::revenue), fixed(worth_to.revenue - worth_from.revenue, scales.revenue.worth));
    tally_.add(shape_.person(p, PersonScore::cost_to_serve), fixed(worth_to.cost - worth_from.cost, scales.cost.worth));
  }

 private:
  [[nodiscard]] std::int64_t score(float x) const { return fixed(x, shape_.scales.score); }

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
    add(TimeScore::satisfaction, sign * score(state.satisfaction));
    add(TimeScore::expectation, sign * score(state.expectation));
  }

  void tenure(std::uint32_t persona, double until, TenureScore score) {
    const double bins = (until - bought_at_) / shape_.tenure_bin;
    // Bin b is (b, b + 1]. Who is still a customer after exactly b + 1 days was at risk through all of it, and stands in the
    // next.
    const double bin_of = score == TenureScore::churned ? std::ceil(bins) - 1.0 : std::floor(bins);
    const auto bin = static_cast<std::size_t>(numeric::clip(bin_of, 0.0, static_cast<double>(shape_.tenure_bins - 1)));
    tally_.add(shape_.tenure(persona, bin, score), 1);
  }

  [[nodiscard]] Flow window_end(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint,
                                std::size_t window) const {
    const double end = program_.windows().end(window);
    return program_.flow(program_.regime(end, regime), persona, touchpoint, end);
  }

  const Program& program_;
  Tally& tally_;
  const TallyShape& shape_;
  double bought_at_ = -1.0;  // of the life at hand
  bool churned_ = false;
};

}  // namespace sojourn
