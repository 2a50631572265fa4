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

namespace {

std::size_t samples_of(std::uint32_t replications, bool coupled) {
  const Division divided = division(replications, coupled);
  return ((replications * batch_count - 1) >> divided.limit) + 1;
}

}  // namespace

TEST_CASE("batches: few samples however many replications", "[engine]") {
  CHECK(samples_of(1, false) == 32);
  CHECK(samples_of(2, false) == 64);
  CHECK(samples_of(4, false) == 128);
  CHECK(samples_of(8, false) == 128);
  CHECK(samples_of(10, false) == 80);
  CHECK(samples_of(100, false) == 100);
  CHECK(samples_of(1000, false) == 125);
  CHECK(samples_of(1, true) == 1);
  CHECK(samples_of(20, true) == 20);
  CHECK(samples_of(300, true) == 100);
  for (std::uint32_t replications = 1; replications < 5000; ++replications) {
    for (const bool coupled : {false, true}) {
      const Division divided = division(replications, coupled);
      REQUIRE(samples_of(replications, coupled) <= most_samples);
      REQUIRE(divided.batches << divided.level == batch_count);
      // Never coarser than it must be.
      if (divided.limit > 5 || (divided.limit > 0 && !coupled))
        REQUIRE((replications * batch_count - 1) >> (divided.limit - 1) >= most_samples);
      if (coupled) REQUIRE(divided.batches == 1);
    }
  }
}
