// The findings of `sojourn check` for scripts.
#pragma once

#include <string>
#include <vector>

#include "sojourn/base/error.hpp"

namespace sojourn {

/// {"file", "errors", "warnings", "findings": [{"severity", "path", "message", "hint", "text"}]}; `rendered[i]` is the text
/// of `findings[i]` as the user reads it, and may be shorter. Ends with a newline.
[[nodiscard]] std::string findings_json(const std::string& file, const std::vector<Finding>& findings,
                                        const std::vector<std::string>& rendered);

}  // namespace sojourn
