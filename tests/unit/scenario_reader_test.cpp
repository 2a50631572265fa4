// The whole format, key by key, into the parts of a model.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr double month = 365.25 / 12.0;

// Every key of scenarios/README.md with a value that is not its default.
const std::string everything = R"(schema = 1
[scenario]
title = "All of it"
question = "What?"
start = 2027-03-04
horizon = "24 months"
window = "2 weeks"
customers = 1_000
market = 5_000
replications = 3
seed = 7
currency = "CHF"
discount = 0.08
[behaviour]
performance = 0.9
disconfirmation = 0.4
memory = 0.3
peak = 0.5
adapt = 0.2
promise_weight = 0.4
forgiveness = 0.6
recommend_base = 0.6
recommend_sd = 0.2
repeat_effort = 0.2
fit_weight = 0.1
traits = { loss_aversion = 2.5, renews = { beta = [2, 3] } }
[[persona]]
id = "young-pro"
name = "Young professional"
share = 0.45
starts = { see-ad = 0.8, hear-friend = 0.2 }
arrives = { uniform = ["0 days", "12 weeks"] }
traits.expectation = { beta = [6, 4] }
traits.satisfaction = { normal = { mean = 0.5, sd = 0.1 } }
traits.patience = "36 hours"
traits.effort_aversion = 0.3
traits.talkativeness = { lognormal = { median = 1, sigma = 0.5 } }
traits.response_propensity = { fixed = -0.5 }
traits.renews = 0.7
needs = { price = 0.7, speed = 0.3 }
channels = { app = 2.0, store = 0.5 }
odds = [ { from = "see-ad", to = "first-bill", times = 1.4 } ]
[[persona]]
id = "family"
share = 0.55
starts = { see-ad = 1 }
arrives = "3 days"
traits.patience = { weibull = { scale = "10 days", shape = 1.5 } }
[[channel]]
id = "app"
name = "The app"
online = true
[[channel]]
id = "store"
controlled = false
[[team]]
id = "sales"
name = "Sales team"
[[team]]
id = "billing"
[[handover]]
from = "sales"
to = "billing"
carry = 0.4
[[touchpoint]]
id = "see-ad"
stage = "awareness"
quality = 0.6
team = "sales"
next = [ { to = "first-bill", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "hear-friend"
stage = "awareness"
quality = { sd = 0.2 }
exits = "race"
next = [ { to = "first-bill", odds = 2, after = { exponential = { mean = "5 days" } } },
         { to = "lost", after = { loglogistic = { median = "3 days", shape = 2 } } } ]
[[touchpoint]]
id = "first-bill"
name = "First bill"
stage = "purchase"
channel = "app"
team = "billing"
quality = { mean = 0.55, sd = 0.18 }
effort = 0.3
weight = 2.0
promise = 0.8
cost = 0.6
revenue = 1.5
revenue_per_month = 29.0
cost_per_month = 1.2
servers = 12
handle_time = "12 minutes"
content = [ { theme = { price = 1.0 } }, { theme = { speed = 1.0, price = 0.5 } } ]
personalisation = 0.2
reads_reviews = true
solves = 0.8
next = [
  { to = "winback", odds = 6.0, after = "30 days", satisfaction = 1.5, expectation = 0.5, heard = -0.5, effort = -2 },
  { to = "churned", probability = 0.1, after = { uniform = [1, 2.5] } },
  { to = "winback", probability = "renews", after = { lognormal = { median = "2 days", sigma = 0.8 } } },
  { to = "winback", on = "heard", probability = 0.3 },
  { to = "churned", on = "gave-up" },
]
[[touchpoint]]
id = "winback"
stage = "retention"
channel = "store"
counts_as = "churned"
next = [ { to = "first-bill", odds = 1, after = 30 } ]
[[touchpoint]]
id = "lost"
stage = "awareness"
end = "lost"
[[touchpoint]]
id = "churned"
stage = "retention"
end = "churned"
[word_of_mouth]
network = { small_world = { contacts = 12, rewire = 0.1 } }
promoter_rate = "0.5 per month"
detractor_rate = "0.8 per month"
passive_rate = 0.25
negativity = 3.0
talks_after_churn = "2 months"
remembered = "3 months"
mixing = [ { from = "young-pro", to = "family", weight = 0.3 } ]
[reviews]
probability = 0.02
extremity = 2.0
weight = 0.5
[[survey]]
id = "after-bill"
asks = "ces"
after = "first-bill"
channels = ["app", "store"]
sample = 0.3
base = -1.5
extremity = 1.0
unmet = 2.5
cost = 0.4
annoyance = 0.02
fatigue = 0.6
fatigue_half_life = "50 days"
noise = 0.08
closed_loop = { below = 7, to = "winback", within = "2 days" }
[[survey]]
id = "relationship"
name = "Twice a year"
every = "90 days"
[[improvement]]
id = "plain-bill"
name = "Plain bill"
target.touchpoint = ["first-bill"]
target.channel = "app"
target.team = ["billing"]
target.stage = ["purchase", "retention"]
target.persona = "family"
target.exit_to = "winback"
effect = { quality = "+0.15", effort = "-40%", odds = 3, delay = "= 0.5" }
start = "1 month"
end = "23 months"
ramp = { s_curve = "3 months" }
cost = { once = 250_000, per_month = 8_000, per_visit = 0.02 }
levels = [0.5, 1.0]
[[event]]
id = "outage"
name = "Outage"
target = { channel = "app" }
effect = { revenue_per_month = "-5", handle_time = "-2 minutes" }
start = "5 months"
end = "5.2 months"
ramp = { linear = "1 day" }
[[rule]]
id = "alarm"
name = "Alarm"
when = { metric = "ces", survey = "after-bill", below = 5, above = 2, windows = 2, min_answers = 30, persona = "family", team = "billing" }
off_when = { above = 6, below = 1.5 }
switch_on = "plain-bill"
[[plan]]
id = "digital-first"
name = "Digital first"
improvements = ["plain-bill"]
rules = ["alarm"]
[accounts]
correlation = 0.3
[[account_segment]]
id = "enterprise"
name = "Enterprise"
share = 1
roles = { young-pro = 8, family = { uniform = [1, 3] } }
gates = [ { touchpoint = "first-bill", rule = "weighted", weights = { young-pro = 1, family = 5 } },
          { touchpoint = "winback", rule = { veto = ["family"] } }, { touchpoint = "see-ad", rule = "unanimous" } ]
)";

Scenario read(const std::string& text) { return parse_scenario(text, "all.toml"); }

const Finding& first_error(const Scenario& scenario) {
  const auto found = std::find_if(scenario.findings.begin(), scenario.findings.end(),
                                  [](const Finding& finding) { return finding.severity == Severity::error; });
  REQUIRE(found != scenario.findings.end());
  return *found;
}

ModelParts read_everything() {
  const Scenario scenario = read(everything);
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  return scenario.parts;
}

}  // namespace

TEST_CASE("every key arrives: scenario and behaviour", "[scenario]") {
  const ModelParts parts = read_everything();
  CHECK(parts.settings.title == "All of it");
  CHECK(parts.settings.question == "What?");
  CHECK(parts.settings.start == "2027-03-04");
  CHECK(parts.settings.horizon.value() == 24.0 * month);
  CHECK(parts.settings.window.value() == 14.0);
  CHECK(parts.settings.customers == 1000);
  CHECK(*parts.settings.market == 5000.0);
  CHECK(parts.settings.replications == 3);
  CHECK(parts.settings.seed == 7);
  CHECK(parts.settings.currency == "CHF");
  CHECK(parts.settings.discount == 0.08);
  const BehaviourSettings& b = parts.behaviour;
  CHECK(b.performance == 0.9);
  CHECK(b.disconfirmation == 0.4);
  CHECK(b.memory == 0.3);
  CHECK(b.peak == 0.5);
  CHECK(b.adapt == 0.2);
  CHECK(b.promise_weight == 0.4);
  CHECK(b.forgiveness == 0.6);
  CHECK(b.recommend_base == 0.6);
  CHECK(b.recommend_sd == 0.2);
  CHECK(b.repeat_effort == 0.2);
  CHECK(b.fit_weight == 0.1);
}

TEST_CASE("every key arrives: personas", "[scenario]") {
  const ModelParts parts = read_everything();
  REQUIRE(parts.personas.size() == 2);
  const Persona& p = parts.personas[0];
  CHECK(p.id == "young-pro");
  CHECK(p.name == "Young professional");
  CHECK(p.share == 0.45);
  REQUIRE(p.starts.size() == 2);
  CHECK(p.starts[0] == std::pair(TouchpointId(1), 0.2));
  CHECK(p.starts[1] == std::pair(TouchpointId(0), 0.8));
  CHECK(p.arrives == Distribution(Uniform{0.0, 84.0}));
  REQUIRE(parts.traits.size() == builtin_trait_count + 1);
  CHECK(parts.traits.back().name == "renews");
  CHECK(parts.traits.back().low == 0.0);
  CHECK(parts.traits.back().high == 1.0);
  REQUIRE(p.traits.size() == parts.traits.size());
  CHECK(p.traits[0] == Distribution(Beta{6.0, 4.0}));
  CHECK(p.traits[1] == Distribution(Normal{0.5, 0.1}));
  CHECK(p.traits[2] == Distribution(Fixed{1.5}));
  CHECK(p.traits[3] == Distribution(Fixed{0.3}));
  CHECK(p.traits[4] == Distribution(Fixed{2.5}));  // of [behaviour]
  CHECK(p.traits[5] == Distribution(Lognormal{1.0, 0.5}));
  CHECK(p.traits[6] == Distribution(Fixed{-0.5}));
  CHECK(p.traits[7] == Distribution(Fixed{0.7}));
  CHECK(p.needs == std::vector<std::pair<std::string, double>>{{"price", 0.7}, {"speed", 0.3}});
  CHECK(p.channels == std::vector<std::pair<ChannelId, double>>{{ChannelId(0), 2.0}, {ChannelId(1), 0.5}});
  REQUIRE(p.odds.size() == 1);
  CHECK(p.odds[0].from == TouchpointId(0));
  CHECK(p.odds[0].to == TouchpointId(2));
  CHECK(p.odds[0].times == 1.4);
  const Persona& q = parts.personas[1];
  CHECK(q.name == "family");
  CHECK(q.arrives == Distribution(Fixed{3.0}));
  CHECK(q.traits[0] == Distribution(Fixed{0.6}));
  CHECK(q.traits[2] == Distribution(Weibull{10.0, 1.5}));
  CHECK(q.traits[7] == Distribution(Beta{2.0, 3.0}));
}

TEST_CASE("every key arrives: channels, teams and touchpoints", "[scenario]") {
  const ModelParts parts = read_everything();
  CHECK(parts.channels[0].name == "The app");
  CHECK(parts.channels[0].online);
  CHECK(parts.channels[0].controlled);
  CHECK_FALSE(parts.channels[1].online);
  CHECK_FALSE(parts.channels[1].controlled);
  CHECK(parts.teams[0].name == "Sales team");
  REQUIRE(parts.handovers.size() == 1);
  CHECK(parts.handovers[0].from == TeamId(0));
  CHECK(parts.handovers[0].to == TeamId(1));
  CHECK(parts.handovers[0].carry == 0.4);
  REQUIRE(parts.touchpoints.size() == 6);
  CHECK(parts.touchpoints[0].quality_mean == 0.6);
  CHECK(parts.touchpoints[0].quality_sd == 0.15);
  CHECK_FALSE(parts.touchpoints[0].channel.valid());
  CHECK(parts.touchpoints[1].quality_mean == 0.5);
  CHECK(parts.touchpoints[1].exits == ExitRule::race);
  CHECK(parts.touchpoints[1].next[0].after == Distribution(Exponential{5.0}));
  CHECK(parts.touchpoints[1].next[1].after == Distribution(Loglogistic{3.0, 2.0}));
  CHECK_FALSE(parts.touchpoints[1].next[1].odds);
  const Touchpoint& t = parts.touchpoints[2];
  CHECK(t.name == "First bill");
  CHECK(t.stage == Stage::purchase);
  CHECK(t.channel == ChannelId(0));
  CHECK(t.team == TeamId(1));
  CHECK(t.quality_mean == 0.55);
  CHECK(t.quality_sd == 0.18);
  CHECK(t.effort == 0.3);
  CHECK(t.weight == 2.0);
  CHECK(*t.promise == 0.8);
  CHECK(t.cost == 0.6);
  CHECK(t.revenue == 1.5);
  CHECK(t.revenue_per_month == 29.0);
  CHECK(t.cost_per_month == 1.2);
  CHECK(*t.servers == 12.0);
  CHECK(std::get<Exponential>(*t.handle_time).mean == 12.0 / 1440.0);
  REQUIRE(t.content.size() == 2);
  CHECK(t.content[1].theme == std::vector<std::pair<std::string, double>>{{"price", 0.5}, {"speed", 1.0}});
  CHECK(t.personalisation == 0.2);
  CHECK(t.reads_reviews);
  CHECK(t.solves == Chance(0.8));
  REQUIRE(t.next.size() == 5);
  CHECK(*t.next[0].odds == 6.0);
  CHECK(t.next[0].after == Distribution(Fixed{30.0}));
  CHECK(t.next[0].slopes == Slopes{1.5, 0.5, -0.5, -2.0});
  CHECK(std::get<double>(t.next[1].probability) == 0.1);
  CHECK(t.next[1].after == Distribution(Uniform{1.0, 2.5}));
  CHECK(std::get<TraitId>(t.next[2].probability) == TraitId(builtin_trait_count));
  CHECK(t.next[2].after == Distribution(Lognormal{2.0, 0.8}));
  CHECK(t.next[3].on == Trigger::heard);
  CHECK(t.next[4].on == Trigger::gave_up);
  CHECK(t.next[4].after == Distribution(Fixed{0.0}));
  CHECK(*parts.touchpoints[3].counts_as == End::churned);
  CHECK(*parts.touchpoints[4].end == End::lost);
  CHECK(*parts.touchpoints[5].end == End::churned);
}

TEST_CASE("every key arrives: improvements, events and plans", "[scenario]") {
  const ModelParts parts = read_everything();
  REQUIRE(parts.improvements.size() == 1);
  const Change& c = parts.improvements[0].change;
  CHECK(c.name == "Plain bill");
  CHECK(c.target.touchpoints == std::vector<TouchpointId>{TouchpointId(2)});
  CHECK(c.target.channels == std::vector<ChannelId>{ChannelId(0)});
  CHECK(c.target.teams == std::vector<TeamId>{TeamId(1)});
  CHECK(c.target.stages == std::vector<Stage>{Stage::purchase, Stage::retention});
  CHECK(c.target.personas == std::vector<PersonaId>{PersonaId(1)});
  CHECK(c.target.exit_to == std::vector<TouchpointId>{TouchpointId(3)});
  REQUIRE(c.effects.size() == 4);
  const auto effect = [&](Parameter parameter) {
    for (const Effect& e : c.effects) {
      if (e.parameter == parameter) return std::pair(e.operation, e.value);
    }
    FAIL("no such effect");
    return std::pair(Operation::add, 0.0);
  };
  CHECK(effect(Parameter::quality) == std::pair(Operation::add, 0.15));
  CHECK(effect(Parameter::effort) == std::pair(Operation::multiply, 0.6));
  CHECK(effect(Parameter::odds) == std::pair(Operation::set, 3.0));
  CHECK(effect(Parameter::delay) == std::pair(Operation::set, 0.5));
  CHECK(c.start.value() == month);
  CHECK(c.end->value() == 23.0 * month);
  CHECK(c.ramp.shape == RampShape::s_curve);
  CHECK(c.ramp.over.value() == 3.0 * month);
  CHECK(parts.improvements[0].price.once == 250000.0);
  CHECK(parts.improvements[0].price.per_month == 8000.0);
  CHECK(parts.improvements[0].price.per_visit == 0.02);
  CHECK(parts.improvements[0].levels == std::vector<double>{0.5, 1.0});
  REQUIRE(parts.events.size() == 1);
  CHECK(parts.events[0].name == "Outage");
  CHECK(parts.events[0].ramp.shape == RampShape::linear);
  REQUIRE(parts.events[0].effects.size() == 2);
  CHECK(parts.events[0].effects[0].parameter == Parameter::handle_time);
  CHECK(parts.events[0].effects[0].value == -2.0 / 1440.0);
  CHECK(parts.events[0].effects[1].parameter == Parameter::revenue_per_month);
  CHECK(parts.events[0].effects[1].value == -5.0);
  REQUIRE(parts.plans.size() == 2);
  CHECK(parts.plans[0].id == "baseline");
  CHECK(parts.plans[1].name == "Digital first");
  CHECK(parts.plans[1].improvements == std::vector<ImprovementId>{ImprovementId(0)});
}

TEST_CASE("every key arrives: what couples customers", "[scenario]") {
  const ModelParts parts = read_everything();
  const WordOfMouth& talk = *parts.word_of_mouth;
  CHECK(std::get<SmallWorld>(talk.network).contacts == 12.0);
  CHECK(std::get<SmallWorld>(talk.network).rewire == 0.1);
  CHECK(talk.promoter_rate == 0.5 / month);
  CHECK(talk.detractor_rate == 0.8 / month);
  CHECK(talk.passive_rate == 0.25);
  CHECK(talk.negativity == 3.0);
  CHECK(talk.talks_after_churn.value() == 2.0 * month);
  CHECK(talk.remembered.value() == 3.0 * month);
  CHECK(talk.mixing[0].weight == 0.3);
  CHECK(parts.reviews->probability == 0.02);
  CHECK(parts.reviews->extremity == 2.0);
  CHECK(parts.reviews->weight == 0.5);
  const Survey& survey = parts.surveys[0];
  CHECK(survey.asks == Question::ces);
  CHECK(survey.after == std::vector<TouchpointId>{TouchpointId(2)});
  CHECK(survey.channels.size() == 2);
  CHECK(survey.unmet == 2.5);
  CHECK(survey.cost == 0.4);
  CHECK(survey.annoyance == 0.02);
  CHECK_FALSE(survey.every);
  CHECK(parts.surveys[1].every->value() == 90.0);
  CHECK(parts.surveys[1].name == "Twice a year");
  CHECK(parts.surveys[1].asks == Question::nps);
  CHECK(survey.sample == 0.3);
  CHECK(survey.base == -1.5);
  CHECK(survey.extremity == 1.0);
  CHECK(survey.fatigue == 0.6);
  CHECK(survey.fatigue_half_life.value() == 50.0);
  CHECK(survey.noise == 0.08);
  CHECK(survey.closed_loop->below == 7.0);
  CHECK(survey.closed_loop->to == TouchpointId(3));
  CHECK(survey.closed_loop->within.value() == 2.0);
  const Rule& rule = parts.rules[0];
  CHECK(rule.metric == "ces");
  CHECK(rule.survey == SurveyId(0));
  CHECK(*rule.below == 5.0);
  CHECK(*rule.above == 2.0);
  CHECK(rule.windows == 2);
  CHECK(rule.id == "alarm");
  CHECK(rule.name == "Alarm");
  CHECK(rule.min_answers == 30);
  CHECK(parts.personas[rule.persona.index()].id == "family");
  CHECK(parts.teams[rule.team.index()].id == "billing");
  CHECK(*rule.off_above == 6.0);
  CHECK(*rule.off_below == 1.5);
  CHECK(parts.plans[1].rules == std::vector<RuleId>{RuleId(0)});
  CHECK(rule.switch_on == ImprovementId(0));
  CHECK(parts.account_correlation == 0.3);
  const AccountSegment& segment = parts.account_segments[0];
  CHECK(segment.name == "Enterprise");
  REQUIRE(segment.roles.size() == 2);
  CHECK(segment.roles[0].first == PersonaId(0));
  CHECK(segment.roles[0].second == Distribution(Fixed{8.0}));
  CHECK(segment.roles[1].second == Distribution(Uniform{1.0, 3.0}));
  CHECK(segment.gates[0].rule == GateRule::weighted);
  CHECK(segment.gates[0].weights.size() == 2);
  CHECK(segment.gates[1].rule == GateRule::veto);
  CHECK(segment.gates[1].veto == std::vector<PersonaId>{PersonaId(1)});
  CHECK(segment.gates[2].rule == GateRule::unanimous);
}

TEST_CASE("with accounts personas need no share, and get it from them", "[scenario]") {
  std::string text = everything;
  for (std::size_t at; (at = text.find("\nshare = 0.")) != std::string::npos;)
    text.erase(at + 1, text.find('\n', at + 1) - at);
  const Scenario scenario = read(text);
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.personas[0].share == 0.8);  // 8 of 8 + 2
  CHECK(scenario.parts.personas[1].share == 0.2);
  const std::size_t accounts = text.find("[accounts]");
  CHECK(diagnostics(read(text.substr(0, accounts))).find("write share = 1") != std::string::npos);
}

TEST_CASE("no table swallows an unknown key", "[scenario]") {
  // A key that nobody knows, put into each table of the file in turn.
  const auto put_in = [](std::size_t at) {
    std::string text = everything;
    text.insert(at, everything[at - 1] == '{' ? " zzzzz = 1, " : "zzzzz = 1\n");
    return read(text);
  };
  // Tables with free keys refuse it as the name of nothing; themes and traits are named by the scenario itself.
  std::size_t tables = 0;
  for (std::size_t i = 1; i < everything.size(); ++i) {
    const bool section = everything[i - 1] == '\n' && everything.find_last_of('[', i - 2) != std::string::npos &&
                         everything[i - 2] == ']' && everything[everything.rfind('\n', i - 2) + 1] == '[';
    const bool inline_table = everything[i - 1] == '{';
    if (!section && !inline_table) continue;
    const std::string before = everything.substr(everything.rfind('\n', i - 1) + 1, i - 1 - everything.rfind('\n', i - 1));
    const bool free = before.ends_with("theme = {") || before.ends_with("needs = {");
    const Scenario scenario = put_in(i);
    ++tables;
    INFO(before);
    if (free) {
      CHECK(scenario.errors() == 0);
    } else if (before.ends_with("traits = {")) {
      CHECK(scenario.warnings() > 0);
    } else {
      CHECK(scenario.errors() >= 1);
      CHECK(diagnostics(scenario).find("zzzzz") != std::string::npos);
    }
  }
  CHECK(tables > 60);
}

TEST_CASE("every kind of network is read", "[scenario]") {
  const auto network = [](const std::string& text) {
    std::string whole = everything;
    const std::string old = "{ small_world = { contacts = 12, rewire = 0.1 } }";
    whole.replace(whole.find(old), old.size(), text);
    return read(whole);
  };
  CHECK(std::holds_alternative<WellMixed>(network("{ well_mixed = {} }").parts.word_of_mouth->network));
  CHECK(std::get<ScaleFree>(network("{ scale_free = { contacts = 6 } }").parts.word_of_mouth->network).contacts == 6.0);
  CHECK(std::get<RandomNetwork>(network("{ random = { contacts = 8 } }").parts.word_of_mouth->network).contacts == 8.0);
  CHECK(std::get<Communities>(network("{ communities = { contacts = 10, within = 0.8 } }").parts.word_of_mouth->network)
            .within == 0.8);
  CHECK(network("{ well_mixed = {}, random = { contacts = 8 } }").errors() == 1);
  CHECK(network("{}").errors() == 1);
  CHECK(network("\"random\"").errors() == 1);
  const Scenario file = network("{ file = \"no-such-friends.csv\" }");
  REQUIRE(file.errors() == 1);
  CHECK(first_error(file).path == "word_of_mouth.network.file");
}

TEST_CASE("a network's file is looked for beside the scenario", "[scenario]") {
  const auto folder = std::filesystem::temp_directory_path() / "sojourn-network-test";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "friends.csv") << "from,to\n0,1\n";
  std::string text = everything;
  const std::string old = "{ small_world = { contacts = 12, rewire = 0.1 } }";
  text.replace(text.find(old), old.size(), "{ file = \"friends.csv\" }");
  const Scenario scenario = parse_scenario(text, "all.toml", folder);
  std::filesystem::remove_all(folder);
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  CHECK(std::get<NetworkFile>(scenario.parts.word_of_mouth->network).path == "friends.csv");
}

TEST_CASE("a scenario from inside a results file opens no file, unless the command line names one", "[scenario]") {
  const auto folder = std::filesystem::temp_directory_path() / "sojourn-embedded-test";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "friends.csv") << "from,to\n0,1\n";
  std::string text = everything;
  const std::string old = "{ small_world = { contacts = 12, rewire = 0.1 } }";
  text.replace(text.find(old), old.size(), "{ file = \"friends.csv\" }");
  const auto read_as = [&](NamedFiles files, const std::vector<Override>& overrides) {
    return parse_scenario(text, "all.h5", folder, overrides, {}, files);
  };
  CHECK(read_as(NamedFiles::in_folder, {}).errors() == 0);
  const Scenario refused = read_as(NamedFiles::none, {});
  REQUIRE(refused.errors() == 1);
  CHECK(first_error(refused).message == "a scenario inside a results file opens no file");
  CHECK(read_as(NamedFiles::none, {parse_override("word_of_mouth.network.file=friends.csv")}).errors() == 0);
  std::filesystem::remove_all(folder);
}

TEST_CASE("clocks, counters and traits of one's own are read as they are written") {
  const Scenario read = parse_scenario(R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 100
[[persona]]
id = "p"
share = 1
starts = { buy = 1 }
ages = { policy = { uniform = ["0 days", "10 days"] } }
traits.gap = { gamma = { shape = 2, mean = "3 days" } }
traits.buying = "2 per day"
traits.first = 4
[[team]]
id = "sales"
[[clock]]
id = "policy"
starts_at = ["buy", "use"]
[[counter]]
id = "spent"
counts = "buy"
adds = "revenue"
half_life = "5 days"
initial = "first"
[[counter]]
id = "moves"
counts = ["use", "buy -> use"]
initial = { uniform = [1, 2] }
[[touchpoint]]
id = "buy"
stage = "purchase"
team = "sales"
next = [
  { to = "use", odds = 1, after = "gap", times = "first" },
  { to = "use", odds = 1, after = { exponential = { rate = "buying" } }, counters = { moves = 0.5, spent = -1 } },
  { to = "use", odds = 1, after = { lognormal = { median = "gap", sigma = 0.4 } }, only_if = { moves = [">= 5", "< 9.5"], bought = true, team = "sales" } },
  { to = "use", odds = 1, after = { table = [[0, 0], ["1 day", 0.4], ["9 days", 1]] }, only_if = { spent = 3 } },
]
[[touchpoint]]
id = "use"
stage = "retention"
exits = "race"
next = [
  { to = "buy", every = "30 days", clock = "policy" },
  { to = "buy", after = { gompertz = { rate = "0.5 per day", shape = 0.25 } }, clock = "tenure" },
  { to = "buy", after = { exponential = { rate = "4 per day" } } },
]
)",
                                       "carried.toml");
  INFO(diagnostics(read));
  REQUIRE(read.errors() == 0);
  const ModelParts& parts = read.parts;
  REQUIRE(parts.clocks.size() == 2);
  CHECK(parts.clocks[0].id == tenure_id);
  CHECK(parts.clocks[1].starts_at == std::vector<TouchpointId>{TouchpointId(0), TouchpointId(1)});
  REQUIRE(parts.counters.size() == 2);
  CHECK(parts.counters[0].adds_revenue);
  CHECK(*parts.counters[0].half_life == Days(5.0));
  const std::size_t own = builtin_trait_count;  // in the order of their names
  const TraitId buying(own), first(own + 1), gap(own + 2);
  CHECK(parts.counters[0].initial_trait == first);
  CHECK(parts.counters[1].exits == std::vector<std::pair<TouchpointId, TouchpointId>>{{TouchpointId(0), TouchpointId(1)}});
  CHECK(parts.counters[1].initial == Distribution(Uniform{1.0, 2.0}));
  CHECK(parts.personas[0].ages == std::vector<std::pair<ClockId, Distribution>>{{ClockId(1), Uniform{0.0, 10.0}}});
  CHECK(parts.personas[0].traits[gap.index()] == Distribution(Gamma{2.0, 3.0}));
  CHECK(parts.personas[0].traits[buying.index()] == Distribution(Fixed{2.0}));
  const std::vector<Exit>& buy = parts.touchpoints[0].next;
  CHECK(buy[0].after == Distribution(Fixed{1.0}));
  CHECK(buy[0].scale == ScaleTrait{gap, false});
  CHECK(buy[0].times == first);
  CHECK(buy[1].after == Distribution(Exponential{1.0}));
  CHECK(buy[1].scale == ScaleTrait{buying, true});
  CHECK(buy[1].counters == std::vector<std::pair<CounterId, double>>{{CounterId(1), 0.5}, {CounterId(0), -1.0}});
  CHECK(buy[2].after == Distribution(Lognormal{1.0, 0.4}));
  CHECK(buy[2].only_if ==
        OnlyIf{{{CounterId(1), Relation::at_least, 5.0}, {CounterId(1), Relation::below, 9.5}}, true, TeamId(0), {}});
  CHECK(buy[3].after == Distribution(Tabulated{{{0.0, 0.0}, {1.0, 0.4}, {9.0, 1.0}}}));
  CHECK(buy[3].only_if.counters == std::vector<CounterTest>{{CounterId(0), Relation::equal, 3.0}});
  const std::vector<Exit>& use = parts.touchpoints[1].next;
  CHECK(*use[0].every == Days(30.0));
  CHECK(use[0].clock == ClockId(1));
  CHECK(use[1].clock == tenure_clock);
  CHECK(use[1].after == Distribution(Gompertz{0.5, 0.25}));
  CHECK(use[2].after == Distribution(Exponential{0.25}));
}

TEST_CASE("a trait nobody set and nobody needs is zero", "[scenario]") {
  std::string text = everything;
  text.replace(text.find(", renews = { beta = [2, 3] }"), 28, "");
  const std::string use = "{ to = \"winback\", probability = \"renews\",";
  SECTION("needed by a probability") {
    const Scenario scenario = read(text);
    REQUIRE(scenario.errors() == 1);
    CHECK(first_error(scenario).path == "persona.family.traits.renews");
  }
  SECTION("not needed") {
    text.replace(text.find(use), use.size(), "{ to = \"winback\", probability = 0.2,");
    const Scenario scenario = read(text);
    REQUIRE(scenario.errors() == 0);
    CHECK(scenario.parts.personas[1].traits.back() == Distribution(Fixed{0.0}));
    CHECK(scenario.warnings() >= 1);
  }
}
