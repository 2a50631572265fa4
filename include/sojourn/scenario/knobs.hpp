// Keys of a scenario that a page to play with has a slider for ([[knob]]).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sojourn/scenario/sweep_file.hpp"

namespace sojourn {

/// The knobs of a scenario, with every problem found in them; complete only where there is no error.
struct Knobs {
  SweepFile inputs;                      // the scenario and the keys, whose values are ranges; without a design
  std::vector<double> values;            // by key: the number that the scenario has, in the key's unit, within the range
  std::vector<std::string> names, whys;  // by key: what stands beside the slider, and a sentence on it, which may be empty
};

/// Reads the [[knob]] entries of a scenario that has no error, with what the command line changes in it. Every key is tried
/// in the scenario at both ends of its range, as those of a sweep are. An entry whose key has no single number in the
/// scenario, or one outside of the range, is an error.
[[nodiscard]] Knobs read_knobs(const Scenario& scenario, const std::vector<Override>& overrides = {});

/// A knob that no file names: a key of numbers, a range and a name.
struct KnobWish {
  std::string key;
  double from = 0.0, to = 0.0;
  std::string name;
};

/// The same from `wishes`, of which those are left out that would be errors.
[[nodiscard]] Knobs knobs_for(const Scenario& scenario, const std::vector<KnobWish>& wishes,
                              const std::vector<Override>& overrides = {});

/// The number that a scenario without errors has at a key, with `overrides`, in the unit of the key's knob; nothing where it
/// has none, or no single one.
[[nodiscard]] std::optional<double> number_at(const Scenario& scenario, const std::string& key,
                                              const std::vector<Override>& overrides = {});

}  // namespace sojourn
