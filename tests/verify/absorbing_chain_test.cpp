// Without slopes a journey is an absorbing Markov chain: expected visits and shares of ends follow from its fundamental
// matrix N = (I - Q)^-1 (Kemeny & Snell 1960).
#include <array>
#include <cmath>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/linear.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::size_t ad = 0, shop = 1, buy = 2, use = 3, support = 4, lost = 5, churned = 6, moved = 7;
constexpr std::size_t transient = 5, ends = 3;

// `leave` is the probability of the exit use -> churned, the parameter that the twin gets wrong.
ModelParts chain(double leave) {
  return journey(
      {place(Stage::awareness, {by_odds(shop, 3.0), by_odds(lost, 1.0)}),
       place(Stage::selection, {by_share(buy, 0.2), by_odds(ad, 1.0), by_odds(shop, 2.0), by_odds(lost, 1.0)}),
       place(Stage::purchase, {by_odds(use, 7.0)}),
       place(Stage::retention, {by_odds(use, 5.0), by_share(churned, leave), by_odds(support, 3.0), by_share(moved, 0.1)}),
       place(Stage::retention, {by_odds(use, 4.0), by_odds(churned, 2.0), by_odds(use, 3.0), by_odds(moved, 1.0)}),
       finish(End::lost), finish(End::churned), finish(End::churned)},
      400.0, 200'000);
}

// The same by hand: a probability takes its share first, the odds split the rest.
Matrix transitions(double leave) {
  const double rest = 1.0 - leave - 0.1;
  Matrix p(transient, std::vector<double>(transient + ends, 0.0));
  p[ad][shop] = 0.75;
  p[ad][lost] = 0.25;
  p[shop][buy] = 0.2;
  p[shop][ad] = 0.2;
  p[shop][shop] = 0.4;
  p[shop][lost] = 0.2;
  p[buy][use] = 1.0;
  p[use][use] = rest * 5.0 / 8.0;
  p[use][support] = rest * 3.0 / 8.0;
  p[use][churned] = leave;
  p[use][moved] = 0.1;
  p[support][use] = 0.7;
  p[support][churned] = 0.2;
  p[support][moved] = 0.1;
  return p;
}

// Expected visits per life to each touchpoint, ends included (there, the share of lives that end so).
std::vector<double> expected_visits(const Matrix& p) {
  Matrix a(transient, std::vector<double>(transient));
  std::vector<double> start(transient, 0.0);
  start[ad] = 1.0;
  for (std::size_t i = 0; i < transient; ++i) {
    for (std::size_t j = 0; j < transient; ++j) a[i][j] = (i == j ? 1.0 : 0.0) - p[j][i];
  }
  std::vector<double> visits = solve(a, start);
  for (std::size_t end = transient; end < transient + ends; ++end) {
    double share = 0.0;
    for (std::size_t i = 0; i < transient; ++i) share += visits[i] * p[i][end];
    visits.push_back(share);
  }
  return visits;
}

std::vector<Sample> simulated_visits(const ModelParts& parts) {
  std::vector<Sample> samples(transient + ends);
  each_life(parts, [&](const ToldLife& life) {
    std::array<int, transient + ends> visits{};
    for (const Visit& visit : life.visits) ++visits[visit.touchpoint];
    for (std::size_t v = 0; v < samples.size(); ++v) samples[v].add(visits[v]);
  });
  return samples;
}

double detectable(std::size_t v) { return v < transient ? 0.06 : 0.01; }

}  // namespace

TEST_CASE("absorbing chain: expected visits and shares of three ends", "[verify]") {
  const std::vector<double> expected = expected_visits(transitions(0.05));
  REQUIRE(expected[lost] + expected[churned] + expected[moved] == Approx(1.0).epsilon(1e-12));
  const std::vector<Sample> right = simulated_visits(chain(0.05));
  for (std::size_t v = 0; v < expected.size(); ++v) {
    INFO("touchpoint " << v);
    CHECK(judge(right[v], expected[v], detectable(v)));
  }

  const std::vector<Sample> twin = simulated_visits(chain(0.07));
  for (const std::size_t v : {use, churned}) {
    REQUIRE(std::fabs(expected_visits(transitions(0.07))[v] - expected[v]) >= detectable(v));
    CHECK_FALSE(judge(twin[v], expected[v], detectable(v)));
  }
}

TEST_CASE("absorbing chain: without odds the rest stays until the horizon", "[verify]") {
  const auto stayers = [](double leave) {
    Sample stayed;
    each_life(journey({place(Stage::purchase, {by_share(1, leave), by_share(2, 0.15)}),
                       place(Stage::retention, {by_share(2, 0.4)}), finish(End::churned)},
                      30.0, 50'000),
              [&](const ToldLife& life) { stayed.add(life.visits.back().touchpoint != 2); });
    return stayed;
  };
  CHECK(judge(stayers(0.25), 0.6 + 0.25 * 0.6, 0.02));
  CHECK_FALSE(judge(stayers(0.30), 0.6 + 0.25 * 0.6, 0.02));
}
