// What `optimize` says of its own error, where the truth is known for every choice.
#include "sojourn/decide/optimum.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

Improvement bought(std::size_t number, Change change, double price) {
  change.id = "improvement-" + std::to_string(number);
  change.ramp = {RampShape::none, Days(0.0)};
  Improvement improvement;
  improvement.change = std::move(change);
  improvement.price.once = price;
  return improvement;
}

/// Five signs in a row that one in five leaves at; each can be mended a little, at a price near or far above its worth.
ModelParts near_ties() {
  std::vector<Touchpoint> row;
  for (std::size_t k = 0; k < 5; ++k) row.push_back(place(Stage::awareness, {by_share(6, 0.2), by_odds(k + 1, 1.0)}));
  row.push_back(place(Stage::purchase, {by_odds(7, 1.0)}));
  row.push_back(finish(End::lost));
  row.push_back(finish(End::churned));
  row[5].revenue = 100.0;
  ModelParts parts = journey(row, 30.0, 4000);
  const double prices[] = {3100.0, 3150.0, 3200.0, 3250.0, 9000.0};
  for (std::size_t k = 0; k < 5; ++k)
    parts.improvements.push_back(
        bought(k, change("", k, {Parameter::probability, Operation::multiply, 0.9}, 0.0), prices[k]));
  return parts;
}

/// One in 2,000 finds a treasure; one improvement makes it three in 4,000, the others do nothing for little money.
ModelParts rare_treasure() {
  ModelParts parts = journey({place(Stage::awareness, {by_share(1, 0.0005), by_odds(2, 1.0)}),
                              place(Stage::purchase, {by_odds(3, 1.0)}), finish(End::lost), finish(End::churned)},
                             30.0, 4000);
  parts.touchpoints[1].revenue = 1e5;
  parts.improvements.push_back(
      bought(0, change("", 0, {Parameter::probability, Operation::multiply, 1.5}, 0.0), 2.0 / 3.0 * 4000 * 0.00025 * 1e5));
  for (std::size_t k = 1; k < 5; ++k)
    parts.improvements.push_back(bought(k, change("", 0, {Parameter::quality, Operation::add, 0.1}, 0.0), 100.0));
  return parts;
}

/// Net present value of every set of the improvements, by the bits of its number.
std::vector<double> truths(ModelParts parts) {
  const std::size_t sets = std::size_t{1} << parts.improvements.size();
  for (std::size_t set = 1; set < sets; ++set) {
    Plan plan{"set-" + std::to_string(set), "", {}};
    for (std::size_t k = 0; k < parts.improvements.size(); ++k) {
      if ((set >> k & 1) != 0) plan.improvements.emplace_back(k);
    }
    parts.plans.push_back(std::move(plan));
  }
  const Model model(parts);
  std::vector<double> values;
  for (std::size_t set = 0; set < sets; ++set) {
    values.push_back(solve(Program(apply(model, PlanId(set)))).pooled.at_horizon.metrics[metric_position("npv")].mean);
  }
  return values;
}

struct Found {
  int seeds = 0, missed = 0;         // another choice than the best was taken
  int judged = 0, beyond_bound = 0;  // every choice was judged; and of these, what is missed is more than was said
  int admitted = 0;                  // the best was missed, and it is said that not every choice was judged
  double gain_misses = 0;
};

Found search(ModelParts parts, int seeds) {
  const std::vector<double> truth = truths(parts);
  const double best = *std::max_element(truth.begin(), truth.end());
  OptimizeOptions how;
  how.goal = {{metric_position("npv"), 1.0}};
  how.limits.total = 1e9;
  how.all_in_full = 8;
  parts.settings.replications = 8;
  Found found;
  for (int seed = 1; seed <= seeds; ++seed) {
    parts.settings.seed = static_cast<std::uint64_t>(seed);
    const Optimum optimum = optimize(Model(parts), how);
    REQUIRE(optimum.possible == truth.size());
    CHECK(4 * optimum.in_full <= truth.size());
    std::size_t set = 0;
    for (const Purchase& each : optimum.finalists.front().bought) set |= std::size_t{1} << each.improvement.index();
    ++found.seeds;
    const bool missed = truth[set] < best - 1e-6;
    found.missed += missed;
    found.admitted += missed && optimum.unjudged > 0;
    found.beyond_bound += best - truth[set] > optimum.at_most_missed + 1e-6 && optimum.unjudged == 0;
    found.judged += optimum.unjudged == 0;
    const double gain = truth[set] - truth[0];
    found.gain_misses += !(optimum.gain.low - 1e-6 <= gain && gain <= optimum.gain.high + 1e-6);
  }
  return found;
}

/// Whether so many of `of` are at most one in twenty, within binomial error.
bool at_most_one_in_twenty(double count, int of) { return count / of <= 0.05 + 4.9 * std::sqrt(0.05 * 0.95 / of); }

}  // namespace

TEST_CASE("optimum: the stated selection error holds where choices nearly tie", "[verify]") {
  const Found found = search(near_ties(), 200);
  REQUIRE(found.judged > 40);
  CHECK(at_most_one_in_twenty(found.beyond_bound, found.judged));
  CHECK(at_most_one_in_twenty(found.gain_misses, found.seeds));
  CHECK_FALSE(at_most_one_in_twenty(found.missed, found.seeds));  // the twin: to claim that nothing is ever missed
}

TEST_CASE("optimum: where few people cannot show what a choice is worth, it is said", "[verify]") {
  const Found found = search(rare_treasure(), 100);
  CAPTURE(found.missed, found.admitted, found.judged);
  CHECK(at_most_one_in_twenty(found.missed - found.admitted, found.seeds));
  CHECK_FALSE(at_most_one_in_twenty(found.missed, found.seeds));  // the twin: to say nothing
}
