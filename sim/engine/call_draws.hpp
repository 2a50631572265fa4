// The random words of many visits to queues, drawn side by side: compiled for each vector width.
#pragma once

#include <cstdint>

namespace sojourn::calls {

/// Visits whose words are drawn at once.
inline constexpr int most_calls = 64;

/// What is to be drawn, see CallDraws; `visit` is the words of the visit itself.
struct Wanted {
  bool service = false, own_patience = false, patience = false, visit = false;
};

struct Draws {
  alignas(64) std::uint32_t customer[most_calls], event[most_calls];  // in
  alignas(64) std::uint32_t service[4][most_calls], own_patience[4][most_calls], visit[4][most_calls];
  alignas(64) float work[most_calls], exponential_own[most_calls], patience[most_calls];
};

/// Draws for the first `count` visits, a multiple of 16, of the replication whose key and number these are.
using DrawWords = void (*)(Draws& draws, int count, Wanted wanted, std::uint32_t replication, std::uint32_t key0,
                           std::uint32_t key1);

/// The function for the widest vectors that this processor has.
[[nodiscard]] DrawWords widest_draws();

}  // namespace sojourn::calls
