// The samples of a run inside its results file, so that an analysis of the file gives the numbers of the run to the bit.
#pragma once

#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// Adds to `outcomes` the group "samples": every sum of `samples` by plan, sample and persona, touchpoint or account
/// segment. `outcomes` must be of the same run.
void keep_samples(const Samples& samples, Outcomes& outcomes);

/// The samples in a results file of `model`; `seconds` is 0 and `events` counts all visits. Throws as
/// `require_results_of`, and InputError where the file has none (it was written before there were any) or they do not fit
/// the model.
[[nodiscard]] Samples kept_samples(const Outcomes& outcomes, const Model& model);

}  // namespace sojourn
