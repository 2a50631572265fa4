#include "varied_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "sojourn/base/number_text.hpp"
#include "source.hpp"
#include "units.hpp"

namespace sojourn::scenario {
namespace {

using Kind = scenario::Kind;
using keys::Key;

constexpr std::size_t most_tried = 50;

// What the format says about the key at a path; nothing inside of distributions and of tables with free keys.
const Key* declared_key(const std::vector<Step>& steps) {
  const keys::Table* table = &keys::table("");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Key* key = table->find(steps[i].key);
    if (key == nullptr) return nullptr;
    const std::size_t left = steps.size() - i - 1;
    switch (key->kind) {
      case keys::Kind::tables:
        if (left < 2) return nullptr;
        ++i;  // the entry
        table = &keys::table(key->of);
        break;
      case keys::Kind::table:
      case keys::Kind::one_of:
        table = &keys::table(key->of);
        break;
      case keys::Kind::purchases:
        if (left < 2) return nullptr;
        ++i;  // the entry
        table = &keys::table("purchase");
        break;
      case keys::Kind::quality:
        if (left == 0) return key;
        table = &keys::table(key->of);
        break;
      case keys::Kind::slope_or_each:
        return left <= 1 ? key : nullptr;
      case keys::Kind::weights:
      case keys::Kind::drawn_weights:
        return left == 1 ? key : nullptr;
      default:
        return left == 0 ? key : nullptr;
    }
  }
  return nullptr;
}

bool is_duration(const Key* key) {
  return key != nullptr &&
         (key->kind == keys::Kind::duration || key->kind == keys::Kind::moment || key->kind == keys::Kind::step ||
          key->kind == keys::Kind::drawn_duration || key->kind == keys::Kind::law || key->kind == keys::Kind::arrival);
}

// What no number can be drawn for: texts, names, dates, true and false.
bool is_wordy(const Key* key) {
  if (key == nullptr) return false;
  switch (key->kind) {
    case keys::Kind::truth:
    case keys::Kind::text:
    case keys::Kind::texts:
    case keys::Kind::date:
    case keys::Kind::id:
    case keys::Kind::reference:
    case keys::Kind::references:
    case keys::Kind::word:
    case keys::Kind::words:
      return true;
    default:
      return false;
  }
}

std::string joined(const std::string& path, const Step& step) {
  if (step.key.empty()) return fmt::format("{}[{}]", path, step.index);
  const bool plain = step.key.find_first_of(".[") == std::string::npos;
  return fmt::format("{}{}{}", path, path.empty() ? "" : ".", plain ? step.key : fmt::format("\"{}\"", step.key));
}

// The text that stands for a value of the document after --set; empty of lists, tables and times.
std::string written(const Node& node) {
  switch (node.kind) {
    case Kind::text:
      return node.text;
    case Kind::integer:
      return fmt::format("{}", node.integer);
    case Kind::number:
      return fmt::format("{}", node.number);
    case Kind::boolean:
      return node.truth ? "true" : "false";
    case Kind::date:
      return node.text;
    default:
      return {};
  }
}

std::string toml_text(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : std::string(1, c);
  }
  return result + '"';
}

// The share of a distribution below a limit, by bisection of its quantiles.
double share_below(const Distribution& distribution, double limit) {
  constexpr double least = 1e-12;
  if (quantile(distribution, least) >= limit) return 0.0;
  if (quantile(distribution, 1.0 - least) <= limit) return 1.0;
  double low = least, high = 1.0 - least;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (quantile(distribution, middle) < limit ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

bool list_of_numbers(const VariedKey& key) {
  const auto* list = std::get_if<VariedKey::List>(&key.values);
  return list != nullptr && std::all_of(list->settings.begin(), list->settings.end(),
                                        [](const Setting& each) { return parse_number(each.text).has_value(); });
}

/// A number, or a duration in days or a rate per day written as text.
std::optional<double> end_of_range(const Value& value, VariedKey& key) {
  if (value.node().kind != Kind::text) return number(value);
  if (const auto days = parse_duration(value.node().text); days.value) {
    key.unit = "day";
    return days.value;
  }
  if (const auto rate = parse_rate(value.node().text); rate.value) {
    key.unit = "day-1";
    return rate.value;
  }
  const auto why = parse_duration(value.node().text);
  value.refuse(why.message, "write a number, a duration (\"3 days\") or a rate (\"0.2 per month\")");
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& drawn_names() {
  static const std::vector<std::string> names(keys::distribution_names().begin() + 1, keys::distribution_names().end());
  return names;
}

SweepFile inputs_of(const Scenario& scenario, const std::vector<Override>& overrides) {
  SweepFile inputs;
  inputs.name = scenario.name + (scenario.joined ? " (joined with its base)" : "");
  inputs.scenario = scenario;
  inputs.changes = overrides;
  inputs.scenario_path = scenario.name;
  inputs.scenario_name = scenario.name;
  return inputs;
}

std::optional<Value> VariedEntries::read_key(Table& parts, const Value& whole_entry, Entry& entry) {
  entry.path = whole_entry.path();
  const std::optional<Value> key = parts.take("key");
  const std::optional<std::string> name = key ? text(*key) : std::nullopt;
  if (!name) return std::nullopt;
  entry.key.key = *name;
  entry.key_at = key->node().at;
  entry.key.place = fmt::format("{}:{}", sweep_.name, key->node().at.line);
  const bool sound =
      parse_key(entry, [&](std::string message, std::string hint) { key->refuse(std::move(message), std::move(hint)); });
  return sound ? key : std::nullopt;
}

std::vector<Value> VariedEntries::take_drawn(Table& parts) {
  std::vector<Value> drawn;
  for (const std::string& each : drawn_names()) {
    if (const auto found = parts.take(each)) drawn.push_back(*found);
  }
  return drawn;
}

/// The steps of the key's path, its unit and whether it is a whole number.
bool VariedEntries::parse_key(Entry& entry, const std::function<void(std::string, std::string)>& refuse) {
  const auto steps = parse_path(entry.key.key);
  if (!steps || steps->size() > max_depth) {
    refuse(fmt::format("{} is not the path of a key", in_quotes(entry.key.key)),
           "a path is keys and ids joined by dots: touchpoint.first-bill.quality.mean");
    return false;
  }
  if (entry.key.key == "scenario.replications") {
    refuse("every point of a sweep has the same replications",
           "leave this key out: --replications sets them, and in a sweep file replications = ... in [sweep]");
    return false;
  }
  entry.steps = *steps;
  entry.key.paths = {entry.key.key};
  declared_ = declared_key(*steps);
  entry.key.whole = declared_ != nullptr && declared_->kind == keys::Kind::whole;
  if (is_duration(declared_)) entry.key.unit = "day";
  if (declared_ != nullptr) {
    const keys::Bounds& bounds = declared_->bounds;
    entry.key.as_percent = declared_->kind == keys::Kind::quality || declared_->unit == "per year" ||
                           (bounds.low >= 0.0 && bounds.high <= 1.0 && !entry.key.whole);
    entry.key.money = declared_->unit.starts_with("money");
  }
  if (declared_ != nullptr && (declared_->kind == keys::Kind::rate || declared_->kind == keys::Kind::share_rate))
    entry.key.unit = "day-1";
  return true;
}

bool VariedEntries::read_values(Table& parts, const Value& whole_entry, Entry& entry) {
  const std::optional<Value> from = parts.take("from"), to = parts.take("to"), steps = parts.take("steps"),
                             values = parts.take("values");
  const std::vector<Value> drawn = take_drawn(parts);
  constexpr const char* example =
      "write from = 0.3 and to = 0.8, or values = [0.3, 0.5], or normal = { mean = 0.5, sd = 0.1 }";
  const std::size_t kinds = (from || to ? 1 : 0) + (values ? 1 : 0) + drawn.size();
  if (kinds != 1) {
    whole_entry.refuse(kinds == 0 ? "this [[vary]] has no values" : "this [[vary]] has values of several kinds", example);
    return false;
  }
  if (steps && !from && !to) {
    steps->refuse_key("steps belong to a range", "leave steps out");
    return false;
  }
  if (values) return read_list(*values, entry);
  if (!drawn.empty()) return read_drawn(drawn.front(), entry);
  if (!from || !to) {
    whole_entry.refuse(fmt::format("\"{}\" is missing in this [[vary]]", from ? "to" : "from"), example);
    return false;
  }
  return read_range(*from, *to, steps, entry);
}

bool VariedEntries::read_range(const Value& from, const Value& to, const std::optional<Value>& steps, Entry& entry) {
  if (!takes_numbers(entry)) return false;
  VariedKey::Range range;
  const std::optional<double> low = end_of_range(from, entry.key), high = end_of_range(to, entry.key);
  if (!low || !high) return false;
  range.from = *low;
  range.to = *high;
  if (range.from == range.to) {
    to.refuse("to is the same as from: nothing varies", "leave this entry out, and set the key in the scenario");
    return false;
  }
  if (steps) {
    const auto count = small_whole(*steps);
    if (!count) return false;
    if (*count < 2) {
      steps->refuse(fmt::format("steps is {}, but must be 2 or more", *count), "both ends are steps");
      return false;
    }
    range.steps = *count;
  }
  entry.key.values = range;
  entry.trials = {{{}, from.node().at}, {{}, to.node().at}};
  return true;
}

bool VariedEntries::read_list(const Value& values, Entry& entry) {
  const auto all = elements(values, "write values = [0.3, 0.5]");
  if (!all) return false;
  if (all->empty()) {
    values.refuse("values is empty", "name some: values = [0.3, 0.5]");
    return false;
  }
  VariedKey::List list;
  bool numbers = true;
  for (const Value& each : *all) {
    const std::string text = written(each.node());
    if (text.empty()) {
      each.refuse_type("a number, a text, true, false or a date");
      return false;
    }
    const bool finite = std::isfinite(each.node().number);
    if (!finite) {
      each.refuse("a value must be a finite number");
      return false;
    }
    const bool is_number = each.node().kind == Kind::integer || each.node().kind == Kind::number;
    numbers = numbers && is_number;
    // A text is quoted, so that "true" stays one; that of an effect begins with its sign.
    const bool quoted = each.node().kind == Kind::text && !is_effect(entry.steps);
    list.settings.push_back({is_number ? each.node().number : 0.0, quoted ? toml_text(text) : text});
    if (entry.trials.size() < most_tried) entry.trials.push_back({list.settings.back(), each.node().at});
  }
  for (std::size_t i = 0; !numbers && i < list.settings.size(); ++i) list.settings[i].number = static_cast<double>(i);
  entry.key.values = std::move(list);
  return true;
}

/// False, after saying so, where the key takes no number.
bool VariedEntries::takes_numbers(const Entry& entry) {
  if (!is_wordy(declared_)) return true;
  refuse(entry, entry.key_at, fmt::format("{} is no number: nothing can be drawn for it", entry.key.key),
         "name a key that is a number, a duration or a rate");
  return false;
}

bool VariedEntries::read_drawn(const Value& value, Entry& entry) {
  if (!takes_numbers(entry)) return false;
  // The distribution's name is the key here; elsewhere it stands in a table of its own.
  Node holder;
  holder.at = value.node().at;
  holder.key_at = value.node().key_at;
  holder.children.push_back(value.node());
  const Measure measure = is_duration(declared_) ? Measure::duration : Measure::number;
  const auto read = scenario::distribution(Value(holder, entry.path, problems_), measure);
  if (!read) return false;
  const keys::Bounds bounds = declared_ != nullptr ? declared_->bounds : keys::any_number;
  bool sound = true;
  for (const Finding& finding : keys::check(entry.key.key, *read, bounds)) {
    value.refuse(finding.message, finding.hint);
    sound = false;
  }
  if (!sound) return false;
  VariedKey::Drawn drawn{*read};
  drawn.lowest = share_below(*read, bounds.low);
  drawn.highest = share_below(*read, bounds.high);
  drawn.low = bounds.low;
  drawn.high = bounds.high;
  if (bounds.low_limit == keys::Limit::outside) drawn.lowest += 1e-9;  // the limit itself is not one of its values
  if (!(drawn.highest - drawn.lowest > 1e-6)) {
    value.refuse(
        fmt::format("hardly anything of this distribution lies in the range of the key, {}", keys::wording(bounds)));
    return false;
  }
  entry.key.values = drawn;
  entry.trials = {{{}, value.node().at}, {{}, value.node().at}};
  return true;
}

void VariedEntries::add(Entry entry) {
  if (entry.steps.empty()) {  // a column
    const bool sound = parse_key(entry, [&](std::string message, std::string hint) {
      refuse_in_table_(entry.key_at, std::move(message), std::move(hint));
    });
    if (!sound) return;
  }
  entries_.push_back(std::move(entry));
}

void VariedEntries::finish() {
  std::set<std::string> known;
  for (const Entry& entry : entries_) {
    for (const std::string& path : entry.key.paths) {
      if (known.insert(path).second) continue;
      refuse(entry, entry.key_at, fmt::format("{} varies already", in_quotes(path)), "keep one of them");
      break;
    }
  }
  for (Entry& entry : entries_) sweep_.keys.push_back(std::move(entry.key));
}

void VariedEntries::try_each() {
  for (Entry& entry : entries_) {
    find_paths(entry);
    try_in_scenario(entry);
  }
}

void VariedEntries::refuse(const Entry& entry, const Region& at, std::string message, std::string hint) {
  if (refuse_in_table_) {
    refuse_in_table_(at, std::move(message), std::move(hint));
  } else {
    problems_.error(entry.path, at, -1, std::move(message), std::move(hint));
  }
}

const Node& VariedEntries::scenario_root() {
  if (!scenario_root_) scenario_root_ = parse_document(without_byte_order_mark(sweep_.scenario.source), sweep_.changes).root;
  return *scenario_root_;
}

std::optional<double> VariedEntries::number_in_scenario(const Entry& entry) {
  std::vector<std::pair<std::string, const Node*>> found;
  expand(entry.steps, 0, "", &scenario_root(), found);
  const Node* node = found.empty() ? nullptr : found.front().second;
  if (node == nullptr && entry.steps.back().key == "mean") {
    // quality = 0.5 is short for quality = { mean = 0.5 }.
    found.clear();
    expand({entry.steps.begin(), entry.steps.end() - 1}, 0, "", &scenario_root(), found);
    node = found.empty() ? nullptr : found.front().second;
  }
  const auto number_of = [&](const std::string& text) -> std::optional<double> {
    if (is_effect(entry.steps)) {
      const auto form = effect_form(text);
      return form ? parse_number(form->number) : std::nullopt;
    }
    if (const auto plain = parse_suffixed(text)) return plain->value;
    if (const auto plain = parse_number(text)) return plain;
    if (entry.key.unit == "day") return parse_duration(text).value;
    return entry.key.unit == "day-1" ? parse_rate(text).value : std::nullopt;
  };
  if (node != nullptr) {
    if (node->kind == Kind::integer || node->kind == Kind::number) return node->number;
    return node->kind == Kind::text ? number_of(node->text) : std::nullopt;
  }
  const Key* declared = declared_key(entry.steps);
  std::string standard = declared != nullptr ? declared->standard : "";
  std::erase_if(standard, [](char c) { return c == '`' || c == '"'; });
  return number_of(standard);
}

/// The keys of the scenario that a path with `*` stands for, and what surrounds the number of an effect.
void VariedEntries::find_paths(Entry& entry) {
  std::vector<std::pair<std::string, const Node*>> found;
  expand(entry.steps, 0, "", &scenario_root(), found);
  const bool wild = std::any_of(entry.steps.begin(), entry.steps.end(), [](const Step& step) { return step.key == "*"; });
  if (wild) {
    entry.key.paths.clear();
    for (const auto& each : found) entry.key.paths.push_back(each.first);
    if (found.empty())
      refuse(entry, entry.key_at, fmt::format("{} names nothing in the scenario", in_quotes(entry.key.key)),
             "* stands for every entry of a list or table: handover.*.carry");
  }
  const bool numbers = !std::holds_alternative<VariedKey::List>(entry.key.values);
  if (is_effect(entry.steps) && (numbers || list_of_numbers(entry.key))) keep_sign(entry, found);
}

void VariedEntries::expand(const std::vector<Step>& steps, std::size_t at, const std::string& path, const Node* node,
                           std::vector<std::pair<std::string, const Node*>>& found) {
  if (at == steps.size()) {
    found.emplace_back(path, node);
    return;
  }
  const Step& step = steps[at];
  if (step.key == "*") {
    for (std::size_t i = 0; node != nullptr && i < node->children.size(); ++i) {
      const Node& child = node->children[i];
      Step next{node->kind == Kind::array ? std::string() : child.key, i};
      if (const Node* id = child.find("id"); node->kind == Kind::array && id != nullptr) next.key = id->text;
      expand(steps, at + 1, joined(path, next), &child, found);
    }
    return;
  }
  const Node* next = nullptr;
  if (node != nullptr && node->kind == Kind::array) {
    for (std::size_t i = 0; i < node->children.size(); ++i) {
      const Node& child = node->children[i];
      const Node* id = child.find("id");
      if (id == nullptr) id = child.find("to");  // an exit
      if (step.key.empty() ? i == step.index : id != nullptr && id->text == step.key) next = &child;
    }
  } else if (node != nullptr) {
    next = node->find(step.key);
  }
  expand(steps, at + 1, joined(path, step), next, found);
}

void VariedEntries::keep_sign(Entry& entry, const std::vector<std::pair<std::string, const Node*>>& found) {
  std::optional<EffectForm> kept;
  for (const auto& [path, node] : found) {
    if (node == nullptr) {
      entry.trials.clear();
      refuse(entry, entry.key_at, fmt::format("the scenario has no effect {}", in_quotes(path)),
             "a varied number replaces that of an effect, and keeps its sign and percent: give the scenario the effect");
      return;
    }
    const auto one = node->kind == Kind::text ? effect_form(node->text) : std::optional<EffectForm>(EffectForm{});
    if (!one || (kept && (kept->before != one->before || kept->after != one->after))) {
      refuse(entry, entry.key_at, fmt::format("{} is written otherwise than the others", in_quotes(path)),
             "vary effects of one sign and unit together");
      return;
    }
    kept = one;
  }
  if (!kept || (kept->before.empty() && kept->after.empty())) return;
  entry.key.before = kept->before;
  entry.key.after = kept->after;
  bool negative = false;
  if (auto* list = std::get_if<VariedKey::List>(&entry.key.values)) {
    for (std::size_t i = 0; i < list->settings.size(); ++i) {
      Setting& setting = list->settings[i];
      negative = negative || setting.number < 0.0;
      setting.text = kept->before + setting.text + kept->after;
      if (i < entry.trials.size()) entry.trials[i].setting = setting;
    }
  } else {
    negative = entry.key.at(0.0).number < 0.0 || entry.key.at(1.0).number < 0.0;
  }
  if (!negative) return;
  entry.trials.clear();  // what the scenario would say to two signs says no more
  refuse(entry, entry.key_at, fmt::format("the number of {} cannot be negative", in_quotes(entry.key.key)),
         fmt::format("the sign stands in the scenario: \"{}...{}\"", kept->before, kept->after));
}

/// What is wrong with the scenario when these keys have these values.
std::vector<Finding> VariedEntries::errors_at(std::vector<VariedKey> keys, const std::vector<Setting>& settings) const {
  SweepFile some;
  some.changes = sweep_.changes;
  some.keys = std::move(keys);
  some.scenario = sweep_.scenario;
  some.scenario_name = sweep_.scenario_name;
  some.scenario_path = sweep_.scenario_path;
  std::vector<Finding> errors;
  for (Finding& finding : scenario_at(some, settings).findings) {
    if (finding.severity == Severity::error) errors.push_back(std::move(finding));
  }
  return errors;
}

void VariedEntries::try_rows() {
  const std::size_t rows = sweep_.design.rows;
  std::set<std::size_t> tried;
  for (std::size_t i = 0; i < std::min(rows, most_tried); ++i)
    tried.insert(rows > most_tried ? i * (rows - 1) / (most_tried - 1) : i);
  std::vector<VariedKey> keys;
  for (const Entry& entry : entries_) {
    keys.push_back(entry.key);
    keys.back().values = VariedKey::List();  // the settings are given
    const auto& settings = std::get<VariedKey::List>(entry.key.values).settings;
    const auto [least, most] = std::minmax_element(settings.begin(), settings.end(),
                                                   [](const Setting& a, const Setting& b) { return a.number < b.number; });
    tried.insert(static_cast<std::size_t>(least - settings.begin()));
    tried.insert(static_cast<std::size_t>(most - settings.begin()));
  }
  std::map<std::size_t, std::vector<Finding>> said;
  for (const std::size_t row : tried) {
    std::vector<Setting> settings;
    for (const Entry& entry : entries_) settings.push_back(std::get<VariedKey::List>(entry.key.values).settings[row]);
    said[row] = errors_at(keys, settings);
  }
  const std::vector<Finding>& first = said.begin()->second;
  for (const auto& [row, errors] : said) {
    for (const Finding& finding : errors) {
      const Entry& entry = column_of(finding);
      // What is wrong in every row is wrong with the key.
      const bool always = std::all_of(said.begin(), said.end(), [&](const auto& other) {
        return std::any_of(other.second.begin(), other.second.end(),
                           [&](const Finding& one) { return one.message == finding.message; });
      });
      if (always && &errors != &first) continue;
      refuse(entry, always ? entry.key_at : entry.rows[row], finding.message, finding.hint);
    }
  }
}

/// The column whose key a finding is about; the first where it is about none.
const Entry& VariedEntries::column_of(const Finding& finding) const {
  for (const Entry& entry : entries_) {
    for (const std::string& path : entry.key.paths) {
      if (!finding.path.empty() && (path.starts_with(finding.path) || finding.path.starts_with(path))) return entry;
    }
  }
  return entries_.front();
}

/// What the scenario says to each value.
void VariedEntries::try_in_scenario(const Entry& entry) {
  if (entry.key.paths.empty() || entry.trials.empty()) return;
  const bool listed = std::holds_alternative<VariedKey::List>(entry.key.values);
  std::vector<std::vector<Finding>> said;
  for (std::size_t i = 0; i < entry.trials.size(); ++i) {
    const Setting setting = listed ? entry.trials[i].setting : entry.key.at(i == 0 ? 0.0 : 1.0);
    said.push_back(errors_at({entry.key}, {setting}));
  }
  const auto same = [&](const std::vector<Finding>& other) {
    return !other.empty() && !said.front().empty() && other.front().message == said.front().front().message;
  };
  // What is wrong at every value is wrong with the key.
  if (std::all_of(said.begin(), said.end(), same)) {
    refuse(entry, entry.key_at, said.front().front().message, said.front().front().hint);
    return;
  }
  for (std::size_t i = 0; i < said.size(); ++i) {
    for (const Finding& finding : said[i]) refuse(entry, entry.trials[i].at, finding.message, finding.hint);
  }
}

}  // namespace sojourn::scenario
