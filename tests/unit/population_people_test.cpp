// Who customer i is: from (seed, replication, i) alone.
#include <cstdint>
#include <vector>

#include "sojourn/population/population.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

std::vector<float> traits_of(const Population& population, const Streams& streams, std::uint32_t customer,
                             std::uint32_t persona) {
  std::vector<float> traits(population.trait_count());
  population.traits(streams, customer, persona, traits);
  return traits;
}

}  // namespace

TEST_CASE("population: the same customer every time, another one under another name", "[population]") {
  const ModelParts parts = example::parts();
  const Population population(parts);
  const Streams streams(42, 0);
  const Person once = population.person(streams, 17), again = Population(parts).person(Streams(42, 0), 17);
  CHECK(once.persona == again.persona);
  CHECK(once.start == again.start);
  CHECK(once.arrival == again.arrival);
  CHECK(once.answering == again.answering);
  CHECK(once.luck == again.luck);
  for (const Person& other :
       {population.person(streams, 18), population.person(Streams(42, 1), 17), population.person(Streams(43, 0), 17)}) {
    CHECK(other.luck != once.luck);
    CHECK(other.arrival != once.arrival);
    CHECK(other.answering != once.answering);
  }
}

TEST_CASE("population: starts, arrivals and luck stay in their ranges", "[population]") {
  ModelParts parts = example::parts();
  parts.personas[1].starts = {{example::use, 1.0}};
  parts.personas[1].arrives = Normal{1.0, 5.0};  // negative draws arrive on day 0
  const Population population(parts);
  const Streams streams(1, 0);
  std::size_t seen[2] = {0, 0}, at_zero = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const Person person = population.person(streams, i);
    REQUIRE(person.persona < 2);
    ++seen[person.persona];
    if (person.persona == 1) {
      REQUIRE(person.start == example::use.index());
      REQUIRE(person.arrival >= 0.0);
      at_zero += person.arrival == 0.0;
    } else {
      REQUIRE((person.start == example::ad.index() || person.start == example::shop.index()));
      REQUIRE(person.arrival <= 30.0);
    }
    REQUIRE(person.luck > 0.0);
    REQUIRE(person.luck < 1.0);
  }
  CHECK(seen[0] > seen[1]);
  CHECK(at_zero > 0);
}

TEST_CASE("population: traits are clipped, and a new one leaves the others as they were", "[population]") {
  ModelParts parts = example::parts();
  parts.personas[0].traits[2] = Normal{0.5, 1.0};  // patience, at least 0
  parts.personas[0].traits[static_cast<std::size_t>(BuiltinTrait::response_propensity)] = Normal{0.0, 60.0};
  const Population before(parts);
  ModelParts grown = parts;
  grown.traits.push_back({"thrift", 0.25, 0.75, 0.5});
  for (Persona& persona : grown.personas) persona.traits.emplace_back(Uniform{0.0, 1.0});
  const Population after(grown);
  REQUIRE(after.trait_count() == before.trait_count() + 1);
  const Streams streams(7, 0);
  bool clipped_low = false, clipped_high = false, zero_patience = false, moderate = false;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const std::vector<float> old = traits_of(before, streams, i, 0), now = traits_of(after, streams, i, 0);
    for (std::size_t k = 0; k < old.size(); ++k) REQUIRE(old[k] == now[k]);
    REQUIRE(now.back() >= 0.25f);
    REQUIRE(now.back() <= 0.75f);
    clipped_low = clipped_low || now.back() == 0.25f;
    clipped_high = clipped_high || now.back() == 0.75f;
    moderate = moderate || (now.back() > 0.3f && now.back() < 0.7f);
    REQUIRE(now[2] >= 0.0f);
    zero_patience = zero_patience || now[2] == 0.0f;
    REQUIRE(now[0] > 0.0f);
    REQUIRE(now[0] < 1.0f);
    REQUIRE(now[6] >= -100.0f);
    REQUIRE(now[6] <= 100.0f);
  }
  CHECK(clipped_low);
  CHECK(clipped_high);
  CHECK(moderate);
  CHECK(zero_patience);
  // Two traits of the same distribution are two draws.
  ModelParts twins = parts;
  twins.traits.push_back({"one", 0.0, 1.0, 0.5});
  twins.traits.push_back({"two", 0.0, 1.0, 0.5});
  for (Persona& persona : twins.personas) persona.traits.insert(persona.traits.end(), 2, Uniform{0.0, 1.0});
  const std::vector<float> both = traits_of(Population(twins), streams, 3, 0);
  CHECK(both[both.size() - 1] != both[both.size() - 2]);
}
