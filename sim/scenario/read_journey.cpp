// [[channel]], [[team]], [[handover]], [[touchpoint]] and its exits.
#include <fmt/format.h>

#include <algorithm>

#include "reader.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn::scenario {
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
    entity(teams_, i, team.id, team.name).close();
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

void Reader::read_touchpoints() {
  for (std::size_t i = 0; i < touchpoints_.entries.size(); ++i) {
    Touchpoint touchpoint;
    Table table = entity(touchpoints_, i, touchpoint.id, touchpoint.name);
    touchpoint.stage = table.take_word<Stage>("stage").value_or(touchpoint.stage);
    table.read("channel", touchpoint.channel, reference<ChannelId>(channels_.names));
    table.read("team", touchpoint.team, reference<TeamId>(teams_.names));
    if (const auto value = table.take("quality")) read_quality(*value, touchpoint);
    table.read_fields(keys::touchpoint(), touchpoint);
    table.read("pool", touchpoint.pools, references<PoolId>(pools_.names));
    // A handling time that cannot be read is there all the same.
    if (table.value().node().find("handle_time") != nullptr) touchpoint.handle_time = Exponential{1.0};
    table.read("handle_time", touchpoint.handle_time, law);
    table.read("patience", touchpoint.patience, law);
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

void Reader::read_quality(const Value& value, Touchpoint& touchpoint) {
  if (value.node().kind != Kind::table) {
    if (value.node().kind == Kind::integer || value.node().kind == Kind::number) {
      touchpoint.quality_mean = number(value).value_or(touchpoint.quality_mean);
    } else {
      value.refuse_type("a number or a table", "write quality = 0.6, or quality = { mean = 0.6, sd = 0.15 }");
    }
    return;
  }
  Table parts(value, "quality", &keys::table("quality"));
  parts.read_fields(keys::quality(), touchpoint);
  parts.close();
}

Content Reader::read_content(const Value& value) {
  Content content;
  std::optional<Table> parts =
      table(value, "this variant of content", "write { theme = { price = 1.0 } }", &keys::table("content"));
  if (!parts) return content;
  if (const auto themes = parts->take("theme")) {
    if (std::optional<Table> weights = table(*themes, "theme", "write theme = { price = 1.0 }")) {
      for (const Value& weight : weights->rest())
        content.theme.emplace_back(weight.node().key, number(weight).value_or(1.0));
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
  // A delay that cannot be read is not a delay of zero, which might close a circle.
  if (parts->value().node().find("after") != nullptr) exit.after = Fixed{1.0};
  parts->read_fields(keys::exit(), exit);
  parts->read_fields(keys::slopes(), exit.slopes);
  if (const auto probability = parts->take("probability")) exit.probability = read_probability(*probability, from);
  // The words are those of the triggers, in their order, after none.
  const bool interrupts = parts->value().node().find("on") != nullptr;
  const auto trigger = parts->take_word<std::size_t>("on");
  if (trigger) exit.on = static_cast<Trigger>(*trigger + 1);
  // Nobody misses an exit that may be this one.
  if (interrupts && !trigger) problems_.mark_broken(fmt::format("touchpoint.{}.room", from));
  parts->close();
  return exit;
}

ExitProbability Reader::read_probability(const Value& value, const std::string& from) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) return number(value).value_or(0.0);
  if (node.kind != Kind::text) {
    value.refuse_type("a number or the name of a trait", "write probability = 0.1, or probability = \"some-trait\"");
    return 0.0;
  }
  const auto found = traits_.index.find(node.text);
  if (found == traits_.index.end()) {
    std::string hint = problems_.suggest(node.text, traits_.ids);
    if (hint.starts_with("known")) hint = fmt::format("set it in each persona: traits.{} = 0.1", node.text);
    const std::size_t first = node.text.find_first_not_of(" +-");
    if (first != std::string::npos && node.text[first] >= '0' && node.text[first] <= '9')
      hint = "write a number between 0 and 1 without quotes";
    value.refuse(fmt::format("no persona has a trait {}", in_quotes(node.text)), std::move(hint));
    return 0.0;
  }
  trait_uses_.emplace(found->second, TraitUse{from, value});
  return TraitId(found->second);
}

}  // namespace sojourn::scenario
