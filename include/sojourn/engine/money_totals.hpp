// From counts to money (MODEL.md section 7): visits that paid and days spent where money flows, times the amounts of a plan.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sojourn/engine/program.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {

/// A whole number as one double or, where it needs more digits, as the sum of two.
class WholeNumber {
 public:
  explicit WholeNumber(Totals::Wide number);

  /// The double nearest to the number, and what that misses.
  [[nodiscard]] double most() const { return most_; }
  [[nodiscard]] double rest() const { return rest_; }

 private:
  double most_, rest_;
};

/// A sum of doubles kept in two, high + low, with about 106 binary digits (Dekker 1971; Knuth's two-sum): in whatever order
/// terms come, the value, rounded to one double, is the same unless it lies within 2^-50 of a unit from half a unit.
class DoubleSum {
 public:
  void add(double x);
  /// Adds times x amount, the product of whose doubles is exact in two.
  void add_product(const WholeNumber& times, double amount);
  void add(const DoubleSum& other);
  [[nodiscard]] double value() const { return high_ + low_; }

 private:
  double high_ = 0.0, low_ = 0.0;
};

/// Revenue, cost to serve and the price per visit of the plan's improvements, of the simulated people.
struct Money {
  double revenue = 0.0, cost = 0.0, price = 0.0;
};

/// Money as it is added up.
struct MoneySum {
  DoubleSum revenue, cost, price;

  void add(const MoneySum& other);
  [[nodiscard]] Money value() const { return {revenue.value(), cost.value(), price.value()}; }
};

/// The money of one persona.
struct PersonaMoney {
  std::vector<MoneySum> windows;  // undiscounted
  MoneySum total;                 // of all windows
  MoneySum worth;                 // at time 0
  MoneySum referred_worth;        // at time 0, of referred customers from their purchase on
  /// Of each touchpoint, undiscounted. What flows alike at several touchpoints is shared out by the people who stay at each
  /// at the beginning and at the end of a window; what these miss evenly.
  std::vector<MoneySum> touchpoints;
};

/// The program under which sums were counted: that of the plan or, where its rules have switched in the replication that
/// they are of, one that knows how.
class CountedUnder {
 public:
  CountedUnder(const Program& plan, const Totals& totals) : plan_(&plan) {
    if (!totals.switches.empty()) own_.emplace(plan.model(), totals.switches);
  }
  [[nodiscard]] const Program& operator*() const { return own_ ? *own_ : *plan_; }
  [[nodiscard]] const Program* operator->() const { return &**this; }

 private:
  const Program* plan_;
  std::optional<Program> own_;
};

/// The money of `persona` in sums that were counted under `program`: exact counts times amounts, and sums of
/// amounts that were drawn. The relative error of a total of amounts of one sign is below 1e-9, unless discounting takes
/// more than three quarters within one window; each amount that is drawn is right to 2^-50 of the largest that its law can
/// give.
[[nodiscard]] PersonaMoney money_of(const Program& program, const Totals& totals, std::size_t persona);

}  // namespace sojourn
