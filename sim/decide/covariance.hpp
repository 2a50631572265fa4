// Means and covariances of samples.
#pragma once

#include <vector>

namespace sojourn {

[[nodiscard]] double mean(const std::vector<double>& x);
/// Of two samples of the same size, at least 2; divided by the size less 1.
[[nodiscard]] double covariance(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace sojourn
