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

Reader::Reader(const Node& root, const SourceText& source, const std::filesystem::path& folder,
               const std::vector<Tie>& kept_ties, Problems& problems)
    : source_(source),
      folder_(folder),
      kept_ties_(kept_ties),
      problems_(problems),
      root_(Value(root, "", problems), "the file") {}

ModelParts Reader::read() {
  read_schema();
  // Ids first: anything may name anything.
  personas_ = read_list("persona");
  channels_ = read_list("channel");
  teams_ = read_list("team");
  touchpoints_ = read_list("touchpoint");
  improvements_ = read_list("improvement");
  events_ = read_list("event");
  plans_ = read_list("plan");
  surveys_ = read_list("survey");
  account_segments_ = read_list("account_segment");
  collect_traits();

  read_settings();
  read_channels();
  read_teams();
  read_handovers();
  read_touchpoints();
  judge_traits();
  read_behaviour();
  read_personas();
  read_improvements();
  read_events();
  read_plans();
  read_word_of_mouth();
  read_reviews();
  read_surveys();
  read_rules();
  read_accounts();
  root_.close();
  return std::move(parts_);
}

void Reader::read_schema() {
  const std::optional<Value> value = root_.require("schema", "begin the file with: schema = 1");
  if (!value) return;
  const std::optional<std::uint64_t> version = whole(*value);
  if (version && *version != schema) {
    value->refuse(fmt::format("schema {} is not known", *version),
                  *version > schema ? "a newer Sojourn reads it; this one reads schema 1" : "write schema = 1");
  }
}

std::optional<Value> Reader::find_list(const std::string& kind) {
  if (auto value = root_.take(kind)) return value;
  static const std::vector<std::string> sections{
      "scenario", "behaviour", "persona",     "channel", "team", "handover", "touchpoint", "word_of_mouth",
      "reviews",  "survey",    "improvement", "event",   "rule", "plan",     "accounts",   "account_segment"};
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
        if (!well_formed(id)) {
          const std::string better = well_formed_like(id);
          value.refuse(id.empty() ? "id is empty" : fmt::format("{} is not an id", in_quotes(id)),
                       better.empty() ? "ids are of letters, digits, '-' and '_'"
                                      : fmt::format("ids are of letters, digits, '-' and '_': \"{}\"", better));
        } else if (!fresh) {
          value.refuse(fmt::format("another {} has the id {}{}", kind, in_quotes(id), line_of(*other->second)),
                       "give each its own id");
        } else if (kind == "plan" && id == "baseline") {
          value.refuse("\"baseline\" is the empty plan, which every scenario has", "give the plan another id");
        } else {
          path = fmt::format("{}.{}", kind, id);
        }
      }
    } else {
      problems_.error(path + ".id", entry.node().at, entry.node().origin, fmt::format("\"id\" is missing in this {}", kind),
                      "write id = \"some-name\", of letters, digits, '-' and '_'");
    }
    if (list.names.index.emplace(id, index).second && !id.empty()) list.names.known.push_back(id);
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
    if (first.node().kind == Kind::table) return Table(Value(first.node(), name, problems_), fmt::format("[{}]", name));
    return std::nullopt;
  }
  return table(*value, fmt::format("[{}]", name), fmt::format("it begins with [{}]", name));
}

Table Reader::entity(const List& list, std::size_t index, std::string& id, std::string& name) {
  id = list.names.ids[index];
  Table result(list.entries[index],
               id.empty() ? fmt::format("this {}", list.names.kind) : fmt::format("{} {}", list.names.kind, in_quotes(id)));
  static_cast<void>(result.take("id"));
  name = id;
  result.read("name", name, text);
  return result;
}

void Reader::read_settings() {
  Settings& settings = parts_.settings;
  if (root_.value().node().find("scenario") == nullptr) {
    static_cast<void>(root_.require("scenario", "begin a section [scenario] with title, horizon and customers"));
    return;
  }
  std::optional<Table> table = section("scenario");
  if (!table) return;
  table->read_required("title", settings.title, text, "write title = \"what this is about\"");
  table->read("question", settings.question, text);
  table->read("start", settings.start, iso_date);
  // What cannot be read must not look like a horizon of no length, or like nobody.
  settings.horizon = Days(2.0 * days_per_year);
  settings.customers = 1'000'000;
  table->read_required("horizon", settings.horizon, duration, "write horizon = \"24 months\"");
  table->read("window", settings.window, duration);
  table->read_required("customers", settings.customers, whole, "write customers = 100_000");
  table->read("market", settings.market, number);
  table->read("replications", settings.replications, small_whole);
  table->read("seed", settings.seed, whole);
  table->read("currency", settings.currency, text);
  table->read("discount", settings.discount, number);
  table->close();
}

void Reader::read_behaviour() {
  std::optional<Table> behaviour = section("behaviour");
  if (!behaviour) return;
  BehaviourSettings& settings = parts_.behaviour;
  behaviour->read("performance", settings.performance, number);
  behaviour->read("disconfirmation", settings.disconfirmation, number);
  behaviour->read("memory", settings.memory, number);
  behaviour->read("peak", settings.peak, number);
  behaviour->read("adapt", settings.adapt, number);
  behaviour->read("promise_weight", settings.promise_weight, number);
  behaviour->read("forgiveness", settings.forgiveness, number);
  behaviour->read("recommend_base", settings.recommend_base, number);
  behaviour->read("recommend_sd", settings.recommend_sd, number);
  behaviour->read("repeat_effort", settings.repeat_effort, number);
  behaviour->read("fit_weight", settings.fit_weight, number);
  if (const auto traits = behaviour->take("traits")) {
    if (std::optional<Table> values = table(*traits, "traits", "write traits = { loss_aversion = 2.0 }")) {
      for (const Value& value : values->rest()) {
        const auto trait = traits_.index.find(value.node().key);
        // What is no name, or a mistyped one, was reported when the traits were collected.
        if (trait == traits_.index.end() || mistyped_traits_.count(trait->second) > 0) continue;
        const bool time = trait->second == id(BuiltinTrait::patience).index();
        if (const auto drawn = distribution(value, time ? Measure::duration : Measure::number))
          trait_defaults_[trait->second] = *drawn;
      }
    }
  }
  behaviour->close();
}

}  // namespace sojourn::scenario
