// The one door to the screen: whatever is printed passes here, so that no text of a stranger drives a terminal.
#pragma once

#include <cstddef>
#include <cstdio>

#include "command_line.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn::tools {

/// Whether stdout takes colours: on a terminal, unless NO_COLOR is set.
[[nodiscard]] Colour colour();

/// The columns of the terminal at stderr; 80 where it does not say.
[[nodiscard]] std::size_t terminal_columns();
/// How a command's summary is laid out: as wide as the terminal, or 80 columns where stdout is none; COLUMNS overrides both.
[[nodiscard]] Layout layout(const CommandLine& line);

/// As std::fprintf to stdout or stderr. Unprintable characters are written out (base/text.hpp, `shown`); where stdout takes
/// colours, the two sequences that begin and end bold text pass.
#if defined(__GNUC__)
[[gnu::format(printf, 2, 3)]]
#endif
void print(std::FILE* stream, const char* format, ...);

}  // namespace sojourn::tools
