// How often intervals cover where events are rare, samples few and money in few hands: at least 95 % less chance, over 400
// seeds; and the warning where they do not.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::uint32_t seeds = 400;
/// Of 400, a right interval covers fewer once in a thousand (3.1 standard errors).
constexpr int enough = 366;
bool enough_of(int covered, int claims) { return covered >= 0.95 * claims - 3.1 * std::sqrt(0.95 * 0.05 * claims); }

Samples sampled(const ModelParts& parts) {
  const Model model(parts);
  return collect_samples(run(model, all_plans(parts)));
}

/// Everybody buys on day 0; a share of `churn` leaves on day 1, under the plan nine tenths of it.
ModelParts leavers(double churn, std::uint64_t customers, std::uint32_t replications, std::uint32_t seed) {
  ModelParts parts = journey({place(Stage::purchase, {by_share(1, churn), by_odds(2, 1.0)}), finish(End::churned),
                              place(Stage::retention, {by_odds(1, 1.0, Fixed{5000.0})})},
                             10.0, customers);
  parts.settings.replications = replications;
  parts.settings.seed = seed;
  Improvement improvement;
  improvement.change = change("keep", 0, {Parameter::probability, Operation::multiply, 0.9}, 0.0);
  improvement.change.target.exit_to = {TouchpointId(1)};
  parts.improvements = {improvement};
  parts.plans.push_back({"keep", "Keep", {ImprovementId(0)}});
  return parts;
}

bool covers(double low, double high, double truth) { return low <= truth && truth <= high; }
bool covers(const Estimate& e, double truth) { return covers(e.low, e.high, truth); }

std::vector<double> by_replication(const Samples& samples, const Metric& metric) {
  // A replication's samples are neighbours.
  std::vector<double> values;
  const std::size_t count = samples.plans[0].all.size(), replications = samples.replications;
  for (std::size_t r = 0; r < replications; ++r) {
    Sums plan, baseline;
    for (std::size_t i = count * r / replications; i < count * (r + 1) / replications; ++i) {
      plan += samples.plans[1].all[i];
      baseline += samples.plans[0].all[i];
    }
    values.push_back(metric.value(plan) - metric.value(baseline));
  }
  return values;
}

}  // namespace

TEST_CASE("coverage: churn of .010 against .009 among 1,000 people, 1, 2 and 10 replications", "[verify]") {
  const Metric& retained = *find_metric("retained");
  for (const std::uint32_t replications : {1u, 2u, 10u}) {
    INFO(replications << " replications");
    int retained_covered = 0, retention_covered = 0, level_covered = 0, no_width = 0, old = 0, normal = 0;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
      const Samples samples = sampled(leavers(0.01, 1000, replications, seed));
      const Difference kept = difference(samples, 1, retained);
      retained_covered += covers(kept, 0.001);
      retention_covered += covers(difference(samples, 1, *find_metric("retention")), 0.001);
      level_covered += covers(estimate(samples, 0, retained), 0.99);
      no_width += !(kept.low < kept.high);
      CHECK((kept.p < 0.05) == kept.clear());
      // Twins: Student's t over the samples, and over replications with the normal's 1.96.
      old += covers(interval(kept.mean, by_replication(samples, retained)), 0.001) &&
             interval(kept.mean, by_replication(samples, retained)).sd > 0.0;
      const Estimate t = interval(kept.mean, by_replication(samples, retained));
      const double half = 1.959964 * t.sd / std::sqrt(static_cast<double>(replications));
      normal += covers(kept.mean - half, kept.mean + half, 0.001);
    }
    CHECK(retained_covered >= enough);
    CHECK(retention_covered >= enough);
    CHECK(level_covered >= enough);
    CHECK(no_width == 0);
    if (replications < 10) {
      CHECK(old < enough);
      CHECK(normal < enough);
    }
  }
}

TEST_CASE("coverage: churn of 2e-5 among ten times 1,000 people", "[verify]") {
  int covered = 0, difference_covered = 0, student = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Samples samples = sampled(leavers(2e-5, 1000, 10, seed));
    const Metric& churned = *find_metric("churned");
    const Estimate e = estimate(samples, 0, churned);
    covered += covers(e, 2e-5);
    difference_covered += covers(difference(samples, 1, churned), -2e-6);
    CHECK(e.low >= 0.0);
    CHECK(e.low < e.high);
    std::vector<double> values;
    for (const Sums& sums : samples.plans[0].all) values.push_back(churned.value(sums));
    student += covers(interval(e.mean, values), 2e-5);  // the twin: no width where nobody left
  }
  CHECK(covered >= enough);
  CHECK(difference_covered >= enough);
  CHECK(student < 200);
}

TEST_CASE("coverage: the café, 1 and 2 replications of 500 guests", "[verify]") {
  // The truth is a run of so many that its own error is a twentieth of what is judged.
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 400'000;
  parts.settings.replications = 1;
  parts.settings.seed = 1'000'003;
  const Samples many = sampled(parts);
  parts.settings.customers = 500;
  for (const std::uint32_t replications : {1u, 2u}) {
    INFO(replications << " replications");
    parts.settings.replications = replications;
    struct Count {
      std::string_view name;
      int claims = 0, covered = 0, covered_by_half = 0;
    };
    std::vector<Count> counts{{"retained"}, {"churned"}, {"npv"}, {"nps"}};
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
      parts.settings.seed = seed;
      const Samples samples = sampled(parts);
      for (Count& count : counts) {
        const Metric& metric = *find_metric(count.name);
        const Difference here = difference(samples, 1, metric);
        if (std::isnan(here.low) || here.thin()) continue;  // no interval, or a warning, makes no claim
        const double truth = difference(many, 1, metric).mean;
        ++count.claims;
        count.covered += covers(here, truth);
        count.covered_by_half += covers(0.5 * (here.mean + here.low), 0.5 * (here.mean + here.high), truth);
      }
    }
    for (const Count& count : counts) {
      CAPTURE(count.name, count.claims, count.covered, count.covered_by_half);
      CHECK(count.claims >= 200);
      CHECK(enough_of(count.covered, count.claims));
      CHECK_FALSE(enough_of(count.covered_by_half, count.claims));  // the twin: intervals half as long
    }
  }
}

TEST_CASE("coverage: a fee for all beside a payment that may not be seen", "[verify]") {
  // Each of 1,000 pays 10, and 1 more under the plan; on average `payers` of them pay 100, ten times that, under the plan.
  const Metric& npv = *find_metric("npv");
  for (const double payers : {0.3, 1.0, 2.0, 3.0, 6.0}) {
    INFO(payers << " payers in the mean");
    int covered = 0, student = 0, third = 0, told = 0, sure_alone = 0;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
      ModelParts parts = journey({place(Stage::purchase, {by_share(1, 0.001 * payers), by_odds(2, 1.0)}),
                                  place(Stage::retention, {by_odds(3, 1.0, Fixed{5000.0})}),
                                  place(Stage::retention, {by_odds(3, 1.0, Fixed{5000.0})}), finish(End::churned)},
                                 10.0, 1000);
      parts.settings.seed = seed;
      parts.touchpoints[0].revenue = 10.0;
      Improvement fee, rare;
      fee.change = change("fee", 0, {Parameter::revenue, Operation::add, 1.0}, 0.0);
      rare.change = change("rare", 1, {Parameter::revenue, Operation::add, 100.0}, 0.0);
      parts.improvements = {fee, rare};
      parts.plans.push_back({"both", "Both", {ImprovementId(0), ImprovementId(1)}});
      const Samples samples = sampled(parts);
      const double truth = 1000.0 + 100.0 * payers;
      const Difference d = difference(samples, 1, npv);
      CHECK_FALSE(std::isnan(d.low));
      if (!d.thin()) CHECK((d.p < 0.05) == d.clear());
      covered += covers(d, truth);
      told += d.told_apart();
      // Twins: Student's t alone, which has no width where nobody paid; the interval a third as long; and what all pay
      // alone.
      std::vector<double> values;
      for (std::size_t i = 0; i < samples.plans[0].all.size(); ++i)
        values.push_back(npv.value(samples.plans[1].all[i]) - npv.value(samples.plans[0].all[i]));
      student += covers(interval(d.mean, values), truth);
      third += covers(d.mean - (d.mean - d.low) / 3.0, d.mean + (d.high - d.mean) / 3.0, truth);
      sure_alone += covers(1000.0 - 1e-9, 1000.0 + 1e-9, truth);
    }
    CAPTURE(covered, student, third, told);
    CHECK(covered >= enough);
    CHECK(sure_alone == 0);
    if (payers < 1.0) CHECK(told >= enough);  // that the plan pays
    if (payers <= 1.0) CHECK(student < enough);
    if (payers == 2.0 || payers == 3.0) CHECK(third < enough);
  }
}

TEST_CASE("coverage: few people who carry the money are warned of", "[verify]") {
  const Metric& revenue = *find_metric("revenue");
  // A monthly fee for a stay that is lognormal with sigma 2: the mean is carried by few.
  const double median = 10.0, sigma = 2.0, horizon = 20'000.0, fee = 1.0;
  const auto normal = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  const double cut = std::log(horizon / median) / sigma;
  const double days = median * std::exp(0.5 * sigma * sigma) * normal(cut - sigma) + horizon * normal(-cut);
  int missed = 0, missed_silently = 0, warned = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    ModelParts parts =
        journey({place(Stage::purchase, {by_odds(1, 1.0, Lognormal{median, sigma})}), finish(End::churned)}, horizon, 3200);
    parts.settings.seed = seed;
    parts.touchpoints[0].revenue_per_month = fee;
    const Estimate e = estimate(sampled(parts), 0, revenue);
    const bool miss = !covers(e, 3200.0 * days * fee / (365.25 / 12.0));
    missed += miss;
    missed_silently += miss && !e.thin();
    warned += e.thin();
  }
  CAPTURE(missed, missed_silently, warned);
  CHECK(missed > 28);  // the twin, without the warning: more than 5 % and two standard errors
  CHECK(missed_silently <= 400 - enough);
  CHECK(warned > 200);

  // One in a thousand pays 10,000, the others nothing.
  missed = missed_silently = warned = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    ModelParts parts = journey({place(Stage::purchase, {by_share(1, 0.001), by_odds(2, 1.0)}),
                                place(Stage::purchase, {by_odds(3, 1.0, Fixed{5000.0})}),
                                place(Stage::retention, {by_odds(3, 1.0, Fixed{5000.0})}), finish(End::churned)},
                               10.0, 1000);
    parts.settings.seed = seed;
    parts.touchpoints[1].revenue = 10'000.0;
    const Estimate e = estimate(sampled(parts), 0, revenue);
    const bool claims = !std::isnan(e.low), miss = claims && !covers(e, 1e4);
    missed += miss || !claims;
    missed_silently += miss && !e.thin();
    warned += e.thin() || !claims;
  }
  CAPTURE(missed, missed_silently, warned);
  CHECK(missed > 100);
  CHECK(missed_silently == 0);
  CHECK(warned == static_cast<int>(seeds));
  // An even fee is carried by all: no warning.
  warned = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    ModelParts parts =
        journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{10.0})}), finish(End::churned)}, 100.0, 3200);
    parts.settings.seed = seed;
    parts.touchpoints[0].revenue_per_month = fee;
    warned += estimate(sampled(parts), 0, revenue).thin();
  }
  CHECK(warned <= 5);
}
