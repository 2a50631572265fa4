// What is said of a scenario that is written in a test.
#pragma once

#include <string>
#include <vector>

#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

namespace sojourn {

/// All that is said of a scenario, as "path: message | hint".
inline std::vector<std::string> said_of(const Scenario& scenario) {
  std::vector<std::string> result;
  for (const Finding& finding : scenario.findings)
    result.push_back(finding.path + ": " + finding.message + " | " + finding.hint);
  return result;
}
inline std::vector<std::string> said_of(const std::string& text) { return said_of(parse_scenario(text, "j.toml")); }

/// The same of a text that has no errors.
inline std::vector<std::string> warnings(const std::string& text) {
  const Scenario scenario = parse_scenario(text, "j.toml");
  INFO(diagnostics(scenario, Severity::warning));
  CHECK(scenario.errors() == 0);
  return said_of(scenario);
}

/// A line each.
inline std::string lines(const std::vector<std::string>& all) {
  std::string list;
  for (const std::string& one : all) list += one + "\n";
  return list;
}

/// `text` with `with` in place of the first `what`, which is there.
inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace sojourn
