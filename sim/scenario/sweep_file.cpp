#include "sojourn/scenario/sweep_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "document.hpp"
#include "named_file.hpp"
#include "point_table.hpp"
#include "problems.hpp"
#include "reader.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/scenario/uncertain.hpp"
#include "source.hpp"
#include "units.hpp"
#include "value.hpp"

namespace sojourn {
namespace {

using namespace scenario;
using Kind = scenario::Kind;
using keys::Key;
using DesignKind = DesignChoice::Kind;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_keys = 1000, most_tried = 50;

const keys::Table& root_keys() {
  static const keys::Table table{"",
                                 {{.name = "schema", .required = true, .example = "write schema = 1"},
                                  {.name = "sweep", .required = true, .example = "write [sweep]"},
                                  {.name = "vary"}}};
  return table;
}

const keys::Table& sweep_keys() {
  static const keys::Table table{
      "sweep",
      {{.name = "scenario", .required = true, .example = "write scenario = \"telecom.toml\", relative to this file"},
       {.name = "design", .required = true, .example = "write design = { latin_hypercube = { samples = 500 } }"},
       {.name = "plans"},
       {.name = "customers"},
       {.name = "replications"},
       {.name = "seed"},
       {.name = "series"}}};
  return table;
}

const keys::Table& design_keys() {
  static const keys::Table table{"design",
                                 {{.name = "grid"},
                                  {.name = "table"},
                                  {.name = "latin_hypercube"},
                                  {.name = "sobol"},
                                  {.name = "morris"},
                                  {.name = "saltelli"}}};
  return table;
}

// A constant does not vary.
const std::vector<std::string>& drawn_names() {
  static const std::vector<std::string> names(keys::distribution_names().begin() + 1, keys::distribution_names().end());
  return names;
}

const keys::Table& vary_keys() {
  static const keys::Table table = [] {
    keys::Table all{"vary",
                    {{.name = "key", .required = true, .example = "write key = \"touchpoint.first-bill.quality.mean\""},
                     {.name = "from"},
                     {.name = "to"},
                     {.name = "steps"},
                     {.name = "values"}}};
    for (const std::string& each : drawn_names()) all.keys.push_back({.name = each});
    return all;
  }();
  return table;
}

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
          key->kind == keys::Kind::drawn_duration || key->kind == keys::Kind::arrival);
}

// An effect, whose number replaces the magnitude of what the scenario says and keeps its sign and its unit.
bool is_effect(const std::vector<Step>& steps) {
  return steps.size() == 4 && (steps[0].key == "improvement" || steps[0].key == "event") && steps[2].key == "effect";
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

// The number in a text such as "-40%" or "= 8 minutes", and what stands before and behind it.
struct Magnitude {
  std::string before, after;
};
std::optional<Magnitude> magnitude(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
  return Magnitude{std::string(text.substr(0, begin)), std::string(text.substr(end))};
}

// A value of the sweep file, and where it stands: to be tried in the scenario.
struct Trial {
  Setting setting;
  Region at;
};

struct Entry {
  VariedKey key;
  std::vector<Step> steps;
  std::string path;  // "vary[0]", or the table's column
  Region key_at;
  std::vector<Trial> trials;
  std::vector<Region> rows;  // of a column: where its fields stand
};

class SweepReader {
 public:
  struct Sources {
    std::filesystem::path folder;
    bool opens_files = false;
    std::optional<std::string_view> scenario, table;
    const std::vector<Tie>* ties = nullptr;
  };

  SweepReader(const Node& root, const keys::Table& declared, Sources sources, Problems& problems, SweepFile& sweep)
      : sources_(std::move(sources)),
        problems_(problems),
        sweep_(sweep),
        root_(Value(root, "", problems), "the file", &declared) {}

  /// The scenario's own errors, which follow those of the sweep file.
  CheckedText read() {
    read_schema(root_);
    const std::optional<Value> value = root_.take("sweep");
    std::optional<Table> sweep = value ? table(*value, "[sweep]", "write [sweep]", &sweep_keys()) : std::nullopt;
    if (sweep) {
      read_settings(*sweep);
      read_scenario_file(*sweep);
      read_design(*sweep);
      if (const auto plans = sweep->take("plans")) plans_ = *plans;
      sweep->close();
    }
    read_varied();
    root_.close();
    judge_design();
    const bool tried = scenario_known_ && sweep_.scenario.errors() == 0;
    if (tried) {
      read_plans();
      for (Entry& entry : entries_) {
        find_paths(entry);
        try_in_scenario(entry);
      }
      if (sweep_.design.kind == DesignKind::table && problems_.empty() && !entries_.empty()) try_rows();
    } else if (plans_) {
      for (const Value& one : one_or_more(*plans_)) {
        if (const auto id = text(one)) add_plan(*id);
      }
    }
    judge_doubles();
    for (Entry& entry : entries_) sweep_.keys.push_back(std::move(entry.key));
    return scenario_known_ ? static_cast<CheckedText>(sweep_.scenario) : CheckedText();
  }

  /// The [[uncertain]] entries of the scenario that `sweep` holds, whose document the root is.
  void read_uncertain(UncertainInputs& inputs) {
    scenario_known_ = true;
    Names groups;
    read_groups(inputs, groups);
    const std::optional<Value> value = root_.take("uncertain");
    if (!value) return;
    for (const Value& each : elements(*value).value_or(std::vector<Value>())) read_uncertain_entry(each, groups, inputs);
    for (Entry& entry : entries_) {
      find_paths(entry);
      try_in_scenario(entry);
    }
    judge_doubles();
    judge_groups(inputs);
    for (Entry& entry : entries_) sweep_.keys.push_back(std::move(entry.key));
  }

 private:
  void read_groups(UncertainInputs& inputs, Names& groups) {
    groups.kind = "uncertain_group";
    const std::optional<Value> value = root_.take("uncertain_group");
    if (!value) return;
    for (const Value& each : elements(*value).value_or(std::vector<Value>())) {
      Table parts(each, "this uncertain_group", &keys::table("uncertain_group"));
      UncertainGroup group;
      if (const auto id = parts.take("id")) group.id = text(*id).value_or("");
      if (const auto correlation = parts.take("correlation")) {
        group.correlation = number(*correlation).value_or(0.0);
        group_values_.push_back(*correlation);
      } else {
        group_values_.push_back(each);
      }
      groups.index.emplace(group.id, inputs.groups.size());
      groups.ids.push_back(group.id);
      groups.known.push_back(group.id);
      inputs.groups.push_back(std::move(group));
    }
  }

  void read_uncertain_entry(const Value& value, const Names& groups, UncertainInputs& inputs) {
    Table parts(value, "this [[uncertain]]", &keys::table("uncertain"));
    Entry entry;
    const std::optional<Value> key = read_key(parts, value, entry), group = parts.take("group"), why = parts.take("why");
    if (!key) return;
    std::vector<Value> drawn = take_drawn(parts);
    if (drawn.size() != 1) {
      value.refuse(drawn.empty() ? "this [[uncertain]] has no distribution" : "this [[uncertain]] has several distributions",
                   "write one, such as normal = { mean = 0.55, sd = 0.05 }");
      return;
    }
    const std::string& path = entry.key.key;
    if (path == "scenario.seed" || path == "scenario.replications" || path == "scenario.customers") {
      key->refuse(fmt::format("{} is a setting of the simulation, not of the world", path), "leave this [[uncertain]] out");
      return;
    }
    if (!read_drawn(drawn.front(), entry)) return;
    if (group) {
      if (const auto place = position(*group, groups)) inputs.groups[*place].members.push_back(entries_.size());
    }
    inputs.why.push_back(why ? text(*why).value_or("") : "");
    entries_.push_back(std::move(entry));
  }

  void judge_groups(const UncertainInputs& inputs) {
    for (std::size_t g = 0; g < inputs.groups.size(); ++g) {
      const UncertainGroup& group = inputs.groups[g];
      const Value& value = group_values_[g];
      if (group.members.size() < 2) {
        problems_.add(
            {{Severity::warning, value.path(),
              fmt::format("has no effect: {} names uncertain_group {}",
                          group.members.empty() ? "no [[uncertain]]" : "one [[uncertain]] alone", in_quotes(group.id)),
              fmt::format("write group = \"{}\" in those that move together", group.id)},
             value.node().at,
             value.node().origin,
             {}});
        continue;
      }
      const double least = -1.0 / (static_cast<double>(group.members.size()) - 1.0);
      if (group.correlation > 1.0)
        value.refuse(fmt::format("correlation is {}, but must be 1 or less", group.correlation), "0.5 is a usual guess");
      if (group.correlation < least)
        value.refuse(fmt::format("correlation is {}, but {} inputs cannot all differ by less than {:.6g}", group.correlation,
                                 group.members.size(), least),
                     fmt::format("write {:.6g} or more", least));
    }
  }

  void read_settings(Table& sweep) {
    const auto number = [&](const char* key) {
      const std::optional<Value> value = sweep.take(key);
      if (!value) return;
      const std::optional<std::uint64_t> read = whole(*value);
      if (!read) return;
      const std::string text = fmt::format("{}", *read);
      sweep_.changes.push_back({fmt::format("{}: {} = {}", sweep_.name, key, text), fmt::format("scenario.{}", key), text});
    };
    number("customers");
    number("replications");
    if (const auto value = sweep.take("seed")) {
      if (const auto read = whole(*value)) sweep_.seed = *read;
    }
    if (const auto value = sweep.take("series")) {
      if (const auto read = truth(*value)) sweep_.series = *read;
    }
  }

  std::optional<std::filesystem::path> file(const Value& value) {
    const FileAccess access{sources_.folder, NamedFiles::in_folder, "sweep"};
    return named_file(value, access);
  }

  void read_scenario_file(Table& sweep) {
    const std::optional<Value> value = sweep.take("scenario");
    if (!value || !text(*value)) return;
    const std::filesystem::path named(value->node().text);
    sweep_.scenario_name = named.filename().string();
    if (sources_.opens_files) {
      const auto path = file(*value);
      if (!path) return;
      sweep_.scenario_path = *path;
      sweep_.files.push_back(*path);
      sweep_.scenario = read_scenario(*path, sweep_.changes);
      if (const auto& talk = sweep_.scenario.parts.word_of_mouth) {
        if (const auto* network = std::get_if<NetworkFile>(&talk->network))
          sweep_.files.push_back(path->parent_path() / network->path);
      }
    } else if (sources_.scenario) {
      sweep_.scenario =
          parse_scenario(*sources_.scenario, sweep_.scenario_name, ".", sweep_.changes, *sources_.ties, NamedFiles::none);
    } else {
      return;
    }
    scenario_known_ = true;
  }

  void read_design(Table& sweep) {
    const std::optional<Value> value = sweep.take("design");
    if (!value) return;
    constexpr const char* example =
        "write one of design = { grid = {} }, { table = \"points.csv\" }, { latin_hypercube = { samples = 500 } }, "
        "{ sobol = { samples = 512 } }, { morris = { trajectories = 20, levels = 6 } }, { saltelli = { samples = 256 } }";
    std::optional<Table> design = table(*value, "design", example, &design_keys());
    if (!design) return;
    std::size_t found = 0;
    for (std::size_t i = 0; i < design_keys().keys.size(); ++i) {
      const std::optional<Value> one = design->take(design_keys().keys[i].name);
      if (!one) continue;
      if (++found > 1) continue;
      design_.emplace(*one);
      sweep_.design.kind = static_cast<DesignKind>(i);
      read_design_kind(*one);
    }
    if (found > 1) value->refuse("design must be of one kind, not several", example);
    if (found == 0 && value->node().children.empty()) value->refuse("design is empty", example);
    design->close();
  }

  void read_design_kind(const Value& value) {
    DesignChoice& design = sweep_.design;
    if (design.kind == DesignKind::table) {
      read_table(value);
      return;
    }
    const auto number = [&](Table& parts, const char* key, std::uint64_t least, std::uint64_t most,
                            std::string hint) -> std::uint64_t {
      const std::optional<Value> found = parts.take(key);
      const std::optional<std::uint64_t> read = found ? whole(*found) : std::nullopt;
      if (read && (*read < least || *read > most))
        found->refuse(fmt::format("{} is {}, but must be between {} and {}", key, *read, least, most), std::move(hint));
      return read.value_or(0);
    };
    const auto declared = [&](std::initializer_list<const char*> names, const std::string& example) {
      keys::Table result{value.node().key, {}};
      for (const char* each : names) result.keys.push_back({.name = each, .required = true, .example = example});
      return result;
    };
    const std::string& kind = value.node().key;
    if (design.kind == DesignKind::grid) {
      const keys::Table nothing{"grid", {}};
      if (auto parts = table(value, "grid", "write grid = {}", &nothing)) parts->close();
    } else if (design.kind == DesignKind::morris) {
      const std::string example = "write morris = { trajectories = 20, levels = 6 }";
      const keys::Table table_keys = declared({"trajectories", "levels"}, example);
      std::optional<Table> parts = table(value, kind, example, &table_keys);
      if (!parts) return;
      design.trajectories = static_cast<std::uint32_t>(number(*parts, "trajectories", 2, 1'000'000, "10 to 50 are usual"));
      design.levels = static_cast<std::uint32_t>(number(*parts, "levels", 2, 1000, "4 to 8 are usual"));
      if (const Node* levels = value.node().find("levels"); levels != nullptr && design.levels % 2 != 0)
        value.member(*levels).refuse(fmt::format("levels is {}, but must be even", design.levels),
                                     "with an even number every level is as likely as any other");
      parts->close();
    } else {
      const std::string example = fmt::format("write {} = {{ samples = 512 }}", kind);
      const keys::Table table_keys = declared({"samples"}, example);
      std::optional<Table> parts = table(value, kind, example, &table_keys);
      if (!parts) return;
      const std::uint64_t least = design.kind == DesignKind::saltelli ? 8 : 1;
      design.samples = number(*parts, "samples", least, most_points, "");
      const Node* samples = value.node().find("samples");
      const bool power = (design.samples & (design.samples - 1)) == 0;
      if (samples != nullptr && design.samples > 0 && !power && design.kind != DesignKind::latin_hypercube) {
        std::uint64_t next = 1;
        while (next < design.samples) next *= 2;
        problems_.add(
            {{Severity::warning, value.path() + ".samples",
              fmt::format("samples is {}, no power of two: the sequence fills the space evenly only at powers of two",
                          design.samples),
              fmt::format("take {} or {}", next / 2, next)},
             samples->at,
             -1,
             {}});
      }
      parts->close();
    }
  }

  void read_table(const Value& value) {
    if (!text(value)) return;
    std::string name = value.node().text;
    if (sources_.opens_files) {
      const auto path = file(value);
      if (!path) return;
      name = path->string();
      try {
        sweep_.table = read_whole_file(*path, max_table_bytes);
      } catch (const InputError& failure) {
        value.refuse(failure.what());
        return;
      }
      sweep_.files.push_back(*path);
    } else if (sources_.table) {
      sweep_.table = *sources_.table;
    }
    PointTable points = parse_points(sweep_.table);
    const std::string_view lines =
        std::string_view(sweep_.table).substr(sweep_.table.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    table_name_ = name;
    table_source_.emplace(lines);
    if (!points.problems.empty()) {
      for (const Refusal& refusal : points.problems) refuse_in_table(refusal.where, refusal.message, refusal.hint);
      return;
    }
    sweep_.design.rows = points.columns.front().size();
    for (std::size_t k = 0; k < points.header.size(); ++k) add_column(points.header[k], std::move(points.columns[k]));
  }

  void refuse_in_table(const Region& at, std::string message, std::string hint) {
    const Finding finding{Severity::error, "sweep.design.table", std::move(message), std::move(hint)};
    problems_.add(
        {finding, design_ ? design_->node().at : Region(), -1, rendered(finding, table_name_, *table_source_, at)});
    broken_ = true;
  }

  void add_column(const TableField& header, std::vector<TableField> fields) {
    Entry entry;
    entry.path = "sweep.design.table";
    entry.key_at = header.at;
    entry.key.key = header.text;
    entry.key.place = fmt::format("{}:{}", table_name_, header.at.line);
    VariedKey::List list;
    std::map<std::string, double, std::less<>> places;  // of texts, in the order of their first lines
    bool numbers = true;
    for (const TableField& field : fields) {
      if (field.text.empty()) {
        refuse_in_table(field.at, "a value is missing", fmt::format("write a value of {}", header.text));
        return;
      }
      numbers = numbers && parse_number(field.text).has_value();
      const auto place = places.emplace(field.text, static_cast<double>(places.size())).first;
      entry.rows.push_back(field.at);
      list.settings.push_back({place->second, field.text});
    }
    if (numbers) {
      for (Setting& setting : list.settings) setting.number = *parse_number(setting.text);
    }
    entry.key.values = std::move(list);
    add_entry(std::move(entry));
  }

  void read_varied() {
    const std::optional<Value> value = root_.take("vary");
    if (!value) return;
    if (value->node().kind == Kind::table) {
      value->refuse("[vary] has single brackets, but there may be several", "write [[vary]]");
      return;
    }
    const auto entries = elements(*value, "each begins with [[vary]]").value_or(std::vector<Value>());
    if (sweep_.design.kind == DesignKind::table && design_ && !entries.empty()) {
      value->refuse("the keys of a table stand in its header", "leave [[vary]] out, or take another design");
      return;
    }
    for (const Value& each : entries) read_entry(each);
  }

  void read_entry(const Value& value) {
    std::optional<Table> parts = table(value, "this [[vary]]", "each begins with [[vary]]", &vary_keys());
    if (!parts) return;
    Entry entry;
    const bool sound = read_key(*parts, value, entry).has_value();
    const bool valued = read_values(*parts, value, entry);
    parts->close();
    if (sound && valued) {
      add_entry(std::move(entry));
    } else {
      broken_ = true;
    }
  }

  /// The `key` of an entry, into `entry`; nothing where it is missing or wrong, which was said.
  std::optional<Value> read_key(Table& parts, const Value& whole_entry, Entry& entry) {
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

  static std::vector<Value> take_drawn(Table& parts) {
    std::vector<Value> drawn;
    for (const std::string& each : drawn_names()) {
      if (const auto found = parts.take(each)) drawn.push_back(*found);
    }
    return drawn;
  }

  /// The steps of the key's path, its unit and whether it is a whole number.
  template <class Refuse>
  bool parse_key(Entry& entry, const Refuse& refuse) {
    const auto steps = parse_path(entry.key.key);
    if (!steps || steps->size() > max_depth) {
      refuse(fmt::format("{} is not the path of a key", in_quotes(entry.key.key)),
             "a path is keys and ids joined by dots: touchpoint.first-bill.quality.mean");
      return false;
    }
    if (entry.key.key == "scenario.replications") {
      refuse("every point of a sweep has the same replications", "write replications = ... in [sweep]");
      return false;
    }
    entry.steps = *steps;
    entry.key.paths = {entry.key.key};
    declared_ = declared_key(*steps);
    entry.key.whole = declared_ != nullptr && declared_->kind == keys::Kind::whole;
    if (is_duration(declared_)) entry.key.unit = "day";
    if (declared_ != nullptr && declared_->kind == keys::Kind::rate) entry.key.unit = "day-1";
    return true;
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

  bool read_values(Table& parts, const Value& whole_entry, Entry& entry) {
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

  bool read_range(const Value& from, const Value& to, const std::optional<Value>& steps, Entry& entry) {
    VariedKey::Range range;
    const std::optional<double> low = end_of_range(from, entry.key), high = end_of_range(to, entry.key);
    if (!low || !high) return false;
    range.from = *low;
    range.to = *high;
    if (range.from == range.to) {
      to.refuse("to is the same as from: nothing varies", "leave this [[vary]] out, and set the key in the scenario");
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

  bool read_list(const Value& values, Entry& entry) {
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

  static std::string toml_text(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : std::string(1, c);
    }
    return result + '"';
  }

  bool read_drawn(const Value& value, Entry& entry) {
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

  // The share of a distribution below a limit, by bisection of its quantiles.
  static double share_below(const Distribution& distribution, double limit) {
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

  void add_entry(Entry entry) {
    if (entry.steps.empty()) {  // a column
      const bool sound = parse_key(entry, [&](std::string message, std::string hint) {
        refuse_in_table(entry.key_at, std::move(message), std::move(hint));
      });
      if (!sound) return;
    }
    entries_.push_back(std::move(entry));
  }

  /// What the design needs of its keys, and how many points there are.
  void judge_design() {
    if (!design_) return;
    const Value& value = *design_;
    if (entries_.empty()) {
      if (!broken_ && problems_.empty()) value.refuse_key("nothing varies", "add a [[vary]] with a key and its values");
      return;
    }
    if (entries_.size() > most_keys) {
      value.refuse_key(fmt::format("{} keys vary, {} may", entries_.size(), most_keys));
      return;
    }
    const auto keys = static_cast<double>(entries_.size());
    double points = static_cast<double>(sweep_.design.samples);
    const bool grid = sweep_.design.kind == DesignKind::grid;
    if (grid) points = 1.0;
    for (const Entry& entry : entries_) {
      if (grid && entry.key.steps() == 0) {
        const bool range = std::holds_alternative<VariedKey::Range>(entry.key.values);
        problems_.error(entry.path, entry.key_at, -1,
                        fmt::format("{} has no {} for a grid", in_quotes(entry.key.key), range ? "steps" : "values"),
                        range ? "write steps = 5, both ends included" : "write from, to and steps, or values = [ ... ]");
        broken_ = true;
      }
      if (grid) points *= static_cast<double>(std::max<std::size_t>(1, entry.key.steps()));
    }
    if (sweep_.design.kind == DesignKind::morris) points = sweep_.design.trajectories * (keys + 1.0);
    if (sweep_.design.kind == DesignKind::saltelli) points *= keys + 2.0;
    if (points > static_cast<double>(most_points))
      value.refuse_key(fmt::format("these are {:.3g} points, at most {} can be swept", points, most_points),
                       grid ? "take fewer steps, or latin_hypercube = { samples = 500 }" : "take fewer samples");
  }

  void judge_doubles() {
    std::set<std::string> known;
    for (const Entry& entry : entries_) {
      for (const std::string& path : entry.key.paths) {
        if (known.insert(path).second) continue;
        refuse(entry, entry.key_at, fmt::format("{} varies already", in_quotes(path)), "keep one of them");
        break;
      }
    }
  }

  void refuse(const Entry& entry, const Region& at, std::string message, std::string hint) {
    if (table_source_ && sweep_.design.kind == DesignKind::table) {
      refuse_in_table(at, std::move(message), std::move(hint));
    } else {
      problems_.error(entry.path, at, -1, std::move(message), std::move(hint));
    }
  }

  void add_plan(const std::string& id) {
    if (std::find(sweep_.plans.begin(), sweep_.plans.end(), id) == sweep_.plans.end()) sweep_.plans.push_back(id);
  }

  void read_plans() {
    Names names;
    names.kind = "plan";
    for (const Plan& plan : sweep_.scenario.parts.plans) {
      names.index.emplace(plan.id, names.ids.size());
      names.ids.push_back(plan.id);
      names.known.push_back(plan.id);
    }
    std::vector<bool> asked(names.ids.size(), !plans_);
    if (plans_) {
      for (const Value& one : one_or_more(*plans_)) {
        if (const auto found = position(one, names)) asked[*found] = true;
      }
    }
    // In the scenario's order, so that the baseline stands first.
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (asked[i]) add_plan(names.ids[i]);
    }
  }

  /// The keys of the scenario that a path with `*` stands for, and what surrounds the number of an effect.
  void find_paths(Entry& entry) {
    if (!scenario_root_) scenario_root_ = parse_document(without_mark(sweep_.scenario.source), sweep_.changes).root;
    std::vector<std::pair<std::string, const Node*>> found;
    expand(entry.steps, 0, "", &*scenario_root_, found);
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

  static std::string_view without_mark(std::string_view text) {
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
  }

  static bool list_of_numbers(const VariedKey& key) {
    const auto* list = std::get_if<VariedKey::List>(&key.values);
    return list != nullptr && std::all_of(list->settings.begin(), list->settings.end(),
                                          [](const Setting& each) { return parse_number(each.text).has_value(); });
  }

  void expand(const std::vector<Step>& steps, std::size_t at, const std::string& path, const Node* node,
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
        if (step.key.empty() ? i == step.index : id != nullptr && id->text == step.key) next = &child;
      }
    } else if (node != nullptr) {
      next = node->find(step.key);
    }
    expand(steps, at + 1, joined(path, step), next, found);
  }

  void keep_sign(Entry& entry, const std::vector<std::pair<std::string, const Node*>>& found) {
    std::optional<Magnitude> kept;
    for (const auto& [path, node] : found) {
      if (node == nullptr) {
        entry.trials.clear();
        refuse(entry, entry.key_at, fmt::format("the scenario has no effect {}", in_quotes(path)),
               "a varied number replaces that of an effect, and keeps its sign and percent: give the scenario the effect");
        return;
      }
      const auto one = node->kind == Kind::text ? magnitude(node->text) : std::optional<Magnitude>(Magnitude{});
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
  [[nodiscard]] std::vector<Finding> errors_at(std::vector<VariedKey> keys, const std::vector<Setting>& settings) const {
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

  /// What the scenario says to rows of a table: some from its beginning to its end, and those with the least and the most of
  /// each column.
  void try_rows() {
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
  [[nodiscard]] const Entry& column_of(const Finding& finding) const {
    for (const Entry& entry : entries_) {
      for (const std::string& path : entry.key.paths) {
        if (!finding.path.empty() && (path.starts_with(finding.path) || finding.path.starts_with(path))) return entry;
      }
    }
    return entries_.front();
  }

  /// What the scenario says to each value.
  void try_in_scenario(const Entry& entry) {
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

  Sources sources_;
  Problems& problems_;
  SweepFile& sweep_;
  Table root_;
  bool scenario_known_ = false;
  bool broken_ = false;  // something was said that explains why keys are missing
  std::optional<Value> design_, plans_;
  const Key* declared_ = nullptr;    // of the entry at hand
  std::vector<Value> group_values_;  // where the correlation of each group stands
  std::vector<Entry> entries_;
  std::string table_name_;
  std::optional<SourceText> table_source_;
  std::optional<Node> scenario_root_;
};

void read_text(std::string_view text, SweepReader::Sources sources, SweepFile& sweep) {
  sweep.text = text;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const SourceText source(text);
  const auto refuse = [&](const Refusal& refusal) {
    report({Problem{{Severity::error, "", refusal.message, refusal.hint}, refusal.where, -1, {}}}, source, {}, sweep);
  };
  if (const auto refusal = refuse_text(text)) return refuse(*refusal);
  Document document = parse_document(text, {});
  Problems problems;
  for (Problem& problem : document.problems) problems.add(std::move(problem));
  CheckedText of_scenario;
  if (document.readable) of_scenario = SweepReader(document.root, root_keys(), std::move(sources), problems, sweep).read();
  report(std::move(problems).sorted(), source, {}, sweep);
  for (std::size_t i = 0; i < of_scenario.findings.size(); ++i) {
    if (of_scenario.findings[i].severity != Severity::error) continue;
    sweep.findings.push_back(of_scenario.findings[i]);
    sweep.rendered.push_back(of_scenario.rendered[i]);
  }
}

}  // namespace

SweepFile read_sweep(const std::filesystem::path& path) {
  SweepFile sweep;
  sweep.name = path.string();
  sweep.files.push_back(path);
  const FileText file = read_file(path);
  if (file.refusal) {
    report({Problem{{Severity::error, "", file.refusal->message, file.refusal->hint}, file.refusal->where, -1, {}}},
           SourceText(""), {}, sweep);
    return sweep;
  }
  SweepReader::Sources sources;
  sources.folder = path.parent_path();
  sources.opens_files = true;
  read_text(file.text, std::move(sources), sweep);
  return sweep;
}

SweepFile parse_sweep(std::string_view text, const std::string& name, std::string_view table,
                      std::optional<std::string_view> scenario, const std::vector<Tie>& ties) {
  SweepFile sweep;
  sweep.name = name;
  SweepReader::Sources sources;
  sources.scenario = scenario;
  sources.table = table;
  sources.ties = &ties;
  read_text(text, std::move(sources), sweep);
  return sweep;
}

UncertainInputs read_uncertain(const Scenario& scenario, const std::vector<Override>& overrides) {
  UncertainInputs inputs;
  SweepFile& sweep = inputs.inputs;
  sweep.name = scenario.name;
  sweep.scenario = scenario;
  sweep.changes = overrides;
  sweep.scenario_path = scenario.name;
  sweep.scenario_name = scenario.name;
  std::string_view text = scenario.source;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const SourceText source(text);
  const Document document = parse_document(text, overrides);
  Problems problems;
  SweepReader(document.root, keys::table(""), {}, problems, sweep).read_uncertain(inputs);
  report(std::move(problems).sorted(), source, overrides, sweep);
  return inputs;
}

}  // namespace sojourn
