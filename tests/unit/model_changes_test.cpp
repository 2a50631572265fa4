// The arithmetic of changes (MODEL.md section 7): worked examples by hand, and properties over random shifts.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/keys.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

using Shifts = std::vector<Shift>;

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr auto& parameters = keys::all_parameters;

// Random shifts of a parameter from a fixed seed; values reach well beyond [0,1].
class RandomShifts {
 public:
  double start() { return parameter_value_(generator_); }
  Shift shift() {
    const auto operation = static_cast<Operation>(generator_() % 3);
    const double value = operation == Operation::multiply ? 2.0 * unit_(generator_) : 3.0 * unit_(generator_) - 1.5;
    const double fraction = generator_() % 3 == 0 ? unit_(generator_) : static_cast<double>(generator_() % 2);
    return {operation, value, fraction};
  }
  Shifts shifts(std::size_t most) {
    Shifts made(generator_() % (most + 1));
    for (Shift& one : made) one = shift();
    return made;
  }
  std::mt19937& generator() { return generator_; }

 private:
  std::mt19937 generator_{20260101};
  std::uniform_real_distribution<double> unit_{0.0, 1.0};
  std::uniform_real_distribution<double> parameter_value_{0.0, 1.0};
};

}  // namespace

TEST_CASE("changes: ranges and names of parameters", "[model][changes]") {
  CHECK(range(Parameter::quality) == Range{0.0, 1.0});
  CHECK(range(Parameter::probability) == Range{0.0, 1.0});
  CHECK(range(Parameter::odds) == Range{0.0, infinity});
  CHECK(range(Parameter::delay) == Range{0.0, infinity});
  CHECK(range(Parameter::revenue_per_month) == Range{-infinity, infinity});
  CHECK(name(Parameter::quality) == "quality");
  CHECK(name(Parameter::handle_time) == "handle_time");
  std::vector<std::string_view> names;
  for (const Parameter parameter : parameters) names.push_back(name(parameter));
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
  CHECK(names.front() != "");
}

TEST_CASE("changes: ramps", "[model][changes]") {
  const Days start(10.0);
  const Ramp linear{RampShape::linear, Days(20.0)}, curve{RampShape::s_curve, Days(20.0)};
  CHECK(ramp_fraction({}, start, Days(0.0)) == 1.0);
  CHECK(ramp_fraction({RampShape::linear, Days(0.0)}, start, Days(10.0)) == 1.0);
  CHECK(ramp_fraction(linear, start, Days(5.0)) == 0.0);
  CHECK(ramp_fraction(linear, start, Days(10.0)) == 0.0);
  CHECK(ramp_fraction(linear, start, Days(15.0)) == 0.25);
  CHECK(ramp_fraction(linear, start, Days(30.0)) == 1.0);
  CHECK(ramp_fraction(linear, start, Days(300.0)) == 1.0);
  CHECK(ramp_fraction(curve, start, Days(10.0)) == 0.0);
  CHECK(ramp_fraction(curve, start, Days(15.0)) == 3.0 / 16.0 - 2.0 / 64.0);
  CHECK(ramp_fraction(curve, start, Days(20.0)) == 0.5);
  CHECK(ramp_fraction(curve, start, Days(30.0)) == 1.0);
  for (double t = 10.0; t < 30.0; t += 0.125) {
    CHECK(ramp_fraction(curve, start, Days(t)) <= ramp_fraction(curve, start, Days(t + 0.125)));
    // Point symmetry about the middle.
    CHECK(ramp_fraction(curve, start, Days(t)) + ramp_fraction(curve, start, Days(40.0 - t)) == Approx(1.0));
  }
}

TEST_CASE("changes: one change alone does what it says", "[model][changes]") {
  CHECK(shifted(Parameter::quality, 0.5, {Operation::add, 0.1, 1.0}) == 0.6);
  CHECK(shifted(Parameter::quality, 0.5, {Operation::multiply, 0.8, 1.0}) == 0.4);
  CHECK(shifted(Parameter::quality, 0.5, {Operation::set, 0.9, 1.0}) == 0.9);
  CHECK(shifted(Parameter::quality, 0.8, {Operation::add, 0.5, 1.0}) == 1.0);
  // Half of the way to the clipped value, not the clip of half of the shift.
  CHECK(shifted(Parameter::quality, 0.5, {Operation::add, 1.0, 0.5}) == 0.75);
  CHECK(shifted(Parameter::odds, 1.0, {Operation::add, -3.0, 1.0}) == 0.0);
  CHECK(shifted(Parameter::cost, 1.0, {Operation::add, -3.0, 1.0}) == -2.0);
  // 0.1 + 1 (0.9 - 0.1) does not round to 0.9; the change says 0.9.
  CHECK(shifted(Parameter::quality, 0.1, {Operation::set, 0.9, 1.0}) == 0.9);
}

TEST_CASE("changes: several changes of a parameter in [0,1]", "[model][changes]") {
  // Raises 0.5 -> 0.6 and 0.5 -> 0.75 leave 0.8 and 0.5 of the distance to 1.
  CHECK(combine(Parameter::quality, 0.5, Shifts{{Operation::add, 0.1, 1.0}, {Operation::multiply, 1.5, 1.0}}) ==
        Approx(0.8));
  // Cuts keep 0.8 and 0.5 of what is there.
  CHECK(combine(Parameter::quality, 0.5, Shifts{{Operation::multiply, 0.8, 1.0}, {Operation::add, -0.25, 1.0}}) ==
        Approx(0.2));
  // Raises first: 0.5 -> 0.8, then the cut by half.
  CHECK(combine(Parameter::quality, 0.5, Shifts{{Operation::set, 0.25, 1.0}, {Operation::set, 0.8, 1.0}}) == Approx(0.4));
  // At the limits nothing is divided by zero.
  CHECK(combine(Parameter::quality, 1.0, Shifts{{Operation::add, 0.1, 1.0}, {Operation::multiply, 0.5, 1.0}}) == 0.5);
  CHECK(combine(Parameter::quality, 0.0, Shifts{{Operation::add, -0.1, 1.0}, {Operation::add, 0.5, 1.0}}) == 0.5);
  CHECK(combine(Parameter::quality, 0.0, Shifts{{Operation::add, 0.5, 1.0}, {Operation::add, 0.5, 1.0}}) == 0.75);
  CHECK(combine(Parameter::quality, 1.0, Shifts{{Operation::add, -0.5, 1.0}, {Operation::add, -0.5, 1.0}}) == 0.25);
}

TEST_CASE("changes: several changes of another parameter", "[model][changes]") {
  const Shift set5{Operation::set, 5.0, 1.0}, set7{Operation::set, 7.0, 1.0}, add2{Operation::add, 2.0, 1.0},
      half{Operation::multiply, 0.5, 1.0};
  CHECK(combine(Parameter::odds, 1.0, Shifts{half, add2}) == 1.5);
  CHECK(combine(Parameter::odds, 1.0, Shifts{half, add2, set5}) == 3.5);
  CHECK(combine(Parameter::odds, 1.0, Shifts{set5, set7}) == 7.0);
  CHECK(combine(Parameter::odds, 1.0, Shifts{set7, set5}) == 5.0);
  // A set to the value of the file undoes the set before it.
  CHECK(combine(Parameter::odds, 1.0, Shifts{set7, {Operation::set, 1.0, 1.0}}) == 1.0);
  // One that comes in slowly takes over from the one before it.
  CHECK(combine(Parameter::odds, 1.0, Shifts{set5, {Operation::set, 7.0, 0.5}}) == 6.0);
  CHECK(combine(Parameter::odds, 1.0, Shifts{set5, {Operation::set, 7.0, 0.0}}) == 5.0);
  // A factor acts on what others added to 0.
  CHECK(combine(Parameter::odds, 0.0, Shifts{half, add2}) == 1.0);
  CHECK(combine(Parameter::odds, 1.0, Shifts{{Operation::add, -3.0, 1.0}, half}) == 0.0);
  CHECK(combine(Parameter::cost, 1.0, Shifts{{Operation::add, -3.0, 1.0}, half}) == -1.0);
  CHECK(combine(Parameter::delay, 1.0, Shifts{{Operation::multiply, 0.5, 0.5}, {Operation::multiply, 0.5, 1.0}}) == 0.375);
}

TEST_CASE("changes: no change, and one change among idle ones, are exact", "[model][changes]") {
  RandomShifts random;
  for (int trial = 0; trial < 2000; ++trial) {
    const double x0 = random.start();
    const Shift shift = random.shift();
    for (const Parameter parameter : parameters) {
      REQUIRE(combine(parameter, x0, {}) == x0);
      REQUIRE(combine(parameter, x0, Shifts{shift}) == shifted(parameter, x0, shift));
      REQUIRE(combine(parameter, x0, Shifts{{Operation::add, 0.5, 0.0}, shift, {Operation::multiply, 1.0, 1.0}}) ==
              shifted(parameter, x0, shift));
    }
  }
}

TEST_CASE("changes: no combination leaves the range", "[model][changes]") {
  RandomShifts random;
  for (int trial = 0; trial < 5000; ++trial) {
    const double x0 = random.start();
    const Shifts shifts = random.shifts(6);
    for (const Parameter parameter : parameters) {
      const double x = combine(parameter, x0, shifts);
      REQUIRE(std::isfinite(x));
      REQUIRE(x >= range(parameter).low);
      REQUIRE(x <= range(parameter).high);
    }
  }
}

TEST_CASE("changes: apart from sets the order of changes alters no bit", "[model][changes]") {
  RandomShifts random;
  for (int trial = 0; trial < 5000; ++trial) {
    const double x0 = random.start();
    Shifts shifts = random.shifts(6);
    Shifts shuffled = shifts;
    std::shuffle(shuffled.begin(), shuffled.end(), random.generator());
    REQUIRE(combine(Parameter::quality, x0, shuffled) == combine(Parameter::quality, x0, shifts));
    const auto sets = [](const Shift& shift) { return shift.operation == Operation::set; };
    std::erase_if(shifts, sets);
    std::erase_if(shuffled, sets);
    REQUIRE(combine(Parameter::odds, x0, shuffled) == combine(Parameter::odds, x0, shifts));
    REQUIRE(combine(Parameter::cost, x0, shuffled) == combine(Parameter::cost, x0, shifts));
  }
}

TEST_CASE("changes: in [0,1] a further raise never lowers, and its gain is smaller than alone", "[model][changes]") {
  RandomShifts random;
  for (int trial = 0; trial < 5000; ++trial) {
    const double x0 = random.start();
    const Shift first{Operation::add, 0.4 * random.start(), 1.0}, second{Operation::add, 0.4 * random.start(), 1.0};
    const double one = combine(Parameter::quality, x0, Shifts{first});
    const double both = combine(Parameter::quality, x0, Shifts{first, second});
    const double alone = combine(Parameter::quality, x0, Shifts{second});
    REQUIRE(both >= one - 1e-12);
    REQUIRE(both - one <= alone - x0 + 1e-12);
  }
}

TEST_CASE("changes: targets combine by and", "[model][changes]") {
  const ModelParts parts = example::parts();
  Target target;
  CHECK(matches(parts, target, example::bill, example::young));
  target.teams = {example::care};
  CHECK(matches(parts, target, example::bill, example::young));
  CHECK_FALSE(matches(parts, target, example::ad, example::young));
  CHECK_FALSE(matches(parts, target, example::lost, example::young));  // of no team
  target.channels = {example::web, example::mail};
  CHECK(matches(parts, target, example::bill, example::young));
  target.stages = {Stage::purchase};
  CHECK_FALSE(matches(parts, target, example::bill, example::young));
  target.stages = {Stage::purchase, Stage::retention};
  target.touchpoints = {example::use, example::bill};
  target.personas = {example::family};
  CHECK(matches(parts, target, example::bill, example::family));
  CHECK_FALSE(matches(parts, target, example::bill, example::young));
  CHECK_FALSE(matches(parts, target, example::support, example::family));
}

TEST_CASE("changes: exit_to narrows exits and nothing else", "[model][changes]") {
  const ModelParts parts = example::parts();
  Target target;
  target.exit_to = {example::churned};
  CHECK(matches(parts, target, example::ad, example::young));
  CHECK(matches_exit(parts, target, example::bill, 0, example::young));
  CHECK_FALSE(matches_exit(parts, target, example::bill, 1, example::young));
  target.personas = {example::family};
  CHECK_FALSE(matches_exit(parts, target, example::bill, 0, example::young));
  target.exit_to.clear();
  CHECK(matches_exit(parts, target, example::bill, 1, example::family));
}

TEST_CASE("changes: changes under a plan come in the order of the model, events last", "[model][changes]") {
  ModelParts parts = example::parts();
  parts.plans[2].improvements = {example::training, example::plain_bill, example::training, ImprovementId()};
  parts.plans[2].levels = {0.25};
  const std::vector<PlannedChange> bold = changes_under(parts, PlanId(2));
  REQUIRE(bold.size() == 3);
  CHECK(bold[0]->id == "plain-bill");
  CHECK(bold[1]->id == "training");
  CHECK(bold[2]->id == "outage");
  CHECK(bold[0].level == 1.0);
  CHECK(bold[1].level == 0.25);
  CHECK(bold[1].fraction == 0.25);
  CHECK(bold[2].fraction == 1.0);
  const std::vector<PlannedChange> baseline = changes_under(parts, PlanId(0));
  REQUIRE(baseline.size() == 1);
  CHECK(baseline[0].change == &parts.events[0]);
}
