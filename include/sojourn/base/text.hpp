// Text of strangers on its way to a terminal, a table or a page. UTF-8, categories and widths are utf8proc's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sojourn {

/// One character at the beginning of a text: a code point of valid UTF-8 (RFC 3629: no overlong form, no surrogate), or
/// U+FFFD for one byte that begins none.
struct Character {
  char32_t point = 0xfffd;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first character of `text`, which is not empty.
[[nodiscard]] Character first_character(std::string_view text);

/// The number of characters; a byte that belongs to none counts as one.
[[nodiscard]] std::size_t character_count(std::string_view text);

/// The number of bytes of the first `characters` characters, or of all where there are fewer.
[[nodiscard]] std::size_t bytes_of_characters(std::string_view text, std::size_t characters);

/// Columns that a character takes on a terminal: 0 where it joins the one before it (accents, joiners, variation selectors),
/// 2 for East Asian wide ones and emoji, else 1 (Unicode Annex 11).
[[nodiscard]] std::size_t columns(char32_t point);
/// The same of all characters of `text`.
[[nodiscard]] std::size_t columns(std::string_view text);

/// Whether a character may drive a terminal, hide or turn what stands beside it, or is forbidden in XML: control characters
/// (line breaks and tabs too), line and paragraph separators, marks and overrides of the direction of writing, and
/// noncharacters.
[[nodiscard]] bool unprintable(char32_t point);

/// `text` with every unprintable character written out as in JSON ("\u001b"; beyond U+FFFF as two halves) and U+FFFD for
/// each byte that is not UTF-8. Line breaks (LF) and tabs stay.
[[nodiscard]] std::string shown(std::string_view text);
/// The same on one line: line breaks (LF, CR LF) and tabs become blanks.
[[nodiscard]] std::string shown_on_one_line(std::string_view text);

/// `shown(text)` with <, >, &, " and ' as entities: right in XML 1.0 and HTML, in text and in quoted attributes.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// `text` as one field of comma-separated values (RFC 4180), unprintable characters written out. A text that a spreadsheet
/// would take for a formula (it begins with =, +, -, @, a tab or a carriage return, after blanks too) gets an apostrophe in
/// front, as spreadsheets themselves mark text, and quotes around it (OWASP, "CSV Injection").
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace sojourn
