// Windows (T_{k-1}, T_k], and the regimes between changes.
#include <cmath>
#include <optional>
#include <vector>

#include "sojourn/engine/clock.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

Change lasting(double start, std::optional<double> end, Ramp ramp = {}) {
  Change change;
  change.start = Days(start);
  if (end) change.end = Days(*end);
  change.ramp = ramp;
  return change;
}

}  // namespace

TEST_CASE("windows: a boundary belongs to the window that it ends", "[engine]") {
  const Windows windows(50.0, 7.0);
  REQUIRE(windows.count() == 8);
  CHECK(windows.ends() == std::vector<double>{7, 14, 21, 28, 35, 42, 49, 50});
  CHECK(windows.begin(0) == 0.0);
  CHECK(windows.begin(7) == 49.0);
  CHECK(windows.end(7) == 50.0);
  CHECK(windows.of(0.0) == 0);
  CHECK(windows.of(7.0) == 0);
  CHECK(windows.of(std::nextafter(7.0, 8.0)) == 1);
  CHECK(windows.of(14.0) == 1);
  CHECK(windows.of(49.0) == 6);
  CHECK(windows.of(49.5) == 7);
  CHECK(windows.of(50.0) == 7);
}

TEST_CASE("windows: widths that are no sum of powers of two", "[engine]") {
  for (const double width : {0.1, 1.0 / 3.0, 365.25 / 12.0, 0.7, 5.0 / 24.0}) {
    const Windows windows(width * 240.0, width);
    INFO("width " << width);
    REQUIRE(windows.count() == 240);
    CHECK(windows.end(239) == width * 240.0);
    for (std::size_t k = 0; k < windows.count(); ++k) {
      REQUIRE(windows.of(windows.end(k)) == k);
      REQUIRE(windows.of(std::nextafter(windows.begin(k), 1e9)) == k);
      REQUIRE(windows.of(0.5 * (windows.begin(k) + windows.end(k))) == k);
    }
  }
  CHECK(Windows(0.3, 0.1).count() == 3);
  CHECK(Windows(0.31, 0.1).count() == 4);
  CHECK(Windows(5.0, 7.0).count() == 1);
  CHECK(Windows(5.0, 7.0).end(0) == 5.0);
}

TEST_CASE("regimes: they begin where a change starts or ends", "[engine]") {
  const Change first = lasting(10.0, 20.0), second = lasting(15.5, std::nullopt), late = lasting(60.0, std::nullopt);
  const Windows windows(50.0, 7.0);
  const Regimes all = regimes({PlannedChange{&first}, PlannedChange{&second}, PlannedChange{&late}}, windows, 50.0);
  CHECK(all.begins == std::vector<double>{0.0, 10.0, 15.5, 20.0});
  CHECK(all.fractions == std::vector<std::vector<double>>{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}});
  CHECK(all.on == std::vector<std::vector<bool>>{
                      {false, false, false}, {true, false, false}, {true, true, false}, {false, true, false}});
  const Regimes none = regimes({}, windows, 50.0);
  CHECK(none.begins == std::vector<double>{0.0});
  const Change always = lasting(0.0, std::nullopt);
  const Regimes one = regimes({PlannedChange{&always}}, windows, 50.0);
  CHECK(one.begins == std::vector<double>{0.0});
  CHECK(one.fractions[0][0] == 1.0);
}

TEST_CASE("regimes: a ramp takes a step at each window's edge, at the height of its middle", "[engine]") {
  const Change ramp = lasting(10.0, 40.0, {RampShape::linear, Days(14.0)});
  const Regimes all = regimes({PlannedChange{&ramp}}, Windows(50.0, 7.0), 50.0);
  // Middles: of (10, 14) 12, of (14, 21) 17.5, then 24.5 is past the ramp's end at 24.
  REQUIRE(all.begins == std::vector<double>{0.0, 10.0, 14.0, 21.0, 28.0, 40.0});
  const double fractions[] = {0.0, 2.0 / 14.0, 7.5 / 14.0, 1.0, 1.0, 0.0};
  for (std::size_t r = 0; r < all.begins.size(); ++r) CHECK(all.fractions[r][0] == Approx(fractions[r]));
  CHECK_FALSE(all.on[0][0]);
  CHECK(all.on[1][0]);
  CHECK(all.on[4][0]);
  CHECK_FALSE(all.on[5][0]);

  const Change curve = lasting(0.0, std::nullopt, {RampShape::s_curve, Days(14.0)});
  const Regimes bent = regimes({PlannedChange{&curve}}, Windows(50.0, 7.0), 50.0);
  CHECK(bent.fractions[0][0] == Approx(3.0 * 0.0625 - 2.0 * 0.015625));
  CHECK(bent.fractions[1][0] == Approx(3.0 * 0.5625 - 2.0 * 0.421875));
  CHECK(bent.fractions.back()[0] == 1.0);
}

TEST_CASE("discount: by windows and by the exponential function alike", "[engine]") {
  const double rho = behaviour::force_of_interest(0.08);
  const Windows weeks(730.5, 7.0), long_ones(73050.0, 36525.0);
  const Discount fine(rho, weeks, 7.0), coarse(rho, long_ones, 36525.0), none(0.0, weeks, 7.0);
  CHECK(fine.small());
  CHECK_FALSE(coarse.small());
  const auto worth = [](const Discount& discount, double t, std::size_t window) {
    return discount.begin(window) * (1.0 - discount.decay(t, window));
  };
  for (const double t : {0.0, 3.5, 7.0, 7.1, 365.25, 730.5}) {
    INFO(t);
    CHECK(worth(fine, t, weeks.of(t)) == Approx(std::pow(1.08, -t / 365.25)).epsilon(1e-14));
    CHECK(worth(coarse, t, 0) == Approx(std::pow(1.08, -t / 365.25)).epsilon(1e-14));
    CHECK(fine.decay(t, weeks.of(t)) >= 0.0);
    CHECK(fine.decay(t, weeks.of(t)) <= fine.largest_decay());
    CHECK(none.decay(t, weeks.of(t)) == 0.0);
    CHECK(none.begin(weeks.of(t)) == 1.0);
  }
}
