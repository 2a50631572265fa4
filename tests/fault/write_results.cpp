// A program for the fault tests: writes results to a file, as `sojourn run` does at its end.
//   fault-write_results FILE SEED BYTES     about BYTES bytes of values that differ for every SEED and do not compress
// Exit status and message as `sojourn`'s: 0 done, 1 could not be written, 2 wrong arguments.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/results_file.hpp"

namespace {

// Any fixed sequence of 64 bits will do here (splitmix64, Steele et al. 2014).
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

sojourn::Outcomes example(std::uint64_t seed, std::size_t bytes) {
  constexpr std::size_t plans = 2, replications = 2, personas = 3;
  const std::size_t windows = 1 + bytes / (8 * plans * replications * personas);
  sojourn::Outcomes outcomes;
  outcomes.provenance = {"Café: a first lesson",
                         {"run", {"--seed", std::to_string(seed)}, {}},
                         "sojourn run coffee.toml --seed " + std::to_string(seed),
                         "0.1.0",
                         "release",
                         "name = \"Café\"\nseed = " + std::to_string(seed) + "\n",
                         "coffee.toml",
                         seed,
                         {}};
  std::vector<double> days(windows);
  for (std::size_t i = 0; i < windows; ++i) days[i] = 7.0 * static_cast<double>(i);
  outcomes.dimensions = {
      {"plan", plans, std::vector<std::string>{"baseline", "größer"}, "", "plan"},
      {"replication", replications, std::vector<std::int64_t>{0, 1}, "", "replication"},
      {"persona", personas, std::vector<std::string>{"regular", "", "日本"}, "", "persona"},
      {"time", windows, days, "days since 2026-01-01", "end of the window"},
      {"stage", 6, {}, "", "stage"},
  };

  std::vector<double> customers(plans * replications * personas * windows);
  for (std::size_t i = 0; i < customers.size(); ++i) {
    customers[i] = static_cast<double>(scramble(seed * 1000003 + i)) * 0x1p-20;
  }
  customers[1] = std::strtod("nan", nullptr);
  std::vector<double> retention(plans * replications);
  for (std::size_t i = 0; i < retention.size(); ++i) retention[i] = static_cast<double>(scramble(seed + i)) * 0x1p-64;
  outcomes.arrays = {
      {"customers", {"plan", "replication", "persona", "time"}, "people", "customers at the end of the window", customers},
      {"visits",
       {"plan", "stage"},
       "count",
       "visits",
       std::vector<std::int64_t>{1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1ll << 62}},
      {"horizon/retention", {"plan", "replication"}, "1", "still customers of those who ever bought", retention},
  };
  return outcomes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: fault-write_results FILE SEED BYTES\n", stderr);
    return 2;
  }
  try {
    sojourn::write_results(example(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10)), argv[1]);
  } catch (const sojourn::RunError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
