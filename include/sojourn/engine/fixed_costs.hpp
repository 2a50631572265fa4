// What a plan pays whatever its customers do: its improvements once and per month, and the servers of pools.
#pragma once

#include <vector>

#include "sojourn/engine/program.hpp"

namespace sojourn {

/// What is paid whatever happens: per window, and in sum undiscounted and discounted. In the market's money.
struct FixedCost {
  std::vector<double> windows;
  double total = 0.0, worth = 0.0;
};

/// What a plan's improvements cost once and per month, where its rules have switched as in the program.
[[nodiscard]] FixedCost fixed_investment(const Program& program);
/// What the servers of pools cost while they are on duty, busy or not.
[[nodiscard]] FixedCost staff_cost(const Program& program);

struct FixedCosts {
  FixedCost investment, staff;
};
[[nodiscard]] FixedCosts fixed_costs(const Program& program);

}  // namespace sojourn
