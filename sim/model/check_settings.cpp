// Checks of [scenario] and [behaviour].
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "findings.hpp"

namespace sojourn::checking {
namespace {

// YYYY-MM-DD, and a day that the calendar has.
bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t first, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(first, count)) {
      if (c < '0' || c > '9') return -1;
      value = 10 * value + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return false;
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}}
      .ok();
}

void check_time(const Settings& settings, Findings& findings) {
  constexpr double most_windows = 1e5;
  if (!is_date(settings.start)) {
    findings.error("scenario.start", fmt::format("{} is no date", in_quotes(settings.start)), "write it as 2026-01-31");
  }
  // Negated, so that not-a-number is found too.
  if (!(settings.horizon > Days(0.0)) || !(settings.window > Days(0.0))) return;
  const double windows = std::ceil(settings.horizon / settings.window);
  if (windows > most_windows) {
    findings.error("scenario.window",
                   fmt::format("the horizon has {} windows, but may have {}", text(windows), text(most_windows)),
                   fmt::format("make the window {} days or longer", text(settings.horizon.value() / most_windows)));
  } else if (settings.window > settings.horizon) {
    findings.warning("scenario.window",
                     fmt::format("window is {} days, longer than the horizon of {}", text(settings.window.value()),
                                 text(settings.horizon.value())),
                     "a shorter window gives a time series");
  }
}

/// What comes out wrong where simulated customers fill no whole number of copies of the market (sim/MODEL.md, section 4);
/// empty where nothing does.
std::string wrong_of_a_rest(const ModelParts& parts) {
  if (!parts.account_segments.empty()) {
    return "in some accounts nobody takes a server's time: where members of an account come together waits may come out "
           "some "
           "per cent too short";
  }
  constexpr double soon = 1.0;  // days; after these it is
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next) {
      if (!touchpoint.queues() || !exit.to.valid() || exit.on != Trigger::none || !(mean(exit.after) < soon)) continue;
      const Touchpoint& next = parts.touchpoints[exit.to.index()];
      if (!next.queues()) continue;
      return fmt::format(
          "who leaves the line of \"{}\" soon comes to that of \"{}\": waits there may come out some per cent too long",
          touchpoint.id, next.id);
    }
  }
  return {};
}

/// A queue is exact only where one simulated customer is one real one.
void check_people_at_queues(const ModelParts& parts, Findings& findings) {
  if (!parts.settings.market) return;
  const double k = *parts.settings.market / static_cast<double>(parts.settings.customers);
  const auto queues = [](const Touchpoint& touchpoint) { return touchpoint.queues(); };
  if (std::none_of(parts.touchpoints.begin(), parts.touchpoints.end(), queues)) return;
  if (k > 0.0 && k < 1.0 && !copies_of_market(parts.settings).whole()) {
    const bool people = *parts.settings.market == std::floor(*parts.settings.market);
    if (const std::string wrong = wrong_of_a_rest(parts); !wrong.empty()) {
      findings.warning(
          "scenario.customers", fmt::format("each customer is {:.3g} of a real one at the servers, and {}", k, wrong),
          people ? fmt::format("the queue is exact with customers = {:.0f}, or a multiple of it", *parts.settings.market)
                 : "the queue is exact with a market of whole people, and customers a multiple of it");
    }
  }
  if (!(k > 1.0)) return;
  bool fixed = false;  // calls that come a fixed time after a visit, all those of one customer together
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next) {
      const Fixed* const delay = std::get_if<Fixed>(&exit.after);
      const bool at_once = delay != nullptr && exit.to.valid() && queues(parts.touchpoints[exit.to.index()]);
      fixed = fixed || (at_once && !queues(touchpoint));
    }
  }
  // The number of few people varies more than that of many, and the load with it. At a load of 0.85 the mean wait comes out
  // a seventh too long with 500 people, by 4 % with 1,000, by 1 % with 2,000, which is no more than it is off without.
  const double few = 1.0 / std::sqrt(static_cast<double>(parts.settings.customers));
  constexpr double felt = 0.025;
  const bool varies = parts.settings.arrivals == PeopleNumber::poisson && few > felt;
  findings.warning(
      "scenario.customers",
      fmt::format(
          "each customer stands for {:.3g} real ones at the servers, {}", k,
          fixed    ? "and some of their calls fall together, after a fixed delay: waits come out too long"
          : varies ? fmt::format("and with arrivals = \"poisson\" their number, and so the load, varies by {:.2g} % between "
                                 "replications: waits come out too long",
                                 100.0 * few)
                   : "whose waits are right to some 5 % up to a load of 0.9"),
      fmt::format("the queue is exact with customers = {:.0f}", *parts.settings.market));
  constexpr double much_memory = 1e9;
  const double memory = (*parts.settings.market - static_cast<double>(parts.settings.customers)) * bytes_per_real_customer;
  if (memory > much_memory) {
    findings.warning("scenario.market",
                     fmt::format("{:.3g} real customers may take {:.3g} GB of memory at the servers", *parts.settings.market,
                                 memory / 1e9),
                     "a lower market with as much fewer servers takes less; its waits are somewhat longer");
  }
}

void check_discount(const Settings& settings, Findings& findings) {
  if (settings.discount > 1.0) {
    findings.warning("scenario.discount",
                     fmt::format("a discount of {} is {:.0f} % a year", settings.discount, 100.0 * settings.discount),
                     "8 % per year is 0.08");
  }
  // A negative discount lets later money count for more; beyond a millionfold the sums lose their digits.
  if (settings.discount > -1.0 &&
      -std::log1p(settings.discount) * settings.horizon.value() / days_per_year > std::log(1e6)) {
    findings.error("scenario.discount",
                   fmt::format("a discount of {} makes money at the horizon worth more than a million times as much",
                               settings.discount),
                   "8 % per year is 0.08");
  }
}

/// The goal of the scenario or of a team, which stands at `owner`; `figures` are those that it may name.
void check_goal(const std::vector<GoalWeight>& goal, const std::string& owner, const keys::Table& figures,
                Findings& findings) {
  std::set<std::string_view> named;
  for (const GoalWeight& one : goal) {
    const std::string path = owner + ".goal." + one.figure;
    const keys::Key* const key = figures.find(one.figure);
    if (key == nullptr) {
      findings.error(owner + ".goal", fmt::format("goal cannot be {}", in_quotes(one.figure)));
      continue;
    }
    if (!named.insert(one.figure).second)
      findings.error(path, fmt::format("the goal names {} twice", in_quotes(one.figure)));
    findings.number(path, one.weight, key->bounds);
  }
}

void check_traits(const std::vector<Trait>& traits, Findings& findings) {
  const std::vector<Trait> builtin = builtin_traits();
  std::set<std::string_view> taken;
  for (std::size_t i = 0; i < traits.size(); ++i) {
    const Trait& trait = traits[i];
    const std::string path = "behaviour.traits." + trait.name;
    if (trait.name.empty()) findings.error(fmt::format("behaviour.traits[{}]", i), "a trait has no name");
    if (!taken.insert(trait.name).second)
      findings.error(path, fmt::format("another trait is named {}", in_quotes(trait.name)));
    // Negated, so that not-a-number is found too.
    if (!(trait.low <= trait.high)) {
      findings.error(path, fmt::format("range of {} is {} to {}", trait.name, text(trait.low), text(trait.high)));
    } else {
      findings.number(path, trait.standard, {trait.low, trait.high});
    }
    if (i < builtin.size() && trait.name != builtin[i].name) {
      findings.error(path, fmt::format("trait {} is {}, but must be the built-in {}", i + 1, in_quotes(trait.name),
                                       in_quotes(builtin[i].name)));
    }
  }
  for (std::size_t i = traits.size(); i < builtin.size(); ++i) {
    findings.error("behaviour.traits", fmt::format("the built-in trait {} is missing", in_quotes(builtin[i].name)));
  }
}

}  // namespace

void check_settings(const Context& context) {
  context.findings.fields("scenario", keys::settings(), context.parts.settings);
  check_time(context.parts.settings, context.findings);
  check_discount(context.parts.settings, context.findings);
  check_goal(context.parts.settings.goal, "scenario", keys::table("goal"), context.findings);
  for (std::size_t i = 0; i < context.parts.teams.size(); ++i)
    check_goal(context.parts.teams[i].goal, context.paths.teams[i], keys::table("team_goal"), context.findings);
  check_people_at_queues(context.parts, context.findings);
  context.findings.fields("behaviour", keys::behaviour(), context.parts.behaviour);
  check_traits(context.parts.traits, context.findings);
}

}  // namespace sojourn::checking
