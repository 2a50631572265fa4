#include <cstdio>
#include <filesystem>
#include <optional>

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

fs::path page_path(const CommandLine& line) {
  const fs::path page = line.output.empty() ? fs::path(line.input).stem() += ".html" : fs::path(line.output);
  if (page.extension() != ".html" && page.extension() != ".htm") {
    throw InputError("sojourn: error: the report is a page, so " + page.string() +
                     " cannot be its name\nhint: end it in .html; the tables alone are --xlsx FILE.xlsx");
  }
  return page;
}

void require_results(const std::string& file) {
  if (looks_like_results(file)) return;
  if (!fs::exists(file)) throw InputError(file + ": error: there is no such file");
  throw InputError("sojourn: error: " + file +
                   " is not a results file\nhint: sojourn compare SCENARIO.toml writes one; then sojourn report FILE.h5");
}

}  // namespace

int report_command(const CommandLine& line) {
  require_results(line.input);
  const fs::path page = page_path(line), workbook(line.workbook);
  if (!line.workbook.empty() && workbook.extension() != ".xlsx")
    throw InputError("sojourn: error: " + line.workbook + " is not named as a workbook\nhint: end it in .xlsx");
  std::optional<double> budget;
  if (!line.budget.empty()) {
    budget = parse_money("--budget", line.budget);
    if (line.fast)
      throw InputError("sojourn: error: what a budget buys is simulated, and --fast simulates nothing\nhint: leave one out");
  }
  const bool pages = pages_built();
  if (!pages && (line.workbook.empty() || !line.output.empty())) {
    throw RunError(
        "sojourn: error: this program was built without the page's charts\n"
        "hint: install npm (tools/packages install pages), then cmake --preset release -DSOJOURN_PAGES=ON and build again; "
        "--xlsx FILE.xlsx needs no charts");
  }
  const Input input = read_input(line);
  const Replacing may = replacing(line, input);
  if (pages) require_replaceable(page, may);
  if (!line.workbook.empty()) require_replaceable(workbook, may);
  if (budget && input.model.parts().improvements.empty())
    throw InputError(
        "sojourn: error: this scenario has no [[improvement]] that a budget could buy\nhint: leave --budget out");
  const Outcomes outcomes = read_results(line.input);
  const Samples samples = kept_samples(outcomes, input.model);
  Beside beside;
  if (!line.fast) {
    under_way(line, [&](const RunOptions& options) { beside = simulate_beside(input.model, samples, budget, options); });
  }
  if (beside.interrupted) {
    print(stderr, "sojourn: interrupted; nothing was written\nhint: --fast writes at once what is in the file\n");
    return interrupted;
  }
  const Report report{outcomes,
                      input.model,
                      samples,
                      beside.ranking ? &*beside.ranking : nullptr,
                      beside.optimum ? &*beside.optimum : nullptr,
                      beside.affordable ? &*beside.affordable : nullptr,
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
