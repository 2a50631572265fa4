#include "fourier.hpp"

#include <algorithm>
#include <cmath>

namespace sojourn {
namespace {

using Complex = std::complex<double>;

/// Without the check for infinities that the operator makes.
Complex product(const Complex& a, const Complex& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

}  // namespace

Fourier::Fourier(std::size_t length) : roots_(length / 2), reversed_(length) {
  constexpr double pi = 3.14159265358979323846;
  for (std::size_t k = 0; k < length / 2; ++k) {
    const double angle = -2.0 * pi * static_cast<double>(k) / static_cast<double>(length);
    roots_[k] = {std::cos(angle), std::sin(angle)};
  }
  for (std::size_t i = 1, j = 0; i < length; ++i) {
    std::size_t bit = length >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    reversed_[i] = j;
  }
}

void Fourier::transform(std::vector<Complex>& data) const {
  const std::size_t n = data.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (i < reversed_[i]) std::swap(data[i], data[reversed_[i]]);
  }
  for (std::size_t half = 1; half < n; half *= 2) {
    const std::size_t stride = n / (2 * half);
    for (std::size_t begin = 0; begin < n; begin += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex even = data[begin + k], odd = product(data[begin + k + half], roots_[k * stride]);
        data[begin + k] = even + odd;
        data[begin + k + half] = even - odd;
      }
    }
  }
}

std::vector<Complex> Fourier::forward(const double* values, std::size_t count) const {
  std::vector<Complex> data(length());
  for (std::size_t i = 0; i < count; ++i) data[i] = values[i];
  transform(data);
  data.resize(length() / 2 + 1);
  return data;
}

std::vector<double> Fourier::backward(const std::vector<Complex>& half) const {
  const std::size_t n = length();
  // The inverse is the conjugate of the transform of the conjugate; of a real series the conjugate half is the mirrored one.
  std::vector<Complex> data(n);
  for (std::size_t k = 0; k <= n / 2; ++k) data[k] = std::conj(half[k]);
  for (std::size_t k = n / 2 + 1; k < n; ++k) data[k] = half[n - k];
  transform(data);
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = data[i].real() / static_cast<double>(n);
  return values;
}

std::vector<double> convolve(const std::vector<double>& a, const std::vector<double>& b, std::size_t count) {
  std::size_t length = 2;
  while (length < std::min(a.size(), count) + std::min(b.size(), count)) length *= 2;
  const Fourier fourier(length);
  auto x = fourier.forward(a.data(), std::min(a.size(), count));
  const auto y = fourier.forward(b.data(), std::min(b.size(), count));
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = product(x[k], y[k]);
  std::vector<double> values = fourier.backward(x);
  values.resize(count);
  return values;
}

}  // namespace sojourn
