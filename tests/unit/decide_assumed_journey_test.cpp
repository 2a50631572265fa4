// How far apart two sets of shares are, in bits.
#include <cmath>

#include "sojourn/decide/assumed_journey.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

TEST_CASE("the divergence of shares is 0 where they agree, 1 where they share nothing, and symmetric") {
  CHECK(jensen_shannon({0.2, 0.3, 0.5}, {2.0, 3.0, 5.0}) == 0.0);
  CHECK(jensen_shannon({1.0, 0.0}, {0.0, 7.0}) == 1.0);
  CHECK(jensen_shannon({0.1, 0.9}, {0.6, 0.4}) == jensen_shannon({0.6, 0.4}, {0.1, 0.9}));
}

TEST_CASE("the divergence is the entropy of the mixture less the mean entropy") {
  // Half and half against all on one side: H(3/4, 1/4) - H(1/2, 1/2) / 2 = 2 - 3/4 log2 3 - 1/2.
  CHECK_THAT(jensen_shannon({1.0, 1.0}, {1.0, 0.0}), Catch::Matchers::WithinAbs(1.5 - 0.75 * std::log2(3.0), 1e-12));
}

TEST_CASE("nobody who moved on makes a divergence undefined") {
  CHECK(std::isnan(jensen_shannon({0.0, 0.0}, {1.0, 0.0})));
  CHECK(std::isnan(jensen_shannon({1.0, 0.0}, {0.0, 0.0})));
}
