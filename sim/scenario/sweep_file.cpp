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
#include "source.hpp"
#include "value.hpp"
#include "varied_entries.hpp"

namespace sojourn {
namespace {

using namespace scenario;
using Kind = scenario::Kind;
using keys::Key;
using DesignKind = DesignChoice::Kind;

constexpr std::size_t most_keys = 1000;

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
        entries_(problems, sweep),
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
      entries_.try_each();
      if (sweep_.design.kind == DesignKind::table && problems_.empty() && !entries_.all().empty()) entries_.try_rows();
    } else if (plans_) {
      for (const Value& one : one_or_more(*plans_)) {
        if (const auto id = text(one)) add_plan(*id);
      }
    }
    entries_.finish();
    return scenario_known_ ? static_cast<CheckedText>(sweep_.scenario) : CheckedText();
  }

 private:
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
    const FileAccess access{sources_.folder, NamedFiles::in_folder, "sweep", &sweep_.files};
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
      sweep_.scenario = read_scenario(*path, sweep_.changes);
      sweep_.files.insert(sweep_.files.end(), sweep_.scenario.files.begin(), sweep_.scenario.files.end());
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
    } else if (sources_.table) {
      sweep_.table = *sources_.table;
    }
    entries_.stand_in_a_table([this](const Region& at, std::string message, std::string hint) {
      refuse_in_table(at, std::move(message), std::move(hint));
    });
    PointTable points = parse_points(sweep_.table);
    const std::string_view lines = without_byte_order_mark(sweep_.table);
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
    entries_.add(std::move(entry));
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
    const bool sound = entries_.read_key(*parts, value, entry).has_value();
    const bool valued = entries_.read_values(*parts, value, entry);
    parts->close();
    if (sound && valued) {
      entries_.add(std::move(entry));
    } else {
      broken_ = true;
    }
  }

  /// What the design needs of its keys, and how many points there are.
  void judge_design() {
    if (!design_) return;
    const Value& value = *design_;
    if (entries_.all().empty()) {
      if (!broken_ && problems_.empty()) value.refuse_key("nothing varies", "add a [[vary]] with a key and its values");
      return;
    }
    if (entries_.all().size() > most_keys) {
      value.refuse_key(fmt::format("{} keys vary, {} may", entries_.all().size(), most_keys));
      return;
    }
    const auto keys = static_cast<double>(entries_.all().size());
    double points = static_cast<double>(sweep_.design.samples);
    const bool grid = sweep_.design.kind == DesignKind::grid;
    if (grid) points = 1.0;
    for (const Entry& entry : entries_.all()) {
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

  Sources sources_;
  Problems& problems_;
  SweepFile& sweep_;
  VariedEntries entries_;
  Table root_;
  bool scenario_known_ = false;
  bool broken_ = false;  // something was said that explains why keys are missing
  std::optional<Value> design_, plans_;
  std::string table_name_;
  std::optional<SourceText> table_source_;
};

void read_text(std::string_view text, SweepReader::Sources sources, SweepFile& sweep) {
  sweep.text = text;
  text = without_byte_order_mark(text);
  const SourceText source(text);
  const auto refuse = [&](const Refusal& refusal) {
    report({Problem{{Severity::error, "", refusal.message, refusal.hint}, refusal.where, -1, {}}}, source, {}, sweep);
  };
  if (const auto refusal = refuse_text(text)) return refuse(*refusal);
  Document document = parse_document(text, {});
  Problems problems;
  for (Problem& problem : document.problems) problems.add(std::move(problem));
  CheckedText of_scenario;
  if (document.readable && is_scenario(document.root)) {
    const Node* const place = document.root.find(document.root.find("scenario") != nullptr ? "scenario" : "touchpoint");
    problems.error(
        "scenario", place->key_at, -1, "this is a scenario, not a sweep file",
        "sojourn run and sojourn compare simulate it; a sweep file names it: [sweep] with scenario = \"my.toml\"");
  } else if (document.readable) {
    of_scenario = SweepReader(document.root, root_keys(), std::move(sources), problems, sweep).read();
  }
  report(std::move(problems).sorted(), source, {}, sweep);
  for (std::size_t i = 0; i < of_scenario.findings.size(); ++i) {
    if (of_scenario.findings[i].severity != Severity::error) continue;
    sweep.findings.push_back(of_scenario.findings[i]);
    sweep.rendered.push_back(of_scenario.rendered[i]);
  }
}

}  // namespace

SweepFile::SweepFile() = default;
SweepFile::SweepFile(const SweepFile&) = default;
SweepFile::SweepFile(SweepFile&&) noexcept = default;
SweepFile& SweepFile::operator=(const SweepFile&) = default;
SweepFile& SweepFile::operator=(SweepFile&&) noexcept = default;
SweepFile::~SweepFile() = default;

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

}  // namespace sojourn
