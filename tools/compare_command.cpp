#include "commands.hpp"
#include "session.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn::tools {

int compare_command(const CommandLine& line) {
  const Input input = read_input(line);
  // A comparison that is repeated from its file keeps its plans.
  const bool again = line.plans.empty() && input.plans.size() > 1;
  const std::vector<PlanId> plans = plans_to_compare(input.model, again ? input.plans : line.plans);
  return simulate(
      line, input, plans, results_path(line, input, "-compare.h5"),
      [](const Samples& samples, const Layout& layout) { return comparison_text(samples, compare(samples), layout); },
      [](const Samples& samples, const std::string& file) { return comparison_json(samples, compare(samples), file); });
}

}  // namespace sojourn::tools
