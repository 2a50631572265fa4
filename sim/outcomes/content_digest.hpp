// The digest of what a results file says, apart from how HDF5 stores it. Its definition is part of the format: FORMAT.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sojourn {

/// Names and texts of attributes; whole numbers in decimal.
using Attributes = std::vector<std::pair<std::string, std::string>>;

/// An axis of a variable: the dimension's name and length.
using Axis = std::pair<std::string, std::uint64_t>;

/// Collects one line per variable and digests them in the order of their paths, so that the order of storing does not
/// matter.
class ContentDigest {
 public:
  /// The variable at `path` ("/customers", "/horizon/nps", "/" for the file itself), with no values.
  void add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes, std::monostate);
  void add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
           const std::vector<double>& values);
  void add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
           const std::vector<std::int64_t>& values);
  void add(const std::string& path, const std::vector<Axis>& axes, const Attributes& attributes,
           const std::vector<std::string>& values);

  [[nodiscard]] std::string hex() const;

 private:
  std::map<std::string, std::string> digests_;  // by path
};

}  // namespace sojourn
