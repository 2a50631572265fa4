// The solved twin as control variate: its intervals hold the truth as often as they say, they are narrower, and a wrong
// solution is noticed (Lavenberg & Welch 1981).
#include "sojourn/decide/control_variate.hpp"

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// How often the 95 % interval of x, corrected by a control of correlation `rho` whose mean is taken to be `known`, holds 0.
struct Coverage {
  Sample hits, ratio;
};
Coverage coverage(double rho, double known) {
  Coverage result;
  const Streams streams(99, 0);
  constexpr std::uint32_t experiments = 4'000, n = 10;
  for (std::uint32_t e = 0; e < experiments; ++e) {
    std::vector<double> x, c;
    double mx = 0.0, mc = 0.0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const Words words = streams.draw(e, Purpose::visit, i);
      c.push_back(static_cast<double>(normal(words[0])));
      x.push_back(rho * c.back() + std::sqrt(1.0 - rho * rho) * static_cast<double>(normal(words[1])));
      mx += x.back() / n;
      mc += c.back() / n;
    }
    const ControlledEstimate estimate = controlled(mx, x, mc, c, {known, known, known});
    result.hits.add(estimate.low <= 0.0 && 0.0 <= estimate.high ? 1.0 : 0.0);
    result.ratio.add(1.0 / estimate.variance_ratio);
  }
  return result;
}

ModelParts coffee(std::uint64_t seed) {
  ModelParts parts = shipped("coffee.toml");
  parts.settings.customers = 400;
  parts.settings.replications = 10;
  parts.settings.seed = seed;
  return parts;
}

Samples samples_of(const Model& model) {
  const PlanId plan(0);
  RunOptions options;
  options.threads = 1;
  return collect_samples(run(model, {&plan, 1}, options));
}

}  // namespace

TEST_CASE("control variate: the interval holds the truth 95 times in 100", "[verify]") {
  const Coverage right = coverage(0.9, 0.0);
  CHECK(judge(right.hits, 0.95, 0.03));
  // The correction leaves 1 - rho^2 of the variance, (n - 2) / (n - 3) of it for the coefficient being estimated, and less
  // than as much again for this ratio of estimates.
  CHECK(right.ratio.mean() > 0.19);
  CHECK(right.ratio.mean() < 0.19 * 2.0);
  CHECK(coverage(0.9, 0.3).hits.mean() < 0.92);  // the twin: a wrong known mean
}

TEST_CASE("control variate: nothing is made of too little", "[verify]") {
  const std::vector<double> x{1.0, 2.0, 3.0}, c{1.0, 2.0, 4.0};
  CHECK(std::isnan(controlled(2.0, x, 7.0 / 3.0, c, {2.0, 2.0, 2.0}).mean));
  const std::vector<double> y{1.0, 2.0, 3.0, 4.0}, same{2.0, 2.0, 2.0, 2.0};
  CHECK(std::isnan(controlled(2.5, y, 2.0, same, {2.0, 2.0, 2.0}).mean));
  // A control that is the thing itself leaves the known value, and its width.
  const ControlledEstimate itself = controlled(2.5, y, 2.5, y, {2.0, 1.9, 2.2});
  CHECK(itself.mean == Approx(2.0));
  CHECK(itself.high - itself.mean == Approx(0.2));
}

TEST_CASE("control variate: for the café, against the mean of all runs", "[verify]") {
  const SolvableTwin twin = solvable_twin(Model(coffee(1)));
  REQUIRE(twin.without.size() == 1);
  ClosedForm solution = solve(Program(twin.model));
  const auto position = metric_position("retained");
  constexpr std::uint64_t seeds = 60;
  std::vector<Samples> runs, twins;
  Sample plain;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    runs.push_back(samples_of(Model(coffee(seed))));
    twins.push_back(samples_of(solvable_twin(Model(coffee(seed))).model));
    plain.add(estimate(runs.back(), 0, metrics()[position]).mean);
  }
  // A run whose twin is further from the solution than chance allows is refused: it holds nothing.
  int refused = 0;
  const auto held = [&] {
    int hits = 0;
    refused = 0;
    Sample corrected;
    for (std::uint64_t s = 0; s < seeds; ++s) {
      try {
        const ControlledEstimate one = control_variate(runs[s], twins[s], solution).metrics[position];
        corrected.add(one.mean);
        hits += one.low <= plain.mean() && plain.mean() <= one.high ? 1 : 0;
      } catch (const RunError&) {
        ++refused;
      }
    }
    return std::pair(hits, corrected.sd());
  };
  // Of 60 intervals fewer than 46 hold the truth once in a million times (binomial, 0.95; the truth is known to a seventh of
  // a plain half width).
  const auto [hits, sd] = held();
  CHECK(hits >= 46);
  CHECK(refused == 0);
  CHECK(sd < 0.8 * plain.sd());
  Bracket& known = solution.pooled.at_horizon.metrics[position];
  known = {known.mean + 0.02, known.low + 0.02, known.high + 0.02};  // the twin: a solution wrong by two points
  CHECK(held().first < 46);
  CHECK(refused < 30);  // most are not refused, and fail to hold it
  // Wrong by more than chance, it is refused.
  known = {known.mean + 0.2, known.low + 0.2, known.high + 0.2};
  CHECK_THROWS_AS(control_variate(runs[0], twins[0], solution), RunError);
}

TEST_CASE("control variate: the twin keeps what can be solved", "[verify]") {
  ModelParts parts = shipped("telecom.toml");
  const SolvableTwin twin = solvable_twin(Model(parts));
  CHECK(twin.without.size() == 3);
  CHECK(prevents_closed_form(Program(twin.model)).empty());
  CHECK_FALSE(prevents_closed_form(Program(Model(parts))).empty());
  CHECK(solvable_twin(Model(shipped("gym.toml"))).without.empty());
  parts.word_of_mouth = WordOfMouth{};
  CHECK_THROWS_AS(solvable_twin(Model(parts)), InputError);
}
