// Checks of [[improvement]], [[event]] and [[plan]]: what they say, not yet what they act on.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "findings.hpp"
#include "sojourn/model/budget.hpp"
#include "sojourn/model/calendar.hpp"
#include "sojourn/model/change_arithmetic.hpp"

namespace sojourn::checking {
namespace {

bool is_exit_parameter(Parameter parameter) {
  return parameter == Parameter::odds || parameter == Parameter::probability || parameter == Parameter::delay;
}

void check_target(const Context& context, const Target& target, const std::string& path) {
  const ModelParts& parts = context.parts;
  const auto check_list = [&](std::string_view key, const auto& ids, std::size_t count, std::string_view kind) {
    for (const auto id : ids) context.findings.reference(fmt::format("{}.{}", path, key), id, count, kind);
  };
  check_list("touchpoint", target.touchpoints, parts.touchpoints.size(), "touchpoint");
  check_list("channel", target.channels, parts.channels.size(), "channel");
  check_list("team", target.teams, parts.teams.size(), "team");
  check_list("persona", target.personas, parts.personas.size(), "persona");
  check_list("exit_to", target.exit_to, parts.touchpoints.size(), "touchpoint");
  check_list("pool", target.pools, parts.pools.size(), "pool");
  check_list("outside", target.outside, parts.outside.size(), "outside");
}

Bounds bounds_of(Parameter parameter) {
  const Range allowed = range(parameter);
  if (allowed.high == 1.0) return fraction;
  if (parameter == Parameter::price) return {0.0, largest_money};
  return allowed.low == 0.0 ? not_negative : money;
}

void check_effect(const Effect& effect, const Target& target, const std::string& path, Findings& findings) {
  const std::string here = fmt::format("{}.effect.{}", path, name(effect.parameter));
  const Bounds bounds = bounds_of(effect.parameter);
  switch (effect.operation) {
    case Operation::set:
      findings.number(here, effect.value, bounds);
      break;
    case Operation::add:
      findings.number(here, effect.value, {-bounds.high, bounds.high}, fmt::format("shift of {}", name(effect.parameter)),
                      bounds.high == 1.0 ? "a relative change carries a percent sign: \"+15%\"" : "");
      break;
    case Operation::multiply:
      findings.number(here, effect.value, not_negative, fmt::format("factor of {}", name(effect.parameter)),
                      "\"-100%\" is the deepest cut");
      break;
  }
  const bool of_visits = !target.touchpoints.empty() || !target.channels.empty() || !target.teams.empty() ||
                         !target.stages.empty() || !target.personas.empty() || !target.exit_to.empty() ||
                         !target.pools.empty();
  if (effect.parameter == Parameter::attraction && of_visits) {
    findings.error(here, "what is outside is no visit, and the same for everybody",
                   "let the target name it alone: { outside = \"rival\" }");
  } else if (effect.parameter != Parameter::attraction && !target.outside.empty()) {
    findings.error(here, fmt::format("{} cannot change outside the company", name(effect.parameter)),
                   "change attraction, or remove outside from the target");
  }
  const bool shared = effect.parameter == Parameter::servers || effect.parameter == Parameter::handle_time;
  if (shared && !target.personas.empty()) {
    findings.error(here, fmt::format("{} cannot change for some personas only", name(effect.parameter)),
                   "remove persona from the target: one queue serves all");
  }
  const bool narrowed = !target.touchpoints.empty() || !target.channels.empty() || !target.teams.empty() ||
                        !target.stages.empty() || !target.personas.empty();
  if (effect.parameter == Parameter::servers && !target.pools.empty() && narrowed) {
    findings.error(here, "servers of a pool cannot change for some visits only", "let the target name the pool alone");
  }
}

void check_recurrence(const Context& context, const Change& change, const std::string& path) {
  Findings& findings = context.findings;
  const Recurrence& recurrence = change.recurrence;
  if (!recurrence.any()) return;
  bool good = true;
  const auto refuse = [&](std::string_view key, std::string message, std::string hint) {
    findings.error(fmt::format("{}.{}", path, key), std::move(message), std::move(hint));
    good = false;
  };
  if (recurrence.duration) good = findings.number(path + ".duration", recurrence.duration->days, keys::positive) && good;
  if (recurrence.every) good = findings.number(path + ".every", recurrence.every->days, keys::positive) && good;
  if (recurrence.duration && change.end) {
    refuse("duration", "duration and end both say when it is over", "keep one of them; after `last` it begins no more");
  }
  if (recurrence.every && !recurrence.duration) {
    refuse("every", "it begins again and again, but nothing says how long it is on each time", "add duration = \"3 days\"");
  }
  if (good && recurrence.every && recurrence.duration && recurrence.duration->days > recurrence.every->days) {
    refuse("duration",
           fmt::format("it is on for {} days, but begins again after {}", text(recurrence.duration->days),
                       text(recurrence.every->days)),
           "let it be shorter");
  }
  if (!recurrence.hours.empty() && change.ramp.shape != RampShape::none) {
    refuse("hours", "what is on by the hour has no ramp", "remove one of them");
  }
  if (recurrence.last && !recurrence.every) {
    findings.warning(path + ".last", "last changes nothing: it begins once", "add every = \"1 year\", or remove it");
  } else if (recurrence.last && *recurrence.last < change.start) {
    refuse("last",
           fmt::format("it begins no more after day {}, but starts on day {}", text(recurrence.last->value()),
                       text(change.start.value())),
           "let it be later");
  }
  if (recurrence.hours.size() == 1) {
    findings.warning(path + ".hours", "hours change nothing: they are the whole week", "remove them");
  }
  const double horizon = context.parts.settings.horizon.value();
  if (!good || !(horizon > 0.0) || !(change.start.value() >= 0.0)) return;
  if (stretches_of(change, context.parts.settings.start, horizon).size() > most_stretches) {
    refuse(recurrence.every ? "every" : "hours",
           fmt::format("it is on more than {} times within the horizon", most_stretches),
           "let it come less often, or simulate a shorter time");
  }
}

void check_change(const Context& context, const Change& change, const std::string& path) {
  Findings& findings = context.findings;
  check_target(context, change.target, path + ".target");
  for (const Effect& effect : change.effects) check_effect(effect, change.target, path, findings);
  const bool shifts_exits = std::any_of(change.effects.begin(), change.effects.end(),
                                        [](const Effect& effect) { return is_exit_parameter(effect.parameter); });
  if (!change.target.exit_to.empty() && !change.effects.empty() && !shifts_exits) {
    findings.error(path + ".target.exit_to", "exit_to narrows exits, but no effect is on an exit",
                   "remove exit_to, or change odds, probability or delay");
  }
  findings.fields(path, keys::change(), change);
  if (change.end && change.start >= *change.end && change.start >= Days(0.0) && *change.end >= Days(0.0)) {
    findings.error(
        path + ".end",
        fmt::format("ends on day {}, but starts on day {}", text(change.end->value()), text(change.start.value())),
        "let it end later than it starts");
  }
  check_recurrence(context, change, path);
  const std::string ramp = change.ramp.shape == RampShape::s_curve ? ".ramp.s_curve" : ".ramp.linear";
  findings.number(path + ramp, change.ramp.over.value(), not_negative, "ramp");
}

void check_improvement(const Context& context, const Improvement& improvement, const std::string& path) {
  Findings& findings = context.findings;
  findings.fields(path + ".cost", keys::price(), improvement.price);
  if (improvement.response) findings.fields(path + ".response.hill", keys::hill(), *improvement.response);
  std::set<double> levels;
  for (std::size_t i = 0; i < improvement.levels.size(); ++i) {
    const std::string here = fmt::format("{}.levels[{}]", path, i);
    const double level = improvement.levels[i];
    if (findings.number(here, level, {0.0, 1.0, Limit::outside}, "level") && !levels.insert(level).second) {
      findings.error(here, fmt::format("level {} is named twice", text(level)), "keep one of them");
    }
  }
}

// A plan that cannot be paid is none. What is paid per visit only the simulation knows.
void check_budget(const Context& context, const Plan& plan, const std::string& path, const std::vector<Quarter>& quarters) {
  const double limit = *context.parts.budget.per_quarter;
  std::vector<double> spent(quarters.size(), 0.0);
  for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
    if (plan.improvements[i].index() >= context.parts.improvements.size()) return;
    if (!(plan.level(i) > 0.0 && plan.level(i) <= 1.0)) return;  // an error already
    const std::vector<double> own = spending_by_quarter(context.parts.improvements[plan.improvements[i].index()],
                                                        plan.level(i), context.parts.settings, quarters);
    for (std::size_t k = 0; k < spent.size(); ++k) spent[k] += own[k];
  }
  for (std::size_t k = 0; k < spent.size(); ++k) {
    if (within_budget(spent[k], limit)) continue;
    context.findings.error(path,
                           fmt::format("the plan \"{}\" spends {:.0f} in {}, and the budget of a quarter is {:.0f}", plan.id,
                                       spent[k], quarters[k].name, limit),
                           "buy less of an improvement, let one start later, or raise budget.per_quarter");
    return;
  }
}

void check_plan(const Context& context, const Plan& plan, const std::string& path) {
  const std::vector<Improvement>& improvements = context.parts.improvements;
  if (plan.improvements.empty() && plan.rules.empty()) {
    context.findings.error(path + ".improvements", "the plan names no improvement",
                           "name one; the empty plan is there already, as \"baseline\"");
  }
  std::set<RuleId> rules;
  for (std::size_t i = 0; i < plan.rules.size(); ++i) {
    const std::string here = fmt::format("{}.rules[{}]", path, i);
    if (!context.findings.reference(here, plan.rules[i], context.parts.rules.size(), "rule")) continue;
    if (!rules.insert(plan.rules[i]).second) {
      context.findings.error(here,
                             fmt::format("{} is named twice", in_quotes(context.parts.rules[plan.rules[i].index()].id)),
                             "keep one of them");
    }
  }
  std::set<ImprovementId> named;
  for (std::size_t i = 0; i < plan.improvements.size(); ++i) {
    const ImprovementId improvement = plan.improvements[i];
    const std::string here = fmt::format("{}.improvements[{}]", path, i);
    if (!context.findings.reference(here, improvement, improvements.size(), "improvement")) continue;
    context.findings.number(here + (plan.levels.empty() ? "" : ".level"), plan.level(i), {0.0, 1.0, Limit::outside},
                            "level");
    if (!named.insert(improvement).second) {
      context.findings.error(here, fmt::format("{} is named twice", in_quotes(improvements[improvement.index()].change.id)),
                             "keep one of them");
    }
  }
}

void check_outside(const Context& context, const Outside& outside, const std::string& path) {
  const std::string here = path + ".attraction";
  if (outside.attraction.empty()) context.findings.error(here, "the attraction has no point", "write attraction = 0.5");
  for (std::size_t i = 0; i < outside.attraction.size(); ++i) {
    const auto& [day, value] = outside.attraction[i];
    context.findings.number(here, value, fraction, "attraction");
    context.findings.number(here, day, not_negative, "time of the attraction");
    if (i > 0 && !(day > outside.attraction[i - 1].first))
      context.findings.error(here, "the times of a table must rise", "write { table = [[0, 0.5], [\"1 year\", 0.6]] }");
  }
}

}  // namespace

void check_changes(const Context& context) {
  const ModelParts& parts = context.parts;
  for (std::size_t i = 0; i < parts.outside.size(); ++i) check_outside(context, parts.outside[i], context.paths.outside[i]);
  for (std::size_t i = 0; i < parts.improvements.size(); ++i) {
    check_change(context, parts.improvements[i].change, context.paths.improvements[i]);
    check_improvement(context, parts.improvements[i], context.paths.improvements[i]);
  }
  for (std::size_t i = 0; i < parts.events.size(); ++i) check_change(context, parts.events[i], context.paths.events[i]);
}

void check_plans(const Context& context) {
  const ModelParts& parts = context.parts;
  if (parts.plans.empty() || parts.plans.front().id != "baseline" || !parts.plans.front().improvements.empty() ||
      !parts.plans.front().rules.empty()) {
    context.findings.error("plan", "the first plan is not the empty plan \"baseline\"");
  }
  std::vector<bool> used(parts.improvements.size(), false);
  const auto use = [&](ImprovementId improvement) {
    if (improvement.index() < used.size()) used[improvement.index()] = true;
  };
  for (std::size_t i = 1; i < parts.plans.size(); ++i) check_plan(context, parts.plans[i], context.paths.plans[i]);
  context.findings.fields("budget", keys::budget(), parts.budget);
  if (parts.budget.per_quarter && parts.settings.horizon > Days(0.0) && parts.settings.horizon <= Days(1e6)) {
    const std::vector<Quarter> all = quarters(parts.settings);
    for (std::size_t i = 1; i < parts.plans.size(); ++i) check_budget(context, parts.plans[i], context.paths.plans[i], all);
  }
  for (const Plan& plan : parts.plans) std::for_each(plan.improvements.begin(), plan.improvements.end(), use);
  // A rule that no plan names has a warning of its own.
  for (const Rule& rule : parts.rules) use(rule.switch_on);
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i])
      context.findings.warning(context.paths.improvements[i], "no plan names this improvement", "add it to a plan");
  }
}

}  // namespace sojourn::checking
