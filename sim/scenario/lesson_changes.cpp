#include "sojourn/scenario/lesson_changes.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "document.hpp"
#include "named_file.hpp"
#include "problems.hpp"
#include "reader.hpp"
#include "source.hpp"
#include "value.hpp"

namespace sojourn {
namespace {

using namespace scenario;

std::vector<Override> joined(std::vector<Override> first, const std::vector<Override>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The ties that a network's file holds: it is not opened again.
const std::vector<Tie>& ties_of(const Scenario& scenario) {
  static const std::vector<Tie> none;
  if (const auto& talk = scenario.parts.word_of_mouth) {
    if (const auto* file = std::get_if<NetworkFile>(&talk->network); file != nullptr && file->ties) return *file->ties;
  }
  return none;
}

Scenario read_with(const Scenario& scenario, const std::vector<Override>& overrides) {
  return parse_scenario(scenario.source, scenario.name, std::filesystem::path(scenario.name).parent_path(), overrides,
                        ties_of(scenario));
}

/// A change that sets what is so already: with it any text comes back formatted.
const Override formatted{"", "schema", "1"};

class LessonTrial {
 public:
  LessonTrial(const Scenario& scenario, const std::vector<Override>& overrides, Problems& problems)
      : scenario_(scenario), overrides_(joined({formatted}, overrides)), problems_(problems) {}

  /// Tries the list `set` of changes.
  void of(const Value& set) {
    const std::vector<Value> written = elements(set).value_or(std::vector<Value>());
    std::vector<Override> changes;
    for (const Value& one : written) {
      try {
        changes.push_back(parse_override(one.node().text));
      } catch (const InputError& error) {
        one.refuse(fmt::format("{} is no change: {}", in_quotes(one.node().text), error.message()), error.hint());
        return;
      }
    }
    if (changes.empty()) return;
    const Scenario changed = read_with(scenario_, joined(overrides_, changes));
    if (changed.errors() > 0) return refuse(written, changes, changed);
    for (std::size_t i = 0; i < changes.size(); ++i) {
      std::vector<Override> others = changes;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      if (resolved_text(scenario_.source, joined(overrides_, others)) == changed.text) warn(written[i]);
    }
  }

 private:
  /// Names the change that an error is about, or else the last one.
  void refuse(const std::vector<Value>& written, const std::vector<Override>& changes, const Scenario& changed) const {
    for (const Finding& finding : changed.findings) {
      if (finding.severity != Severity::error) continue;
      std::size_t culprit = changes.size() - 1;
      for (std::size_t i = 0; i < changes.size(); ++i) {
        if (finding.path.starts_with(changes[i].path) || changes[i].path.starts_with(finding.path)) culprit = i;
      }
      written[culprit].refuse(fmt::format("{} does not apply: {}", in_quotes(written[culprit].node().text), finding.message),
                              finding.hint);
      return;
    }
  }

  void warn(const Value& change) {
    problems_.add({{Severity::warning, change.path(),
                    fmt::format("{} changes nothing: the scenario says so already", in_quotes(change.node().text)),
                    "leave it out, or set another value"},
                   change.node().at,
                   change.node().origin,
                   {}});
  }

  const Scenario& scenario_;
  std::vector<Override> overrides_;
  Problems& problems_;
};

}  // namespace

std::optional<Lesson> read_lesson(const Scenario& scenario, const std::vector<Override>& overrides) {
  const std::string_view text = without_byte_order_mark(scenario.source);
  const Document document = parse_document(text, overrides);
  if (!document.readable || document.root.find("lesson") == nullptr) return std::nullopt;
  Problems problems;
  const std::filesystem::path folder = std::filesystem::path(scenario.name).parent_path();
  Reader reader(document.root, {folder, NamedFiles::in_folder}, ties_of(scenario), problems);
  static_cast<void>(reader.read());
  return reader.lesson();
}

Scenario with_changes(const Scenario& scenario, const std::vector<Override>& overrides,
                      const std::vector<std::string>& changes) {
  std::vector<Override> all = overrides;
  for (const std::string& change : changes) all.push_back(parse_override(change));
  return read_with(scenario, all);
}

CheckedText check_lesson_changes(const Scenario& scenario, const std::vector<Override>& overrides) {
  CheckedText result;
  result.name = scenario.name + (scenario.joined ? " (joined with its base)" : "");
  const std::string_view text = without_byte_order_mark(scenario.source);
  const SourceText source(text);
  const Document document = parse_document(text, overrides);
  Problems problems;
  LessonTrial trial(scenario, overrides, problems);
  const Value root(document.root, "", problems);
  const Node* const lesson = document.root.find("lesson");
  if (lesson == nullptr) return result;
  const auto look_into = [&](const Value& change) {
    if (const Node* set = change.node().find("set")) trial.of(change.member(*set));
  };
  const Value whole = root.member(*lesson);
  if (const Node* without = lesson->find("without")) look_into(whole.member(*without));
  if (const Node* more = lesson->find("try")) {
    for (const Value& one : elements(whole.member(*more)).value_or(std::vector<Value>())) look_into(one);
  }
  problems.withhold_warnings();
  report(std::move(problems).sorted(), source, overrides, result);
  return result;
}

}  // namespace sojourn
