// [[improvement]], [[event]], [[outside]], [[plan]] and [budget].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reader.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/keys.hpp"
#include "units.hpp"

namespace sojourn::scenario {
namespace {

EffectUnit unit(Parameter parameter) {
  if (parameter == Parameter::handle_time) return EffectUnit::duration;
  return parameter == Parameter::delay ? EffectUnit::factor : EffectUnit::number;
}

}  // namespace

void Reader::read_improvements() {
  for (std::size_t i = 0; i < improvements_.entries.size(); ++i) {
    Improvement improvement;
    Table table = entity(improvements_, i, improvement.change.id, improvement.change.name);
    read_change(table, improvement.change);
    read_recurrence(table, improvement.change);
    if (const auto cost = table.take("cost")) improvement.price = read_price(*cost);
    if (const auto levels = table.take("levels")) {
      const auto list = elements(*levels, "write levels = [0.5, 1.0]");
      for (const Value& one : list.value_or(std::vector<Value>())) {
        const std::optional<double> level = number(one, keys::fraction);
        // What cannot be read is no level: it must not look like one that is named twice.
        improvement.levels.push_back(level.value_or(std::numeric_limits<double>::quiet_NaN()));
      }
      if (list && list->empty()) {
        problems_.add({{Severity::warning, levels->path(), "levels changes nothing: the list is empty",
                        "name what optimize may buy, levels = [0.5, 1.0], or remove it"},
                       levels->node().key_at,
                       levels->node().origin});
      }
    }
    if (const auto response = table.take("response")) improvement.response = read_response(*response);
    table.close();
    parts_.improvements.push_back(std::move(improvement));
  }
}

void Reader::read_events() {
  for (std::size_t i = 0; i < events_.entries.size(); ++i) {
    Change event;
    Table table = entity(events_, i, event.id, event.name);
    read_change(table, event);
    read_recurrence(table, event);
    for (const std::string_view key : {"cost", "levels", "response"}) {
      if (const auto value = table.take_undeclared(key)) {
        value->refuse_key(fmt::format("an event has no {}: it happens in every plan", key),
                          "make it an [[improvement]], or remove this");
      }
    }
    table.close();
    parts_.events.push_back(std::move(event));
  }
}

void Reader::read_plans() {
  for (std::size_t i = 0; i < plans_.entries.size(); ++i) {
    Plan plan;
    Table table = entity(plans_, i, plan.id, plan.name);
    const auto improvements = table.take("improvements");
    if (improvements) {
      for (const Value& one :
           elements(*improvements, "write improvements = [\"plain-bill\"]").value_or(std::vector<Value>())) {
        ImprovementId improvement;
        double level = 1.0;
        if (one.node().kind == Kind::table) {
          Table purchase(one, "this improvement", &keys::table("purchase"));
          purchase.read("id", improvement, reference<ImprovementId>(improvements_.names));
          purchase.read("level", level, [](const Value& value) { return number(value, keys::fraction); });
          purchase.close();
        } else if (const auto found = position(one, improvements_.names)) {
          improvement = ImprovementId(*found);
        }
        plan.improvements.push_back(improvement);
        plan.levels.push_back(level);
      }
      if (std::all_of(plan.levels.begin(), plan.levels.end(), [](double level) { return level == 1.0; }))
        plan.levels.clear();
    }
    if (const auto rules = table.take("rules"))
      plan.rules =
          references<RuleId>(rules_.names, "name the rules, or leave the key out: then it goes by none")(*rules).value_or(
              plan.rules);
    table.close();
    parts_.plans.push_back(std::move(plan));
  }
}

void Reader::read_change(Table& table, Change& change) {
  if (const auto target = table.take("target")) change.target = read_target(*target);
  if (const auto effect = table.take("effect")) change.effects = read_effects(*effect);
  table.read_fields(keys::change(), change);
  if (const auto start = table.take("start")) change.start = moment(*start, &change.recurrence.dated).value_or(Days(0.0));
  change.end.reset();
  if (const auto end = table.take("end")) change.end = moment(*end);
  if (const auto ramp = table.take("ramp")) change.ramp = read_ramp(*ramp);
}

Target Reader::read_target(const Value& value) {
  Target target;
  std::optional<Table> parts =
      table(value, "target", "write target = { touchpoint = \"first-bill\" }", &keys::table("target"));
  if (!parts) return target;
  parts->read("touchpoint", target.touchpoints, references<TouchpointId>(touchpoints_.names));
  parts->read("channel", target.channels, references<ChannelId>(channels_.names));
  parts->read("team", target.teams, references<TeamId>(teams_.names));
  parts->read("persona", target.personas, references<PersonaId>(personas_.names));
  parts->read("pool", target.pools, references<PoolId>(pools_.names));
  parts->read("exit_to", target.exit_to, references<TouchpointId>(touchpoints_.names));
  parts->read("outside", target.outside, references<OutsideId>(outside_.names));
  if (const auto stages = parts->take("stage")) {
    const std::vector<std::string> names(stage_names.begin(), stage_names.end());
    for (const Value& one : one_or_more(*stages)) {
      if (const auto found = word(one, names)) target.stages.push_back(static_cast<Stage>(*found));
    }
  }
  parts->close();
  return target;
}

std::vector<Effect> Reader::read_effects(const Value& value) {
  std::vector<Effect> effects;
  std::optional<Table> parts = table(value, "effect", "write effect = { quality = \"+0.1\" }", &keys::table("effect"));
  if (!parts) return effects;
  for (const Parameter parameter : keys::all_parameters) {
    const auto one = parts->take(name(parameter));
    if (!one) continue;
    if (const auto effect = read_effect(*one, parameter)) effects.push_back(*effect);
  }
  parts->close();
  return effects;
}

std::optional<Effect> Reader::read_effect(const Value& value, Parameter parameter) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) {
    const std::optional<double> set = number(value);
    if (set && (node.text.starts_with('+') || node.text.starts_with('-'))) {
      std::string hint = fmt::format("write \"{:+}\" to {} {}", *set, *set < 0.0 ? "take away" : "add", std::abs(*set));
      if (std::abs(*set) >= 1.0) hint += fmt::format(", \"{:+}%\" for so many per cent", *set);
      if (*set >= 0.0) hint += fmt::format(", \"= {}\" to set", *set);
      value.refuse(fmt::format("{} is {} without quotes: a bare number sets, it does not add", value.label(), *set),
                   std::move(hint));
      return std::nullopt;
    }
    return set ? std::optional(Effect{parameter, Operation::set, *set}) : std::nullopt;
  }
  if (node.kind != Kind::text) {
    value.refuse_type("an effect", "\"+0.1\" adds, \"-20%\" takes a fifth away, \"= 0.9\" sets");
    return std::nullopt;
  }
  Parsed<Effect> parsed = parse_effect(node.text, parameter, unit(parameter));
  if (!parsed.value) value.refuse(std::move(parsed.message), std::move(parsed.hint));
  return parsed.value;
}

Ramp Reader::read_ramp(const Value& value) {
  Ramp ramp;
  constexpr std::string_view example = "write ramp = { linear = \"3 months\" }, or { s_curve = \"3 months\" }";
  std::optional<Table> parts = table(value, "ramp", std::string(example), &keys::table("ramp"));
  if (!parts) return ramp;
  const auto linear = parts->take("linear");
  const auto s_curve = parts->take("s_curve");
  if (linear && s_curve) value.refuse("ramp is either linear or an s_curve, not both", std::string(example));
  if (!linear && !s_curve && value.node().children.empty()) value.refuse("ramp is empty", std::string(example));
  if (linear || s_curve) {
    ramp.shape = linear ? RampShape::linear : RampShape::s_curve;
    ramp.over = duration(linear ? *linear : *s_curve).value_or(Days(0.0));
  }
  parts->close();
  return ramp;
}

std::optional<Hill> Reader::read_response(const Value& value) {
  constexpr std::string_view example = "write response = { hill = { half = 0.4, shape = 1.5 } }";
  std::optional<Table> parts = table(value, "response", std::string(example), &keys::table("response"));
  if (!parts) return std::nullopt;
  std::optional<Hill> response;
  if (const auto given = parts->take("hill")) {
    if (std::optional<Table> hill = table(*given, "hill", std::string(example), &keys::table("hill"))) {
      response = Hill();
      hill->read_fields(keys::hill(), *response);
      hill->close();
    }
  } else if (value.node().children.empty()) {
    value.refuse("response is empty", std::string(example));
  }
  parts->close();
  return response;
}

void Reader::read_outside() {
  for (std::size_t i = 0; i < outside_.entries.size(); ++i) {
    Outside outside;
    Table table = entity(outside_, i, outside.id, outside.name);
    if (const auto attraction = table.take("attraction")) {
      if (auto points = read_over_time(*attraction)) outside.attraction = std::move(*points);
    }
    table.close();
    parts_.outside.push_back(std::move(outside));
  }
}

std::optional<std::vector<std::pair<double, double>>> Reader::read_over_time(const Value& value) {
  constexpr std::string_view example = "write a number, or { table = [[0, 0.5], [\"1 year\", 0.6]] }";
  const Node& node = value.node();
  if (node.kind == Kind::array) {
    value.refuse_type("a number or a table over time", std::string(example));
    return std::nullopt;
  }
  if (node.kind != Kind::table) {
    const auto constant = number(value, keys::fraction);
    if (!constant) return std::nullopt;
    return std::vector<std::pair<double, double>>{{0.0, *constant}};
  }
  if (node.children.size() != 1 || node.children.front().key != "table") {
    value.refuse(fmt::format("{} is neither a number nor a table over time", value.label()), std::string(example));
    return std::nullopt;
  }
  std::vector<std::pair<double, double>> points;
  const Value list = value.member(node.children.front());
  for (const Value& one : elements(list, std::string(example)).value_or(std::vector<Value>())) {
    const auto pair = elements(one, std::string(example));
    if (!pair) return std::nullopt;
    if (pair->size() != 2) {
      one.refuse("a point is a time and a number", std::string(example));
      return std::nullopt;
    }
    const auto time = moment((*pair)[0]);
    const auto height = number((*pair)[1], keys::fraction);
    if (!time || !height) return std::nullopt;
    if (!points.empty() && !(time->value() > points.back().first)) {
      one.refuse("the times of a table must rise", std::string(example));
      return std::nullopt;
    }
    points.emplace_back(time->value(), *height);
  }
  if (points.empty()) {
    list.refuse("the table has no point", std::string(example));
    return std::nullopt;
  }
  return points;
}

void Reader::read_budget() {
  std::optional<Table> table = section("budget");
  if (!table) return;
  table->read_fields(keys::budget(), parts_.budget);
  // No plan is to be judged by what was refused, or in quarters that nobody meant.
  if (problems_.hides("budget.per_quarter") || problems_.hides("scenario.start")) parts_.budget.per_quarter.reset();
  if (parts_.budget.per_quarter && !dated_) {
    table->value().refuse("calendar quarters need the date of day 0", std::string(start_hint));
  }
  table->close();
}

Price Reader::read_price(const Value& value) {
  Price price;
  std::optional<Table> parts =
      table(value, "cost", "write cost = { once = 250_000, per_month = 8_000, per_visit = 0.02 }", &keys::table("price"));
  if (!parts) return price;
  parts->read_fields(keys::price(), price);
  parts->close();
  return price;
}

}  // namespace sojourn::scenario
