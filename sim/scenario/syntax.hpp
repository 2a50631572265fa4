// TOML syntax errors in the words of somebody who never read a grammar.
#pragma once

#include <string>
#include <string_view>

#include "source.hpp"

namespace sojourn::scenario {

/// What the parser's `description` of an error at `at` means, with the usual remedy, found from the text around it.
[[nodiscard]] Refusal explain_syntax(std::string_view description, const SourceText& source, Region at);

}  // namespace sojourn::scenario
