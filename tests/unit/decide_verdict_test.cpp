// What is said of a plan: pays, loses, open, the same; and which plan leads. Each case has its twin, which the verdict must
// tell from it.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/verdict.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/comparison_words.hpp"
#include "sojourn/report/summary.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

/// One sample of a market: who stays, and what it is worth.
Sums sample(double customers, double worth) {
  Sums sums;
  sums.replications = 1.0;
  sums.arrived = 1000.0;
  sums.bought = 800.0;
  sums.customers = customers;
  sums.churned = 800.0 - customers;
  sums.promoters = 0.5 * customers;
  sums.detractors = 0.25 * customers;
  sums.revenue = sums.worth_revenue = worth;
  return sums;
}

/// A plan whose gains over the baseline are `worth` and `kept`, each off by `luck` from one sample to the next.
PlanSamples plan_of(const std::string& name, double kept, double worth, double luck) {
  PlanSamples plan;
  plan.id = plan.name = name;
  for (int i = 0; i < 12; ++i) {
    const double off = luck * (i % 2 == 0 ? 1.0 : -1.0) * (1.0 + 0.1 * i);
    const double baseline = 5000.0 + 30.0 * i;
    plan.all.push_back(sample(400.0 + i + kept + 0.01 * off, baseline + worth + off));
    plan.cash_of.push_back({baseline + worth + off, 0.0});
  }
  plan.cash = {5165.0 + worth, 0.0};
  plan.by_persona = {plan.all};
  return plan;
}

struct Case {
  std::string name;
  double kept, worth, luck;
};

Samples market(const std::vector<Case>& cases) {
  Samples samples;
  samples.scenario = "Verdicts";
  samples.currency = "EUR";
  samples.customers = 1000;
  samples.market = 1000.0;
  samples.replications = samples.replications_asked = 12;
  samples.horizon = 730.0;
  samples.window_ends = {365.0, 730.0};
  samples.personas = samples.persona_names = {"all"};
  samples.mechanisms.talk = true;  // whole replications are the samples
  samples.plans.push_back(plan_of("Baseline", 0.0, 0.0, 0.0));
  for (const Case& one : cases) samples.plans.push_back(plan_of(one.name, one.kept, one.worth, one.luck));
  return samples;
}

std::string said(const std::vector<Case>& cases) {
  const Samples samples = market(cases);
  return answer_words::sentences(samples, compare(samples)).front();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("verdict: pays, loses, stays open, or is the same") {
  const Samples samples = market({{"Pays", 20, 500, 10}, {"Loses", 20, -500, 10}, {"Open", -20, 5, 200}, {"Same", 0, 0, 0}});
  const Answer found = answer(compare(samples));
  REQUIRE(found.plans.size() == 5);
  CHECK(found.money);
  CHECK(found.plans[1].worth == Verdict::better);
  CHECK(found.plans[2].worth == Verdict::worse);
  CHECK(found.plans[3].worth == Verdict::open);
  CHECK(found.plans[4].worth == Verdict::same);
  CHECK(found.plans[1].kept == Verdict::better);
  CHECK(found.plans[3].kept == Verdict::worse);
  CHECK(found.plans[4].kept == Verdict::same);
  // Without a goal of its own the scenario is decided by its money.
  for (const PlanVerdicts& plan : found.plans) CHECK(plan.goal == plan.worth);
  CHECK(found.goal.leader == 1);
  CHECK(found.goal.shown());
}

TEST_CASE("verdict: what is clear by itself may be open among many") {
  const auto verdict_among = [](std::size_t others) {
    std::vector<Case> cases{{"Slight", 0, 30, 40}};
    for (std::size_t i = 0; i < others; ++i) cases.push_back({"P" + std::to_string(i), 0, 0.1, 500});
    const Samples samples = market(cases);
    return std::pair(compare(samples).plans[1].differences[metric_position("npv")], answer(compare(samples)).plans[1].worth);
  };
  const auto [alone, first] = verdict_among(0);
  REQUIRE(alone.p > 0.01);
  REQUIRE(alone.p < 0.05);
  CHECK(first == Verdict::better);
  const auto [among, second] = verdict_among(9);
  CHECK(among.p == alone.p);
  CHECK(second == Verdict::open);
}

TEST_CASE("verdict: few people and no interval leave everything open") {
  Difference d;
  d.mean = 5.0;
  d.low = 4.0;
  d.high = 6.0;
  d.sd = 1.0;
  d.p = d.p_holm = 0.001;
  CHECK(verdict(d) == Verdict::better);
  CHECK(verdict(d, Direction::lower) == Verdict::worse);
  d.effective = 3.0;
  CHECK(verdict(d) == Verdict::open);
  d.effective = 1000.0;
  d.low = d.high = d.p = d.p_holm = std::numeric_limits<double>::quiet_NaN();
  CHECK(verdict(d) == Verdict::open);
}

TEST_CASE("answer: the first sentence says what is shown, and never puts losses among what is open") {
  CHECK(has(said({{"A", 0, 500, 10}}), "A pays: +500 EUR of net present value (95 %:"));
  CHECK(has(said({{"A", 0, 500, 10}, {"B", 0, 300, 10}}), "A is worth most: +500"));
  CHECK(has(said({{"A", 0, 500, 10}, {"B", 0, 300, 10}}), "ahead of B"));
  CHECK(has(said({{"A", 0, -500, 10}}), "A loses money: -500"));
  CHECK(said({{"A", 0, -500, 10}, {"B", 0, -400, 10}}) == "No plan pays: each loses money.");
  CHECK(said({{"A", 0, -500, 10}, {"B", 0, -5, 300}}) == "No plan is shown to pay: A loses money; B is open.");
  const std::string open = said({{"A", 0, -500, 10}, {"B", 0, 5, 300}});
  CHECK(has(open, "No plan is shown to pay: B leads by"));
  CHECK(has(open, "A loses money."));
  CHECK(said({{"A", 0, 0, 0}}) == "A changes nothing.");
  // Its twin: a clear loss is not "open", and an open case is not a loss.
  CHECK_FALSE(has(said({{"A", 0, -500, 10}, {"B", 0, -400, 10}}), "open"));
  CHECK_FALSE(has(said({{"A", 0, -5, 300}, {"B", 0, -6, 300}}), "loses"));
}

TEST_CASE("answer: of a tie nobody is the best") {
  const std::string tie = said({{"A", 0, 500, 50}, {"B", 0, 499, 45}});
  CHECK(has(tie, "A pays: "));
  CHECK(has(tie, "B may be worth as much"));
  CHECK_FALSE(has(tie, "worth most"));
  const Samples equal = market({{"A", 0, 500, 10}, {"B", 0, 500, 10}});
  const Answer found = answer(compare(equal));
  CHECK(found.goal.rivals == std::vector<std::size_t>{2});
  CHECK_FALSE(found.goal.shown());
}

TEST_CASE("answer: the goal decides which plan is named") {
  Samples samples = market({{"Dear", 40, -500, 10}, {"Cheap", 5, 500, 10}});
  const auto first = [&](std::vector<GoalWeight> goal) {
    samples.goal = std::move(goal);
    return answer_words::sentences(samples, compare(samples));
  };
  CHECK(has(first({{"npv", 1.0}}).front(), "Cheap is worth most"));
  CHECK(has(first({{"npv", 1.0}}).back(), "Dear keeps most customers"));
  CHECK(has(first({{"retained", 1.0}}).front(), "Dear keeps most customers"));
  CHECK(has(first({{"retained", 1.0}}).back(), "Cheap is worth most"));
  CHECK(has(first({{"retention", 1.0}}).front(), "Dear keeps most of its buyers"));
  // 4 points of retained are worth more than 1,000 in money at 30,000 a unit, and less at 20,000.
  CHECK(has(first({{"npv", 1.0}, {"retained", 30000.0}}).front(), "Dear reaches the goal best"));
  CHECK(has(first({{"npv", 1.0}, {"retained", 20000.0}}).front(), "Cheap reaches the goal best"));
}

TEST_CASE("answer: payback agrees with what is said of the plan's worth") {
  for (const double worth : {500.0, -500.0}) {
    Samples samples = market({{"A", 0, worth, 10}});
    for (Sums& sums : samples.plans[1].all) sums.investment = 1.0;
    const Comparison comparison = compare(samples);
    CHECK(comparison.plans[1].payback_days.has_value() == (answer(comparison).plans[1].worth == Verdict::better));
    CHECK(has(comparison_words::break_even(comparison.plans[1]), worth > 0.0 ? "by day" : "not within the horizon"));
  }
}

TEST_CASE("answer: the first lines are twelve at most, none wider than asked, whatever the plans are called") {
  std::vector<Case> cases;
  for (int i = 0; i < 30; ++i)
    cases.push_back({"A plan with quite a long name, number " + std::to_string(i), 1.0 * i, 10.0 * i, 5});
  const Samples samples = market(cases);
  const Comparison comparison = compare(samples);
  for (const std::size_t width : {80u, 120u}) {
    Layout layout;
    layout.width = width;
    layout.full = false;
    const std::string text = comparison_text(samples, comparison, layout);
    std::size_t lines = 0, most = 0, here = 0;
    for (const char c : text) {
      here = c == '\n' ? 0 : here + ((static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0);
      lines += c == '\n' ? 1 : 0;
      most = std::max(most, here);
    }
    INFO(text);
    CHECK(lines <= most_first_lines);
    CHECK(most <= width);
    CHECK(has(text, "more plans and "));
    layout.full = true;
    const std::string full = comparison_text(samples, comparison, layout);
    CHECK(full.size() > 10 * text.size());
  }
}
