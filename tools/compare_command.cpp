#include <algorithm>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn::tools {

int compare_command(const CommandLine& line) {
  const Input input = read_input(line);
  std::vector<PlanId> plans{PlanId(0)};
  std::vector<std::string> names = line.plans;
  // A comparison that is repeated from its file keeps its plans.
  if (names.empty() && input.plans.size() > 1) names = input.plans;
  if (names.empty()) {
    for (std::size_t k = 1; k < input.model.parts().plans.size(); ++k) plans.emplace_back(k);
  }
  for (const std::string& name : names) {
    const PlanId plan = plan_called(input.model, name);
    if (std::find(plans.begin(), plans.end(), plan) == plans.end()) plans.push_back(plan);
  }
  if (plans.size() == 1) {
    throw InputError("there is no plan to compare with the baseline",
                     "add a [[plan]] with improvements to " + input.scenario_name + ", or use sojourn run");
  }
  return simulate(
      line, input, plans, results_path(line, input, "-compare.h5"),
      [](const Samples& samples, const Layout& layout) { return comparison_text(samples, compare(samples), layout); },
      [](const Samples& samples, const std::string& file) { return comparison_json(samples, compare(samples), file); });
}

}  // namespace sojourn::tools
