#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sojourn/base/text.hpp"

namespace sojourn::tools {
namespace {

/// `text` between the sequences that `bold` of the reports writes.
std::string shown_with_bold(std::string_view text) {
  constexpr std::string_view sequences[] = {"\033[1m", "\033[0m"};
  std::string result;
  while (!text.empty()) {
    const std::size_t at = text.find('\033');
    result += shown(text.substr(0, at));
    if (at == text.npos) break;
    text.remove_prefix(at);
    std::size_t taken = 0;
    for (const std::string_view sequence : sequences) {
      if (text.starts_with(sequence)) taken = sequence.size();
    }
    result += taken > 0 ? std::string(text.substr(0, taken)) : shown(text.substr(0, 1));
    text.remove_prefix(taken > 0 ? taken : 1);
  }
  return result;
}

}  // namespace

Colour colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  return wanted && isatty(STDOUT_FILENO) != 0 ? Colour::on : Colour::off;
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

Layout layout(const CommandLine& line) {
  constexpr std::size_t least = 40, most = 400, standard = 80;
  Layout result{colour(), standard, line.full, line.format};
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    result.width = size.ws_col;
  if (const char* const columns = std::getenv("COLUMNS")) {
    std::size_t wanted = 0;
    const std::string_view text(columns);
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    if (failure == std::errc() && end == text.data() + text.size() && wanted > 0) result.width = wanted;
  }
  result.width = std::clamp(result.width, least, most);
  return result;
}

void print(std::FILE* stream, const char* format, ...) {
  std::va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  if (size > 0) std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  const std::string safe = stream == stdout && colour() == Colour::on ? shown_with_bold(text) : shown(text);
  std::fwrite(safe.data(), 1, safe.size(), stream);
}

}  // namespace sojourn::tools
