// Events that come again and again, against closed forms and against the same events written one by one.
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr ExitRule racing = ExitRule::race;
const char* const start = "2026-10-01";  // a Thursday

/// On every night from 18 to 8.
Change nights(std::size_t touchpoint, Effect effect) {
  Change change;
  change.id = "nights";
  change.target.touchpoints = {TouchpointId(touchpoint)};
  change.effects = {effect};
  for (int day = 0; day < 7; ++day) {
    if (day == 0) change.recurrence.hours.emplace_back(0.0, 1.0);
    change.recurrence.hours.emplace_back(day + 8.0 / 24.0, 0.0);
    change.recurrence.hours.emplace_back(day + 18.0 / 24.0, 1.0);
  }
  return change;
}

/// The same, one event a stretch.
std::vector<Change> one_by_one(const Change& change, double horizon) {
  std::vector<Change> all;
  for (const Stretch& stretch : stretches_of(change, start, horizon)) {
    Change& one = all.emplace_back(change);
    one.id += std::to_string(all.size());
    one.recurrence = {};
    one.start = Days(stretch.begin);
    if (stretch.end < horizon) one.end = Days(stretch.end);
  }
  return all;
}

/// People leave a place by a race whose hazard is `by` times as large at night; they are watched in windows.
ModelParts leaving(double mean, double by, double horizon, double window, std::uint64_t customers) {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{mean})}, racing), finish(End::churned)},
                             horizon, customers);
  parts.settings.start = start;
  parts.settings.window = Days(window);
  parts.events = {nights(0, {Parameter::odds, Operation::multiply, by})};
  return parts;
}

std::vector<Sums> samples_of(const ModelParts& parts, Engine engine = Engine::lock_step) {
  const Model model(parts);
  const PlanId baseline(0);
  RunOptions options;
  options.engine = engine;
  return collect_samples(run(model, std::span(&baseline, 1), options)).plans[0].all;
}
Sums pooled_sums(const std::vector<Sums>& samples) {
  Sums all;
  for (const Sums& one : samples) all += one;
  return all;
}

/// Hours of night up to a time.
double night_days(double days, double shift) {
  double sum = 0.0;
  for (double hour = 0.0; hour < days * 24.0 - 1e-9; hour += 0.25) {
    const double of_day = std::fmod(hour + 0.125 + 24.0 + shift, 24.0);
    sum += of_day >= 18.0 || of_day < 8.0 ? 0.25 / 24.0 : 0.0;
  }
  return sum;
}

}  // namespace

TEST_CASE("recurring events: a hazard that is larger at night, over horizons, windows and sizes", "[verify]") {
  struct Case {
    double mean, by, horizon, window;
    std::uint64_t customers;
  };
  for (const Case& c :
       {Case{2.0, 6.0, 0.5, 0.25, 40'000}, Case{3.0, 0.0, 3.25, 7.0, 20'000}, Case{60.0, 4.0, 40.5, 10.0, 20'000}}) {
    INFO("mean " << c.mean << ", horizon " << c.horizon);
    const ModelParts parts = leaving(c.mean, c.by, c.horizon, c.window, c.customers);
    const Sums done = pooled_sums(samples_of(parts));
    const auto left = [&](double shift) {
      const double night = night_days(c.horizon, shift);
      return std::exp(-(c.horizon - night + c.by * night) / c.mean);
    };
    const double share = done.customers / done.arrived, error = std::sqrt(share * (1.0 - share) / done.arrived);
    CHECK(judge(share, error, left(0.0), 0.03));
    if (c.horizon < 1.0) CHECK_FALSE(judge(share, error, left(6.0), 0.03));  // twin: nights begin six hours earlier
    const double without = std::exp(-c.horizon / c.mean);
    CHECK_FALSE(judge(share, error, without, 0.03));  // twin: no nights
  }
}

TEST_CASE("recurring events: the same as written one by one, to the bit, and the engines agree", "[verify]") {
  for (const double window : {1.0, 7.0, 30.0}) {
    for (const Effect& effect :
         {Effect{Parameter::quality, Operation::add, -0.3}, Effect{Parameter::odds, Operation::multiply, 3.0},
          Effect{Parameter::cost, Operation::add, 2.0}, Effect{Parameter::revenue_per_month, Operation::multiply, 0.5}}) {
      INFO("window " << window << ", parameter " << static_cast<int>(effect.parameter));
      ModelParts parts = leaving(20.0, 1.0, 45.0, window, 1'500);
      parts.touchpoints[0].next.push_back(by_odds(0, 1.0, Exponential{1.5}, {.satisfaction = 1.0}));
      parts.touchpoints[0].cost = 3.0;
      parts.touchpoints[0].revenue_per_month = 10.0;
      parts.touchpoints[0].quality_sd = 0.1;
      parts.settings.discount = 0.1;
      parts.events = {nights(0, effect)};
      ModelParts written = parts;
      written.events = one_by_one(parts.events[0], 45.0);
      REQUIRE(written.events.size() == 46);
      const std::vector<Sums> a = samples_of(parts), b = samples_of(written);
      REQUIRE(a.size() == b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].visits == b[i].visits);
        CHECK(a[i].customers == b[i].customers);
        CHECK(a[i].satisfaction == b[i].satisfaction);
        CHECK(a[i].cost_to_serve == Approx(b[i].cost_to_serve).epsilon(1e-12));
        CHECK(a[i].worth_revenue == Approx(b[i].worth_revenue).epsilon(1e-12));
      }
      const std::vector<PlanId> plans = all_plans(parts);
      const Model model(parts);
      RunOptions reference, windows;
      reference.engine = Engine::one_customer;
      windows.engine = Engine::window_by_window;
      const Run fast = try_run(model, plans, {});
      CHECK(difference(fast, try_run(model, plans, reference)).empty());
      CHECK(difference(fast, try_run(model, plans, windows)).empty());
      // Twin: nights an hour later are other lives.
      ModelParts later = parts;
      for (auto& [day, is_on] : later.events[0].recurrence.hours) {
        if (day > 0.0) day += 1.0 / 24.0;
      }
      CHECK_FALSE(difference(fast, try_run(Model(later), plans, {})).empty());
    }
  }
}

TEST_CASE("recurring events: what moves no money cuts no time into pieces", "[verify]") {
  ModelParts parts = leaving(20.0, 3.0, 365.0, 7.0, 10);
  const Program nightly{Model(parts)};
  CHECK(nightly.regime_begins().size() == 2 * 365 + 1);
  CHECK(nightly.states() == 2);
  CHECK(nightly.pieces().size() == nightly.windows().count());
  for (double t = 0.0; t <= 365.0; t += 0.01) {
    const std::size_t regime = nightly.regime(t);
    const std::vector<double>& begins = nightly.regime_begins();
    REQUIRE(begins[regime] <= t);
    REQUIRE((regime + 1 == begins.size() || t < begins[regime + 1]));
  }
  // Twin: an event on money does.
  parts.events[0].effects = {{Parameter::cost, Operation::add, 1.0}};
  CHECK(Program{Model(parts)}.pieces().size() > 700);
}

TEST_CASE("recurring events: a ramp begins anew each time", "[verify]") {
  Change campaign;
  campaign.effects = {{Parameter::quality, Operation::add, 0.2}};
  campaign.recurrence.every = TimeStep{20.0, 0};
  campaign.recurrence.duration = TimeStep{10.0, 0};
  campaign.ramp = {RampShape::linear, Days(4.0)};
  const Regimes all = regimes({PlannedChange{&campaign}}, Windows(60.0, 1.0), 60.0, start);
  const auto fraction = [&](double t) {
    std::size_t r = 0;
    while (r + 1 < all.begins.size() && all.begins[r + 1] <= t) ++r;
    return all.fractions[r][0];
  };
  for (const double begin : {0.0, 20.0, 40.0}) {
    CHECK(fraction(begin + 0.3) == Approx(0.125));
    CHECK(fraction(begin + 2.9) == Approx(0.625));
    CHECK(fraction(begin + 9.9) == 1.0);
    CHECK(fraction(begin + 10.0) == 0.0);
  }
}
