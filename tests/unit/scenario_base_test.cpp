// Scenarios that build on another, numbers with suffixes, and remarks.
#include <filesystem>
#include <fstream>
#include <string>

#include "sojourn/base/number_text.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, gone with it.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("sojourn-base-" + std::to_string(std::hash<const void*>()(this)))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  [[nodiscard]] Scenario read(const std::string& name, const std::vector<Override>& overrides = {}) const {
    return read_scenario(path_ / name, overrides);
  }

 private:
  fs::path path_;
};

const std::string journey = R"(schema = 1
[scenario]
title = "The base"
horizon = "1 year"
customers = 100
[[persona]]
id = "p"
share = 1
starts = { buy = 1 }
traits.expectation = 0.4
[[touchpoint]]
id = "buy"
stage = "purchase"
quality = { mean = 0.5, sd = 0.2 }
revenue = 20
next = [ { to = "gone", odds = 1, after = "1 day" } ]
[[touchpoint]]
id = "gone"
stage = "retention"
end = "churned"
[[improvement]]
id = "better"
effect = { quality = "+0.1" }
cost = { once = 100, per_month = 5 }
[[plan]]
id = "one"
improvements = ["better"]
)";

const std::string variant = R"(schema = 1
[scenario]
base = "base.toml"
title = "The variant"
[[persona]]
id = "p"
traits.patience = "2 days"
[[touchpoint]]
id = "buy"
quality.mean = 0.7
[[touchpoint]]
id = "lounge"
stage = "retention"
next = [ { to = "gone", odds = 1, after = "1 day" } ]
[[improvement]]
id = "better"
cost = { once = 300 }
)";

std::string all_rendered(const Scenario& scenario) { return diagnostics(scenario, Severity::warning); }

}  // namespace

TEST_CASE("base: a variant says what changes, and the rest is the base's") {
  const Folder folder;
  folder.write("base.toml", journey);
  folder.write("variant.toml", variant);
  const Scenario scenario = folder.read("variant.toml");
  INFO(all_rendered(scenario));
  REQUIRE(scenario.errors() == 0);
  const ModelParts& parts = scenario.parts;
  CHECK(parts.settings.title == "The variant");
  CHECK(parts.settings.customers == 100);
  REQUIRE(parts.touchpoints.size() == 3);
  CHECK(parts.touchpoints[0].quality_mean == 0.7);
  CHECK(parts.touchpoints[0].quality_sd == 0.2);  // dotted: joined
  CHECK(parts.touchpoints[0].revenue == 20.0);
  CHECK(parts.touchpoints[2].id == "lounge");
  CHECK(parts.personas[0].traits[id(BuiltinTrait::patience).index()] == Distribution(Fixed{2.0}));
  CHECK(parts.personas[0].traits[id(BuiltinTrait::expectation).index()] == Distribution(Fixed{0.4}));
  CHECK(parts.improvements[0].price.once == 300.0);
  CHECK(parts.improvements[0].price.per_month == 0.0);  // in braces: whole
  CHECK(parts.plans.back().id == "one");
  // Results embed the whole: its text reads as the same scenario, and needs no other file.
  const Scenario whole = parse_scenario(scenario.text, "whole.toml", ".", {}, {}, NamedFiles::none);
  CHECK(whole.errors() == 0);
  CHECK(whole.parts.touchpoints[0].quality_mean == 0.7);
  CHECK(whole.parts.touchpoints.size() == 3);
  CHECK(scenario.source == scenario.text);
  CHECK(scenario.text.find("base.toml") == std::string::npos);
  // The twin: the base alone is another scenario.
  CHECK(folder.read("base.toml").parts.touchpoints[0].quality_mean == 0.5);
}

TEST_CASE("base: shares that no longer sum to 1 are told where the variant changes one") {
  const Folder folder;
  std::string two = journey;
  two.replace(two.find("share = 1"), 9, "share = 0.5");
  folder.write("base.toml", two + "[[persona]]\nid = \"q\"\nshare = 0.5\nstarts = { buy = 1 }\n");
  folder.write("variant.toml", "[scenario]\nbase = \"base.toml\"\n[[persona]]\nid = \"p\"\nshare = 0.6\n");
  const std::string told = all_rendered(folder.read("variant.toml"));
  INFO(told);
  CHECK(told.find("variant.toml:5:9: error: shares of the personas sum to 1.1") != std::string::npos);
}

TEST_CASE("base: bases may have bases, and overrides come last") {
  const Folder folder;
  folder.write("base.toml", journey);
  folder.write("variant.toml", variant);
  folder.write("third.toml", "[scenario]\nbase = \"variant.toml\"\ncustomers = \"2k\"\n");
  const Scenario scenario = folder.read("third.toml", {parse_override("touchpoint.buy.quality.sd=0.3")});
  INFO(all_rendered(scenario));
  REQUIRE(scenario.errors() == 0);
  CHECK(scenario.parts.settings.customers == 2000);
  CHECK(scenario.parts.settings.title == "The variant");
  CHECK(scenario.parts.touchpoints[0].quality_mean == 0.7);
  CHECK(scenario.parts.touchpoints[0].quality_sd == 0.3);
  CHECK(scenario.source.find("sd = 0.2") != std::string::npos);  // as read, before overrides
}

TEST_CASE("base: an error is told of the file that it is in") {
  const Folder folder;
  const auto wrong = [&](const std::string& in_base, const std::string& in_variant) {
    folder.write("base.toml", journey + in_base);
    folder.write("variant.toml", variant + in_variant);
    const Scenario scenario = folder.read("variant.toml");
    CHECK(scenario.errors() > 0);
    return diagnostics(scenario);
  };
  const std::string below = wrong("[[channel]]\nid = \"app\"\nonlne = true\n", "");
  CHECK(below.find("base.toml:30:1: error: unknown key \"onlne\"") != std::string::npos);
  CHECK(below.find("onlne = true\n") != std::string::npos);
  CHECK(below.find("variant.toml:") == std::string::npos);
  const std::string above = wrong("", "[[channel]]\nid = \"app\"\nonlne = true\n");
  CHECK(above.find("variant.toml:20:1: error: unknown key \"onlne\"") != std::string::npos);
  CHECK(wrong("", "[[touchpoint]]\nid = \"buy\"\nweight = 2\n").find("variant.toml:19:6: error: ") != std::string::npos);
  CHECK(wrong("[[plan", "").find("base.toml:28:") != std::string::npos);
  // What the model's own checks find: the base's exit leads to a touchpoint that the variant made no end of.
  CHECK(
      wrong("[[touchpoint]]\nid = \"island\"\nstage = \"retention\"\n", "").find("base.toml:29:6: error: neither an end") !=
      std::string::npos);
}

TEST_CASE("base: files that are no base are refused") {
  const Folder folder;
  const auto refused = [&](const std::string& name) {
    folder.write("variant.toml", "schema = 1\n[scenario]\nbase = " + name + "\n");
    const Scenario scenario = folder.read("variant.toml");
    CHECK(scenario.errors() == 1);
    return all_rendered(scenario);
  };
  CHECK(refused("\"none.toml\"").find("variant.toml:3:8: error: there is no file \"none.toml\"") != std::string::npos);
  CHECK(refused("\"../secret.toml\"").find("not in the folder") != std::string::npos);
  CHECK(refused("\"/etc/passwd\"").find("not in the folder") != std::string::npos);
  CHECK(refused("7").find("base must be the name of a file") != std::string::npos);
  CHECK(refused("\"variant.toml\"").find("more than 8 bases") != std::string::npos);
  folder.write("base.toml", journey);
  const Scenario set = folder.read("base.toml", {parse_override("scenario.base=\"x.toml\"")});
  CHECK(set.errors() == 1);
  CHECK(all_rendered(set).find("the base cannot be set") != std::string::npos);
  // A scenario that came inside a results file opens nothing.
  const Scenario inside =
      parse_scenario("schema = 1\n[scenario]\nbase = \"base.toml\"\n", "r.h5", ".", {}, {}, NamedFiles::none);
  CHECK(inside.errors() == 1);
  CHECK(all_rendered(inside).find("opens no file") != std::string::npos);
}

TEST_CASE("numbers may have suffixes, shares per cent, and tables remarks") {
  CHECK(parse_suffixed("700k")->value == 700'000.0);
  CHECK(parse_suffixed("1.1k")->value == 1100.0);
  CHECK(parse_suffixed("1.2M")->value == 1'200'000.0);
  CHECK(parse_suffixed("-3 bn")->value == -3e9);
  CHECK(parse_suffixed("25 %")->value == 0.25);
  CHECK(parse_suffixed("25 %")->percent);
  for (const char* other : {"", "k", "25", "2e3k", "1,5M", "3 days", "2026-01-01", "1MM", "%"}) {
    INFO(other);
    CHECK_FALSE(parse_suffixed(other));
  }
  const auto with = [](const std::string& what, const std::string& by) {
    std::string text = journey;
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return parse_scenario(text.replace(at, what.size(), by), "j.toml");
  };
  CHECK(with("share = 1", "share = \"100 %\"").parts.personas[0].share == 1.0);
  CHECK(with("starts = { buy = 1 }", "starts = { buy = \"100 %\" }").errors() == 0);
  CHECK(with("mean = 0.5", "mean = \"55 %\"").parts.touchpoints[0].quality_mean == 0.55);
  CHECK(with("quality = { mean = 0.5, sd = 0.2 }", "quality = \"55 %\"").parts.touchpoints[0].quality_mean == 0.55);
  CHECK(with("odds = 1,", "probability = \"100 %\",").errors() == 0);
  CHECK(with("customers = 100", "customers = \"1.5k\"").parts.settings.customers == 1500);
  CHECK(with("customers = 100", "customers = 100\ndiscount = \"8 %\"").parts.settings.discount == 0.08);
  CHECK(with("customers = 100", "customers = 100\nmarket = \"1.2M\"").parts.settings.market == 1.2e6);
  CHECK(with("revenue = 20", "revenue = \"1.2k\"").parts.touchpoints[0].revenue == 1200.0);
  CHECK(with("once = 100", "once = \"250k\"").parts.improvements[0].price.once == 250'000.0);
  // Not where no share stands, and not in effects.
  CHECK(with("revenue = 20", "revenue = \"20 %\"").errors() == 1);
  CHECK(with("customers = 100", "customers = \"50 %\"").errors() == 1);
  CHECK(with("customers = 100", "customers = \"1.5005k\"").errors() == 1);
  CHECK(with("\"+0.1\"", "\"10 %\"").errors() == 1);
  CHECK(with("share = 1", "share = \"1\"").errors() == 1);
  // Remarks are kept and change nothing; elsewhere they are a key that nobody knows.
  const Scenario told = with("revenue = 20", "revenue = 20\nsource = \"survey\"\nnote = \"n = 210\"");
  CHECK(told.errors() == 0);
  CHECK(told.text.find("survey") != std::string::npos);
  CHECK(with("mean = 0.5", "mean = 0.5, source = \"survey\"").errors() == 0);
  CHECK(with("revenue = 20", "revenue = 20\nsource = 7").errors() == 1);
  CHECK(with("starts = { buy = 1 }", "starts = { buy = 1, source = 1 }").errors() > 0);
}
