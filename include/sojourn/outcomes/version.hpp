// Which Sojourn this is.
#pragma once

#include <string_view>

namespace sojourn {

/// The version as "1.2.3".
[[nodiscard]] std::string_view version();
/// What was built, the same on every machine: version and optimisation, no host, path or date.
[[nodiscard]] std::string_view build_description();

}  // namespace sojourn
