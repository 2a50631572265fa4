// Many plans of one model on the same luck, a few at a time, so that memory does not grow with their number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/collect.hpp"

namespace sojourn {

/// Runs every one of `plans` on `parts`, whose own plans are set aside but for the baseline (so is a plan without
/// improvements), and hands each plan's samples to `use`, in order: its position, and the samples of a run that hold this
/// plan alone. Returns the visits simulated. Throws Interrupted, and RunError (`too_large`) before the work where memory for
/// it cannot be had. With `Wanted::horizon` the samples may have one window alone, where nothing steps by windows: sums of
/// money then differ in their last digits from those of other calls.
enum class Wanted { windows, horizon };
[[nodiscard]] std::uint64_t each_plan(const ModelParts& parts, std::span<const Plan> plans, const RunOptions& options,
                                      const std::function<void(std::size_t, const Samples&)>& use,
                                      Wanted wanted = Wanted::windows);

}  // namespace sojourn
