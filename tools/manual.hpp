// The manual page and the completions of shells, written from the declarations of the commands and their options.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sojourn::tools {

/// The shells that `completion` knows.
[[nodiscard]] const std::vector<std::string>& completed_shells();

/// The manual page sojourn(1) in the macros of man(7).
[[nodiscard]] std::string manual_page(const CLI::App& app);

/// What a shell needs to complete commands, options and file names of sojourn; `shell` is one of `completed_shells`.
[[nodiscard]] std::string completion(const CLI::App& app, const std::string& shell);

}  // namespace sojourn::tools
