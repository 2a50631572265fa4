// What the JSON of all commands share.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sojourn/decide/estimate.hpp"
#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/report/caution_words.hpp"

namespace sojourn::json_figures {

using Json = nlohmann::ordered_json;

/// Undefined numbers are null; there is no negative zero.
inline Json number(double value) { return std::isfinite(value) ? Json(value + 0.0) : Json(nullptr); }

inline Json of(const Estimate& estimate) {
  return {{"mean", number(estimate.mean)},
          {"low", number(estimate.low)},
          {"high", number(estimate.high)},
          {"sd", number(estimate.sd)},
          {"effective_people", number(estimate.effective)}};
}

inline Json of(const InformationValue& value) {
  return {{"mean", number(value.value)}, {"se", number(value.error)}, {"shown", value.shown()}};
}

/// Sizes of a survey about `input`.
inline Json of(const std::vector<SurveyValue>& sizes, const std::string& input) {
  Json surveys = Json::array();
  for (const SurveyValue& survey : sizes) {
    surveys.push_back({{"answers", survey.answers},
                       {"mean", number(survey.value.value)},
                       {"se", number(survey.value.error)},
                       {"net", number(survey.net)}});
  }
  const std::size_t best = best_survey(sizes);
  return {{"input", input},
          {"surveys", std::move(surveys)},
          {"best", best < sizes.size() ? Json(sizes[best].answers) : Json(nullptr)}};
}

/// What was simulated; `samples` have at least one plan.
inline Json header(const Samples& samples, const std::string& file) {
  return {{"scenario", samples.scenario},         {"file", file},
          {"question", samples.question},         {"currency", samples.currency},
          {"customers", samples.customers},       {"market", samples.market},
          {"replications", samples.replications}, {"replications_asked", samples.replications_asked},
          {"interrupted", samples.interrupted()}, {"seed", samples.seed},
          {"horizon_days", samples.horizon},      {"intervals", caution_words::intervals(samples)}};
}

inline std::string text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace sojourn::json_figures
