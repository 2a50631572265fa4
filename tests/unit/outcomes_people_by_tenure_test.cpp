// People by tenure: few bins or all of them kept, the numbers are the same.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "sojourn/base/random.hpp"
#include "sojourn/outcomes/metrics.hpp"
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

/// Kaplan & Meier's shares and the fewest at risk, bin after bin, from plain vectors: what survival says, written apart.
struct PlainSurvival {
  double share = 1.0, fewest = std::numeric_limits<double>::infinity();
};
PlainSurvival plain_survival(const std::vector<double>& churned, const std::vector<double>& censored,
                             const std::vector<double>& entered, std::size_t bins) {
  const auto at = [](const std::vector<double>& in, std::size_t b) { return b < in.size() ? in[b] : 0.0; };
  const auto together = [&](const std::vector<double>& in, std::size_t b) {
    return in[b] >= 10.0 && in[b] > 3.0 * ((b > 0 ? in[b - 1] : 0.0) + at(in, b + 1));
  };
  PlainSurvival result;
  double at_risk = 0.0;
  for (std::size_t b = 0; b < churned.size(); ++b) at_risk += churned[b] + censored[b] - entered[b];
  for (std::size_t b = 0; b < bins; ++b) {
    if (b >= churned.size() || !(at_risk + entered[b] > 0.0)) {
      result.fewest = 0.0;
      if (result.share != 0.0) result.share = std::numeric_limits<double>::quiet_NaN();
      return result;
    }
    const double exposed = at_risk + entered[b] - (together(censored, b) ? 1.0 : 0.5) * censored[b] -
                           (together(entered, b) ? 0.0 : 0.5) * entered[b];
    if (exposed > 0.0) result.share *= 1.0 - std::min(1.0, churned[b] / exposed);
    result.fewest = std::min(result.fewest, exposed);
    at_risk += entered[b] - churned[b] - censored[b];
  }
  return result;
}

}  // namespace

TEST_CASE("people by tenure: survival is that of a count bin after bin", "[outcomes]") {
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  int unknown = 0, gaps = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const std::size_t bins = 1 + seed % 60;
    const double share = seed % 4 == 0 ? 0.05 : seed % 4 == 1 ? 0.3 : 0.9;
    std::vector<double> churned = people(3 * seed, bins, share), censored = people(3 * seed + 1, bins, 0.5 * share),
                        entered(bins, 0.0);
    // Nobody enters who is not followed afterwards; some come together.
    if (seed % 3 == 0) {
      for (std::size_t b = 0; b + 1 < bins; b += 5) {
        entered[b] = 12.0;
        censored[b + 1] += 12.0;
      }
    }
    Sums sums;
    sums.tenure_churned = PeopleByTenure(churned);
    sums.tenure_censored = PeopleByTenure(censored);
    if (seed % 3 == 0) sums.tenure_entered = PeopleByTenure(entered);
    std::vector<double> days;
    for (std::size_t b = 0; b <= bins + 2; ++b) days.push_back(static_cast<double>(b));
    const std::vector<double> together = survival(sums, days);
    for (std::size_t b = 0; b < days.size(); ++b) {
      INFO("seed " << seed << ", " << b << " of " << bins << " bins");
      const PlainSurvival plain = plain_survival(churned, censored, entered, b);
      CHECK(same(together[b], plain.share));
      CHECK(same(survival(sums, days[b]), plain.share));
      CHECK(fewest_at_risk(sums, days[b]) == plain.fewest);
      unknown += std::isnan(plain.share) ? 1 : 0;
      gaps += b < bins && churned[b] + censored[b] + entered[b] == 0.0 && plain.share > 0.0 ? 1 : 0;
    }
  }
  CHECK(unknown > 100);
  CHECK(gaps > 100);
}

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
