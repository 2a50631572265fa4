#include <atomic>
#include <stdexcept>
#include <vector>

#include "sojourn/base/parallel.hpp"
#include "tests/catch.hpp"

namespace sojourn {

TEST_CASE("parallel: each piece of work is done once, whatever the threads", "[base]") {
  for (const int threads : {1, 2, 5, 64}) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      std::vector<std::atomic<int>> done(count);
      parallel_for_each(count, threads, [&](std::size_t k) { ++done[k]; });
      for (const std::atomic<int>& times : done) CHECK(times == 1);
    }
  }
}

TEST_CASE("parallel: an error comes out, and work inside work gets done", "[base]") {
  for (const int threads : {1, 3}) {
    const auto fail_at_seven = [](std::size_t k) {
      if (k == 7) throw std::runtime_error("seven");
    };
    CHECK_THROWS_WITH(parallel_for_each(100, threads, fail_at_seven), "seven");
    std::atomic<int> inner = 0;
    parallel_for_each(8, threads, [&](std::size_t) { parallel_for_each(5, 2, [&](std::size_t) { ++inner; }); });
    CHECK(inner == 40);
  }
}

}  // namespace sojourn
