// What `sojourn voi` says: what to choose with what is known, and what it is worth to know more. A text for a terminal, and
// JSON.
#pragma once

#include <string>
#include <vector>

#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/report/layout.hpp"

namespace sojourn {

/// A decision, what more knowledge is worth, and the surveys that could be made.
struct ValueReport {
  const ValueSample& sample;
  ValueOfInformation value;
  double people = 1.0;               // whom the choice concerns; worth is for one of them
  const SurveyPlan* plan = nullptr;  // where surveys were asked for
  std::vector<SurveyValue> surveys;
};

/// Choices with their worth, the share of draws at which each is best, and its expected loss; what it is worth to know each
/// input, most first; sizes of a survey with what they net. A value that chance alone could have made is called that.
[[nodiscard]] std::string value_text(const ValueReport& report, const Layout& layout);

/// The same as JSON: `draws`, `people`, `best`, `best_shown`, `explained`, `choices` by name with `mean`, `error`,
/// `chance_best` and `expected_loss`; `evpi` and `evppi` by input with `mean`, `se` and `shown`; `evsi` with `input` and
/// `surveys`, each with `answers`, `mean`, `se` and `net`, and `best`, the number of answers that nets most, or null.
[[nodiscard]] std::string value_json(const ValueReport& report);

}  // namespace sojourn
