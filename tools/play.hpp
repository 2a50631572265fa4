// Serving the page to play with: `sojourn play`, and `sojourn lesson --page`.
#pragma once

#include <string>

#include "command_line.hpp"
#include "sojourn/play/playground.hpp"

namespace sojourn::tools {

/// Prints the address, shows it in a browser where that is wanted, and serves until Ctrl-C. `lesson` is the JSON of one, or
/// "null". Returns the exit status.
int serve(const CommandLine& line, const Playground& ground, const std::string& lesson);

}  // namespace sojourn::tools
