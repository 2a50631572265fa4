// One hand-made life without chance, from the first visit to the last cent of the results file.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::size_t ad = 0, buy = 1, use = 2, paused = 3, back = 4, gone = 5;
constexpr std::uint64_t people = 5;

// Arrives on day 2, buys on 10, uses from 15 to 25 (earning 1 a day), pauses until 32 (costing 2 a day), is back, and leaves
// on 45.
ModelParts hand_made(double horizon = 50.0) {
  ModelParts parts = journey(
      {place(Stage::awareness, {by_odds(buy, 1.0, Fixed{8.0})}), place(Stage::purchase, {by_odds(use, 1.0, Fixed{5.0})}),
       place(Stage::retention, {by_odds(paused, 1.0, Fixed{10.0})}),
       place(Stage::retention, {by_odds(back, 1.0, Fixed{7.0})}), place(Stage::retention, {by_odds(gone, 1.0, Fixed{13.0})}),
       finish(End::churned)},
      horizon, people);
  parts.settings.window = Days(7.0);
  parts.settings.discount = 0.1;
  parts.personas[0].arrives = Fixed{2.0};
  trait(parts.personas[0], BuiltinTrait::expectation) = Fixed{0.5};
  parts.touchpoints[buy].revenue = 100.0;
  parts.touchpoints[buy].cost = 30.0;
  parts.touchpoints[use].revenue_per_month = days_per_month;
  parts.touchpoints[paused].cost_per_month = 2.0 * days_per_month;
  parts.touchpoints[paused].counts_as = End::churned;
  parts.touchpoints[gone].cost = 4.0;
  return parts;
}

RunResult run_baseline(const ModelParts& parts) {
  const Model model(parts);
  const PlanId baseline(0);
  return run(model, std::span(&baseline, 1));
}

std::vector<double> reals(const Outcomes& outcomes, const char* name) {
  return std::get<std::vector<double>>(outcomes.array(name).values);
}
std::vector<std::int64_t> integers(const Outcomes& outcomes, const char* name) {
  return std::get<std::vector<std::int64_t>>(outcomes.array(name).values);
}
std::vector<std::int64_t> times_people(std::vector<std::int64_t> values) {
  for (std::int64_t& value : values) value *= static_cast<std::int64_t>(people);
  return values;
}
void check_series(const std::vector<double>& found, std::vector<double> each) {
  REQUIRE(found.size() == each.size());
  for (std::size_t k = 0; k < each.size(); ++k) {
    INFO("window " << k);
    CHECK(found[k] == Approx(static_cast<double>(people) * each[k]).epsilon(1e-7).margin(1e-5));
  }
}

}  // namespace

TEST_CASE("life: visits, stays and standing of the hand-made life", "[engine]") {
  std::size_t lives = 0;
  each_life(hand_made(), [&](const ToldLife& life) {
    ++lives;
    REQUIRE(life.visits.size() == 6);
    const double times[] = {2.0, 10.0, 15.0, 25.0, 32.0, 45.0};
    const std::size_t windows[] = {0, 1, 2, 3, 4, 6};
    const Standing standings[] = {Standing::prospect, Standing::customer, Standing::customer,
                                  Standing::churned,  Standing::customer, Standing::churned};
    for (std::size_t k = 0; k < 6; ++k) {
      INFO("visit " << k);
      CHECK(life.visits[k].event == k);
      CHECK(life.visits[k].touchpoint == k);
      CHECK(life.visits[k].time == times[k]);
      CHECK(life.visits[k].window == windows[k]);
      CHECK(life.after[k].standing == standings[k]);
      CHECK(life.visits[k].appraised == (k < 5));
      CHECK(life.stays[k].until == (k < 5 ? times[k + 1] : 50.0));
      CHECK(life.stays[k].exit == (k < 5 ? static_cast<std::int64_t>(k) : -1));
      CHECK(life.after[k].satisfaction == 0.5f);  // delivered as expected, without effort
    }
    CHECK(life.before[0].standing == Standing::absent);
    CHECK_FALSE(life.after[0].bought);
    CHECK(life.after[1].bought);
  });
  CHECK(lives == people);
}

TEST_CASE("life: a first visit worked out by hand", "[engine]") {
  // d = -0.1 counts twice: s = 0.5 - 0.5 * 0.2 = 0.4, S = 0.5 - 0.2 * 1.1 * 0.1, E = 0.6 - 0.01, then 0.3 of the way to 0.9.
  ModelParts parts = hand_made();
  trait(parts.personas[0], BuiltinTrait::expectation) = Fixed{0.6};
  parts.touchpoints[ad].promise = 0.9;
  each_life(parts, [&](const ToldLife& life) {
    CHECK(life.visits[0].appraisal == Approx(0.4));
    CHECK(life.after[0].satisfaction == Approx(0.478));
    CHECK(life.after[0].expectation == Approx(0.59 + 0.3 * 0.31));
  });
}

TEST_CASE("life: a visit at the horizon happens and is the last", "[engine]") {
  each_life(hand_made(45.0), [&](const ToldLife& life) {
    REQUIRE(life.visits.size() == 6);
    CHECK(life.visits.back().time == 45.0);
    CHECK(life.after.back().standing == Standing::churned);
  });
  each_life(hand_made(44.9), [&](const ToldLife& life) {
    REQUIRE(life.visits.size() == 5);
    CHECK(life.stays.back().exit == -1);
    CHECK(life.stays.back().until == 44.9);
  });
  ModelParts late = hand_made(1.9);  // nobody has arrived yet: the model warns, and nobody counts
  each_life(late, [&](const ToldLife& life) { CHECK(life.visits.empty()); });
}

TEST_CASE("life: windows of the results, to the last cent", "[engine]") {
  const RunResult result = run_baseline(hand_made());
  const Outcomes outcomes = collect_outcomes(result, {});
  REQUIRE_NOTHROW(require_consistent(outcomes));
  CHECK(std::get<std::vector<double>>(outcomes.dimension("time").values) ==
        std::vector<double>{7, 14, 21, 28, 35, 42, 49, 50});
  CHECK(integers(outcomes, "prospects") == times_people({1, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(integers(outcomes, "lost") == times_people({0, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(integers(outcomes, "customers") == times_people({0, 1, 1, 0, 1, 1, 0, 0}));
  CHECK(integers(outcomes, "churned") == times_people({0, 0, 0, 1, 0, 0, 1, 1}));
  CHECK(integers(outcomes, "bought") == times_people({0, 1, 1, 1, 1, 1, 1, 1}));
  check_series(reals(outcomes, "revenue"), {0, 100, 6, 4, 0, 0, 0, 0});
  check_series(reals(outcomes, "cost_to_serve"), {0, 30, 0, 6, 8, 0, 4, 0});
  const std::vector<std::int64_t> occupancy = integers(outcomes, "occupancy");
  const std::vector<std::vector<std::int64_t>> present{{1, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0, 0, 0},
                                                       {0, 0, 1, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 0, 0, 0, 0},
                                                       {0, 0, 0, 0, 1, 1, 0, 0}, {0, 0, 0, 0, 0, 0, 1, 1}};
  for (std::size_t v = 0; v < present.size(); ++v) {
    INFO("touchpoint " << v);
    CHECK(std::vector<std::int64_t>(occupancy.begin() + static_cast<std::ptrdiff_t>(8 * v),
                                    occupancy.begin() + static_cast<std::ptrdiff_t>(8 * v + 8)) == times_people(present[v]));
  }
  CHECK(integers(outcomes, "visits") == times_people({1, 1, 1, 1, 1, 1}));
  CHECK(integers(outcomes, "taken") == times_people({1, 1, 1, 1, 1}));
  const std::vector<double> satisfaction = reals(outcomes, "satisfaction");
  for (const std::size_t k : {0u, 3u, 6u, 7u}) CHECK(std::isnan(satisfaction[k]));
  for (const std::size_t k : {1u, 2u, 4u, 5u}) CHECK(satisfaction[k] == Approx(0.5));
  CHECK(reals(outcomes, "touch_quality")[0] == Approx(0.5));
  CHECK(std::isnan(reals(outcomes, "touch_quality")[gone]));

  // A customer for 15 days when the pause began: the 15th bin of a day.
  const std::vector<std::int64_t> tenure = integers(outcomes, "tenure"), censored = integers(outcomes, "tenure_censored");
  REQUIRE(tenure.size() == 51);
  for (std::size_t b = 0; b < tenure.size(); ++b) {
    CHECK(tenure[b] == (b == 14 ? static_cast<std::int64_t>(people) : 0));
    CHECK(censored[b] == 0);
  }
}

TEST_CASE("life: metrics of the horizon", "[engine]") {
  const auto metric = [](const ModelParts& parts, const char* name) {
    const Samples samples = collect_samples(run_baseline(parts));
    Sums sums;
    for (const Sums& sample : samples.plans[0].all) sums += sample;
    return find_metric(name)->value(sums);
  };
  const ModelParts parts = hand_made();
  const double v = std::pow(1.1, -1.0 / 365.25), rho = -std::log(v);
  const auto flow = [&](double from, double to) { return (std::pow(v, from) - std::pow(v, to)) / rho; };
  const double clv = 70.0 * std::pow(v, 10.0) + flow(15.0, 25.0) - 2.0 * flow(25.0, 32.0) - 4.0 * std::pow(v, 45.0);
  CHECK(metric(parts, "clv") == Approx(clv).epsilon(1e-7));
  CHECK(metric(parts, "npv") == Approx(5.0 * clv).epsilon(1e-7));
  CHECK(metric(parts, "revenue") == Approx(5.0 * 110.0).epsilon(1e-7));
  CHECK(metric(parts, "cost_to_serve") == Approx(5.0 * 48.0).epsilon(1e-7));
  CHECK(metric(parts, "time_to_purchase") == Approx(8.0));
  CHECK(metric(parts, "visits") == 6.0);
  CHECK(metric(parts, "conversion") == 1.0);
  CHECK(metric(parts, "retention") == 0.0);
  CHECK(metric(parts, "churned") == 1.0);
  CHECK(std::isnan(metric(parts, "nps")));

  // Cut in mid-pause, two days after it began: churned, with two days of its cost.
  const ModelParts cut = hand_made(27.0);
  CHECK(metric(cut, "cost_to_serve") == Approx(5.0 * 34.0).epsilon(1e-7));
  CHECK(metric(cut, "churned") == 1.0);
  // Cut while using: a customer whose tenure of 11.5 days is censored.
  const ModelParts using_it = hand_made(21.5);
  CHECK(metric(using_it, "retention") == 1.0);
  CHECK(metric(using_it, "revenue") == Approx(5.0 * 106.5).epsilon(1e-7));
  const std::vector<std::int64_t> censored = integers(collect_outcomes(run_baseline(using_it), {}), "tenure_censored");
  for (std::size_t b = 0; b < censored.size(); ++b) CHECK(censored[b] == (b == 11 ? 5 : 0));
  CHECK(metric(using_it, "customers") == 1.0);
  CHECK(std::fabs(metric(using_it, "nps")) <= 100.0);
}

TEST_CASE("life: who leaves without buying is lost, whatever the end is called", "[engine]") {
  ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0)}), finish(End::churned)}, 10.0, people);
  each_life(parts, [&](const ToldLife& life) { CHECK(life.after.back().standing == Standing::lost); });
}
