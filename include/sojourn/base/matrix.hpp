// Square matrices of a few rows, and their square roots.
#pragma once

#include <vector>

namespace sojourn {

using Matrix = std::vector<std::vector<double>>;  // [row][column]

/// The lower triangle L with L L' = `matrix`, which is symmetric and may be singular: the column of what follows from the
/// rows before is 0 (Golub & Van Loan 2013, 4.2.8, without the pivoting).
[[nodiscard]] Matrix cholesky(const Matrix& matrix);

/// Whether all eigenvalues of a symmetric matrix with 1 in its diagonal are positive, to rounding: whether it is a
/// correlation matrix of variables of which none follows from the others.
[[nodiscard]] bool is_correlation_matrix(const Matrix& matrix);

}  // namespace sojourn
