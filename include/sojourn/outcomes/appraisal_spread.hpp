// Is the journey consistent? How much the visits of one customer differ, beside how much customers do.
#pragma once

#include <cstdint>

#include "sojourn/engine/program.hpp"

namespace sojourn {

/// Appraisals of visits, taken apart into what differs from visit to visit of one customer and what differs between
/// customers (analysis of variance with random effects: Fisher 1925). Standard deviations on the scale of appraisals, 0 to
/// 1; NaN where too few customers were appraised twice.
struct AppraisalSpread {
  double within = 0.0, within_low = 0.0, within_high = 0.0;  // with its interval of 95 %, over customers
  double between = 0.0;                                      // 0 where customers differ by no more than chance
  std::uint64_t customers = 0, visits = 0;                   // appraised twice or more; their appraisals
};

/// Of the first `customers` customers of replication 0 under the program's plan, each lived by the reference
/// (engine/life.hpp). The model must not be coupled: there nobody's life can be lived alone.
[[nodiscard]] AppraisalSpread appraisal_spread(const Program& program, std::uint64_t customers = 2000);

}  // namespace sojourn
