#include "value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "units.hpp"

namespace sojourn::scenario {
namespace {

std::string describe(const Node& node) {
  switch (node.kind) {
    case Kind::table:
      return "a table";
    case Kind::array:
      return "a list";
    case Kind::text:
      return fmt::format("the text {}", in_quotes(node.text));
    case Kind::integer:
      return fmt::format("the number {}", node.integer);
    case Kind::number:
      return fmt::format("the number {}", node.number);
    case Kind::boolean:
      return node.truth ? "true" : "false";
    case Kind::date:
      return fmt::format("the date {}", node.text);
    case Kind::time:
      return "a time of day, or with an offset";
  }
  return "something else";
}

bool is_distribution(const Node& node) {
  const std::vector<std::string>& names = keys::distribution_names();
  return node.kind == Kind::table && node.children.size() == 1 &&
         std::find(names.begin(), names.end(), node.children.front().key) != names.end();
}

bool is_share(const keys::Bounds& bounds) { return bounds.low >= 0.0 && bounds.high <= 1.0; }

/// What to write instead of a number such as 50.000, which is 50 in TOML and fifty thousand where a point marks thousands;
/// empty of others.
std::string thousands_hint(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == 0 || point > 3 || text.substr(std::min(point, text.size())) != ".000") return {};
  const std::string_view whole = text.substr(0, point);
  if (whole.front() == '0' || !std::all_of(whole.begin(), whole.end(), [](char c) { return '0' <= c && c <= '9'; }))
    return {};
  return fmt::format("write {}_000 or {}", whole, whole);
}
std::string thousands_hint(const Node& node) {
  return node.kind == Kind::number ? thousands_hint(node.text) : std::string();
}

/// How a number that was written as text should have been written.
std::string number_hint(const Node& node, const keys::Bounds& bounds = {}) {
  if (node.kind == Kind::boolean) return "write 1 or 0";
  if (is_distribution(node)) return "a distribution cannot stand here: write one number";
  if (node.kind != Kind::text) return {};
  std::string written = node.text;
  const auto without = [&](char c) { written.erase(std::remove(written.begin(), written.end(), c), written.end()); };
  without(' ');
  without('_');
  if (std::string hint = thousands_hint(written); !hint.empty()) return hint;
  if (const std::optional<double> plain = parse_number(written)) {
    // Of a share, a number that can be no share is one of a hundred.
    return is_share(bounds) && *plain > 1.0 && *plain <= 100.0
               ? fmt::format("write \"{} %\", or {:g}", written, *plain / 100.0)
               : fmt::format("write {} without quotes", written);
  }
  if (written.ends_with('%')) {
    // Where a share stands, "25 %" is one, and not refused.
    if (parse_number(std::string_view(written).substr(0, written.size() - 1))) return "a plain number stands here, no share";
  }
  if (parse_duration(node.text).value || parse_rate(node.text).value) return "a plain number stands here, without a unit";
  if (std::string hint = comma_hint(written); !hint.empty()) return hint;
  const auto better = rewritten_number(node.text);
  if (better && better->text.ends_with('%') && !is_share(bounds)) return "a plain number stands here, no share";
  return better ? better->hint() : std::string();
}

bool finite(const Value& value) {
  if (std::isfinite(value.node().number)) return true;
  value.refuse(fmt::format("{} must be a finite number", value.label()), "");
  return false;
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool is_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  const auto at = [&](std::size_t i) { return text[i] - '0'; };
  const int year = at(0) * 1000 + at(1) * 100 + at(2) * 10 + at(3);
  const int month = at(5) * 10 + at(6), day = at(8) * 10 + at(9);
  constexpr std::array<int, 13> days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month] + (month == 2 && leap(year) ? 1 : 0);
}

constexpr double exact = 9007199254740992.0;  // 2^53: up to there a double holds every whole number

// A number that is written with a suffix.
std::optional<SuffixedNumber> quantity_of(const Node& node) {
  return node.kind == Kind::text ? parse_suffixed(node.text) : std::nullopt;
}

/// A duration of either sign: a parameter of a law may be negative.
std::optional<Days> signed_duration(const Value& value);

std::optional<double> measured(const Value& value, Measure measure) {
  if (measure == Measure::number) return number(value);
  if (measure == Measure::rate) return rate(value);
  const std::optional<Days> days = signed_duration(value);
  return days ? std::optional(days->value()) : std::nullopt;
}

constexpr std::string_view forms =
    "a number, { uniform = [0, 1] }, { normal = { mean = 0.5, sd = 0.1 } }, { lognormal = { median = 3, sigma = 0.8 } }, "
    "...";
constexpr std::string_view duration_forms =
    "\"3 days\", { uniform = [\"0 days\", \"90 days\"] }, { exponential = { mean = \"5 days\" } }, "
    "{ lognormal = { median = \"3 days\", sigma = 0.8 } }, ...";

// { uniform = [lo, hi] } and { beta = [a, b] }.
std::optional<std::pair<double, double>> pair(const Value& value, Measure measure, std::string hint) {
  if (value.node().kind != Kind::array || value.node().children.size() != 2) {
    value.refuse(fmt::format("{} must be a list of two numbers", value.label()), std::move(hint));
    return std::nullopt;
  }
  const std::optional<double> first = measured(value.element(0), measure), second = measured(value.element(1), measure);
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

// A parameter of a family, and in what measure it is; `scale` where the law is in units of it.
struct ParameterKey {
  std::string_view name;
  Measure measure;
  bool scale = false;
};

// { weibull = { scale = .., shape = .. } } and its like.
std::optional<std::pair<double, double>> parameters(const Value& value, const ParameterKey& first,
                                                    const ParameterKey& second, const std::string& hint, ScaleName* scale) {
  keys::Table declared{value.node().key, {}};
  std::string scale_key;
  for (const ParameterKey& key : {first, second}) {
    if (!key.name.empty()) declared.keys.push_back({.name = std::string(key.name), .required = true, .example = hint});
    if (key.scale) scale_key = key.name;
  }
  std::optional<Table> parts = table(value, fmt::format("the {} distribution", value.node().key), hint, &declared);
  if (!parts) return std::nullopt;
  const auto read = [&](const ParameterKey& key, double& target) {
    return key.name.empty() || parts->read(key.name, target, [&](const Value& v) -> std::optional<double> {
      if (scale == nullptr || !is_name(v)) return measured(v, key.measure);
      if (key.scale) {
        scale->name = v;
        scale->rate = key.name == "rate";
        return 1.0;
      }
      v.refuse(fmt::format("{} of a {} distribution cannot be a trait", key.name, value.node().key),
               scale_key.empty() ? std::string("write a number")
                                 : fmt::format("write a number; {} may be the name of a trait", scale_key));
      return std::nullopt;
    });
  };
  double a = 0.0, b = 0.0;
  const bool has_first = read(first, a), has_second = read(second, b);
  parts->close();
  return has_first && has_second ? std::optional(std::pair(a, b)) : std::nullopt;
}

// { table = [[0, 0], ["1 day", 0.4], ["9 days", 1]] }.
std::optional<Distribution> tabulated(const Value& value, Measure measure) {
  const std::string hint = measure == Measure::number ? "{ table = [[0, 0], [1, 0.4], [9, 1]] }"
                                                      : "{ table = [[0, 0], [\"1 day\", 0.4], [\"9 days\", 1]] }";
  const std::optional<std::vector<Value>> all = elements(value, hint);
  if (!all) return std::nullopt;
  Tabulated result{{}};
  bool complete = true;
  for (const Value& point : *all) {
    if (point.node().kind != Kind::array || point.node().children.size() != 2) {
      point.refuse(fmt::format("{} must be a list of a value and the share below it", point.label()), hint);
      complete = false;
      continue;
    }
    const std::optional<double> x = measured(point.element(0), measure), share = number(point.element(1), keys::fraction);
    if (x && share) {
      result.points.emplace_back(*x, *share);
    } else {
      complete = false;
    }
  }
  return complete ? std::optional<Distribution>(std::move(result)) : std::nullopt;
}

template <class T>
std::optional<Distribution> made(const std::optional<std::pair<double, double>>& two) {
  return two ? std::optional<Distribution>(T{two->first, two->second}) : std::nullopt;
}

}  // namespace

std::string Value::label() const {
  const std::size_t dot = path_.rfind('.');
  return dot == std::string::npos ? path_ : path_.substr(dot + 1);
}

Value Value::element(std::size_t index) const {
  return {node_->children[index], fmt::format("{}[{}]", path_, index), *problems_};
}

Value Value::member(const Node& child) const {
  return {child, path_.empty() ? child.key : fmt::format("{}.{}", path_, child.key), *problems_};
}

void Value::refuse(std::string message, std::string hint) const {
  problems_->error(path_, node_->at, node_->origin, std::move(message), std::move(hint));
}

void Value::refuse_key(std::string message, std::string hint) const {
  problems_->error(path_, node_->key_at, node_->origin, std::move(message), std::move(hint));
}

void Value::warn(std::string message, std::string hint) const {
  problems_->add({{Severity::warning, path_, std::move(message), std::move(hint)}, node_->at, node_->origin});
}

void Value::refuse_type(std::string_view wanted, std::string hint) const {
  refuse(fmt::format("{} must be {}, not {}", label(), wanted, describe(*node_)), std::move(hint));
}

std::optional<Value> Table::take_undeclared(std::string_view key) {
  const std::vector<Node>& children = value_.node().children;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i].key != key) continue;
    taken_[i] = true;
    return value_.member(children[i]);
  }
  return std::nullopt;
}

std::optional<Value> Table::take(std::string_view key) {
  if (declared_ != nullptr) static_cast<void>(declared(key));
  return take_undeclared(key);
}

const keys::Key& Table::declared(std::string_view key) const {
  const keys::Key* found = declared_ != nullptr ? declared_->find(key) : nullptr;
  if (found == nullptr) throw std::logic_error(fmt::format("the key \"{}\" of {} is not declared", key, what_));
  return *found;
}

void Table::take_unknown(const Node& child) {
  const std::vector<Node>& children = value_.node().children;
  for (std::size_t i = 0; i < children.size(); ++i) taken_[i] = taken_[i] || &children[i] == &child;
}

std::vector<Value> Table::rest() {
  std::vector<Value> result;
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (!taken_[i]) result.push_back(value_.member(value_.node().children[i]));
    taken_[i] = true;
  }
  return result;
}

namespace {

/// How `word` is written where it is not a key but what a key may be: `purchase = true` for stage = "purchase". Empty where
/// no key of the table knows the word.
std::string written_as_word(const std::string& word, const keys::Table* declared) {
  if (declared == nullptr) return {};
  for (const keys::Key& key : declared->keys) {
    if (std::find(key.words.begin(), key.words.end(), word) != key.words.end())
      return fmt::format("write {} = \"{}\"", key.name, word);
  }
  return {};
}

/// Where a key belongs that is written in the file itself or in another section: "cost_per_hour is a key of [[pool]]"; of
/// three places at most, as what more of them have says little. Empty where no section has it.
std::string belongs_elsewhere(const std::string& key, const keys::Table* declared) {
  const keys::Table& file = keys::table("");
  if (declared == nullptr || (declared->name != file.name && file.find(declared->name) == nullptr)) return {};
  std::vector<std::string> places;
  for (const keys::Table& table : keys::tables()) {
    if (table.find(key) == nullptr) continue;
    if (table.name == "exit") places.emplace_back("exits (next)");
    const keys::Key* const section = file.find(table.name);
    if (section == nullptr) continue;
    places.push_back(fmt::format(fmt::runtime(section->kind == keys::Kind::tables ? "[[{}]]" : "[{}]"), table.name));
  }
  constexpr std::size_t telling = 3;
  return places.empty() || places.size() > telling ? "" : fmt::format("{} is a key of {}", key, fmt::join(places, ", of "));
}

}  // namespace

void Table::close() {
  const auto path_of = [&](const std::string& key) {
    return value_.path().empty() ? key : fmt::format("{}.{}", value_.path(), key);
  };
  std::vector<std::string>& meant = excused_;
  // Every table with keys of its own may say where its numbers come from.
  for (const std::string_view remark : remarks) {
    if (declared_ == nullptr || value_.path().empty() || declared_->find(remark) != nullptr) continue;
    if (const auto value = take_undeclared(remark)) static_cast<void>(text(*value));
  }
  for (const Value& unknown : rest()) {
    const std::vector<std::string> known = declared_ != nullptr ? declared_->names() : std::vector<std::string>();
    const std::string& key = unknown.node().key;
    const bool section = value_.path().empty() && (unknown.node().kind == Kind::table || unknown.node().kind == Kind::array);
    const std::string near = nearest(key, known);
    std::string hint = written_as_word(key, declared_);
    // A slip of one letter is likelier than a key in the wrong place.
    constexpr std::size_t slip = 1;
    if (hint.empty() && !section && (near.empty() || edit_distance(key, near, slip) > slip))
      hint = belongs_elsewhere(key, declared_);
    if (hint.empty()) hint = value_.problems().suggest(key, known);
    unknown.refuse_key(section ? fmt::format("there is no section {}", in_quotes(key))
                               : fmt::format("unknown key {} in {}", in_quotes(key), what_),
                       hint);
    if (near.empty() || value_.node().find(near) != nullptr) continue;
    // Nothing follows from the absence of the key that was meant.
    meant.push_back(near);
    value_.problems().mark_broken(path_of(near));
  }
  if (declared_ == nullptr) return;
  for (const keys::Key& key : declared_->keys) {
    // The absence of an id is reported where all ids are read.
    if (!key.required || key.kind == keys::Kind::id || value_.node().find(key.name) != nullptr) continue;
    if (std::find(meant.begin(), meant.end(), key.name) != meant.end()) continue;
    value_.problems().error(path_of(key.name), value_.node().at, value_.node().origin,
                            fmt::format("\"{}\" is missing in {}", key.name, what_), key.example);
  }
}

namespace {

template <class T, class U>
void assign(std::optional<T> read, U& target) {
  if (read) target = std::move(*read);
}

}  // namespace

void convert(const Value& value, const keys::Key& key, double& target) {
  // What is drawn the reader takes, who knows the traits.
  if (key.kind == keys::Kind::amount && (value.node().kind == Kind::table || is_name(value))) return;
  // So does it slopes on several things.
  if (key.kind == keys::Kind::slope_or_each && value.node().kind == Kind::table) return;
  // The discount is a share of a year's money.
  const keys::Bounds& bounds = key.unit == "per year" ? keys::fraction : key.bounds;
  assign(key.kind == keys::Kind::rate         ? rate(value)
         : key.kind == keys::Kind::share_rate ? share_rate(value)
                                              : number(value, bounds),
         target);
}
void convert(const Value& value, const keys::Key&, std::uint64_t& target) { assign(whole(value), target); }
void convert(const Value& value, const keys::Key&, std::uint32_t& target) { assign(small_whole(value), target); }
void convert(const Value& value, const keys::Key&, std::int32_t& target) { assign(signed_whole(value), target); }
void convert(const Value& value, const keys::Key&, bool& target) { assign(truth(value), target); }
void convert(const Value& value, const keys::Key& key, std::string& target) {
  assign(key.kind == keys::Kind::date ? iso_date(value) : text(value), target);
}
void convert(const Value& value, const keys::Key& key, Days& target) {
  // A date is counted from the start, which the reader knows.
  if (key.kind == keys::Kind::moment) return;
  assign(duration(value), target);
}
void convert(const Value& value, const keys::Key& key, Distribution& target) {
  // The reader knows the traits that these may name.
  if (key.kind == keys::Kind::trait_law || key.kind == keys::Kind::drawn_or_trait) return;
  assign(distribution(value, key.kind == keys::Kind::drawn_duration ? Measure::duration : Measure::number), target);
}

bool is_number(const Value& value) {
  const Node& node = value.node();
  return node.kind == Kind::integer || node.kind == Kind::number || quantity_of(node);
}

std::optional<double> number(const Value& value, const keys::Bounds& bounds) {
  const Node& node = value.node();
  if (const auto quantity = quantity_of(node); quantity && (!quantity->percent || is_share(bounds))) return quantity->value;
  if (node.kind != Kind::integer && node.kind != Kind::number) {
    value.refuse_type("a number", number_hint(node, bounds));
    return std::nullopt;
  }
  if (std::string hint = thousands_hint(node); !hint.empty()) {
    value.warn(fmt::format("{} is {}: a point marks no thousands", node.text, node.number), std::move(hint));
  }
  return finite(value) ? std::optional(node.number) : std::nullopt;
}

std::optional<std::uint64_t> whole(const Value& value) {
  const Node& node = value.node();
  if (const auto quantity = quantity_of(node); quantity && !quantity->percent && quantity->value >= 0.0 &&
                                               quantity->value == std::floor(quantity->value) && quantity->value <= exact) {
    return static_cast<std::uint64_t>(quantity->value);
  }
  if (node.kind != Kind::integer && node.kind != Kind::number) {
    value.refuse_type("a whole number", number_hint(node));
    return std::nullopt;
  }
  if (node.kind == Kind::integer) {
    if (node.integer >= 0) return static_cast<std::uint64_t>(node.integer);
    value.refuse(fmt::format("{} cannot be negative", value.label()));
    return std::nullopt;
  }
  if (!finite(value)) return std::nullopt;
  if (std::string hint = thousands_hint(node); !hint.empty()) {
    value.refuse(
        fmt::format("{} is a whole number, and {} is {}: a point marks no thousands", value.label(), node.text, node.number),
        std::move(hint));
  } else if (node.number < 0.0) {
    value.refuse(fmt::format("{} cannot be negative", value.label()));
  } else if (node.number != std::floor(node.number) || node.number > exact) {
    value.refuse(fmt::format("{} must be a whole number, not {}", value.label(), node.number));
  } else {
    return static_cast<std::uint64_t>(node.number);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> small_whole(const Value& value) {
  const std::optional<std::uint64_t> result = whole(value);
  if (!result) return std::nullopt;
  if (*result > std::numeric_limits<std::int32_t>::max()) {
    value.refuse(fmt::format("{} is too large: {}", value.label(), *result));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*result);
}

std::optional<std::int32_t> signed_whole(const Value& value) {
  const std::optional<double> result = number(value);
  if (!result) return std::nullopt;
  if (*result != std::floor(*result)) {
    value.refuse(fmt::format("{} must be a whole number, not {}", value.label(), *result));
  } else if (std::abs(*result) > std::numeric_limits<std::int32_t>::max()) {
    value.refuse(fmt::format("{} is too large: {}", value.label(), *result));
  } else {
    return static_cast<std::int32_t>(*result);
  }
  return std::nullopt;
}

std::optional<bool> truth(const Value& value) {
  if (value.node().kind == Kind::boolean) return value.node().truth;
  value.refuse_type("true or false", "write true or false without quotes");
  return std::nullopt;
}

std::optional<std::string> text(const Value& value) {
  if (value.node().kind == Kind::text) return shown_on_one_line(value.node().text);
  value.refuse_type("a text in quotes");
  return std::nullopt;
}

std::optional<std::string> iso_date(const Value& value) {
  const Node& node = value.node();
  if ((node.kind == Kind::date || node.kind == Kind::text) && is_iso_date(node.text)) return node.text;
  value.refuse_type("a date", "write year-month-day without quotes: 2026-01-31");
  return std::nullopt;
}

std::optional<Days> duration(const Value& value) {
  const std::optional<Days> days = signed_duration(value);
  const Node& node = value.node();
  // A bare number is judged with its range.
  if (!days || node.kind != Kind::text || !(days->value() < 0.0)) return days;
  const std::string_view written = trimmed(node.text);
  value.refuse(fmt::format("{} cannot be negative: {}", value.label(), in_quotes(written)),
               fmt::format("write {}", in_quotes(trimmed(written.substr(1)))));
  return std::nullopt;
}

namespace {

std::optional<Days> signed_duration(const Value& value) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) {
    return finite(value) ? std::optional(Days(node.number)) : std::nullopt;
  }
  if (node.kind != Kind::text) {
    value.refuse_type("a duration", is_distribution(node)
                                        ? "a distribution cannot stand here: write one duration, such as \"12 minutes\""
                                        : "write a number and a unit: \"12 minutes\", \"3 days\", \"6 months\"");
    return std::nullopt;
  }
  Parsed<double> parsed = parse_duration(node.text);
  if (parsed.value) return Days(*parsed.value);
  value.refuse(std::move(parsed.message), std::move(parsed.hint));
  return std::nullopt;
}

}  // namespace

std::optional<double> rate(const Value& value) {
  const Node& node = value.node();
  if (node.kind == Kind::integer || node.kind == Kind::number) return number(value);
  if (node.kind != Kind::text) {
    value.refuse_type("a rate", "write a number per unit of time: \"0.2 per month\"");
    return std::nullopt;
  }
  Parsed<double> parsed = parse_rate(node.text);
  if (parsed.value) return parsed.value;
  value.refuse(std::move(parsed.message), std::move(parsed.hint));
  return std::nullopt;
}

std::optional<double> share_rate(const Value& value) {
  const Node& node = value.node();
  const std::size_t percent = node.kind == Kind::text ? node.text.find('%') : std::string::npos;
  if (percent == std::string::npos) return rate(value);
  Parsed<double> parsed = parse_rate(node.text.substr(0, percent) + node.text.substr(percent + 1));
  if (parsed.value) return 0.01 * *parsed.value;
  value.refuse(std::move(parsed.message), std::move(parsed.hint));
  return std::nullopt;
}

std::optional<Table> table(const Value& value, std::string what, std::string hint, const keys::Table* declared) {
  if (value.node().kind == Kind::table) return Table(value, std::move(what), declared);
  value.refuse_type("a table", std::move(hint));
  return std::nullopt;
}

std::optional<std::vector<Value>> elements(const Value& value, std::string hint) {
  if (value.node().kind != Kind::array) {
    value.refuse_type("a list", std::move(hint));
    return std::nullopt;
  }
  std::vector<Value> result;
  for (std::size_t i = 0; i < value.node().children.size(); ++i) result.push_back(value.element(i));
  return result;
}

std::vector<Value> one_or_more(const Value& value, std::string_view when_empty) {
  if (value.node().kind != Kind::array) return {value};
  if (value.node().children.empty()) value.refuse(fmt::format("{} names nothing", value.label()), std::string(when_empty));
  return elements(value).value_or(std::vector<Value>());
}

bool is_name(const Value& value) {
  const Node& node = value.node();
  if (node.kind != Kind::text || node.text.empty() || rewritten_number(node.text)) return false;
  const char first = node.text.front();
  return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
}

std::optional<Distribution> distribution(const Value& value, Measure measure, ScaleName* scale) {
  const Node& node = value.node();
  const std::string_view all = measure == Measure::duration ? duration_forms : forms;
  const bool has_unit = measure != Measure::number;
  if (is_number(value) || (node.kind == Kind::text && has_unit)) {
    if (measure == Measure::duration) {
      const std::optional<Days> time = duration(value);
      return time ? std::optional<Distribution>(Fixed{time->value()}) : std::nullopt;
    }
    const std::optional<double> constant = measured(value, measure);
    return constant ? std::optional<Distribution>(Fixed{*constant}) : std::nullopt;
  }
  if (node.kind != Kind::table) {
    const std::string simple = number_hint(node);
    value.refuse_type(measure == Measure::duration ? "a duration or a distribution"
                      : measure == Measure::rate   ? "a rate or a distribution"
                                                   : "a number or a distribution",
                      simple.empty() ? std::string(all) : simple);
    return std::nullopt;
  }
  const std::vector<std::string>& names = keys::distribution_names();
  for (const Node& child : node.children) {
    if (std::find(names.begin(), names.end(), child.key) != names.end()) continue;
    value.member(child).refuse_key(fmt::format("there is no distribution {}", in_quotes(child.key)),
                                   value.problems().suggest(child.key, names));
    return std::nullopt;
  }
  if (node.children.size() != 1) {
    value.refuse(
        fmt::format("{} must be one distribution, not {}", value.label(), node.children.empty() ? "none" : "several"),
        std::string(all));
    return std::nullopt;
  }
  const Value shape = value.member(node.children.front());
  const std::string& name = node.children.front().key;
  const bool time = measure == Measure::duration;
  if (name == "fixed") {
    if (scale != nullptr && is_name(shape)) {
      scale->name = shape;
      return Fixed{1.0};
    }
    const std::optional<double> constant = measured(shape, measure);
    return constant ? std::optional<Distribution>(Fixed{*constant}) : std::nullopt;
  }
  if (name == "uniform") {
    return made<Uniform>(pair(shape, measure, time ? "{ uniform = [\"1 day\", \"5 days\"] }" : "{ uniform = [0.2, 0.8] }"));
  }
  if (name == "beta") return made<Beta>(pair(shape, Measure::number, "{ beta = [6, 4] }"));
  if (name == "table") return tabulated(shape, measure);
  if (name == "normal") {
    return made<Normal>(
        parameters(shape, {"mean", measure}, {"sd", measure}, "{ normal = { mean = 0.5, sd = 0.1 } }", scale));
  }
  if (name == "exponential") {
    // By its mean, or by its rate.
    const bool mistyped =
        shape.node().children.size() == 1 && nearest(shape.node().children.front().key, {"mean", "rate"}) == "rate";
    if (shape.node().find("rate") != nullptr && shape.node().find("mean") != nullptr) {
      shape.refuse(fmt::format("{} is given by its mean and by its rate", value.label()), "write one of the two");
      return std::nullopt;
    }
    const bool by_rate = mistyped || (shape.node().find("rate") != nullptr && shape.node().find("mean") == nullptr);
    const auto one = parameters(
        shape,
        by_rate ? ParameterKey{"rate", time ? Measure::rate : Measure::number, true} : ParameterKey{"mean", measure, true},
        {},
        time ? "{ exponential = { mean = \"5 days\" } }, or { exponential = { rate = \"2 per year\" } }"
             : "{ exponential = { mean = 5 } }",
        scale);
    if (!one) return std::nullopt;
    if (!by_rate) return Exponential{one->first};
    if (one->first > 0.0) return Exponential{1.0 / one->first};
    shape.refuse(fmt::format("rate of {} must be more than 0", value.label()), "what never comes needs no exit");
    return std::nullopt;
  }
  if (name == "weibull") {
    return made<Weibull>(parameters(
        shape, {"scale", measure, true}, {"shape", Measure::number},
        time ? "{ weibull = { scale = \"10 days\", shape = 1.5 } }" : "{ weibull = { scale = 1, shape = 1.5 } }", scale));
  }
  if (name == "lognormal") {
    return made<Lognormal>(parameters(
        shape, {"median", measure, true}, {"sigma", Measure::number},
        time ? "{ lognormal = { median = \"3 days\", sigma = 0.8 } }" : "{ lognormal = { median = 1, sigma = 0.5 } }",
        scale));
  }
  if (name == "gamma") {
    return made<Gamma>(
        parameters(shape, {"shape", Measure::number}, {"mean", measure, true},
                   time ? "{ gamma = { shape = 2, mean = \"30 days\" } }" : "{ gamma = { shape = 2, mean = 1 } }", scale));
  }
  if (name == "gompertz") {
    const Measure per = time ? Measure::rate : Measure::number;
    return made<Gompertz>(parameters(shape, {"rate", per}, {"shape", per},
                                     time ? "{ gompertz = { rate = \"0.01 per year\", shape = \"0.1 per year\" } }"
                                          : "{ gompertz = { rate = 0.1, shape = 0.5 } }",
                                     scale));
  }
  return made<Loglogistic>(parameters(
      shape, {"median", measure, true}, {"shape", Measure::number},
      time ? "{ loglogistic = { median = \"3 days\", shape = 2 } }" : "{ loglogistic = { median = 1, shape = 2 } }", scale));
}

std::optional<Distribution> law(const Value& value) {
  std::optional<Distribution> result = distribution(value, Measure::duration);
  if (!result || value.node().kind == Kind::table) return result;
  // At 0 the two are the same, and an exponential distribution has a mean above 0.
  const double days = std::get<Fixed>(*result).value;
  return days != 0.0 ? Distribution(Exponential{days}) : Distribution(Fixed{0.0});
}

std::optional<std::size_t> word(const Value& value, const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i)
    list += fmt::format("{}\"{}\"", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  if (value.node().kind != Kind::text) {
    value.refuse_type(list);
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), value.node().text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string near = nearest(value.node().text, words);
  value.refuse(fmt::format("{} cannot be {}", value.label(), in_quotes(value.node().text)),
               near.empty() ? fmt::format("it is {}", list) : fmt::format("did you mean \"{}\"?", near));
  return std::nullopt;
}

namespace {

std::optional<std::size_t> look_up(const std::string& id, const Names& names) {
  const auto found = names.index.find(id);
  return found == names.index.end() ? std::nullopt : std::optional(found->second);
}

std::string unknown_hint(const Value& value, const std::string& id, const Names& names) {
  if (names.known.empty()) return fmt::format("the scenario has no [[{}]]", names.kind);
  return value.problems().suggest(id, names.known);
}

}  // namespace

std::optional<std::size_t> position(const Value& value, const Names& names) {
  if (value.node().kind != Kind::text) {
    value.refuse_type(fmt::format("the id of {} {}", names.kind.find_first_of("aeiou") == 0 ? "an" : "a", names.kind));
    return std::nullopt;
  }
  const std::string& id = value.node().text;
  const std::optional<std::size_t> found = look_up(id, names);
  if (!found && names.lost) {
    value.problems().mark_broken(value.path());
    return found;
  }
  if (!found) value.refuse(fmt::format("there is no {} {}", names.kind, in_quotes(id)), unknown_hint(value, id, names));
  return found;
}

std::optional<std::size_t> position_of_key(const Value& value, const Names& names) {
  const std::string& id = value.node().key;
  const std::optional<std::size_t> found = look_up(id, names);
  if (!found && names.lost) {
    value.problems().mark_broken(value.path());
    return found;
  }
  if (!found) value.refuse_key(fmt::format("there is no {} {}", names.kind, in_quotes(id)), unknown_hint(value, id, names));
  return found;
}

}  // namespace sojourn::scenario
