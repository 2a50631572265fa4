// Prices, levels of improvements, effects that fade, budgets of quarters, closed channels and rivals: each against its
// closed form, through the whole program, over windows, horizons and numbers of people.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "sojourn/decide/optimum.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/model/budget.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/outcomes/appraisal_spread.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

struct Setting {
  double window, horizon;
  std::uint64_t customers;
};
constexpr std::array settings{Setting{1.0, 60.0, 60'000}, Setting{30.0, 365.0, 80'000}, Setting{400.0, 400.0, 60'000}};

ModelParts with(ModelParts parts, const Setting& at) {
  parts.settings.window = Days(at.window);
  parts.settings.horizon = Days(at.horizon);
  parts.settings.customers = at.customers;
  parts.personas[0].arrives = Uniform{0.0, at.horizon - 5.0};
  return parts;
}

/// An offer that is taken at odds 2 e^(slope price), or left at odds 1; who buys stays.
ModelParts offer(double price, double slope, const Setting& at) {
  Slopes bends;
  bends.price = slope;
  ModelParts parts =
      journey({place(Stage::awareness, {by_odds(1, 2.0, Fixed{1.0}, bends), by_odds(2, 1.0)}),
               place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
              at.horizon, at.customers);
  parts.touchpoints[1].price = price;
  return with(std::move(parts), at);
}

Plan buys(std::string id, std::vector<std::size_t> improvements, std::vector<double> levels = {}) {
  Plan plan{std::move(id), "", {}, std::move(levels)};
  for (const std::size_t k : improvements) plan.improvements.emplace_back(k);
  return plan;
}

Improvement sold(Change change, Price price = {}) {
  Improvement improvement;
  improvement.change = std::move(change);
  improvement.price = price;
  return improvement;
}

/// The figures of one plan after a run.
struct Figures {
  double bought = 0.0, standard_error = 0.0, revenue = 0.0, investment = 0.0, arrived = 0.0;
};
Figures figures(const ModelParts& parts, std::size_t plan = 0) {
  const PlanId id(plan);
  const RunResult result = run(Model(parts), std::span(&id, 1));
  const Samples samples = collect_samples(result);
  Sums all;
  for (const Sums& sums : samples.plans[0].all) all += sums;
  const double share = all.bought / all.arrived;
  return {share, std::sqrt(share * (1.0 - share) / all.arrived), all.revenue, find_metric("investment")->value(all),
          all.arrived};
}
Verdict judge_share(const Figures& found, double expected, double detectable) {
  return judge(found.bought, found.standard_error, expected, detectable);
}

double logit(double odds, double exponent) { return odds * std::exp(exponent) / (odds * std::exp(exponent) + 1.0); }

double solved(const ModelParts& parts, const char* metric, std::size_t plan = 0) {
  return solve(Program(apply(Model(parts), PlanId(plan)))).pooled.at_horizon.metrics[metric_position(metric)].mean;
}

}  // namespace

TEST_CASE("price: the share of a logit with a slope on price, and its elasticity", "[verify]") {
  constexpr double slope = -0.05;
  for (const Setting& at : settings) {
    for (const double price : {8.0, 30.0}) {
      INFO("window " << at.window << ", price " << price);
      ModelParts parts = offer(price, slope, at);
      parts.improvements = {sold(change("dearer", 1, {Parameter::price, Operation::multiply, 1.5}, 0.0))};
      parts.plans.push_back(buys("dearer", {0}));
      const double before = logit(2.0, slope * price), after = logit(2.0, slope * 1.5 * price);
      const Figures now = figures(parts), then = figures(parts, 1);
      CHECK(judge_share(now, before, 0.02));
      CHECK(judge_share(then, after, 0.02));
      // What is earned is the price, whoever pays it.
      CHECK(now.revenue == Approx(price * now.bought * now.arrived).epsilon(1e-12));
      CHECK(then.revenue == Approx(1.5 * price * then.bought * then.arrived).epsilon(1e-12));
      // The elasticity between the two prices, in logarithms.
      const auto elasticity = [](double a, double b) { return std::log(b / a) / std::log(1.5); };
      const double error = std::hypot(now.standard_error / now.bought, then.standard_error / then.bought) / std::log(1.5);
      const double right = elasticity(before, after);
      const double detectable = 8.1 * error;
      CHECK(judge(elasticity(now.bought, then.bought), error, right, detectable));
      // In the limit it is slope price (1 - share); the solution is exact, so that a small step shows it.
      ModelParts near = parts;
      near.improvements[0].change.effects[0].value = 1.0001;
      const double exact = std::log(solved(near, "conversion", 1) / solved(near, "conversion")) / std::log(1.0001);
      CHECK(exact == Approx(slope * price * (1.0 - before)).epsilon(2e-3));

      // Twins: a slope that is a quarter off, one on the price of what the exit leaves, and dearer only for the till.
      CHECK_FALSE(judge_share(figures(offer(price, 1.25 * slope, at)), before, 0.02));
      ModelParts here = offer(price, slope, at);
      here.touchpoints[0].price = 1.4 * price;
      here.touchpoints[1].price.reset();
      CHECK_FALSE(judge_share(figures(here), before, 0.02));
      CHECK(judge_share(figures(here), logit(2.0, slope * 1.4 * price), 0.02));
      parts.improvements[0].change.effects[0].parameter = Parameter::revenue;
      parts.touchpoints[1].revenue = *std::exchange(parts.touchpoints[1].price, std::nullopt);
      CHECK_FALSE(judge_share(figures(parts, 1), after, 0.02));
    }
  }
}

TEST_CASE("price: only differences count in a choice, however high prices are", "[verify]") {
  // Two offers at 40,000 and 40,010 that differ by a tenth in odds e^(-1/10); exponents of -4,000 leave no range.
  Slopes bends;
  bends.price = -0.1;
  for (const Setting& at : settings) {
    ModelParts parts =
        journey({place(Stage::awareness, {by_odds(1, 1.0, Fixed{1.0}, bends), by_odds(2, 1.0, Fixed{1.0}, bends)}),
                 place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}),
                 place(Stage::consideration, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::churned)},
                at.horizon, at.customers);
    parts.touchpoints[1].price = 40'000.0;
    parts.touchpoints[2].price = 40'010.0;
    parts = with(std::move(parts), at);
    CHECK(judge_share(figures(parts), logit(1.0, 1.0), 0.02));
    CHECK_FALSE(judge_share(figures(parts), 0.5, 0.02));  // the twin: a range that is cut
  }
}

TEST_CASE("price: in a race the slope multiplies the hazard", "[verify]") {
  constexpr double slope = -0.02, price = 25.0;
  Slopes bends;
  bends.price = slope;
  for (const Setting& at : settings) {
    ModelParts parts =
        journey({place(Stage::awareness, {by_odds(1, 2.0, Exponential{0.5}, bends), by_odds(2, 1.0, Exponential{0.5})},
                       ExitRule::race),
                 place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                at.horizon, at.customers);
    parts.touchpoints[1].price = price;
    parts = with(std::move(parts), at);
    // All but e^-18 have decided by the horizon.
    CHECK(judge_share(figures(parts), logit(2.0, slope * price), 0.02));
    parts.touchpoints[0].next[0].slopes.price = 0.0;
    CHECK_FALSE(judge_share(figures(parts), logit(2.0, slope * price), 0.02));
  }
}

TEST_CASE("price: without a slope it is revenue, bit for bit", "[verify]") {
  ModelParts priced = shipped("coffee.toml");
  priced.settings.customers = 3000;
  priced.settings.replications = 1;
  ModelParts plain = priced;
  for (Touchpoint& touchpoint : priced.touchpoints) {
    if (touchpoint.revenue > 0.0) touchpoint.price = std::exchange(touchpoint.revenue, 0.0);
  }
  const auto lived = [](const ModelParts& parts) { return try_run(Model(parts), all_plans(parts), {}); };
  CHECK(difference(lived(priced), lived(plain)).empty());
  for (Touchpoint& touchpoint : priced.touchpoints) {
    if (touchpoint.price) *touchpoint.price *= 1.01;
  }
  CHECK_FALSE(difference(lived(priced), lived(plain)).empty());
}

TEST_CASE("levels: an improvement does what Hill's curve says and costs in proportion", "[verify]") {
  constexpr double half = 0.4, shape = 1.5;
  const auto hill = [](double x) { return std::pow(x, shape) / (std::pow(half, shape) + std::pow(x, shape)); };
  for (const Setting& at : settings) {
    ModelParts parts =
        with(journey({place(Stage::awareness, {by_share(1, 0.2), by_odds(2, 1.0)}),
                      place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                     at.horizon, at.customers),
             at);
    parts.improvements = {sold(change("ads", 0, {Parameter::probability, Operation::set, 0.6}, 0.0), {1000.0, 50.0, 0.0})};
    parts.improvements[0].response = Hill{half, shape};
    parts.plans.push_back(buys("whole", {0}));
    const std::array levels{0.1, 0.25, 0.5, 0.75};
    for (const double level : levels)
      parts.plans.push_back(buys("level-" + std::to_string(parts.plans.size()), {0}, {level}));
    const double whole = 1000.0 + 50.0 * at.horizon / days_per_month;
    CHECK(figures(parts, 1).investment == Approx(whole));
    CHECK(judge_share(figures(parts, 1), 0.6, 0.02));
    for (std::size_t k = 0; k < levels.size(); ++k) {
      INFO("window " << at.window << ", level " << levels[k]);
      const Figures found = figures(parts, 2 + k);
      const double right = 0.2 + 0.4 * hill(levels[k]) / hill(1.0);
      CHECK(judge_share(found, right, 0.02));
      CHECK(found.investment == Approx(levels[k] * whole));
      CHECK(solved(parts, "conversion", 2 + k) == Approx(right).epsilon(1e-6));
      // Twins: in proportion, and another shape; at 0.5 and 0.75 they lie within what is detected of it.
      ModelParts straight = parts;
      straight.improvements[0].response.reset();
      CHECK(solved(straight, "conversion", 2 + k) == Approx(0.2 + 0.4 * levels[k]).epsilon(1e-6));
      if (k < 2) CHECK_FALSE(judge_share(figures(straight, 2 + k), right, 0.02));
    }
  }
}

TEST_CASE("levels: the whole of an improvement is the improvement, bit for bit", "[verify]") {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 3000;
  parts.settings.replications = 1;
  ModelParts levelled = parts;
  for (Improvement& improvement : levelled.improvements) improvement.response = Hill{0.3, 2.0};
  for (Plan& plan : levelled.plans) plan.levels.assign(plan.improvements.size(), 1.0);
  const auto lived = [](const ModelParts& of) { return try_run(Model(of), all_plans(of), {}); };
  CHECK(difference(lived(levelled), lived(parts)).empty());
  for (Plan& plan : levelled.plans) plan.levels.assign(plan.improvements.size(), 0.999);
  CHECK_FALSE(difference(lived(levelled), lived(parts)).empty());
}

TEST_CASE("fade: the mean effect is the integral of its half-lives, whatever the windows", "[verify]") {
  // Visits at random times: the share that buys is 0.2 and 0.5 times the mean of what the effect has come to.
  const auto left = [](double half_life, double from, double to) {
    const double rate = std::numbers::ln2 / half_life;
    return (std::exp(-rate * from) - std::exp(-rate * to)) / rate;
  };
  for (const Setting& at : settings) {
    for (const double ramp : {0.0, 20.0}) {
      INFO("window " << at.window << ", ramp " << ramp);
      const double start = 7.25, half_life = 23.0, full = start + ramp;
      ModelParts parts =
          with(journey({place(Stage::awareness, {by_share(1, 0.2), by_odds(2, 1.0)}),
                        place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                       at.horizon, at.customers),
               at);
      // A fixed grid of a day is not the law of who comes; arrivals fill the horizon, so that the integral is all of it.
      parts.personas[0].arrives = Uniform{0.0, at.horizon};
      parts.events = {change("campaign", 0, {Parameter::probability, Operation::add, 0.5}, start)};
      if (ramp > 0.0) parts.events[0].ramp = {RampShape::linear, Days(ramp)};
      parts.events[0].fade = Days(half_life);
      // Of the compiled rows: exact, over all windows.
      const Program program{Model(parts)};
      const auto integral = [&](const Program& of) {
        double sum = 0.0;
        const std::vector<double>& begins = of.regime_begins();
        for (std::size_t r = 0; r < begins.size(); ++r) {
          const double end = r + 1 < begins.size() ? begins[r + 1] : at.horizon;
          const auto exits = of.exits(of.row(r, 0, 0));
          const auto sale = std::find_if(exits.begin(), exits.end(), [](const ExitRow& exit) { return exit.to == 1; });
          sum += (static_cast<double>(sale->probability) - 0.2) / 0.5 * (end - begins[r]);
        }
        return sum;
      };
      const double right = 0.5 * ramp + left(half_life, 0.0, at.horizon - full);
      CHECK(integral(program) == Approx(right).epsilon(1e-6));
      // Through the whole program: who decides within the last day arrives nowhere, so that the purchase is a day later.
      ModelParts bought = parts;
      for (Exit& exit : bought.touchpoints[0].next) exit.after = Fixed{0.0};
      CHECK(judge_share(figures(bought), 0.2 + 0.5 * right / at.horizon, 0.02));
      // Twins: a half-life a third longer, and one that fades from the start of the ramp on.
      ModelParts longer = parts;
      longer.events[0].fade = Days(1.34 * half_life);
      CHECK(integral(Program{Model(longer)}) != Approx(right).epsilon(1e-3));
      if (at.horizon < 100.0) {
        for (Exit& exit : longer.touchpoints[0].next) exit.after = Fixed{0.0};
        CHECK_FALSE(judge_share(figures(longer), 0.2 + 0.5 * right / at.horizon, 0.02));
      }
      if (ramp > 0.0) CHECK(right != Approx(left(half_life, 0.0, at.horizon - start)).epsilon(1e-3));
    }
  }
}

namespace {

/// Day 0 of an example: 15 November 2026, so that quarters end on days 47, 137, 228, 320.
constexpr const char* mid_november = "2026-11-15";

/// Six signs in a row at which one in five leaves; each can be mended at two levels, at different times.
ModelParts signs() {
  std::vector<Touchpoint> row;
  for (std::size_t k = 0; k < 4; ++k)
    row.push_back(place(Stage::awareness, {by_share(5, 0.2), by_odds(k + 1, 1.0, Fixed{0.0})}));
  row.push_back(place(Stage::purchase, {by_odds(6, 1.0, Fixed{1e5})}));
  row.push_back(finish(End::lost));
  row.push_back(finish(End::churned));
  row[4].revenue = 10.0;
  ModelParts parts = journey(row, 300.0, 3000);
  parts.settings.start = mid_november;
  parts.settings.window = Days(30.0);
  parts.settings.replications = 2;
  parts.personas[0].arrives = Uniform{200.0, 290.0};
  const double starts[] = {0.0, 47.0, 46.9, 150.0}, once[] = {900.0, 700.0, 500.0, 800.0};
  for (std::size_t k = 0; k < 4; ++k) {
    Improvement improvement =
        sold(change("sign-" + std::to_string(k), k, {Parameter::probability, Operation::multiply, 0.5}, starts[k]),
             {once[k], 60.0 * static_cast<double>(k), 0.0});
    improvement.levels = {0.5, 1.0};
    improvement.response = Hill{0.5, 1.0};
    parts.improvements.push_back(std::move(improvement));
  }
  return parts;
}

/// What a choice of levels spends in each quarter, worked out day by day from the calendar.
std::vector<double> spent_by_hand(const ModelParts& parts, const std::vector<double>& levels) {
  namespace chrono = std::chrono;
  const chrono::sys_days day_0 = chrono::year{2026} / 11 / 15;
  std::vector<double> spent(5, 0.0);
  const auto quarter_of = [&](double day) {
    const chrono::year_month_day date(day_0 + chrono::days(static_cast<int>(std::floor(day))));
    return static_cast<std::size_t>(4 * (static_cast<int>(date.year()) - 2026) +
                                    (static_cast<unsigned>(date.month()) - 1) / 3 - 3);
  };
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const Improvement& improvement = parts.improvements[k];
    const double start = improvement.change.start.value();
    spent[quarter_of(start)] += levels[k] * improvement.price.once;
    constexpr double step = 0.1;  // starts are whole steps
    for (double day = start; day < parts.settings.horizon.value() - 1e-6; day += step)
      spent[quarter_of(day + 0.5 * step)] += step * levels[k] * improvement.price.per_month / days_per_month;
  }
  return spent;
}

}  // namespace

TEST_CASE("budget: what a quarter allows is what the calendar says", "[verify]") {
  const ModelParts parts = signs();
  const std::vector<Quarter> all = quarters(parts.settings);
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "2026 Q4");
  CHECK(all[0].end == 47.0);
  CHECK(all[3].name == "2027 Q3");
  CHECK(all[3].end == 300.0);
  for (std::size_t k = 0; k < 4; ++k) {
    std::vector<double> levels(4, 0.0);
    levels[k] = 0.5;
    const std::vector<double> by_hand = spent_by_hand(parts, levels);
    const std::vector<double> found = spending_by_quarter(parts.improvements[k], 0.5, parts.settings, all);
    for (std::size_t q = 0; q < all.size(); ++q) CHECK(found[q] == Approx(by_hand[q]).epsilon(1e-6).margin(1e-9));
  }
  // The twin: sign 2 starts a tenth of a day before the new year, so that it is paid in the old one.
  CHECK(spending_by_quarter(parts.improvements[2], 1.0, parts.settings, all)[0] > 500.0);
  ModelParts later = parts;
  later.improvements[2].change.start = Days(47.0);
  CHECK(spending_by_quarter(later.improvements[2], 1.0, later.settings, all)[0] == 0.0);
}

TEST_CASE("budget: optimize finds the best choice within every quarter, as brute force does", "[verify]") {
  for (const double limit : {600.0, 850.0, 1300.0, 1e6}) {
    ModelParts parts = signs();
    parts.budget.per_quarter = limit;
    OptimizeOptions how;
    how.goal = {{metric_position("npv"), 1.0}};
    how.limits.total = std::numeric_limits<double>::infinity();
    how.all_in_full = 100;
    const Optimum optimum = optimize(Model(parts), how);
    // Every choice of levels, one by one, on the same luck.
    ModelParts one = parts;
    one.budget = {};
    std::vector<std::vector<double>> choices;
    std::size_t allowed = 0;
    double best = -1e300;
    std::vector<double> best_levels;
    for (std::size_t set = 0; set < 81; ++set) {
      std::vector<double> levels(4);
      for (std::size_t k = 0, rest = set; k < 4; ++k, rest /= 3) levels[k] = 0.5 * static_cast<double>(rest % 3);
      const std::vector<double> spent = spent_by_hand(parts, levels);
      if (*std::max_element(spent.begin(), spent.end()) > limit + 1e-6) continue;
      ++allowed;
      one.plans.resize(1);
      Plan plan = buys("set", {});
      for (std::size_t k = 0; k < 4; ++k) {
        if (levels[k] == 0.0) continue;
        plan.improvements.emplace_back(k);
        plan.levels.push_back(levels[k]);
      }
      const bool nothing = plan.improvements.empty();
      if (!nothing) one.plans.push_back(plan);
      const PlanId id(nothing ? 0 : 1);
      const Samples samples = collect_samples(run(Model(one), std::span(&id, 1)));
      Sums all;
      for (const Sums& sums : samples.plans[0].all) all += sums;
      const double value = find_metric("npv")->value(all);
      if (value > best) {
        best = value;
        best_levels = levels;
      }
    }
    INFO("limit " << limit);
    CHECK(optimum.possible == allowed);
    std::vector<double> found(4, 0.0);
    for (const Purchase& each : optimum.finalists.front().bought) found[each.improvement.index()] = each.level;
    CHECK(found == best_levels);
  }
  // The twin: without quarters all 81 are possible, and a limit of 600 rules most of them out.
  ModelParts parts = signs();
  OptimizeOptions how;
  how.goal = {{metric_position("npv"), 1.0}};
  how.limits.total = std::numeric_limits<double>::infinity();
  how.all_in_full = 100;
  CHECK(optimize(Model(parts), how).possible == 81);
}

TEST_CASE("budget: what improvements cost by the visit counts in its quarter too", "[verify]") {
  // 3,000 people pass the first sign between days 200 and 290: two thirds of them in the third quarter, 228 to 320.
  ModelParts parts = signs();
  parts.improvements.resize(1);
  parts.improvements[0].levels = {1.0};
  parts.improvements[0].price = {0.0, 0.0, 1.0};
  OptimizeOptions how;
  how.goal = {{metric_position("retained"), 1.0}};
  how.limits.total = std::numeric_limits<double>::infinity();
  const auto bought = [&](double limit) {
    parts.budget.per_quarter = limit;
    return optimize(Model(parts), how).finalists.front().bought.size();
  };
  CHECK(bought(2500.0) == 1);
  CHECK(bought(1700.0) == 0);
}

TEST_CASE("traffic: a channel that is closed has no visits, and who would have come goes elsewhere", "[verify]") {
  for (const Setting& at : settings) {
    for (const ExitRule rule : {ExitRule::choice, ExitRule::race}) {
      // Into the shop by a share of 0.3 and by odds of 1; to the web by odds of 2; away by odds of 1.
      const bool race = rule == ExitRule::race;
      std::vector<Exit> exits{by_odds(2, 2.0, Exponential{0.2}), by_odds(3, 1.0, Exponential{0.2}),
                              by_odds(1, 1.0, Exponential{0.2})};
      if (!race) exits.insert(exits.begin(), by_share(1, 0.3, Exponential{0.2}));
      ModelParts parts =
          journey({place(Stage::awareness, exits, rule), place(Stage::consideration, {by_odds(3, 1.0)}),
                   place(Stage::purchase, {by_odds(4, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                  at.horizon, at.customers);
      parts = with(std::move(parts), at);
      parts.channels = {{"shop", "", false, true}, {"web", "", true, true}};
      parts.touchpoints[1].channel = ChannelId(0);
      parts.touchpoints[2].channel = ChannelId(1);
      Change closed;
      closed.id = "closed";
      closed.target.channels = {ChannelId(0)};
      closed.effects = {{Parameter::traffic, Operation::set, 0.0}};
      parts.improvements = {sold(closed)};
      parts.plans.push_back(buys("closed", {0}));
      const double open = race ? 2.0 / 4.0 : 0.7 * 2.0 / 4.0;
      INFO("window " << at.window << (race ? ", race" : ", choice"));
      CHECK(judge_share(figures(parts), open, 0.02));
      CHECK(judge_share(figures(parts, 1), 2.0 / 3.0, 0.02));
      CHECK(solved(parts, "conversion", 1) == Approx(2.0 / 3.0).epsilon(1e-5));
      // Half open: odds and shares are halved.
      parts.improvements[0].change.effects = {{Parameter::traffic, Operation::multiply, 0.5}};
      const double half = race ? 2.0 / 3.5 : 0.85 * 2.0 / 3.5;
      CHECK(judge_share(figures(parts, 1), half, 0.02));
      CHECK_FALSE(judge_share(figures(parts, 1), 2.0 / 3.0, 0.02));
      // From the middle of the horizon on nobody comes any more, whoever is under way already.
      parts.improvements[0].change.effects = {{Parameter::traffic, Operation::set, 0.0}};
      parts.improvements[0].change.start = Days(0.5 * at.horizon);
      std::size_t late = 0, early = 0;
      ModelParts few = parts;
      few.settings.customers = 3000;
      few.plans.resize(1);
      few.events = {parts.improvements[0].change};
      few.improvements.clear();
      each_life(few, [&](const ToldLife& life) {
        for (std::size_t k = 1; k < life.visits.size(); ++k) {
          if (life.visits[k].touchpoint != 1) continue;
          (life.visits[k - 1].time < 0.5 * at.horizon ? early : late) += 1;
        }
      });
      CHECK(late == 0);
      CHECK(early > 100);
    }
  }
}

TEST_CASE("outside: exits bend on the most attractive of all rivals, over time", "[verify]") {
  constexpr double slope = 1.8;
  Slopes bends;
  bends.outside = slope;
  for (const Setting& at : settings) {
    ModelParts parts =
        journey({place(Stage::awareness, {by_odds(1, 2.0, Fixed{0.0}), by_odds(2, 1.0, Fixed{0.0}, bends)}),
                 place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                at.horizon, at.customers);
    parts = with(std::move(parts), at);
    parts.personas[0].arrives = Uniform{0.0, at.horizon};
    const auto bought = [](double attraction) { return 1.0 / (1.0 + 0.5 * std::exp(slope * (attraction - 0.5))); };
    const auto add = [&](double attraction) { parts.outside.push_back({"rival", "", {{0.0, attraction}}}); };
    INFO("window " << at.window);
    CHECK(judge_share(figures(parts), bought(0.5), 0.02));  // nothing is outside
    add(0.1);
    CHECK(judge_share(figures(parts), bought(0.1), 0.02));
    add(0.9);
    parts.outside.back().id = "other";
    CHECK(judge_share(figures(parts), bought(0.9), 0.02));
    CHECK_FALSE(judge_share(figures(parts), bought(0.5), 0.02));  // the twin: the mean of both
    // An event that names one of them.
    Change sale;
    sale.id = "sale";
    sale.target.outside = {OutsideId(1)};
    sale.effects = {{Parameter::attraction, Operation::set, 0.3}};
    parts.events = {sale};
    CHECK(judge_share(figures(parts), bought(0.3), 0.02));
    parts.events[0].target.outside = {OutsideId(0)};
    CHECK(judge_share(figures(parts), bought(0.9), 0.02));
    // A line over the horizon: in steps of one window, each with its mean.
    parts.events.clear();
    parts.outside = {{"rival", "", {{0.0, 0.1}, {at.horizon, 0.9}}}};
    double right = 0.0;
    const double count = std::ceil(at.horizon / at.window);
    for (double w = 0.0; w < count; ++w) {
      const double begin = w * at.window, end = std::fmin(at.horizon, begin + at.window);
      right += bought(0.1 + 0.8 * 0.5 * (begin + end) / at.horizon) * (end - begin) / at.horizon;
    }
    CHECK(judge_share(figures(parts), right, 0.02));
  }
}

TEST_CASE("outside: each rival has a slope of its own, at choices and in races, over time and by events", "[verify]") {
  const OutsideId cheap(0), fine(1);
  for (const ExitRule rule : {ExitRule::choice, ExitRule::race}) {
    for (const Setting& at : settings) {
      // Two ways to be lost, each with a rival; the second bends on both.
      const Distribution delay = rule == ExitRule::race ? Distribution(Exponential{0.5}) : Distribution(Fixed{0.0});
      ModelParts parts =
          journey({place(Stage::awareness, {by_odds(1, 2.0, delay), by_odds(2, 1.0, delay), by_odds(2, 1.0, delay)}, rule),
                   place(Stage::purchase, {by_odds(3, 1.0, Fixed{1e5})}), finish(End::lost), finish(End::churned)},
                  at.horizon, at.customers);
      parts = with(std::move(parts), at);
      parts.touchpoints[0].next[1].rivals = {{cheap, 2.4}};
      parts.touchpoints[0].next[2].rivals = {{cheap, -0.8}, {fine, 3.0}};
      parts.outside = {{"cheap", "", {{0.0, 0.9}}}, {"fine", "", {{0.0, 0.3}}}};
      const auto bought = [](double of_cheap, double of_fine) {
        return 2.0 / (2.0 + std::exp(2.4 * (of_cheap - 0.5)) + std::exp(-0.8 * (of_cheap - 0.5) + 3.0 * (of_fine - 0.5)));
      };
      INFO("window " << at.window);
      CHECK(judge_share(figures(parts), bought(0.9, 0.3), 0.02));
      CHECK_FALSE(judge_share(figures(parts), bought(0.9, 0.9), 0.02));  // the twin: the most attractive of both for each
      Change sale;
      sale.id = "sale";
      sale.target.outside = {fine};
      sale.effects = {{Parameter::attraction, Operation::set, 0.8}};
      parts.events = {sale};
      CHECK(judge_share(figures(parts), bought(0.9, 0.8), 0.02));
      if (rule == ExitRule::race) continue;
      // A line over the horizon: in steps of one window, each with its mean.
      parts.events.clear();
      parts.personas[0].arrives = Uniform{0.0, at.horizon};
      parts.outside[1].attraction = {{0.0, 0.1}, {at.horizon, 0.9}};
      double right = 0.0;
      const double count = std::ceil(at.horizon / at.window);
      for (double w = 0.0; w < count; ++w) {
        const double begin = w * at.window, end = std::fmin(at.horizon, begin + at.window);
        right += bought(0.9, 0.1 + 0.8 * 0.5 * (begin + end) / at.horizon) * (end - begin) / at.horizon;
      }
      CHECK(judge_share(figures(parts), right, 0.02));
    }
  }
}

TEST_CASE("outside: a slope on the only rival is a slope on the most attractive, bit for bit", "[verify]") {
  ModelParts parts = shipped("streaming.toml");
  parts.settings.customers = 2000;
  parts.settings.replications = 1;
  REQUIRE(parts.outside.size() == 1);
  ModelParts named = parts;
  bool any = false;
  for (Touchpoint& touchpoint : named.touchpoints) {
    for (Exit& exit : touchpoint.next) {
      if (exit.slopes.outside == 0.0) continue;
      exit.rivals = {{OutsideId(0), std::exchange(exit.slopes.outside, 0.0)}};
      any = true;
    }
  }
  REQUIRE(any);
  const auto lived = [](const ModelParts& of) { return try_run(Model(of), all_plans(of), {}); };
  CHECK(difference(lived(named), lived(parts)).empty());
  named.outside.push_back({"another", "", {{0.0, 1.0}}});  // that no exit bends on
  CHECK(difference(lived(named), lived(parts)).empty());
  parts.outside.push_back(named.outside.back());
  CHECK_FALSE(difference(lived(named), lived(parts)).empty());  // the twin: now the other is the most attractive
}

TEST_CASE("outside: a slope on what stands at one half moves nothing, bit for bit", "[verify]") {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 3000;
  parts.settings.replications = 1;
  ModelParts bent = parts;
  bent.outside = {{"rival", "", {{0.0, 0.5}}}};
  for (Touchpoint& touchpoint : bent.touchpoints) {
    for (Exit& exit : touchpoint.next) {
      if (exit.odds) exit.slopes.outside = 2.0;
    }
  }
  const auto lived = [](const ModelParts& of) { return try_run(Model(of), all_plans(of), {}); };
  CHECK(difference(lived(bent), lived(parts)).empty());
  bent.outside[0].attraction[0].second = 0.51;
  bent.touchpoints[0].next[0].slopes.outside = 1.0;
  CHECK_FALSE(difference(lived(bent), lived(parts)).empty());
}

TEST_CASE("time and markets: what asks for nothing changes no bit of telecom", "[verify]") {
  ModelParts parts = shipped("telecom.toml");
  parts.settings.customers = 3000;
  parts.settings.replications = 1;
  ModelParts idle = parts;
  idle.clocks.push_back({"contract", "", {TouchpointId(0)}});
  Counter visits;
  visits.id = "visits";
  for (std::size_t v = 0; v < idle.touchpoints.size(); ++v) visits.touchpoints.emplace_back(v);
  visits.half_life = Days(100.0);
  idle.counters = {visits};
  idle.outside = {{"rival", "", {{0.0, 0.5}}}, {"other", "", {{0.0, 0.5}}}};
  const TraitId one = add_trait(idle, "one", Fixed{1.0});
  for (Persona& persona : idle.personas) persona.ages = {{ClockId(1), Uniform{0.0, 300.0}}};
  for (Touchpoint& touchpoint : idle.touchpoints) {
    for (Exit& exit : touchpoint.next) {
      const bool has_odds = exit.on == Trigger::none && std::holds_alternative<std::monostate>(exit.probability);
      if (exit.on == Trigger::none) exit.only_if.counters = {{CounterId(0), Relation::at_least, 0.0}};
      if (!has_odds) continue;
      exit.times = one;
      exit.counters = {{CounterId(0), 0.0}};
      exit.rivals = {{OutsideId(0), 1.5}, {OutsideId(1), -0.5}};
    }
  }
  for (Improvement& improvement : idle.improvements) {
    improvement.levels = {0.5, 1.0};
    improvement.response = Hill{0.4, 1.5};
  }
  idle.budget.per_quarter = 1e12;
  const auto lived = [](const ModelParts& of) { return try_run(Model(of), all_plans(of), {}); };
  const auto before = lived(parts);
  CHECK(difference(lived(idle), before).empty());
  // The twins: a little of each moves something.
  const auto some = [&](const auto& change) {
    ModelParts moved = idle;
    for (Touchpoint& touchpoint : moved.touchpoints) {
      for (std::size_t e = 0; e < touchpoint.next.size(); e += 2) {
        if (touchpoint.next[e].times) change(touchpoint.next[e]);
      }
    }
    return difference(lived(moved), before);
  };
  CHECK_FALSE(some([](Exit& exit) { exit.counters[0].second = 0.2; }).empty());
  CHECK_FALSE(some([](Exit& exit) { exit.only_if.counters[0].value = 3.0; }).empty());
  idle.outside[1].attraction[0].second = 0.6;
  CHECK_FALSE(some([](Exit&) {}).empty());
}

TEST_CASE("drift: expectations rise between visits, in both engines", "[verify]") {
  // Visits every 10 days; nothing else moves expectation, so that visit k expects 0.4 + 10 k drift.
  constexpr double drift = 0.004;
  ModelParts parts = journey(
      {place(Stage::purchase, {by_odds(1, 1.0, Fixed{10.0})}), place(Stage::retention, {by_odds(1, 1.0, Fixed{10.0})})},
      95.0, 200);
  parts.behaviour.adapt = 0.0;
  parts.behaviour.promise_weight = 0.0;
  parts.behaviour.expectation_drift = drift;
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.quality_mean = 0.9;
  trait(parts.personas[0], BuiltinTrait::expectation) = Fixed{0.4};
  trait(parts.personas[0], BuiltinTrait::effort_aversion) = Fixed{0.0};
  each_life(parts, [&](const ToldLife& life) {
    REQUIRE(life.visits.size() == 10);
    for (std::size_t k = 0; k < life.visits.size(); ++k) {
      const double expected = 0.4 + 10.0 * drift * static_cast<double>(k);
      CHECK(life.after[k].expectation == Approx(expected).epsilon(1e-5));
      CHECK(life.visits[k].appraisal == Approx(std::min(1.0, 0.5 + 0.4 + 0.5 * (0.9 - expected))).epsilon(1e-5));
    }
  });
  // The engine that lives many at a time, over windows; all of them stand at the same expectation.
  for (const double window : {3.0, 30.0, 95.0}) {
    for (const double rate : {drift, 1.2 * drift}) {
      parts.settings.window = Days(window);
      parts.behaviour.expectation_drift = rate;
      const PlanId id(0);
      const Samples samples = collect_samples(run(Model(parts), std::span(&id, 1)));
      Sums all;
      for (const Sums& sums : samples.plans[0].all) all += sums;
      const bool right = find_metric("expectation")->value(all) == Approx(0.4 + 90.0 * drift).epsilon(1e-5);
      CHECK(right == (rate == drift));  // the twin: a fifth faster
    }
  }
}

TEST_CASE("channels: what flows alike at two places is shared by who stays there", "[verify]") {
  // Members pay 10 a month at home and at the club alike, and stay at the club for a third of the time.
  for (const Setting& at : settings) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0, Exponential{20.0})}),
                                place(Stage::retention, {by_odds(0, 1.0, Exponential{10.0})})},
                               at.horizon, 2000);
    parts.settings.window = Days(std::min(at.window, 30.0));
    parts.personas[0].arrives = Uniform{0.0, 10.0};
    parts.channels = {{"home", "", false, true}, {"club", "", false, true}};
    for (const std::size_t v : {0u, 1u}) {
      parts.touchpoints[v].revenue_per_month = 10.0;
      parts.touchpoints[v].channel = ChannelId(v);
    }
    std::array<double, 2> days{};
    each_life(parts, [&](const ToldLife& life) {
      for (std::size_t k = 0; k < life.visits.size(); ++k) {
        const double until = life.stays[k].exit >= 0 ? life.stays[k].until : at.horizon;
        days[life.visits[k].touchpoint] += until - life.visits[k].time;
      }
    });
    const PlanId id(0);
    const Samples samples = collect_samples(run(Model(parts), std::span(&id, 1)));
    std::array<double, 2> revenue{};
    for (const std::size_t c : {0u, 1u}) {
      for (const TouchSums& sums : channel_sums(samples, samples.plans[0], ChannelId(c))) revenue[c] += sums.revenue;
    }
    INFO("window " << parts.settings.window.value());
    CHECK(revenue[0] + revenue[1] == Approx(10.0 / days_per_month * (days[0] + days[1])).epsilon(1e-9));
    CHECK(revenue[0] == Approx(10.0 / days_per_month * days[0]).epsilon(0.02));
    CHECK_FALSE(revenue[0] == Approx(0.5 * (revenue[0] + revenue[1])).epsilon(0.02));  // the twin: shared evenly
  }
}

TEST_CASE("spread: appraisals are taken apart into what differs within and between customers", "[verify]") {
  // The appraisal is the quality, of standard deviation 0.1, less half of an aversion that is uniform up to 0.4.
  for (const Setting& at : settings) {
    for (const double between : {0.0, 0.4}) {
      ModelParts parts =
          journey({place(Stage::purchase, {by_odds(0, 1.0, Exponential{at.horizon / 25.0})})}, at.horizon, 2000);
      parts.settings.window = Days(at.window);
      parts.behaviour.disconfirmation = 0.0;
      parts.touchpoints[0].quality_mean = 0.6;
      parts.touchpoints[0].effort = 0.5;
      trait(parts.personas[0], BuiltinTrait::effort_aversion) = Uniform{0.0, between};
      const auto of = [&](double sd) {
        parts.touchpoints[0].quality_sd = sd;
        return appraisal_spread(Program{Model(parts)});
      };
      const AppraisalSpread found = of(0.1);
      INFO("window " << at.window << ", between " << between);
      CHECK(found.customers == 2000);
      CHECK(found.visits == Approx(2000.0 * 26.0).epsilon(0.01));
      // Some 50,000 visits: the standard error of a standard deviation is 0.1 / sqrt(2 x 48,000).
      const double error = 0.1 / std::sqrt(2.0 * 48'000.0);
      CHECK(judge(found.within, error, 0.1, 0.005));
      CHECK(found.within_high - found.within_low == Approx(2.0 * 1.96 * error).epsilon(0.1));
      const double variance = between * between / 48.0;
      const double of_variance = (0.01 / 26.0 + variance) * std::sqrt(2.0 / 1999.0);
      CHECK(judge(found.between * found.between, of_variance, variance, 8.1 * of_variance));
      CHECK_FALSE(judge(of(0.107).within, error, 0.1, 0.005));  // the twin
    }
  }
}

TEST_CASE("every: an improvement that recurs pays, comes in and fades anew each time", "[verify]") {
  // Four campaigns of 20 days each 50 days, of 100 once and 30 a month; the effect halves every 7 days.
  for (const double window : {1.0, 10.0, 200.0}) {
    ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0)}), finish(End::churned)}, 200.0, 100);
    parts.settings.window = Days(window);
    parts.touchpoints[0].quality_mean = 0.4;
    parts.improvements = {sold(change("campaign", 0, {Parameter::quality, Operation::add, 0.5}, 10.0), {100.0, 30.0, 0.0})};
    Change& campaign = parts.improvements[0].change;
    campaign.recurrence.every = TimeStep{50.0, 0};
    campaign.recurrence.duration = TimeStep{20.0, 0};
    campaign.fade = Days(7.0);
    parts.plans.push_back(buys("half", {0}, {0.5}));
    CHECK(figures(parts, 1).investment == Approx(0.5 * 4.0 * (100.0 + 20.0 * 30.0 / days_per_month)));
    const Program program(apply(Model(parts), PlanId(1)));
    const std::vector<double>& begins = program.regime_begins();
    double sum = 0.0;
    for (std::size_t r = 0; r < begins.size(); ++r) {
      const double end = r + 1 < begins.size() ? begins[r + 1] : 200.0;
      sum += (static_cast<double>(program.row(r, 0, 0).quality) - 0.4) * (end - begins[r]);
    }
    const double once = 7.0 / std::numbers::ln2 * (1.0 - std::exp2(-20.0 / 7.0));
    CHECK(sum == Approx(0.5 * 0.5 * 4.0 * once).epsilon(1e-5));
    CHECK(sum != Approx(0.5 * 0.5 * once).epsilon(1e-2));  // the twin: one campaign
  }
}

TEST_CASE("hours: what is on by the hour is paid once, and by the month for the hours that it is on", "[verify]") {
  for (const double window : {1.0, 7.0, 100.0}) {
    for (const double horizon : {140.0, 350.0}) {
      // Half of every day, at first on day 0 from noon on.
      ModelParts parts = journey({place(Stage::purchase, {by_odds(1, 1.0)}), finish(End::churned)}, horizon, 100);
      parts.settings.window = Days(window);
      parts.improvements = {
          sold(change("late-desk", 0, {Parameter::quality, Operation::add, 0.1}, 0.0), {500.0, 60.0, 0.0})};
      Recurrence& recurrence = parts.improvements[0].change.recurrence;
      for (int day = 0; day < 7; ++day) {
        recurrence.hours.emplace_back(day, 0.0);
        recurrence.hours.emplace_back(day + 0.5, 1.0);
      }
      parts.plans.push_back(buys("late", {0}));
      const double by_month = 0.5 * horizon * 60.0 / days_per_month;
      CAPTURE(window, horizon);
      CHECK(figures(parts, 1).investment == Approx(500.0 + by_month));
      CHECK(figures(parts, 1).investment != Approx(500.0 * horizon + by_month).epsilon(0.5));  // the twin: each shift anew
      // Without a gap it comes again all the same.
      Change again = parts.improvements[0].change;
      again.recurrence = {};
      again.recurrence.every = again.recurrence.duration = TimeStep{70.0, 0};
      ModelParts touching = parts;
      touching.improvements[0].change = again;
      touching.improvements[0].price.per_month = 0.0;
      CHECK(figures(touching, 1).investment == Approx(500.0 * (std::floor(horizon / 70.0) + 1.0)));
      // With a step of seventy days it begins anew, and is paid anew.
      recurrence.every = TimeStep{70.0, 0};
      recurrence.duration = TimeStep{69.0, 0};
      CHECK(figures(parts, 1).investment == Approx(500.0 * horizon / 70.0 + by_month * 69.0 / 70.0).epsilon(1e-6));
    }
  }
}
