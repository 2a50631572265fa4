// Designs: a pure function of the sweep file, with the structure that their analyses need.
#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "sojourn/sweep/design.hpp"
#include "tests/catch.hpp"
#include "tests/sweeps.hpp"

using namespace sojourn;

namespace {

std::vector<double> numbers(const Design& design, std::uint64_t point) {
  std::vector<double> result;
  for (const Setting& each : design.settings(point)) result.push_back(each.number);
  return result;
}

/// Whether each of n equal parts of [0,1) has exactly one of the numbers.
bool stratified(const std::vector<double>& numbers) {
  std::set<std::size_t> strata;
  for (const double x : numbers) strata.insert(static_cast<std::size_t>(x * static_cast<double>(numbers.size())));
  return strata.size() == numbers.size() && *strata.rbegin() == numbers.size() - 1;
}

std::vector<double> along(const Design& design, std::size_t key) {
  std::vector<double> result;
  for (std::uint64_t i = 0; i < design.points(); ++i) result.push_back(design.shares(i)[key]);
  return result;
}

}  // namespace

TEST_CASE("a grid has every combination, the last key fastest, both ends included") {
  const SweepFile sweep = sweep_of("{ grid = {} }", "from = 1\nto = 2\nsteps = 3", 2);
  const Design design(sweep);
  REQUIRE(design.points() == 9);
  CHECK(numbers(design, 0) == std::vector<double>{1.0, 1.0});
  CHECK(numbers(design, 1) == std::vector<double>{1.0, 1.5});
  CHECK(numbers(design, 5) == std::vector<double>{1.5, 2.0});
  CHECK(numbers(design, 8) == std::vector<double>{2.0, 2.0});
}

TEST_CASE("a Latin hypercube has one point in each stratum of each key, in an order of its own") {
  const SweepFile sweep = sweep_of("{ latin_hypercube = { samples = 97 } }", "from = 0\nto = 1", 3);
  const Design design(sweep);
  for (std::size_t k = 0; k < 3; ++k) CHECK(stratified(along(design, k)));
  // The twin: points drawn at random leave strata empty.
  std::vector<double> random;
  for (std::uint64_t i = 0; i < 97; ++i) random.push_back(design_draw(1, DesignDraw{9}, i, 0));
  CHECK_FALSE(stratified(random));
  // Ranks of different keys do not follow one another: |r| < 0.5 among 97 (5 standard errors).
  const std::vector<double> a = along(design, 0), b = along(design, 1);
  double r = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) r += (a[i] - 0.5) * (b[i] - 0.5) * 12.0 / 97.0;
  CHECK(std::abs(r) < 0.5);
}

TEST_CASE("Sobol points are Boost's under a digital shift, the origin included, and evenly spread") {
  const SweepFile sweep = sweep_of("{ sobol = { samples = 256 } }", "from = 0\nto = 1", 5);
  const Design design(sweep);
  for (std::size_t k = 0; k < 5; ++k) {
    for (const std::uint64_t n : {2, 64, 256}) {
      std::vector<double> first = along(design, k);
      first.resize(n);
      CHECK(stratified(first));
    }
  }
  // In two dimensions every box of 16 x 16 has one of 256 points: what points drawn at random do not have.
  std::set<std::pair<int, int>> boxes;
  for (std::uint64_t i = 0; i < 256; ++i)
    boxes.emplace(static_cast<int>(16 * design.shares(i)[0]), static_cast<int>(16 * design.shares(i)[1]));
  CHECK(boxes.size() == 256);
  // Shifted by the digits of the first one, the points are Boost's to the last bit that a double keeps.
  boost::random::sobol_engine<std::uint64_t, 64> engine(5);
  const auto digits = [&](std::uint64_t i, std::size_t k) {
    return static_cast<std::uint64_t>(design.shares(i)[k] * 0x1p52);
  };
  for (std::uint64_t i = 1; i < 256; ++i) {
    for (std::size_t k = 0; k < 5; ++k) CHECK((digits(i, k) ^ digits(0, k)) == engine() >> 12);
  }
  const SweepFile other = sweep_of("{ sobol = { samples = 256 } }", "from = 0\nto = 1", 5, 2);
  CHECK(Design(other).shares(7) != design.shares(7));
}

TEST_CASE("a Morris trajectory moves each key once, by the same step, on the lattice") {
  const SweepFile sweep = sweep_of("{ morris = { trajectories = 30, levels = 6 } }", "from = 0\nto = 1", 4);
  const Design design(sweep);
  REQUIRE(design.points() == 150);
  REQUIRE(design.block() == 5);
  std::map<double, int> levels;
  int rises = 0;
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t t = 0; t < 30; ++t) {
    std::vector<std::size_t> moved;
    for (std::uint64_t s = 0; s < 5; ++s) {
      const std::vector<double> here = design.shares(t * 5 + s);
      for (const double x : here) {
        CHECK(std::abs(5.0 * x - std::round(5.0 * x)) < 1e-12);
        ++levels[std::round(5.0 * x)];
      }
      if (s == 0) continue;
      const std::vector<double> before = design.shares(t * 5 + s - 1);
      std::size_t changed = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        if (here[k] == before[k]) continue;
        ++changed;
        moved.push_back(k);
        CHECK(std::abs(here[k] - before[k]) == Approx(0.6).epsilon(1e-12));
        if (here[k] > before[k]) ++rises;
      }
      CHECK(changed == 1);
    }
    orders.insert(moved);
    std::sort(moved.begin(), moved.end());
    CHECK(moved == std::vector<std::size_t>{0, 1, 2, 3});
  }
  CHECK(levels.size() == 6);
  CHECK(orders.size() > 10);
  CHECK(std::abs(rises - 60) < 30);  // of 120, half rise: 5.5 standard errors
}

TEST_CASE("Saltelli's points are A, A with one key of B after another, and B") {
  const SweepFile sweep = sweep_of("{ saltelli = { samples = 16 } }", "from = 0\nto = 1", 3);
  const Design design(sweep);
  REQUIRE(design.points() == 80);
  for (std::uint64_t j = 0; j < 16; ++j) {
    const std::vector<double> a = design.shares(5 * j), b = design.shares(5 * j + 4);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<double> ab = design.shares(5 * j + 1 + i);
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(a[k] != b[k]);
        CHECK(ab[k] == (k == i ? b[k] : a[k]));
      }
    }
  }
}

TEST_CASE("a list takes its values at equal shares; a lattice has its first and last at the ends") {
  const SweepFile even = sweep_of("{ sobol = { samples = 300 } }", "values = [1, 2, 3]", 1);
  const Design design(even);
  std::map<double, int> counts;
  for (std::uint64_t i = 0; i < 256; ++i) ++counts[numbers(design, i)[0]];
  CHECK(counts.size() == 3);
  for (const auto& [value, count] : counts) CHECK(std::abs(count - 85) <= 1);
  const SweepFile lattice = sweep_of("{ morris = { trajectories = 20, levels = 4 } }", "values = [1, 2]", 2);
  const Design morris(lattice);
  for (std::uint64_t t = 0; t < 20; ++t) {
    CHECK(numbers(morris, 3 * t)[0] != numbers(morris, 3 * t + 2)[0]);
    CHECK(numbers(morris, 3 * t)[1] != numbers(morris, 3 * t + 2)[1]);
  }
}

TEST_CASE("a design is a pure function of the file") {
  for (const char* each : {"{ latin_hypercube = { samples = 40 } }", "{ morris = { trajectories = 4, levels = 4 } }",
                           "{ saltelli = { samples = 8 } }"}) {
    const SweepFile one = sweep_of(each, "from = 0\nto = 1", 3), two = sweep_of(each, "from = 0\nto = 1", 3);
    const Design first(one), second(two);
    for (std::uint64_t i = first.points(); i-- > 0;) CHECK(first.shares(i) == second.shares(i));
  }
}
