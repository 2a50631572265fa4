#include "sojourn/facade/load.hpp"

#include <algorithm>
#include <utility>

#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/sweep/merge.hpp"

namespace sojourn {

LoadedScenario load_scenario(const std::filesystem::path& path, const std::vector<Override>& overrides, Recorded keep) {
  std::optional<Outcomes> recorded;
  std::string name = path.filename().string();
  Scenario scenario;
  if (looks_like_results(path)) {
    recorded = keep == Recorded::everything ? read_results(path) : read_provenance(path);
    require_run(*recorded, path);
    name = recorded->provenance.scenario_name;
    scenario = recorded_scenario(*recorded, path.string(), path.parent_path(), overrides);
  } else {
    scenario = read_scenario(path, overrides);
  }
  require_no_errors(scenario);
  Model model = build(scenario);
  return {std::move(scenario), std::move(model), std::move(name), std::move(recorded)};
}

void require_run(const Outcomes& results, const std::filesystem::path& path) {
  if (holds_points(results))
    throw InputError(
        "this file holds points of a sweep, not a run",
        "sojourn sensitivity says which keys matter, and sojourn explore makes a page of it; its scenario is the "
        "text attribute scenario_toml",
        path.string());
}

Outcomes read_merged_sweep(const std::filesystem::path& path) {
  const auto refuse = [&](const char* what, const char* hint) { return InputError(what, hint, path.string()); };
  if (std::filesystem::is_directory(path))
    throw refuse("this is a folder, not the file of a merged sweep",
                 "sojourn merge FOLDER -o all.h5 puts the points of a sweep into one file");
  if (std::filesystem::exists(path) && !looks_like_results(path))
    throw refuse("this is not the file of a merged sweep",
                 "sojourn sweep and then sojourn merge make one; sojourn play takes a scenario");
  Outcomes points = read_results(path);
  if (!holds_points(points))
    throw refuse("this file holds a run, not the points of a sweep",
                 "sojourn report makes a page of it; sojourn merge FOLDER -o all.h5 writes the points of a sweep");
  return points;
}

PlanId plan_called(const Model& model, std::string_view name) {
  std::vector<std::string> known;
  for (const Plan& plan : model.parts().plans) known.push_back(plan.id);
  return PlanId(position_called("plan", name, known));
}

std::vector<PlanId> plans_to_compare(const Model& model, const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const Plan& plan : model.parts().plans) all.push_back(plan.id);
  std::vector<PlanId> plans{PlanId(0)};
  for (const std::string& name : names.empty() ? all : names) {
    const PlanId plan = plan_called(model, name);
    if (std::find(plans.begin(), plans.end(), plan) == plans.end()) plans.push_back(plan);
  }
  if (plans.size() > 1) return plans;
  std::string others;
  for (std::size_t k = 1; k < all.size(); ++k) others += (k > 1 ? ", " : "") + all[k];
  throw InputError("there is no plan to compare with the baseline",
                   others.empty() ? "add a [[plan]] with improvements to the scenario, or simulate the baseline alone"
                                  : "name one or more of its plans: " + others);
}

const Metric& metric_called(std::string_view name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  return metrics()[position_called("metric", name, known)];
}

}  // namespace sojourn
