// What kind of network a model has, in words.
#pragma once

#include <string>

#include "sojourn/model/market.hpp"

namespace sojourn {

struct NetworkWords {
  std::string kind;         // as in the scenario: "small_world"
  std::string description;  // "a small world of 10 contacts, 10 % of them led elsewhere"
};
[[nodiscard]] NetworkWords words_of(const Network& network);

}  // namespace sojourn
