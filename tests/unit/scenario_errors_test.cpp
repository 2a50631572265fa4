// Where errors are shown, in which order, and which are left unsaid because they follow from others.
#include <cmath>

#include "sim/scenario/source.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/scenario/templates.hpp"
#include "tests/catch.hpp"

using namespace sojourn;
using scenario::excerpt;
using scenario::Region;
using scenario::SourceText;

namespace {

std::string minimal() {
  for (const Template& t : templates()) {
    if (t.name == "minimal") return std::string(t.text);
  }
  return {};
}

std::string changed(std::string_view from, std::string_view to) {
  std::string text = minimal();
  const std::size_t found = text.find(from);
  REQUIRE(found != std::string::npos);
  return text.replace(found, from.size(), to);
}

Scenario parse(const std::string& text) { return parse_scenario(text, "m.toml"); }

}  // namespace

TEST_CASE("the templates are valid, without warnings, and can run", "[scenario]") {
  REQUIRE(templates().size() >= 2);
  CHECK(templates()[0].name == "commented");
  for (const Template& t : templates()) {
    const Scenario scenario = parse(std::string(t.text));
    INFO(diagnostics(scenario, Severity::warning));
    CHECK(scenario.findings.empty());
    CHECK(build(scenario).parts().plans.size() > 1);
    CHECK(t.text.ends_with('\n'));
  }
}

TEST_CASE("the caret stands below the value", "[scenario]") {
  const SourceText source("a = 1\n\tb = \"Täglich 使う\" x\n\nlast");
  CHECK(excerpt(source, {1, 5, 1, 6}) == "    1 | a = 1\n      |     ^");
  // A tab is shown as two columns, wide characters take two.
  CHECK(excerpt(source, {2, 6, 2, 18}) == "    2 |   b = \"Täglich 使う\" x\n      |       ^~~~~~~~~~~~~~");
  CHECK(excerpt(source, {2, 19, 2, 20}) == "    2 |   b = \"Täglich 使う\" x\n      |                      ^");
  CHECK(excerpt(source, {4, 5, 4, 5}) == "    4 | last\n      |     ^");
  CHECK(excerpt(source, {9, 1, 9, 1}) == "    9 | \n      | ^");
  // To the end of the line where the value goes on below.
  CHECK(excerpt(source, {1, 1, 3, 1}) == "    1 | a = 1\n      | ^~~~~");
}

TEST_CASE("a long line is cut around the caret", "[scenario]") {
  const std::string line(16u << 20, 'x');
  const SourceText source(line);
  const std::string shown = excerpt(source, {1, 10'000'001, 1, 10'000'004});
  CHECK(shown.size() < 300);
  CHECK(shown.find("...") != std::string::npos);
  CHECK(shown.ends_with("^~~"));
}

TEST_CASE("what moves the cursor is not printed", "[scenario]") {
  const SourceText source("a = \"\x1b[31m\xe2\x80\xae\"");
  CHECK(excerpt(source, {1, 1, 1, 2}).find('\x1b') == std::string::npos);
  CHECK(excerpt(source, {1, 1, 1, 2}).find("\xe2\x80\xae") == std::string::npos);
  CHECK(scenario::in_quotes("\x1b[31m\n") == "\"\\u001b[31m\\n\"");
}

TEST_CASE("errors come in the order of their places", "[scenario]") {
  std::string text = changed("quality = 0.6", "qualty = 0.6");
  text.replace(text.find("share = 1"), 9, "share = 2");
  text.replace(text.find("\"12 months\""), 11, "\"12 moons\"");
  const Scenario scenario = parse(text);
  REQUIRE(scenario.errors() == 3);
  CHECK(scenario.rendered[0].find("m.toml:6:11: error: ") == 0);
  CHECK(scenario.rendered[1].find("m.toml:11:9: error: ") == 0);
  CHECK(scenario.rendered[2].find("m.toml:22:1: error: ") == 0);
  CHECK(summary(scenario) == "sojourn: 3 errors in m.toml");
  CHECK_THROWS_AS(build(scenario), InputError);
}

TEST_CASE("one mistake is one error", "[scenario]") {
  const auto errors = [](const std::string& text) {
    const Scenario scenario = parse(text);
    INFO(diagnostics(scenario, Severity::warning));
    CHECK(scenario.findings.size() == scenario.errors());
    return scenario.errors();
  };
  CHECK(errors(changed("share = 1", "share = \"all\"")) == 1);                 // no sum of shares
  CHECK(errors(changed("share = 1", "shaer = 1")) == 1);                       // nothing is missing
  CHECK(errors(changed("horizon = \"12 months\"", "horizon = \"12\"")) == 1);  // no horizon of zero
  CHECK(errors(changed("\"1 day\" } ]", "\"1 dya\" } ]")) == 1);               // no circle without delay
  CHECK(errors(changed("end = \"churned\"", "end = \"churnd\"")) == 1);        // no dead end
  CHECK(errors(changed("end = \"churned\"", "ends = \"churned\"")) == 1);
  CHECK(errors(changed("odds = 9,", "ods = 9,")) == 1);                                  // no exit without odds
  CHECK(errors(changed("{ to = \"use\", odds = 1", "{ to = \"usee\", odds = 1")) == 1);  // nobody is unreachable
  CHECK(errors(changed("stage = \"purchase\"", "stage = \"buying\"")) == 1);             // nobody leaves before buying
  CHECK(errors(changed("improvements = [\"better\"]", "improvements = [\"beter\"]")) == 1);
  CHECK(errors(changed("improvements = ", "improvement = ")) == 1);
  CHECK(errors(changed("starts = { buy = 1 }", "starts = { buy = \"all\" }")) == 1);
  CHECK(errors(changed("[[persona]]", "[persona]")) == 1);
  CHECK(errors(changed("[[persona]]", "[[personas]]")) == 1);
  CHECK(errors(changed("schema = 1\n", "")) == 1);
}

TEST_CASE("one mistake about time, money or doubt is one error, at its place", "[scenario]") {
  const auto told = [](const std::string& text) {
    const Scenario scenario = parse(text);
    INFO(diagnostics(scenario, Severity::warning));
    CHECK(scenario.findings.size() == 1);
    CHECK(scenario.errors() == 1);
    return scenario.findings.empty() ? std::string() : scenario.findings[0].path + ": " + scenario.findings[0].message;
  };
  const std::string dated = changed("horizon = \"12 months\"", "horizon = \"12 months\"\nstart = 2026-09-07");
  const std::string event = "\n[[event]]\nid = \"e\"\neffect = { quality = \"+0.1\" }\n";
  CHECK(told(dated + event + "hours = { mon-fir = \"08:00-12:00\" }\n").starts_with("event.e.hours.mon-fir: "));
  CHECK(told(dated + event + "hours = { mon-fri = \"8-12\" }\n").find("is no span of a day") != std::string::npos);
  CHECK(told(dated + "\n[budget]\nper_quarter = \"lots\"\n").starts_with("budget.per_quarter: "));
  CHECK(told(dated + event + "duration = \"1 day\"\nevery = 0\n").starts_with("event.e.every: every is 0"));
  CHECK(told(changed("share = 1", "share = 1\nstanding = \"customr\"\ntenure = \"1 year\"")).starts_with("persona."));
  CHECK(told(minimal() + "\n[[outside]]\nid = \"r\"\nattraction = 0.5\n" + event + "target = { outside = \"r\" }\n")
            .find("quality cannot change outside the company") != std::string::npos);
  const auto arrives = [&](const std::string& table) { return changed("share = 1", "arrives = { " + table + " }"); };
  CHECK(told(arrives("per_month = 0")).find(".arrives.per_month: per_month is 0") != std::string::npos);
  CHECK(told(arrives("per_month = -3")).find(".arrives.per_month: per_month is -3") != std::string::npos);
  CHECK(told(arrives("per_month = 5, growth = \"900 % per day\"")).find(".growth: arrivals grow beyond all") !=
        std::string::npos);
  CHECK(told(arrives("profile = { days = [[400, 5]] }")).find("nobody arrives within the horizon") != std::string::npos);
  CHECK(told(arrives("profile = { days = [[0, 0]] }")).find("nobody arrives: all its numbers are 0") != std::string::npos);
  const Scenario late = parse(arrives("profile = { days = [[0, 5], [400, 7]] }"));
  REQUIRE(late.findings.size() == 1);
  CHECK(late.errors() == 0);
  CHECK(late.findings[0].message.find("7 people are of days beyond the horizon") == 0);
}

TEST_CASE("a drift of expectations may be written in per cent, as shares are", "[scenario]") {
  const auto drift = [](const std::string& value) {
    const Scenario scenario = parse(changed("[[persona]]", "[behaviour]\nexpectation_drift = " + value + "\n\n[[persona]]"));
    INFO(diagnostics(scenario));
    CHECK(scenario.errors() == 0);
    return scenario.parts.behaviour.expectation_drift;
  };
  CHECK(std::fabs(drift("\"2 % per year\"") - drift("\"0.02 per year\"")) < 1e-18);
  CHECK(std::fabs(drift("\"-2% per year\"") + drift("\"0.02 per year\"")) < 1e-18);
  const Scenario wrong = parse(changed("[[persona]]", "[behaviour]\nexpectation_drift = \"2 %\"\n\n[[persona]]"));
  CHECK(wrong.errors() == 1);
}

TEST_CASE("growth and levels are written as other shares are and attraction goes by dates", "[scenario]") {
  const auto arrivals = [](const std::string& growth) {
    const Scenario scenario = parse(changed("share = 1", "share = 1\narrives = { growth = \"" + growth + "\" }"));
    INFO(diagnostics(scenario));
    CHECK(scenario.errors() == 0);
    return std::get<Tabulated>(scenario.parts.personas[0].arrives).points;
  };
  CHECK(arrivals("2 % per month") == arrivals("0.02 per month"));
  CHECK(arrivals("2 % per month") != arrivals("0.03 per month"));
  CHECK(parse(changed("share = 1", "share = 1\narrives = { growth = \"much per month\" }")).errors() == 1);

  const auto bought = [](const std::string& levels) {
    return parse(minimal() + "\n[[improvement]]\nid = \"i\"\neffect = { quality = \"+0.1\" }\nlevels = " + levels + "\n");
  };
  CHECK(bought("[\"25 %\", 0.5, 1]").parts.improvements.back().levels == std::vector<double>{0.25, 0.5, 1.0});
  CHECK(bought("[\"25 %\", 0.5, 1]").errors() == 0);
  const Scenario half = bought("[\"half\", 1]");
  INFO(diagnostics(half));
  CHECK(half.errors() == 1);  // not as well that level 1 is named twice

  const auto rival = [](const std::string& points) {
    return parse(changed("horizon = \"12 months\"", "horizon = \"12 months\"\nstart = 2026-09-07") +
                 "\n[[outside]]\nid = \"r\"\nattraction = { table = " + points + " }\n");
  };
  const Scenario dated = rival("[[2026-09-07, 0.5], [2026-10-07, \"60 %\"], [2026-10-08T12:00:00, 0.7]]");
  INFO(diagnostics(dated));
  CHECK(dated.errors() == 0);
  CHECK(dated.parts.outside[0].attraction == std::vector<std::pair<double, double>>{{0.0, 0.5}, {30.0, 0.6}, {31.5, 0.7}});
  CHECK(rival("[[2026-09-06, 0.5], [2026-10-07, 0.6]]").errors() == 1);
}

TEST_CASE("independent mistakes of one entity are all told", "[scenario]") {
  // A touchpoint without exits whose quality is wrong, too.
  const Scenario scenario = parse(changed("end = \"churned\"", "quality = \"good\""));
  INFO(diagnostics(scenario));
  CHECK(scenario.errors() == 2);
}

TEST_CASE("what is wrong for all personas in [behaviour] is told once", "[scenario]") {
  std::string text = changed("[[persona]]", "[behaviour]\ntraits = { patience = -3 }\n\n[[persona]]");
  text.replace(text.find("share = 1"), 9, "share = 0.5");
  text.replace(text.find("[[touchpoint]]"), 14,
               "[[persona]]\nid = \"others\"\nshare = 0.5\nstarts = { buy = 1 }\n\n[[touchpoint]]");
  const Scenario scenario = parse(text);
  INFO(diagnostics(scenario));
  REQUIRE(scenario.errors() == 1);
  CHECK(scenario.rendered[0].find("m.toml:10:23: error: ") == 0);
}

TEST_CASE("only the first hundred errors are written out", "[scenario]") {
  std::string text = minimal();
  for (int i = 0; i < 250; ++i) text += "unheard-of-" + std::to_string(i) + " = 1\n";
  const Scenario scenario = parse(text);
  CHECK(scenario.errors() == 250);
  CHECK(scenario.rendered.size() == 250);
  CHECK(scenario.rendered[99] != "");
  CHECK(scenario.rendered[100] == "");
  CHECK(diagnostics(scenario).ends_with("\nand 150 more errors"));
}

TEST_CASE("texts that are no scenarios are refused before they are parsed", "[scenario]") {
  const auto message = [](const std::string& text) { return parse(text).findings.at(0).message; };
  CHECK(message("") == "the scenario is empty");
  CHECK(message("\xef\xbb\xbf \n") == "the scenario is empty");
  CHECK(message(std::string("a = 1\0", 6)) == "this is not text");
  CHECK(message("a = \"\xff\"") == "this byte is not UTF-8 text");
  CHECK(message("a = \"\xc0\x80\"") == "this byte is not UTF-8 text");
  CHECK(message("a = \"\xed\xa0\x80\"") == "this byte is not UTF-8 text");
  CHECK(message("a = " + std::string(100'000, '[')) == "brackets are nested more than 32 deep");
  CHECK(message("a = " + std::string(33, '{')) == "brackets are nested more than 32 deep");
  CHECK(message(std::string(17u << 20, '#')).find("MiB") != std::string::npos);
  std::string dots = "a";
  for (int i = 0; i < 100'000; ++i) dots += ".a";
  CHECK(message(dots + " = 1") == "this key has more than 32 parts");
  CHECK(message("[" + dots + "]") == "this key has more than 32 parts");
  CHECK(message("x = { " + dots + " = 1 }") == "this key has more than 32 parts");
  // What looks deep inside texts and comments is not.
  CHECK(parse(minimal() + "# " + std::string(100, '[') + "\n").errors() == 0);
  CHECK(parse(changed("The smallest journey", std::string(100, '[') + std::string(100, '.'))).errors() == 0);
}
