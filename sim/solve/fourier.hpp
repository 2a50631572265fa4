// Discrete Fourier transforms of real series, for convolutions.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace sojourn {

/// Transforms of one length, a power of two of at least 4 (Cooley & Tukey 1965): a real series as a complex one of half the
/// length, even places beside odd ones (Press et al. 2007, section 12.3). Rounding error near 1e-15 of the largest value.
/// Thread-safe once built.
class Fourier {
 public:
  explicit Fourier(std::size_t length);
  [[nodiscard]] std::size_t length() const { return 2 * reversed_.size(); }
  /// The transform of `count` real values, continued by zeros; only the first half and its end (length / 2 + 1 numbers).
  [[nodiscard]] std::vector<std::complex<double>> forward(const double* values, std::size_t count) const;
  /// The real series that has this half of a transform.
  [[nodiscard]] std::vector<double> backward(const std::vector<std::complex<double>>& half) const;

 private:
  void transform(std::vector<std::complex<double>>& data) const;
  std::vector<std::complex<double>> roots_;    // of each step of the transform, one after another
  std::vector<std::complex<double>> weights_;  // e^(-2 pi i k / length), k <= length / 2
  std::vector<std::size_t> reversed_;
};

/// The first `count` values of the convolution of a and b.
[[nodiscard]] std::vector<double> convolve(const std::vector<double>& a, const std::vector<double>& b, std::size_t count);

}  // namespace sojourn
