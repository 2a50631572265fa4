#include "sojourn/report/key_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sojourn/model/keys.hpp"
#include "sojourn/scenario/knobs.hpp"

namespace sojourn::key_words {
namespace {

/// A key's words: dots and underscores are blanks.
std::string plain(std::string_view key) {
  std::string words(key);
  std::replace(words.begin(), words.end(), '.', ' ');
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

/// "mean delay" of after.exponential.mean: a law's parameter says what it is of, not which law it is of.
std::string words_of(std::string_view rest) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= rest.size();) {
    const std::size_t end = std::min(rest.find('.', at), rest.size());
    parts.emplace_back(rest.substr(at, end - at));
    at = end + 1;
  }
  if (parts.front() == "after") parts.front() = "delay";
  if (parts.front() == "handle_time") parts.front() = "handling time";
  if (parts.front() == "arrives") parts.front() = "arrival";
  const std::vector<std::string>& laws = keys::distribution_names();
  const std::string law = parts.size() > 1 ? parts[1].substr(0, parts[1].find('[')) : "";
  if (std::find(laws.begin(), laws.end(), law) == laws.end()) return plain(fmt::format("{}", fmt::join(parts, ".")));
  const std::string what = plain(parts.front());
  if (parts[1] == "fixed") return what;
  if (parts[1] == "uniform[0]") return "least " + what;
  if (parts[1] == "uniform[1]") return "largest " + what;
  if (parts.size() == 3 && (parts[2] == "mean" || parts[2] == "median")) return parts[2] + " " + what;
  return fmt::format("{}, {}", what, plain(parts.back()));
}

/// "to Moved, mean delay" of next.moved.after.exponential.mean, a key of an exit of `from`; nothing where it is of none.
std::string words_of_exit(const ModelParts& parts, const Touchpoint& from, std::string_view rest) {
  constexpr std::string_view list = "next";
  if (!rest.starts_with(list)) return {};
  rest.remove_prefix(list.size());
  for (std::size_t e = 0; e < from.next.size(); ++e) {
    const Touchpoint& to = parts.touchpoints[from.next[e].to.index()];
    const auto same_end =
        std::count_if(from.next.begin(), from.next.end(), [&](const Exit& exit) { return exit.to == from.next[e].to; });
    for (const std::string& way : {fmt::format(".{}.", to.id), fmt::format("[{}].", e)}) {
      if (!rest.starts_with(way)) continue;
      const std::string which = same_end > 1 ? fmt::format(" (exit {})", e + 1) : "";
      return fmt::format("to {}{}, {}", to.name, which, words_of(rest.substr(way.size())));
    }
  }
  return {};
}

}  // namespace

std::string name_of_key(const ModelParts& parts, std::string_view key) {
  if (key == "scenario.horizon") return "How far we look";
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return std::string(key);
  const std::string_view section = key.substr(0, dot);
  std::string name;
  std::string_view rest;
  const auto look = [&](std::string_view kind, const auto& list, auto id_of, auto name_of) {
    if (section != kind) return;
    for (const auto& each : list) {
      const std::string path = fmt::format("{}.{}.", kind, id_of(each));
      if (!key.starts_with(path)) continue;
      name = name_of(each);
      rest = key.substr(path.size());
    }
  };
  const auto id = [](const auto& each) { return each.id; };
  const auto own = [](const auto& each) { return each.name; };
  const auto id_of_change = [](const Change& change) { return change.id; };
  const auto name_of_change = [](const Change& change) { return change.name; };
  look("touchpoint", parts.touchpoints, id, own);
  look("persona", parts.personas, id, own);
  look("survey", parts.surveys, id, own);
  look("pool", parts.pools, id, own);
  look("account_segment", parts.account_segments, id, own);
  look("event", parts.events, id_of_change, name_of_change);
  look(
      "improvement", parts.improvements, [](const Improvement& each) { return each.change.id; },
      [](const Improvement& each) { return each.change.name; });
  if (name.empty()) {
    name = plain(section);
    rest = key.substr(dot + 1);
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
      name.front() = static_cast<char>(name.front() - 'a' + 'A');
  }
  for (const Touchpoint& from : parts.touchpoints) {
    if (section != "touchpoint" || !key.starts_with(fmt::format("touchpoint.{}.", from.id))) continue;
    const std::string words = words_of_exit(parts, from, rest);
    if (!words.empty()) return fmt::format("{}: {}", name, words);
  }
  if (rest == "quality.mean") rest.remove_suffix(std::string_view(".mean").size());
  for (const std::string_view begin : {"effect.", "traits."}) {
    if (rest.starts_with(begin)) rest.remove_prefix(begin.size());
  }
  return fmt::format("{}: {}", name, words_of(rest));
}

std::vector<std::string> names_of_keys(const Scenario& scenario, const std::vector<std::string>& keys) {
  const Knobs knobs = read_knobs(scenario);
  std::vector<std::string> names;
  for (const std::string& key : keys) {
    names.push_back(name_of_key(scenario.parts, key));
    for (std::size_t k = 0; k < knobs.inputs.keys.size(); ++k) {
      if (knobs.inputs.keys[k].key == key && knobs.names[k] != key) names.back() = knobs.names[k];
    }
  }
  std::vector<std::string> told = names;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (std::count(names.begin(), names.end(), names[k]) > 1) told[k] += fmt::format(" ({})", keys[k]);
  }
  return told;
}

}  // namespace sojourn::key_words
