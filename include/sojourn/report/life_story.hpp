// One life in words: what happened, why each step was taken, and where it parts from the same life under another plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sojourn/engine/run.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {

/// The life of person `customer` of replication 0 under the model's plan: every visit with what was felt, every exit with
/// its probability at that moment and the luck that chose; before it, where the plan is not the baseline, where the two
/// lives part, or whose life to look at instead. No line is wider than `layout`, as far as words allow. Throws InputError
/// where there is no such person, RunError
/// (`too_large`) where memory for all who act on one another cannot be had, and Interrupted.
[[nodiscard]] std::string told_life(const Model& model, std::uint64_t customer, const RunOptions& options = {},
                                    const Layout& layout = {});

}  // namespace sojourn
