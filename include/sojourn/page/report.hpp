// The page and the workbook that one shows around: `sojourn report`.
#pragma once

#include <filesystem>
#include <string>

#include "sojourn/base/whole_file.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/optimum.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/report/forecast_report.hpp"

namespace sojourn {

/// A results file as read (results_file.hpp), its model, and the samples that it keeps (kept_samples.hpp); and what was
/// simulated beside it of the same model, perhaps with fewer people or replications: the page says with how many.
struct Report {
  const Outcomes& outcomes;
  const Model& model;
  const Samples& samples;
  const Comparison& comparison;           // of the samples (comparison.hpp)
  const Ranking* ranking = nullptr;       // by net present value, under the file's first plan
  const Optimum* optimum = nullptr;       // for net present value, without a limit: its frontier goes from nothing on
  const Optimum* affordable = nullptr;    // the same within a budget, which is marked on the frontier
  const ForecastReport* doubt = nullptr;  // what the uncertain inputs make of the answer
  std::string left_out = {};              // why one of these is missing, in a sentence
};

/// Whether this build has the charts of the page (the CMake option SOJOURN_PAGES).
[[nodiscard]] bool pages_built();

/// One self-contained HTML page: the answer, plans side by side, winners and losers, curves, flows, the journey map, what is
/// worth fixing, what a budget buys, what is not known, money, personas, and where the numbers come from. It loads nothing,
/// and its content security policy allows only its own script and styles, by their SHA-256. Its estimates are those of
/// `run_json`, `comparison_json`, `ranking_json` and `optimum_json`, in full precision inside the element `data` (JSON).
/// Long series are thinned, so that the page stays below 2 MB. Equal files give equal pages. Throws RunError where Graphviz
/// fails, and std::logic_error without `pages_built`.
[[nodiscard]] std::string report_page(const Report& report);

/// The tables as an Office Open XML workbook (.xlsx): one sheet each for plans, personas, touchpoints, series over
/// time, and where they are given leverage and budgets; numbers as numbers. Written as a whole or not at all; throws
/// as `replace_file`.
void write_workbook(const Report& report, const std::filesystem::path& path, const Replacing& may = {});

/// Throws what `write_workbook` would throw whatever the report: to be called before the work whose result is to be kept.
void require_workbook(const std::filesystem::path& path, const Replacing& may = {});

}  // namespace sojourn
