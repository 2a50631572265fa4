// Checks of what couples customers: word of mouth, reviews, surveys, rules, accounts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <utility>
#include <variant>

#include "findings.hpp"
#include "sojourn/base/special_values.hpp"

namespace sojourn::checking {
namespace {

constexpr double most_messages = 1e4;  // a person and day, see keys::word_of_mouth

// The numbers of a network, each with its key.
struct CheckNetwork {
  const std::string path = "word_of_mouth.network.";
  Findings& findings;
  double people;

  void operator()(const WellMixed&) const {}
  void operator()(const SmallWorld& network) const {
    findings.fields(path + "small_world", keys::small_world(), network);
    contacts("small_world", network.contacts);
  }
  void operator()(const ScaleFree& network) const {
    findings.fields(path + "scale_free", keys::scale_free(), network);
    contacts("scale_free", network.contacts);
  }
  void operator()(const RandomNetwork& network) const {
    findings.fields(path + "random", keys::random_network(), network);
    contacts("random", network.contacts);
  }
  void operator()(const Communities& network) const {
    findings.fields(path + "communities", keys::communities(), network);
    contacts("communities", network.contacts);
  }
  void operator()(const NetworkFile& network) const {
    if (network.path.empty()) {
      findings.error(path + "file", "the network's file has no name");
    } else if (!network.ties || network.ties->empty()) {
      findings.error(path + "file", "the network has no ties");
    } else if (std::any_of(network.ties->begin(), network.ties->end(), [this](const Tie& tie) {
                 return tie.from == tie.to || static_cast<double>(std::max(tie.from, tie.to)) >= people;
               })) {
      findings.error(path + "file", "a tie of the network is not between two people of the scenario",
                     fmt::format("people are numbered from 0 to {}", text(people - 1.0)));
    }
  }

  void contacts(std::string_view kind, double value) const {
    // That nobody is simulated is an error by itself.
    if (people > 0.0 && value >= 1.0 && value >= people) {
      findings.error(fmt::format("{}{}.contacts", path, kind),
                     people == 1.0 ? fmt::format("contacts is {}, but there is one person alone", text(value))
                                   : fmt::format("contacts is {}, but there are {} people", text(value), text(people)),
                     "everybody has fewer contacts than there are people");
    }
  }
};

// Contacts that communities cannot have: of one's own persona where there are too few such people, or of others.
void check_communities(const Context& context, const Communities& network) {
  const ModelParts& parts = context.parts;
  const auto people = static_cast<double>(parts.settings.customers);
  // What is out of range is an error by itself.
  if (!(network.contacts >= 1.0 && network.contacts < people) || !(network.within >= 0.0 && network.within <= 1.0)) return;
  double shares = 0.0;
  for (const Persona& persona : parts.personas) shares += persona.share;
  if (!(shares > 0.0)) return;
  const double own = network.within * network.contacts, others = network.contacts - own;
  double pairs = people * people;  // of two people of two personas, each counted from both sides
  for (const Persona& persona : parts.personas) {
    const double number = people * persona.share / shares;
    pairs -= number * number;
    if (!(number > 0.0) || own <= number - 1.0 + 1e-9) continue;
    context.findings.warning(
        "word_of_mouth.network.communities.within",
        fmt::format("people of {} cannot have {} contacts of their own persona: there are about {:.0f} of "
                    "them",
                    in_quotes(persona.id), text(own), number),
        "take fewer contacts, or a lower share within");
  }
  const double possible = std::max(0.0, pairs / people);  // contacts each
  if (others > possible * (1.0 + 1e-9) + 1e-9) {
    context.findings.warning(
        "word_of_mouth.network.communities.within",
        possible < 1e-9 ? fmt::format("nobody has contacts of other personas: there is one persona alone, so that contacts "
                                      "are {} and not {}",
                                      text(own), text(network.contacts))
                        : fmt::format("people cannot have {} contacts of other personas, only {:.3g}: they are too few",
                                      text(others), possible),
        possible < 1e-9 ? "write within = 1, or network = { random = { contacts = 8 } }"
                        : "take fewer contacts, or a higher share within");
  }
}

// Talk costs time by the message. The rate of the engine is that of one processor, rounded down.
void check_amount_of_talk(const Context& context, const WordOfMouth& talk) {
  constexpr double messages_a_second = 1e7, bearable = 600.0;
  const Settings& settings = context.parts.settings;
  const double rate = std::max({talk.promoter_rate, talk.passive_rate, talk.detractor_rate});
  const double messages = rate * settings.horizon.value() * static_cast<double>(settings.customers);
  const double seconds = messages / messages_a_second;
  // Numbers out of range are errors by themselves.
  if (!(seconds > bearable) || !(rate <= most_messages) || settings.customers > 4'000'000'000) return;
  const double hours = seconds / 3600.0;
  const std::string time = hours < 2.0    ? fmt::format("{:.0f} minutes", seconds / 60.0)
                           : hours < 48.0 ? fmt::format("{:.0f} hours", hours)
                                          : fmt::format("{:.0f} days", hours / 24.0);
  const std::string_view key = rate == talk.promoter_rate  ? "promoter_rate"
                               : rate == talk.passive_rate ? "passive_rate"
                                                           : "detractor_rate";
  context.findings.warning(fmt::format("word_of_mouth.{}", key),
                           fmt::format("up to {:.2g} messages: each replication may take one processor {}", messages, time),
                           "simulate fewer people, or write messages, not glances: most people talk a few times a month");
}

void check_word_of_mouth(const Context& context, const WordOfMouth& talk) {
  Findings& findings = context.findings;
  const ModelParts& parts = context.parts;
  const auto people = static_cast<double>(parts.settings.customers);
  std::visit(CheckNetwork{.findings = findings, .people = people}, talk.network);
  if (parts.settings.arrivals == PeopleNumber::poisson) {
    // There are fewer than this in hardly any replication: eight standard deviations below the mean.
    const double fewest = people - 8.0 * std::sqrt(people);
    const double contacts = std::visit(
        [](const auto& network) {
          if constexpr (requires { network.contacts; }) return network.contacts;
          return 0.0;
        },
        talk.network);
    if (std::holds_alternative<NetworkFile>(talk.network)) {
      findings.error("scenario.arrivals", "the number of people varies, but the file of the network numbers them",
                     "take a network that is built, or arrivals = \"fixed\"");
    } else if (contacts < people && contacts >= fewest) {
      findings.error("scenario.arrivals",
                     fmt::format("a replication may have too few people for {} contacts", text(contacts)),
                     "simulate more customers, or take arrivals = \"fixed\"");
    }
  }
  if (const auto* communities = std::get_if<Communities>(&talk.network)) check_communities(context, *communities);
  findings.fields("word_of_mouth", keys::word_of_mouth(), talk);
  check_amount_of_talk(context, talk);
  std::set<std::pair<PersonaId, PersonaId>> named;
  for (std::size_t i = 0; i < talk.mixing.size(); ++i) {
    const Mixing& mixing = talk.mixing[i];
    const std::string path = fmt::format("word_of_mouth.mixing[{}]", i);
    findings.fields(path, keys::mixing(), mixing);
    const bool from = findings.reference(path + ".from", mixing.from, parts.personas.size(), "persona");
    const bool to = findings.reference(path + ".to", mixing.to, parts.personas.size(), "persona");
    if (from && to && !named.insert({mixing.from, mixing.to}).second) {
      findings.error(path,
                     fmt::format("{} to {} is named twice", in_quotes(parts.personas[mixing.from.index()].id),
                                 in_quotes(parts.personas[mixing.to.index()].id)),
                     "keep one of them");
    }
  }
}

void check_survey(const Context& context, const Survey& survey, const std::string& path) {
  Findings& findings = context.findings;
  const ModelParts& parts = context.parts;
  if (survey.after.empty() && survey.channels.empty() && !survey.every) {
    findings.error(path, "nothing sets off the survey",
                   "add after = [touchpoints], channels = [...] or every = \"90 days\"");
  }
  if (survey.every && !(survey.after.empty() && survey.channels.empty())) {
    findings.error(path + ".every", "both every and visits set off the survey",
                   "write two surveys: one that follows visits, one at intervals");
  } else if (survey.every && scale_of(survey.asks).of_visit) {
    findings.error(path + ".asks",
                   fmt::format("{} asks about a visit, but the survey is asked at intervals", scale_of(survey.asks).name),
                   "write asks = \"nps\", or after = [touchpoints] instead of every");
  }
  constexpr double most_times = 100'000.0;
  if (survey.every && *survey.every > Days(0.0) && parts.settings.horizon / *survey.every > most_times) {
    findings.error(path + ".every", "one person is asked more than 100,000 times within the horizon",
                   "let it be asked less often, or simulate a shorter time");
  }
  for (std::size_t i = 0; i < survey.after.size(); ++i) {
    findings.reference(fmt::format("{}.after[{}]", path, i), survey.after[i], parts.touchpoints.size(), "touchpoint");
  }
  for (std::size_t i = 0; i < survey.channels.size(); ++i) {
    findings.reference(fmt::format("{}.channels[{}]", path, i), survey.channels[i], parts.channels.size(), "channel");
  }
  findings.fields(path, keys::survey(), survey);
  if (!survey.closed_loop) return;
  const ClosedLoop& loop = *survey.closed_loop;
  findings.fields(path + ".closed_loop", keys::closed_loop(), loop);
  if (findings.reference(path + ".closed_loop.to", loop.to, parts.touchpoints.size(), "touchpoint") &&
      parts.touchpoints[loop.to.index()].end) {
    findings.error(path + ".closed_loop.to", fmt::format("{} is an end", in_quotes(parts.touchpoints[loop.to.index()].id)),
                   "send low scorers to a touchpoint that helps them");
  }
}

// The least and the largest that the figure of a rule can be.
std::pair<double, double> range_of_figure(const ModelParts& parts, const Rule& rule) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), rule.metric) != names.end();
  };
  const bool surveyed = rule.survey.index() < parts.surveys.size();
  if (surveyed && (is_question(rule.metric) || is({"measured", "true", "gap"}))) {
    const QuestionScale& scale = scale_of(parts.surveys[rule.survey.index()].asks);
    const double least = scale.least_score(), largest = scale.largest_score(), width = largest - least;
    return rule.metric == "gap" ? std::pair(-width, width) : std::pair(least, largest);
  }
  if (rule.metric == "nps") return {-100.0, 100.0};
  if (is({"visits", "repeats", "heard_positive", "heard_negative", "time_to_purchase"})) return {0.0, infinity};
  if (is({"revenue", "cost_to_serve"})) return {-infinity, infinity};
  return {0.0, 1.0};
}

// Levels that a figure cannot keep to, or always does.
void check_levels(const Context& context, const Rule& rule, const std::string& path) {
  Findings& findings = context.findings;
  const std::pair<double, double> range = range_of_figure(context.parts, rule);
  const double least = range.first, largest = range.second;
  const auto between = fmt::format("{} is {}", in_quotes(rule.metric),
                                   largest < 1e300 ? fmt::format("between {} and {}", text(least), text(largest))
                                                   : fmt::format("{} at least", text(least)));
  const auto look = [&](const std::string& here, const std::optional<double>& below, const std::optional<double>& above,
                        std::string_view never, std::string_view always) {
    bool sound = true;
    const auto judge = [&](const std::string& key, double level, bool nothing, bool everything) {
      if (!nothing && !everything) return;
      sound = false;
      findings.warning(here + key,
                       fmt::format("{}: {}, and the level is {}", nothing ? never : always, between, text(level)),
                       "write a level that the figure can pass");
    };
    if (below) judge(".below", *below, *below <= least, *below > largest && !above);
    if (above) judge(".above", *above, *above >= largest, *above < least && !below);
    if (below && above && *below <= *above) {
      sound = false;
      findings.warning(here, fmt::format("{}: nothing is below {} and above {}", never, text(*below), text(*above)),
                       "keep one of them, or let below be the larger one");
    }
    return sound;
  };
  const bool begins =
      look(path + ".when", rule.below, rule.above, "the rule never comes into force", "the rule is in force all the time");
  const bool ends =
      look(path + ".off_when", rule.off_below, rule.off_above, "what has begun never ends", "what has begun ends at once");
  // Where one figure ends the rule and lets it begin, it flickers.
  const bool up = rule.below && !rule.above && rule.off_above && !rule.off_below && *rule.off_above < *rule.below;
  const bool down = rule.above && !rule.below && rule.off_below && !rule.off_above && *rule.off_below > *rule.above;
  const bool same = (rule.below && !rule.above && rule.off_below && !rule.off_above) ||
                    (rule.above && !rule.below && rule.off_above && !rule.off_below);
  if (begins && ends && (up || down || same)) {
    findings.warning(path + ".off_when", "off_when contradicts when: a figure may keep to both, and the rule flickers",
                     rule.below ? "write off_when = { above = ... }, at or over when.below"
                                : "write off_when = { below = ... }, at or under when.above");
  }
}

// The figure that a rule watches. Whether there is one.
bool check_watched(const Context& context, const Rule& rule, const std::string& path) {
  Findings& findings = context.findings;
  const std::vector<Survey>& surveys = context.parts.surveys;
  bool watches = true;
  const auto no_figure = [&](std::string message, std::string hint = {}) {
    findings.error(path + ".when.metric", std::move(message), std::move(hint));
    watches = false;
  };
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), rule.metric) != names.end();
  };
  if (rule.metric.empty()) {
    no_figure("the rule watches no metric");
  } else if (rule.survey.valid() && rule.survey.index() < surveys.size()) {
    const Survey& survey = surveys[rule.survey.index()];
    const std::string_view asks = scale_of(survey.asks).name;
    if (!is_question(rule.metric) && !is({"measured", "true", "response_rate", "gap"})) {
      no_figure(fmt::format("no survey measures {}", in_quotes(rule.metric)),
                "leave survey out: then it is the true figure");
    } else if (is_question(rule.metric) && rule.metric != asks) {
      no_figure(fmt::format("survey {} asks {}, not {}", in_quotes(survey.id), asks, rule.metric),
                fmt::format("write metric = \"{}\"", asks));
    }
    if (rule.of_places() && survey.every) {
      findings.error(path + ".when.survey",
                     fmt::format("survey {} is asked at intervals, not after visits to a touchpoint", in_quotes(survey.id)),
                     "name a survey that follows visits");
    }
  } else if ((is_question(rule.metric) && rule.metric != "nps") || is({"measured", "true", "response_rate", "gap"})) {
    no_figure(fmt::format("{} is a survey's", in_quotes(rule.metric)), "add survey = \"...\", the id of one");
  } else if (rule.of_places() &&
             !is({"nps", "promoters", "passives", "detractors", "satisfaction", "effort", "visits", "repeats"})) {
    no_figure(fmt::format("visits to some touchpoints have no {}", in_quotes(rule.metric)),
              "watch nps, satisfaction, effort, visits or repeats there, or a survey");
  }
  return watches;
}

// The plans that go by a rule.
void check_plans_of(const Context& context, const Rule& rule, const std::string& path) {
  Findings& findings = context.findings;
  const ModelParts& parts = context.parts;
  const auto names = [&](const Plan& plan) {
    return std::any_of(plan.rules.begin(), plan.rules.end(),
                       [&](RuleId id) { return id.index() < parts.rules.size() && &parts.rules[id.index()] == &rule; });
  };
  if (std::none_of(parts.plans.begin(), parts.plans.end(), names)) {
    findings.warning(
        path, "no plan goes by this rule",
        rule.id.empty() ? "give it an id, and add that to the rules of a plan" : "add it to the rules of a plan");
  }
  for (std::size_t p = 0; p < parts.plans.size(); ++p) {
    const Plan& plan = parts.plans[p];
    if (!names(plan)) continue;
    const auto buys = [&](ImprovementId id) {
      return std::find(plan.improvements.begin(), plan.improvements.end(), id) != plan.improvements.end();
    };
    const auto idle = [&](ImprovementId id, std::string_view key, std::string_view why, std::string_view hint) {
      if (!(id.index() < parts.improvements.size())) return;
      findings.warning(
          fmt::format("{}.{}", path, key),
          fmt::format("{} is {} in plan {}", in_quotes(parts.improvements[id.index()].change.id), why, in_quotes(plan.id)),
          std::string(hint));
    };
    if (buys(rule.switch_on)) {
      idle(rule.switch_on, "switch_on", "on anyway",
           "leave it out of the plan's improvements: the rule alone switches it on");
    }
    const bool turned_on = std::any_of(plan.rules.begin(), plan.rules.end(), [&](RuleId id) {
      return id.index() < parts.rules.size() && parts.rules[id.index()].switch_on == rule.switch_off;
    });
    if (rule.switch_off.valid() && !buys(rule.switch_off) && !turned_on) {
      idle(rule.switch_off, "switch_off", "off anyway", "add it to the plan's improvements");
    }
  }
}

void check_rule(const Context& context, const Rule& rule, const std::string& path) {
  Findings& findings = context.findings;
  const ModelParts& parts = context.parts;
  findings.reference(path + ".when.survey", rule.survey, parts.surveys.size(), "survey");
  findings.reference(path + ".when.persona", rule.persona, parts.personas.size(), "persona");
  findings.reference(path + ".when.touchpoint", rule.touchpoint, parts.touchpoints.size(), "touchpoint");
  findings.reference(path + ".when.team", rule.team, parts.teams.size(), "team");
  findings.fields(path + ".when", keys::rule_condition(), rule);
  findings.fields(path + ".off_when", keys::rule_end(), rule);
  if (!rule.below && !rule.above) findings.error(path + ".when", "neither below nor above", "add a level: below = 10");
  findings.number(path + ".when.windows", rule.windows, {1.0, 1e5});
  findings.reference(path + ".switch_on", rule.switch_on, parts.improvements.size(), "improvement");
  findings.reference(path + ".switch_off", rule.switch_off, parts.improvements.size(), "improvement");
  if (rule.switch_on.valid() && rule.switch_on == rule.switch_off) {
    findings.error(path + ".switch_off", "the rule switches one improvement on and off at once", "keep one of the two");
  }
  if (rule.touchpoint.valid() && rule.team.valid()) {
    findings.error(path + ".when", "a touchpoint and a team", "keep one of the two: a touchpoint has its team");
  }
  const bool watches = check_watched(context, rule, path);
  if (rule.min_answers > 0 && !rule.survey.valid()) {
    findings.warning(path + ".when.min_answers", "min_answers changes nothing: no survey is named",
                     "add survey = \"...\", or remove it");
  }
  const double windows = std::ceil(parts.settings.horizon.value() / parts.settings.window.value());
  if (windows >= 1.0 && static_cast<double>(rule.windows) > windows) {
    findings.warning(
        path + ".when.windows",
        fmt::format("the rule never comes into force: it waits for {} windows, and there are {:.0f}", rule.windows, windows),
        "ask for fewer windows, or let scenario.window be shorter");
  }
  const auto finite = [](const std::optional<double>& level) { return !level || std::isfinite(*level); };
  if (watches && finite(rule.below) && finite(rule.above) && finite(rule.off_below) && finite(rule.off_above))
    check_levels(context, rule, path);
  check_plans_of(context, rule, path);
}

// Where an account has nobody of the roles that a gate asks, all its members are asked: seldom what is meant by a veto. Said
// where that is so of one account in a thousand or more, of each role by itself.
void check_asked(const Context& context, const AccountSegment& segment, const Gate& gate, const std::string& path) {
  const bool veto = gate.rule == GateRule::veto;
  std::vector<PersonaId> asked = veto ? gate.veto : std::vector<PersonaId>();
  for (const auto& [persona, weight] : gate.weights) {
    if (gate.rule == GateRule::weighted && weight > 0.0) asked.push_back(persona);
  }
  constexpr double seldom = 1e-3;
  // The number of people of a role that so large a share of accounts has at most, before it is rounded.
  const auto people = [&](const auto& role, double share) {
    return keys::check("roles", role.second, not_negative).empty() ? quantile(role.second, share) : nan;
  };
  const auto may_be_without = [&](PersonaId persona) {
    const auto role =
        std::find_if(segment.roles.begin(), segment.roles.end(), [&](const auto& each) { return each.first == persona; });
    return persona.index() < context.parts.personas.size() && role != segment.roles.end() && people(*role, seldom) < 0.5;
  };
  const bool anybody = std::any_of(segment.roles.begin(), segment.roles.end(),
                                   [&](const auto& role) { return people(role, 1.0 - seldom) >= 0.5; });
  if (!anybody || asked.empty() || !std::all_of(asked.begin(), asked.end(), may_be_without)) return;
  std::string roles;
  for (const PersonaId persona : asked)
    roles += (roles.empty() ? "" : " and no ") + in_quotes(context.parts.personas[persona.index()].id);
  const std::string& first = context.parts.personas[asked.front().index()].id;
  context.findings.warning(
      path + (veto ? ".rule" : ".weights"),
      fmt::format("an account of {} may have no {}: then {}", in_quotes(segment.id), roles,
                  veto ? "all its members are asked, and each has the veto" : "all its members are asked, and count alike"),
      fmt::format("give every account at least one, roles = {{ {0} = 1 }}, or {1} a role that every account has", first,
                  veto ? "name" : "give a weight to"));
}

void check_gate(const Context& context, const AccountSegment& segment, const Gate& gate, const std::string& path) {
  Findings& findings = context.findings;
  const std::vector<Persona>& personas = context.parts.personas;
  const auto demand_role = [&](const std::string& here, PersonaId persona) {
    const bool is_role =
        std::any_of(segment.roles.begin(), segment.roles.end(), [&](const auto& role) { return role.first == persona; });
    if (!is_role) findings.error(here, fmt::format("{} is no role of the segment", in_quotes(personas[persona.index()].id)));
  };
  if (findings.reference(path + ".touchpoint", gate.touchpoint, context.parts.touchpoints.size(), "touchpoint")) {
    const Touchpoint& touchpoint = context.parts.touchpoints[gate.touchpoint.index()];
    if (touchpoint.end) {
      findings.error(path + ".touchpoint", fmt::format("{} is an end, where nobody decides", in_quotes(touchpoint.id)),
                     "put the gate where an exit is chosen");
    } else if (touchpoint.exits == ExitRule::race) {
      findings.error(path + ".touchpoint", fmt::format("the exits of {} race, and nobody chooses", in_quotes(touchpoint.id)),
                     "remove exits = \"race\": a gate decides by its members' choice probabilities");
    }
  }
  double sum = 0.0;
  for (const auto& [persona, weight] : gate.weights) {
    if (findings.reference(path + ".weights", persona, personas.size(), "persona")) {
      const std::string here = fmt::format("{}.weights.{}", path, personas[persona.index()].id);
      demand_role(here, persona);
      findings.number(here, weight, not_negative);
    }
    sum += weight;
  }
  // Negated, so that not-a-number is found too.
  if (gate.rule == GateRule::weighted && !(sum > 0.0)) {
    findings.error(path + ".weights", "no role has a weight above 0", "add weights = { user = 1 }");
  }
  for (const PersonaId persona : gate.veto) {
    if (findings.reference(path + ".rule.veto", persona, personas.size(), "persona"))
      demand_role(path + ".rule.veto", persona);
  }
  if (gate.rule == GateRule::veto && gate.veto.empty()) {
    findings.error(path + ".rule.veto", "nobody has the veto", "name roles: { veto = [\"cfo\"] }");
  }
  check_asked(context, segment, gate, path);
}

// The fewest people that an account of the segment can have, as far as its distributions have a lower limit.
void check_size(const Context& context, const AccountSegment& segment, const std::string& path) {
  double fewest = 0.0;
  bool anybody = false;
  for (const auto& [persona, people] : segment.roles) {
    const auto* fixed = std::get_if<Fixed>(&people);
    const auto* uniform = std::get_if<Uniform>(&people);
    if (fixed && fixed->value > 0.0) fewest += std::floor(fixed->value + 0.5);
    if (uniform && uniform->low > 0.0) fewest += std::floor(uniform->low + 0.5);
    anybody = anybody || !fixed || fixed->value >= 0.5;
  }
  if (segment.roles.empty()) return;
  if (!anybody) {
    context.findings.error(path + ".roles", "the segment's accounts have nobody in them",
                           "write people per account: user = 8");
  } else if (const auto customers = static_cast<double>(context.parts.settings.customers);
             customers > 0.0 && fewest > customers) {
    context.findings.error(path + ".roles",
                           fmt::format("an account has {} people, but only {} are simulated", text(fewest), text(customers)),
                           "simulate more customers: they count people, not accounts");
  }
}

void check_account_segment(const Context& context, const AccountSegment& segment, const std::string& path) {
  Findings& findings = context.findings;
  findings.fields(path, keys::account_segment(), segment);
  if (segment.roles.empty()) findings.error(path + ".roles", "the segment has no roles", "add roles = { user = 8 }");
  std::set<PersonaId> roles;
  for (const auto& [persona, people] : segment.roles) {
    if (!findings.reference(path + ".roles", persona, context.parts.personas.size(), "persona")) continue;
    const std::string& id = context.parts.personas[persona.index()].id;
    findings.distribution(fmt::format("{}.roles.{}", path, id), people, not_negative, "number of " + in_quotes(id));
    if (!roles.insert(persona).second) findings.error(path + ".roles", fmt::format("{} is named twice", in_quotes(id)));
  }
  check_size(context, segment, path);
  std::set<TouchpointId> gates;
  for (std::size_t i = 0; i < segment.gates.size(); ++i) {
    const Gate& gate = segment.gates[i];
    const std::string here = fmt::format("{}.gates[{}]", path, i);
    check_gate(context, segment, gate, here);
    if (gate.touchpoint.valid() && gate.touchpoint.index() < context.parts.touchpoints.size() &&
        !gates.insert(gate.touchpoint).second) {
      findings.error(here + ".touchpoint",
                     fmt::format("{} has a gate already", in_quotes(context.parts.touchpoints[gate.touchpoint.index()].id)),
                     "keep one of them");
    }
  }
}

// Personas that no account has.
void check_roles_exist(const Context& context) {
  const std::vector<AccountSegment>& segments = context.parts.account_segments;
  // A segment without any roles is an error already.
  if (std::any_of(segments.begin(), segments.end(), [](const AccountSegment& segment) { return segment.roles.empty(); }))
    return;
  for (std::size_t i = 0; i < context.parts.personas.size(); ++i) {
    const auto has_role = [&](const AccountSegment& segment) {
      return std::any_of(segment.roles.begin(), segment.roles.end(),
                         [&](const auto& role) { return role.first == PersonaId(i); });
    };
    if (std::none_of(segments.begin(), segments.end(), has_role)) {
      context.findings.warning(context.paths.personas[i], "nobody is of this persona: no account has it as a role",
                               "add it to the roles of an account segment, or remove it");
    }
  }
}

}  // namespace

void check_market(const Context& context) {
  const ModelParts& parts = context.parts;
  if (parts.word_of_mouth) check_word_of_mouth(context, *parts.word_of_mouth);
  if (parts.reviews) context.findings.fields("reviews", keys::reviews(), *parts.reviews);
  if (parts.surveys.size() > most_surveys) {
    context.findings.error("survey",
                           fmt::format("{} surveys, but there may be {} at most", parts.surveys.size(), most_surveys),
                           "leave some out");
  }
  for (std::size_t i = 0; i < parts.surveys.size(); ++i) check_survey(context, parts.surveys[i], context.paths.surveys[i]);
  for (std::size_t i = 0; i < parts.rules.size(); ++i) check_rule(context, parts.rules[i], context.paths.rules[i]);
  context.findings.number("accounts.correlation", parts.account_correlation, fraction);
  std::vector<double> shares;
  for (std::size_t i = 0; i < parts.account_segments.size(); ++i) {
    shares.push_back(parts.account_segments[i].share);
    check_account_segment(context, parts.account_segments[i], context.paths.account_segments[i]);
  }
  if (!shares.empty()) {
    check_roles_exist(context);
    context.findings.shares(context.paths.account_segments.back() + ".share", shares, "shares of the account segments",
                            keys_of_each(context.paths.account_segments, "share"));
  }
}

}  // namespace sojourn::checking
