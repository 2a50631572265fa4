// Amounts of money that are drawn at each visit: their law, what changes and discounting make of them, counters, and the
// intervals of heavy tails.
#include "sojourn/engine/amounts.hpp"

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// One visit to a shop, and an end a day later.
ModelParts shop(DrawnAmount revenue, std::uint64_t customers) {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.0})}), finish(End::churned)}, 10.0, customers);
  parts.touchpoints[0].drawn_revenue = std::move(revenue);
  return parts;
}

TraitId add_basket(ModelParts& parts, Distribution distribution) {
  parts.traits.push_back({"basket", 0.0, 1e9, 0.0});
  for (Persona& each : parts.personas) each.traits.push_back(distribution);
  return TraitId(parts.traits.size() - 1);
}

/// The money of all people under a plan, and at time 0.
struct Paid {
  Money total, worth;
};
Paid paid(const ModelParts& parts, PlanId plan = PlanId(0)) {
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  Totals sum(result.shapes[0]);
  for (const Totals& totals : result.totals[0]) sum.add(totals);
  const PersonaMoney money = money_of(result.programs[0], sum, 0);
  return {money.total.value(), money.worth.value()};
}

Sample amounts_at(const ModelParts& parts, std::uint32_t touchpoint) {
  Sample sample;
  each_life(parts, [&](const ToldLife& life) {
    for (const Visit& visit : life.visits) {
      if (visit.touchpoint == touchpoint) sample.add(visit.amounts.revenue);
    }
  });
  return sample;
}

}  // namespace

TEST_CASE("amounts: a lognormal amount has the mean of its law", "[verify]") {
  // Mean of a lognormal: median e^(sigma^2 / 2).
  const double right = 60.0 * std::exp(0.5 * 0.8 * 0.8);
  const auto of = [](double sigma) { return shop({Lognormal{60.0, sigma}, {}}, 200'000); };
  CHECK(judge(amounts_at(of(0.8), 0), right, 0.02 * right));
  CHECK_FALSE(judge(amounts_at(of(0.85), 0), right, 0.02 * right));
  // What is added up is what was drawn: the total over people is the sample's mean.
  const ModelParts parts = of(0.8);
  CHECK(paid(parts).total.revenue == Approx(amounts_at(parts, 0).mean() * 200'000.0).epsilon(1e-12));
}

TEST_CASE("amounts: each visit draws anew, and a trait makes a customer's amounts alike", "[verify]") {
  // Gamma (shape 4) around a mean that is gamma (shape 2) over people: E a = m, and of two visits of one person
  // E a b = E basket^2 = m^2 (1 + 1/2).
  constexpr double m = 40.0;
  const auto two_visits = [&](bool own) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.0})}),
                                place(Stage::retention, {by_odds(2, 1.0, Fixed{1.0})}), finish(End::churned)},
                               10.0, 100'000);
    const TraitId basket = add_basket(parts, own ? Distribution(Gamma{2.0, m}) : Distribution(Fixed{m}));
    for (const std::size_t k : {0u, 1u}) parts.touchpoints[k].drawn_revenue = DrawnAmount{Gamma{4.0, 1.0}, basket};
    return parts;
  };
  struct Seen {
    Sample one, product;
  };
  const auto seen = [&](bool own) {
    Seen result;
    each_life(two_visits(own), [&](const ToldLife& life) {
      result.one.add(life.visits[0].amounts.revenue);
      result.product.add(life.visits[0].amounts.revenue * life.visits[1].amounts.revenue);
    });
    return result;
  };
  const Seen alike = seen(true);
  CHECK(judge(alike.one, m, 0.04 * m));
  CHECK(judge(alike.product, 1.5 * m * m, 0.1 * m * m));
  // The twin: one mean for all, and two visits have nothing in common.
  const Seen apart = seen(false);
  CHECK_FALSE(judge(apart.product, 1.5 * m * m, 0.1 * m * m));
  CHECK(judge(apart.product, m * m, 0.1 * m * m));
}

TEST_CASE("amounts: a constant that is drawn is that constant, and moves nothing else", "[verify]") {
  ModelParts plain = shipped("coffee.toml");
  plain.settings.customers = 3000;
  plain.settings.replications = 1;
  ModelParts drawn = plain;
  std::size_t moved = 0;
  for (Touchpoint& touchpoint : drawn.touchpoints) {
    if (touchpoint.revenue == 0.0) continue;
    touchpoint.drawn_revenue = DrawnAmount{Fixed{std::exchange(touchpoint.revenue, 0.0)}, {}};
    ++moved;
  }
  REQUIRE(moved > 0);
  const Paid one = paid(plain), other = paid(drawn);
  CHECK(other.total.revenue == Approx(one.total.revenue).epsilon(1e-12));
  CHECK(other.worth.revenue == Approx(one.worth.revenue).epsilon(1e-12));
  CHECK(other.total.cost == one.total.cost);
  const PlanId baseline(0);
  const RunResult a = run(Model(plain), std::span(&baseline, 1)), b = run(Model(drawn), std::span(&baseline, 1));
  CHECK(a.events == b.events);
}

TEST_CASE("amounts: changes multiply, add to and set what is drawn", "[verify]") {
  ModelParts parts = shop({Lognormal{60.0, 1.2}, {}}, 5000);
  const auto add_plan = [&](std::string id, Operation operation, double value) {
    Improvement improvement;
    improvement.change = change(id, 0, {Parameter::revenue, operation, value}, 0.0);
    parts.improvements.push_back(improvement);
    Plan plan = parts.plans[0];
    plan.id = id;
    plan.improvements = {ImprovementId(parts.improvements.size() - 1)};
    parts.plans.push_back(plan);
    return PlanId(parts.plans.size() - 1);
  };
  const PlanId dearer = add_plan("dearer", Operation::multiply, 1.1), fee = add_plan("fee", Operation::add, 5.0),
               flat = add_plan("flat", Operation::set, 70.0);
  const double base = paid(parts).total.revenue;
  CHECK(paid(parts, dearer).total.revenue == Approx(1.1 * base).epsilon(1e-12));
  CHECK(paid(parts, fee).total.revenue == Approx(base + 5.0 * 5000.0).epsilon(1e-12));
  CHECK(paid(parts, flat).total.revenue == Approx(70.0 * 5000.0).epsilon(1e-12));
  CHECK(paid(parts, dearer).total.revenue != Approx(1.1001 * base).epsilon(1e-6));
}

TEST_CASE("amounts: a counter adds up what was drawn", "[verify]") {
  // Who has paid 100 or more at the first visit leaves by the gold exit: P(lognormal >= 100).
  ModelParts parts = journey({place(Stage::purchase, {}), finish(End::churned), finish(End::churned)}, 10.0, 100'000);
  parts.touchpoints[0].drawn_revenue = DrawnAmount{Lognormal{60.0, 0.9}, {}};
  Counter spent;
  spent.id = "spent";
  spent.touchpoints = {TouchpointId(0)};
  spent.adds_revenue = true;
  parts.counters = {spent};
  const auto gold = [&](double limit) {
    Exit rich = by_odds(1, 1.0), others = by_odds(2, 1.0);
    rich.only_if.counters = {{CounterId(0), Relation::at_least, limit}};
    others.only_if.counters = {{CounterId(0), Relation::below, limit}};
    parts.touchpoints[0].next = {rich, others};
    Sample sample;
    each_life(parts, [&](const ToldLife& life) { sample.add(life.visits.back().touchpoint == 1); });
    return sample;
  };
  const double right = 0.5 * std::erfc(std::log(100.0 / 60.0) / 0.9 / std::sqrt(2.0));
  CHECK(judge(gold(100.0), right, 0.02));
  CHECK_FALSE(judge(gold(110.0), right, 0.02));
}

TEST_CASE("amounts: solving gives their means", "[verify]") {
  constexpr double mean_amount = 30.0, people = 200'000.0;
  const auto revenue_of = [](const ModelParts& parts) {
    const ClosedForm solved = solve(Program(Model(parts)));
    return solved.pooled.at_horizon.metrics[metric_position("revenue")].mean;
  };
  ModelParts parts = shop({Gamma{2.0, mean_amount}, {}}, 200'000);
  CHECK(revenue_of(parts) == Approx(people * mean_amount).epsilon(1e-9));
  // Gamma with shape 2: sd = mean / sqrt 2.
  const double error = mean_amount / std::sqrt(2.0) * std::sqrt(people);
  CHECK(std::fabs(paid(parts).total.revenue - people * mean_amount) < 4.9 * error);
  // In units of a trait, with a tenth more.
  const TraitId basket = add_basket(parts, Gamma{3.0, 20.0});
  parts.touchpoints[0].drawn_revenue = DrawnAmount{Gamma{2.0, 1.5}, basket};
  parts.events.push_back(change("dear", 0, {Parameter::revenue, Operation::multiply, 1.1}, 0.0));
  CHECK(revenue_of(parts) == Approx(people * 1.1 * 30.0).epsilon(1e-9));
}

TEST_CASE("amounts: where few carry the revenue its interval is not trusted", "[verify]") {
  const auto estimate_of = [](double sigma) {
    ModelParts parts = shop({Lognormal{60.0, sigma}, {}}, 20'000);
    parts.settings.replications = 4;
    const PlanId baseline(0);
    const RunResult result = run(Model(parts), std::span(&baseline, 1));
    return estimate(collect_samples(result), 0, *find_metric("revenue"));
  };
  CHECK_FALSE(estimate_of(0.8).thin());
  CHECK(estimate_of(3.5).thin());
}
