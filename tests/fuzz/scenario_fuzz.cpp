// No text crashes the readers of scenarios, of edge files and of sweep files, and what they accept is a model, a list of
// ties, or points.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/scenario/edge_file.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/scenario/sweep_file.hpp"

namespace {

constexpr std::string_view small =
    "schema = 1\n[scenario]\ntitle = \"Small\"\nhorizon = \"1 month\"\ncustomers = 2\n[[persona]]\nid = \"a\"\nshare = 1\n"
    "starts = { b = 1 }\n[[touchpoint]]\nid = \"b\"\nstage = \"purchase\"\nnext = [ { to = \"c\", odds = 1, after = \"1 "
    "day\" } ]\n"
    "[[touchpoint]]\nid = \"c\"\nstage = \"retention\"\nend = \"churned\"\n";

// As a sweep file without and with a scenario, and as a table of points.
void sweep(std::string_view text) {
  constexpr std::string_view table = "schema = 1\n[sweep]\nscenario = \"s.toml\"\ndesign = { table = \"t.csv\" }\n";
  for (const sojourn::SweepFile& each :
       {sojourn::parse_sweep(text, "fuzz.toml"), sojourn::parse_sweep(text, "fuzz.toml", text, small),
        sojourn::parse_sweep(table, "fuzz.toml", text, small)}) {
    if (each.rendered.size() != each.findings.size()) std::abort();
    if (each.errors() > 0) continue;
    for (const sojourn::VariedKey& key : each.keys) {
      for (const double share : {0.0, 0.5, 1.0}) (void)key.at(share);
      if (key.steps() > 0) (void)key.step(key.steps() - 1);
    }
  }
}

}  // namespace

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
  sweep(text);
  return 0;
}
