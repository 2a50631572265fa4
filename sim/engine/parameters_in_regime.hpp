// What changes make of the parameters of a scenario while they stand as they do: what a program is compiled from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sojourn/model/change_arithmetic.hpp"

namespace sojourn {

/// Whether `change` has an effect on `parameter`.
inline bool moves(const Change& change, Parameter parameter) {
  return std::any_of(change.effects.begin(), change.effects.end(),
                     [&](const Effect& effect) { return effect.parameter == parameter; });
}

/// The parameters of one persona at one touchpoint with the changes of one regime.
class ParametersInRegime {
 public:
  ParametersInRegime(const std::vector<PlannedChange>& changes, const std::vector<double>& fractions)
      : changes_(changes), fractions_(fractions) {}
  /// Only the changes in the places `among`; all others apply to nothing that is asked.
  ParametersInRegime(const std::vector<PlannedChange>& changes, const std::vector<double>& fractions,
                     const std::vector<std::uint32_t>& among)
      : changes_(changes), fractions_(fractions), among_(&among) {}

  /// The shifts of `parameter` by changes for which `applies` holds.
  template <class Applies>
  std::vector<Shift> shifts(Parameter parameter, Applies applies) const {
    std::vector<Shift> result;
    const std::size_t count = among_ != nullptr ? among_->size() : changes_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = among_ != nullptr ? (*among_)[i] : i;
      if (fractions_[c] <= 0.0) continue;
      const std::vector<Effect>& effects = changes_[c]->effects;
      const auto moves = [&](const Effect& effect) { return effect.parameter == parameter; };
      // Most changes move another parameter: that is seen sooner than whether one applies.
      if (std::none_of(effects.begin(), effects.end(), moves) || !applies(changes_[c]->target)) continue;
      for (const Effect& effect : effects) {
        if (moves(effect)) result.push_back({effect.operation, effect.value, fractions_[c]});
      }
    }
    return result;
  }
  template <class Applies>
  double value(Parameter parameter, double x0, Applies applies) const {
    return combine(parameter, x0, shifts(parameter, applies));
  }

 private:
  const std::vector<PlannedChange>& changes_;
  const std::vector<double>& fractions_;
  const std::vector<std::uint32_t>* among_ = nullptr;
};

}  // namespace sojourn
