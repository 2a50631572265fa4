// What couples customers: [word_of_mouth], [reviews], [[survey]], [[rule]], [accounts] and [[account_segment]].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "edge_file.hpp"
#include "reader.hpp"
#include "sojourn/base/whole_file.hpp"

namespace sojourn::scenario {
void Reader::read_word_of_mouth() {
  std::optional<Table> talk = section("word_of_mouth");
  if (!talk) return;
  WordOfMouth word_of_mouth;
  if (const auto network = talk->take("network")) word_of_mouth.network = read_network(*network);
  talk->read_fields(keys::word_of_mouth(), word_of_mouth);
  if (const auto mixing = talk->take("mixing")) {
    constexpr std::string_view example = "write mixing = [ { from = \"young-pro\", to = \"family\", weight = 0.3 } ]";
    for (const Value& entry : elements(*mixing, std::string(example)).value_or(std::vector<Value>())) {
      std::optional<Table> parts = table(entry, "this mixing", std::string(example), &keys::table("mixing"));
      if (!parts) continue;
      Mixing one;
      parts->read("from", one.from, reference<PersonaId>(personas_.names));
      parts->read("to", one.to, reference<PersonaId>(personas_.names));
      parts->read_fields(keys::mixing(), one);
      parts->close();
      word_of_mouth.mixing.push_back(one);
    }
  }
  talk->close();
  parts_.word_of_mouth = std::move(word_of_mouth);
}

Network Reader::read_network(const Value& value) {
  constexpr std::string_view example =
      "write network = { small_world = { contacts = 12, rewire = 0.1 } }, { well_mixed = {} }, ...";
  std::optional<Table> kinds = table(value, "network", std::string(example), &keys::table("network"));
  if (!kinds) return WellMixed{};
  Network network = WellMixed{};
  std::size_t found = 0;
  const auto read = [&](std::string_view key, auto kind, const auto& fields) {
    const auto shape = kinds->take(key);
    if (!shape) return;
    ++found;
    if (std::optional<Table> parts = table(*shape, std::string(key), std::string(example), &keys::table(key))) {
      parts->read_fields(fields, kind);
      parts->close();
    }
    network = kind;
  };
  read("well_mixed", WellMixed{}, keys::Fields<WellMixed>());
  read("small_world", SmallWorld{1.0, 0.0}, keys::small_world());
  read("scale_free", ScaleFree{1.0}, keys::scale_free());
  read("random", RandomNetwork{1.0}, keys::random_network());
  read("communities", Communities{1.0, 0.0}, keys::communities());
  if (const auto file = kinds->take("file")) {
    ++found;
    NetworkFile kind;
    if (const auto path = text(*file)) {
      kind.path = *path;
      read_ties(*file, kind);
    }
    network = kind;
  }
  if (found > 1) value.refuse("network must be of one kind, not several", std::string(example));
  if (found == 0 && value.node().children.empty()) value.refuse("network is empty", std::string(example));
  kinds->close();
  return network;
}

void Reader::read_ties(const Value& value, NetworkFile& file) {
  if (!kept_ties_.empty() && value.node().origin < 0) {
    file.ties = std::make_shared<const std::vector<Tie>>(kept_ties_);
    return;
  }
  const std::optional<std::filesystem::path> path = named_file(value, files_);
  if (!path) return;
  // Nobody can be named where the number of people is not known; what is wrong with it was said.
  const std::uint64_t people = std::min<std::uint64_t>(parts_.settings.customers, 4'000'000'000);
  const std::string name = path->string();
  if (people == 0) {
    problems_.mark_broken(value.path());
    return;
  }
  std::string text;
  try {
    text = read_whole_file(name, max_edge_file_bytes);
  } catch (const InputError& failure) {
    value.refuse(failure.what());
    return;
  }
  EdgeFile edges = parse_edges(text, people);
  if (edges.problems.empty()) {
    file.ties = std::make_shared<const std::vector<Tie>>(std::move(edges.ties));
    return;
  }
  problems_.mark_broken(value.path());
  // Lines are shown of a file that begins as one of ties does; of any other, which may be anything, nothing is.
  const std::string_view lines = without_byte_order_mark(text);
  const SourceText source(edges.has_header ? lines : std::string_view());
  for (const Refusal& refusal : edges.problems) {
    const Finding finding{Severity::error, value.path(), refusal.message, refusal.hint};
    problems_.add({finding, value.node().at, value.node().origin, rendered(finding, name, source, refusal.where)});
  }
}

void Reader::read_reviews() {
  std::optional<Table> table = section("reviews");
  if (!table) return;
  Reviews reviews;
  table->read_fields(keys::reviews(), reviews);
  table->close();
  parts_.reviews = reviews;
}

void Reader::read_surveys() {
  for (std::size_t i = 0; i < surveys_.entries.size(); ++i) {
    Survey survey;
    Table table = entity(surveys_, i, survey.id, survey.name);
    table.read_fields(keys::survey(), survey);
    survey.asks = table.take_word<Question>("asks").value_or(survey.asks);
    table.read("after", survey.after,
               references<TouchpointId>(touchpoints_.names, "name the touchpoints after which it asks"));
    table.read("channels", survey.channels, references<ChannelId>(channels_.names, "name the channels in which it asks"));
    if (const auto loop = table.take("closed_loop")) survey.closed_loop = read_closed_loop(*loop);
    table.close();
    parts_.surveys.push_back(std::move(survey));
  }
}

ClosedLoop Reader::read_closed_loop(const Value& value) {
  ClosedLoop loop;
  constexpr std::string_view example = "write closed_loop = { below = 7, to = \"recovery-call\", within = \"2 days\" }";
  std::optional<Table> parts = table(value, "closed_loop", std::string(example), &keys::table("closed_loop"));
  if (!parts) return loop;
  parts->read("to", loop.to, reference<TouchpointId>(touchpoints_.names));
  parts->read_fields(keys::closed_loop(), loop);
  parts->close();
  return loop;
}

void Reader::read_rules() {
  for (std::size_t i = 0; i < rules_.entries.size(); ++i) {
    Rule rule;
    Table parts = entity(rules_, i, rule.id, rule.name);
    constexpr std::string_view example = "write when = { metric = \"nps\", below = 10, windows = 2 }";
    if (const auto when = parts.take("when")) read_condition(*when, rule, example);
    if (const auto off = parts.take("off_when")) {
      if (std::optional<Table> end = table(*off, "off_when", "write off_when = { above = 15 }", &keys::table("off_when"))) {
        end->read_fields(keys::rule_end(), rule);
        end->close();
        if (!rule.off_below && !rule.off_above && off->node().children.empty())
          off->refuse("neither below nor above", "add a level: above = 15");
      }
    }
    parts.read("switch_on", rule.switch_on, reference<ImprovementId>(improvements_.names));
    parts.read("switch_off", rule.switch_off, reference<ImprovementId>(improvements_.names));
    parts.close();
    const Node& node = rules_.entries[i].node();
    const std::string& path = rules_.entries[i].path();
    const auto is_there = [&](const std::string& key) {
      return node.find(key) != nullptr || problems_.hides(path + "." + key);
    };
    if (!is_there("switch_on") && !is_there("switch_off")) {
      problems_.error(path, node.at, node.origin, "the rule switches nothing",
                      "add switch_on = \"...\", the id of an improvement");
    }
    parts_.rules.push_back(std::move(rule));
  }
}

void Reader::read_condition(const Value& when, Rule& rule, std::string_view example) {
  std::optional<Table> condition = table(when, "when", std::string(example), &keys::table("when"));
  if (!condition) return;
  if (const auto metric = condition->take("metric")) {
    const std::vector<std::string>& metrics = keys::table("when").find("metric")->words;
    const auto name = text(*metric);
    rule.metric = name.value_or("nps");
    if (name && std::find(metrics.begin(), metrics.end(), *name) == metrics.end()) {
      constexpr std::string_view at_the_end[] = {"npv", "clv", "investment", "retention_90", "retention_365"};
      if (std::find(std::begin(at_the_end), std::end(at_the_end), *name) != std::end(at_the_end)) {
        metric->refuse(fmt::format("no window knows {}: it is worked out at the horizon", in_quotes(*name)),
                       "watch \"retention\", \"retained\", \"revenue\" or \"cost_to_serve\"");
      } else {
        metric->refuse(fmt::format("there is no metric {}", in_quotes(*name)), problems_.suggest(*name, metrics));
      }
      rule.metric = "nps";
      rule.survey = SurveyId();
    }
  }
  condition->read_fields(keys::rule_condition(), rule);
  condition->read("survey", rule.survey, reference<SurveyId>(surveys_.names));
  // Whether the metric is the survey's depends on what that asks.
  if (rule.survey.valid() && problems_.hides(surveys_.entries[rule.survey.index()].path() + ".asks"))
    problems_.mark_broken(when.path() + ".metric");
  condition->read("persona", rule.persona, reference<PersonaId>(personas_.names));
  condition->read("touchpoint", rule.touchpoint, reference<TouchpointId>(touchpoints_.names));
  condition->read("team", rule.team, reference<TeamId>(teams_.names));
  std::uint32_t windows = 1;
  condition->read("windows", windows, small_whole);
  rule.windows = static_cast<int>(windows);
  condition->close();
}

void Reader::read_accounts() {
  if (std::optional<Table> accounts = section("accounts")) {
    accounts->read("correlation", parts_.account_correlation,
                   [](const Value& value) { return number(value, keys::fraction); });
    accounts->close();
    if (account_segments_.entries.empty()) {
      problems_.error("accounts", accounts->value().node().at, accounts->value().node().origin, "accounts without a segment",
                      "add an [[account_segment]]");
    }
  }
  for (std::size_t i = 0; i < account_segments_.entries.size(); ++i) {
    AccountSegment segment;
    Table parts = entity(account_segments_, i, segment.id, segment.name);
    segment.share = std::numeric_limits<double>::quiet_NaN();
    parts.read_fields(keys::account_segment(), segment);
    constexpr std::string_view example = "write roles = { user = 8, buyer = 1 }: personas, and people per account";
    if (const auto roles = parts.take("roles")) {
      if (std::optional<Table> people = table(*roles, "roles", std::string(example))) {
        for (const Value& role : people->rest()) {
          const auto persona = position_of_key(role, personas_.names);
          const Distribution count = distribution(role, Measure::number).value_or(Fixed{1.0});
          segment.roles.emplace_back(persona ? PersonaId(*persona) : PersonaId(), count);
        }
        // Tables have no order of their own; people are placed in the order of the personas.
        std::stable_sort(segment.roles.begin(), segment.roles.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
      }
    }
    if (const auto gates = parts.take("gates")) {
      for (const Value& gate : elements(*gates, "write gates = [ { touchpoint = \"renewal\", rule = \"majority\" } ]")
                                   .value_or(std::vector<Value>())) {
        segment.gates.push_back(read_gate(gate));
      }
    }
    parts.close();
    parts_.account_segments.push_back(std::move(segment));
  }
  const auto unwritten = [](const Persona& persona) { return std::isnan(persona.share); };
  if (std::any_of(parts_.personas.begin(), parts_.personas.end(), unwritten)) share_by_accounts(parts_);
}

Gate Reader::read_gate(const Value& value) {
  Gate gate;
  constexpr std::string_view example = "write { touchpoint = \"renewal\", rule = \"majority\" }";
  std::optional<Table> parts = table(value, "this gate", std::string(example), &keys::table("gate"));
  if (!parts) return gate;
  parts->read("touchpoint", gate.touchpoint, reference<TouchpointId>(touchpoints_.names));
  if (const auto rule = parts->take("rule")) {
    if (rule->node().kind == Kind::table) {
      gate.rule = GateRule::veto;
      Table veto(*rule, "rule", &keys::table("gate_rule"));
      veto.read("veto", gate.veto,
                references<PersonaId>(personas_.names, "name the roles that must say yes: { veto = [\"cfo\"] }"));
      veto.close();
    } else if (rule->node().kind == Kind::text && rule->node().text == "veto") {
      rule->refuse("a veto needs to know whose", "write rule = { veto = [\"cfo\"] }");
    } else {
      const std::optional<std::size_t> found = word(*rule, keys::table("gate").find("rule")->words);
      gate.rule = found ? static_cast<GateRule>(*found) : GateRule::majority;
    }
  }
  if (const auto weights = parts->take("weights")) {
    if (std::optional<Table> votes = table(*weights, "weights", "write weights = { user = 1, cfo = 5 }")) {
      for (const Value& vote : votes->rest()) {
        const auto persona = position_of_key(vote, personas_.names);
        const double weight = number(vote).value_or(1.0);
        if (persona) gate.weights.emplace_back(PersonaId(*persona), weight);
      }
    }
  }
  parts->close();
  return gate;
}

}  // namespace sojourn::scenario
