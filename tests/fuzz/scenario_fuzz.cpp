// No text crashes the scenario reader or the reader of edge files, and what they accept is a model or a list of ties.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/scenario/edge_file.hpp"
#include "sojourn/scenario/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sojourn::Scenario scenario = sojourn::parse_scenario(text, "fuzz.toml");
  if (scenario.rendered.size() != scenario.findings.size()) std::abort();
  if (scenario.errors() == 0) (void)sojourn::build(scenario);  // throws, and so crashes, where a check is missing
  constexpr std::uint64_t people = 1000;
  const sojourn::scenario::EdgeFile edges = sojourn::scenario::parse_edges(text, people);
  for (const sojourn::Tie& tie : edges.ties) {
    if (edges.problems.empty() && (tie.from >= people || tie.to >= people || tie.from == tie.to)) std::abort();
  }
  return 0;
}
