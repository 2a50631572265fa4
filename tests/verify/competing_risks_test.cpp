// A race of exits is a model of competing risks: shares and the mean time until the first follow from the survival
// functions, share_j = integral of -dS_j prod of the others' S (Kalbfleisch & Prentice 2002, chapter 8).
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

using Survival = std::function<double(double)>;

Survival exponential(double mean) {
  return [=](double t) { return std::exp(-t / mean); };
}
Survival weibull(double scale, double shape) {
  return [=](double t) { return std::exp(-std::pow(t / scale, shape)); };
}
Survival lognormal(double median, double sigma) {
  return [=](double t) { return 0.5 * std::erfc(std::log(t / median) / sigma * std::sqrt(0.5)); };
}
Survival loglogistic(double median, double shape) {
  return [=](double t) { return 1.0 / (1.0 + std::pow(t / median, shape)); };
}
Survival uniform(double low, double high) {
  return [=](double t) { return std::fmin(1.0, std::fmax(0.0, (high - t) / (high - low))); };
}
/// Hazard times m.
Survival times(double m, Survival survival) {
  return [=](double t) { return std::pow(survival(t), m); };
}

struct Race {
  std::vector<double> shares;
  double mean = 0.0;  // of the time until the first
};

// On a logarithmic grid from 1e-6 to 1e5 days; the error is below 1e-7.
Race integrate(const std::vector<Survival>& risks) {
  constexpr int steps = 200'000;
  const std::size_t n = risks.size();
  Race race{std::vector<double>(n, 0.0), 0.0};
  std::vector<double> before(n, 1.0), after(n);
  double t = 0.0;
  for (int i = 0; i <= steps; ++i) {
    const double next = 1e-6 * std::exp(std::log(1e11) * i / steps);
    double all_before = 1.0, all_after = 1.0;
    for (std::size_t j = 0; j < n; ++j) {
      after[j] = risks[j](next);
      all_before *= before[j];
      all_after *= after[j];
    }
    for (std::size_t j = 0; j < n; ++j) {
      double others_before = 1.0, others_after = 1.0;
      for (std::size_t k = 0; k < n; ++k) {
        if (k == j) continue;
        others_before *= before[k];
        others_after *= after[k];
      }
      race.shares[j] += (before[j] - after[j]) * 0.5 * (others_before + others_after);
    }
    race.mean += (next - t) * 0.5 * (all_before + all_after);
    before = after;
    t = next;
  }
  return race;
}

struct Observed {
  std::vector<Sample> shares;
  Sample time;
  std::vector<Sample> time_by_exit;
};

// A race at touchpoint 0 whose exits have their own touchpoints, where people stay.
Observed run_race(std::vector<Exit> exits, std::uint64_t customers = 300'000) {
  const std::size_t n = exits.size();
  std::vector<Touchpoint> touchpoints;
  for (std::size_t j = 0; j < n; ++j) exits[j].to = TouchpointId(j + 1);
  touchpoints.push_back(place(Stage::purchase, std::move(exits), ExitRule::race));
  for (std::size_t j = 0; j < n; ++j) touchpoints.push_back(finish(End::churned));
  Observed observed{std::vector<Sample>(n), {}, std::vector<Sample>(n)};
  each_life(journey(std::move(touchpoints), 1e5, customers), [&](const ToldLife& life) {
    for (std::size_t j = 0; j < n; ++j) observed.shares[j].add(life.visits.back().touchpoint == j + 1);
    observed.time.add(life.visits.back().time);
    if (life.visits.size() == 2) observed.time_by_exit[life.visits.back().touchpoint - 1].add(life.visits.back().time);
  });
  return observed;
}

constexpr double share_detectable = 0.0075;

}  // namespace

TEST_CASE("competing risks: exponential hazards add up, and which wins tells nothing about when", "[verify]") {
  const auto race = [](double mean) {
    return run_race(
        {by_odds(1, 1.0, Exponential{10.0}), by_odds(2, 2.0, Exponential{mean}), by_odds(3, 0.5, Exponential{40.0})});
  };
  const std::vector<double> rates{0.1, 0.1, 0.0125};
  const double total = std::accumulate(rates.begin(), rates.end(), 0.0);
  const Observed right = race(20.0);
  for (std::size_t j = 0; j < rates.size(); ++j) {
    INFO("exit " << j);
    CHECK(judge(right.shares[j], rates[j] / total, share_detectable));
    CHECK(judge(right.time_by_exit[j], 1.0 / total, 0.3));
  }
  CHECK(judge(right.time, 1.0 / total, 0.1));

  const Observed twin = race(21.0);  // 5 % off: share 0.471 -> 0.459, time 4.71 -> 4.81
  CHECK_FALSE(judge(twin.shares[1], rates[1] / total, share_detectable));
  CHECK_FALSE(judge(twin.time, 1.0 / total, 0.1));
}

TEST_CASE("competing risks: Weibull hazards are multiplied by the odds", "[verify]") {
  const auto race = [](double odds) {
    return run_race(
        {by_odds(1, 1.0, Weibull{10.0, 1.5}), by_odds(2, odds, Weibull{14.0, 1.5}), by_odds(3, 0.3, Weibull{8.0, 1.5})});
  };
  // Of one shape, cumulative hazards are m (t / scale)^shape: shares are as m / scale^shape, and the first is Weibull again.
  const std::vector<double> weights{std::pow(10.0, -1.5), 2.0 * std::pow(14.0, -1.5), 0.3 * std::pow(8.0, -1.5)};
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double mean = std::pow(total, -1.0 / 1.5) * std::tgamma(1.0 + 1.0 / 1.5);
  const Observed right = race(2.0);
  for (std::size_t j = 0; j < weights.size(); ++j) CHECK(judge(right.shares[j], weights[j] / total, share_detectable));
  CHECK(judge(right.time, mean, 0.06));

  const Observed twin = race(2.15);
  CHECK_FALSE(judge(twin.shares[1], weights[1] / total, share_detectable));
  CHECK_FALSE(judge(race(1.0).time, mean, 0.06));
}

TEST_CASE("competing risks: lognormal against exponential, by integration", "[verify]") {
  const Race expected = integrate({lognormal(6.0, 0.8), exponential(12.0)});
  REQUIRE(expected.shares[0] + expected.shares[1] == Approx(1.0).epsilon(1e-7));
  const Observed right = run_race({by_odds(1, 1.0, Lognormal{6.0, 0.8}), by_odds(2, 1.0, Exponential{12.0})});
  CHECK(judge(right.shares[0], expected.shares[0], share_detectable));
  CHECK(judge(right.time, expected.mean, 0.07));
  const Observed twin = run_race({by_odds(1, 1.0, Lognormal{6.3, 0.8}), by_odds(2, 1.0, Exponential{12.0})});
  CHECK_FALSE(judge(twin.shares[0], expected.shares[0], share_detectable));
  CHECK_FALSE(judge(twin.time, expected.mean, 0.07));
}

TEST_CASE("competing risks: a multiplier acts on the hazard of every family", "[verify]") {
  const Race expected =
      integrate({times(2.0, lognormal(9.0, 0.8)), times(0.5, loglogistic(5.0, 2.0)), times(3.0, uniform(2.0, 30.0)),
                 times(1.5, weibull(12.0, 0.8)), times(0.25, exponential(4.0))});
  REQUIRE(std::accumulate(expected.shares.begin(), expected.shares.end(), 0.0) == Approx(1.0).epsilon(1e-7));
  const std::vector<Exit> exits{by_odds(1, 2.0, Lognormal{9.0, 0.8}), by_odds(2, 0.5, Loglogistic{5.0, 2.0}),
                                by_odds(3, 3.0, Uniform{2.0, 30.0}), by_odds(4, 1.5, Weibull{12.0, 0.8}),
                                by_odds(5, 0.25, Exponential{4.0})};
  const Observed right = run_race(exits);
  for (std::size_t j = 0; j < exits.size(); ++j) {
    INFO("exit " << j);
    CHECK(judge(right.shares[j], expected.shares[j], share_detectable));
  }
  CHECK(judge(right.time, expected.mean, 0.05));

  // Twin: a multiplier that divides the drawn time instead. That is the same for an exponential and for no other family.
  std::vector<Exit> divided = exits;
  divided[0] = by_odds(1, 1.0, Lognormal{9.0 / 2.0, 0.8});
  CHECK_FALSE(judge(run_race(divided).shares[0], expected.shares[0], share_detectable));
  divided = exits;
  divided[1] = by_odds(2, 1.0, Loglogistic{5.0 / 0.5, 2.0});
  CHECK_FALSE(judge(run_race(divided).shares[1], expected.shares[1], share_detectable));
  divided = exits;
  divided[2] = by_odds(3, 1.0, Uniform{2.0 / 3.0, 30.0 / 3.0});
  CHECK_FALSE(judge(run_race(divided).shares[2], expected.shares[2], share_detectable));
}

TEST_CASE("competing risks: a fixed delay cuts the race, and a hazard of zero never comes", "[verify]") {
  const Observed right = run_race(
      {by_odds(1, 1.0, Exponential{10.0}), by_odds(2, 7.0, Fixed{5.0}), by_odds(3, 0.0, Exponential{0.1})}, 100'000);
  CHECK(judge(right.shares[0], 1.0 - std::exp(-0.5), 0.02));
  CHECK(judge(right.time, 10.0 * (1.0 - std::exp(-0.5)), 0.1));
  CHECK(right.shares[2].mean() == 0.0);
  CHECK_FALSE(judge(run_race({by_odds(1, 1.0, Exponential{10.0}), by_odds(2, 7.0, Fixed{5.3})}, 100'000).shares[0],
                    1.0 - std::exp(-0.5), 0.02));
}
