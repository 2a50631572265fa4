#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "commands.hpp"
#include "goals.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/page/report.hpp"
#include "sojourn/page/report_simulations.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

void require_results(const std::string& file) {
  if (looks_like_results(file)) return;
  if (!fs::exists(file)) throw InputError("there is no such file", {}, file);
  throw InputError(file + " is not a results file", "sojourn compare SCENARIO.toml writes one; then sojourn report FILE.h5");
}

}  // namespace

int report_command(const CommandLine& line) {
  require_results(line.input);
  const fs::path page = page_path(line, "the tables alone are --xlsx FILE.xlsx"), workbook(line.workbook);
  if (!line.workbook.empty() && workbook.extension() != ".xlsx")
    throw InputError(line.workbook + " is not named as a workbook", "end it in .xlsx");
  std::optional<double> budget;
  if (!line.budget.empty()) {
    budget = parse_money("--budget", line.budget);
    if (line.fast) throw InputError("what a budget buys is simulated, and --fast simulates nothing", "leave one out");
  }
  const bool pages = pages_built();
  if (!pages && (line.workbook.empty() || !line.output.empty())) {
    require_pages(pages, "; --xlsx FILE.xlsx needs no charts");
  }
  const Input input = read_input(line, Recorded::everything);
  const Replacing may = replacing(line, input);
  if (pages) require_replaceable(page, may);
  if (!line.workbook.empty()) require_workbook(workbook, may);
  if (budget && input.model.parts().improvements.empty())
    throw InputError("this scenario has no [[improvement]] that a budget could buy", "leave --budget out");
  const Outcomes& outcomes = *input.recorded;
  Samples samples = kept_samples(outcomes, input.model);
  Beside beside;
  if (!line.fast) {
    std::vector<Program> programs;
    for (const PlanSamples& plan : samples.plans)
      programs.emplace_back(apply(input.model, plan_called(input.model, plan.id)));
    under_way(line, [&](const RunOptions& options) {
      add_appraisal_spreads(samples, programs);
      beside = simulate_beside(input.scenario, input.model, samples, budget, options);
    });
  }
  const Comparison comparison = compare(samples);
  std::optional<ForecastReport> doubt;
  if (beside.doubt) doubt.emplace(forecast_report(beside.doubt->inputs, beside.doubt->draws, beside.doubt->by));
  const Report report{outcomes,
                      input.model,
                      samples,
                      comparison,
                      beside.ranking ? &*beside.ranking : nullptr,
                      beside.optimum ? &*beside.optimum : nullptr,
                      beside.affordable ? &*beside.affordable : nullptr,
                      doubt ? &*doubt : nullptr,
                      beside.left_out};
  if (pages) {
    replace_file(page, report_page(report), may);
    if (!line.quiet) print(stderr, "Report: %s\n", page.c_str());
  }
  if (!line.workbook.empty()) {
    write_workbook(report, workbook, may);
    if (!line.quiet) print(stderr, "Tables: %s\n", workbook.c_str());
  }
  return done;
}

}  // namespace sojourn::tools
