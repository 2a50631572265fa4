#include "sojourn/outcomes/outcomes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

constexpr const char* edited = "this file was edited, or another program wrote it: run its scenario again";

template <class Named>
const Named& named(const std::vector<Named>& list, std::string_view name, std::string_view kind) {
  const auto found = std::find_if(list.begin(), list.end(), [name](const Named& one) { return one.name == name; });
  if (found == list.end()) throw InputError(fmt::format("the results have no {} \"{}\"", kind, name), edited);
  return *found;
}

void require(bool met, std::string_view who, std::string_view problem) {
  if (!met) throw std::invalid_argument(fmt::format("outcomes: '{}' {}", who, problem));
}

bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_other(c); });
}

bool has_null(std::string_view text) { return text.find('\0') != std::string_view::npos; }

void require_consistent(const Dimension& dimension) {
  require(is_plain_name(dimension.name), dimension.name, "is no name for a dimension");
  require(!has_null(dimension.unit) && !has_null(dimension.long_name), dimension.name, "has a null character in its text");
  std::visit(
      [&dimension]<class Values>(const Values& values) {
        if constexpr (!std::is_same_v<Values, std::monostate>) {
          require(values.size() == dimension.size, dimension.name, "has not one value per position");
        }
        if constexpr (std::is_same_v<Values, std::vector<std::string>>) {
          require(std::none_of(values.begin(), values.end(), has_null), dimension.name,
                  "has a null character in its values");
        }
      },
      dimension.values);
}

}  // namespace

const Array& Outcomes::array(std::string_view name) const { return named(arrays, name, "array"); }

const Dimension& Outcomes::dimension(std::string_view name) const { return named(dimensions, name, "dimension"); }

void require_consistent(const Outcomes& outcomes) {
  std::set<std::string_view> names;
  for (const Dimension& dimension : outcomes.dimensions) {
    require_consistent(dimension);
    require(names.insert(dimension.name).second, dimension.name, "names two dimensions");
  }
  const std::set<std::string_view> dimension_names = names;

  for (const Array& array : outcomes.arrays) {
    const std::string_view name = array.name;
    const std::size_t slash = name.find('/');
    const std::string_view last = slash == name.npos ? name : name.substr(slash + 1);
    require(is_plain_name(last) && (slash == name.npos || is_plain_name(name.substr(0, slash))), name,
            "is no name for an array");
    require(names.insert(name).second, name, "names two things");
    // A group holds the dimensions of its arrays under their own names.
    require(!dimension_names.contains(last), name, "has the name of a dimension");
    require(!has_null(array.unit) && !has_null(array.long_name), name, "has a null character in its text");

    std::size_t size = 1;
    std::set<std::string_view> used;
    for (const std::string& axis : array.dimensions) {
      require(dimension_names.contains(axis), name, "has an unknown dimension");
      require(used.insert(axis).second, name, "has a dimension twice");
      const std::size_t length = outcomes.dimension(axis).size;
      require(length == 0 || size <= std::numeric_limits<std::size_t>::max() / length, name, "has more places than memory");
      size *= length;
    }
    const std::size_t given = std::visit([](const auto& values) { return values.size(); }, array.values);
    require(given == size, name, fmt::format("has {} values where its dimensions have {} places", given, size));
  }
  for (const Array& array : outcomes.arrays) {
    const std::size_t slash = array.name.find('/');
    if (slash != std::string::npos)
      require(!names.contains(array.name.substr(0, slash)), array.name, "is in a group named as an array");
  }

  const Provenance& from = outcomes.provenance;
  for (const std::string* text :
       {&from.title, &from.history, &from.version, &from.build, &from.scenario_toml, &from.scenario_name}) {
    require(!has_null(*text), "provenance", "has a null character in its text");
  }
  std::set<std::string_view> attributes;
  for (const auto& [name, text] : from.more) {
    require(is_plain_name(name) && attributes.insert(name).second, name, "is no name for one more attribute");
    require(!has_null(text), name, "has a null character in its text");
  }
}

}  // namespace sojourn
