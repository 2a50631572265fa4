// A table of points: CSV text in, its header and fields out, with every problem and its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source.hpp"

namespace sojourn::scenario {

inline constexpr std::size_t max_table_bytes = std::size_t{256} << 20;

/// One field of a line, without quotes, and where it stands.
struct TableField {
  std::string text;
  Region at;
};

struct PointTable {
  std::vector<TableField> header;
  std::vector<std::vector<TableField>> columns;  // [column][row]
  std::vector<Refusal> problems;                 // the first hundred, in the order of the file
};

/// Reads comma-separated values (RFC 4180, but a field ends with its line): a header, and a line for each point with as many
/// fields. Spaces around fields, empty lines, lines that begin with #, a byte order mark and either line end are accepted.
[[nodiscard]] PointTable parse_points(std::string_view text);

}  // namespace sojourn::scenario
