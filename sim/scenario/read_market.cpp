// What couples customers: [word_of_mouth], [reviews], [[survey]], [[rule]], [accounts] and [[account_segment]].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "edge_file.hpp"
#include "reader.hpp"
#include "sojourn/base/whole_file.hpp"

namespace sojourn::scenario {
namespace {

// Figures that a rule can watch: those of the results at a window's end, and those of a survey.
const std::vector<std::string>& metrics() {
  static const std::vector<std::string> names{"nps",
                                              "csat",
                                              "ces",
                                              "measured",
                                              "true",
                                              "response_rate",
                                              "gap",
                                              "prospects",
                                              "lost",
                                              "customers",
                                              "churned",
                                              "conversion",
                                              "retention",
                                              "retained",
                                              "retention_90",
                                              "retention_365",
                                              "promoters",
                                              "passives",
                                              "detractors",
                                              "satisfaction",
                                              "expectation",
                                              "effort",
                                              "revenue",
                                              "cost_to_serve",
                                              "investment",
                                              "npv",
                                              "clv",
                                              "time_to_purchase",
                                              "visits",
                                              "repeats",
                                              "heard_positive",
                                              "heard_negative"};
  return names;
}

}  // namespace

void Reader::read_word_of_mouth() {
  std::optional<Table> talk = section("word_of_mouth");
  if (!talk) return;
  WordOfMouth word_of_mouth;
  if (const auto network = talk->take("network")) word_of_mouth.network = read_network(*network);
  talk->read("promoter_rate", word_of_mouth.promoter_rate, rate);
  talk->read("detractor_rate", word_of_mouth.detractor_rate, rate);
  talk->read("passive_rate", word_of_mouth.passive_rate, rate);
  talk->read("negativity", word_of_mouth.negativity, number);
  talk->read("talks_after_churn", word_of_mouth.talks_after_churn, duration);
  talk->read("remembered", word_of_mouth.remembered, duration);
  if (const auto mixing = talk->take("mixing")) {
    constexpr std::string_view example = "write mixing = [ { from = \"young-pro\", to = \"family\", weight = 0.3 } ]";
    for (const Value& entry : elements(*mixing, std::string(example)).value_or(std::vector<Value>())) {
      std::optional<Table> parts = table(entry, "this mixing", std::string(example));
      if (!parts) continue;
      Mixing one;
      parts->read_required("from", one.from, reference<PersonaId>(personas_.names), std::string(example));
      parts->read_required("to", one.to, reference<PersonaId>(personas_.names), std::string(example));
      parts->read_required("weight", one.weight, number, std::string(example));
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
  std::optional<Table> kinds = table(value, "network", std::string(example));
  if (!kinds) return WellMixed{};
  Network network = WellMixed{};
  std::size_t found = 0;
  const auto read = [&](std::string_view key, auto kind, auto fill) {
    const auto shape = kinds->take(key);
    if (!shape) return;
    ++found;
    if (std::optional<Table> parts = table(*shape, std::string(key), std::string(example))) {
      fill(*parts, kind);
      parts->close();
    }
    network = kind;
  };
  constexpr std::string_view contacts = "write contacts = 8: people known by each";
  read("well_mixed", WellMixed{}, [](Table&, WellMixed&) {});
  read("small_world", SmallWorld{1.0, 0.0}, [&](Table& parts, SmallWorld& kind) {
    parts.read_required("contacts", kind.contacts, number, std::string(contacts));
    parts.read_required("rewire", kind.rewire, number, "write rewire = 0.1: the share of contacts that are far away");
  });
  read("scale_free", ScaleFree{1.0}, [&](Table& parts, ScaleFree& kind) {
    parts.read_required("contacts", kind.contacts, number, std::string(contacts));
  });
  read("random", RandomNetwork{1.0}, [&](Table& parts, RandomNetwork& kind) {
    parts.read_required("contacts", kind.contacts, number, std::string(contacts));
  });
  read("communities", Communities{1.0, 0.0}, [&](Table& parts, Communities& kind) {
    parts.read_required("contacts", kind.contacts, number, std::string(contacts));
    parts.read_required("within", kind.within, number, "write within = 0.8: the share of contacts of one's own persona");
  });
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
  std::error_code error;
  if (file.path.empty() || file.path.find('\0') != std::string::npos ||
      !std::filesystem::is_regular_file(folder_ / file.path, error)) {
    value.refuse(fmt::format("there is no file {}", in_quotes(file.path)), "the path is relative to the scenario file");
    return;
  }
  // Nobody can be named where the number of people is not known; what is wrong with it was said.
  const std::uint64_t people = std::min<std::uint64_t>(parts_.settings.customers, 4'000'000'000);
  const std::string name = (folder_ / file.path).string();
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
  const SourceText source(std::string_view(text).substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0));
  for (const Refusal& refusal : edges.problems) {
    const Finding finding{Severity::error, value.path(), refusal.message, refusal.hint};
    problems_.add({finding, value.node().at, value.node().origin, rendered(finding, name, source, refusal.where)});
  }
}

void Reader::read_reviews() {
  std::optional<Table> table = section("reviews");
  if (!table) return;
  Reviews reviews;
  table->read("probability", reviews.probability, number);
  table->read("extremity", reviews.extremity, number);
  table->read("weight", reviews.weight, number);
  table->close();
  parts_.reviews = reviews;
}

void Reader::read_surveys() {
  for (std::size_t i = 0; i < surveys_.entries.size(); ++i) {
    Survey survey;
    std::string name;
    Table table = entity(surveys_, i, survey.id, name);
    table.read("asks", survey.asks, choice<Question>({"nps", "csat", "ces"}));
    table.read("after", survey.after, references<TouchpointId>(touchpoints_.names));
    table.read("channels", survey.channels, references<ChannelId>(channels_.names));
    table.read("every", survey.every, duration);
    table.read("sample", survey.sample, number);
    table.read("base", survey.base, number);
    table.read("extremity", survey.extremity, number);
    table.read("fatigue", survey.fatigue, number);
    table.read("fatigue_half_life", survey.fatigue_half_life, duration);
    table.read("noise", survey.noise, number);
    if (const auto loop = table.take("closed_loop")) survey.closed_loop = read_closed_loop(*loop);
    table.close();
    parts_.surveys.push_back(std::move(survey));
  }
}

ClosedLoop Reader::read_closed_loop(const Value& value) {
  ClosedLoop loop;
  constexpr std::string_view example = "write closed_loop = { below = 7, to = \"recovery-call\", within = \"2 days\" }";
  std::optional<Table> parts = table(value, "closed_loop", std::string(example));
  if (!parts) return loop;
  parts->read_required("below", loop.below, number, std::string(example));
  parts->read_required("to", loop.to, reference<TouchpointId>(touchpoints_.names), std::string(example));
  parts->read("within", loop.within, duration);
  parts->close();
  return loop;
}

void Reader::read_rules() {
  for (const Value& entry : list_entries("rule")) {
    Rule rule;
    Table parts(entry, "this rule");
    constexpr std::string_view example = "write when = { metric = \"nps\", below = 10, windows = 2 }";
    if (const auto when = parts.require("when", std::string(example))) {
      if (std::optional<Table> condition = table(*when, "when", std::string(example))) {
        if (const auto metric = condition->require("metric", std::string(example))) {
          const auto name = text(*metric);
          rule.metric = name.value_or("nps");
          if (name && std::find(metrics().begin(), metrics().end(), *name) == metrics().end()) {
            metric->refuse(fmt::format("there is no metric {}", in_quotes(*name)), problems_.suggest(*name, metrics()));
          }
        }
        condition->read("survey", rule.survey, reference<SurveyId>(surveys_.names));
        condition->read("below", rule.below, number);
        condition->read("above", rule.above, number);
        std::uint32_t windows = 1;
        condition->read("windows", windows, small_whole);
        rule.windows = static_cast<int>(windows);
        condition->close();
      }
    }
    parts.read_required("switch_on", rule.switch_on, reference<ImprovementId>(improvements_.names),
                        "write the id of an improvement");
    parts.close();
    parts_.rules.push_back(std::move(rule));
  }
}

void Reader::read_accounts() {
  if (std::optional<Table> accounts = section("accounts")) {
    accounts->read("correlation", parts_.account_correlation, number);
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
    parts.read_required("share", segment.share, number, "write share = 0.5; the shares of all account segments sum to 1");
    constexpr std::string_view example = "write roles = { user = 8, buyer = 1 }: personas, and people per account";
    if (const auto roles = parts.require("roles", std::string(example))) {
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
  std::optional<Table> parts = table(value, "this gate", std::string(example));
  if (!parts) return gate;
  parts->read_required("touchpoint", gate.touchpoint, reference<TouchpointId>(touchpoints_.names), std::string(example));
  if (const auto rule = parts->require("rule", "weighted, majority, unanimous, or { veto = [\"cfo\"] }")) {
    if (rule->node().kind == Kind::table) {
      gate.rule = GateRule::veto;
      Table veto(*rule, "rule");
      veto.read_required("veto", gate.veto, references<PersonaId>(personas_.names), "write rule = { veto = [\"cfo\"] }");
      veto.close();
    } else if (rule->node().kind == Kind::text && rule->node().text == "veto") {
      rule->refuse("a veto needs to know whose", "write rule = { veto = [\"cfo\"] }");
    } else {
      gate.rule = choice<GateRule>({"weighted", "majority", "unanimous"})(*rule).value_or(GateRule::majority);
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
