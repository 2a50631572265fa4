// Who the people are and when they come: shares of personas and starts, arrivals, traits.
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

ModelParts crowd(double first_share) {
  ModelParts parts = journey({place(Stage::awareness, {by_odds(3, 1.0)}), place(Stage::awareness, {by_odds(3, 1.0)}),
                              place(Stage::awareness, {by_odds(3, 1.0)}), finish(End::lost)},
                             100.0, 200'000);
  parts.personas = {persona("a", first_share, parts.traits), persona("b", 0.3, parts.traits),
                    persona("c", 0.7 - first_share, parts.traits)};
  parts.personas[0].starts = {{TouchpointId(0), 0.7}, {TouchpointId(1), 0.3}};
  parts.personas[1].starts = {{TouchpointId(0), 0.2}, {TouchpointId(1), 0.5}, {TouchpointId(2), 0.3}};
  parts.personas[2].starts = {{TouchpointId(2), 1.0}};
  return parts;
}

}  // namespace

TEST_CASE("people: shares of personas and of their first touchpoints", "[verify]") {
  const auto watch = [](const ModelParts& parts) {
    std::vector<Sample> personas(3);
    std::vector<std::vector<Sample>> starts(3, std::vector<Sample>(3));
    each_life(parts, [&](const ToldLife& life) {
      for (std::size_t p = 0; p < 3; ++p) personas[p].add(life.person.persona == p);
      for (std::size_t v = 0; v < 3; ++v) starts[life.person.persona][v].add(life.visits.front().touchpoint == v);
    });
    return std::pair(personas, starts);
  };
  const auto [personas, starts] = watch(crowd(0.5));
  const double shares[] = {0.5, 0.3, 0.2};
  const double start_shares[3][3] = {{0.7, 0.3, 0.0}, {0.2, 0.5, 0.3}, {0.0, 0.0, 1.0}};
  for (std::size_t p = 0; p < 3; ++p) {
    CHECK(judge(personas[p], shares[p], 0.01));
    for (std::size_t v = 0; v < 3; ++v) CHECK(judge(starts[p][v], start_shares[p][v], 0.02));
  }
  const auto [wrong_personas, wrong_starts] = watch(crowd(0.512));
  CHECK_FALSE(judge(wrong_personas[0], 0.5, 0.01));
  CHECK_FALSE(judge(wrong_personas[2], 0.2, 0.01));
  CHECK_FALSE(judge(wrong_starts[1][0], 0.25, 0.02));  // 0.2 and not 0.25
}

TEST_CASE("people: uniform arrivals, and those who come after the horizon never do", "[verify]") {
  const auto watch = [](double last, std::vector<Sample>& deciles) {
    ModelParts parts = crowd(0.5);
    for (Persona& each : parts.personas) each.arrives = Uniform{0.0, last};
    deciles.assign(10, {});
    Sample arrived;
    each_life(parts, [&](const ToldLife& life) {
      arrived.add(!life.visits.empty());
      if (life.visits.empty()) return;
      for (std::size_t k = 0; k < 10; ++k) deciles[k].add(static_cast<std::size_t>(life.visits[0].time / 10.0) == k);
    });
    return arrived;
  };
  std::vector<Sample> deciles, wrong;
  const Sample arrived = watch(125.0, deciles);
  CHECK(judge(arrived, 0.8, 0.01));
  for (const Sample& decile : deciles) CHECK(judge(decile, 0.1, 0.01));
  CHECK_FALSE(judge(watch(123.0, wrong), 0.8, 0.01));
  watch(80.0, wrong);
  CHECK_FALSE(judge(wrong[2], 0.1, 0.01));
}

TEST_CASE("people: traits are drawn once and follow their distributions", "[verify]") {
  const auto watch = [](Distribution expectation) {
    ModelParts parts = crowd(0.5);
    for (Persona& each : parts.personas) trait(each, BuiltinTrait::expectation) = expectation;
    Sample mean;
    Sample below;
    const Population population{Model(parts).parts()};
    std::vector<float> traits(population.trait_count());
    for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
      const Streams streams(parts.settings.seed, 0);
      population.traits(streams, i, population.person(streams, i).persona, traits);
      mean.add(static_cast<double>(traits[0]));
      below.add(traits[0] < 0.5f);
    }
    return std::pair(mean, below);
  };
  const auto [mean, below] = watch(Beta{3.0, 2.0});  // mean 0.6, F(0.5) = 5/16
  CHECK(judge(mean, 0.6, 0.005));
  CHECK(judge(below, 0.3125, 0.01));
  CHECK_FALSE(judge(watch(Beta{3.1, 2.0}).first, 0.6, 0.005));
  const auto [clipped_mean, clipped_below] = watch(Normal{0.8, 0.4});
  // E clip(x, 0, 1) of a normal, from the partial expectations.
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z * std::sqrt(0.5)); };
  const auto density = [](double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * 3.14159265358979323846); };
  const double low = -2.0, high = 0.5;
  CHECK(judge(clipped_mean, 0.8 * (cdf(high) - cdf(low)) + 0.4 * (density(low) - density(high)) + 1.0 - cdf(high), 0.01));
  CHECK(judge(clipped_below, cdf(-0.75), 0.01));
  CHECK_FALSE(judge(clipped_mean, 0.8, 0.01));
}
