// Samples of a run: how many there are, and that pooling neighbours depends on their places alone.
#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "sojourn/engine/batches.hpp"
#include "tests/catch.hpp"
#include "tests/unit/model_example.hpp"

using namespace sojourn;

namespace {}  // namespace

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
