// Rules, surveys, closed loops and tiers that can do nothing have one warning each, at the key; where they can, none.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/scenario_findings.hpp"

using namespace sojourn;

namespace {

const std::string journey = R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
window = "1 week"
customers = 1000
[[persona]]
id = "young"
share = 0.4
starts = { buy = 1 }
[[persona]]
id = "old"
share = 0.6
starts = { buy = 1 }
odds = [ { from = "buy", to = "help", times = 0 } ]
[[team]]
id = "shop"
[[team]]
id = "desk"
[[touchpoint]]
id = "buy"
stage = "purchase"
team = "shop"
next = [ { to = "help", odds = 1, after = "30 days" }, { to = "gone", odds = 1, after = { uniform = ["1 day", "40 days"] } } ]
[[touchpoint]]
id = "help"
stage = "retention"
team = "desk"
next = [ { to = "gone", odds = 1, after = "9 days", satisfaction = -1 }, { to = "mended", odds = 1, after = "2 days" } ]
[[touchpoint]]
id = "mended"
stage = "retention"
next = [ { to = "gone", odds = 1, after = "90 days" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "better"
effect = { quality = "+0.1" }
[[survey]]
id = "after-buy"
asks = "csat"
after = "buy"
[[plan]]
id = "ruled"
rules = "watch"
[[rule]]
id = "watch"
switch_on = "better"
)";

std::string rule(const std::string& when) { return journey + "when = { " + when + " }\n"; }
std::string loop(const std::string& survey) {
  return journey + "when = { metric = \"nps\", below = 10 }\n[[survey]]\nid = \"low\"\n" + survey + "\n";
}
std::string counter(const std::string& keys) {
  return journey + "when = { metric = \"nps\", below = 10 }\n[[counter]]\nid = \"points\"\n" + keys + "\n";
}

/// One warning, which begins so; with an empty one, none.
void expect(const std::string& text, const std::string& begins) {
  const std::vector<std::string> all = warnings(text);
  INFO("wanted: " << begins << "\nfound:\n" << lines(all) << text.substr(journey.size()));
  if (begins.empty()) {
    CHECK(all.empty());
  } else {
    CHECK((all.size() == 1 && all.front().starts_with(begins)));
  }
}

const std::string never = "the rule never comes into force: ";

}  // namespace

TEST_CASE("idle rules: a figure that is seen and moves has no warning", "[scenario]") {
  expect(rule("metric = \"csat\", survey = \"after-buy\", below = 3, min_answers = 100"), "");
  expect(rule("metric = \"csat\", survey = \"after-buy\", touchpoint = \"buy\", below = 3"), "");
  expect(rule("metric = \"csat\", survey = \"after-buy\", team = \"shop\", persona = \"old\", below = 3"), "");
  expect(rule("metric = \"satisfaction\", team = \"desk\", persona = \"young\", below = 0.5"), "");
}

TEST_CASE("idle rules: more answers than a window can have", "[scenario]") {
  const std::string path = "rule.watch.when.min_answers: " + never + "it waits for ";
  const std::string watched = "metric = \"csat\", survey = \"after-buy\", below = 3, min_answers = ";
  // A thousand people buy once, and half of them answer at most.
  expect(rule(watched + "700"), path + "700 answers in a window, and 1000 people give 634 at most");
  expect(rule(watched + "600"), "");
  expect(rule(watched + "300, persona = \"young\""), path + "300");
  expect(rule(watched + "250, persona = \"young\""), "");
  expect(replaced(rule(watched + "200"), "after = \"buy\"", "after = \"buy\"\nsample = 0.2"), path + "200");
  expect(replaced(rule(watched + "120"), "after = \"buy\"", "after = \"buy\"\nbase = -3"), path + "120");
  // Who comes back within the window may be asked again.
  const std::string often = replaced(rule(watched + "700"), "{ to = \"help\", odds = 1, after = \"30 days\" }",
                                     "{ to = \"help\", odds = 1, after = \"30 days\" }, { to = \"buy\", odds = 1, after = "
                                     "\"3 days\" }");
  expect(often, "");
}

TEST_CASE("idle rules: places that the survey, the persona or nobody knows", "[scenario]") {
  const std::string watched = "metric = \"csat\", survey = \"after-buy\", below = 3, ";
  expect(rule(watched + "touchpoint = \"help\""),
         "rule.watch.when.touchpoint: " + never + "survey \"after-buy\" is not asked at \"help\" | it asks at \"buy\"");
  expect(rule(watched + "team = \"desk\""),
         "rule.watch.when.team: " + never + "survey \"after-buy\" is not asked at a touchpoint of \"desk\"");
  // What is true there is known all the same.
  expect(rule("metric = \"true\", survey = \"after-buy\", below = 3, touchpoint = \"help\""), "");
  expect(rule("metric = \"satisfaction\", touchpoint = \"help\", persona = \"old\", below = 0.5"),
         "rule.watch.when.persona: " + never + "nobody of \"old\" comes to \"help\"");
  expect(rule("metric = \"visits\", touchpoint = \"gone\", below = 0.5"), "rule.watch.when.touchpoint: " + never);
  const std::string asked = replaced(rule(watched + "persona = \"old\""), "after = \"buy\"", "after = \"help\"");
  expect(asked, "rule.watch.when.persona: " + never + "nobody of \"old\" comes to where survey");
  // One message, at the rule, not another one at the team.
  const std::string idle = replaced(rule("metric = \"satisfaction\", team = \"back\", below = 0.5"), "[[team]]\n",
                                    "[[team]]\nid = \"back\"\n[[team]]\n");
  expect(idle, "rule.watch.when.team: " + never + "no touchpoint has team \"back\" | name it at a touchpoint");
}

TEST_CASE("idle rules: a figure that is always 0", "[scenario]") {
  expect(rule("metric = \"heard_negative\", above = 0.5"), "rule.watch.when.metric: \"heard_negative\" is always 0");
  expect(rule("metric = \"revenue\", above = 0.5"), "rule.watch.when.metric: \"revenue\" is always 0");
  expect(rule("metric = \"repeats\", above = 0.5"), "rule.watch.when.metric: \"repeats\" is always 0");
  expect(rule("metric = \"effort\", above = 0.5"), "rule.watch.when.metric: \"effort\" is always 0");
}

TEST_CASE("idle closed loops: levels outside the scale, and times that nobody stays for", "[scenario]") {
  const std::string csat = "asks = \"csat\"\nafter = \"help\"\nclosed_loop = { to = \"mended\", ",
                    path = "survey.low.closed_loop.";
  expect(loop(csat + "below = 3, within = \"1 day\" }"), "");
  expect(loop(csat + "below = 9, within = \"1 day\" }"), path + "below: every answer is low: the scale ends at 5");
  expect(loop(csat + "below = 1, within = \"1 day\" }"), path + "below: no answer is low: the scale begins at 1");
  expect(loop(csat + "below = 3, within = \"10 days\" }"),
         path + "within: nobody is led away: where this survey asks nobody stays longer than 9 days");
  expect(loop(csat + "below = 3, within = \"8 days\" }"), "");
  expect(loop("asks = \"nps\"\nafter = \"help\"\nclosed_loop = { to = \"mended\", below = 10, within = \"1 day\" }"), "");
  // At intervals everybody is met, wherever they stay.
  expect(loop("every = \"30 days\"\nclosed_loop = { to = \"help\", below = 7, within = \"80 days\" }"), "");
  expect(loop("every = \"30 days\"\nclosed_loop = { to = \"help\", below = 7, within = \"100 days\" }"), path + "within: ");
  // A random stay has no end that could be told.
  const std::string random = replaced(loop(csat + "below = 3, within = \"100 days\" }"), "after = \"9 days\"",
                                      "after = { exponential = { mean = \"9 days\" } }");
  expect(random, "");
}

TEST_CASE("idle tiers: beyond what a counter can hold, and what everybody has at arrival", "[scenario]") {
  const std::string path = "counter.points.tiers: ";
  expect(counter("counts = [\"buy\", \"help\"]\ntiers = [1, 2]"), "");
  expect(counter("counts = [\"buy\", \"help\"]\ntiers = [1, 3]"),
         path + "nobody reaches tier 3: \"points\" holds 2 at most | lower it");
  // A closed loop leads back, again and again.
  expect(
      counter("counts = [\"buy\", \"help\"]\ntiers = [1, 3]\n[[survey]]\nid = \"low\"\nasks = \"nps\"\nevery = \"1 week\"\n"
              "closed_loop = { below = 7, to = \"help\", within = \"1 day\" }"),
      "");
  expect(counter("counts = \"buy\"\ninitial = 5\ntiers = [6, 7]"), path + "nobody reaches tier 7");
  expect(counter("counts = \"buy\"\ninitial = 5\ntiers = [5, 6]"), path + "everybody is a member of tier 5 at arrival");
  // Who comes back every two days at the soonest comes 183 times in a year at most.
  const std::string again = replaced(counter("counts = \"help\"\ntiers = [183]"), "to = \"mended\", odds = 1",
                                     "to = \"help\", odds = 1, after = \"2 days\" }, { to = \"mended\", odds = 1");
  expect(again, "");
  expect(replaced(again, "tiers = [183]", "tiers = [184]"), path + "nobody reaches tier 184");
}
