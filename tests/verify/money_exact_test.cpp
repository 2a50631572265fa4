// Money is exact at every size: small amounts beside large ones, what no plan buys, and random models against a recount of
// every life in long doubles. The twins round amounts to one scale for all, as earlier versions did.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sojourn/engine/money_totals.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/properties.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// Amounts of one kind of money, counted one by one as they come, and how large they are in all.
struct Recounted {
  long double sum = 0.0L, size = 0.0L;

  void add(long double amount) {
    sum += amount;
    size += std::fabs(amount);
  }
  [[nodiscard]] bool agrees(double with) const { return std::fabs(with - sum) <= 1e-9L * size; }
};

struct RecountedMoney {
  Recounted revenue, cost, price;

  [[nodiscard]] bool agrees(const Money& with) const {
    return revenue.agrees(with.revenue) && cost.agrees(with.cost) && price.agrees(with.price);
  }
};

using Rounding = double (*)(double amount);
double exactly(double amount) { return amount; }

/// Recounts the money of every life, undiscounted and at time 0, by persona. Nothing is shared with the engine but the
/// lives, the amounts in force, and the regimes' beginnings.
struct Recount {
  std::vector<RecountedMoney> total, worth;

  Recount(const Program& program, std::uint32_t replications, Rounding rounded = exactly)
      : total(program.model().parts().personas.size()), worth(total.size()) {
    const long double rho = std::log1p(static_cast<long double>(program.model().parts().settings.discount)) / 365.25L;
    const std::vector<double>& begins = program.regime_begins();
    const auto regime_at = [&](double t) {
      std::size_t r = 0;
      while (r + 1 < begins.size() && t >= begins[r + 1]) ++r;
      return r;
    };
    for (std::uint32_t replication = 0; replication < replications; ++replication) {
      each_life(
          program,
          [&](const ToldLife& life) {
            const std::uint32_t p = life.person.persona;
            for (std::size_t k = 0; k < life.visits.size(); ++k) {
              const double t = life.visits[k].time;
              const std::uint32_t v = life.visits[k].touchpoint;
              const VisitRow& row = program.row(regime_at(t), p, v);
              const Amounts& drawn = life.visits[k].amounts;
              book(p, rounded(row.revenue), rounded(row.cost), rounded(row.price), 1.0L, std::exp(-rho * t));
              book(p, rounded(row.revenue_times * drawn.revenue), rounded(row.cost_times * drawn.cost), 0.0, 1.0L,
                   std::exp(-rho * t));
              const double until = life.stays[k].until;
              for (std::size_t r = regime_at(t); r < begins.size() && begins[r] < until; ++r) {
                const long double from = std::max(t, begins[r]);
                const long double to = r + 1 < begins.size() ? std::min(until, begins[r + 1]) : until;
                // Of short stays the closed form would lose digits even here.
                const long double x = rho * (to - from);
                const long double mean = std::fabs(x) < 1e-5L ? 1.0L - x / 2.0L + x * x / 6.0L : -std::expm1(-x) / x;
                const Flow& flow = program.flow(r, p, v);
                book(p, flow.revenue, flow.cost, 0.0, to - from, (to - from) * mean * std::exp(-rho * from));
              }
            }
          },
          replication);
    }
  }

 private:
  void book(std::uint32_t p, double revenue, double cost, double price, long double times, long double discounted) {
    const auto add = [&](RecountedMoney& money, long double by) {
      money.revenue.add(by * revenue);
      money.cost.add(by * cost);
      money.price.add(by * price);
    };
    add(total[p], times);
    add(worth[p], discounted);
  }
};

Totals whole(const RunResult& result, std::size_t plan) {
  Totals sum(result.shapes[plan]);
  for (const Totals& totals : result.totals[plan]) sum.add(totals);
  return sum;
}

/// How the engine's money differs from the recount, under every plan; nothing where it does not.
std::string disagreement(const ModelParts& parts, Rounding rounded = exactly) {
  const std::vector<PlanId> plans = all_plans(parts);
  const Run done = try_run(Model(parts), plans, {});
  if (!done.result) return {};  // a life without end
  for (std::size_t k = 0; k < plans.size(); ++k) {
    const Program& program = done.result->programs[k];
    const Totals totals = whole(*done.result, k);
    const Recount recount(program, parts.settings.replications, rounded);
    for (std::size_t p = 0; p < parts.personas.size(); ++p) {
      const PersonaMoney money = money_of(program, totals, p);
      if (!recount.total[p].agrees(money.total.value())) return fmt::format("plan {}, persona {}: undiscounted", k, p);
      if (!recount.worth[p].agrees(money.worth.value())) return fmt::format("plan {}, persona {}: discounted", k, p);
      Money windows;
      for (const MoneySum& window : money.windows) {
        windows.revenue += window.revenue.value();
        windows.cost += window.cost.value();
        windows.price += window.price.value();
      }
      if (!recount.total[p].agrees(windows)) return fmt::format("plan {}, persona {}: over windows", k, p);
    }
  }
  return {};
}

/// A model's amounts, from thousandths to billions of what they were, at most the 1e12 that a model may hold.
ModelParts of_all_sizes(ModelParts parts) {
  constexpr double sizes[] = {1e-3, 1.0, 1e9, 1e-2, 1e5};
  std::size_t k = parts.settings.seed % 5;
  for (Touchpoint& touchpoint : parts.touchpoints) {
    const double size = sizes[k++ % 5];
    for (double* amount : {&touchpoint.revenue, &touchpoint.cost, &touchpoint.revenue_per_month, &touchpoint.cost_per_month})
      *amount = std::clamp(*amount * size, -1e12, 1e12);
  }
  return parts;
}

/// 51 letters to each of 2,000 people on ten days, and a deal that nobody makes.
ModelParts letters(double cost_of_deal, double discount) {
  ModelParts parts = journey({place(Stage::awareness, {by_share(1, 0.0, Fixed{1.0}), by_odds(0, 1.0, Fixed{0.2})}),
                              place(Stage::purchase, {by_odds(2, 1.0, Fixed{100.0})}), finish(End::churned)},
                             10.0, 2000);
  parts.settings.window = Days(1.0);
  parts.settings.discount = discount;
  parts.touchpoints[0].cost = 0.01;
  parts.touchpoints[1].cost = cost_of_deal;
  return parts;
}

Money all_money(const ModelParts& parts, PlanId plan = PlanId(0)) {
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  Money sum;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    const PersonaMoney money = money_of(result.programs[0], whole(result, 0), p);
    sum.revenue += money.total.revenue.value() + money.worth.revenue.value();
    sum.cost += money.total.cost.value() + money.worth.cost.value();
  }
  return sum;
}

}  // namespace

TEST_CASE("exact money: a cent is a cent beside any amount that nobody pays", "[verify]") {
  for (const double discount : {0.0, 0.08}) {
    INFO("discount " << discount);
    const Money alone = all_money(letters(0.0, discount));
    if (discount == 0.0) CHECK(alone.cost == Approx(2.0 * 2000.0 * 51.0 * 0.01).epsilon(1e-12));
    for (const double deal : {2e6, 2e7, 1e12}) {
      INFO("deal " << deal);
      CHECK(all_money(letters(deal, discount)).cost == alone.cost);
    }
  }
  // The twin: a cent in units of a scale that holds two million is 2.3 % less.
  const double scale = fixed_point_scale(2e6);
  CHECK(static_cast<double>(fixed(0.01, scale)) / scale != Approx(0.01).epsilon(1e-3));
}

TEST_CASE("exact money: what no plan buys changes nothing", "[verify]") {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 2000;
  parts.settings.replications = 1;
  const Money before = all_money(parts);
  REQUIRE(before.revenue > 0.0);
  Improvement unused;
  unused.change.id = "unused";
  unused.change.effects = {{Parameter::revenue, Operation::add, 1e10}};
  parts.improvements.push_back(unused);
  const Money after = all_money(parts);
  CHECK(after.revenue == before.revenue);
  CHECK(after.cost == before.cost);
  // The twin: the plan that buys it.
  Plan buyer = parts.plans[0];
  buyer.id = "buyer";
  buyer.improvements.push_back(ImprovementId(parts.improvements.size() - 1));
  parts.plans.push_back(buyer);
  CHECK(all_money(parts).revenue == before.revenue);
  CHECK(all_money(parts, PlanId(parts.plans.size() - 1)).revenue > 1e6 * before.revenue);
}

TEST_CASE("exact money: a day's call at a monthly rate in a window of a year", "[verify]") {
  // Five minutes at a time, a thousandth of a month's money: moves within a window nearly cancel.
  const auto parts = [](double minutes) {
    ModelParts made = journey({place(Stage::awareness, {by_odds(1, 1.0, Fixed{7.3})}),
                               place(Stage::purchase, {by_odds(0, 1.0, Fixed{minutes / 1440.0})})},
                              365.0, 500);
    made.settings.discount = 0.2;
    made.touchpoints[1].cost_per_month = 1e-3;
    return made;
  };
  CHECK(disagreement(parts(5.0)) == "");
  CHECK(all_money(parts(5.0)).cost != Approx(all_money(parts(5.0 + 1e-7)).cost).epsilon(1e-10));
}

TEST_CASE("exact money: random models agree with a recount of every life", "[verify]") {
  CHECK(falsify(Flavour::any, 300, [](const ModelParts& parts) { return disagreement(parts); }) == "");
  CHECK(falsify(Flavour::any, 300, [](const ModelParts& parts) { return disagreement(of_all_sizes(parts)); }) == "");
  CHECK(falsify(Flavour::any, 300, [](const ModelParts& parts) { return disagreement(spending(parts)); }) == "");
}

TEST_CASE("exact money: the recount notices amounts that are rounded to one scale for all", "[verify]") {
  const Rounding once = [](double amount) {
    const double scale = fixed_point_scale(1e12);
    return static_cast<double>(fixed(amount, scale)) / scale;
  };
  const std::string found =
      falsify(Flavour::any, 100, [&](const ModelParts& parts) { return disagreement(of_all_sizes(parts), once); });
  CHECK(found.find("Falsifiable") != std::string::npos);
  const Rounding barely = [](double amount) { return amount * (1.0 + 1e-8); };
  const std::string close = falsify(Flavour::any, 100, [&](const ModelParts& parts) { return disagreement(parts, barely); });
  CHECK(close.find("Falsifiable") != std::string::npos);
  const std::string drawn =
      falsify(Flavour::any, 100, [&](const ModelParts& parts) { return disagreement(spending(parts), barely); });
  CHECK(drawn.find("Falsifiable") != std::string::npos);
}
