#include "sojourn/decide/precision.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sojourn {

double half_width(const Samples& samples, const Metric& metric) {
  const auto half = [](const Estimate& e) {
    // Samples that agree ask for no more of them, though they give no interval.
    if (std::isnan(e.low)) return e.samples > 1 && !(e.sd > 0.0) ? 0.0 : e.low;
    return std::max(e.high - e.mean, e.mean - e.low);
  };
  if (samples.plans.size() == 1) return half(estimate(samples, 0, metric));
  double widest = 0.0;
  for (std::size_t k = 1; k < samples.plans.size(); ++k) {
    const double here = half(difference(samples, k, metric));
    if (std::isnan(here)) return here;
    widest = std::max(widest, here);
  }
  return widest;
}

double replications_needed(const Samples& samples, const PrecisionGoal& goal) {
  const double half = half_width(samples, *goal.metric);
  if (std::isnan(half)) return std::numeric_limits<double>::infinity();
  const double times = half / goal.half_width;
  return times <= 1.0 ? static_cast<double>(samples.replications)
                      : times * times * static_cast<double>(samples.replications);
}

std::uint32_t replications_to_run(const Samples& samples, const std::vector<PrecisionGoal>& goals) {
  const std::uint32_t now = samples.replications;
  // Of uncoupled customers one replication already gives samples enough.
  const std::uint32_t fewest =
      samples.plans.front().all.size() < fewest_replications_to_stop ? fewest_replications_to_stop : 1;
  const bool few = now < fewest;
  double needed = now;
  bool met = true;
  for (const PrecisionGoal& goal : goals) {
    needed = std::max(needed, replications_needed(samples, goal));
    met = met && half_width(samples, *goal.metric) <= goal.half_width;
  }
  if (met && !few) return now;
  const double next = std::min({std::ceil(needed), 2.0 * now, static_cast<double>(most_replications_to_add)});
  return std::max({now + (met ? 0u : 1u), static_cast<std::uint32_t>(next), fewest});
}

}  // namespace sojourn
