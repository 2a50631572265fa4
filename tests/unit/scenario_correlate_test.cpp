// Traits that go together: what may be written, what is refused and with which hint, and what changes nothing.
#include <cmath>
#include <string>
#include <vector>

#include "sojourn/base/matrix.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

std::string journey(const std::string& correlate) {
  return R"(schema = 1
[scenario]
title = "t"
horizon = "1 year"
customers = 100
[[persona]]
id = "p"
share = 1
starts = { buy = 1 }
traits.expectation = { beta = [6, 4] }
traits.satisfaction = { beta = [4, 4] }
traits.loss_aversion = { lognormal = { median = 2, sigma = 0.4 } }
traits.buying = { gamma = { shape = 0.4, mean = "3 per year" } }
traits.usual-basket = { lognormal = { median = 40, sigma = 0.6 } }
correlate = )" +
         correlate +
         R"(
[[touchpoint]]
id = "buy"
stage = "purchase"
exits = "race"
revenue = "usual-basket"
next = [ { to = "buy", after = { exponential = { rate = "buying" } } }, { to = "gone", after = { exponential = { mean = "1 year" } }, satisfaction = -1 } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
)";
}

Scenario parse(const std::string& correlate, const std::vector<Override>& overrides = {}) {
  return parse_scenario(journey(correlate), "c.toml", ".", overrides);
}

/// All findings, each "path: message (hint)".
std::string said(const Scenario& scenario) {
  std::string text;
  for (const Finding& one : scenario.findings) text += one.path + ": " + one.message + " (" + one.hint + ")\n";
  return text;
}

}  // namespace

TEST_CASE("correlate: pairs of traits arrive, also those of one's own, and can be set", "[scenario]") {
  const Scenario scenario = parse(R"([["expectation", "loss_aversion", -0.5], ["buying", "usual-basket", 0.25]])");
  CHECK(said(scenario) == "");
  const std::vector<TraitCorrelation>& pairs = scenario.parts.personas[0].correlate;
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].a == id(BuiltinTrait::expectation));
  CHECK(pairs[0].b == id(BuiltinTrait::loss_aversion));
  CHECK(pairs[0].value == -0.5);
  CHECK(scenario.parts.traits[pairs[1].a.index()].name == "buying");
  CHECK(scenario.parts.traits[pairs[1].b.index()].name == "usual-basket");
  const Scenario set =
      parse(R"([["expectation", "loss_aversion", -0.5]])", {{"--set", "persona.p.correlate[0][2]", "0.75"}});
  CHECK(said(set) == "");
  CHECK(set.parts.personas[0].correlate[0].value == 0.75);
  CHECK(said(parse("[]")) == "");
}

TEST_CASE("correlate: what cannot be is one error, at its place, with what would do", "[scenario]") {
  const auto one = [](const std::string& correlate) {
    const Scenario scenario = parse(correlate);
    CAPTURE(correlate);
    CHECK(scenario.findings.size() == 1);
    CHECK(scenario.errors() == 1);
    return said(scenario);
  };
  CHECK(one(R"([["expectaton", "loss_aversion", 0.5]])") ==
        "persona.p.correlate[0][0]: there is no trait \"expectaton\" (did you mean \"expectation\"?)\n");
  CHECK(one(R"([["expectation", "expectation", 0.5]])")
            .starts_with("persona.p.correlate[0]: \"expectation\" goes with itself"));
  CHECK(one(R"([["expectation", "buying", 0.5], ["buying", "expectation", 0.4]])")
            .starts_with("persona.p.correlate[1]: \"buying\" and \"expectation\" are named twice"));
  CHECK(one(R"([["expectation", "buying", 1]])")
            .starts_with("persona.p.correlate[0][2]: a correlation must be above -1 and below 1, not 1"));
  CHECK(one(R"([["expectation", "buying", -1.2]])").starts_with("persona.p.correlate[0][2]: "));
  CHECK(one(R"([["expectation", "buying"]])").find("two traits and their correlation") != std::string::npos);
  CHECK(one(R"(["expectation", "buying", 0.5])").find("a list of lists") != std::string::npos);
  CHECK(one(R"([["expectation", "buying", "much"]])").find("must be a number") != std::string::npos);
  CHECK(one(R"({ expectation = 0.5 })").find("must be a list") != std::string::npos);
}

TEST_CASE("correlate: what no people can be is told with a range that is right", "[scenario]") {
  const std::string three = R"(["expectation", "loss_aversion", 0.9], ["loss_aversion", "buying", 0.9])";
  const Scenario scenario = parse("[" + three + "]");
  REQUIRE(scenario.findings.size() == 1);
  REQUIRE(scenario.errors() == 1);
  // Of r_13 = 0 and r_12 = 0.9 follows |r_23| < sqrt(1 - 0.81) = 0.4358.
  CHECK(
      said(scenario) ==
      "persona.p.correlate[1]: no people can be like this: \"expectation\" with \"loss_aversion\" 0.9, \"loss_aversion\" "
      "with \"buying\" 0.9; pairs that are not named have 0 (with the others as they are, \"loss_aversion\" with \"buying\" "
      "may be from -0.435 to 0.435)\n");
  CHECK(said(parse(R"([["expectation", "loss_aversion", 0.9], ["loss_aversion", "buying", 0.435]])")) == "");
  CHECK(parse(R"([["expectation", "loss_aversion", 0.9], ["loss_aversion", "buying", 0.437]])").errors() == 1);
  // Naming the third pair makes the same three right: r_13 from 0.81 - 0.19 to 0.81 + 0.19.
  CHECK(said(parse("[" + three + R"(, ["expectation", "buying", 0.7]])")) == "");
  const std::string low = said(parse("[" + three + R"(, ["expectation", "buying", 0.5]])"));
  CHECK(low.find("\"expectation\" with \"buying\" may be from 0.621 to 0.999") != std::string::npos);
  // What contradicts itself twice over is told by how much all would have to shrink, and shrunk so it is right.
  const Scenario twice = parse(
      R"([["expectation", "loss_aversion", 0.9], ["loss_aversion", "buying", 0.9], ["satisfaction", "usual-basket", 0.9], ["usual-basket", "buying", 0.9]])");
  REQUIRE(twice.errors() == 1);
  const std::string hint = twice.findings[0].hint;
  REQUIRE(hint.find("all of them together may be ") != std::string::npos);
  const double share = std::stod(hint.substr(hint.find("be ") + 3)) / 100.0;
  const std::string v = std::to_string(0.9 * share);
  CHECK(said(parse(R"([["expectation", "loss_aversion", )" + v + R"(], ["loss_aversion", "buying", )" + v +
                   R"(], ["satisfaction", "usual-basket", )" + v + R"(], ["usual-basket", "buying", )" + v + "]]")) == "");
}

TEST_CASE("correlate: what changes nothing has a warning", "[scenario]") {
  const auto warning = [](const std::string& correlate) {
    const Scenario scenario = parse(correlate);
    CHECK(scenario.errors() == 0);
    CHECK(scenario.findings.size() == 1);
    return said(scenario);
  };
  CHECK(warning(R"([["expectation", "buying", 0]])")
            .starts_with("persona.p.correlate[0]: a correlation of 0 changes nothing"));
  CHECK(warning(R"([["expectation", "effort_aversion", 0.5]])")
            .starts_with("persona.p.correlate[0]: this correlation changes nothing: \"effort_aversion\" is the same"));
}

TEST_CASE("matrices: the root of a correlation matrix, and what is none", "[base]") {
  const Matrix right{{1.0, 0.5, 0.2}, {0.5, 1.0, -0.3}, {0.2, -0.3, 1.0}};
  CHECK(is_correlation_matrix(right));
  const Matrix lower = cholesky(right);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double product = 0.0;
      for (std::size_t k = 0; k < 3; ++k) product += lower[i][k] * lower[j][k];
      CHECK(std::fabs(product - right[i][j]) < 1e-15);
      if (j > i) CHECK(lower[i][j] == 0.0);
    }
  }
  CHECK_FALSE(is_correlation_matrix({{1.0, 1.0}, {1.0, 1.0}}));
  CHECK_FALSE(is_correlation_matrix({{1.0, 0.9, 0.0}, {0.9, 1.0, 0.9}, {0.0, 0.9, 1.0}}));
}
