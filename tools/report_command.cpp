#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/report.hpp"

namespace sojourn::tools {

int report_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  if (!looks_like_results(line.input)) {
    if (!fs::exists(line.input)) throw InputError(line.input + ": error: there is no such file");
    throw InputError("sojourn: error: " + line.input +
                     " is not a results file\nhint: sojourn compare SCENARIO.toml writes one; then sojourn report FILE.h5");
  }
  const fs::path page = line.output.empty() ? fs::path(line.input).stem() += ".html" : fs::path(line.output);
  if (page.extension() != ".html" && page.extension() != ".htm") {
    throw InputError("sojourn: error: the report is a page, so " + page.string() +
                     " cannot be its name\nhint: end it in .html; the tables alone are --xlsx FILE.xlsx");
  }
  const fs::path workbook(line.workbook);
  if (!line.workbook.empty() && workbook.extension() != ".xlsx")
    throw InputError("sojourn: error: " + line.workbook + " is not named as a workbook\nhint: end it in .xlsx");
  const bool pages = pages_built();
  if (!pages && (line.workbook.empty() || !line.output.empty())) {
    throw RunError(
        "sojourn: error: this program was built without the page's charts\n"
        "hint: install npm (tools/packages install pages), then cmake --preset release -DSOJOURN_PAGES=ON and build again; "
        "--xlsx FILE.xlsx needs no charts");
  }
  if (pages) require_replaceable(page);

  const Input input = read_input(line);
  const Outcomes outcomes = read_results(line.input);
  const Samples samples = kept_samples(outcomes, input.model);
  const Report report{outcomes, input.model, samples};
  if (pages) {
    replace_file(page, report_page(report));
    std::fprintf(stderr, "Report: %s\n", page.c_str());
  }
  if (!line.workbook.empty()) {
    write_workbook(report, workbook);
    std::fprintf(stderr, "Tables: %s\n", workbook.c_str());
  }
  return done;
}

}  // namespace sojourn::tools
