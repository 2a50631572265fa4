#include <algorithm>

#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/report/summary.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

namespace sojourn {
namespace {

struct Run {
  Model model;
  Samples samples;
  Outcomes outcomes;
};

/// All plans of a shipped scenario, with few people.
Run run_all(const std::string& name, const std::string& replications) {
  std::vector<Override> few{{"", "scenario.customers", "300"}, {"", "scenario.replications", replications}};
  // Each caller of the contact centre stands for ten, not for two hundred, who would all be simulated at its queue.
  if (name == "contact-centre") few.push_back({"", "scenario.market", "3000"});
  const Scenario scenario = read_scenario("scenarios/" + name + ".toml", few);
  Model model = build(scenario);
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < model.parts().plans.size(); ++k) plans.emplace_back(k);
  RunResult result = run(model, plans);
  Provenance provenance;
  provenance.seed = model.parts().settings.seed;
  Run done{model, collect_samples(result), collect_outcomes(result, provenance)};
  // With the tables let go meanwhile it is the same.
  CHECK(content_sha256(collect_outcomes(std::move(result), provenance)) == content_sha256(done.outcomes));
  CHECK(std::all_of(result.totals.begin(), result.totals.end(), [](const auto& tables) { return tables.empty(); }));
  keep_samples(done.samples, done.outcomes);
  return done;
}

std::string everything_said(const Samples& samples) { return comparison_json(samples, compare(samples), "file"); }

}  // namespace

TEST_CASE("an analysis of a results file says what that of the run said", "[outcomes]") {
  const auto [name, replications] =
      GENERATE(std::pair("telecom", "3"), std::pair("telecom", "1"), std::pair("b2b-software", "2"),
               std::pair("retail-word-of-mouth", "2"), std::pair("contact-centre", "2"));
  CAPTURE(name, replications);
  const Run done = run_all(name, replications);
  Samples kept = kept_samples(done.outcomes, done.model);
  CHECK(kept.events == done.samples.events);
  kept.events = done.samples.events;
  kept.seconds = done.samples.seconds;
  CHECK(everything_said(kept) == everything_said(done.samples));
  REQUIRE(kept.plans.size() == done.samples.plans.size());
  for (std::size_t k = 0; k < kept.plans.size(); ++k) {
    CHECK(kept.plans[k].cash == done.samples.plans[k].cash);
    CHECK(kept.plans[k].cash_of == done.samples.plans[k].cash_of);
    CHECK(kept.plans[k].paired_outcomes == done.samples.plans[k].paired_outcomes);
  }
  // The comparison would see it if one sum were lost.
  kept.plans.back().all.front().customers += 1.0;
  CHECK(everything_said(kept) != everything_said(done.samples));
}

TEST_CASE("the size of a run is known before it", "[outcomes]") {
  const auto [name, replications] =
      GENERATE(std::pair("telecom", "3"), std::pair("telecom", "1"), std::pair("coffee", "4"),
               std::pair("b2b-software", "2"), std::pair("retail-word-of-mouth", "2"), std::pair("contact-centre", "2"));
  CAPTURE(name, replications);
  const Run done = run_all(name, replications);
  double bytes = 0.0;
  for (const Array& array : done.outcomes.arrays)
    bytes += std::visit([](const auto& values) { return 8.0 * static_cast<double>(values.size()); }, array.values);
  const RunSize size = run_size(done.model, done.samples.plans.size());
  CHECK(static_cast<double>(size.value_bytes) == Approx(bytes).epsilon(0.25));
  require_room(size);
}

TEST_CASE("a run that cannot fit is refused", "[outcomes]") {
  const auto refused = [](const RunSize& size) {
    try {
      require_room(size);
    } catch (const RunError& error) {
      return error.code() == ErrorCode::too_large;
    }
    return false;
  };
  CHECK(refused({std::uint64_t{5} << 30, 0}));
  CHECK(refused({0, std::uint64_t{1} << 62}));
  CHECK_FALSE(refused({0, 1}));
}

TEST_CASE("a file without samples, or with another model's, is refused", "[outcomes]") {
  Run done = run_all("coffee", "2");
  CHECK_THROWS_AS(kept_samples(done.outcomes, run_all("telecom", "2").model), InputError);
  std::erase_if(done.outcomes.arrays, [](const Array& array) { return array.name == "samples/weight"; });
  CHECK_THROWS_AS(kept_samples(done.outcomes, done.model), InputError);
}

}  // namespace sojourn
