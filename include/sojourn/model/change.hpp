// Changes: the one mechanism behind improvements, events and rules (MODEL.md section 7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sojourn/base/id.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/model/stage.hpp"

namespace sojourn {

/// What a change acts on. Lists are combined by *and*; an empty list means all. `exit_to` narrows exit parameters to exits
/// into these touchpoints; `pools` narrows touchpoints to those that these pools serve, and names whose servers change.
struct Target {
  std::vector<TouchpointId> touchpoints;
  std::vector<ChannelId> channels;
  std::vector<TeamId> teams;
  std::vector<Stage> stages;
  std::vector<PersonaId> personas;
  std::vector<TouchpointId> exit_to;
  std::vector<PoolId> pools;
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
  double level = 1.0;  // the fraction of its effects that was bought, in (0,1]; its ramp rises to it
};

/// A change that costs money and belongs to plans. `levels` are the fractions of effect and cost at which it may be bought,
/// in (0,1]; `price` is that of the change at its own level.
struct Improvement {
  Change change;
  Price price;
  std::vector<double> levels;
};

/// A set of improvements: one investment scenario. Plan 0 of every model is `baseline`, the empty plan.
struct Plan {
  std::string id;
  std::string name;
  std::vector<ImprovementId> improvements;
};

}  // namespace sojourn
