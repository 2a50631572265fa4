// Which choices of improvements a budget allows, and the model in which each can be a plan.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/decide/optimum.hpp"
#include "sojourn/model/budget.hpp"

namespace sojourn {

/// A choice as positions of variants in `ChoiceSpace`, rising.
using Basket = std::vector<std::uint32_t>;

/// An improvement at one level.
struct Variant {
  Purchase purchase;
  double fixed_cost = 0.0;
  std::vector<double> by_quarter;  // of that, where the scenario has a budget of quarters
  bool paid_by_visit = false;
  std::vector<std::size_t> teams;  // those of the touchpoints that it takes in
};

/// The positions of the teams whose touchpoints a change takes in, rising.
[[nodiscard]] std::vector<std::size_t> teams_of(const ModelParts& parts, const Change& change);

class ChoiceSpace {
 public:
  /// Throws InputError where the limits contradict each other.
  ChoiceSpace(const Model& model, const BudgetLimits& limits);

  /// The model's parts with no plan but the baseline.
  [[nodiscard]] const ModelParts& parts() const { return parts_; }
  [[nodiscard]] const std::vector<Variant>& variants() const { return variants_; }
  [[nodiscard]] Plan plan(const Basket& basket) const;
  [[nodiscard]] double fixed_cost(const Basket& basket) const;
  [[nodiscard]] bool paid_by_visit(const Basket& basket) const;
  /// Whether the basket is within the limits when `by_visit` is paid for visits in all, in the proportions of `profile` over
  /// the quarters (empty where nothing is).
  [[nodiscard]] bool allowed(const Basket& basket, double by_visit = 0.0, std::span<const double> profile = {}) const;
  /// Amounts of windows by quarter, those of a window spread evenly over it; empty without a budget of quarters.
  [[nodiscard]] std::vector<double> by_quarter(const std::vector<double>& window_ends,
                                               const std::vector<double>& windows) const;

  /// Every basket within the limits, at most `most` of them; there are more where there are `most`.
  [[nodiscard]] std::vector<Basket> all(std::size_t most) const;
  /// Those that must be bought at the least cost, and nothing else.
  [[nodiscard]] Basket least() const;
  /// `start`, or what must be bought, and then by value for money whatever still fits of what has a value above 0. `values`
  /// are by variant.
  [[nodiscard]] Basket filled(const Basket& start, std::span<const double> values) const;
  /// Those within the limits that differ by one improvement bought, left, exchanged for another or at another level.
  [[nodiscard]] std::vector<Basket> neighbours(const Basket& basket) const;

 private:
  void collect(std::size_t improvement, Basket& basket, std::size_t most, std::vector<Basket>& found) const;
  [[nodiscard]] bool complete(const Basket& basket) const;

  BudgetLimits limits_;
  ModelParts parts_;
  std::optional<double> per_quarter_;
  std::vector<Quarter> quarters_;
  std::vector<Variant> variants_;
  std::vector<std::vector<std::uint32_t>> of_improvement_;  // allowed variants
  std::vector<bool> must_;                                  // [improvement]
};

}  // namespace sojourn
