// The keys of a scenario, declared once: what each is called, what it holds, its range, its default and what it means.
// The reader, the checks of ranges, `sojourn schema` and the tables of scenarios/README.md follow from these declarations.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sojourn/base/distribution.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/base/quantity.hpp"
#include "sojourn/model/model.hpp"

namespace sojourn::keys {

enum class Limit { inside, outside };

/// The numbers that a key allows. `low_limit` says whether `low` itself is one of them; `high` always is.
/// A high of 10,000 or more only keeps sums finite; messages and tables leave it out.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  Limit low_limit = Limit::inside;
};

inline constexpr Bounds any_number{};
inline constexpr Bounds fraction{0.0, 1.0};
inline constexpr Bounds not_negative{0.0, 1e9};
inline constexpr Bounds positive{0.0, 1e9, Limit::outside};
inline constexpr Bounds money{-largest_money, largest_money};

/// Every parameter that an effect can name, in the order of the enum.
inline constexpr std::array<Parameter, 20> all_parameters{Parameter::quality,
                                                          Parameter::effort,
                                                          Parameter::carry,
                                                          Parameter::personalisation,
                                                          Parameter::promise,
                                                          Parameter::solves,
                                                          Parameter::probability,
                                                          Parameter::odds,
                                                          Parameter::delay,
                                                          Parameter::servers,
                                                          Parameter::handle_time,
                                                          Parameter::weight,
                                                          Parameter::quality_sd,
                                                          Parameter::cost,
                                                          Parameter::revenue,
                                                          Parameter::cost_per_month,
                                                          Parameter::revenue_per_month,
                                                          Parameter::price,
                                                          Parameter::traffic,
                                                          Parameter::attraction};

/// What stands behind a key.
enum class Kind {
  number,
  whole,  // a number without decimals
  truth,  // true or false
  text,
  texts,           // a list of texts
  date,            // 2026-01-31
  duration,        // "3 days", or a number of days
  moment,          // the same since the start, a date, or a local date-time
  step,            // a duration whose months step by the calendar from a date
  rate,            // "0.2 per month", or a number per day
  share_rate,      // the same of what lies between 0 and 1: "2 % per year" too
  drawn,           // a number, or the distribution of one
  drawn_duration,  // a duration, or the distribution of one
  parameters,      // those of the distribution that has the key's name
  law,             // the same as drawn_duration, but a plain duration is the mean of an exponential distribution
  staff,           // a number of servers, or a timetable of them
  week,            // spans of the week
  arrival,         // drawn_duration, or the table `of`
  profile,         // of arrivals: 12 numbers, a weekly timetable, or people by day, here or in a file
  growth,          // "2 % per month"
  measure,         // a number, a duration or a rate: whatever another key that is named takes
  trait_law,       // the same, of which the scale may be the name of a trait
  id,              // the entity's own
  reference,       // the id of an entity `of`
  references,      // one such id, or a list
  purchases,       // a list of such ids, or of tables of one and a level
  word,            // one of `words`
  words,           // one of `words`, or a list
  numbers,         // a list of numbers
  chance,          // a number, or the name of a trait
  quality,         // a number, or the table `of`
  shift,           // of an effect: a number, or a text such as "+0.1"
  rule,            // one of `words`, or the table `of`
  table,           // the table `of`
  one_of,          // the table `of`, of which exactly one key is written
  tables,          // a list of tables `of`
  weights,         // a table from ids of `of` (anything where it is empty) to numbers
  slope_or_each,   // a number, or a table from ids of `of` to numbers
  drawn_weights,   // a table from ids of `of` to numbers or distributions
  drawn_times,     // a table from ids of `of` to durations or distributions of them
  conditions,      // a table of what must hold
  counted,         // touchpoints, or exits "from -> to", one or a list
  amount,          // of money: a number, the distribution of one, or the name of a trait
  over_time,       // a number, or a table of numbers over time
  drawn_or_trait,  // a number, the distribution of one, or the name of a trait
  correlations,    // a list of pairs of traits, each with a number
};

/// One key of one table.
struct Key {
  std::string name = {};
  Kind kind = Kind::number;
  bool required = false;
  /// Of numbers, durations (in days), rates (per day), and of what a distribution may give.
  Bounds bounds{};
  /// The default, as it would be written; empty: none. `table_of` fills in that of a member with a value.
  std::string standard = {};
  std::string of = {};
  std::vector<std::string> words = {};
  std::string unit = {};
  std::string meaning = {};  // Markdown
  std::string example = {};  // how to write a key that is missing
  std::string subject = {};  // what messages call the number; empty: the key itself
  std::string hint = {};     // with a number out of range
};

/// Where the reader puts a plain value. Of keys without one, a piece of the reader takes care.
template <class T>
using Member = std::variant<std::monostate, double T::*, std::optional<double> T::*, std::uint32_t T::*, std::uint64_t T::*,
                            std::int32_t T::*, std::optional<std::uint64_t> T::*, bool T::*, std::string T::*, Days T::*,
                            std::optional<Days> T::*, Distribution T::*>;

/// A key of the table that becomes a T.
template <class T>
struct Field {
  Field(Key declared, Member<T> place = std::monostate()) : key(std::move(declared)), member(place) {}
  Key key;
  Member<T> member;
};
template <class T>
using Fields = std::vector<Field<T>>;

/// Calls `use` with the member of `object` that the field names; does nothing for a field without one.
template <class Object, class Use>
void with_member(const Field<std::remove_const_t<Object>>& field, Object& object, Use use) {
  const auto use_if = [&](const auto* member) {
    // No struct has a member larger than itself: compilers warn of those that `Member` could name.
    if constexpr (sizeof(object.**member) <= sizeof(Object)) {
      if (member != nullptr) use(object.**member);
    }
  };
  // Not by std::visit, whose tables of functions take long to compile for so many structs.
  const auto use_one = [&]<class... M>(const std::variant<std::monostate, M...>& member) {
    (use_if(std::get_if<M>(&member)), ...);
  };
  use_one(field.member);
}

/// The keys of the tables that become a struct of the model, in the order of the reference page.
[[nodiscard]] const Fields<Settings>& settings();
[[nodiscard]] const Fields<BehaviourSettings>& behaviour();
[[nodiscard]] const Fields<Persona>& persona();
[[nodiscard]] const Fields<PersonaOdds>& persona_odds();
[[nodiscard]] const Fields<Channel>& channel();
[[nodiscard]] const Fields<Handover>& handover();
[[nodiscard]] const Fields<AssumedMove>& assumed();
[[nodiscard]] const Fields<Pool>& pool();
[[nodiscard]] const Fields<Touchpoint>& touchpoint();
[[nodiscard]] const Fields<Clock>& clock();
[[nodiscard]] const Fields<Counter>& counter();
[[nodiscard]] const Fields<Touchpoint>& quality();
[[nodiscard]] const Fields<Exit>& exit();
[[nodiscard]] const Fields<Slopes>& slopes();
[[nodiscard]] const Fields<Outside>& outside();
[[nodiscard]] const Fields<Budget>& budget();
[[nodiscard]] const Fields<Hill>& hill();
[[nodiscard]] const Fields<Change>& change();
[[nodiscard]] const Fields<Recurrence>& recurrence();
[[nodiscard]] const Fields<Price>& price();
[[nodiscard]] const Fields<WordOfMouth>& word_of_mouth();
[[nodiscard]] const Fields<SmallWorld>& small_world();
[[nodiscard]] const Fields<ScaleFree>& scale_free();
[[nodiscard]] const Fields<RandomNetwork>& random_network();
[[nodiscard]] const Fields<Communities>& communities();
[[nodiscard]] const Fields<Mixing>& mixing();
[[nodiscard]] const Fields<Reviews>& reviews();
[[nodiscard]] const Fields<Survey>& survey();
[[nodiscard]] const Fields<ClosedLoop>& closed_loop();
[[nodiscard]] const Fields<Rule>& rule_end();
[[nodiscard]] const Fields<Rule>& rule_condition();
[[nodiscard]] const Fields<AccountSegment>& account_segment();

/// A table of the format: all its keys.
struct Table {
  std::string name;  // "touchpoint", "exit", "" for the file itself
  std::vector<Key> keys;

  /// The key of that name, nullptr where the table has none. Here, so that what reads value after value
  /// (sim/scenario/value.cpp) compiles it by its own options.
  [[nodiscard]] const Key* find(std::string_view key) const {
    for (const Key& one : keys) {
      if (one.name == key) return &one;
    }
    return nullptr;
  }
  [[nodiscard]] std::vector<std::string> names() const;
};

/// Every table of the format, the file itself first.
[[nodiscard]] const std::vector<Table>& tables();
/// The table of that name, which must be one of them.
[[nodiscard]] const Table& table(std::string_view name);

/// The sections that are lists: "persona", "touchpoint", ...
[[nodiscard]] const std::vector<std::string>& list_sections();

/// What the format calls distributions; the first is a constant.
[[nodiscard]] const std::vector<std::string>& distribution_names();

/// What is wrong with a distribution whose numbers must lie in `support`: its parameters, and limits and constants outside.
/// The findings' paths begin with `path`, whose last key they name.
[[nodiscard]] std::vector<Finding> check(const std::string& path, const Distribution& distribution, const Bounds& support);

/// "0 to 1", ">= 0", "> 0"; empty where every number is allowed.
[[nodiscard]] std::string wording(const Bounds& bounds);

}  // namespace sojourn::keys
