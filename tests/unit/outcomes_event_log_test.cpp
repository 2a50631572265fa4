#include "sojourn/outcomes/event_log.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

namespace sojourn {
namespace {

using verify::by_odds;
using verify::by_share;

TEST_CASE("time stamps go over days, months and leap years", "[outcomes]") {
  CHECK(timestamp("2026-01-01", 0.0) == "2026-01-01T00:00:00.000+00:00");
  CHECK(timestamp("2026-01-31", 1.5) == "2026-02-01T12:00:00.000+00:00");
  CHECK(timestamp("2024-02-28", 1.0) == "2024-02-29T00:00:00.000+00:00");
  CHECK(timestamp("2025-02-28", 1.0) == "2025-03-01T00:00:00.000+00:00");
  CHECK(timestamp("2026-12-31", 1.0 - 1.0 / 86'400'000.0) == "2026-12-31T23:59:59.999+00:00");
}

TEST_CASE("an event log quotes what its format must quote", "[outcomes]") {
  ModelParts parts =
      verify::journey({verify::place(Stage::purchase, {by_odds(1, 1.0)}), verify::finish(End::churned)}, 30.0, 3);
  parts.touchpoints[0].name = "Says \"yes\", <at> last & buys";
  parts.touchpoints[1].name = "Line\nbreak";
  const EventLog log = event_log(Model(parts), 2);
  CHECK(log.lives.size() == 2);
  REQUIRE(log.visits() == 4);
  CHECK(log.lives[0].visits[0].stay.to == 1);
  CHECK(csv(log).find("\"Says \"\"yes\"\", <at> last & buys\"") != std::string::npos);
  CHECK(csv(log).find("\"Line\nbreak\"") != std::string::npos);
  parts.settings.title = "A < B & \"C\"";
  CHECK(xes(event_log(Model(parts), 1)).find("value=\"A &lt; B &amp; &quot;C&quot;\"") != std::string::npos);
}

TEST_CASE("a level is that fraction of a change's effect, at every moment of its ramp", "[engine]") {
  const auto quality = [](double level, Ramp ramp) {
    ModelParts parts =
        verify::journey({verify::place(Stage::purchase, {by_share(1, 0.1)}), verify::finish(End::churned)}, 10.0, 1);
    parts.settings.window = Days(1.0);
    Improvement half;
    half.change = verify::change("half", 0, {Parameter::quality, Operation::set, 0.9}, 0.0);
    half.change.level = level;
    half.change.ramp = ramp;
    parts.improvements = {half};
    parts.plans.push_back({"bought", "bought", {ImprovementId(0)}});
    const Program program(apply(Model(parts), PlanId(1)));
    return program.row(program.regime(4.6), 0, 0).quality;
  };
  CHECK(quality(1.0, {}) == Approx(0.9f));
  CHECK(quality(0.5, {}) == Approx(0.7f));
  const Ramp slow{RampShape::linear, Days(9.0)};
  CHECK(quality(1.0, slow) == Approx(0.7f));
  CHECK(quality(0.5, slow) == Approx(0.6f));
}

}  // namespace
}  // namespace sojourn
