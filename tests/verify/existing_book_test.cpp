// People who arrive as customers: they leave conversion alone, and enter the survival of buyers late.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr ExitRule racing = ExitRule::race;
constexpr double scale = 700.0, shape = 1.6;  // of the law after which customers leave

/// The share of customers who are left after so many days: the law itself, whoever was seen when.
double left_after(double days) { return std::exp(-std::pow(days / scale, shape)); }

/// Newcomers decide, buy and stay; of an existing book people stay from the beginning. All leave by the clock "tenure", and
/// halfway many visits restart nothing.
ModelParts insurer(double horizon, double window, std::uint64_t customers) {
  Exit leave = by_odds(4, 1.0, Weibull{scale, shape});
  leave.clock = tenure_clock;
  ModelParts parts =
      journey({place(Stage::consideration, {by_share(1, 0.4, Exponential{10.0}), by_share(2, 0.6, Fixed{3.0})}),
               place(Stage::purchase, {by_odds(3, 1.0, Fixed{0.0})}), finish(End::lost),
               place(Stage::retention, {leave, by_odds(3, 1.0, Exponential{40.0})}, racing), finish(End::churned)},
              horizon, customers);
  parts.settings.window = Days(window);
  parts.personas[0].share = 0.6;
  parts.personas[0].arrives = Uniform{0.0, 0.7 * horizon};
  Persona book = persona("book", 0.4, parts.traits);
  book.starts = {{TouchpointId(3), 1.0}};
  book.standing = ArrivesAs::customer;
  // Of who came 0 to 3 years ago those are there who have stayed: the book is drawn without them, which truncation allows.
  book.tenure = Uniform{0.0, 1100.0};
  book.arrives = Uniform{0.0, 0.3 * horizon};
  parts.personas.push_back(book);
  return parts;
}

struct Run {
  std::vector<Sums> personas;
  Sums all;
};
Run lived(const ModelParts& parts, Engine engine = Engine::lock_step) {
  const Model model(parts);
  const PlanId baseline(0);
  RunOptions options;
  options.engine = engine;
  const Samples samples = collect_samples(run(model, std::span(&baseline, 1), options));
  Run result;
  for (const auto& persona : samples.plans[0].by_persona) {
    Sums& sums = result.personas.emplace_back();
    for (const Sums& sample : persona) sums += sample;
  }
  for (const Sums& sample : samples.plans[0].all) result.all += sample;
  return result;
}
double metric(const char* name, const Sums& sums) { return find_metric(name)->value(sums); }

/// What is known of one tenure: seen from `entered` to `until`, when it ended or the horizon came.
struct Seen {
  double entered = 0.0, until = 0.0;
  bool churned = false;
};
std::vector<Seen> seen_tenures(const ModelParts& parts) {
  std::vector<Seen> all;
  each_life(parts, [&](const ToldLife& life) {
    double since = life.person.since;
    bool customer = life.person.existing;
    double entered = life.person.arrival - since;
    for (std::size_t k = 0; k < life.visits.size(); ++k) {
      if (!customer && life.after[k].bought) {
        customer = true;
        since = life.visits[k].time;
        entered = 0.0;
      }
      if (!customer || life.after[k].standing != Standing::churned) continue;
      all.push_back({entered, life.visits[k].time - since, true});
      return;
    }
    if (customer) all.push_back({entered, parts.settings.horizon.value() - since, false});
  });
  return all;
}

/// The product limit by exact times (Kaplan & Meier 1958; late entry: Klein & Moeschberger 2003, 4.6), and its variance
/// (Greenwood 1926).
std::pair<double, double> product_limit(const std::vector<Seen>& seen, double days) {
  struct Step {
    double time;
    int entering;  // entries come after what ends at the same time
    bool churned;
  };
  std::vector<Step> steps;
  double at_risk = 0.0;
  for (const Seen& one : seen) {
    if (one.entered > 0.0) {
      steps.push_back({one.entered, 1, false});
    } else {
      at_risk += 1.0;
    }
    steps.push_back({one.until, 0, one.churned});
  }
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.time != b.time ? a.time < b.time : a.entering < b.entering; });
  double surviving = 1.0, sum = 0.0;
  for (const Step& step : steps) {
    if (step.time > days) break;
    if (step.churned) {
      surviving *= 1.0 - 1.0 / at_risk;
      sum += 1.0 / (at_risk * (at_risk - 1.0));
    }
    at_risk += step.entering == 1 ? 1.0 : -1.0;
  }
  return {surviving, surviving * std::sqrt(sum)};
}

}  // namespace

TEST_CASE("existing book: survival is that of the law, over horizons, windows and numbers of people", "[verify]") {
  struct Case {
    double horizon, window, customers;
  };
  for (const Case& c : {Case{400.0, 7.0, 60'000}, Case{730.0, 30.0, 40'000}, Case{1500.0, 1500.0, 20'000}}) {
    INFO("horizon " << c.horizon << ", window " << c.window << ", " << c.customers << " people");
    const ModelParts parts = insurer(c.horizon, c.window, static_cast<std::uint64_t>(c.customers));
    const Run done = lived(parts);
    const std::vector<Seen> seen = seen_tenures(parts);
    REQUIRE(static_cast<double>(seen.size()) == done.all.ever_customers());
    for (const double days : {90.0, 365.0, 900.0}) {
      INFO(days << " days");
      const auto [own, error] = product_limit(seen, days);
      // Bins of a day against exact times.
      CHECK(survival(done.all, days) == Approx(own).margin(6e-4));
      const double detectable = 0.062 * std::sqrt(20'000 / c.customers);
      CHECK(judge(survival(done.all, days), error, left_after(days), detectable, 6e-4));
      // Twin: everybody at risk from the purchase on.
      Sums early = done.all;
      early.tenure_entered = {};
      if (days > 100.0) CHECK_FALSE(judge(survival(early, days), error, left_after(days), detectable, 6e-4));
    }
    CHECK(metric("retention_90", done.all) == survival(done.all, 90.0));
    CHECK(metric("retention_365", done.all) == survival(done.all, 365.0));
  }
}

TEST_CASE("existing book: conversion and time to purchase are those without it", "[verify]") {
  for (const double horizon : {60.0, 365.0}) {
    for (const double window : {1.0, 30.0}) {
      INFO("horizon " << horizon << ", window " << window);
      const ModelParts parts = insurer(horizon, window, 20'000);
      const Run done = lived(parts);
      const Sums &newcomers = done.personas[0], &book = done.personas[1];
      CHECK(book.existing == book.arrived);
      CHECK(book.bought == 0.0);
      CHECK(book.prospects + book.lost == 0.0);
      CHECK(std::isnan(metric("conversion", book)));
      CHECK(std::isnan(metric("time_to_purchase", book)));
      CHECK(metric("conversion", done.all) == metric("conversion", newcomers));
      CHECK(metric("time_to_purchase", done.all) == metric("time_to_purchase", newcomers));
      CHECK(metric("retention", done.all) == done.all.customers / (newcomers.bought + book.arrived));
      CHECK(metric("retention", book) == book.customers / book.arrived);
      CHECK(metric("retained", done.all) == done.all.customers / done.all.arrived);
      // Twin: the same people as prospects are in the conversion, and newcomers live the same lives to the bit.
      ModelParts prospects = parts;
      prospects.personas[1].standing = ArrivesAs::prospect;
      prospects.personas[1].tenure.reset();
      const Run twin = lived(prospects);
      CHECK(metric("conversion", twin.all) < metric("conversion", done.all) - 0.05);
      CHECK(twin.personas[0].tenure_churned.size() <= newcomers.tenure_churned.size());
      CHECK(metric("clv", twin.personas[0]) == metric("clv", newcomers));
      CHECK(metric("satisfaction", twin.personas[0]) == metric("satisfaction", newcomers));
      CHECK(metric("conversion", twin.personas[0]) == metric("conversion", newcomers));
    }
  }
}

TEST_CASE("existing book: anniversaries of the tenure come when they are due", "[verify]") {
  // Bought 100 days before arriving on day 10, or on day 40 and new: letters come every 150 days from the purchase on.
  Exit letter = by_odds(1, 1.0, Fixed{0.0});
  letter.clock = tenure_clock;
  letter.every = Days(150.0);
  const auto days_of_letters = [&](ArrivesAs standing, double tenure) {
    ModelParts parts = journey(
        {place(Stage::purchase, {letter}, racing), place(Stage::retention, {by_odds(0, 1.0, Fixed{0.0})})}, 500.0, 1);
    parts.personas[0].standing = standing;
    if (standing == ArrivesAs::customer) parts.personas[0].tenure = Fixed{tenure};
    parts.personas[0].arrives = Fixed{10.0};
    std::vector<double> days;
    each_life(parts, [&](const ToldLife& life) {
      for (const Visit& visit : life.visits) {
        if (visit.touchpoint == 1) days.push_back(visit.time);
      }
    });
    return days;
  };
  CHECK(days_of_letters(ArrivesAs::customer, 100.0) == std::vector<double>{60.0, 210.0, 360.0});
  CHECK(days_of_letters(ArrivesAs::customer, 320.0) == std::vector<double>{140.0, 290.0, 440.0});
  CHECK(days_of_letters(ArrivesAs::prospect, 0.0) == std::vector<double>{160.0, 310.0, 460.0});
}

TEST_CASE("existing book: a tenure beyond a hundred years is cut, and bins hold the longest", "[verify]") {
  ModelParts parts = insurer(50.0, 10.0, 500);
  parts.personas[1].tenure = Exponential{30'000.0};
  const TallyShape table = tally_shape(Program(Model(parts)));
  CHECK(static_cast<double>(table.tenure_bins - 1) * table.tenure_bin >= 50.0 + longest_tenure);
  CHECK(table.entries);
  each_life(parts, [&](const ToldLife& life) {
    if (!life.person.existing) return;
    CHECK(life.person.arrival - life.person.since <= longest_tenure);
    CHECK(life.person.since <= life.person.arrival);
  });
  parts.personas[1].standing = ArrivesAs::prospect;
  parts.personas[1].tenure.reset();
  const TallyShape plain = tally_shape(Program(Model(parts)));
  CHECK(plain.tenure_bins == 51);
  CHECK_FALSE(plain.entries);
}

TEST_CASE("existing book: the closed form says the same", "[verify]") {
  for (const double horizon : {90.0, 400.0}) {
    INFO("horizon " << horizon);
    ModelParts parts = insurer(horizon, 30.0, 60'000);
    parts.touchpoints[3].next[0].clock = ClockId();  // a clock has no closed form
    const ClosedForm solved = solve(Program(Model(parts)));
    const Run done = lived(parts);
    const auto closed = [&](const char* name) { return solved.pooled.at_horizon.metrics[metric_position(name)].mean; };
    const auto judged = [&](const char* name, double people, double expected) {
      const double share = metric(name, done.all);
      return judge(share, std::sqrt(share * (1.0 - share) / people), expected, 0.03);
    };
    CHECK(judged("conversion", done.all.newcomers(), closed("conversion")));
    CHECK(judged("retention", done.all.ever_customers(), closed("retention")));
    CHECK(judged("retained", done.all.arrived, closed("retained")));
    // Twin: the book among those who might buy.
    CHECK_FALSE(judged("conversion", done.all.newcomers(), done.all.bought / done.all.arrived));
  }
}
