// A TOML document as a plain tree with positions. Only document.cpp knows toml++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "source.hpp"

namespace sojourn::scenario {

enum class Kind : std::uint8_t { table, array, text, integer, number, boolean, date, time };

/// One value of the document. Members of a table are in the order of their keys: TOML tables have no other.
struct Node {
  Kind kind = Kind::table;
  bool truth = false;
  /// The override that set this value, counted from 0; -1 for the file's own.
  std::int32_t origin = -1;
  std::int64_t integer = 0;
  double number = 0.0;  // of an integer too
  std::string text;  // of a text; a date as YYYY-MM-DD, a local date-time as YYYY-MM-DDTHH:MM:SS; a number as it is written
  std::string key;   // in a table
  Region key_at, at;
  std::vector<Node> children;  // of a table or an array

  /// The member of that key, nullptr where there is none or this is no table.
  [[nodiscard]] const Node* find(std::string_view name) const;
};

/// One step of a path: a key, or an index where `key` is empty.
struct Step {
  std::string key;
  std::size_t index = 0;
};
/// "touchpoint.first-bill.next[2].odds" in steps; keys may be quoted. Nothing when it is not a path.
[[nodiscard]] std::optional<std::vector<Step>> parse_path(std::string_view path);

/// Whether the path is that of an effect, whose number sweeps and the like replace while its sign and unit stay.
[[nodiscard]] bool is_effect(const std::vector<Step>& steps);

/// Whether the document is a sweep file: it has a [sweep], and neither a [scenario] nor touchpoints.
[[nodiscard]] bool is_sweep(const Node& root);
/// Whether it is a scenario: the other way round.
[[nodiscard]] bool is_scenario(const Node& root);

/// A problem with its place: a region of the file, an override, or (line 0, origin -1) the file as a whole.
struct Problem {
  Finding finding;
  Region at;
  std::int32_t origin = -1;
  std::string rendered = {};  // of a problem in another file, which has other lines; else empty
};

struct Document {
  Node root;
  std::vector<Problem> problems;   // a syntax error, or overrides that cannot be applied
  bool readable = false;           // false: `root` holds nothing
  std::string text;                // with overrides or a base: the whole document as TOML
  std::string source;              // with a base: the same before overrides
  std::vector<std::string> notes;  // see Scenario::notes
};

/// Opens the file that `scenario.base` names, file number `file` of the scenario from 1 on: its text, which has passed
/// `refuse_text`, or nothing after reporting why not.
using OpenBase = std::function<std::optional<std::string_view>(const Node& name, std::uint32_t file)>;

/// Parses `text`, which has passed `refuse_text`, puts it over the base that it names, if any, and applies `overrides` in
/// order. What the text says comes in place of what the base says: tables are joined key by key, but one in braces comes
/// whole; entries of sections such as [[touchpoint]] are joined by their id, new ones follow; other lists come whole.
[[nodiscard]] Document parse_document(std::string_view text, const std::vector<Override>& overrides,
                                      const OpenBase& open = {});

}  // namespace sojourn::scenario
