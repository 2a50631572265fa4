// Regression on one or more inputs without a form to choose: powers and cubic pieces, as many as the data bear.
#pragma once

#include <cstddef>
#include <vector>

namespace sojourn {

/// Columns of functions of the inputs, orthonormal over the draws, in an order in which any beginning is a regression of its
/// own: the constant; the inputs; their squares and products; their cubes; cubes that begin at the median, the quartiles,
/// the eighths (truncated powers, de Boor 1978).
class SmoothFit {
 public:
  /// `inputs` [input][draw], all of the same size, finite.
  explicit SmoothFit(const std::vector<std::vector<double>>& inputs);

  /// `y` on as many columns as Schwarz's criterion (1978) chooses, at least the inputs themselves: their coefficients.
  [[nodiscard]] std::vector<double> fit(const std::vector<double>& y) const;
  /// The values at the draws that these coefficients give.
  [[nodiscard]] std::vector<double> values(const std::vector<double>& coefficients) const;

 private:
  /// Adds what `column` has beside those before.
  void add(std::vector<double> column);
  void end_block();

  std::size_t draws_;
  std::vector<std::vector<double>> columns_;  // [column][draw]
  std::vector<std::size_t> ends_;             // columns after each block: those that may be all
};

}  // namespace sojourn
