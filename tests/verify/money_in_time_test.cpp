// Money in closed form: amounts at their exact day, flows over the time truly spent, investments, the market (MODEL.md
// section 7).
#include <cmath>
#include <numeric>
#include <span>
#include <tuple>
#include <variant>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double month = 365.25 / 12.0;

double worth(double discount, double t) { return std::pow(1.0 + discount, -t / 365.25); }

RunResult run_all(const ModelParts& parts) {
  const Model model(parts);
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < parts.plans.size(); ++k) plans.emplace_back(k);
  return run(model, plans);
}

double metric(const PlanSamples& plan, const char* name) {
  Sums sums;
  for (const Sums& sample : plan.all) sums += sample;
  return find_metric(name)->value(sums);
}

/// Discounted revenue less cost of each life.
Sample lifetime_values(const ModelParts& parts) {
  Sample values;
  const Program program{Model(parts)};
  each_tally(parts, [&](const Tally& tally) {
    Totals totals(tally.shape());
    totals.add(tally);
    const Money worth = money_of(program, totals, 0).worth.value();
    values.add(worth.revenue - worth.cost);
  });
  return values;
}

// A stay of exponential length in which 1 flows a day, until an end that costs 5.
ModelParts flow(double mean, double discount, double cost_at_end = 0.0) {
  ModelParts parts =
      journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{mean})}), finish(End::churned)}, 365.0, 200'000);
  parts.settings.window = Days(30.0);
  parts.settings.discount = discount;
  parts.touchpoints[0].revenue_per_month = 3.0 * month;
  parts.touchpoints[0].cost_per_month = 2.0 * month;
  parts.touchpoints[1].cost = cost_at_end;
  return parts;
}

}  // namespace

TEST_CASE("money: revenue and cost per visit are discounted at the visit's own day", "[verify]") {
  // Who stays pays 20 every 30 days and costs 5; who leaves costs 12 once more. One in ten leaves each time.
  const auto values = [](double discount) {
    ModelParts parts = journey(
        {place(Stage::purchase, {by_odds(1, 1.0, Fixed{30.0})}),
         place(Stage::retention, {by_share(2, 0.1, Fixed{15.0}), by_odds(1, 1.0, Fixed{30.0})}), finish(End::churned)},
        730.0, 100'000);
    parts.settings.window = Days(91.0);
    parts.settings.discount = discount;
    parts.touchpoints[0].revenue = 50.0;
    parts.touchpoints[0].cost = 80.0;
    parts.touchpoints[1].revenue = 20.0;
    parts.touchpoints[1].cost = 5.0;
    parts.touchpoints[2].cost = 12.0;
    return lifetime_values(parts);
  };
  double expected = 50.0 - 80.0, at_window_ends = expected, present = 1.0;
  for (int k = 1; 30 * k <= 730; ++k) {
    expected += present * 15.0 * worth(0.3, 30.0 * k);
    at_window_ends += present * 15.0 * worth(0.3, 91.0 * std::ceil(30.0 * k / 91.0));
    if (30 * k + 15 <= 730) {
      expected -= present * 0.1 * 12.0 * worth(0.3, 30.0 * k + 15.0);
      at_window_ends -= present * 0.1 * 12.0 * worth(0.3, 91.0 * std::ceil((30.0 * k + 15.0) / 91.0));
    }
    present *= 0.9;
  }
  const Sample right = values(0.3);
  CHECK(judge(right, expected, 2.4));
  REQUIRE(std::fabs(at_window_ends - expected) >= 2.4);
  CHECK_FALSE(judge(right, at_window_ends, 2.4));
  CHECK_FALSE(judge(values(0.26), expected, 2.4));
}

TEST_CASE("money: a flow over an exponential stay, cut by the horizon", "[verify]") {
  const double rho = std::log(1.5) / 365.25, rate = rho + 0.01;
  // E of the integral of e^(-rho t) to min(T, horizon); the end is paid when T is before the horizon.
  const double expected = (1.0 - std::exp(-rate * 365.0)) / rate - 5.0 * 0.01 * (1.0 - std::exp(-rate * 365.0)) / rate;
  CHECK(judge(lifetime_values(flow(100.0, 0.5, 5.0)), expected, 1.5));
  CHECK_FALSE(judge(lifetime_values(flow(104.0, 0.5, 5.0)), expected, 1.5));
  CHECK_FALSE(judge(lifetime_values(flow(100.0, 0.4, 5.0)), expected, 1.5));
}

TEST_CASE("money: a price that changes in mid-stay, discounted and window by window", "[verify]") {
  constexpr double changed = 100.5, horizon = 365.0, lambda = 0.01;
  const auto parts = [&](double factor) {
    ModelParts made = flow(1.0 / lambda, 0.5);
    made.events = {change("dearer", 0, {Parameter::revenue_per_month, Operation::multiply, factor}, changed)};
    return made;
  };
  const double rate = std::log(1.5) / 365.25 + lambda;
  const double expected = (1.0 - std::exp(-rate * horizon)) / rate +
                          3.0 * (std::exp(-rate * changed) - std::exp(-rate * horizon)) / rate;  // revenue 6 from then on
  CHECK(judge(lifetime_values(parts(2.0)), expected, 5.0));
  CHECK_FALSE(judge(lifetime_values(parts(2.2)), expected, 5.0));

  const ModelParts right = parts(2.0);
  const auto revenue_series = [](const ModelParts& who) {
    const Outcomes outcomes = collect_outcomes(run_all(who), {});
    return std::get<std::vector<double>>(outcomes.array("revenue").values);
  };
  const std::vector<double> series = revenue_series(right), twin = revenue_series(parts(2.1));
  const auto people = static_cast<double>(right.settings.customers);
  const auto alive = [&](double from, double to) { return (std::exp(-lambda * from) - std::exp(-lambda * to)) / lambda; };
  REQUIRE(series.size() == 13);
  bool twin_noticed = false;
  for (std::size_t k = 0; k < series.size(); ++k) {
    INFO("window " << k);
    const double begin = 30.0 * static_cast<double>(k), end = std::fmin(horizon, begin + 30.0);
    const double split = std::fmin(std::fmax(changed, begin), end);
    const double mean = 3.0 * alive(begin, split) + 6.0 * alive(split, end);
    // A person's revenue in a window lies between 0 and its width times 6, so its sd is at most half of that.
    const double largest_error = 0.5 * 6.0 * (end - begin) / std::sqrt(people);
    CHECK(judge(series[k] / people, largest_error, mean, 0.07 * 6.0 * (end - begin)));
    if (begin < changed && end > changed) CHECK(series[k] / people != Approx(3.0 * alive(begin, end)).epsilon(0.1));
    twin_noticed = twin_noticed || !judge(twin[k] / people, largest_error, mean, 0.07 * 6.0 * (end - begin));
  }
  CHECK(twin_noticed);

  // At no discount the exact integrals of the lives and the series of windows are two ways to the same sum, but for half a
  // unit of the fixed point at each life.
  ModelParts undiscounted = right;
  undiscounted.settings.discount = 0.0;
  const PlanSamples plan = collect_samples(run_all(undiscounted)).plans[0];
  Sums sums;
  for (const Sums& sample : plan.all) sums += sample;
  CHECK(sums.worth_revenue == Approx(sums.revenue).epsilon(1e-8));
  CHECK(sums.worth_cost == Approx(sums.cost_to_serve).epsilon(1e-8));
  const std::vector<double> again = revenue_series(undiscounted);
  CHECK(std::accumulate(again.begin(), again.end(), 0.0) == Approx(sums.revenue).epsilon(1e-12));
  CHECK(metric(plan, "revenue") == Approx(sums.revenue).epsilon(1e-12));
}

TEST_CASE("money: net present value, investment, return and the market, to the last cent", "[verify]") {
  // Nothing is random: a purchase on day 0, a bill every 30 days.
  ModelParts parts = journey(
      {place(Stage::purchase, {by_odds(1, 1.0, Fixed{30.0})}), place(Stage::retention, {by_odds(1, 1.0, Fixed{30.0})})},
      365.0, 100);
  parts.settings.window = Days(7.0);
  parts.settings.discount = 0.08;
  parts.settings.market = 5000.0;
  parts.touchpoints[0].revenue = 50.0;
  parts.touchpoints[0].cost = 80.0;
  parts.touchpoints[1].revenue = 20.0;
  parts.touchpoints[1].cost = 5.0;
  Improvement improvement;
  improvement.change = change("service", 1, {Parameter::revenue, Operation::add, 1.0}, 120.0, 300.0);
  improvement.change.ramp = {RampShape::none, Days(0.0)};
  improvement.price = {1000.0, 50.0, 2.0};
  Improvement idle;  // costs and does nothing; its end lies beyond the horizon
  idle.change.id = "idle";
  idle.change.target.touchpoints = {TouchpointId(0)};
  idle.change.start = Days(10.25);
  idle.change.end = Days(1000.0);
  idle.price = {0.0, 10.0, 0.0};
  parts.improvements = {improvement, idle};
  parts.plans.push_back({"better", "Better", {ImprovementId(0)}});
  parts.plans.push_back({"both", "Both", {ImprovementId(0), ImprovementId(1)}});

  const double rho = std::log(1.08) / 365.25;
  const auto annuity = [&](double from, double to) { return (std::exp(-rho * from) - std::exp(-rho * to)) / rho; };
  double base = -30.0, gain = 0.0, price = 0.0;
  for (int k = 1; k <= 12; ++k) {
    const double t = 30.0 * k;
    base += 15.0 * worth(0.08, t);
    if (t < 120.0 || t >= 300.0) continue;  // the bill of day 120 sees the change, that of day 300 does not
    gain += worth(0.08, t);
    price += 2.0 * worth(0.08, t);
  }
  const double fixed_worth = 1000.0 * worth(0.08, 120.0) + 50.0 / month * annuity(120.0, 300.0);
  const double idle_worth = 10.0 / month * annuity(10.25, 365.0);

  const Samples samples = collect_samples(run_all(parts));
  const auto& [baseline, better, both] = std::tie(samples.plans[0], samples.plans[1], samples.plans[2]);
  const auto exactly = [](double x) { return Approx(x).epsilon(1e-8); };
  CHECK(metric(baseline, "npv") == exactly(5000.0 * base));
  CHECK(metric(baseline, "clv") == exactly(base));
  CHECK(metric(baseline, "revenue") == exactly(5000.0 * (50.0 + 12 * 20.0)));
  CHECK(metric(baseline, "cost_to_serve") == exactly(5000.0 * (80.0 + 12 * 5.0)));
  CHECK(metric(baseline, "investment") == 0.0);
  CHECK(metric(better, "npv") == exactly(5000.0 * (base + gain - price) - fixed_worth));
  CHECK(metric(better, "clv") == exactly(base + gain));
  CHECK(metric(better, "revenue") == exactly(5000.0 * (50.0 + 12 * 20.0 + 6 * 1.0)));
  CHECK(metric(better, "investment") == exactly(5000.0 * 6 * 2.0 + 1000.0 + 50.0 * 180.0 / month));
  CHECK(metric(both, "npv") == exactly(metric(better, "npv") - idle_worth));
  CHECK(metric(both, "investment") == exactly(metric(better, "investment") + 10.0 * 354.75 / month));
  const Comparison comparison = compare(samples);
  const double investment_worth = 5000.0 * price + fixed_worth;
  CHECK(comparison.plans[1].roi.mean == exactly((5000.0 * gain - investment_worth) / investment_worth));
  CHECK_FALSE(comparison.plans[1].payback_days);

  // Twin: an end one day later lets the bill of day 300 in.
  ModelParts later = parts;
  later.improvements[0].change.end = Days(301.0);
  const Samples wrong = collect_samples(run_all(later));
  CHECK(metric(wrong.plans[1], "npv") != exactly(5000.0 * (base + gain - price) - fixed_worth));
  CHECK(metric(wrong.plans[1], "investment") != exactly(5000.0 * 6 * 2.0 + 1000.0 + 50.0 * 180.0 / month));

  // Ten times the market: ten times revenue, cost and price per visit, and not the rest.
  parts.settings.market = 50'000.0;
  const Samples larger = collect_samples(run_all(parts));
  CHECK(metric(larger.plans[0], "npv") == exactly(50'000.0 * base));
  CHECK(metric(larger.plans[1], "npv") == exactly(50'000.0 * (base + gain - price) - fixed_worth));
  CHECK(metric(larger.plans[1], "clv") == exactly(base + gain));
}
