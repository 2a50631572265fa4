// Warnings about surveys and closed loops that ask or lead nobody.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "findings.hpp"
#include "sojourn/model/closed_loops.hpp"

namespace sojourn::checking {
namespace {

// Whether the persona multiplies the odds of the exit by 0.
bool closes(const ModelParts& parts, const Persona& persona, TouchpointId touchpoint, const Exit& exit) {
  const ChannelId into = parts.touchpoints[exit.to.index()].channel;
  return std::any_of(
             persona.odds.begin(), persona.odds.end(),
             [&](const PersonaOdds& odds) { return odds.from == touchpoint && odds.to == exit.to && odds.times == 0.0; }) ||
         std::any_of(persona.channels.begin(), persona.channels.end(),
                     [&](const auto& channel) { return channel.first == into && channel.second == 0.0; });
}

// Whether everybody takes an exit of the touchpoint in the end, whoever they are.
bool all_move_on(const ModelParts& parts, TouchpointId touchpoint) {
  const std::vector<Exit>& exits = parts.touchpoints[touchpoint.index()].next;
  double probability = 0.0;
  for (const Exit& exit : exits) {
    const double* constant = std::get_if<double>(&exit.probability);
    if (exit.on == Trigger::none && !exit.only_if.any() && constant != nullptr) probability += *constant;
  }
  if (probability >= 1.0 - sum_tolerance) return true;
  return std::all_of(parts.personas.begin(), parts.personas.end(), [&](const Persona& persona) {
    return std::any_of(exits.begin(), exits.end(), [&](const Exit& exit) {
      return exit.on == Trigger::none && !exit.only_if.any() && !exit.times && exit.odds.value_or(0.0) > 0.0 &&
             !closes(parts, persona, touchpoint, exit);
    });
  });
}

// The time, in days, after which nobody stays at a touchpoint any more, as far as that can be told: infinity where not.
double longest_stay(const ModelParts& parts, TouchpointId id) {
  const Touchpoint& touchpoint = parts.touchpoints[id.index()];
  const bool race = touchpoint.exits == ExitRule::race;
  for (const Parameter parameter : {Parameter::delay, Parameter::odds, Parameter::probability, Parameter::traffic}) {
    if (changes(parts, parameter)) return infinity;
  }
  if (!race && !all_move_on(parts, id)) return infinity;
  double longest = race ? infinity : 0.0;
  for (const Exit& exit : touchpoint.next) {
    if (exit.on != Trigger::none) continue;
    // In a race the first to come ends the stay; odds and slopes act on hazards, which a constant delay does not have.
    const bool sure = std::holds_alternative<Fixed>(exit.after) && !exit.scale && !exit.clock.valid() &&
                      !exit.only_if.any() && exit.odds.value_or(1.0) > 0.0;
    if (race && sure) longest = std::min(longest, std::get<Fixed>(exit.after).value);
    if (!race) longest = exit.scale ? infinity : std::max(longest, range_of(exit.after).second);
  }
  return longest;
}

// The longest stay where a survey's closed loop may find somebody.
double longest_stay(const ModelParts& parts, const Reach& reach, const std::vector<Recovery>& ways, std::size_t survey) {
  double longest = 0.0;
  for (const Recovery& way : ways) {
    if (way.survey == survey && reach.any[way.from])
      longest = std::max(longest, longest_stay(parts, TouchpointId(way.from)));
  }
  return longest;
}

// A closed loop that leads nobody anywhere, or everybody.
void idle_closed_loop(const Context& context, const Reach& reach, std::size_t survey) {
  const ModelParts& parts = context.parts;
  const ClosedLoop& loop = *parts.surveys[survey].closed_loop;
  const std::string path = context.paths.surveys[survey] + ".closed_loop";
  if (!(loop.to.index() < parts.touchpoints.size())) return;
  const QuestionScale& scale = scale_of(parts.surveys[survey].asks);
  const double least = scale.first, largest = scale.last;
  const std::vector<Recovery> ways = recoveries_of(parts);
  const std::string inside = fmt::format("write a number inside the scale, {} to {}", text(least), text(largest));
  if (loop.below <= least) {
    context.findings.warning(path + ".below", fmt::format("no answer is low: the scale begins at {}", text(least)), inside);
  } else if (loop.below > largest) {
    context.findings.warning(path + ".below", fmt::format("every answer is low: the scale ends at {}", text(largest)),
                             inside);
  }
  if (loop.within > parts.settings.horizon) {
    context.findings.warning(path + ".within", "nobody is led away: that is beyond the horizon", "write a shorter time");
  } else if (std::none_of(ways.begin(), ways.end(), [&](const Recovery& way) { return way.survey == survey; })) {
    context.findings.warning(path + ".to", "nobody is led away: who is asked is there already",
                             "name another touchpoint, or ask elsewhere");
  } else if (const double stay = longest_stay(parts, reach, ways, survey); stay > 0.0 && loop.within.value() > stay) {
    context.findings.warning(
        path + ".within",
        fmt::format("nobody is led away: where this survey asks nobody stays longer than {:.3g} days", stay),
        "write a shorter time");
  }
}

}  // namespace

double most_answer_logit(const ModelParts& parts, const Survey& survey) {
  double most = 0.0;
  for (const Persona& persona : parts.personas) {
    const Distribution& own = persona.traits[id(BuiltinTrait::response_propensity).index()];
    most = std::max(most, is_constant(own) ? mean(own) : 100.0);
  }
  return survey.base + std::max(0.0, survey.extremity) + 0.5 * std::fabs(survey.unmet) + most;
}

void check_idle_surveys(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (std::size_t s = 0; s < parts.surveys.size(); ++s) {
    const Survey& survey = parts.surveys[s];
    const std::string& path = context.paths.surveys[s];
    if (survey.sample == 0.0) {
      context.findings.warning(path + ".sample", "nobody is asked: sample is 0", "write sample = 0.3");
      continue;
    }
    if (survey.fatigue == 0.0 && survey.fatigue_half_life.value() != Survey().fatigue_half_life.value()) {
      context.findings.warning(path + ".fatigue_half_life", "fatigue_half_life changes nothing: fatigue is 0",
                               "write fatigue = 0.5");
    }
    if (most_answer_logit(parts, survey) < -15.0) {
      context.findings.warning(
          path + ".base",
          fmt::format("nobody answers: the chance is below one in a million, by a base of {}", text(survey.base)),
          "base is a logit: -2.2 are 10 %, -0.85 are 30 %, 0 are 50 %");
    }
    bool ends = false, met = false;
    for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
      const TouchpointId here(v);
      if (!asks_after(parts, survey, here)) continue;
      const bool end = parts.touchpoints[v].end.has_value();
      ends = ends || (end && std::find(survey.after.begin(), survey.after.end(), here) != survey.after.end());
      met = met || (!end && reach.any[v]);
    }
    if (!survey.every && !met) {
      context.findings.warning(path, "nobody is asked: nobody comes to where this survey asks",
                               "name touchpoints that somebody reaches");
      continue;
    }
    if (ends) {
      context.findings.warning(path + ".after", "nobody is asked at an end, where nothing is experienced", "remove the end");
    }
    if (survey.closed_loop) idle_closed_loop(context, reach, s);
  }
}

}  // namespace sojourn::checking
