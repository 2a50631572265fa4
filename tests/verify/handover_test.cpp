// Context that is lost between teams: the share of repeats is 1 - carry, and repeating costs effort.
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr std::size_t sales_1 = 0, care_1 = 1, care_2 = 2, nobody = 3, sales_2 = 4, billing = 5;

// Sales, care twice, a touchpoint without a team, sales again, billing (no entry in the matrix).
ModelParts silos(double carry) {
  std::vector<Touchpoint> touchpoints;
  touchpoints.push_back(place(Stage::purchase, {by_odds(1, 1.0)}));
  for (std::size_t v = 1; v < 6; ++v) touchpoints.push_back(place(Stage::retention, {by_odds(v + 1, 1.0)}));
  touchpoints.push_back(finish(End::churned));
  ModelParts parts = journey(std::move(touchpoints), 20.0, 100'000);
  parts.teams = {{"sales", ""}, {"care", ""}, {"billing", ""}};
  const TeamId sales(0), care(1);
  parts.touchpoints[sales_1].team = parts.touchpoints[sales_2].team = sales;
  parts.touchpoints[care_1].team = parts.touchpoints[care_2].team = care;
  parts.touchpoints[billing].team = TeamId(2);
  parts.touchpoints[care_1].effort = 0.25;
  parts.handovers = {{sales, care, carry}, {care, sales, 0.2}};
  return parts;
}

struct Observed {
  std::vector<Sample> repeats{6}, effort{6};
};

Observed watch(const ModelParts& parts) {
  Observed seen;
  each_life(parts, [&](const ToldLife& life) {
    for (std::size_t v = 0; v < 6; ++v) {
      seen.repeats[v].add(life.visits[v].repeated);
      seen.effort[v].add(static_cast<double>(life.visits[v].effort));
    }
  });
  return seen;
}

}  // namespace

TEST_CASE("handover: context survives with the carry of the matrix, from the last team met", "[verify]") {
  const Observed right = watch(silos(0.7));
  CHECK(right.repeats[sales_1].mean() == 0.0);
  CHECK(judge(right.repeats[care_1], 0.3, 0.015));
  CHECK(right.repeats[care_2].mean() == 0.0);
  CHECK(right.repeats[nobody].mean() == 0.0);
  CHECK(judge(right.repeats[sales_2], 0.8, 0.015));  // from care, met before the touchpoint without a team
  CHECK(right.repeats[billing].mean() == 0.0);       // not in the matrix: carry is 1
  CHECK(judge(right.effort[care_1], 0.25 + 0.3 * 0.3, 0.005, 1e-6));

  const Observed twin = watch(silos(0.72));
  CHECK_FALSE(judge(twin.repeats[care_1], 0.3, 0.015));
  CHECK_FALSE(judge(twin.effort[care_1], 0.25 + 0.3 * 0.3, 0.005, 1e-6));
}

TEST_CASE("handover: a change of carry acts on handovers into its target", "[verify]") {
  const auto changed = [](double value, std::size_t target) {
    ModelParts parts = silos(0.7);
    parts.events = {change("record", target, {Parameter::carry, Operation::add, value}, 0.0)};
    return watch(parts);
  };
  const Observed right = changed(0.1, care_1);
  CHECK(judge(right.repeats[care_1], 0.2, 0.015));
  CHECK(judge(right.repeats[sales_2], 0.8, 0.015));
  CHECK(changed(0.4, care_1).repeats[care_1].mean() == 0.0);  // clipped at 1
  CHECK_FALSE(judge(changed(0.12, care_1).repeats[care_1], 0.2, 0.015));
  CHECK_FALSE(judge(changed(0.1, sales_2).repeats[care_1], 0.2, 0.015));
}
