// The step of building networks that is compiled for each vector width: sorting short rows.
#pragma once

#include <cstdint>

namespace sojourn::rows {

/// Rows of at most so many numbers are short.
inline constexpr std::uint32_t short_row = 16;

/// Sorts the short ones of `count` rows of different numbers; row k has `lengths[k]` numbers, and rows follow one another.
/// The memory behind the last row must be readable for 15 numbers more.
using SortShortRows = void (*)(std::uint32_t* numbers, const std::uint32_t* lengths, std::uint32_t count);
/// The function for the widest vectors that this processor has.
[[nodiscard]] SortShortRows widest_sort();

}  // namespace sojourn::rows
