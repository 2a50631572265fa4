// The limit that the engine is measured against: what a good engineer writes by hand, in an afternoon, for one scenario.
// Touchpoints, exits and personas of twelve.toml and chain.toml are constants in the source; there are no plans, windows,
// money, tallies, reports or reproducible bits, only the lives. Compiled like the engine's loop, once for each vector width.
#pragma once

#include <cstdint>

namespace sojourn::bench {

inline constexpr int bare_touchpoints = 12;

/// What the bare kernels count: just enough to see that they simulate the same process.
struct BareLives {
  std::uint64_t lives = 0, visits = 0;  // a visit to an end is a visit
  std::uint64_t lost = 0, churned = 0;
  // Of those who are customers at the horizon; the sums keep the compiler from leaving the work out.
  std::uint64_t customers = 0;
  double satisfaction = 0.0, expectation = 0.0;
  std::uint64_t at[bare_touchpoints] = {};  // visits by touchpoint; only the chain counts them
};

/// Steps of a visit, as the engine has them (sim/engine/lock_step.hpp).
inline constexpr int bare_steps = 7;  // fetch, draw, experience, record, choose, wait, move

/// Lives of people `begin` to `end`. The processor ticks of each step are added to `ticks`; null: nobody asks.
using BareRun = BareLives (*)(std::uint64_t seed, std::uint32_t begin, std::uint32_t end, std::uint64_t* ticks);

struct BareKernels {
  const char* width;     // "v2", "v3" or "v4" of x86-64, or "base"
  BareRun system_maths;  // twelve.toml with glibc's vector maths (libmvec); null where there is none
  BareRun inlined;       // twelve.toml with polynomials in the loops
  BareRun chain;         // chain.toml, visits counted by touchpoint
};

/// Those for the vectors that the engine uses too: the processor's widest, or what SOJOURN_VECTORS asks for.
[[nodiscard]] BareKernels bare_kernels();

}  // namespace sojourn::bench
