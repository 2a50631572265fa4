#include "tests/verify/properties.hpp"

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <cstdlib>
#include <ostream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/verify/scenario_text.hpp"

namespace sojourn::verify {
namespace {

struct Case {
  ModelParts parts;
};

void showValue(const Case& value, std::ostream& out) { out << scenario_text(value.parts); }

rc::Gen<Case> models(Flavour flavour) {
  return [flavour](const rc::Random& random, int size) {
    Case drawn{random_model(rc::Random(random).next(), size, flavour)};
    return rc::shrinkable::shrinkRecur(std::move(drawn), [](const Case& each) {
      std::vector<Case> steps;
      for (ModelParts& parts : simpler(each.parts)) steps.push_back({std::move(parts)});
      return rc::seq::fromContainer(std::move(steps));
    });
  };
}

rc::detail::TestParams parameters(int cases) {
  rc::detail::Configuration defaults;
  defaults.testParams.seed = 20;
  defaults.testParams.maxSuccess = cases;
  const char* asked = std::getenv("RC_PARAMS");
  return asked == nullptr ? defaults.testParams : rc::detail::configFromString(asked, defaults).testParams;
}

}  // namespace

std::string falsify(Flavour flavour, int cases, const Property& property) {
  const auto holds = [&] {
    const Case drawn = *models(flavour);
    const std::string wrong = property(drawn.parts);
    if (!wrong.empty()) RC_FAIL(wrong);
  };
  const auto parameters_of_run = parameters(cases);
  // Everything is given, so that RapidCheck reads no configuration of its own, whose seed is another one every time.
  rc::detail::TestListenerAdapter silent;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(holds, rc::detail::TestMetadata(), parameters_of_run, silent,
                                std::unordered_map<std::string, rc::detail::Reproduce>());
  if (result.is<rc::detail::SuccessResult>()) return {};
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  message << "\nRC_PARAMS=\"seed=" << parameters_of_run.seed << " max_success=" << parameters_of_run.maxSuccess << "\"\n";
  return message.str();
}

}  // namespace sojourn::verify
