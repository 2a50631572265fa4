// From counts to money (MODEL.md section 7): visits that paid and days spent where money flows, times the amounts of a plan.
#pragma once

#include <cstddef>
#include <vector>

#include "sojourn/engine/program.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// Revenue, cost to serve and the price per visit of the plan's improvements, of the simulated people.
struct Money {
  double revenue = 0.0, cost = 0.0, price = 0.0;
};

/// The money of one persona.
struct PersonaMoney {
  std::vector<Money> windows;  // undiscounted
  Money total;                 // of all windows
  Money worth;                 // at time 0
  Money referred_worth;        // at time 0, of referred customers from their purchase on
};

/// The money of `persona` in sums that were counted under `program`. Counts are exact, amounts are multiplied by them and
/// added up in double precision with compensation (Neumaier 1974), in an order that depends on the program alone. The
/// relative error of a total of amounts of one sign is below 1e-9, unless discounting takes more than three quarters within
/// one window.
[[nodiscard]] PersonaMoney money_of(const Program& program, const Totals& totals, std::size_t persona);

}  // namespace sojourn
