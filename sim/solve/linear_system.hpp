// Small dense systems of linear equations.
#pragma once

#include <cstddef>
#include <vector>

namespace sojourn {

/// A square matrix by rows.
class SquareMatrix {
 public:
  explicit SquareMatrix(std::size_t size) : size_(size), values_(size * size, 0.0) {}
  static SquareMatrix identity(std::size_t size);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] double& at(std::size_t row, std::size_t column) { return values_[row * size_ + column]; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values_[row * size_ + column]; }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

/// A = P L U with partial pivoting (Golub & Van Loan 2013, section 3.4), for several right-hand sides.
class LinearSystem {
 public:
  explicit LinearSystem(SquareMatrix a);
  /// False where a pivot vanished beside the matrix's size: A has no inverse to working precision.
  [[nodiscard]] bool regular() const { return regular_; }
  /// x with A x = b. A must be regular.
  [[nodiscard]] std::vector<double> solve(const std::vector<double>& b) const;
  /// x with A^T x = b.
  [[nodiscard]] std::vector<double> solve_transposed(const std::vector<double>& b) const;

 private:
  SquareMatrix lu_;
  std::vector<std::size_t> row_of_;  // of A, that stands in each row of the factors
  bool regular_ = true;
};

}  // namespace sojourn
