// What the model becomes when it is compiled: rows, exits, prices, flows; and what is refused.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/engine/money_totals.hpp"
#include "sojourn/engine/program.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

ModelParts shop() {
  ModelParts parts = journey(
      {place(Stage::awareness, {by_odds(1, 2.0), by_odds(2, 1.0), by_share(3, 0.1)}),
       place(Stage::purchase, {by_odds(2, 1.0, Exponential{30.0}), by_odds(3, 0.5, Exponential{50.0})}, ExitRule::race),
       place(Stage::retention, {by_odds(2, 1.0, Fixed{10.0})}), finish(End::lost)},
      100.0, 10);
  parts.settings.window = Days(10.0);
  parts.channels = {{"web", "", true, true}, {"mail", "", false, true}};
  parts.teams = {{"sales", ""}, {"care", ""}};
  parts.handovers = {{TeamId(0), TeamId(1), 0.4}};
  parts.touchpoints[0].team = TeamId(0);
  parts.touchpoints[1].channel = ChannelId(0);
  parts.touchpoints[1].team = TeamId(1);
  parts.touchpoints[2].channel = ChannelId(1);
  parts.touchpoints[2].promise = 0.8;
  parts.touchpoints[2].revenue_per_month = days_per_month;
  parts.touchpoints[2].revenue = 7.0;
  parts.touchpoints[2].cost = 3.0;
  parts.personas = {persona("a", 0.5, parts.traits), persona("b", 0.5, parts.traits)};
  parts.personas[1].odds = {{TouchpointId(0), TouchpointId(1), 1.5}};
  parts.personas[1].channels = {{ChannelId(0), 4.0}, {ChannelId(1), 0.0}};
  return parts;
}

Improvement improvement(Change change, Price price = {}) {
  Improvement made;
  made.change = std::move(change);
  made.price = price;
  return made;
}

}  // namespace

TEST_CASE("program: rows hold the touchpoint's numbers, exits the persona's factors", "[engine]") {
  const Program program{Model(shop())};
  REQUIRE(program.regime_begins() == std::vector<double>{0.0});
  const VisitRow& ad = program.row(0, 0, 0);
  CHECK(ad.quality == 0.5f);
  CHECK(ad.quality_sd == 0.0f);
  CHECK(ad.weight == 1.0f);
  CHECK(ad.promise_weight == 0.0f);
  CHECK(program.row(0, 0, 2).promise == 0.8f);
  CHECK(program.row(0, 0, 2).promise_weight == 0.3f);
  CHECK(program.row(0, 0, 2).revenue == 7.0);
  CHECK(program.row(0, 0, 2).cost == 3.0);
  CHECK(program.row(0, 0, 2).price == 0.0);
  const auto plain = program.exits(ad), factored = program.exits(program.row(0, 1, 0));
  REQUIRE(plain.size() == 3);
  // The exit to an end comes first.
  CHECK(plain[0].odds == 0.0f);
  CHECK(plain[0].probability == 0.1f);
  CHECK(plain[0].exit == 2);
  CHECK(plain[0].to_end);
  CHECK(plain[1].odds == 2.0f);
  CHECK(plain[2].odds == 1.0f);
  CHECK_FALSE(plain[1].to_end);
  CHECK(ad.ends == 1);
  CHECK(ad.shares.rest == 0.9f);
  CHECK(ad.shares.stay == 0.0f);
  CHECK(factored[0].probability == 0.1f);
  CHECK(factored[1].odds == 2.0f * 1.5f * 4.0f);
  CHECK(factored[2].odds == 0.0f);
  CHECK(program.exits(program.row(0, 0, 1))[0].exit == 3);  // numbered through the journey
  CHECK(program.exits(program.row(0, 0, 3)).empty());
  CHECK(program.place(3).end);
  CHECK(program.place(1).purchase);
  CHECK(program.place(1).race);
  CHECK(program.place(2).flows);
  CHECK_FALSE(program.place(1).flows);
  CHECK(program.place(0).team == 0);
  CHECK(program.place(2).team == -1);
  CHECK(program.carry(program.row(0, 0, 1), 0) == 0.4f);
  CHECK(program.carry(program.row(0, 0, 0), 1) == 1.0f);
  CHECK(program.carry(program.row(0, 0, 1), 1) == 1.0f);
}

TEST_CASE("program: a plan's changes stand in its rows while they are on", "[engine]") {
  ModelParts parts = shop();
  parts.improvements = {
      improvement(change("better", 2, {Parameter::quality, Operation::add, 0.2}, 20.0, 60.0), {0.0, 0.0, 0.5}),
      improvement(change("promise", 0, {Parameter::promise, Operation::set, 0.9}, 0.0)),
      improvement(change("idle", 2, {Parameter::weight, Operation::multiply, 3.0}, 0.0))};
  parts.improvements[1].change.ramp = {RampShape::linear, Days(20.0)};
  parts.improvements.push_back(improvement(change("record", 1, {Parameter::carry, Operation::add, 0.2}, 0.0)));
  parts.improvements.push_back(improvement(change("push", 0, {Parameter::odds, Operation::multiply, 3.0}, 0.0)));
  parts.improvements.back().change.target.exit_to = {TouchpointId(2)};
  parts.improvements.push_back(improvement(change("slow", 1, {Parameter::delay, Operation::multiply, 2.0}, 0.0)));
  parts.events = {change("outage", 2, {Parameter::quality, Operation::multiply, 0.5}, 40.0, 50.0)};
  parts.plans.push_back(
      {"plan", "", {ImprovementId(0), ImprovementId(1), ImprovementId(3), ImprovementId(4), ImprovementId(5)}});
  const Model model(parts);
  const Program baseline(model), plan(apply(model, PlanId(1)));
  const auto at = [](const Program& program, double t, std::uint32_t touchpoint) -> const VisitRow& {
    return program.row(program.regime(t), 0, touchpoint);
  };
  CHECK(at(baseline, 30.0, 2).quality == 0.5f);
  CHECK(at(baseline, 45.0, 2).quality == 0.25f);
  CHECK(at(plan, 19.9, 2).quality == 0.5f);
  CHECK(at(plan, 20.0, 2).quality == Approx(0.7f));
  CHECK(at(plan, 45.0, 2).quality == Approx(0.35f));
  CHECK(at(plan, 60.0, 2).quality == 0.5f);
  CHECK(at(plan, 19.9, 2).price == 0.0);
  CHECK(at(plan, 20.0, 2).price == 0.5);
  CHECK(at(plan, 59.9, 2).price == 0.5);
  CHECK(at(plan, 60.0, 2).price == 0.0);
  CHECK(at(plan, 30.0, 0).price == 0.0);
  CHECK(at(plan, 30.0, 2).weight == 1.0f);  // not bought
  // A promise that comes in by a ramp is a full promise that weighs less at first.
  CHECK(at(plan, 5.0, 0).promise == 0.9f);
  CHECK(at(plan, 5.0, 0).promise_weight == Approx(0.3 * 0.25));
  CHECK(at(plan, 30.0, 0).promise_weight == Approx(0.3));
  CHECK(at(baseline, 5.0, 0).promise_weight == 0.0f);
  CHECK(plan.carry(at(plan, 5.0, 1), 0) == Approx(0.6));
  CHECK(baseline.carry(at(baseline, 5.0, 1), 0) == Approx(0.4));
  CHECK(plan.exits(at(plan, 5.0, 0))[1].odds == 2.0f);
  CHECK(plan.exits(at(plan, 5.0, 0))[2].odds == 3.0f);
  CHECK(plan.exits(at(plan, 5.0, 1))[0].stretch == 2.0);
  CHECK(baseline.exits(at(baseline, 5.0, 1))[0].stretch == 1.0);
}

TEST_CASE("program: pieces of time are windows cut where regimes begin", "[engine]") {
  ModelParts parts = shop();
  parts.settings.discount = 0.1;
  parts.events = {change("dearer", 2, {Parameter::revenue_per_month, Operation::multiply, 3.0}, 25.5, 60.0)};
  const Program program{Model(parts)};
  const double rho = std::log(1.1) / 365.25;
  CHECK(program.force_of_interest() == Approx(rho));
  // Ten windows of 10 days; regimes begin at 0, 25.5 and 60: one inside a window, one as a window ends.
  const auto pieces = program.pieces();
  REQUIRE(pieces.size() == 12);
  CHECK(program.piece(2, 0) == 2);
  CHECK(program.piece(2, 1) == 3);
  CHECK(program.piece(5, 1) == 6);
  CHECK(program.piece(5, 2) == 7);
  CHECK(program.piece(6, 2) == 8);
  CHECK(pieces[2].end == 25.5);
  CHECK(pieces[3].begin == 25.5);
  CHECK(pieces[7].begin == pieces[7].end);
  CHECK(pieces[7].days == 0);
  const double scale = program.flow_scale();
  double days = 0.0, discounted = 0.0;
  for (const Piece& piece : pieces) {
    days += static_cast<double>(piece.days) / scale;
    discounted += static_cast<double>(piece.discounted_days) / scale * program.discount().begin(piece.window);
  }
  CHECK(days == Approx(100.0).epsilon(1e-13));
  CHECK(discounted == Approx((1.0 - std::exp(-rho * 100.0)) / rho).epsilon(1e-13));
  CHECK(program.flow(0, 0, 2).revenue == Approx(1.0));
  CHECK(program.flow(1, 0, 2).revenue == Approx(3.0));
  CHECK(program.flow(2, 0, 2).revenue == Approx(1.0));

  // Moving in on day 23 and out on day 28 of the same window counts the days between, 2.5 in each regime.
  const TallyShape shape = tally_shape(program);
  Tally tally(shape);
  const std::int32_t kind = program.flow_kind(0, 2);
  REQUIRE(kind > 0);
  program.change_flow(tally.data(), shape, MoneyOf::everybody, 0, kind, 23.0, 2, 0);
  program.change_flow(tally.data(), shape, MoneyOf::everybody, kind, 0, 28.0, 2, 1);
  Totals totals(shape);
  totals.add(tally);
  const Money money = money_of(program, totals, 0).total.value(), worth = money_of(program, totals, 0).worth.value();
  const auto annuity = [&](double from, double to) { return (std::exp(-rho * from) - std::exp(-rho * to)) / rho; };
  CHECK(money.revenue == Approx(2.5 + 3.0 * 2.5).epsilon(1e-12));
  CHECK(worth.revenue == Approx(annuity(23.0, 25.5) + 3.0 * annuity(25.5, 28.0)).epsilon(1e-12));
  CHECK(money.cost == 0.0);
}

TEST_CASE("program: the table of a model's programs", "[engine]") {
  const TallyShape shape = tally_shape(Program(Model(shop())));
  CHECK(shape.personas == 2);
  CHECK(shape.touchpoints == 4);
  CHECK(shape.exits == 6);
  CHECK(shape.windows == 10);
  CHECK(shape.tenure_bins == 101);  // one more for who is a customer from day 0 to the horizon
  CHECK(shape.tenure_bin == 1.0);
  CHECK(shape.scales.days == fixed_point_scale(100.0));
  ModelParts longer = shop();
  longer.settings.horizon = Days(5001.0);
  CHECK(tally_shape(Program(Model(longer))).tenure_bin == 5.0);
  CHECK(tally_shape(Program(Model(longer))).tenure_bins == 1002);
}

TEST_CASE("money: a whole number of up to 106 binary digits is exact in two doubles", "[engine]") {
  using Wide = Totals::Wide;
  const Wide one = 1;
  for (const int bit : {0, 1, 31, 52, 53, 54, 62, 63, 64, 90, 104}) {
    for (const Wide off : {Wide{-1}, Wide{0}, Wide{1}, Wide{3}}) {
      for (const Wide sign : {Wide{-1}, Wide{1}}) {
        const Wide number = sign * ((one << bit) + off);
        const WholeNumber in_doubles(number);
        CAPTURE(bit, static_cast<int>(off), static_cast<int>(sign));
        CHECK(static_cast<Wide>(in_doubles.most()) + static_cast<Wide>(in_doubles.rest()) == number);
        CHECK(in_doubles.most() == static_cast<double>(number));
      }
    }
  }
}
