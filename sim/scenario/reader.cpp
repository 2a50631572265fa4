#include "reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

constexpr int schema = 1;

bool well_formed(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// An id near to what was written: "First bill" becomes "first-bill".
std::string well_formed_like(std::string_view id) {
  std::string result;
  for (const char c : id) {
    if (well_formed(std::string_view(&c, 1))) {
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!result.empty() && result.back() != '-') {
      result += '-';
    }
  }
  while (result.ends_with('-')) result.pop_back();
  return result;
}

std::string line_of(const Node& node) { return node.at.line > 0 ? fmt::format(" (line {})", node.at.line) : std::string(); }

}  // namespace

Reader::Reader(const Node& root, const FileAccess& files, const std::vector<Tie>& kept_ties, Problems& problems)
    : files_(files),
      kept_ties_(kept_ties),
      problems_(problems),
      root_(Value(root, "", problems), "the file", &keys::table("")) {}

ModelParts Reader::read() {
  read_schema(root_);
  // Ids first: anything may name anything.
  personas_ = read_list("persona");
  channels_ = read_list("channel");
  teams_ = read_list("team");
  pools_ = read_list("pool");
  touchpoints_ = read_list("touchpoint");
  improvements_ = read_list("improvement");
  events_ = read_list("event");
  plans_ = read_list("plan");
  surveys_ = read_list("survey");
  rules_ = read_list("rule");
  account_segments_ = read_list("account_segment");
  clocks_ = read_list("clock");
  counters_ = read_list("counter");
  outside_ = read_list("outside");
  name_clocks();
  collect_traits();

  read_settings();
  const Node* const scenario = root_.value().node().find("scenario");
  // A mistyped start is there.
  dated_ = (scenario != nullptr && scenario->find("start") != nullptr) || problems_.hides("scenario.start");
  read_channels();
  read_teams();
  read_handovers();
  read_pools();
  read_clocks();
  read_counters();
  read_touchpoints();
  read_assumed();
  judge_traits();
  read_behaviour();
  read_personas();
  judge_themes();
  read_improvements();
  read_events();
  read_outside();
  read_plans();
  read_budget();
  read_word_of_mouth();
  read_reviews();
  read_surveys();
  read_rules();
  read_accounts();
  read_uncertain();
  read_knobs();
  read_lesson();
  root_.close();
  return std::move(parts_);
}

void read_schema(Table& root) {
  const std::optional<Value> value = root.take("schema");
  if (!value) return;
  const std::optional<std::uint64_t> version = whole(*value);
  if (version && *version != schema) {
    value->refuse(fmt::format("schema {} is not known", *version),
                  *version > schema ? "a newer Sojourn reads it; this one reads schema 1" : "write schema = 1");
  }
}

std::optional<Value> Reader::find_list(const std::string& kind) {
  if (auto value = root_.take(kind)) return value;
  const std::vector<std::string> sections = keys::table("").names();
  // A list under a mistyped name is read all the same, or every mention of its ids would be an error.
  for (const Node& child : root_.value().node().children) {
    if (child.kind != Kind::array || std::find(sections.begin(), sections.end(), child.key) != sections.end()) continue;
    if (nearest(child.key, sections) != kind) continue;
    root_.value().member(child).refuse_key(fmt::format("there is no section {}", in_quotes(child.key)),
                                           fmt::format("did you mean \"{}\"?", kind));
    root_.take_unknown(child);
    return Value(child, kind, problems_);
  }
  return std::nullopt;
}

std::vector<Value> Reader::list_entries(const std::string& kind) {
  const std::optional<Value> value = find_list(kind);
  if (!value) return {};
  if (value->node().kind == Kind::table) {
    value->refuse(fmt::format("[{}] has single brackets, but there may be several", kind),
                  fmt::format("write [[{}]]", kind));
    // Read it all the same, or every mention of its id would be an error.
    return {Value(value->node(), fmt::format("{}[0]", kind), problems_)};
  }
  std::vector<Value> result;
  for (const Value& entry : elements(*value, fmt::format("each begins with [[{}]]", kind)).value_or(std::vector<Value>())) {
    if (entry.node().kind == Kind::table) {
      result.push_back(entry);
    } else {
      entry.refuse_type("a table", fmt::format("each begins with [[{}]]", kind));
    }
  }
  return result;
}

Reader::List Reader::read_list(const std::string& kind) {
  List list;
  list.names.kind = kind;
  std::map<std::string, const Node*, std::less<>> first;
  for (const Value& entry : list_entries(kind)) {
    const std::size_t index = list.entries.size();
    std::string path = fmt::format("{}[{}]", kind, index);
    std::string id;
    const Node* node = entry.node().find("id");
    if (node != nullptr) {
      const Value value(*node, path + ".id", problems_);
      const std::optional<std::string> written = text(value);
      if (written) {
        id = *written;
        const auto [other, fresh] = first.emplace(id, node);
        list.names.lost = list.names.lost || !well_formed(id) || !fresh;
        if (!well_formed(id)) {
          const std::string better = well_formed_like(id);
          value.refuse(id.empty() ? "id is empty" : fmt::format("{} is not an id", in_quotes(id)),
                       better.empty() ? "ids are of letters, digits, '-' and '_'"
                                      : fmt::format("ids are of letters, digits, '-' and '_': \"{}\"", better));
        } else if (!fresh) {
          value.refuse(fmt::format("another {} has the id {}{}", kind, in_quotes(id), line_of(*other->second)),
                       "give each its own id");
        } else if (kind == "clock" && id == tenure_id) {
          value.refuse(fmt::format("{} is the clock that every customer has from the first purchase", in_quotes(id)),
                       "give the clock another id");
        } else if (kind == "plan" && id == "baseline") {
          value.refuse("\"baseline\" is the empty plan, which every scenario has", "give the plan another id");
        } else {
          path = fmt::format("{}.{}", kind, id);
        }
      }
    } else if (kind != "rule") {  // one that no plan names needs none
      list.names.lost = true;
      problems_.error(path + ".id", entry.node().at, entry.node().origin, fmt::format("\"id\" is missing in this {}", kind),
                      "write id = \"some-name\", of letters, digits, '-' and '_'");
    }
    if (!(id.empty() && node == nullptr) && list.names.index.emplace(id, index).second && !id.empty())
      list.names.known.push_back(id);
    list.names.ids.push_back(id);
    list.entries.emplace_back(entry.node(), std::move(path), problems_);
  }
  return list;
}

std::optional<Table> Reader::section(const std::string& name) {
  const std::optional<Value> value = root_.take(name);
  if (!value) return std::nullopt;
  if (value->node().kind == Kind::array && !value->node().children.empty()) {
    value->refuse(fmt::format("[[{}]] has double brackets, but there is only one", name), fmt::format("write [{}]", name));
    const Value first = value->element(0);
    if (first.node().kind == Kind::table)
      return Table(Value(first.node(), name, problems_), fmt::format("[{}]", name), &keys::table(name));
    return std::nullopt;
  }
  return table(*value, fmt::format("[{}]", name), fmt::format("it begins with [{}]", name), &keys::table(name));
}

Table Reader::entity(const List& list, std::size_t index, std::string& id, std::string& name) {
  id = list.names.ids[index];
  Table result(list.entries[index],
               id.empty() ? fmt::format("this {}", list.names.kind) : fmt::format("{} {}", list.names.kind, in_quotes(id)),
               &keys::table(list.names.kind));
  static_cast<void>(result.take("id"));
  name = id;
  result.read("name", name, text);
  return result;
}

// What is uncertain changes nothing in the model: here ids and keys are looked at, the rest by `read_uncertain`, which needs
// a scenario without errors.
void Reader::read_uncertain() {
  const List groups = read_list("uncertain_group");
  for (std::size_t i = 0; i < groups.entries.size(); ++i) {
    Table table(groups.entries[i], fmt::format("uncertain_group {}", in_quotes(groups.names.ids[i])),
                &keys::table("uncertain_group"));
    static_cast<void>(table.take("id"));
    if (const auto correlation = table.take("correlation")) static_cast<void>(number(*correlation));
    table.close();
  }
  for (const Value& entry : list_entries("uncertain")) {
    const keys::Table& declared = keys::table("uncertain");
    Table table(entry, "this [[uncertain]]", &declared);
    for (const keys::Key& key : declared.keys) {
      const std::optional<Value> value = table.take(key.name);
      if (!value) continue;
      if (key.kind == keys::Kind::text) static_cast<void>(text(*value));
      if (key.kind == keys::Kind::reference) static_cast<void>(position(*value, groups.names));
    }
    table.close();
  }
}

// Likewise of `read_knobs` (sojourn/scenario/knobs.hpp).
void Reader::read_knobs() {
  for (const Value& entry : list_entries("knob")) {
    const keys::Table& declared = keys::table("knob");
    Table table(entry, "this [[knob]]", &declared);
    for (const keys::Key& key : declared.keys) {
      const std::optional<Value> value = table.take(key.name);
      if (value && key.kind == keys::Kind::text) static_cast<void>(text(*value));
    }
    table.close();
  }
}

void Reader::read_settings() {
  Settings& settings = parts_.settings;
  std::optional<Table> table = section("scenario");
  // What cannot be read must not look like a horizon of no length, or like nobody.
  settings.horizon = Days(2.0 * days_per_year);
  settings.customers = 1'000'000;
  if (!table) return;
  table->read_fields(keys::settings(), settings);
  if (const auto goal = table->take("goal")) settings.goal = read_goal(*goal, "scenario");
  if (const auto arrivals = table->take_word<PeopleNumber>("arrivals")) settings.arrivals = *arrivals;
  table->close();
}

std::vector<GoalWeight> Reader::read_goal(const Value& value, std::string_view owner) {
  std::vector<GoalWeight> goal;
  const keys::Key& key = *keys::table(owner).find("goal");
  if (value.node().kind != Kind::table) {
    if (const std::optional<std::size_t> found = word(value, key.words)) goal.push_back({key.words[*found], 1.0});
    return goal;
  }
  Table weights(value, "goal", &keys::table(key.of));
  for (const std::string& figure : key.words) {
    const std::optional<Value> weight = weights.take(figure);
    const std::optional<double> counts = weight ? number(*weight) : std::nullopt;
    if (counts) goal.push_back({figure, *counts});
  }
  weights.close();
  if (value.node().children.empty()) {
    value.refuse("goal names no figure",
                 owner == "team" ? "write goal = \"satisfaction\", or goal = { satisfaction = 1, cost_per_person = 0.1 }"
                                 : "write goal = \"npv\", or goal = { npv = 1, nps = 50_000 }");
  }
  return goal;
}

void Reader::read_behaviour() {
  std::optional<Table> behaviour = section("behaviour");
  if (!behaviour) return;
  behaviour->read_fields(keys::behaviour(), parts_.behaviour);
  if (const auto traits = behaviour->take("traits")) {
    if (std::optional<Table> values = table(*traits, "traits", "write traits = { loss_aversion = 2.0 }")) {
      for (const Value& value : values->rest()) {
        const auto trait = traits_.index.find(value.node().key);
        // What is no name, or a mistyped one, was reported when the traits were collected.
        if (trait == traits_.index.end() || mistyped_traits_.count(trait->second) > 0) continue;
        if (!used(trait->second)) continue;
        if (const auto drawn = distribution(value, measure_of(trait->second))) trait_defaults_[trait->second] = *drawn;
      }
    }
  }
  behaviour->close();
}

}  // namespace sojourn::scenario
