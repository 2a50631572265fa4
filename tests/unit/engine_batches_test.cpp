// Samples of a run: how many there are, and that pooling neighbours depends on their places alone.
#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "sojourn/engine/batches.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

constexpr std::uint64_t places_of_replication = batch_count;

/// Batches are told apart by their people and, to the bit, by what they paid.
class Example {
 public:
  Example() : program_(build(read_scenario("scenarios/coffee.toml"))), nothing_(tally_shape(program_)) {}

  [[nodiscard]] BatchSums at(std::uint64_t place, std::uint64_t places = 1) const {
    BatchSums sums(program_, nothing_, 0);
    for (std::uint64_t k = place; k < place + places; ++k) {
      sums.people += k + 1;
      sums.windows.front().revenue.add(1.0 / static_cast<double>(k + 3));
    }
    return sums;
  }

  /// The places `begin` to `end`, batch by batch, in a random order.
  void fill(Batches& batches, const Division& divided, std::uint64_t begin, std::uint64_t end, std::uint32_t order) const {
    const std::uint64_t step = std::uint64_t{1} << divided.level;
    std::vector<std::uint64_t> firsts;
    for (std::uint64_t first = begin; first < end; first += step) firsts.push_back(first);
    std::mt19937 shuffle(order);
    std::shuffle(firsts.begin(), firsts.end(), shuffle);
    for (const std::uint64_t first : firsts) batches.add(first, divided.level, at(first, step));
  }

 private:
  Program program_;
  Totals nothing_;
};

using Told = std::vector<std::pair<std::uint64_t, double>>;

Told told(const Batches& batches) {
  Told all;
  for (const BatchSums& sums : batches.samples()) all.emplace_back(sums.people, sums.windows.front().revenue.value());
  return all;
}

/// The people of samples of 2^limit places each, of the places `begin` to `end`.
std::vector<std::uint64_t> people_by_place(int limit, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::uint64_t> people;
  for (std::uint64_t place = begin; place < end; ++place) {
    if (place == begin || place >> limit != (place - 1) >> limit) people.push_back(0);
    people.back() += place + 1;
  }
  return people;
}

std::vector<std::uint64_t> people_in(const Told& all) {
  std::vector<std::uint64_t> people;
  for (const auto& [number, paid] : all) people.push_back(number);
  return people;
}

}  // namespace

TEST_CASE("batches: few samples however many replications", "[engine]") {
  CHECK(sample_count(1, false) == 32);
  CHECK(sample_count(2, false) == 64);
  CHECK(sample_count(4, false) == 128);
  CHECK(sample_count(8, false) == 128);
  CHECK(sample_count(10, false) == 80);
  CHECK(sample_count(100, false) == 100);
  CHECK(sample_count(1000, false) == 125);
  CHECK(sample_count(1, true) == 1);
  CHECK(sample_count(20, true) == 20);
  CHECK(sample_count(300, true) == 75);
  for (std::uint32_t replications = 1; replications < 5000; ++replications) {
    for (const bool coupled : {false, true}) {
      const Division divided = division(replications, coupled);
      REQUIRE(sample_count(replications, coupled) <= most_samples);
      REQUIRE(divided.batches << divided.level == batch_count);
      // Never coarser than it must be.
      if (divided.limit > 5 || (divided.limit > 0 && !coupled))
        REQUIRE((replications * batch_count - 1) >> (divided.limit - 1) >= most_samples);
      if (coupled) REQUIRE(divided.batches == 1);
    }
  }
}

TEST_CASE("batches: neighbours are pooled by their places, in whatever order they come", "[engine]") {
  const Example example;
  for (const std::uint32_t replications : {1u, 3u, 7u, 130u}) {
    CAPTURE(replications);
    const Division divided = division(replications, false);
    const std::uint64_t places = replications * places_of_replication;
    Batches first(divided.limit);
    example.fill(first, divided, 0, places, 1);
    const Told expected = told(first);
    CHECK(people_in(expected) == people_by_place(divided.limit, 0, places));
    for (std::uint32_t order = 2; order < 6; ++order) {
      Batches batches(divided.limit);
      example.fill(batches, divided, 0, places, order);
      CHECK(told(batches) == expected);
    }
    // The comparison sees a batch in a wrong place.
    Batches moved(divided.limit);
    const std::uint64_t step = std::uint64_t{1} << divided.level;
    example.fill(moved, divided, step, places, 1);
    moved.add(places, divided.level, example.at(0, step));
    CHECK(told(moved) != expected);
  }
}

TEST_CASE("batches: a run that goes on has the samples of one run of all", "[engine]") {
  const Example example;
  const auto [now, all] = GENERATE(std::pair(2u, 5u), std::pair(4u, 130u), std::pair(100u, 300u), std::pair(3u, 4u));
  CAPTURE(now, all);
  const Division before = division(now, false), after = division(all, false);
  Batches whole(after.limit), begun(before.limit), more(after.limit);
  example.fill(whole, after, 0, all * places_of_replication, 1);
  example.fill(begun, before, 0, now * places_of_replication, 2);
  example.fill(more, after, now * places_of_replication, all * places_of_replication, 3);
  Batches alone = begun;
  begun.append(std::move(more));
  CHECK(people_in(told(begun)) == people_in(told(whole)));
  CHECK(people_in(told(alone)) != people_in(told(whole)));
}

TEST_CASE("batches: of replications that were not finished nothing is kept", "[engine]") {
  const Example example;
  const Division divided = division(300, false);  // a sample is several replications
  REQUIRE(divided.limit > 5);
  const auto at = [](std::uint64_t replication) { return replication * places_of_replication; };
  Batches batches(divided.limit);
  example.fill(batches, divided, 0, at(9), 1);
  example.fill(batches, divided, at(10), at(12), 2);
  // Of replication 9 a whole batch would be all of it: it is told by a part that no batch is made of.
  batches.add(at(9), 0, example.at(at(9)));
  const Told with_part = told(batches);
  batches.keep_replications({0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11});
  std::vector<std::uint64_t> expected = people_by_place(divided.limit, 0, at(12));
  for (std::uint64_t place = at(9); place < at(10); ++place) expected.at(place >> divided.limit) -= place + 1;
  CHECK(people_in(told(batches)) == expected);
  CHECK(people_in(with_part) != expected);
}
