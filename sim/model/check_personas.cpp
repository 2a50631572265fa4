// Checks of [[persona]].
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "findings.hpp"

namespace sojourn::checking {
namespace {

void check_share(const Context& context, const Persona& persona, const std::string& path) {
  if (persona.share >= 0.0 && persona.share < 0.01) {
    context.findings.warning(path + ".share", fmt::format("share is {}, under 1 %", text(persona.share)),
                             "simulate enough customers, or join it with another persona");
  }
}

void check_starts(const Context& context, const Persona& persona, const std::string& path) {
  if (persona.starts.empty()) {
    context.findings.error(path + ".starts", "the persona starts nowhere", "name its first touchpoint: { see-ad = 1.0 }");
    return;
  }
  std::vector<double> shares;
  std::set<TouchpointId> named;
  for (const auto& [touchpoint, share] : persona.starts) {
    shares.push_back(share);
    if (!context.findings.reference(path + ".starts", touchpoint, context.parts.touchpoints.size(), "touchpoint")) {
      context.findings.number(path + ".starts", share, fraction, "a share");
      continue;
    }
    const std::string& id = context.parts.touchpoints[touchpoint.index()].id;
    context.findings.number(path + ".starts." + id, share, fraction, "share of " + in_quotes(id));
    if (!named.insert(touchpoint).second)
      context.findings.error(path + ".starts", fmt::format("{} is named twice", in_quotes(id)));
  }
  context.findings.shares(path + ".starts", shares, "starts");
}

void check_traits_of(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Trait>& traits = context.parts.traits;
  for (std::size_t i = 0; i < std::min(traits.size(), persona.traits.size()); ++i) {
    context.findings.distribution(path + ".traits." + traits[i].name, persona.traits[i], {traits[i].low, traits[i].high});
  }
  for (std::size_t i = persona.traits.size(); i < traits.size(); ++i) {
    context.findings.error(path + ".traits", fmt::format("trait {} has no value", in_quotes(traits[i].name)),
                           fmt::format("set traits.{}", traits[i].name));
  }
  if (persona.traits.size() > traits.size()) {
    context.findings.error(
        path + ".traits", fmt::format("there are {} values for {}", persona.traits.size(), counted(traits.size(), "trait")));
  }
}

void check_preferences(const Context& context, const Persona& persona, const std::string& path) {
  std::set<std::string_view> themes;
  for (const auto& [theme, weight] : persona.needs) {
    context.findings.number(path + ".needs." + theme, weight, not_negative);
    if (!themes.insert(theme).second)
      context.findings.error(path + ".needs", fmt::format("{} is named twice", in_quotes(theme)));
  }
  std::set<ChannelId> channels;
  for (const auto& [channel, times] : persona.channels) {
    if (!context.findings.reference(path + ".channels", channel, context.parts.channels.size(), "channel")) continue;
    const std::string& id = context.parts.channels[channel.index()].id;
    context.findings.number(path + ".channels." + id, times, not_negative, "preference for " + in_quotes(id));
    if (!channels.insert(channel).second) {
      context.findings.error(path + ".channels", fmt::format("{} is named twice", in_quotes(id)));
    }
  }
}

void check_ages(const Context& context, const Persona& persona, const std::string& path) {
  std::set<ClockId> named;
  for (const auto& [clock, age] : persona.ages) {
    if (!context.findings.reference(path + ".ages", clock, context.parts.clocks.size(), "clock")) continue;
    const std::string& id = context.parts.clocks[clock.index()].id;
    const std::string here = fmt::format("{}.ages.{}", path, id);
    context.findings.distribution(here, age, not_negative, "age of " + in_quotes(id));
    if (clock == tenure_clock) {
      context.findings.error(here, fmt::format("{} begins with the first purchase, not at arrival", in_quotes(id)),
                             "of people who arrive as customers write tenure = ...; else name a clock of your own");
    }
    if (!named.insert(clock).second) context.findings.error(path + ".ages", fmt::format("{} is named twice", in_quotes(id)));
  }
}

void check_standing(const Context& context, const Persona& persona, const std::string& path) {
  const std::string here = path + ".tenure";
  if (persona.tenure) context.findings.distribution(here, *persona.tenure, not_negative, "tenure");
  if (persona.existing() && !persona.tenure) {
    context.findings.error(path + ".standing", "nothing says how long they have been customers when they arrive",
                           "add tenure = { uniform = [\"0 days\", \"6 years\"] }");
  }
  if (!persona.existing() && persona.tenure) {
    context.findings.warning(here, "tenure changes nothing: the persona's people are prospects when they arrive",
                             "add standing = \"customer\", or remove it");
  }
}

void check_odds(const Context& context, const Persona& persona, const std::string& path) {
  const std::vector<Touchpoint>& touchpoints = context.parts.touchpoints;
  std::set<std::pair<TouchpointId, TouchpointId>> named;
  for (std::size_t i = 0; i < persona.odds.size(); ++i) {
    const PersonaOdds& odds = persona.odds[i];
    const std::string here = fmt::format("{}.odds[{}]", path, i);
    context.findings.fields(here, keys::persona_odds(), odds);
    const bool from = context.findings.reference(here + ".from", odds.from, touchpoints.size(), "touchpoint");
    const bool to = context.findings.reference(here + ".to", odds.to, touchpoints.size(), "touchpoint");
    if (!from || !to) continue;
    const Touchpoint& touchpoint = touchpoints[odds.from.index()];
    const std::string between =
        fmt::format("{} to {}", in_quotes(touchpoint.id), in_quotes(touchpoints[odds.to.index()].id));
    if (!named.insert({odds.from, odds.to}).second) context.findings.error(here, fmt::format("{} is named twice", between));
    const bool acts = std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [&](const Exit& exit) {
      return exit.to == odds.to && exit.on == Trigger::none && (exit.odds || touchpoint.exits == ExitRule::race);
    });
    if (!acts) {
      context.findings.warning(here, fmt::format("no exit with odds leads from {}", between),
                               "add one, or remove these odds: they change nothing");
    }
  }
}

void check_arrival(const Context& context, const Persona& persona, const std::string& path) {
  context.findings.distribution(path + ".arrives", persona.arrives, not_negative);
  double first = 0.0;
  if (const auto* fixed = std::get_if<Fixed>(&persona.arrives)) first = fixed->value;
  if (const auto* uniform = std::get_if<Uniform>(&persona.arrives)) first = uniform->low;
  const double horizon = context.parts.settings.horizon.value();
  if (horizon > 0.0 && first > horizon) {
    context.findings.warning(
        path + ".arrives",
        fmt::format("nobody arrives before day {}, after the horizon of {} days", text(first), text(horizon)),
        "let the persona arrive earlier, or simulate longer");
  }
}

}  // namespace

void check_personas(const Context& context) {
  const std::vector<Persona>& personas = context.parts.personas;
  if (personas.empty()) {
    context.findings.error("persona", "there is no persona", "add one: [[persona]] with id, share = 1 and starts");
    return;
  }
  constexpr std::size_t most = 65'535;
  if (personas.size() > most) {
    context.findings.error(context.paths.personas[most],
                           fmt::format("there are {} personas, but there may be {}", personas.size(), most),
                           "a persona is a segment: people differ by their traits");
    return;
  }
  std::vector<double> shares;
  for (std::size_t i = 0; i < personas.size(); ++i) {
    const std::string& path = context.paths.personas[i];
    shares.push_back(personas[i].share);
    context.findings.fields(path, keys::persona(), personas[i]);
    check_share(context, personas[i], path);
    check_starts(context, personas[i], path);
    check_arrival(context, personas[i], path);
    check_traits_of(context, personas[i], path);
    check_preferences(context, personas[i], path);
    check_odds(context, personas[i], path);
    check_ages(context, personas[i], path);
    check_standing(context, personas[i], path);
  }
  context.findings.shares(context.paths.personas.back() + ".share", shares, "shares of the personas");
}

}  // namespace sojourn::checking
