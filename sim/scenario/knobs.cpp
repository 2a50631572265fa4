#include "sojourn/scenario/knobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "document.hpp"
#include "problems.hpp"
#include "reader.hpp"
#include "source.hpp"
#include "value.hpp"
#include "varied_entries.hpp"

namespace sojourn {
namespace {

using namespace scenario;

class KnobReader {
 public:
  KnobReader(Problems& problems, Knobs& knobs) : problems_(problems), knobs_(knobs), entries_(problems, knobs.inputs) {}

  /// `root` is a document with [[knob]] entries.
  void read(const Node& root) {
    const Node* const list = root.find("knob");
    if (list == nullptr) return;
    for (const Value& each : elements(Value(*list, "knob", problems_)).value_or(std::vector<Value>())) read_entry(each);
    entries_.try_each();
    entries_.finish();
  }

  /// The number in the scenario at the key of the first entry.
  std::optional<double> number_of_first(const Node& root) {
    const auto all = elements(Value(*root.find("knob"), "knob", problems_)).value_or(std::vector<Value>());
    Table parts(all.front(), "this [[knob]]", &keys::table("knob"));
    Entry entry;
    return entries_.read_key(parts, all.front(), entry) ? entries_.number_in_scenario(entry) : std::nullopt;
  }

 private:
  void read_entry(const Value& value) {
    Table parts(value, "this [[knob]]", &keys::table("knob"));
    Entry entry;
    const std::optional<Value> key = entries_.read_key(parts, value, entry), from = parts.take("from"),
                               to = parts.take("to"), name = parts.take("name"), why = parts.take("why");
    if (!key || !from || !to) return;
    const std::string& path = entry.key.key;
    if (path == "scenario.seed" || path == "scenario.replications" || path == "scenario.customers") {
      key->refuse(fmt::format("{} is a setting of the simulation, not of the world", path), "leave this [[knob]] out");
      return;
    }
    if (path == "schema" || path.starts_with("knob[") || path.starts_with("knob.") || path.starts_with("lesson.")) {
      key->refuse(fmt::format("{} is nothing that is simulated", path),
                  "name a key of the world: touchpoint.ID.quality.mean");
      return;
    }
    if (path.find('*') != std::string::npos) {
      key->refuse("a slider moves one key, and * stands for several", "name one key");
      return;
    }
    if (!entries_.read_range(*from, *to, std::nullopt, entry)) return;
    const auto& range = std::get<VariedKey::Range>(entry.key.values);
    if (range.from > range.to) {
      to->refuse("to is below from", "write the lower end as from");
      return;
    }
    const std::optional<double> now = entries_.number_in_scenario(entry);
    if (!now) {
      key->refuse(fmt::format("the scenario has no number at {}, where the slider would begin", path),
                  "write a number there, or name the key of one: of a table, as that of a quality, its mean");
      return;
    }
    if (*now < range.from || *now > range.to) {
      (*now < range.from ? from : to)
          ->refuse(fmt::format("the scenario has {:g} at {}, which the slider does not reach", *now, path),
                   fmt::format("let the range hold {:g}", *now));
      return;
    }
    knobs_.values.push_back(*now);
    knobs_.names.push_back(name ? text(*name).value_or(path) : path);
    knobs_.whys.push_back(why ? text(*why).value_or("") : "");
    entries_.add(std::move(entry));
  }

  Problems& problems_;
  Knobs& knobs_;
  VariedEntries entries_;
};

/// A wish as a file would have it.
Document document_of(const KnobWish& wish) {
  std::string quoted;
  for (const char c : wish.name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return parse_document(
      fmt::format("[[knob]]\nkey = '{}'\nfrom = {}\nto = {}\nname = \"{}\"\n", wish.key, wish.from, wish.to, quoted), {});
}

Knobs without_keys(const Scenario& scenario, const std::vector<Override>& overrides) {
  Knobs knobs;
  knobs.inputs = inputs_of(scenario, overrides);
  return knobs;
}

}  // namespace

Knobs read_knobs(const Scenario& scenario, const std::vector<Override>& overrides) {
  Knobs knobs = without_keys(scenario, overrides);
  const std::string_view text = without_byte_order_mark(scenario.source);
  const SourceText source(text);
  const Document document = parse_document(text, overrides);
  Problems problems;
  KnobReader(problems, knobs).read(document.root);
  report(std::move(problems).sorted(), source, overrides, knobs.inputs);
  return knobs;
}

Knobs knobs_for(const Scenario& scenario, const std::vector<KnobWish>& wishes, const std::vector<Override>& overrides) {
  Knobs all = without_keys(scenario, overrides);
  for (const KnobWish& wish : wishes) {
    const Document document = document_of(wish);
    Knobs one = without_keys(scenario, overrides);
    Problems problems;
    KnobReader(problems, one).read(document.root);
    if (!problems.empty() || one.inputs.keys.empty()) continue;
    all.inputs.keys.push_back(std::move(one.inputs.keys.front()));
    all.values.push_back(one.values.front());
    all.names.push_back(std::move(one.names.front()));
    all.whys.push_back(std::move(one.whys.front()));
  }
  return all;
}

std::optional<double> number_at(const Scenario& scenario, const std::string& key, const std::vector<Override>& overrides) {
  const Document document = document_of({key, 0.0, 1.0, ""});
  Knobs knobs = without_keys(scenario, overrides);
  Problems problems;
  return KnobReader(problems, knobs).number_of_first(document.root);
}

}  // namespace sojourn
