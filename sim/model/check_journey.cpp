// Checks of [[touchpoint]], its exits, [[handover]] and [[assumed]].
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "findings.hpp"
#include "sojourn/model/staff.hpp"

namespace sojourn::checking {
namespace {

void check_numbers(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  Findings& findings = context.findings;
  findings.fields(path, keys::touchpoint(), touchpoint);
  findings.fields(path + ".quality", keys::quality(), touchpoint);
  if (const double* constant = std::get_if<double>(&touchpoint.solves)) {
    findings.number(path + ".solves", *constant, fraction);
  } else if (const TraitId* trait = std::get_if<TraitId>(&touchpoint.solves)) {
    findings.reference(path + ".solves", *trait, context.parts.traits.size(), "trait");
  }
  for (std::size_t i = 0; i < touchpoint.content.size(); ++i) {
    for (const auto& [theme, weight] : touchpoint.content[i].theme) {
      findings.number(fmt::format("{}.content[{}].theme.{}", path, i, theme), weight, not_negative);
    }
  }
}

void check_capacity(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  Findings& findings = context.findings;
  const std::string_view served_by = touchpoint.servers ? "servers" : "pool";
  if (touchpoint.queues() && !touchpoint.handle_time) {
    findings.error(fmt::format("{}.{}", path, served_by), fmt::format("{} without handle_time", served_by),
                   "add handle_time = \"12 minutes\"");
  }
  if (touchpoint.handle_time && !touchpoint.queues()) {
    findings.error(path + ".handle_time", "handle_time without servers", "add servers or a pool, or remove handle_time");
  }
  if (touchpoint.servers && !touchpoint.pools.empty()) {
    findings.error(path + ".servers", "both servers and a pool", "keep one: servers are a pool of the touchpoint's own");
  }
  std::set<PoolId> named;
  for (const PoolId pool : touchpoint.pools) {
    if (!findings.reference(path + ".pool", pool, context.parts.pools.size(), "pool")) continue;
    if (!named.insert(pool).second) {
      findings.error(path + ".pool", fmt::format("{} is named twice", in_quotes(context.parts.pools[pool.index()].id)),
                     "keep one of them");
    }
  }
  if (touchpoint.handle_time) {
    findings.distribution(path + ".handle_time", *touchpoint.handle_time,
                          std::holds_alternative<Fixed>(*touchpoint.handle_time) ? positive : not_negative);
    const double days = mean(*touchpoint.handle_time);
    // What is wrong with its parameters has a finding of its own.
    if (!std::isnan(days) && !(days < infinity)) {
      findings.error(path + ".handle_time", "handle_time has no mean", "a log-logistic distribution has one for shape > 1");
    } else if (days <= 0.0 && std::holds_alternative<Normal>(*touchpoint.handle_time)) {
      findings.error(path + ".handle_time", fmt::format("handle_time is {} days in the mean, but must be > 0", text(days)));
    }
  }
  if (touchpoint.patience) findings.distribution(path + ".patience", *touchpoint.patience, not_negative);
}

void check_amount(const Context& context, const std::optional<DrawnAmount>& amount, const std::string& path) {
  if (!amount) return;
  context.findings.distribution(path, amount->law, money);
  if (amount->trait) context.findings.reference(path, *amount->trait, context.parts.traits.size(), "trait");
  const double expected = mean(amount->law);
  // What is wrong with its parameters has a finding of its own.
  if (std::isnan(expected) || expected < infinity) return;
  context.findings.error(path, fmt::format("{} has no mean", path.substr(path.rfind('.') + 1)),
                         "a log-logistic distribution has one for shape > 1");
}

void check_pools(const Context& context) {
  const ModelParts& parts = context.parts;
  constexpr double most_changes = 2e6;
  double changes = 0.0;
  for (std::size_t i = 0; i < parts.pools.size(); ++i) {
    const Pool& pool = parts.pools[i];
    const std::string& path = context.paths.pools[i];
    context.findings.fields(path, keys::pool(), pool);
    double before = -1.0;
    for (const auto& [time, servers] : pool.servers) {
      context.findings.number(path + ".servers", servers, not_negative);
      if (!(time > before) || !(time < days_per_week) || (before < 0.0 && time != 0.0)) {
        context.findings.error(path + ".servers", "the times of a timetable must rise from 0 to less than a week");
        break;
      }
      before = time;
    }
    if (pool.servers.empty() || most_servers(pool.servers) == 0.0) {
      context.findings.error(path + ".servers", "nobody ever serves in this pool", "write servers = 1, or remove the pool");
    }
    changes += changes_over(pool.servers, parts.settings.horizon.value());
  }
  if (changes > most_changes) {
    context.findings.error(
        "pool",
        fmt::format("servers change {:.0f} times up to the horizon, but may change {:.0f} times", changes, most_changes),
        "simulate less long");
  }
}

void check_end(const Touchpoint& touchpoint, const std::string& path, Findings& findings) {
  if (touchpoint.end && !touchpoint.next.empty()) {
    findings.error(path + ".next", fmt::format("an end has {}", counted(touchpoint.next.size(), "exit")),
                   "remove them, or remove end: whoever can come back is not at an end");
  }
  if (!touchpoint.end && touchpoint.next.empty()) {
    findings.error(path, "neither an end nor an exit", "add next = [ ... ], or end = \"lost\" or \"churned\"");
  }
  if (touchpoint.end && touchpoint.counts_as) {
    findings.error(path + ".counts_as", "counts_as at an end", "remove it: an end says by itself what it counts as");
  } else if (touchpoint.counts_as == End::lost) {
    findings.error(path + ".counts_as", "counts_as is \"lost\", but must be \"churned\"");
  }
}

bool ends_a_wait(const Exit& exit) { return exit.on == Trigger::gave_up || exit.on == Trigger::turned_away; }
std::string_view words_of(Trigger on) {
  return on == Trigger::gave_up ? "that waits for patience to end" : "of those who are turned away";
}
bool has_probability(const Exit& exit) { return !std::holds_alternative<std::monostate>(exit.probability); }

// Which of odds and probability an exit has, by how its touchpoint decides and what it waits for.
void check_way_of_taking(const Context& context, const Touchpoint& touchpoint, const Exit& exit, const std::string& path) {
  Findings& findings = context.findings;
  if (ends_a_wait(exit)) {
    const std::string_view what = words_of(exit.on);
    if (exit.odds) findings.error(path + ".odds", fmt::format("odds at an exit {}", what), "remove the odds");
    if (has_probability(exit)) {
      findings.error(path + ".probability", fmt::format("probability at an exit {}", what), "remove the probability");
    }
    if (!touchpoint.queues()) {
      findings.warning(
          path + ".on",
          fmt::format("nobody {} where nobody queues", exit.on == Trigger::gave_up ? "gives up" : "is turned away"),
          "add servers and handle_time to the touchpoint");
    } else if (exit.on == Trigger::turned_away && !touchpoint.room) {
      findings.warning(path + ".on", "nobody is turned away where everybody may wait", "add room = 30 to the touchpoint");
    }
  } else if (exit.on == Trigger::heard) {
    if (exit.odds)
      findings.error(path + ".odds", "odds at an exit that waits for a message", "use probability, per message");
    if (!has_probability(exit)) {
      findings.error(path, "an exit that waits for a message has no probability", "add probability = 0.1, per message");
    }
    if (!context.parts.word_of_mouth) {
      findings.warning(path + ".on", "nobody hears anything where nobody talks", "add [word_of_mouth]");
    }
  } else if (touchpoint.exits == ExitRule::race) {
    if (has_probability(exit)) {
      findings.error(path + ".probability", "probability in a race", "use odds: they multiply the hazard");
    }
  } else if (exit.odds && has_probability(exit)) {
    findings.error(path + ".probability", "both odds and a probability",
                   "keep one: a probability takes its share before the odds");
  } else if (!exit.odds && !has_probability(exit)) {
    const bool none = std::none_of(touchpoint.next.begin(), touchpoint.next.end(),
                                   [](const Exit& each) { return each.odds || has_probability(each); });
    findings.error(path, "neither odds nor a probability",
                   none && touchpoint.next.size() > 1
                       ? "add odds = 1 or, where the exit that comes first is taken, exits = \"race\" to the touchpoint"
                       : "add odds = 1");
  }
}

void check_slopes(const Exit& exit, const std::string& path, Findings& findings) {
  findings.fields(path, keys::slopes(), exit.slopes);
  for (const keys::Field<Slopes>& field : keys::slopes()) {
    const std::string& key = field.key.name;
    const std::string here = fmt::format("{}.{}", path, key);
    bool bends = false;
    keys::with_member(field, exit.slopes, [&](const auto& member) { bends = member != std::decay_t<decltype(member)>(); });
    if (!bends) continue;
    if (has_probability(exit)) {
      findings.error(here, fmt::format("a slope on {} beside a probability", key), "use odds: slopes bend odds only");
    } else if (ends_a_wait(exit)) {
      findings.error(here, fmt::format("a slope on {} at an exit {}", key, words_of(exit.on)), "remove it");
    }
  }
}

// Slopes on several rivals.
void check_rivals(const Context& context, const Exit& exit, const std::string& path) {
  if (exit.rivals.empty()) return;
  const std::string here = path + ".outside";
  for (const auto& [rival, slope] : exit.rivals) {
    if (!context.findings.reference(here, rival, context.parts.outside.size(), "outside")) continue;
    const std::string& id = context.parts.outside[rival.index()].id;
    context.findings.number(fmt::format("{}.{}", here, id), slope, {-100.0, 100.0},
                            fmt::format("slope on {}", in_quotes(id)));
  }
  if (has_probability(exit)) {
    context.findings.error(here, "a slope on outside beside a probability", "use odds: slopes bend odds only");
  } else if (ends_a_wait(exit)) {
    context.findings.error(here, fmt::format("a slope on outside at an exit {}", words_of(exit.on)), "remove it");
  } else if (exit.slopes.outside != 0.0) {
    context.findings.error(here, "both a slope on what is most attractive outside and slopes on each", "keep one");
  }
}

void check_times(const Context& context, const Exit& exit, const std::string& path) {
  context.findings.reference(path + ".times", *exit.times, context.parts.traits.size(), "trait");
  if (has_probability(exit)) {
    context.findings.error(path + ".times", "times beside a probability", "use odds: times multiplies odds only");
  } else if (exit.on != Trigger::none) {
    context.findings.error(path + ".times", "times at an exit that has no odds", "remove it");
  }
}

// What the exit asks of clocks and counters.
void check_carried(const Context& context, const Touchpoint& touchpoint, const Exit& exit, const std::string& path) {
  const ModelParts& parts = context.parts;
  Findings& findings = context.findings;
  const bool has_clock = findings.reference(path + ".clock", exit.clock, parts.clocks.size(), "clock");
  if (exit.every) findings.number(path + ".every", exit.every->value(), positive);
  if (touchpoint.exits == ExitRule::choice && (has_clock || exit.every)) {
    const std::string key = has_clock ? "clock" : "every";
    findings.error(fmt::format("{}.{}", path, key), fmt::format("{} in a choice", key),
                   "write exits = \"race\": what is due by a clock competes with the other exits");
  } else if (exit.every && !exit.clock.valid()) {
    findings.error(path + ".every", "every without a clock",
                   fmt::format("say whose anniversaries: clock = \"{}\"", tenure_id));
  }
  if (exit.every && (exit.after != Distribution(Fixed{0.0}) || exit.scale)) {
    findings.error(path + ".every", "both every and after", "keep one: anniversaries are whole multiples of every");
  }
  for (std::size_t i = 0; i < exit.only_if.counters.size(); ++i) {
    const CounterTest& test = exit.only_if.counters[i];
    findings.reference(path + ".only_if", test.counter, parts.counters.size(), "counter");
    findings.number(path + ".only_if", test.value, not_negative, "the number of a condition");
  }
  findings.reference(path + ".only_if.team", exit.only_if.team, parts.teams.size(), "team");
  for (const auto& [counter, slope] : exit.counters) {
    if (!findings.reference(path + ".counters", counter, parts.counters.size(), "counter")) continue;
    const std::string& id = parts.counters[counter.index()].id;
    findings.number(fmt::format("{}.counters.{}", path, id), slope, {-100.0, 100.0},
                    fmt::format("slope on {}", in_quotes(id)));
  }
  if (!exit.counters.empty() && has_probability(exit)) {
    findings.error(path + ".counters", "a slope on counters beside a probability", "use odds: slopes bend odds only");
  }
  const auto interrupts = [&](std::string_view key, bool there) {
    if (there && exit.on != Trigger::none) {
      findings.error(fmt::format("{}.{}", path, key), fmt::format("{} at an exit that interrupts a stay", key), "remove it");
    }
  };
  interrupts("clock", exit.clock.valid());
  interrupts("only_if", exit.only_if.any());
  interrupts("counters", !exit.counters.empty());
}

void check_clocks_and_counters(const Context& context) {
  const ModelParts& parts = context.parts;
  Findings& findings = context.findings;
  for (std::size_t i = 1; i < parts.clocks.size(); ++i) {
    for (const TouchpointId touchpoint : parts.clocks[i].starts_at) {
      findings.reference(context.paths.clocks[i] + ".starts_at", touchpoint, parts.touchpoints.size(), "touchpoint");
    }
  }
  std::size_t tiered = parts.counters.size();
  for (std::size_t i = 0; i < parts.counters.size(); ++i) {
    const Counter& counter = parts.counters[i];
    const std::string& path = context.paths.counters[i];
    findings.fields(path, keys::counter(), counter);
    for (const TouchpointId touchpoint : counter.touchpoints) {
      findings.reference(path + ".counts", touchpoint, parts.touchpoints.size(), "touchpoint");
    }
    if (counter.initial_trait) findings.reference(path + ".initial", *counter.initial_trait, parts.traits.size(), "trait");
    for (const auto& [from, to] : counter.exits) {
      if (!findings.reference(path + ".counts", from, parts.touchpoints.size(), "touchpoint") ||
          !findings.reference(path + ".counts", to, parts.touchpoints.size(), "touchpoint"))
        continue;
      const auto& exits = parts.touchpoints[from.index()].next;
      if (std::any_of(exits.begin(), exits.end(), [&, to = to](const Exit& exit) { return exit.to == to; })) continue;
      findings.error(path + ".counts",
                     fmt::format("no exit leads from {} to {}", in_quotes(parts.touchpoints[from.index()].id),
                                 in_quotes(parts.touchpoints[to.index()].id)),
                     "add one, or count visits: counts = \"checkout\"");
    }
    if (!counter.tiers.empty() && tiered != parts.counters.size()) {
      findings.error(path + ".tiers", fmt::format("another counter has tiers: {}", in_quotes(parts.counters[tiered].id)),
                     "keep those of one of them");
    } else if (!counter.tiers.empty()) {
      tiered = i;
    }
    if (counter.tiers.size() > 3) findings.error(path + ".tiers", "there are more than 3 tiers", "leave some out");
    for (std::size_t t = 0; t < counter.tiers.size(); ++t) {
      if (!findings.number(path + ".tiers", counter.tiers[t], keys::table("counter").find("tiers")->bounds, "a tier")) break;
      if (t > 0 && !(counter.tiers[t] > counter.tiers[t - 1])) {
        findings.error(path + ".tiers", "tiers must rise", "write the lowest first: tiers = [5, 20]");
        break;
      }
    }
    if (counter.adds_revenue && !counter.exits.empty()) {
      findings.error(path + ".adds", "an exit has no revenue to add", "count visits: revenue is earned at touchpoints");
    }
  }
}

void check_exit(const Context& context, const Touchpoint& touchpoint, const Exit& exit, const std::string& path) {
  const ModelParts& parts = context.parts;
  context.findings.reference(path + ".to", exit.to, parts.touchpoints.size(), "touchpoint");
  context.findings.fields(path, keys::exit(), exit);
  if (const double* constant = std::get_if<double>(&exit.probability)) {
    context.findings.number(path + ".probability", *constant, fraction);
  } else if (const TraitId* trait = std::get_if<TraitId>(&exit.probability)) {
    context.findings.reference(path + ".probability", *trait, parts.traits.size(), "trait");
  }
  if (exit.scale) context.findings.reference(path + ".after", exit.scale->trait, parts.traits.size(), "trait");
  if (exit.times) check_times(context, exit, path);
  check_carried(context, touchpoint, exit, path);
  check_way_of_taking(context, touchpoint, exit, path);
  check_slopes(exit, path, context.findings);
  check_rivals(context, exit, path);
}

// What only the exits of a touchpoint together show.
void check_exits_together(const Touchpoint& touchpoint, const std::string& path, Findings& findings) {
  double sum = 0.0, on_message = 0.0;
  std::size_t gave_up = 0, turned_away = 0;
  for (const Exit& exit : touchpoint.next) {
    const double* constant = std::get_if<double>(&exit.probability);
    // One that is wrong by itself has its own message.
    const bool sound = constant && *constant > 0.0 && *constant <= 1.0;
    if (sound && exit.on == Trigger::none) sum += *constant;
    if (sound && exit.on == Trigger::heard) on_message += *constant;
    if (exit.on == Trigger::gave_up) ++gave_up;
    if (exit.on == Trigger::turned_away) ++turned_away;
  }
  if (touchpoint.exits == ExitRule::choice && sum > 1.0 + sum_tolerance) {
    findings.error(path + ".next", fmt::format("probabilities sum to {}, but must sum to 1 or less", text(sum)),
                   fmt::format("take away {} in all", text(sum - 1.0)));
  }
  if (on_message > 1.0 + sum_tolerance) {
    findings.error(path + ".next",
                   fmt::format("probabilities of exits that wait for a message sum to {}, but must sum to 1 or less: a "
                               "message moves a customer by one of them",
                               text(on_message)),
                   fmt::format("take away {} in all", text(on_message - 1.0)));
  }
  if (gave_up > 1) {
    findings.error(path + ".next", fmt::format("{} exits wait for patience to end, but one takes all who give up", gave_up),
                   "keep one of them");
  }
  if (touchpoint.room && turned_away == 0) {
    findings.error(path + ".room", "room without an exit for those who are turned away",
                   "add { to = \"some-touchpoint\", on = \"turned-away\" }");
  }
  if (turned_away > 1) {
    findings.error(path + ".next",
                   fmt::format("{} exits are of those who are turned away, but one takes them all", turned_away),
                   "keep one of them");
  }
}

void check_handovers(const Context& context) {
  const ModelParts& parts = context.parts;
  std::set<std::pair<TeamId, TeamId>> named;
  for (std::size_t i = 0; i < parts.handovers.size(); ++i) {
    const Handover& handover = parts.handovers[i];
    const std::string path = fmt::format("handover[{}]", i);
    context.findings.fields(path, keys::handover(), handover);
    const bool from = context.findings.reference(path + ".from", handover.from, parts.teams.size(), "team");
    const bool to = context.findings.reference(path + ".to", handover.to, parts.teams.size(), "team");
    if (!from || !to) continue;
    if (!named.insert({handover.from, handover.to}).second) {
      context.findings.error(
          path,
          fmt::format("another handover leads from {} to {}", in_quotes(parts.teams[handover.from.index()].id),
                      in_quotes(parts.teams[handover.to.index()].id)),
          "keep one of them");
    }
    if (handover.from == handover.to) {
      context.findings.warning(path, "a team hands over to itself", "remove it: within a team context always survives");
    }
  }
}

/// The company's own map.
void check_assumed(const Context& context) {
  const ModelParts& parts = context.parts;
  std::set<std::pair<TouchpointId, TouchpointId>> named;
  std::map<TouchpointId, double> shares;
  for (std::size_t i = 0; i < parts.assumed.size(); ++i) {
    const AssumedMove& move = parts.assumed[i];
    const std::string path = fmt::format("assumed[{}]", i);
    context.findings.fields(path, keys::assumed(), move);
    const bool from = context.findings.reference(path + ".from", move.from, parts.touchpoints.size(), "touchpoint");
    const bool to = context.findings.reference(path + ".to", move.to, parts.touchpoints.size(), "touchpoint");
    if (!from || !to) continue;
    const Touchpoint& at = parts.touchpoints[move.from.index()];
    const std::string& next = parts.touchpoints[move.to.index()].id;
    if (!named.insert({move.from, move.to}).second) {
      context.findings.error(path,
                             fmt::format("another assumed move leads from {} to {}", in_quotes(at.id), in_quotes(next)),
                             "keep one of them");
      continue;
    }
    if (at.end) {
      context.findings.error(path + ".from", fmt::format("{} is an end: nobody moves on from there", in_quotes(at.id)),
                             "name a touchpoint that has exits");
    }
    if (!(move.share >= 0.0 && move.share <= 1.0)) continue;
    double& sum = shares[move.from];
    const bool whole = sum > 1.0 + sum_tolerance;
    sum += move.share;
    if (sum > 1.0 + sum_tolerance && !whole) {
      context.findings.error(path + ".share", fmt::format("the assumed shares from {} sum to more than 1", in_quotes(at.id)),
                             "lower them: together they are at most 1, and what is left is what the map leaves open");
    }
  }
}

}  // namespace

void check_journey(const Context& context) {
  const ModelParts& parts = context.parts;
  if (parts.touchpoints.empty()) context.findings.error("touchpoint", "there is no touchpoint", "add one: [[touchpoint]]");
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    const Touchpoint& touchpoint = parts.touchpoints[i];
    const std::string& path = context.paths.touchpoints[i];
    context.findings.reference(path + ".channel", touchpoint.channel, parts.channels.size(), "channel");
    context.findings.reference(path + ".team", touchpoint.team, parts.teams.size(), "team");
    check_numbers(context, touchpoint, path);
    check_capacity(context, touchpoint, path);
    check_amount(context, touchpoint.drawn_cost, path + ".cost");
    check_amount(context, touchpoint.drawn_revenue, path + ".revenue");
    if (touchpoint.price && (touchpoint.revenue != 0.0 || touchpoint.drawn_revenue)) {
      context.findings.error(path + ".price", "both a price and a revenue", "keep one: a price is earned as revenue is");
    }
    check_end(touchpoint, path, context.findings);
    for (std::size_t exit = 0; exit < touchpoint.next.size(); ++exit) {
      check_exit(context, touchpoint, touchpoint.next[exit], fmt::format("{}.next[{}]", path, exit));
    }
    check_exits_together(touchpoint, path, context.findings);
  }
  check_handovers(context);
  check_assumed(context);
  check_pools(context);
  check_clocks_and_counters(context);
}

}  // namespace sojourn::checking
