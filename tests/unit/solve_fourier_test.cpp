#include <complex>
#include <vector>

#include "sim/solve/fourier.hpp"
#include "sim/solve/linear_system.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("a transform of a short series is the sum that defines it, and comes back", "[unit]") {
  const std::vector<double> x{1.0, -2.0, 3.5, 0.25, 4.0};
  for (const std::size_t length : {std::size_t{8}, std::size_t{64}}) {
    const Fourier fourier(length);
    REQUIRE(fourier.length() == length);
    const auto half = fourier.forward(x.data(), x.size());
    REQUIRE(half.size() == length / 2 + 1);
    for (std::size_t k = 0; k < half.size(); ++k) {
      std::complex<double> sum;
      for (std::size_t i = 0; i < x.size(); ++i)
        sum +=
            x[i] * std::polar(1.0, -2.0 * 3.14159265358979323846 * static_cast<double>(i * k) / static_cast<double>(length));
      CHECK(std::abs(half[k] - sum) < 1e-12);
    }
    const auto back = fourier.backward(half);
    REQUIRE(back.size() == length);
    for (std::size_t i = 0; i < length; ++i) CHECK(back[i] == Approx(i < x.size() ? x[i] : 0.0).margin(1e-13));
  }
}

TEST_CASE("a convolution is the sum of products, cut off where asked", "[unit]") {
  const std::vector<double> a{1.0, 2.0, 3.0}, b{4.0, 0.0, -1.0, 5.0};
  const std::vector<double> expected{4.0, 8.0, 11.0, 3.0, 7.0};
  const auto c = convolve(a, b, 5);
  REQUIRE(c.size() == 5);
  for (std::size_t k = 0; k < 5; ++k) CHECK(c[k] == Approx(expected[k]).margin(1e-12));
}

TEST_CASE("linear systems: pivots, both sides, and what has no inverse", "[unit]") {
  SquareMatrix a(3);
  const double rows[3][3] = {{0.0, 2.0, 1.0}, {1.0, -1.0, 0.0}, {3.0, 0.0, -2.0}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) a.at(i, j) = rows[i][j];
  }
  const std::vector<double> x{2.0, -1.0, 0.5};
  std::vector<double> b(3, 0.0), c(3, 0.0);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      b[i] += rows[i][j] * x[j];
      c[i] += rows[j][i] * x[j];
    }
  }
  const LinearSystem system(a);
  REQUIRE(system.regular());
  const auto right = system.solve(b), left = system.solve_transposed(c);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(right[i] == Approx(x[i]));
    CHECK(left[i] == Approx(x[i]));
  }
  for (std::size_t j = 0; j < 3; ++j) a.at(2, j) = a.at(0, j) + a.at(1, j);
  CHECK_FALSE(LinearSystem(a).regular());
}
