// [[channel]], [[team]], [[handover]], [[touchpoint]] and its exits, [[assumed]].
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reader.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/model/stage.hpp"
#include "units.hpp"

namespace sojourn::scenario {
namespace {

// A slope for each entity that a key of `value` names, as in { purchases = 0.3 }.
template <class Id>
std::vector<std::pair<Id, double>> read_slopes(const Value& value, const Names& names, const std::string& example) {
  std::vector<std::pair<Id, double>> slopes;
  std::optional<Table> all = table(value, value.label(), example);
  if (!all) return slopes;
  if (value.node().children.empty()) value.refuse(fmt::format("{} names nothing", value.label()), example);
  for (const Value& slope : all->rest()) {
    const auto entity = position_of_key(slope, names);
    const auto steepness = number(slope);
    if (entity && steepness) slopes.emplace_back(Id(*entity), *steepness);
  }
  return slopes;
}

}  // namespace

void Reader::read_channels() {
  for (std::size_t i = 0; i < channels_.entries.size(); ++i) {
    Channel channel;
    Table table = entity(channels_, i, channel.id, channel.name);
    table.read_fields(keys::channel(), channel);
    table.close();
    parts_.channels.push_back(std::move(channel));
  }
}

void Reader::read_teams() {
  for (std::size_t i = 0; i < teams_.entries.size(); ++i) {
    Team team;
    Table table = entity(teams_, i, team.id, team.name);
    if (const auto goal = table.take("goal")) team.goal = read_goal(*goal, "team");
    table.close();
    parts_.teams.push_back(std::move(team));
  }
}

void Reader::read_handovers() {
  for (const Value& entry : list_entries("handover")) {
    Table table(entry, "this handover", &keys::table("handover"));
    Handover handover;
    table.read("from", handover.from, reference<TeamId>(teams_.names));
    table.read("to", handover.to, reference<TeamId>(teams_.names));
    table.read_fields(keys::handover(), handover);
    table.close();
    parts_.handovers.push_back(handover);
  }
}

void Reader::read_assumed() {
  for (const Value& entry : list_entries("assumed")) {
    Table table(entry, "this assumed move", &keys::table("assumed"));
    AssumedMove move;
    table.read("from", move.from, reference<TouchpointId>(touchpoints_.names));
    table.read("to", move.to, reference<TouchpointId>(touchpoints_.names));
    table.read_fields(keys::assumed(), move);
    table.close();
    parts_.assumed.push_back(move);
  }
}

void Reader::name_clocks() {
  clock_names_ = clocks_.names;
  clock_names_.ids.insert(clock_names_.ids.begin(), tenure_id);
  // One of that name is an error already.
  std::erase(clock_names_.known, tenure_id);
  clock_names_.known.insert(clock_names_.known.begin(), tenure_id);
  for (auto& [id, index] : clock_names_.index) ++index;
  clock_names_.index[tenure_id] = tenure_clock.index();
}

void Reader::read_clocks() {
  for (std::size_t i = 0; i < clocks_.entries.size(); ++i) {
    Clock clock;
    Table table = entity(clocks_, i, clock.id, clock.name);
    table.read("starts_at", clock.starts_at,
               references<TouchpointId>(touchpoints_.names, "name where a visit starts it: starts_at = \"sign-contract\""));
    table.close();
    parts_.clocks.push_back(std::move(clock));
  }
}

void Reader::read_counters() {
  for (std::size_t i = 0; i < counters_.entries.size(); ++i) {
    Counter counter;
    Table table = entity(counters_, i, counter.id, counter.name);
    for (const std::string_view reserved : {"bought", "team", "solved"}) {
      if (counter.id != reserved) continue;
      table.value().refuse(fmt::format("{} is a condition of its own in only_if", in_quotes(counter.id)),
                           "give the counter another id");
    }
    table.read_fields(keys::counter(), counter);
    if (const auto counts = table.take("counts")) read_counted(*counts, counter);
    counter.adds_revenue = table.take_word<std::size_t>("adds").has_value();
    if (const auto tiers = table.take("tiers")) {
      for (const Value& tier : elements(*tiers, "write tiers = [5, 20]").value_or(std::vector<Value>())) {
        if (const auto from = number(tier)) counter.tiers.push_back(*from);
      }
      if (tiers->node().kind == Kind::array && tiers->node().children.empty())
        tiers->refuse("tiers is empty", "write tiers = [5, 20], or leave it out");
    }
    if (const auto initial = table.take("initial")) {
      if (is_name(*initial)) {
        counter.initial_trait = read_trait(*initial, counter.id, TraitRole::amount);
      } else if (const auto drawn = distribution(*initial, Measure::number)) {
        counter.initial = *drawn;
      }
    }
    table.close();
    parts_.counters.push_back(std::move(counter));
  }
}

void Reader::read_counted(const Value& value, Counter& counter) {
  for (const Value& one : one_or_more(value, "name touchpoints or exits: counts = [\"checkout\", \"offer -> basket\"]")) {
    const std::string written = one.node().kind == Kind::text ? one.node().text : std::string();
    const std::size_t arrow = written.find("->");
    if (arrow == std::string::npos) {
      if (const auto touchpoint = position(one, touchpoints_.names)) counter.touchpoints.emplace_back(*touchpoint);
      continue;
    }
    const auto end = [&](std::string id) -> std::optional<std::size_t> {
      id.erase(0, id.find_first_not_of(" \t"));
      id.erase(id.find_last_not_of(" \t") + 1);
      const auto found = touchpoints_.names.index.find(id);
      if (found != touchpoints_.names.index.end()) return found->second;
      one.refuse(fmt::format("there is no touchpoint {}", in_quotes(id)), problems_.suggest(id, touchpoints_.names.known));
      return std::nullopt;
    };
    const auto from = end(written.substr(0, arrow)), to = end(written.substr(arrow + 2));
    if (from && to) counter.exits.emplace_back(TouchpointId(*from), TouchpointId(*to));
  }
}

void Reader::read_conditions(const Value& value, OnlyIf& only_if) {
  std::optional<Table> all = table(value, "only_if", "write only_if = { purchases = \">= 5\" }, or { bought = true }");
  if (!all) return;
  const std::vector<Value> conditions = all->rest();
  if (conditions.empty()) value.refuse("only_if has no condition", "write only_if = { bought = true }, or leave it out");
  for (const Value& condition : conditions) {
    const std::string& key = condition.node().key;
    if (key == "bought") {
      only_if.bought = truth(condition);
    } else if (key == "solved") {
      only_if.solved = truth(condition);
    } else if (key == "team") {
      if (const auto team = position(condition, teams_.names)) only_if.team = TeamId(*team);
    } else {
      const auto counter = counters_.names.index.find(key);
      if (counter == counters_.names.index.end() && counters_.names.lost) {
        problems_.mark_broken(condition.path());
      } else if (counter == counters_.names.index.end()) {
        std::vector<std::string> known = counters_.names.known;
        known.insert(known.end(), {"bought", "team", "solved"});
        condition.refuse_key(fmt::format("there is no counter {}", in_quotes(key)), problems_.suggest(key, known));
        continue;
      }
      for (const Value& test : one_or_more(condition, "write [\">= 5\", \"< 50\"], or leave the condition out")) {
        if (const auto read = read_test(test, CounterId(counter->second))) only_if.counters.push_back(*read);
      }
    }
  }
}

std::optional<CounterTest> Reader::read_test(const Value& value, CounterId counter) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) {
    const auto plain = number(value);
    return plain ? std::optional(CounterTest{counter, Relation::equal, *plain}) : std::nullopt;
  }
  constexpr std::string_view hint = "write \">= 5\", \"> 5\", \"<= 5\", \"< 5\" or \"= 5\"; a list of them must all hold";
  if (node.kind == Kind::text) {
    struct Sign {
      std::string_view text;
      Relation relation;
    };
    constexpr std::array<Sign, 5> signs{{{">=", Relation::at_least},
                                         {"<=", Relation::at_most},
                                         {">", Relation::above},
                                         {"<", Relation::below},
                                         {"=", Relation::equal}}};
    std::string_view text = node.text;
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    for (const Sign& sign : signs) {
      if (!text.starts_with(sign.text)) continue;
      text.remove_prefix(sign.text.size());
      text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
      text = text.substr(0, text.find_last_not_of(" \t") + 1);
      if (const auto number = parse_number(text)) return CounterTest{counter, sign.relation, *number};
      break;
    }
    value.refuse(fmt::format("{} is no condition", in_quotes(node.text)), std::string(hint));
    return std::nullopt;
  }
  value.refuse_type("a condition", std::string(hint));
  return std::nullopt;
}

void Reader::read_touchpoints() {
  for (std::size_t i = 0; i < touchpoints_.entries.size(); ++i) {
    Touchpoint touchpoint;
    Table table = entity(touchpoints_, i, touchpoint.id, touchpoint.name);
    touchpoint.stage = table.take_word<Stage>("stage").value_or(touchpoint.stage);
    table.read("channel", touchpoint.channel, reference<ChannelId>(channels_.names));
    table.read("team", touchpoint.team, reference<TeamId>(teams_.names));
    if (const auto value = table.take("quality")) read_quality(*value, touchpoint);
    table.read_fields(keys::touchpoint(), touchpoint);
    touchpoint.drawn_cost = read_amount(table.take("cost"), touchpoint.id);
    touchpoint.drawn_revenue = read_amount(table.take("revenue"), touchpoint.id);
    if (const auto value = table.take("solves")) touchpoint.solves = read_probability(*value, touchpoint.id);
    table.read("pool", touchpoint.pools, references<PoolId>(pools_.names, "name who serves here, or leave the key out"));
    // A handling time that cannot be read is there all the same.
    if (table.value().node().find("handle_time") != nullptr) touchpoint.handle_time = Exponential{1.0};
    table.read("handle_time", touchpoint.handle_time, [&](const Value& value) {
      return read_law_of_line(value,
                              "write a duration or a distribution with numbers; those who take longer can have a touchpoint "
                              "of their own, which names the same pool");
    });
    table.read("patience", touchpoint.patience, [&](const Value& value) {
      return read_law_of_line(
          value,
          "write a duration or a distribution with numbers; or leave patience out here, and the trait of "
          "each persona says how long its people wait: traits.patience = \"10 minutes\"");
    });
    touchpoint.exits = table.take_word<ExitRule>("exits").value_or(touchpoint.exits);
    if (const auto value = table.take("content")) {
      for (const Value& variant :
           elements(*value, "write content = [ { theme = { price = 1.0 } } ]").value_or(std::vector<Value>())) {
        touchpoint.content.push_back(read_content(variant));
      }
    }
    // An end that is written wrongly is an end, not a touchpoint without exits.
    if (table.value().node().find("end") != nullptr) touchpoint.end = table.take_word<End>("end").value_or(End::churned);
    if (table.take_word<std::size_t>("counts_as")) touchpoint.counts_as = End::churned;
    if (const auto value = table.take("next")) {
      for (const Value& exit :
           elements(*value, "write next = [ { to = \"some-touchpoint\", odds = 1 } ]").value_or(std::vector<Value>())) {
        touchpoint.next.push_back(read_exit(exit, touchpoint.id));
      }
    }
    table.close();
    parts_.touchpoints.push_back(std::move(touchpoint));
  }
}

std::optional<Value> Reader::trait_named_in(const Value& value) const {
  const Node& node = value.node();
  if (is_name(value) && traits_.index.count(node.text) > 0) return value;
  if (node.kind != Kind::table) return std::nullopt;
  for (const Node& child : node.children) {
    if (auto found = trait_named_in(value.member(child))) return found;
  }
  return std::nullopt;
}

std::optional<Distribution> Reader::read_law_of_line(const Value& value, const char* instead) {
  const std::optional<Value> trait = trait_named_in(value);
  if (!trait) return law(value);
  trait->refuse(fmt::format("a trait, {}, cannot be part of {}", in_quotes(trait->node().text), value.label()), instead);
  return std::nullopt;
}

void Reader::read_quality(const Value& value, Touchpoint& touchpoint) {
  if (value.node().kind != Kind::table) {
    const Node& node = value.node();
    if (node.kind == Kind::integer || node.kind == Kind::number ||
        (node.kind == Kind::text && number_length(trimmed(node.text)) > 0)) {
      touchpoint.quality_mean = number(value, keys::fraction).value_or(touchpoint.quality_mean);
    } else {
      value.refuse_type("a number or a table", "write quality = 0.6, or quality = { mean = 0.6, sd = 0.15 }");
    }
    return;
  }
  Table parts(value, "quality", &keys::table("quality"));
  parts.read_fields(keys::quality(), touchpoint);
  parts.close();
}

std::optional<DrawnAmount> Reader::read_amount(const std::optional<Value>& value, const std::string& from) {
  if (!value || (value->node().kind != Kind::table && !is_name(*value))) return std::nullopt;
  ScaleName scale;
  DrawnAmount amount;
  if (is_name(*value)) {
    scale.name = value;
  } else {
    amount.law = distribution(*value, Measure::number, &scale).value_or(Fixed{0.0});
  }
  if (!scale.name) return amount;
  if (scale.rate) {
    scale.name->refuse("the rate of an amount cannot be a trait", "write its mean: { exponential = { mean = \"basket\" } }");
  } else {
    amount.trait = read_trait(*scale.name, from, TraitRole::amount);
  }
  return amount;
}

Content Reader::read_content(const Value& value) {
  Content content;
  std::optional<Table> parts =
      table(value, "this variant of content", "write { theme = { price = 1.0 } }", &keys::table("content"));
  if (!parts) return content;
  if (const auto themes = parts->take("theme")) {
    if (std::optional<Table> weights = table(*themes, "theme", "write theme = { price = 1.0 }")) {
      for (const Value& weight : weights->rest()) {
        content.theme.emplace_back(weight.node().key, number(weight).value_or(1.0));
        shown_themes_.push_back(weight);
      }
    }
  }
  parts->close();
  return content;
}

Exit Reader::read_exit(const Value& value, const std::string& from) {
  Exit exit;
  std::optional<Table> parts = table(value, fmt::format("this exit of {}", in_quotes(from)),
                                     "write { to = \"some-touchpoint\", odds = 1 }", &keys::table("exit"));
  if (!parts) return exit;
  parts->read("to", exit.to, reference<TouchpointId>(touchpoints_.names));
  if (const auto after = parts->take("after")) read_law(*after, from, exit);
  parts->read_fields(keys::exit(), exit);
  parts->read_fields(keys::slopes(), exit.slopes);
  if (const auto probability = parts->take("probability")) exit.probability = read_probability(*probability, from);
  if (const auto times = parts->take("times")) exit.times = read_trait(*times, from, TraitRole::factor);
  parts->read("clock", exit.clock, reference<ClockId>(clock_names_));
  if (const auto every = parts->take("every")) {
    // One that cannot be read is there all the same: it must not look like a delay of zero.
    exit.every = duration(*every).value_or(Days(1.0));
  }
  if (const auto only_if = parts->take("only_if")) read_conditions(*only_if, exit.only_if);
  if (const auto slopes = parts->take("counters"))
    exit.counters = read_slopes<CounterId>(*slopes, counters_.names, "write counters = { purchases = 0.3 }");
  if (const auto slopes = parts->take("outside"); slopes && slopes->node().kind == Kind::table)
    exit.rivals = read_slopes<OutsideId>(*slopes, outside_.names, "write outside = 1.5, or outside = { rival = 1.5 }");
  // The words are those of the triggers, in their order, after none.
  const bool interrupts = parts->value().node().find("on") != nullptr;
  const auto trigger = parts->take_word<std::size_t>("on");
  if (trigger) exit.on = static_cast<Trigger>(*trigger + 1);
  // Nobody misses an exit that may be this one.
  if (interrupts && !trigger) {
    problems_.mark_broken(fmt::format("touchpoint.{}.room", from));
    problems_.mark_broken(parts->value().path() + ".probability");
  }
  parts->close();
  return exit;
}

ExitProbability Reader::read_probability(const Value& value, const std::string& from) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number || (node.kind == Kind::text && parse_suffixed(node.text)))
    return number(value, keys::fraction).value_or(0.0);
  if (node.kind != Kind::text) {
    value.refuse_type("a number or the name of a trait", "write probability = 0.1, or probability = \"some-trait\"");
    return 0.0;
  }
  const auto trait = read_trait(value, from, TraitRole::probability);
  return trait ? ExitProbability(*trait) : ExitProbability(0.0);
}

void Reader::read_law(const Value& value, const std::string& from, Exit& exit) {
  ScaleName scale;
  if (is_name(value) && traits_.index.count(value.node().text) > 0) {
    scale.name = value;
    exit.after = Fixed{1.0};
  } else {
    // A delay that cannot be read is not a delay of zero, which might close a circle.
    exit.after = distribution(value, Measure::duration, &scale).value_or(Fixed{1.0});
  }
  if (!scale.name) return;
  if (const auto trait = read_trait(*scale.name, from, scale.rate ? TraitRole::rate : TraitRole::time)) {
    exit.scale = ScaleTrait{*trait, scale.rate};
  }
}

std::optional<TraitId> Reader::read_trait(const Value& value, const std::string& from, TraitRole role) {
  struct Words {
    const char* example;
    const char* as;
  };
  const auto words = [](TraitRole of) {
    switch (of) {
      case TraitRole::probability:
        return Words{"0.1", "a probability"};
      case TraitRole::factor:
        return Words{"{ gamma = { shape = 2, mean = 1 } }", "a factor"};
      case TraitRole::time:
        return Words{"\"3 days\"", "a time"};
      case TraitRole::rate:
        return Words{"\"2 per year\"", "a rate"};
      case TraitRole::amount:
        return Words{"3", "a number"};
    }
    return Words{"", ""};
  };
  const std::string name = value.node().kind == Kind::text ? value.node().text : std::string();
  if (value.node().kind != Kind::text) {
    value.refuse_type("the name of a trait");
    return std::nullopt;
  }
  const auto found = traits_.index.find(name);
  if (found == traits_.index.end()) {
    std::string hint = problems_.suggest(name, traits_.ids);
    if (hint.starts_with("known")) hint = fmt::format("set it in each persona: traits.{} = {}", name, words(role).example);
    const std::size_t first = name.find_first_not_of(" +-");
    if (role == TraitRole::probability && first != std::string::npos && name[first] >= '0' && name[first] <= '9')
      hint = "write a number between 0 and 1 without quotes";
    value.refuse(fmt::format("no persona has a trait {}", in_quotes(name)), std::move(hint));
    return std::nullopt;
  }
  const auto is_number = [](TraitRole of) { return of != TraitRole::time && of != TraitRole::rate; };
  const auto& [use, fresh] = trait_uses_.try_emplace(found->second, TraitUse{from, value, role});
  const TraitRole before = use->second.role;
  if (!fresh && role != before && !(is_number(role) && is_number(before))) {
    value.refuse(fmt::format("the trait {} is {} here, and {} at {}", in_quotes(name), words(role).as, words(before).as,
                             in_quotes(use->second.touchpoint)),
                 "give each a trait of its own");
    return std::nullopt;
  }
  if (role == TraitRole::probability) probabilities_.insert(found->second);
  return TraitId(found->second);
}

}  // namespace sojourn::scenario
