// Files whose checksums are right, and which say what no run of their scenario says.
#include <algorithm>
#include <functional>
#include <string>

#include "sim/outcomes/read_apart.hpp"
#include "sim/outcomes/results_image.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "tests/catch.hpp"
#include "tests/fault/results_use.hpp"

namespace sojourn {
namespace {

Array& array(Outcomes& outcomes, const std::string& name) {
  return *std::find_if(outcomes.arrays.begin(), outcomes.arrays.end(), [&](const Array& one) { return one.name == name; });
}

Dimension& dimension(Outcomes& outcomes, const std::string& name) {
  return *std::find_if(outcomes.dimensions.begin(), outcomes.dimensions.end(),
                       [&](const Dimension& one) { return one.name == name; });
}

/// What a map or a report says of outcomes that were changed; "" when it takes them.
std::string refusal(const std::function<void(Outcomes&)>& change) {
  Outcomes outcomes = fault::unedited();
  change(outcomes);
  outcomes = fault::made_consistent(std::move(outcomes)).value();
  try {
    const Scenario scenario = parse_scenario(outcomes.provenance.scenario_toml, "file.h5");
    const Model model = build(scenario);
    JourneyView view;
    view.results = &outcomes;
    (void)journey_map::content(model, view);
    const Samples samples = kept_samples(outcomes, model);
    const Comparison comparison = compare(samples);
    (void)report_pages::data_json(Report{outcomes, model, samples, comparison}, 2'000'000);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

TEST_CASE("exits between the same two touchpoints have labels of their own", "[outcomes]") {
  const std::string one = "{ to = \"use\", odds = 1.0, after = \"3 days\" }";
  std::string text = fault::edited_scenario;
  text.replace(text.find(one), one.size(), one + ", " + one + ", " + one);
  std::vector<std::string> labels = exit_labels(build(parse_scenario(text, "labels.toml")).parts());
  CHECK(std::count(labels.begin(), labels.end(), "buy -> use") == 1);
  CHECK(std::count(labels.begin(), labels.end(), "buy -> use #3") == 1);
  std::sort(labels.begin(), labels.end());
  CHECK(std::adjacent_find(labels.begin(), labels.end()) == labels.end());
}

TEST_CASE("results are taken apart only where they have the shape that a run gives them", "[outcomes][results_file]") {
  CHECK(refusal([](Outcomes&) {}).empty());
  for (const char* name :
       {"visits", "taken", "touch_satisfaction", "customers", "promoters", "queue_wait", "heard_positive"}) {
    INFO(name);
    CHECK(says(refusal([&](Outcomes& o) { array(o, name).dimensions.clear(); }), "damaged or was edited: the variable"));
    CHECK(says(refusal([&](Outcomes& o) { array(o, name).dimensions.pop_back(); }), "has other dimensions than plan, "));
    CHECK(says(refusal([&](Outcomes& o) { std::swap(array(o, name).dimensions[0], array(o, name).dimensions[1]); }),
               "has other dimensions than plan, "));
    CHECK(says(refusal([&](Outcomes& o) { o.arrays.erase(o.arrays.begin() + (&array(o, name) - o.arrays.data())); }),
               std::string("the variable ") + name + " is missing"));
  }
  for (const char* name :
       {"plan", "replication", "sample", "persona", "time", "touchpoint", "exit", "stage", "tenure_bin"}) {
    INFO(name);
    CHECK(says(refusal([&](Outcomes& o) { dimension(o, name).values = std::monostate(); }), "damaged or was edited"));
    CHECK_FALSE(refusal([&](Outcomes& o) { dimension(o, name).size += 1; }).empty());
    if (name != std::string("tenure_bin"))  // nobody was a customer then
      CHECK_FALSE(refusal([&](Outcomes& o) { dimension(o, name).size = 0; }).empty());
  }
}

TEST_CASE("a map needs a plan that was measured", "[outcomes][results_file]") {
  Outcomes outcomes = fault::unedited();
  dimension(outcomes, "plan").size = 0;
  outcomes = fault::made_consistent(std::move(outcomes)).value();
  JourneyView view;
  view.results = &outcomes;
  const Model model = build(parse_scenario(outcomes.provenance.scenario_toml, "file.h5"));
  CHECK_THROWS_AS(journey_map::content(model, view), InputError);
}

TEST_CASE("results belong to the scenario that is in their file", "[outcomes][results_file]") {
  const auto with = [](const std::string& from, const std::string& to) {
    return refusal([&](Outcomes& o) {
      std::string& text = o.provenance.scenario_toml;
      text.replace(text.find(from), from.size(), to);
    });
  };
  CHECK(says(with("\"6 weeks\"", "\"26 weeks\""), "its dimension time is not that of the scenario"));
  CHECK(says(with("\"2 weeks\"", "\"1 week\""), "its dimension time is not that of the scenario"));
  CHECK(says(with("start = 2026-01-01", "start = 2027-01-01"), "its time does not begin"));
  CHECK(says(with("id = \"plan\"", "id = \"other\""), "a plan that the scenario in it does not have"));
  CHECK(says(with("id = \"b\"", "id = \"c\""), "its dimension persona"));
  CHECK(says(with("currency", "seed = 9\ncurrency"), "its seed"));
  CHECK(says(refusal([](Outcomes& o) {
               auto& ids = std::get<std::vector<std::string>>(dimension(o, "plan").values);
               ids[1] = ids[0];
             }),
             "holds a plan twice"));
}

TEST_CASE("what the reading process sends is not trusted", "[outcomes][results_file]") {
  const Outcomes outcomes = fault::unedited();
  const std::string bytes = packed(outcomes);
  CHECK(packed(unpacked(bytes)) == bytes);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 7) {
    INFO(size);
    CHECK_THROWS_AS(unpacked(std::string_view(bytes).substr(0, size)), Damage);
  }
  CHECK_THROWS_AS(unpacked(bytes + "x"), Damage);
  // A length of 2^64 - 1 in place of each word in turn.
  for (std::size_t at = 0; at + 8 <= std::min<std::size_t>(bytes.size(), 20'000); at += 8) {
    std::string damaged = bytes;
    damaged.replace(at, 8, 8, '\xff');
    try {
      (void)unpacked(damaged);  // some words are values, and may be anything
    } catch (const Damage&) {
    }
  }
}

}  // namespace
}  // namespace sojourn
