#include "sojourn/base/text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

namespace sojourn {
namespace {

// With half a surrogate each beyond U+FFFF, as JSON has it.
void write_out(std::string& text, char32_t point) {
  const auto put = [&](std::uint32_t unit) { text += fmt::format("\\u{:04x}", unit); };
  if (point < 0x10000) return put(point);
  put(0xd800 + ((point - 0x10000) >> 10));
  put(0xdc00 + ((point - 0x10000) & 0x3ff));
}

enum class Breaks { kept, blanks };

std::string shown_with(std::string_view text, Breaks breaks) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character c = first_character(text);
    const bool is_break = c.point == '\n' || c.point == '\t' || (c.point == '\r' && text.starts_with("\r\n"));
    if (!c.valid) {
      result += "\xef\xbf\xbd";
    } else if (is_break && breaks == Breaks::blanks) {
      if (c.point != '\r') result += ' ';
    } else if (unprintable(c.point) && c.point != '\n' && c.point != '\t') {
      write_out(result, c.point);
    } else {
      result += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return result;
}

}  // namespace

Character first_character(std::string_view text) {
  if (static_cast<unsigned char>(text.front()) < 0x80) return {static_cast<unsigned char>(text.front()), 1, true};
  // At most four bytes belong to a character; utf8proc takes lengths that are signed.
  const auto size = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
  utf8proc_int32_t point = -1;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), size, &point);
  if (bytes <= 0 || point < 0) return {};
  return {static_cast<char32_t>(point), static_cast<std::size_t>(bytes), true};
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_character(text).bytes);
  return count;
}

std::size_t bytes_of_characters(std::string_view text, std::size_t characters) {
  std::size_t bytes = 0;
  for (; characters > 0 && bytes < text.size(); --characters) bytes += first_character(text.substr(bytes)).bytes;
  return bytes;
}

std::size_t columns(char32_t point) {
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(point));
  return static_cast<std::size_t>(std::max(width, 0));
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    sum += columns(c.point);
    text.remove_prefix(c.bytes);
  }
  return sum;
}

bool unprintable(char32_t point) {
  if ((point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef)) return true;  // noncharacters
  const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(point));
  switch (property->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      break;
  }
  switch (property->bidi_class) {
    case UTF8PROC_BIDI_CLASS_LRE:
    case UTF8PROC_BIDI_CLASS_LRO:
    case UTF8PROC_BIDI_CLASS_RLE:
    case UTF8PROC_BIDI_CLASS_RLO:
    case UTF8PROC_BIDI_CLASS_PDF:
    case UTF8PROC_BIDI_CLASS_LRI:
    case UTF8PROC_BIDI_CLASS_RLI:
    case UTF8PROC_BIDI_CLASS_FSI:
    case UTF8PROC_BIDI_CLASS_PDI:
      return true;
    default:
      return point == 0x200e || point == 0x200f || point == 0x61c;  // marks that turn their neighbours
  }
}

std::string shown(std::string_view text) { return shown_with(text, Breaks::kept); }

std::string shown_on_one_line(std::string_view text) { return shown_with(text, Breaks::blanks); }

std::string escape_markup(std::string_view text) {
  std::string result;
  for (const char c : shown(text)) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string csv_field(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  const bool formula = first != text.npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
  const std::string safe = shown(text);
  if (!formula && safe.find_first_of(",\"\n") == safe.npos) return safe;
  std::string quoted = formula ? "\"'" : "\"";
  for (const char c : safe) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace sojourn
