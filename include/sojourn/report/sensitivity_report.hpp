// What `sojourn sensitivity` says: a table for a terminal, and JSON.
#pragma once

#include <string>
#include <vector>

#include "sojourn/report/layout.hpp"
#include "sojourn/report/region_report.hpp"
#include "sojourn/sweep/sensitivity.hpp"

namespace sojourn {

/// A table for each figure, the key that matters most first, with 95 % bootstrap intervals; "not resolved: four times as
/// many points" where an interval includes 0, "no effect at any point" where nothing changed. The title alone where there is
/// none.
[[nodiscard]] std::string sensitivity_text(const std::vector<Sensitivity>& all, const std::string& title,
                                           const Layout& layout);

/// The same as JSON: `figures`, each with `metric`, `plan`, `baseline`, `unit`, `mean`, `variance`, `samples` or
/// `trajectories`, `left_out`, `cautions`, and `keys` by name with `first` and `total`, or `mu_star`, `mu` and `sigma`; an
/// index has `value`, `low`, `high` and `resolved`. `boxes`: see `regions_json`. `design` is the sweep's.
[[nodiscard]] std::string sensitivity_json(const std::vector<Sensitivity>& all, const std::vector<PlanRegions>& regions,
                                           const std::string& title, const std::string& file, const std::string& design);

}  // namespace sojourn
