#include "sojourn/scenario/scenario.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "document.hpp"
#include "named_file.hpp"
#include "problems.hpp"
#include "reader.hpp"
#include "source.hpp"

namespace sojourn {
namespace {

using scenario::Document;
using scenario::Kind;
using scenario::Node;
using scenario::Problem;
using scenario::Problems;
using scenario::Region;
using scenario::SourceText;
using scenario::Step;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Finds the place of a finding of the model's checks: the node of its path, or the nearest one above.
class Places {
 public:
  explicit Places(const Node& root) : root_(root) {}

  void place(Problem& problem) {
    const std::optional<std::vector<Step>> steps = scenario::parse_path(problem.finding.path);
    if (!steps) return;
    auto [node, complete] = walk(*steps);
    // A trait that a persona does not set itself was set for all.
    if (!complete && steps->size() > 3 && (*steps)[0].key == "persona" && (*steps)[2].key == "traits") {
      std::vector<Step> common(steps->begin() + 2, steps->end());
      common.insert(common.begin(), Step{"behaviour", 0});
      const auto found = walk(common);
      if (found.node->key != "behaviour" && found.node->key != "traits") node = found.node;
    }
    // Of a whole entity its id is shown, not the [[touchpoint]] that looks like all others.
    if (const Node* id = node->find("id"); id != nullptr && id->kind == Kind::text) node = id;
    problem.at = node->at;
    problem.origin = node->origin;
    // Of several keys that are wrong together: what the command line sets, or else what the file changes of its base.
    for (const std::string& other : problem.finding.others) {
      const std::optional<std::vector<Step>> way = scenario::parse_path(other);
      if (!way) continue;
      const auto [set, is_there] = walk(*way);
      const bool later = set->origin != problem.origin ? set->origin > problem.origin : set->at.file < problem.at.file;
      if (!is_there || !later) continue;
      problem.at = set->at;
      problem.origin = set->origin;
    }
  }

 private:
  struct Found {
    const Node* node;
    bool complete;
  };

  Found walk(const std::vector<Step>& steps) {
    const Node* node = &root_;
    for (const Step& step : steps) {
      const Node* next = nullptr;
      if (step.key.empty()) {
        if (node->kind == Kind::array && step.index < node->children.size()) next = &node->children[step.index];
        if (node->kind == Kind::table && step.index == 0) next = node;  // [touchpoint] read as [[touchpoint]]
      } else if (node->kind == Kind::array) {
        next = entry(*node, step.key);
      } else {
        next = node->find(step.key);
      }
      if (next == nullptr) return {node, false};
      node = next;
    }
    return {node, true};
  }

  const Node* entry(const Node& list, const std::string& id) {
    auto [known, fresh] = ids_.try_emplace(&list);
    if (fresh) {
      for (const Node& child : list.children) {
        const Node* name = child.find("id");
        if (name != nullptr && name->kind == Kind::text) known->second.emplace(name->text, &child);
      }
    }
    const auto found = known->second.find(id);
    return found == known->second.end() ? nullptr : found->second;
  }

  const Node& root_;
  std::map<const Node*, std::map<std::string, const Node*>> ids_;
};

// What the model says about the parts, and of the lesson, less what follows from mistakes that were reported already.
void add_findings_of_model(const ModelParts& parts, const std::optional<Lesson>& lesson, const std::vector<Finding>& further,
                           const Node& root, Problems& problems) {
  Places places(root);
  const bool graph_is_broken = problems.graph_is_broken();
  std::vector<Finding> findings = check(parts);
  if (lesson) {
    for (Finding& finding : check(*lesson, parts)) findings.push_back(std::move(finding));
  }
  findings.insert(findings.end(), further.begin(), further.end());
  for (Finding& finding : findings) {
    if (problems.hides(finding.path)) continue;
    if (finding.severity == Severity::warning && graph_is_broken) continue;
    Problem problem{std::move(finding), {}, -1, {}};
    places.place(problem);
    problems.add(std::move(problem));
  }
}

// The files that a scenario builds on.
class Bases {
 public:
  Bases(const scenario::FileAccess& access, Problems& problems) : access_(access), problems_(problems) {}

  std::optional<std::string_view> open(const Node& name, std::uint32_t file) {
    constexpr std::uint32_t most = 8;
    const scenario::Value value(name, "scenario.base", problems_);
    if (name.kind != Kind::text) {
      value.refuse_type("the name of a file", "write base = \"telecom.toml\"");
      return std::nullopt;
    }
    if (file > most) {
      value.refuse(fmt::format("more than {} bases, one upon another", most), "does one of them build on itself?");
      return std::nullopt;
    }
    // Whatever else the base names lies beside it, and is looked for beside the scenario.
    if (name.text.find_first_of("/\\") != std::string::npos) {
      value.refuse(fmt::format("the base {} is not in the folder of the scenario", scenario::in_quotes(name.text)),
                   "keep both in one folder, and name the file alone");
      return std::nullopt;
    }
    const auto path = scenario::named_file(value, access_);
    if (!path) return std::nullopt;
    scenario::FileText read = scenario::read_file(*path);
    if (read.refusal) {
      value.refuse(std::move(read.refusal->message), std::move(read.refusal->hint));
      return std::nullopt;
    }
    contents_.push_back(std::make_unique<const std::string>(std::move(read.text)));
    std::string_view text = *contents_.back();
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    texts_.push_back({path->string(), SourceText(text)});
    if (const auto refusal = scenario::refuse_text(text)) {
      Region where = refusal->where;
      where.file = file;
      problems_.add({{Severity::error, "", refusal->message, refusal->hint}, where, -1, {}});
      return std::nullopt;
    }
    return text;
  }
  [[nodiscard]] const std::vector<scenario::BaseText>& texts() const { return texts_; }

 private:
  scenario::FileAccess access_;
  Problems& problems_;
  std::vector<std::unique_ptr<const std::string>> contents_;
  std::vector<scenario::BaseText> texts_;
};

void refuse(const scenario::Refusal& refusal, const SourceText& source, Scenario& scenario) {
  scenario::report({Problem{{Severity::error, "", refusal.message, refusal.hint}, refusal.where, -1, {}}}, source, {},
                   scenario);
}

}  // namespace

Scenario::Scenario() = default;
Scenario::Scenario(const Scenario&) = default;
Scenario::Scenario(Scenario&&) noexcept = default;
Scenario& Scenario::operator=(const Scenario&) = default;
Scenario& Scenario::operator=(Scenario&&) noexcept = default;
Scenario::~Scenario() = default;

Override parse_override(std::string_view text) {
  const std::size_t equals = text.find('=');
  std::string option = fmt::format("--set {}", text);
  if (equals == std::string_view::npos || equals == 0) {
    throw InputError(equals == 0 ? "there is no path before the =" : "there is no =",
                     "write path.to.key=value, for example scenario.horizon=\"12 months\"", option);
  }
  return {std::move(option), std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

Scenario read_scenario(const std::filesystem::path& path, const std::vector<Override>& overrides,
                       const std::vector<Finding>& further) {
  const scenario::FileText file = scenario::read_file(path);
  if (!file.refusal)
    return parse_scenario(file.text, path.string(), path.parent_path(), overrides, {}, NamedFiles::in_folder, further);
  Scenario result;
  result.name = path.string();
  refuse(*file.refusal, SourceText(""), result);
  return result;
}

namespace {

/// What a changed number of customers does where they are the market that comes to servers.
void note_load(const std::vector<Override>& overrides, Scenario& scenario) {
  const ModelParts& parts = scenario.parts;
  const bool served =
      std::any_of(parts.touchpoints.begin(), parts.touchpoints.end(), [](const Touchpoint& each) { return each.queues(); });
  if (!served || parts.settings.market) return;
  for (const Override& one : overrides) {
    if (one.path != "scenario.customers") continue;
    scenario.notes.push_back(one.option +
                             " changes how busy the servers are, as without scenario.market everybody simulated is all who "
                             "come; more replications narrow intervals and leave the load as it is");
    return;
  }
}

}  // namespace

Scenario parse_scenario(std::string_view text, const std::string& name, const std::filesystem::path& folder,
                        const std::vector<Override>& overrides, const std::vector<Tie>& kept_ties, NamedFiles files,
                        const std::vector<Finding>& further) {
  Scenario result;
  result.name = name;
  result.source = text;
  result.text = text;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const SourceText source(text);
  if (const auto refusal = scenario::refuse_text(text)) {
    refuse(*refusal, source, result);
    return result;
  }
  Problems problems;
  const scenario::FileAccess access{folder, files, "scenario", &result.files};
  Bases bases(access, problems);
  Document document =
      scenario::parse_document(text, overrides, [&](const Node& of, std::uint32_t file) { return bases.open(of, file); });
  for (Problem& problem : document.problems) problems.add(std::move(problem));
  result.notes = std::move(document.notes);
  if (document.readable && scenario::is_sweep(document.root)) {
    const Node& sweep = *document.root.find("sweep");
    const Node* const of = sweep.find("scenario");
    problems.error("sweep", sweep.key_at, sweep.origin, "this is a sweep file, not a scenario",
                   fmt::format("sojourn sweep simulates its points; all other commands take its scenario{}",
                               of != nullptr && of->kind == Kind::text ? ", " + scenario::in_quotes(of->text) : ""));
  } else if (document.readable) {
    if (!document.text.empty()) result.text = std::move(document.text);
    if (!document.source.empty()) {
      result.source = std::move(document.source);
      result.joined = true;
    }
    scenario::Reader reader(document.root, access, kept_ties, problems);
    result.parts = reader.read();
    if (!reader.embedded().empty()) {
      result.text = resolved_text(result.text, reader.embedded());
      result.source = resolved_text(result.source, reader.embedded());
    }
    add_findings_of_model(result.parts, reader.lesson(), further, document.root, problems);
  }
  problems.withhold_warnings();
  scenario::report(std::move(problems).sorted(), source, overrides, result, bases.texts());
  if (result.errors() == 0) note_load(overrides, result);
  return result;
}

std::string resolved_text(std::string_view source, const std::vector<Override>& overrides) {
  std::string_view text = source;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (overrides.empty() || scenario::refuse_text(text)) return std::string(source);
  Document document = scenario::parse_document(text, overrides);
  return document.readable ? std::move(document.text) : std::string(source);
}

Model build(const Scenario& scenario) {
  if (scenario.errors() > 0) throw InputError(diagnostics(scenario), {}, {}, ErrorCode::invalid_scenario);
  return Model(scenario.parts);
}

}  // namespace sojourn
