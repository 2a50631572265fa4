#include "sojourn/facade/load.hpp"

#include <fmt/format.h>

#include <utility>

#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/scenario/nearest.hpp"

namespace sojourn {
namespace {

[[noreturn]] void refuse_name(const char* what, std::string_view name, const std::vector<std::string>& known) {
  const std::string near = nearest(std::string(name), known);
  std::string list;
  for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
  throw InputError(
      fmt::format("there is no {} \"{}\"{}", what, name, near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)),
      fmt::format("{}s: {}", what, list));
}

}  // namespace

LoadedScenario load_scenario(const std::filesystem::path& path, const std::vector<Override>& overrides, Recorded keep) {
  std::optional<Outcomes> recorded;
  std::string name = path.filename().string();
  Scenario scenario;
  if (looks_like_results(path)) {
    recorded = keep == Recorded::everything ? read_results(path) : read_provenance(path);
    if (recorded->provenance.request.command == "sweep")
      throw InputError("this file holds points of a sweep, not a run",
                       "sojourn sensitivity says which keys matter; its scenario is the text attribute scenario_toml",
                       path.string());
    name = recorded->provenance.scenario_name;
    scenario = recorded_scenario(*recorded, path.string(), path.parent_path(), overrides);
  } else {
    scenario = read_scenario(path, overrides);
  }
  require_no_errors(scenario);
  Model model = build(scenario);
  return {std::move(scenario), std::move(model), std::move(name), std::move(recorded)};
}

PlanId plan_called(const Model& model, std::string_view name) {
  std::vector<std::string> known;
  for (const Plan& plan : model.parts().plans) known.push_back(plan.id);
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (known[k] == name) return PlanId(k);
  }
  refuse_name("plan", name, known);
}

const Metric& metric_called(std::string_view name) {
  if (const Metric* metric = find_metric(name)) return *metric;
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  refuse_name("metric", name, known);
}

}  // namespace sojourn
