// Where one plan beats another, in words, as JSON and as a picture.
#pragma once

#include <string>
#include <vector>

#include "sojourn/report/layout.hpp"
#include "sojourn/sweep/plan_regions.hpp"

namespace sojourn {

/// "a beats b in 83 % of the points where x < 0.52 and y > 1.4: covers 61 % of its wins.", with a table of the limits, for
/// either plan; or that there is nothing to tell, and why. Points whose difference is within the noise are counted apart.
[[nodiscard]] std::string regions_text(const std::vector<PlanRegions>& all, const Layout& layout);

/// What stands in the JSON of `sojourn sensitivity` under `boxes`, as text: an array, an entry for each two plans, with
/// `plan`, `against`, `goal`, `points`, `better_at`, `worse_at`, `not_told_at`, `left_out`, `replications`, and `better` and
/// `worse`: null where too few points are so, else `told`, `chance`, `density`, `coverage`, `points_inside` and `limits`,
/// each with `key`, `unit`, `above`, `below` or `among`, `quasi_p`, `kept`, `low` and `high`.
[[nodiscard]] std::string regions_json(const std::vector<PlanRegions>& all);

/// An SVG: for each box that is told, its points by each two of the keys that it limits (up to four; with one limited key,
/// by that and the difference), wins and losses told apart by shape. Says so where there is none.
[[nodiscard]] std::string regions_svg(const std::vector<PlanRegions>& all, const std::string& title);

}  // namespace sojourn
