// The equations of MODEL.md sections 3, 4 and 6 at points worked out by hand, and at their edges.
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/gate.hpp"
#include "sojourn/behaviour/queue.hpp"
#include "sojourn/behaviour/review.hpp"
#include "tests/catch.hpp"

namespace b = sojourn::behaviour;

namespace {

constexpr double minute = 1.0 / 1440.0;

/// Erlang C for whole servers by the recursion of the loss function, 1 / B(n) = 1 + n / a / B(n - 1).
double waiting_by_recursion(double load, int servers) {
  double inverse = 1.0;
  for (int n = 1; n <= servers; ++n) inverse = 1.0 + n / load * inverse;
  return 1.0 / (inverse * (1.0 - load / servers) + load / servers);
}

/// Three members at a gate with two exits, the first a yes; the second member's remainder of 0.2 is staying.
struct Board {
  std::vector<float> chances{0.9f, 0.1f, 0.5f, 0.3f, 0.25f, 0.75f};
  std::vector<float> voices{1.0f, 1.0f, 2.0f};
  std::array<std::uint8_t, 2> yes{1, 0};
  [[nodiscard]] b::Wishes wishes() const { return {chances, voices, 2}; }
};

}  // namespace

TEST_CASE("queue: Erlang's formula at published points", "[behaviour]") {
  // M/M/3 at load 2: B = (8/6) / (1 + 2 + 2 + 8/6) = 4/19, C = 4/9.
  CHECK(b::waiting_probability(2.0, 3.0) == Approx(4.0 / 9.0).epsilon(1e-12));
  // With one server the probability is the load; two at load 1 wait with 1/3.
  CHECK(b::waiting_probability(0.3, 1.0) == Approx(0.3).epsilon(1e-12));
  CHECK(b::waiting_probability(1.0, 2.0) == Approx(1.0 / 3.0).epsilon(1e-12));
  // Tables of Erlang C, four digits.
  CHECK(b::waiting_probability(8.0, 10.0) == Approx(0.4092).margin(5e-5));
  CHECK(b::waiting_probability(5.0, 6.0) == Approx(0.5875).margin(5e-5));
  CHECK(b::waiting_probability(20.0, 24.0) == Approx(0.2981).margin(5e-5));
  // Arrivals 0.2 and service 0.1 a minute, three servers: 4.4444 minutes.
  CHECK(b::steady_wait(0.2 / minute, 3.0, 10.0 * minute) == Approx(40.0 / 9.0 * minute).epsilon(1e-12));
}

TEST_CASE("queue: the series is the recursion, from one server to a million", "[behaviour]") {
  for (const int servers : {1, 2, 3, 7, 15, 16, 17, 40, 300, 5000, 1'000'000}) {
    for (const double use : {0.001, 0.1, 0.5, 0.8, 0.95, 0.999, 0.99999}) {
      const double expected = waiting_by_recursion(use * servers, servers);
      INFO(servers << " servers at " << use);
      if (expected > 1e-280) {
        CHECK(b::waiting_probability(use * servers, servers) == Approx(expected).epsilon(1e-10));
      } else {
        CHECK(b::waiting_probability(use * servers, servers) < 1e-270);
      }
    }
  }
}

TEST_CASE("queue: fractions of a server lie between whole ones, and more load never waits less", "[behaviour]") {
  for (const double load : {0.2, 3.0, 9.9, 14.9}) {
    double before = 1.0;
    for (double servers = load; servers < load + 8.0; servers += 0.0625) {
      const double now = b::waiting_probability(load, servers);
      REQUIRE(now <= before);
      before = now;
    }
  }
  for (const double servers : {0.3, 1.0, 12.5, 16.0, 200.5}) {
    double before = 0.0;
    for (double use = 0.0; use <= 1.1; use += 1.0 / 128.0) {
      const double now = b::waiting_probability(use * servers, servers);
      REQUIRE(now >= before);
      REQUIRE(now <= 1.0);
      before = now;
    }
    CHECK(before == 1.0);
  }
  // Half a server between one and two at load 0.5: between 1/2 and 1/10, and not at an end.
  CHECK(b::waiting_probability(0.5, 1.5) < 0.45);
  CHECK(b::waiting_probability(0.5, 1.5) > 0.15);
}

TEST_CASE("queue: capacity, and no steady state from full load on", "[behaviour]") {
  CHECK(b::capacity(4.0, 0.02) == Approx(200.0));
  CHECK(b::capacity(0.0, 0.02) == 0.0);
  CHECK(std::isinf(b::capacity(1.0, 0.0)));
  CHECK(b::steady_wait(0.0, 1.0, 1.0) == 0.0);
  CHECK(b::steady_wait(5.0, 2.0, 0.0) == 0.0);
  CHECK(std::isinf(b::steady_wait(200.0, 4.0, 0.02)));
  CHECK(std::isinf(b::steady_wait(1.0, 0.0, 0.02)));
}

TEST_CASE("review: who posts, how many stars, and what a prospect makes of them", "[behaviour]") {
  CHECK(b::posting_probability(0.5f, 0.02f, 2.0f) == 0.02f);
  CHECK(b::posting_probability(1.0f, 0.02f, 2.0f) == Approx(0.02 * std::exp(2.0)));
  CHECK(b::posting_probability(0.0f, 0.02f, 2.0f) == b::posting_probability(1.0f, 0.02f, 2.0f));
  CHECK(b::posting_probability(0.3f, 0.02f, 0.0f) == 0.02f);
  CHECK(b::posting_probability(1.0f, 0.0f, 100.0f) == 0.0f);
  CHECK(b::posting_probability(1.0f, 0.5f, 100.0f) == 1.0f);
  CHECK(b::rating(0.0f) == 1);
  CHECK(b::rating(0.12f) == 1);
  CHECK(b::rating(0.13f) == 2);
  CHECK(b::rating(0.5f) == 3);
  CHECK(b::rating(0.8f) == 4);
  CHECK(b::rating(1.0f) == 5);
  const b::PublicRecord none;
  CHECK(b::average_rating(none) == 3.0);
  CHECK(b::proof_of_reviews(none, 5.0) == 0.0f);
  // Ten reviews of 4.5 stars among ten neutral ones in mind: 0.75 of the way up, half believed.
  const b::PublicRecord ten = b::renew(none, 7.0, 60.0, 10.0, 45.0);
  CHECK(b::average_rating(ten) == 4.5);
  CHECK(b::proof_of_reviews(ten, 2.0) == Approx(2.0 * 0.75 * 0.5));
  CHECK(b::proof_of_reviews(ten, 0.0) == 0.0f);
  // Two months later they count 1/e, and the average stays.
  const b::PublicRecord later = b::renew(ten, 60.0, 60.0, 0.0, 0.0);
  CHECK(later.volume == Approx(10.0 / std::exp(1.0)));
  CHECK(b::average_rating(later) == Approx(4.5));
  CHECK(b::proof_of_reviews(later, 2.0) < b::proof_of_reviews(ten, 2.0));
  // The worst that can be is -weight, the best weight.
  CHECK(b::proof_of_reviews({1e9, 1e9}, 1.5) == Approx(-1.5));
  CHECK(b::proof_of_reviews({1e9, 5e9}, 1.5) == Approx(1.5));
}

TEST_CASE("gate: the four rules by hand", "[behaviour]") {
  const Board board;
  std::array<double, 2> chances{};
  // (0.9 + 0.5 + 2 * 0.25) / 4, (0.1 + 0.3 + 2 * 0.75) / 4, and 0.2 / 4 stays.
  const double stay = b::mean_wishes(board.wishes(), b::Mean::weighed, chances);
  CHECK(chances[0] == Approx(0.475));
  CHECK(chances[1] == Approx(0.475));
  CHECK(stay == Approx(0.05));
  CHECK(b::unanimous_yes(board.wishes(), board.yes) == Approx(0.9 * 0.5 * 0.25));
  // The veto of the third alone.
  Board veto;
  veto.voices = {0.0f, 0.0f, 1.0f};
  CHECK(b::unanimous_yes(veto.wishes(), veto.yes) == Approx(0.25));
  // Two or three of 0.9, 0.5, 0.25: all 0.1125, and 0.9*0.5*0.75 + 0.9*0.5*0.25 + 0.1*0.5*0.25.
  std::array<double, 4> room{};
  CHECK(b::majority_yes(board.wishes(), board.yes, room) == Approx(0.1125 + 0.3375 + 0.1125 + 0.0125));
  // Of two, one in favour is a tie, which is a no.
  Board two;
  two.voices = {1.0f, 1.0f, 0.0f};
  CHECK(b::majority_yes(two.wishes(), two.yes, room) == Approx(0.45));
  // A yes of 0.3: the mean wishes are 0.55 for, 23/60 against and 1/15 to stay.
  const double stays = b::share_verdict(0.3, board.wishes(), board.yes, chances);
  CHECK(chances[0] == Approx(0.3));
  CHECK(chances[1] == Approx(0.7 * (23.0 / 60.0) / 0.45));
  CHECK(stays == Approx(0.7 * (1.0 / 15.0) / 0.45));
  // Nobody who may veto is in this account: everybody is asked.
  Board absent;
  absent.voices = {0.0f, 0.0f, 0.0f};
  CHECK(b::unanimous_yes(absent.wishes(), absent.yes) == Approx(0.1125));
  // One member decides as alone, whatever the rule.
  const std::vector<float> alone{0.6f, 0.3f}, voice{3.0f};
  const b::Wishes one{alone, voice, 2};
  CHECK(b::unanimous_yes(one, board.yes) == Approx(0.6));
  CHECK(b::majority_yes(one, board.yes, room) == Approx(0.6));
  CHECK(b::share_verdict(0.6, one, board.yes, chances) == Approx(0.1));
  CHECK(chances[1] == Approx(0.3));
}

TEST_CASE("gate: a kind of exit that nobody wishes is not taken", "[behaviour]") {
  const std::vector<float> chances{0.0f, 1.0f, 0.0f, 1.0f}, voices{1.0f, 1.0f};
  const b::Wishes wishes{chances, voices, 2};
  const std::array<std::uint8_t, 2> yes{1, 0}, no{0, 1};
  std::array<double, 2> result{};
  CHECK(b::share_verdict(0.5, wishes, yes, result) == 0.0);
  CHECK(result[0] == 0.0);
  CHECK(result[1] == 1.0);
  CHECK(b::share_verdict(0.5, wishes, no, result) == 0.0);
  CHECK(result[1] == 1.0);
}

TEST_CASE("gate: one number decides in the exits' order", "[behaviour]") {
  const std::array<double, 3> chances{0.2, 0.0, 0.5};
  CHECK(b::decide(chances, 0.3, 0.1) == 0);
  CHECK(b::decide(chances, 0.3, 0.2) == 2);
  CHECK(b::decide(chances, 0.3, 0.69) == 2);
  CHECK(b::decide(chances, 0.3, 0.71) == -1);
  // Without staying, rounding goes to the last exit that can be taken.
  CHECK(b::decide(std::array<double, 3>{0.5, 0.49999999, 0.0}, 0.0, 0.999999999) == 1);
  CHECK(b::decide(std::array<double, 2>{0.0, 0.0}, 1.0, 0.5) == -1);
}

TEST_CASE("gate: chances sum to 1 under every rule, and rise with a member's wish", "[behaviour]") {
  std::uint32_t state = 1;
  const auto random = [&state] { return sojourn::uniform(state = state * 1664525u + 1013904223u); };
  for (int round = 0; round < 500; ++round) {
    const auto members = static_cast<std::size_t>(1 + round % 9), exits = static_cast<std::size_t>(2 + round % 3);
    std::vector<float> chances, voices;
    std::vector<std::uint8_t> yes(exits, 0);
    yes[static_cast<std::size_t>(round) % exits] = 1;
    for (std::size_t i = 0; i < members; ++i) {
      float left = 1.0f;
      for (std::size_t j = 0; j < exits; ++j) {
        chances.push_back(left * random());
        left -= chances.back();
      }
      voices.push_back(round % 4 == 0 ? static_cast<float>(i % 2) : random());
    }
    const b::Wishes wishes{chances, voices, exits};
    std::vector<double> result(exits), room(members + 1);
    const auto whole = [&](double stay) {
      for (const double chance : result) stay += chance;
      return stay;
    };
    REQUIRE(whole(b::mean_wishes(wishes, b::Mean::weighed, result)) == Approx(1.0).epsilon(1e-6));
    const double all = b::unanimous_yes(wishes, yes), most = b::majority_yes(wishes, yes, room);
    REQUIRE(whole(b::share_verdict(all, wishes, yes, result)) == Approx(1.0).epsilon(1e-6));
    REQUIRE(whole(b::share_verdict(most, wishes, yes, result)) == Approx(1.0).epsilon(1e-6));
    REQUIRE(most >= all - 1e-12);
    std::vector<float> keener = chances;
    for (std::size_t j = 0; j < exits; ++j) keener[j] = yes[j] != 0 ? 1.0f : 0.0f;
    const b::Wishes more{keener, voices, exits};
    REQUIRE(b::unanimous_yes(more, yes) >= all);
    REQUIRE(b::majority_yes(more, yes, room) >= most - 1e-12);
  }
}
