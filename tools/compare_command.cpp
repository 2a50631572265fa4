#include <fmt/format.h>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/goal.hpp"
#include "sojourn/report/forecast_report.hpp"
#include "sojourn/report/summary.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

/// Outcomes whose forecasts are told beside that which decides.
constexpr std::string_view always_told[] = {"npv", "retained", "nps"};

std::size_t metric_called(const std::string& name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) known.emplace_back(metric.name);
  return position_called("metric", name, known, "--by: ");
}

int compare_uncertain(const CommandLine& line, const Input& input, const std::vector<PlanId>& plans) {
  const UncertainInputs inputs = read_uncertain(input.scenario, line.overrides);
  require_no_errors(inputs.inputs);
  if (line.format == Format::csv)
    throw InputError("--format csv: with --uncertain there are tables and Markdown", "--json has every figure");
  const Settings& settings = input.model.parts().settings;
  const std::size_t by = metric_called(line.by.empty() ? std::string(metric_of_goal(settings)) : line.by.front());
  DrawOptions options;
  options.draws = (line.draws + scrambles - 1) / scrambles * scrambles;
  for (const PlanId plan : plans) options.plans.push_back(input.model.parts().plans[plan.index()].id);
  require_valid_draws(inputs, options, 64);
  UncertainDraws draws;
  under_way(line, [&](const RunOptions& running) {
    options.threads = running.threads;
    options.progress = running.progress;
    options.stop = running.stop;
    draws = simulate_draws(inputs, options);
  });
  ForecastReport report{inputs, draws, {}, by, nullptr};
  std::vector<std::size_t> told{by};
  for (const std::string_view name : always_told) {
    if (metric_position(name) != by) told.push_back(metric_position(name));
  }
  for (const std::size_t metric : told) report.forecasts.push_back(metric_forecast(draws, metric));
  ValueOfInformation decision;
  if (draws.plans.size() > 1) {
    decision = decision_by(draws, by);
    report.decision = &decision;
  }
  if (line.json) {
    print(stdout, "%s", forecast_json(report, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", forecast_text(report, layout(line)).c_str());
  }
  return done;
}

}  // namespace

int compare_command(const CommandLine& line) {
  const Input input = read_input(line);
  // A comparison that is repeated from its file keeps its plans.
  const bool again = line.plans.empty() && input.plans.size() > 1;
  const std::vector<PlanId> plans = plans_to_compare(input.model, again ? input.plans : line.plans);
  if (line.uncertain) return compare_uncertain(line, input, plans);
  return simulate(
      line, input, plans, results_path(line, input, "-compare.h5"),
      [](const Samples& samples, const Layout& layout) { return comparison_text(samples, compare(samples), layout); },
      [](const Samples& samples, const std::string& file) { return comparison_json(samples, compare(samples), file); });
}

}  // namespace sojourn::tools
