// How a text is laid out: colours, width, and whether tables are drawn or written as Markdown.
#pragma once

#include <cstddef>
#include <string>

namespace sojourn {

/// Whether a text may carry terminal colours. Meaning never rests on them alone.
enum class Colour { off, on };

/// What a summary is made of.
enum class Format {
  table,     // columns, drawn with blanks
  markdown,  // tables and paragraphs of CommonMark with tables
  csv        // one table of all figures: RFC 4180, with line feeds
};

struct Layout {
  Colour colour = Colour::off;
  std::size_t width = 80;  // columns of a terminal that no line exceeds, as far as words allow; >= 20
  bool full = true;        // all there is, or the answer on a screen's first lines
  Format format = Format::table;
};

/// The lines that a summary may have that is not full.
inline constexpr std::size_t most_first_lines = 12;

/// Each line of `text` broken between words where it is wider than `width` columns; the lines that follow begin with as many
/// blanks as it does, and two more where it begins with any. Sequences of `bold` take no room.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t width);

/// Sentences, a line each: wrapped, or as Markdown a paragraph each.
[[nodiscard]] std::string prose(const std::string& text, const Layout& layout);
/// The same in bold, where colours or Markdown have it.
[[nodiscard]] std::string bold_prose(const std::string& text, const Layout& layout);

/// `text` with figures such as "-0.00", which a small loss is rounded to, without their sign.
[[nodiscard]] std::string without_negative_zeros(const std::string& text);

/// At most `width` columns of `text`, with an ellipsis in place of what is cut.
[[nodiscard]] std::string shortened(const std::string& text, std::size_t width);

}  // namespace sojourn
