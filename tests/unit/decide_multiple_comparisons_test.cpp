// Families of tests, ratios, chances of being best and the stopping rule, on numbers worked out by hand.
#include <cmath>
#include <limits>
#include <vector>

#include "sojourn/decide/multiple_comparisons.hpp"
#include "sojourn/decide/precision.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Samples with the means given, whose means have errors that are independent and of variance 1: Walsh functions, which are
/// orthogonal to one another and to 1.
std::vector<std::vector<double>> independent(const std::vector<double>& means, std::size_t n) {
  std::vector<std::vector<double>> samples;
  for (std::size_t k = 0; k < means.size(); ++k) {
    samples.emplace_back();
    for (std::size_t i = 0; i < n; ++i)
      samples.back().push_back(means[k] + ((i >> k & 1u) != 0 ? 1.0 : -1.0) * std::sqrt(static_cast<double>(n - 1)));
  }
  return samples;
}

double phi(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::acos(-1.0)); }
double capital_phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// P(the first is the largest) of independent normals with variance 1.
double first_is_best(const std::vector<double>& means) {
  double sum = 0.0;
  for (int step = 0; step < 40'000; ++step) {
    const double x = means[0] - 10.0 + (step + 0.5) * 0.0005;
    double product = phi(x - means[0]);
    for (std::size_t k = 1; k < means.size(); ++k) product *= capital_phi(x - means[k]);
    sum += 0.0005 * product;
  }
  return sum;
}

Samples run_of(std::uint32_t replications, double spread) {
  Samples samples;
  samples.replications = replications;
  PlanSamples plan;
  for (std::uint32_t r = 0; r < replications; ++r) {
    Sums sums;
    sums.replications = 1.0;
    sums.arrived = 100.0;
    sums.customers = 50.0 + (r % 2 == 0 ? spread : -spread);
    plan.all.push_back(sums);
  }
  samples.plans = {plan};
  return samples;
}

}  // namespace

TEST_CASE("several: Holm's adjustment by hand", "[analysis]") {
  // Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, never falling.
  const std::vector<double> four = holm({0.01, 0.04, 0.03, 0.005});
  CHECK(four[3] == Approx(0.02));
  CHECK(four[0] == Approx(0.03));
  CHECK(four[2] == Approx(0.06));
  CHECK(four[1] == Approx(0.06));
  CHECK(holm({0.03}).front() == Approx(0.03));
  CHECK(holm({0.6, 0.7})[0] == 1.0);
  const std::vector<double> partly = holm({undefined, 0.02, 0.5});
  CHECK(std::isnan(partly[0]));
  CHECK(partly[1] == Approx(0.04));
  CHECK(partly[2] == Approx(0.5));
}

TEST_CASE("several: p-values agree with the intervals", "[analysis]") {
  // t = 2.776445 with 4 degrees of freedom is the 5 % point.
  const std::vector<double> five{-2.0, -1.0, 0.0, 1.0, 2.0};
  const double error = std::sqrt(2.5 / 5.0);
  CHECK(p_value(interval(2.776445 * error, five)) == Approx(0.05).epsilon(1e-5));
  CHECK(p_value(interval(0.0, five)) == Approx(1.0));
  CHECK(p_value(interval(0.0, {0.0, 0.0})) == 1.0);
  CHECK(p_value(interval(3.0, {3.0, 3.0})) == 0.0);
  CHECK(std::isnan(p_value(interval(3.0, {3.0}))));
}

TEST_CASE("several: Fieller's interval of a ratio", "[analysis]") {
  // A constant numerator over a mean of 10 with a known error: the ends are those of the mean, turned around.
  const std::vector<double> costs(5, 100.0), customers{8.0, 9.0, 10.0, 11.0, 12.0};
  const Estimate mean = interval(10.0, customers), each = ratio(100.0, costs, 10.0, customers);
  CHECK(each.mean == Approx(10.0));
  CHECK(each.low == Approx(100.0 / mean.high));
  CHECK(each.high == Approx(100.0 / mean.low));
  // Proportional to one another: the ratio is certain.
  const Estimate certain = ratio(30.0, {24.0, 27.0, 30.0, 33.0, 36.0}, 10.0, customers);
  CHECK(certain.low == Approx(3.0));
  CHECK(certain.high == Approx(3.0));
  // A denominator that may be 0 gives no end, and one below 0 nothing at all.
  CHECK(std::isnan(ratio(100.0, costs, 1.0, {-3.0, -1.0, 1.0, 3.0, 5.0}).low));
  CHECK(std::isnan(ratio(100.0, costs, -1.0, customers).mean));
}

TEST_CASE("several: the chance of being best on independent normals", "[analysis]") {
  constexpr std::size_t n = 1024;
  const double tolerance = 4.9 * 0.0036;
  for (const std::vector<double>& means :
       {std::vector<double>{0.0, 0.0, 0.0}, {1.0, 0.0, 0.0}, {1.0, 1.5, -0.5, 0.3}, {0.0, 2.0}}) {
    const std::vector<double> chances = chance_of_best(means, independent(means, n));
    const double truth = first_is_best(means);
    CHECK(std::fabs(chances[0] - truth) < tolerance);
    double sum = 0.0;
    for (const double chance : chances) sum += chance;
    CHECK(sum == Approx(1.0));
    // The twin: samples taken to be four times as many.
    std::vector<std::vector<double>> narrow = independent(means, n);
    for (std::size_t k = 0; k < means.size(); ++k) {
      for (double& x : narrow[k]) x = means[k] + 0.5 * (x - means[k]);
    }
    if (means[0] != means[1]) CHECK(std::fabs(chance_of_best(means, narrow)[0] - truth) > tolerance);
  }
}

TEST_CASE("several: of two, the chance is that of the paired t test; equals share", "[analysis]") {
  const std::vector<double> a{1.0, 2.0, 3.0, 5.0}, b{1.5, 3.5, 3.0, 6.5};
  std::vector<double> gains;
  for (std::size_t i = 0; i < a.size(); ++i) gains.push_back(b[i] - a[i]);
  const double p = p_value(interval(3.625 - 2.75, gains));
  const std::vector<double> chances = chance_of_best({2.75, 3.625}, {a, b});
  CHECK(std::fabs(chances[1] - (1.0 - 0.5 * p)) < 4.9 * 0.0036);
  const std::vector<double> same = chance_of_best({2.75, 3.625, 3.625}, {a, b, b});
  CHECK(same[1] == Approx(same[2]));
  // Whatever the samples, and wherever the equal ones stand.
  for (std::uint32_t k = 0; k < 20; ++k) {
    std::vector<double> x, y, z;
    for (std::uint32_t i = 0; i < 7; ++i) {
      const Words words = Streams(k, 0).draw(i, Purpose::figure, 0);
      x.push_back(normal_pair(words[0], words[1]).first);
      y.push_back(normal_pair(words[2], words[3]).first);
      z.push_back(x.back() + 0.3 * y.back());
    }
    const std::vector<double> shared = chance_of_best({0.1, 0.2, 0.15, 0.2}, {x, y, z, y});
    CHECK(shared[1] == shared[3]);
    CHECK(shared[0] + shared[1] + shared[2] + shared[3] == Approx(1.0));
  }
  CHECK(same[0] == Approx(chances[0]));
  CHECK(std::isnan(chance_of_best({1.0, 2.0}, {{1.0}, {2.0}})[0]));
}

TEST_CASE("several: where all samples agree, what is unseen leaves open which is best", "[analysis]") {
  const std::vector<double> before{1.0, 4.0, 2.0, 3.0}, fee{1.5, 4.5, 2.5, 3.5};
  for (const double half : {0.3, 0.5, 1.0, 4.0, 50.0}) {
    INFO(half << " is half the interval");
    Estimate e = interval(0.5, {0.5, 0.5, 0.5, 0.5});
    e.low -= half;
    e.high += half;
    const double p = p_value(e);
    CHECK((p < 0.05) == e.clear());
    const std::vector<double> chances = chance_of_best({2.5, 3.0}, {before, fee}, {0.0, half});
    CHECK(chances[1] == Approx(1.0 - 0.5 * p).margin(0.012));  // three standard errors and more
    CHECK(chances[0] + chances[1] == Approx(1.0));
  }
  CHECK(chance_of_best({2.5, 3.0}, {before, fee})[1] == 1.0);
}

TEST_CASE("precision: the stopping rule", "[analysis]") {
  const Metric& retained = *find_metric("retained");
  const auto next = [&](std::uint32_t replications, double spread, double goal) {
    return replications_to_run(run_of(replications, spread), {{&retained, goal}});
  };
  // Half-width of 20 replications that are 0.50 +- 0.02: 2.093 * 0.0205 / sqrt(20) = 0.0096.
  CHECK(half_width(run_of(20, 2.0), retained) == Approx(2.093024 * 0.02 * std::sqrt(20.0 / 19.0) / std::sqrt(20.0)));
  CHECK(next(20, 2.0, 0.01) == 20);
  CHECK(next(20, 2.0, 0.009) == 23);  // 20 (0.0096 / 0.009)^2 = 22.8
  CHECK(next(20, 2.0, 0.001) == 40);  // never more than doubled
  CHECK(next(4, 0.0, 0.001) == 10);   // narrow by luck?
  CHECK(next(10, 0.0, 0.04) == 10);
  CHECK(next(10, 0.0, 0.001) == 20);    // replications that agree leave the share as uncertain as its people make it
  CHECK(next(600, 2.0, 1e-6) == 1000);  // the most
  Samples batches = run_of(32, 2.0);
  batches.replications = 1;
  batches.batches = true;
  // Half of 3,200 people: 0.0175 either way.
  CHECK(replications_to_run(batches, {{&retained, 0.02}}) == 1);
  CHECK(replications_to_run(batches, {{&retained, 0.001}}) == 2);
}
