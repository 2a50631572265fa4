// What a run would count until the horizon, as expectations between bounds.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "renewal.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "visit_chain.hpp"

namespace sojourn {

Bracket operator+(Bracket a, Bracket b);
Bracket operator-(Bracket a, Bracket b);
/// By a number of any sign.
Bracket operator*(double factor, Bracket a);
/// Of numbers that are not negative; undefined where b is 0.
Bracket operator/(Bracket a, Bracket b);
/// A bracket cut to [low, high].
[[nodiscard]] Bracket within(Bracket a, double low, double high);
/// Two solutions of the same thing, rounded one way and the other.
[[nodiscard]] Bracket between(double down, double up);

/// Expected sums over the people of one persona, per person, whether arrived or not. Money undiscounted and discounted.
struct Expected {
  double arrived = 0.0, existing = 0.0;  // of whom the latter arrive as customers
  StandingShares standing;
  Bracket visits, days_to_purchase;
  Bracket revenue, cost, price, worth_revenue, worth_cost, worth_price;
  std::vector<Bracket> touch_visits, taken;
  std::vector<std::vector<Bracket>> occupancy;  // [window][touchpoint]
  std::vector<StandingShares> windows;
  std::vector<double> arrived_by;  // [window]

  /// Adds another persona's, weighted by its share.
  void add(const Expected& other, double share);
};

/// A grid, and whether every time that matters is a point of it.
struct GridChoice {
  Grid grid;
  bool exact = false;
};

/// The expectations of one persona. Money is NaN where `money_changes`; discounted money also at a negative discount.
/// Throws InputError where visits follow each other too fast for the grid.
[[nodiscard]] Expected expect(const Program& program, std::uint32_t persona, const VisitChain& chain,
                              const GridChoice& choice);

/// The grids to try, coarse to fine: one whose points are all fixed delays, arrivals, the horizon and the windows' ends
/// where there is one with at most `most` points, else equal parts of the horizon.
[[nodiscard]] std::vector<GridChoice> grids(const Program& program, const std::vector<VisitChain>& chains, std::size_t most);

/// The figures of a group of people from its sums; `share` is the group's part of all people.
[[nodiscard]] AtHorizon figures(const Expected& expected, double share, const Program& program);

}  // namespace sojourn
