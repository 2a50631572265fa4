// Quantiles in a table at evenly spaced normal scores, of distributions whose inverse has no formula: what `Inverse` draws
// from, for who draws many at a time.
#pragma once

#include <memory>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/numeric.hpp"

namespace sojourn::quantiles {

/// Scores of the table: from -6.5 to 6.5. Words reach +-6.4.
inline constexpr double end = 6.5;
inline constexpr int nodes_per_unit = 32;
inline constexpr int nodes = static_cast<int>(2 * end * nodes_per_unit) + 1;

/// `nodes` numbers: of a beta the logits, of a gamma the logarithms of the quantiles over the scale.
using Table = std::shared_ptr<const std::vector<double>>;
/// The table of a beta or a gamma distribution; null for all others, an exponential gamma among them.
[[nodiscard]] Table table_of(const Distribution& distribution);

/// Where a score stands in the table: between the node at the whole number below and the next. There are two nodes or more
/// on either side.
SOJOURN_INLINE double position(float score) {
  return (numeric::clip(static_cast<double>(score), -end + 0.1, end - 0.1) + end) * nodes_per_unit;
}
/// The Catmull-Rom cubic through four nodes, at `t` in [0, 1) of the way from the second to the third.
SOJOURN_INLINE double interpolate(double before, double here, double next, double after, double t) {
  const double slope0 = 0.5 * (next - before), slope1 = 0.5 * (after - here);
  const double t2 = t * t, t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * here + (t3 - 2 * t2 + t) * slope0 + (3 * t2 - 2 * t3) * next + (t3 - t2) * slope1;
}
/// 1 / (1 + e^-x), what becomes of a logit.
SOJOURN_INLINE double sigmoid(double x) {
  const double e = numeric::exp(x < 0.0 ? x : -x);
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

}  // namespace sojourn::quantiles
