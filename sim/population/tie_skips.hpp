// The step of building networks that is compiled for each vector width: how many people are skipped until the next tie.
#pragma once

#include <cstdint>

#include "sojourn/base/random.hpp"
#include "sojourn/model/market.hpp"

namespace sojourn::ties {

/// Searches at work at a time, a multiple of 16.
inline constexpr int most_searches = 128;

/// Searches for ties, side by side; each looks at places from `begin` on. Places are whole numbers below 2^32.
struct Searches {
  alignas(64) std::uint32_t person[most_searches];
  alignas(64) std::uint32_t index[most_searches];  // how many pairs of draws were made before
  alignas(64) double scale[most_searches];         // 1 / log(1 - share)
  alignas(64) double begin[most_searches], end[most_searches];
  int count = 0;
  // Ties that were found, each a person and a place.
  int found = 0;
  Tie met[2 * most_searches];
  // On the way:
  alignas(64) std::uint32_t words[4][most_searches];
  alignas(64) double place[2][most_searches], next[most_searches];
  alignas(64) std::int32_t meets[2][most_searches], goes_on[most_searches];
};

/// Draws twice for each search, lists the ties that were found, and keeps the searches that go on; `second` and `call` are
/// words of the counter. There must be a search.
using DrawSkips = void (*)(Searches& searches, std::uint32_t second, std::uint32_t call, std::uint32_t key0,
                           std::uint32_t key1);
/// The function for the widest vectors that this processor has.
[[nodiscard]] DrawSkips widest_skips();

}  // namespace sojourn::ties
