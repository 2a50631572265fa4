// Our own elementary functions against the C library and Boost.Math: every error bound that the headers state.
#include <bit>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdint>
#include <random>

#include "sojourn/base/numeric.hpp"
#include "sojourn/base/special.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

/// The largest of |found - right| / size over many x between `low` and `high`, evenly spread on the scale of `spread`.
template <class Error>
double worst(double low, double high, Error error) {
  double largest = 0.0;
  constexpr int steps = 100'000;
  for (int i = 0; i <= steps; ++i) {
    const double here = error(low + (high - low) * i / steps);
    if (!(here <= largest)) largest = here;  // NaN counts as the largest
  }
  return largest;
}

double relative(double found, long double right) { return static_cast<double>(std::fabs((found - right) / right)); }
double to_log(double found, long double right) {
  return static_cast<double>(std::fabs(found - right) / std::fmax(1.0L, std::fabs(right)));
}

}  // namespace

TEST_CASE("numeric: single precision exp, log and expm1 keep their bounds", "[base]") {
  const auto exp_error = [](double x) {
    const auto f = static_cast<float>(x);
    return relative(static_cast<double>(numeric::exp(f)), std::exp(static_cast<long double>(f)));
  };
  CHECK(worst(-86.9, 87.9, exp_error) < 2e-7);
  CHECK(worst(-1.0, 1.0, exp_error) < 2e-7);
  const auto log_error = [](double x) {
    const auto f = static_cast<float>(std::exp(x));
    return to_log(static_cast<double>(numeric::log(f)), std::log(static_cast<long double>(f)));
  };
  CHECK(worst(-85.0, 85.0, log_error) < 2e-7);
  CHECK(worst(-0.7, 0.7, log_error) < 2e-7);
  const auto expm1_error = [](double x) {
    const auto f = static_cast<float>(x);
    if (f == 0.0f) return 0.0;
    return relative(static_cast<double>(numeric::expm1(f)), std::expm1(static_cast<long double>(f)));
  };
  CHECK(worst(-1.0, 1.0, expm1_error) < 4e-7);
  CHECK(worst(-1e-4, 1e-4, expm1_error) < 4e-7);
  CHECK(worst(-80.0, 80.0, expm1_error) < 4e-7);
}

TEST_CASE("numeric: double precision exp, log and log1p keep their bounds", "[base]") {
  const auto exp_error = [](double x) { return relative(numeric::exp(x), std::exp(static_cast<long double>(x))); };
  CHECK(worst(-700.0, 700.0, exp_error) < 4e-16);
  CHECK(worst(-1.0, 1.0, exp_error) < 4e-16);
  const auto log_error = [](double x) {
    const double y = std::exp(x);
    return to_log(numeric::log(y), std::log(static_cast<long double>(y)));
  };
  CHECK(worst(-700.0, 700.0, log_error) < 3e-16);
  CHECK(worst(-0.7, 0.7, log_error) < 3e-16);
  const auto log1p_error = [](double x) {
    return x == 0.0 ? 0.0 : relative(numeric::log1p(x), std::log1p(static_cast<long double>(x)));
  };
  CHECK(worst(-0.9, 5.0, log1p_error) < 1e-15);
  CHECK(worst(-1e-8, 1e-8, log1p_error) < 1e-15);
}

TEST_CASE("numeric: whole numbers below 2^52 become doubles exactly", "[base]") {
  for (int bits = 0; bits <= 52; ++bits) {
    const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
    for (const std::uint64_t whole : {most, most / 3, most - most / 7})
      CHECK(numeric::number(whole) == static_cast<double>(whole));
  }
  // Nothing of the exponent is lost, at either end of what is a normal number.
  for (const double x : {0x1p-1022, 0x1.fffffffffffffp+1023})
    CHECK(to_log(numeric::log(x), std::log(static_cast<long double>(x))) < 3e-16);
}

TEST_CASE("numeric: limits by bits are those by comparison, of every kind of number", "[base]") {
  const auto agrees = [](float x) {
    return std::bit_cast<std::uint32_t>(numeric::clip_to_one(x)) ==
               std::bit_cast<std::uint32_t>(numeric::clip(x, 0.0f, 1.0f)) &&
           numeric::not_negative(x) == std::fmax(x, 0.0f);
  };
  // Every 4,093rd pattern of bits, which is prime, but NaN.
  int wrong = 0;
  for (std::uint64_t bits = 0; bits <= 0xffffffffu; bits += 4093) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    wrong += std::isnan(x) || agrees(x) ? 0 : 1;
  }
  CHECK(wrong == 0);
  for (const float edge : {0.0f, 1.0f}) {
    for (const float x : {edge, -edge, std::nextafter(edge, 2.0f), std::nextafter(edge, -2.0f)}) CHECK(agrees(x));
  }
}

TEST_CASE("numeric: edges are finite and exact where the model needs it", "[base]") {
  CHECK(numeric::exp(0.0f) == 1.0f);
  CHECK(numeric::exp(0.0) == 1.0);
  CHECK(numeric::log(1.0f) == 0.0f);
  CHECK(numeric::log(1.0) == 0.0);
  CHECK(numeric::log1p(0.0) == 0.0);
  CHECK(numeric::expm1(0.0f) == 0.0f);
  CHECK(numeric::exp(-1e9f) > 0.0f);
  CHECK(std::isfinite(numeric::exp(1e9f)));
  CHECK(numeric::exp(-1e9) > 0.0);
  CHECK(std::isfinite(numeric::exp(1e9)));
  CHECK(numeric::clip(1.5f, 0.0f, 1.0f) == 1.0f);
  CHECK(numeric::clip(-0.5f, 0.0f, 1.0f) == 0.0f);
  CHECK(numeric::clip(0.25f, 0.0f, 1.0f) == 0.25f);
  CHECK(numeric::clip(1.5, 0.0, 1.0) == 1.0);
  CHECK(numeric::clip(-1.5, 0.0, 1.0) == 0.0);
}

TEST_CASE("numeric: the normal quantile keeps its bounds in both tails", "[base]") {
  const boost::math::normal standard;
  const auto error = [&](double log_tail) {
    const auto tail = static_cast<float>(std::exp(log_tail));
    return std::fabs(static_cast<double>(numeric::normal_upper(tail)) -
                     boost::math::quantile(boost::math::complement(standard, static_cast<double>(tail))));
  };
  CHECK(worst(std::log(1e-7), std::log(0.5), error) < 2e-6);
  CHECK(worst(std::log(1e-10), std::log(1e-7), error) < 3e-3);
  CHECK(numeric::normal_upper(0.5f) == 0.0f);
  for (const float p : {0.001f, 0.25f, 0.4f})
    CHECK(numeric::normal_quantile(p) == Approx(boost::math::quantile(standard, p)).epsilon(1e-5));
  CHECK(numeric::normal_quantile(0.75f) == -numeric::normal_quantile(0.25f));
}

TEST_CASE("special: gamma, normal and beta functions agree with Boost.Math", "[base]") {
  const boost::math::normal standard;
  CHECK(worst(0.05, 60.0, [](double x) {
          const double right = boost::math::lgamma(x);
          return std::fabs(special::log_gamma(x) - right) / std::fmax(1.0, std::fabs(right));
        }) < 1e-13);
  // Relative to the tail. Boost.Math's own error grows with z^2, so long double is the judge.
  CHECK(worst(-30.0, 8.0, [](double z) {
          return relative(special::normal_cdf(z), 0.5L * std::erfc(-static_cast<long double>(z) / std::sqrt(2.0L)));
        }) < 1e-12);
  CHECK(worst(-20.0, -0.001, [&](double z) {
          const double q = boost::math::cdf(standard, z);
          return std::fabs(special::normal_quantile(q) - boost::math::quantile(standard, q)) / std::fmax(1.0, std::fabs(z));
        }) < 1e-12);
  CHECK(special::normal_quantile(0.5) == 0.0);
  CHECK(special::normal_quantile(0.9) == Approx(-special::normal_quantile(0.1)).epsilon(1e-14));
  CHECK(special::sigmoid(0.0) == 0.5);
  CHECK(special::sigmoid(-800.0) >= 0.0);
  CHECK(special::sigmoid(800.0) == 1.0);
  std::mt19937_64 random(1);
  for (int k = 0; k < 3000; ++k) {
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(random); };
    const double a = std::exp(between(-3.0, 5.0)), b = std::exp(between(-3.0, 5.0)), l = between(-8.0, 8.0);
    const double x = 1.0 / (1.0 + std::exp(-l));
    INFO("a " << a << ", b " << b << ", logit " << l);
    const double lower = boost::math::ibeta(a, b, x), upper = boost::math::ibetac(a, b, x);
    if (lower > 1e-290)
      REQUIRE(special::incomplete_beta_logit(a, b, l, special::Tail::lower) == Approx(lower).epsilon(1e-10));
    if (upper > 1e-290)
      REQUIRE(special::incomplete_beta_logit(a, b, l, special::Tail::upper) == Approx(upper).epsilon(1e-10));
    const double q = between(0.001, 0.999);
    const double found = special::sigmoid(special::beta_quantile_logit(a, b, q)), right = boost::math::ibeta_inv(a, b, q);
    REQUIRE(found == Approx(right).epsilon(1e-9));
    REQUIRE(special::sigmoid(special::beta_tail_logit(a, b, q, special::Tail::upper)) ==
            Approx(boost::math::ibetac_inv(a, b, q)).epsilon(1e-9));
  }
}

TEST_CASE("numeric: sine and cosine of half turns", "[base]") {
  for (int k = -1000; k <= 1000; ++k) {
    const float t = static_cast<float>(k) / 2000.0f;
    INFO(t);
    const double angle = 3.14159265358979323846 * static_cast<double>(t);
    CHECK(std::fabs(static_cast<double>(numeric::sine_of_half_turns(t)) - std::sin(angle)) < 4e-6);
    CHECK(std::fabs(static_cast<double>(numeric::cosine_of_half_turns(t)) - std::cos(angle)) < 4e-6);
  }
}
