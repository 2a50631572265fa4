#include "point_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sojourn/base/text.hpp"
#include "table_lines.hpp"

namespace sojourn::scenario {
namespace {

class PointReader {
 public:
  explicit PointReader(std::string_view text) : rest_(without_byte_order_mark(text)) {}

  PointTable read() && {
    if (rest_.find('\0') != std::string_view::npos) {
      table_.problems.push_back({"this is not text", "save it as CSV in UTF-8", {}});
      return std::move(table_);
    }
    while (next_line(rest_, line_, number_) && table_.problems.size() < most_problems) {
      std::vector<TableField> fields = split();
      if (table_.header.empty()) {
        take_header(std::move(fields));
      } else if (fields.size() != table_.header.size()) {
        const std::uint32_t length = static_cast<std::uint32_t>(character_count(line_));
        table_.problems.push_back({fmt::format("this line has {} field{}, the header has {}", fields.size(),
                                               fields.size() == 1 ? "" : "s", table_.header.size()),
                                   "write a value for each key, with commas between them",
                                   {number_, 1, number_, 1 + length}});
      } else {
        for (std::size_t i = 0; i < fields.size(); ++i) table_.columns[i].push_back(std::move(fields[i]));
      }
    }
    if (table_.problems.empty() && (table_.header.empty() || table_.columns.front().empty()))
      table_.problems.push_back(
          {"the table has no points", "write the keys in the first line, and a line for each point", {}});
    return std::move(table_);
  }

 private:
  std::vector<TableField> split() {
    std::vector<TableField> fields;
    std::size_t at = 0;
    while (true) {
      while (at < line_.size() && blanks.find(line_[at]) != std::string_view::npos) ++at;
      const std::size_t begin = at;
      std::string text;
      if (at < line_.size() && line_[at] == '"') {
        for (++at; at < line_.size(); ++at) {
          if (line_[at] != '"') {
            text += line_[at];
          } else if (at + 1 < line_.size() && line_[at + 1] == '"') {
            text += line_[at++];
          } else {
            break;
          }
        }
        at = std::min(line_.find(',', at), line_.size());
      } else {
        at = std::min(line_.find(',', at), line_.size());
        text = line_.substr(begin, at - begin);
        while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) text.pop_back();
      }
      const auto column = static_cast<std::uint32_t>(1 + character_count(line_.substr(0, begin)));
      const auto length = static_cast<std::uint32_t>(std::max<std::size_t>(1, character_count(text)));
      fields.push_back({std::move(text), {number_, column, number_, column + length}});
      if (at >= line_.size()) return fields;
      ++at;
    }
  }

  void take_header(std::vector<TableField> fields) {
    std::map<std::string, bool> known;
    for (const TableField& field : fields) {
      if (field.text.empty()) {
        table_.problems.push_back({"a key is missing in the header", "name the key of each column", field.at});
      } else if (!known.emplace(field.text, true).second) {
        table_.problems.push_back(
            {fmt::format("{} stands twice in the header", in_quotes(field.text)), "keep one", field.at});
      }
    }
    table_.header = std::move(fields);
    table_.columns.resize(table_.header.size());
  }

  std::string_view rest_, line_;
  std::uint32_t number_ = 0;
  PointTable table_;
};

}  // namespace

PointTable parse_points(std::string_view text) { return PointReader(text).read(); }

}  // namespace sojourn::scenario
