// Boxes of points: one that is known is found, and labels that know nothing of the keys give none that lasts.
#include "sojourn/sweep/box_search.hpp"

#include <cmath>
#include <functional>

#include "sojourn/base/random.hpp"
#include "sojourn/sweep/design.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

using Side = BoxLimit::Side;

constexpr std::size_t keys = 5;

/// Points of a Sobol sequence, or a lattice of `levels` where that is not 0.
std::vector<BoxKey> space(std::size_t points, std::uint64_t seed, int levels = 0) {
  const SobolSequence sequence(keys, seed);
  std::vector<BoxKey> all(keys);
  for (std::size_t k = 0; k < keys; ++k) {
    for (std::size_t i = 0; i < points; ++i) {
      const double u = sequence(i, k);
      all[k].values.push_back(levels == 0 ? u : std::floor(u * levels) / (levels - 1.0));
    }
  }
  return all;
}

/// A number of (0, 1) of each point that is independent of its keys.
double noise(std::size_t point, std::uint64_t seed) { return design_draw(seed, DesignDraw{99}, point, 0); }

std::vector<std::uint8_t> labelled(const std::vector<BoxKey>& points, const std::function<bool(std::size_t)>& wins) {
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < points.front().values.size(); ++i) labels.push_back(wins(i) ? 1 : 0);
  return labels;
}

const BoxLimit* limit_of(const PointBox& box, std::size_t key, Side side) {
  for (const BoxLimit& limit : box.limits) {
    if (limit.key == key && limit.side == side) return &limit;
  }
  return nullptr;
}

/// Whether the box is x1 < 0.3 and x2 > 0.6 within 0.03, and nothing else.
bool is_the_corner(const PointBox& box) {
  const BoxLimit *x = limit_of(box, 0, Side::below), *y = limit_of(box, 1, Side::above);
  return box.limits.size() == 2 && x != nullptr && y != nullptr && std::fabs(x->value - 0.3) < 0.03 &&
         std::fabs(y->value - 0.6) < 0.03;
}

}  // namespace

TEST_CASE("a corner in which a plan wins is found, with its limits, and lasts") {
  const std::vector<BoxKey> points = space(500, 1);
  const auto corner = [&](std::size_t i) { return points[0].values[i] < 0.3 && points[1].values[i] > 0.6; };
  const JudgedBox sharp = judged_box(points, labelled(points, corner), 1, 1, 2);
  CHECK(is_the_corner(sharp.box));
  CHECK(sharp.told());
  CHECK(sharp.box.density() == 1.0);
  CHECK(sharp.box.coverage() == 1.0);
  CHECK(sharp.box.points == 500.0);
  for (const BoxLimit& limit : sharp.box.limits) {
    CHECK(limit.kept == 1.0);
    CHECK(limit.quasi_p < 1e-6);
    CHECK(limit.low <= limit.value);
    CHECK(limit.value <= limit.high);
  }
  // One label in ten is wrong: the box stays, its figures say so. 5 % of 60 points inside are 0.9 +- 0.04.
  const JudgedBox blurred =
      judged_box(points, labelled(points, [&](std::size_t i) { return corner(i) != (noise(i, 2) < 0.1); }), 1, 1, 2);
  CHECK(is_the_corner(blurred.box));
  CHECK(blurred.told());
  CHECK(blurred.box.density() == Approx(0.9).margin(0.12));
  for (const BoxLimit& limit : blurred.box.limits) CHECK(limit.kept > 0.9);
  // The twin: the corner of another key is no corner of these.
  const PointBox other = search_box(
      points, labelled(points, [&](std::size_t i) { return points[2].values[i] < 0.3 && points[1].values[i] > 0.6; }));
  CHECK_FALSE(is_the_corner(other));
  // The same whoever computes it.
  const JudgedBox again = judged_box(points, labelled(points, corner), 1, 1, 1);
  CHECK(again.box.limits[0].low == sharp.box.limits[0].low);
  CHECK(again.chance == sharp.chance);
}

TEST_CASE("a box between two limits, of a lattice, and of kinds is found") {
  const std::vector<BoxKey> points = space(600, 3);
  const PointBox slab =
      search_box(points, labelled(points, [&](std::size_t i) { return std::fabs(points[3].values[i] - 0.5) < 0.15; }));
  REQUIRE(slab.limits.size() == 2);
  CHECK(limit_of(slab, 3, Side::above)->value == Approx(0.35).margin(0.01));
  CHECK(limit_of(slab, 3, Side::below)->value == Approx(0.65).margin(0.01));
  CHECK(slab.overlap() == 1.0);

  const std::vector<BoxKey> lattice = space(400, 4, 5);
  const PointBox cells = search_box(
      lattice, labelled(lattice, [&](std::size_t i) { return lattice[0].values[i] < 0.4 && lattice[4].values[i] > 0.6; }));
  REQUIRE(cells.limits.size() == 2);
  CHECK(cells.overlap() == 1.0);
  CHECK(limit_of(cells, 0, Side::below)->value == 0.4);  // the shortest decimal between 0.25 and 0.5

  std::vector<BoxKey> kinds = lattice;
  kinds[2].ordered = false;
  const PointBox chosen = search_box(
      kinds, labelled(kinds, [&](std::size_t i) { return kinds[2].values[i] == 0.25 || kinds[2].values[i] == 1.0; }));
  REQUIRE(chosen.limits.size() == 1);
  CHECK(chosen.limits[0].side == Side::kinds);
  CHECK(chosen.limits[0].kinds == std::vector<double>{0.25, 1.0});
  CHECK(chosen.overlap() == 1.0);
}

TEST_CASE("points count as often as they are said to") {
  const std::vector<BoxKey> points = space(200, 5);
  const auto wins = [&](std::size_t i) { return points[1].values[i] > 0.5; };
  std::vector<std::uint32_t> times(200);
  std::vector<BoxKey> repeated(keys);
  std::vector<std::uint8_t> labels = labelled(points, wins), repeated_labels;
  for (std::size_t i = 0; i < 200; ++i) {
    times[i] = static_cast<std::uint32_t>(3.0 * noise(i, 6));
    labels[i] = noise(i, 7) < 0.2 ? 1 - labels[i] : labels[i];
    for (std::uint32_t t = 0; t < times[i]; ++t) {
      for (std::size_t k = 0; k < keys; ++k) repeated[k].values.push_back(points[k].values[i]);
      repeated_labels.push_back(labels[i]);
    }
  }
  const PointBox weighted = search_box(points, labels, times), written_out = search_box(repeated, repeated_labels);
  CHECK(weighted.inside == written_out.inside);
  CHECK(weighted.interesting_inside == written_out.interesting_inside);
  CHECK(weighted.limits.size() == written_out.limits.size());
}

TEST_CASE("labels that know nothing of the keys give no box that is told") {
  // 20 labellings, a third of the points wins. The chance of each to be told is at most 0.05: of 4 or more 0.016.
  const std::vector<BoxKey> points = space(150, 8);
  int told = 0, twin = 0;
  double kept = 0.0, limits = 0.0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const JudgedBox judged =
        judged_box(points, labelled(points, [&](std::size_t i) { return noise(i, 100 + seed) < 0.33; }), 1, seed, 2);
    told += judged.told() ? 1 : 0;
    for (const BoxLimit& limit : judged.box.limits) {
      kept += limit.kept;
      limits += 1.0;
    }
    // The twin: the same share of wins, of which a key knows half.
    twin +=
        judged_box(
            points,
            labelled(points, [&](std::size_t i) { return noise(i, 100 + seed) < (points[0].values[i] < 0.5 ? 0.5 : 0.16); }),
            1, seed, 2)
                .told()
            ? 1
            : 0;
  }
  INFO("told " << told << ", twin " << twin << ", kept " << kept / limits << " of " << limits);
  CHECK(told < 4);
  CHECK(twin >= 4);
  CHECK(kept / limits < 0.8);
}

TEST_CASE("the quasi-p-value of a limit is the binomial tail at the density without it") {
  // One key: 40 points, of which the upper 20 hold 15 wins and the lower 20 hold 5.
  std::vector<BoxKey> one(1);
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < 40; ++i) {
    one[0].values.push_back(i);
    labels.push_back(i < 20 ? (i % 4 == 0 ? 1 : 0) : (i % 4 != 3 ? 1 : 0));
  }
  const PointBox box = search_box(one, labels);
  REQUIRE(box.limits.size() == 1);
  CHECK(box.limits[0].side == Side::above);
  const double n = box.inside, h = box.interesting_inside;
  double tail = 0.0;
  for (double x = h; x <= n; ++x)
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) + n * std::log(0.5));
  CHECK(box.limits[0].quasi_p == Approx(tail).epsilon(1e-9));
}
