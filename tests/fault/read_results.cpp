// A program for the fault tests: reads a results file and prints a digest of all that it says, computed from what was read.
//   fault-read_results FILE
// Exit status and message as `sojourn`'s: 0 read, 2 refused.
#include <cstdio>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/results_file.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fault-read_results FILE\n", stderr);
    return 2;
  }
  try {
    const sojourn::Outcomes outcomes = sojourn::read_results(argv[1]);
    std::printf("%s %llu\n", sojourn::content_sha256(outcomes).c_str(),
                static_cast<unsigned long long>(outcomes.provenance.seed));
  } catch (const sojourn::InputError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
