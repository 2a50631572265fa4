// What few draws show by chance is called nothing: with many inputs that have nothing to do with what is compared.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "sojourn/decide/beyond_chance.hpp"
#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/sweep/forecast.hpp"
#include "sojourn/sweep/uncertain_draws.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

constexpr std::size_t inputs = 8, draws = 64, repeats = 200;
constexpr double repeats_count = static_cast<double>(repeats);

/// Two choices whose difference is skewed and follows `slope` times the first input alone.
ValueSample sample(double slope, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> even;
  std::lognormal_distribution<double> skewed(0.0, 1.0);
  ValueSample result;
  result.simulated = true;
  result.choices = {"stay", "go"};
  result.worth.assign(2, std::vector<double>(draws, 0.0));
  for (std::size_t k = 0; k < inputs; ++k) {
    result.inputs.push_back("input " + std::to_string(k));
    std::vector<double>& values = result.values.emplace_back();
    for (std::size_t d = 0; d < draws; ++d) values.push_back(even(random));
  }
  for (std::size_t d = 0; d < draws; ++d) result.worth[1][d] = slope * (result.values[0][d] - 0.5) + skewed(random) - 1.6;
  return result;
}

double at_most(double share) { return share + 3.0 * std::sqrt(share * (1.0 - share) / repeats_count); }

template <class Test>
double share_of_repeats(double slope, Test test) {
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < repeats; ++seed) count += test(sample(slope, seed)) ? 1 : 0;
  return static_cast<double>(count) / repeats_count;
}

}  // namespace

TEST_CASE("beyond chance: orders are even, and the same at every call", "[decide]") {
  const auto orders = shuffled_orders(5);
  CHECK(orders == shuffled_orders(5));
  // Pearson's sum over what stands first, in the middle and last, for many lengths.
  double sum = 0.0, freedom = 0.0;
  for (std::size_t count = 3; count < 60; ++count) {
    const auto all = shuffled_orders(count);
    const double expected = static_cast<double>(all.size()) / static_cast<double>(count);
    for (const std::size_t place : {std::size_t{0}, count / 2, count - 1}) {
      std::vector<double> seen(count, 0.0);
      for (std::vector<std::uint32_t> order : all) {
        seen[order[place]] += 1.0;
        std::sort(order.begin(), order.end());
        CHECK((order.front() == 0 && order.back() == count - 1));
      }
      for (const double each : seen) sum += (each - expected) * (each - expected) / expected;
      freedom += static_cast<double>(count - 1);
    }
  }
  CHECK(std::fabs(sum - freedom) < 4.0 * std::sqrt(2.0 * freedom));
}

TEST_CASE("beyond chance: of many things that are chance one is called more in a twentieth of cases at most", "[decide]") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  const auto things = [&] {
    std::vector<double> result;
    for (std::size_t k = 0; k < inputs; ++k) result.push_back(std::fabs(normal(random)));
    return result;
  };
  std::size_t together = 0, alone = 0;
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    const std::vector<double> seen = things();
    std::vector<std::vector<double>> shuffled;
    for (std::size_t order = 0; order < 99; ++order) shuffled.push_back(things());
    const auto any = [](const std::vector<bool>& all) { return std::count(all.begin(), all.end(), true) > 0; };
    together += any(beyond_chance(seen, shuffled)) ? 1 : 0;
    // The twin: each held to its own shuffles, as if it were the only one.
    bool one = false;
    for (std::size_t k = 0; k < inputs; ++k) {
      std::vector<std::vector<double>> own;
      for (const std::vector<double>& each : shuffled) own.push_back({each[k]});
      one = one || any(beyond_chance({seen[k]}, own));
    }
    alone += one ? 1 : 0;
  }
  CHECK(static_cast<double>(together) / repeats_count <= at_most(0.05));
  CHECK(static_cast<double>(alone) / repeats_count > at_most(0.05));
}

TEST_CASE("beyond chance: a swing of inputs that do nothing is shown in a twentieth of cases at most", "[decide]") {
  const auto shown = [](const std::vector<Swing>& all) {
    return std::any_of(all.begin(), all.end(), [](const Swing& swing) { return swing.shown; });
  };
  CHECK(share_of_repeats(0.0, [&](const ValueSample& one) { return shown(swings(one, 1, 0)); }) <= at_most(0.05));
  // One that does something is found among them.
  CHECK(share_of_repeats(12.0, [&](const ValueSample& one) { return swings(one, 1, 0)[0].shown; }) > 0.9);
}

TEST_CASE("beyond chance: no input that does nothing is worth knowing", "[decide]") {
  const auto shown = [](const ValueOfInformation& value) {
    return std::any_of(value.of_input.begin(), value.of_input.end(),
                       [](const InformationValue& one) { return one.shown(); });
  };
  CHECK(share_of_repeats(0.0, [&](const ValueSample& one) { return shown(value_of_information(one)); }) <= at_most(0.05));
  CHECK(share_of_repeats(12.0, [&](const ValueSample& one) { return value_of_information(one).of_input[0].shown(); }) > 0.9);
}

TEST_CASE("beyond chance: an input of what no compared plan has changes nothing", "[decide]") {
  ModelParts parts = example::parts();
  REQUIRE(parts.improvements.size() >= 1);
  REQUIRE(parts.plans.size() >= 2);
  const std::string bought = "improvement." + parts.improvements[parts.plans[1].improvements.front().index()].change.id;
  const std::vector<std::string> first{"baseline"}, both{"baseline", parts.plans[1].id};
  CHECK(changes_none(parts, bought + ".effect.quality", first));
  CHECK_FALSE(changes_none(parts, bought + ".effect.quality", both));
  CHECK_FALSE(changes_none(parts, "touchpoint.shop.quality.mean", first));
  CHECK_FALSE(changes_none(parts, "improvement.*.cost.once", first));
  // By a rule of the plan it is switched.
  Improvement switched = parts.improvements.front();
  switched.change.id = "switched";
  parts.improvements.push_back(switched);
  Rule rule;
  rule.id = "switching";
  rule.switch_on = ImprovementId(parts.improvements.size() - 1);
  parts.rules.push_back(rule);
  CHECK(changes_none(parts, "improvement.switched.effect.quality", both));
  CHECK(changes_none(parts, "rule.switching.when.below", both));
  parts.plans[1].rules.push_back(RuleId(parts.rules.size() - 1));
  CHECK_FALSE(changes_none(parts, "improvement.switched.effect.quality", both));
  CHECK_FALSE(changes_none(parts, "rule.switching.when.below", both));
}
