// What a person calls a key of a scenario: the same words in `play`, `explore`, `compare --uncertain` and on the page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn::key_words {

/// "First bill: quality" of touchpoint.first-bill.quality.mean, "Live: to Moved, mean delay" of
/// touchpoint.live.next.moved.after.exponential.mean; the key itself where nothing better is known.
[[nodiscard]] std::string name_of_key(const ModelParts& parts, std::string_view key);

/// The names of several: of a key that a knob of the scenario moves, the knob's; where two would be alike, the key as well.
[[nodiscard]] std::vector<std::string> names_of_keys(const Scenario& scenario, const std::vector<std::string>& keys);

}  // namespace sojourn::key_words
