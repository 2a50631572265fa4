// Warnings about rules whose figure is never seen, or never moves.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings.hpp"
#include "sojourn/model/closed_loops.hpp"

namespace sojourn::checking {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether the rule looks at visits to the touchpoint in position `v`, as far as it names any.
bool looks_at(const ModelParts& parts, const Rule& rule, std::size_t v) {
  if (rule.touchpoint.valid()) return rule.touchpoint.index() == v;
  return !rule.team.valid() || parts.touchpoints[v].team == rule.team;
}

bool looks_at(const Rule& rule, std::size_t persona) { return !rule.persona.valid() || rule.persona.index() == persona; }

// The place that a rule names, and the key that names it.
struct Named {
  std::string key, what;
};
Named place_of(const ModelParts& parts, const Rule& rule) {
  if (rule.touchpoint.valid()) return {".when.touchpoint", in_quotes(parts.touchpoints[rule.touchpoint.index()].id)};
  return {".when.team", "a touchpoint of " + in_quotes(parts.teams[rule.team.index()].id)};
}

std::string where_asked(const ModelParts& parts, const Survey& survey) {
  constexpr std::size_t most = 5;
  std::string list;
  std::size_t count = 0;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (parts.touchpoints[v].end || !asks_after(parts, survey, TouchpointId(v))) continue;
    if (++count <= most) list += (list.empty() ? "" : ", ") + in_quotes(parts.touchpoints[v].id);
  }
  return count > most ? list + ", ..." : list;
}

// A rule about places of which nobody tells it anything. Returns whether it was warned of.
bool unseen_places(const Context& context, const Reach& reach, const Rule& rule, const std::string& path) {
  const ModelParts& parts = context.parts;
  const auto warn = [&](const std::string& key, const std::string& why, const std::string& hint) {
    context.findings.warning(path + key, "the rule never comes into force: " + why, hint);
    return true;
  };
  bool any = false, lived = false, asked = false, met = false;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (!looks_at(parts, rule, v)) continue;
    any = true;
    if (parts.touchpoints[v].end) continue;
    lived = true;
    const bool asks = !rule.survey.valid() || parts.surveys[rule.survey.index()].every ||
                      asks_after(parts, parts.surveys[rule.survey.index()], TouchpointId(v));
    asked = asked || asks;
    for (std::size_t p = 0; p < parts.personas.size(); ++p)
      met = met || ((asks || rule.metric == "true") && looks_at(rule, p) && reach.by_persona[p][v]);
  }
  if (rule.team.valid() && !any) {
    const std::string& team = parts.teams[rule.team.index()].id;
    return warn(".when.team", fmt::format("no touchpoint has team {}", in_quotes(team)),
                fmt::format("name it at a touchpoint: team = {}", in_quotes(team)));
  }
  if (rule.of_places() && !lived) {
    const Named place = place_of(parts, rule);
    return warn(place.key, fmt::format("{} is an end, where nothing is experienced", place.what),
                "watch \"lost\" or \"churned\", or name another touchpoint");
  }
  if (rule.of_places() && !asked && !(rule.metric == "true" && rule.min_answers == 0)) {
    const Survey& survey = parts.surveys[rule.survey.index()];
    const Named place = place_of(parts, rule);
    const std::string where = where_asked(parts, survey);
    return warn(place.key, fmt::format("survey {} is not asked at {}", in_quotes(survey.id), place.what),
                where.empty() ? "let the survey ask there" : fmt::format("it asks at {}", where));
  }
  // Where nobody comes at all, the touchpoint or the survey has a warning of its own.
  if (rule.persona.valid() && !met && (rule.of_places() || rule.survey.valid())) {
    const std::string who = in_quotes(parts.personas[rule.persona.index()].id);
    return warn(".when.persona",
                rule.of_places() ? fmt::format("nobody of {} comes to {}", who, place_of(parts, rule).what)
                                 : fmt::format("nobody of {} comes to where survey {} asks", who,
                                               in_quotes(parts.surveys[rule.survey.index()].id)),
                "name another persona, or leave it out to look at everybody");
  }
  return false;
}

// Of a figure that is always 0, why.
std::string why_zero(const ModelParts& parts, const Rule& rule) {
  const auto any_touchpoint = [&](const auto& test) {
    return std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), test);
  };
  const bool forgets =
      changes(parts, Parameter::carry) || std::any_of(parts.handovers.begin(), parts.handovers.end(),
                                                      [](const Handover& handover) { return handover.carry < 1.0; });
  if (is_one_of(rule.metric, {"heard_positive", "heard_negative"}) && !parts.word_of_mouth && !parts.reviews)
    return "nobody talks: there is neither [word_of_mouth] nor [reviews]";
  if (is_one_of(rule.metric, {"revenue", "cost_to_serve"}) && !has_money(parts)) return "nothing costs or earns money";
  if (rule.metric == "repeats" && !forgets) return "nothing is lost between teams";
  if (rule.metric == "effort" && !forgets && !changes(parts, Parameter::effort) &&
      !any_touchpoint([](const Touchpoint& t) { return !t.end && (t.effort > 0.0 || t.queues()); }))
    return "nothing takes effort";
  return {};
}

// How often, at most and in the mean, one person is asked in a window by the survey that a rule watches.
double occasions(const Context& context, const Rule& rule, const std::vector<bool>& reached) {
  const ModelParts& parts = context.parts;
  const Survey& survey = parts.surveys[rule.survey.index()];
  const double window = parts.settings.window.value();
  if (survey.every) return std::floor(window / survey.every->value()) + 1.0;
  double all = 0.0;
  for (std::size_t v = 0; v < reached.size(); ++v) {
    const TouchpointId here(v);
    if (!reached[v] || parts.touchpoints[v].end || !looks_at(parts, rule, v) || !asks_after(parts, survey, here)) continue;
    // Twice as often, as times differ and changes may shorten them.
    all += 1.0 + 2.0 * window / time_back(parts, here, Passing::mean);
  }
  return all;
}

// More answers than any window can have.
void too_many_answers(const Context& context, const Reach& reach, const Rule& rule, const std::string& path) {
  const ModelParts& parts = context.parts;
  const Survey& survey = parts.surveys[rule.survey.index()];
  const double customers = static_cast<double>(parts.settings.customers);
  double asked = 0.0;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    if (looks_at(rule, p)) asked += customers * parts.personas[p].share * occasions(context, rule, reach.by_persona[p]);
  }
  const double chance = survey.sample / (1.0 + std::exp(-most_answer_logit(parts, survey)));
  // What chance adds in one window of a thousand million.
  const double answers = asked * chance, most = std::min(asked, answers + 6.0 * std::sqrt(answers));
  if (!(static_cast<double>(rule.min_answers) > std::max(most, 1.0))) return;
  context.findings.warning(path + ".when.min_answers",
                           fmt::format("the rule never comes into force: it waits for {} answers in a window, and {} "
                                       "people give {:.0f} at most",
                                       rule.min_answers, text(customers), std::floor(most)),
                           "ask for fewer, let the survey ask more people, or simulate more customers");
}

}  // namespace

void check_idle_rules(const Context& context, const Reach& reach) {
  const ModelParts& parts = context.parts;
  for (std::size_t r = 0; r < parts.rules.size(); ++r) {
    const Rule& rule = parts.rules[r];
    const std::string& path = context.paths.rules[r];
    if (unseen_places(context, reach, rule, path)) continue;
    if (rule.survey.valid() && rule.min_answers > 0 && parts.surveys[rule.survey.index()].sample > 0.0)
      too_many_answers(context, reach, rule, path);
    if (const std::string why = why_zero(parts, rule); !why.empty() && !rule.survey.valid()) {
      context.findings.warning(path + ".when.metric", fmt::format("{} is always 0: {}", in_quotes(rule.metric), why),
                               "watch another figure, or remove the rule");
    }
  }
}

}  // namespace sojourn::checking
