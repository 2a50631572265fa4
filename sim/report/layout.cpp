#include "sojourn/report/layout.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <numeric>
#include <sstream>
#include <string_view>
#include <vector>

#include "sojourn/base/text.hpp"
#include "table.hpp"

namespace sojourn {
namespace {

/// The words of a line; a figure and its unit are one ("95 %", "+4.77 M").
std::vector<std::string> words_of(const std::string& line) {
  constexpr std::string_view units[] = {"%", "k", "M", "bn", "pt"};
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) {
    const std::string bare = word.substr(0, word.find_last_not_of("),.:;") + 1);
    const bool unit = std::find(std::begin(units), std::end(units), bare) != std::end(units);
    if (unit && !words.empty() && std::isdigit(static_cast<unsigned char>(words.back().back())) != 0) {
      words.back() += " " + word;
    } else {
      words.push_back(word);
    }
  }
  return words;
}

/// One line, broken.
std::string wrapped_line(const std::string& line, std::size_t width) {
  if (columns(line) <= width) return line;
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  const std::string following(indent == 0 ? 0 : indent + 2, ' ');
  std::string result(indent, ' ');
  std::size_t used = indent;
  bool first = true;
  for (const std::string& word : words_of(line)) {
    const std::size_t needed = columns(word);
    if (!first && used + 1 + needed > width) {
      result += "\n" + following;
      used = following.size();
      first = true;
    }
    if (!first) {
      result += ' ';
      ++used;
    }
    result += word;
    used += needed;
    first = false;
  }
  return result;
}

template <class Line>
std::string each_line(const std::string& text, const Line& with) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) result += with(line) + "\n";
  return result;
}

}  // namespace

std::string without_negative_zeros(const std::string& text) {
  const auto belongs_to_a_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool sign =
        text[i] == '-' && i + 1 < text.size() && text[i + 1] == '0' && (result.empty() || !belongs_to_a_word(result.back()));
    const std::size_t end = sign ? std::min(text.find_first_not_of("0.", i + 1), text.size()) : i;
    // The full stop of a sentence may follow.
    const bool zero = sign && (end == text.size() || !belongs_to_a_word(text[end]));
    if (!zero) result += text[i];
  }
  return result;
}

std::string wrapped(const std::string& text, std::size_t width) {
  return each_line(text, [&](const std::string& line) { return wrapped_line(without_negative_zeros(line), width); });
}

std::string prose(const std::string& text, const Layout& layout) {
  if (layout.format != Format::markdown) return wrapped(text, layout.width);
  return each_line(without_negative_zeros(text),
                   [](const std::string& line) { return line.empty() ? line : markdown_text(line) + "\n"; });
}

std::string bold_prose(const std::string& text, const Layout& layout) {
  if (layout.format == Format::markdown) {
    return each_line(text,
                     [](const std::string& line) { return line.empty() ? line : "**" + markdown_text(line) + "**\n"; });
  }
  const std::string lines = wrapped(text, layout.width);
  return bold(lines, layout.colour);
}

std::string shortened(const std::string& text, std::size_t width) {
  if (columns(text) <= width) return text;
  std::string result;
  std::size_t used = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Character next = first_character(rest);
    const std::size_t needed = columns(next.point);
    if (used + needed + 1 > width) break;
    used += needed;
    result += rest.substr(0, next.bytes);
    rest.remove_prefix(next.bytes);
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result + "…";
}

std::string markdown_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '_' || c == '`' || c == '[' || c == ']' || c == '<' || c == '\\' || c == '~' ||
        c == '#')
      result += '\\';
    result += c;
  }
  return result.substr(std::min(result.find_first_not_of(' '), result.size()));
}

namespace {

/// A header cell, or the label of a row, broken between words to lines of `width` columns; words longer than that behind a
/// full stop in them, as the path of a key has, or else kept.
std::vector<std::string> lines_of(const std::string& cell, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream text(wrapped_line(cell.substr(std::min(cell.find_first_not_of(' '), cell.size())), width));
  for (std::string line; std::getline(text, line);) {
    while (columns(line) > width) {
      const std::size_t stop = line.rfind('.', width - 1);
      if (stop == std::string::npos || stop + 1 == line.size()) break;
      lines.push_back(line.substr(0, stop + 1));
      line.erase(0, stop + 1);
    }
    lines.push_back(line);
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

}  // namespace

std::string Table::text(const Layout& layout) const {
  return layout.format == Format::markdown ? markdown() : blocks(layout.width);
}

std::string Table::markdown() const {
  std::string text;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < rows_.front().size(); ++c) {
      std::string cell = c < rows_[r].size() ? rows_[r][c] : "";
      cell.erase(cell.find_last_not_of(' ') + 1);
      text += "| " + markdown_text(cell) + " ";
    }
    text += "|\n";
    if (r > 0) continue;
    for (std::size_t c = 0; c < rows_.front().size(); ++c) text += c == 0 ? "|---" : "|---:";
    text += "|\n";
  }
  return text + "\n";
}

std::string Table::blocks(std::size_t width) const {
  constexpr std::size_t margin = 2, between = 2, least_header = 14;
  std::vector<std::size_t> widths(rows_.front().size(), 0), whole = widths;
  const auto longest_word = [](const std::string& cell) {
    std::istringstream words(cell);
    std::size_t most = 0;
    for (std::string word; words >> word;) most = std::max(most, columns(word));
    return most;
  };
  for (std::size_t c = 0; c < widths.size(); ++c) {
    for (std::size_t r = 1; r < rows_.size(); ++r) {
      if (c < rows_[r].size()) widths[c] = std::max(widths[c], columns(rows_[r][c]));
    }
    whole[c] = std::max(widths[c], columns(rows_.front()[c]));
    widths[c] =
        c == 0 ? whole[c] : std::max(widths[c], std::min(whole[c], std::max(least_header, longest_word(rows_.front()[c]))));
  }
  // Labels are words, which may be broken; figures may not.
  const std::size_t figures = std::accumulate(widths.begin() + 1, widths.end(), margin + between * (widths.size() - 1));
  const std::size_t left = wide_labels_ && figures < width ? width - figures : 0;
  // A label of one long word, such as the path of a key, is broken only where it leaves its figures no room.
  std::size_t longest = 0, widest = 0;
  for (std::size_t r = 1; r < rows_.size(); ++r) longest = std::max(longest, longest_word(rows_[r].front()));
  for (std::size_t c = 1; c < widths.size(); ++c) widest = std::max(widest, widths[c]);
  const std::size_t room = width > margin + between + widest ? width - margin - between - widest : 0;
  const std::size_t label = std::max({widest_label(width), left, std::min(longest, room)});
  whole.front() = widths.front() = std::min(widths.front(), label);
  // Heads are broken only where that saves a block.
  if (margin + std::accumulate(whole.begin(), whole.end(), between * (whole.size() - 1)) <= width) widths = whole;
  std::string text;
  for (std::size_t begin = 1; begin < widths.size() || begin == 1;) {
    std::size_t end = begin, used = margin + widths.front();
    while (end < widths.size() && (end == begin || used + between + widths[end] <= width)) used += between + widths[end++];
    if (begin > 1) text += "\n";
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      std::vector<std::vector<std::string>> cells{lines_of(rows_[r][0], widths.front())};
      std::size_t height = cells.front().size();
      for (std::size_t c = begin; c < end; ++c) {
        const std::string cell = c < rows_[r].size() ? rows_[r][c] : "";
        cells.push_back(r == 0 ? lines_of(cell, widths[c]) : std::vector<std::string>{cell});
        height = std::max(height, cells.back().size());
      }
      for (std::size_t l = 0; l < height; ++l) {
        // Figures stand beside the last line of their label, headings at the foot of the head.
        const auto part = [&](std::size_t k) {
          const std::size_t gap = height - cells[k].size();
          return l >= gap ? cells[k][l - gap] : std::string();
        };
        std::string line = std::string(margin, ' ') + format::pad_right(part(0), widths.front());
        for (std::size_t c = begin; c < end; ++c)
          line += std::string(between, ' ') + format::pad_left(part(c - begin + 1), widths[c]);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
      }
    }
    if (end == begin) break;
    begin = end;
  }
  return text;
}

}  // namespace sojourn
