// Warnings about changes: those that can never act, and those that push quality beyond its range.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <variant>

#include "findings.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/content.hpp"
#include "sojourn/model/staff.hpp"

namespace sojourn::checking {
namespace {

using VisitTest = std::function<bool(const Touchpoint&)>;
using ExitTest = std::function<bool(const Touchpoint&, const Exit&)>;

// Whether some visit that somebody can make is taken in by `target` and passes `test`.
bool any_visit(const ModelParts& parts, const Reach& reach, const Target& target, const VisitTest& test) {
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    for (std::size_t touchpoint = 0; touchpoint < parts.touchpoints.size(); ++touchpoint) {
      if (reach.by_persona[persona][touchpoint] && matches(parts, target, TouchpointId(touchpoint), PersonaId(persona)) &&
          test(parts.touchpoints[touchpoint])) {
        return true;
      }
    }
  }
  return false;
}

// The same for exits.
bool any_exit(const ModelParts& parts, const Reach& reach, const Target& target, const ExitTest& test) {
  return any_visit(parts, reach, target, [&](const Touchpoint& touchpoint) {
    return std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [&](const Exit& exit) {
      const bool taken_in =
          target.exit_to.empty() || std::find(target.exit_to.begin(), target.exit_to.end(), exit.to) != target.exit_to.end();
      return taken_in && test(touchpoint, exit);
    });
  });
}

bool matches_anything(const ModelParts& parts, const Target& target) {
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    for (std::size_t touchpoint = 0; touchpoint < parts.touchpoints.size(); ++touchpoint) {
      if (matches(parts, target, TouchpointId(touchpoint), PersonaId(persona))) return true;
    }
  }
  return false;
}

bool may_have_odds(const Touchpoint& touchpoint, const Exit& exit) {
  return exit.on == Trigger::none && (exit.odds || touchpoint.exits == ExitRule::race);
}

// Whether the effect on odds moves anybody to another exit of the touchpoint, or earlier to the same.
bool odds_move(const Touchpoint& touchpoint, const Target& target, const Effect& effect) {
  std::size_t changed = 0, all = 0;
  bool alike = true;  // exits that are changed have the same odds before
  std::optional<double> before;
  for (const Exit& exit : touchpoint.next) {
    if (!may_have_odds(touchpoint, exit)) continue;
    ++all;
    const bool taken_in =
        target.exit_to.empty() || std::find(target.exit_to.begin(), target.exit_to.end(), exit.to) != target.exit_to.end();
    if (!taken_in) continue;
    // In a race the hazard is multiplied: any random delay becomes shorter or longer, a constant one can only be closed.
    const bool closes = effect.operation != Operation::add && effect.value == 0.0;
    if (touchpoint.exits == ExitRule::race && (!is_fixed(exit.after) || closes)) return true;
    if (touchpoint.exits == ExitRule::race) continue;
    ++changed;
    const double odds = exit.odds.value_or(1.0);
    alike = alike && (!before || *before == odds);
    before = odds;
    if (odds == 0.0 && effect.operation != Operation::multiply) return true;  // opened
    if (closes) return true;
  }
  if (changed == 0) return false;
  if (changed < all) return true;
  return effect.operation != Operation::multiply && !alike;
}

bool takes_time(const Exit& exit) {
  const Fixed* fixed = std::get_if<Fixed>(&exit.after);
  return !fixed || fixed->value > 0.0;
}

// Why an effect does nothing, and what would; an empty reason where it does something.
struct Idle {
  std::string reason;
  std::string hint;
};

// A number that each touchpoint has, in the unit of effects on it.
double number_of(const Touchpoint& touchpoint, Parameter parameter) {
  switch (parameter) {
    case Parameter::quality:
      return touchpoint.quality_mean;
    case Parameter::quality_sd:
      return touchpoint.quality_sd;
    case Parameter::effort:
      return touchpoint.effort;
    case Parameter::weight:
      return touchpoint.weight;
    case Parameter::cost:
      return touchpoint.cost;
    case Parameter::revenue:
      return touchpoint.revenue;
    case Parameter::cost_per_month:
      return touchpoint.cost_per_month;
    case Parameter::revenue_per_month:
      return touchpoint.revenue_per_month;
    default:
      return 1.0;  // of others this is not asked
  }
}

// Whether an effect makes another number of `before`. That it is multiplied by 1 is told apart.
bool makes_another(const ModelParts& parts, const Effect& effect, double before) {
  if (effect.operation == Operation::add) return true;
  // Something else may make another number of it first.
  std::size_t others = effect.operation == Operation::multiply ? 1 : 0;
  const auto count = [&](const Change& change) {
    for (const Effect& each : change.effects)
      others += each.parameter == effect.parameter && each.operation != Operation::multiply ? 1 : 0;
  };
  for (const Improvement& improvement : parts.improvements) count(improvement.change);
  for (const Change& event : parts.events) count(event);
  if (others > 1) return true;
  return effect.operation == Operation::multiply ? before != 0.0 : effect.value != before;
}

// Why an effect on a number that each touchpoint has, 0 where the file says nothing, does nothing.
Idle why_as_before(const Effect& effect) {
  const std::string_view what = name(effect.parameter);
  if (effect.operation == Operation::set)
    return {fmt::format("{} is {} there already", what, text(effect.value)), "write another number, or remove it"};
  return {fmt::format("{} is 0 at its target, which stays 0 however it is multiplied", what),
          fmt::format("give the touchpoint one, or write how much is added: {} = \"+{}\"", what,
                      range(effect.parameter) == Range{0.0, 1.0} ? "0.1" : "1")};
}

// Whether an exit that traffic acts on leads from somewhere that somebody reaches to what `target` takes in.
bool leads_there(const ModelParts& parts, const Reach& reach, const Target& target) {
  for (std::size_t persona = 0; persona < parts.personas.size(); ++persona) {
    for (std::size_t touchpoint = 0; touchpoint < parts.touchpoints.size(); ++touchpoint) {
      if (!reach.by_persona[persona][touchpoint]) continue;
      for (const Exit& exit : parts.touchpoints[touchpoint].next) {
        if ((exit.on == Trigger::none || exit.on == Trigger::heard) && exit.to.index() < parts.touchpoints.size() &&
            matches(parts, target, exit.to, PersonaId(persona)))
          return true;
      }
    }
  }
  return false;
}

// Of an effect on personalisation.
Idle why_not_personalised(const ModelParts& parts, const Reach& reach, const Target& target, const Effect& effect) {
  bool content = false, variants = false, differ = false;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      const Touchpoint& touchpoint = parts.touchpoints[v];
      if (!touchpoint.shows_content() || !reach.by_persona[p][v] || !matches(parts, target, TouchpointId(v), PersonaId(p)))
        continue;
      content = true;
      variants = variants || touchpoint.content.size() > 1;
      if (content_fit(parts.personas[p], touchpoint).variant == 0) continue;
      differ = true;
      if (effect.operation != Operation::multiply || touchpoint.personalisation > 0.0) return {};
    }
  }
  // That nobody needs anything, or that fit has no weight, is said once.
  const bool needs =
      std::any_of(parts.personas.begin(), parts.personas.end(), [](const Persona& p) { return !p.needs.empty(); });
  if (content && variants && (!needs || parts.behaviour.fit_weight == 0.0)) return {};
  if (!content) return {"its target has no content to personalise", "add content to the touchpoint"};
  if (!variants) return {"its target has only one variant of content", "add a variant to content"};
  if (!differ) {
    return {"the first variant fits everybody best whom it reaches",
            "compare the themes of content with the needs of personas"};
  }
  return {"a share of a personalisation of 0 is 0", "add to it: personalisation = \"+0.5\""};
}

Idle why_idle(const ModelParts& parts, const Reach& reach, const Target& target, const Effect& effect) {
  const auto visit = [&](const VisitTest& test) { return any_visit(parts, reach, target, test); };
  const auto exit = [&](const ExitTest& test) { return any_exit(parts, reach, target, test); };
  const auto live = [](const Touchpoint& touchpoint) { return !touchpoint.end; };
  switch (effect.parameter) {
    case Parameter::quality:
    case Parameter::quality_sd:
    case Parameter::effort:
    case Parameter::weight:
    case Parameter::cost_per_month:
    case Parameter::revenue_per_month:
      if (!visit(live))
        return {"its target has only ends, where nothing is experienced and no time is spent", "widen the target"};
      if (effect.parameter == Parameter::weight && parts.behaviour.memory == 0.0)
        return {"with memory = 0 nobody's satisfaction moves, whatever a visit weighs",
                "remove it, or give memory a number"};
      if (visit([&](const Touchpoint& touchpoint) {
            return !touchpoint.end && makes_another(parts, effect, number_of(touchpoint, effect.parameter));
          }))
        return {};
      return why_as_before(effect);
    case Parameter::carry:
      if (parts.teams.size() > 1 && visit([](const Touchpoint& touchpoint) { return touchpoint.team.valid(); })) return {};
      return {"its target is handed over to by no other team", "give the touchpoints a team"};
    case Parameter::personalisation:
      return why_not_personalised(parts, reach, target, effect);
    case Parameter::promise:
      if (visit([&](const Touchpoint& touchpoint) {
            return !touchpoint.end && (touchpoint.promise || effect.operation == Operation::set);
          })) {
        return {};
      }
      return {"its target makes no promise that could be shifted", "set one: promise = \"= 0.8\""};
    case Parameter::solves:
      if (visit([](const Touchpoint& touchpoint) { return touchpoint.solves_problems(); })) return {};
      return {"its target solves no problem", "give the touchpoint a chance: solves = 0.6"};
    case Parameter::servers: {
      if (visit([&](const Touchpoint& touchpoint) { return touchpoint.servers && target.pools.empty(); })) return {};
      bool shared = false;  // visits there are served by a pool
      for (std::size_t p = 0; p < parts.pools.size(); ++p) {
        if (matches_pool(target, PoolId(p))) return {};
        shared = shared || visit([&](const Touchpoint& touchpoint) {
                   return std::find(touchpoint.pools.begin(), touchpoint.pools.end(), PoolId(p)) != touchpoint.pools.end();
                 });
      }
      if (shared) return {"its target has no servers of its own", "let the target name the pool: { pool = \"agents\" }"};
      return {"its target has no servers", "add servers and handle_time to the touchpoint"};
    }
    case Parameter::handle_time:
      if (visit([](const Touchpoint& touchpoint) { return touchpoint.queues(); })) return {};
      return {"its target has no servers", "add servers and handle_time to the touchpoint"};
    case Parameter::probability:
      if (exit([](const Touchpoint&, const Exit& e) { return !std::holds_alternative<std::monostate>(e.probability); }))
        return {};
      return {"its target has no exit with a probability", "change odds instead"};
    case Parameter::odds:
      if (!exit(may_have_odds)) return {"its target has no exit with odds", "change probability instead"};
      if (visit([&](const Touchpoint& touchpoint) { return odds_move(touchpoint, target, effect); })) return {};
      return {"odds count beside one another, and it changes those of all exits alike",
              target.exit_to.empty() ? "name some of the exits: exit_to"
                                     : "leave an exit out of exit_to; where there is only one, change its delay"};
    case Parameter::delay:
      if (exit([](const Touchpoint&, const Exit& e) { return takes_time(e); })) return {};
      if (exit([](const Touchpoint&, const Exit& e) { return e.every.has_value(); }))
        return {"its target has only anniversaries, which are dates", "change every, or name other exits"};
      return {"its target has no exit that takes time", "a delay of 0 stays 0 however it is stretched"};
    case Parameter::cost:
    case Parameter::revenue: {
      const bool is_cost = effect.parameter == Parameter::cost;
      if (visit([&](const Touchpoint& touchpoint) {
            const bool more = is_cost ? touchpoint.drawn_cost.has_value() : touchpoint.drawn_revenue || touchpoint.price;
            return more || makes_another(parts, effect, number_of(touchpoint, effect.parameter));
          }))
        return {};
      return why_as_before(effect);
    }
    case Parameter::price:
      if (visit([](const Touchpoint& touchpoint) { return touchpoint.price.has_value(); })) return {};
      return {"its target has no price", "give the touchpoint a price, or change its revenue"};
    case Parameter::traffic: {
      const bool raises = effect.operation == Operation::add        ? effect.value > 0.0
                          : effect.operation == Operation::multiply ? effect.value > 1.0
                                                                    : effect.value >= 1.0;
      if (raises) return {"everybody comes who would, and nobody else", "traffic = \"= 0\" closes its target"};
      if (leads_there(parts, reach, target)) return {};
      return {"no exit leads to its target", "those who start there, or leave a line, come all the same"};
    }
    case Parameter::attraction: {
      bool bends = false;
      for (std::size_t i = 0; i < parts.outside.size(); ++i)
        bends = bends || (matches_outside(target, OutsideId(i)) && bends_outside(parts, OutsideId(i)));
      if (bends) return {};
      return parts.outside.empty()
                 ? Idle{"nothing is outside", "add an [[outside]] with its attraction"}
                 : Idle{bends_outside(parts) ? "no exit bends on what its target names" : "no exit bends on what is outside",
                        "give an exit a slope: outside = 1.5"};
    }
  }
  return {};
}

// Touchpoints at which an effect on odds changes nothing, where it does elsewhere: all exits of a choice scaled alike.
std::string scaled_alike(const ModelParts& parts, const Reach& reach, const Target& target, const Effect& effect) {
  std::string names;
  for (const TouchpointId id : target.touchpoints) {
    if (!id.valid() || !reach.any[id.index()]) continue;
    const Touchpoint& touchpoint = parts.touchpoints[id.index()];
    const bool odds = std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                  [&](const Exit& exit) { return may_have_odds(touchpoint, exit); });
    if (touchpoint.exits == ExitRule::choice && odds && !odds_move(touchpoint, target, effect))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", in_quotes(touchpoint.id));
  }
  return names;
}

// The longest mean stay, in days, after a choice whose exits an effect acts on; 0 where it acts on none.
double longest_stay(const ModelParts& parts, const Reach& reach, const Target& target, const Effect& effect) {
  double longest = 0.0;
  static_cast<void>(any_exit(parts, reach, target, [&](const Touchpoint& touchpoint, const Exit& exit) {
    const bool by_odds = may_have_odds(touchpoint, exit) && exit.odds.value_or(0.0) > 0.0;
    const bool acts = effect.parameter == Parameter::odds ? by_odds
                      : effect.parameter == Parameter::probability
                          ? !std::holds_alternative<std::monostate>(exit.probability)
                          : effect.parameter == Parameter::delay;
    const double days = mean(exit.after);
    if (acts && exit.on == Trigger::none && touchpoint.exits == ExitRule::choice && days > longest) longest = days;
    return false;  // look at all of them
  }));
  return longest;
}

// A choice and its delay are made at the visit: a change that comes later does not reach who stays there.
void check_stays(const Context& context, const Reach& reach, const Change& change, const std::string& path) {
  // Long beside the time for which the change acts, and at all.
  constexpr double long_share = 0.2, long_days = 7.0;
  const double horizon = context.parts.settings.horizon.value();
  const std::vector<Stretch> stretches = stretches_of(change, context.parts.settings.start, horizon);
  if (stretches.empty()) return;
  const double start = stretches.front().begin, end = std::min(stretches.front().end, horizon);
  const double acts = end - start;
  for (const Effect& effect : change.effects) {
    if (!(acts > 0.0)) return;
    const double stay = longest_stay(context.parts, reach, change.target, effect);
    if (!(stay >= std::max(long_days, long_share * acts)) || (start <= 0.0 && end >= horizon)) continue;
    const bool starts = start > 0.0;
    context.findings.warning(
        fmt::format("{}.{}", path, starts ? "start" : "end"),
        fmt::format("{} on day {}, inside stays of some {} days whose exit was chosen at the visit: people {} until their "
                    "next visit",
                    starts ? "starts" : "ends", text(starts ? start : end), fmt::format("{:.3g}", stay),
                    starts ? "do not see it" : "keep what it chose"),
        "in a race, exits = \"race\", a change acts on those who are already there");
    return;
  }
}

// Whether an effect makes a number smaller that is 1 where nothing acts.
bool lowers(const Effect& effect) { return effect.operation == Operation::add ? effect.value < 0.0 : effect.value < 1.0; }

// Fewer come to the target, and whom that keeps from an end stays or takes another exit: seldom meant, and easily asked for
// with a stage.
void check_closed_ends(const Context& context, const Reach& reach, const Change& change, const std::string& path) {
  const ModelParts& parts = context.parts;
  if (std::none_of(change.effects.begin(), change.effects.end(),
                   [](const Effect& effect) { return effect.parameter == Parameter::traffic && lowers(effect); }))
    return;
  std::set<std::string> ends;
  static_cast<void>(any_visit(parts, reach, change.target, [&](const Touchpoint& touchpoint) {
    if (touchpoint.end) ends.insert(in_quotes(touchpoint.id));
    return false;  // look at all of them
  }));
  if (ends.empty()) return;
  context.findings.warning(
      path + ".effect.traffic",
      fmt::format("keeps people from the end {}{}: they stay where they are, or take another exit, and do not count as gone",
                  *ends.begin(), ends.size() > 1 ? fmt::format(" and {} more", counted(ends.size() - 1, "end")) : ""),
      "let the target name what closes, and no end; to let fewer leave, change the odds of their exits");
}

// What is taken away from a number that cannot be below 0, where there is less of it.
void check_below_zero(const Context& context, const Reach& reach, const Change& change, const std::string& path) {
  const ModelParts& parts = context.parts;
  for (const Effect& effect : change.effects) {
    const Parameter parameter = effect.parameter;
    if (effect.operation != Operation::add || !(effect.value < 0.0) || range(parameter) != Range{0.0, infinity}) continue;
    std::set<std::string> places;
    const auto look_at = [&](double before, const std::string& place) {
      if (before > 0.0 && before + effect.value < 0.0)
        places.insert(
            fmt::format("of {} is {}", place, text(parameter == Parameter::handle_time ? 1440.0 * before : before)));
    };
    static_cast<void>(any_visit(parts, reach, change.target, [&](const Touchpoint& touchpoint) {
      const std::string here = in_quotes(touchpoint.id);
      if (parameter == Parameter::weight || parameter == Parameter::quality_sd)
        look_at(number_of(touchpoint, parameter), here);
      if (parameter == Parameter::price && touchpoint.price) look_at(*touchpoint.price, here);
      if (parameter == Parameter::handle_time && touchpoint.handle_time) look_at(mean(*touchpoint.handle_time), here);
      if (parameter == Parameter::servers && touchpoint.servers && change.target.pools.empty())
        look_at(*touchpoint.servers, here);
      return false;
    }));
    static_cast<void>(any_exit(parts, reach, change.target, [&](const Touchpoint& touchpoint, const Exit& exit) {
      if (exit.to.index() >= parts.touchpoints.size()) return false;  // an error already
      const std::string here =
          fmt::format("the exit from {} to {}", in_quotes(touchpoint.id), in_quotes(parts.touchpoints[exit.to.index()].id));
      if (parameter == Parameter::odds && may_have_odds(touchpoint, exit)) look_at(exit.odds.value_or(1.0), here);
      if (parameter == Parameter::delay && takes_time(exit)) look_at(1.0, here);
      return false;
    }));
    for (std::size_t p = 0; parameter == Parameter::servers && p < parts.pools.size(); ++p) {
      if (matches_pool(change.target, PoolId(p)))
        look_at(most_servers(parts.pools[p].servers), fmt::format("the pool {}", in_quotes(parts.pools[p].id)));
    }
    if (places.empty()) continue;
    const char* const so = parameter == Parameter::odds      ? ", which closes it"
                           : parameter == Parameter::servers ? ", so that nobody serves there"
                                                             : "";
    const double size = -effect.value;
    const bool is_time = parameter == Parameter::handle_time;
    context.findings.warning(fmt::format("{}.effect.{}", path, name(parameter)),
                             fmt::format("{} {}{}: {} less is cut off at 0{}{}", name(parameter), *places.begin(),
                                         is_time ? " minutes" : "", text(is_time ? 1440.0 * size : size), so,
                                         places.size() > 1 ? fmt::format(" (and {} more like it)", places.size() - 1) : ""),
                             !is_time && size >= 1.0 && size <= 100.0
                                 ? fmt::format("for {0} per cent less write \"-{0}%\"; to set it, \"= 0\"", text(size))
                                 : "take away less, or set it: \"= 0\"");
  }
}

// Whether servers that `change` adds would be there at some time: those of pools that are open then.
bool finds_it_open(const ModelParts& parts, const Change& change) {
  const double horizon = parts.settings.horizon.value();
  const std::vector<Stretch> stretches = stretches_of(change, parts.settings.start, horizon);
  for (std::size_t p = 0; p < parts.pools.size(); ++p) {
    if (!matches_pool(change.target, PoolId(p))) continue;
    constexpr double many = 1e6;
    if (!(changes_over(parts.pools[p].servers, horizon) < many)) return true;
    const auto duty = staff_over(parts.pools[p].servers, weekday_of(parts.settings.start), horizon);
    std::size_t k = 0;
    for (const Stretch& stretch : stretches) {
      while (k + 1 < duty.size() && duty[k + 1].first <= stretch.begin) ++k;
      for (std::size_t at = k; at < duty.size() && duty[at].first < stretch.end; ++at) {
        if (duty[at].second > 0.0) return true;
      }
    }
  }
  return stretches.empty();  // that it never acts is told elsewhere
}

void check_use(const Context& context, const Reach& reach, const Change& change, const std::string& path) {
  const ModelParts& parts = context.parts;
  const double horizon = parts.settings.horizon.value();
  if (!change.recurrence.hours.empty() && change.start.value() < horizon &&
      stretches_of(change, parts.settings.start, horizon).empty()) {
    context.findings.warning(path + ".hours", "never acts: its hours do not come within the horizon", "simulate longer");
  }
  if (change.start.value() >= horizon && horizon > 0.0) {
    context.findings.warning(path + ".start",
                             fmt::format("never acts: it starts on day {}, but the simulation ends on day {}",
                                         text(change.start.value()), text(horizon)),
                             "let it start earlier, or simulate longer");
  }
  const bool outside = !change.target.outside.empty();
  if (!outside && !matches_anything(parts, change.target)) {
    context.findings.warning(path + ".target", "never acts: no touchpoint and persona meet its target",
                             "the keys of a target are combined by and: drop one");
    return;
  }
  if (!outside && !any_visit(parts, reach, change.target, [](const Touchpoint&) { return true; })) {
    context.findings.warning(path + ".target", "never acts: nobody reaches its target",
                             "see the touchpoints that nobody can reach");
    return;
  }
  std::set<Parameter> told;
  for (const Effect& effect : change.effects) {
    if (outside && effect.parameter != Parameter::attraction) continue;  // an error already
    const bool nothing = effect.operation == Operation::add        ? effect.value == 0.0
                         : effect.operation == Operation::multiply ? effect.value == 1.0
                                                                   : false;
    if (nothing && told.insert(effect.parameter).second) {
      context.findings.warning(fmt::format("{}.effect.{}", path, name(effect.parameter)),
                               fmt::format("changes nothing: {} is {}", name(effect.parameter),
                                           effect.operation == Operation::add ? "shifted by 0" : "changed by 0 %"),
                               "write how far it changes, or remove it");
    }
    Idle idle = why_idle(parts, reach, change.target, effect);
    if (idle.reason.empty() && effect.parameter == Parameter::servers && !change.target.pools.empty() &&
        effect.operation != Operation::set && !finds_it_open(parts, change)) {
      idle = {"what is added is there only while the pool is open, and then the pool is closed",
              "let it be on at other hours, or set the number: servers = \"= 2\""};
    }
    if (idle.reason.empty() && effect.parameter == Parameter::odds) {
      const std::string names = scaled_alike(parts, reach, change.target, effect);
      if (!names.empty() && told.insert(effect.parameter).second) {
        context.findings.warning(
            fmt::format("{}.effect.odds", path),
            fmt::format("never acts at {}: odds count beside one another, and it changes those of all exits alike", names),
            "name some of the exits: exit_to");
      }
    }
    if (idle.reason.empty() || !told.insert(effect.parameter).second) continue;
    context.findings.warning(fmt::format("{}.effect.{}", path, name(effect.parameter)), "never acts: " + idle.reason,
                             idle.hint);
  }
  check_stays(context, reach, change, path);
  check_closed_ends(context, reach, change, path);
  check_below_zero(context, reach, change, path);
}

// Quality that is clipped so often that mean and sd no longer mean what they say: two sd reach a quarter beyond [0,1].
bool beyond_clipping(double mean, double sd) { return mean + 2.0 * sd > 1.25 || mean - 2.0 * sd < -0.25; }

// In per cent, the share of normal draws outside [0,1].
double clipped_share(double mean, double sd) {
  if (sd <= 0.0) return mean < 0.0 || mean > 1.0 ? 100.0 : 0.0;
  const auto above = [](double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); };
  return 100.0 * (above((1.0 - mean) / sd) + above(mean / sd));
}

std::string clipping(std::string_view touchpoint, double mean, double sd) {
  return fmt::format("quality of {} with mean {} and sd {} is clipped to [0, 1] at {:.0f} % of visits",
                     in_quotes(touchpoint), text(mean), text(sd), clipped_share(mean, sd));
}

double unclipped(double x0, const Effect& effect) {
  switch (effect.operation) {
    case Operation::set:
      return effect.value;
    case Operation::add:
      return x0 + effect.value;
    case Operation::multiply:
      return x0 * effect.value;
  }
  return x0;
}

bool matches_somebody(const ModelParts& parts, const Target& target, TouchpointId touchpoint) {
  if (parts.personas.empty()) return false;
  // With a list of personas any of them stands for all: what is left to match is the touchpoint.
  const PersonaId persona = target.personas.empty() ? PersonaId(0) : target.personas.front();
  return matches(parts, target, touchpoint, persona);
}

// Touchpoints that this change alone pushes beyond; one finding for all of them.
void check_clipping_by(const Context& context, const Change& change, const std::string& path, const std::vector<bool>& known,
                       std::vector<bool>& pushed) {
  const ModelParts& parts = context.parts;
  for (const Effect& effect : change.effects) {
    if (effect.parameter != Parameter::quality || !std::isfinite(effect.value)) continue;
    std::string message;
    std::size_t further = 0;
    for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
      const Touchpoint& touchpoint = parts.touchpoints[i];
      const double mean = unclipped(touchpoint.quality_mean, effect);
      if (known[i] || touchpoint.end || !beyond_clipping(mean, touchpoint.quality_sd) ||
          !matches_somebody(parts, change.target, TouchpointId(i))) {
        continue;
      }
      pushed[i] = true;
      if (message.empty()) {
        message = clipping(touchpoint.id, mean, touchpoint.quality_sd);
      } else {
        ++further;
      }
    }
    if (message.empty()) continue;
    if (further > 0) message += fmt::format(", and {} more", counted(further, "touchpoint"));
    context.findings.warning(path + ".effect.quality", message, "a smaller change says what really happens");
  }
}

// The shifts of `parameter` that are on at `t`, fully come in.
std::vector<Shift> shifts_at(const ModelParts& parts, const std::vector<PlannedChange>& changes, Parameter parameter,
                             TouchpointId touchpoint, PersonaId persona, Days t) {
  std::vector<Shift> shifts;
  for (const PlannedChange& change : changes) {
    if (!is_on(*change.change, parts.settings.start, t.value()) || !matches(parts, change->target, touchpoint, persona))
      continue;
    for (const Effect& effect : change->effects) {
      if (effect.parameter == parameter && std::isfinite(effect.value))
        shifts.push_back({effect.operation, effect.value, change.fraction});
    }
  }
  return shifts;
}

// Touchpoints that the changes of a plan push beyond only together, or by their sd. Adds those of the baseline, which are
// those of every plan, to `known`.
void check_clipping_under(const Context& context, PlanId plan, std::vector<bool>& known) {
  const ModelParts& parts = context.parts;
  const auto of_quality = [](const Effect& effect) {
    return effect.parameter == Parameter::quality || effect.parameter == Parameter::quality_sd;
  };
  std::vector<PlannedChange> changes = changes_under(parts, plan);
  std::erase_if(changes, [&](const PlannedChange& change) {
    return std::none_of(change->effects.begin(), change->effects.end(), of_quality);
  });
  const auto beginning = [&](const Change& change) {
    const double horizon = parts.settings.horizon.value();
    const std::vector<Stretch> stretches = stretches_of(change, parts.settings.start, horizon);
    return stretches.empty() ? change.start : Days(stretches.front().begin);
  };
  const auto first_beyond = [&](TouchpointId touchpoint) -> std::string {
    const Touchpoint& at = parts.touchpoints[touchpoint.index()];
    std::vector<PlannedChange> here;
    bool differ = false;  // personas, by what acts on them
    for (const PlannedChange& change : changes) {
      if (!matches_somebody(parts, change->target, touchpoint)) continue;
      here.push_back(change);
      differ = differ || !change->target.personas.empty();
    }
    const std::size_t personas = differ ? parts.personas.size() : std::min<std::size_t>(parts.personas.size(), 1);
    for (const PlannedChange& change : here) {
      for (std::size_t persona = 0; persona < personas; ++persona) {
        // At the start of a change that leaves the persona alone, its quality is what an earlier one made of it.
        if (!matches(parts, change->target, touchpoint, PersonaId(persona))) continue;
        const auto shifts = [&](Parameter parameter) {
          return shifts_at(parts, here, parameter, touchpoint, PersonaId(persona), beginning(*change.change));
        };
        const std::vector<Shift> of_mean = shifts(Parameter::quality), of_sd = shifts(Parameter::quality_sd);
        if (of_mean.size() < 2 && of_sd.empty()) continue;
        const double mean = combine(Parameter::quality, at.quality_mean, of_mean);
        const double sd = combine(Parameter::quality_sd, at.quality_sd, of_sd);
        if (beyond_clipping(mean, sd)) return clipping(at.id, mean, sd);
      }
    }
    return {};
  };
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    if (known[i] || parts.touchpoints[i].end) continue;
    const std::string message = first_beyond(TouchpointId(i));
    if (message.empty()) continue;
    const bool baseline = plan == PlanId(0) && !parts.events.empty();
    if (baseline) known[i] = true;
    // The baseline has no place in the file, and only events change it.
    context.findings.warning(baseline ? context.paths.events.front() : context.paths.plans[plan.index()], message,
                             "what is on at the same time asks too much together");
  }
}

// What the servers that `change` adds while it lasts are paid a month by pools.
double pay_of_added(const ModelParts& parts, const Change& change) {
  constexpr double hours_per_day = 24.0;
  double week = 0.0;
  for (std::size_t p = 0; p < parts.pools.size(); ++p) {
    const Staff& staff = parts.pools[p].servers;
    const double pay = parts.pools[p].cost_per_hour;
    if (!(pay > 0.0) || !matches_pool(change.target, PoolId(p))) continue;
    for (std::size_t k = 0; k < staff.size(); ++k) {
      const double end = k + 1 < staff.size() ? staff[k + 1].first : days_per_week;
      const double hours = hours_per_day * (end - staff[k].first);
      for (const Effect& effect : change.effects) {
        // What is added to a pool acts while it is open.
        if (effect.parameter != Parameter::servers || (staff[k].second == 0.0 && effect.operation != Operation::set))
          continue;
        week += pay * hours *
                (shifted(Parameter::servers, staff[k].second, {effect.operation, effect.value, 1.0}) - staff[k].second);
      }
    }
  }
  return week / days_per_week * days_per_month;
}

// A price by the month that is about what the added servers are paid anyway.
void check_pay_twice(const Context& context, const Improvement& improvement, const std::string& path) {
  const double monthly = improvement.price.per_month;
  if (!(monthly > 0.0) || !std::isfinite(monthly) || improvement.change.recurrence.any()) return;
  const double pay = pay_of_added(context.parts, improvement.change);
  if (!(monthly >= 0.5 * pay && monthly <= 1.5 * pay)) return;
  context.findings.warning(path + ".cost.per_month",
                           fmt::format("the servers that it adds are paid about {} a month by their cost_per_hour, and "
                                       "this comes on top: their pay may be counted twice",
                                       grouped(pay)),
                           "leave their pay out of cost, and only what they cost besides in it");
}

// Whether some plan, or `optimize`, may buy less than the whole of it.
bool bought_in_part(const ModelParts& parts, ImprovementId improvement) {
  const std::vector<double>& levels = parts.improvements[improvement.index()].levels;
  if (std::any_of(levels.begin(), levels.end(), [](double level) { return level < 1.0; })) return true;
  return std::any_of(parts.plans.begin(), parts.plans.end(), [&](const Plan& plan) {
    for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
      if (plan.improvements[i] == improvement && plan.level(i) < 1.0) return true;
    }
    return false;
  });
}

}  // namespace

void check_use_of_changes(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  // Without people or places everything is idle, and the error is elsewhere.
  if (std::find(reach.any.begin(), reach.any.end(), true) == reach.any.end()) return;
  for (std::size_t i = 0; i < parts.improvements.size(); ++i) {
    const auto& [change, price, levels, response] = parts.improvements[i];
    const bool free = price.once == 0.0 && price.per_month == 0.0 && price.per_visit == 0.0;
    if (change.effects.empty() && change.ramp.over.value() > 0.0) {
      context.findings.warning(context.paths.improvements[i] + ".ramp", "a ramp without an effect changes nothing",
                               "costs do not come in by a ramp");
    }
    if (change.effects.empty() && change.fade) {
      context.findings.warning(context.paths.improvements[i] + ".fade", "nothing fades: there is no effect",
                               "costs do not fade");
    }
    if (response && !bought_in_part(parts, ImprovementId(i))) {
      context.findings.warning(context.paths.improvements[i] + ".response",
                               "response changes nothing: it is bought as a whole wherever it is bought",
                               "add levels = [0.5, 1.0], or let a plan buy less: { id = \"ads\", level = 0.5 }");
    }
    if (change.effects.empty() && !free && !change.target.exit_to.empty()) {
      const std::string here = context.paths.improvements[i] + ".target.exit_to";
      if (price.per_visit != 0.0) {
        context.findings.warning(here, "per_visit is paid wherever such an exit is, taken or not",
                                 "to pay for those who take it, name where it leads: { touchpoint = ... }");
      } else {
        context.findings.warning(here, "exit_to changes nothing: it narrows effects on exits, and there is none",
                                 "remove it, or add an effect on odds, probability or delay");
      }
    }
    if (change.effects.empty() && free) {
      context.findings.warning(context.paths.improvements[i], "never acts: it has neither an effect nor a cost",
                               "add an effect");
    }
    check_pay_twice(context, parts.improvements[i], context.paths.improvements[i]);
    // One that only costs need not match anything, unless it is paid by the visit.
    if (!change.effects.empty() || price.per_visit != 0.0) check_use(context, reach, change, context.paths.improvements[i]);
  }
  for (std::size_t i = 0; i < parts.events.size(); ++i) {
    if (parts.events[i].effects.empty()) {
      context.findings.warning(context.paths.events[i], "never acts: it has no effect", "add an effect");
    } else {
      check_use(context, reach, parts.events[i], context.paths.events[i]);
    }
  }
}

void check_clipping(const Context& context) {
  const ModelParts& parts = context.parts;
  std::vector<bool> known(parts.touchpoints.size(), false);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    const Touchpoint& touchpoint = parts.touchpoints[i];
    const bool valid = touchpoint.quality_mean >= 0.0 && touchpoint.quality_mean <= 1.0 && touchpoint.quality_sd >= 0.0 &&
                       std::isfinite(touchpoint.quality_sd);
    // What is out of range by itself is an error already.
    known[i] = !valid || beyond_clipping(touchpoint.quality_mean, touchpoint.quality_sd);
    if (valid && known[i] && !touchpoint.end) {
      context.findings.warning(context.paths.touchpoints[i] + ".quality",
                               clipping(touchpoint.id, touchpoint.quality_mean, touchpoint.quality_sd),
                               "lower the sd, or move the mean inwards");
    }
  }
  std::vector<bool> pushed = known;
  for (std::size_t i = 0; i < parts.improvements.size(); ++i) {
    check_clipping_by(context, parts.improvements[i].change, context.paths.improvements[i], known, pushed);
  }
  for (std::size_t i = 0; i < parts.events.size(); ++i) {
    check_clipping_by(context, parts.events[i], context.paths.events[i], known, pushed);
  }
  for (std::size_t plan = 0; plan < parts.plans.size(); ++plan) check_clipping_under(context, PlanId(plan), pushed);
}

}  // namespace sojourn::checking
