// The step of drawing personas that is compiled for each vector width.
#pragma once

#include <cstdint>

namespace sojourn::personas {

/// People drawn at a time, a multiple of 16.
inline constexpr int together = 128;

struct Draws {
  int count = 0;                                 // in: a multiple of 16, at most `together`
  alignas(64) std::uint32_t customer[together];  // in
  alignas(64) std::uint32_t index[2][together];  // in: 0 and 1
  alignas(64) std::uint32_t words[2][4][together];
  alignas(64) std::int32_t persona[together];  // out
};

/// Draws all of them, as Population::persona does; `second` is a word of the counter. `cumulative_share` is [persona].
using DrawPersonas = void (*)(Draws& draws, const double* cumulative_share, int personas, std::uint32_t second,
                              std::uint32_t key0, std::uint32_t key1);
/// The function for the widest vectors that this processor has.
[[nodiscard]] DrawPersonas widest_draws();

}  // namespace sojourn::personas
