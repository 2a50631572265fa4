// Results files read in a process of its own. HDF5 crashes, hangs or asks for all memory on bytes made for that, and a seal
// is no secret: whoever alters a file can seal it again. What happens to that process happens to nobody else.
#pragma once

#include <string>
#include <string_view>

#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// As `read_image`, in a process for this image alone, which may open no file, leaves no core and is stopped after so much
/// processor time as no file of this size needs. Throws Damage where that process did not end well or what it sent
/// contradicts itself, Damage and OtherFormat as `read_image`, and RunError where no process can be made.
[[nodiscard]] Outcomes read_image_apart(std::string_view image);

/// Outcomes as the bytes that the child process sends, and back. `unpacked` trusts nothing and throws Damage.
[[nodiscard]] std::string packed(const Outcomes& outcomes);
[[nodiscard]] Outcomes unpacked(std::string_view bytes);

}  // namespace sojourn
