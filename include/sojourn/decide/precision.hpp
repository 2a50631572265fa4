// How many replications an interval of a stated width takes.
#pragma once

#include <cstdint>
#include <vector>

#include "sojourn/decide/estimate.hpp"

namespace sojourn {

/// "METRIC within so much": the 95 % interval is to be no wider than `half_width` on either side, in the metric's own unit.
struct PrecisionGoal {
  const Metric* metric = nullptr;
  double half_width = 0.0;
};

/// With fewer samples than this, an interval is narrow by luck too often to stop at. Replications are samples where
/// customers act on one another; where they do not, one replication has 32 batches of customers.
inline constexpr std::uint32_t fewest_replications_to_stop = 10;
/// A search for precision never runs more.
inline constexpr std::uint32_t most_replications_to_add = 1000;

/// How far the 95 % interval of a run of one plan reaches on its longer side; of several plans, the widest of the
/// differences to the first. 0 where several samples agree and there is no interval of what is `Unseen`; NaN where there is
/// but one, without an interval.
[[nodiscard]] double half_width(const Samples& samples, const Metric& metric);

/// How many replications to have run next; the present number where every goal is met and one may stop.
/// A sequential rule (Law & Kelton 2000, 9.4.1; Chow & Robbins 1965): the number that the present variance asks for, at most
/// twice the present number, at least `fewest_replications_to_stop` where replications are the samples. It looks at the data
/// to decide when to stop, so the interval covers a little less often than 95 % of the time, the less the fewer replications
/// it stops at.
[[nodiscard]] std::uint32_t replications_to_run(const Samples& samples, const std::vector<PrecisionGoal>& goals);

/// The replications that the present variance asks for, not rounded; infinite for a goal without an interval.
[[nodiscard]] double replications_needed(const Samples& samples, const PrecisionGoal& goal);

}  // namespace sojourn
