#include "sojourn/outcomes/network_ties.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>

namespace sojourn {
namespace {

constexpr const char* axis = "tie";
constexpr const char* from_name = "network/from";
constexpr const char* to_name = "network/to";

}  // namespace

void keep_ties(const ModelParts& parts, Outcomes& outcomes) {
  if (!parts.word_of_mouth) return;
  const auto* file = std::get_if<NetworkFile>(&parts.word_of_mouth->network);
  if (file == nullptr || !file->ties) return;
  outcomes.dimensions.push_back(
      {axis, file->ties->size(), std::monostate{}, "", "tie of the network, in the order of its file"});
  const auto add = [&](const char* name, const char* long_name, std::uint32_t Tie::*end) {
    std::vector<std::int64_t> people;
    people.reserve(file->ties->size());
    for (const Tie& tie : *file->ties) people.push_back(tie.*end);
    outcomes.arrays.push_back({name, {axis}, "1", long_name, std::move(people)});
  };
  add(from_name, "number of the person who talks", &Tie::from);
  add(to_name, "number of the person who hears", &Tie::to);
}

std::vector<Tie> kept_ties(const Outcomes& outcomes) {
  const auto find = [&](const char* name) {
    const auto found = std::find_if(outcomes.arrays.begin(), outcomes.arrays.end(),
                                    [name](const Array& array) { return array.name == name; });
    return found == outcomes.arrays.end() ? nullptr : std::get_if<std::vector<std::int64_t>>(&found->values);
  };
  const std::vector<std::int64_t>*from = find(from_name), *to = find(to_name);
  if (from == nullptr && to == nullptr) return {};
  const auto person = [](std::int64_t number) { return number >= 0 && number < 0xffffffff; };
  if (from == nullptr || to == nullptr || from->size() != to->size() || !std::all_of(from->begin(), from->end(), person) ||
      !std::all_of(to->begin(), to->end(), person)) {
    throw InputError("the network in this results file is not a list of ties");
  }
  std::vector<Tie> ties;
  ties.reserve(from->size());
  for (std::size_t i = 0; i < from->size(); ++i) {
    ties.push_back({static_cast<std::uint32_t>((*from)[i]), static_cast<std::uint32_t>((*to)[i])});
  }
  return ties;
}

}  // namespace sojourn
