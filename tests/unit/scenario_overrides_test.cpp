// --set: every key can be reached, nothing else changes, and the resolved text says the same again.
#include <sstream>

#include "sojourn/scenario/scenario.hpp"
#include "sojourn/scenario/templates.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

const std::string journey = R"(# a comment
schema = 1
[scenario]
title = "T"
horizon = "12 months"
customers = 100
[[persona]]
id = "a"
share = 1
starts = { buy = 1 }
[[touchpoint]]
id = "buy"
stage = "purchase"
quality = 0.55
next = [ { to = "use", odds = 1, after = "1 day" }, { to = "gone", odds = 2 }, { to = "gone", odds = 3, after = "2 days" } ]
[[touchpoint]]
id = "use"
stage = "retention"
next = [ { to = "gone", odds = 1, after = { lognormal = { median = "3 days", sigma = 0.8 } } } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "better"
target = { touchpoint = ["use"] }
effect = { quality = "+0.1" }
[[plan]]
id = "p"
improvements = ["better"]
)";

Scenario with(std::initializer_list<std::string> settings) {
  std::vector<Override> overrides;
  for (const std::string& setting : settings) overrides.push_back(parse_override(setting));
  return parse_scenario(journey, "j.toml", ".", overrides);
}

std::string first_error(const Scenario& scenario) { return scenario.rendered.empty() ? "" : scenario.rendered[0]; }

void write(std::ostream& out, const Distribution& distribution) {
  out << distribution.index();
  std::visit(
      [&](const auto& d) {
        using T = std::decay_t<decltype(d)>;
        if constexpr (std::is_same_v<T, Fixed>) out << ' ' << d.value;
        if constexpr (std::is_same_v<T, Uniform>) out << ' ' << d.low << ' ' << d.high;
        if constexpr (std::is_same_v<T, Normal>) out << ' ' << d.mean << ' ' << d.sd;
        if constexpr (std::is_same_v<T, Beta>) out << ' ' << d.a << ' ' << d.b;
        if constexpr (std::is_same_v<T, Exponential>) out << ' ' << d.mean;
        if constexpr (std::is_same_v<T, Weibull>) out << ' ' << d.scale << ' ' << d.shape;
        if constexpr (std::is_same_v<T, Lognormal>) out << ' ' << d.median << ' ' << d.sigma;
        if constexpr (std::is_same_v<T, Loglogistic>) out << ' ' << d.median << ' ' << d.shape;
        if constexpr (std::is_same_v<T, Gamma>) out << ' ' << d.shape << ' ' << d.mean;
        if constexpr (std::is_same_v<T, Gompertz>) out << ' ' << d.rate << ' ' << d.shape;
        if constexpr (std::is_same_v<T, Tabulated>) {
          for (const auto& [x, share] : d.points) out << ' ' << x << ' ' << share;
        }
      },
      distribution);
  out << ';';
}

// Every bit of what the templates use.
std::string digest(const ModelParts& parts) {
  std::ostringstream out;
  out << std::hexfloat;
  const Settings& s = parts.settings;
  out << s.title << s.question << s.start << s.horizon.value() << s.window.value() << s.customers << s.market.value_or(-1)
      << s.replications << s.seed << s.currency << s.discount << '\n';
  for (const Trait& t : parts.traits) out << t.name << t.low << t.high << '\n';
  for (const Persona& p : parts.personas) {
    out << p.id << p.name << p.share;
    for (const auto& [start, share] : p.starts) out << start.index() << ' ' << share;
    write(out, p.arrives);
    for (const Distribution& t : p.traits) write(out, t);
    for (const auto& [channel, times] : p.channels) out << channel.index() << ' ' << times;
    for (const PersonaOdds& o : p.odds) out << o.from.index() << ' ' << o.to.index() << ' ' << o.times;
    out << '\n';
  }
  for (const Handover& h : parts.handovers) out << h.from.index() << ' ' << h.to.index() << ' ' << h.carry << '\n';
  for (const Touchpoint& t : parts.touchpoints) {
    out << t.id << t.name << int(t.stage) << t.channel.valid() << t.team.valid() << t.quality_mean << ' ' << t.quality_sd
        << ' ' << t.effort << ' ' << t.weight << ' ' << t.promise.value_or(-1) << ' ' << t.cost << ' ' << t.revenue << ' '
        << t.revenue_per_month << ' ' << t.cost_per_month << int(t.exits) << (t.end ? int(*t.end) : -1);
    for (const Exit& e : t.next) {
      out << e.to.index() << ' ' << e.odds.value_or(-1) << ' ' << e.probability.index() << int(e.on) << e.slopes.satisfaction
          << ' ' << e.slopes.expectation << ' ' << e.slopes.heard << ' ' << e.slopes.effort;
      if (const double* p = std::get_if<double>(&e.probability)) out << *p;
      write(out, e.after);
    }
    out << '\n';
  }
  const auto change = [&](const Change& c) {
    out << c.id << c.name << c.start.value() << ' ' << (c.end ? c.end->value() : -1.0) << int(c.ramp.shape)
        << c.ramp.over.value();
    for (const TouchpointId t : c.target.touchpoints) out << ' ' << t.index();
    for (const ChannelId t : c.target.channels) out << ' ' << t.index();
    for (const Stage t : c.target.stages) out << ' ' << int(t);
    for (const Effect& e : c.effects) out << int(e.parameter) << int(e.operation) << e.value;
    out << '\n';
  };
  for (const Improvement& i : parts.improvements) {
    change(i.change);
    out << i.price.once << ' ' << i.price.per_month << ' ' << i.price.per_visit << '\n';
  }
  for (const Change& e : parts.events) change(e);
  for (const Plan& p : parts.plans) {
    out << p.id << p.name;
    for (const ImprovementId i : p.improvements) out << ' ' << i.index();
  }
  return out.str();
}

}  // namespace

TEST_CASE("without overrides the text stays as it was", "[scenario]") {
  const Scenario scenario = with({});
  INFO(diagnostics(scenario));
  CHECK(scenario.errors() == 0);
  CHECK(scenario.text == journey);
}

TEST_CASE("--set is split at the first equals sign", "[scenario]") {
  const Override override = parse_override("improvement.better.effect.quality== 0.9");
  CHECK(override.path == "improvement.better.effect.quality");
  CHECK(override.value == "= 0.9");
  CHECK(override.option == "--set improvement.better.effect.quality== 0.9");
  CHECK_THROWS_AS(parse_override("scenario.horizon"), InputError);
  CHECK_THROWS_AS(parse_override("=3"), InputError);
}

TEST_CASE("--set reaches every kind of key", "[scenario]") {
  const Scenario scenario =
      with({"scenario.customers=5_000", "scenario.horizon=12 weeks", "scenario.start=2028-02-29", "scenario.title=Two words",
            "touchpoint.buy.quality.mean=0.7", "touchpoint.use.quality.sd=0.3", "touchpoint.buy.next.use.odds=4",
            "touchpoint.buy.next[2].odds=5", "touchpoint.use.next.gone.after.lognormal.sigma=0.5",
            "persona.a.traits.patience=36 hours", "behaviour.memory=0.5", "improvement.better.effect.quality=-20%",
            "improvement.better.cost.once=1000", "improvement.better.target.touchpoint[0]=buy", "touchpoint.buy.weight=3",
            "scenario.seed=9"});
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  const ModelParts& parts = scenario.parts;
  CHECK(parts.settings.customers == 5000);
  CHECK(parts.settings.horizon.value() == 84.0);
  CHECK(parts.settings.start == "2028-02-29");
  CHECK(parts.settings.title == "Two words");
  CHECK(parts.settings.seed == 9);
  CHECK(parts.touchpoints[0].quality_mean == 0.7);
  CHECK(parts.touchpoints[0].quality_sd == 0.15);
  CHECK(parts.touchpoints[1].quality_mean == 0.5);
  CHECK(parts.touchpoints[1].quality_sd == 0.3);
  CHECK(*parts.touchpoints[0].next[0].odds == 4.0);
  CHECK(*parts.touchpoints[0].next[1].odds == 2.0);
  CHECK(*parts.touchpoints[0].next[2].odds == 5.0);
  CHECK(parts.touchpoints[0].weight == 3.0);
  CHECK(parts.touchpoints[1].next[0].after == Distribution(Lognormal{3.0, 0.5}));
  CHECK(parts.personas[0].traits[2] == Distribution(Fixed{1.5}));
  CHECK(parts.behaviour.memory == 0.5);
  CHECK(parts.improvements[0].change.effects[0].operation == Operation::multiply);
  CHECK(parts.improvements[0].change.target.touchpoints[0] == TouchpointId(0));
  CHECK(parts.improvements[0].price.once == 1000.0);
}

TEST_CASE("a signed effect keeps its sign", "[scenario]") {
  const Scenario scenario = with({"improvement.better.effect.quality=+0.2"});
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.improvements[0].change.effects[0].operation == Operation::add);
  CHECK(scenario.parts.improvements[0].change.effects[0].value == 0.2);
}

TEST_CASE("--set of an effect in another form than the file's is told what it did", "[scenario]") {
  const auto notes = [](const std::string& file, const std::string& value) {
    std::string text = journey;
    text.replace(text.find("\"+0.1\""), 6, file);
    const Scenario scenario =
        parse_scenario(text, "j.toml", ".", {parse_override("improvement.better.effect.quality=" + value)});
    CHECK(scenario.errors() == 0);
    return scenario.notes;
  };
  CHECK(
      notes("\"-20%\"", "0.3") ==
      std::vector<std::string>{"improvement.better.effect.quality is set to 0.3, where the scenario says \"-20%\"; for the "
                               "number of that alone write \"-0.3%\""});
  CHECK(notes("\"+0.1\"", "0.3").front().ends_with("write \"+0.3\""));
  CHECK(notes("\"-20%\"", "-0.3") ==
        std::vector<std::string>{
            "improvement.better.effect.quality has this added: -0.3, where the scenario says \"-20%\"; for "
            "so many per cent write \"-0.3%\""});
  // The same form, or one that says what it does.
  for (const auto& [file, value] : std::vector<std::pair<std::string, std::string>>{
           {"\"-20%\"", "-30%"}, {"\"+0.1\"", "-0.3"}, {"0.5", "0.3"}, {"\"= 0.5\"", "0.3"}, {"\"-20%\"", "= 0.3"}}) {
    INFO(file << " " << value);
    CHECK(notes(file, value).empty());
  }
}

TEST_CASE("half a quality keeps its other half", "[scenario]") {
  const Scenario scenario = with({"touchpoint.buy.quality.sd=0.3"});
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.touchpoints[0].quality_mean == 0.55);
  CHECK(scenario.parts.touchpoints[0].quality_sd == 0.3);
}

TEST_CASE("whole values can be set, later settings win", "[scenario]") {
  const Scenario scenario =
      with({"touchpoint.buy.quality={ mean = 0.9, sd = 0.1 }", "touchpoint.buy.quality.mean=0.8",
            "touchpoint.use.next=[ { to = \"gone\", odds = 7, after = 3 } ]", "plan.p.improvements=[\"better\"]"});
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.touchpoints[0].quality_mean == 0.8);
  CHECK(scenario.parts.touchpoints[0].quality_sd == 0.1);
  CHECK(*scenario.parts.touchpoints[1].next[0].odds == 7.0);
}

TEST_CASE("an override's mistake is told with the option, not with a line", "[scenario]") {
  CHECK(first_error(with({"touchpoint.buy.quality.mean=7"})) ==
        "--set touchpoint.buy.quality.mean=7: error: mean quality is 7, but must be between 0 and 1");
  CHECK(first_error(with({"touchpoint.bye.effort=0.1"})) ==
        "--set touchpoint.bye.effort=0.1: error: there is no \"bye\" in touchpoint\nhint: known: buy, use, gone");
  CHECK(first_error(with({"touchpoint.buy.next.gone.odds=1"}))
            .find("say which: touchpoint.buy.next[1] or touchpoint.buy.next[2]") != std::string::npos);
  CHECK(first_error(with({"event.outage.start=3"})).find("the scenario has no event") != std::string::npos);
  CHECK(first_error(with({"touchpoint.buy.quality.mena=0.3"})).find("did you mean \"mean\"?") != std::string::npos);
  CHECK(first_error(with({"shcema=1"})).find("unknown key \"shcema\"") != std::string::npos);
  for (const char* path :
       {"", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[1", "[0]", "a b", "a[99999999999999999999]", "\"a"}) {
    const Scenario scenario = parse_scenario(journey, "j.toml", ".", {Override{"--set x", path, "1"}});
    INFO(path);
    CHECK(scenario.errors() == 1);
  }
  // Text that would escape its own line.
  CHECK(with({"scenario.seed=1\nx=2"}).errors() == 1);
}

TEST_CASE("shares that no longer sum to 1 are told at the one that was set, not at the last of the file", "[scenario]") {
  std::string text = journey;
  text.replace(text.find("share = 1"), 9, "share = 0.5");
  text.replace(text.find("[[touchpoint]]"), 0, "[[persona]]\nid = \"b\"\nshare = 0.5\nstarts = { buy = 0.5, use = 0.5 }\n");
  const auto told = [&](std::initializer_list<const char*> settings) {
    std::vector<Override> overrides;
    for (const char* setting : settings) overrides.push_back(parse_override(setting));
    return first_error(parse_scenario(text, "j.toml", ".", overrides));
  };
  CHECK(
      told({"persona.a.share=0.9"}) ==
      "--set persona.a.share=0.9: error: shares of the personas sum to 1.4, but must sum to 1\nhint: take away 0.4 in all");
  CHECK(told({"persona.b.share=0.9"}).starts_with("--set persona.b.share=0.9: error: shares of the personas"));
  CHECK(told({"persona.b.share=0.6", "persona.a.share=0.9"}).starts_with("--set persona.a.share=0.9: error: shares"));
  CHECK(told({"persona.b.starts.buy=0.9"}).starts_with("--set persona.b.starts.buy=0.9: error: starts sum to 1.4"));
  // What the command line has no part in stays at its line.
  text.replace(text.find("share = 0.5"), 11, "share = 0.7");
  CHECK(told({"persona.b.traits.patience=9"}).starts_with("j.toml:13:9: error: shares of the personas"));
}

TEST_CASE("shares of account segments are told at the one that was set as well", "[scenario]") {
  std::string text = journey;
  text.replace(text.find("share = 1"), 9, "");
  for (const char* id : {"small", "large"})
    text += std::string("[[account_segment]]\nid = \"") + id + "\"\nshare = 0.5\nroles = { a = 1 }\n";
  const auto told = [&](std::initializer_list<const char*> settings) {
    std::vector<Override> overrides;
    for (const char* setting : settings) overrides.push_back(parse_override(setting));
    return first_error(parse_scenario(text, "j.toml", ".", overrides));
  };
  REQUIRE(parse_scenario(text, "j.toml").errors() == 0);
  CHECK(told({"account_segment.small.share=0.9"}) ==
        "--set account_segment.small.share=0.9: error: shares of the account segments sum to 1.4, but must sum to 1\n"
        "hint: take away 0.4 in all");
  CHECK(
      told({"account_segment.large.share=0.9"}).starts_with("--set account_segment.large.share=0.9: error: shares of the"));
}

TEST_CASE("two mistakes, one in the file and one in an override, are both told", "[scenario]") {
  std::string text = journey;
  text.replace(text.find("0.55"), 4, "5.50");
  const Scenario scenario = parse_scenario(text, "j.toml", ".", {parse_override("behaviour.memory=-1")});
  REQUIRE(scenario.errors() == 2);
  CHECK(scenario.rendered[0].find("j.toml:14:11: error: ") == 0);
  CHECK(scenario.rendered[1].find("--set behaviour.memory=-1: error: ") == 0);
}

TEST_CASE("the resolved text says the same again", "[scenario]") {
  std::vector<std::pair<std::string, std::vector<Override>>> cases{
      {journey,
       {parse_override("touchpoint.buy.quality.mean=0.1"),
        parse_override("scenario.title=\"tab\\t quote\\\" line\\n ä 使\"")}},
      {journey,
       {parse_override("touchpoint.buy.weight=0.30000000000000004"), parse_override("touchpoint.use.cost=1e-300")}}};
  for (const Template& t : templates()) cases.emplace_back(t.text, std::vector{parse_override("scenario.seed=11")});
  for (const auto& [text, overrides] : cases) {
    const Scenario once = parse_scenario(text, "x.toml", ".", overrides);
    INFO(diagnostics(once));
    REQUIRE(once.errors() == 0);
    CHECK(once.text != text);
    const Scenario twice = parse_scenario(once.text, "x.toml");
    INFO(once.text << diagnostics(twice));
    REQUIRE(twice.errors() == 0);
    CHECK(twice.text == once.text);
    CHECK(digest(twice.parts) == digest(once.parts));
    const Scenario thrice = parse_scenario(twice.text, "x.toml", ".", overrides);
    CHECK(thrice.text == once.text);
    CHECK(digest(thrice.parts) == digest(once.parts));
  }
}
