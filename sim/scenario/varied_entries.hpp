// Keys of a scenario that vary, in a sweep or in draws of what is not known: read from a file, and tried in the scenario.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "problems.hpp"
#include "reader.hpp"
#include "sojourn/scenario/sweep_file.hpp"
#include "value.hpp"

namespace sojourn::scenario {

/// The names of distributions that vary: a constant does not.
[[nodiscard]] const std::vector<std::string>& drawn_names();

/// A value of the file, and where it stands: to be tried in the scenario.
struct Trial {
  Setting setting;
  Region at;
};

/// A key that varies, as it was read.
struct Entry {
  VariedKey key;
  std::vector<Step> steps;
  std::string path;  // "vary[0]", or the table's column
  Region key_at;
  std::vector<Trial> trials;
  std::vector<Region> rows;  // of a column: where its fields stand
};

/// Of the keys that a scenario itself names, without an error in it, what they are tried in: no design, no keys yet.
[[nodiscard]] SweepFile inputs_of(const Scenario& scenario, const std::vector<Override>& overrides);

/// The keys of a file, whose problems go to `problems`. What `sweep` holds of the scenario is what they are tried in.
class VariedEntries {
 public:
  VariedEntries(Problems& problems, SweepFile& sweep) : problems_(problems), sweep_(sweep) {}

  /// Of keys that are columns of a table: what is wrong is said by `refuse` of a place in the table.
  void stand_in_a_table(std::function<void(const Region&, std::string, std::string)> refuse) {
    refuse_in_table_ = std::move(refuse);
  }

  /// The `key` of an entry, into `entry`; nothing where it is missing or wrong, which was said.
  std::optional<Value> read_key(Table& parts, const Value& whole_entry, Entry& entry);
  /// The distributions of an entry.
  [[nodiscard]] static std::vector<Value> take_drawn(Table& parts);
  /// A distribution as the values of the key that was read last; false where it is wrong, which was said.
  bool read_drawn(const Value& value, Entry& entry);
  /// The values from one end to another, likewise.
  bool read_range(const Value& from, const Value& to, const std::optional<Value>& steps, Entry& entry);
  /// A range, a list or a distribution, likewise.
  bool read_values(Table& parts, const Value& whole_entry, Entry& entry);
  /// Adds a key that is sound; of a column, whose path was not read yet, only where that is.
  void add(Entry entry);

  [[nodiscard]] const std::vector<Entry>& all() const { return entries_; }
  /// The number that the scenario has at the key: written there, or the format's default. Nothing where there is neither, or
  /// where what stands there is no single number.
  [[nodiscard]] std::optional<double> number_in_scenario(const Entry& entry);

  /// Tries each value in the scenario, and refuses what the scenario does.
  void try_each();
  /// What the scenario says to rows of a table: some from its beginning to its end, and those with the least and the most of
  /// each column.
  void try_rows();
  /// Refuses what varies twice, and hands the keys over to the sweep.
  void finish();

 private:
  bool parse_key(Entry& entry, const std::function<void(std::string, std::string)>& refuse);
  bool takes_numbers(const Entry& entry);
  bool read_list(const Value& values, Entry& entry);
  void refuse(const Entry& entry, const Region& at, std::string message, std::string hint);
  const Node& scenario_root();
  void find_paths(Entry& entry);
  void expand(const std::vector<Step>& steps, std::size_t at, const std::string& path, const Node* node,
              std::vector<std::pair<std::string, const Node*>>& found);
  void keep_sign(Entry& entry, const std::vector<std::pair<std::string, const Node*>>& found);
  [[nodiscard]] std::vector<Finding> errors_at(std::vector<VariedKey> keys, const std::vector<Setting>& settings) const;
  [[nodiscard]] const Entry& column_of(const Finding& finding) const;
  void try_in_scenario(const Entry& entry);

  Problems& problems_;
  SweepFile& sweep_;
  std::function<void(const Region&, std::string, std::string)> refuse_in_table_;
  const keys::Key* declared_ = nullptr;  // of the key that was read last
  std::vector<Entry> entries_;
  std::optional<Node> scenario_root_;
};

}  // namespace sojourn::scenario
