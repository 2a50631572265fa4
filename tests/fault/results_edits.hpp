// Results as somebody may have altered them: edits of what a file says, and what Sojourn reads out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/network_ties.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn::fault {

/// A journey with everything that puts variables of its own into a file: two personas, plans, accounts, talk, queues.
inline constexpr const char* edited_scenario = R"toml(schema = 1
[scenario]
title = "Edited"
start = 2026-01-01
horizon = "6 weeks"
window = "2 weeks"
customers = 40
replications = 2
currency = "EUR"
[[persona]]
id = "a"
share = 0.5
starts = { buy = 1.0 }
[[persona]]
id = "b"
share = 0.5
starts = { buy = 1.0 }
[word_of_mouth]
promoter_rate = "1 per month"
[[touchpoint]]
id = "buy"
stage = "purchase"
quality = 0.6
revenue = 5.0
next = [ { to = "use", odds = 1.0, after = "3 days" }, { to = "gone", odds = 1.0, after = "3 days" } ]
[[touchpoint]]
id = "use"
stage = "retention"
quality = 0.6
servers = 2
handle_time = "1 day"
next = [ { to = "buy", odds = 2.0, after = "5 days" }, { to = "gone", odds = 1.0, after = "5 days" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "better"
target = { touchpoint = "use" }
effect = { quality = "+0.2" }
[[plan]]
id = "plan"
improvements = ["better"]
)toml";

/// Another with what the first has not: people who are there already, accounts, a pool, a counter with tiers, a survey, a
/// rule.
inline constexpr const char* edited_loop = R"toml(schema = 1
[scenario]
title = "Edited loop"
start = 2026-01-01
horizon = "6 weeks"
window = "2 weeks"
customers = 40
replications = 2
currency = "EUR"
[[persona]]
id = "old"
share = 0.5
standing = "customer"
tenure = { uniform = ["0 days", "1 year"] }
starts = { use = 1.0 }
[[persona]]
id = "new"
share = 0.5
starts = { buy = 1.0 }
[[account_segment]]
id = "firm"
share = 1.0
roles = { old = 1, new = 1 }
gates = [ { touchpoint = "buy", rule = "majority" } ]
[[counter]]
id = "points"
counts = ["buy", "use"]
tiers = [1, 3]
[[pool]]
id = "desk"
servers = 1
cost_per_hour = 20.0
[[touchpoint]]
id = "buy"
stage = "purchase"
quality = 0.6
revenue = 5.0
next = [ { to = "use", odds = 1.0, after = "3 days" }, { to = "gone", odds = 1.0, after = "3 days" } ]
[[touchpoint]]
id = "use"
stage = "retention"
quality = 0.6
pool = "desk"
handle_time = "1 day"
next = [ { to = "buy", odds = 2.0, after = "5 days" }, { to = "gone", odds = 1.0, after = "5 days" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[survey]]
id = "asked"
asks = "nps"
after = ["use"]
base = 0.0
closed_loop = { below = 7, to = "use", within = "2 days" }
[[improvement]]
id = "better"
target = { touchpoint = "use" }
effect = { quality = "+0.2" }
[[rule]]
id = "alarm"
when = { metric = "nps", survey = "asked", below = 50, windows = 1 }
switch_on = "better"
[[plan]]
id = "plan"
improvements = ["better"]
[[plan]]
id = "ruled"
rules = ["alarm"]
)toml";

/// What a comparison of one of them writes.
inline Outcomes unedited(const char* text = edited_scenario) {
  const Scenario scenario = parse_scenario(text, "edited.toml");
  const Model model = build(scenario);
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < model.parts().plans.size(); ++k) plans.emplace_back(k);
  RunOptions options;
  options.threads = 1;
  const RunResult result = run(model, plans, options);
  Provenance from;
  from.title = "Edited";
  from.history = "sojourn compare edited.toml";
  from.version = "0";
  from.build = "test";
  from.scenario_toml = scenario.text;
  from.scenario_name = "edited.toml";
  from.seed = model.parts().settings.seed;
  Outcomes outcomes = collect_outcomes(result, std::move(from));
  keep_samples(collect_samples(result), outcomes);
  return outcomes;
}

/// Bytes as decisions; when they are used up, zeros.
class Decisions {
 public:
  explicit Decisions(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  [[nodiscard]] bool left() const { return !rest_.empty(); }
  std::size_t below(std::size_t limit) {
    if (limit == 0) return 0;
    std::size_t value = byte();
    if (limit > 256) value = value * 256 + byte();
    return value % limit;
  }

 private:
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::span<const std::uint8_t> rest_;
};

/// One edit. The result may contradict itself; `made_consistent` mends sizes, so that a file can be written of it.
inline void edit(Outcomes& outcomes, Decisions& decide) {
  const double odd_numbers[] = {
      0.0, -1.0, 1e308, 0.5, 4e9, 1e-320, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()};
  const std::int64_t odd_integers[] = {
      0, -1, 1, 1ll << 40, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  const std::string odd_texts[] = {"", "baseline", "plan", "ruled", "\x1b[31m", "\xff", std::string(5000, 'x'), "a", "gone"};
  auto& arrays = outcomes.arrays;
  auto& dimensions = outcomes.dimensions;
  Array& array = arrays[decide.below(arrays.size())];
  Dimension& dimension = dimensions[decide.below(dimensions.size())];
  const auto change_one = [&](auto& values) {
    if (values.empty()) return;
    auto& value = values[decide.below(values.size())];
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, double>) {
      value = odd_numbers[decide.below(std::size(odd_numbers))];
    } else if constexpr (std::is_same_v<Value, std::int64_t>) {
      value = odd_integers[decide.below(std::size(odd_integers))];
    } else {
      value = odd_texts[decide.below(std::size(odd_texts))];
    }
  };
  switch (decide.below(14)) {
    case 0:
      if (arrays.size() > 1) arrays.erase(arrays.begin() + (&array - arrays.data()));
      break;
    case 1:
      array.name = arrays[decide.below(arrays.size())].name;
      break;
    case 2:
      array.dimensions.clear();
      break;
    case 3:
      if (!array.dimensions.empty()) array.dimensions.erase(array.dimensions.begin());
      break;
    case 4:
      array.dimensions.push_back(dimension.name);
      break;
    case 5:
      if (array.dimensions.size() > 1) std::swap(array.dimensions.front(), array.dimensions.back());
      break;
    case 6:
      std::visit(change_one, array.values);
      break;
    case 7:
      if (std::holds_alternative<std::vector<double>>(array.values)) {
        array.values = std::vector<std::int64_t>(std::get<std::vector<double>>(array.values).size());
      } else {
        array.values = std::vector<double>(std::get<std::vector<std::int64_t>>(array.values).size());
      }
      break;
    case 8:
      dimension.size = decide.below(7);
      break;
    case 9:
      dimension.values = std::monostate();
      break;
    case 10:
      std::visit(
          [&](auto& values) {
            if constexpr (!std::is_same_v<std::remove_reference_t<decltype(values)>, std::monostate>) change_one(values);
          },
          dimension.values);
      break;
    case 11:
      if (dimensions.size() > 1) dimensions.erase(dimensions.begin() + (&dimension - dimensions.data()));
      break;
    case 12: {
      // Another scenario than the one that was run.
      std::string& text = outcomes.provenance.scenario_toml;
      const std::pair<const char*, const char*> others[] = {
          {"\"6 weeks\"", "\"26 weeks\""},
          {"\"2 weeks\"", "\"1 week\""},
          {"id = \"plan\"", "id = \"other\""},
          {"id = \"b\"", "id = \"c\""},
          {"servers = 2\n", ""},
          {"[word_of_mouth]\npromoter_rate = \"1 per month\"\n", ""},
          {"2026-01-01", "2027-01-01"},
          {"id = \"use\"", "id = \"nil\""},
          {"tiers = [1, 3]", "tiers = [1]"},
          {"asks = \"nps\"", "asks = \"csat\""},
          {"pool = \"desk\"", "servers = 1"},
          {"rules = [\"alarm\"]", "improvements = [\"better\"]"},
          {"standing = \"customer\"\ntenure = { uniform = [\"0 days\", \"1 year\"] }\n", ""},
          {"roles = { old = 1, new = 1 }", "roles = { old = 1 }"}};
      const auto& [from, to] = others[decide.below(std::size(others))];
      if (const std::size_t at = text.find(from); at != text.npos) text.replace(at, std::string(from).size(), to);
      break;
    }
    default: {
      Provenance& from = outcomes.provenance;
      std::string* const texts[] = {&from.title, &from.history, &from.version, &from.scenario_name, &from.scenario_toml};
      *texts[decide.below(std::size(texts))] = odd_texts[decide.below(std::size(odd_texts))];
    }
  }
}

/// The same with as many values as the sizes say, without unknown or repeated names: what the format can hold.
inline std::optional<Outcomes> made_consistent(Outcomes outcomes) {
  for (Dimension& dimension : outcomes.dimensions) {
    std::visit(
        [&](auto& values) {
          if constexpr (!std::is_same_v<std::remove_reference_t<decltype(values)>, std::monostate>)
            values.resize(dimension.size);
        },
        dimension.values);
  }
  for (Array& array : outcomes.arrays) {
    std::size_t size = 1;
    for (const std::string& name : array.dimensions) {
      for (const Dimension& dimension : outcomes.dimensions) {
        if (dimension.name == name) size *= dimension.size;
      }
      if (size > 1'000'000) return std::nullopt;
    }
    std::visit([&](auto& values) { values.resize(size); }, array.values);
  }
  try {
    require_consistent(outcomes);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
  return outcomes;
}

/// The model and the samples that a file holds; an error where it says what cannot be.
struct ReadResults {
  Model model;
  Samples samples;
};

/// What everything does first with a file that was read. Empty where its scenario is refused; throws InputError where the
/// rest is.
inline std::optional<ReadResults> understood(const Outcomes& outcomes) {
  (void)recorded_texts(outcomes, "plan");
  const std::vector<Tie> ties = kept_ties(outcomes);
  const Scenario scenario = parse_scenario(outcomes.provenance.scenario_toml, "file.h5", ".", {}, ties);
  if (scenario.errors() > 0) return std::nullopt;
  Model model = build(scenario);
  Samples samples = kept_samples(outcomes, model);
  return ReadResults{std::move(model), std::move(samples)};
}

}  // namespace sojourn::fault
