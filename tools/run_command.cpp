#include "commands.hpp"
#include "session.hpp"

namespace sojourn::tools {

int run_command(const CommandLine& line) {
  const Input input = read_input(line);
  std::vector<PlanId> plans;
  // A results file is repeated with all the plans that it holds, unless one is asked for.
  if (!line.plan.empty() || input.plans.empty()) {
    plans.push_back(find_plan(input.model, line.plan.empty() ? "baseline" : line.plan));
  } else {
    for (const std::string& plan : input.plans) plans.push_back(find_plan(input.model, plan));
  }
  const std::string suffix = line.plan.empty() || line.plan == "baseline" ? ".h5" : "-" + line.plan + ".h5";
  return simulate(line, input, plans, results_path(line, input, suffix), run_text, run_json);
}

}  // namespace sojourn::tools
