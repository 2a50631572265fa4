#include "sojourn/model/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

#include "sojourn/model/calendar.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/lesson.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn::keys {
namespace {

std::string duration_text(Days days) {
  struct Unit {
    std::string_view name;
    double days;
  };
  constexpr std::array<Unit, 5> units{
      {{"year", days_per_year}, {"month", days_per_month}, {"week", 7.0}, {"day", 1.0}, {"second", 1.0 / 86400.0}}};
  if (days.value() == 0.0) return "0";
  for (const Unit& unit : units) {
    const double count = days.value() / unit.days;
    if (count >= 1.0 && count == std::floor(count)) {
      return fmt::format("\"{} {}{}\"", count, unit.name, count == 1.0 ? "" : "s");
    }
  }
  return fmt::format("{}", days.value());
}

std::string text_of(double value) { return fmt::format("{}", value); }
std::string text_of(std::uint32_t value) { return fmt::format("{}", value); }
std::string text_of(std::int32_t value) { return fmt::format("{}", value); }
std::string text_of(std::uint64_t value) { return fmt::format("{}", value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(const std::string& value) { return value.empty() ? std::string() : fmt::format("\"{}\"", value); }
std::string text_of(Days value) { return duration_text(value); }
std::string text_of(const Distribution& value) {
  const Fixed* fixed = std::get_if<Fixed>(&value);
  return fixed != nullptr ? text_of(fixed->value) : std::string();
}
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : std::string();
}

// A kind that the member's type does not tell is declared; these follow from it.
template <class T>
Kind kind_of(const Member<T>& member, Kind declared) {
  if (declared != Kind::number) return declared;
  if (std::holds_alternative<std::uint32_t T::*>(member) || std::holds_alternative<std::uint64_t T::*>(member) ||
      std::holds_alternative<std::int32_t T::*>(member) ||
      std::holds_alternative<std::optional<std::uint64_t> T::*>(member)) {
    return Kind::whole;
  }
  if (std::holds_alternative<bool T::*>(member)) return Kind::truth;
  if (std::holds_alternative<std::string T::*>(member)) return Kind::text;
  if (std::holds_alternative<Days T::*>(member) || std::holds_alternative<std::optional<Days> T::*>(member))
    return Kind::duration;
  return declared;
}

// The default of a member, as it would be written.
template <class T>
std::string standard_of(const Field<T>& field) {
  static const T standard{};  // static, or g++ 12 takes its members for uninitialised
  std::string text;
  with_member(field, standard, [&](const auto& value) { text = text_of(value); });
  if (field.key.kind == Kind::date) std::erase(text, '"');
  return text;
}

// Fills in what the struct says itself: the kind of a value and its default.
template <class T>
Fields<T> declared(Fields<T> fields) {
  for (Field<T>& field : fields) {
    field.key.kind = kind_of(field.member, field.key.kind);
    if (!field.key.required && field.key.standard.empty()) field.key.standard = standard_of(field);
  }
  return fields;
}

template <class T>
void append(std::vector<Key>& keys, const Fields<T>& fields) {
  for (const Field<T>& field : fields) keys.push_back(field.key);
}

template <class... T>
std::vector<Key> keys_of(const Fields<T>&... fields) {
  std::vector<Key> keys;
  (append(keys, fields), ...);
  return keys;
}

std::vector<Key> joined(std::vector<Key> first, const std::vector<Key>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Key id_key() { return {.name = "id", .kind = Kind::id, .required = true}; }
Key name_key() { return {.name = "name", .kind = Kind::text, .standard = "the id", .meaning = "what tables and maps show"}; }
std::vector<Key> entity_keys() { return {id_key(), name_key()}; }

std::vector<std::string> stages() { return {stage_names.begin(), stage_names.end()}; }

std::vector<std::string> question_names() {
  std::vector<std::string> names;
  for (const QuestionScale& question : questions) names.emplace_back(question.name);
  return names;
}

// The figures that a rule can watch: those of the results that a window knows, and those of a survey.
std::vector<std::string> metrics() {
  std::vector<std::string> names = question_names();
  for (const char* figure : {"measured",    "true",      "response_rate",  "gap",           "prospects",
                             "lost",        "customers", "churned",        "conversion",    "retention",
                             "retained",    "promoters", "passives",       "detractors",    "satisfaction",
                             "expectation", "effort",    "revenue",        "cost_to_serve", "time_to_purchase",
                             "visits",      "repeats",   "heard_positive", "heard_negative"})
    names.emplace_back(figure);
  return names;
}

constexpr Bounds weight{0.0, 100.0};
constexpr Bounds slope{-100.0, 100.0};
constexpr Bounds priorities{-100.0, 100.0};
constexpr Bounds contacts{1.0, 1e9};
constexpr Bounds messages{0.0, 1e4};  // a person and day: one every nine seconds

std::vector<Key> root_keys() {
  return {
      {.name = "schema",
       .kind = Kind::whole,
       .required = true,
       .bounds = {1.0, 1.0},
       .meaning = "the version of this format",
       .example = "begin the file with: schema = 1"},
      {.name = "scenario",
       .kind = Kind::table,
       .required = true,
       .of = "scenario",
       .meaning = "what is simulated",
       .example = "begin a section [scenario] with title, horizon and customers"},
      {.name = "behaviour", .kind = Kind::table, .of = "behaviour", .meaning = "how people judge and remember"},
      {.name = "persona", .kind = Kind::tables, .of = "persona", .meaning = "segments of people"},
      {.name = "channel", .kind = Kind::tables, .of = "channel", .meaning = "where people are met"},
      {.name = "team", .kind = Kind::tables, .of = "team", .meaning = "who runs touchpoints"},
      {.name = "handover", .kind = Kind::tables, .of = "handover", .meaning = "what one team tells the next"},
      {.name = "assumed",
       .kind = Kind::tables,
       .of = "assumed",
       .meaning =
           "moves that the company believes in: its own map, which `sojourn map --assumed` holds against the journey"},
      {.name = "pool", .kind = Kind::tables, .of = "pool", .meaning = "servers that touchpoints share"},
      {.name = "touchpoint", .kind = Kind::tables, .of = "touchpoint", .meaning = "the places of the journey"},
      {.name = "clock", .kind = Kind::tables, .of = "clock", .meaning = "times that a customer carries"},
      {.name = "counter", .kind = Kind::tables, .of = "counter", .meaning = "numbers that a customer carries"},
      {.name = "word_of_mouth", .kind = Kind::table, .of = "word_of_mouth", .meaning = "talk among customers"},
      {.name = "reviews", .kind = Kind::table, .of = "reviews", .meaning = "public stars"},
      {.name = "survey", .kind = Kind::tables, .of = "survey", .meaning = "what customers are asked"},
      {.name = "improvement", .kind = Kind::tables, .of = "improvement", .meaning = "what can be bought"},
      {.name = "event", .kind = Kind::tables, .of = "event", .meaning = "what happens in every plan"},
      {.name = "rule", .kind = Kind::tables, .of = "rule", .meaning = "improvements that a figure switches on or off"},
      {.name = "uncertain",
       .kind = Kind::tables,
       .of = "uncertain",
       .meaning = "what the author does not know: keys that `compare --uncertain` draws"},
      {.name = "uncertain_group", .kind = Kind::tables, .of = "uncertain_group", .meaning = "what is uncertain together"},
      {.name = "knob",
       .kind = Kind::tables,
       .of = "knob",
       .meaning = "keys that the page of `sojourn play` has a slider for"},
      {.name = "outside", .kind = Kind::tables, .of = "outside", .meaning = "what customers could have instead: a rival"},
      {.name = "plan", .kind = Kind::tables, .of = "plan", .meaning = "sets of improvements to compare"},
      {.name = "budget", .kind = Kind::table, .of = "budget", .meaning = "what a plan may spend"},
      {.name = "accounts", .kind = Kind::table, .of = "accounts", .meaning = "firms that decide together"},
      {.name = "account_segment", .kind = Kind::tables, .of = "account_segment", .meaning = "kinds of firms"},
      {.name = "lesson", .kind = Kind::table, .of = "lesson", .meaning = "what `sojourn lesson` does with the scenario"},
  };
}

std::vector<Key> traits() {
  const auto meaning = [](BuiltinTrait trait) -> std::string {
    switch (trait) {
      case BuiltinTrait::expectation:
        return "expected quality at the start";
      case BuiltinTrait::satisfaction:
        return "satisfaction at the start";
      case BuiltinTrait::patience:
        return "waiting that halves the tolerance, and mean patience of who may give up";
      case BuiltinTrait::effort_aversion:
        return "how much effort lowers the appraisal";
      case BuiltinTrait::loss_aversion:
        return "how much more a disappointment weighs than a surprise";
      case BuiltinTrait::talkativeness:
        return "multiplies the rates of `[word_of_mouth]`";
      case BuiltinTrait::response_propensity:
        return "how much likelier one is to answer surveys, a logit";
    }
    return {};
  };
  std::vector<Key> keys;
  const std::vector<Trait> all = builtin_traits();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Trait& trait = all[i];
    const bool time = static_cast<BuiltinTrait>(i) == BuiltinTrait::patience;
    keys.push_back({.name = trait.name,
                    .kind = time ? Kind::drawn_duration : Kind::drawn,
                    .bounds = {trait.low, trait.high},
                    .standard = time ? duration_text(Days(trait.standard)) : text_of(trait.standard),
                    .meaning = meaning(static_cast<BuiltinTrait>(i))});
  }
  return keys;
}

std::vector<Key> target() {
  return {
      {.name = "touchpoint", .kind = Kind::references, .of = "touchpoint", .meaning = "visits to these touchpoints"},
      {.name = "channel", .kind = Kind::references, .of = "channel", .meaning = "visits in these channels"},
      {.name = "team", .kind = Kind::references, .of = "team", .meaning = "visits to touchpoints of these teams"},
      {.name = "persona", .kind = Kind::references, .of = "persona", .meaning = "visits of these personas"},
      {.name = "exit_to",
       .kind = Kind::references,
       .of = "touchpoint",
       .meaning = "exits into these touchpoints; needs an effect on `odds`, `probability` or `delay`"},
      {.name = "stage", .kind = Kind::words, .words = stages(), .meaning = "visits in these stages"},
      {.name = "pool",
       .kind = Kind::references,
       .of = "pool",
       .meaning = "visits that these pools serve; an effect on `servers` acts on the pools themselves"},
      {.name = "outside",
       .kind = Kind::references,
       .of = "outside",
       .meaning = "what is outside: for an effect on `attraction`, beside no other key"},
  };
}

std::vector<Key> effect() {
  struct Meaning {
    Parameter parameter;
    std::string_view text;
  };
  const std::array<Meaning, 20> all{
      {{Parameter::quality, "the touchpoint's mean quality"},
       {Parameter::effort, "the touchpoint's effort"},
       {Parameter::carry, "handovers into the touchpoint; `\"= 0.9\"` also lowers what was 1, `\"+0.4\"` does not"},
       {Parameter::personalisation, "the touchpoint's chance of showing the content that fits best"},
       {Parameter::promise, "the touchpoint's promise; where nothing is promised, it can only be set"},
       {Parameter::solves, "the chance that the touchpoint solves the problem, where it has one"},
       {Parameter::probability, "exits that have a probability"},
       {Parameter::odds,
        "exits that have odds; in a race all have. Odds count beside one another: scaling all exits of a choice "
        "alike changes nothing"},
       {Parameter::delay, "stretches the exits' delays: `\"-20%\"` is a fifth shorter"},
       {Parameter::servers,
        "those of the touchpoint, or of the pools that the target names; what is added is there only in hours in which the "
        "pool is open, what is set always"},
       {Parameter::handle_time,
        "the mean of the touchpoint's handling time; `\"-2 minutes\"`, `\"-20%\"`, `\"= 8 minutes\"`"},
       {Parameter::weight, "how much the touchpoint counts in memory"},
       {Parameter::quality_sd, "the spread of the touchpoint's quality"},
       {Parameter::cost, "money per visit"},
       {Parameter::revenue, "money per visit"},
       {Parameter::cost_per_month, "money while the customer is here"},
       {Parameter::revenue_per_month, "money while the customer is here"},
       {Parameter::price, "of touchpoints that have one: what is earned, and what exits bend on"},
       {Parameter::traffic,
        "of those who would come by an exit the share that does: `\"= 0\"` closes the target, so that no exit leads there; "
        "odds and probabilities are multiplied, and what that takes from a probability goes to the odds"},
       {Parameter::attraction, "what customers could have instead; the target names what is `outside`, or nothing"}}};
  std::vector<Key> keys;
  for (const Meaning& one : all) {
    const Range allowed = range(one.parameter);
    keys.push_back({.name = std::string(name(one.parameter)),
                    .kind = Kind::shift,
                    .bounds = {allowed.low, allowed.high},
                    .meaning = std::string(one.text)});
  }
  return keys;
}

std::vector<Key> improvement_keys() {
  return joined(joined(entity_keys(), keys_of(change(), recurrence())),
                {{.name = "cost",
                  .kind = Kind::table,
                  .of = "price",
                  .meaning = "what it costs. A ramp does not scale it, the market scales `per_visit` only"},
                 {.name = "levels",
                  .kind = Kind::numbers,
                  .bounds = {0.0, 1.0, Limit::outside},
                  .meaning = "levels at which `sojourn optimize` may buy it, `[0.25, \"50 %\", 1.0]`. At level x it costs x "
                             "times the price, and has x "
                             "times the effect or what `response` says"},
                 {.name = "response",
                  .kind = Kind::one_of,
                  .of = "response",
                  .meaning = "how the effect grows with the level: `{ hill = { half = 0.4, shape = 1.5 } }`"}});
}

std::vector<Key> response() {
  return {
      {.name = "hill",
       .kind = Kind::table,
       .of = "hill",
       .meaning = "at level x the effect is that of the whole times h(x) / h(1), h(x) = x^shape / (half^shape + x^shape)"}};
}

std::vector<Key> ramp() {
  return {{.name = "linear",
           .kind = Kind::duration,
           .bounds = not_negative,
           .meaning = "the effect grows evenly over this time"},
          {.name = "s_curve",
           .kind = Kind::duration,
           .bounds = not_negative,
           .meaning = "the effect grows slowly, then fast, then slowly"}};
}

std::vector<Key> arrivals() {
  return {
      {.name = "profile",
       .kind = Kind::profile,
       .standard = "even",
       .meaning =
           "how arrivals are spread: 12 numbers, of the calendar months; a weekly timetable as of a pool's `servers`; "
           "`{ file = \"arrivals.csv\" }`, people by day; or these in the scenario, `{ days = [[0, 120], [1, 80]] }`",
       .example = "write profile = [1, 1, 1, 1, 1, 1, 0.6, 0.6, 1, 1.2, 1.6, 2]"},
      {.name = "growth",
       .kind = Kind::growth,
       .standard = "0",
       .meaning = "from `from` on, compounding: `\"2 % per month\"`, or `\"0.02 per month\"`"},
      {.name = "from", .kind = Kind::moment, .bounds = not_negative, .standard = "0", .meaning = "nobody arrives before"},
      {.name = "until",
       .kind = Kind::moment,
       .bounds = positive,
       .standard = "the horizon",
       .meaning = "nobody arrives from then on"},
      {.name = "per_month",
       .bounds = {0.0, 1e12, Limit::outside},
       .meaning = "real people who arrive in a month where the profile has its mean and before growth; instead of `share`"}};
}

std::vector<Key> network() {
  return {
      {.name = "well_mixed", .kind = Kind::table, .of = "well_mixed", .meaning = "anybody"},
      {.name = "small_world",
       .kind = Kind::table,
       .of = "small_world",
       .meaning = "neighbours on a ring, some led elsewhere: `{ contacts = 12, rewire = 0.1 }`"},
      {.name = "scale_free",
       .kind = Kind::table,
       .of = "scale_free",
       .meaning = "a few have very many contacts: `{ contacts = 6 }`"},
      {.name = "random", .kind = Kind::table, .of = "random", .meaning = "contacts drawn at random: `{ contacts = 8 }`"},
      {.name = "communities",
       .kind = Kind::table,
       .of = "communities",
       .meaning = "mostly people of one's own persona: `{ contacts = 10, within = 0.8 }`"},
      {.name = "file", .kind = Kind::text, .meaning = "the ties that a file beside the scenario lists: `\"friends.csv\"`"},
  };
}

std::vector<Key> gate() {
  const std::string example = "write { touchpoint = \"renewal\", rule = \"majority\" }";
  return {
      {.name = "touchpoint",
       .kind = Kind::reference,
       .required = true,
       .of = "touchpoint",
       .meaning = "where the account decides",
       .example = example},
      {.name = "rule",
       .kind = Kind::rule,
       .required = true,
       .of = "gate_rule",
       .words = {"weighted", "majority", "unanimous"},
       .meaning = "how it decides",
       .example = "weighted, majority, unanimous, or { veto = [\"cfo\"] }"},
      {.name = "weights",
       .kind = Kind::weights,
       .bounds = not_negative,
       .of = "persona",
       .meaning = "of `\"weighted\"`: votes of each member of a role; a role that is not named has none"},
  };
}

Key figure_key(const GoalFigure& figure, const char* of) {
  return {.name = std::string(figure.name),
          .bounds = {0.0, 1e15, Limit::outside},
          .meaning = fmt::format("what one unit counts of the {}{}", figure.meaning, of)};
}

std::vector<Key> goal() {
  std::vector<Key> keys;
  for (const GoalFigure& figure : goal_figures) keys.push_back(figure_key(figure, ""));
  return keys;
}

/// What teams are measured by: the scenario's figures, and those of a team's own touchpoints.
std::vector<Key> team_goal() {
  const char* const whole = ", of the whole company";
  std::vector<Key> keys;
  for (const GoalFigure& figure : goal_figures) keys.push_back(figure_key(figure, whole));
  for (const GoalFigure& figure : team_figures)
    keys.push_back(figure_key(figure, figure.name == "conversion" ? whole : ", at the team's touchpoints"));
  return keys;
}

std::vector<std::string> names_of(std::span<const GoalFigure> figures) {
  std::vector<std::string> names;
  for (const GoalFigure& figure : figures) names.emplace_back(figure.name);
  return names;
}

std::vector<Key> team() {
  std::vector<std::string> words = names_of(goal_figures);
  for (const std::string& own : names_of(team_figures)) words.push_back(own);
  return joined(entity_keys(),
                {{.name = "goal",
                  .kind = Kind::rule,
                  .of = "team_goal",
                  .words = std::move(words),
                  .meaning = "what the team itself is measured by, for `sojourn optimize --silos`: one figure, or several "
                             "with what one unit of each counts"}});
}

std::vector<Key> contacts_key(const std::string& of) {
  return {{.name = "contacts", .required = true, .bounds = contacts, .meaning = of}};
}

}  // namespace

const Fields<Settings>& settings() {
  static const Fields<Settings> fields = declared<Settings>({
      {{.name = "title", .required = true, .example = "write title = \"what this is about\""}, &Settings::title},
      {{.name = "question", .meaning = "what the scenario answers"}, &Settings::question},
      {{.name = "start", .kind = Kind::date, .meaning = "day 0"}, &Settings::start},
      {{.name = "horizon",
        .required = true,
        .bounds = {0.0, longest_horizon, Limit::outside},
        .meaning = "how long is simulated; a visit exactly at the horizon still happens",
        .example = "write horizon = \"24 months\"",
        .hint = "horizon is counted in days"},
       &Settings::horizon},
      {{.name = "window",
        .bounds = {0.0, 1e6, Limit::outside},
        .meaning = "resolution of the time series and step of the ramps",
        .hint = "window is counted in days"},
       &Settings::window},
      {{.name = "customers",
        .required = true,
        .bounds = {1.0, 4e9},
        .meaning = "people simulated, up to 4,000,000,000",
        .example = "write customers = 100_000"},
       &Settings::customers},
      {{.name = "arrivals",
        .kind = Kind::word,
        .standard = "`\"fixed\"`",
        .words = {"fixed", "poisson"},
        .meaning = "`\"poisson\"`: how many people there are varies between replications, by a Poisson number whose mean is "
                   "`customers`; money is scaled by `customers` all the same",
        .example = "fixed or poisson"}},
      {{.name = "market",
        .bounds = {0.0, 1e12, Limit::outside},
        .standard = "`customers`",
        .meaning = "real people for whom they stand: scales money, not shares"},
       &Settings::market},
      {{.name = "replications", .bounds = {1.0, 1e5}, .meaning = "independent repetitions; the intervals come from them"},
       &Settings::replications},
      {{.name = "base",
        .kind = Kind::text,
        .meaning = "another scenario in this file's folder, of which this file holds only what changes: `\"telecom.toml\"`, "
                   "see [Variants](#variants)"}},
      {{.name = "seed", .bounds = {.low = 0.0}, .meaning = "same seed, same numbers"}, &Settings::seed},
      {{.name = "currency", .meaning = "what money is counted in"}, &Settings::currency},
      {{.name = "discount",
        .bounds = {-1.0, 1e6, Limit::outside},
        .unit = "per year",
        .meaning = "0.08 is 8 % a year",
        .hint = "8 % per year is 0.08"},
       &Settings::discount},
      {{.name = "goal",
        .kind = Kind::rule,
        .standard = "`npv` where there is money, else `retained`",
        .of = "goal",
        .words = names_of(goal_figures),
        .meaning =
            "what decides between plans: one figure, or several with what one unit of each counts, as in `{ npv = 1, nps "
            "= 50_000 }`"}},
  });
  return fields;
}

const Fields<BehaviourSettings>& behaviour() {
  using B = BehaviourSettings;
  static const Fields<B> fields = declared<B>({
      {{.name = "performance", .bounds = weight, .meaning = "weight of delivered quality in the appraisal"},
       &B::performance},
      {{.name = "disconfirmation", .bounds = weight, .meaning = "weight of quality minus expectation"}, &B::disconfirmation},
      {{.name = "memory", .bounds = fraction, .meaning = "how far one visit moves satisfaction"}, &B::memory},
      {{.name = "peak", .bounds = weight, .meaning = "how much more an intense moment counts"}, &B::peak},
      {{.name = "forgiveness", .bounds = fraction, .meaning = "how much less a bad visit counts for a satisfied customer"},
       &B::forgiveness},
      {{.name = "adapt", .bounds = fraction, .meaning = "how far expectation follows what was delivered"}, &B::adapt},
      {{.name = "promise_weight", .bounds = fraction, .meaning = "how far expectation follows a promise"},
       &B::promise_weight},
      {{.name = "recommend_base",
        .bounds = fraction,
        .meaning = "where satisfaction 0.5 answers \"would you recommend us?\" (0.7 is a 7)"},
       &B::recommend_base},
      {{.name = "recommend_sd", .bounds = weight, .meaning = "spread between people in that answer"}, &B::recommend_sd},
      {{.name = "repeat_effort", .bounds = fraction, .meaning = "effort added when a customer must repeat themselves"},
       &B::repeat_effort},
      {{.name = "fit_weight", .bounds = weight, .meaning = "weight of the fit of content to needs in quality"},
       &B::fit_weight},
      {{.name = "expectation_drift",
        .kind = Kind::share_rate,
        .bounds = {-1e3, 1e3},
        .meaning =
            "how much the expected quality rises between two visits, because others become better: `\"0.02 per year\"`, or "
            "`\"2 % per year\"`",
        .subject = "expectation_drift per day"},
       &B::expectation_drift},
      {{.name = "traits",
        .kind = Kind::table,
        .of = "traits",
        .meaning = "traits of every persona that does not set its own"}},
  });
  return fields;
}

const Fields<Persona>& persona() {
  static const Fields<Persona> fields = declared<Persona>({
      {id_key()},
      {name_key()},
      {{.name = "share",
        .required = true,
        .bounds = fraction,
        .meaning =
            "of people; shares sum to 1. With `[[account_segment]]` it is left out: accounts say who there is; and where "
            "personas say how many people they are: see [Arrivals](#arrivals)",
        .example = "write share = 1 where it is the only one; the shares of all personas sum to 1"},
       &Persona::share},
      {{.name = "people",
        .bounds = {0.0, 1e12, Limit::outside},
        .meaning = "instead of `share`, for all personas: how many real people they are"}},
      {{.name = "starts",
        .kind = Kind::weights,
        .required = true,
        .bounds = fraction,
        .of = "touchpoint",
        .meaning = "first touchpoint; shares sum to 1",
        .example = "name the first touchpoint: starts = { see-ad = 1 }"}},
      {{.name = "arrives",
        .kind = Kind::arrival,
        .bounds = not_negative,
        .standard = "0",
        .of = "arrivals",
        .meaning = "when the journey begins"}},
      {{.name = "standing",
        .kind = Kind::word,
        .standard = "`\"prospect\"`",
        .words = {"prospect", "customer"},
        .meaning = "`\"customer\"`: its people are customers when they arrive, an existing book. They are not in the "
                   "conversion, and in survival from their tenure on",
        .example = "prospect or customer"}},
      {{.name = "tenure",
        .kind = Kind::drawn_duration,
        .bounds = not_negative,
        .meaning =
            "of who arrives as a customer (then it is required): how long ago they bought, up to 100 years; the clock "
            "`tenure` goes by it"}},
      {{.name = "traits", .kind = Kind::table, .standard = "below", .of = "traits", .meaning = "what its people are like"}},
      {{.name = "correlate",
        .kind = Kind::correlations,
        .of = "trait",
        .meaning = "how two traits go together within a person: `[[\"expectation\", \"patience\", 0.4]]`, above -1 and "
                   "below 1; pairs that are not named have 0"}},
      {{.name = "ages",
        .kind = Kind::drawn_times,
        .bounds = not_negative,
        .of = "clock",
        .meaning =
            "clocks that run at arrival, and how long they have: `{ policy = { uniform = [\"0 days\", \"1 year\"] } }`"}},
      {{.name = "channels",
        .kind = Kind::weights,
        .bounds = not_negative,
        .standard = "1 each",
        .of = "channel",
        .meaning = "multiplies the odds of **every** exit into the channel"}},
      {{.name = "odds", .kind = Kind::tables, .of = "persona_odds", .meaning = "multiplies the odds of one exit"}},
      {{.name = "priority",
        .bounds = priorities,
        .meaning = "at queues: lower is served first; that of the touchpoint is added"},
       &Persona::priority},
      {{.name = "needs",
        .kind = Kind::weights,
        .bounds = not_negative,
        .meaning = "themes and their weights: what content should fit (none: all content fits as well as none)"}},
  });
  return fields;
}

const Fields<PersonaOdds>& persona_odds() {
  const std::string example = "write odds = [ { from = \"compare\", to = \"buy\", times = 1.4 } ]";
  static const Fields<PersonaOdds> fields = declared<PersonaOdds>({
      {{.name = "from",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "where the exit is",
        .example = example}},
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "where it leads",
        .example = example}},
      {{.name = "times", .required = true, .bounds = not_negative, .meaning = "factor of its odds", .example = example},
       &PersonaOdds::times},
  });
  return fields;
}

const Fields<Channel>& channel() {
  static const Fields<Channel> fields = declared<Channel>({
      {id_key()},
      {name_key()},
      {{.name = "online", .meaning = "how maps mark it"}, &Channel::online},
      {{.name = "controlled", .meaning = "false: outside the organisation, such as friends or a portal"},
       &Channel::controlled},
  });
  return fields;
}

const Fields<Handover>& handover() {
  static const Fields<Handover> fields = declared<Handover>({
      {{.name = "from",
        .kind = Kind::reference,
        .required = true,
        .of = "team",
        .meaning = "who had the customer before",
        .example = "write the id of a team"}},
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "team",
        .meaning = "who has the customer next",
        .example = "write the id of a team"}},
      {{.name = "carry",
        .required = true,
        .bounds = fraction,
        .meaning = "chance that the next team knows what the last one was told; 1 for pairs that are not listed",
        .example = "write carry = 0.4: the chance that the context survives"},
       &Handover::carry},
  });
  return fields;
}

const Fields<AssumedMove>& assumed() {
  static const Fields<AssumedMove> fields = declared<AssumedMove>({
      {{.name = "from",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "where the customer is",
        .example = "write the id of a touchpoint"}},
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "where the company believes that the customer goes next; no exit need lead there",
        .example = "write the id of a touchpoint"}},
      {{.name = "share",
        .required = true,
        .bounds = fraction,
        .meaning = "of those who move on from `from`, as the company believes; what the shares of one touchpoint leave to 1 "
                   "is what the map leaves open",
        .example = "write share = 0.95"},
       &AssumedMove::share},
  });
  return fields;
}

const Fields<Pool>& pool() {
  static const Fields<Pool> fields = declared<Pool>({
      {id_key()},
      {name_key()},
      {{.name = "servers",
        .kind = Kind::staff,
        .required = true,
        .bounds = not_negative,
        .meaning =
            "how many serve at a time, real ones; fractions may be written. Or by the hour, `{ daily = [24 numbers] }`; "
            "by the hour of the week, Monday first, `{ weekly = [7 lists of 24] }`; or shifts, which add up where they "
            "overlap, `{ mon-fri = { \"08:00-12:00\" = 6, \"12:00-18:00\" = 10 }, sat = { \"09:00-13:00\" = 4 } }`, "
            "closed elsewhere. Days of the week need `scenario.start`",
        .example = "write servers = 7, or servers = { mon-fri = { \"08:00-18:00\" = 6 } }"}},
      {{.name = "cost_per_hour",
        .bounds = {0.0, 1e12},
        .unit = "money",
        .meaning =
            "of one server, for each hour on duty; part of the cost to serve. Servers whom an improvement adds are paid "
            "it, too, beside the improvement's own `cost`"},
       &Pool::cost_per_hour},
  });
  return fields;
}

const Fields<Clock>& clock() {
  static const Fields<Clock> fields = declared<Clock>({
      {id_key()},
      {name_key()},
      {{.name = "starts_at",
        .kind = Kind::references,
        .required = true,
        .of = "touchpoint",
        .meaning = "a visit starts it, or starts it anew; until then it stands still, and what goes by it never comes",
        .example = "write starts_at = \"sign-contract\""}},
  });
  return fields;
}

const Fields<Counter>& counter() {
  static const Fields<Counter> fields = declared<Counter>({
      {id_key()},
      {name_key()},
      {{.name = "counts",
        .kind = Kind::counted,
        .required = true,
        .meaning = "a visit to these adds 1; an exit `\"checkout -> basket\"` does when it arrives",
        .example = "write counts = \"checkout\""}},
      {{.name = "adds", .kind = Kind::word, .words = {"revenue"}, .meaning = "the visit's revenue is added instead of 1"}},
      {{.name = "half_life",
        .kind = Kind::duration,
        .bounds = positive,
        .standard = "never",
        .meaning = "half of it is gone after this time"},
       &Counter::half_life},
      {{.name = "initial",
        .kind = Kind::drawn_or_trait,
        .bounds = not_negative,
        .standard = "0",
        .meaning = "what it holds at arrival"},
       &Counter::initial},
      {{.name = "tiers",
        .kind = Kind::numbers,
        .bounds = {0.0, 1e12, Limit::outside},
        .meaning = "up to three, rising: who ever held so much is a member of that tier. `compare` then tells what the plan "
                   "does to its "
                   "members from who they are; of one counter"}},
  });
  return fields;
}

const Fields<Touchpoint>& touchpoint() {
  using T = Touchpoint;
  static const Fields<T> fields = declared<T>({
      {id_key()},
      {name_key()},
      {{.name = "stage",
        .kind = Kind::word,
        .required = true,
        .words = stages(),
        .meaning = "the first visit to a `purchase` touchpoint makes a customer",
        .example = "awareness, consideration, selection, purchase, retention or advocacy"}},
      {{.name = "channel", .kind = Kind::reference, .of = "channel", .meaning = "where people are met"}},
      {{.name = "team",
        .kind = Kind::reference,
        .of = "team",
        .meaning = "who runs it; without one, nothing is handed over"}},
      {{.name = "quality",
        .kind = Kind::quality,
        .standard = fmt::format("{{ mean = {}, sd = {} }}", T().quality_mean, T().quality_sd),
        .of = "quality",
        .meaning = "quality delivered, clipped to 0 to 1 at each visit; a number is the mean"}},
      {{.name = "effort", .bounds = fraction, .meaning = "what the visit asks of the customer"}, &T::effort},
      {{.name = "weight", .bounds = {0.0, 1e6}, .meaning = "above 1: a moment of truth"}, &T::weight},
      {{.name = "promise", .bounds = fraction, .meaning = "quality that is promised here"}, &T::promise},
      {{.name = "cost",
        .kind = Kind::amount,
        .bounds = money,
        .unit = "money",
        .meaning = "per visit; a distribution is drawn from at each"},
       &T::cost},
      {{.name = "revenue",
        .kind = Kind::amount,
        .bounds = money,
        .unit = "money",
        .meaning = "likewise, such as `{ lognormal = { median = 60, sigma = 1.2 } }`"},
       &T::revenue},
      {{.name = "price",
        .bounds = {0.0, largest_money},
        .unit = "money",
        .meaning = "instead of `revenue`: earned at each visit, and exits here and into here may bend on it"},
       &T::price},
      {{.name = "revenue_per_month",
        .bounds = money,
        .unit = "money a month",
        .meaning = "while the customer is here, until the next visit"},
       &T::revenue_per_month},
      {{.name = "cost_per_month",
        .bounds = money,
        .unit = "money a month",
        .meaning = "while the customer is here, until the next visit"},
       &T::cost_per_month},
      {{.name = "exits",
        .kind = Kind::word,
        .standard = "\"choice\"",
        .words = {"choice", "race"},
        .meaning = "how the exits decide"}},
      {{.name = "next",
        .kind = Kind::tables,
        .of = "exit",
        .meaning = "the exits: an end has none, every other touchpoint at least one"}},
      {{.name = "end",
        .kind = Kind::word,
        .words = {"lost", "churned"},
        .meaning = "the journey ends here, before or after buying"}},
      {{.name = "servers",
        .bounds = positive,
        .meaning = "how many serve here at a time, real ones; fractions may be written; needs `handle_time`"},
       &T::servers},
      {{.name = "pool",
        .kind = Kind::references,
        .of = "pool",
        .meaning =
            "instead of `servers`: who serves here; of a list the first with a free server. A server who becomes free "
            "takes who waits with the lowest `priority`, then who came first; needs `handle_time`"}},
      {{.name = "handle_time",
        .kind = Kind::law,
        .bounds = positive,
        .meaning = "how long one customer takes; needs `servers` or a `pool`"}},
      {{.name = "patience",
        .kind = Kind::law,
        .bounds = not_negative,
        .standard = "the trait, as a mean",
        .meaning =
            "how long customers wait before they leave by the exit with `on = \"gave-up\"`; needs `servers` or a `pool`"}},
      {{.name = "priority",
        .bounds = priorities,
        .meaning = "lower is served first, nobody is interrupted; that of the persona is added"},
       &T::priority},
      {{.name = "answer_within",
        .bounds = not_negative,
        .meaning = "the service level is the share of all who come that is served so soon"},
       &T::answer_within},
      {{.name = "room",
        .bounds = {0.0, 1e9},
        .standard = "no limit",
        .meaning = "who comes when so many wait here is turned away, by the exit with `on = \"turned-away\"`"},
       &T::room},
      {{.name = "reads_reviews", .meaning = "a prospect's choice here bends with the public reviews (`heard` slopes)"},
       &T::reads_reviews},
      {{.name = "counts_as",
        .kind = Kind::word,
        .words = {"churned"},
        .meaning = "people here are no customers until they leave it (win-back)"}},
      {{.name = "content",
        .kind = Kind::tables,
        .of = "content",
        .meaning = "variants of what is shown; the first is the default, and a visit sees one of them"}},
      {{.name = "personalisation",
        .bounds = fraction,
        .meaning = "chance that a visit sees the variant that fits the persona's needs best, not the default"},
       &T::personalisation},
      {{.name = "solves",
        .kind = Kind::chance,
        .bounds = fraction,
        .meaning =
            "chance that a visit solves the customer's problem, or the name of a trait; what a log does not tell. Exits "
            "may bend on it: `solved`, and `only_if = { solved = true }`"}},
  });
  return fields;
}

const Fields<Touchpoint>& quality() {
  static const Fields<Touchpoint> fields = declared<Touchpoint>({
      {{.name = "mean", .bounds = fraction, .meaning = "on average", .subject = "mean quality"}, &Touchpoint::quality_mean},
      {{.name = "sd", .bounds = {0.0, 100.0}, .meaning = "standard deviation between visits", .subject = "sd of quality"},
       &Touchpoint::quality_sd},
  });
  return fields;
}

const Fields<Exit>& exit() {
  static const Fields<Exit> fields = declared<Exit>({
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "may be the same one",
        .example = "write to = \"some-touchpoint\""}},
      {{.name = "odds",
        .bounds = not_negative,
        .standard = "none; 1 in a race",
        .meaning = "share of the choice, relative to the other odds; in a race it multiplies the hazard of a random delay"},
       &Exit::odds},
      {{.name = "probability",
        .kind = Kind::chance,
        .bounds = fraction,
        .meaning = "share taken before the odds; not in a race"}},
      {{.name = "on",
        .kind = Kind::word,
        .words = {"heard", "gave-up", "turned-away"},
        .meaning = "the exit is taken only when a good word is heard, with its `probability` per message; when the wait is "
                   "longer than the customer's patience; or when there is no `room` to wait"}},
      {{.name = "after",
        .kind = Kind::trait_law,
        .bounds = not_negative,
        .standard = "0",
        .meaning = "time until the next touchpoint",
        .subject = "delay"},
       &Exit::after},
      {{.name = "times",
        .kind = Kind::reference,
        .of = "trait",
        .meaning = "odds are multiplied by this trait of the customer; in a race the hazard is"}},
      {{.name = "clock",
        .kind = Kind::reference,
        .of = "clock",
        .meaning =
            "in a race: `after` is the law of this clock's time, given that it has lasted so long; a law that is over "
            "fires at once"}},
      {{.name = "every",
        .kind = Kind::duration,
        .bounds = positive,
        .meaning =
            "in a race, instead of `after`: at each anniversary of `clock`; one that passed elsewhere fires once, at once, "
            "when the customer is back, one at odds of 0 as soon as they are more"}},
      {{.name = "only_if",
        .kind = Kind::conditions,
        .meaning = "who may take the exit: `{ purchases = [\">= 5\", \"< 50\"], bought = true, team = \"billing\", "
                   "solved = false }`; solved is whether this visit solved the problem"}},
      {{.name = "counters",
        .kind = Kind::weights,
        .bounds = slope,
        .of = "counter",
        .meaning = "odds are multiplied by (1 + count)^slope: `{ purchases = 0.3 }`"}},
  });
  return fields;
}

const Fields<Slopes>& slopes() {
  static const Fields<Slopes> fields = declared<Slopes>({
      {{.name = "satisfaction",
        .bounds = slope,
        .meaning = "slope: odds are multiplied by exp(slope x (satisfaction - 1/2))",
        .subject = "slope on satisfaction"},
       &Slopes::satisfaction},
      {{.name = "expectation", .bounds = slope, .meaning = "the same for expectation", .subject = "slope on expectation"},
       &Slopes::expectation},
      {{.name = "heard",
        .bounds = slope,
        .meaning = "the same for what was heard: exp(slope x heard)",
        .subject = "slope on heard"},
       &Slopes::heard},
      {{.name = "solved",
        .bounds = slope,
        .meaning = "odds are multiplied by exp(slope) where this visit solved the problem (`solves`)",
        .subject = "slope on solved"},
       &Slopes::solved},
      {{.name = "effort", .bounds = slope, .meaning = "the same for effort", .subject = "slope on effort"}, &Slopes::effort},
      {{.name = "price",
        .bounds = slope,
        .meaning =
            "slope per unit of money: exp(slope x price). The price is that of where the exit leads; where that has none, "
            "of the touchpoint that it leaves",
        .subject = "slope on price"},
       &Slopes::price},
      {{.name = "outside",
        .kind = Kind::slope_or_each,
        .bounds = slope,
        .of = "outside",
        .meaning =
            "slope on what is most attractive outside: exp(slope x (attraction - 1/2)); or a slope on each, of which all "
            "count: `{ discounter = 1.5, premium = 0.4 }`",
        .subject = "slope on outside"},
       &Slopes::outside},
  });
  return fields;
}

const Fields<Outside>& outside() {
  static const Fields<Outside> fields{
      {id_key()},
      {name_key()},
      {{.name = "attraction",
        .kind = Kind::over_time,
        .required = true,
        .bounds = fraction,
        .meaning = "how good it is beside the company; over time `{ table = [[0, 0.5], [\"1 year\", 0.6]] }`, or by dates, "
                   "straight "
                   "between the points, in steps of one window",
        .example = "write attraction = 0.5, or attraction = { table = [[0, 0.5], [\"1 year\", 0.6]] }"}}};
  return fields;
}

const Fields<Budget>& budget() {
  static const Fields<Budget> fields = declared<Budget>({
      {{.name = "per_quarter",
        .bounds = {0.0, largest_money},
        .standard = "no limit",
        .unit = "money",
        .meaning = "what a plan may spend in each calendar quarter: `check` holds every plan to it, `sojourn optimize` "
                   "every choice; needs `scenario.start`"},
       &Budget::per_quarter},
  });
  return fields;
}

const Fields<Hill>& hill() {
  const std::string example = "write response = { hill = { half = 0.4, shape = 1.5 } }";
  static const Fields<Hill> fields = declared<Hill>({
      {{.name = "half",
        .required = true,
        .bounds = {0.0, 1e3, Limit::outside},
        .meaning = "the level with half of all that is possible",
        .example = example},
       &Hill::half},
      {{.name = "shape",
        .required = true,
        .bounds = {0.0, 100.0, Limit::outside},
        .meaning = "1: each further step brings less; above 1 little helps little",
        .example = example},
       &Hill::shape},
  });
  return fields;
}

const Fields<Recurrence>& recurrence() {
  static const Fields<Recurrence> fields = declared<Recurrence>({
      {{.name = "duration",
        .kind = Kind::step,
        .bounds = positive,
        .meaning = "how long it is on each time, instead of `end`: `\"3 days\"`"}},
      {{.name = "every",
        .kind = Kind::step,
        .bounds = positive,
        .standard = "once",
        .meaning = "it begins again and again, counted from `start`: `\"1 year\"`"}},
      {{.name = "last",
        .kind = Kind::moment,
        .bounds = not_negative,
        .standard = "never",
        .meaning = "it begins no more after this"}},
      {{.name = "hours",
        .kind = Kind::week,
        .standard = "all",
        .meaning =
            "hours of the week in which it is on: `{ mon-fri = \"18:00-08:00\", sat-sun = \"00:00-24:00\" }`. A span past "
            "midnight belongs to the day on which it begins; overlaps are joined"}},
  });
  return fields;
}

const Fields<Change>& change() {
  static const Fields<Change> fields = declared<Change>({
      {{.name = "target", .kind = Kind::table, .standard = "everything", .of = "target", .meaning = "what it acts on"}},
      {{.name = "effect", .kind = Kind::table, .of = "effect", .meaning = "what it changes there"}},
      {{.name = "start", .kind = Kind::moment, .bounds = not_negative, .meaning = "exact"}, &Change::start},
      {{.name = "end", .kind = Kind::moment, .bounds = not_negative, .standard = "never", .meaning = "exact; after `start`"},
       &Change::end},
      {{.name = "ramp",
        .kind = Kind::one_of,
        .of = "ramp",
        .meaning = "the effect grows to its full size over this time, in steps of one window: `{ linear = \"3 months\" }`, "
                   "`{ s_curve = \"6 months\" }`"}},
      {{.name = "fade",
        .kind = Kind::duration,
        .bounds = positive,
        .standard = "never",
        .meaning = "half of the effect is gone after this time from the end of the ramp; costs stay"},
       &Change::fade},
  });
  return fields;
}

const Fields<Price>& price() {
  constexpr Bounds cost{0.0, 1e12};
  static const Fields<Price> fields = declared<Price>({
      {{.name = "once", .bounds = cost, .unit = "money", .meaning = "at the start"}, &Price::once},
      {{.name = "per_month", .bounds = cost, .unit = "money a month", .meaning = "from start to end"}, &Price::per_month},
      {{.name = "per_visit", .bounds = cost, .unit = "money", .meaning = "at every visit of the target"}, &Price::per_visit},
  });
  return fields;
}

const Fields<WordOfMouth>& word_of_mouth() {
  using W = WordOfMouth;
  static const Fields<W> fields = declared<W>({
      {{.name = "network",
        .kind = Kind::one_of,
        .standard = "{ well_mixed = {} }",
        .of = "network",
        .meaning = "who hears whom"}},
      {{.name = "promoter_rate",
        .kind = Kind::rate,
        .bounds = messages,
        .meaning = "positive messages of a customer who answers 9 or 10",
        .subject = "promoter_rate per day"},
       &W::promoter_rate},
      {{.name = "passive_rate",
        .kind = Kind::rate,
        .bounds = messages,
        .meaning = "positive messages of one who answers 7 or 8",
        .subject = "passive_rate per day"},
       &W::passive_rate},
      {{.name = "detractor_rate",
        .kind = Kind::rate,
        .bounds = messages,
        .meaning = "negative messages of one who answers 0 to 6",
        .subject = "detractor_rate per day"},
       &W::detractor_rate},
      {{.name = "negativity", .bounds = {0.0, 1e6}, .meaning = "how many good words a bad one outweighs"}, &W::negativity},
      {{.name = "remembered", .bounds = positive, .meaning = "social proof falls to 37 % in this time"}, &W::remembered},
      {{.name = "talks_after_churn", .bounds = not_negative, .meaning = "how long people talk on after they left"},
       &W::talks_after_churn},
      {{.name = "mixing", .kind = Kind::tables, .of = "mixing", .meaning = "which personas hear one another more, or less"}},
  });
  return fields;
}

const Fields<SmallWorld>& small_world() {
  static const Fields<SmallWorld> fields{
      {contacts_key("mean number of people who hear somebody").front(), &SmallWorld::contacts},
      {{.name = "rewire",
        .required = true,
        .bounds = fraction,
        .meaning = "share of contacts that are far away",
        .example = "write rewire = 0.1: the share of contacts that are far away"},
       &SmallWorld::rewire}};
  return fields;
}
const Fields<ScaleFree>& scale_free() {
  static const Fields<ScaleFree> fields{
      {contacts_key("mean number of people who hear somebody").front(), &ScaleFree::contacts}};
  return fields;
}
const Fields<RandomNetwork>& random_network() {
  static const Fields<RandomNetwork> fields{
      {contacts_key("mean number of people who hear somebody").front(), &RandomNetwork::contacts}};
  return fields;
}
const Fields<Communities>& communities() {
  static const Fields<Communities> fields{
      {contacts_key("mean number of people who hear somebody").front(), &Communities::contacts},
      {{.name = "within",
        .required = true,
        .bounds = fraction,
        .meaning = "share of contacts of one's own persona",
        .example = "write within = 0.8: the share of contacts of one's own persona"},
       &Communities::within}};
  return fields;
}

const Fields<Mixing>& mixing() {
  const std::string example = "write mixing = [ { from = \"young-pro\", to = \"family\", weight = 0.3 } ]";
  static const Fields<Mixing> fields = declared<Mixing>({
      {{.name = "from",
        .kind = Kind::reference,
        .required = true,
        .of = "persona",
        .meaning = "who talks",
        .example = example}},
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "persona",
        .meaning = "who hears",
        .example = example}},
      {{.name = "weight",
        .required = true,
        .bounds = not_negative,
        .meaning = "how much more likely; 1 for pairs that are not listed",
        .example = example},
       &Mixing::weight},
  });
  return fields;
}

const Fields<Reviews>& reviews() {
  static const Fields<Reviews> fields = declared<Reviews>({
      {{.name = "probability", .bounds = fraction, .meaning = "chance that a lukewarm customer posts after a visit"},
       &Reviews::probability},
      {{.name = "extremity",
        .bounds = {0.0, 100.0},
        .meaning = "the delighted and the angry post exp(extremity) times as often"},
       &Reviews::extremity},
      {{.name = "weight",
        .bounds = {0.0, 100.0},
        .meaning = "five stars from everybody count like this many good words heard, one star like as many bad ones"},
       &Reviews::weight},
  });
  return fields;
}

const Fields<Survey>& survey() {
  static const Fields<Survey> fields = declared<Survey>({
      {id_key()},
      {name_key()},
      {{.name = "asks", .kind = Kind::word, .standard = "\"nps\"", .words = question_names(), .meaning = "the question"}},
      {{.name = "after", .kind = Kind::references, .of = "touchpoint", .meaning = "asked after visits to these"}},
      {{.name = "channels", .kind = Kind::references, .of = "channel", .meaning = "asked after visits in these"}},
      {{.name = "every",
        .bounds = positive,
        .meaning = "instead: customers are asked at these intervals, each with a phase of one's own, at the window's end, "
                   "at most 100,000 times within the horizon; `nps` only, as the others ask about a visit"},
       &Survey::every},
      {{.name = "sample", .bounds = fraction, .meaning = "the chance of being invited at each of these occasions"},
       &Survey::sample},
      {{.name = "base", .bounds = slope, .meaning = "logit of answering of who is lukewarm: 0 is a half, -1.5 is 18 %"},
       &Survey::base},
      {{.name = "extremity",
        .bounds = slope,
        .meaning = "added for the delighted and the angry, in proportion to how far satisfaction is from the middle"},
       &Survey::extremity},
      {{.name = "unmet",
        .bounds = slope,
        .meaning = "added in proportion to satisfaction - 1/2: who gets no help tires of being asked"},
       &Survey::unmet},
      {{.name = "fatigue",
        .bounds = {0.0, 100.0},
        .meaning = "taken off for each invitation that is remembered, to this survey or another"},
       &Survey::fatigue},
      {{.name = "fatigue_half_life", .bounds = positive, .meaning = "half of that memory is gone after this time"},
       &Survey::fatigue_half_life},
      {{.name = "noise",
        .bounds = {0.0, 100.0},
        .meaning = "spread of what is written down around what is meant, on a scale from 0 to 1"},
       &Survey::noise},
      {{.name = "cost", .bounds = {0.0, 1e12}, .unit = "money", .meaning = "of an invitation; part of the cost to serve"},
       &Survey::cost},
      {{.name = "annoyance", .bounds = fraction, .meaning = "satisfaction that an invitation costs"}, &Survey::annoyance},
      {{.name = "closed_loop", .kind = Kind::table, .of = "closed_loop", .meaning = "what follows a low answer"}},
  });
  return fields;
}

const Fields<ClosedLoop>& closed_loop() {
  const std::string example = "write closed_loop = { below = 7, to = \"recovery-call\", within = \"2 days\" }";
  static const Fields<ClosedLoop> fields = declared<ClosedLoop>({
      {{.name = "below", .required = true, .bounds = {0.0, 10.0}, .meaning = "answers under this", .example = example},
       &ClosedLoop::below},
      {{.name = "to",
        .kind = Kind::reference,
        .required = true,
        .of = "touchpoint",
        .meaning = "lead here",
        .example = example}},
      {{.name = "within", .bounds = not_negative, .meaning = "after this time, for who is still there"},
       &ClosedLoop::within},
  });
  return fields;
}

const Fields<Rule>& rule_condition() {
  static const Fields<Rule> fields = declared<Rule>({
      {{.name = "metric",
        .kind = Kind::word,
        .required = true,
        .words = metrics(),
        .meaning = "the figure that is watched",
        .example = "write when = { metric = \"nps\", below = 10, windows = 2 }"}},
      {{.name = "survey",
        .kind = Kind::reference,
        .of = "survey",
        .meaning = "as measured by it; left out: the true value"}},
      {{.name = "persona", .kind = Kind::reference, .of = "persona", .meaning = "of these people alone"}},
      {{.name = "touchpoint", .kind = Kind::reference, .of = "touchpoint", .meaning = "from visits there alone"}},
      {{.name = "team", .kind = Kind::reference, .of = "team", .meaning = "from visits to its touchpoints alone"}},
      {{.name = "below", .bounds = any_number, .meaning = "one of the two at least; where both are there, both must hold"},
       &Rule::below},
      {{.name = "above", .bounds = any_number, .meaning = "one of the two at least"}, &Rule::above},
      {{.name = "windows",
        .kind = Kind::whole,
        .bounds = {1.0, 1e5},
        .standard = "1",
        .meaning = "for so many windows in a row"}},
      {{.name = "min_answers",
        .kind = Kind::whole,
        .bounds = {0.0, 1e9},
        .standard = "0",
        .meaning = "of the survey: a window with fewer answers says nothing, and nothing is switched"},
       &Rule::min_answers},
  });
  return fields;
}

const Fields<Rule>& rule_end() {
  static const Fields<Rule> fields = declared<Rule>({
      {{.name = "below", .bounds = any_number, .meaning = "one of the two at least; where both are there, both must hold"},
       &Rule::off_below},
      {{.name = "above", .bounds = any_number, .meaning = "one of the two at least"}, &Rule::off_above},
  });
  return fields;
}

std::vector<Key> uncertain() {
  std::vector<Key> keys{
      {.name = "key",
       .kind = Kind::text,
       .required = true,
       .meaning = "the key as after `--set`; of an effect the number alone, whose sign and percent stay",
       .example = "write key = \"touchpoint.first-bill.quality.mean\""},
      {.name = "group", .kind = Kind::reference, .of = "uncertain_group", .meaning = "with which others it moves"},
      {.name = "why", .kind = Kind::text, .meaning = "where the distribution comes from"}};
  for (const std::string& name : distribution_names()) {
    if (name != distribution_names().front())
      keys.push_back({.name = name, .kind = Kind::parameters, .meaning = "one distribution, cut to the key's range"});
  }
  return keys;
}

std::vector<Key> knob() {
  return {{.name = "key",
           .kind = Kind::text,
           .required = true,
           .meaning = "the key as after `--set`; of an effect the number alone, whose sign and percent stay",
           .example = "write key = \"touchpoint.first-bill.quality.mean\""},
          {.name = "from",
           .kind = Kind::measure,
           .required = true,
           .meaning = "the left end of the slider",
           .example = "write from = 0.3"},
          {.name = "to", .kind = Kind::measure, .required = true, .meaning = "the right end", .example = "write to = 0.9"},
          {.name = "name", .kind = Kind::text, .standard = "the key in words", .meaning = "what stands beside the slider"},
          {.name = "why", .kind = Kind::text, .meaning = "a sentence on what it stands for"}};
}

const Fields<AccountSegment>& account_segment() {
  static const Fields<AccountSegment> fields = declared<AccountSegment>({
      {id_key()},
      {name_key()},
      {{.name = "share",
        .required = true,
        .bounds = fraction,
        .meaning = "of accounts; shares sum to 1",
        .example = "write share = 1 where it is the only one; the shares of all account segments sum to 1"},
       &AccountSegment::share},
      {{.name = "roles",
        .kind = Kind::drawn_weights,
        .required = true,
        .bounds = not_negative,
        .of = "persona",
        .meaning = "people per account, rounded to whole ones",
        .example = "write roles = { user = 8, buyer = 1 }: personas, and people per account"}},
      {{.name = "gates", .kind = Kind::tables, .of = "gate", .meaning = "where the account decides for all"}},
  });
  return fields;
}

namespace {

/// Every figure that a lesson can show, each once.
std::vector<std::string> lesson_figures() {
  std::vector<std::string> all;
  const auto add = [&](const auto& names) {
    for (const std::string_view name : names) {
      if (std::find(all.begin(), all.end(), name) == all.end()) all.emplace_back(name);
    }
  };
  add(lesson_people_figures);
  add(lesson_visit_figures);
  add(lesson_survey_figures);
  add(lesson_tier_figures);
  return all;
}

std::vector<Key> lesson() {
  return {
      {.name = "predict",
       .kind = Kind::text,
       .required = true,
       .meaning = "the question that is to be answered before anything is run",
       .example = "write predict = \"Which keeps more guests?\""},
      {.name = "choices",
       .kind = Kind::texts,
       .required = true,
       .meaning = "the answers to choose from, 2 to 9",
       .example = "write choices = [\"the queue\", \"the drink\"]"},
      {.name = "answer",
       .kind = Kind::whole,
       .required = true,
       .bounds = {1.0, 9.0},
       .meaning = "which of the choices is right, counted from 1",
       .example = "write answer = 2 where the second choice is right"},
      {.name = "because",
       .kind = Kind::text,
       .required = true,
       .meaning = "why it is right, in some sentences",
       .example = "write because = \"...\", the explanation that follows the figures"},
      {.name = "minutes",
       .kind = Kind::whole,
       .bounds = {1.0, 600.0},
       .standard = "5",
       .meaning = "how long it takes in class"},
      {.name = "plans",
       .kind = Kind::references,
       .standard = "all",
       .of = "plan",
       .meaning = "which plans are run besides the baseline; `\"baseline\"` for none"},
      {.name = "baseline",
       .kind = Kind::text,
       .standard = "\"Baseline\"",
       .meaning = "what the baseline is called here, such as \"As today\""},
      {.name = "show",
       .kind = Kind::tables,
       .required = true,
       .of = "lesson_figure",
       .meaning = "the figures that are shown",
       .example = "write show = [ { figure = \"retained\" } ]"},
      {.name = "without",
       .kind = Kind::table,
       .of = "lesson_without",
       .meaning = "the same figures are shown without the cause"},
      {.name = "try", .kind = Kind::tables, .of = "lesson_try", .meaning = "what to try next"},
      {.name = "sources", .kind = Kind::texts, .meaning = "the literature behind it"},
  };
}

std::vector<Key> lesson_figure() {
  return {
      {.name = "figure",
       .kind = Kind::word,
       .required = true,
       .words = lesson_figures(),
       .meaning = "which figure, by the name that it has in results",
       .example = "write { figure = \"retained\" }"},
      {.name = "title", .kind = Kind::text, .standard = "what the figure is", .meaning = "what stands above it"},
      {.name = "touchpoint", .kind = Kind::references, .of = "touchpoint", .meaning = "of visits to these, a bar for each"},
      {.name = "survey", .kind = Kind::references, .of = "survey", .meaning = "as these surveys measure it"},
      {.name = "tier", .bounds = {0.0, 1e15, Limit::outside}, .meaning = "of those who reach this tier: `kept` and `apart`"},
      {.name = "plan",
       .kind = Kind::references,
       .standard = "all that are run",
       .of = "plan",
       .meaning = "under these plans; `\"baseline\"` is one of them"},
      {.name = "by",
       .kind = Kind::word,
       .standard = "`\"plan\"`",
       .words = {"plan", "persona", "replication"},
       .meaning = "also a bar for each persona, or for each replication"},
      {.name = "change",
       .kind = Kind::truth,
       .standard = "false",
       .meaning = "differences to the baseline, on the same luck"},
      {.name = "luck",
       .kind = Kind::word,
       .standard = "`\"same\"`",
       .words = {"same", "another"},
       .meaning = "with `change` and `by = \"replication\"`: `\"another\"` holds a plan against the baseline of the next "
                  "replication, as two runs with different seeds would"},
      {.name = "extremes",
       .kind = Kind::whole,
       .bounds = {1.0, 1000.0},
       .meaning = "by persona: the mean of the so many that are lowest at the first touchpoint, found anew in each "
                  "replication, and of the so many that are highest"},
  };
}

/// Words and changes, of what takes the cause away and of what to try next.
std::vector<Key> lesson_change(const std::string& words, bool changes_required) {
  return {{.name = "words", .kind = Kind::text, .required = true, .meaning = words, .example = "write words = \"...\""},
          {.name = "set",
           .kind = Kind::texts,
           .required = changes_required,
           .meaning = "changes, each as after `--set`: `[\"behaviour.peak=0\"]`",
           .example = changes_required ? "write set = [\"behaviour.peak=0\"]" : ""}};
}

}  // namespace

std::vector<std::string> Table::names() const {
  std::vector<std::string> result;
  for (const Key& key : keys) result.push_back(key.name);
  return result;
}

const std::vector<Table>& tables() {
  static const std::vector<Table> all{
      {"", root_keys()},
      {"scenario", keys_of(settings())},
      {"goal", goal()},
      {"behaviour", keys_of(behaviour())},
      {"persona", keys_of(persona())},
      {"traits", traits()},
      {"arrivals", arrivals()},
      {"persona_odds", keys_of(persona_odds())},
      {"channel", keys_of(channel())},
      {"team", team()},
      {"team_goal", team_goal()},
      {"handover", keys_of(handover())},
      {"assumed", keys_of(assumed())},
      {"pool", keys_of(pool())},
      {"touchpoint", keys_of(touchpoint())},
      {"quality", keys_of(quality())},
      {"clock", keys_of(clock())},
      {"counter", keys_of(counter())},
      {"content",
       {{.name = "theme",
         .kind = Kind::weights,
         .required = true,
         .bounds = not_negative,
         .meaning = "what it says: themes and their weights",
         .example = "write theme = { price = 1.0 }"}}},
      {"exit", keys_of(exit(), slopes())},
      {"improvement", improvement_keys()},
      {"event", joined(entity_keys(), keys_of(change(), recurrence()))},
      {"target", target()},
      {"effect", effect()},
      {"ramp", ramp()},
      {"price", keys_of(price())},
      {"response", response()},
      {"hill", keys_of(hill())},
      {"outside", keys_of(outside())},
      {"budget", keys_of(budget())},
      {"plan",
       joined(entity_keys(),
              {{.name = "improvements",
                .kind = Kind::purchases,
                .of = "improvement",
                .meaning =
                    "at least one, unless there are rules, whole or at a level: `[\"plain-bill\", { id = \"ads\", level = "
                    "0.5 }]`; `baseline`, the empty plan, is always there",
                .example = "name some: improvements = [\"plain-bill\"]"},
               {.name = "rules",
                .kind = Kind::references,
                .of = "rule",
                .meaning = "what switches improvements on or off while the plan runs"}})},
      {"purchase",
       {{.name = "id",
         .kind = Kind::reference,
         .required = true,
         .of = "improvement",
         .meaning = "which improvement",
         .example = "write { id = \"ads\", level = 0.5 }"},
        {.name = "level",
         .bounds = {0.0, 1.0, Limit::outside},
         .standard = "1",
         .meaning = "how much of it: it costs this fraction of the price"}}},
      {"word_of_mouth", keys_of(word_of_mouth())},
      {"network", network()},
      {"well_mixed", {}},
      {"small_world", keys_of(small_world())},
      {"scale_free", keys_of(scale_free())},
      {"random", keys_of(random_network())},
      {"communities", keys_of(communities())},
      {"mixing", keys_of(mixing())},
      {"reviews", keys_of(reviews())},
      {"accounts",
       {{.name = "correlation",
         .bounds = fraction,
         .standard = "0",
         .meaning = "how alike the traits of people in one account are"}}},
      {"account_segment", keys_of(account_segment())},
      {"gate", gate()},
      {"gate_rule",
       {{.name = "veto",
         .kind = Kind::references,
         .required = true,
         .of = "persona",
         .meaning = "roles without whom there is no yes",
         .example = "write rule = { veto = [\"cfo\"] }"}}},
      {"survey", keys_of(survey())},
      {"closed_loop", keys_of(closed_loop())},
      {"rule",
       {{.name = "id", .kind = Kind::id, .meaning = "by which plans name it"},
        name_key(),
        {.name = "when",
         .kind = Kind::table,
         .required = true,
         .of = "when",
         .meaning = "the condition",
         .example = "write when = { metric = \"nps\", below = 10, windows = 2 }"},
        {.name = "off_when",
         .kind = Kind::table,
         .standard = "when it no longer holds",
         .of = "off_when",
         .meaning = "what ends it: the same figure at another level"},
        {.name = "switch_on",
         .kind = Kind::reference,
         .of = "improvement",
         .meaning = "what is on while it is in force, and else off"},
        {.name = "switch_off",
         .kind = Kind::reference,
         .of = "improvement",
         .meaning = "what is off while it is in force"}}},
      {"when", keys_of(rule_condition())},
      {"off_when", keys_of(rule_end())},
      {"uncertain", uncertain()},
      {"knob", knob()},
      {"uncertain_group",
       {id_key(),
        {.name = "correlation",
         .required = true,
         .bounds = {-1.0, 1.0},
         .meaning = "of the normal scores of each two of its inputs; at least -1 / (inputs - 1)",
         .example = "write correlation = 0.5"}}},
      {"lesson", lesson()},
      {"lesson_figure", lesson_figure()},
      {"lesson_without", lesson_change("what is different then, after \"the same, but\"", true)},
      {"lesson_try", joined(lesson_change("what to look at, and what to predict first", false),
                            {{.name = "plan",
                              .kind = Kind::references,
                              .standard = "the lesson's",
                              .of = "plan",
                              .meaning = "which plans are run then, besides the baseline"}})},
  };
  return all;
}

const std::vector<std::string>& distribution_names() {
  static const std::vector<std::string> names{"fixed",     "uniform",     "normal", "beta",     "exponential", "weibull",
                                              "lognormal", "loglogistic", "gamma",  "gompertz", "table"};
  return names;
}

const Table& table(std::string_view name) {
  for (const Table& table : tables()) {
    if (table.name == name) return table;
  }
  throw std::logic_error(fmt::format("no table of the format is called \"{}\"", name));
}

const std::vector<std::string>& list_sections() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const Key& key : table("").keys) {
      if (key.kind == Kind::tables) result.push_back(key.name);
    }
    return result;
  }();
  return names;
}

std::string wording(const Bounds& bounds) {
  constexpr double shown = 1e4;
  const bool low = std::isfinite(bounds.low) && bounds.low > -shown, high = bounds.high < shown;
  if (low && high && bounds.low == bounds.high) return fmt::format("{}", bounds.low);
  if (low && high && bounds.low_limit == Limit::inside) return fmt::format("{} to {}", bounds.low, bounds.high);
  if (low && high) return fmt::format("above {} up to {}", bounds.low, bounds.high);
  return low ? fmt::format("{} {}", bounds.low_limit == Limit::inside ? ">=" : ">", bounds.low) : std::string();
}

}  // namespace sojourn::keys
