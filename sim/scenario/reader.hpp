// From the document to the parts of a model. Reports every key it does not know and every value it cannot use.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document.hpp"
#include "named_file.hpp"
#include "problems.hpp"
#include "sojourn/model/lesson.hpp"
#include "sojourn/model/model.hpp"
#include "source.hpp"
#include "value.hpp"

namespace sojourn::scenario {

/// How to give day 0 a date: the same wherever one is missing.
inline constexpr std::string_view start_hint = "add start = 2026-09-07, a Monday, to [scenario]";

/// Takes `schema`, the version of the format, and refuses every other than this one's.
void read_schema(Table& root);

/// From `begin` to `end` people arrive at a rate of `weight`, up to a factor, before growth.
struct ArrivalStretch {
  double begin = 0.0, end = 0.0, weight = 0.0;
};

/// Reads one document. What the model's own `check` can judge (ranges, shares, the graph) is left to it.
class Reader {
 public:
  /// `files` says which files the document may name. All others must outlive the reader.
  Reader(const Node& root, const FileAccess& files, const std::vector<Tie>& kept_ties, Problems& problems);

  /// All parts. A value that was refused is replaced by one that breaks no other rule.
  [[nodiscard]] ModelParts read();
  /// Overrides that put what other files say into the document: of arrivals by day. After `read`.
  [[nodiscard]] const std::vector<Override>& embedded() const { return embedded_; }
  /// What the scenario says of a lesson, which is no part of the model. After `read`.
  [[nodiscard]] const std::optional<Lesson>& lesson() const { return lesson_; }

 private:
  /// A list of tables such as [[touchpoint]], and its ids.
  struct List {
    std::vector<Value> entries;
    Names names;
  };

  // reader.cpp: the outline, [scenario], [behaviour], and the ids of everything.
  List read_list(const std::string& kind);
  std::optional<Value> find_list(const std::string& kind);
  std::vector<Value> list_entries(const std::string& kind);
  std::optional<Table> section(const std::string& name);
  Table entity(const List& list, std::size_t index, std::string& id, std::string& name);
  void read_settings();
  /// The goal of the scenario or of a team, whose table of the format is `owner`.
  static std::vector<GoalWeight> read_goal(const Value& value, std::string_view owner);
  void read_behaviour();

  // read_pools.cpp
  void read_pools();
  /// `what` the numbers are in messages.
  Staff read_staff(const Value& value, const std::string& what);

  // read_journey.cpp
  void read_channels();
  void read_teams();
  void read_handovers();
  void read_assumed();
  void read_touchpoints();
  void read_quality(const Value& value, Touchpoint& touchpoint);
  Content read_content(const Value& value);
  std::optional<DrawnAmount> read_amount(const std::optional<Value>& value, const std::string& from);
  Exit read_exit(const Value& value, const std::string& from);
  ExitProbability read_probability(const Value& value, const std::string& from);
  void read_law(const Value& value, const std::string& from, Exit& exit);
  void name_clocks();
  void read_clocks();
  void read_counters();
  void read_counted(const Value& value, Counter& counter);
  void read_conditions(const Value& value, OnlyIf& only_if);
  std::optional<CounterTest> read_test(const Value& value, CounterId counter);
  /// A law of a line (handle_time, patience), in which no trait may stand; `instead` says what to do.
  std::optional<Distribution> read_law_of_line(const Value& value, const char* instead);
  /// The first value in `value`, itself or in its tables, that is the name of a trait.
  [[nodiscard]] std::optional<Value> trait_named_in(const Value& value) const;
  /// What a trait is used as decides what it is written as.
  enum class TraitRole { probability, factor, time, rate, amount };
  std::optional<TraitId> read_trait(const Value& value, const std::string& from, TraitRole role);

  // read_personas.cpp
  void collect_traits();
  void read_personas();
  void read_correlations(const Value& value, Persona& persona);
  void read_traits(std::optional<Value> own, Persona& persona, const Value& whole);
  void judge_traits();
  /// Themes are words of the author's own: of one that stands on one side alone, needs or content, and is nearly one that
  /// stands on the other side alone or on both, it is said once that it may be mistyped.
  void judge_themes();

  // read_arrivals.cpp
  /// A time: a duration since the start, or a date; `dated` becomes true where it is one.
  std::optional<Days> moment(const Value& value, bool* dated = nullptr);
  std::optional<TimeStep> step(const Value& value);
  Staff read_week(const Value& value);
  void read_recurrence(Table& table, Change& change);
  /// How many real people a persona is, and where that is written; 0: it is not.
  struct PeopleOf {
    double number = 0.0;
    std::optional<Value> written;
  };
  void read_arrives(const Value& value, Persona& persona, PeopleOf& people);
  static std::optional<double> read_growth(const Value& value);
  std::optional<std::vector<ArrivalStretch>> read_profile(const Value& value, double& mean, bool& counted);
  static std::optional<std::vector<std::pair<double, double>>> read_day_list(const Value& value);
  std::optional<std::vector<std::pair<double, double>>> read_day_file(const Value& value);
  static bool persona_counts_people(const Node& persona);
  void share_by_people(const std::vector<PeopleOf>& people);

  // read_changes.cpp
  void read_improvements();
  void read_events();
  void read_plans();
  void read_change(Table& table, Change& change);
  Target read_target(const Value& value);
  std::vector<Effect> read_effects(const Value& value);
  std::optional<Effect> read_effect(const Value& value, Parameter parameter);
  Ramp read_ramp(const Value& value);
  Price read_price(const Value& value);
  std::optional<Hill> read_response(const Value& value);
  void read_outside();
  std::optional<std::vector<std::pair<double, double>>> read_over_time(const Value& value);
  void read_budget();

  // read_market.cpp
  void read_word_of_mouth();
  Network read_network(const Value& value);
  void read_ties(const Value& value, NetworkFile& file);
  void read_reviews();
  void read_surveys();
  ClosedLoop read_closed_loop(const Value& value);
  void read_rules();
  void read_condition(const Value& when, Rule& rule, std::string_view example);
  void read_uncertain();
  void read_knobs();
  void read_accounts();
  Gate read_gate(const Value& value);

  // read_lesson.cpp
  void read_lesson();
  LessonFigure read_lesson_figure(const Value& value, const Names& plans);

  /// The first use of a trait: who names it, where, and as what.
  struct TraitUse {
    std::string touchpoint;
    Value value;
    TraitRole role;
  };
  [[nodiscard]] Measure measure_of(std::size_t trait) const;
  /// Whether something uses a trait. Of one that nothing does nobody knows what it is, and how it is to be written.
  [[nodiscard]] bool used(std::size_t trait) const;

  FileAccess files_;
  const std::vector<Tie>& kept_ties_;
  Problems& problems_;
  Table root_;
  ModelParts parts_;
  bool dated_ = false;  // day 0 has a date
  std::vector<Override> embedded_;
  std::optional<Lesson> lesson_;
  List clocks_, counters_;
  Names clock_names_;  // with the clock that everybody has, first
  List personas_, channels_, teams_, pools_, touchpoints_, improvements_, events_, plans_, surveys_, account_segments_,
      outside_, rules_;
  Names traits_;
  std::map<std::string, std::vector<Value>> trait_keys_;  // where a scenario's own trait is set
  std::map<std::size_t, TraitUse> trait_uses_;
  std::set<std::size_t> probabilities_;  // traits that some exit has for its probability
  std::set<std::size_t> mistyped_traits_;
  std::vector<Value> needed_themes_, shown_themes_;     // where they are written
  std::map<std::size_t, Distribution> trait_defaults_;  // of [behaviour]
};

}  // namespace sojourn::scenario
