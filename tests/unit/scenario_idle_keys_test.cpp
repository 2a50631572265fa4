// Every key that can do nothing in a scenario has a warning; where it can do something there is none.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/scenario_findings.hpp"

using namespace sojourn;

namespace {

// Nothing in it is idle.
const std::string journey = R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 100
[[persona]]
id = "p"
share = 1
starts = { buy = 1 }
[[channel]]
id = "app"
[[channel]]
id = "shop"
[[team]]
id = "a"
[[team]]
id = "b"
[[handover]]
from = "a"
to = "b"
carry = 0.5
[[touchpoint]]
id = "buy"
stage = "purchase"
channel = "shop"
team = "a"
effort = 0.2
next = [ { to = "use", odds = 1, after = "1 day" }, { to = "gone", odds = 1, after = "1 day", satisfaction = -1 } ]
[[touchpoint]]
id = "use"
stage = "retention"
channel = "app"
team = "b"
exits = "race"
next = [ { to = "use", after = { exponential = { mean = "1 month" } } }, { to = "gone", after = { exponential = { mean = "1 year" } } } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
)";

bool warns(const std::string& text, const std::string& part) {
  const std::vector<std::string> all = warnings(text);
  UNSCOPED_INFO("wanted: " << part << "\nfound:\n" << lines(all));
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) { return one.find(part) != std::string::npos; });
}

const std::string end = "end = \"churned\"\n";
const std::string persona = "starts = { buy = 1 }\n";
const std::string talk = "[word_of_mouth]\npromoter_rate = \"1 per month\"\n";

struct Case {
  std::string what, with, warning;
};

}  // namespace

TEST_CASE("a scenario in which every key does something has no warning") { CHECK(warnings(journey).empty()); }

TEST_CASE("a number that may mean thousands has a warning, and others have none") {
  const auto of = [](const std::string& revenue) {
    return warnings(replaced(journey, "effort = 0.2\n", "effort = 0.2\nrevenue = " + revenue + "\n"));
  };
  for (const char* plain : {"46", "46.0", "46.00", "46.500", "4600.000", "0.001", "46_000.0"}) CHECK(of(plain).empty());
  REQUIRE(of("46.000").size() == 1);
  CHECK(of("46.000").front().find("46.000 is 46") != std::string::npos);
}

TEST_CASE("keeping people from an end has a warning") {
  const auto of = [](const std::string& target, const std::string& effect) {
    return journey + "[[event]]\nid = \"e\"\ntarget = { " + target + " }\neffect = { traffic = \"" + effect + "\" }\n";
  };
  const std::string keeps = "event.e.effect.traffic: keeps people from the end \"gone\"";
  for (const char* effect : {"= 0", "-20%", "-0.1"}) CHECK(warns(of("touchpoint = \"gone\"", effect), keeps));
  CHECK(warns(of("stage = \"retention\"", "= 0"), keeps));
  CHECK_FALSE(warns(of("touchpoint = \"use\"", "= 0"), keeps));
  CHECK_FALSE(warns(of("channel = \"app\"", "= 0"), keeps));
}

TEST_CASE("taking away more than there is has a warning") {
  const std::string queue =
      replaced(journey, "effort = 0.2\n", "effort = 0.2\nweight = 2\npool = \"p\"\nhandle_time = \"9 minutes\"\n") +
      "[[pool]]\nid = \"p\"\nservers = 5\n";
  const auto of = [&](const std::string& target, const std::string& effect) {
    return queue + "[[event]]\nid = \"e\"\ntarget = { " + target + " }\neffect = { " + effect + " }\n";
  };
  CHECK(
      warns(of("pool = \"p\"", "servers = \"-9\""),
            "event.e.effect.servers: servers of the pool \"p\" is 5: 9 less is cut off at 0, so that nobody serves there"));
  CHECK(
      warns(of("touchpoint = \"buy\", exit_to = \"use\"", "odds = \"-20\""),
            "event.e.effect.odds: odds of the exit from \"buy\" to \"use\" is 1: 20 less is cut off at 0, which closes it"));
  CHECK(warns(of("touchpoint = \"buy\"", "handle_time = \"-12 minutes\""),
              "event.e.effect.handle_time: handle_time of \"buy\" is 9 minutes: 12 less is cut off at 0"));
  CHECK(warns(of("touchpoint = \"buy\"", "delay = \"-2\""), "event.e.effect.delay: delay of the exit from \"buy\""));
  for (const char* fine : {"servers = \"-5\"", "servers = \"-20%\"", "servers = \"+9\"", "servers = \"= 0\""})
    CHECK_FALSE(warns(of("pool = \"p\"", fine), "cut off"));
  CHECK_FALSE(warns(of("touchpoint = \"buy\", exit_to = \"use\"", "odds = \"-0.5\""), "cut off"));
}

TEST_CASE("keys that do nothing have a warning") {
  const std::vector<Case> cases{
      {"customers = 100\n", "customers = 100\nmarket = 5000\n", "scenario.market: market changes nothing"},
      {"customers = 100\n", "customers = 100\ndiscount = 0.1\n", "scenario.discount: discount changes nothing"},
      {"[[persona]]\n", "[behaviour]\npromise_weight = 0.5\n[[persona]]\n", "behaviour.promise_weight: "},
      {"[[persona]]\n", "[behaviour]\nfit_weight = 0.5\n[[persona]]\n", "behaviour.fit_weight: "},
      {"[[persona]]\n", "[behaviour]\nmemory = 0\npeak = 3\n[[persona]]\n",
       "behaviour.peak: peak changes nothing: with memory"},
      {"[[persona]]\n", "[behaviour]\nmemory = 0\nforgiveness = 0.1\n[[persona]]\n", "behaviour.forgiveness: "},
      {"[[persona]]\n",
       "[behaviour]\nmemory = 0\n[[touchpoint]]\nid = \"z\"\nstage = \"retention\"\nweight = 3\n"
       "next = [{ to = \"gone\", odds = 1, after = \"1 day\" }]\n[[persona]]\n",
       "touchpoint.z.weight: weight changes nothing: with memory"},
      {"[[persona]]\n", "[behaviour]\nmemory = 0\n[[event]]\nid = \"e\"\neffect = { weight = \"+50%\" }\n[[persona]]\n",
       "event.e.effect.weight: never acts: with memory = 0"},
      {"[[persona]]\n", "[behaviour]\ndisconfirmation = 0\nadapt = 0.2\n[[persona]]\n",
       "behaviour.adapt: adapt moves expectation and nothing else"},
      {"[[persona]]\n",
       "[behaviour]\ndisconfirmation = 0\npromise_weight = 0.4\n[[event]]\nid = \"e\"\neffect = { promise = \"= 0.8\" }\n"
       "[[persona]]\n",
       "behaviour.promise_weight: promise_weight moves expectation and nothing else"},
      {"[[persona]]\n", "[behaviour]\ndisconfirmation = 0\nexpectation_drift = \"0.1 per year\"\n[[persona]]\n",
       "behaviour.expectation_drift: "},
      {"[[persona]]\n", "[behaviour]\ndisconfirmation = 0\n[[persona]]\ntraits.loss_aversion = 3\n",
       "persona.p.traits.loss_aversion: loss_aversion changes nothing: with disconfirmation"},
      {"customers = 100\n", "customers = 100\nstart = 2026-09-07\n[budget]\nper_quarter = 1000\n",
       "budget.per_quarter: this budget limits nothing"},
      {persona, persona + "traits.patience = \"3 days\"\n", "persona.p.traits.patience: "},
      {persona, persona + "traits.talkativeness = 2\n", "persona.p.traits.talkativeness: "},
      {persona, persona + "traits.response_propensity = 2\n", "persona.p.traits.response_propensity: "},
      {persona, persona + "needs = { price = 1 }\n", "persona.p.needs: "},
      {persona, persona + "channels = { shop = 2 }\n", "persona.p.channels.shop: "},
      {persona, persona + "odds = [ { from = \"buy\", to = \"use\", times = 1 } ]\n", "persona.p.odds[0]: "},
      {"[[channel]]\n", "[[channel]]\nid = \"fax\"\n[[channel]]\n", "channel.fax: no touchpoint"},
      {"[[team]]\n", "[[team]]\nid = \"x\"\n[[team]]\n", "team.x: no touchpoint"},
      {"from = \"a\"\nto = \"b\"", "from = \"b\"\nto = \"a\"", "handover[0]: nobody goes"},
      {end, end + "quality = 0.9\n", "touchpoint.gone.quality: "},
      {end, end + "effort = 0.9\n", "touchpoint.gone.effort: "},
      {end, end + "weight = 2\n", "touchpoint.gone.weight: "},
      {end, end + "promise = 0.9\n", "touchpoint.gone.promise: "},
      {end, end + "revenue_per_month = 9\n", "touchpoint.gone.revenue_per_month: "},
      {end, end + "cost_per_month = 9\n", "touchpoint.gone.cost_per_month: "},
      {end, end + "servers = 2\nhandle_time = 1\n", "touchpoint.gone.servers: "},
      {end, end + "exits = \"race\"\n", "touchpoint.gone.exits: "},
      {end, end + "solves = 0.5\n", "touchpoint.gone.solves: "},
      {"satisfaction = -1", "solved = -1",
       "touchpoint.buy.next[1].solved: this slope changes nothing: the touchpoint solves"},
      {end, end + "[[event]]\nid = \"e\"\neffect = { solves = \"+0.2\" }\n", "event.e.effect.solves: never acts"},
      {end, end + "[[survey]]\nid = \"s\"\nevery = 30\nsample = 0\n", "survey.s.sample: nobody is asked"},
      {end, end + "[[survey]]\nid = \"s\"\nevery = 30\nfatigue_half_life = 9\n", "survey.s.fatigue_half_life: "},
      {end, end + "[[survey]]\nid = \"s\"\nafter = \"gone\"\n", "survey.s: nobody is asked: nobody comes"},
      {end, end + "[[survey]]\nid = \"s\"\nafter = [\"buy\", \"gone\"]\n", "survey.s.after: nobody is asked at an end"},
      {"effort = 0.2\n", "effort = 0.2\npersonalisation = 0.5\n", "touchpoint.buy.personalisation: "},
      {"effort = 0.2\n", "effort = 0.2\nreads_reviews = true\n", "touchpoint.buy.reads_reviews: "},
      {"satisfaction = -1", "heard = -1", "touchpoint.buy.next[1].heard: this slope changes nothing"},
      {"{ to = \"use\", odds = 1, after = \"1 day\" }", "{ to = \"use\", odds = 1, after = \"1 day\", satisfaction = -1 }",
       "touchpoint.buy.next[0].satisfaction: this slope changes nothing"},
      {"{ exponential = { mean = \"1 month\" } } }", "\"1 month\", effort = 1 }",
       "touchpoint.use.next[0].effort: this slope"},
      {"{ exponential = { mean = \"1 month\" } } }", "\"1 month\", odds = 2 }", "touchpoint.use.next[0].odds: these odds"},
      {end, end + "[word_of_mouth]\n", "word_of_mouth: nobody says anything"},
      {end, end + talk, "word_of_mouth: what people say moves nobody"},
      {end, end + "[reviews]\n", "reviews: nobody posts"},
      {end, end + "[reviews]\nprobability = 0.1\n", "reviews: nobody reads them"},
      {end,
       end + "[[improvement]]\nid = \"i\"\neffect = { odds = \"-50%\" }\ntarget = { touchpoint = \"buy\" }\n[[plan]]\nid = "
             "\"q\"\n"
             "improvements = [\"i\"]\n",
       "improvement.i.effect.odds: never acts"},
      {end, end + "[[event]]\nid = \"e\"\neffect = { quality = \"+0\" }\n", "event.e.effect.quality: changes nothing"},
      {end, end + "[[event]]\nid = \"e\"\neffect = { odds = \"-50%\" }\ntarget = { touchpoint = [\"buy\", \"use\"] }\n",
       "event.e.effect.odds: never acts at \"buy\": odds count beside one another"},
      {end, end + "[[pool]]\nid = \"agents\"\nservers = 2\n", "pool.agents: no touchpoint has this pool"},
      {end,
       end + "[[pool]]\nid = \"agents\"\nservers = 2\n[[touchpoint]]\nid = \"over\"\nstage = \"retention\"\nend = "
             "\"churned\"\npool = \"agents\"\nhandle_time = 1\n",
       "touchpoint.over.pool: pool changes nothing: this is an end"},
      {persona, persona + "priority = 1\n", "persona.p.priority: priority changes nothing: nobody queues anywhere"},
      {"effort = 0.2\n", "effort = 0.2\npatience = \"1 hour\"\n",
       "touchpoint.buy.patience: patience changes nothing: nobody"},
      {"effort = 0.2\n", "effort = 0.2\npriority = 1\n", "touchpoint.buy.priority: priority changes nothing: nobody"},
      {"effort = 0.2\n", "effort = 0.2\nanswer_within = \"1 hour\"\n", "touchpoint.buy.answer_within: "},
      {"effort = 0.2\n", "effort = 0.2\nservers = 1\nhandle_time = 0.001\npatience = \"1 hour\"\n",
       "touchpoint.buy.patience: patience changes nothing: no exit waits"},
      {"effort = 0.2\n", "effort = 0.2\nservers = 1\nhandle_time = 0.001\npriority = 1\n",
       "touchpoint.buy.priority: priority changes nothing: all who are served by the same servers have it"},
      {end,
       end + "[[improvement]]\nid = \"i\"\neffect = { quality = \"+0.1\" }\n[[plan]]\nid = \"q\"\nimprovements = "
             "[\"i\"]\n[[plan]]\nid = "
             "\"r\"\nimprovements = [\"i\"]\n",
       "plan.r: buys the same as plan \"q\""},
      {end, end + "[[account_segment]]\nid = \"k\"\nshare = 1\nroles = { p = 2 }\n",
       "persona.p.share: accounts say who there is"},
  };
  for (const Case& one : cases) {
    INFO(one.with);
    CHECK(warns(replaced(journey, one.what, one.with), one.warning));
  }
}

TEST_CASE("talk that reaches nobody, or all alike, has a warning; talk that does not has none") {
  // Two personas, an exit that waits for a good word and one that bends on what is heard.
  const std::string two = replaced(
      replaced(journey, "share = 1\nstarts = { buy = 1 }\n",
               "share = 0.9\nstarts = { buy = 1 }\n[[persona]]\nid = \"r\"\nshare = 0.1\nstarts = { buy = 1 }\n"),
      "satisfaction = -1 } ]", "satisfaction = -1, heard = 1 }, { to = \"use\", on = \"heard\", probability = 0.1 } ]");
  const auto with = [&](const std::string& more) { return two + more; };
  const auto none = [&](const std::string& more) {
    INFO(more);
    const std::vector<std::string> all = warnings(with(more));
    UNSCOPED_INFO(lines(all));
    CHECK(all.empty());
  };
  none(talk);
  none("[word_of_mouth]\npassive_rate = 0.1\ndetractor_rate = 0.1\n");
  CHECK(warns(with("[word_of_mouth]\ndetractor_rate = 0.1\n"),
              "touchpoint.buy.next[2].on: nobody says a good word: promoter_rate and passive_rate are 0"));

  const auto mixing = [&](const std::string& pairs) { return talk + "mixing = [ " + pairs + " ]\n"; };
  const std::string nothing =
      "{ from = \"p\", to = \"p\", weight = 0 }, { from = \"p\", to = \"r\", weight = 0 }, { from = \"r\", to = \"p\", "
      "weight = 0 }";
  none(mixing("{ from = \"p\", to = \"p\", weight = 2 }, { from = \"p\", to = \"r\", weight = 0.5 }"));
  none(mixing(nothing));
  CHECK(warns(with(mixing(nothing + ", { from = \"r\", to = \"r\", weight = 0 }")),
              "word_of_mouth.mixing: nobody hears anybody: all weights are 0"));
  CHECK(warns(
      with(mixing("{ from = \"p\", to = \"r\", weight = 0.5 }, { from = \"r\", to = \"p\", weight = 3 }, { from = \"r\", to "
                  "= \"r\", weight = 3 }")),
      "word_of_mouth.mixing[1]: what \"r\" says reaches all alike"));

  // 90 people of p and 10 of r: between personas there are 900 pairs, 18 contacts for each person.
  const auto communities = [&](const std::string& numbers) {
    return talk + "network = { communities = { " + numbers + " } }\n";
  };
  none(communities("contacts = 10, within = 0.8"));
  none(communities("contacts = 17, within = 0.5"));
  CHECK(warns(
      with(communities("contacts = 17, within = 0.6")),
      "word_of_mouth.network.communities.within: people of \"r\" cannot have 10.2 contacts of their own persona: there are "
      "about 10"));
  CHECK(
      warns(with(communities("contacts = 20, within = 0.05")), "people cannot have 19 contacts of other personas, only 18"));
  CHECK(warns(journey + communities("contacts = 8, within = 0.75"),
              "nobody has contacts of other personas: there is one persona alone, so that contacts are 6 and not 8"));

  // Reviews: of no weight, or with nothing but their fading in the section of talk.
  const std::string reads =
      replaced(with("[reviews]\nprobability = 0.1\n"), "effort = 0.2\n", "effort = 0.2\nreads_reviews = true\n");
  CHECK(warns(reads + "weight = 0\n", "reviews.weight: what is read moves nobody: weight is 0"));
  const auto fading = [&](const std::string& remembered) {
    return warns(reads + "[word_of_mouth]\n" + remembered, "word_of_mouth: nobody says anything");
  };
  CHECK(fading(""));
  CHECK_FALSE(fading("remembered = \"1 month\"\n"));
}

TEST_CASE("the same keys have no warning where they do something") {
  CHECK(warnings(replaced(replaced(journey, "customers = 100\n", "customers = 100\nmarket = 5000\ndiscount = 0.1\n"),
                          "effort = 0.2\n", "effort = 0.2\nrevenue = 5\n"))
            .empty());
  CHECK(warnings(replaced(journey, persona, persona + "odds = [ { from = \"buy\", to = \"use\", times = 2 } ]\n")).empty());
  CHECK(warnings(replaced(journey, persona, persona + "channels = { app = 2 }\n")).empty());
  CHECK(warnings(replaced(replaced(journey, end, end + talk), "satisfaction = -1", "heard = -1")).empty());
  CHECK(warnings(replaced(replaced(journey, persona, persona + "traits.patience = \"3 days\"\n"), "effort = 0.2\n",
                          "servers = 2\nhandle_time = \"5 minutes\"\n"))
            .empty());
  CHECK(warnings(replaced(replaced(journey, "effort = 0.2\n", "effort = 0.2\nsolves = 0.5\n"), "satisfaction = -1",
                          "solved = -1"))
            .empty());
  CHECK(warnings(replaced(journey, persona, persona + "traits.response_propensity = 2\n") +
                 "[[survey]]\nid = \"s\"\nafter = \"buy\"\nfatigue = 1\nfatigue_half_life = 9\n")
            .empty());
  const std::string plan = "[[plan]]\nid = \"q\"\nimprovements = [\"i\"]\n";
  const std::string odds = "[[improvement]]\nid = \"i\"\neffect = { odds = \"-50%\" }\n";
  CHECK(warnings(journey + odds + "target = { touchpoint = \"buy\", exit_to = \"gone\" }\n" + plan).empty());
  // In a race, odds multiply hazards: all of them slower is later.
  CHECK(warnings(journey + odds + "target = { touchpoint = \"use\" }\n" + plan).empty());
  // Expectation that exits bend on, and a trait that an exit uses for something else.
  const std::string unminded =
      replaced(journey, "[[persona]]\n", "[behaviour]\ndisconfirmation = 0\nadapt = 0.2\n[[persona]]\n");
  CHECK(warnings(replaced(unminded, "satisfaction = -1", "expectation = -1")).empty());
  CHECK(warnings(replaced(replaced(unminded, persona, persona + "traits.loss_aversion = { uniform = [1, 3] }\n"),
                          "satisfaction = -1", "times = \"loss_aversion\", expectation = -1"))
            .empty());
  CHECK(warnings(replaced(journey, "[[persona]]\n", "[behaviour]\nadapt = 0.2\n[[persona]]\ntraits.loss_aversion = 3\n"))
            .empty());
}

TEST_CASE("prices and chances of 0, lists without members, and what comes too late or when it is closed have a warning") {
  const std::string plan = "[[plan]]\nid = \"q\"\nimprovements = [\"i\"]\n";
  const std::string dated = replaced(journey, "customers = 100\n", "customers = 100\nstart = 2026-09-07\n");
  // Slopes on what is 0.
  const std::string priced = replaced(journey, "satisfaction = -1", "price = -1");
  CHECK(warns(replaced(priced, "effort = 0.2\n", "effort = 0.2\nprice = 0\n"), "touchpoint.buy.next[1].price: this slope "));
  CHECK_FALSE(warns(replaced(priced, "effort = 0.2\n", "effort = 0.2\nprice = 3\n"), "the price is 0"));
  const std::string solved = replaced(journey, "satisfaction = -1", "solved = -1");
  CHECK(
      warns(replaced(solved, "effort = 0.2\n", "effort = 0.2\nsolves = 0\n"), "no visit solves a problem, as solves is 0"));
  CHECK(warnings(replaced(solved, "effort = 0.2\n", "effort = 0.2\nsolves = 0\n") +
                 "[[event]]\nid = \"e\"\neffect = { solves = \"+0.2\" }\n")
            .empty());
  // A target of exits, of what is no effect on them.
  const std::string aim = "[[improvement]]\nid = \"i\"\ntarget = { touchpoint = \"buy\", exit_to = \"gone\" }\n";
  CHECK(warns(journey + aim + "cost = { once = 5 }\n" + plan, "improvement.i.target.exit_to: exit_to changes nothing"));
  CHECK(warns(journey + aim + "cost = { per_visit = 5 }\n" + plan,
              "per_visit is paid wherever such an exit is, taken or not"));
  CHECK(warns(journey + "[[improvement]]\nid = \"i\"\neffect = { quality = \"+0.1\" }\nlevels = []\n" + plan,
              "improvement.i.levels: levels changes nothing: the list is empty"));
  // Repetitions.
  const std::string event = "[[event]]\nid = \"e\"\neffect = { quality = \"+0.1\" }\nduration = \"1 day\"\n";
  CHECK(
      warns(journey + event + "every = \"2 years\"\n", "event.e.every: every changes nothing: it comes again on day 730.5"));
  CHECK(warnings(journey + event + "every = \"6 months\"\n").empty());
  // A survey that nobody answers.
  CHECK(warns(journey + "[[survey]]\nid = \"s\"\nafter = \"buy\"\nbase = -100\n", "survey.s.base: nobody answers"));
  CHECK(warnings(journey + "[[survey]]\nid = \"s\"\nafter = \"buy\"\nbase = -5\n").empty());
  // Servers who are added while the pool is closed, and a line that nobody can leave.
  const std::string line =
      replaced(dated, "effort = 0.2\n", "effort = 0.2\npool = \"agents\"\nhandle_time = \"5 minutes\"\n") +
      "[[pool]]\nid = \"agents\"\nservers = { mon-fri = { \"08:00-18:00\" = 3 } }\n";
  CHECK(warns(line, "touchpoint.buy.pool: nobody is on duty here for 118 hours a week"));
  const std::string more = "[[event]]\nid = \"e\"\ntarget = { pool = \"agents\" }\n";
  const std::string add = "effect = { servers = \"+2\" }\n", weekend = "hours = { sat-sun = \"00:00-24:00\" }\n";
  CHECK(warns(line + more + add + weekend, "event.e.effect.servers: never acts: what is added is there only while"));
  CHECK_FALSE(warns(line + more + "effect = { servers = \"= 2\" }\n" + weekend, "event.e.effect.servers"));
  CHECK_FALSE(warns(line + more + add + "hours = { fri-sun = \"00:00-24:00\" }\n", "event.e.effect.servers"));
}

TEST_CASE("an existing book that begins as prospects do, or whose tenure is cut, has a warning") {
  const std::string book = "standing = \"customer\"\ntenure = ";
  const auto with = [&](const std::string& tenure) { return replaced(journey, persona, persona + book + tenure + "\n"); };
  CHECK(warnings(with("\"1 year\"")).empty());
  CHECK(warns(replaced(with("\"1 year\""), "stage = \"purchase\"", "stage = \"consideration\""),
              "persona.p.starts.buy: customers of an existing book begin at \"buy\", of the stage consideration"));
  CHECK(warns(with("\"101 years\""), "persona.p.tenure: all have been customers for more than 100 years"));
  CHECK(warns(with("{ uniform = [0, \"200 years\"] }"), "persona.p.tenure: 50 % have been customers for more"));
  CHECK(warnings(with("{ exponential = { mean = \"5 years\" } }")).empty());
}

TEST_CASE("a rival that another one is above all the time has a warning") {
  const std::string bent = replaced(journey, "satisfaction = -1", "outside = 1");
  const auto rivals = [&](const std::string& first, const std::string& second) {
    return bent + "[[outside]]\nid = \"r\"\nattraction = " + first + "\n[[outside]]\nid = \"s\"\nattraction = " + second +
           "\n";
  };
  CHECK(warns(rivals("0.6", "0.5"), "outside.s: changes nothing: \"r\" is more attractive all the time"));
  CHECK(warns(rivals("0.6", "0.6"), "outside.s: changes nothing: \"r\" is as attractive all the time"));
  CHECK(warnings(rivals("0.6", "{ table = [[0, 0.5], [\"6 months\", 0.7]] }")).empty());
  CHECK(warnings(rivals("0.6", "0.5") +
                 "[[event]]\nid = \"e\"\ntarget = { outside = \"s\" }\neffect = { attraction = \"+0.5\" }\n")
            .empty());
}

TEST_CASE("a correlation of traits that do not vary has a warning") {
  const std::string accounts =
      "[accounts]\ncorrelation = 0.5\n[[account_segment]]\nid = \"k\"\nshare = 1\nroles = { p = 2 }\n";
  const std::string shared = replaced(journey, "share = 1\n", "");
  CHECK(warns(shared + accounts, "accounts.correlation: correlation changes nothing"));
  CHECK(warnings(replaced(shared, persona, persona + "traits.expectation = { beta = [6, 4] }\n") + accounts).empty());
}

TEST_CASE("clocks and counters that nobody asks for have a warning, and so has what multiplies nothing") {
  const std::string clocks = R"([[clock]]
id = "contract"
starts_at = "buy"
[[counter]]
id = "visits"
counts = "use"
[[touchpoint]]
id = "buy")";
  const std::string with = replaced(journey, "[[touchpoint]]\nid = \"buy\"", clocks);
  CHECK(warns(with, "clock.contract: no exit goes by this clock"));
  CHECK(warns(with, "counter.visits: no exit asks for this counter"));
  const std::string leaves = "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } } }";
  const std::string used = replaced(with, leaves,
                                    "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } }, clock = "
                                    "\"contract\", only_if = { visits = \">= 2\" } }");
  CHECK(warnings(used).empty());
  // The first exit of `use` has no condition; where both have one, somebody stays.
  CHECK(warns(replaced(used, "{ to = \"use\", after = { exponential = { mean = \"1 month\" } } }",
                       "{ to = \"use\", after = { exponential = { mean = \"1 month\" } }, only_if = { bought = true } }"),
              "touchpoint.use.next: every exit has a condition"));

  const std::string factor =
      replaced(journey, "starts = { buy = 1 }", "starts = { buy = 1 }\ntraits.pace = { gamma = { shape = 2, mean = 1 } }");
  CHECK(warns(factor, "persona.p.traits.pace: nothing uses the trait"));
  CHECK(warnings(
            replaced(factor, leaves, "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } }, times = \"pace\" }"))
            .empty());
  CHECK(warns(replaced(factor, leaves, "{ to = \"gone\", after = \"1 day\", times = \"pace\" }"),
              "touchpoint.use.next[1].times: times changes nothing: in a race"));
  CHECK(warns(replaced(with, leaves, "{ to = \"gone\", after = \"1 day\", counters = { visits = 1 } }"),
              "touchpoint.use.next[1].counters: counters changes nothing: in a race"));
}

TEST_CASE("clocks, counters and conditions that change nothing or hold for nobody have a warning") {
  // Nothing in it is idle: a contract, visits that are counted, and money that fades.
  const std::string carried = replaced(
      replaced(replaced(journey, "[[touchpoint]]\nid = \"buy\"", R"([[clock]]
id = "contract"
starts_at = "buy"
[[counter]]
id = "visits"
counts = "use"
[[counter]]
id = "spent"
counts = "use"
adds = "revenue"
half_life = "1 year"
[[touchpoint]]
id = "buy")"),
               "team = \"b\"\n", "team = \"b\"\nrevenue = 5\n"),
      "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } } }",
      R"({ to = "gone", after = { weibull = { scale = "1 year", shape = 2 } }, clock = "contract", only_if = { visits = [">= 2", "< 9"] }, counters = { spent = 1 } })");
  CHECK(warnings(carried).empty());
  const std::string persona_with_ages = persona + "ages = { contract = \"1 month\" }\n";
  const std::string tests = "visits = [\">= 2\", \"< 9\"]";
  const std::vector<Case> cases{
      {"starts_at = \"buy\"", "starts_at = \"gone\"", "clock.contract.starts_at: \"gone\" is an end"},
      {"starts_at = \"buy\"", "starts_at = [\"buy\", \"buy\"]", "clock.contract.starts_at: \"buy\" is named twice"},
      {persona, persona_with_ages, "persona.p.ages.contract: this age changes nothing: the first visit starts"},
      {"id = \"visits\"\ncounts = \"use\"", "id = \"visits\"\ncounts = [\"use\", \"use\"]",
       "counter.visits.counts: \"use\" is named twice: each visit adds twice as much"},
      {"id = \"visits\"\ncounts = \"use\"", "id = \"visits\"\ncounts = [\"use\", \"gone\"]",
       "counter.visits.counts: \"gone\" is an end"},
      {"revenue = 5\n", "revenue_per_month = 5\n", "counter.spent.adds: nothing is ever added"},
      {tests, "visits = \">= 0\"", "touchpoint.use.next[1].only_if.visits: this condition changes nothing"},
      {tests, "visits = \"< 0\"", "touchpoint.use.next[1].only_if.visits: no number meets this"},
      {tests, "visits = [\">= 9\", \"< 9\"]", "touchpoint.use.next[1].only_if.visits: no number meets this"},
      {tests, "visits = [\">= 2\", \"> 1\"]",
       "touchpoint.use.next[1].only_if.visits: one of these conditions changes nothing"},
      {tests, "visits = \"= 2.5\"", "touchpoint.use.next[1].only_if.visits: \"visits\" holds whole numbers only"},
      {tests, "spent = \"= 5\"", "touchpoint.use.next[1].only_if.spent: \"spent\" is hardly ever exactly 5: it fades"},
      {tests, "bought = true",
       "touchpoint.use.next[1].only_if.bought: this condition changes nothing: everybody here has bought"},
      {tests, "bought = false", "touchpoint.use.next[1].only_if.bought: nobody takes the exit: everybody here has bought"},
      {tests, "team = \"b\"", "touchpoint.use.next[1].only_if.team: this condition changes nothing: the last team"},
      {tests, "team = \"a\"", "touchpoint.use.next[1].only_if.team: nobody takes the exit: the last team"},
  };
  for (const Case& one : cases) {
    INFO(one.with);
    CHECK(warns(replaced(carried, one.what, one.with), one.warning));
  }
  // Laws without a memory, dates that cannot be stretched, and a factor of 1.
  const std::string weibull = "{ weibull = { scale = \"1 year\", shape = 2 } }, clock = \"contract\"";
  const std::string tenure = "clock = \"tenure\"", memoryless = "{ exponential = { mean = \"1 year\" } }, ";
  CHECK(warns(replaced(carried, weibull, memoryless + tenure), "touchpoint.use.next[1].clock: clock changes nothing"));
  CHECK_FALSE(warns(replaced(carried, weibull, memoryless + "clock = \"contract\""), "clock changes nothing"));
  CHECK_FALSE(warns(replaced(carried, weibull, "{ weibull = { scale = \"1 year\", shape = 2 } }, " + tenure),
                    "clock changes nothing"));
  const std::string stretched =
      "[[event]]\nid = \"e\"\neffect = { delay = \"+20%\" }\ntarget = { touchpoint = \"use\", exit_to = \"gone\" }\n";
  const std::string yearly = replaced(carried, "after = " + weibull, "every = \"1 month\", clock = \"contract\"");
  CHECK(warns(yearly + stretched, "event.e.effect.delay: never acts: its target has only anniversaries"));
  CHECK_FALSE(warns(carried + stretched, "never acts"));
  const std::string with_times = replaced(carried, weibull, weibull + ", times = \"pace\"");
  CHECK(warns(replaced(with_times, persona, persona + "traits.pace = 1\n"),
              "touchpoint.use.next[1].times: times changes nothing: \"pace\" is 1"));
  CHECK_FALSE(warns(replaced(with_times, persona, persona + "traits.pace = 2\n"), "times changes nothing"));
  // A clock that nobody starts: only who gets to a place that nobody gets to.
  const std::string island =
      "[[touchpoint]]\nid = \"island\"\nstage = \"retention\"\nnext = [ { to = \"gone\", odds = 1 } ]\n";
  CHECK(warns(replaced(carried, "starts_at = \"buy\"", "starts_at = \"island\"") + island,
              "clock.contract.starts_at: nobody starts this clock"));
  // A clock that runs for nobody who is a customer already.
  const std::string book = persona + "standing = \"customer\"\ntenure = \"1 year\"\n";
  const std::string with_book = replaced(carried, persona, book);
  CHECK_FALSE(warns(with_book, "stands still"));  // they begin where it starts
  const std::string later = replaced(with_book, "starts_at = \"buy\"", "starts_at = \"use\"");
  CHECK(warns(later, "clock \"contract\" stands still for who is a customer already"));
  CHECK_FALSE(warns(replaced(later, book, book + "ages = { contract = \"3 months\" }\n"), "stands still"));
  CHECK(warns(replaced(carried, "id = \"visits\"\ncounts = \"use\"", "id = \"visits\"\ncounts = \"island\"") + island,
              "counter.visits.counts: nothing is ever counted"));
  // With ages it runs, and where some start elsewhere the ages count.
  const std::string elsewhere =
      replaced(replaced(carried, persona, persona_with_ages), "starts = { buy = 1 }", "starts = { buy = 0.5, use = 0.5 }");
  CHECK_FALSE(warns(elsewhere, "ages.contract"));
  CHECK_FALSE(warns(replaced(elsewhere, "starts_at = \"buy\"", "starts_at = \"island\"") + island, "nobody starts"));
  // Of prospects and customers at one place, the condition asks something.
  CHECK_FALSE(warns(replaced(elsewhere, tests, "bought = true"), "only_if.bought"));
  // What all exits of a choice share cancels.
  const auto choice = [&](const std::string& first, const std::string& second) {
    const std::string both =
        "{ to = \"use\", odds = 1, after = \"1 day\" }, { to = \"gone\", odds = 1, after = \"1 day\", satisfaction = -1 }";
    return replaced(carried, both,
                    "{ to = \"use\", odds = 1, after = \"1 day\"" + first +
                        " }, { to = \"gone\", odds = 1, after = \"1 day\", satisfaction = -1" + second + " }");
  };
  const std::string slope = ", counters = { visits = 1 }";
  CHECK(warns(choice(slope, slope), "touchpoint.buy.next[0].counters: counters changes nothing: all exits with odds"));
  CHECK_FALSE(warns(choice(slope, ", counters = { visits = 2 }"), "counters changes nothing"));
  CHECK(warns(choice(slope, ", counters = { visits = 0 }"),
              "touchpoint.buy.next[1].counters.visits: this slope changes nothing: it is 0"));
  // A rate of nothing, for everybody.
  const std::string by_rate =
      replaced(carried, "{ exponential = { mean = \"1 month\" } }", "{ exponential = { rate = \"pace\" } }");
  CHECK(warns(replaced(by_rate, persona, persona + "traits.pace = 0\n"),
              "touchpoint.use.next[0].after: never comes: the rate \"pace\" is 0"));
  CHECK_FALSE(warns(replaced(by_rate, persona, persona + "traits.pace = \"1 per month\"\n"), "never comes"));
}

TEST_CASE("a law of a clock's time that is over, and fires at every visit, has a warning") {
  const std::string clock = "[[clock]]\nid = \"contract\"\nstarts_at = \"buy\"\n";
  const auto with = [&](const std::string& to, const std::string& law) {
    return replaced(journey, "{ to = \"use\", after = { exponential = { mean = \"1 month\" } } }",
                    "{ to = \"use\", after = { exponential = { mean = \"1 month\" } } }, { to = \"" + to +
                        "\", after = " + law + ", clock = \"contract\" }") +
           clock;
  };
  for (const std::string law :
       {"\"20 days\"", "{ uniform = [\"5 days\", \"20 days\"] }", "{ table = [[0, 0], [\"20 days\", 1]] }"}) {
    INFO(law);
    CHECK(
        warns(with("use", law), "touchpoint.use.next[1].after: fires at every visit once \"contract\" has run for 20 days"));
    CHECK_FALSE(warns(with("gone", law), "fires at"));  // nobody comes back
    CHECK_FALSE(warns(replaced(with("use", law), "starts_at = \"buy\"", "starts_at = [\"buy\", \"use\"]"), "fires at"));
    // Who arrives with a clock that is older.
    const std::string aged =
        replaced(with("gone", law), persona, "starts = { use = 1 }\nages = { contract = \"3 months\" }\n");
    CHECK(warns(
        aged,
        "touchpoint.use.next[1].after: fires at once: persona \"p\" arrives when \"contract\" has run for more than 20"));
    CHECK_FALSE(warns(replaced(aged, "\"3 months\"", "\"3 days\""), "fires at once"));
  }
  CHECK_FALSE(warns(with("use", "{ weibull = { scale = \"20 days\", shape = 4 } }"), "fires at"));
  CHECK_FALSE(warns(with("use", "\"9 years\""), "fires at"));  // beyond the horizon
}

TEST_CASE("an exit for customers alone leads no prospect on") {
  // A desk that both come to, prospects first.
  const std::string desk =
      replaced(replaced(journey, persona, "starts = { ask = 1 }\n"), "[[touchpoint]]\nid = \"buy\"",
               "[[touchpoint]]\nid = \"ask\"\nstage = \"awareness\"\nnext = [ { to = \"buy\", odds = 1 }, { to = \"use\", "
               "odds = 1, only_if = { "
               "bought = true } }, { to = \"away\", odds = 1 } ]\n"
               "[[touchpoint]]\nid = \"away\"\nstage = \"awareness\"\nend = \"lost\"\n[[touchpoint]]\nid = \"buy\"");
  const std::string back =
      replaced(desk, "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } } }",
               "{ to = \"gone\", after = { exponential = { mean = \"1 year\" } } }, { to = \"ask\", after = { "
               "exponential = { mean = \"1 year\" } } }");
  CHECK_FALSE(warns(back, "can be reached before any purchase"));
  CHECK(warns(replaced(back, ", only_if = { bought = true }", ""),
              "touchpoint.gone.end: \"churned\" can be reached before any purchase"));
}

TEST_CASE("probabilities that leave a rest, ties, and what comes too late have a warning") {
  const std::string exits =
      "next = [ { to = \"use\", odds = 1, after = \"1 day\" }, { to = \"gone\", odds = 1, after = \"1 day\", satisfaction = "
      "-1 } ]";
  const auto choice = [&](const std::string& share) {
    return replaced(
        journey, exits,
        "next = [ { to = \"use\", probability = 0.3, after = \"1 day\" }, { to = \"gone\", probability = 0.3, after = \"1 "
        "day\" }, { to = \"gone\", probability = " +
            share + ", after = \"2 days\" } ]");
  };
  CHECK(warns(choice("0.3"),
              "touchpoint.buy.next: probabilities sum to 0.9 and no exit has odds: a share of 0.1 stays for ever"));
  CHECK(warnings(choice("0.4")).empty());
  CHECK(warnings(choice("0.399999")).empty());  // within a millionth
  // A change that takes from one of them leaves a rest, too, unless another gives; and none hides that of the scenario
  // itself.
  const auto change = [](const std::string& id, const std::string& to, const std::string& effect) {
    return "[[improvement]]\nid = \"" + id + "\"\ntarget = { touchpoint = \"buy\", exit_to = \"" + to +
           "\" }\neffect = { probability = \"" + effect + "\" }\n[[plan]]\nid = \"plan-" + id + "\"\nimprovements = [\"" +
           id + "\"]\n";
  };
  const std::string takes = "improvement.i.effect.probability: the probabilities of \"buy\" sum to 1 without it";
  for (const char* effect : {"-20%", "-0.1", "= 0.2"}) CHECK(warns(choice("0.4") + change("i", "gone", effect), takes));
  CHECK_FALSE(warns(choice("0.4") + change("i", "gone", "+20%"), takes));
  CHECK_FALSE(warns(choice("0.4") + change("i", "gone", "-20%") + change("more", "use", "+20%"), takes));
  CHECK_FALSE(warns(journey + change("i", "gone", "-20%"), takes));
  CHECK(warns(choice("0.3") + change("i", "gone", "+50%"), "touchpoint.buy.next: probabilities sum to 0.9"));
  // So does who no longer comes.
  const auto traffic = [](const std::string& target, const std::string& effect) {
    return "[[event]]\nid = \"e\"\ntarget = { " + target + " }\neffect = { traffic = \"" + effect + "\" }\n";
  };
  const std::string keeps = "event.e.effect.traffic: the probabilities of \"buy\" sum to 1 without it";
  CHECK(warns(choice("0.4") + traffic("touchpoint = \"use\"", "-20%"), keeps));
  CHECK_FALSE(warns(journey + traffic("touchpoint = \"use\"", "-20%"), keeps));

  const std::string random =
      "{ exponential = { mean = \"1 month\" } } }, { to = \"gone\", after = { exponential = { mean = \"1 year\" } } } ]";
  const auto race = [&](const std::string& rest) { return replaced(journey, random, rest); };
  CHECK(warns(race("\"30 days\" }, { to = \"gone\", after = \"30 days\" } ]"),
              "touchpoint.use.next[1].after: never taken: it ties"));
  CHECK(warns(race("{ exponential = { mean = \"1 month\" } } }, { to = \"gone\", after = \"11 months\" } ]"),
              "touchpoint.use.next[1].after: hardly ever taken"));
  CHECK(warnings(race("{ exponential = { mean = \"1 month\" } } }, { to = \"gone\", after = \"4 months\" } ]")).empty());
  const auto late = [&](const std::string& after) {
    return race("{ exponential = { mean = \"1 month\" } } }, { to = \"gone\", after = " + after + " } ]");
  };
  for (const std::string after :
       {"{ uniform = [\"10 months\", \"11 months\"] }", "{ normal = { mean = \"1 year\", sd = \"30 days\" } }",
        "{ lognormal = { median = \"1 year\", sigma = 0.2 } }"}) {
    INFO(after);
    CHECK(warns(late(after), "touchpoint.use.next[1].after: hardly ever taken"));
  }
  // A small hazard is no late delay: it may come at once.
  for (const std::string after :
       {"{ exponential = { mean = \"100 years\" } }", "{ lognormal = { median = \"1 year\", sigma = 1.5 } }",
        "{ uniform = [\"1 day\", \"30 years\"] }"}) {
    INFO(after);
    CHECK(warnings(late(after)).empty());
  }
}

TEST_CASE("a persona that never passes a purchase has a warning, and the end of its life has none") {
  const std::string text = replaced(journey, "starts = { buy = 1 }", "starts = { use = 1 }");
  CHECK(warns(text, "persona.p: its people never pass a touchpoint of stage \"purchase\""));
  CHECK_FALSE(warns(text, "touchpoint.gone.end"));
}

TEST_CASE("more talk than can be simulated is an error or has a warning with the time") {
  const auto talking = [&](const std::string& rate) {
    return replaced(replaced(journey, end, end + "[word_of_mouth]\npromoter_rate = \"" + rate + "\"\n"), "satisfaction = -1",
                    "heard = -1");
  };
  const Scenario never = parse_scenario(talking("1e9 per month"), "j.toml");
  REQUIRE(never.errors() == 1);
  CHECK(never.findings.front().message.find("must be 10000 or less") != std::string::npos);
  CHECK(warns(replaced(talking("1000 per day"), "customers = 100\n", "customers = 100_000\n"),
              "word_of_mouth.promoter_rate: up to"));
  CHECK(warnings(talking("1000 per day")).empty());
}

TEST_CASE("sums may miss 1 by a millionth, the boundary included") {
  const auto three = [&](const std::string& share) {
    std::string text = journey;
    text = replaced(text, "share = 1\n", "share = " + share + "\n");
    for (const std::string id : {"q", "r"})
      text += "[[persona]]\nid = \"" + id + "\"\nshare = " + share + "\nstarts = { buy = 1 }\n";
    return parse_scenario(text, "j.toml").errors();
  };
  CHECK(three("0.333333") == 0);
  CHECK(three("0.3333325") == 1);
  CHECK(parse_scenario(
            replaced(journey, "starts = { buy = 1 }", "starts = { buy = 0.333333, use = 0.333333, gone = 0.333333 }"),
            "j.toml")
            .errors() == 0);
  const std::string over =
      replaced(replaced(journey, "{ to = \"use\", odds = 1, ", "{ to = \"use\", probability = 0.50000002, "),
               "odds = 1, after = \"1 day\", satisfaction = -1", "probability = 0.5, after = \"1 day\"");
  CHECK(parse_scenario(over, "j.toml").errors() == 0);
}

TEST_CASE("more than 65,535 personas are one error, at the first too many") {
  std::string list = "persona = [\n";
  for (int i = 0; i < 66'000; ++i)
    list += "{ id = \"x" + std::to_string(i) + "\", share = " + (i == 0 ? "1" : "0") + ", starts = { buy = 1 } },\n";
  const std::string one = "[[persona]]\nid = \"p\"\nshare = 1\nstarts = { buy = 1 }\n";
  const Scenario scenario =
      parse_scenario(replaced(replaced(journey, one, ""), "schema = 1\n", "schema = 1\n" + list + "]\n"), "j.toml");
  REQUIRE(scenario.errors() == 1);
  const auto found = std::find_if(scenario.findings.begin(), scenario.findings.end(),
                                  [](const Finding& finding) { return finding.severity == Severity::error; });
  CHECK(found->message == "there are 66000 personas, but there may be 65535");
  CHECK(found->path == "persona.x65535");
}

TEST_CASE("a change that comes in the middle of long stays has a warning, in a choice only") {
  const auto with = [](const std::string& stay, const std::string& when, const std::string& rule) {
    std::string text = replaced(journey, "{ to = \"use\", odds = 1, after = \"1 day\" }",
                                "{ to = \"use\", odds = 1, after = \"" + stay + "\" }");
    if (!rule.empty()) {
      text = replaced(text, "effort = 0.2\nnext = [ { to = \"use\", odds = 1, after = \"" + stay + "\" }",
                      "effort = 0.2\nexits = \"race\"\nnext = [ { to = \"use\", after = { exponential = { mean = \"" + stay +
                          "\" } } }");
      text = replaced(text, "{ to = \"gone\", odds = 1, after = \"1 day\", satisfaction = -1 }",
                      "{ to = \"gone\", after = { exponential = { mean = \"90 days\" } }, satisfaction = -1 }");
    }
    return text +
           "[[event]]\nid = \"e\"\neffect = { odds = \"-50%\" }\ntarget = { touchpoint = \"buy\", exit_to = \"use\" }\n" +
           when;
  };
  const std::string start = "start = \"6 months\"\n", end_only = "end = \"3 months\"\n";
  CHECK(warns(with("60 days", start, ""), "event.e.start: starts on day 182.625, inside stays of some 60 days"));
  CHECK(warns(with("60 days", end_only, ""), "event.e.end: ends on day 91.3125, inside stays of some 60 days"));
  // Not where stays are short beside the time of the change, where it is always on, and where hazards follow it.
  CHECK_FALSE(warns(with("20 days", start, ""), "inside stays"));
  CHECK_FALSE(warns(with("60 days", "", ""), "inside stays"));
  CHECK_FALSE(warns(with("3 days", "start = \"6 months\"\nend = \"6.2 months\"\n", ""), "inside stays"));
  CHECK_FALSE(warns(with("60 days", start, "race"), "inside stays"));
}

TEST_CASE("a team's goal, tiers and a company's map that can do nothing have a warning") {
  const auto measured_by = [](const std::string& goal, const std::string& more) {
    return replaced(journey, "[[team]]\nid = \"a\"\n", "[[team]]\nid = \"a\"\ngoal = \"" + goal + "\"\n") + more;
  };
  const std::string training =
      "[[improvement]]\nid = \"i\"\ntarget = { touchpoint = \"buy\" }\neffect = { quality = \"+0.1\" }\n"
      "[[plan]]\nid = \"q\"\nimprovements = [\"i\"]\n";
  CHECK(warns(measured_by("effort", ""), "team.a.goal: this goal decides nothing"));
  CHECK_FALSE(warns(measured_by("effort", training), "team.a.goal"));
  CHECK(warns(measured_by("wait_days", training), "\"wait_days\" never moves: nobody waits"));
  CHECK(warns(measured_by("solved_true", training), "\"solved_true\" never moves: no problem is solved"));

  const std::string points = "[[counter]]\nid = \"points\"\ncounts = \"use\"\ntiers = [5]\n";
  CHECK(warns(journey + points, "counter.points.tiers: tiers tell members under a plan"));
  CHECK_FALSE(warns(journey + points + training, "counter.points"));

  const std::string nowhere = "[[assumed]]\nfrom = \"buy\"\nto = \"use\"\nshare = 0\n";
  CHECK(warns(journey + nowhere, "the company's map says of \"buy\" only where nobody goes"));
  CHECK_FALSE(warns(journey + nowhere + "[[assumed]]\nfrom = \"buy\"\nto = \"gone\"\nshare = 0.1\n", "company's map"));
}

TEST_CASE("content and needs that do nothing have one warning each") {
  // Of two variants the second fits who comes here best, and some see it: nothing is idle.
  const std::string needs = "needs = { price = 0.3, speed = 0.7 }\n";
  const std::string variants = "content = [ { theme = { price = 1 } }, { theme = { speed = 1 } } ]\n";
  const std::string shown = "personalisation = 0.5\n";
  const auto shop = [&](const std::string& own_needs, const std::string& at_buy, const std::string& more = "") {
    return replaced(replaced(journey, persona, persona + own_needs), "effort = 0.2\n", "effort = 0.2\n" + at_buy) + more;
  };
  CHECK(warnings(shop(needs, variants + shown)).empty());
  const auto data = [](const std::string& effect, const std::string& target = "buy") {
    return "[[event]]\nid = \"data\"\neffect = { personalisation = \"" + effect + "\" }\ntarget = { touchpoint = \"" +
           target + "\" }\n";
  };
  CHECK(warnings(shop(needs, variants, data("+0.5"))).empty());
  CHECK(warnings(shop(needs, variants + shown, data("-20%"))).empty());
  const auto only = [](const std::string& text, const std::string& warning) {
    INFO(text);
    const std::vector<std::string> all = warnings(text);
    CHECK(all.size() == 1);
    CHECK(warns(text, warning));
  };
  only(shop("", variants + shown), "touchpoint.buy.content: content changes nothing: no persona has needs");
  only(shop("needs = { price = 0 }\n", "", ""), "persona.p.needs: needs change nothing: no touchpoint has content");
  only(shop(needs, variants), "touchpoint.buy.content[1]: variants after the first are never shown");
  only(shop(needs, "content = [ { theme = { price = 1 } } ]\n" + shown),
       "touchpoint.buy.personalisation: personalisation changes nothing: there is only one variant");
  only(shop("needs = { price = 1 }\n",
            "content = [ { theme = { price = 1 } }, { theme = { price = 1, speed = 0 } } ]\n" + shown),
       "touchpoint.buy.personalisation: personalisation changes nothing: the first variant fits everybody best");
  only(shop(needs,
            "content = [ { theme = { price = 1 } }, { theme = { speed = 1 } }, { theme = { speed = 1, price = 9 } } ]\n" +
                shown),
       "touchpoint.buy.content[2]: this variant is never shown");
  only(shop(needs, "content = [ { theme = { price = 1, prise = 1 } }, { theme = { speed = 1 } } ]\n" + shown),
       "touchpoint.buy.content[0].theme.prise: nobody needs \"prise\"");
  only(shop(needs, "content = [ { theme = { price = 0 } }, { theme = { speed = 1 } } ]\n" + shown),
       "touchpoint.buy.content[0].theme: this variant says nothing");
  only(replaced(shop(needs, variants + shown), "[[persona]]\n", "[behaviour]\nfit_weight = 0\n[[persona]]\n"),
       "behaviour.fit_weight: content changes nothing");
  only(shop(needs, variants, data("+20%")),
       "event.data.effect.personalisation: never acts: a share of a personalisation of 0");
  only(shop(needs, variants + shown, data("+0.2", "use")), "never acts: its target has no content to personalise");
  only(shop(needs, "content = [ { theme = { price = 1 } } ]\n", data("+0.2")),
       "never acts: its target has only one variant");
  only(shop("needs = { price = 1, speed = 0.1 }\n", variants, data("+0.2")),
       "the first variant fits everybody best whom it reaches");
  only(journey + "content = [ { theme = { price = 1 } } ]\n",
       "touchpoint.gone.content: content changes nothing: this is an end");
}

TEST_CASE("a price by the month that is about what the added servers are paid is warned of", "[scenario]") {
  const std::string line =
      replaced(journey, "effort = 0.2\n", "effort = 0.2\npool = \"agents\"\nhandle_time = \"5 minutes\"\n") +
      "[[pool]]\nid = \"agents\"\nservers = { mon-fri = { \"08:00-18:00\" = 3 } }\ncost_per_hour = 20\n"
      "[[improvement]]\nid = \"more\"\ntarget = { pool = \"agents\" }\n";
  const std::string dated = replaced(line, "horizon = \"1 year\"", "horizon = \"1 year\"\nstart = 2026-01-05");
  const std::string plan = "[[plan]]\nid = \"q\"\nimprovements = [\"more\"]\n";
  const std::string twice = "improvement.more.cost.per_month: the servers that it adds are paid about ";
  const auto with = [&](const std::string& effect, const std::string& cost) {
    return dated + "effect = { " + effect + " }\ncost = { " + cost + " }\n" + plan;
  };
  // 50 hours a week at 20: 1,000 a week, 4,348 a month; for two of them twice as much.
  CHECK(warns(with("servers = \"+1\"", "per_month = 4300"), twice + "4,348 a month"));
  CHECK(warns(with("servers = \"+1\"", "once = 9, per_month = 3000"), twice));
  CHECK(warns(with("servers = \"+2\"", "per_month = 8000"), twice));
  // A licence of each, half of them, who are fewer, and what is paid once.
  for (const char* cost : {"per_month = 300", "per_month = 9000", "once = 4300"})
    CHECK_FALSE(warns(with("servers = \"+1\"", cost), twice));
  CHECK_FALSE(warns(with("servers = \"-1\"", "per_month = 4300"), twice));
  CHECK_FALSE(warns(with("quality = \"+0.1\"", "per_month = 4300"), twice));
  CHECK_FALSE(warns(replaced(with("servers = \"+1\"", "per_month = 4300"), "cost_per_hour = 20\n", ""), twice));
}
