// People by tenure: few bins or all of them kept, the numbers are the same.
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/outcomes/people_by_tenure.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

/// `bins` bins, a share of which has between one and four people.
std::vector<double> people(std::uint32_t seed, std::size_t bins, double share) {
  std::vector<double> result(bins, 0.0);
  const Streams streams(seed, 0);
  for (std::size_t b = 0; b < bins; ++b) {
    const Words words = streams.draw(static_cast<std::uint32_t>(b), Purpose::visit, 0);
    if (static_cast<double>(words[0]) < share * 0x1p32) result[b] = 1.0 + words[1] % 4;
  }
  return result;
}

std::vector<double> all_of(const PeopleByTenure& tenure) {
  std::vector<double> room;
  const std::span<const double> all = tenure.all(room);
  return {all.begin(), all.end()};
}

}  // namespace

TEST_CASE("people by tenure: sums are those of plain vectors, however few bins have somebody", "[outcomes]") {
  for (const double share : {0.0, 0.02, 0.5, 0.7, 1.0}) {
    for (const double other_share : {0.0, 0.02, 1.0}) {
      for (const std::size_t bins : {0u, 1u, 40u, 731u}) {
        const std::vector<double> one = people(1, 731, share), other = people(2, bins, other_share);
        INFO(share << " and " << other_share << " of " << bins << " bins");
        PeopleByTenure sum{std::span(one)};
        const PeopleByTenure added{std::span(other)};
        CHECK(sum.size() == one.size());
        CHECK(all_of(sum) == one);
        CHECK(all_of(added) == other);
        std::vector<double> expected = one;
        for (std::size_t b = 0; b < bins; ++b) expected[b] += other[b];
        sum += added;
        CHECK(all_of(sum) == expected);
        sum.pack();
        CHECK(all_of(sum) == expected);
        PeopleByTenure longer = added;
        longer += PeopleByTenure(std::span(one));
        CHECK(all_of(longer) == expected);
        bool same = true;
        for (std::size_t b = 0; b < expected.size(); ++b) same = same && sum[b] == expected[b];
        CHECK(same);
      }
    }
  }
  CHECK(PeopleByTenure().empty());
  CHECK(all_of(PeopleByTenure{2.0, 0.0, 0.0, 0.0, 0.0, 3.0}) == std::vector<double>{2.0, 0.0, 0.0, 0.0, 0.0, 3.0});
}
