// From a run to its results file: one road for commands and programs.
#pragma once

#include <string>

#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn {

/// `argument` as a shell needs it, in quotes where it must be.
[[nodiscard]] std::string shell_quoted(const std::string& argument);

/// A request as one would type it, to be pasted into a shell: "sojourn run telecom.toml --customers 3000 --plan clear-bill".
[[nodiscard]] std::string history_of(const Request& request, const std::string& scenario_name);

/// Everything that a results file holds of `result`, whose samples are `samples`. Of `provenance`, the request, its history
/// and the scenario's name and text are given; the rest is filled in. A run that was interrupted says so in its title,
/// because part of a run must not be taken for the whole of it; repeating the file runs the whole. Of `result` the tables
/// are let go meanwhile (see `collect_outcomes`).
[[nodiscard]] Outcomes outcomes_of(RunResult&& result, const Samples& samples, Provenance provenance);

}  // namespace sojourn
