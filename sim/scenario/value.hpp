// Values of the document on their way into the model: each knows its path and refuses what it must not be.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "document.hpp"
#include "problems.hpp"
#include "sojourn/base/distribution.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/model/keys.hpp"

namespace sojourn::scenario {

/// A node with its path ("touchpoint.first-bill.next[2].odds") and where to report what is wrong with it.
class Value {
 public:
  Value(const Node& node, std::string path, Problems& problems)
      : node_(&node), path_(std::move(path)), problems_(&problems) {}

  [[nodiscard]] const Node& node() const { return *node_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Problems& problems() const { return *problems_; }
  /// The last step of the path, for messages.
  [[nodiscard]] std::string label() const;

  [[nodiscard]] Value element(std::size_t index) const;
  [[nodiscard]] Value member(const Node& child) const;

  /// Reports an error with a caret at the value, or at its key.
  void refuse(std::string message, std::string hint = {}) const;
  void refuse_key(std::string message, std::string hint = {}) const;
  /// Reports a warning at the value.
  void warn(std::string message, std::string hint) const;
  /// Reports that the value is of the wrong type: `effort must be a number, not the text "high"`.
  void refuse_type(std::string_view wanted, std::string hint = {}) const;

 private:
  const Node* node_;
  std::string path_;
  Problems* problems_;
};

/// The keys that every table with keys of its own may have: where its numbers come from, and what else there is to say.
inline constexpr std::array<std::string_view, 2> remarks{"source", "note"};

// Converters: the value as what is wanted, or nothing after reporting why not. All numbers are finite.

/// Whether a value is written as a number is: 2000, 2_000.5 or "2k".
[[nodiscard]] bool is_number(const Value& value);
/// A number, or a text such as "700k" or "1.2M"; "25 %" too where only numbers from 0 to 1 are allowed.
[[nodiscard]] std::optional<double> number(const Value& value, const keys::Bounds& bounds = {});
[[nodiscard]] std::optional<std::uint64_t> whole(const Value& value);
[[nodiscard]] std::optional<std::uint32_t> small_whole(const Value& value);
[[nodiscard]] std::optional<std::int32_t> signed_whole(const Value& value);
[[nodiscard]] std::optional<bool> truth(const Value& value);
/// On one line, characters that may drive a terminal written out ("\u001b").
[[nodiscard]] std::optional<std::string> text(const Value& value);
[[nodiscard]] std::optional<std::string> iso_date(const Value& value);
[[nodiscard]] std::optional<Days> duration(const Value& value);
[[nodiscard]] std::optional<double> rate(const Value& value);
/// The same of what lies between 0 and 1, "2 % per year" too.
[[nodiscard]] std::optional<double> share_rate(const Value& value);
/// The elements of a list; nothing after reporting that it is none.
[[nodiscard]] std::optional<std::vector<Value>> elements(const Value& value, std::string hint = {});
/// One value, or the elements of a list of them. `when_empty` is the hint for a list of none.
inline constexpr std::string_view all_when_left_out = "leave the key out to mean all";
[[nodiscard]] std::vector<Value> one_or_more(const Value& value, std::string_view when_empty = all_when_left_out);

/// In what unit the numbers of a distribution are.
enum class Measure { number, duration, rate };
/// The name that stands for the scale of a law, and whether it is that of a rate.
struct ScaleName {
  std::optional<Value> name;
  bool rate = false;
};
/// With `scale` that parameter of a family (the mean, a median, ...) may be a name: the law is then that with scale 1.
[[nodiscard]] std::optional<Distribution> distribution(const Value& value, Measure measure, ScaleName* scale = nullptr);
/// Whether a value is a name: a text that begins with a letter.
[[nodiscard]] bool is_name(const Value& value);
/// A distribution of a duration, of which a plain duration is the mean of an exponential.
[[nodiscard]] std::optional<Distribution> law(const Value& value);

/// One word of a list; its position in it.
[[nodiscard]] std::optional<std::size_t> word(const Value& value, const std::vector<std::string>& words);

/// The value as its key declares it, into `target`, which keeps what it has where the value is wrong.
void convert(const Value& value, const keys::Key& key, double& target);
void convert(const Value& value, const keys::Key& key, std::uint64_t& target);
void convert(const Value& value, const keys::Key& key, std::uint32_t& target);
void convert(const Value& value, const keys::Key& key, std::int32_t& target);
void convert(const Value& value, const keys::Key& key, bool& target);
void convert(const Value& value, const keys::Key& key, std::string& target);
void convert(const Value& value, const keys::Key& key, Days& target);
void convert(const Value& value, const keys::Key& key, Distribution& target);
/// An optional value that is wrong is there all the same: nothing must follow from its absence.
template <class T>
void convert(const Value& value, const keys::Key& key, std::optional<T>& target) {
  T converted(1.0);
  convert(value, key, converted);
  target = converted;
}

/// A table whose keys are taken one by one; what is left at `close` is unknown, what was required and missing is reported.
class Table {
 public:
  /// `value` must be a table. `what` is it in messages: "touchpoint \"first-bill\"". Its keys are those of `declared`; a
  /// table with free keys has no declaration.
  Table(Value value, std::string what, const keys::Table* declared = nullptr)
      : value_(std::move(value)),
        what_(std::move(what)),
        declared_(declared),
        taken_(value_.node().children.size(), false) {}

  [[nodiscard]] const Value& value() const { return value_; }
  [[nodiscard]] const std::string& what() const { return what_; }
  /// The value of a key, which must be declared.
  [[nodiscard]] std::optional<Value> take(std::string_view key);
  /// The same of a key that this table cannot have, in order to say why.
  [[nodiscard]] std::optional<Value> take_undeclared(std::string_view key);
  /// Takes a member that is not among the known keys.
  void take_unknown(const Node& child);
  /// Everything that was not taken, for tables with free keys.
  [[nodiscard]] std::vector<Value> rest();
  /// From now on the key, declared as required, may be missing.
  void excuse(std::string_view key) { excused_.emplace_back(key); }

  /// Takes `key` where it is there and keeps `target` where it is absent or wrong. True when it was read.
  template <class T, class Convert>
  bool read(std::string_view key, T& target, Convert convert) {
    const std::optional<Value> value = take(key);
    if (!value) return false;
    auto result = convert(*value);
    if (!result) return false;
    target = std::move(*result);
    return true;
  }
  /// Takes a word among those declared for `key`, as the enum that has it at that position.
  template <class Enum>
  std::optional<Enum> take_word(std::string_view key) {
    const std::optional<Value> value = take(key);
    const std::optional<std::size_t> found = value ? word(*value, declared(key).words) : std::nullopt;
    return found ? std::optional<Enum>(static_cast<Enum>(*found)) : std::nullopt;
  }
  /// Takes every plain value that `fields` declare with a place in `object`.
  template <class T>
  void read_fields(const keys::Fields<T>& fields, T& object) {
    for (const keys::Field<T>& field : fields) {
      keys::with_member(field, object, [&](auto& member) {
        if (const std::optional<Value> value = take(field.key.name)) convert(*value, field.key, member);
      });
    }
  }

  void close();

 private:
  [[nodiscard]] const keys::Key& declared(std::string_view key) const;

  Value value_;
  std::string what_;
  const keys::Table* declared_;
  std::vector<bool> taken_;
  std::vector<std::string> excused_;
};

[[nodiscard]] std::optional<Table> table(const Value& value, std::string what, std::string hint = {},
                                         const keys::Table* declared = nullptr);

/// The ids of one kind of entity ("touchpoint"), in the order of the model's list.
struct Names {
  std::string kind;
  std::vector<std::string> ids;
  std::vector<std::string> known;  // the ids without doubles, for hints
  std::map<std::string, std::size_t, std::less<>> index;
  /// Whether some entity has no id of its own, which was reported: a mention of what is not there may mean that one.
  bool lost = false;
};
/// The position of the entity that `value`, a text, names.
[[nodiscard]] std::optional<std::size_t> position(const Value& value, const Names& names);
/// The position of the entity that the key of `value` names.
[[nodiscard]] std::optional<std::size_t> position_of_key(const Value& value, const Names& names);

/// Converter from a text to a typed id.
template <class Id>
[[nodiscard]] auto reference(const Names& names) {
  return [&names](const Value& value) -> std::optional<Id> {
    const std::optional<std::size_t> found = position(value, names);
    return found ? std::optional<Id>(Id(*found)) : std::nullopt;
  };
}
/// Converter from a text or a list of texts to typed ids; the wrong ones are reported and left out.
template <class Id>
[[nodiscard]] auto references(const Names& names, std::string_view when_empty = all_when_left_out) {
  return [&names, when_empty](const Value& value) -> std::optional<std::vector<Id>> {
    std::vector<Id> result;
    for (const Value& one : one_or_more(value, when_empty)) {
      if (const auto found = position(one, names)) result.push_back(Id(*found));
    }
    return result;
  };
}

}  // namespace sojourn::scenario
