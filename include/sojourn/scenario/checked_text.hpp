// A text that was read, with every problem that was found in it: what scenarios and sweep files share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sojourn/base/error.hpp"

namespace sojourn {

/// The name of a text and what is wrong with it.
struct CheckedText {
  std::string name;                   // as given: path or results file
  std::vector<Finding> findings;      // errors and warnings in the order of their positions
  std::vector<std::string> rendered;  // finding by finding as the user reads it: "file:line:column: error: ...", the line, a
                                      // caret, a hint; empty beyond the first hundred errors and the first hundred warnings

  [[nodiscard]] std::size_t errors() const;
  [[nodiscard]] std::size_t warnings() const;
};

/// The rendered errors, with Severity::warning the warnings too, joined by newlines and without one at the end; what is
/// beyond the first hundred of each is counted in a last line. Empty when there is nothing to tell.
[[nodiscard]] std::string diagnostics(const CheckedText& text, Severity least = Severity::error);

/// One line that counts them: "sojourn: 2 errors and 1 warning in telecom.toml".
[[nodiscard]] std::string summary(const CheckedText& text);

/// Throws InputError (`invalid_scenario`) with every rendered error and a line that counts them, where there is one.
void require_no_errors(const CheckedText& text);

}  // namespace sojourn
