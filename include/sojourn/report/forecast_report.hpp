// What `sojourn compare --uncertain` says: a text for a terminal, and JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sojourn/report/layout.hpp"
#include "sojourn/sweep/forecast.hpp"

namespace sojourn {

/// What is told of a comparison with uncertain inputs.
struct ForecastReport {
  const UncertainInputs& inputs;
  const UncertainDraws& draws;
  std::vector<MetricForecast> forecasts;
  std::size_t by = 0;                            // the metric that decides, by place in `metrics()`
  const ValueOfInformation* decision = nullptr;  // nothing where there is one plan alone
};

/// Forecasts of each plan with 95 % intervals, what makes them wide, which plan to take, and what it is worth to know more;
/// at most 80 columns where names allow it.
[[nodiscard]] std::string forecast_text(const ForecastReport& report, const Layout& layout);

/// The same as JSON: `uncertain` with `draws`, `inputs` (by key `unit` and `why`), `forecast` by metric and plan (`mean`,
/// `error`, `low`, `high`, `sd_inputs`, `sd_chance`, `inputs_shown`, and `difference` with the same), `by`, `best`,
/// `best_shown`, `chance_best`, `expected_loss`, `evpi`, `evppi` by key; the last three in the unit of `by`.
[[nodiscard]] std::string forecast_json(const ForecastReport& report, const std::string& file);

}  // namespace sojourn
