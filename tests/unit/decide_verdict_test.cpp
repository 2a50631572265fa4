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

constexpr int samples_of_each = 12;

/// A plan whose gains over the baseline have exactly the means `worth` (money) and `kept` (people of 1,000), and the
/// standard deviations `luck` and `luck` / 100 over the samples. Of the luck of plans with different `pattern` (0 or 1) none
/// explains the other's: the patterns are balanced and at right angles.
PlanSamples plan_of(const std::string& name, double kept, double worth, double luck, int pattern) {
  PlanSamples plan;
  plan.id = plan.name = name;
  for (int i = 0; i < samples_of_each; ++i) {
    const double sign = (pattern == 0 ? i : i / 2) % 2 == 0 ? 1.0 : -1.0;
    // n values of +-1 have the variance n / (n - 1).
    const double off = luck * sign * std::sqrt((samples_of_each - 1.0) / samples_of_each);
    const double baseline = 5000.0 + 30.0 * i;
    plan.all.push_back(sample(400.0 + i + kept + 0.01 * off, baseline + worth + off));
    plan.cash_of.push_back({baseline + worth + off, 0.0});
  }
  plan.cash = {5165.0 + worth, 0.0};
  plan.by_persona = {plan.all};
  return plan;
}

/// Student's t of a mean gain.
double t_of(double worth, double luck) { return worth / (luck / std::sqrt(samples_of_each)); }

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
  samples.replications = samples.replications_asked = samples_of_each;
  samples.horizon = 730.0;
  samples.window_ends = {365.0, 730.0};
  samples.personas = samples.persona_names = {"all"};
  samples.mechanisms.add(Needs::talk);  // whole replications are the samples
  samples.plans.push_back(plan_of("Baseline", 0.0, 0.0, 0.0, 0));
  for (const Case& one : cases)
    samples.plans.push_back(plan_of(one.name, one.kept, one.worth, one.luck, static_cast<int>(samples.plans.size()) % 2));
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
  // Student's t with 11 degrees of freedom leaves 5 % outside 2.201, 2 % outside 2.718 and 0.1 % outside 4.437.
  const auto verdict_among = [](double worth, std::size_t others) {
    std::vector<Case> cases{{"Slight", 0, worth, 40}};
    for (std::size_t i = 0; i < others; ++i) cases.push_back({"P" + std::to_string(i), 0, 0.1, 500});
    const Comparison comparison = compare(market(cases));
    return std::pair(comparison.plans[1].differences[metric_position("npv")].p, answer(comparison).plans[1].worth);
  };
  REQUIRE(t_of(30.0, 40.0) > 2.201);
  REQUIRE(t_of(30.0, 40.0) < 2.718);
  const auto [alone, first] = verdict_among(30.0, 0);
  CHECK(alone > 0.02);
  CHECK(alone < 0.05);
  CHECK(first == Verdict::better);
  // Ten plans: the smallest of ten p-values counts ten times (Holm 1979), which is above 5 %.
  const auto [among, second] = verdict_among(30.0, 9);
  CHECK(among == alone);
  CHECK(second == Verdict::open);
  // Its twin: what is clear enough stays so among ten.
  REQUIRE(t_of(60.0, 40.0) > 4.437);
  CHECK(verdict_among(60.0, 9).second == Verdict::better);
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
  // 2.201 standard errors of 10 / sqrt(12) are 6.35.
  CHECK(said({{"A", 0, 500, 10}}) == "A pays: +500 EUR of net present value (95 %: +494 to +506).");
  CHECK(said({{"A", 0, -500, 10}}) == "A loses money: -500 EUR of net present value (95 %: -506 to -494).");
  CHECK(said({{"A", 0, 500, 10}, {"B", 0, 300, 10}}) ==
        "A is worth most: +500 EUR of net present value (95 %: +494 to +506), +200 ahead of B.");
  CHECK(said({{"A", 0, -500, 10}, {"B", 0, -400, 10}}) == "No plan pays: each loses money.");
  // The same in every sample.
  CHECK(said({{"A", 0, 500, 0}}) == "A pays: +500 EUR of net present value (95 %: +480 to +520).");
  CHECK(said({{"A", 0, -500, 0}}) == "A loses money: -500 EUR of net present value (95 %: -519 to -481).");
  CHECK(has(said({{"A", 0, 5, 0}}), "may be undone by people so rare that none was simulated; run about 46 replications"));
  CHECK(said({{"A", 0, -500, 10}, {"B", 0, -5, 300}}) == "No plan is shown to pay: A loses money; B is open.");
  // Of 12,000 people, each of whom moves some 5.2 EUR, those who were not seen are 0.031 % at most.
  CHECK(said({{"A", 0, 0, 0}}) == "A is worth as much as the baseline, to within 19.0 EUR of net present value (95 %).");
  const std::string open = said({{"A", 0, -500, 10}, {"B", 0, 5, 300}});
  CHECK(open.starts_with("No plan is shown to pay: B leads by +5 EUR"));
  CHECK(open.ends_with(" A loses money."));
  // Their twins: a clear loss is not "open", and an open case is not a loss.
  CHECK_FALSE(has(said({{"A", 0, -500, 10}, {"B", 0, -400, 10}}), "open"));
  CHECK_FALSE(has(said({{"A", 0, -5, 300}, {"B", 0, -6, 300}}), "loses"));
}

TEST_CASE("answer: of many plans two are named and the others counted") {
  std::vector<Case> cases{{"Best", 0, 500, 50}};
  for (int i = 0; i < 4; ++i) cases.push_back({"P" + std::to_string(i), 0, 499, 45});
  CHECK(has(said(cases), "; P0, P1 and 2 others may be worth as much: "));
  cases.pop_back();
  CHECK(has(said(cases), "; P0, P1 and P2 may be worth as much: "));
}

TEST_CASE("answer: of a tie nobody is the best") {
  const std::string tie = said({{"A", 0, 500, 50}, {"B", 0, 499, 45}});
  CHECK(has(tie, "A pays: "));
  CHECK(has(tie, "B may be worth as much"));
  CHECK_FALSE(has(tie, "worth most"));
  // Worth the same, and something else in who stays.
  const Answer found = answer(compare(market({{"A", 0, 500, 10}, {"B", 0, 300, 10}, {"C", 9, 500, 10}})));
  CHECK(found.goal.rivals == std::vector<std::size_t>{3});
  CHECK(found.goal.equal == std::vector<std::size_t>{3});
  CHECK(found.goal.twins.empty());
  CHECK_FALSE(found.goal.shown());
}

TEST_CASE("answer: plans that come to the same in every figure are best together") {
  const auto lead_of = [](const std::vector<Case>& cases) { return answer(compare(market(cases))).goal; };
  const Lead both = lead_of({{"A", 5, 500, 10}, {"B", 0, 300, 10}, {"C", 5, 500, 10}});
  CHECK(both.leader == 1);
  CHECK(both.twins == std::vector<std::size_t>{3});
  CHECK(both.shown());
  Samples alone = market({{"A", 0, 500, 10}});
  alone.plans.push_back(alone.plans[1]);
  alone.plans[2].id = alone.plans[2].name = "B";
  CHECK(answer(compare(alone)).goal.shown());
  CHECK(answer_words::sentences(alone, compare(alone)).front() ==
        "A pays: +500 EUR of net present value (95 %: +494 to +506); B has the same effects: either will do.");
  // Their twins: another plan may be as good, or chance may have put both first.
  CHECK_FALSE(lead_of({{"A", 0, 500, 50}, {"B", 0, 499, 45}, {"C", 0, 500, 50}}).shown());
  CHECK_FALSE(lead_of({{"A", 0, 5, 300}, {"C", 0, 5, 300}}).shown());
}

TEST_CASE("answer: a plan that does the same as the leader is told to, and is no open question") {
  CHECK(said({{"A", 0, 500, 10}, {"B", 0, 300, 10}, {"C", 0, 500, 10}}) ==
        "A is worth most: +500 EUR of net present value (95 %: +494 to +506); C has the same effects: either will do.");
  CHECK(said({{"A", 5, 500, 10}, {"B", 0, 300, 10}, {"C", 5, 500, 10}, {"D", 0, 200, 10}, {"E", 5, 500, 10}}) ==
        "A is worth most: +500 EUR of net present value (95 %: +494 to +506); C and E have the same effects: any of them "
        "will do.");
  const std::string open = said({{"A", 0, 500, 50}, {"B", 0, 470, 45}, {"C", 0, 500, 50}});
  CHECK(has(open, "A pays: "));
  CHECK(has(open, "; C has the same effects: either will do; B may be worth as much: run about "));
  // Worth the same in every sample, and something else in other figures.
  const std::string other = said({{"A", 0, 500, 10}, {"B", 0, 300, 10}, {"C", 9, 500, 10}});
  CHECK(has(other, "; C may be worth as much."));
  CHECK_FALSE(has(other, "effects"));
}

TEST_CASE("verdict: a plan is shown to be the highest only where it is told from every other") {
  const std::size_t npv = metric_position("npv");
  const auto highest = [&](const std::vector<Case>& cases) { return shown_highest(compare(market(cases)), npv); };
  CHECK(highest({{"A", 0, 500, 10}, {"B", 0, 300, 10}}) == std::vector<std::size_t>{1});
  CHECK(highest({{"A", 0, 300, 10}, {"B", 0, 500, 10}}) == std::vector<std::size_t>{2});
  CHECK(highest({{"A", 0, -500, 10}, {"B", 0, -400, 10}}) == std::vector<std::size_t>{0});  // the baseline
  // Both of them, who have the same of it.
  CHECK(highest({{"A", 0, 500, 10}, {"B", 0, 300, 10}, {"C", 0, 500, 10}}) == std::vector<std::size_t>{1, 3});
  CHECK(highest({{"A", 0, 500, 50}, {"B", 0, 499, 45}, {"C", 0, 500, 50}}).empty());
  CHECK(highest({{"A", 0, 0, 0}}).empty());
  // Above the baseline both, and chance may have put A first.
  CHECK(highest({{"A", 0, 500, 50}, {"B", 0, 499, 45}}).empty());
  CHECK(highest({{"A", 0, 5, 300}}).empty());
  CHECK(highest({}).empty());
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
  // Dear keeps 3.5 points more and is worth 1,000 less: the two are equal at 1,000 / 0.035 = 28,571 a unit.
  CHECK(has(first({{"npv", 1.0}, {"retained", 30000.0}}).front(), "Dear reaches the goal best"));
  CHECK(has(first({{"npv", 1.0}, {"retained", 27000.0}}).front(), "Cheap reaches the goal best"));
}

TEST_CASE("answer: of queues, what plans are shown to do to waits, where they do most") {
  // Two queues: at the desk A halves the waits of many, at the till B doubles those of few, and what B does at the desk may
  // be chance.
  Samples samples = market({{"A", 0, 0, 10}, {"B", 0, 0, 10}});
  samples.touchpoints = samples.touchpoint_names = {"desk", "till"};
  samples.touchpoint_stages = {Stage::retention, Stage::retention};
  const auto visits = [](double count, double wait, double luck, int i) {
    TouchSums sums;
    sums.arrived = 1000.0;
    sums.visits = sums.appraised = count;
    sums.wait = count * (wait + luck * (i % 2 == 0 ? 1.0 : -1.0)) / 1440.0;  // of minutes
    return sums;
  };
  struct At {
    double desk, luck, till;
  };
  const std::vector<At> plans{{10.0, 0.0, 2.0}, {5.0, 0.1, 2.0}, {9.9, 1.0, 4.0}};
  const auto said = [&](double at_till) {
    for (std::size_t k = 0; k < plans.size(); ++k) {
      PlanSamples& plan = samples.plans[k];
      plan.touch.assign(2, {});
      plan.queues.assign(2, {});
      plan.queues[1].touchpoint = 1;
      for (int i = 0; i < samples_of_each; ++i) {
        plan.touch[0].push_back(visits(900.0, plans[k].desk, plans[k].luck, i));
        plan.touch[1].push_back(visits(at_till, plans[k].till, 0.1 * static_cast<double>(k), i / 2));
      }
    }
    return answer_words::sentences(samples, compare(samples));
  };
  CHECK(said(100.0).back() == "Mean wait at desk: 10.0 min under the baseline, 5.00 min under A.");
  CHECK(said(9000.0).back() == "Mean wait at till: 2.00 min under the baseline, 4.00 min under B.");
  // The twin: no plan is shown to do anything.
  for (PlanSamples& plan : samples.plans) plan.touch = samples.plans.front().touch;
  CHECK_FALSE(has(answer_words::sentences(samples, compare(samples)).back(), "wait"));
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

TEST_CASE("price: what a plan that adds paid servers loses by is said, and their pay is told beside its investment") {
  // 300 of investment and 600 more pay against revenue of 500 more; the same without pay, and with less of it.
  const auto with = [](double gain, double investment, double pay) {
    Samples samples = market({{"A", 0, gain, 10}});
    samples.mechanisms.add(Needs::paid_servers);
    for (std::size_t k = 0; k < 2; ++k) {
      for (Sums& sums : samples.plans[k].all) {
        sums.staff_cost = sums.worth_staff_cost = 900.0 + (k == 1 ? pay : 0.0);
        sums.investment = sums.worth_investment = k == 1 ? investment : 0.0;
      }
    }
    return samples;
  };
  const auto price = [](const Samples& samples) { return comparison_words::switching_price(compare(samples), 1, "EUR"); };
  CHECK(price(with(500, 300, 600)) ==
        "Price: what loses the money of A is EUR 600 more pay of servers; its cost of EUR 300 comes on top.");
  CHECK(price(with(-500, 300, 0)) == "Price: A would lose money even if it cost nothing: revenue is lower.");
  CHECK(price(with(-500, 300, 100)) == "Price: A would lose money even if it cost nothing: revenue is lower.");
  CHECK(price(with(500, 300, 100)).starts_with("Price: with EUR 100 more pay of servers, A pays up to a cost of EUR 400 "));
  CHECK(price(with(500, 300, -100)).starts_with("Price: with EUR 100 less pay of servers, A pays up to a cost of EUR 600 "));
  CHECK(price(with(500, 300, 0)).starts_with("Price: A pays up to a cost of EUR 500 "));
  CHECK(price(with(500, 300, 500.5)).starts_with("Price: A may lose money even if it cost nothing.") ==
        (answer(compare(with(500, 300, 500.5))).plans[1].worth == Verdict::open));
  const auto first_lines = [](const Samples& samples) {
    Layout layout;
    layout.width = 200;
    layout.full = false;
    return comparison_text(samples, compare(samples), layout);
  };
  CHECK(has(first_lines(with(500, 300, 600)),
            "\nPart of this money: EUR 600 more pay of servers with A, beside its investment of EUR 300.\n"));
  CHECK(has(first_lines(with(500, 0, -600)), "\nPart of this money: EUR 600 less pay of servers with A.\n"));
  CHECK_FALSE(has(first_lines(with(500, 300, 0)), "ay of servers"));
  // Where it has no room, a word of it stays.
  Samples many = with(500, 300, 600);
  for (int i = 0; i < 20; ++i) {
    many.plans.push_back(many.plans[1]);
    many.plans.back().id = many.plans.back().name = "B" + std::to_string(i);
    for (Sums& sums : many.plans.back().all) sums.revenue = sums.worth_revenue += 10.0 * (i + 1);
  }
  CHECK(has(first_lines(many), "± 95 %; money includes servers' pay. "));
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

TEST_CASE("answer: a second sentence that does not fit into the first lines is left to the whole text") {
  const auto text_of = [](const std::string& name) {
    const Samples samples = market({{name, 10, 500, 10}, {name + " 2", 9, 400, 10}});
    const Comparison comparison = compare(samples);
    Layout layout;
    layout.width = 80;
    layout.full = false;
    return comparison_text(samples, comparison, layout);
  };
  std::string name = "A name";
  while (name.size() < 200) name += " that goes on";
  const std::string text = text_of(name);
  CHECK(std::count(text.begin(), text.end(), '\n') <= static_cast<long>(most_first_lines));
  CHECK_FALSE(has(text, "keeps most"));
  CHECK(has(text_of("Short"), "keeps most"));
}
