// Rules that switch improvements, and closed loops of surveys, through the whole program (MODEL.md section 5): against
// closed forms, against the same plan run statically, and that they vanish.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/survey_sums.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/random_models.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double never = -1e9;

Rule rule_on(ImprovementId improvement, std::string metric, double below) {
  Rule rule;
  rule.id = rule.name = "rule";
  rule.metric = std::move(metric);
  rule.below = below;
  rule.switch_on = improvement;
  return rule;
}

/// A plan of that many rules and no improvement of its own, which comes last.
PlanId plan_by_rules(ModelParts& parts, std::size_t rules = 1) {
  Plan plan;
  plan.id = "adaptive";
  for (std::size_t k = 0; k < rules; ++k) plan.rules.emplace_back(k);
  parts.plans.push_back(plan);
  return PlanId(parts.plans.size() - 1);
}

RunOptions one_thread() {
  RunOptions options;
  options.threads = 1;
  return options;
}

RunResult run_of(const ModelParts& parts, PlanId plan, int threads = 1) {
  RunOptions options;
  options.threads = threads;
  const std::vector<PlanId> plans{plan};
  return run(Model(parts), plans, options);
}

/// All metrics of all replications.
std::vector<double> figures(const RunResult& result) {
  std::vector<double> all;
  for (const Array& metric : horizon_metrics(result)) {
    const auto& values = std::get<std::vector<double>>(metric.values);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

/// How many figures differ by more than rounding of money.
std::size_t differing(const RunResult& a, const RunResult& b) {
  const std::vector<double> x = figures(a), y = figures(b);
  if (x.size() != y.size()) return std::numeric_limits<std::size_t>::max();
  std::size_t count = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const bool same = (std::isnan(x[k]) && std::isnan(y[k])) || x[k] == y[k] ||
                      std::fabs(x[k] - y[k]) <= 1e-12 * std::max(std::fabs(x[k]), std::fabs(y[k]));
    count += same ? 0 : 1;
  }
  return count;
}

/// Customers live at a hazard of `rate` a day until they churn; a few canaries do as well, and are watched. What is switched
/// on multiplies the hazard of the others by `times`.
ModelParts mortal(double rate, double times, double below) {
  Touchpoint home = place(Stage::purchase, {by_odds(1, 1.0, Exponential{1.0 / rate})}, ExitRule::race);
  ModelParts parts = journey({home, finish(End::churned)}, 300.0, 8000);
  parts.settings.window = Days(7.0);
  parts.settings.replications = 12;
  Persona canary = parts.personas.front();
  parts.personas.front().share = 0.95;
  canary.id = "canary";
  canary.share = 0.05;
  parts.personas.push_back(canary);
  Improvement help;
  help.change = change("help", 0, {Parameter::odds, Operation::multiply, times}, 0.0);
  help.change.target.personas = {PersonaId(0)};
  help.price = {500.0, 90.0, 0.0};
  parts.improvements = {help};
  Rule rule = rule_on(ImprovementId(0), "retained", below);
  rule.persona = PersonaId(1);
  parts.rules = {rule};
  plan_by_rules(parts);
  return parts;
}

/// Days up to the horizon in which the only rule was in force.
double days_on(const Switches& switches, double horizon) {
  double days = 0.0, since = -1.0;
  for (const Switch& at : switches) {
    if (at.on) since = at.time;
    if (!at.on) days += at.time - since;
    if (!at.on) since = -1.0;
  }
  return since < 0.0 ? days : days + horizon - since;
}

}  // namespace

TEST_CASE("rules: people who wait in a race feel what is switched, from then on and no sooner", "[verify]") {
  // Whom nobody watches does not decide when the rule switches: given that, each survives with
  // exp(-rate (days off + times days on)).
  constexpr double rate = 0.002, horizon = 300.0;
  const auto found = [&](double told, double times) {
    const ModelParts parts = mortal(rate, times, 0.8);
    const RunResult result = run_of(parts, PlanId(1));
    double survivors = 0.0, expected = 0.0, variance = 0.0;
    std::size_t switched = 0;
    for (const Totals& totals : result.totals.front()) {
      const double on = days_on(totals.switches, horizon),
                   people = totals.value(totals.shape().person(0, PersonScore::arrived));
      switched += on > 0.0;
      const double p = std::exp(-rate * (horizon - on + told * on));
      survivors += static_cast<double>(totals.stock(0, totals.shape().windows - 1, TimeScore::customers));
      expected += people * p;
      variance += people * p * (1.0 - p);
    }
    CHECK(switched == 12);
    return judge(survivors / expected, std::sqrt(variance) / expected, 1.0, 0.06);
  };
  CHECK(found(3.0, 3.0));
  CHECK(found(0.0, 0.0));
  // The twins: the hazard that was drawn at the visit, and one that is a tenth larger.
  CHECK_FALSE(found(1.0, 3.0));
  CHECK_FALSE(found(3.3, 3.0));
}

TEST_CASE("rules: money of what is switched follows its trace exactly", "[verify]") {
  ModelParts parts = mortal(0.01, 0.2, 0.75);
  parts.settings.discount = 0.1;
  parts.rules.front().above = 0.2;  // and it ends again
  const RunResult result = run_of(parts, PlanId(1));
  const auto metrics = horizon_metrics(result);
  const auto values = [&](std::string_view name) {
    for (const Array& metric : metrics) {
      if (metric.name == name) return std::get<std::vector<double>>(metric.values);
    }
    return std::vector<double>();
  };
  const double rho = std::log(1.1) / 365.25;
  int ended = 0;
  for (std::size_t r = 0; r < 12; ++r) {
    const Switches& switches = result.totals.front()[r].switches;
    REQUIRE(!switches.empty());
    ended += switches.size() > 1;
    CHECK(values("investment")[r] == Approx(500.0 + 90.0 * days_on(switches, 300.0) / (365.25 / 12.0)).epsilon(1e-12));
    double worth = 500.0 * std::exp(-rho * switches.front().time);
    for (std::size_t k = 0; k < switches.size(); k += 2) {
      const double begin = switches[k].time, end = k + 1 < switches.size() ? switches[k + 1].time : 300.0;
      worth += 90.0 / (365.25 / 12.0) * (std::exp(-rho * begin) - std::exp(-rho * end)) / rho;
    }
    CHECK(values("npv")[r] == Approx(-worth).epsilon(1e-10));
  }
  CHECK(ended > 3);
}

TEST_CASE("rules: one that never comes into force leaves the plan as it is without", "[verify]") {
  std::size_t with_figures = 0;
  for (std::uint64_t number = 0; number < 40; ++number) {
    ModelParts parts = random_model(number, 70, Flavour::any);
    if (number % 2 == 0) {
      parts.settings.customers += 100;
      parts = coupled(parts);
    }
    if (parts.improvements.empty() || parts.plans.size() < 2) continue;
    ModelParts with = parts;
    with.rules = {rule_on(ImprovementId(0), "nps", never)};
    with.plans[1].rules = {RuleId(0)};
    // One of its improvements may be the one: then it is on anyway.
    const Run plain = try_run(Model(parts), std::vector<PlanId>{PlanId(1)}, one_thread());
    const Run ruled = try_run(Model(with), std::vector<PlanId>{PlanId(1)}, one_thread());
    CAPTURE(number, plain.error);
    CHECK(plain.error == ruled.error);
    if (!plain.result || !ruled.result) continue;
    ++with_figures;
    CHECK(differing(*plain.result, *ruled.result) == 0);
    // The plan without rules beside it is untouched, to the bit.
    const Run beside = try_run(Model(with), std::vector<PlanId>{PlanId(0)}, one_thread());
    const Run alone = try_run(Model(parts), std::vector<PlanId>{PlanId(0)}, one_thread());
    REQUIRE(beside.result);
    for (std::size_t r = 0; r < beside.result->totals.front().size(); ++r)
      CHECK(difference("plan 0", beside.result->totals.front()[r], alone.result->totals.front()[r]) == "");
  }
  CHECK(with_figures > 15);
}

TEST_CASE("rules: in force from the first window's end is an improvement that starts there", "[verify]") {
  std::size_t compared = 0, felt = 0, twins = 0;
  for (std::uint64_t number = 0; number < 80; ++number) {
    ModelParts parts = random_model(number, 70, Flavour::any);
    if (number % 2 == 0) {
      parts.settings.customers += 100;
      parts = coupled(parts);
    }
    if (number % 5 == 3) parts = marketed(parts);
    // No visit at the very end of a window: that one still belongs to it.
    parts.settings.window = Days(parts.settings.horizon.value() / 7.123);
    if (parts.improvements.empty()) continue;
    parts.improvements.front().change.start = Days(0.0);
    parts.improvements.front().change.end.reset();
    parts.improvements.front().change.recurrence = {};
    ModelParts with = parts;
    with.rules = {rule_on(ImprovementId(0), "visits", 1e9)};
    with.plans = {with.plans.front()};
    const PlanId adaptive = plan_by_rules(with);
    ModelParts fixed = parts;
    fixed.improvements.front().change.start = parts.settings.window;
    fixed.plans = {fixed.plans.front(), Plan{"fixed", "Fixed", {ImprovementId(0)}}};
    const Run ruled = try_run(Model(with), std::vector<PlanId>{adaptive}, one_thread());
    const Run plain = try_run(Model(fixed), std::vector<PlanId>{PlanId(1)}, one_thread());
    CAPTURE(number, ruled.error, plain.error);
    CHECK(ruled.error == plain.error);
    if (!ruled.result || !plain.result) continue;
    // Nobody may have come by the end of the first window, and then it says nothing.
    if (ruled.result->totals.front().front().switches.empty() ||
        ruled.result->totals.front().front().switches.front().time != parts.settings.window.value())
      continue;
    bool all = true;
    for (const Totals& totals : ruled.result->totals.front()) {
      all = all && totals.switches.size() == 1 && totals.switches.front().time == parts.settings.window.value();
    }
    if (!all) continue;
    ++compared;
    CHECK(differing(*ruled.result, *plain.result) == 0);
    const Run baseline = try_run(Model(fixed), std::vector<PlanId>{PlanId(0)}, one_thread());
    felt += differing(*ruled.result, *baseline.result) > 0;
    // The twin: a window later.
    fixed.improvements.front().change.start = parts.settings.window * 2.0;
    const Run later = try_run(Model(fixed), std::vector<PlanId>{PlanId(1)}, one_thread());
    twins += differing(*ruled.result, *later.result) > 0;
  }
  CHECK(compared > 30);
  CHECK(felt > 20);
  CHECK(twins > 20);
}

TEST_CASE("rules: hysteresis keeps a figure at its threshold from flickering", "[verify]") {
  // Satisfaction of customers who come every day: quality draws let it wander around a half.
  ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{1.0})})}, 300.0, 40);
  parts.settings.window = Days(3.0);
  parts.settings.replications = 6;
  parts.touchpoints.front().quality_sd = 0.3;
  Improvement help;
  help.change = change("help", 0, {Parameter::quality, Operation::add, 0.004}, 0.0);
  parts.improvements = {help};
  parts.behaviour.disconfirmation = 0.0;
  const double level = [&] {
    const RunResult plain = run_of(parts, PlanId(0));
    double sum = 0.0;
    for (const Array& metric : horizon_metrics(plain)) {
      if (metric.name != "satisfaction") continue;
      for (const double each : std::get<std::vector<double>>(metric.values)) sum += each / 6.0;
    }
    return sum;
  }();
  parts.rules = {rule_on(ImprovementId(0), "satisfaction", level)};
  const PlanId plan = plan_by_rules(parts);
  const auto switches = [&] {
    std::size_t count = 0;
    const RunResult result = run_of(parts, plan);
    for (const Totals& totals : result.totals.front()) count += totals.switches.size();
    return static_cast<double>(count) / 6.0;
  };
  const double flickering = switches();
  parts.rules.front().off_above = level + 0.05;
  const double calm = switches();
  CAPTURE(level, flickering, calm);
  CHECK(flickering > 15.0);
  CHECK(calm < flickering / 5.0);
  // Two windows in a row are calmer, too.
  parts.rules.front().off_above.reset();
  parts.rules.front().windows = 3;
  CHECK(switches() < 0.8 * flickering);
}

TEST_CASE("rules: a window with too few answers says nothing", "[verify]") {
  ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{2.0})})}, 60.0, 30);
  parts.settings.window = Days(5.0);
  Survey survey;
  survey.id = survey.name = "survey";
  survey.after = {TouchpointId(0)};
  survey.base = -1.0;
  parts.surveys = {survey};
  Improvement help;
  help.change = change("help", 0, {Parameter::quality, Operation::add, 0.1}, 0.0);
  parts.improvements = {help};
  Rule rule = rule_on(ImprovementId(0), "measured", 90.0);
  rule.survey = SurveyId(0);
  parts.rules = {rule};
  const PlanId plan = plan_by_rules(parts);
  CHECK(run_of(parts, plan).totals.front().front().switches.size() == 1);
  parts.rules.front().min_answers = 1000;
  CHECK(run_of(parts, plan).totals.front().front().switches.empty());
}

TEST_CASE("rules: a team sees its own touchpoints alone", "[verify]") {
  // Two teams, one good, one bad: each sees what visits to it are like, and everybody sees what customers think.
  ModelParts parts = journey(
      {place(Stage::purchase, {by_odds(1, 1.0, Fixed{1.5})}), place(Stage::retention, {by_odds(0, 1.0, Fixed{1.5})})}, 60.0,
      300);
  parts.settings.window = Days(6.0);
  parts.teams = {{"good", "Good"}, {"bad", "Bad"}};
  for (std::size_t v = 0; v < 2; ++v) {
    parts.touchpoints[v].team = TeamId(v);
    parts.touchpoints[v].quality_mean = v == 0 ? 0.9 : 0.2;
  }
  Improvement help;
  help.change = change("help", 0, {Parameter::cost, Operation::set, 1.0}, 0.0);  // changes no figure
  parts.improvements = {help};
  const auto in_force = [&](std::string metric, double below, std::size_t team, bool by_survey = false) {
    ModelParts with = parts;
    Survey survey;
    survey.id = survey.name = "survey";
    survey.asks = Question::csat;
    survey.after = {TouchpointId(0), TouchpointId(1)};
    survey.base = 100.0;
    if (by_survey) with.surveys = {survey};
    Rule rule = rule_on(ImprovementId(0), std::move(metric), below);
    rule.team = TeamId(team);
    if (by_survey) rule.survey = SurveyId(0);
    with.rules = {rule};
    return !run_of(with, plan_by_rules(with)).totals.front().front().switches.empty();
  };
  CHECK_FALSE(in_force("satisfaction", 0.5, 0));
  CHECK(in_force("satisfaction", 0.5, 1));
  CHECK_FALSE(in_force("csat", 3.0, 0, true));
  CHECK(in_force("csat", 3.0, 1, true));
  CHECK_FALSE(in_force("true", 3.0, 0, true));
  CHECK(in_force("true", 3.0, 1, true));
}

TEST_CASE("rules: a shock is answered, and where nothing happens nothing is paid", "[verify]") {
  // Subscribers who leave when the service is bad, a shock in the middle, and help that is dear.
  const auto worth = [](bool shock, bool adaptive) {
    Slopes slopes;
    slopes.satisfaction = -4.0;
    ModelParts parts = journey(
        {place(Stage::purchase, {by_odds(0, 60.0, Fixed{7.0}), by_odds(1, 1.0, Fixed{1.0}, slopes)}), finish(End::churned)},
        365.0, 2000);
    parts.settings.window = Days(7.0);
    parts.settings.replications = 8;
    parts.touchpoints.front().quality_mean = 0.75;
    parts.touchpoints.front().revenue = 6.0;
    if (shock) {
      Change outage = change("outage", 0, {Parameter::quality, Operation::add, -0.5}, 120.0, 240.0);
      parts.events = {outage};
    }
    Improvement help;
    help.change = change("help", 0, {Parameter::quality, Operation::add, 0.35}, 0.0);
    help.price = {0.0, 5000.0, 0.0};
    parts.improvements = {help};
    Rule rule = rule_on(ImprovementId(0), "satisfaction", 0.55);
    rule.touchpoint = TouchpointId(0);
    rule.off_above = 0.72;
    parts.rules = {rule};
    parts.plans.push_back({"static", "Static", {ImprovementId(0)}});
    const PlanId by_rule = plan_by_rules(parts);
    const RunResult result = run_of(parts, adaptive ? by_rule : PlanId(1));
    double npv = 0.0, investment = 0.0;
    for (const Array& metric : horizon_metrics(result)) {
      for (const double value : std::get<std::vector<double>>(metric.values)) {
        if (metric.name == "npv") npv += value / 8.0;
        if (metric.name == "investment") investment += value / 8.0;
      }
    }
    return std::pair(npv, investment);
  };
  const auto [calm_rule, calm_cost] = worth(false, true);
  const auto [calm_static, calm_static_cost] = worth(false, false);
  CHECK(calm_cost == 0.0);
  CHECK(calm_static_cost > 25'000.0);
  CHECK(calm_rule > calm_static);
  const auto [shock_rule, shock_cost] = worth(true, true);
  const auto [shock_static, shock_static_cost] = worth(true, false);
  CAPTURE(shock_rule, shock_cost, shock_static, shock_static_cost);
  CHECK(shock_cost > 0.0);
  CHECK(shock_cost < shock_static_cost);
  CHECK(shock_rule > shock_static);
}

TEST_CASE("closed loops: who is still there when help comes is led away", "[verify]") {
  // Everybody answers low at once; the next step comes after an exponential time of mean 10 days, help after 4.
  constexpr double within = 4.0, mean = 10.0;
  const auto reached = [&](double told, bool at_intervals) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{mean})}), finish(End::churned),
                                place(Stage::retention, {by_odds(1, 1.0, Fixed{1.0})})},
                               100.0, 20'000);
    parts.settings.window = Days(2.0);
    Survey survey;
    survey.id = survey.name = "survey";
    survey.base = 100.0;
    if (at_intervals) {
      survey.every = Days(1000.0);  // once at most
      parts.settings.horizon = Days(10.0);
    } else {
      survey.after = {TouchpointId(0)};
    }
    survey.closed_loop = ClosedLoop{10.0, TouchpointId(2), Days(within)};
    trait(parts.personas.front(), BuiltinTrait::satisfaction) = Fixed{0.1};
    parts.behaviour.memory = 0.0;
    parts.behaviour.recommend_sd = 0.0;
    parts.surveys = {survey};
    SurveySums all;
    const Samples samples = collect_samples(run_of(parts, PlanId(0)));
    for (const SurveySums& sample : samples.plans.front().surveys.front()) all += sample;
    const double share = std::exp(-told / mean);
    if (at_intervals) {
      // Of those asked on day t <= 10 only who was asked by day 6 is led away within the horizon.
      CHECK(all.all().recovered <= all.all().low);
      return judge(0.0, 1.0, 0.0, 10.0);
    }
    CHECK(all.all().low == Approx(20'000.0));
    return judge(survey_metric("reached").value(all), std::sqrt(share * (1.0 - share) / 20'000.0), share, 0.03);
  };
  CHECK(reached(within, false));
  CHECK_FALSE(reached(within * 1.15, false));
  CHECK(reached(within, true));
}

TEST_CASE("closed loops: none where no answer is low, and none from a line", "[verify]") {
  for (std::uint64_t number = 0; number < 30; ++number) {
    const ModelParts parts = asking(random_model(number, 70, Flavour::any));
    ModelParts with = parts;
    bool any = false;
    for (Survey& survey : with.surveys) {
      const std::size_t to = survey.after.empty() ? 0 : survey.after.front().index();
      if (with.touchpoints[to].end) continue;
      survey.closed_loop = ClosedLoop{0.0, TouchpointId(to), Days(1.0)};
      any = true;
    }
    if (!any) continue;
    const std::vector<PlanId> plans = all_plans(parts);
    const Run plain = try_run(Model(parts), plans, one_thread()), asked = try_run(Model(with), plans, one_thread());
    CHECK(plain.error == asked.error);
    if (plain.result && asked.result) CHECK(differing(*plain.result, *asked.result) == 0);
  }
}

TEST_CASE("closed loops: to a line come as many as the market has, whoever stands for them", "[verify]") {
  // Half of those who are asked answer low and are called; each call takes six minutes of the only server.
  struct Asked {
    double every, within;  // days; asked after visits where `every` is 0
  };
  const auto worked = [](std::uint64_t customers, double market, const Asked& asked, double sample) {
    Touchpoint line = place(Stage::retention, {by_odds(0, 1.0, Exponential{1.0})});
    line.pools = {PoolId(0)};
    line.handle_time = Exponential{0.1 / 24.0};
    Touchpoint home = place(Stage::purchase, {by_odds(2, 1.0, Exponential{20.0})});
    ModelParts parts = journey({home, line, place(Stage::retention, {by_odds(0, 1.0, Exponential{1.0})}),
                                place(Stage::retention, {by_odds(4, 1.0)}), finish(End::churned)},
                               100.0, customers);
    parts.settings.window = Days(5.0);
    parts.settings.market = market;
    parts.settings.replications = 10;
    Pool pool;
    pool.id = pool.name = "pool";
    pool.servers = {{0.0, 1.0}};
    parts.pools = {pool};
    Survey survey;
    survey.id = survey.name = "survey";
    survey.sample = sample;
    survey.fatigue = 0.5;
    survey.closed_loop = ClosedLoop{10.0, TouchpointId(1), Days(asked.within)};
    if (asked.every > 0.0) {
      survey.every = Days(asked.every);
    } else {
      survey.after = {TouchpointId(2)};
    }
    trait(parts.personas.front(), BuiltinTrait::satisfaction) = Fixed{0.1};
    parts.behaviour.memory = 0.0;
    parts.behaviour.recommend_sd = 0.0;
    parts.surveys = {survey};
    Sample share;
    const RunResult result = run_of(parts, PlanId(0));
    for (const Totals& totals : result.totals[0]) share.add(pool_utilisation(totals, 0, 100.0));
    return share;
  };
  // Of the last ones who are on the way to the line are asked again before they are there.
  for (const Asked& asked : {Asked{0.0, 0.5}, Asked{30.0, 0.5}, Asked{10.0, 15.0}}) {
    CAPTURE(asked.every, asked.within);
    const Sample whole = worked(4000, 4000.0, asked, 0.7), few = worked(1000, 4000.0, asked, 0.7);
    CHECK(whole.mean() > 0.1);
    const auto alike = [&](const Sample& sample) {
      const double error = std::hypot(sample.standard_error(), whole.standard_error()), right = whole.mean();
      return judge(sample.mean(), error, right, 0.2 * right, 0.02 * right);
    };
    CHECK(alike(few));
    CHECK_FALSE(alike(worked(1000, 4000.0, asked, 0.4)));
  }
}

TEST_CASE("closed loops: those for whom a customer stands answer by themselves", "[verify]") {
  // Everybody makes one visit, after which some are asked, answer low and are called. Calls vary between replications as
  // those of as many customers as the market has, not as those of the few who are simulated.
  const auto variation = [](std::uint64_t customers, double market) {
    Touchpoint line = place(Stage::retention, {by_odds(3, 1.0, Fixed{1.0})});
    line.pools = {PoolId(0)};
    line.handle_time = Fixed{0.1 / 24.0};
    ModelParts parts = journey({place(Stage::purchase, {by_odds(2, 1.0, Fixed{1.0})}), line,
                                place(Stage::retention, {by_odds(3, 1.0, Fixed{5.0})}), finish(End::churned)},
                               30.0, customers);
    parts.settings.market = market;
    parts.settings.replications = 30;
    Pool pool;
    pool.id = pool.name = "pool";
    pool.servers = {{0.0, 1.0}};
    parts.pools = {pool};
    Survey survey;
    survey.id = survey.name = "survey";
    survey.sample = 0.7;
    survey.after = {TouchpointId(2)};
    survey.closed_loop = ClosedLoop{10.0, TouchpointId(1), Days(0.5)};
    trait(parts.personas.front(), BuiltinTrait::satisfaction) = Fixed{0.1};
    parts.behaviour.memory = 0.0;
    parts.behaviour.recommend_sd = 0.0;
    parts.surveys = {survey};
    Sample share;
    const RunResult result = run_of(parts, PlanId(0));
    for (const Totals& totals : result.totals[0]) share.add(pool_utilisation(totals, 0, 30.0));
    REQUIRE(share.mean() > 0.0);
    return share.standard_error() * std::sqrt(static_cast<double>(share.count())) / share.mean();
  };
  // Of 2,000 with a chance of p each a share of sqrt((1 - p) / (2000 p)), 3 to 4 per cent; of 20 ten times as much.
  CHECK(variation(20, 2000.0) < 0.08);
  CHECK_FALSE(variation(20, 20.0) < 0.08);  // the twin: as few as are simulated
}

TEST_CASE("rules: any number of threads gives the same bits", "[verify]") {
  ModelParts parts = mortal(0.01, 0.2, 0.75);
  parts.settings.replications = 2;
  const Run one{run_of(parts, PlanId(1), 1), ""}, two{run_of(parts, PlanId(1), 2), ""},
      three{run_of(parts, PlanId(1), 3), ""};
  CHECK(difference(one, two) == "");
  CHECK(difference(one, three) == "");
}
