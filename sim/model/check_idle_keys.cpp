// Warnings about keys that can do nothing in the scenario at hand. Labels and what only lies beyond
// the horizon are no such keys. A key that has its default changes nothing by definition, and is passed over.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "findings.hpp"
#include "sojourn/base/inverse.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/graph.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn::checking {
bool changes(const ModelParts& parts, Parameter parameter) {
  const auto does = [&](const Change& change) {
    return std::any_of(change.effects.begin(), change.effects.end(),
                       [&](const Effect& effect) { return effect.parameter == parameter; });
  };
  return std::any_of(parts.events.begin(), parts.events.end(), does) ||
         std::any_of(parts.improvements.begin(), parts.improvements.end(),
                     [&](const Improvement& improvement) { return does(improvement.change); });
}

bool has_money(const ModelParts& parts) {
  const auto earns = [](const Touchpoint& t) {
    return t.costs() || t.earns() || t.cost_per_month != 0.0 || t.revenue_per_month != 0.0;
  };
  const auto costs = [](const Improvement& improvement) {
    return improvement.price.once != 0.0 || improvement.price.per_month != 0.0 || improvement.price.per_visit != 0.0;
  };
  return std::any_of(parts.pools.begin(), parts.pools.end(), [](const Pool& pool) { return pool.cost_per_hour > 0.0; }) ||
         any_touchpoint(parts, earns) || std::any_of(parts.improvements.begin(), parts.improvements.end(), costs) ||
         changes(parts, Parameter::cost) || changes(parts, Parameter::revenue) ||
         changes(parts, Parameter::cost_per_month) || changes(parts, Parameter::revenue_per_month);
}

bool is_constant(const Distribution& value) {
  if (const auto* uniform = std::get_if<Uniform>(&value)) return uniform->low == uniform->high;
  if (const auto* normal = std::get_if<Normal>(&value)) return normal->sd == 0.0;
  if (const auto* lognormal = std::get_if<Lognormal>(&value)) return lognormal->sigma == 0.0;
  return std::holds_alternative<Fixed>(value);
}

namespace {

bool queues(const Touchpoint& touchpoint) { return touchpoint.queues() && touchpoint.handle_time; }
bool has_odds(const Touchpoint& touchpoint, const Exit& exit) {
  return exit.on == Trigger::none && (exit.odds || touchpoint.exits == ExitRule::race) &&
         std::holds_alternative<std::monostate>(exit.probability);
}

void idle_settings(const Context& context) {
  const Settings& settings = context.parts.settings;
  if (has_money(context.parts)) return;
  const auto warn = [&](std::string_view key) {
    context.findings.warning(fmt::format("scenario.{}", key),
                             fmt::format("{} changes nothing: nothing costs or earns money", key),
                             "give touchpoints a revenue or a cost, or remove it");
  };
  // At servers the market is how many call, and in public it is how many post reviews.
  if (settings.market && *settings.market != static_cast<double>(settings.customers) &&
      !any_touchpoint(context.parts, queues) && !context.parts.reviews) {
    warn("market");
  }
  if (settings.discount != 0.0) warn("discount");
  for (const GoalWeight& one : settings.goal) {
    if (one.figure == "npv" || one.figure == "clv") warn("goal");
  }
}

// Whether what customers expect decides about anything beside their appraisals.
bool acts_by_expectation(const ModelParts& parts) {
  return any_exit(parts, [](const Exit& exit) { return exit.slopes.expectation != 0.0; }) ||
         std::any_of(parts.rules.begin(), parts.rules.end(), [](const Rule& rule) { return rule.metric == "expectation"; });
}

// Whether the file uses a built-in trait for something of its own: an exit, a chance, an amount of money, a counter.
bool used_by_name(const ModelParts& parts, TraitId trait) {
  const auto of_amount = [&](const std::optional<DrawnAmount>& amount) { return amount && amount->trait == trait; };
  return any_exit(parts,
                  [&](const Exit& exit) {
                    const std::vector<TraitId> used = traits_of(exit);
                    return std::find(used.begin(), used.end(), trait) != used.end();
                  }) ||
         any_touchpoint(parts,
                        [&](const Touchpoint& t) {
                          const auto* chance = std::get_if<TraitId>(&t.solves);
                          return (chance && *chance == trait) || of_amount(t.drawn_cost) || of_amount(t.drawn_revenue);
                        }) ||
         std::any_of(parts.counters.begin(), parts.counters.end(),
                     [&](const Counter& counter) { return counter.initial_trait == trait; });
}

void idle_behaviour(const Context& context) {
  const ModelParts& parts = context.parts;
  const BehaviourSettings standard;
  const auto warn = [&](std::string_view key, std::string_view why) {
    context.findings.warning(fmt::format("behaviour.{}", key), fmt::format("{} changes nothing: {}", key, why), "remove it");
  };
  const bool promises =
      any_touchpoint(parts, [](const Touchpoint& t) { return t.promise && !t.end; }) || changes(parts, Parameter::promise);
  if (parts.behaviour.promise_weight != standard.promise_weight && !promises)
    warn("promise_weight", "no touchpoint promises anything");
  const bool forgets = std::any_of(parts.handovers.begin(), parts.handovers.end(),
                                   [](const Handover& handover) { return handover.carry < 1.0; });
  if (parts.behaviour.repeat_effort != standard.repeat_effort && !forgets && !changes(parts, Parameter::carry))
    warn("repeat_effort", "nothing is lost between teams");
  if (parts.behaviour.fit_weight != standard.fit_weight &&
      !any_touchpoint(parts, [](const Touchpoint& t) { return t.shows_content(); }))
    warn("fit_weight", "no touchpoint has content");
  if (parts.behaviour.disconfirmation == 0.0 && !acts_by_expectation(parts)) {
    const auto alone = [&](std::string_view key) {
      context.findings.warning(
          fmt::format("behaviour.{}", key),
          fmt::format("{} moves expectation and nothing else: disconfirmation is 0, and no exit has a slope on it", key),
          "remove it, or give disconfirmation a weight");
    };
    if (parts.behaviour.adapt != standard.adapt) alone("adapt");
    if (parts.behaviour.promise_weight != standard.promise_weight && promises) alone("promise_weight");
    if (parts.behaviour.expectation_drift != standard.expectation_drift) alone("expectation_drift");
  }
  if (parts.behaviour.memory > 0.0) return;
  constexpr std::string_view no_memory = "with memory = 0 nobody's satisfaction moves";
  if (parts.behaviour.peak != standard.peak) warn("peak", no_memory);
  if (parts.behaviour.forgiveness != standard.forgiveness) warn("forgiveness", no_memory);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    if (parts.touchpoints[i].weight == Touchpoint().weight) continue;
    context.findings.warning(context.paths.touchpoints[i] + ".weight", fmt::format("weight changes nothing: {}", no_memory),
                             "remove it");
  }
}

void idle_budget(const Context& context) {
  if (!context.parts.budget.per_quarter || !context.parts.improvements.empty()) return;
  context.findings.warning("budget.per_quarter", "this budget limits nothing: there is no improvement to buy",
                           "add an [[improvement]], or remove it");
}

bool correlated(const Persona& persona, TraitId trait) {
  return std::any_of(persona.correlate.begin(), persona.correlate.end(),
                     [&](const TraitCorrelation& pair) { return pair.a == trait || pair.b == trait; });
}

void idle_traits(const Context& context, std::size_t persona) {
  const ModelParts& parts = context.parts;
  const bool efforts = any_touchpoint(parts, [](const Touchpoint& t) { return !t.end && (t.effort > 0.0 || queues(t)); }) ||
                       changes(parts, Parameter::effort) || !parts.handovers.empty() || changes(parts, Parameter::carry);
  struct Use {
    BuiltinTrait trait;
    bool used;
    std::string_view why;
  };
  const std::array<Use, 5> uses{
      {{BuiltinTrait::patience, any_touchpoint(parts, queues), "people wait nowhere: no touchpoint has servers"},
       {BuiltinTrait::effort_aversion, efforts, "nothing takes effort"},
       {BuiltinTrait::loss_aversion, parts.behaviour.disconfirmation != 0.0,
        "with disconfirmation = 0 nobody minds what they expected"},
       {BuiltinTrait::talkativeness, parts.word_of_mouth.has_value(), "there is no [word_of_mouth]"},
       {BuiltinTrait::response_propensity, !parts.surveys.empty(), "there is no [[survey]]"}}};
  for (const Use& use : uses) {
    const std::size_t i = id(use.trait).index();
    if (use.used || i >= parts.traits.size() || i >= parts.personas[persona].traits.size()) continue;
    if (used_by_name(parts, id(use.trait))) continue;
    if (parts.personas[persona].traits[i] == Distribution(Fixed{parts.traits[i].standard})) continue;
    context.findings.warning(
        fmt::format("{}.traits.{}", context.paths.personas[persona], parts.traits[i].name),
        fmt::format("{} changes nothing: {}", parts.traits[i].name, use.why),
        correlated(parts.personas[persona], TraitId(i)) ? "remove it, and its pairs in correlate" : "remove it");
  }
}

void idle_correlations(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Trait>& traits = context.parts.traits;
  for (std::size_t i = 0; i < persona.correlate.size(); ++i) {
    const TraitCorrelation& pair = persona.correlate[i];
    const std::string here = fmt::format("{}.correlate[{}]", path, i);
    if (!pair.a.valid() || !pair.b.valid()) continue;  // an error already
    if (pair.value == 0.0) {
      context.findings.warning(here, "a correlation of 0 changes nothing: pairs that are not named have it", "remove it");
      continue;
    }
    for (const TraitId trait : {pair.a, pair.b}) {
      if (!is_constant(persona.traits[trait.index()])) continue;
      const std::string& name = traits[trait.index()].name;
      context.findings.warning(
          here,
          fmt::format("this correlation changes nothing: {} is the same for everybody of the persona", in_quotes(name)),
          fmt::format("draw traits.{} from a distribution, or remove the correlation", name));
      break;
    }
  }
}

/// What is odd about an existing book: customers who begin where prospects are met, and a tenure that is cut.
void odd_book(const Context& context, const Persona& persona, const std::string& path) {
  if (!persona.existing()) return;
  for (const auto& [touchpoint, share] : persona.starts) {
    const Touchpoint& first = context.parts.touchpoints[touchpoint.index()];
    const bool before =
        first.stage == Stage::awareness || first.stage == Stage::consideration || first.stage == Stage::selection;
    if (!before || share == 0.0 || first.end) continue;
    context.findings.warning(
        path + ".starts." + first.id,
        fmt::format("customers of an existing book begin at {}, of the stage {}, where prospects are met",
                    in_quotes(first.id), name(first.stage)),
        "let them start where customers live, in the stage retention or advocacy");
  }
  if (!persona.tenure) return;
  const double cut = std::exp(-Inverse(*persona.tenure).cumulative_hazard(longest_tenure));
  constexpr double few = 1e-3;
  if (is_constant(*persona.tenure) ? mean(*persona.tenure) > longest_tenure : cut > few) {
    context.findings.warning(path + ".tenure",
                             fmt::format("{} have been customers for more than 100 years: their tenure is cut there",
                                         is_constant(*persona.tenure) ? "all" : fmt::format("{:.2g} %", 100.0 * cut)),
                             "is it in another unit? A bare number is days");
  }
}

// Whether multiplying the odds of the touchpoint's exits for which `scaled` holds changes who goes where.
bool shifts_somebody(const Touchpoint& touchpoint, const auto& scaled) {
  std::size_t changed = 0, all = 0;
  for (const Exit& exit : touchpoint.next) {
    if (!has_odds(touchpoint, exit)) continue;
    ++all;
    if (!scaled(exit)) continue;
    // In a race the hazard is multiplied, which a constant delay does not have.
    if (touchpoint.exits == ExitRule::race && !is_fixed(exit.after)) return true;
    if (touchpoint.exits == ExitRule::choice) ++changed;
  }
  return changed > 0 && changed < all;
}

void idle_preferences(const Context& context, std::size_t i) {
  const ModelParts& parts = context.parts;
  const Persona& persona = parts.personas[i];
  const std::string& path = context.paths.personas[i];
  idle_traits(context, i);
  idle_correlations(context, persona, path);
  odd_book(context, persona, path);
  for (const auto& preference : persona.channels) {
    const ChannelId channel = preference.first;
    const double times = preference.second;
    // A preference of 0 closes exits, and so may one that leaves no other.
    if (times == 1.0 || times == 0.0 || channel.index() >= parts.channels.size()) continue;
    const auto into = [&](const Exit& exit) {
      return exit.to.index() < parts.touchpoints.size() && parts.touchpoints[exit.to.index()].channel == channel;
    };
    if (any_touchpoint(parts, [&](const Touchpoint& touchpoint) { return shifts_somebody(touchpoint, into); })) continue;
    context.findings.warning(fmt::format("{}.channels.{}", path, parts.channels[channel.index()].id),
                             "this preference changes nothing: nowhere does an exit with odds into the channel stand beside "
                             "one into another",
                             "a preference acts on the odds of exits into the channel");
  }
  for (std::size_t k = 0; k < persona.odds.size(); ++k) {
    const PersonaOdds& odds = persona.odds[k];
    if (odds.times == 0.0 || odds.from.index() >= parts.touchpoints.size()) continue;
    const Touchpoint& touchpoint = parts.touchpoints[odds.from.index()];
    const auto to = [&](const Exit& exit) { return exit.to == odds.to; };
    const bool leads = std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                   [&](const Exit& exit) { return to(exit) && has_odds(touchpoint, exit); });
    // Without such an exit there is a warning already.
    if (!leads || (odds.times != 1.0 && shifts_somebody(touchpoint, to))) continue;
    context.findings.warning(
        fmt::format("{}.odds[{}]", path, k),
        odds.times == 1.0 ? "odds times 1 are as they were" : "these odds change nothing: all exits with odds lead there",
        "remove them");
  }
}

void idle_channels_and_teams(const Context& context) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 0; i < parts.channels.size(); ++i) {
    if (any_touchpoint(parts, [&](const Touchpoint& t) { return t.channel == ChannelId(i); })) continue;
    context.findings.warning(context.paths.channels[i], "no touchpoint is in this channel", "name it at one, or remove it");
  }
  std::vector<bool> has_touchpoint(parts.teams.size(), false);
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    if (touchpoint.team.index() < has_touchpoint.size()) has_touchpoint[touchpoint.team.index()] = true;
  }
  for (std::size_t i = 0; i < parts.teams.size(); ++i) {
    // Of a team that a rule looks at the rule tells.
    const bool watched =
        std::any_of(parts.rules.begin(), parts.rules.end(), [&](const Rule& rule) { return rule.team == TeamId(i); });
    if (!has_touchpoint[i] && !watched)
      context.findings.warning(context.paths.teams[i], "no touchpoint has this team", "name it at one, or remove it");
  }
}

// The teams that customers come from, by the team that they come to: the last team met counts.
std::set<std::pair<std::size_t, std::size_t>> handed_over(const ModelParts& parts) {
  std::map<std::size_t, std::vector<std::size_t>> next;
  for (const JourneyEdge& edge : whole_journey(parts).edges) next[edge.from.index()].push_back(edge.to.index());
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t team = 0; team < parts.teams.size(); ++team) {
    std::vector<bool> seen(parts.touchpoints.size(), false);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
      if (parts.touchpoints[i].team == TeamId(team)) open.push_back(i);
    }
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t to : next[at]) {
        if (seen[to]) continue;
        seen[to] = true;
        const TeamId met = parts.touchpoints[to].team;
        if (!met.valid()) {
          open.push_back(to);
        } else {
          pairs.insert({team, met.index()});
        }
      }
    }
  }
  return pairs;
}

void idle_handovers(const Context& context) {
  const ModelParts& parts = context.parts;
  if (parts.handovers.empty()) return;
  const std::set<std::pair<std::size_t, std::size_t>> pairs = handed_over(parts);
  for (std::size_t i = 0; i < parts.handovers.size(); ++i) {
    const Handover& handover = parts.handovers[i];
    if (handover.from == handover.to || !handover.from.valid() || !handover.to.valid()) continue;
    if (pairs.count({handover.from.index(), handover.to.index()}) > 0) continue;
    context.findings.warning(fmt::format("handover[{}]", i),
                             fmt::format("nobody goes from {} to {}", in_quotes(parts.teams[handover.from.index()].id),
                                         in_quotes(parts.teams[handover.to.index()].id)),
                             "let an exit lead from a touchpoint of the one to one of the other, or remove it");
  }
}

/// A company's map that says of a touchpoint only where nobody goes is open in everything.
void idle_assumed(const Context& context) {
  const ModelParts& parts = context.parts;
  std::map<TouchpointId, std::pair<std::size_t, double>> said;  // the first entry of each touchpoint, and the shares' sum
  for (std::size_t i = 0; i < parts.assumed.size(); ++i) {
    if (!parts.assumed[i].from.valid()) continue;
    auto& [first, sum] = said.try_emplace(parts.assumed[i].from, i, 0.0).first->second;
    sum += parts.assumed[i].share;
  }
  for (const auto& [from, entry] : said) {
    if (entry.second > 0.0) continue;
    context.findings.warning(
        fmt::format("assumed[{}].share", entry.first),
        fmt::format("the company's map says of {} only where nobody goes, so that it is open where they "
                    "do go",
                    in_quotes(parts.touchpoints[from.index()].id)),
        "give one of its moves a share above 0");
  }
}

/// What a team is measured by that never moves, or that nobody asks for.
void idle_team_goals(const Context& context) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 0; i < parts.teams.size(); ++i) {
    const Team& team = parts.teams[i];
    if (team.goal.empty()) continue;
    const std::string here = context.paths.teams[i] + ".goal";
    if (parts.improvements.empty()) {
      context.findings.warning(here, "this goal decides nothing: there is no improvement to choose",
                               "add an [[improvement]], or remove the goal");
      continue;
    }
    std::vector<const Touchpoint*> own;
    for (const Touchpoint& touchpoint : parts.touchpoints) {
      if (touchpoint.team == TeamId(i)) own.push_back(&touchpoint);
    }
    const auto none = [&](auto has) {
      return std::none_of(own.begin(), own.end(), [&](const Touchpoint* at) { return has(*at); });
    };
    for (const GoalWeight& one : team.goal) {
      std::string reason, what = "remove it";
      const bool of_own =
          one.figure != "conversion" && std::any_of(team_figures.begin(), team_figures.end(),
                                                    [&](const GoalFigure& figure) { return figure.name == one.figure; });
      // That a team runs no touchpoint is said of the team.
      if (of_own && own.empty()) continue;
      if ((one.figure == "wait_days" || one.figure == "gave_up") &&
          none([](const Touchpoint& at) { return at.servers || !at.pools.empty(); })) {
        reason = "nobody waits at its touchpoints";
        what = "give one of them servers, or remove it";
      } else if (one.figure == "solved_true" && none([](const Touchpoint& at) { return at.solves_problems(); })) {
        reason = "no problem is solved at its touchpoints";
        what = "give one of them solves = 0.5, or remove it";
      }
      if (!reason.empty())
        context.findings.warning(here, fmt::format("{} never moves: {}", in_quotes(one.figure), reason), what);
    }
  }
}

/// The touchpoints that share a pool with `touchpoint`, itself included.
std::vector<const Touchpoint*> served_together(const ModelParts& parts, const Touchpoint& touchpoint) {
  std::vector<const Touchpoint*> result;
  for (const Touchpoint& other : parts.touchpoints) {
    const bool shares = std::any_of(other.pools.begin(), other.pools.end(), [&](PoolId pool) {
      return std::find(touchpoint.pools.begin(), touchpoint.pools.end(), pool) != touchpoint.pools.end();
    });
    if (&other == &touchpoint || shares) result.push_back(&other);
  }
  return result;
}

/// The hours of a week in which no pool of the touchpoint has a server.
double closed_hours(const ModelParts& parts, const Touchpoint& touchpoint) {
  if (touchpoint.pools.empty()) return 0.0;
  std::set<double> times{0.0};
  for (const PoolId pool : touchpoint.pools) {
    for (const auto& step : parts.pools[pool.index()].servers) times.insert(step.first);
  }
  times.insert(days_per_week);
  double closed = 0.0;
  for (auto from = times.begin(); std::next(from) != times.end(); ++from) {
    const bool open = std::any_of(touchpoint.pools.begin(), touchpoint.pools.end(), [&](PoolId pool) {
      double servers = 0.0;
      for (const auto& [begin, from_then] : parts.pools[pool.index()].servers) {
        if (begin <= *from) servers = from_then;
      }
      return servers > 0.0;
    });
    if (!open) closed += 24.0 * (*std::next(from) - *from);
  }
  return std::round(closed * 100.0) / 100.0;
}

void idle_at_queue(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const ModelParts& parts = context.parts;
  const auto warn = [&](std::string_view key, std::string_view why, std::string_view hint) {
    context.findings.warning(fmt::format("{}.{}", path, key), fmt::format("{} changes nothing: {}", key, why),
                             std::string(hint));
  };
  if (!touchpoint.queues()) {
    constexpr std::string_view why = "nobody queues here", hint = "add servers or a pool, or remove it";
    if (touchpoint.patience) warn("patience", why, hint);
    if (touchpoint.priority != 0) warn("priority", why, hint);
    if (touchpoint.answer_within != Touchpoint().answer_within) warn("answer_within", why, hint);
    if (touchpoint.room) warn("room", why, hint);
    return;
  }
  const bool gives_up = std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                    [](const Exit& exit) { return exit.on == Trigger::gave_up; });
  if (const double closed = closed_hours(parts, touchpoint); closed > 0.0 && !gives_up) {
    context.findings.warning(
        path + ".pool",
        fmt::format("nobody is on duty here for {} hours a week: who comes then waits for the opening, however long",
                    text(closed)),
        "add { to = \"some-touchpoint\", on = \"gave-up\" }, or hours to the timetable");
  }
  if (touchpoint.patience && !gives_up)
    warn("patience", "no exit waits for it to end", "add { to = \"some-touchpoint\", on = \"gave-up\" }");
  const std::vector<const Touchpoint*> together = served_together(parts, touchpoint);
  if (touchpoint.priority != 0 && std::all_of(together.begin(), together.end(), [&](const Touchpoint* other) {
        return other->priority == touchpoint.priority;
      })) {
    warn("priority", "all who are served by the same servers have it", "priorities order calls that share servers");
  }
}

void idle_pools(const Context& context) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 0; i < parts.pools.size(); ++i) {
    const auto names = [&](const Touchpoint& t) {
      return std::find(t.pools.begin(), t.pools.end(), PoolId(i)) != t.pools.end();
    };
    if (any_touchpoint(parts, names)) continue;
    context.findings.warning(context.paths.pools[i], "no touchpoint has this pool", "name it at one, or remove it");
  }
  const auto priority = [](const Persona& persona) { return persona.priority; };
  const bool queue = any_touchpoint(parts, [](const Touchpoint& t) { return t.queues() && !t.end; });
  const bool alike = std::all_of(parts.personas.begin(), parts.personas.end(), [&](const Persona& persona) {
    return priority(persona) == priority(parts.personas.front());
  });
  for (std::size_t i = 0; i < parts.personas.size(); ++i) {
    if (priority(parts.personas[i]) == 0 || (queue && !alike)) continue;
    context.findings.warning(
        context.paths.personas[i] + ".priority",
        fmt::format("priority changes nothing: {}", queue ? "all personas have the same" : "nobody queues anywhere"),
        "remove it");
  }
}

void idle_at_touchpoint(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const ModelParts& parts = context.parts;
  const auto warn = [&](std::string_view key, std::string_view why, std::string_view hint) {
    context.findings.warning(fmt::format("{}.{}", path, key), fmt::format("{} changes nothing: {}", key, why),
                             std::string(hint));
  };
  const Touchpoint standard;
  if (touchpoint.end) {
    constexpr std::string_view why = "this is an end, where nothing is experienced and no time is spent";
    constexpr std::string_view hint = "remove it";
    if (touchpoint.quality_mean != standard.quality_mean || touchpoint.quality_sd != standard.quality_sd)
      warn("quality", why, hint);
    if (touchpoint.effort != 0.0) warn("effort", why, hint);
    if (touchpoint.weight != 1.0) warn("weight", why, hint);
    if (touchpoint.promise) warn("promise", why, hint);
    if (touchpoint.revenue_per_month != 0.0) warn("revenue_per_month", why, "money at an end is paid once: revenue");
    if (touchpoint.cost_per_month != 0.0) warn("cost_per_month", why, "money at an end is paid once: cost");
    if (touchpoint.servers) warn("servers", why, hint);
    if (!touchpoint.pools.empty()) warn("pool", why, hint);
    if (touchpoint.reads_reviews) warn("reads_reviews", why, hint);
    if (touchpoint.solves != Chance()) warn("solves", why, hint);
    if (!touchpoint.content.empty()) warn("content", why, hint);
    if (touchpoint.content.empty() && touchpoint.personalisation != 0.0) warn("personalisation", why, hint);
    if (touchpoint.exits == ExitRule::race) warn("exits", why, hint);
    return;
  }
  idle_at_queue(context, touchpoint, path);
  if (touchpoint.personalisation != 0.0 && touchpoint.content.empty())
    warn("personalisation", "the touchpoint has no content", "add content");
  if (touchpoint.reads_reviews && !parts.reviews) {
    warn("reads_reviews", "there is no [reviews]", "add it");
  } else if (touchpoint.reads_reviews && std::none_of(touchpoint.next.begin(), touchpoint.next.end(),
                                                      [](const Exit& exit) { return exit.slopes.heard != 0.0; })) {
    warn("reads_reviews", "no exit has a slope on heard", "add one: heard = 0.5");
  }
}

constexpr const char* half_changes_nothing = "this slope changes nothing: the attraction is 0.5 all the time";
constexpr const char* half_hint =
    "0.5 is what the odds allow for already: let it be more or less, or let an event change it";

// Whether what is outside stands at one half, where nothing bends; of the most attractive of all where none is named.
bool always_half(const ModelParts& parts, OutsideId which = {}) {
  if (parts.outside.empty() || changes(parts, Parameter::attraction)) return false;
  double best = 0.0;
  for (std::size_t i = 0; i < parts.outside.size(); ++i) {
    if (which.valid() && which.index() != i) continue;
    const auto& points = parts.outside[i].attraction;
    for (const auto& point : points) {
      if (point.second != points.front().second) return false;
    }
    best = std::max(best, points.empty() ? 0.0 : points.front().second);
  }
  return best == 0.5;
}

// A slope that all exits of a choice share cancels; one on what is heard needs something to be heard.
void idle_slopes(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const ModelParts& parts = context.parts;
  // An exit with neither odds nor probability is an error; what it was meant to be is not known.
  if (touchpoint.exits == ExitRule::choice &&
      std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [](const Exit& exit) {
        return exit.on == Trigger::none && !exit.odds && std::holds_alternative<std::monostate>(exit.probability);
      })) {
    return;
  }
  for (const keys::Field<Slopes>& field : keys::slopes()) {
    const std::string& key = field.key.name;
    const auto slope = [&](const Exit& exit) {
      double value = 0.0;
      keys::with_member(field, exit.slopes, [&](const auto& member) {
        if constexpr (std::is_same_v<std::decay_t<decltype(member)>, double>) value = member;
      });
      return value;
    };
    std::set<double> of_choice;
    for (const Exit& exit : touchpoint.next) {
      if (has_odds(touchpoint, exit)) of_choice.insert(slope(exit));
    }
    // Exits with one slope differ all the same where their prices do.
    std::set<TouchpointId> priced;
    for (const Exit& exit : touchpoint.next) {
      const TouchpointId self(static_cast<std::size_t>(&touchpoint - parts.touchpoints.data()));
      if (has_odds(touchpoint, exit)) priced.insert(priced_touchpoint(parts, self, exit));
    }
    const bool same_price = priced.size() == 1;
    for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
      const Exit& exit = touchpoint.next[i];
      if (slope(exit) == 0.0 || !has_odds(touchpoint, exit)) continue;
      const std::string here = fmt::format("{}.next[{}].{}", path, i, key);
      const bool hears = parts.word_of_mouth || (parts.reviews && touchpoint.reads_reviews);
      const TouchpointId self(static_cast<std::size_t>(&touchpoint - parts.touchpoints.data()));
      if (key == "price" && !priced_touchpoint(parts, self, exit).valid()) {
        context.findings.warning(here,
                                 "this slope changes nothing: neither this touchpoint nor where the exit leads has a price",
                                 "give one of them a price");
      } else if (key == "price" && !changes(parts, Parameter::price) &&
                 *parts.touchpoints[priced_touchpoint(parts, self, exit).index()].price == 0.0 &&
                 (touchpoint.exits == ExitRule::race || of_choice.size() > 1 || same_price)) {
        context.findings.warning(here, "this slope changes nothing: the price is 0, and nothing changes it",
                                 "write what it costs, or let an improvement change the price");
      } else if (key == "outside" && parts.outside.empty()) {
        context.findings.warning(here, "this slope changes nothing: nothing is outside",
                                 "add an [[outside]] with its attraction");
      } else if (key == "outside" && always_half(parts)) {
        context.findings.warning(here, half_changes_nothing, half_hint);
      } else if (key == "heard" && !hears) {
        context.findings.warning(here, "this slope changes nothing: nothing is heard here",
                                 "add [word_of_mouth], or [reviews] and reads_reviews = true");
      } else if (key == "solved" && touchpoint.solves == Chance()) {
        context.findings.warning(here, "this slope changes nothing: the touchpoint solves no problem",
                                 "give it a chance: solves = 0.6");
      } else if (key == "solved" && touchpoint.solves == Chance(0.0) && !changes(parts, Parameter::solves)) {
        context.findings.warning(here, "this slope changes nothing: no visit solves a problem, as solves is 0",
                                 "give it a chance: solves = 0.6");
      } else if (touchpoint.exits == ExitRule::race && is_fixed(exit.after)) {
        context.findings.warning(
            here, "this slope changes nothing: in a race it bends the hazard, which a constant delay does not have",
            "draw the delay from a distribution");
      } else if (touchpoint.exits == ExitRule::choice && of_choice.size() == 1 && (key != "price" || same_price)) {
        context.findings.warning(here,
                                 touchpoint.next.size() == 1
                                     ? "this slope changes nothing: there is no other exit"
                                     : "this slope changes nothing: all exits with odds have the same",
                                 "a slope bends the odds of one exit against those of others");
        break;  // once for all of them
      }
    }
  }
}

// The same of slopes on each of what is outside.
void idle_rivals(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const ModelParts& parts = context.parts;
  const auto of = [](const Exit& exit, OutsideId outside) {
    double slope = exit.slopes.outside;
    for (const auto& [rival, own] : exit.rivals) slope = rival == outside ? own : slope;
    return slope;
  };
  for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
    const Exit& exit = touchpoint.next[i];
    if (!has_odds(touchpoint, exit)) continue;
    for (const auto& rival : exit.rivals) {
      if (!rival.first.valid() || rival.first.index() >= parts.outside.size()) continue;
      const Outside& outside = parts.outside[rival.first.index()];
      const auto warn = [&](const std::string& why, std::string hint) {
        context.findings.warning(fmt::format("{}.next[{}].outside.{}", path, i, outside.id), why, std::move(hint));
      };
      bool shared = touchpoint.exits == ExitRule::choice, first = true;
      std::size_t with_odds = 0;
      for (std::size_t k = 0; k < touchpoint.next.size(); ++k) {
        const Exit& other = touchpoint.next[k];
        if (!has_odds(touchpoint, other)) continue;
        ++with_odds;
        const bool named = std::any_of(other.rivals.begin(), other.rivals.end(),
                                       [&](const auto& slope) { return slope.first == rival.first; });
        shared = shared && other.slopes.outside == 0.0 && of(other, rival.first) == rival.second;
        first = first && !(named && k < i);
      }
      if (rival.second == 0.0) {
        warn("this slope changes nothing: it is 0", "write how far it bends the odds, or remove it");
      } else if (always_half(parts, rival.first)) {
        warn(half_changes_nothing, half_hint);
      } else if (touchpoint.exits == ExitRule::race && is_fixed(exit.after)) {
        warn("this slope changes nothing: in a race it bends the hazard, which a constant delay does not have",
             "draw the delay from a distribution");
      } else if (shared && first) {
        warn(with_odds == 1 ? "this slope changes nothing: no other exit has odds"
                            : "this slope changes nothing: all exits with odds have the same",
             "a slope bends the odds of one exit against those of others");
      }
    }
  }
}

// What multiplies the odds of the only exit of a choice, or a hazard that a constant delay does not have.
void idle_multipliers(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  const bool race = touchpoint.exits == ExitRule::race;
  const auto with_odds =
      std::count_if(touchpoint.next.begin(), touchpoint.next.end(), [&](const Exit& e) { return has_odds(touchpoint, e); });
  for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
    const Exit& exit = touchpoint.next[i];
    if (!has_odds(touchpoint, exit)) continue;
    const auto warn = [&](std::string_view key) {
      const std::string here = fmt::format("{}.next[{}].{}", path, i, key);
      if (race && is_fixed(exit.after)) {
        context.findings.warning(
            here,
            fmt::format("{} changes nothing: in a race it multiplies the hazard, which a constant delay does not have", key),
            "draw the delay from a distribution");
      } else if (!race && with_odds == 1) {
        context.findings.warning(here, fmt::format("{} changes nothing: no other exit has odds", key),
                                 "it multiplies the odds of one exit against those of others");
      }
    };
    if (exit.times) warn("times");
    if (!exit.counters.empty()) warn("counters");
  }
}

void idle_race_odds(const Context& context, const Touchpoint& touchpoint, const std::string& path) {
  if (touchpoint.exits != ExitRule::race) return;
  for (std::size_t i = 0; i < touchpoint.next.size(); ++i) {
    const Exit& exit = touchpoint.next[i];
    const double odds = exit.odds.value_or(1.0);
    if (exit.on != Trigger::none || odds == 1.0 || odds == 0.0 || !is_fixed(exit.after)) continue;
    context.findings.warning(
        fmt::format("{}.next[{}].odds", path, i),
        "these odds change nothing: in a race they multiply the hazard, which a constant delay does not have",
        "draw the delay from a distribution, or let a choice decide: exits = \"choice\"");
  }
}

// Weights of a persona's messages that do not tell hearers apart.
void idle_mixing(const Context& context, const WordOfMouth& talk) {
  const std::size_t people = context.parts.personas.size();
  std::vector<double> weights(people * people, 1.0);
  for (const Mixing& mixing : talk.mixing) {
    if (!(mixing.from.index() < people && mixing.to.index() < people)) return;  // an error already
    weights[mixing.from.index() * people + mixing.to.index()] = mixing.weight;
  }
  if (!talk.mixing.empty() && std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0.0; })) {
    context.findings.warning("word_of_mouth.mixing", "nobody hears anybody: all weights are 0",
                             "give a pair a weight above 0");
    return;
  }
  std::set<std::size_t> told;
  for (std::size_t i = 0; i < talk.mixing.size(); ++i) {
    const std::size_t from = talk.mixing[i].from.index();
    const auto row = weights.begin() + static_cast<std::ptrdiff_t>(from * people);
    const bool alike = std::all_of(row, row + static_cast<std::ptrdiff_t>(people),
                                   [&](double weight) { return weight == *row && weight > 0.0; });
    if (!alike || *row == 1.0 || !told.insert(from).second) continue;
    context.findings.warning(fmt::format("word_of_mouth.mixing[{}]", i),
                             fmt::format("what {} says reaches all alike: only the proportions of weights count",
                                         in_quotes(context.parts.personas[from].id)),
                             people == 1 ? "remove it: there is one persona" : "let the weights differ, or remove them");
  }
}

// Exits that wait for a good word where nobody says one.
void idle_waits_for_words(const Context& context, const WordOfMouth& talk) {
  if (talk.promoter_rate > 0.0 || talk.passive_rate > 0.0) return;
  const std::vector<Touchpoint>& touchpoints = context.parts.touchpoints;
  for (std::size_t v = 0; v < touchpoints.size(); ++v) {
    for (std::size_t i = 0; i < touchpoints[v].next.size(); ++i) {
      if (touchpoints[v].next[i].on != Trigger::heard) continue;
      context.findings.warning(fmt::format("{}.next[{}].on", context.paths.touchpoints[v], i),
                               "nobody says a good word: promoter_rate and passive_rate are 0",
                               "write promoter_rate = \"0.5 per month\"");
    }
  }
}

void idle_talk(const Context& context) {
  const ModelParts& parts = context.parts;
  if (!parts.word_of_mouth) return;
  const WordOfMouth& talk = *parts.word_of_mouth;
  const WordOfMouth standard;
  Findings& findings = context.findings;
  if (talk.promoter_rate == 0.0 && talk.passive_rate == 0.0 && talk.detractor_rate == 0.0) {
    // Reviews fade over `remembered`, too.
    if (parts.reviews && talk.remembered != standard.remembered) return;
    findings.warning("word_of_mouth", "nobody says anything: all rates are 0", "write promoter_rate = \"0.5 per month\"");
    return;
  }
  const bool slopes = any_exit(parts, [](const Exit& exit) { return exit.slopes.heard != 0.0; });
  const bool waits = any_exit(parts, [](const Exit& exit) { return exit.on == Trigger::heard; });
  if (!slopes && !waits) {
    findings.warning("word_of_mouth", "what people say moves nobody: no exit has a slope on heard or waits for a message",
                     "give an exit a slope, heard = 0.5, or let it wait, on = \"heard\"");
    return;
  }
  if (talk.negativity != standard.negativity && (talk.detractor_rate == 0.0 || !slopes)) {
    findings.warning(
        "word_of_mouth.negativity",
        fmt::format("negativity changes nothing: {}",
                    talk.detractor_rate == 0.0 ? "nobody says anything negative" : "no exit has a slope on heard"),
        "remove it");
  }
  if (talk.remembered != standard.remembered && !slopes) {
    findings.warning("word_of_mouth.remembered", "remembered changes nothing: no exit has a slope on heard", "remove it");
  }
  idle_waits_for_words(context, talk);
  idle_mixing(context, talk);
}

void idle_reviews(const Context& context) {
  const ModelParts& parts = context.parts;
  if (!parts.reviews) return;
  if (parts.reviews->probability == 0.0) {
    context.findings.warning("reviews", "nobody posts: probability is 0", "write probability = 0.05");
  } else if (!any_touchpoint(parts, [](const Touchpoint& t) { return t.reads_reviews && !t.end; })) {
    context.findings.warning("reviews", "nobody reads them: no touchpoint has reads_reviews", "add reads_reviews = true");
  } else if (parts.reviews->weight == 0.0) {
    context.findings.warning("reviews.weight", "what is read moves nobody: weight is 0", "write weight = 1");
  }
}

void idle_accounts(const Context& context) {
  const ModelParts& parts = context.parts;
  if (parts.account_correlation > 0.0 && !parts.account_segments.empty() &&
      std::all_of(parts.personas.begin(), parts.personas.end(), [](const Persona& persona) {
        return std::all_of(persona.traits.begin(), persona.traits.end(), is_fixed);
      })) {
    context.findings.warning("accounts.correlation", "correlation changes nothing: no trait varies between people",
                             "draw traits from distributions");
  }
  for (std::size_t i = 0; i < parts.account_segments.size(); ++i) {
    const std::vector<Gate>& gates = parts.account_segments[i].gates;
    for (std::size_t k = 0; k < gates.size(); ++k) {
      if (gates[k].rule == GateRule::weighted || gates[k].weights.empty()) continue;
      context.findings.warning(fmt::format("{}.gates[{}].weights", context.paths.account_segments[i], k),
                               "weights change nothing: the rule is not \"weighted\"", "remove them");
    }
  }
}

void idle_outside(const Context& context) {
  const ModelParts& parts = context.parts;
  const bool any = bends_outside(parts);
  for (std::size_t i = 0; i < parts.outside.size(); ++i) {
    if (bends_outside(parts, OutsideId(i))) continue;
    context.findings.warning(context.paths.outside[i], "what is outside changes nothing: no exit bends on it",
                             any ? fmt::format("give an exit a slope: outside = {{ {} = 1.5 }}", parts.outside[i].id)
                                 : "give an exit a slope: outside = 1.5");
  }
}

/// Of several that are outside, those that another one is above all the time: exits bend on the most attractive alone.
void never_most_attractive(const Context& context) {
  const ModelParts& parts = context.parts;
  if (!bends_outside(parts) || changes(parts, Parameter::attraction)) return;
  const double horizon = parts.settings.horizon.value();
  const auto named = [&](std::size_t i) {
    return any_exit(parts, [&](const Exit& exit) {
      return std::any_of(exit.rivals.begin(), exit.rivals.end(),
                         [&](const auto& slope) { return slope.first.valid() && slope.first.index() == i; });
    });
  };
  if (!any_exit(parts, [](const Exit& exit) { return exit.slopes.outside != 0.0; })) return;
  for (std::size_t i = 0; i < parts.outside.size(); ++i) {
    if (named(i)) continue;  // what some exit bends on by itself
    for (std::size_t j = 0; j < parts.outside.size(); ++j) {
      if (i == j) continue;
      const Outside &one = parts.outside[i], &other = parts.outside[j];
      // Both are straight between these times.
      std::set<double> times{0.0, horizon};
      for (const Outside* each : {&one, &other}) {
        for (const auto& [day, value] : each->attraction) {
          if (day < horizon) times.insert(day);
        }
      }
      bool below = true, same = true;
      for (const double day : times) {
        const double own = mean_attraction(one, day, day), its = mean_attraction(other, day, day);
        below = below && own <= its;
        same = same && own == its;
      }
      if (!below || (same && i < j)) continue;
      context.findings.warning(
          context.paths.outside[i],
          fmt::format("changes nothing: {} is {} attractive all the time", in_quotes(other.id), same ? "as" : "more"),
          "exits bend on what is most attractive: let it be more attractive at some time");
      break;
    }
  }
}

/// What would come again, but not within the horizon.
void late_repeats(const Context& context) {
  const ModelParts& parts = context.parts;
  const double horizon = parts.settings.horizon.value();
  const auto once = [&](const Change& change, const std::string& path) {
    if (!change.recurrence.every || change.start.value() >= horizon) return;
    const double again =
        stepped(change.start.value(), *change.recurrence.every, 1, parts.settings.start, change.recurrence.dated);
    if (again < horizon || (change.recurrence.last && change.recurrence.last->value() < again)) return;
    context.findings.warning(
        path + ".every",
        fmt::format("every changes nothing: it comes again on day {}, and the simulation ends on day {}", text(again),
                    text(horizon)),
        "remove it, or simulate longer");
  };
  for (std::size_t i = 0; i < parts.improvements.size(); ++i)
    once(parts.improvements[i].change, context.paths.improvements[i]);
  for (std::size_t i = 0; i < parts.events.size(); ++i) once(parts.events[i], context.paths.events[i]);
  // An anniversary of a clock that nobody arrives with.
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    for (std::size_t k = 0; k < parts.touchpoints[v].next.size(); ++k) {
      const Exit& exit = parts.touchpoints[v].next[k];
      if (!exit.every || !exit.clock.valid() || exit.every->value() <= horizon) continue;
      const bool runs = std::any_of(parts.personas.begin(), parts.personas.end(), [&](const Persona& persona) {
        return (exit.clock == tenure_clock && persona.existing()) ||
               std::any_of(persona.ages.begin(), persona.ages.end(),
                           [&](const auto& age) { return age.first == exit.clock; });
      });
      if (runs) continue;
      context.findings.warning(
          fmt::format("{}.next[{}].every", context.paths.touchpoints[v], k),
          fmt::format("never comes: the first anniversary is {} days after the clock starts, and the simulation lasts {}",
                      text(exit.every->value()), text(horizon)),
          "simulate longer, or let personas arrive with an age of the clock: ages");
    }
  }
}

void plans_alike(const Context& context) {
  const ModelParts& parts = context.parts;
  std::map<std::pair<std::map<ImprovementId, double>, std::set<RuleId>>, std::size_t> known;
  for (std::size_t plan = 1; plan < parts.plans.size(); ++plan) {
    const std::vector<ImprovementId>& list = parts.plans[plan].improvements;
    std::map<ImprovementId, double> bought;
    for (std::size_t i = 0; i < list.size(); ++i) bought.emplace(list[i], parts.plans[plan].level(i));
    const std::set<RuleId> rules(parts.plans[plan].rules.begin(), parts.plans[plan].rules.end());
    const auto [other, fresh] = known.emplace(std::pair(std::move(bought), rules), plan);
    if (fresh || (list.empty() && rules.empty())) continue;
    context.findings.warning(context.paths.plans[plan],
                             fmt::format("buys the same as plan {}", in_quotes(parts.plans[other->second].id)),
                             "keep one of them");
  }
}

}  // namespace

void check_idle_keys(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  // Without people or places everything is idle, and the error is elsewhere.
  if (std::find(reach.any.begin(), reach.any.end(), true) == reach.any.end()) return;
  idle_settings(context);
  idle_behaviour(context);
  idle_budget(context);
  for (std::size_t i = 0; i < parts.personas.size(); ++i) idle_preferences(context, i);
  idle_channels_and_teams(context);
  idle_handovers(context);
  idle_assumed(context);
  idle_team_goals(context);
  idle_pools(context);
  for (std::size_t i = 0; i < parts.touchpoints.size(); ++i) {
    idle_at_touchpoint(context, parts.touchpoints[i], context.paths.touchpoints[i]);
    idle_slopes(context, parts.touchpoints[i], context.paths.touchpoints[i]);
    idle_rivals(context, parts.touchpoints[i], context.paths.touchpoints[i]);
    idle_multipliers(context, parts.touchpoints[i], context.paths.touchpoints[i]);
    idle_race_odds(context, parts.touchpoints[i], context.paths.touchpoints[i]);
  }
  check_idle_carried(context, reach);
  check_idle_content(context, reach);
  idle_talk(context);
  idle_reviews(context);
  check_idle_surveys(context, reach);
  check_idle_rules(context, reach);
  check_idle_tiers(context, reach);
  idle_accounts(context);
  idle_outside(context);
  never_most_attractive(context);
  late_repeats(context);
  plans_alike(context);
}

}  // namespace sojourn::checking
