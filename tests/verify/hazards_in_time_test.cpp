// Hazards that change while people wait: the exits of a race meet thresholds of accumulated hazard, so a change reaches
// those who are already there. Survival is exp(-integral of m(t) / x(t) h(a(t)) dt), written out for each case.
#include <cmath>
#include <functional>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double detectable = 0.006;

/// Customers who come on day 0 and may leave in a race, with what the changes do.
ModelParts members(const Distribution& after, double horizon, std::vector<Change> changes,
                   std::uint64_t customers = 500'000) {
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(1, 1.0, after)}, ExitRule::race), finish(End::churned)}, horizon, customers);
  parts.settings.window = Days(horizon / 4.0);
  parts.events = std::move(changes);
  return parts;
}

/// The share that is still there at the horizon, as the whole engine finds it.
Sample staying(const ModelParts& parts) {
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  const Totals& totals = result.totals[0][0];
  const auto still = static_cast<std::uint64_t>(totals.stock(0, totals.shape().windows - 1, TimeScore::customers));
  Sample sample;
  for (std::uint64_t i = 0; i < parts.settings.customers; ++i) sample.add(i < still ? 1.0 : 0.0);
  return sample;
}

Change hazard(std::string id, Operation operation, double value, double start, std::optional<double> end = {}) {
  return change(std::move(id), 0, {Parameter::odds, operation, value}, start, end);
}
Change stretch(std::string id, double value, double start, std::optional<double> end = {}) {
  return change(std::move(id), 0, {Parameter::delay, Operation::multiply, value}, start, end);
}

}  // namespace

TEST_CASE("hazards in time: a hazard that is halved for the second half of a year keeps 10.45 points more", "[verify]") {
  const Exponential year{365.25};
  const Sample with = staying(members(year, 365.25, {hazard("drive", Operation::multiply, 0.5, 365.25 / 2)}));
  CHECK(judge(with, std::exp(-0.75), detectable));
  CHECK(std::exp(-0.75) - std::exp(-1.0) == Approx(0.1045).margin(5e-5));
  // The twin: nothing changes for those who are already there.
  CHECK_FALSE(judge(with, std::exp(-1.0), detectable));
  CHECK(judge(staying(members(year, 365.25, {})), std::exp(-1.0), detectable));
}

TEST_CASE("hazards in time: a Weibull law keeps its age when its hazard is multiplied in the middle", "[verify]") {
  for (const double shape : {0.7, 1.6}) {
    const auto before = [&](double t) { return std::pow(t / 100.0, shape); };
    const Sample with = staying(members(Weibull{100.0, shape}, 150.0, {hazard("worse", Operation::set, 3.0, 40.0, 90.0)}));
    CHECK(judge(with, std::exp(-(before(40.0) + 3.0 * (before(90.0) - before(40.0)) + before(150.0) - before(90.0))),
                detectable));
    // The twin: an age that begins anew at the change.
    CHECK_FALSE(judge(with, std::exp(-(before(40.0) + 3.0 * before(50.0) + before(60.0))), detectable));
  }
}

TEST_CASE("hazards in time: a delay that is stretched lets age pass more slowly, for every family", "[verify]") {
  struct Case {
    Distribution after;
    std::function<double(double)> survival;
  };
  const std::vector<Case> cases{
      {Lognormal{30.0, 0.8}, [](double t) { return 0.5 * std::erfc(std::log(t / 30.0) / 0.8 * std::sqrt(0.5)); }},
      {Loglogistic{30.0, 2.0}, [](double t) { return 1.0 / (1.0 + std::pow(t / 30.0, 2.0)); }},
      {Uniform{5.0, 65.0}, [](double t) { return std::fmin(1.0, std::fmax(0.0, (65.0 - t) / 60.0)); }},
      {Normal{30.0, 10.0}, [](double t) { return 0.5 * std::erfc((t - 30.0) / 10.0 * std::sqrt(0.5)); }},
      {Exponential{30.0}, [](double t) { return std::exp(-t / 30.0); }},
      {Weibull{30.0, 2.0}, [](double t) { return std::exp(-std::pow(t / 30.0, 2.0)); }},
  };
  for (std::size_t k = 0; k < cases.size(); ++k) {
    INFO("family " << k);
    const Sample with = staying(members(cases[k].after, 50.0, {stretch("slower", 2.0, 20.0)}));
    CHECK(judge(with, cases[k].survival(35.0), detectable));
    CHECK_FALSE(judge(with, cases[k].survival(50.0), detectable));  // the twin: no change for those who wait
    CHECK_FALSE(judge(with, cases[k].survival(25.0), detectable));  // the twin: the whole delay is stretched
  }
}

TEST_CASE("hazards in time: a fixed delay fires when its age is reached, if its hazard is not nothing then", "[verify]") {
  const auto left = [](std::vector<Change> changes, double horizon) {
    return staying(members(Fixed{100.0}, horizon, std::move(changes), 1000)).mean() == 0.0;
  };
  // Fifty days pass, then time passes twice as fast: day 75.
  CHECK_FALSE(left({stretch("faster", 0.5, 50.0)}, 74.99));
  CHECK(left({stretch("faster", 0.5, 50.0)}, 75.01));
  // A delay of nothing is over at once.
  CHECK_FALSE(left({stretch("now", 0.0, 60.0)}, 59.99));
  CHECK(left({stretch("now", 0.0, 60.0)}, 60.01));
  // Nothing fires on day 100, and nothing later.
  CHECK_FALSE(left({hazard("closed", Operation::set, 0.0, 90.0, 110.0)}, 400.0));
  CHECK(left({hazard("closed", Operation::set, 0.0, 90.0, 99.0)}, 400.0));
}

TEST_CASE("hazards in time: nights of a year, 730 changes", "[verify]") {
  // Twelve hours of three times the hazard, then twelve hours of the file's.
  std::vector<Change> nights;
  for (int day = 0; day < 365; ++day) {
    nights.push_back(hazard("night-" + std::to_string(day), Operation::set, 3.0, day + 0.5, day + 1.0));
  }
  const Sample with = staying(members(Exponential{500.0}, 365.0, nights, 300'000));
  CHECK(judge(with, std::exp(-2.0 * 365.0 / 500.0), 0.008));
  CHECK_FALSE(judge(with, std::exp(-365.0 / 500.0), 0.008));
}

TEST_CASE("hazards in time: nights that come again are skipped over to the same bits", "[verify]") {
  // Where the hazards of a place are of few kinds, an exit that cannot fire in time is known at once; where they are of
  // many, each stretch is looked at. Ten more kinds come when the lives that are compared are over.
  std::vector<Change> nights;
  for (int day = 0; day < 40; ++day) {
    nights.push_back(hazard("night-" + std::to_string(day), Operation::set, 3.0, day + 0.5, day + 1.0));
  }
  ModelParts few = members(Weibull{60.0, 1.4}, 400.0, nights, 20'000);
  few.touchpoints[0].quality_sd = 0.2;
  auto& exits = few.touchpoints[0].next;
  exits.push_back(by_odds(1, 1.0, Uniform{12.0, 70.0}));
  exits.push_back(by_odds(1, 0.2, Exponential{90.0}, {.satisfaction = 2.0}));
  exits.push_back(by_odds(1, 0.1, Lognormal{30.0, 0.8}));
  exits.push_back(by_odds(1, 0.1, Fixed{65.0}));
  ModelParts many = few, twin = few;
  for (int k = 0; k < 10; ++k) {
    many.events.push_back(hazard("kind-" + std::to_string(k), Operation::set, 1.5 + k, 200.0 + k, 200.5 + k));
  }
  REQUIRE(Program(Model(few)).hazard_rows(0, 0).size() == 2);
  REQUIRE(Program(Model(many)).hazard_rows(0, 0).empty());
  const auto ends = [](const ModelParts& parts) {
    std::vector<std::pair<double, std::int64_t>> all;
    each_life(parts, [&](const ToldLife& life) { all.emplace_back(life.visits.back().time, life.stays.front().exit); });
    return all;
  };
  CHECK(ends(many) == ends(few));
  twin.events[5] = hazard("night-5", Operation::set, 3.1, 5.5, 6.0);
  CHECK_FALSE(ends(twin) == ends(few));
}

TEST_CASE("hazards in time: exits compete over a change", "[verify]") {
  // Two exits of rate 1/60; from day 30 on the second has four times its hazard.
  ModelParts parts = journey(
      {place(Stage::purchase, {by_odds(1, 1.0, Exponential{60.0}), by_odds(2, 1.0, Exponential{60.0})}, ExitRule::race),
       finish(End::churned), finish(End::churned)},
      1e4, 500'000);
  Change more = change("more", 0, {Parameter::odds, Operation::multiply, 4.0}, 30.0);
  more.target.exit_to = {TouchpointId(2)};
  parts.events = {more};
  Sample second;
  each_life(parts, [&](const ToldLife& life) { second.add(life.visits.back().touchpoint == 2 ? 1.0 : 0.0); });
  const double until = std::exp(-1.0);
  CHECK(judge(second, (1.0 - until) / 2.0 + until * 0.8, detectable));
  CHECK_FALSE(judge(second, 0.5, detectable));
}

namespace {

/// Everything that an engine counts.
std::vector<std::int64_t> cells_of(const ModelParts& parts, Engine engine) {
  const PlanId plan(0);
  RunOptions options;
  options.engine = engine;
  const RunResult result = run(Model(parts), std::span(&plan, 1), options);
  std::vector<std::int64_t> all;
  const Totals& totals = result.totals[0][0];
  for (std::size_t i = 0; i < totals.shape().cells(); ++i) all.push_back(static_cast<std::int64_t>(totals.cell(i)));
  return all;
}

}  // namespace

TEST_CASE("hazards in time: the fast engine equals the reference where hazards change", "[verify]") {
  for (const double factor : {0.0, 0.5, 3.0}) {
    ModelParts parts = members(Weibull{100.0, 1.3}, 400.0,
                               {hazard("a", Operation::multiply, factor, 33.0, 140.0), stretch("b", 1.7, 90.0)}, 20'000);
    parts.touchpoints[0].next.push_back(by_odds(0, 0.5, Lognormal{20.0, 0.6}, {1.0, 0.5, 0.0, 0.0}));
    parts.touchpoints[0].quality_sd = 0.2;
    const auto reference = cells_of(parts, Engine::one_customer);
    CHECK(cells_of(parts, Engine::lock_step) == reference);
    CHECK(cells_of(parts, Engine::window_by_window) == reference);
  }
}

TEST_CASE("hazards in time: the fast engine equals the reference where hazards change every night", "[verify]") {
  // Laws of every family that races side by side, by nights that close, that multiply and that stretch, and of more kinds
  // than are told apart.
  const auto at_night = [](const std::function<Change(int)>& change) {
    std::vector<Change> nights;
    for (int day = 0; day < 60; ++day) nights.push_back(change(day));
    return nights;
  };
  const auto name = [](int day) { return "night-" + std::to_string(day); };
  const std::vector<std::vector<Change>> cases{
      at_night([&](int day) { return hazard(name(day), Operation::set, 3.0, day + 0.5, day + 0.9); }),
      at_night([&](int day) { return hazard(name(day), Operation::set, 0.0, day + 0.3, day + 1.0); }),
      at_night([&](int day) { return stretch(name(day), 0.25, day + 0.5, day + 1.0); }),
      at_night([&](int day) { return stretch(name(day), 0.01, 7 * day + 6.5, 7 * day + 6.75); }),
      at_night([&](int day) { return hazard(name(day), Operation::set, 0.1 + 0.1 * day, day + 0.5, day + 0.9); }),
  };
  for (std::size_t k = 0; k < cases.size(); ++k) {
    INFO("case " << k);
    ModelParts parts = members(Weibull{60.0, 1.4}, 100.0, cases[k], 5'000);
    parts.touchpoints[0].quality_sd = 0.2;
    auto& exits = parts.touchpoints[0].next;
    exits.push_back(by_odds(0, 1.0, Uniform{12.0, 17.0}));
    exits.push_back(by_odds(0, 0.4, Exponential{20.0}, {.satisfaction = 2.0}));
    exits.push_back(by_odds(0, 0.2, Exponential{9.0}, {.satisfaction = -2.0, .effort = 1.0}));
    exits.push_back(by_odds(0, 0.1, Fixed{16.0}));
    exits.push_back(by_odds(1, 0.0, Exponential{5.0}));
    const auto reference = cells_of(parts, Engine::one_customer);
    CHECK(cells_of(parts, Engine::lock_step) == reference);
    CHECK(cells_of(parts, Engine::window_by_window) == reference);
    // The twin: one night is missing.
    parts.events.erase(parts.events.begin() + 3);
    CHECK_FALSE(cells_of(parts, Engine::lock_step) == reference);
  }
}
