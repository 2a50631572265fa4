#include "sojourn/scenario/number_table.hpp"

#include <fmt/format.h>

#include <limits>
#include <string_view>
#include <utility>

#include "point_table.hpp"
#include "problems.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/base/whole_file.hpp"

namespace sojourn {

NumberTable read_number_table(const std::filesystem::path& path) {
  using namespace scenario;
  const std::string text = read_whole_file(path, max_table_bytes);
  PointTable points = parse_points(text);
  Problems problems;
  const auto refuse = [&](const Region& at, std::string message, std::string hint) {
    problems.error("", at, -1, std::move(message), std::move(hint));
  };
  for (Refusal& refusal : points.problems) refuse(refusal.where, std::move(refusal.message), std::move(refusal.hint));
  NumberTable table;
  for (std::size_t k = 0; k < points.columns.size() && points.problems.empty(); ++k) {
    table.names.push_back(points.header[k].text);
    std::vector<double>& column = table.columns.emplace_back();
    for (const TableField& field : points.columns[k]) {
      const std::string_view typed = field.text;
      const bool missing = typed.empty() || typed == "NA" || typed == "NaN" || typed == "nan";
      const std::optional<double> number = parse_number(typed);
      if (!number && !missing)
        refuse(field.at, fmt::format("{} is not a number", in_quotes(typed)), "leave the field empty where it is not known");
      column.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
  }
  CheckedText checked;
  checked.name = path.string();
  const std::string_view lines = without_byte_order_mark(text);
  report(std::move(problems).sorted(), SourceText(lines), {}, checked);
  require_no_errors(checked);
  return table;
}

}  // namespace sojourn
