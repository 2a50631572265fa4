// Everything that Sojourn does with a results file that somebody may have altered.
#pragma once

#include <optional>

#include "sim/page/report_data.hpp"
#include "sojourn/base/error.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/map/journey_map.hpp"
#include "sojourn/map/journey_map_content.hpp"
#include "sojourn/page/report.hpp"
#include "tests/fault/results_edits.hpp"

namespace sojourn::fault {

/// What `run`, `map` and `report` do with a file that was read. False where it was refused.
inline bool use(const Outcomes& outcomes) {
  try {
    const std::optional<ReadResults> read = understood(outcomes);
    if (!read) return false;
    JourneyView view;
    view.results = &outcomes;
    (void)journey_map::content(read->model, view);
    const Comparison comparison = compare(read->samples);
    (void)report_pages::data_json(Report{outcomes, read->model, read->samples, comparison}, 2'000'000);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace sojourn::fault
