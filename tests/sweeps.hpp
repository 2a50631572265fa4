// Sweeps of a scenario that there need not be.
#pragma once

#include <string>

#include "sojourn/scenario/sweep_file.hpp"
#include "tests/catch.hpp"

namespace sojourn {

/// The keys x1, x2, ... vary alike: `values` is the line that says how.
inline SweepFile sweep_of(const std::string& design, const std::string& values, int keys, int seed = 1) {
  std::string text =
      "schema = 1\n[sweep]\nscenario = \"none.toml\"\ndesign = " + design + "\nseed = " + std::to_string(seed) + "\n";
  for (int k = 0; k < keys; ++k) text += "[[vary]]\nkey = \"x" + std::to_string(k + 1) + "\"\n" + values + "\n";
  SweepFile sweep = parse_sweep(text, "sweep.toml");
  INFO(diagnostics(sweep));
  REQUIRE(sweep.errors() == 0);
  return sweep;
}

}  // namespace sojourn
