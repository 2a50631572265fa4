// How many threads a run takes: those that are asked for, within bounds.
#include <cstdlib>
#include <optional>
#include <string>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

/// The number where SLURM_CPUS_PER_TASK says `value`, or nothing.
int count_with(const std::optional<std::string>& value) {
  constexpr const char* variable = "SLURM_CPUS_PER_TASK";
  const char* const before = std::getenv(variable);
  const std::optional<std::string> kept = before != nullptr ? std::optional<std::string>(before) : std::nullopt;
  const auto set = [](const std::optional<std::string>& to) {
    if (to) {
      ::setenv(variable, to->c_str(), 1);
    } else {
      ::unsetenv(variable);
    }
  };
  set(value);
  const int count = thread_count(0);
  set(kept);
  return count;
}

}  // namespace

TEST_CASE("threads: what the environment asks for, within what the command line allows", "[engine]") {
  CHECK(thread_count(3) == 3);
  CHECK(count_with("7") == 7);
  CHECK(count_with("4096") == most_threads);
  CHECK(count_with("4097") == most_threads);
  CHECK(count_with("99999999999999999999") == most_threads);
  const int processors = count_with(std::nullopt);
  CHECK(processors >= 1);
  for (const char* const no_number : {"", "0", "-3", "many", "2x"}) CHECK(count_with(no_number) == processors);
}
