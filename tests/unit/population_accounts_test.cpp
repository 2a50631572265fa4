// Which people make up which account, and how alike they are.
#include <cstdint>
#include <vector>

#include "sojourn/population/accounts.hpp"
#include "sojourn/population/population.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {

ModelParts firms(std::uint64_t people) {
  ModelParts parts = example::parts();
  parts.settings.customers = people;
  parts.account_segments = {
      {"small", "Small", 0.75, {{example::young, Fixed{2.0}}, {example::family, Fixed{1.0}}}, {}},
      {"large", "Large", 0.25, {{example::family, Uniform{4.0, 9.0}}, {example::young, Fixed{1.4}}}, {}}};
  return parts;
}

}  // namespace

TEST_CASE("accounts: members follow each other, role after role, until all people are placed", "[population]") {
  const Accounts accounts(firms(1001), Streams(42, 0));
  CHECK(accounts.people() == 1001);
  std::uint32_t next = 0;
  for (std::uint32_t account = 0; account < accounts.count(); ++account) {
    REQUIRE(accounts.first(account) == next);
    REQUIRE(accounts.size(account) >= 1);
    next = accounts.end(account);
    for (std::uint32_t person = accounts.first(account); person < next; ++person) {
      REQUIRE(accounts.account_of(person) == account);
    }
    if (account + 1 == accounts.count()) break;  // cut to fit
    const std::uint32_t first = accounts.first(account);
    if (accounts.segment(account) == 0) {
      REQUIRE(accounts.size(account) == 3);
      REQUIRE(accounts.persona_of(first) == example::young.index());
      REQUIRE(accounts.persona_of(first + 1) == example::young.index());
      REQUIRE(accounts.persona_of(first + 2) == example::family.index());
    } else {
      REQUIRE(accounts.size(account) >= 5);
      REQUIRE(accounts.size(account) <= 10);
      REQUIRE(accounts.persona_of(first) == example::family.index());
      REQUIRE(accounts.persona_of(next - 1) == example::young.index());
      REQUIRE(accounts.persona_of(next - 2) == example::family.index());
    }
  }
  CHECK(next == 1001);
}

TEST_CASE("accounts: more people leave the first accounts as they were; another replication has others", "[population]") {
  const Accounts few(firms(500), Streams(42, 0)), many(firms(5000), Streams(42, 0)), other(firms(500), Streams(42, 1));
  bool differs = false;
  for (std::uint32_t account = 0; account + 1 < few.count(); ++account) {
    REQUIRE(many.segment(account) == few.segment(account));
    REQUIRE(many.end(account) == few.end(account));
    differs = differs || other.segment(account) != few.segment(account);
  }
  CHECK(differs);
}

TEST_CASE("accounts: one person is the least, the last account is cut, and memory is small", "[population]") {
  ModelParts parts = firms(10);
  parts.account_segments[0].share = 1.0;
  parts.account_segments.pop_back();
  parts.account_segments[0].roles = {{example::young, Normal{-5.0, 0.1}}, {example::family, Fixed{0.4}}};
  const Accounts alone(parts, Streams(1, 0));
  CHECK(alone.count() == 10);
  for (std::uint32_t person = 0; person < 10; ++person) CHECK(alone.persona_of(person) == example::young.index());
  parts.account_segments[0].roles = {{example::young, Fixed{3.0}}, {example::family, Fixed{4.0}}};
  const Accounts cut(parts, Streams(1, 0));
  CHECK(cut.count() == 2);
  CHECK(cut.size(1) == 3);
  CHECK(cut.persona_of(9) == example::young.index());
  parts.settings.customers = 100'000;
  CHECK(Accounts(parts, Streams(1, 0)).bytes() <= 500'000);
  parts.account_segments[0].roles = {{example::young, Fixed{1.0}}};
  CHECK(Accounts(parts, Streams(1, 0)).bytes() <= 1'010'000);
}

TEST_CASE("accounts: a person of a given persona is otherwise the person that would have been", "[population]") {
  const Population population(firms(100));
  const Streams streams(42, 0);
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Person drawn = population.person(streams, i);
    for (const std::uint32_t persona : {0u, 1u}) {
      const Person given = population.person(streams, i, persona);
      REQUIRE(given.persona == persona);
      REQUIRE(given.luck == drawn.luck);
      REQUIRE(given.answering == drawn.answering);
      REQUIRE(((persona != drawn.persona) || (given.start == drawn.start && given.arrival == drawn.arrival)));
    }
  }
}

TEST_CASE("accounts: without correlation traits are those of single people, bit for bit", "[population]") {
  ModelParts parts = firms(100);
  parts.personas[0].traits[2] = Exponential{3.0};
  const Population population(parts);
  CHECK(population.correlation() == 0.0);
  std::vector<float> member(population.trait_count()), single(population.trait_count());
  for (std::uint32_t i = 0; i < 300; ++i) {
    population.traits(Streams(42, 0), i, i / 3, 0, member);
    population.traits(Streams(42, 0), i, 0, single);
    REQUIRE(member == single);
    REQUIRE(population.trait_of_member(Streams(42, 0), i, i / 3, 0, 2) == single[2]);
  }
}

TEST_CASE("accounts: with full correlation members of one persona are alike, and only they", "[population]") {
  ModelParts parts = firms(100);
  parts.account_correlation = 1.0;
  parts.personas[0].traits[0] = Beta{2.0, 3.0};
  parts.personas[0].traits[2] = Weibull{3.0, 1.5};
  parts.personas[0].traits[5] = Lognormal{1.0, 0.5};
  parts.personas[0].traits.back() = Uniform{0.0, 1.0};
  const Population population(parts);
  std::vector<float> one(population.trait_count()), two(one), other(one);
  for (std::uint32_t account = 0; account < 50; ++account) {
    population.traits(Streams(42, 0), 3 * account, account, 0, one);
    population.traits(Streams(42, 0), 3 * account + 1, account, 0, two);
    population.traits(Streams(42, 0), 3 * account, account + 1, 0, other);
    REQUIRE(one == two);
    for (const std::size_t k : {std::size_t{0}, std::size_t{2}, std::size_t{5}, one.size() - 1}) REQUIRE(one[k] != other[k]);
    for (std::size_t k = 0; k < one.size(); ++k) {
      REQUIRE(one[k] == population.trait_of_member(Streams(42, 0), 3 * account, account, 0, k));
    }
  }
}

TEST_CASE("accounts: personas get the share of people that the accounts make", "[model]") {
  // 0.75 of 2 young and 1 family, 0.25 of 1.4 and 6.5: 1.85 young, 2.375 family.
  const Model model(firms(100));
  CHECK(model.parts().personas[0].share == Approx(1.85 / 4.225));
  CHECK(model.parts().personas[0].share + model.parts().personas[1].share == 1.0);
}
