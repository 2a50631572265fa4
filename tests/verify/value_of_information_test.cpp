// The value of information against closed forms: a choice between nothing and something whose worth is linear in normal
// inputs, for which the gain of knowing a part with standard deviation s is s L(|a| / s), a being the mean worth and
// L(u) = phi(u) - u (1 - Phi(u)) the unit normal loss integral (Raiffa & Schlaifer 1961).
#include "sojourn/decide/value_of_information.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/base/special.hpp"
#include "sojourn/report/value_words.hpp"
#include "tests/catch.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using verify::judge;

namespace {

constexpr double mean_worth = 0.6, first_slope = 1.0, second_slope = 0.5;

double loss(double u) { return std::exp(-0.5 * u * u) / std::sqrt(2.0 * M_PI) - u * special::normal_cdf(-u); }
double gain(double sd) { return sd * loss(mean_worth / sd); }

/// The worth of doing it is mean_worth + x1 + x2 / 2, with the noise of a simulation beside it; x3 has no influence.
ValueSample linear_normal(std::size_t draws, double noise, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  ValueSample sample{{"x1", "x2", "x3"}, {{}, {}, {}}, {"nothing", "do it"}, {{}, {}}, noise > 0.0};
  for (std::size_t i = 0; i < draws; ++i) {
    for (auto& input : sample.values) input.push_back(normal(random));
    const double base = 10.0 * normal(random);  // what both choices share
    sample.worth[0].push_back(base);
    sample.worth[1].push_back(base + mean_worth + first_slope * sample.values[0].back() +
                              second_slope * sample.values[1].back() + noise * normal(random));
  }
  return sample;
}

/// Estimates of many samples, and how often the standard error that each states covers the truth.
struct Tried {
  verify::Sample values;
  std::size_t covered = 0, tries = 0;

  void add(InformationValue value, double truth) {
    values.add(value.value);
    ++tries;
    if (std::fabs(value.value - truth) <= 1.96 * value.error) ++covered;
  }
  [[nodiscard]] double coverage() const { return static_cast<double>(covered) / static_cast<double>(tries); }
};

}  // namespace

TEST_CASE("the value of knowing equals the unit normal loss integral at three levels of noise", "[verify]") {
  const double noise = GENERATE(0.0, 1.0, 3.0);
  CAPTURE(noise);
  Tried perfect, first, second, none;
  const double whole = std::hypot(first_slope, second_slope);
  for (unsigned seed = 0; seed < 100; ++seed) {
    const ValueOfInformation value = value_of_information(linear_normal(1000, noise, seed));
    CHECK(value.best == 1);
    CHECK(value.best_shown);
    CHECK(value.draws == 1000);
    perfect.add(value.perfect, gain(whole));
    first.add(value.of_input[0], gain(first_slope));
    second.add(value.of_input[1], gain(second_slope));
    none.add(value.of_input[2], 0.0);
    for (const InformationValue& one : value.of_input) {
      CHECK(one.value >= 0.0);
      CHECK(one.value <= value.perfect.value);
    }
  }
  const auto near = [](const Tried& tried, double truth, double detectable) {
    return judge(tried.values.mean(), tried.values.standard_error(), truth, detectable, 0.002);
  };
  CHECK(near(perfect, gain(whole), 0.04));
  CHECK(near(first, gain(first_slope), 0.04));
  CHECK(near(second, gain(second_slope), 0.04));
  // The twin: a loss integral with the wrong sign.
  CHECK_FALSE(near(perfect, whole * loss(-mean_worth / whole), 0.04));
  CHECK_FALSE(near(first, first_slope * loss(-mean_worth / first_slope), 0.04));
  // An input of no influence is worth nothing.
  CHECK(none.values.mean() < 0.01);
  // Over 400 seeds 1.96 standard errors cover 92 to 94 %: that columns were chosen is not in them. 100 leave 8 points open.
  CHECK(perfect.coverage() > 0.84);
  CHECK(first.coverage() > 0.84);
}

TEST_CASE("a survey tells what its size allows, and the best one nets most", "[verify]") {
  SurveyPlan plan;
  plan.sd = 4.0;
  plan.people = 10'000.0;
  plan.fixed_cost = 100.0;
  plan.cost_per_answer = 2.0;
  plan.most_answers = 2000;
  const auto told = [&](std::uint64_t answers) {
    const double s2 = first_slope * first_slope, n = static_cast<double>(answers);
    return gain(first_slope * std::sqrt(n * s2 / (n * s2 + plan.sd * plan.sd)));
  };
  std::vector<verify::Sample> values(8);
  for (unsigned seed = 0; seed < 60; ++seed) {
    const std::vector<SurveyValue> surveys = survey_values(linear_normal(1000, 1.0, seed), plan);
    REQUIRE(surveys.size() == values.size());
    for (std::size_t k = 0; k < surveys.size(); ++k) {
      values[k].add(surveys[k].value.value);
      if (k > 0) CHECK(surveys[k].value.value >= surveys[k - 1].value.value);
    }
    const SurveyValue& best = surveys.at(best_survey(surveys));
    for (const SurveyValue& other : surveys) CHECK(best.net >= other.net);
    CHECK(best.net == Approx(plan.people * best.value.value - 100.0 - 2.0 * static_cast<double>(best.answers)));
  }
  const std::uint64_t sizes[] = {10, 20, 50, 100, 200, 500, 1000, 2000};
  for (std::size_t k = 0; k < values.size(); ++k) {
    INFO(sizes[k] << " answers");
    CHECK(judge(values[k].mean(), values[k].standard_error(), told(sizes[k]), 0.06, 0.005));
  }
  // The twin: a survey of ten answers does not tell what one of two thousand does.
  CHECK_FALSE(judge(values[0].mean(), values[0].standard_error(), told(2000), 0.06, 0.005));
}

TEST_CASE("a survey of yes and no is worth what the beta-binomial law says", "[verify]") {
  // x uniform in [0, 1], worth x - 0.5 for doing it: after n answers with k yes the mean of x is (k + 1) / (n + 2).
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform;
  verify::Sample ten, thousand;
  SurveyPlan plan;
  plan.most_answers = 1000;
  for (int repeat = 0; repeat < 60; ++repeat) {
    ValueSample sample{{"share"}, {{}}, {"nothing", "do it"}, {{}, {}}, false};
    for (int i = 0; i < 1000; ++i) {
      const double x = uniform(random);
      sample.values[0].push_back(x);
      sample.worth[0].push_back(0.0);
      sample.worth[1].push_back(x - 0.5);
    }
    const std::vector<SurveyValue> surveys = survey_values(sample, plan);
    ten.add(surveys.front().value.value);
    thousand.add(surveys.back().value.value);
  }
  const auto exact = [](int n) {
    double sum = 0.0;
    for (int k = 0; k <= n; ++k) sum += std::max(0.0, (k + 1.0) / (n + 2.0) - 0.5) / (n + 1.0);
    return sum;
  };
  CHECK(judge(ten.mean(), ten.standard_error(), exact(10), 0.02, 0.003));
  CHECK(judge(thousand.mean(), thousand.standard_error(), exact(1000), 0.02, 0.003));
  CHECK_FALSE(judge(ten.mean(), ten.standard_error(), exact(1000), 0.02, 0.003));
}

TEST_CASE("curved worth is seen by the regression, where a straight line would see nothing", "[verify]") {
  // Worth x^2 - 1 of a standard normal input: a line has slope 0. E max(0, x^2 - 1) = 2 phi(1).
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  verify::Sample values;
  for (int repeat = 0; repeat < 40; ++repeat) {
    ValueSample sample{{"x"}, {{}}, {"nothing", "do it"}, {{}, {}}, true};
    for (int i = 0; i < 1000; ++i) {
      const double x = normal(random);
      sample.values[0].push_back(x);
      sample.worth[0].push_back(0.0);
      sample.worth[1].push_back(x * x - 1.0 + normal(random));
    }
    values.add(value_of_information(sample).of_input[0].value);
  }
  const double truth = 2.0 * std::exp(-0.5) / std::sqrt(2.0 * M_PI);
  CHECK(judge(values.mean(), values.standard_error(), truth, 0.06, 0.01));
  CHECK_FALSE(judge(values.mean(), values.standard_error(), 0.0, 0.06, 0.01));
}

TEST_CASE("choices that are worth the same at every draw are best together", "[verify]") {
  ValueSample sample{{"x"}, {{}}, {"nothing", "A", "B"}, {{}, {}, {}}, false};
  for (int i = 0; i < 200; ++i) {
    sample.values[0].push_back(0.01 * i);
    for (const std::size_t choice : {1u, 2u}) sample.worth[choice].push_back(0.5 + 0.01 * i);
    sample.worth[0].push_back(0.0);
  }
  const ValueOfInformation both = value_of_information(sample);
  CHECK(both.best_shown);
  CHECK(both.same == std::vector<std::size_t>{2});
  CHECK(value_words::best(both, sample.choices) == "A is worth most in the mean; B is worth the same at every draw");
  sample.worth[0] = sample.worth[1];
  const ValueOfInformation all = value_of_information(sample);
  CHECK_FALSE(all.best_shown);
  CHECK(value_words::best(all, sample.choices) == "All are worth the same at every draw: any will do");
}

TEST_CASE("what is worth most by chance of the draws is not called so", "[verify]") {
  // Two choices that differ by noise alone: called best in 5 % of samples at most; the twin with a mean worth in nearly all.
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  int by_chance = 0, by_worth = 0;
  constexpr int samples = 200;
  for (int repeat = 0; repeat < samples; ++repeat) {
    ValueSample sample{{"x"}, {{}}, {"nothing", "do it"}, {{}, {}}, false};
    for (int i = 0; i < 200; ++i) {
      sample.values[0].push_back(normal(random));
      sample.worth[0].push_back(0.0);
      sample.worth[1].push_back(normal(random));
    }
    by_chance += value_of_information(sample).best_shown ? 1 : 0;
    for (double& worth : sample.worth[1]) worth += 0.5;
    by_worth += value_of_information(sample).best_shown ? 1 : 0;
  }
  CHECK(by_chance <= 25);  // 10 expected; above 25 with probability 1e-5
  CHECK(by_worth == samples);
}

TEST_CASE("a value of information needs a decision and draws", "[verify]") {
  ValueSample sample = linear_normal(60, 0.0, 1);
  sample.worth[1][3] = std::nan("");
  CHECK(value_of_information(sample).draws == 59);
  sample.worth.pop_back();
  sample.choices.pop_back();
  CHECK_THROWS_AS(value_of_information(sample), InputError);  // one choice
  CHECK_THROWS_AS(value_of_information(linear_normal(49, 0.0, 1)), InputError);
  CHECK_THROWS_AS(survey_values(linear_normal(60, 0.0, 1), SurveyPlan{}), InputError);  // an input that is no share
}
