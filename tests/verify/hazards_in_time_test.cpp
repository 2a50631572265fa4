// Hazards that change while people wait: the exits of a race meet thresholds of accumulated hazard, so a change reaches
// those who are already there. Survival is exp(-integral of m(t) / x(t) h(a(t)) dt), written out for each case.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/hazard_stretches.hpp"
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
Sample staying(const ModelParts& parts, const RunOptions& options = {}) {
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1), options);
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

/// What is on in the second half of each of so many days.
std::vector<Change> nights(int days, const std::function<Change(std::string, double, double)>& of) {
  std::vector<Change> all;
  for (int day = 0; day < days; ++day) all.push_back(of("night-" + std::to_string(day), day + 0.5, day + 1.0));
  return all;
}
std::vector<Change> nightly_hazard(int days, double value) {
  return nights(days, [&](std::string id, double start, double end) {
    return hazard(std::move(id), Operation::set, value, start, end);
  });
}
std::vector<Change> nightly_stretch(int days, double value) {
  return nights(days, [&](std::string id, double start, double end) { return stretch(std::move(id), value, start, end); });
}

/// Exit 0 goes by the time of a clock that has run for so long when people arrive, and that nothing starts anew.
ModelParts by_clock(ModelParts parts, const Distribution& age) {
  const ClockId clock(parts.clocks.size());
  parts.clocks.push_back({"policy", "", {TouchpointId(1)}});
  for (Persona& persona : parts.personas) persona.ages = {{clock, age}};
  parts.touchpoints[0].next[0].clock = clock;
  return parts;
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
  CHECK_FALSE(left({}, 75.01));  // the twin: no change for those who wait
  // By night it passes at half the speed: three quarters of a day a day, and a quarter of a day before the night of day 133.
  CHECK_FALSE(left(nightly_stretch(150, 2.0), 133.24));
  CHECK(left(nightly_stretch(150, 2.0), 133.26));
  CHECK_FALSE(left(nightly_stretch(150, 2.1), 133.26));  // the twin
  // A delay of nothing is over at once.
  CHECK_FALSE(left({stretch("now", 0.0, 60.0)}, 59.99));
  CHECK(left({stretch("now", 0.0, 60.0)}, 60.01));
  // Nothing fires on day 100, and nothing later.
  CHECK_FALSE(left({hazard("closed", Operation::set, 0.0, 90.0, 110.0)}, 400.0));
  CHECK(left({hazard("closed", Operation::set, 0.0, 90.0, 99.0)}, 400.0));
}

TEST_CASE("hazards in time: nights of a year, 730 changes", "[verify]") {
  // Twelve hours of the file's hazard, then twelve hours of three times as much.
  const Sample with = staying(members(Exponential{500.0}, 365.0, nightly_hazard(365, 3.0), 300'000));
  CHECK(judge(with, std::exp(-2.0 * 365.0 / 500.0), 0.008));
  CHECK_FALSE(judge(with, std::exp(-365.0 / 500.0), 0.008));
}

TEST_CASE("hazards in time: nights over windows, horizons, numbers of people and both schedules", "[verify]") {
  // Of the last day, a quarter or all of it.
  for (const double horizon : {1.25, 10.25, 60.0, 400.0}) {
    const double mean = 1.5 * horizon, days = std::floor(horizon), hazard = 2.0 * days + (horizon - days);
    for (const double window : {0.3, 1.0, 7.0, 500.0}) {
      for (const auto& [customers, seen] : {std::pair<std::uint64_t, double>{4'000, 0.06}, {40'000, 0.02}}) {
        for (const Engine engine : {Engine::lock_step, Engine::window_by_window}) {
          ModelParts parts =
              members(Exponential{mean}, horizon, nightly_hazard(static_cast<int>(std::ceil(horizon)), 3.0), customers);
          parts.settings.window = Days(window);
          parts.settings.seed = static_cast<std::uint64_t>(1000.0 * horizon + 10.0 * window);
          RunOptions options;
          options.engine = engine;
          CAPTURE(horizon, window, customers, static_cast<int>(engine));
          const Sample with = staying(parts, options);
          CHECK(judge(with, std::exp(-hazard / mean), seen));
          CHECK_FALSE(judge(with, std::exp(-horizon / mean), seen));  // the twin: no nights
        }
      }
    }
  }
}

TEST_CASE("hazards in time: a law keeps its age through the nights of a year", "[verify]") {
  const auto law = [](double age) { return std::pow(age / 400.0, 1.6); };
  const auto over_nights = [&](double age, double by_day, double by_night) {  // of the hazard; time passes as it does
    double sum = 0.0;
    for (int day = 0; day < 365; ++day) {
      sum += by_day * (law(age + day + 0.5) - law(age + day)) + by_night * (law(age + day + 1.0) - law(age + day + 0.5));
    }
    return std::exp(-sum);
  };
  const Distribution weibull = Weibull{400.0, 1.6};
  constexpr double seen = 0.013;
  const Sample with = staying(members(weibull, 365.0, nightly_hazard(365, 3.0), 100'000));
  CHECK(judge(with, over_nights(0.0, 1.0, 3.0), seen));
  CHECK_FALSE(judge(with, over_nights(0.0, 1.0, 1.0), seen));         // the twin: no nights
  CHECK_FALSE(judge(with, std::exp(-365.0 * 4.0 * law(0.5)), seen));  // the twin: an age that begins each time
  const Sample slower = staying(members(weibull, 365.0, nightly_stretch(365, 2.0), 100'000));
  CHECK(judge(slower, std::exp(-law(0.75 * 365.0)), seen));
  CHECK_FALSE(judge(slower, std::exp(-law(365.0)), seen));
  // The same for the time of a clock that has run for 200 days, given that it lasted so long.
  const Sample older = staying(by_clock(members(weibull, 365.0, nightly_hazard(365, 3.0), 100'000), Fixed{200.0}));
  CHECK(judge(older, over_nights(200.0, 1.0, 3.0), seen));
  CHECK_FALSE(judge(older, over_nights(0.0, 1.0, 3.0), seen));    // the twin: the clock's age is forgotten
  CHECK_FALSE(judge(older, over_nights(200.0, 1.0, 1.0), seen));  // the twin: no nights
}

TEST_CASE("hazards in time: the time of a clock goes on from its age through changes, for every family", "[verify]") {
  struct Case {
    Distribution after;
    std::function<double(double)> survival;
  };
  const std::vector<Case> cases{
      {Lognormal{90.0, 0.8}, [](double t) { return 0.5 * std::erfc(std::log(t / 90.0) / 0.8 * std::sqrt(0.5)); }},
      {Loglogistic{90.0, 2.0}, [](double t) { return 1.0 / (1.0 + std::pow(t / 90.0, 2.0)); }},
      {Uniform{25.0, 185.0}, [](double t) { return std::fmin(1.0, std::fmax(0.0, (185.0 - t) / 160.0)); }},
      {Normal{90.0, 30.0}, [](double t) { return 0.5 * std::erfc((t - 90.0) / 30.0 * std::sqrt(0.5)); }},
      {Weibull{90.0, 2.0}, [](double t) { return std::exp(-std::pow(t / 90.0, 2.0)); }},
      {Gompertz{0.004, 0.01}, [](double t) { return std::exp(-0.4 * std::expm1(0.01 * t)); }},
      {Gamma{3.0, 90.0},  // Erlang's law of three steps of 30 days
       [](double t) { return std::exp(-t / 30.0) * (1.0 + t / 30.0 + t * t / 1800.0); }},
  };
  // Who arrives has a clock of 50 days. From day 20 on the hazard is twice the file's, from day 40 to 70 time passes half as
  // fast, and at day 80 the age is 50 + 40 + 15 + 10.
  constexpr double age = 50.0, horizon = 80.0;
  for (std::size_t k = 0; k < cases.size(); ++k) {
    INFO("family " << k);
    const auto hazard_of = [&](double t) { return -std::log(cases[k].survival(t)); };
    const auto left = [&](double begin, double speed) {
      const double change = begin + 20.0, end = begin + 40.0 + 30.0 * speed + 10.0;
      return std::exp(hazard_of(begin) - hazard_of(change) - 2.0 * (hazard_of(end) - hazard_of(change)));
    };
    const std::vector<Change> changes{hazard("worse", Operation::multiply, 2.0, 20.0), stretch("slower", 2.0, 40.0, 70.0)};
    const Sample with = staying(by_clock(members(cases[k].after, horizon, changes), Fixed{age}));
    CHECK(judge(with, left(age, 0.5), detectable));
    CHECK_FALSE(judge(with, left(0.0, 0.5), detectable));  // the twin: the clock's age is forgotten
    CHECK_FALSE(judge(with, left(age, 1.0), detectable));  // the twin: nothing is slower
    CHECK_FALSE(judge(with, std::exp(hazard_of(age) - hazard_of(age + 65.0)), detectable));  // the twin: no worse
    // Clocks of all ages up to 100 days: the mean over them.
    if (k > 1) continue;
    double mean = 0.0;
    for (int i = 0; i < 1000; ++i) mean += left(0.1 * (i + 0.5), 0.5) / 1000.0;
    CHECK(judge(staying(by_clock(members(cases[k].after, horizon, changes), Uniform{0.0, 100.0})), mean, detectable));
  }
}

TEST_CASE("hazards in time: an anniversary keeps its date whatever delays are, and waits for its exit to open", "[verify]") {
  const auto left = [](std::vector<Change> changes, double horizon) {
    ModelParts parts = by_clock(members(Fixed{0.0}, horizon, std::move(changes), 1000), Fixed{20.0});
    parts.touchpoints[0].next[0].every = Days(50.0);
    return staying(parts).mean() == 0.0;
  };
  // Twenty days old: day 30.
  CHECK_FALSE(left({}, 29.99));
  CHECK(left({}, 30.01));
  CHECK_FALSE(left({stretch("faster", 0.5, 5.0)}, 29.99));
  CHECK(left({stretch("slower", 2.0, 5.0)}, 30.01));
  CHECK(left(nightly_stretch(40, 3.0), 30.01));
  CHECK(left({hazard("worse", Operation::multiply, 3.0, 5.0), hazard("better", Operation::multiply, 0.1, 9.0)}, 30.01));
  CHECK_FALSE(left({hazard("closed", Operation::set, 0.0, 25.0)}, 60.0));
  CHECK_FALSE(left({hazard("closed", Operation::set, 0.0, 25.0, 35.0)}, 34.99));
  CHECK(left({hazard("closed", Operation::set, 0.0, 25.0, 35.0)}, 35.01));
  CHECK_FALSE(left({hazard("closed", Operation::set, 0.0, 0.0, 35.0)}, 34.99));
  CHECK(left({hazard("closed", Operation::set, 0.0, 0.0, 35.0)}, 35.01));
  CHECK_FALSE(
      left({hazard("closed", Operation::set, 0.0, 25.0, 35.0), hazard("again", Operation::set, 0.0, 35.0, 40.0)}, 39.99));
  CHECK(left({hazard("closed", Operation::set, 0.0, 25.0, 35.0), hazard("again", Operation::set, 0.0, 35.0, 40.0)}, 40.01));
  CHECK(left({hazard("closed", Operation::set, 0.0, 5.0, 29.0)}, 30.01));
}

namespace {

/// Exits of five laws at a place whose hazards are larger by night for 40 days; `clocks`: they go by the time of a clock,
/// come at anniversaries, or have traits for their odds or their scale.
ModelParts many_exits(bool clocks) {
  ModelParts parts = members(Weibull{60.0, 1.4}, 400.0, nightly_hazard(40, 3.0), 20'000);
  parts.touchpoints[0].quality_sd = 0.2;
  auto& exits = parts.touchpoints[0].next;
  exits.push_back(by_odds(1, 1.0, Uniform{12.0, 70.0}));
  exits.push_back(by_odds(1, 0.2, Exponential{90.0}, {.satisfaction = 2.0}));
  exits.push_back(by_odds(1, 0.1, Lognormal{30.0, 0.8}));
  exits.push_back(by_odds(1, 0.1, Fixed{65.0}));
  if (!clocks) return parts;
  parts = by_clock(std::move(parts), Uniform{0.0, 45.0});
  for (const char* name : {"eager", "slow"}) {
    parts.traits.push_back({name, 0.0, 1e9, 0.0});
    parts.personas[0].traits.emplace_back(Gamma{4.0, 1.0});
  }
  const ClockId clock(parts.clocks.size() - 1);
  auto& all = parts.touchpoints[0].next;
  all[1].clock = all[3].clock = clock;
  all[2].times = TraitId(parts.traits.size() - 2);
  all[4].after = Fixed{25.0};
  all[3].scale = ScaleTrait{TraitId(parts.traits.size() - 1), false};
  all.push_back(by_odds(1, 0.5, Fixed{0.0}));
  all.back().clock = clock;
  all.back().every = Days(30.0);  // day 0 to 30
  return parts;
}

}  // namespace

TEST_CASE("hazards in time: nights that come again are skipped over to the same bits, but where sums lead on", "[verify]") {
  // Where the hazards of a place are of few kinds, an exit that cannot fire in time is known at once; where they are of
  // many, each stretch is looked at. Ten more kinds come when the lives that are compared are over.
  for (const bool clocks : {false, true}) {
    CAPTURE(clocks);
    const ModelParts few = many_exits(clocks);
    ModelParts many = few, twin = few;
    for (int k = 0; k < 10; ++k) {
      many.events.push_back(hazard("kind-" + std::to_string(k), Operation::set, 1.5 + k, 200.0 + k, 200.5 + k));
    }
    REQUIRE(Program(Model(few)).hazards().rows(0, 0).size() == 2);
    REQUIRE(Program(Model(many)).hazards().rows(0, 0).empty());
    const auto ends = [](const ModelParts& parts) {
      std::vector<std::pair<double, std::int64_t>> all;
      each_life(parts, [&](const ToldLife& life) { all.emplace_back(life.visits.back().time, life.stays.front().exit); });
      return all;
    };
    const auto of_few = ends(few);
    // Where they are few the hazard of an exponential law is summed up beforehand, and that of a Weibull law without a clock
    // has a closed form, which moves a time by a second or two.
    const auto same = [&](const std::vector<std::pair<double, std::int64_t>>& found, double off) {
      return std::equal(found.begin(), found.end(), of_few.begin(), of_few.end(), [&](const auto& one, const auto& other) {
        const double most = one.second == 2 || (one.second == 0 && !clocks) ? off : 0.0;
        return one.second == other.second && std::fabs(one.first - other.first) <= most;
      });
    };
    CHECK(same(ends(many), 2e-5));
    CHECK_FALSE(same(ends(many), 0.0));
    for (std::int64_t exit = 0; exit < (clocks ? 6 : 5); ++exit) {
      CHECK(std::count_if(of_few.begin(), of_few.end(), [&](const auto& end) { return end.second == exit; }) > 10);
    }
    twin.events[5] = hazard("night-5", Operation::set, 3.1, 5.5, 6.0);
    CHECK_FALSE(ends(twin) == of_few);
    if (!clocks) continue;
    // Odds that a trait takes to their limit are not summed up.
    ModelParts cut = few;
    for (ModelParts* const each : {&cut, &many}) {
      Exit& exit = each->touchpoints[0].next[2];
      each->personas[0].traits[exit.times->index()] = Fixed{1e9};
      exit.odds = 5.0;
      exit.after = Exponential{1e9};
    }
    CHECK(ends(cut) == ends(many));
  }
}

TEST_CASE("hazards in time: what changes for one exit moves no other by a bit", "[verify]") {
  // Exit 0 is of each family; the hazard of exit 1 is smaller by night, so that whom exit 0 takes without nights it takes
  // with them, and at the same time.
  const std::vector<Distribution> laws{Exponential{20.0}, Weibull{20.0, 0.7}, Weibull{20.0, 2.5},   Uniform{5.0, 40.0},
                                       Fixed{17.0},       Gamma{3.0, 20.0},   Lognormal{20.0, 0.8}, Gompertz{0.04, 0.01}};
  for (std::size_t k = 0; k < laws.size(); ++k) {
    for (const bool clock : {false, true}) {
      CAPTURE(k, clock);
      ModelParts parts = members(laws[k], 90.0, {}, 2'000);
      parts.personas[0].arrives = Uniform{0.0, 20.0};
      parts.touchpoints[0].next.push_back(by_odds(2, 1.0, Weibull{30.0, 1.5}));
      parts.touchpoints.push_back(finish(End::churned));
      parts.touchpoints.back().id = "elsewhere";
      if (clock) parts = by_clock(std::move(parts), Uniform{0.0, 10.0});
      ModelParts with = parts, own = parts;
      for (int day = 0; day < 100; ++day) {
        with.events.push_back(hazard("night-" + std::to_string(day), Operation::multiply, 0.5, day + 0.5, day + 1.0));
        with.events.back().target.exit_to = {TouchpointId(2)};
      }
      // The twin: its own hazard is all but the same by night.
      own.events = with.events;
      for (int day = 0; day < 100; ++day) {
        own.events.push_back(hazard("own-" + std::to_string(day), Operation::multiply, 1.001, day + 0.5, day + 1.0));
        own.events.back().target.exit_to = {TouchpointId(1)};
      }
      const auto left = [](const ModelParts& of) {
        std::vector<std::pair<std::int64_t, double>> all;
        each_life(of, [&](const ToldLife& life) { all.emplace_back(life.stays.front().exit, life.stays.front().until); });
        return all;
      };
      const auto before = left(parts), after = left(with), moved = left(own);
      int taken = 0, same = 0, same_if_own = 0;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].first != 0) continue;
        ++taken;
        same += after[i] == before[i];
        same_if_own += moved[i] == before[i];
      }
      CHECK(taken > 300);
      CHECK(same == taken);
      if (!std::holds_alternative<Fixed>(laws[k])) CHECK(same_if_own < taken / 2);
    }
  }
}

TEST_CASE("hazards in time: an exit that changes seldom does not count the nights of others", "[verify]") {
  ModelParts parts = members(Weibull{60.0, 1.4}, 30.0, nightly_hazard(10, 3.0));
  parts.touchpoints[0].next.push_back(by_odds(2, 1.0, Exponential{20.0}));
  parts.touchpoints[0].next.push_back(by_odds(1, 1.0, Exponential{20.0}));
  parts.touchpoints.push_back(finish(End::churned));
  parts.touchpoints.back().id = "elsewhere";
  for (Change& night : parts.events) night.target.exit_to = {TouchpointId(1)};
  Change once = hazard("once", Operation::multiply, 2.0, 4.5, 8.0);
  once.target.exit_to = {TouchpointId(2)};
  parts.events.push_back(once);
  const Program program{Model(parts)};
  const auto runs = [&](std::size_t exit) {
    const auto of = program.hazards().runs(0, 0, exit);
    return std::vector<std::int32_t>(of.begin(), of.end());
  };
  const std::size_t stretches = program.hazards().stretches(0, 0).size();
  REQUIRE(stretches == 21);
  CHECK(runs(0) == std::vector<std::int32_t>(stretches, 1));
  CHECK(runs(2) == runs(0));
  CHECK(runs(1) == std::vector<std::int32_t>{9, 8, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 5, 4, 3, 2, 1});
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
std::vector<std::int64_t> cells_of(const ModelParts& parts, Engine engine, PlanId plan = PlanId(0)) {
  RunOptions options;
  options.engine = engine;
  const RunResult result = run(Model(parts), std::span(&plan, 1), options);
  std::vector<std::int64_t> all;
  const Totals& totals = result.totals[0][0];
  for (std::size_t i = 0; i < totals.shape().cells(); ++i) all.push_back(static_cast<std::int64_t>(totals.cell(i)));
  return all;
}

}  // namespace

TEST_CASE("hazards in time: the fast engine equals the reference where a rule changes an exit at the very visit",
          "[verify]") {
  // Everybody comes to the race on the day on which a rule, a moment later, makes leaving by exit 0 worse for good; exit 1
  // changes every night.
  const std::vector<Distribution> laws{Exponential{9.0}, Weibull{9.0, 1.3}, Uniform{2.0, 20.0}, Fixed{6.0}};
  for (std::size_t k = 0; k < laws.size(); ++k) {
    CAPTURE(k);
    ModelParts parts =
        journey({place(Stage::awareness, {by_odds(1, 1.0, Fixed{7.0})}),
                 place(Stage::purchase, {by_odds(2, 1.0, laws[k]), by_odds(3, 1.0, Exponential{12.0})}, ExitRule::race),
                 finish(End::churned), finish(End::churned)},
                60.0, 3'000);
    parts.settings.window = Days(7.0);
    for (int day = 0; day < 60; ++day) {
      parts.events.push_back(
          change("night-" + std::to_string(day), 1, {Parameter::odds, Operation::multiply, 0.5}, day + 0.5, day + 1.0));
      parts.events.back().target.exit_to = {TouchpointId(3)};
    }
    Improvement worse;
    worse.change = change("worse", 1, {Parameter::odds, Operation::multiply, 4.0}, 0.0);
    worse.change.target.exit_to = {TouchpointId(2)};
    parts.improvements = {worse};
    Rule rule;
    rule.id = rule.name = "rule";
    rule.metric = "prospects";
    rule.above = -1.0;
    rule.switch_on = ImprovementId(0);
    parts.rules = {rule};
    Plan plan;
    plan.id = "adaptive";
    plan.rules = {RuleId(0)};
    parts.plans.push_back(plan);
    const PlanId ruled(parts.plans.size() - 1);
    const auto reference = cells_of(parts, Engine::one_customer, ruled);
    CHECK(cells_of(parts, Engine::lock_step, ruled) == reference);
    CHECK(cells_of(parts, Engine::window_by_window, ruled) == reference);
    if (k < 3) CHECK(cells_of(parts, Engine::one_customer, PlanId(0)) != reference);  // the twin: without the rule
  }
}

TEST_CASE("hazards in time: the fast engine equals the reference where hazards change", "[verify]") {
  std::vector<ModelParts> all{many_exits(false), many_exits(true)};
  for (const double factor : {0.0, 0.5, 3.0}) {
    ModelParts& parts =
        all.emplace_back(members(Weibull{100.0, 1.3}, 400.0,
                                 {hazard("a", Operation::multiply, factor, 33.0, 140.0), stretch("b", 1.7, 90.0)}, 20'000));
    parts.touchpoints[0].next.push_back(by_odds(0, 0.5, Lognormal{20.0, 0.6}, {1.0, 0.5, 0.0, 0.0}));
    parts.touchpoints[0].quality_sd = 0.2;
    all.push_back(by_clock(parts, Uniform{0.0, 90.0}));
  }
  for (std::size_t k = 0; k < all.size(); ++k) {
    CAPTURE(k);
    const auto reference = cells_of(all[k], Engine::one_customer);
    CHECK(cells_of(all[k], Engine::lock_step) == reference);
    CHECK(cells_of(all[k], Engine::window_by_window) == reference);
    // The twin: one change a little later.
    all[k].events.front().end = Days(all[k].events.front().end->value() + 0.25);
    CHECK(cells_of(all[k], Engine::lock_step) != reference);
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
  // At first next to nothing accumulates, so that sums of hazards by the first eighty stretches are almost the same.
  std::vector<Change> uneven;
  for (int half = 0; half < 120; ++half) {
    const double value = (half < 80 ? 0.0005 : 1.0) * (half % 2 == 0 ? 1.0 : 3.0);
    uneven.push_back(hazard("half-" + std::to_string(half), Operation::set, value, 0.5 * half, 0.5 * half + 0.5));
  }
  const std::vector<std::vector<Change>> cases{
      uneven,
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

namespace {

/// What a hazard and a delay are multiplied by at a time, to the test's own knowledge; nothing changes but every quarter of
/// a day.
struct Multipliers {
  double hazard, stretch;
};
using MultipliersAt = std::function<Multipliers(double)>;

/// A law as the test knows it: the rate of its hazard at an age.
struct Rated {
  Distribution after;
  std::function<double(double)> rate;
};

/// The hazard that accumulates from `from` to `to`, by the midpoints of some thousand steps a quarter of a day.
double accumulated(const Rated& law, const MultipliersAt& at, double from, double to) {
  constexpr int steps = 200;
  double sum = 0.0, age = 0.0;
  for (double now = from; now < to;) {
    const double quarter = 0.25 * (std::floor(now / 0.25) + 1.0), end = std::fmin(quarter, to);
    const auto [hazard, stretch] = at(0.5 * (now + end));
    const double step = (end - now) / steps / stretch;
    for (int k = 0; k < steps; ++k) sum += hazard * law.rate(age + (k + 0.5) * step) * step;
    age += steps * step;
    now = end;
  }
  return sum;
}

/// How far at most the hazard that accumulates over a life's only stay is from its threshold, as a share of it, or of 0.1
/// where it is smaller; of those who stay, how far it is above. `left` counts who leaves.
double furthest_off(const ModelParts& parts, const Rated& law, const MultipliersAt& at, int& left) {
  const Streams streams(parts.settings.seed, 0);
  std::uint32_t customer = 0;
  double most = 0.0;
  left = 0;
  each_life(parts, [&](const ToldLife& life) {
    const double threshold = static_cast<double>(exponential(streams.draw(customer++, Purpose::race, 0)[0]));
    const bool leaves = life.stays.front().exit >= 0;
    const double until = leaves ? life.stays.front().until : parts.settings.horizon.value();
    const double found = accumulated(law, at, life.visits.front().time, until);
    left += leaves;
    const double off = (found - threshold) / std::fmax(threshold, 0.1);
    most = std::fmax(most, leaves ? std::fabs(off) : off);
  });
  return most;
}

}  // namespace

TEST_CASE("hazards in time: through nights each exit comes when its hazard, integrated, is its threshold", "[verify]") {
  // People arrive at any hour before, during and after the nights, stay for hours or for months, and the nights close, open,
  // or let time pass more slowly; the last stretch lasts for good.
  const std::vector<Rated> laws{
      {Exponential{0.4}, [](double) { return 1.0 / 0.4; }},
      {Exponential{25.0}, [](double) { return 1.0 / 25.0; }},
      {Uniform{3.0, 160.0}, [](double age) { return age > 3.0 ? 1.0 / (160.0 - age) : 0.0; }},
      {Weibull{30.0, 2.0}, [](double age) { return 2.0 / 30.0 * (age / 30.0); }},
      {Weibull{30.0, 1.4}, [](double age) { return 1.4 / 30.0 * std::pow(age / 30.0, 0.4); }},
  };
  struct Nights {
    double hazard, stretch, at_last;  // by night, and in the last stretch: of the hazard
  };
  const std::vector<Nights> all{{0.5, 1.0, 1.0}, {3.0, 1.0, 0.25}, {0.0, 1.0, 2.0}, {1.0, 2.5, 1.0}, {2.0, 0.5, 0.0}};
  constexpr double last = 40.0, horizon = 150.0;
  for (std::size_t n = 0; n < all.size(); ++n) {
    for (std::size_t k = 0; k < laws.size(); ++k) {
      CAPTURE(n);
      CAPTURE(k);
      const Nights& nights = all[n];
      ModelParts parts = members(laws[k].after, horizon, {}, 150);
      parts.personas[0].arrives = Uniform{0.0, 60.0};
      for (int day = 0; day < static_cast<int>(last); ++day) {
        Change night = hazard("night-" + std::to_string(day), Operation::multiply, nights.hazard, day + 0.25, day + 0.75);
        if (nights.stretch != 1.0) night.effects.push_back({Parameter::delay, Operation::multiply, nights.stretch});
        parts.events.push_back(night);
      }
      parts.events.push_back(hazard("last", Operation::multiply, nights.at_last, last));
      const auto at = [&](double by_night, double stretch) {
        return [=, &nights](double time) {
          const double hour = time - std::floor(time);
          if (time > last) return Multipliers{nights.at_last, 1.0};
          return hour > 0.25 && hour < 0.75 ? Multipliers{by_night, stretch} : Multipliers{1.0, 1.0};
        };
      };
      int left = 0;
      // Thresholds are floats, and the test's steps are wide for laws that change with age.
      CHECK(furthest_off(parts, laws[k], at(nights.hazard, nights.stretch), left) < (k < 2 ? 2e-6 : 5e-4));
      CHECK(left > 25);
      // The twins: a night that is a little worse, and one in which time passes a little more slowly, where that matters.
      CHECK(furthest_off(parts, laws[k], at(nights.hazard + 0.05, nights.stretch), left) > 0.01);
      if (nights.hazard == 0.0 && k < 2) continue;
      CHECK(furthest_off(parts, laws[k], at(nights.hazard, nights.stretch * 1.05), left) > 0.004);
    }
  }
}

namespace {

/// Odds of leaving that repeat, for so many days.
struct Pattern {
  std::string name;
  std::vector<Change> changes;
};
std::vector<Pattern> patterns(int days) {
  const auto name = [](const char* of, int day) { return of + std::to_string(day); };
  const auto over = [&](const char* of, double value, double begin, double end, int every, int of_them) {
    std::vector<Change> all;
    for (int day = 0; day < days; ++day) {
      if (day % every < of_them) all.push_back(hazard(name(of, day), Operation::multiply, value, day + begin, day + end));
    }
    return all;
  };
  const auto join = [](std::vector<Change> all, const std::vector<Change>& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  return {{"nights", over("night-", 3.0, 0.5, 1.0, 1, 1)},
          {"early nights", over("night-", 0.2, 0.0, 1.0 / 3.0, 1, 1)},
          {"closed nights", over("night-", 0.0, 0.75, 1.0, 1, 1)},
          {"open for an hour", over("night-", 0.0, 1.0 / 24.0, 1.0, 1, 1)},
          {"working days", over("work-", 5.0, 0.3, 0.7, 7, 5)},
          {"nights and weekends that overlap",
           join(over("night-", 3.0, 0.5, 1.0, 1, 1), over("weekend-", 0.5, 0.25, 2.25, 7, 1))},
          {"shifts", join(over("late-", 2.0, 0.6, 0.9, 1, 1), over("night-", 0.5, 0.0, 0.25, 1, 1))},
          {"nights, more of them from the middle on, but for a feast",
           join(over("night-", 3.0, 0.5, 0.9, 1, 1),
                {hazard("more", Operation::multiply, 2.0, days / 2.0),
                 hazard("feast", Operation::multiply, 0.1, days / 4.0, days / 4.0 + 1.5)})}};
}

}  // namespace

TEST_CASE("hazards in time: over odds that repeat the closed form is the sum over stretches to 1e-9", "[verify]") {
  constexpr int days = 365;
  for (const Pattern& pattern : patterns(days)) {
    for (const double shape : {0.3, 0.7, 1.4, 2.0, 3.7, 12.0}) {
      CAPTURE(pattern.name, shape);
      const Program program(Model(members(Weibull{90.0, shape}, days, pattern.changes)));
      const HazardCourse course = program.hazards().course(0, 0, 0);
      REQUIRE(course.stretches > 300);
      const HazardCourses& all = program.hazards().courses();
      const auto hazard_by = [&](double age) { return std::pow(age / 90.0, shape); };
      double most = 0.0, most_if_young = 0.0;
      int jumps = 0;
      for (const double time : {0.0, 0.3, 0.77, 5.5, 100.1, 200.9}) {
        // From `first` on to the last stretch that the closed form reaches: how far it is off, as a share of all hazard
        // since the visit.
        const auto off_from = [&](double least_age, bool count) {
          std::size_t k = 0;
          while (!(all.begins[course.at + k + 1] > time)) ++k;
          double sum = 0.0, used = 0.0, furthest = 0.0;
          const auto step = [&]() {
            const double reached = hazard_by(all.begins[course.at + k + 1] - time);
            sum += static_cast<double>(all.odds[course.at + k]) * (reached - used);
            used = reached;
            ++k;
          };
          const auto closed = [&]() {
            const double* const of = &all.terms[(course.at + k) * HazardCourse::terms];
            return used *
                   sum_of_terms<HazardCourse::terms>(all.begins[course.at + k] - time, shape, [of](int n) { return of[n]; });
          };
          while (k + 1 < course.stretches) {
            const auto until = static_cast<std::size_t>(all.until[course.at + k]);
            if (until == 0 || !(used > 0.0) || all.begins[course.at + k] - time < least_age) {
              step();
              continue;
            }
            const double before = closed(), sum_before = sum;
            jumps += count;
            while (k < until) {
              step();
              furthest = std::fmax(furthest, std::fabs((closed() - before) - (sum - sum_before)) / sum);
            }
            step();
          }
          return furthest;
        };
        most = std::fmax(most, off_from(course.least_age, true));
        most_if_young = std::fmax(most_if_young, off_from(0.25 * course.least_age, false));
      }
      CHECK(jumps >= 4);
      CHECK(most < 1e-9);
      // The twin: from an earlier age on. Where the hazard is a power next to
      // nothing is left out at any age.
      if (shape == 2.0 || shape == 12.0) continue;
      CHECK(most_if_young > 1e-9);
      CHECK(course.least_age < 22.0);
    }
  }
}

TEST_CASE("hazards in time: Weibull laws over odds that repeat, over horizons, windows, people and both schedules",
          "[verify]") {
  for (const double horizon : {30.0, 120.5, 300.25}) {
    for (const Pattern& pattern : patterns(static_cast<int>(std::ceil(horizon)))) {
      for (const double shape : {0.6, 1.7}) {
        CAPTURE(horizon, pattern.name, shape);
        const std::uint64_t people = horizon < 100.0 ? 10'000 : horizon < 200.0 ? 20'000 : 40'000;
        ModelParts parts = members(Weibull{horizon, shape}, horizon, pattern.changes, people);
        // The hazard that accumulates, by the odds that the program has at the middle of each twelfth of an hour.
        const Program program{Model(parts)};
        double sum = 0.0;
        constexpr double step = 1.0 / 288.0;
        for (double t = 0.0; t < horizon - step / 2.0; t += step) {
          const std::size_t regime = program.regime(t + step / 2.0);
          const double odds = static_cast<double>(program.exits(program.row(regime, 0, 0))[0].odds);
          sum += odds * (std::pow((t + step) / horizon, shape) - std::pow(t / horizon, shape));
        }
        const double plain = std::exp(-1.0);
        const auto reference = cells_of(parts, Engine::one_customer);
        for (const double window : {0.9, 7.0, 500.0}) {
          parts.settings.window = Days(window);
          const auto whole = cells_of(parts, Engine::lock_step);
          CHECK(cells_of(parts, Engine::window_by_window) == whole);
          if (window == 7.0) {
            const Sample with = staying(parts);
            CHECK(judge(with, std::exp(-sum), 0.045));
            if (std::fabs(std::exp(-sum) - plain) > 0.06) CHECK_FALSE(judge(with, plain, 0.045));  // the twin: no changes
          }
        }
        parts.settings.window = Days(horizon / 4.0);
        CHECK(cells_of(parts, Engine::lock_step) == reference);
      }
    }
  }
}

TEST_CASE("hazards in time: sums that begin like longer ones lead to stretches of their own", "[verify]") {
  // Of the second persona, everywhere: the hazard is halved from a fifth of a day on, and nothing from day 1 on. At t0 it is
  // back from day 50 on, and halved from day 150 on.
  ModelParts parts =
      journey({place(Stage::awareness, {by_odds(1, 1.0, Exponential{30.0})}, ExitRule::race),
               place(Stage::purchase, {by_odds(2, 1.0, Exponential{1.0})}, ExitRule::race), finish(End::churned)},
              400.0, 5'000);
  parts.personas = {persona("first", 0.5, parts.traits), persona("second", 0.5, parts.traits)};
  parts.personas[1].starts = {{TouchpointId(1), 1.0}};
  parts.events = {hazard("slow", Operation::multiply, 0.5, 0.2, 1.0), hazard("off", Operation::set, 0.0, 1.0, 50.0),
                  hazard("half", Operation::multiply, 0.5, 150.0),
                  change("slow-there", 1, {Parameter::odds, Operation::multiply, 0.5}, 0.2, 1.0),
                  change("off-there", 1, {Parameter::odds, Operation::set, 0.0}, 1.0)};
  for (std::size_t k : {3u, 4u}) parts.events[k].target.personas = {PersonaId(1)};
  const Program program{Model(parts)};
  const auto longer = program.hazards().sums(1, 0, 0).sums, shorter = program.hazards().sums(1, 1, 0).sums;
  REQUIRE(longer.size() == 6);
  REQUIRE(shorter.size() == 4);
  REQUIRE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  const auto reference = cells_of(parts, Engine::one_customer);
  CHECK(cells_of(parts, Engine::lock_step) == reference);
  CHECK(cells_of(parts, Engine::window_by_window) == reference);
  // The twin: t1 stays as it is.
  parts.events.pop_back();
  CHECK_FALSE(cells_of(parts, Engine::lock_step) == reference);
}

TEST_CASE("hazards in time: sums over stretches are known where they decide, and only where they are exact", "[verify]") {
  const auto sums_of = [](const Distribution& after, const std::vector<Change>& changes) {
    const Program program(Model(members(after, 100.0, changes)));
    const HazardSums sums = program.hazards().sums(0, 0, 0);
    return std::vector<double>(sums.sums.begin(), sums.sums.end());
  };
  const Exponential month{30.0};
  const std::vector<double> halved = sums_of(month, {hazard("a", Operation::multiply, 0.5, 10.0, 30.0)});
  CHECK(halved == std::vector<double>{0.0, 10.0, 20.0, std::numeric_limits<double>::infinity()});
  CHECK(sums_of(month, {hazard("closed", Operation::set, 0.0, 10.0)}) == std::vector<double>{0.0, 10.0, 10.0});
  CHECK(sums_of(month, {stretch("slower", 2.0, 10.0, 30.0)}) == halved);
  CHECK(sums_of(Weibull{30.0, 1.1}, {hazard("a", Operation::multiply, 0.5, 10.0)}).empty());
  CHECK(sums_of(month, {stretch("at-once", 0.0, 10.0)}).empty());
  CHECK(sums_of(month, {}).empty());
  // After a day with a hazard of 10^9 times as much, rounding would be seen.
  CHECK(sums_of(month, {hazard("storm", Operation::set, 1e9, 10.0, 11.0)}).empty());
  CHECK_FALSE(sums_of(month, {hazard("storm", Operation::set, 1e3, 10.0, 11.0)}).empty());
}
