// A probability bound to a trait: everybody leaves at a rate of their own. With a beta trait survival is
// shifted-beta-geometric, S(k) = prod (b + i - 1) / (a + b + i - 1) (Fader & Hardie 2007), and the shipped scenario must
// give the published figures.
#include <cmath>
#include <span>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

// Survivors after 1 .. years renewals.
std::vector<double> shifted_beta_geometric(double a, double b, std::size_t years) {
  std::vector<double> survivors;
  double s = 1.0;
  for (std::size_t i = 1; i <= years; ++i) {
    const auto k = static_cast<double>(i);
    s *= (b + k - 1.0) / (a + b + k - 1.0);
    survivors.push_back(s);
  }
  return survivors;
}

std::vector<double> published_curve(const ModelParts& parts, double& people) {
  const Model model(parts);
  const PlanId baseline(0);
  const RunResult result = run(model, std::span(&baseline, 1));
  std::vector<double> survivors(result.shapes[0].windows, 0.0);
  people = 0.0;
  for (const Totals& totals : result.totals[0]) {
    people += static_cast<double>(totals.stock(0, 0, TimeScore::bought));
    for (std::size_t w = 0; w < survivors.size(); ++w) {
      survivors[w] += static_cast<double>(totals.stock(0, w, TimeScore::customers));
    }
  }
  for (double& s : survivors) s /= people;
  return survivors;
}

}  // namespace

TEST_CASE("renewal: a beta trait gives the shifted-beta-geometric curve", "[verify]") {
  const auto survivors = [](double a) {
    ModelParts parts =
        journey({place(Stage::purchase, {}), place(Stage::retention, {}), finish(End::churned)}, 12.0, 100'000);
    const TraitId churn = add_trait(parts, "churn", Beta{a, 3.8});
    parts.touchpoints[0].next = {by_share(2, churn), by_odds(1, 1.0)};
    parts.touchpoints[1].next = {by_share(2, churn), by_odds(1, 1.0)};
    std::vector<Sample> samples(12);
    each_life(parts, [&](const ToldLife& life) {
      for (std::size_t k = 1; k <= 12; ++k) {
        samples[k - 1].add(life.visits.back().touchpoint != 2 || life.visits.back().time > static_cast<double>(k));
      }
    });
    return samples;
  };
  const std::vector<double> expected = shifted_beta_geometric(0.668, 3.8, 12);  // "High End" customers of the same paper
  const std::vector<Sample> right = survivors(0.668), twin = survivors(0.76);
  for (std::size_t k = 0; k < 12; ++k) {
    INFO("renewal " << k + 1);
    CHECK(judge(right[k], expected[k], 0.015));
    CHECK_FALSE(judge(twin[k], expected[k], 0.015));
  }
  // Twin: everybody leaves at the mean rate, so that survival is geometric.
  CHECK_FALSE(judge(right[11], std::pow(3.8 / 4.468, 12.0), 0.015));
}

TEST_CASE("renewal: retention-regular.toml reproduces the published curve", "[verify]") {
  const std::vector<double> published{0.627, 0.474, 0.388, 0.332, 0.292, 0.262, 0.239, 0.220, 0.204, 0.191, 0.180, 0.170};
  const std::vector<double> exact = shifted_beta_geometric(0.7041, 1.1820, 12);
  ModelParts parts = shipped("published/retention-regular.toml");
  double people = 0.0;
  const std::vector<double> right = published_curve(parts, people);
  REQUIRE(right.size() == 12);
  REQUIRE(people == 1e6);
  const auto judged = [&](double s, double expected, double slack, double detectable = 0.005) {
    return judge(s, std::sqrt(s * (1.0 - s) / people), expected, detectable, slack);
  };
  for (std::size_t k = 0; k < 12; ++k) {
    INFO("year " << k + 1);
    CHECK(judged(right[k], published[k], 0.0005));
    CHECK(judged(right[k], exact[k], 0.0));
  }

  parts.settings.replications = 2;
  parts.personas[0].traits.back() = Beta{0.76, 1.1820};
  const std::vector<double> mutated = shifted_beta_geometric(0.76, 1.1820, 12);
  const std::vector<double> twin = published_curve(parts, people);
  for (std::size_t k = 0; k < 12; ++k) {
    INFO("year " << k + 1);
    REQUIRE(published[k] - mutated[k] >= 0.0105);
    CHECK_FALSE(judged(twin[k], published[k], 0.0005, 0.0105));
  }
}

TEST_CASE("renewal: a change of the probability acts on everybody's own rate", "[verify]") {
  // Half of the risk is taken away: a raise or cut acts on each person's own probability.
  const auto survivors = [](double factor) {
    ModelParts parts =
        journey({place(Stage::purchase, {}), finish(End::churned), place(Stage::retention, {})}, 5.0, 100'000);
    const TraitId churn = add_trait(parts, "churn", Uniform{0.0, 0.6});
    parts.touchpoints[0].next = {by_share(1, churn), by_odds(2, 1.0)};
    parts.touchpoints[2].next = {by_share(1, churn), by_odds(2, 1.0)};
    Change milder;
    milder.id = "milder";
    milder.effects = {{Parameter::probability, Operation::multiply, factor}};
    parts.events = {milder};
    Sample third;
    each_life(parts,
              [&](const ToldLife& life) { third.add(life.visits.back().touchpoint != 1 || life.visits.back().time > 3.0); });
    return third;
  };
  const double expected = (1.0 - std::pow(0.7, 4.0)) / (4.0 * 0.3);  // E (1 - u)^3 for u uniform on (0, 0.3)
  CHECK(judge(survivors(0.5), expected, 0.015));
  CHECK_FALSE(judge(survivors(0.55), expected, 0.015));
}
