#include "commands.hpp"
#include "mpi_module.hpp"
#include "session.hpp"
#include "sojourn/report/solution.hpp"

namespace sojourn::tools {
namespace {

/// The solved twin, ready before the run so that a model without one is refused at once.
class Twin {
 public:
  Twin(const Model& model, PlanId plan, int threads)
      : plan_(plan), threads_(threads), twin_(solvable_twin(apply(model, plan))), solved_(solve(Program(twin_.model))) {}

  /// Simulates the twin on the luck of `samples` and corrects them by it.
  [[nodiscard]] ControlVariate correct(const Samples& samples) const {
    RunOptions options;
    options.threads = threads_;
    ControlVariate control = control_variate(samples, collect_samples(run(twin_.model, {&plan_, 1}, options)), solved_);
    control.without = twin_.without;
    return control;
  }

 private:
  PlanId plan_;
  int threads_;
  SolvableTwin twin_;
  ClosedForm solved_;
};

int run_with(const CommandLine& line, Ranks* ranks) {
  const Input input = read_input(line, Recorded::provenance, ranks);
  std::vector<PlanId> plans;
  // A results file is repeated with all the plans that it holds, unless one is asked for.
  if (!line.plan.empty() || input.plans.empty()) {
    plans.push_back(plan_called(input.model, line.plan.empty() ? "baseline" : line.plan));
  } else {
    for (const std::string& plan : input.plans) plans.push_back(plan_called(input.model, plan));
  }
  const std::string suffix = line.plan.empty() || line.plan == "baseline" ? ".h5" : "-" + line.plan + ".h5";
  const std::string path = results_path(line, input, suffix);
  if (!line.control_variate) {
    return simulate(line, ranks, input, plans, path, run_text,
                    [](const Samples& samples, const std::string& file) { return run_json(samples, file); });
  }
  if (!line.precision.empty()) {
    throw InputError("--precision and --control-variate do not go together",
                     "add replications yourself with --replications");
  }
  if (plans.size() > 1) {
    throw InputError("--control-variate corrects one plan, and this file holds several", "name one with --plan");
  }
  const Twin twin(input.model, plans.front(), line.threads);
  return simulate(
      line, ranks, input, plans, path,
      [&](const Samples& samples, const Layout& layout) {
        // The twin would have to live on the luck of just the replications that were finished.
        if (samples.interrupted()) return run_text(samples, layout) + "\nNo control variate: the run was interrupted.\n";
        return run_text(samples, layout) + control_variate_text(samples, twin.correct(samples), layout);
      },
      [&](const Samples& samples, const std::string& file) {
        return samples.interrupted() ? run_json(samples, file) : run_json(samples, twin.correct(samples), file);
      });
}

}  // namespace

int run_command(const CommandLine& line) {
  return with_ranks(line, [&](Ranks* ranks) { return run_with(line, ranks); });
}

}  // namespace sojourn::tools
