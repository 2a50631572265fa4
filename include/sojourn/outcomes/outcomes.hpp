// Outcomes: named arrays with named dimensions. Writers, analyses and pages know these, never the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sojourn {

/// One axis: its name, its length and, where it has them, coordinate values (numbers with a unit, or text).
struct Dimension {
  std::string name;
  std::size_t size = 0;
  std::variant<std::monostate, std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;
  std::string unit;  // UDUNITS, "" for text and counts
  std::string long_name;
};

/// One variable. `values` is in row-major order over `dimensions`, the last varying fastest; missing numbers are NaN.
/// A name with a slash ("horizon/retention") puts the variable in a group of that name.
struct Array {
  std::string name;
  std::vector<std::string> dimensions;
  std::string unit;       // UDUNITS, "1" for shares and scores; "people", "messages", "count", a currency
  std::string long_name;  // one line for a reader who sees only the file
  std::variant<std::vector<double>, std::vector<std::int64_t>> values;
};

/// What was asked for, so that it can be asked again: nothing in it has to be read out of a sentence.
struct Request {
  std::string command = "run";  // "run", "compare"
  std::vector<std::string>
      changes;  // the options that change numbers, word by word: "--customers", "5000", "--set", "key=value"
  std::vector<std::string> plans;  // ids of those named; none: the command's default

  bool operator==(const Request&) const = default;
};

/// Where the numbers come from. Equal runs have equal provenance: no time of day, thread count, host or output path.
struct Provenance {
  std::string title;
  Request request;
  std::string history;        // the request as one would type it, for people
  std::string version;        // of Sojourn
  std::string build;          // compiler-independent: what was built, not where
  std::string scenario_toml;  // as resolved, so that it can be run again
  std::string scenario_name;  // base name of the scenario file, for messages
  std::uint64_t seed = 0;
  /// Further attributes of the file, name and text, in their order: what a sweep says of itself. Named as arrays are, none
  /// as those of every file.
  std::vector<std::pair<std::string, std::string>> more;
};

struct Outcomes {
  Provenance provenance;
  std::vector<Dimension> dimensions;
  std::vector<Array> arrays;

  /// The array of that name; throws InputError when there is none.
  [[nodiscard]] const Array& array(std::string_view name) const;
  /// The dimension of that name; throws InputError when there is none.
  [[nodiscard]] const Dimension& dimension(std::string_view name) const;
};

/// Throws std::invalid_argument, naming the culprit, when the outcomes contradict themselves: a name that is not a letter or
/// "_" followed by letters, digits, "_", "-" or "." (an array's may have one group in front), a name used twice, an unknown
/// or repeated dimension, an attribute of every file said again, a number of values that is not the product of the sizes,
/// text with a null character. Our own mistake, never the user's.
void require_consistent(const Outcomes& outcomes);

}  // namespace sojourn
