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

Fourier::Fourier(std::size_t length) : reversed_(length / 2) {
  constexpr double pi = 3.14159265358979323846;
  const auto root = [](std::size_t k, std::size_t of) {
    const double angle = -2.0 * pi * static_cast<double>(k) / static_cast<double>(of);
    return Complex(std::cos(angle), std::sin(angle));
  };
  const std::size_t n = length / 2;
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t k = 0; k < half; ++k) roots_.push_back(root(k, 2 * half));
  }
  for (std::size_t k = 0; k <= n; ++k) weights_.push_back(root(k, length));
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
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
  const Complex* roots = roots_.data();
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t begin = 0; begin < n; begin += 2 * half) {
      Complex *even = data.data() + begin, *odd = even + half;
      for (std::size_t k = 0; k < half; ++k) {
        const Complex a = even[k], b = product(odd[k], roots[k]);
        even[k] = a + b;
        odd[k] = a - b;
      }
    }
    roots += half;
  }
}

std::vector<Complex> Fourier::forward(const double* values, std::size_t count) const {
  const std::size_t n = reversed_.size();
  std::vector<Complex> data(n);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 2 == 0) {
      data[i / 2].real(values[i]);
    } else {
      data[i / 2].imag(values[i]);
    }
  }
  transform(data);
  std::vector<Complex> half(n + 1);
  for (std::size_t k = 0; k <= n; ++k) {
    const Complex z = data[k % n], mirrored = std::conj(data[(n - k) % n]);
    const Complex even = 0.5 * (z + mirrored), odd = product({0.0, -0.5}, z - mirrored);
    half[k] = even + product(weights_[k], odd);
  }
  return half;
}

std::vector<double> Fourier::backward(const std::vector<Complex>& half) const {
  const std::size_t n = reversed_.size();
  // The inverse is the conjugate of the transform of the conjugate.
  std::vector<Complex> data(n);
  for (std::size_t k = 0; k < n; ++k) {
    const Complex z = half[k], mirrored = std::conj(half[n - k]);
    const Complex even = 0.5 * (z + mirrored), odd = product(std::conj(weights_[k]), 0.5 * (z - mirrored));
    data[k] = std::conj(even + product({0.0, 1.0}, odd));
  }
  transform(data);
  std::vector<double> values(2 * n);
  const double scale = 1.0 / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[2 * i] = scale * data[i].real();
    values[2 * i + 1] = -scale * data[i].imag();
  }
  return values;
}

std::vector<double> convolve(const std::vector<double>& a, const std::vector<double>& b, std::size_t count) {
  std::size_t length = 4;
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
