// Prices, levels, budgets, closed channels and rivals as they are written, and warnings where they can do nothing.
#include <string>
#include <vector>

#include "sojourn/decide/optimum.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/solve/neutral_exits.hpp"
#include "tests/catch.hpp"
#include "tests/unit/scenario_findings.hpp"

using namespace sojourn;

namespace {

// Nothing in it is idle.
const std::string journey = R"(schema = 1
[scenario]
title = "t"
start = 2026-11-15
horizon = "1 year"
customers = 100
[behaviour]
expectation_drift = "0.365 per year"
[[persona]]
id = "p"
share = 1
starts = { offer = 1 }
[[channel]]
id = "shop"
[[outside]]
id = "rival"
name = "The rival"
attraction = { table = [[0, "50 %"], ["100 days", 0.7]] }
[[outside]]
id = "nothing"
attraction = 0.2
[[touchpoint]]
id = "offer"
stage = "awareness"
next = [ { to = "buy", odds = 1, price = -0.1 }, { to = "away", odds = 1, outside = 2 } ]
[[touchpoint]]
id = "buy"
stage = "purchase"
channel = "shop"
price = "2k"
next = [ { to = "gone", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[touchpoint]]
id = "away"
stage = "awareness"
end = "lost"
[[improvement]]
id = "ads"
target = { touchpoint = "offer", exit_to = "buy" }
effect = { odds = "+50%" }
cost = { once = 100, per_month = 10 }
levels = [0.5, 1.0]
response = { hill = { half = 0.4, shape = 1.5 } }
fade = "60 days"
[[improvement]]
id = "sale"
target = { touchpoint = "buy" }
effect = { price = "-20%" }
[[event]]
id = "closed"
target = { channel = "shop" }
effect = { traffic = "= 0" }
start = "200 days"
end = "210 days"
[[event]]
id = "launch"
target = { outside = "rival" }
effect = { attraction = "+0.2" }
[[plan]]
id = "both"
improvements = [ { id = "ads", level = 0.25 }, "sale" ]
[budget]
per_quarter = "1k"
)";

ModelParts read(const std::string& text) {
  const Scenario scenario = parse_scenario(text, "s.toml");
  INFO(diagnostics(scenario, Severity::warning));
  REQUIRE(scenario.errors() == 0);
  return scenario.parts;
}

/// Everything that is said of the scenario.
std::string said(const std::string& text) { return diagnostics(parse_scenario(text, "s.toml"), Severity::warning); }

bool says(const std::string& text, const std::string& part) {
  const std::string all = said(text);
  UNSCOPED_INFO("wanted: " << part << "\nfound:\n" << all);
  return all.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("markets: every key arrives", "[scenario]") {
  CHECK(said(journey).empty());
  const ModelParts parts = read(journey);
  CHECK(parts.behaviour.expectation_drift == Approx(0.365 / 365.25));
  REQUIRE(parts.outside.size() == 2);
  CHECK(parts.outside[0].name == "The rival");
  CHECK(parts.outside[0].attraction == std::vector<std::pair<double, double>>{{0.0, 0.5}, {100.0, 0.7}});
  CHECK(parts.outside[1].attraction == std::vector<std::pair<double, double>>{{0.0, 0.2}});
  CHECK(parts.touchpoints[0].next[0].slopes.price == -0.1);
  CHECK(parts.touchpoints[0].next[1].slopes.outside == 2.0);
  CHECK(parts.touchpoints[1].price == 2000.0);
  CHECK(parts.improvements[0].levels == std::vector<double>{0.5, 1.0});
  CHECK(parts.improvements[0].response->half == 0.4);
  CHECK(parts.improvements[0].response->shape == 1.5);
  CHECK(parts.improvements[0].change.fade->value() == 60.0);
  CHECK(parts.events[0].effects[0].parameter == Parameter::traffic);
  CHECK(parts.events[1].target.outside == std::vector<OutsideId>{OutsideId(0)});
  CHECK(parts.plans[1].improvements == std::vector<ImprovementId>{ImprovementId(0), ImprovementId(1)});
  CHECK(parts.plans[1].levels == std::vector<double>{0.25, 1.0});
  CHECK(parts.budget.per_quarter == 1000.0);
  // A plan without levels has none.
  CHECK(read(replaced(journey, "{ id = \"ads\", level = 0.25 }", "\"ads\"")).plans[1].levels.empty());
}

TEST_CASE("markets: a level can be set from the command line, and an effect on the price varied", "[scenario]") {
  const Scenario scenario = parse_scenario(
      journey, "s.toml", ".",
      {Override{"--set", "plan.both.improvements[0].level", "0.75"}, Override{"--set", "outside.nothing.attraction", "0.9"},
       Override{"--set", "budget.per_quarter", "2000"}});
  INFO(diagnostics(scenario, Severity::error));
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.plans[1].levels[0] == 0.75);
  CHECK(scenario.parts.outside[1].attraction[0].second == 0.9);
  CHECK(scenario.parts.budget.per_quarter == 2000.0);
}

TEST_CASE("markets: what can do nothing has a warning", "[scenario]") {
  CHECK(says(replaced(journey, "price = \"2k\"\n", ""), "neither this touchpoint nor where the exit leads has a price"));
  CHECK(says(replaced(journey, "price = \"2k\"\n", ""), "never acts: its target has no price"));
  CHECK(says(replaced(journey, ", outside = 2 }", " }"), "what is outside changes nothing: no exit bends on it"));
  CHECK(says(replaced(journey, ", outside = 2 }", " }"), "never acts: no exit bends on what is outside"));
  CHECK(says(replaced(journey, "{ traffic = \"= 0\" }", "{ traffic = \"+0.5\" }"), "everybody comes who would"));
  CHECK(says(replaced(journey, "target = { channel = \"shop\" }", "target = { touchpoint = \"offer\" }"),
             "no exit leads to its target"));
  const std::string whole = replaced(replaced(journey, "levels = [0.5, 1.0]\n", ""), "level = 0.25", "level = 1");
  CHECK(says(whole, "response changes nothing"));
  CHECK(says(replaced(journey, "effect = { odds = \"+50%\" }\n", ""), "nothing fades"));
  // All exits with one slope on one price share it; a second price tells them apart.
  const std::string both =
      replaced(journey, "{ to = \"away\", odds = 1, outside = 2 }", "{ to = \"buy\", odds = 2, price = -0.1 }");
  CHECK(says(both, "all exits with odds have the same"));
  const std::string other = replaced(replaced(journey, "{ to = \"away\", odds = 1, outside = 2 }",
                                              "{ to = \"away\", odds = 2, price = -0.1, outside = 2 }"),
                                     "end = \"lost\"", "end = \"lost\"\nprice = 5");
  CHECK(said(other).empty());
}

TEST_CASE("markets: several rivals, each with a slope of its own", "[scenario]") {
  const std::string one = "outside = 2 }";
  const auto with = [&](const std::string& slopes) { return replaced(journey, one, "outside = " + slopes + " }"); };
  const std::string both = with("{ rival = 2, nothing = -0.5 }");
  CHECK(said(both).empty());
  const ModelParts parts = read(both);
  const Exit& away = parts.touchpoints[0].next[1];
  CHECK(away.slopes.outside == 0.0);
  CHECK(away.rivals == std::vector<std::pair<OutsideId, double>>{{OutsideId(1), -0.5}, {OutsideId(0), 2.0}});
  // From the command line, one of them or all.
  const auto set = [&](const std::string& text, const std::string& key, const std::string& value) {
    const Scenario scenario = parse_scenario(text, "s.toml", ".", {Override{"--set", key, value}});
    INFO(diagnostics(scenario, Severity::error));
    REQUIRE(scenario.errors() == 0);
    return scenario.parts.touchpoints[0].next[1];
  };
  CHECK(set(both, "touchpoint.offer.next.away.outside.nothing", "0.7").rivals[0].second == 0.7);
  CHECK(set(both, "touchpoint.offer.next.away.outside", "1.5").slopes.outside == 1.5);
  CHECK(set(both, "touchpoint.offer.next.away.outside", "1.5").rivals.empty());
  CHECK(set(journey, "touchpoint.offer.next.away.outside", "{ nothing = 3 }").rivals.size() == 1);
  // What cannot be, and what can do nothing.
  CHECK(says(with("{ rivals = 2 }"), "there is no outside \"rivals\""));
  CHECK(says(with("{ rival = 200 }"), "slope on \"rival\" is 200, but must be between -100 and 100"));
  CHECK(says(with("{}"), "outside names nothing"));
  CHECK(says(replaced(both, "{ to = \"away\", odds = 1,", "{ to = \"away\", probability = 0.5,"),
             "a slope on outside beside a probability"));
  CHECK(says(with("{ rival = 2, nothing = 0 }"), "this slope changes nothing: it is 0"));
  CHECK(says(with("{ rival = 2 }"), "what is outside changes nothing: no exit bends on it"));
  CHECK(says(with("{ nothing = 2 }"), "never acts: no exit bends on what its target names"));
  CHECK(says(replaced(both, "odds = 1, price = -0.1", "odds = 1, price = -0.1, outside = { rival = 2 }"),
             "this slope changes nothing: all exits with odds have the same"));
  const std::string half = replaced(
      replaced(journey, "[[event]]\nid = \"launch\"\ntarget = { outside = \"rival\" }\neffect = { attraction = \"+0.2\" }\n",
               ""),
      "{ table = [[0, \"50 %\"], [\"100 days\", 0.7]] }", "0.5");
  CHECK(says(half, "this slope changes nothing: the attraction is 0.5 all the time"));
}

TEST_CASE("markets: the same plan at another level is another plan", "[scenario]") {
  const std::string two = journey + "[[plan]]\nid = \"less\"\nimprovements = [ { id = \"ads\", level = 0.2 }, \"sale\" ]\n";
  CHECK(said(two).empty());
  CHECK(says(replaced(two, "level = 0.2 }", "level = 0.25 }"), "buys the same as plan"));
}

TEST_CASE("markets: a plan is held to the budget of every quarter", "[scenario]") {
  // A quarter of 100 and of 10 a month: on 15 November 25 falls due, and 2.5 a month.
  CHECK(said(replaced(journey, "per_quarter = \"1k\"", "per_quarter = 29")).empty());
  CHECK(says(replaced(journey, "per_quarter = \"1k\"", "per_quarter = 28"), "spends 29 in 2026 Q4"));
  CHECK(says(replaced(journey, "start = 2026-11-15\n", ""), "calendar quarters need the date of day 0"));
}

TEST_CASE("markets: maps divide customers by price and by what is outside", "[scenario]") {
  ModelParts parts = read(journey);
  parts.touchpoints[1].price = 10.0;
  parts.events.clear();
  const NeutralExits exits = neutral_exits(parts, TouchpointId(0));
  // The rival's mean over the year: up by 0.2 over 100 days, then 0.7.
  const double outside = (100.0 * 0.6 + 265.25 * 0.7) / 365.25;
  const double buys = std::exp(-1.0), leaves = std::exp(2.0 * (outside - 0.5));
  CHECK(exits.shares[0] == Approx(buys / (buys + leaves)));
  parts.touchpoints[1].price = 11.0;
  CHECK(neutral_exits(parts, TouchpointId(0)).shares[0] != Approx(buys / (buys + leaves)));
  // The same by a slope of its own, beside another.
  parts.touchpoints[1].price = 10.0;
  Exit& away = parts.touchpoints[0].next[1];
  away.slopes.outside = 0.0;
  away.rivals = {{OutsideId(0), 2.0}, {OutsideId(1), 1.0}};
  const double both = leaves * std::exp(0.2 - 0.5);
  CHECK(neutral_exits(parts, TouchpointId(0)).shares[0] == Approx(buys / (buys + both)));
}

TEST_CASE("markets: with an improvement at half its level the fraction is that of Hill's curve", "[model]") {
  Improvement improvement;
  CHECK(fraction_at(improvement, 0.5) == 0.5);
  improvement.response = Hill{0.4, 1.5};
  const auto hill = [](double x) { return std::pow(x, 1.5) / (std::pow(0.4, 1.5) + std::pow(x, 1.5)); };
  CHECK(fraction_at(improvement, 1.0) == 1.0);
  for (const double x : {0.01, 0.25, 0.5, 0.99})
    CHECK(fraction_at(improvement, x) == Approx(hill(x) / hill(1.0)).epsilon(1e-12));
}
