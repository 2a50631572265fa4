// The list of a network's ties: CSV text in, ties out, with every problem and its place.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sojourn/model/market.hpp"
#include "source.hpp"

namespace sojourn::scenario {

inline constexpr std::uint64_t max_edge_file_bytes = std::uint64_t{2} << 30;
inline constexpr std::size_t max_ties = 100'000'000;

/// What an edge file says: its ties in its order, or what is wrong with it (the first hundred problems, in its order).
struct EdgeFile {
  std::vector<Tie> ties;
  std::vector<Refusal> problems;
  bool has_header = false;  // it begins as a file of ties does
};

/// Reads the header `from,to` and a line for each tie, from who talks to who hears, both whole numbers below `people`.
/// Spaces around values, quotes around them, empty lines, lines that begin with #, a byte order mark and either line end are
/// accepted. Wrong are a person who talks to oneself and a tie that stands twice.
[[nodiscard]] EdgeFile parse_edges(std::string_view text, std::uint64_t people);

}  // namespace sojourn::scenario
