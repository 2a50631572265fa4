// Philox against its published vectors, and what its words become.
#include <cmath>
#include <cstdint>
#include <set>

#include "sojourn/base/random.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("random: Philox4x32-10 gives the published vectors", "[base]") {
  // Random123's kat_vectors (Salmon, Moraes, Dror & Shaw 2011).
  CHECK(philox({0, 0, 0, 0}, 0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, ones, ones) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random: every part of a draw's name counts", "[base]") {
  const std::uint64_t seed = 0x0123456789abcdef;
  const Streams streams(seed, 3);
  const Words words = streams.draw(7, Purpose::visit, 5, 1);
  CHECK(words == philox({7, 0u | (3u << 8), 5, 1}, 0x89abcdef, 0x01234567));
  CHECK(words == Streams(seed, 3).draw(7, Purpose::visit, 5, 1));
  const std::set<Words> others{words,
                               streams.draw(8, Purpose::visit, 5, 1),
                               streams.draw(7, Purpose::race, 5, 1),
                               streams.draw(7, Purpose::person, 5, 1),
                               streams.draw(7, Purpose::trait, 5, 1),
                               streams.draw(7, Purpose::visit, 6, 1),
                               streams.draw(7, Purpose::visit, 5, 0),
                               Streams(seed, 4).draw(7, Purpose::visit, 5, 1),
                               Streams(seed + 1, 3).draw(7, Purpose::visit, 5, 1),
                               Streams(seed + (1ull << 32), 3).draw(7, Purpose::visit, 5, 1)};
  CHECK(others.size() == 10);
}

TEST_CASE("random: uniform numbers stay inside (0, 1) and rise with their word", "[base]") {
  CHECK(uniform(0u) == 0x1p-32f);
  CHECK(uniform(0xffffffffu) == 1.0f - 0x1p-24f);
  CHECK(uniform(0x80000000u) == Approx(0.5f));
  float before = 0.0f;
  for (std::uint64_t word = 0; word <= 0xffffffffu; word += 65537) {
    const float u = uniform(static_cast<std::uint32_t>(word));
    REQUIRE(u > 0.0f);
    REQUIRE(u < 1.0f);
    REQUIRE(u >= before);
    REQUIRE(std::fabs(static_cast<double>(u) - (static_cast<double>(word) + 0.5) * 0x1p-32) < 1e-7);
    before = u;
  }
  CHECK(uniform(0u, 0u) > 0.0);
  CHECK(uniform(0xffffffffu, 0xffffffffu) < 1.0);
  CHECK(uniform(0x80000000u, 0u) == Approx(0.5).epsilon(1e-15));
  CHECK(uniform(0u, 0x00002000u) > uniform(0u, 0x00001000u));
}

TEST_CASE("random: normal numbers are symmetric and within 6.4, exponential ones positive and below 23", "[base]") {
  for (std::uint32_t tail : {0u, 1u, 2u, 1000u, 0x3fffffffu, 0x7ffffffeu, 0x7fffffffu}) {
    const float z = normal(tail);
    CHECK(z == -normal(tail | 0x80000000u));
    CHECK(z >= 0.0f);
    CHECK(z < 6.4f);
  }
  CHECK(normal(0u) > 6.2f);
  CHECK(normal(0x7fffffffu) == Approx(0.0f).margin(1e-6));
  CHECK(normal(0x289da176u) == Approx(1.0).margin(2e-6));  // tail 0.158655
  CHECK(exponential(0u) == Approx(32.0 * std::log(2.0)).epsilon(1e-6));
  CHECK(exponential(0xffffffffu) > 0.0f);
  CHECK(exponential(0x80000000u) == Approx(std::log(2.0)).epsilon(1e-6));
}

TEST_CASE("random: means, variances and correlation of a million draws", "[base]") {
  const Streams streams(2024, 0);
  double sum = 0.0, squares = 0.0, cubes = 0.0, lagged = 0.0, before = 0.0, u_sum = 0.0;
  constexpr std::uint32_t n = 250'000;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (const std::uint32_t word : streams.draw(i, Purpose::visit, 0)) {
      const auto z = static_cast<double>(normal(word));
      sum += z;
      squares += z * z;
      cubes += z * z * z;
      lagged += z * before;
      before = z;
      u_sum += static_cast<double>(uniform(word));
    }
  }
  const double count = 4.0 * n, root = std::sqrt(count);
  CHECK(std::fabs(sum / count) < 4.9 / root);
  CHECK(std::fabs(squares / count - 1.0) < 4.9 * std::sqrt(2.0) / root);
  CHECK(std::fabs(cubes / count) < 4.9 * std::sqrt(15.0) / root);
  CHECK(std::fabs(lagged / count) < 4.9 / root);
  CHECK(std::fabs(u_sum / count - 0.5) < 4.9 * std::sqrt(1.0 / 12.0) / root);
}

namespace {

struct Moments {
  double mean[2] = {}, variance[2] = {}, correlation = 0.0, squares_together = 0.0;
};

template <class Pair>
Moments moments_of(Pair pair) {
  const Streams streams(77, 3);
  constexpr std::uint32_t n = 400'000;
  Moments m;
  for (std::uint32_t i = 0; i < n; ++i) {
    const Words words = streams.draw(i, Purpose::visit, 0);
    const NormalPair drawn = pair(words[0], words[2]);
    const auto a = static_cast<double>(drawn.first), b = static_cast<double>(drawn.second);
    m.mean[0] += a / n;
    m.mean[1] += b / n;
    m.variance[0] += a * a / n;
    m.variance[1] += b * b / n;
    m.correlation += a * b / n;
    m.squares_together += (a * a - 1.0) * (b * b - 1.0) / n;
  }
  return m;
}

bool standard_and_independent(const Moments& m) {
  const double se = 4.9 / std::sqrt(400'000.0);
  bool good = std::fabs(m.correlation) < se && std::fabs(m.squares_together) < 2.0 * se;
  for (int k = 0; k < 2; ++k)
    good = good && std::fabs(m.mean[k]) < se && std::fabs(m.variance[k] - 1.0) < std::sqrt(2.0) * se;
  return good;
}

}  // namespace

TEST_CASE("random: a pair of normals is standard and independent", "[base]") {
  CHECK(standard_and_independent(moments_of([](std::uint32_t a, std::uint32_t b) { return normal_pair(a, b); })));
  // Twins: the quantile of one word beside it, half the plane only, and a distance 2 % too far.
  CHECK_FALSE(standard_and_independent(moments_of([](std::uint32_t a, std::uint32_t b) {
    return NormalPair{normal_pair(a, b).first, normal(b)};
  })));
  CHECK_FALSE(standard_and_independent(
      moments_of([](std::uint32_t a, std::uint32_t b) { return normal_pair(a, b & 0x7fffffffu); })));
  CHECK_FALSE(standard_and_independent(moments_of([](std::uint32_t a, std::uint32_t b) {
    const NormalPair drawn = normal_pair(a, b);
    return NormalPair{1.02f * drawn.first, drawn.second};
  })));
  for (const std::uint32_t far : {0u, 1u, 0xffffffffu}) {
    for (const std::uint32_t way : {0u, 0x40000000u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
      const NormalPair drawn = normal_pair(far, way);
      CHECK(std::hypot(drawn.first, drawn.second) < 6.7);
    }
  }
}
