#include "sojourn/base/matrix.hpp"

#include <cmath>
#include <cstddef>

namespace sojourn {

Matrix cholesky(const Matrix& matrix) {
  const std::size_t n = matrix.size();
  Matrix lower(n, std::vector<double>(n, 0.0));
  for (std::size_t j = 0; j < n; ++j) {
    double pivot = matrix[j][j];
    for (std::size_t k = 0; k < j; ++k) pivot -= lower[j][k] * lower[j][k];
    if (!(pivot > 1e-12 * matrix[j][j])) continue;  // what is left of it follows from those before
    lower[j][j] = std::sqrt(pivot);
    for (std::size_t i = j + 1; i < n; ++i) {
      double rest = matrix[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= lower[i][k] * lower[j][k];
      lower[i][j] = rest / lower[j][j];
    }
  }
  return lower;
}

bool is_correlation_matrix(const Matrix& matrix) {
  const Matrix lower = cholesky(matrix);
  for (std::size_t k = 0; k < matrix.size(); ++k) {
    if (!(lower[k][k] > 0.0)) return false;
  }
  return true;
}

}  // namespace sojourn
