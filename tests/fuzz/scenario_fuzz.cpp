// No text crashes the scenario reader, and what it accepts is a model.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sojourn/scenario/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sojourn::Scenario scenario = sojourn::parse_scenario(text, "fuzz.toml");
  if (scenario.rendered.size() != scenario.findings.size()) std::abort();
  if (scenario.errors() == 0) (void)sojourn::build(scenario);  // throws, and so crashes, where a check is missing
  return 0;
}
