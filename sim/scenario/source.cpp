#include "source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "sojourn/base/text.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn::scenario {
namespace {

namespace fs = std::filesystem;

struct Glyph {
  std::string_view text;
  std::size_t width = 1;
};

std::vector<Glyph> glyphs(std::string_view line) {
  std::vector<Glyph> result;
  while (!line.empty()) {
    const Character c = first_character(line);
    if (c.point == '\t') {
      result.push_back({"  ", 2});
    } else if (!c.valid || unprintable(c.point)) {
      result.push_back({"\xef\xbf\xbd", 1});
    } else {
      result.push_back({line.substr(0, c.bytes), columns(c.point)});
    }
    line.remove_prefix(c.bytes);
  }
  return result;
}

// Removes up to `count` characters from the front of `text`; returns how many.
std::size_t skip_points(std::string_view& text, std::size_t count) {
  const std::size_t bytes = bytes_of_characters(text, count);
  const std::size_t points = character_count(text.substr(0, bytes));
  text.remove_prefix(bytes);
  return points;
}

// Cuts `text` after `count` characters; true when something was cut.
bool cut_points(std::string_view& text, std::size_t count) {
  const std::size_t bytes = bytes_of_characters(text, count);
  const bool cut = bytes < text.size();
  text = text.substr(0, bytes);
  return cut;
}

std::string size_text(std::uintmax_t bytes) { return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20)); }

// The names of the files in `folder` that end in `extension` (all files where it is empty), sorted.
std::vector<std::string> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  constexpr int looked_at = 10'000;
  for (int n = 0; !error && entry != fs::directory_iterator() && n < looked_at; entry.increment(error), ++n) {
    if (extension.empty() || entry->path().extension() == extension) names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string hint_missing(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  if (!fs::is_directory(folder, error)) return fmt::format("the folder {} does not exist", in_quotes(folder.string()));
  std::string found = nearest(path.filename().string(), files_in(folder, ".toml"));
  if (found.empty()) return "`sojourn new > my.toml` writes a scenario to start from";
  if (path.has_parent_path()) found = (folder / found).string();
  return fmt::format("did you mean {}?", in_quotes(found));
}

std::string hint_directory(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path / "sweep.json", error)) return "it holds points of a sweep: sojourn merge puts them into one file";
  const std::vector<std::string> names = files_in(path, ".toml");
  return names.empty() ? "name a scenario file"
                       : fmt::format("name a file in it: {}", in_quotes((path / names.front()).string()));
}

struct Magic {
  std::string_view bytes;
  std::string_view what;
  std::string_view hint;
};
constexpr std::array<Magic, 6> magics{
    {{"\x89HDF", "an HDF5 file", "`sojourn run` repeats a results file; scenarios and sweep files are TOML text"},
     {"PK\x03\x04", "a zip archive or an office document", "save it as plain text"},
     {"%PDF", "a PDF", "a scenario is TOML text"},
     {"\x89PNG", "a picture", "a scenario is TOML text"},
     {"\x1f\x8b", "a compressed file", "unpack it first"},
     {"\x7f"
      "ELF",
      "a program", "a scenario is TOML text"}}};

// Walks the text as TOML's lexer would, as far as brackets, strings and comments go.
class DepthScan {
 public:
  std::optional<Refusal> operator()(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '#') {
        i = std::min(text.find('\n', i), text.size()) - 1;
      } else if (c == '"' || c == '\'') {
        i = skip_string(text, i);
      } else if (c == '\n') {
        ++line_;
        parts_ = 1;
      } else if (c == '[' || c == '{') {
        parts_ = 1;
        if (++depth_ > max_depth) return too_deep("brackets are nested more than {} deep");
      } else if (c == ']' || c == '}') {
        parts_ = 1;
        if (depth_ > 0) --depth_;
      } else if (c == '.') {
        if (++parts_ > max_depth) return too_deep("this key has more than {} parts");
      } else if (c == '=' || c == ',') {
        parts_ = 1;
        if (++values_ > max_values) return Refusal{fmt::format("more than {} values", max_values), "", at_line()};
      }
    }
    return std::nullopt;
  }

 private:
  // The position of the last character of the string that starts at `i`, or of the line's last when it does not end.
  std::size_t skip_string(std::string_view text, std::size_t i) {
    const char quote = text[i];
    const bool block = text.substr(i, 3) == std::string(3, quote);
    i += block ? 3 : 1;
    for (; i < text.size(); ++i) {
      if (text[i] == '\\' && quote == '"') {
        if (++i < text.size() && text[i] == '\n') ++line_;
      } else if (text[i] == '\n') {
        if (!block) return i - 1;
        ++line_;
      } else if (block ? text.substr(i, 3) == std::string(3, quote) : text[i] == quote) {
        return block ? i + 2 : i;
      }
    }
    return text.size();
  }
  [[nodiscard]] Region at_line() const { return {line_, 1, line_, 2}; }
  [[nodiscard]] Refusal too_deep(fmt::format_string<const std::size_t&> what) const {
    return {fmt::format(what, max_depth), "a scenario needs no more than six levels", at_line()};
  }

  std::uint32_t line_ = 1;
  std::size_t depth_ = 0, parts_ = 1, values_ = 0;
};

}  // namespace

SourceText::SourceText(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines_.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view SourceText::line(std::size_t number) const {
  return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view();
}

FileText read_file(const fs::path& path) {
  const auto refuse = [](std::string message, std::string hint = {}) {
    return FileText{{}, Refusal{std::move(message), std::move(hint), {}}};
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  switch (status.type()) {
    case fs::file_type::not_found:
      return refuse("there is no such file", hint_missing(path));
    case fs::file_type::directory:
      return refuse("this is a directory", hint_directory(path));
    case fs::file_type::regular:
      break;
    case fs::file_type::none:
      return refuse(fmt::format("cannot be read: {}", error.message()));
    default:  // a pipe would block, a device would never end
      return refuse("this is not a regular file", "save the scenario to a file and name that");
  }
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > max_bytes) {
    return refuse(fmt::format("the file is {} long, the limit is {}", size_text(size), size_text(max_bytes)),
                  "is it a scenario? Data belong into files of their own");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse(fmt::format("cannot be read: {}", std::strerror(errno)), "check the permissions of the file");
  FileText result;
  // Room for the length at hand and one more, by which a file is noticed that has grown since.
  std::size_t room = error ? max_bytes + 1 : static_cast<std::size_t>(size) + 1;
  for (std::size_t length = 0;; room = max_bytes + 1) {
    result.text.resize(room);
    file.read(result.text.data() + length, static_cast<std::streamsize>(room - length));
    if (file.bad()) return refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
    length += static_cast<std::size_t>(file.gcount());
    if (length < room) {
      result.text.resize(length);
      return result;
    }
    if (room > max_bytes) return refuse(fmt::format("the file is longer than {}", size_text(max_bytes)));
  }
}

std::optional<Refusal> refuse_text(std::string_view text) {
  if (text.size() > max_bytes) {
    return Refusal{
        fmt::format("the text is {} long, the limit is {}", size_text(text.size()), size_text(max_bytes)), "", {}};
  }
  for (const Magic& magic : magics) {
    if (text.starts_with(magic.bytes))
      return Refusal{fmt::format("this is not text but {}", magic.what), std::string(magic.hint), {}};
  }
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return Refusal{"the text is encoded in UTF-16", "save the file as UTF-8", {}};
  }
  if (text.find('\0') != std::string_view::npos) return Refusal{"this is not text", "a scenario is a TOML text file", {}};
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Refusal{"the scenario is empty", "`sojourn new > my.toml` writes one to start from", {}};
  }
  Region at{1, 1, 1, 2};
  for (std::string_view rest = text; !rest.empty();) {
    const Character c = first_character(rest);
    if (!c.valid) {
      at.end_line = at.line;
      at.end_column = at.column + 1;
      return Refusal{"this byte is not UTF-8 text", "save the file as UTF-8", at};
    }
    if (c.point == '\n') {
      ++at.line;
      at.column = 1;
    } else {
      ++at.column;
    }
    rest.remove_prefix(c.bytes);
  }
  if (at.line > max_lines + 1) {
    return Refusal{fmt::format("the scenario has more than {} lines", max_lines),
                   "is it a scenario? Data belong into files of their own",
                   {}};
  }
  return DepthScan()(text);
}

std::string excerpt(const SourceText& source, const Region& where) {
  constexpr std::size_t widest = 96, before = 40, margin = 200;
  // A line may be 16 MiB long: only the neighbourhood of the caret becomes glyphs.
  std::string_view text = source.line(where.line);
  const std::size_t caret = where.column > 0 ? where.column - 1 : 0;
  const std::size_t left_out = skip_points(text, caret > margin ? caret - margin : 0);
  const bool cut_after = cut_points(text, 2 * margin);
  const std::vector<Glyph> line = glyphs(text);
  const std::size_t begin = std::min(caret - left_out, line.size());
  std::size_t end = begin;
  if (where.end_line > where.line) end = line.size();
  if (where.end_line == where.line && where.end_column > left_out) {
    end = std::clamp<std::size_t>(where.end_column - 1 - left_out, begin, line.size());
  }
  const auto columns_of = [&](std::size_t from, std::size_t to) {
    std::size_t sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += line[i].width;
    return sum;
  };
  std::size_t first = 0;
  if (cut_after || left_out > 0 || columns_of(0, line.size()) > widest) {
    while (first < begin && columns_of(first, begin) > before) ++first;
  }
  std::size_t last = first, shown = 0;
  while (last < line.size() && shown + line[last].width <= widest) shown += line[last++].width;

  const std::string number = fmt::format("{:>5}", where.line);
  std::string result = number + " | ";
  if (first > 0) result += "...";
  for (std::size_t i = first; i < last; ++i) result += line[i].text;
  if (last < line.size() || cut_after) result += "...";
  result += '\n' + std::string(number.size(), ' ') + " | " +
            std::string((first > 0 ? 3 : 0) + columns_of(first, begin), ' ') + '^';
  const std::size_t marked = columns_of(begin, std::min(end, last));
  if (marked > 1) result += std::string(marked - 1, '~');
  return result;
}

std::string rendered(const Finding& finding, const std::string& name, const SourceText& source, const Region& at) {
  std::string place = name, lines;
  if (at.line > 0) {
    place += fmt::format(":{}:{}", at.line, at.column);
    if (source.size() > 0) lines = '\n' + excerpt(source, at);
  }
  std::string result = fmt::format("{}: {}: {}{}", place, finding.severity == Severity::error ? "error" : "warning",
                                   clipped(finding.message), lines);
  if (!finding.hint.empty()) result += "\nhint: " + clipped(finding.hint);
  return result;
}

std::string clipped(std::string_view text) {
  constexpr std::size_t longest = 400;
  const bool cut = cut_points(text, longest);
  return std::string(text) + (cut ? "..." : "");
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "\"";
  std::size_t shown = 0;
  while (!text.empty()) {
    if (++shown > longest) return result + "...\"";
    const Character c = first_character(text);
    if (c.point == '\n') {
      result += "\\n";
    } else if (c.point == '\t') {
      result += "\\t";
    } else if (!c.valid || unprintable(c.point)) {
      result += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.point));
    } else {
      result += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return result + '"';
}

}  // namespace sojourn::scenario
