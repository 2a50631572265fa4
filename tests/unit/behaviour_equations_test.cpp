// The equations of MODEL.md sections 2 and 7 at points worked out by hand, and at their edges.
#include <cmath>

#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "tests/catch.hpp"

namespace b = sojourn::behaviour;

namespace {

constexpr b::Appraisal standard{1.0f, 0.5f};
constexpr b::Memory memory{0.2f, 1.0f, 0.5f};

}  // namespace

TEST_CASE("experience: delivered quality", "[behaviour]") {
  CHECK(b::deliver(0.5f, 0.15f, 2.0f, 0.5f, 0.3f) == Approx(0.8f));
  CHECK(b::deliver(0.5f, 0.0f, 5.0f, 0.9f, 0.3f) == Approx(0.62f));
  CHECK(b::deliver(0.9f, 0.2f, 3.0f, 0.5f, 0.3f) == 1.0f);
  CHECK(b::deliver(0.1f, 0.2f, -3.0f, 0.5f, 0.3f) == 0.0f);
  CHECK(b::deliver(0.7f, 0.0f, -6.0f, 0.5f, 0.3f) == 0.7f);
}

TEST_CASE("experience: effort and waiting", "[behaviour]") {
  CHECK(b::strain(0.0f, 0.0f) == 0.0f);  // no wait strains nobody, not even whoever has no patience at all
  CHECK(b::strain(2.0f, 2.0f) == 0.5f);
  CHECK(b::strain(3.0f, 1.0f) == 0.75f);
  CHECK(b::strain(1.0f, 0.0f) == 1.0f);
  CHECK(b::exert(0.3f, 0.3f, 0.25f) == Approx(0.85f));
  CHECK(b::exert(0.5f, 0.3f, 0.5f) == 1.0f);
  CHECK(b::exert(0.0f, 0.0f, 0.0f) == 0.0f);
}

TEST_CASE("experience: appraisal weighs losses more than gains", "[behaviour]") {
  // 1/2 + 0.3 + 0.5 * 0.2 - 0.2 * 0.3 = 0.84
  CHECK(b::appraise(0.8f, 0.6f, 0.3f, 2.0f, 0.2f, standard) == Approx(0.84f));
  // d = -0.2 counts twice: 1/2 - 0.1 - 0.2 - 0.04 = 0.16
  CHECK(b::appraise(0.4f, 0.6f, 0.2f, 2.0f, 0.2f, standard) == Approx(0.16f));
  CHECK(b::appraise(0.4f, 0.6f, 0.2f, 1.0f, 0.2f, standard) == Approx(0.26f));
  CHECK(b::appraise(0.6f, 0.6f, 0.0f, 2.0f, 0.2f, standard) == Approx(0.6f));
  CHECK(b::appraise(0.0f, 1.0f, 1.0f, 2.0f, 0.2f, standard) == 0.0f);
  CHECK(b::appraise(1.0f, 0.0f, 0.0f, 2.0f, 0.2f, standard) == 1.0f);
  CHECK(b::appraise(0.9f, 0.1f, 1.0f, 2.0f, 0.0f, {0.0f, 0.0f}) == 0.5f);
}

TEST_CASE("experience: memory, intensity and forgiveness", "[behaviour]") {
  // rate 0.2 * (1 + 0.34), gap 0.34
  CHECK(b::remember(0.5f, 0.84f, 1.0f, memory) == Approx(0.59112f));
  // A moment of truth weighs 2.5 times as much: rate 0.67.
  CHECK(b::remember(0.5f, 0.84f, 2.5f, memory) == Approx(0.5f + 0.67f * 0.34f));
  // The rate ends at 1: S becomes s, whatever the weight.
  CHECK(b::remember(0.5f, 0.84f, 1000.0f, memory) == Approx(0.84f));
  // A loyal customer forgives: 0.9, factor 1 - 0.5 * 0.8, gap -0.5, rate 0.2 * 1.5.
  CHECK(b::remember(0.9f, 0.4f, 1.0f, memory) == Approx(0.9f - 0.6f * 0.3f * 0.5f));
  // Nobody forgives a good surprise, and an unhappy customer forgives nothing.
  CHECK(b::remember(0.9f, 1.0f, 1.0f, memory) == Approx(0.9f + 0.2f * 1.1f * 0.1f));
  CHECK(b::remember(0.3f, 0.1f, 1.0f, memory) == Approx(0.3f - 0.2f * 1.2f * 0.2f));
  CHECK(b::remember(0.5f, 0.84f, 0.0f, memory) == 0.5f);
  CHECK(b::remember(0.7f, 0.7f, 1.0f, memory) == 0.7f);
  CHECK(b::remember(1.0f, 0.0f, 1000.0f, {1.0f, 1.0f, 1.0f}) == 1.0f);
}

TEST_CASE("experience: expectation moves towards what was delivered or promised", "[behaviour]") {
  CHECK(b::adapt(0.6f, 0.8f, 0.1f) == Approx(0.62f));
  CHECK(b::adapt(0.6f, 0.95f, 0.3f) == Approx(0.705f));
  CHECK(b::adapt(0.6f, 0.8f, 0.0f) == 0.6f);
  CHECK(b::adapt(0.6f, 0.25f, 1.0f) == Approx(0.25f));
}

TEST_CASE("choice: utility, weight and luck", "[behaviour]") {
  // Satisfaction, expectation, what is heard, effort, whether the problem is solved.
  const b::ChoiceState mood{0.84f, 0.62f, -1.5f, 0.3f, 1.0f};
  CHECK(b::utility({1.0f, 0.0f, 0.0f, 0.0f, 0.0f}, mood) == Approx(0.34f));
  CHECK(b::utility({0.0f, 2.0f, 0.0f, 0.0f, 0.0f}, mood) == Approx(0.24f));
  CHECK(b::utility({0.0f, 0.0f, 0.5f, 0.0f, 0.0f}, mood) == Approx(-0.75f));
  CHECK(b::utility({0.0f, 0.0f, 0.0f, -1.0f, 0.0f}, mood) == Approx(0.2f));
  CHECK(b::utility({1.0f, 2.0f, 0.5f, -1.0f, 0.0f}, mood) == Approx(0.03f).margin(1e-6));
  CHECK(b::utility({0.0f, 0.0f, 0.0f, 0.0f, 0.0f}, mood) == 0.0f);
  CHECK(b::further_utility({1.0f, 2.0f, 0.5f, -1.0f, 0.7f}, mood) == 0.7f);
  CHECK(b::has_further({0.0f, 0.0f, 0.0f, 0.0f, 0.7f}));
  CHECK_FALSE(b::has_further({1.0f, 2.0f, 0.5f, -1.0f, 0.0f}));
  CHECK(b::most_utility({1.0f, -2.0f, 50.0f, -1.0f, 0.7f}) == 2.0f);
  // Without talk, the slope on what is heard changes no bit; nor does one on a problem that is not solved.
  const b::ChoiceState silent{0.84f, 0.62f, 0.0f, 0.3f, 0.0f};
  CHECK(b::utility({1.7f, 2.0f, 50.0f, -1.0f, 0.0f}, silent) == b::utility({1.7f, 2.0f, 0.0f, -1.0f, 0.0f}, silent));
  CHECK(b::further_utility({1.0f, 2.0f, 0.5f, -1.0f, 0.7f}, silent) == 0.0f);
  CHECK(b::weigh(2.0f, 0.0f) == 2.0f);
  CHECK(b::weigh(2.0f, 1.0f) == Approx(2.0 * std::exp(1.0)).epsilon(1e-6));
  CHECK(b::weigh(0.0f, 80.0f) == 0.0f);
  CHECK(b::condition_on_choice(0.6, 0.2) == Approx(0.5));
  CHECK(b::condition_on_choice(0.2, 0.2) == 0.0);
  CHECK(b::condition_on_choice(0.37, 0.0) == 0.37);
  // Who leaves may be led elsewhere before they have left.
  CHECK(b::condition_on_choice(0.15, 0.2) == Approx(0.75));
  CHECK(b::condition_on_choice(0.37, 1.0) == 0.37);
  CHECK(b::condition_on_choice(std::nextafter(0.3, 0.0), 0.3) < 1.0);
}

TEST_CASE("recommendation: answers from 0 to 10 and their classes", "[behaviour]") {
  CHECK(b::recommend(0.5f, 0.0f, 0.7f, 0.22f) == 7);
  CHECK(b::recommend(0.5f, 1.0f, 0.7f, 0.22f) == 9);   // 9.2
  CHECK(b::recommend(0.5f, -1.0f, 0.7f, 0.22f) == 5);  // 4.8
  CHECK(b::recommend(0.64f, 0.0f, 0.7f, 0.22f) == 8);  // 8.4
  CHECK(b::recommend(0.66f, 0.0f, 0.7f, 0.22f) == 9);  // 8.6
  CHECK(b::recommend(1.0f, 6.0f, 0.7f, 0.22f) == 10);
  CHECK(b::recommend(0.0f, -6.0f, 0.7f, 0.22f) == 0);
  for (int answer = 0; answer <= 10; ++answer) CHECK(b::promoter_class(answer) == (answer >= 9 ? 0 : answer >= 7 ? 1 : 2));
}

TEST_CASE("money: worth at a day, and of a flow", "[behaviour]") {
  CHECK(b::force_of_interest(0.0) == 0.0);
  const double rho = b::force_of_interest(0.08);
  CHECK(rho == Approx(std::log(1.08) / 365.25).epsilon(1e-14));
  CHECK(b::present_value(0.0, 1234.5) == 1.0);
  CHECK(b::present_value(rho, 365.25) == Approx(1.0 / 1.08).epsilon(1e-14));
  CHECK(b::present_value(rho, 730.5) == Approx(1.0 / (1.08 * 1.08)).epsilon(1e-14));
  CHECK(b::annuity(0.0, 30.0) == 30.0);
  CHECK(b::annuity(rho, 0.0) == 0.0);
  for (const double width : {1e-9, 0.5, 4.0, 4.9, 30.0, 3000.0, 1e6}) {  // both sides of the series' end at 4.7 days
    INFO("width " << width);
    const long double x = static_cast<long double>(rho) * width;
    CHECK(b::annuity(rho, width) == Approx(static_cast<double>(width * -std::expm1(-x) / x)).epsilon(2e-13));
  }
  // A negative rate of interest makes later money worth more.
  const double negative = b::force_of_interest(-0.1);
  CHECK(negative < 0.0);
  CHECK(b::annuity(negative, 365.25) > 365.25);
  CHECK(b::annuity(rho, 70.0) + b::present_value(rho, 70.0) * b::annuity(rho, 295.0) ==
        Approx(b::annuity(rho, 365.0)).epsilon(1e-13));
}

TEST_CASE("money: a little discounting is the exponential function's", "[behaviour]") {
  CHECK(b::small_decay(0.0) == 1.0);
  for (const double x : {-1.0 / 64.0, -1e-3, 1e-9, 2e-4, 1e-2, 1.0 / 64.0}) {
    CHECK(std::fabs(b::small_decay(x) / std::exp(-x) - 1.0) < 4e-16);
  }
}

TEST_CASE("choice: shortcuts give the bits of the whole", "[behaviour]") {
  for (const float slope : {-4.0f, -0.3f, 0.0f, 1.7f}) {
    for (const float level : {0.0f, 0.37f, 0.5f, 1.0f}) {
      const b::ChoiceState mood{level, 1.0f - level, 0.0f, 0.25f, 0.0f};
      const b::ChoiceSlopes slopes{slope, 0.9f, 3.0f, -slope, 0.0f};
      const float whole = b::utility(slopes, mood);
      const float quiet = b::utility(slope, 0.9f, -slope, level, 1.0f - level, 0.25f);
      CHECK(b::weigh(2.0f, whole) == b::weight_in_range(2.0f, quiet));
      // Twin: what is heard counts.
      CHECK(b::weigh(2.0f, b::utility(slopes, {level, 1.0f - level, 0.1f, 0.25f, 0.0f})) != b::weigh(2.0f, whole));
    }
  }
}

TEST_CASE("choice: fixed probabilities take their share first", "[behaviour]") {
  const b::Shares some = b::share_out(0.25f, true), all = b::share_out(1.25f, true), stays = b::share_out(0.25f, false);
  CHECK(some.shrink == 1.0f);
  CHECK(some.rest == 0.75f);
  CHECK(some.stay == 0.0f);
  CHECK(all.shrink == 0.8f);
  CHECK(all.rest == 0.0f);
  CHECK(stays.stay == 0.75f);
  CHECK(b::share_out(0.15f + 0.65f + 0.2f, false).stay == 0.0f);  // a rounding error is no remainder
}
