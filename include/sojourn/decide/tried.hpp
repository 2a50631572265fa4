// What is tried beside a scenario as it stands: other values of its keys, and improvements bought. `sojourn compare --try`
// and the page of `sojourn play` say it in the same words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sojourn/outcomes/collect.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// What is tried. Keys are changed in the tried scenario alone; improvements and rules make the plan that it runs under.
struct Tried {
  struct Bought {
    std::string id;
    double level = 1.0;  // (0,1]
  };
  std::vector<Override> keys;
  std::vector<Bought> improvements;
  std::vector<std::string> rules;
  std::vector<std::string> left;  // improvements and rules that are named and not bought, as they were written

  [[nodiscard]] bool nothing() const { return keys.empty() && improvements.empty() && rules.empty(); }
};

/// Reads words as after `--try`: "improvement.plain-bill=1" buys an improvement, "improvement.ads=0.5" at that level,
/// "rule.hire=1" goes by a rule, 0 leaves it, and the last word counts; anything else is a key and its value as after
/// `--set`. `option` stands in
/// messages before each. Throws InputError for an improvement or a rule that `parts` does not have, with the nearest name,
/// for a level that is no number from 0 to 1, and for a key of [scenario], which is of both sides.
[[nodiscard]] Tried parse_tried(const ModelParts& parts, const std::vector<std::string>& words, std::string_view option);

/// A sentence for each word that changes nothing: a key of an improvement that is not bought, and what is left.
[[nodiscard]] std::vector<std::string> idle_keys(const ModelParts& parts, const Tried& tried);

/// The words that `parse_tried` reads as this, in their order.
[[nodiscard]] std::vector<std::string> words_of(const Tried& tried);

/// The scenario with `tried` in it, as TOML: keys are changed, and where something is bought [[plan]] "tried" is added at
/// the end, or, where that id is taken, the next of "tried-2", "tried-3", ... `both` are changed too.
struct TriedText {
  std::string text, plan;  // the plan's id, "baseline" where nothing is bought
};
[[nodiscard]] TriedText tried_text(const Scenario& scenario, const std::vector<Override>& both, const Tried& tried);

/// The two sides of a trial.
struct TriedModels {
  Model before;  // the scenario with `both`, to be run under the baseline
  Model now;     // the same with `tried`
  PlanId plan;   // under which that is run
};

/// Throws InputError (`invalid_scenario`) with every rendered error where the scenario does not take the changes.
[[nodiscard]] TriedModels tried_models(const Scenario& scenario, const std::vector<Override>& both, const Tried& tried);

/// Samples of `before`, whose first plan is the baseline, and of `now`, of one plan, as plans of one comparison on the same
/// luck; the last is called "tried". Throws InputError as `joined`: a trial that changes whether customers act on one
/// another cannot be paired.
[[nodiscard]] Samples tried_samples(Samples before, Samples now);

}  // namespace sojourn
