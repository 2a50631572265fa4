#include "sojourn/decide/tried.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/joined_samples.hpp"
#include "sojourn/outcomes/finished_run.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn {
namespace {

/// "plain-bill" of "improvement.plain-bill"; nothing where the path is another kind of key.
std::optional<std::string> entry_of(std::string_view path, std::string_view section) {
  if (!path.starts_with(section) || path.size() <= section.size() || path[section.size()] != '.') return std::nullopt;
  const std::string_view id = path.substr(section.size() + 1);
  if (id.empty() || id.find_first_of(".[") != std::string_view::npos) return std::nullopt;
  return std::string(id);
}

template <class List, class Id>
std::string known(const List& list, const std::string& id, const char* kind, const std::string& before, Id id_of) {
  std::vector<std::string> ids;
  for (const auto& each : list) ids.push_back(id_of(each));
  return ids[position_called(kind, id, ids, before)];
}

/// The text without overrides goes into the comparison as the file of the scenario says it: files that it names lie beside
/// it.
Scenario read_again(const Scenario& scenario, std::string_view text, const std::vector<Override>& changes) {
  static const std::vector<Tie> no_ties;
  const std::vector<Tie>* ties = &no_ties;
  if (const auto& talk = scenario.parts.word_of_mouth) {
    if (const auto* file = std::get_if<NetworkFile>(&talk->network); file != nullptr && file->ties) ties = file->ties.get();
  }
  return parse_scenario(text, scenario.name, std::filesystem::path(scenario.name).parent_path(), changes, *ties);
}

std::vector<Override> all_of(const std::vector<Override>& both, const Tried& tried) {
  std::vector<Override> changes = both;
  changes.insert(changes.end(), tried.keys.begin(), tried.keys.end());
  return changes;
}

}  // namespace

Tried parse_tried(const ModelParts& parts, const std::vector<std::string>& words, std::string_view option) {
  Tried tried;
  for (const std::string& word : words) {
    const std::string said = fmt::format("{}{}", option, word);
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      throw InputError(fmt::format("{} is not a key and its value", said),
                       "write improvement.ID=1, or a key as after --set: touchpoint.first-bill.quality.mean=0.7");
    const std::string path = word.substr(0, equals), value = word.substr(equals + 1);
    const auto improvement = entry_of(path, "improvement"), rule = entry_of(path, "rule");
    if (path.starts_with("scenario."))
      throw InputError(fmt::format("{} is a setting of the question, which both sides share", path),
                       fmt::format("write --set {} for both", shell_quoted(word)));
    if (!improvement && !rule) {
      tried.keys.push_back({said, path, value});
      continue;
    }
    const std::optional<double> level = parse_number(trimmed(value));
    if (!level || *level < 0.0 || *level > 1.0)
      throw InputError(fmt::format("{}: \"{}\" is no level", said, value),
                       improvement ? "write 1 for the whole improvement, 0 for none, or a level between"
                                   : "write 1 to go by the rule, 0 not to");
    // What is said last counts, as after --set.
    std::erase_if(tried.improvements, [&](const Tried::Bought& each) { return each.id == improvement; });
    std::erase_if(tried.rules, [&](const std::string& each) { return each == rule; });
    std::erase_if(tried.left, [&](const std::string& each) { return each.starts_with(path + "="); });
    if (improvement) {
      const std::string id = known(parts.improvements, *improvement, "improvement", said + ": ",
                                   [](const Improvement& each) { return each.change.id; });
      *level > 0.0 ? tried.improvements.push_back({id, *level}) : tried.left.push_back(word);
    } else {
      if (*level > 0.0 && *level < 1.0) throw InputError(fmt::format("{}: a rule has no level", said), "write 1, or 0");
      const std::string id = known(parts.rules, *rule, "rule", said + ": ", [](const Rule& each) { return each.id; });
      *level > 0.0 ? tried.rules.push_back(id) : tried.left.push_back(word);
    }
  }
  return tried;
}

std::vector<std::string> idle_keys(const ModelParts& parts, const Tried& tried) {
  std::vector<std::string> notes;
  for (const Override& key : tried.keys) {
    for (const Improvement& improvement : parts.improvements) {
      const std::string& id = improvement.change.id;
      const auto is_it = [&](const Tried::Bought& each) { return each.id == id; };
      if (!key.path.starts_with(fmt::format("improvement.{}.", id)) ||
          std::any_of(tried.improvements.begin(), tried.improvements.end(), is_it))
        continue;
      notes.push_back(
          fmt::format("{} changes nothing while the improvement \"{}\" is off.", key.path, improvement.change.name));
    }
  }
  for (const std::string& word : tried.left)
    notes.push_back(fmt::format("{} changes nothing: the baseline goes without it, too.", word));
  return notes;
}

std::vector<std::string> words_of(const Tried& tried) {
  std::vector<std::string> words;
  for (const Override& key : tried.keys) words.push_back(key.path + "=" + key.value);
  for (const Tried::Bought& bought : tried.improvements)
    words.push_back(fmt::format("improvement.{}={}", bought.id, bought.level));
  for (const std::string& rule : tried.rules) words.push_back(fmt::format("rule.{}=1", rule));
  return words;
}

TriedText tried_text(const Scenario& scenario, const std::vector<Override>& both, const Tried& tried) {
  TriedText result{resolved_text(scenario.source, all_of(both, tried)), "baseline"};
  if (tried.improvements.empty() && tried.rules.empty()) return result;
  const auto taken = [&](const std::string& id) {
    return std::any_of(scenario.parts.plans.begin(), scenario.parts.plans.end(),
                       [&](const Plan& plan) { return plan.id == id; });
  };
  result.plan = "tried";
  for (int n = 2; taken(result.plan); ++n) result.plan = fmt::format("tried-{}", n);
  std::string& text = result.text;
  if (!text.ends_with('\n')) text += '\n';
  text += fmt::format("\n[[plan]]\nid = \"{}\"\nname = \"Tried\"\nimprovements = [", result.plan);
  for (std::size_t i = 0; i < tried.improvements.size(); ++i) {
    const Tried::Bought& bought = tried.improvements[i];
    text += fmt::format("{}{{ id = \"{}\", level = {} }}", i == 0 ? "" : ", ", bought.id, bought.level);
  }
  text += "]\n";
  if (!tried.rules.empty()) {
    text += "rules = [";
    for (std::size_t i = 0; i < tried.rules.size(); ++i) text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", tried.rules[i]);
    text += "]\n";
  }
  return result;
}

TriedModels tried_models(const Scenario& scenario, const std::vector<Override>& both, const Tried& tried) {
  // Once with the changes as such, so that errors name them.
  if (!tried.keys.empty()) require_no_errors(read_again(scenario, scenario.source, all_of(both, tried)));
  const Scenario before = read_again(scenario, scenario.source, both);
  require_no_errors(before);
  const TriedText text = tried_text(scenario, both, tried);
  const Scenario now = read_again(scenario, text.text, {});
  require_no_errors(now);
  Model model = build(now);
  const auto& plans = model.parts().plans;
  const auto plan = std::find_if(plans.begin(), plans.end(), [&](const Plan& each) { return each.id == text.plan; });
  const PlanId id(static_cast<std::size_t>(plan - plans.begin()));
  return {build(before), std::move(model), id};
}

Samples tried_samples(Samples before, Samples now) {
  std::vector<NamedSamples> runs;
  runs.push_back({"scenario", std::move(before)});
  runs.push_back({"tried", std::move(now)});
  Samples samples = joined(std::move(runs));
  samples.plans.back().name = "Tried";
  return samples;
}

}  // namespace sojourn
