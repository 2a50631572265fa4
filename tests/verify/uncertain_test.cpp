// Forecasts over uncertain inputs, through the whole program, against what can be computed: a shop where each of the
// market's people buys with probability a half, and a plan whose gain per purchase is not known.
#include "sojourn/scenario/uncertain.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "sojourn/base/special.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/sweep/forecast.hpp"
#include "tests/catch.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;

namespace {

constexpr double customers = 400.0;

/// The gain is uniform between 0 and 10 for each of some market / 2 purchases, and costs 2.5 for each of the market once.
UncertainInputs inputs(double market = 1600.0) {
  const auto number = [](double x) { return std::to_string(static_cast<int>(x)); };
  const std::string text = R"(schema = 1
[scenario]
title = "Shop"
horizon = "30 days"
window = "30 days"
customers = 400
market = )" + number(market) +
                           R"(
replications = 4
seed = 3
[[persona]]
id = "visitor"
share = 1.0
starts = { looks = 1.0 }
[[touchpoint]]
id = "looks"
stage = "selection"
next = [ { to = "buys", odds = 1.0, after = "1 day" }, { to = "goes", odds = 1.0, after = "1 day" } ]
[[touchpoint]]
id = "buys"
stage = "purchase"
revenue = 10.0
next = [ { to = "stays", odds = 1.0, after = "1 day" } ]
[[touchpoint]]
id = "stays"
stage = "retention"
next = [ { to = "stays", odds = 1.0, after = "40 days" } ]
[[touchpoint]]
id = "goes"
stage = "selection"
end = "lost"
[[improvement]]
id = "dearer"
target = { touchpoint = "buys" }
effect = { revenue = "+5" }
cost = { once = )" + number(2.5 * market) +
                           R"( }
[[plan]]
id = "go"
improvements = ["dearer"]
[[uncertain]]
key = "improvement.dearer.effect.revenue"
uniform = [0.0, 10.0]
[[uncertain]]
key = "touchpoint.stays.quality.mean"
uniform = [0.2, 0.8]
)";
  const Scenario scenario = parse_scenario(text, "shop.toml");
  INFO(diagnostics(scenario, Severity::warning));
  REQUIRE(scenario.errors() == 0);
  UncertainInputs read = read_uncertain(scenario);
  INFO(diagnostics(read.inputs, Severity::warning));
  REQUIRE(read.inputs.errors() == 0);
  return read;
}

UncertainDraws drawn(const UncertainInputs& inputs, int threads = 2) {
  DrawOptions options;
  options.draws = 1024;
  options.threads = threads;
  return simulate_draws(inputs, options);
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  double xy = 0.0, xx = 0.0, yy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += x[i] * y[i];
    xx += x[i] * x[i];
    yy += y[i] * y[i];
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace

TEST_CASE("forecasts are what the inputs and chance make them", "[verify]") {
  const double market = GENERATE(400.0, 1600.0, 20'000.0), purchases = market / 2.0;
  CAPTURE(market);
  const UncertainDraws draws = drawn(inputs(market));
  CHECK(draws.plans == std::vector<std::string>{"baseline", "go"});
  CHECK(draws.people_per_customer == market / customers);
  const MetricForecast npv = metric_forecast(draws, metric_position("npv"));

  // The baseline: purchases of 10, no input acts on them; chance is that of the market, not of the 400 simulated.
  const Forecast& baseline = npv.plans.front();
  const double chance = std::sqrt(market * 0.25) * 10.0;
  CHECK(baseline.mean == Approx(10.0 * purchases).epsilon(0.005));
  CHECK(baseline.of_chance == Approx(chance).epsilon(0.1));
  if (market < 10.0 * customers) {  // in a larger market chance is less than what 1,024 draws leave open
    CHECK(baseline.of_inputs < 0.5 * chance);
    CHECK(baseline.high - baseline.low == Approx(2.0 * 1.96 * chance).epsilon(0.12));
  }
  // The twin: chance among those who are simulated is wider.
  const Forecast few = forecast_of(draws.outcomes[metric_position("npv")][0], 1.0);
  if (market > customers) CHECK_FALSE(few.of_chance == Approx(chance).epsilon(0.1));

  // The gain: purchases (m - 5) with m uniform in [0, 10], so with 95 % within 4.75 of each.
  const Forecast& gain = npv.differences.back();
  CHECK(std::fabs(gain.mean) < 4.0 * gain.error + 0.04 * purchases);
  CHECK(gain.of_inputs == Approx(purchases * 10.0 / std::sqrt(12.0)).epsilon(0.03));
  CHECK(gain.inputs_shown);
  CHECK(gain.low == Approx(-4.75 * purchases).epsilon(0.05));
  CHECK(gain.high == Approx(4.75 * purchases).epsilon(0.05));
}

TEST_CASE("inputs that do nothing are called shown in 5 % of forecasts, those that do in all", "[verify]") {
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal;
  constexpr int forecasts = 400;
  int by_chance = 0, by_inputs = 0;
  for (int repeat = 0; repeat < forecasts; ++repeat) {
    std::vector<std::vector<double>> figure(128, std::vector<double>(replications_of_a_draw));
    for (auto& draw : figure) {
      for (double& replication : draw) replication = normal(random);
    }
    by_chance += forecast_of(figure, 1.0).inputs_shown ? 1 : 0;
    for (auto& draw : figure) {
      const double input = normal(random);
      for (double& replication : draw) replication += input;
    }
    by_inputs += forecast_of(figure, 1.0).inputs_shown ? 1 : 0;
  }
  CHECK(by_chance <= 42);  // 20 expected, standard deviation 4.4
  CHECK(by_inputs == forecasts);
}

TEST_CASE("the decision knows what the inputs could change", "[verify]") {
  const UncertainDraws draws = drawn(inputs());
  const ValueOfInformation decision = decision_by(draws, metric_position("npv"));
  // E max(0, 800 (m - 5)) = 800 x 1.25; either plan is best half of the time.
  CHECK(std::fabs(decision.perfect.value - 1000.0) < 4.0 * decision.perfect.error);
  CHECK(std::fabs(decision.of_input[0].value - 1000.0) < 4.0 * decision.of_input[0].error);
  CHECK(decision.of_input[0].shown());
  CHECK_FALSE(decision.of_input[1].shown());
  CHECK(decision.choices[0].chance_best == Approx(0.5).margin(0.03));
  CHECK_FALSE(decision.best_shown);  // both are worth the same in the mean
  // The twin: what is expected with what is known is not what is worth knowing.
  CHECK_FALSE(std::fabs(decision.perfect.value - 0.0) < 4.0 * decision.perfect.error);
  CHECK_THROWS_AS(decision_by(draws, metric_position("visits")), InputError);
}

TEST_CASE("threads change no draw", "[verify]") {
  const UncertainInputs read = inputs();
  const UncertainDraws one = drawn(read, 1), seven = drawn(read, 7);
  CHECK(one.values == seven.values);
  const std::size_t npv = metric_position("npv");
  CHECK(one.outcomes[npv] == seven.outcomes[npv]);
  CHECK(one.events == seven.events);
}

TEST_CASE("inputs of a group are correlated, and each is still drawn from its own law", "[verify]") {
  const auto [correlated, group] = GENERATE(std::pair(0.7, true), std::pair(-1.0, true), std::pair(0.0, false));
  CAPTURE(correlated);
  UncertainInputs read = inputs();
  if (group) read.groups.push_back({"both", correlated, {0, 1}});
  std::vector<double> x, y, shares;
  for (std::uint64_t draw = 0; draw < 4096; ++draw) {
    const std::vector<double> share = shares_of_draw(read, 1, draw);
    x.push_back(special::normal_quantile(std::clamp(share[0], 1e-12, 1.0 - 1e-12)));
    y.push_back(special::normal_quantile(std::clamp(share[1], 1e-12, 1.0 - 1e-12)));
    shares.push_back(share[1]);
  }
  CHECK(correlation(x, y) == Approx(correlated).margin(0.03));
  CHECK_FALSE(correlation(x, y) == Approx(0.35).margin(0.03));
  std::sort(shares.begin(), shares.end());
  for (std::size_t i = 0; i < shares.size(); i += 256)
    CHECK(shares[i] == Approx((static_cast<double>(i) + 0.5) / 4096.0).margin(0.02));
}

TEST_CASE("draws that are wrong together are found before anything runs", "[verify]") {
  UncertainInputs read = inputs();
  DrawOptions options;
  options.draws = 64;
  CHECK_NOTHROW(require_valid_draws(read, options, 64));
  VariedKey horizon;
  horizon.key = "scenario.horizon";
  horizon.paths = {"scenario.horizon"};
  horizon.values = VariedKey::Range{10.0, 20.0, 0};
  VariedKey window = horizon;
  window.key = "scenario.window";
  window.paths = {"scenario.window"};
  window.values = VariedKey::Range{1e-5, 2e-5, 0};  // far more windows than a horizon may have
  read.inputs.keys = {horizon, window};
  CHECK_THROWS_AS(require_valid_draws(read, options, 64), InputError);
}

namespace {

/// Worth that rises by `slope` with the first input, not with the second, and carries chance.
ValueSample rising(double slope, double noise, std::uint64_t seed, std::size_t draws = 400) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> normal;
  ValueSample sample{{"matters", "idle"}, {{}, {}}, {"go", "stay"}, {{}, {}}, true};
  for (std::size_t d = 0; d < draws; ++d) {
    for (std::vector<double>& values : sample.values) values.push_back(uniform(random));
    sample.worth[0].push_back(slope * (sample.values[0].back() - 0.4) + noise * normal(random));
    sample.worth[1].push_back(0.0);
  }
  return sample;
}

}  // namespace

TEST_CASE("swings: the lead in the lowest and the highest fifth of an input", "[verify]") {
  // The fifths of a uniform input lie around 0.1 and 0.9.
  const ValueSample sample = rising(10.0, 0.0, 1, 20'000);
  const std::vector<Swing> found = swings(sample, 0, 1);
  CHECK(found[0].low_at == Approx(0.1).margin(0.002));
  CHECK(found[0].high_at == Approx(0.9).margin(0.002));
  CHECK(found[0].low == Approx(10.0 * (found[0].low_at - 0.4)));
  CHECK(found[0].high == Approx(10.0 * (found[0].high_at - 0.4)));
  CHECK(found[0].shown);
  CHECK(found[0].turns);
  CHECK_FALSE(swings(rising(10.0, 0.0, 1, 40), 0, 1)[0].shown);  // too few draws
  // The twin: with the choices swapped, the lead is the negative.
  CHECK(swings(sample, 1, 0)[0].low == Approx(-found[0].low));
  // Where the lead is 0 in the lowest fifth, chance brings it below in half of the samples: that does not count as lost.
  int below = 0, turns = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    ValueSample even = rising(4.0, 2.0, seed);
    for (double& worth : even.worth[0]) worth += 4.0 * 0.3;
    const Swing swing = swings(even, 0, 1)[0];
    below += swing.low < 0.0;
    turns += swing.turns;
  }
  CHECK(below > 100);  // the twin: what the sign alone would say
  CHECK(turns <= 400 * 0.025 + 3.0 * std::sqrt(400 * 0.025 * 0.975));
  // An idle input is called one that matters by chance alone in at most 5 % of the samples, the true one always.
  int idle = 0, matters = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const std::vector<Swing> each = swings(rising(4.0, 2.0, seed), 0, 1);
    matters += each[0].shown;
    idle += each[1].shown;
  }
  CHECK(matters == 400);
  CHECK(idle <= 400 * 0.05 + 3.0 * std::sqrt(400 * 0.05 * 0.95));
}

TEST_CASE("acceptability: the chance to be best over what a kept customer is worth", "[verify]") {
  // One plan earns a normal amount less, and keeps 100 customers more of 1,000.
  std::mt19937_64 random(5);
  std::normal_distribution<double> loss(2'000.0, 500.0);
  UncertainDraws draws;
  draws.plans = {"stay", "go"};
  constexpr std::size_t count = 40'000;
  draws.values = {std::vector<double>(count, 0.0)};
  draws.outcomes.assign(metrics().size(), {{count, {0.0, 0.0}}, {count, {0.0, 0.0}}});
  for (std::size_t d = 0; d < count; ++d) {
    const double lost = loss(random);
    draws.outcomes[metric_position("npv")][1][d] = {-lost - 10.0, -lost + 10.0};
    draws.outcomes[metric_position("customers")][0][d] = {0.5, 0.5};
    draws.outcomes[metric_position("customers")][1][d] = {0.6, 0.6};
  }
  const std::vector<Acceptability> curve = acceptability(draws, 1'000.0);
  REQUIRE(curve.size() > 4);
  CHECK(curve.front().value_of_customer == 0.0);
  std::size_t between = 0;
  for (const Acceptability& at : curve) {
    CAPTURE(at.value_of_customer);
    const double exact = 0.5 * std::erfc(-(100.0 * at.value_of_customer - 2'000.0) / 500.0 / std::sqrt(2.0));
    const double error = std::sqrt(exact * (1.0 - exact) / count);
    CHECK(std::fabs(at.chance_best[1] - exact) < 4.0 * error + 1e-4);
    CHECK(at.chance_best[0] + at.chance_best[1] == Approx(1.0));
    between += exact > 0.01 && exact < 0.99;
    if (exact > 0.01 && exact < 0.49) CHECK(std::fabs(at.chance_best[0] - exact) > 4.0 * error);  // the twin: the other plan
  }
  CHECK(between >= 1);
  CHECK(curve.back().value_of_customer >= 100.0);
}

TEST_CASE("forecast: fifty equally likely outcomes have the forecast's distribution", "[verify]") {
  // Normal inputs of sd 3, chance of sd 4 among the simulated customers, of whom the market has four for one: sd 2 there.
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> figure;
  for (int d = 0; d < 8'000; ++d) {
    const double input = 10.0 + 3.0 * normal(random);
    figure.push_back({input + 4.0 * normal(random), input + 4.0 * normal(random)});
  }
  const std::vector<double> outcomes = equally_likely(figure, 4.0, 50);
  REQUIRE(outcomes.size() == 50);
  CHECK(std::is_sorted(outcomes.begin(), outcomes.end()));
  const Forecast forecast = forecast_of(figure, 4.0);
  CHECK(outcomes[0] < forecast.low);
  CHECK(outcomes[1] > forecast.low);
  double squares = 0.0, twin = 0.0;
  const std::vector<double> small = equally_likely(figure, 1.0, 50);  // the twin: a market of those simulated
  for (std::size_t i = 0; i < 50; ++i) {
    squares += (outcomes[i] - 10.0) * (outcomes[i] - 10.0) / 50.0;
    twin += (small[i] - 10.0) * (small[i] - 10.0) / 50.0;
  }
  // The middles of fifty shares of a normal law have 98.1 % of its variance.
  CHECK(squares / 0.981 == Approx(13.0).epsilon(0.06));
  CHECK_FALSE(twin / 0.981 == Approx(13.0).epsilon(0.06));
  CHECK(equally_likely({{1.0, 2.0}}, 1.0, 50).empty());
}
