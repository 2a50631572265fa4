// The lines of tables that a scenario or a sweep names.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sojourn::scenario {

inline constexpr std::string_view blanks = " \t";

/// So many problems of one table are told; whoever made more made one mistake many times.
inline constexpr std::size_t most_problems = 100;

/// Takes from `rest` the next line that says something into `line`, without its end, and counts lines in `number`; false at
/// the end. Nothing is said by blank lines, and by those that begin with "#".
inline bool next_line(std::string_view& rest, std::string_view& line, std::uint32_t& number) {
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin != std::string_view::npos && line[begin] != '#') return true;
  }
  return false;
}

}  // namespace sojourn::scenario
