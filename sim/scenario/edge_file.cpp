#include "edge_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "sojourn/base/text.hpp"
#include "table_lines.hpp"

namespace sojourn::scenario {
namespace {

// A value of a line, and where it stands in it (bytes).
struct Field {
  std::string_view text;
  std::size_t begin = 0;
};

Field trimmed_field(std::string_view line, std::size_t begin, std::size_t end) {
  while (begin < end && blanks.find(line[begin]) != std::string_view::npos) ++begin;
  while (end > begin && blanks.find(line[end - 1]) != std::string_view::npos) --end;
  if (end - begin >= 2 && line[begin] == '"' && line[end - 1] == '"') {
    ++begin;
    --end;
  }
  return {line.substr(begin, end - begin), begin};
}

std::uint32_t points(std::string_view text) { return static_cast<std::uint32_t>(character_count(text)); }

class EdgeReader {
 public:
  EdgeReader(std::string_view text, std::uint64_t people) : rest_(text), people_(people) {}

  EdgeFile read() && {
    if (refuse_whole()) return std::move(file_);
    bool header = false;
    while (next_line(rest_, line_, number_)) {
      if (!header) {
        if (!read_header()) return std::move(file_);
        header = file_.has_header = true;
      } else if (file_.ties.size() == max_ties) {
        refuse(whole_line(), fmt::format("the file has more than {} ties", max_ties), "");
        return std::move(file_);
      } else {
        read_tie();
      }
      if (file_.problems.size() >= most_problems) return std::move(file_);
    }
    if (!header || (file_.ties.empty() && file_.problems.empty())) {
      file_.problems.push_back({"the file has no ties", "write a line for each after the header: from,to", {}});
    }
    refuse_doubles();
    return std::move(file_);
  }

 private:
  bool refuse_whole() {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    const bool utf16 = rest_.starts_with("\xff\xfe") || rest_.starts_with("\xfe\xff");
    if (utf16 || rest_.find('\0') != std::string_view::npos) {
      file_.problems.push_back(
          {utf16 ? "the file is encoded in UTF-16" : "this is not text", "save it as CSV in UTF-8", {}});
    }
    return !file_.problems.empty();
  }

  [[nodiscard]] Field whole_line() const { return {line_, 0}; }

  void refuse(const Field& field, std::string message, std::string hint) {
    const std::uint32_t column = 1 + points(line_.substr(0, field.begin));
    file_.problems.push_back({std::move(message), std::move(hint), {number_, column, number_, column + points(field.text)}});
  }

  // The two values of the line, or nothing after an error.
  std::optional<std::pair<Field, Field>> split() {
    const std::size_t comma = line_.find(',');
    if (comma == std::string_view::npos) {
      const bool other = line_.find_first_of(";\t") != std::string_view::npos;
      refuse(whole_line(), "this line is not two values with a comma between them",
             other ? "separate the values by commas" : "write who talks and who hears: 17,4");
      return std::nullopt;
    }
    if (const std::size_t second = line_.find(',', comma + 1); second != std::string_view::npos) {
      refuse({line_.substr(second), second}, "this line has more than two values", "keep who talks and who hears: 17,4");
      return std::nullopt;
    }
    return std::pair(trimmed_field(line_, 0, comma), trimmed_field(line_, comma + 1, line_.size()));
  }

  bool read_header() {
    const auto fields = split();
    if (!fields) return false;
    if (fields->first.text == "from" && fields->second.text == "to") return true;
    refuse(whole_line(), "the first line is not the header from,to", "put from,to on a line of its own before the ties");
    return false;
  }

  std::optional<std::uint32_t> read_person(const Field& field) {
    std::uint64_t number = 0;
    const char* end = field.text.data() + field.text.size();
    const auto [stopped, error] = std::from_chars(field.text.data(), end, number);
    const auto hint = [this] {
      return fmt::format("people are numbered from 0 to {}, as [scenario] customers says", people_ - 1);
    };
    if (stopped != end || field.text.empty() || (error != std::errc() && error != std::errc::result_out_of_range)) {
      refuse(field, fmt::format("{} is not the number of a person", in_quotes(field.text)), hint());
      return std::nullopt;
    }
    if (error == std::errc::result_out_of_range || number >= people_) {
      refuse(field, fmt::format("there is no person {}", clipped(field.text)), hint());
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(number);
  }

  void read_tie() {
    const auto fields = split();
    if (!fields) return;
    const auto from = read_person(fields->first);
    const auto to = read_person(fields->second);
    if (!from || !to) return;
    if (*from == *to) {
      refuse(fields->second, fmt::format("person {} talks to person {}", *from, *to), "leave this line out");
      return;
    }
    file_.ties.push_back({*from, *to});
    lines_.push_back(number_);
  }

  void refuse_doubles() {
    std::vector<Tie> sorted = file_.ties;
    if (!std::is_sorted(sorted.begin(), sorted.end())) std::sort(sorted.begin(), sorted.end());
    std::map<Tie, std::uint32_t> first_line;  // of ties that stand twice, 0 before it is met
    for (auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end();
         twice = std::adjacent_find(twice + 1, sorted.end())) {
      first_line.emplace(*twice, 0);
      if (first_line.size() == most_problems) break;
    }
    if (first_line.empty()) return;
    for (std::size_t i = 0; i < file_.ties.size() && file_.problems.size() < most_problems; ++i) {
      const auto known = first_line.find(file_.ties[i]);
      if (known == first_line.end()) continue;
      if (known->second == 0) {
        known->second = lines_[i];
        continue;
      }
      const Tie tie = file_.ties[i];
      file_.problems.push_back({fmt::format("{},{} stands twice", tie.from, tie.to),
                                fmt::format("keep one of them; the first stands in line {}", known->second),
                                {lines_[i], 1, lines_[i], 2}});
    }
    std::stable_sort(file_.problems.begin(), file_.problems.end(),
                     [](const Refusal& a, const Refusal& b) { return a.where.line < b.where.line; });
  }

  std::string_view rest_;
  std::uint64_t people_;
  std::string_view line_;
  std::uint32_t number_ = 0;
  EdgeFile file_;
  std::vector<std::uint32_t> lines_;  // of the ties
};

}  // namespace

EdgeFile parse_edges(std::string_view text, std::uint64_t people) { return EdgeReader(text, people).read(); }

}  // namespace sojourn::scenario
