// What follows from the declared keys: the tables of the reference page, and what the reader knows.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "sim/scenario/units.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/model/keys.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/scenario/schema.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

std::string reference_page() {
  const char* source = std::getenv("SOJOURN_SOURCE");
  std::ifstream file(std::filesystem::path(source != nullptr ? source : ".") / "scenarios/README.md");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The tables of a page between their marks, by name.
std::map<std::string, std::string> tables_of(const std::string& page) {
  const std::string begin = "<!-- keys of ", close = " -->\n", end = "<!-- end of keys -->";
  std::map<std::string, std::string> found;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at + 1)) {
    const std::size_t name = at + begin.size(), text = page.find(close, name) + close.size();
    found[page.substr(name, text - close.size() - name)] = page.substr(text, page.find(end, text) - text);
  }
  return found;
}

// One entry of every table.
const std::string everything = R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 10
goal = { npv = 1 }
[[persona]]
id = "p"
share = 1
starts = { buy = 1 }
arrives = { from = 1 }
odds = [ { from = "buy", to = "gone", times = 2 } ]
[[channel]]
id = "c"
[[team]]
id = "a"
goal = { npv = 1 }
[[team]]
id = "b"
[[handover]]
from = "a"
to = "b"
carry = 0.5
[[pool]]
id = "agents"
servers = 2
[[clock]]
id = "since"
starts_at = "buy"
[[counter]]
id = "purchases"
counts = "buy"
[[assumed]]
from = "buy"
to = "gone"
share = 0.5
[[touchpoint]]
id = "buy"
stage = "purchase"
content = [ { theme = { price = 1 } } ]
next = [ { to = "gone", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[word_of_mouth]
network = { small_world = { contacts = 4, rewire = 0.1 } }
mixing = [ { from = "p", to = "p", weight = 2 } ]
[[survey]]
id = "s"
every = "90 days"
closed_loop = { below = 7, to = "buy" }
[[improvement]]
id = "i"
effect = { quality = "+0.1" }
ramp = { linear = "1 month" }
cost = { once = 1 }
response = { hill = { half = 0.4, shape = 1.5 } }
[[event]]
id = "e"
effect = { quality = "-0.1" }
[[rule]]
id = "w"
when = { metric = "nps", below = 10 }
off_when = { above = 15 }
switch_on = "i"
[[plan]]
id = "q"
improvements = [ { id = "i", level = 0.5 } ]
[[outside]]
id = "r"
attraction = 0.5
[budget]
per_quarter = 100
[[account_segment]]
id = "k"
share = 1
roles = { p = 2 }
gates = [ { touchpoint = "buy", rule = { veto = ["p"] } } ]
[[uncertain]]
key = "touchpoint.buy.quality.mean"
beta = [6, 4]
group = "both"
[[uncertain_group]]
id = "both"
correlation = 0.5
[[knob]]
key = "touchpoint.buy.quality.mean"
from = 0.3
to = 0.9
[lesson]
predict = "p"
choices = ["a", "b"]
answer = 1
because = "w"
show = [ { figure = "retained" } ]
without = { words = "w", set = ["behaviour.peak=0"] }
try = [ { words = "w", set = ["behaviour.peak=0"] } ]
)";

// Where an entry of each table stands in it, for --set.
const std::map<std::string, std::string> places{
    {"scenario", "scenario"},
    {"goal", "scenario.goal"},
    {"behaviour", "behaviour"},
    {"uncertain", "uncertain[0]"},
    {"uncertain_group", "uncertain_group.both"},
    {"knob", "knob[0]"},
    {"persona", "persona.p"},
    {"traits", "persona.p.traits"},
    {"persona_odds", "persona.p.odds[0]"},
    {"channel", "channel.c"},
    {"team", "team.a"},
    {"team_goal", "team.a.goal"},
    {"assumed", "assumed[0]"},
    {"handover", "handover[0]"},
    {"pool", "pool.agents"},
    {"clock", "clock.since"},
    {"counter", "counter.purchases"},
    {"touchpoint", "touchpoint.buy"},
    {"quality", "touchpoint.buy.quality"},
    {"content", "touchpoint.buy.content[0]"},
    {"exit", "touchpoint.buy.next[0]"},
    {"improvement", "improvement.i"},
    {"event", "event.e"},
    {"target", "improvement.i.target"},
    {"effect", "improvement.i.effect"},
    {"ramp", "improvement.i.ramp"},
    {"price", "improvement.i.cost"},
    {"response", "improvement.i.response"},
    {"hill", "improvement.i.response.hill"},
    {"plan", "plan.q"},
    {"purchase", "plan.q.improvements[0]"},
    {"outside", "outside.r"},
    {"budget", "budget"},
    {"word_of_mouth", "word_of_mouth"},
    {"network", "word_of_mouth.network"},
    {"well_mixed", "word_of_mouth.network.well_mixed"},
    {"small_world", "word_of_mouth.network.small_world"},
    {"scale_free", "word_of_mouth.network.scale_free"},
    {"random", "word_of_mouth.network.random"},
    {"communities", "word_of_mouth.network.communities"},
    {"mixing", "word_of_mouth.mixing[0]"},
    {"reviews", "reviews"},
    {"accounts", "accounts"},
    {"arrivals", "persona.p.arrives"},
    {"account_segment", "account_segment.k"},
    {"gate", "account_segment.k.gates[0]"},
    {"gate_rule", "account_segment.k.gates[0].rule"},
    {"survey", "survey.s"},
    {"closed_loop", "survey.s.closed_loop"},
    {"rule", "rule.w"},
    {"when", "rule.w.when"},
    {"off_when", "rule.w.off_when"},
    {"lesson", "lesson"},
    {"lesson_figure", "lesson.show[0]"},
    {"lesson_without", "lesson.without"},
    {"lesson_try", "lesson.try[0]"},
};

bool unknown(const std::string& path) {
  const Scenario scenario = parse_scenario(everything, "all.toml", ".", {Override{"--set", path, "[]"}});
  return std::any_of(scenario.findings.begin(), scenario.findings.end(), [](const Finding& finding) {
    return finding.message.starts_with("unknown key") || finding.message.starts_with("there is no section");
  });
}

}  // namespace

TEST_CASE("the tables of the reference page are those of the declared keys") {
  const std::map<std::string, std::string> page = tables_of(reference_page());
  CHECK(page.size() > 15);
  for (const auto& [name, text] : page) {
    INFO("paste this into scenarios/README.md, under <!-- keys of " << name << " -->:\n" << key_table(name));
    CHECK(text == key_table(name));
  }
}

TEST_CASE("every table of more than three keys has its place on the reference page") {
  const std::map<std::string, std::string> page = tables_of(reference_page());
  for (const keys::Table& table : keys::tables()) {
    // An event has the keys of an improvement but its price.
    if (table.keys.size() <= 3 || table.name.empty() || table.name == "event") continue;
    INFO(table.name);
    CHECK(page.count(table.name) == 1);
  }
}

TEST_CASE("the reader knows every declared key, and no other") {
  std::set<std::string> seen;
  for (const keys::Table& table : keys::tables()) {
    if (table.name.empty()) continue;
    INFO(table.name);
    REQUIRE(places.count(table.name) == 1);
    const std::string& place = places.at(table.name);
    for (const keys::Key& key : table.keys) {
      INFO(place << "." << key.name);
      CHECK_FALSE(unknown(place + "." + key.name));
    }
    if (table.name != "traits") CHECK(unknown(place + ".no-such-key"));
  }
}

TEST_CASE("every key of the format has a meaning, every table that is named is declared") {
  for (const keys::Table& table : keys::tables()) {
    for (const keys::Key& key : table.keys) {
      INFO(table.name << "." << key.name);
      CHECK((!key.meaning.empty() || key.kind == keys::Kind::id || key.name == "title"));
      const bool names_table = key.kind == keys::Kind::table || key.kind == keys::Kind::tables ||
                               key.kind == keys::Kind::one_of || key.kind == keys::Kind::quality ||
                               key.kind == keys::Kind::rule;
      if (names_table) CHECK_NOTHROW(keys::table(key.of));
    }
  }
}

TEST_CASE("defaults are written as the format would read them") {
  const keys::Key* remembered = keys::table("word_of_mouth").find("remembered");
  REQUIRE(remembered != nullptr);
  CHECK(remembered->standard == "\"2 months\"");
  for (const keys::Table& table : keys::tables()) {
    for (const keys::Key& key : table.keys) {
      if (key.kind != keys::Kind::duration || key.standard.find_first_of("0123456789") == std::string::npos) continue;
      INFO(table.name << "." << key.name << " " << key.standard);
      const std::string text = key.standard.front() == '"' ? key.standard.substr(1, key.standard.size() - 2) : key.standard;
      CHECK((scenario::parse_duration(text).value || sojourn::parse_number(text)));
    }
  }
  CHECK(keys::table("scenario").find("start")->standard == "2000-01-01");
  CHECK(keys::table("touchpoint").find("quality")->standard == "{ mean = 0.5, sd = 0.15 }");
}
