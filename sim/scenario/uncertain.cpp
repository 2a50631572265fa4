#include "sojourn/scenario/uncertain.hpp"

#include <fmt/format.h>

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

class UncertainReader {
 public:
  /// `root` is the document of the scenario that `inputs` hold.
  UncertainReader(const Node& root, Problems& problems, UncertainInputs& inputs)
      : problems_(problems),
        inputs_(inputs),
        entries_(problems, inputs.inputs),
        root_(Value(root, "", problems), "the file", &keys::table("")) {}

  void read() {
    Names groups;
    read_groups(groups);
    const std::optional<Value> value = root_.take("uncertain");
    if (!value) return;
    for (const Value& each : elements(*value).value_or(std::vector<Value>())) read_entry(each, groups);
    entries_.try_each();
    judge_groups();
    entries_.finish();
  }

 private:
  void read_groups(Names& groups) {
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
      groups.index.emplace(group.id, inputs_.groups.size());
      groups.ids.push_back(group.id);
      groups.known.push_back(group.id);
      inputs_.groups.push_back(std::move(group));
    }
    named_.assign(inputs_.groups.size(), 0);
  }

  void read_entry(const Value& value, const Names& groups) {
    Table parts(value, "this [[uncertain]]", &keys::table("uncertain"));
    Entry entry;
    const std::optional<Value> key = entries_.read_key(parts, value, entry), group = parts.take("group"),
                               why = parts.take("why");
    constexpr std::size_t none = ~std::size_t{0};
    const std::size_t place = group ? position(*group, groups).value_or(none) : none;
    if (place != none) ++named_[place];
    if (!key) return;
    std::vector<Value> drawn = VariedEntries::take_drawn(parts);
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
    if (!entries_.read_drawn(drawn.front(), entry)) return;
    if (place != none) inputs_.groups[place].members.push_back(entries_.all().size());
    inputs_.why.push_back(why ? text(*why).value_or("") : "");
    entries_.add(std::move(entry));
  }

  void judge_groups() {
    for (std::size_t g = 0; g < inputs_.groups.size(); ++g) {
      const UncertainGroup& group = inputs_.groups[g];
      const Value& value = group_values_[g];
      if (group.members.size() < named_[g]) continue;  // what is wrong with the others was said
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

  Problems& problems_;
  UncertainInputs& inputs_;
  VariedEntries entries_;
  Table root_;
  std::vector<std::size_t> named_;   // by how many entries each group is named, also by those that are wrong
  std::vector<Value> group_values_;  // where the correlation of each group stands
};

}  // namespace

UncertainInputs read_uncertain(const Scenario& scenario, const std::vector<Override>& overrides) {
  UncertainInputs inputs;
  inputs.inputs = inputs_of(scenario, overrides);
  const std::string_view text = without_byte_order_mark(scenario.source);
  const SourceText source(text);
  const Document document = parse_document(text, overrides);
  Problems problems;
  UncertainReader(document.root, problems, inputs).read();
  report(std::move(problems).sorted(), source, overrides, inputs.inputs);
  return inputs;
}

}  // namespace sojourn
