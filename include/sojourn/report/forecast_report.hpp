// What `sojourn compare --uncertain` says: a text for a terminal, and JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/report/layout.hpp"
#include "sojourn/sweep/forecast.hpp"

namespace sojourn {

/// Which plan to take, and what would change that.
struct Decision {
  ValueOfInformation value;
  std::size_t runner_up = 0;           // the plan of second highest mean worth
  std::vector<Swing> swings;           // of the best plan over the second, by input
  const SurveyPlan* survey = nullptr;  // where surveys were asked for
  std::vector<SurveyValue> surveys;
};
/// The decision by `metric`; with the surveys of `survey` where that is no nullptr. Throws as `decision_by`.
[[nodiscard]] Decision decide(const UncertainDraws& draws, std::size_t metric, const SurveyPlan* survey);

/// What is told of a comparison with uncertain inputs.
struct ForecastReport {
  const UncertainInputs& inputs;
  const UncertainDraws& draws;
  std::vector<MetricForecast> forecasts;
  std::size_t by = 0;                // what decides, see `figure_at`
  std::optional<Decision> decision;  // nothing where there is one plan alone
  std::vector<Acceptability> acceptability;
  std::vector<std::string> input_names;  // of the keys, in words (report/key_words.hpp)
};

/// What is told where `metric` decides: forecasts of it and of npv, retained and nps, the decision where there are several
/// plans, with the surveys of `survey` where that is no nullptr, and the acceptability curve. `inputs`, `draws` and `survey`
/// must outlive it. Throws as `decide`.
[[nodiscard]] ForecastReport forecast_report(const UncertainInputs& inputs, const UncertainDraws& draws, std::size_t metric,
                                             const SurveyPlan* survey = nullptr);

/// " But All spends EUR 145 k in 2026 Q4 in the mean of the draws, of a budget of EUR 120 k." where the plan to take, of
/// `names`, is beyond the scenario's budget of a quarter; else nothing. There must be a decision.
[[nodiscard]] std::string beyond_budget(const ForecastReport& report, const std::vector<std::string>& names);

/// Forecasts of each plan with 95 % intervals, what makes them wide, which plan to take, which input could change that, what
/// it is worth to know more, and which plan is best by what a kept customer is worth; at most 80 columns where names allow
/// it.
[[nodiscard]] std::string forecast_text(const ForecastReport& report, const Layout& layout);

/// The same as JSON: `uncertain` with `draws`, `inputs` (by key `unit` and `why`), `forecast` by metric and plan (`mean`,
/// `error`, `low`, `high`, `sd_inputs`, `sd_chance`, `inputs_shown`, and `difference` with the same), `by`, `best`,
/// `best_shown`, `chance_best`, `expected_loss`, `over_budget` (by plan that is beyond the budget of a quarter: `quarter`,
/// `spent`, the mean over the draws, and `budget`), `evpi`, `evppi` by key; `evsi` as `value_json`; `runner_up`; `swing` by
/// key, of the best over the runner-up (`low_at`, `high_at`, `low`, `high`, `se`, `shown`, `turns`); and `acceptability`, a
/// list of `value_of_customer` with `chance_best` by plan. Values are in the unit of `by`.
[[nodiscard]] std::string forecast_json(const ForecastReport& report, const std::string& file);

/// All draws as a table: `draw`, `plan`, `replication`, a column for each key and one for each metric; undefined ones are
/// empty.
[[nodiscard]] std::string draws_csv(const UncertainDraws& draws);
/// Its first line.
[[nodiscard]] std::string draws_csv_header(const std::vector<std::string>& keys);

}  // namespace sojourn
