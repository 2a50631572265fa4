// What a results file says and in which words, apart from HDF5. Published in FORMAT.md.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "content_digest.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// Readers of the netCDF library know a dimension without values by this beginning of its NAME.
inline constexpr std::string_view no_values_label = "This is a netCDF dimension but not a netCDF variable.";
/// The most that is written, and that is read from a file however small it is packed.
inline constexpr std::uint64_t most_value_bytes = std::uint64_t{4} << 30;

/// The most values that a file of `image_bytes` can hold: deflate packs at most 1,032 bytes into one.
[[nodiscard]] std::uint64_t most_read_bytes(std::uint64_t image_bytes);

/// The attributes of the file, of a variable and of a dimension, in the order of writing and without `content_sha256`.
[[nodiscard]] Attributes file_attributes(const Provenance& from);
[[nodiscard]] Attributes attributes_of(const Array& array);
[[nodiscard]] Attributes attributes_of(const Dimension& dimension);

/// Bytes of all values of the arrays.
[[nodiscard]] std::uint64_t value_bytes(const Outcomes& outcomes);

}  // namespace sojourn
