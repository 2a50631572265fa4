// Changes: the one mechanism behind improvements, events and rules (MODEL.md section 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn {

/// What a change acts on. Lists are combined by *and*; an empty list means all. `exit_to` narrows exit parameters to exits
/// into these touchpoints; `pools` narrows touchpoints to those that these pools serve, and names whose servers change;
/// `outside` names whose attraction changes, and takes in no visit.
struct Target {
  std::vector<TouchpointId> touchpoints;
  std::vector<ChannelId> channels;
  std::vector<TeamId> teams;
  std::vector<Stage> stages;
  std::vector<PersonaId> personas;
  std::vector<TouchpointId> exit_to;
  std::vector<PoolId> pools;
  std::vector<OutsideId> outside;
};

/// The parameters that a change can shift. Those in [0,1] combine with diminishing returns; the others set, add, then
/// multiply.
enum class Parameter {
  quality,            // mean of delivered quality, [0,1]
  effort,             // [0,1]
  carry,              // of handovers into the target, [0,1]
  personalisation,    // [0,1]
  promise,            // [0,1]
  solves,             // chance that a visit solves the problem, [0,1]
  probability,        // of exits that have one, [0,1]
  odds,               // of exits that have odds (in a race, all), >= 0
  delay,              // stretch of exits' delays, 1 in the file, >= 0
  servers,            // >= 0
  handle_time,        // days, >= 0
  weight,             // >= 0
  quality_sd,         // >= 0
  cost,               // per visit, any
  revenue,            // per visit, any
  cost_per_month,     // any
  revenue_per_month,  // any
  price,              // of touchpoints that have one, >= 0
  traffic,            // share of those who would come by an exit that do, 1 in the file, [0,1]
  attraction,         // of what is outside, [0,1]
};

/// "+0.1" adds, "-20%" multiplies (by 0.8), "= 0.9" or a bare number sets.
enum class Operation { set, add, multiply };

/// One shift of one parameter. `value` is the number set (in the parameter's range), added (in the parameter's unit; per
/// month for monthly money; within -1 .. 1 where the range is [0,1]) or multiplied by (>= 0).
struct Effect {
  Parameter parameter = Parameter::quality;
  Operation operation = Operation::add;
  double value = 0.0;
};

/// How a change comes in after its start.
enum class RampShape { none, linear, s_curve };
struct Ramp {
  RampShape shape = RampShape::none;
  Days over{0.0};  // adoption time, >= 0
};

/// Price of an improvement, in currency, undiscounted. Ramps do not scale it. All >= 0.
struct Price {
  double once = 0.0;
  double per_month = 0.0;
  double per_visit = 0.0;
};

/// A length of time: days, or whole months, which step by the calendar from a date.
struct TimeStep {
  double days = 0.0;        // > 0, also of months: their mean length
  std::int32_t months = 0;  // > 0 where it was written in whole months or years
  bool operator==(const TimeStep&) const = default;
};

/// When a change is on beside its start and end: see `stretches_of` (model/calendar.hpp).
struct Recurrence {
  bool dated = false;                            // `start` was written as a date: months step by the calendar from it
  std::optional<TimeStep> duration;              // instead of an end
  std::optional<TimeStep> every;                 // it begins again and again
  std::optional<Days> last;                      // and not after this
  std::vector<std::pair<double, double>> hours;  // of the week, 1 on and 0 off, like Staff; empty: always
  [[nodiscard]] bool any() const { return duration || every || last || !hours.empty(); }
};

/// A time-bounded shift: a visit at t sees it while start <= t < end, 0 <= start < end. An event is a bare change; a missing
/// end is never.
struct Change {
  std::string id;
  std::string name;
  Target target;
  std::vector<Effect> effects;
  Days start{0.0};
  std::optional<Days> end;
  Ramp ramp;
  std::optional<Days> fade;  // half-life of its effects once the ramp is over, > 0; without one they last
  Recurrence recurrence;
};

/// How effects grow with the level x that is bought: as x^shape / (half^shape + x^shape), half of what is possible at `half`
/// (Hill 1910). Both > 0.
struct Hill {
  double half = 0.5;
  double shape = 1.0;
};

/// A change that costs money and belongs to plans. `levels` are the levels at which it may be bought, in (0,1]; at level x
/// it costs x times `price`.
struct Improvement {
  Change change;
  Price price;
  std::vector<double> levels;
  std::optional<Hill> response;  // without one effects are in proportion to the level
};

/// The fraction of an improvement's effects at level `x` in (0,1]: hill(x) / hill(1), or x. Exactly 1 at level 1.
[[nodiscard]] double fraction_at(const Improvement& improvement, double x);

/// A set of improvements, and the rules that switch some: one investment scenario. Plan 0 of every model is `baseline`, the
/// empty plan.
struct Plan {
  std::string id;
  std::string name;
  std::vector<ImprovementId> improvements;
  std::vector<double> levels{};  // of the improvements in turn, (0,1]; those that are not there are 1
  std::vector<RuleId> rules{};   // which switch improvements on or off while the plan runs
  /// The level at which the improvement at position `i` is bought.
  [[nodiscard]] double level(std::size_t i) const { return i < levels.size() ? levels[i] : 1.0; }
};

}  // namespace sojourn
