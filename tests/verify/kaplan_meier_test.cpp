// Retention by days since purchase, where people come at different times and the horizon cuts their stay: the estimate must
// be that of the lifetime alone (Kaplan & Meier 1958; its variance: Greenwood 1926).
#include <cmath>
#include <span>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

Sums lifetimes(double mean) {
  ModelParts parts = journey({place(Stage::awareness, {by_odds(1, 1.0, Exponential{20.0})}),
                              place(Stage::purchase, {by_odds(2, 1.0, Exponential{mean})}), finish(End::churned)},
                             730.0, 200'000);
  parts.settings.window = Days(7.0);
  parts.personas[0].arrives = Uniform{0.0, 600.0};
  const Model model(parts);
  const PlanId baseline(0);
  const Samples samples = collect_samples(run(model, std::span(&baseline, 1)));
  Sums sums;
  for (const Sums& sample : samples.plans[0].all) sums += sample;
  return sums;
}

double greenwood(const Sums& sums, double days) {
  double at_risk = sums.bought, sum = 0.0;
  for (std::size_t b = 0; b < static_cast<std::size_t>(days); ++b) {
    const double churned = sums.tenure_churned[b];
    sum += churned / (at_risk * (at_risk - churned));
    at_risk -= churned + sums.tenure_censored[b];
  }
  return survival(sums, days) * std::sqrt(sum);
}

}  // namespace

TEST_CASE("Kaplan-Meier: censored exponential lifetimes", "[verify]") {
  const Sums right = lifetimes(200.0), twin = lifetimes(210.0);
  REQUIRE(right.customers > 0.15 * right.bought);  // many are censored
  for (const double days : {30.0, 90.0, 365.0, 600.0}) {
    INFO(days << " days");
    const double expected = std::exp(-days / 200.0), detectable = days < 50.0 ? 0.007 : 0.011;
    CHECK(judge(survival(right, days), greenwood(right, days), expected, detectable, 2e-5));
    if (days > 50.0 && days < 400.0)
      CHECK_FALSE(judge(survival(twin, days), greenwood(twin, days), expected, detectable, 2e-5));
    if (days < 300.0) continue;
    // Twin: those who could not be followed so long taken for survivors.
    double churned = 0.0;
    for (std::size_t b = 0; b < static_cast<std::size_t>(days); ++b) churned += right.tenure_churned[b];
    CHECK_FALSE(judge(1.0 - churned / right.bought, greenwood(right, days), expected, detectable, 2e-5));
  }
  CHECK(find_metric("retention_90")->value(right) == survival(right, 90.0));
  CHECK(find_metric("retention_365")->value(right) == survival(right, 365.0));
  CHECK(right.tenure_churned.size() == 731);
  CHECK(find_metric("time_to_purchase")->value(right) == Approx(20.0).epsilon(0.05));
}

TEST_CASE("Kaplan-Meier: without censoring it is the share of customers who are left", "[verify]") {
  // All buy on day 0 and are followed to the horizon, the end of a bin: 90 or 365 days to the day.
  for (const double horizon : {90.0, 365.0}) {
    INFO("horizon " << horizon);
    ModelParts parts =
        journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{100.0})}), finish(End::churned)}, horizon, 20'000);
    const Model model(parts);
    const PlanId baseline(0);
    const Samples samples = collect_samples(run(model, std::span(&baseline, 1)));
    Sums sums;
    for (const Sums& sample : samples.plans[0].all) sums += sample;
    REQUIRE(sums.customers > 100.0);
    CHECK(survival(sums, horizon) == Approx(sums.customers / sums.bought).epsilon(1e-9));
    CHECK(survival(sums, horizon - 1.0) > sums.customers / sums.bought);
  }
}
