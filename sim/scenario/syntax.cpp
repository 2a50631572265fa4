#include "syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/model/keys.hpp"
#include "units.hpp"

namespace sojourn::scenario {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_key(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

// Columns count characters, string positions count bytes.
std::size_t byte_of(std::string_view line, std::uint32_t column) {
  return bytes_of_characters(line, column > 0 ? column - 1 : 0);
}
std::uint32_t column_of(std::string_view line, std::size_t byte) {
  return static_cast<std::uint32_t>(1 + character_count(line.substr(0, byte)));
}
Region region(std::string_view line, std::uint32_t number, std::size_t from, std::size_t to) {
  return {number, column_of(line, from), number, column_of(line, to)};
}

// The text between apostrophes in one of the parser's sentences.
std::string named(std::string_view description) {
  const std::size_t from = description.find('\'');
  if (from == std::string_view::npos) return {};
  const std::size_t to = description.find('\'', from + 1);
  return to == std::string_view::npos ? std::string() : std::string(description.substr(from + 1, to - from - 1));
}

struct Bracket {
  char kind = '[';
  std::uint32_t line = 0;
  std::size_t byte = 0;
};
struct OpenState {
  std::vector<Bracket> brackets;
  std::optional<Bracket> block_string;  // a """ or ''' without its end
};

// What is open just before byte `byte` of line `number`.
OpenState open_before(const SourceText& source, std::uint32_t number, std::size_t byte) {
  OpenState state;
  for (std::uint32_t n = 1; n <= std::min<std::size_t>(number, source.size()); ++n) {
    std::string_view line = source.line(n);
    if (n == number) line = line.substr(0, std::min(byte, line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (state.block_string) {
        if (c == '\\' && state.block_string->kind == '"') {
          ++i;
        } else if (line.substr(i, 3) == std::string(3, state.block_string->kind)) {
          state.block_string.reset();
          i += 2;
        }
      } else if (c == '#') {
        break;
      } else if (c == '"' || c == '\'') {
        if (line.substr(i, 3) == std::string(3, c)) {
          state.block_string = Bracket{c, n, i};
          i += 2;
          continue;
        }
        for (++i; i < line.size() && line[i] != c; ++i) {
          if (line[i] == '\\' && c == '"') ++i;
        }
      } else if (c == '[' || c == '{') {
        state.brackets.push_back({c, n, i});
      } else if ((c == ']' || c == '}') && !state.brackets.empty()) {
        state.brackets.pop_back();
      }
    }
  }
  return state;
}

// The quote on `line` that is opened and not closed.
std::optional<std::size_t> open_quote(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#') return std::nullopt;
    if (line[i] != '"' && line[i] != '\'') continue;
    const std::size_t from = i;
    for (++i; i < line.size() && line[i] != line[from]; ++i) {
      if (line[i] == '\\' && line[from] == '"') ++i;
    }
    if (i >= line.size()) return from;
  }
  return std::nullopt;
}

bool looks_like_section(std::string_view line) {
  line = trimmed(line);
  const std::size_t name = line.find_first_not_of('[');
  return line.starts_with('[') && name <= 2 && std::isalpha(static_cast<unsigned char>(line[name])) != 0;
}

bool looks_like_key(std::string_view line) {
  line = trimmed(line);
  std::size_t i = 0;
  while (i < line.size() && (is_key(line[i]) || line[i] == '.')) ++i;
  return i > 0 && trimmed(line.substr(i)).starts_with("=");
}

// The value that the error is in: from the last = [ { or , before the error to the next , ] } # or the end of the line.
struct Token {
  std::string_view text;
  std::size_t from = 0, to = 0;
};
Token token_at(std::string_view line, std::size_t byte) {
  std::size_t from = std::min(byte, line.size());
  while (from > 0 && std::string_view("=[{,").find(line[from - 1]) == std::string_view::npos) --from;
  std::size_t to = std::min(from, line.size());
  while (to < line.size() && std::string_view(",]}#").find(line[to]) == std::string_view::npos) ++to;
  while (from < to && (line[from] == ' ' || line[from] == '\t')) ++from;
  while (to > from && (line[to - 1] == ' ' || line[to - 1] == '\t')) --to;
  return {line.substr(from, to - from), from, to};
}

class Explanation {
 public:
  Explanation(std::string_view description, const SourceText& source, Region at)
      : description_(description), source_(source), at_(at), line_(source.line(at.line)), byte_(byte_of(line_, at.column)) {}

  Refusal operator()() {
    if (auto r = typography()) return *r;
    if (auto r = twice()) return *r;
    if (auto r = strings()) return *r;
    if (auto r = commas()) return *r;
    if (auto r = brackets()) return *r;
    if (auto r = keys()) return *r;
    if (auto r = values()) return *r;
    std::string_view text = description_;
    if (const std::size_t colon = text.find(": ");
        text.starts_with("Error while parsing ") && colon != std::string_view::npos) {
      text.remove_prefix(colon + 2);
    }
    return {fmt::format("this is not TOML: {}", text), "", at_};
  }

 private:
  using Answer = std::optional<Refusal>;

  [[nodiscard]] bool says(std::string_view part) const { return has(description_, part); }
  [[nodiscard]] Region here(std::size_t from, std::size_t to) const { return region(line_, at_.line, from, to); }
  [[nodiscard]] Region opening(const Bracket& bracket) const {
    return region(source_.line(bracket.line), bracket.line, bracket.byte, bracket.byte + 1);
  }

  Answer typography() const {
    for (const std::string_view quote :
         {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98", "\xe2\x80\x99", "\xc2\xab", "\xc2\xbb"}) {
      const std::size_t found = line_.find(quote);
      if (found == std::string_view::npos || found > byte_ + quote.size()) continue;
      if (open_quote(line_.substr(0, found))) continue;  // inside a text they are welcome
      return Refusal{"typographic quotes do not enclose text", "use the plain double quote \" on both sides",
                     here(found, found + quote.size())};
    }
    return std::nullopt;
  }

  Answer twice() const {
    const std::string name = named(description_);
    const std::string_view content = trimmed(line_);
    const std::size_t begin = content.empty() ? 0 : static_cast<std::size_t>(content.data() - line_.data());
    const Region whole = here(begin, begin + content.size());
    if (says("cannot insert")) {
      return Refusal{fmt::format("{} cannot be added: the table was closed with its braces before", in_quotes(name)),
                     "write all keys inside the braces { }, or all of them outside", whole};
    }
    if (!says("cannot redefine existing")) return std::nullopt;
    if (says("as table")) {
      return Refusal{fmt::format("\"{}\" is a list: each entry begins with [[{}]]", name, name),
                     fmt::format("write [[{}]] here", name), whole};
    }
    if (says("as array-of-tables")) {
      return Refusal{fmt::format("\"{}\" was written with single brackets before", name),
                     fmt::format("write [[{}]] there too", name), whole};
    }
    if (says("table header")) {
      const std::vector<std::string>& lists = keys::list_sections();
      const bool list = std::find(lists.begin(), lists.end(), name) != lists.end();
      return Refusal{fmt::format("the section [{}] appears twice", name),
                     list ? fmt::format("where there may be several, write [[{}]] each time", name)
                          : "put all its keys into one section",
                     whole};
    }
    const std::size_t found = line_.substr(0, byte_).rfind(name);
    const Region key = name.empty() || found == std::string_view::npos ? whole : here(found, found + name.size());
    if (name.empty() || says("as dotted")) {
      return Refusal{"this key was already given a whole value",
                     "set either the whole (quality = 0.5) or its parts (quality.mean = 0.5)", whole};
    }
    return Refusal{fmt::format("\"{}\" is set twice", name), "keep one of the two", key};
  }

  Answer strings() const {
    if (!says("parsing string") && !says("unicode scalar")) return std::nullopt;
    if (says("escape sequence")) {
      return Refusal{"a backslash in \"...\" begins an escape such as \\n, and this is none",
                     "write the backslash twice, or put the text between single quotes",
                     {at_.line, at_.column - (at_.column > 1 ? 1 : 0), at_.line, at_.column + 1}};
    }
    if (says("unicode scalar")) {
      return Refusal{"\\u and \\U in \"...\" are followed by the number of a character, and this is none",
                     "write the character itself, or the backslash twice where one is meant", at_};
    }
    const OpenState open = open_before(source_, at_.line, line_.size());
    if (open.block_string) {
      const std::string marks(3, open.block_string->kind);
      return Refusal{fmt::format("the text that begins here is never closed by {}", marks),
                     fmt::format("add {} at its end", marks), opening(*open.block_string)};
    }
    for (const std::uint32_t n : {at_.line, at_.line > 1 ? at_.line - 1 : at_.line}) {
      const std::string_view line = source_.line(n);
      if (const auto quote = open_quote(line)) {
        return Refusal{"the closing quote is missing", fmt::format("end the text with {} on the same line", line[*quote]),
                       region(line, n, *quote, line.size())};
      }
    }
    if (says("control")) return Refusal{"a control character stands in this text", "remove it", at_};
    return std::nullopt;
  }

  // 50,000 and 0,5 as the value of a key: what stands behind the comma is where the parser is lost.
  Answer commas() const {
    const std::size_t equals = line_.rfind('=', byte_ > 0 ? byte_ - 1 : 0);
    if (equals == std::string_view::npos || inside_list()) return std::nullopt;
    const std::size_t from = line_.find_first_not_of(" \t", equals + 1);
    if (from == std::string_view::npos) return std::nullopt;
    std::size_t to = from;
    while (to < line_.size() && (is_digit(line_[to]) || std::string_view("+-_.,").find(line_[to]) != std::string_view::npos))
      ++to;
    while (to > from && !is_digit(line_[to - 1])) --to;
    const std::string_view text = line_.substr(from, to - from);
    const std::size_t comma = text.find(',');
    // Beyond blanks, the error is in the number or just behind it.
    const std::size_t next = std::min(line_.find_first_not_of(" \t", to), line_.size());
    if (comma == std::string_view::npos || byte_ < from + comma || byte_ > next) return std::nullopt;
    std::string hint = comma_hint(text);
    if (hint.empty()) return std::nullopt;
    // What is behind it, such as a % or a currency.
    const std::size_t end = std::min(line_.find_first_of(",]}#", to), line_.size());
    if (!trimmed(line_.substr(to, end - to)).empty()) {
      if (const auto better = rewritten_number(line_.substr(from, end - from))) hint = better->hint();
    }
    const bool thousands = hint.find(" or ") != std::string::npos;
    return Refusal{thousands ? "thousands are not separated by commas" : "a decimal comma is not understood",
                   std::move(hint), here(from, to)};
  }

  Answer brackets() const {
    const OpenState before = open_before(source_, at_.line, 0);
    if (!before.brackets.empty() && before.brackets.back().kind == '[' &&
        (looks_like_section(line_) || looks_like_key(line_))) {
      return Refusal{"the list that begins here is not closed", fmt::format("add the closing ] before line {}", at_.line),
                     opening(before.brackets.back())};
    }
    const OpenState open = open_before(source_, at_.line, byte_);
    if (says("parsing inline table") && says("dangling comma")) {
      return Refusal{"a comma before the closing brace", "remove the last comma",
                     here(line_.substr(0, byte_).rfind(','), byte_)};
    }
    if (!open.brackets.empty()) {
      const Bracket& last = open.brackets.back();
      if (last.kind == '{' && (says("saw '\\n'") || says("saw '\\r'") || says("end-of-") || says("parsing inline table"))) {
        if (says("saw '\\n'") || says("saw '\\r'") || byte_ >= line_.size()) {
          return Refusal{"a table in braces must end on the line where it begins",
                         "close it with } here, or write its keys one a line: traits.patience = \"2 days\"", opening(last)};
        }
      }
      if (last.kind == '[' && says("end-of-file") && !says("header")) {
        return Refusal{"the list that begins here is not closed", "add the closing ]", opening(last)};
      }
    }
    if (says("parsing table header")) {
      if (says("blank")) return Refusal{"a section needs a name", "for example [scenario] or [[persona]]", at_};
      if (says("end-of-file") || says("saw '\\n'")) {
        return Refusal{"the closing bracket of this section is missing", "write [name] or [[name]]", here(0, line_.size())};
      }
      if (says("saw ']'")) return Refusal{"one closing bracket too many", "write [name] or [[name]]", at_};
      if (says("expected a comment"))
        return Refusal{"a section stands alone on its line", "put what follows on the next line", at_};
    }
    if (says("expected comma or closing ']'")) {
      return Refusal{"a comma is missing between two values of this list", "separate the values by commas, end with ]", at_};
    }
    if (says("saw ']'") || says("saw '}'")) {
      return Refusal{fmt::format("there is nothing for this {} to close", has(description_, "']'") ? "]" : "}"), "remove it",
                     at_};
    }
    return std::nullopt;
  }

  Answer keys() const {
    if (says("expected '='")) {
      if (says("saw ':'")) return Refusal{"a key and its value are joined by =", "write = instead of :", at_};
      // A key of letters that TOML wants in quotes, and that no scenario has.
      if (byte_ < line_.size() && static_cast<unsigned char>(line_[byte_]) >= 0x80) {
        const std::size_t before = line_.find_last_of("{,=", byte_);
        std::size_t from = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t to = std::min(line_.find('=', byte_), line_.size());
        const std::string_view word = trimmed(line_.substr(from, to - from));
        from = static_cast<std::size_t>(word.data() - line_.data());
        return Refusal{fmt::format("{} is not a key", in_quotes(word)),
                       "keys are of the letters a to z, digits, '-' and '_'", here(from, from + word.size())};
      }
      const std::string_view key = trimmed(line_.substr(0, std::min(line_.find('='), line_.size())));
      if (line_.find('=') != std::string_view::npos && has(key, " ") &&
          std::all_of(key.begin(), key.end(), [](char c) { return is_key(c) || c == ' '; })) {
        std::string joined(key);
        std::replace(joined.begin(), joined.end(), ' ', '-');
        return Refusal{"a key is one word", fmt::format("write {}", joined), at_};
      }
      return Refusal{"an = is missing after the key", "write key = value; sections are in brackets: [scenario]", at_};
    }
    if (says("expected bare key"))
      return Refusal{"a key is missing here", "keys are words joined by dots: quality.mean", at_};
    if (says("expected keys, tables")) {
      if (trimmed(line_).starts_with("//") || trimmed(line_).starts_with(";") || trimmed(line_).starts_with("--")) {
        return Refusal{"this is no comment in TOML", "comments begin with #", at_};
      }
      if (trimmed(line_).starts_with('{'))
        return Refusal{"this looks like JSON; a scenario is TOML", "`sojourn new` shows how it looks", at_};
      if (says("saw '='")) return Refusal{"the key before = is missing", "write key = value", at_};
      return Refusal{"here should stand a key or a section",
                     "keys are of the letters a to z, digits, '-' and '_'; sections are in brackets", at_};
    }
    if (says("expected key or closing") || says("expected key-value pair") || says("comma or closing '}'")) {
      if (auto unquoted = quantity(token_at(line_, byte_))) return unquoted;
      return Refusal{"the keys of a table in braces are separated by commas", "write { mean = 0.5, sd = 0.1 }", at_};
    }
    return std::nullopt;
  }

  /// A duration or a rate without its quotes.
  Answer quantity(const Token& token) const {
    if (!parse_duration(token.text).value && !parse_rate(token.text).value) return std::nullopt;
    return Refusal{"a quantity with a unit stands in quotes",
                   fmt::format("write {}{}", key_equals(key_before(token.from)), in_quotes(token.text)),
                   here(token.from, token.to)};
  }

  Answer values() const {
    const Token token = token_at(line_, byte_);
    const std::string_view text = token.text;
    const Region whole = here(token.from, token.to);
    const std::string_view key = key_before(token.from);
    if (text.empty())
      return Refusal{"the value is missing", "write key = value, or remove the key", here(token.from, token.from)};
    if (text.ends_with('%')) {
      if (const auto percent = parse_number(trimmed(text.substr(0, text.size() - 1)))) {
        const bool has_sign = text.starts_with('-') || text.starts_with('+');
        return Refusal{"a percentage is not a number in TOML",
                       has_sign ? fmt::format("write {}", in_quotes(text)) : fmt::format("write {}", *percent / 100.0),
                       whole};
      }
    }
    if (auto unquoted = quantity(token)) return unquoted;
    if (const auto better = rewritten_number(text))
      return Refusal{fmt::format("{} is not a number in TOML", in_quotes(text)), better->hint(), whole};
    if (parse_suffixed(text)) {
      return Refusal{"a number with a suffix stands in quotes", fmt::format("write {}{}", key_equals(key), in_quotes(text)),
                     whole};
    }
    if (text == "True" || text == "TRUE" || text == "False" || text == "FALSE" || text == "yes" || text == "no") {
      const bool truth = text.front() == 'T' || text.front() == 'y';
      return Refusal{fmt::format("{} is not a value", in_quotes(text)), fmt::format("write {}", truth ? "true" : "false"),
                     whole};
    }
    if (text == "null" || text == "none" || text == "None" || text == "nil") {
      return Refusal{"TOML has no empty value", "leave the key out", whole};
    }
    if (text.starts_with('.') && text.size() > 1 && is_digit(text[1])) {
      return Refusal{"a number begins with a digit", fmt::format("write 0{}", text), whole};
    }
    if (text.ends_with('.') && parse_number(text.substr(0, text.size() - 1))) {
      return Refusal{"a number does not end with a point", fmt::format("write {}0", text), whole};
    }
    if (says("leading zeroes")) return Refusal{"a number does not begin with a zero", "remove the leading zero", whole};
    if (says("not representable") || says("could not be interpreted")) {
      // Not one in hexadecimal digits, of which e is one.
      const bool whole_number = text.find_first_of(".eE") == std::string::npos || text.find('x') != std::string::npos;
      return Refusal{"this number is too large",
                     whole_number ? "a whole number is at most 9223372036854775807" : "a number is at most 1.7e308", whole};
    }
    if (says("parsing date") || says("parsing time")) {
      return Refusal{fmt::format("{} is not a date", in_quotes(text)), "write year-month-day: 2026-01-31", whole};
    }
    if (says("expected a comment")) {
      if (line_[std::min(byte_, line_.size() - 1)] == ',') {
        return Refusal{"a comma follows the value", "one key a line, without commas; a list stands in [ ]", at_};
      }
      if (looks_like_key(line_.substr(std::min(byte_, line_.size())))) {
        return Refusal{"two keys on one line", "begin a new line for each key", at_};
      }
    }
    if (text.ends_with(';'))
      return Refusal{"a value is not followed by a semicolon", "remove it", here(token.to - 1, token.to)};
    const bool word =
        std::isalpha(static_cast<unsigned char>(text.front())) != 0 || static_cast<unsigned char>(text.front()) >= 0x80;
    if (word && !has(text, "\"")) {
      return Refusal{"text stands in quotes", fmt::format("write {}{}", key_equals(key), in_quotes(text)), whole};
    }
    if (says("expected a comment"))
      return Refusal{"something follows the value", "one key a line; text stands in quotes", at_};
    return Refusal{fmt::format("{} is neither a number nor a text in quotes", in_quotes(text)), "", whole};
  }

  // The key whose value begins at byte `from`, empty inside a list.
  [[nodiscard]] std::string_view key_before(std::size_t from) const {
    std::string_view before = trimmed(line_.substr(0, from));
    if (!before.ends_with('=')) return {};
    before = trimmed(before.substr(0, before.size() - 1));
    std::size_t begin = before.size();
    while (begin > 0 && (is_key(before[begin - 1]) || before[begin - 1] == '.')) --begin;
    return before.substr(begin);
  }
  [[nodiscard]] static std::string key_equals(std::string_view key) {
    return key.empty() ? std::string() : fmt::format("{} = ", key);
  }
  [[nodiscard]] bool inside_list() const {
    const OpenState open = open_before(source_, at_.line, byte_);
    return !open.brackets.empty() && open.brackets.back().kind == '[';
  }

  std::string_view description_;
  const SourceText& source_;
  Region at_;
  std::string_view line_;
  std::size_t byte_;
};

}  // namespace

Refusal explain_syntax(std::string_view description, const SourceText& source, Region at) {
  return Explanation(description, source, at)();
}

}  // namespace sojourn::scenario
