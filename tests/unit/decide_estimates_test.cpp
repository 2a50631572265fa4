// Intervals, paired differences, return, payback and survival on numbers worked out by hand.
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/decide/verdict.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

std::size_t position(const char* name) {
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    if (metrics()[m].name == name) return m;
  }
  FAIL("no metric of that name");
  return 0;
}

Sums sample(double customers, double bought, double worth_revenue) {
  Sums sums;
  sums.replications = 1.0;
  sums.people_per_customer = 10.0;
  sums.arrived = 100.0;
  sums.bought = bought;
  sums.customers = customers;
  sums.churned = bought - customers;
  sums.promoters = 0.5 * customers;
  sums.detractors = 0.25 * customers;
  sums.worth_revenue = worth_revenue;
  return sums;
}

PlanSamples plan_of(const std::string& id, std::vector<Sums> all, std::vector<double> cash) {
  PlanSamples plan;
  plan.id = id;
  plan.name = id;
  plan.by_persona = {all};
  plan.all = std::move(all);
  plan.cash = std::move(cash);
  return plan;
}

}  // namespace

TEST_CASE("estimate: Student's interval around a point", "[analysis]") {
  CHECK(student_t(1.0) == Approx(12.7062).epsilon(1e-5));
  CHECK(student_t(9.0) == Approx(2.262157).epsilon(1e-6));
  CHECK(student_t(31.0) == Approx(2.039513).epsilon(1e-6));
  const Estimate four = interval(2.6, {1.0, 2.0, 3.0, 4.0});
  CHECK(four.mean == 2.6);  // pooled, not the mean of the samples
  CHECK(four.sd == Approx(1.290994).epsilon(1e-6));
  CHECK(four.high - four.mean == Approx(3.182446 * 1.290994 / 2.0).epsilon(1e-6));
  CHECK(four.mean - four.low == Approx(four.high - four.mean).epsilon(1e-12));
  CHECK(four.samples == 4);
}

TEST_CASE("estimate: undefined samples are left out, and one sample has no interval", "[analysis]") {
  const Estimate two = interval(5.0, {4.0, undefined, 6.0, undefined});
  CHECK(two.samples == 2);
  CHECK(two.sd == Approx(std::sqrt(2.0)));
  CHECK(two.high == Approx(5.0 + 12.7062).epsilon(1e-5));
  for (const Estimate& none : {interval(5.0, {5.0}), interval(5.0, {undefined, 5.0, undefined}), interval(undefined, {})}) {
    CHECK(std::isnan(none.low));
    CHECK(std::isnan(none.high));
    CHECK(none.samples < 2);
  }
  const Estimate constant = interval(1.5, {1.5, 1.5, 1.5});
  CHECK(constant.low == 1.5);
  CHECK(constant.high == 1.5);
}

TEST_CASE("estimate: a metric pools people, a difference pairs samples", "[analysis]") {
  const Metric& retention = *find_metric("retention");
  const std::vector<Sums> baseline{sample(30, 50, 0), sample(10, 40, 0)}, plan{sample(36, 50, 0), sample(16, 40, 0)};
  const Estimate pooled = estimate(baseline, retention, People::coupled);
  CHECK(pooled.mean == Approx(40.0 / 90.0));  // 0.6 of 50 and 0.25 of 40: the larger counts more
  CHECK(pooled.sd == Approx(0.35 / std::sqrt(2.0)));
  const Estimate paired = difference(plan, baseline, retention);
  CHECK(paired.mean == Approx(12.0 / 90.0));
  CHECK(paired.sd == Approx((0.15 - 0.12) / std::sqrt(2.0)));
  const Estimate nothing = difference(baseline, baseline, retention);
  CHECK(nothing.mean == 0.0);
  CHECK(std::isnan(nothing.low));  // no two samples differ, which says nothing of few people
  CHECK(std::isnan(nothing.high));
  const std::vector<Sums> nobody{sample(0, 0, 0), sample(0, 0, 0)};
  CHECK(std::isnan(estimate(nobody, retention, People::independent).mean));
}

TEST_CASE("estimate: shares stay within 0 and 1 and never lose their width", "[analysis]") {
  const Metric &retained = *find_metric("retained"), &retention = *find_metric("retention");
  const std::vector<Sums> none{sample(0, 50, 0), sample(0, 40, 0)}, few{sample(0, 50, 0), sample(4, 40, 0)};
  for (const People people : {People::independent, People::coupled}) {
    const Estimate e = estimate(none, retained, people);
    CHECK(e.low == 0.0);
    CHECK(e.high == Approx(1.0 - std::pow(0.025, 1.0 / 200.0)).epsilon(1e-9));
    CHECK(estimate(none, retention, people).high == Approx(1.0 - std::pow(0.025, 1.0 / 90.0)).epsilon(1e-9));
    CHECK(estimate(few, retained, people).low >= 0.0);  // Student's would begin far below 0
  }
  CHECK(interval(0.02, {0.0, 0.04}).low < 0.0);
  // One sample of coupled customers gives nothing; of others it gives counts.
  CHECK(std::isnan(estimate({sample(4, 50, 0)}, retained, People::coupled).low));
  CHECK(estimate({sample(4, 50, 0)}, retained, People::independent).low > 0.0);
  // Nobody churned among 140 followed for 90 days, of 200 who bought.
  Sums followed;
  followed.bought = followed.arrived = 200.0;
  std::vector<double> people(100, 0.0);
  followed.tenure_churned = PeopleByTenure(people);
  people[10] = 60.0;
  people[95] = 140.0;
  followed.tenure_censored = PeopleByTenure(people);
  const Estimate survived = estimate({followed, followed}, *find_metric("retention_90"), People::independent);
  CHECK(survived.high == 1.0);
  CHECK(survived.low == Approx(std::pow(0.025, 1.0 / 280.0)).epsilon(1e-9));
}

namespace {

/// A sample of 100 people, who are a tenth of the market and pay `each` apiece.
Sums paying(double each) {
  Sums sums = sample(50, 50, 100.0 * each);
  sums.revenue = 100.0 * each;
  return sums;
}

std::vector<Sums> all_paying(std::size_t samples, double each) { return std::vector<Sums>(samples, paying(each)); }

}  // namespace

TEST_CASE("estimate: money that differs by the same in every sample", "[analysis]") {
  const Metric &npv = *find_metric("npv"), &clv = *find_metric("clv");
  // Of 400 people nobody was unlike the others: at most 1 - 0.025^(1/400) of all are, who move ten times 6 each.
  const double share = 1.0 - std::pow(0.025, 1.0 / 400.0);
  const Estimate e = difference(all_paying(4, 6.0), all_paying(4, 5.0), npv);
  CHECK(e.mean == Approx(1000.0));
  CHECK(e.high - e.mean == Approx(share * 10.0 * 6.0 * 1000.0).epsilon(1e-9));
  CHECK(e.mean - e.low == Approx(e.high - e.mean).epsilon(1e-9));
  CHECK(e.sd == 0.0);
  CHECK_FALSE(e.thin());
  CHECK(tested(e).told_apart());
  CHECK(difference(all_paying(4, 5.0), all_paying(4, 6.0), npv).high == Approx(-e.low));
  const Estimate of_person = difference(all_paying(4, 6.0), all_paying(4, 5.0), clv);
  CHECK(of_person.mean == Approx(1.0));
  CHECK(of_person.high - of_person.mean == Approx(share * 60.0).epsilon(1e-9));
  // Rounding is no difference between samples, whatever the skewness of its noise.
  std::vector<Sums> rounded = all_paying(32, 6.0);
  rounded[3].revenue = rounded[3].worth_revenue = 600.0 * (1.0 + 4e-16);
  const Estimate same = difference(rounded, all_paying(32, 5.0), npv);
  CHECK(same.sd == 0.0);
  CHECK_FALSE(same.thin());
  // 12 times as many people leave a twelfth open.
  const Estimate many = difference(all_paying(48, 6.0), all_paying(48, 5.0), npv);
  CHECK((e.high - e.mean) / (many.high - many.mean) == Approx(12.0).epsilon(0.01));
  // Figures that are no sums of money have no such interval, nor has one sample.
  CHECK(std::isnan(difference(all_paying(4, 6.0), all_paying(4, 5.0), *find_metric("cost_per_purchase")).low));
  CHECK(std::isnan(difference(all_paying(1, 6.0), all_paying(1, 5.0), npv).low));
}

TEST_CASE("estimate: no difference in any sample is none that is sure", "[analysis]") {
  const Metric& npv = *find_metric("npv");
  const Difference none = tested(difference(all_paying(4, 5.0), all_paying(4, 5.0), npv));
  CHECK(none.mean == 0.0);
  CHECK(none.high == Approx(10.0 * 5.0 * 1000.0 * (1.0 - std::pow(0.025, 1.0 / 400.0))).epsilon(1e-9));
  CHECK(none.low == -none.high);
  CHECK(none.p == 1.0);
  CHECK(verdict(none) == Verdict::same);
  // Where nobody moves any money, nobody knows what a person may.
  CHECK(std::isnan(difference(all_paying(4, 0.0), all_paying(4, 0.0), npv).low));
}

TEST_CASE("estimate: a sure difference is clear exactly where its p-value is below 0.05", "[analysis]") {
  int clear = 0, open = 0;
  for (double fee = 0.05; fee < 4.0; fee *= 1.07) {
    const Difference d = tested(difference(all_paying(4, 5.0 + fee), all_paying(4, 5.0), *find_metric("npv")));
    CHECK((d.p < 0.05) == d.clear());
    ++(d.clear() ? clear : open);
    // Held to a family, it is clear where the interval at that error is, or slightly later.
    for (const double plans : {2.0, 10.0}) {
      const Estimate held =
          cautious_interval(d.mean, {d.mean, d.mean}, 0.05 / plans, unseen(all_paying(4, 5.0 + fee), *find_metric("npv")));
      if (plans * d.p < 0.05) CHECK(held.clear());
      if (held.clear()) CHECK(plans * d.p < 0.06);
    }
    if (d.clear()) continue;
    // So many times as many people tell it, and a tenth fewer do not.
    for (const double off : {0.9, 1.05}) {
      const double needed = 4.0 * times_to_tell(d) * off;
      const auto samples = static_cast<std::size_t>(off > 1.0 ? std::ceil(needed) : needed);
      CHECK(difference(all_paying(samples, 5.0 + fee), all_paying(samples, 5.0), *find_metric("npv")).clear() ==
            (off > 1.0));
    }
  }
  CHECK(clear > 10);
  CHECK(open > 10);
}

TEST_CASE("estimate: few who move much raise what one who was not seen may move", "[analysis]") {
  const Metric& npv = *find_metric("npv");
  // Samples of 100 people with 0, 10, 0 and 10 each: their standard deviation times 10 is that between people.
  std::vector<Sums> uneven, with_fee;
  for (const double each : {0.0, 10.0, 0.0, 10.0}) {
    uneven.push_back(paying(each));
    with_fee.push_back(paying(each));
    with_fee.back().worth_revenue += 100.0;  // paid in the end, as a fee
  }
  const double of_person = std::hypot(5.0, std::sqrt(400.0 / 12.0) * 10.0);
  const Estimate e = difference(with_fee, uneven, npv);
  CHECK(e.mean == Approx(1000.0));
  CHECK(e.high - e.mean == Approx((1.0 - std::pow(0.025, 1.0 / 400.0)) * 10.0 * of_person * 1000.0).epsilon(1e-9));
  CHECK_FALSE(e.clear());
}

TEST_CASE("estimate: what the plan pays itself is measured by itself where nobody moves money", "[analysis]") {
  std::vector<Sums> plan = all_paying(4, 0.0);
  for (Sums& sums : plan) sums.investment = sums.worth_investment = 200.0;
  const Estimate e = difference(plan, all_paying(4, 0.0), *find_metric("npv"));
  CHECK(e.mean == Approx(-200.0));
  CHECK(e.mean - e.low == Approx((1.0 - std::pow(0.025, 1.0 / 400.0)) * 10.0 * 200.0).epsilon(1e-9));
  CHECK(e.clear());
}

TEST_CASE("estimate: a fee for all beside what few people pay is not carried by few", "[analysis]") {
  const Metric& npv = *find_metric("npv");
  const auto with_payers = [](std::size_t payers, double fee) {
    std::vector<Sums> plan = all_paying(128, 5.0 + fee);
    for (std::size_t i = 0; i < payers; ++i) plan[i].revenue = plan[i].worth_revenue += 20.0;
    return plan;
  };
  const std::vector<Sums> before = all_paying(128, 5.0);
  for (const std::size_t payers : {1u, 5u, 9u, 10u, 14u}) {
    INFO(payers << " payers");
    const std::vector<Sums> plan = with_payers(payers, 1.0);
    const Difference d = tested(difference(plan, before, npv));
    CHECK(d.mean == Approx(1000.0 + 200.0 / 128.0 * static_cast<double>(payers)));
    CHECK(d.told_apart());
    // From what all pay, down by as many people as may be behind those who were seen.
    const double people = -128.0 * std::log(1.0 - static_cast<double>(payers) / 128.0);
    CHECK(d.low == Approx(1000.0 - clopper_pearson(people, 12'800.0).high * unseen(plan, npv).amount).epsilon(1e-6));
    // The twin: without the fee few carry it all.
    CHECK(tested(difference(with_payers(payers, 0.0), before, npv)).thin());
  }
  // What half of the samples share is shared by nobody in particular, and many who pay are left to Student's t.
  const Estimate many = difference(with_payers(60, 1.0), before, npv);
  CHECK(many.mean - many.low < 20.0);
}

TEST_CASE("comparison: rules switch for everybody at once, which no number of people tells", "[analysis]") {
  Samples samples;
  samples.personas = samples.persona_names = {"all"};
  samples.plans = {plan_of("baseline", all_paying(12, 5.0), {}), plan_of("plan", all_paying(12, 6.0), {})};
  const Metric& npv = *find_metric("npv");
  CHECK(difference(samples, 1, npv).told_apart());
  samples.rules = {"when-busy"};
  CHECK(std::isnan(difference(samples, 1, npv).low));
  CHECK(verdict(difference(samples, 1, npv)) == Verdict::open);
}

TEST_CASE("comparison: a goal of several figures, of which one is the same fee for all", "[analysis]") {
  const std::vector<GoalTerm> goal{{position("npv"), 1.0}, {position("nps"), 10.0}};
  const PlanSamples before = plan_of("before", all_paying(128, 5.0), {}), fee = plan_of("fee", all_paying(128, 6.0), {});
  const Estimate e = difference(values_of(goal, fee), values_of(goal, before));
  CHECK(e.mean == Approx(1000.0));
  // Who was not seen may take 200 points among the 50 of 100 who are customers.
  CHECK(e.high - e.mean == Approx((1.0 - std::pow(0.025, 1.0 / 12'800.0)) * (60'000.0 + 10.0 * 200.0 * 2.0)).epsilon(1e-9));
  CHECK(e.clear());
  // Nothing is known of days.
  const std::vector<GoalTerm> days{{position("npv"), 1.0}, {position("time_to_purchase"), -1.0}};
  CHECK_FALSE(values_of(days, fee).unseen.known());
}

TEST_CASE("comparison: payback is the end of the first window from which the balance stays above water", "[analysis]") {
  const std::vector<double> ends{10.0, 20.0, 30.0, 35.0};
  const auto day = [&](const std::vector<double>& cash) {
    std::vector<double> balance;
    double sum = 0.0;
    for (const double amount : cash) balance.push_back(sum += amount);
    return payback(balance, ends);
  };
  CHECK(day({-100, 50, 50, 10}).value() == 30.0);
  // Reached somewhere in the third window; nobody knows where.
  CHECK(day({-100, 80, 40, 0}).value() == 30.0);
  // Above water, under again, and at last above for good.
  CHECK(day({-10, 20, -30, 40}).value() == 35.0);
  CHECK_FALSE(day({-100, 50, 40, 9}));
  CHECK_FALSE(day({100, 50, -160, 9}));
  // What is paid and earned within the first window is earned by its end, not on day 0.
  CHECK(day({5, 5, 5, 5}).value() == 10.0);
}

TEST_CASE("comparison: the balance is discounted, of the difference to the baseline, and ends in net present value",
          "[analysis]") {
  const std::vector<double> ends{365.25, 730.5, 1095.75};
  // At 10 % a year, the middle of the second year is worth 1.1^-1.5.
  const std::vector<double> balance = discounted_balance({-50, 100, 0}, {10, 10, 0}, ends, 0.1, 7.0);
  CHECK(balance[0] == Approx(-60.0 * std::pow(1.1, -0.5)).epsilon(1e-12));
  CHECK(balance[1] == Approx(-60.0 * std::pow(1.1, -0.5) + 90.0 * std::pow(1.1, -1.5)).epsilon(1e-12));
  CHECK(balance[2] == 7.0);
  CHECK(discounted_balance({-50, 100, 0}, {0, 0, 0}, ends, 0.0, 50.0)[1] == 50.0);
  // There is a day of payback exactly where net present value is not below 0, whatever the windows say.
  CHECK_FALSE(payback(discounted_balance({-50, 100, 0}, {0, 0, 0}, ends, 0.1, -0.5), ends));
  CHECK(payback(discounted_balance({-50, 40, 0}, {0, 0, 0}, ends, 0.1, 0.5), ends).value() == 1095.75);
}

TEST_CASE("comparison: differences, return and pairing of a plan", "[analysis]") {
  Samples samples;
  samples.personas = samples.persona_names = {"all"};
  samples.window_ends = {10.0, 20.0};
  samples.plans = {plan_of("baseline", {sample(30, 50, 100), sample(20, 50, 80)}, {0.0, 0.0}),
                   plan_of("plan", {sample(35, 50, 150), sample(27, 50, 140)}, {-50.0, 75.0})};
  for (Sums& sums : samples.plans[1].all) {
    sums.investment = 60.0;
    sums.worth_investment = 50.0;
    sums.visit_price = 2.0;
    sums.worth_visit_price = 1.5;
  }
  const Comparison comparison = compare(samples);
  REQUIRE(comparison.plans.size() == 2);
  const PlanComparison &base = comparison.plans[0], &plan = comparison.plans[1];
  const std::size_t retention = position("retention"), npv = position("npv"), nps = position("nps");
  CHECK(base.metrics[retention].mean == Approx(0.5));
  CHECK(plan.metrics[retention].mean == Approx(0.62));
  CHECK(plan.differences[retention].mean == Approx(0.12));
  CHECK(base.differences[retention].mean == 0.0);
  CHECK(base.metrics[nps].mean == Approx(25.0));
  CHECK(plan.investment.mean == Approx(60.0 + 10.0 * 2.0));
  // npv, per replication and for ten people a customer: plan 10 * (290 - 3) / 2 - 50, baseline 10 * 180 / 2.
  CHECK(base.metrics[npv].mean == Approx(900.0));
  CHECK(plan.metrics[npv].mean == Approx(1385.0));
  CHECK(plan.roi.mean == Approx(485.0 / (50.0 + 15.0)));
  CHECK(std::isnan(base.roi.mean));
  CHECK_FALSE(base.payback_days);
  CHECK(plan.payback_days.value() == 20.0);
  REQUIRE(plan.personas.size() == 1);
  CHECK(plan.personas[0].retained.mean == Approx(0.06));
  CHECK(plan.personas[0].clv.mean == Approx(0.55));
  // Retention of the samples: 0.6 and 0.4, 0.7 and 0.54; variances 0.02 and 0.0128, of the difference 0.0008.
  CHECK(comparison.pairing[retention] == Approx((0.02 + 0.0128) / 0.0008));
  CHECK(std::isnan(comparison.pairing[nps]));
}

TEST_CASE("survival: Kaplan-Meier from bins, by hand", "[analysis]") {
  Sums sums;
  sums.tenure_churned = {10.0, 0.0, 9.0, 0.0};
  sums.tenure_censored = {0.0, 20.0, 10.0, 51.0};
  CHECK(survival(sums, 0.0) == 1.0);
  CHECK(survival(sums, 1.0) == Approx(0.9));
  CHECK(survival(sums, 2.0) == Approx(0.9));
  // 70 at risk, of whom 10 are censored in the bin and count half.
  CHECK(survival(sums, 3.0) == Approx(0.9 * (1.0 - 9.0 / 65.0)));
  CHECK(survival(sums, 4.0) == Approx(0.9 * (1.0 - 9.0 / 65.0)));
  CHECK(std::isnan(survival(sums, 5.0)));
  // Bins of five days.
  sums.tenure_bin = 5.0;
  CHECK(survival(sums, 5.0) == Approx(0.9));
  CHECK(std::isnan(survival(Sums{}, 1.0)));
  Sums all_left;
  all_left.tenure_churned = {4.0, 6.0};
  all_left.tenure_censored = {0.0, 0.0};
  CHECK(survival(all_left, 1.0) == Approx(0.6));
  CHECK(survival(all_left, 2.0) == 0.0);
  CHECK(survival(all_left, 30.0) == 0.0);
  // Many times at once, two of them in one bin.
  sums.tenure_bin = 1.0;
  for (const Sums& each : {sums, all_left, Sums{}}) {
    const std::vector<double> days{0.0, 1.0, 1.5, 3.0, 4.0, 9.0};
    const std::vector<double> together = survival(each, days);
    REQUIRE(together.size() == days.size());
    for (std::size_t k = 0; k < days.size(); ++k) {
      const double alone = survival(each, days[k]);
      CHECK((together[k] == alone || (std::isnan(together[k]) && std::isnan(alone))));
    }
  }
}

TEST_CASE("survival: people who came together leave the count together, before the bin's churn", "[analysis]") {
  // 1000 bought; on day 29.5 of their stay 500 are no longer followed; on day 30 a fifth of all would leave.
  Sums sums;
  std::vector<double> churned(40, 0.0), censored(40, 0.0);
  churned[29] = 100.0;
  censored[29] = 500.0;
  censored[39] = 400.0;
  sums.tenure_churned = PeopleByTenure(churned);
  sums.tenure_censored = PeopleByTenure(censored);
  CHECK(survival(sums, 31.0) == Approx(0.8));
  // The twin: spread over the days around, they count half.
  censored[28] = censored[30] = 150.0;
  censored[29] = 200.0;
  sums.tenure_censored = PeopleByTenure(censored);
  CHECK(survival(sums, 30.0) == Approx(1.0 - 100.0 / (850.0 - 100.0)));
}
