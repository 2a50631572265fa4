// What a results file must hold before anybody takes it apart by position: its checksums say only that nobody changed it by
// accident. All throw InputError ("this results file is damaged or was edited: ...").
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// The texts of a dimension that has some.
[[nodiscard]] const std::vector<std::string>& recorded_texts(const Outcomes& outcomes, std::string_view dimension);

/// The array `name`, whose dimensions are exactly these. Its values are as many as their lengths say (`require_consistent`).
[[nodiscard]] const Array& recorded(const Outcomes& outcomes, std::string_view name,
                                    std::initializer_list<std::string_view> dimensions);

/// The labels of the exits of a scenario in its order, as the dimension `exit` has them: "from -> to".
[[nodiscard]] std::vector<std::string> exit_labels(const ModelParts& parts);

/// Demands that the outcomes are those of `model`: its personas, touchpoints, exits, stages and account segments, its seed
/// and the ends of its windows; plans that it has, none twice; numbered replications; bins of tenure that rise.
void require_results_of(const Outcomes& outcomes, const Model& model);

}  // namespace sojourn
