// What a content security policy allows.
#pragma once

#include <string>
#include <string_view>

namespace sojourn {

/// A source that a content security policy allows, " 'sha256-...'": one script or style, to the byte.
[[nodiscard]] std::string allowed_source(std::string_view text);

}  // namespace sojourn
