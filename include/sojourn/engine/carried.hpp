// What a customer carries from visit to visit besides a mood: when clocks were started, what counters hold, which
// anniversaries have been kept (MODEL.md section 2). A row of numbers whose layout only this unit knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/paired_outcomes.hpp"

namespace sojourn {

/// A condition or slope on a counter, by the counter's place here.
struct CountTest {
  std::uint32_t counter = 0;
  Relation relation = Relation::at_least;
  double value = 0.0;
};
struct CountSlope {
  std::uint32_t counter = 0;
  float slope = 0.0f;
};

/// How a customer stands after a visit, for the conditions of exits.
struct AfterVisit {
  bool bought = false;
  std::int32_t team = -1;  // the last one met
  bool solved = false;     // whether the visit solved the problem
  double time = 0.0;       // of the visit
};

/// What an exit asks of its customer.
struct Demand {
  std::vector<CountTest> tests;
  std::vector<CountSlope> slopes;
  std::int32_t bought = -1;  // 0 no, 1 yes, -1 either
  std::int32_t team = -1;    // the last team met; -1 any
  std::int32_t solved = -1;  // whether the visit solved the problem: 0 no, 1 yes, -1 either
  [[nodiscard]] bool conditional() const { return !tests.empty() || bought >= 0 || team >= 0 || solved >= 0; }
};

/// The rules of one model. Clocks, counters and anniversaries that no exit asks for are left out. Immutable; thread-safe.
class CarriedRules {
 public:
  explicit CarriedRules(const ModelParts& parts);

  /// How many numbers a customer carries: 0 where the model has none of this.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Whether some exit asks for the last team met.
  [[nodiscard]] bool asks_for_team() const { return asks_for_team_; }

  /// Where an exit (its number among all exits of the journey) finds its clock and its anniversary; -1 for none.
  [[nodiscard]] std::int32_t clock_of(std::size_t exit) const { return exits_[exit].clock; }
  [[nodiscard]] std::int32_t anniversary_of(std::size_t exit) const { return exits_[exit].anniversary; }
  /// What it asks for; -1 for nothing.
  [[nodiscard]] std::int32_t demand_of(std::size_t exit) const { return exits_[exit].demand; }
  [[nodiscard]] const Demand& demand(std::int32_t index) const { return demands_[static_cast<std::size_t>(index)]; }

  /// What customer `customer` of `persona`, who arrives at `arrival`, carries before the first visit, into `carried`, of
  /// `width()` numbers. `accounts` may be null.
  void begin(const Population& population, const Streams& streams, const Accounts* accounts, std::uint32_t customer,
             std::uint32_t persona, double arrival, std::span<double> carried) const;
  /// The customer comes to `touchpoint` at `time`, by `exit` (-1 at the first visit): anniversaries are kept, clocks start
  /// anew, visits and exits are counted.
  void reach(std::span<double> carried, std::uint32_t touchpoint, std::int64_t exit, double time) const;
  /// The customer is served there at `time` and pays `revenue`: the first purchase starts the clock "tenure", amounts add
  /// up.
  void serve(std::span<double> carried, std::uint32_t touchpoint, double time, double revenue) const;
  /// The place of the time when the customer was served last, at first that of arrival; -1 where expectations do not drift.
  [[nodiscard]] std::int32_t last_met() const { return last_met_; }
  /// How many tiers a counter has (`Counter::tiers`); 0 where none has any.
  [[nodiscard]] std::size_t tiers() const { return tiers_.size(); }
  /// The tiers that the customer has reached by now. There are some.
  [[nodiscard]] Membership membership(std::span<const double> carried) const;
  /// Whether a counter adds up what visits to the touchpoint pay.
  [[nodiscard]] bool adds_amount(std::uint32_t touchpoint) const { return !touchpoints_[touchpoint].amounts.empty(); }

  /// The age in days at `time` of a clock, from `clock_of`; negative while it has not been started.
  [[nodiscard]] double age(std::span<const double> carried, std::int32_t clock, double time) const;
  /// The age of that clock at which the anniversary comes next; `age` itself where one has passed and was not kept.
  [[nodiscard]] double next_anniversary(std::span<const double> carried, std::int32_t anniversary, double age) const;
  /// What a counter holds at `time`.
  [[nodiscard]] double count(std::span<const double> carried, std::uint32_t counter, double time) const;
  /// Whether the conditions of a demand hold.
  [[nodiscard]] bool holds(std::span<const double> carried, const Demand& demand, const AfterVisit& now) const;
  /// `exponent` with what the slopes of a demand add at `time`: sum of slope log(1 + count).
  [[nodiscard]] float exponent(std::span<const double> carried, const Demand& demand, double time, float exponent) const;

 private:
  struct OfExit {
    std::int32_t clock = -1, anniversary = -1, demand = -1;
    std::vector<std::uint32_t> counters;  // that it adds 1 to
  };
  struct OfTouchpoint {
    std::vector<std::uint32_t> clocks, counters, amounts;  // that a visit starts anew, adds 1 to, adds its revenue to
    bool purchase = false, end = false;
  };
  struct CarriedClock {
    std::uint32_t at = 0;                      // of the time when it was started
    std::uint32_t draw = 0;                    // index of Purpose::clock
    std::vector<std::optional<Inverse>> ages;  // [persona]
    bool tenure = false;                       // the clock that every customer has
  };
  struct Anniversary {
    std::uint32_t at = 0;  // of how many have been kept
    std::uint32_t clock = 0;
    double every = 0.0;  // days
  };
  struct CarriedCounter {
    std::uint32_t at = 0;  // of the number; where it fades, followed by the time of that
    double per_day = 0.0;  // log 2 over the half-life; 0: never fades
    Inverse initial;
    std::int32_t trait = -1;  // of which it begins with the value
    std::uint32_t draw = 0;   // index of Purpose::counter
  };
  void add(std::span<double> carried, std::uint32_t counter, double amount, double time) const;
  void start(std::span<double> carried, std::uint32_t clock, double time) const;
  void climb(std::span<double> carried, double time) const;

  std::size_t width_ = 0;
  bool asks_for_team_ = false;
  std::int32_t last_met_ = -1;
  std::size_t tier_place_ = 0;  // of the time when the customer left; then of those when each tier was reached
  std::int32_t tiered_ = -1;    // the counter that has tiers
  std::vector<double> tiers_;
  std::vector<CarriedClock> clocks_;
  std::int32_t tenure_ = -1;  // among those
  std::vector<Anniversary> anniversaries_;
  std::vector<CarriedCounter> counters_;
  std::vector<Demand> demands_;
  std::vector<OfExit> exits_;
  std::vector<OfTouchpoint> touchpoints_;
};

}  // namespace sojourn
