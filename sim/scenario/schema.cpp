#include "sojourn/scenario/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "sojourn/model/keys.hpp"
#include "units.hpp"
#include "value.hpp"

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;
using keys::Bounds;
using keys::Key;
using keys::Limit;
using KeyKind = keys::Kind;

constexpr std::string_view identity = "urn:sojourn:scenario:1";
constexpr std::string_view id_pattern = "^[A-Za-z0-9_-]+$";

Json reference_to(std::string_view name) { return {{"$ref", fmt::format("#/definitions/{}", name)}}; }

// Without a point where there are no decimals.
Json limit(double value) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  return std::floor(value) == value && std::abs(value) < exact ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json with_bounds(Json schema, const Bounds& bounds) {
  if (std::isfinite(bounds.low))
    schema[bounds.low_limit == Limit::inside ? "minimum" : "exclusiveMinimum"] = limit(bounds.low);
  if (std::isfinite(bounds.high)) schema["maximum"] = limit(bounds.high);
  return schema;
}

Json number(const Bounds& bounds) { return with_bounds({{"type", "number"}}, bounds); }
bool is_share(const Bounds& bounds) { return bounds.low >= 0.0 && bounds.high <= 1.0; }
// A number, or one with a suffix: "700k", of shares "25 %".
Json quantity(Json plain, bool share) {
  const char* const suffixes = share ? "(k|M|bn|%)" : "(k|M|bn)";
  const Json suffixed = {{"type", "string"}, {"pattern", fmt::format("^\\s*[+-]?[0-9]+(\\.[0-9]+)?\\s*{}\\s*$", suffixes)}};
  return {{"anyOf", Json::array_t{std::move(plain), suffixed}}};
}
Json quantity(const Bounds& bounds) { return quantity(number(bounds), is_share(bounds)); }
Json any_of(std::initializer_list<Json> alternatives) { return {{"anyOf", Json::array_t(alternatives)}}; }
Json list_of(const Json& item) { return {{"type", "array"}, {"items", item}}; }
// A moment: a duration since the start, a date or a local date-time, which are texts in JSON.
Json moment() {
  return any_of({reference_to("duration"),
                 {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?$"}}});
}
Json some_of(const Json& item) { return {{"type", "array"}, {"items", item}, {"minItems", 1}}; }

// A table whose keys are `properties` and no others.
Json object(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}
Json exactly_one(Json table) {
  table["minProperties"] = 1;
  table["maxProperties"] = 1;
  return table;
}

// The forms that a distribution has, by name, their parameters in `measure`.
Json distribution_forms(const Json& measure, const Json& rate, const Json& scale, const Json& scale_rate) {
  const auto parameters = [](std::initializer_list<std::pair<const char*, Json>> all) {
    Json properties = Json::object(), required = Json::array();
    for (const auto& [name, schema] : all) {
      properties[name] = schema;
      required.push_back(name);
    }
    Json result = object(std::move(properties));
    result["required"] = std::move(required);
    return result;
  };
  const auto pair = [](const Json& item) {
    return Json{{"type", "array"}, {"items", item}, {"minItems", 2}, {"maxItems", 2}};
  };
  const Json positive = {{"type", "number"}, {"exclusiveMinimum", 0}};
  const Json not_negative = {{"type", "number"}, {"minimum", 0}};
  return {
      {"fixed", scale},
      {"uniform", pair(measure)},
      {"normal", parameters({{"mean", measure}, {"sd", measure}})},
      {"beta", pair(positive)},
      {"exponential", any_of({parameters({{"mean", scale}}), parameters({{"rate", scale_rate}})})},
      {"weibull", parameters({{"scale", scale}, {"shape", positive}})},
      {"lognormal", parameters({{"median", scale}, {"sigma", not_negative}})},
      {"loglogistic", parameters({{"median", scale}, {"shape", positive}})},
      {"gamma", parameters({{"shape", positive}, {"mean", scale}})},
      {"gompertz", parameters({{"rate", rate}, {"shape", rate}})},
      {"table",
       {{"type", "array"},
        {"items",
         {{"type", "array"}, {"items", Json::array_t{measure, number(keys::fraction)}}, {"minItems", 2}, {"maxItems", 2}}},
        {"minItems", 2}}},
  };
}

// A value, or one of the forms that a distribution has.
Json distribution(const Json& measure, const Json& rate, const Json& scale, const Json& scale_rate) {
  return any_of({scale, exactly_one(object(distribution_forms(measure, rate, scale, scale_rate)))});
}

// A number of servers, or a timetable: by the hour, by the hour of the week, or shifts by days.
Json staff() {
  const Json servers = quantity(keys::not_negative);
  const auto list = [](const Json& item, int length) {
    return Json{{"type", "array"}, {"items", item}, {"minItems", length}, {"maxItems", length}};
  };
  const std::string day = "(mon|tue|wed|thu|fri|sat|sun)", time = "([01][0-9]|2[0-4]):[0-5][0-9]";
  const Json shifts = {{"type", "object"},
                       {"patternProperties", {{fmt::format("^{0}-{0}$", time), servers}}},
                       {"additionalProperties", false}};
  return any_of({quantity(keys::positive),
                 exactly_one(object({{"daily", list(servers, 24)}})),
                 exactly_one(object({{"weekly", list(list(servers, 24), 7)}})),
                 {{"type", "object"},
                  {"patternProperties", {{fmt::format("^{0}(-{0})?$", day), shifts}}},
                  {"additionalProperties", false},
                  {"minProperties", 1}}});
}

// Spans of the week: by days, one or several.
Json week() {
  const std::string day = "(mon|tue|wed|thu|fri|sat|sun)", time = "([01][0-9]|2[0-4]):[0-5][0-9]";
  const Json span = {{"type", "string"}, {"pattern", fmt::format("^{0}-{0}$", time)}};
  return {{"type", "object"},
          {"patternProperties", {{fmt::format("^{0}(-{0})?$", day), any_of({span, some_of(span)})}}},
          {"additionalProperties", false},
          {"minProperties", 1}};
}

// How arrivals are spread over time.
Json profile() {
  const Json months = {{"type", "array"}, {"items", number(keys::not_negative)}, {"minItems", 12}, {"maxItems", 12}};
  const Json day = {{"type", "array"}, {"items", number(keys::not_negative)}, {"minItems", 2}, {"maxItems", 2}};
  return any_of({months, exactly_one(object({{"days", some_of(day)}})),
                 exactly_one(object({{"file", {{"type", "string"}}}})), reference_to("staff")});
}

Json table_schema(const keys::Table& table);

Json shared_definitions() {
  const std::string unit = "(second|minute|hour|day|week|month|year)";
  const std::string decimal = "[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?";
  const Json number_only = {{"type", "number"}};
  const Json duration = any_of({number_only,
                                {{"type", "string"},
                                 {"pattern", fmt::format("^\\s*{}\\s*{}s?\\s*$", decimal, unit)},
                                 {"description", "one number and one unit, such as \"3 days\""}}});
  const Json rate = any_of({number_only,
                            {{"type", "string"},
                             {"pattern", fmt::format("^\\s*{}\\s*per\\s+{}s?\\s*$", decimal, unit)},
                             {"description", "a number per unit of time, such as \"0.2 per month\""}}});
  return {{"id", {{"type", "string"}, {"pattern", id_pattern}}},
          {"duration", duration},
          {"rate", rate},
          {"drawn", distribution(number_only, number_only, number_only, number_only)},
          {"drawn_duration",
           distribution(reference_to("duration"), reference_to("rate"), reference_to("duration"), reference_to("rate"))},
          {"trait_law", distribution(reference_to("duration"), reference_to("rate"),
                                     any_of({reference_to("duration"), reference_to("trait_name")}),
                                     any_of({reference_to("rate"), reference_to("trait_name")}))},
          {"drawn_by_trait",
           distribution(number_only, number_only, any_of({number_only, reference_to("trait_name")}), number_only)},
          {"trait_name", {{"type", "string"}, {"pattern", "^[A-Za-z_][A-Za-z0-9_-]*$"}}},
          // A trait may be a number, a time or a rate: who uses it says which.
          {"drawn_trait", any_of({reference_to("drawn"), reference_to("drawn_duration"),
                                  distribution(reference_to("rate"), number_only, reference_to("rate"), number_only)})},
          {"over_time", exactly_one(object({{"table",
                                             {{"type", "array"},
                                              {"items",
                                               {{"type", "array"},
                                                {"items", Json::array_t{moment(), quantity(keys::fraction)}},
                                                {"minItems", 2},
                                                {"maxItems", 2}}},
                                              {"minItems", 1},
                                              {"description", "points of a line over time, each a time and a number"}}}}))},
          {"staff", staff()}};
}

Json type_of(const Key& key) {
  switch (key.kind) {
    case KeyKind::number:
      return quantity(number(key.bounds), is_share(key.bounds) || key.unit == "per year");
    case KeyKind::whole:
      return quantity(with_bounds({{"type", "integer"}}, key.bounds), false);
    case KeyKind::truth:
      return {{"type", "boolean"}};
    case KeyKind::text:
      return {{"type", "string"}};
    case KeyKind::texts:
      return list_of({{"type", "string"}});
    case KeyKind::date:
      return {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}};
    case KeyKind::duration:
    case KeyKind::step:
      return reference_to("duration");
    case KeyKind::moment:
      return moment();
    case KeyKind::week:
      return week();
    case KeyKind::arrival:
      return any_of({reference_to("drawn_duration"), reference_to(key.of)});
    case KeyKind::profile:
      return profile();
    case KeyKind::growth:
      return any_of({number({-1.0, 10.0, Limit::outside}), {{"type", "string"}, {"pattern", "per\\s"}}});
    case KeyKind::measure:
      return any_of({reference_to("duration"), reference_to("rate")});
    case KeyKind::rate:
      return reference_to("rate");
    case KeyKind::share_rate:
      return any_of({reference_to("rate"), {{"type", "string"}, {"pattern", "%\\s*per\\s"}}});
    case KeyKind::parameters:
      return distribution_forms(reference_to("duration"), reference_to("rate"), reference_to("duration"),
                                reference_to("rate"))[key.name];
    case KeyKind::drawn:
      return reference_to("drawn");
    case KeyKind::drawn_duration:
    case KeyKind::law:
      return reference_to("drawn_duration");
    case KeyKind::staff:
      return reference_to("staff");
    case KeyKind::trait_law:
      return reference_to("trait_law");
    case KeyKind::drawn_times:
      return {{"type", "object"}, {"additionalProperties", reference_to("drawn_duration")}};
    case KeyKind::conditions: {
      const Json test = any_of({number(keys::not_negative), {{"type", "string"}, {"pattern", "^\\s*[<>=]"}}});
      Json result = {{"type", "object"}, {"additionalProperties", any_of({test, some_of(test)})}};
      result["properties"] = {
          {"bought", {{"type", "boolean"}}}, {"team", reference_to("id")}, {"solved", {{"type", "boolean"}}}};
      return result;
    }
    case KeyKind::counted: {
      const Json one = {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-]+(\\s*->\\s*[A-Za-z0-9_-]+)?$"}};
      return any_of({one, some_of(one)});
    }
    case KeyKind::amount:
      return any_of({quantity(key.bounds), reference_to("drawn_by_trait"), reference_to("trait_name")});
    case KeyKind::over_time:
      return any_of({quantity(key.bounds), reference_to("over_time")});
    case KeyKind::drawn_or_trait:
      return any_of({reference_to("drawn"), reference_to("trait_name")});
    case KeyKind::correlations: {
      const Json value = quantity({{"type", "number"}, {"exclusiveMinimum", -1}, {"exclusiveMaximum", 1}}, false);
      return list_of({{"type", "array"},
                      {"items", Json::array_t{reference_to("id"), reference_to("id"), value}},
                      {"minItems", 3},
                      {"maxItems", 3}});
    }
    case KeyKind::id:
    case KeyKind::reference:
      return reference_to("id");
    case KeyKind::references:
      return any_of({reference_to("id"), some_of(reference_to("id"))});
    case KeyKind::purchases:
      return some_of(any_of({reference_to("id"), reference_to("purchase")}));
    case KeyKind::word:
      return {{"enum", key.words}};
    case KeyKind::words:
      return any_of({{{"enum", key.words}}, some_of({{"enum", key.words}})});
    case KeyKind::numbers:
      return list_of(quantity(key.bounds));
    case KeyKind::chance:
      return any_of({quantity(key.bounds), reference_to("id")});
    case KeyKind::quality:
      return any_of({quantity(keys::fraction), reference_to(key.of)});
    case KeyKind::shift:
      return any_of({number(key.bounds), {{"type", "string"}, {"pattern", "^\\s*[-+=]"}}});
    case KeyKind::rule:
      return any_of({{{"enum", key.words}}, reference_to(key.of)});
    case KeyKind::table:
      return reference_to(key.of);
    case KeyKind::one_of:
      return exactly_one(table_schema(keys::table(key.of)));
    case KeyKind::tables:
      return list_of(reference_to(key.of));
    case KeyKind::slope_or_each:
      return any_of({quantity(key.bounds),
                     {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", quantity(key.bounds)}}});
    case KeyKind::weights:
      return {{"type", "object"}, {"additionalProperties", quantity(key.bounds)}};
    case KeyKind::drawn_weights:
      return {{"type", "object"}, {"additionalProperties", reference_to("drawn")}};
  }
  return {};
}

Json key_schema(const Key& key) {
  Json schema = type_of(key);
  const bool refers = schema.contains("$ref");
  // Draft 7 passes over whatever stands beside a $ref.
  if (refers) schema = {{"allOf", Json::array_t{schema}}};
  std::string text = key.meaning;
  if (!key.unit.empty()) text = fmt::format("{}{}{}", key.unit, text.empty() ? "" : "; ", text);
  if (!key.standard.empty()) text += fmt::format("{}default {}", text.empty() ? "" : "; ", key.standard);
  if (!text.empty()) schema["description"] = text;
  if (key.kind == KeyKind::date && !key.standard.empty()) {
    schema["default"] = key.standard;
  } else if (const Json standard = Json::parse(key.standard, nullptr, false); !standard.is_discarded()) {
    schema["default"] = standard;
  }
  return schema;
}

Json table_schema(const keys::Table& table) {
  Json properties = Json::object(), required = Json::array();
  for (const Key& key : table.keys) {
    properties[key.name] = key_schema(key);
    // With accounts, personas need no shares; which of the two a file has, only the reader knows.
    const bool may_be_left_out = table.name == "persona" && key.name == "share";
    if (key.required && !may_be_left_out) required.push_back(key.name);
  }
  for (const std::string_view remark : scenario::remarks) {
    if (!table.name.empty() && table.find(remark) == nullptr)
      properties[std::string(remark)] = {
          {"type", "string"},
          {"description", remark == "note" ? "what else there is to say" : "where the numbers come from"}};
  }
  Json result = object(std::move(properties));
  if (!required.empty()) result["required"] = std::move(required);
  // Traits of a scenario's own have free names.
  if (table.name == "traits") result["additionalProperties"] = reference_to("drawn_trait");
  return result;
}

// The kinds of values as the column "range, unit" names them; empty for a plain number.
std::string kind_text(const Key& key) {
  const auto listed = [&] {
    std::string list;
    for (const std::string& word : key.words) list += fmt::format("{}`{}`", list.empty() ? "" : ", ", word);
    return list;
  };
  switch (key.kind) {
    case KeyKind::number:
    case KeyKind::numbers:
    case KeyKind::shift:
      return {};
    case KeyKind::whole:
      return "whole number";
    case KeyKind::truth:
      return "`true` or `false`";
    case KeyKind::text:
      return "text";
    case KeyKind::texts:
      return "list of texts";
    case KeyKind::date:
      return "date";
    case KeyKind::duration:
    case KeyKind::step:
      return "duration";
    case KeyKind::moment:
      return "duration, date or local time";
    case KeyKind::week:
      return "hours of the week";
    case KeyKind::arrival:
      return "distribution of a duration, or a table, below,";
    case KeyKind::profile:
      return "12 numbers, a timetable, or people by day";
    case KeyKind::growth:
      return "share per time";
    case KeyKind::measure:
      return "number, duration or rate";
    case KeyKind::rate:
    case KeyKind::share_rate:
      return "rate";
    case KeyKind::parameters:
      return "its parameters";
    case KeyKind::drawn:
      return "distribution";
    case KeyKind::drawn_duration:
      return "distribution of a duration";
    case KeyKind::law:
      return "duration, the mean of an exponential, or a distribution";
    case KeyKind::staff:
      return "number, or a timetable";
    case KeyKind::trait_law:
      return "distribution of a duration, whose scale may be a trait,";
    case KeyKind::drawn_times:
      return fmt::format("{} = distribution of a duration", key.of);
    case KeyKind::conditions:
      return "below";
    case KeyKind::counted:
      return "touchpoint or exit, or a list";
    case KeyKind::amount:
      return "money, a distribution of it, or the name of a trait";
    case KeyKind::over_time:
      return "number, or a table over time,";
    case KeyKind::drawn_or_trait:
      return "distribution, or the name of a trait,";
    case KeyKind::correlations:
      return "list of `[trait, trait, number]`";
    case KeyKind::id:
      return "id";
    case KeyKind::reference:
      return fmt::format("{}", key.of);
    case KeyKind::references:
      return fmt::format("{}, or a list", key.of);
    case KeyKind::purchases:
      return fmt::format("list of {0}s, or of `{{ id, level }}`", key.of);
    case KeyKind::word:
      return listed();
    case KeyKind::words:
      return listed() + ", or a list";
    case KeyKind::chance:
      return "0 to 1, or the name of a trait";
    case KeyKind::quality:
      return "mean 0 to 1, sd >= 0";
    case KeyKind::rule:
      return listed() + ", or a table, below";
    case KeyKind::table:
    case KeyKind::one_of: {
      std::string list;
      const keys::Table& table = keys::table(key.of);
      constexpr std::size_t most = 6;
      if (table.keys.empty() || table.keys.size() > most) return "below";
      for (const Key& one : table.keys) list += fmt::format("{}{}", list.empty() ? "" : ", ", one.name);
      return fmt::format("`{{ {} }}`{}", list, key.kind == KeyKind::one_of ? ", one of them" : "");
    }
    case KeyKind::tables: {
      std::string list;
      const keys::Table& table = keys::table(key.of);
      constexpr std::size_t most = 6;
      if (table.keys.size() > most) return "list, below";
      for (const Key& one : table.keys) list += fmt::format("{}{}", list.empty() ? "" : ", ", one.name);
      return fmt::format("list of `{{ {} }}`", list);
    }
    case KeyKind::slope_or_each:
      return fmt::format("number, or {} = number,", key.of);
    case KeyKind::weights:
      return fmt::format("{} = number", key.of.empty() ? "name" : key.of);
    case KeyKind::drawn_weights:
      return fmt::format("{} = distribution", key.of);
  }
  return {};
}

std::string range_text(const Key& key) {
  std::string result = kind_text(key);
  if (key.kind == KeyKind::amount) return result;
  const auto add = [&](const std::string& text, std::string_view between) {
    if (text.empty()) return;
    result += result.empty() ? text : fmt::format("{}{}", between, text);
  };
  if (!key.unit.empty()) add(key.unit, ", ");
  const bool has_range = key.kind != KeyKind::chance && key.kind != KeyKind::quality;
  if (has_range) add(keys::wording(key.bounds), key.unit.empty() && key.kind != KeyKind::number ? " " : ", ");
  if (key.kind == KeyKind::numbers) return fmt::format("list, each {}", result);
  return result.empty() ? "any" : result;
}

// What the sections of a scenario must hold goes from `definitions` into the schema of a scenario that has no base: what a
// variant leaves out its base says. Ids stay, because entries are joined by them.
Json required_without_base(Json& definitions) {
  Json sections = Json::object();
  for (const Key& key : keys::table("").keys) {
    if (key.kind != KeyKind::table && key.kind != KeyKind::tables) continue;
    Json& table = definitions[key.of];
    if (!table.contains("required")) continue;
    const Json required = {{"required", table["required"]}};
    sections[key.name] = key.kind == KeyKind::tables ? Json{{"items", required}} : required;
    const Json& all = table["required"];
    const bool has_id = std::find(all.begin(), all.end(), "id") != all.end();
    table.erase("required");
    if (has_id) table["required"] = {"id"};
  }
  return {{"properties", std::move(sections)}};
}

}  // namespace

std::string json_schema() {
  Json definitions = shared_definitions();
  Json root;
  for (const keys::Table& table : keys::tables()) {
    if (table.name.empty()) {
      root = table_schema(table);
    } else {
      definitions[table.name] = table_schema(table);
    }
  }
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"$id", identity},
                 {"title", "A scenario for Sojourn"},
                 {"$comment", "Written by Sojourn (sojourn schema). Ids, sums and the graph are checked by sojourn check."}};
  schema.update(root);
  schema["if"] = {{"properties", {{"scenario", {{"required", {"base"}}}}}}};
  schema["else"] = required_without_base(definitions);
  schema["definitions"] = std::move(definitions);
  return schema.dump(1) + '\n';
}

std::string key_table(std::string_view table) {
  std::string result = "| key | default | range, unit | meaning |\n|---|---|---|---|\n";
  for (const Key& key : keys::table(table).keys) {
    // What an event shares with an improvement stands there.
    if (table == "event" && keys::table("improvement").find(key.name) != nullptr) continue;
    std::string standard = key.required ? "required" : key.standard.empty() ? "none" : key.standard;
    const bool quoted = standard.find_first_of("\"{") == 0;
    result += fmt::format("| `{}` | {} | {} | {} |\n", key.name, quoted ? fmt::format("`{}`", standard) : standard,
                          range_text(key), key.meaning);
  }
  return result;
}

}  // namespace sojourn
