// What a map shows beside the touchpoints themselves: events, what others say, the few weakest; and that no view moves it.
#include <algorithm>
#include <string>
#include <vector>

#include "sim/map/journey_map_layout.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/report/happening_words.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

const char* const journey = R"(schema = 1
[scenario]
title = "Signs"
start = 2026-09-01
horizon = "2 years"
customers = 100
[[persona]]
id = "all"
share = 1
starts = { hears = 1 }
[[touchpoint]]
id = "hears"
name = "Hears of it"
stage = "awareness"
quality = 0.4
exits = "race"
next = [ { to = "looks", after = { exponential = { mean = "90 days" } } }, { to = "looks", on = "heard", probability = 0.2 } ]
[[touchpoint]]
id = "looks"
name = "Looks"
stage = "consideration"
quality = 0.3
reads_reviews = true
next = [ { to = "buys", odds = 1, after = "2 days", heard = 0.5 }, { to = "hears", odds = 2, after = "2 days" } ]
[[touchpoint]]
id = "buys"
name = "Buys"
stage = "purchase"
quality = 0.2
weight = 2.0
revenue = 10
next = [ { to = "uses", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "uses"
name = "Uses it"
stage = "retention"
quality = 0.1
next = [ { to = "buys", odds = 3, after = "30 days" }, { to = "looks", odds = 1, after = "30 days" }, { to = "gone", odds = 1, after = "30 days" } ]
[[touchpoint]]
id = "gone"
name = "Gone"
stage = "retention"
end = "churned"
[word_of_mouth]
promoter_rate = "0.4 per month"
detractor_rate = "0.5 per month"
[reviews]
probability = 0.02
[[event]]
id = "storm"
name = "The autumn storm"
target = { touchpoint = "uses", exit_to = "looks" }
effect = { odds = "+50%" }
start = 2026-11-01
duration = "3 days"
every = "1 year"
[[improvement]]
id = "better"
name = "Better"
target = { touchpoint = "buys" }
effect = { quality = "+0.3" }
start = "30 days"
cost = { once = 100 }
[[plan]]
id = "plan"
name = "The plan"
improvements = ["better"]
)";

Model model() { return build(parse_scenario(journey, "signs.toml")); }

std::size_t place(const journey_map::MapContent& map, const std::string& id) {
  const auto found =
      std::find_if(map.touchpoints.begin(), map.touchpoints.end(), [&](const auto& at) { return at.id == id; });
  return static_cast<std::size_t>(found - map.touchpoints.begin());
}

}  // namespace

TEST_CASE("map: events stand where they happen, and below the map when", "[map]") {
  const journey_map::MapContent map = journey_map::content(model());
  CHECK(map.touchpoints[place(map, "uses")].events == std::vector<std::string>{"The autumn storm"});
  CHECK(map.touchpoints[place(map, "looks")].events.empty());
  REQUIRE_FALSE(map.notes.empty());
  CHECK(map.notes.front() == "Event: The autumn storm, from 1 November 2026 to 4 November 2026, again every year.");
  const std::string svg = journey_svg(model());
  CHECK(svg.find(">The autumn storm<") != std::string::npos);
  CHECK(svg.find("class=\"flash\"") != std::string::npos);
  CHECK(journey_dot(model()).find("event: The autumn") != std::string::npos);
}

TEST_CASE("map: what others say stands where customers hear it", "[map]") {
  const journey_map::MapContent map = journey_map::content(model());
  CHECK(map.touchpoints[place(map, "hears")].voices == std::vector<std::string>{"hears others"});
  CHECK(map.touchpoints[place(map, "looks")].voices == std::vector<std::string>{"hears others", "reads reviews"});
  CHECK(map.touchpoints[place(map, "uses")].voices.empty());
  CHECK(map.notes.at(1) == "Customers talk, messages each: promoters 0.4 a month, detractors 0.5 a month.");
  CHECK(map.notes.at(2) == "Customers write reviews after 2 % of visits or more.");
}

TEST_CASE("map: the three lowest are called weak, not all that are below the middle", "[map]") {
  journey_map::MapContent map = journey_map::content(model());
  const auto weak = [&] {
    std::vector<std::string> ids;
    for (const auto& at : map.touchpoints) {
      if (at.weak) ids.push_back(at.id);
    }
    return ids;
  };
  CHECK(weak() == std::vector<std::string>{"looks", "buys", "uses"});
  // Where hardly anybody comes is not weak.
  mark_weak(map, {1.0, 1.0, 0.01, 1.0, 0.5});
  CHECK(weak() == std::vector<std::string>{"hears", "looks", "uses"});
  map.touchpoints[place(map, "looks")].quality = 0.7;
  mark_weak(map);
  CHECK(weak() == std::vector<std::string>{"hears", "buys", "uses"});
}

TEST_CASE("map: no view moves a touchpoint to another place", "[map]") {
  const journey_map::MapContent plain = journey_map::content(model());
  const std::vector<char> placed(plain.touchpoints.size(), 1);
  journey_map::MapContent measured = plain;
  // Whatever was measured, and whatever a plan makes of it.
  for (std::size_t e = 0; e < measured.exits.size(); ++e) measured.exits[e].share = e % 2 == 0 ? 0.01 : 0.99;
  journey_map::MapExit imagined;
  imagined.from = place(plain, "uses");
  imagined.to = place(plain, "hears");
  imagined.imagined = true;
  measured.exits.push_back(imagined);
  CHECK(journey_map::columns(measured, placed) == journey_map::columns(plain, placed));
  const auto lay_out = [&](const journey_map::MapContent& map) {
    std::vector<journey_map::Room> rooms(map.touchpoints.size(), {true, 150, 20, 60, 20});
    const journey_map::Layout layout = journey_map::lay_out(map, rooms, std::vector<char>(map.exits.size(), 1));
    std::vector<double> heights;  // columns are as wide apart as their labels are long
    for (const journey_map::Point& point : layout.centres) heights.push_back(point.y);
    return heights;
  };
  measured.exits.pop_back();
  CHECK(lay_out(measured) == lay_out(plain));
}

TEST_CASE("map: rings lie below the signs of their card", "[map]") {
  JourneyView view;
  view.plan = PlanId(1);
  const std::string svg = journey_svg(model(), view);
  const std::size_t ring = svg.find("class=\"ring\""), star = svg.find("<g class=\"star\">");
  REQUIRE(ring != std::string::npos);
  REQUIRE(star != std::string::npos);
  CHECK(ring < star);
}

TEST_CASE("words of time: dates where there are some, days where there are none", "[report]") {
  using namespace happening_words;
  CHECK(date("2026-09-01", 61.0) == "1 November 2026");
  CHECK(short_date("2026-09-01", 61.0) == "1 Nov 2026");
  CHECK(short_date("2026-05-01", 0.0) == "1 May 2026");
  CHECK(date("2000-01-01", 61.0) == "day 61");
  CHECK_FALSE(dated("2000-01-01"));
  Change change;
  CHECK(when(change, "2026-09-01") == "all the time");
  change.start = Days(30.0);
  CHECK(when(change, "2026-09-01") == "from 1 October 2026");
  change.end = Days(61.0);
  CHECK(when(change, "2026-09-01") == "from 1 October 2026 to 1 November 2026");
  change.effects = {{Parameter::quality, Operation::add, 0.2},
                    {Parameter::odds, Operation::multiply, 0.55},
                    {Parameter::servers, Operation::set, 3.0}};
  CHECK(effects(change) == "quality +0.2, odds -45 %, servers = 3");
}
