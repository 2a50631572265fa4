#include "document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "sojourn/base/number_text.hpp"
#include "sojourn/base/text.hpp"
#include "sojourn/model/keys.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "syntax.hpp"
#include "units.hpp"

static_assert(!TOML_HEADER_ONLY,
              "use the compiled toml++: its header-only mode aborts on some wrong documents in debug builds");

namespace sojourn::scenario {
namespace {

// Values set by overrides, by their place in the tree: keys and indices, so that an override may change an id.
using Origins = std::map<std::string, std::int32_t>;

// Files are known to the parser by their numbers, the scenario's own by none.
Region region(const toml::source_region& source) {
  std::uint32_t file = 0;
  if (source.path != nullptr) {
    for (const char digit : *source.path) file = 10 * file + static_cast<std::uint32_t>(digit - '0');
  }
  return {source.begin.line, source.begin.column, source.end.line, source.end.column, file};
}

std::string member(const std::string& path, std::string_view key) {
  std::string result = path;
  result += '\x1f';  // no key of a TOML document may hold it
  result += key;
  return result;
}
std::string element(const std::string& path, std::size_t index) { return path + '\x1e' + std::to_string(index); }

class Conversion {
 public:
  /// `files` are the texts, the scenario's own first, and `overrides` what was set in them.
  Conversion(const Origins& origins, const std::vector<SourceText>& files, const std::vector<Override>& overrides)
      : origins_(origins), files_(files), overrides_(overrides) {}

  /// `around` is where the node lies that holds this one: a value that an override moved has no place of its own.
  Node operator()(const toml::node& node, const std::string& path, std::int32_t origin, const Region& around) const {
    Node result;
    result.at = node.source().begin.line > 0 ? region(node.source()) : around;
    result.origin = origin;
    if (const toml::table* table = node.as_table()) {
      for (const auto& [key, value] : *table) {
        Node child = step(value, origins_.empty() ? path : member(path, key.str()), origin, result.at);
        child.key = key.str();
        child.key_at = key.source().begin.line > 0 ? region(key.source()) : child.at;
        result.children.push_back(std::move(child));
      }
    } else if (const toml::array* array = node.as_array()) {
      result.kind = Kind::array;
      result.children.reserve(array->size());
      for (std::size_t i = 0; i < array->size(); ++i) {
        result.children.push_back(step((*array)[i], origins_.empty() ? path : element(path, i), origin, result.at));
      }
    } else if (const auto* text = node.as_string()) {
      result.kind = Kind::text;
      result.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
      result.kind = Kind::integer;
      result.integer = integer->get();
      result.number = static_cast<double>(result.integer);
      result.text = written(result);
    } else if (const auto* number = node.as_floating_point()) {
      result.kind = Kind::number;
      result.number = number->get();
      result.text = written(result);
    } else if (const auto* truth = node.as_boolean()) {
      result.kind = Kind::boolean;
      result.truth = truth->get();
    } else if (const auto* date = node.as_date()) {
      result.kind = Kind::date;
      result.text = fmt::format("{:04}-{:02}-{:02}", int{date->get().year}, int{date->get().month}, int{date->get().day});
    } else if (const auto* moment = node.as_date_time(); moment != nullptr && moment->get().is_local()) {
      const toml::date_time& at = moment->get();
      result.kind = Kind::date;
      result.text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int{at.date.year}, int{at.date.month},
                                int{at.date.day}, int{at.time.hour}, int{at.time.minute}, int{at.time.second});
    } else {
      result.kind = Kind::time;
    }
    return result;
  }

 private:
  Node step(const toml::node& node, const std::string& path, std::int32_t origin, const Region& around) const {
    if (origins_.empty()) return (*this)(node, path, origin, around);
    const auto found = origins_.lower_bound(path);
    if (found != origins_.end() && found->first == path) return (*this)(node, path, found->second, around);
    Node result = (*this)(node, path, origin, around);
    // A table made on the way to the value that an override sets is the override's too.
    const bool made = node.source().begin.line == 0 && origin < 0;
    if (made && found != origins_.end() && found->first.starts_with(path)) result.origin = found->second;
    return result;
  }

  /// The characters of a number, which may not be known.
  [[nodiscard]] std::string written(const Node& number) const {
    if (number.origin >= 0) return overrides_[static_cast<std::size_t>(number.origin)].value;
    const Region& at = number.at;
    if (at.line == 0 || at.line != at.end_line || at.file >= files_.size()) return {};
    const std::string_view line = files_[at.file].line(at.line);
    constexpr std::size_t longest = 10'000;
    if (line.size() > longest) return {};
    const std::size_t from = byte_of(at, at.column, line), to = byte_of(at, at.end_column, line);
    return std::string(line.substr(from, to - from));
  }

  /// Where a column begins in `line`, which is that of `at`. Numbers of a list follow one another: the last place is kept,
  /// so that a long line is not counted from its beginning for each.
  [[nodiscard]] std::size_t byte_of(const Region& at, std::uint32_t column, std::string_view line) const {
    if (last_.file != at.file || last_.line != at.line || last_.column > column) last_ = {at.file, at.line, 1, 0};
    last_.byte += bytes_of_characters(line.substr(last_.byte), column - last_.column);
    last_.column = column;
    return last_.byte;
  }

  const Origins& origins_;
  const std::vector<SourceText>& files_;
  const std::vector<Override>& overrides_;
  struct Place {
    std::uint32_t file = 0, line = 0, column = 1;
    std::size_t byte = 0;
  };
  mutable Place last_;
};

std::string_view describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date";
  }
}

std::optional<std::string_view> text_member(const toml::node& node, std::string_view key) {
  const toml::table* table = node.as_table();
  return table != nullptr ? (*table)[key].value<std::string_view>() : std::nullopt;
}

class Overriding {
 public:
  Overriding(toml::table& root, Origins& origins, Document& document)
      : root_(root), origins_(origins), problems_(document.problems), notes_(document.notes) {}

  void apply(const Override& override, std::int32_t index) {
    override_ = &override;
    index_ = index;
    const std::optional<std::vector<Step>> steps = parse_path(override.path);
    if (!steps || steps->size() > max_depth) {
      return refuse(fmt::format("{} is not the path of a key", in_quotes(override.path)),
                    "a path is keys and ids joined by dots: touchpoint.first-bill.quality.mean");
    }
    const std::unique_ptr<toml::table> value = parse_value(*steps);
    if (value != nullptr) place(*steps, *value);
  }

 private:
  void refuse(std::string message, std::string hint) {
    problems_.push_back({{Severity::error, override_->path, std::move(message), std::move(hint)}, {}, index_});
  }

  // A table with the value as its only member, so that it can be moved without naming its type.
  std::unique_ptr<toml::table> parse_value(const std::vector<Step>& steps) {
    const std::string& text = override_->value;
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
      refuse("there is no value", fmt::format("an empty text is --set '{}=\"\"'", override_->path));
      return nullptr;
    }
    // The signs of an effect would be lost in TOML numbers: +0.1 adds, and "= 0.1" sets.
    const std::string_view first = trimmed(text).substr(0, 1);
    const bool effect = is_effect(steps) && (first == "+" || first == "-");
    const std::string document = "value = " + text;
    const std::optional<Refusal> refused = refuse_text(document);
    if (refused) {
      refuse(refused->message, refused->hint);
      return nullptr;
    }
    if (!effect) {
      try {
        auto parsed = std::make_unique<toml::table>(toml::parse(document));
        if (parsed->size() == 1) return parsed;
      } catch (const toml::parse_error& error) {
        // A number that TOML refuses is not meant as a text.
        std::string digits = text;
        std::erase(digits, '_');
        if (text.find_first_of("[{\"'") == 0 || parse_number(digits)) {
          const SourceText source(document);
          const Refusal why = explain_syntax(error.description(), source, region(error.source()));
          refuse(parse_number(digits) ? fmt::format("{}: {}", in_quotes(text), why.message)
                                      : fmt::format("{} is not a value: {}", in_quotes(text), why.message),
                 why.hint);
          return nullptr;
        }
      }
    }
    auto result = std::make_unique<toml::table>();
    result->insert("value", text);
    return result;
  }

  void place(const std::vector<Step>& steps, const toml::table& value) {
    toml::node* node = &root_;
    std::string place;
    std::string said;  // the path so far, for messages
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      const bool last = i + 1 == steps.size();
      if (toml::array* array = node->as_array()) {
        const std::optional<std::size_t> index = find(*array, step, said);
        if (!index) return;
        place = element(place, *index);
        said += step.key.empty() ? fmt::format("[{}]", step.index) : "." + step.key;
        if (last) {
          array->replace(array->cbegin() + static_cast<std::ptrdiff_t>(*index), *value.get("value"));
          return record(place);
        }
        node = array->get(*index);
        continue;
      }
      toml::table* table = node->as_table();
      if (table == nullptr) {
        return refuse(fmt::format("{} is {}: it has no {}", said, describe(*node),
                                  step.key.empty() ? fmt::format("[{}]", step.index) : in_quotes(step.key)),
                      fmt::format("set {} itself", said));
      }
      if (step.key.empty())
        return refuse(
            fmt::format("{} is a table, not a list: [{}] names nothing in it", said.empty() ? "this" : said, step.index),
            "name a key");
      place = member(place, step.key);
      said += (said.empty() ? "" : ".") + step.key;
      if (last) {
        if (is_effect(steps)) note_other_form(text_member(*table, step.key), *value.get("value"));
        table->insert_or_assign(step.key, *value.get("value"));
        return record(place);
      }
      node = enter(*table, step.key, said, steps[i + 1]);
      if (node == nullptr) return;
    }
  }

  // An override of an effect is read as in the file, where a bare number sets. Whoever meant the number of "-20%" alone,
  // which is what sweeps, [[uncertain]] and knobs replace, is told.
  void note_other_form(std::optional<std::string_view> before, const toml::node& value) {
    const std::string now(trimmed(override_->value));
    const auto form = before && !trimmed(*before).starts_with('=') ? effect_form(*before) : std::nullopt;
    if (!form || !parse_number(now)) return;
    const bool sets = value.is_number(), percent = form->after.find('%') != std::string::npos;
    if (!sets && !percent) return;
    const std::string like = sets ? form->before + now + form->after : now + "%";
    notes_.push_back(fmt::format("{} {} {}, where the scenario says {}; {} write {}", override_->path,
                                 sets ? "is set to" : "has this added:", now, in_quotes(*before),
                                 sets ? "for the number of that alone" : "for so many per cent", in_quotes(like)));
  }

  // The member `key` of `table`, made where it is missing.
  toml::node* enter(toml::table& table, const std::string& key, const std::string& said, const Step& next) {
    toml::node* found = table.get(key);
    if (found == nullptr) {
      const std::vector<std::string>& lists = keys::list_sections();
      const bool list = &table == &root_ && std::find(lists.begin(), lists.end(), key) != lists.end();
      if (next.key.empty() || list) {
        refuse(fmt::format("the scenario has no {}", said), "an override changes what is there");
        return nullptr;
      }
      return &table.insert(key, toml::table()).first->second;
    }
    // quality = 0.5 is short for quality = { mean = 0.5 }.
    if (key == "quality" && found->is_number() && !next.key.empty()) {
      toml::table parts;
      parts.insert("mean", *found);
      return &table.insert_or_assign(key, std::move(parts)).first->second;
    }
    return found;
  }

  // The entry of `array` that `step` names: [n], or the one whose id, or whose goal where entries have no ids, is the key.
  std::optional<std::size_t> find(const toml::array& array, const Step& step, const std::string& said) {
    if (step.key.empty()) {
      if (step.index < array.size()) return step.index;
      refuse(fmt::format("{} has {} {}, [{}] is none of them", said, array.size(), array.size() == 1 ? "entry" : "entries",
                         step.index),
             array.empty() ? "" : fmt::format("count from 0: {0}[0] to {0}[{1}]", said, array.size() - 1));
      return std::nullopt;
    }
    for (const std::string_view name : {"id", "to"}) {
      std::vector<std::size_t> found;
      for (std::size_t i = 0; i < array.size(); ++i) {
        if (text_member(array[i], name) == step.key) found.push_back(i);
      }
      if (found.size() == 1) return found.front();
      if (found.size() > 1) {
        std::string list;
        for (const std::size_t i : found) list += fmt::format("{}{}[{}]", list.empty() ? "" : " or ", said, i);
        refuse(fmt::format("{} entries of {} are named {}", found.size(), said, in_quotes(step.key)),
               fmt::format("say which: {}", list));
        return std::nullopt;
      }
    }
    std::vector<std::string> names;
    for (const toml::node& entry : array) {
      if (const auto id = text_member(entry, "id")) {
        names.emplace_back(*id);
      } else if (const auto to = text_member(entry, "to")) {
        names.emplace_back(*to);
      }
    }
    refuse(fmt::format("there is no {} in {}", in_quotes(step.key), said), suggestion(step.key, names));
    return std::nullopt;
  }

  void record(const std::string& place) {
    // What was set inside the old value is gone with it.
    for (auto it = origins_.lower_bound(place); it != origins_.end() && it->first.starts_with(place);) {
      const bool inside =
          it->first.size() == place.size() || it->first[place.size()] == '\x1f' || it->first[place.size()] == '\x1e';
      it = inside ? origins_.erase(it) : std::next(it);
    }
    origins_[place] = index_;
  }

  toml::table& root_;
  Origins& origins_;
  std::vector<Problem>& problems_;
  std::vector<std::string>& notes_;
  const Override* override_ = nullptr;
  std::int32_t index_ = 0;
};

// `id` of an entry of a section such as [[touchpoint]].
toml::table* entry_with_id(toml::array& list, std::string_view id) {
  for (toml::node& entry : list) {
    if (text_member(entry, "id") == id) return entry.as_table();
  }
  return nullptr;
}

// Puts what `from` says in place of what `to` says. Nodes are moved: copies would lose their places.
void put_over(toml::table& to, toml::table& from, bool root) {
  const std::vector<std::string>& lists = keys::list_sections();
  for (auto&& [key, value] : from) {
    const std::string name(key.str());
    toml::node* const old = to.get(name);
    toml::table* const table = value.as_table();
    const bool joins = table != nullptr && !table->is_inline();
    if (old != nullptr && joins && old->is_table()) {
      put_over(*old->as_table(), *table, false);
      continue;
    }
    if (old != nullptr && joins && name == "quality" && old->is_number()) {
      // quality = 0.5 is short for quality = { mean = 0.5 }.
      if (!table->contains("mean")) table->insert("mean", std::move(*old));
    } else if (root && old != nullptr && old->is_array() && value.is_array() &&
               std::find(lists.begin(), lists.end(), name) != lists.end()) {
      toml::array &all = *old->as_array(), &more = *value.as_array();
      const auto has_id = [](const toml::node& entry) { return text_member(entry, "id").has_value(); };
      if (std::all_of(more.begin(), more.end(), has_id)) {
        std::set<std::string> named;
        for (toml::node& entry : more) {
          const std::string id(*text_member(entry, "id"));
          // An id that one file has twice is a mistake, to be told as in any scenario.
          toml::table* const known = named.insert(id).second ? entry_with_id(all, id) : nullptr;
          if (known != nullptr) {
            put_over(*known, *entry.as_table(), false);
          } else {
            all.push_back(std::move(*entry.as_table()));
          }
        }
        continue;
      }
    }
    to.erase(name);
    to.insert(key, std::move(value));
  }
}

std::string format(const toml::table& root) {
  std::ostringstream stream;
  stream.imbue(std::locale::classic());
  // Escaped strings on one line: the only form that holds every text.
  stream << toml::toml_formatter(root, toml::format_flags::allow_unicode_strings | toml::format_flags::indentation) << '\n';
  return stream.str();
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::table) return nullptr;
  for (const Node& child : children) {
    if (child.key == name) return &child;
  }
  return nullptr;
}

std::optional<std::vector<Step>> parse_path(std::string_view path) {
  std::vector<Step> steps;
  std::size_t i = 0;
  while (i < path.size()) {
    if (path[i] == '[') {
      const std::size_t close = path.find(']', i);
      if (close == std::string_view::npos || close == i + 1 || close - i > 9 || steps.empty()) return std::nullopt;
      Step step;
      for (++i; i < close; ++i) {
        if (path[i] < '0' || path[i] > '9') return std::nullopt;
        step.index = step.index * 10 + static_cast<std::size_t>(path[i] - '0');
      }
      ++i;
      steps.push_back(step);
      continue;
    }
    if (!steps.empty()) {
      if (path[i] != '.' || ++i == path.size()) return std::nullopt;
    }
    Step step;
    if (path[i] == '"' || path[i] == '\'') {
      const std::size_t close = path.find(path[i], i + 1);
      if (close == std::string_view::npos) return std::nullopt;
      step.key = path.substr(i + 1, close - i - 1);
      i = close + 1;
    } else {
      const std::size_t end = std::min(path.find_first_of(".[", i), path.size());
      step.key = path.substr(i, end - i);
      i = end;
    }
    if (step.key.empty() || step.key.find_first_of(" \t\r\n\"'") != std::string::npos) return std::nullopt;
    steps.push_back(std::move(step));
  }
  if (steps.empty()) return std::nullopt;
  return steps;
}

bool is_sweep(const Node& root) {
  return root.find("sweep") != nullptr && root.find("scenario") == nullptr && root.find("touchpoint") == nullptr;
}
bool is_scenario(const Node& root) {
  return root.find("sweep") == nullptr && (root.find("scenario") != nullptr || root.find("touchpoint") != nullptr);
}

bool is_effect(const std::vector<Step>& steps) {
  return steps.size() == 4 && (steps[0].key == "improvement" || steps[0].key == "event") && steps[2].key == "effect";
}

Document parse_document(std::string_view text, const std::vector<Override>& overrides, const OpenBase& open) {
  Document document;
  const auto parse = [&](std::string_view of, std::uint32_t file) -> std::optional<toml::table> {
    try {
      return file == 0 ? toml::parse(of) : toml::parse(of, fmt::format("{}", file));
    } catch (const toml::parse_error& error) {
      Refusal why = explain_syntax(error.description(), SourceText(of), region(error.source()));
      why.where.file = file;
      document.problems.push_back({{Severity::error, "", std::move(why.message), std::move(why.hint)}, why.where, -1});
      return std::nullopt;
    }
  };
  std::optional<toml::table> own = parse(text, 0);
  if (!own) return document;
  std::vector<SourceText> files{SourceText(text)};
  toml::table root = std::move(*own);
  if (open) {
    // From the scenario to its base, to that one's base, and so on; then from the last to the first.
    std::vector<toml::table> over;
    for (std::uint32_t file = 1; root.at_path("scenario.base"); ++file) {
      const toml::node& name = *root.at_path("scenario.base").node();
      const std::optional<std::string_view> base = open(Conversion({}, files, overrides)(name, "", -1, Region{}), file);
      if (!base) return document;
      std::optional<toml::table> below = parse(*base, file);
      if (!below) return document;
      files.emplace_back(*base);
      root.at_path("scenario").as_table()->erase("base");
      over.push_back(std::exchange(root, std::move(*below)));
    }
    for (auto each = over.rbegin(); each != over.rend(); ++each) put_over(root, *each, true);
    if (!over.empty()) document.source = document.text = format(root);
  }
  Origins origins;
  Overriding overriding(root, origins, document);
  for (std::size_t i = 0; i < overrides.size(); ++i) overriding.apply(overrides[i], static_cast<std::int32_t>(i));
  if (!overrides.empty()) document.text = format(root);
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    if (overrides[i].path != "scenario.base") continue;
    document.problems.push_back({{Severity::error, "scenario.base", "the base cannot be set: it is read before all else",
                                  "write it into the scenario"},
                                 {},
                                 static_cast<std::int32_t>(i)});
    if (toml::table* scenario = root.at_path("scenario").as_table()) scenario->erase("base");
  }
  document.root = Conversion(origins, files, overrides)(root, "", -1, Region{});
  document.root.at = Region{};  // what is missing in the document as a whole has no place in it
  document.readable = true;
  return document;
}

}  // namespace sojourn::scenario
