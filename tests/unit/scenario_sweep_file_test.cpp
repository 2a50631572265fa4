// The sweep file: what it says, and what it must refuse, with places.
#include <string>

#include "sojourn/scenario/sweep_file.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr const char* scenario = R"(schema = 1
[scenario]
title = "Small"
horizon = "12 months"
customers = 100
[[persona]]
id = "everybody"
share = 1
starts = { buy = 1 }
[[team]]
id = "a"
[[team]]
id = "b"
[[handover]]
from = "a"
to = "b"
carry = 0.5
[[handover]]
from = "b"
to = "a"
carry = 0.6
[[touchpoint]]
id = "buy"
stage = "purchase"
team = "a"
quality = 0.6
next = [ { to = "use", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "use"
stage = "retention"
team = "b"
next = [ { to = "churned", odds = 1, after = { exponential = { mean = "30 days" } } } ]
[[touchpoint]]
id = "churned"
stage = "retention"
end = "churned"
[[improvement]]
id = "better"
target = { touchpoint = "buy" }
effect = { quality = "+0.1", effort = "-40%" }
[[improvement]]
id = "kinder"
target = { touchpoint = "use" }
effect = { quality = "+0.2" }
[[plan]]
id = "improve"
improvements = ["better", "kinder"]
)";

std::string file(const std::string& design, const std::string& vary, const std::string& more = "") {
  return "schema = 1\n[sweep]\nscenario = \"small.toml\"\ndesign = " + design + "\n" + more + vary;
}

SweepFile read(const std::string& text, const std::string& table = "") {
  return parse_sweep(text, "sweep.toml", table, scenario);
}

SweepFile sound(const std::string& text, const std::string& table = "") {
  SweepFile sweep = read(text, table);
  INFO(diagnostics(sweep, Severity::warning));
  REQUIRE(sweep.findings.empty());
  return sweep;
}

/// The only error: its place, and its message.
std::string error(const std::string& text, const std::string& table = "") {
  const SweepFile sweep = read(text, table);
  INFO(diagnostics(sweep));
  REQUIRE(sweep.errors() == 1);
  return sweep.rendered.front().substr(0, sweep.rendered.front().find('\n'));
}

std::string vary(const std::string& key, const std::string& values) {
  return "[[vary]]\nkey = \"" + key + "\"\n" + values + "\n";
}

}  // namespace

TEST_CASE("a sweep file says what varies, and the rest comes from the scenario") {
  const SweepFile sweep =
      sound(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.quality.mean", "from = 0.3\nto = 0.8"),
                 "customers = 50\nreplications = 3\nseed = 9\nseries = true\n"));
  CHECK(sweep.design.kind == DesignChoice::Kind::sobol);
  CHECK(sweep.design.samples == 8);
  CHECK(sweep.seed == 9);
  CHECK(sweep.series);
  CHECK(sweep.plans == std::vector<std::string>{"baseline", "improve"});
  CHECK(sweep.scenario.parts.settings.customers == 50);
  CHECK(sweep.scenario.parts.settings.replications == 3);
  REQUIRE(sweep.keys.size() == 1);
  CHECK(sweep.keys[0].at(0.5).number == Approx(0.55).epsilon(1e-15));
  CHECK(sweep.keys[0].at(1.0).text == "0.8");
  const Scenario there = scenario_at(sweep, {sweep.keys[0].at(0.0)});
  CHECK(there.errors() == 0);
  CHECK(there.parts.touchpoints[0].quality_mean == 0.3);
  CHECK(there.parts.settings.customers == 50);
}

TEST_CASE("the order of plans is the scenario's, so that the baseline stands first") {
  const SweepFile sweep =
      sound(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.quality.mean", "from = 0.3\nto = 0.8"),
                 "plans = [\"improve\", \"baseline\"]\n"));
  CHECK(sweep.plans == std::vector<std::string>{"baseline", "improve"});
}

TEST_CASE("durations and rates are numbers of days and per day, with their unit") {
  const SweepFile sweep =
      sound(file("{ grid = {} }", vary("touchpoint.buy.next.use.after", "from = \"1 day\"\nto = \"3 days\"\nsteps = 3")));
  CHECK(sweep.keys[0].unit == "day");
  CHECK(sweep.keys[0].step(1).text == "2");
  CHECK(sweep.keys[0].step(2).number == 3.0);
}

TEST_CASE("whole numbers are rounded") {
  const SweepFile sweep = sound(file("{ sobol = { samples = 8 } }", vary("scenario.customers", "from = 10\nto = 20")));
  CHECK(sweep.keys[0].at(0.449).text == "14");
  CHECK(sweep.keys[0].at(0.451).number == 15.0);
}

TEST_CASE("a star stands for every entry") {
  const SweepFile sweep = sound(file("{ grid = {} }", vary("handover.*.carry", "values = [0.1, 0.9]")));
  CHECK(sweep.keys[0].paths == std::vector<std::string>{"handover[0].carry", "handover[1].carry"});
  const Scenario there = scenario_at(sweep, {sweep.keys[0].step(1)});
  CHECK(there.parts.handovers[0].carry == 0.9);
  CHECK(there.parts.handovers[1].carry == 0.9);
  CHECK(error(file("{ grid = {} }", vary("survey.*.sample", "values = [0.1, 0.9]"))) ==
        "sweep.toml:6:7: error: \"survey.*.sample\" names nothing in the scenario");
}

TEST_CASE("the number of an effect keeps its sign and its percent") {
  const SweepFile sweep =
      sound(file("{ sobol = { samples = 8 } }", vary("improvement.*.effect.quality", "from = 0.05\nto = 0.25") +
                                                    vary("improvement.better.effect.effort", "from = 10\nto = 50")));
  CHECK(sweep.keys[0].at(1.0).text == "+0.25");
  CHECK(sweep.keys[1].at(0.0).text == "-10%");
  const Scenario there = scenario_at(sweep, {sweep.keys[0].at(1.0), sweep.keys[1].at(0.0)});
  const auto effect = [&](std::size_t improvement, std::size_t which) {
    return there.parts.improvements[improvement].change.effects[which].value;
  };
  CHECK(effect(0, 0) == 0.25);
  CHECK(effect(0, 1) == Approx(0.9));
  CHECK(effect(1, 0) == 0.25);
  CHECK(error(file("{ grid = {} }", vary("improvement.better.effect.quality", "values = [-0.1, 0.1]")))
            .find("cannot be negative") != std::string::npos);
  CHECK(error(file("{ grid = {} }", vary("improvement.kinder.effect.effort", "values = [10, 20]"))).find("has no effect") !=
        std::string::npos);
}

TEST_CASE("distributions are cut at the key's range") {
  const SweepFile sweep =
      sound(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "normal = { mean = 0.1, sd = 0.2 }") +
                                                    vary("touchpoint.use.effort", "beta = [2, 2]")));
  CHECK(sweep.keys[0].at(0.0).number == 0.0);
  CHECK(sweep.keys[0].at(1.0).number == Approx(1.0).epsilon(1e-6));
  // Half of what is left lies below: F(m) = (F(0) + F(1)) / 2 with F normal.
  CHECK(sweep.keys[0].at(0.5).number == Approx(0.179373).epsilon(1e-4));
  CHECK(sweep.keys[1].at(0.5).number == Approx(0.5).epsilon(1e-6));
  CHECK(error(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "normal = { mean = 0.1, sd = -1 }"))) ==
        "sweep.toml:7:10: error: sd of effort is -1, but must be 0 or more");
  CHECK(error(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "normal = { mean = 9, sd = 0.1 }")))
            .find("hardly anything") != std::string::npos);
}

TEST_CASE("a table of points has its keys in its header") {
  const std::string text = file("{ table = \"points.csv\" }", "");
  const SweepFile sweep = sound(text, "touchpoint.buy.effort, scenario.horizon\n0.1,6 months\n0.5,\"1 year\"\n");
  CHECK(sweep.design.rows == 2);
  REQUIRE(sweep.keys.size() == 2);
  CHECK(sweep.keys[0].step(1).number == 0.5);
  CHECK(sweep.keys[1].step(1).text == "1 year");
  CHECK(sweep.keys[1].step(1).number == 1.0);  // its place among the texts
  CHECK(error(text, "touchpoint.buy.effort\n0.1\n1.5\n") ==
        "points.csv:3:1: error: effort is 1.5, but must be between 0 and 1");
  CHECK(error(text, "touchpoint.bye.effort\n0.1\n0.2\n") == "points.csv:1:1: error: there is no \"bye\" in touchpoint");
  CHECK(error(text, "touchpoint.buy.effort,scenario.seed\n0.1\n") ==
        "points.csv:2:1: error: this line has 1 field, the header has 2");
  CHECK(error(text, "touchpoint.buy.effort\n") == "points.csv: error: the table has no points");
}

TEST_CASE("each mistake has its place") {
  const std::string good = vary("touchpoint.buy.effort", "from = 0.1\nto = 0.8\nsteps = 3");
  CHECK(error(file("{ grid = {} }", good + good)) == "sweep.toml:11:7: error: \"touchpoint.buy.effort\" varies already");
  CHECK(error(file("{ grid = {} }", vary("touchpoint.buy.effort", "from = 0.1\nto = 0.8"))) ==
        "sweep.toml:6:7: error: \"touchpoint.buy.effort\" has no steps for a grid");
  CHECK(error(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "from = 0.1\nto = 1.8"))) ==
        "sweep.toml:8:6: error: effort is 1.8, but must be between 0 and 1");
  CHECK(error(file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "from = 0.1\nto = 0.1"))) ==
        "sweep.toml:8:6: error: to is the same as from: nothing varies");
  CHECK(error(file("{ morris = { trajectories = 4, levels = 5 } }", good)) ==
        "sweep.toml:4:50: error: levels is 5, but must be even");
  CHECK(error(file("{ grid = {} }", vary("scenario.replications", "values = [1, 2]"))) ==
        "sweep.toml:6:7: error: every point of a sweep has the same replications");
  CHECK(error(file("{ grid = {}, sobol = { samples = 8 } }", good)) ==
        "sweep.toml:4:10: error: design must be of one kind, not several");
  CHECK(error(file("{ sobol = { samples = 8 } }", "")) == "sweep.toml:4:12: error: nothing varies");
  CHECK(error(file("{ grid = {} }", good, "plans = [\"improv\"]\n")) ==
        "sweep.toml:5:10: error: there is no plan \"improv\"");
  CHECK(error(file("{ saltelli = { samples = 100_000_000 } }", good)).find("points, at most") != std::string::npos);
  CHECK(error(file("{ grid = {} }", good, "customers = 0\n")) ==
        "sweep.toml: customers = 0: error: customers is 0, but must be 1 or more");
}

TEST_CASE("a number of samples that is no power of two is warned of") {
  const SweepFile sweep = read(file("{ sobol = { samples = 100 } }", vary("touchpoint.buy.effort", "from = 0.1\nto = 0.8")));
  CHECK(sweep.errors() == 0);
  REQUIRE(sweep.warnings() == 1);
  CHECK(sweep.findings[0].hint == "take 64 or 128");
}

TEST_CASE("without its scenario a sweep has the same points") {
  const std::string text =
      file("{ sobol = { samples = 8 } }", vary("touchpoint.buy.effort", "normal = { mean = 0.1, sd = 0.2 }") +
                                              vary("improvement.*.effect.quality", "from = 0\nto = 0.3"));
  const SweepFile with = sound(text), without = parse_sweep(text, "sweep.toml");
  REQUIRE(without.errors() == 0);
  for (const double share : {0.0, 0.2, 0.9, 1.0}) {
    for (std::size_t k = 0; k < 2; ++k) CHECK(with.keys[k].at(share).number == without.keys[k].at(share).number);
  }
}
