// Changes in time: a visit at t sees what is on at t, start <= t < end to the day; ramps move in steps of one window and
// keep to their line on the average.
#include <cmath>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

// A visit on every day from 0 to 60, quality 0.4.
ModelParts daily() {
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(1, 1.0)}), place(Stage::retention, {by_odds(1, 1.0)})}, 60.0, 1);
  parts.settings.window = Days(7.0);
  parts.touchpoints[1].quality_mean = 0.4;
  return parts;
}

// Quality by day; day 0 is another touchpoint.
std::vector<double> qualities(const ModelParts& parts) {
  std::vector<double> seen;
  each_life(parts, [&](const ToldLife& life) {
    for (std::size_t k = 0; k < life.visits.size(); ++k) {
      REQUIRE(life.visits[k].time == static_cast<double>(k));
      seen.push_back(static_cast<double>(life.visits[k].quality));
    }
  });
  REQUIRE(seen.size() == 61);
  return seen;
}

}  // namespace

TEST_CASE("changes: a visit at t sees a change while start <= t < end", "[verify]") {
  ModelParts parts = daily();
  parts.events = {change("better", 1, {Parameter::quality, Operation::set, 0.9}, 10.0, 20.0),
                  change("worse", 1, {Parameter::quality, Operation::multiply, 0.5}, 14.5, 30.25)};
  const std::vector<double> seen = qualities(parts);
  for (std::size_t t = 1; t <= 60; ++t) {
    INFO("day " << t);
    const bool better = t >= 10 && t < 20, worse = t >= 15 && t <= 30;
    CHECK(seen[t] == Approx((better ? 0.9 : 0.4) * (worse ? 0.5 : 1.0)).epsilon(1e-6));
  }
  // Twins: one day later or earlier.
  parts.events[0].start = Days(10.5);
  CHECK(qualities(parts)[10] != Approx(seen[10]));
  parts.events[0].start = Days(10.0);
  parts.events[0].end = Days(20.5);
  CHECK(qualities(parts)[20] != Approx(seen[20]));
}

TEST_CASE("changes: a ramp has in each window the value at the middle of its part", "[verify]") {
  for (const RampShape shape : {RampShape::linear, RampShape::s_curve}) {
    ModelParts parts = daily();
    parts.events = {change("better", 1, {Parameter::quality, Operation::add, 0.5}, 10.0)};
    parts.events[0].ramp = {shape, Days(28.0)};
    const std::vector<double> seen = qualities(parts);
    for (std::size_t t = 1; t <= 60; ++t) {
      INFO("day " << t << (shape == RampShape::linear ? " linear" : " s-curve"));
      const double day = static_cast<double>(t);
      // The visit on a window's edge opens the next step; the last window ends at the horizon.
      const double begin = 7.0 * std::floor(std::fmin(day, 59.0) / 7.0), end = std::fmin(60.0, begin + 7.0);
      const double x = std::fmin(1.0, std::fmax(0.0, ((std::fmax(begin, 10.0) + end) / 2.0 - 10.0) / 28.0));
      const double fraction = day < 10.0 ? 0.0 : shape == RampShape::linear ? x : 3.0 * x * x - 2.0 * x * x * x;
      CHECK(seen[t] == Approx(0.4 + 0.5 * fraction).epsilon(1e-6));
    }
    parts.events[0].ramp.over = Days(30.0);
    CHECK(qualities(parts)[20] != Approx(seen[20]));
  }
}

TEST_CASE("changes: over a whole ramp its steps lose and gain nothing", "[verify]") {
  // Visits at random times see the linear ramp on average: 35 days of it give half the effect.
  const auto mean_quality = [](double over) {
    ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0)}), finish(End::lost)}, 70.0, 100'000);
    parts.settings.window = Days(7.0);
    parts.touchpoints[0].quality_mean = 0.2;
    parts.personas[0].arrives = Uniform{14.0, 49.0};
    parts.events = {change("better", 0, {Parameter::quality, Operation::add, 0.6}, 14.0)};
    parts.events[0].ramp = {RampShape::linear, Days(over)};
    Sample quality;
    each_life(parts, [&](const ToldLife& life) { quality.add(static_cast<double>(life.visits[0].quality)); });
    return quality;
  };
  CHECK(judge(mean_quality(35.0), 0.5, 0.01, 1e-6));
  CHECK_FALSE(judge(mean_quality(38.0), 0.5, 0.01, 1e-6));
}

TEST_CASE("changes: only the persona and the exits of the target are touched", "[verify]") {
  const auto shares = [](double odds) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0), by_odds(2, 1.0), by_odds(3, 2.0)}),
                                finish(End::churned), finish(End::churned), finish(End::churned)},
                               10.0, 200'000);
    parts.personas = {persona("a", 0.5, parts.traits), persona("b", 0.5, parts.traits)};
    Change pull = change("pull", 0, {Parameter::odds, Operation::multiply, odds}, 0.0);
    pull.target.personas = {PersonaId(1)};
    pull.target.exit_to = {TouchpointId(2)};
    parts.events = {pull};
    std::vector<Sample> second(2);
    each_life(parts, [&](const ToldLife& life) { second[life.person.persona].add(life.visits.back().touchpoint == 2); });
    return second;
  };
  const std::vector<Sample> right = shares(3.0);
  CHECK(judge(right[0], 0.25, 0.015));
  CHECK(judge(right[1], 0.5, 0.015));
  CHECK_FALSE(judge(shares(3.4)[1], 0.5, 0.015));
}
