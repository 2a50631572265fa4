// A journey without slopes is a semi-Markov process: mean and variance of the time to absorption follow from the first two
// moments of the delays, m_i = sum p_ij (E d + m_j), s_i = sum p_ij (E d^2 + 2 E d m_j + s_j) (Howard 1971).
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/linear.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double pi = 3.14159265358979323846;

struct Moments {
  double mean = 0.0, square = 0.0;
  [[nodiscard]] double variance() const { return square - mean * mean; }
};

struct MomentsOf {
  Moments operator()(const Fixed& d) const { return {d.value, d.value * d.value}; }
  Moments operator()(const Uniform& d) const {
    return {(d.low + d.high) / 2.0, (d.low * d.low + d.low * d.high + d.high * d.high) / 3.0};
  }
  Moments operator()(const Normal& d) const { return {d.mean, d.mean * d.mean + d.sd * d.sd}; }
  Moments operator()(const Beta& d) const {
    return {d.a / (d.a + d.b), d.a * (d.a + 1.0) / ((d.a + d.b) * (d.a + d.b + 1.0))};
  }
  Moments operator()(const Exponential& d) const { return {d.mean, 2.0 * d.mean * d.mean}; }
  Moments operator()(const Weibull& d) const {
    return {d.scale * std::tgamma(1.0 + 1.0 / d.shape), d.scale * d.scale * std::tgamma(1.0 + 2.0 / d.shape)};
  }
  Moments operator()(const Lognormal& d) const {
    return {d.median * std::exp(d.sigma * d.sigma / 2.0), d.median * d.median * std::exp(2.0 * d.sigma * d.sigma)};
  }
  Moments operator()(const Loglogistic& d) const {
    const auto raw = [&](double k) { return std::pow(d.median, k) * (k * pi / d.shape) / std::sin(k * pi / d.shape); };
    return {raw(1.0), raw(2.0)};
  }
  Moments operator()(const Gamma& d) const { return {d.mean, d.mean * d.mean * (1.0 + 1.0 / d.shape)}; }
  // Sums over a fine grid of the survival function.
  Moments operator()(const Gompertz& d) const {
    Moments sum{0.0, 0.0};
    const double step = 1e-4 / (d.rate + d.shape);
    for (double t = 0.5 * step; t < 40.0 / (d.rate + d.shape); t += step) {
      const double left = std::exp(-d.rate / d.shape * std::expm1(d.shape * t));
      sum.mean += left * step;
      sum.square += 2.0 * t * left * step;
    }
    return sum;
  }
  Moments operator()(const Tabulated& d) const {
    Moments sum{0.0, 0.0};
    for (std::size_t i = 1; i < d.points.size(); ++i) {
      const double p = d.points[i].second - d.points[i - 1].second, a = d.points[i - 1].first, b = d.points[i].first;
      sum.mean += p * (a + b) / 2.0;
      sum.square += p * (a * a + a * b + b * b) / 3.0;
    }
    return sum;
  }
};

struct Observed {
  Sample time, squares;  // squares are around the mean that theory expects
};

Observed absorption(const ModelParts& parts, std::size_t end, double mean) {
  Observed observed;
  std::size_t unfinished = 0;
  each_life(parts, [&](const ToldLife& life) {
    const Visit& last = life.visits.back();
    if (last.touchpoint != end) ++unfinished;
    observed.time.add(last.time);
    observed.squares.add((last.time - mean) * (last.time - mean));
  });
  REQUIRE(unfinished == 0);
  return observed;
}

// One stay and the end.
ModelParts one_stay(const Distribution& delay) {
  return journey({place(Stage::purchase, {by_odds(1, 1.0, delay)}), finish(End::churned)}, 1e6, 400'000);
}

}  // namespace

TEST_CASE("semi-Markov: mean and variance of every family of delays", "[verify]") {
  const struct {
    std::string name;
    Distribution right, wrong;  // the twin's mean is 3 % larger, or its variance 8 %
    bool wrong_mean;
  } families[] = {
      {"uniform", Uniform{2.0, 6.0}, Uniform{2.12, 6.12}, true},
      {"uniform", Uniform{2.0, 6.0}, Uniform{1.9, 6.1}, false},
      {"exponential", Exponential{10.0}, Exponential{10.3}, true},
      {"weibull", Weibull{8.0, 1.5}, Weibull{8.24, 1.5}, true},
      {"weibull", Weibull{8.0, 1.5}, Weibull{8.0, 1.42}, false},
      {"weibull", Weibull{8.0, 0.9}, Weibull{8.24, 0.9}, true},
      {"lognormal", Lognormal{5.0, 0.5}, Lognormal{5.15, 0.5}, true},
      {"lognormal", Lognormal{5.0, 0.5}, Lognormal{5.0, 0.53}, false},
      {"log-logistic", Loglogistic{4.0, 9.0}, Loglogistic{4.12, 9.0}, true},
      {"log-logistic", Loglogistic{4.0, 9.0}, Loglogistic{4.0, 8.5}, false},
      {"gamma", Gamma{3.0, 6.0}, Gamma{3.0, 6.18}, true},
      {"gamma", Gamma{3.0, 6.0}, Gamma{2.75, 6.0}, false},
      {"Gompertz", Gompertz{0.05, 0.2}, Gompertz{0.05 / 1.03, 0.2 / 1.03}, true},
      {"tabulated", Tabulated{{{1.0, 0.0}, {3.0, 0.4}, {9.0, 1.0}}}, Tabulated{{{1.0, 0.0}, {3.3, 0.4}, {9.2, 1.0}}}, true},
  };
  for (const auto& family : families) {
    INFO(family.name);
    const Moments expected = std::visit(MomentsOf{}, family.right), mutated = std::visit(MomentsOf{}, family.wrong);
    const double mean_error = 0.03 * expected.mean, variance_error = 0.08 * expected.variance();
    const Observed right = absorption(one_stay(family.right), 1, expected.mean);
    CHECK(judge(right.time, expected.mean, mean_error));
    CHECK(judge(right.squares, expected.variance(), variance_error));

    const Observed twin = absorption(one_stay(family.wrong), 1, expected.mean);
    if (family.wrong_mean) {
      REQUIRE(mutated.mean - expected.mean >= 0.999 * mean_error);
      CHECK_FALSE(judge(twin.time, expected.mean, mean_error));
    } else {
      REQUIRE(std::fabs(mutated.variance() - expected.variance()) >= variance_error);
      CHECK_FALSE(judge(twin.squares, expected.variance(), variance_error));
    }
  }
}

TEST_CASE("semi-Markov: mean and variance of the time to absorption through a cycle", "[verify]") {
  struct Step {
    std::size_t from, to;
    double probability;
    Distribution delay;
  };
  const auto steps = [](double mean) {
    return std::vector<Step>{{0, 1, 0.6, Exponential{mean}}, {0, 2, 0.4, Lognormal{5.0, 0.6}},
                             {1, 0, 0.3, Weibull{8.0, 1.5}}, {1, 3, 0.7, Uniform{2.0, 6.0}},
                             {2, 1, 0.5, Fixed{3.0}},        {2, 3, 0.5, Loglogistic{4.0, 9.0}}};
  };
  const auto parts = [&](double mean) {
    std::vector<Touchpoint> touchpoints{place(Stage::purchase, {}), place(Stage::retention, {}), place(Stage::retention, {}),
                                        finish(End::churned)};
    for (const Step& step : steps(mean))
      touchpoints[step.from].next.push_back(by_odds(step.to, step.probability, step.delay));
    return journey(touchpoints, 1e6, 400'000);
  };
  const auto moments = [&](double mean) {
    constexpr std::size_t n = 3;
    Matrix a(n, std::vector<double>(n, 0.0));
    std::vector<double> first(n, 0.0), second(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) a[i][i] = 1.0;
    for (const Step& step : steps(mean)) {
      first[step.from] += step.probability * std::visit(MomentsOf{}, step.delay).mean;
      if (step.to < n) a[step.from][step.to] -= step.probability;
    }
    const std::vector<double> m = solve(a, first);
    for (const Step& step : steps(mean)) {
      const Moments delay = std::visit(MomentsOf{}, step.delay);
      second[step.from] += step.probability * (delay.square + 2.0 * delay.mean * (step.to < n ? m[step.to] : 0.0));
    }
    return Moments{m[0], solve(a, second)[0]};
  };
  const Moments expected = moments(10.0), mutated = moments(11.0);
  const double mean_error = 0.03 * expected.mean, variance_error = 0.1 * expected.variance();
  const Observed right = absorption(parts(10.0), 3, expected.mean);
  CHECK(judge(right.time, expected.mean, mean_error));
  CHECK(judge(right.squares, expected.variance(), variance_error));

  REQUIRE(mutated.mean - expected.mean >= mean_error);
  REQUIRE(mutated.variance() - expected.variance() >= variance_error);
  const Observed twin = absorption(parts(11.0), 3, expected.mean);
  CHECK_FALSE(judge(twin.time, expected.mean, mean_error));
  CHECK_FALSE(judge(twin.squares, expected.variance(), variance_error));
}

TEST_CASE("semi-Markov: a change of the delay stretches it", "[verify]") {
  ModelParts parts = one_stay(Exponential{10.0});
  parts.settings.customers = 200'000;
  parts.events = {change("slow", 0, {Parameter::delay, Operation::multiply, 1.5}, 0.0)};
  CHECK(judge(absorption(parts, 1, 15.0).time, 15.0, 0.3));
  parts.events[0].effects[0].value = 1.53;
  CHECK_FALSE(judge(absorption(parts, 1, 15.0).time, 15.0, 0.3));
}
