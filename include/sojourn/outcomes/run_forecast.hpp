// How long a run is likely to take, from a small one of the same model.
#pragma once

#include <span>
#include <stop_token>

#include "sojourn/model/model.hpp"

namespace sojourn {

/// An estimate: right to a factor of two where people do not act on one another, rougher where they do.
struct RunForecast {
  double visits = 0.0;          // of all plans and replications
  double seconds = 0.0;         // of one processor
  std::uint64_t customers = 0;  // that were simulated for it
};

/// Simulates up to 2,000 customers of one replication of `model` under `plans` and scales what that took to the whole.
/// Throws as `run`, and Interrupted.
[[nodiscard]] RunForecast forecast(const Model& model, std::span<const PlanId> plans, const std::stop_token& stop = {});

}  // namespace sojourn
