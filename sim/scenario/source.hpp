// The text of a scenario: reading it safely, refusing what no reader should be given, showing a place in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/error.hpp"

namespace sojourn::scenario {

inline constexpr std::size_t max_bytes = std::size_t{16} << 20;
inline constexpr std::size_t max_lines = 100'000;
inline constexpr std::size_t max_depth = 32;
inline constexpr std::size_t max_values = 2'000'000;

/// A stretch of text: lines and columns from 1, in characters (code points), the end exclusive. Line 0: nowhere.
struct Region {
  std::uint32_t line = 0, column = 0, end_line = 0, end_column = 0;
  std::uint32_t file = 0;  // 0: the scenario's own; k: the k-th of its bases, see SourceText
};

/// The text behind the mark that some editors put before UTF-8.
[[nodiscard]] inline std::string_view without_byte_order_mark(std::string_view text) {
  return text.substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0);
}

/// Why a text cannot be used.
struct Refusal {
  std::string message;
  std::string hint;
  Region where;
};

/// A text as lines. Keeps a view: the text must outlive it.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  /// Line `number` from 1, without its end; empty beyond the last.
  [[nodiscard]] std::string_view line(std::size_t number) const;
  [[nodiscard]] std::size_t size() const { return lines_.size(); }

 private:
  std::vector<std::string_view> lines_;
};

/// A base that a scenario builds on: the file's name as messages show it, and its text, which must outlive `lines`.
struct BaseText {
  std::string name;
  SourceText lines;
};

/// What a file holds, or why it cannot be read.
struct FileText {
  std::string text;
  std::optional<Refusal> refusal;
};
/// Reads a regular file of at most 16 MiB; a directory, a pipe, a missing file are refused with a hint.
[[nodiscard]] FileText read_file(const std::filesystem::path& path);

/// Refuses what is not UTF-8 text of a bearable size and depth. The parser recurses: depth is limited before it sees the
/// text.
[[nodiscard]] std::optional<Refusal> refuse_text(std::string_view text);

/// Two lines: the line of `where` with its number, and a caret below it. Long lines are cut around the caret.
[[nodiscard]] std::string excerpt(const SourceText& source, const Region& where);

/// A finding as the user reads it: "name:line:column: error: ...", the line, a caret, a hint. Without a place (line 0) the
/// name stands alone; of an empty source only the place is told.
[[nodiscard]] std::string rendered(const Finding& finding, const std::string& name, const SourceText& source,
                                   const Region& at);

/// `text` in quotes for a message: cut to a bearable length, control characters escaped.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `text` cut to a length that a message can bear.
[[nodiscard]] std::string clipped(std::string_view text);

}  // namespace sojourn::scenario
