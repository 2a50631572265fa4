// A sweep as a page to explore: the knobs of `sojourn play` over points that were computed beforehand.
#pragma once

#include <string>

#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// What the page starts with (JSON, sim/play/PROTOCOL.md), from a merged sweep by a grid or a table: every metric of every
/// plan at every point, with 95 % intervals over replications (Student's t) where there are two or more, and differences to
/// the sweep's first plan, paired by replication. Throws InputError for a sweep by another design, whose points no slider
/// reaches, and for one of so many points that a page could not hold them.
[[nodiscard]] std::string explore_json(const Outcomes& points);

}  // namespace sojourn
