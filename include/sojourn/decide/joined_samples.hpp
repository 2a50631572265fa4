// Runs of several scenarios on the same luck as plans of one comparison.
#pragma once

#include <string>
#include <vector>

#include "sojourn/outcomes/collect.hpp"

namespace sojourn {

/// One of several runs to compare. `name`, the stem of its file, tells its plans from those of the others.
struct NamedSamples {
  std::string name;
  Samples samples;
};

/// Throws InputError that names every run that cannot be paired with the first, and all that keeps it from that: seed,
/// customers, replications, market, horizon, windows, currency, discount, personas, account segments, or that customers act
/// on one another in one of them alone. Of a run that is still to be simulated, `samples` says what it will be about: no
/// plan needs a sample.
void require_pairable(const std::vector<NamedSamples>& runs);

/// The ids that the plans of `runs` have in `joined`, in its order; their samples are not looked at.
[[nodiscard]] std::vector<std::string> joined_plans(const std::vector<NamedSamples>& runs);

/// All plans of `runs`, in their order, as plans of one comparison whose baseline is the first plan of the first run. Plans
/// of the first run keep their ids; those of another become NAME/ID and, where the run has one plan only, NAME. What the
/// whole is about (title, question, goal) is what the first run is about.
///
/// Customer i of replication r draws the same numbers in every run with the same seed, whatever the journey: so the runs may
/// differ in touchpoints, pools and improvements. A touchpoint that a run lacks has no visits there. Who is better off is
/// not told, as no two runs were held together customer by customer, and intervals rest on samples alone.
///
/// `runs` are two or more, each with a name of its own, that `require_pairable` does not refuse.
[[nodiscard]] Samples joined(std::vector<NamedSamples> runs);

}  // namespace sojourn
