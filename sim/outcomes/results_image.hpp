// Outcomes to the bytes of an HDF5 file in memory, and back. Callers hold an Hdf5Session. Both throw Hdf5Error.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// The file says something that we did not write there.
class Damage : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The file is HDF5, but of no or another `schema`, which is `what()`; empty when it is not Sojourn's.
class OtherFormat : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// In-memory files need a name, which nothing opens: no folder can be below the null device.
inline constexpr const char* image_name = "/dev/null/sojourn-image";

/// The bytes of the file that says `outcomes`, which are consistent.
[[nodiscard]] std::string write_image(const Outcomes& outcomes);

/// The outcomes that the file says, having checked `content_sha256`. Throws Damage and OtherFormat too. `step` is called
/// before each piece of the work, with the bytes that it is about.
[[nodiscard]] Outcomes read_image(std::string_view image, const std::function<void(std::uint64_t)>& step);

}  // namespace sojourn
