// Covariances and their square roots, of a few alternatives at a time.
#pragma once

#include <vector>

namespace sojourn {

using Matrix = std::vector<std::vector<double>>;  // [row][column]

[[nodiscard]] double mean(const std::vector<double>& x);
/// Of two samples of the same size, at least 2; divided by the size less 1.
[[nodiscard]] double covariance(const std::vector<double>& x, const std::vector<double>& y);
/// The lower triangle L with L L' = `matrix`, which may be singular (Golub & Van Loan 2013, 4.2.8, without the pivoting).
[[nodiscard]] Matrix cholesky(const Matrix& matrix);

}  // namespace sojourn
