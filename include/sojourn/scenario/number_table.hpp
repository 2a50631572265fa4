// A table of numbers in a CSV file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sojourn {

/// Columns with a name each, all with as many numbers.
struct NumberTable {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;  // [column][line]
};

/// Reads comma-separated values (RFC 4180): a line of names, then a line of numbers for each draw; empty fields, NA and NaN
/// are NaN. Empty lines and lines that begin with # are passed over; at most 256 MiB. Throws InputError with every problem
/// and its place, as scenarios have it.
[[nodiscard]] NumberTable read_number_table(const std::filesystem::path& path);

}  // namespace sojourn
