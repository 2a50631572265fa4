// A scenario that is ready to run, from a scenario file or from the one inside a results file: what the facade and the
// commands share.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// A scenario and its model; of a results file also what made it.
struct LoadedScenario {
  Scenario scenario;
  Model model;
  std::string scenario_name;         // base name of the scenario file
  std::optional<Outcomes> recorded;  // of a results file: its provenance, or all of it
};

/// How much of a results file to keep: what it takes to run its scenario again, or everything.
enum class Recorded { provenance, everything };

/// Reads `path` once. Throws InputError (`invalid_scenario`) with every rendered error and a line that counts them, and as
/// `read_results`.
[[nodiscard]] LoadedScenario load_scenario(const std::filesystem::path& path, const std::vector<Override>& overrides,
                                           Recorded keep = Recorded::provenance);

/// Throws InputError where `results`, read from `path`, hold points of a sweep, not a run.
void require_run(const Outcomes& results, const std::filesystem::path& path);

/// The points of the merged sweep at `path`. Throws InputError with what the file is, and which command takes it, where it
/// is none, and as `read_results`.
[[nodiscard]] Outcomes read_merged_sweep(const std::filesystem::path& path);

/// The plan called `name`. Throws InputError with the nearest name.
[[nodiscard]] PlanId plan_called(const Model& model, std::string_view name);

/// What is compared: the baseline, and the plans called `names` or, without names, all plans; none twice. Throws InputError
/// where that is the baseline alone, and as `plan_called`.
[[nodiscard]] std::vector<PlanId> plans_to_compare(const Model& model, const std::vector<std::string>& names);

/// The metric called `name`. Throws InputError with the nearest name.
[[nodiscard]] const Metric& metric_called(std::string_view name);

}  // namespace sojourn
