// Plain tables for a terminal or a mail.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/base/text.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// Rows of cells, the first column to the left and the others to the right, two spaces apart.
class Table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()), 0);
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], columns(row[c]));
    }
    std::string text;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t c = 0; c < row.size(); ++c) {
        line += c == 0 ? "  " + format::pad_right(row[c], widths[c]) : "   " + format::pad_left(row[c], widths[c]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

inline std::string bold(const std::string& text, Colour colour) {
  return colour == Colour::on ? "\033[1m" + text + "\033[0m" : text;
}

}  // namespace sojourn
