// Intervals of shares from counts: published figures, ends, agreement with their tests, and how often they cover, worked out
// exactly.
#include <cmath>
#include <vector>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/shares.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

double poisson(double mean, int k) {
  return mean > 0.0 ? std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)) : (k == 0 ? 1.0 : 0.0);
}

/// How often `interval(gained, lost)` takes in the truth where Poisson numbers of `people` are gained and lost.
template <class Interval>
double coverage(double gained, double lost, double people, const Interval& interval) {
  double covered = 0.0;
  const double truth = (gained - lost) / people;
  for (int g = 0; g < 60; ++g) {
    for (int l = 0; l < (lost > 0.0 ? 60 : 1); ++l) {
      const double chance = poisson(gained, g) * poisson(lost, l);
      if (chance < 1e-7) continue;
      const Ends ends = interval(g, l);
      if (ends.low <= truth && truth <= ends.high) covered += chance;
    }
  }
  return covered;
}

/// Wilson's score interval (Wilson 1927).
Ends wilson(double events, double people) {
  constexpr double z = 1.959964;
  const double share = events / people, middle = share + z * z / (2.0 * people);
  const double half = z * std::sqrt(share * (1.0 - share) / people + z * z / (4.0 * people * people));
  return {(middle - half) / (1.0 + z * z / people), (middle + half) / (1.0 + z * z / people)};
}

}  // namespace

TEST_CASE("shares: Clopper and Pearson", "[analysis]") {
  // Of 20, 5: 0.0866 to 0.4910 (any table of exact binomial limits).
  const Ends five = clopper_pearson(5.0, 20.0);
  CHECK(five.low == Approx(0.08657).epsilon(1e-3));
  CHECK(five.high == Approx(0.49105).epsilon(1e-3));
  // None of 100: 0 to 1 - 0.025^(1/100).
  CHECK(clopper_pearson(0.0, 100.0).low == 0.0);
  CHECK(clopper_pearson(0.0, 100.0).high == Approx(1.0 - std::pow(0.025, 0.01)).epsilon(1e-9));
  // What no run counts and a file may say, which Boost's root finders give up on.
  for (const double people : {1e16, 1e100, 1e308, infinity}) {
    CHECK(std::isnan(clopper_pearson(4.0, people).low));
    CHECK(std::isnan(clopper_pearson(4.0, people).high));
    CHECK(std::isnan(paired_shares_p(people, 1.0)));
    CHECK(std::isnan(paired_shares_p(people, people)));
  }
  CHECK(clopper_pearson(4.0, 9e15).high < 1e-14);
  CHECK(clopper_pearson(100.0, 100.0).high == 1.0);
  CHECK(clopper_pearson(100.0, 100.0).low == Approx(std::pow(0.025, 0.01)).epsilon(1e-9));
  CHECK(std::isnan(clopper_pearson(0.0, 0.0).low));
  // At 0.17 expected events it covers; the twin, Wilson's, does not.
  const auto rare = [](const auto& interval) {
    return coverage(0.17, 0.0, 10'000.0, [&](int events, int) { return interval(events, 10'000.0); });
  };
  CHECK(rare([](double events, double people) { return clopper_pearson(events, people); }) > 0.95);
  CHECK(rare([](double events, double people) { return wilson(events, people); }) < 0.86);
}

TEST_CASE("shares: Tango's interval of a paired difference", "[analysis]") {
  // Where nobody is lost it is Wilson's of those gained, in the limit of many people.
  for (const double gained : {1.0, 4.0, 25.0}) {
    const Ends ends = tango(gained, 0.0, 1e6), same = wilson(gained, 1e6);
    CHECK(ends.high == Approx(same.high).epsilon(1e-4));
  }
  const Ends some = tango(12.0, 5.0, 200.0), mirrored = tango(5.0, 12.0, 200.0);
  CHECK(some.low == Approx(-mirrored.high).margin(1e-12));
  CHECK(some.high == Approx(-mirrored.low).margin(1e-12));
  // Of many it is Wald's.
  const double half = 1.959964 * std::sqrt(3000.0 + 2000.0 - 1000.0 * 1000.0 / 1e5);
  CHECK(tango(3000.0, 2000.0, 1e5).high * 1e5 == Approx(1000.0 + half).epsilon(2e-3));
  // Everybody gained.
  CHECK(tango(50.0, 0.0, 50.0).high == Approx(1.0));
}

TEST_CASE("shares: the interval for few changed agrees with its test, and has width", "[analysis]") {
  for (int gained = 0; gained < 16; ++gained) {
    for (int lost = 0; lost < 16; ++lost) {
      INFO(gained << " gained, " << lost << " lost");
      const Ends ends = paired_shares(gained, lost, 1000.0);
      CHECK(ends.low < ends.high);
      CHECK(ends.low >= -1.0);
      CHECK(ends.high <= 1.0);
      const bool clear = ends.low > 0.0 || ends.high < 0.0;
      CHECK(clear == (paired_shares_p(gained, lost) < 0.05));
    }
  }
  CHECK(paired_shares_p(5.0, 0.0) == Approx(0.0625));
  CHECK(paired_shares_p(6.0, 0.0) == Approx(0.03125));
  CHECK(paired_shares_p(0.0, 0.0) == 1.0);
}

TEST_CASE("shares: the interval of a paired difference covers, exactly worked out", "[analysis]") {
  const auto ours = [](int gained, int lost) { return paired_shares(gained, lost, 1000.0); };
  // Twin: Wald's interval, which has no width where nobody is changed.
  const auto wald = [](int gained, int lost) {
    const double middle = gained - lost, half = 1.959964 * std::sqrt(static_cast<double>(gained + lost));
    return Ends{(middle - half) / 1000.0, (middle + half) / 1000.0};
  };
  for (const double gained : {0.05, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 11.0, 15.0}) {
    for (const double lost : {0.0, 0.5, 2.0, 5.0}) {
      if (lost > gained) continue;
      INFO(gained << " gained, " << lost << " lost");
      CHECK(coverage(gained, lost, 1000.0, ours) > 0.935);  // counts are whole, so it jumps
    }
    if (gained < 2.0) CHECK(coverage(gained, 0.0, 1000.0, wald) < 0.90);
  }
}

TEST_CASE("shares: the effective number of people", "[analysis]") {
  // 32 samples, one of which has all: skewness (n - 2) / sqrt(n - 1).
  std::vector<double> one(32, 0.0);
  one[5] = 7.0;
  CHECK(effective_people(one) == Approx(32.0 * 31.0 / (30.0 * 30.0)));
  CHECK(interval(7.0 / 32.0, one).thin());
  std::vector<double> even;
  for (int i = 0; i < 32; ++i) even.push_back(i % 2);
  CHECK(std::isinf(effective_people(even)));
  CHECK_FALSE(interval(0.5, even).thin());
  CHECK(std::isnan(effective_people(std::vector<double>(32, 1.0))));
  CHECK(std::isnan(effective_people({1.0, 2.0, 9.0})));  // too few to say
  CHECK_FALSE(interval(4.0, {1.0, 2.0, 9.0}).thin());
  // Samples that agree give no interval where few people may differ.
  CHECK(std::isnan(cautious_interval(0.1, std::vector<double>(32, 0.1)).low));
  CHECK(cautious_interval(0.5, even).low == interval(0.5, even).low);
}
