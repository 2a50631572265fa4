// The one step of talk that is compiled for each vector width: random words for people, and a first look at them.
#pragma once

#include <cstdint>

namespace sojourn::talk {

/// Groups of four people whose words are drawn at once.
inline constexpr int most_groups = 64;

struct Draws {
  alignas(64) std::uint32_t group[most_groups];     // in: the groups' numbers
  alignas(64) std::uint32_t index[most_groups];     // in: the window, once for each
  alignas(64) std::uint32_t words[4][most_groups];  // out: word k of a group is that of its person k
  alignas(64) std::uint32_t talks[most_groups];     // out: not 0 where one of the words, halved, is below the limit
};

/// Draws for `count` groups, a multiple of 16; `purpose` is the counter's second word.
using DrawWords = void (*)(Draws& draws, int count, std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1,
                           std::int32_t limit);

/// The function for the widest vectors that this processor has.
[[nodiscard]] DrawWords widest_draws();

}  // namespace sojourn::talk
