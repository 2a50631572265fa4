// Plain tables for a terminal, a mail or a page of Markdown.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/base/text.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn {

/// Rows of cells under a head, which is the first; the first column to the left and the others to the right, two blanks
/// apart. A table wider than the layout is drawn in blocks of columns below one another, each with the labels of the rows.
class Table {
 public:
  void row(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = without_negative_zeros(cell);
    rows_.push_back(std::move(cells));
  }
  /// Lets labels of rows take all the room that their figures leave.
  void wide_labels() { wide_labels_ = true; }

  [[nodiscard]] std::string text(const Layout& layout) const;

  /// How wide the labels of rows may be before they are broken.
  [[nodiscard]] static std::size_t widest_label(std::size_t width) { return std::max<std::size_t>(width / 3, 20); }

 private:
  [[nodiscard]] std::string markdown() const;
  [[nodiscard]] std::string blocks(std::size_t width) const;

  std::vector<std::vector<std::string>> rows_;
  bool wide_labels_ = false;
};

/// A share between 0 and 1 as per cent; a dash where it is not known.
[[nodiscard]] inline std::string share_or_dash(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.2f} %", 100.0 * value);
}

/// `text` with what Markdown would take for markup escaped, without blanks in front.
[[nodiscard]] std::string markdown_text(const std::string& text);

inline std::string bold(const std::string& text, Colour colour) {
  return colour == Colour::on ? "\033[1m" + text + "\033[0m" : text;
}

}  // namespace sojourn
