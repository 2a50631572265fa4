// The step of building networks that is compiled for each vector width: how many people are skipped until the next tie.
#pragma once

#include <cstdint>

#include "sojourn/base/random.hpp"

namespace sojourn::ties {

/// Searches at work at a time, a multiple of 16.
inline constexpr int most_searches = 128;

/// Searches for ties, side by side, and two draws of each.
struct Skips {
  alignas(64) std::uint32_t person[most_searches];  // in
  alignas(64) std::uint32_t index[most_searches];   // in: how many pairs of draws were made before
  alignas(64) double scale[most_searches];          // in: 1 / log(1 - share)
  alignas(64) std::uint32_t words[4][most_searches];
  alignas(64) double skipped[2][most_searches];  // out: log(u) scale
};

/// Draws for `count` searches, a multiple of 16; `second` and `call` are words of the counter.
using DrawSkips = void (*)(Skips& skips, int count, std::uint32_t second, std::uint32_t call, std::uint32_t key0,
                           std::uint32_t key1);
/// The function for the widest vectors that this processor has.
[[nodiscard]] DrawSkips widest_skips();

}  // namespace sojourn::ties
