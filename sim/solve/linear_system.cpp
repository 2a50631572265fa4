#include "linear_system.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace sojourn {

SquareMatrix SquareMatrix::identity(std::size_t size) {
  SquareMatrix matrix(size);
  for (std::size_t i = 0; i < size; ++i) matrix.at(i, i) = 1.0;
  return matrix;
}

LinearSystem::LinearSystem(SquareMatrix a) : lu_(std::move(a)), row_of_(lu_.size()) {
  const std::size_t n = lu_.size();
  std::iota(row_of_.begin(), row_of_.end(), std::size_t{0});
  double largest = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) largest = std::max(largest, std::fabs(lu_.at(i, j)));
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::fabs(lu_.at(i, k)) > std::fabs(lu_.at(pivot, k))) pivot = i;
    }
    if (!(std::fabs(lu_.at(pivot, k)) > 1e-14 * largest)) {
      regular_ = false;
      return;
    }
    if (pivot != k) {
      for (std::size_t j = 0; j < n; ++j) std::swap(lu_.at(pivot, j), lu_.at(k, j));
      std::swap(row_of_[pivot], row_of_[k]);
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = lu_.at(i, k) /= lu_.at(k, k);
      if (factor == 0.0) continue;
      for (std::size_t j = k + 1; j < n; ++j) lu_.at(i, j) -= factor * lu_.at(k, j);
    }
  }
}

std::vector<double> LinearSystem::solve(const std::vector<double>& b) const {
  const std::size_t n = lu_.size();
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = b[row_of_[i]];
    for (std::size_t j = 0; j < i; ++j) x[i] -= lu_.at(i, j) * x[j];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) x[i] -= lu_.at(i, j) * x[j];
    x[i] /= lu_.at(i, i);
  }
  return x;
}

std::vector<double> LinearSystem::solve_transposed(const std::vector<double>& b) const {
  const std::size_t n = lu_.size();
  std::vector<double> y(b), x(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) y[i] -= lu_.at(j, i) * y[j];
    y[i] /= lu_.at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) y[i] -= lu_.at(j, i) * y[j];
  }
  for (std::size_t i = 0; i < n; ++i) x[row_of_[i]] = y[i];
  return x;
}

}  // namespace sojourn
