// Distributions and their compiled inverses against the quantiles of Boost.Math.
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

struct Family {
  std::string name;
  Distribution distribution;
  std::function<double(double)> lower;  // quantile of a lower-tail probability
  std::function<double(double)> upper;  // of an upper-tail probability
};

template <class D>
Family with_boost(std::string name, Distribution distribution, D theirs) {
  return {std::move(name), distribution, [=](double q) { return boost::math::quantile(theirs, q); },
          [=](double q) { return boost::math::quantile(boost::math::complement(theirs, q)); }};
}

std::vector<Family> families() {
  const auto loglogistic = [](double q, double complement) { return 7.0 * std::pow(q / complement, 1.0 / 2.5); };
  return {with_boost("normal", Normal{3.0, 2.0}, boost::math::normal(3.0, 2.0)),
          with_boost("exponential", Exponential{12.0}, boost::math::exponential(1.0 / 12.0)),
          with_boost("weibull", Weibull{9.0, 1.7}, boost::math::weibull(1.7, 9.0)),
          with_boost("steep weibull", Weibull{9.0, 0.6}, boost::math::weibull(0.6, 9.0)),
          with_boost("lognormal", Lognormal{5.0, 0.8}, boost::math::lognormal(std::log(5.0), 0.8)),
          with_boost("beta", Beta{2.0, 600.0}, boost::math::beta_distribution<>(2.0, 600.0)),
          with_boost("u-shaped beta", Beta{0.7, 1.2}, boost::math::beta_distribution<>(0.7, 1.2)),
          with_boost("gamma", Gamma{3.0, 12.0}, boost::math::gamma_distribution<>(3.0, 4.0)),
          with_boost("steep gamma", Gamma{0.2426, 0.055}, boost::math::gamma_distribution<>(0.2426, 0.055 / 0.2426)),
          with_boost("narrow gamma", Gamma{400.0, 2.0}, boost::math::gamma_distribution<>(400.0, 0.005)),
          {"Gompertz", Gompertz{0.01, 0.2}, [](double q) { return std::log1p(-20.0 * std::log1p(-q)) / 0.2; },
           [](double q) { return std::log1p(-20.0 * std::log(q)) / 0.2; }},
          {"tabulated", Tabulated{{{1.0, 0.0}, {2.0, 0.4}, {10.0, 1.0}}},
           [](double q) { return q < 0.4 ? 1.0 + q / 0.4 : 2.0 + (q - 0.4) / 0.6 * 8.0; },
           [](double q) { return q > 0.6 ? 1.0 + (1.0 - q) / 0.4 : 10.0 - q / 0.6 * 8.0; }},
          {"uniform", Uniform{2.0, 30.0}, [](double q) { return 2.0 + 28.0 * q; }, [](double q) { return 30.0 - 28.0 * q; }},
          {"log-logistic", Loglogistic{7.0, 2.5}, [=](double q) { return loglogistic(q, 1.0 - q); },
           [=](double q) { return loglogistic(1.0 - q, q); }}};
}

}  // namespace

TEST_CASE("distribution: quantiles and means agree with Boost.Math", "[base]") {
  for (const Family& family : families()) {
    for (const double q : {1e-6, 0.001, 0.05, 0.3, 0.5, 0.77, 0.99, 0.9999}) {
      INFO(family.name << " at " << q);
      CHECK(quantile(family.distribution, q) == Approx(family.lower(q)).epsilon(1e-9));
    }
    // The mean is the integral of the quantile; the midpoint rule is near enough for 2 per cent.
    double sum = 0.0;
    constexpr int n = 20'000;
    for (int i = 0; i < n; ++i) sum += quantile(family.distribution, (i + 0.5) / n);
    INFO(family.name);
    CHECK(mean(family.distribution) == Approx(sum / n).epsilon(0.02));
  }
  CHECK(quantile(Fixed{4.5}, 0.2) == 4.5);
  CHECK(mean(Fixed{4.5}) == 4.5);
  CHECK(mean(Loglogistic{2.0, 1.0}) == std::numeric_limits<double>::infinity());
  CHECK(mean(Weibull{8.0, 1.0}) == Approx(8.0));
  CHECK(mean(Lognormal{5.0, 0.0}) == 5.0);
}

TEST_CASE("inverse: a word becomes the quantile of its uniform number", "[base]") {
  const auto lower_of =
      [](std::uint32_t word) {  // the uniform number of the families that use one, or the normal score's tail
        return static_cast<double>(uniform(word));
      };
  for (const Family& family : families()) {
    const Inverse inverse(family.distribution);
    const bool score = family.name == "normal" || family.name == "lognormal" || family.name.ends_with("beta") ||
                       family.name.ends_with("gamma");
    const bool from_log = family.name == "exponential" || family.name.ends_with("weibull") || family.name == "Gompertz";
    CHECK_FALSE(inverse.constant());
    for (std::uint64_t k = 0; k < 4000; ++k) {
      const auto word = static_cast<std::uint32_t>(k * 1073789u + 12345u);
      INFO(family.name << ", word " << word);
      double right = 0.0;
      if (score) {
        const double tail = (static_cast<double>(word & 0x7fffffffu) + 0.5) * 0x1p-32;
        right = (word >> 31) != 0 ? family.lower(tail) : family.upper(tail);
      } else {
        right = from_log ? family.upper(lower_of(word)) : family.lower(lower_of(word));
      }
      REQUIRE(inverse.draw(word) == Approx(right).epsilon(2e-5).margin(family.name == "normal" ? 4e-6 : 1e-7));
    }
  }
  for (const Distribution& constant : {Distribution(Fixed{3.0}), Distribution(Uniform{3.0, 3.0}),
                                       Distribution(Normal{3.0, 0.0}), Distribution(Lognormal{3.0, 0.0})}) {
    const Inverse inverse(constant);
    CHECK(inverse.constant());
    CHECK(inverse.draw(0u) == 3.0);
    CHECK(inverse.draw(0xffffffffu) == 3.0);
    CHECK(inverse.at_hazard(0.001f) == 3.0);
    CHECK(inverse.at_hazard(40.0f) == 3.0);
  }
}

TEST_CASE("inverse: the extreme words give finite draws of the right sign", "[base]") {
  for (const Family& family : families()) {
    const Inverse inverse(family.distribution);
    for (const std::uint32_t word : {0u, 1u, 0x7fffffffu, 0x80000000u, 0x80000001u, 0xfffffffeu, 0xffffffffu}) {
      INFO(family.name << ", word " << word);
      CHECK(std::isfinite(inverse.draw(word)));
      if (family.name != "normal") CHECK(inverse.draw(word) >= 0.0);
      if (family.name.ends_with("beta")) CHECK(inverse.draw(word) <= 1.0);
    }
  }
}

TEST_CASE("inverse: at a cumulative hazard h it is the quantile of 1 - exp(-h)", "[base]") {
  for (const Family& family : families()) {
    const Inverse inverse(family.distribution);
    for (const double h : {1e-5, 1e-3, 0.02, 0.3, 0.6931, 1.0, 2.5, 7.0, 13.0, 15.0, 30.0}) {
      INFO(family.name << ", hazard " << h);
      const auto hazard = static_cast<float>(h);
      const double exact = static_cast<double>(hazard);
      const double right = exact < 0.5 ? family.lower(-std::expm1(-exact)) : family.upper(std::exp(-exact));
      if (h > 20.0 && family.name.ends_with("beta")) continue;  // its table ends at 6.4 standard deviations
      // Past 14, which one draw in a million reaches at a multiplier of 1, an expansion of the tail is near enough.
      CHECK(inverse.at_hazard(hazard) == Approx(right).epsilon(h < 14.0 ? 2e-5 : 1e-3).margin(4e-6));
    }
    // Far beyond any draw it is still a number.
    for (const float h : {0.0f, 1e-30f, 1e-12f, 60.0f, 1e6f}) CHECK(std::isfinite(inverse.at_hazard(h)));
    CHECK(inverse.at_hazard(0.5f) < inverse.at_hazard(0.6f));
  }
  CHECK(Inverse(Exponential{10.0}).at_hazard(2.0f) == Approx(20.0).epsilon(1e-9));
}

TEST_CASE("inverse: the cumulative hazard is what at_hazard inverts", "[base]") {
  for (const Family& family : families()) {
    const Inverse inverse(family.distribution);
    for (const float h : {1e-3f, 0.02f, 0.3f, 0.6931f, 1.0f, 2.5f, 7.0f}) {
      INFO(family.name << ", hazard " << h);
      CHECK(inverse.cumulative_hazard(inverse.at_hazard(h)) == Approx(static_cast<double>(h)).epsilon(5e-5).margin(2e-5));
    }
    CHECK(inverse.cumulative_hazard(-1e9) == Approx(0.0).margin(1e-12));
  }
  const Inverse constant(Fixed{3.0});
  CHECK(constant.cumulative_hazard(2.999) == 0.0);
  CHECK(std::isinf(constant.cumulative_hazard(3.0)));
  // The twin: a hazard ten per cent larger is told apart.
  CHECK(Inverse(Weibull{10.0, 2.0}).cumulative_hazard(11.0) != Approx(1.1).epsilon(0.05));
}
