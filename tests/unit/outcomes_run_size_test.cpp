// What people take in memory where they live side by side, and what is said where there is not so much.
#include <string>

#include "sojourn/base/error.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/page/report_simulations.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "tests/catch.hpp"

using namespace sojourn;

namespace {

Model shipped(const std::string& name, const std::string& customers, const std::string& market) {
  return build(read_scenario("scenarios/" + name + ".toml",
                             {{"", "scenario.customers", customers}, {"", "scenario.market", market}}));
}

std::string refusal(const RunSize& size) {
  try {
    require_room(size);
  } catch (const RunError& error) {
    return error.code() == ErrorCode::too_large ? error.message() + " | " + error.hint() : "another error";
  }
  return "";
}

}  // namespace

TEST_CASE("people take memory where they act on one another, and real ones at queues", "[outcomes]") {
  CHECK(people_size(shipped("coffee", "1_000_000", "2_000_000")).memory_bytes == 0);
  CHECK(network_size(shipped("coffee", "1_000_000", "2_000_000")).memory_bytes == 0);
  const RunSize talk = people_size(shipped("retail-word-of-mouth", "1_000_000", "2_000_000"));
  CHECK(talk.people_bytes == talk.memory_bytes);
  CHECK(talk.real_bytes == 0);
  CHECK(talk.memory_bytes >= 50'000'000);
  CHECK(talk.memory_bytes <= 200'000'000);
  CHECK(people_size(shipped("retail-word-of-mouth", "2_000_000", "2_000_000")).memory_bytes == 2 * talk.memory_bytes);
  const RunSize one = people_size(shipped("contact-centre", "1_000", "1_000"));
  const RunSize many = people_size(shipped("contact-centre", "1_000", "1_001_000"));
  CHECK(one.real_bytes == 0);
  CHECK(static_cast<double>(many.real_bytes) == Approx(1e6 * bytes_per_real_customer));
  CHECK(many.memory_bytes == one.memory_bytes + many.real_bytes);
  // A whole run counts them too.
  CHECK(run_size(shipped("contact-centre", "1_000", "1_001_000"), 1).memory_bytes ==
        run_size(shipped("contact-centre", "1_000", "1_000"), 1).memory_bytes + many.real_bytes);
}

TEST_CASE("a refusal for want of memory says what to take less of", "[outcomes]") {
  constexpr std::uint64_t most = std::uint64_t{1} << 60;
  CHECK(refusal({0, 1, 0, 0}).empty());
  CHECK_THAT(refusal({0, most, 0, 0}), Catch::Contains("fewer replications"));
  CHECK_THAT(refusal({0, most, most, 0}), Catch::Contains("simulate fewer customers"));
  CHECK_THAT(refusal({0, most, 0, most}), Catch::Contains("lower scenario.market"));
  CHECK_THAT(refusal({std::uint64_t{5} << 30, 0, 0, 0}), Catch::Contains("more than a results file holds"));
}

TEST_CASE("a page leaves out what there is no memory for, and says so", "[page]") {
  const Scenario scenario =
      read_scenario("scenarios/contact-centre.toml",
                    {{"", "scenario.customers", "100"}, {"", "scenario.market", "100"}, {"", "scenario.replications", "2"}});
  const Model model = build(scenario);
  constexpr PlanId baseline(0);
  Samples samples = collect_samples(run(model, {&baseline, 1}));
  const auto left_out = [&] { return simulate_beside(scenario, model, samples, std::nullopt, {}).left_out; };
  CHECK(left_out().empty());
  samples.market = 1e12;
  CHECK_THAT(left_out(), Catch::Contains("Which touchpoint is worth fixing would take too long to simulate for a page"));
  // Where nobody was seen in a queue, what would come there is not expected.
  for (std::vector<TouchSums>& touch : samples.plans.front().touch) {
    for (TouchSums& sums : touch) sums.visits = 0.0;
  }
  CHECK_THAT(left_out(), Catch::Contains("Which touchpoint is worth fixing is left out: this would take about 3e+05 GB"));
  CHECK_THAT(left_out(), Catch::Contains("What each budget buys is left out"));
}

TEST_CASE("a page leaves out what cannot be asked of a scenario, and says why", "[page]") {
  const std::string head =
      "schema = 1\n[scenario]\ntitle = \"t\"\nhorizon = \"1 year\"\ncustomers = 100\nreplications = 2\n[[persona]]\nid = "
      "\"a\"\nshare = 1\nstarts = { shop = 1 }\n[[touchpoint]]\nid = \"gone\"\nstage = \"retention\"\nend = \"churned\"\n";
  const auto left_out = [&](const std::string& rest) {
    const Scenario scenario = parse_scenario(head + rest, "t.toml");
    const Model model = build(scenario);
    constexpr PlanId baseline(0);
    return simulate_beside(scenario, model, collect_samples(run(model, {&baseline, 1})), std::nullopt, {}).left_out;
  };
  const std::string shop =
      "[[touchpoint]]\nid = \"shop\"\nstage = \"purchase\"\nquality = 0.5\nnext = [ { to = \"shop\", probability "
      "= 0.4, after = \"9 days\" }, { to = \"gone\", probability = 0.4 }, { to = \"gone\", odds = 1 } ]\n";
  const auto drawn = [](int exit, const char* law) {
    return fmt::format("[[uncertain]]\nkey = \"touchpoint.shop.next[{}].probability\"\nuniform = {}\n", exit, law);
  };
  CHECK(left_out(shop + drawn(0, "[0.2, 0.4]") + drawn(1, "[0.2, 0.55]")).empty());
  // Each is right alone.
  const std::string together = left_out(shop + drawn(0, "[0.2, 0.55]") + drawn(1, "[0.2, 0.55]"));
  CHECK_THAT(together,
             Catch::StartsWith("What the uncertain inputs make of the answer is left out: probabilities sum to 1.0"));
  CHECK_THAT(together, Catch::EndsWith(", but must sum to 1 or less. sojourn compare --uncertain says more."));
  CHECK(left_out(shop + drawn(0, "[0.2, 4]")) ==
        "What the uncertain inputs make of the answer is left out: upper limit of probability is 4, but must be between 0 "
        "and 1. sojourn compare --uncertain says more.");
  const std::string perfect =
      "[[touchpoint]]\nid = \"shop\"\nstage = \"purchase\"\nquality = 1\nnext = [ { to = \"gone\", odds = 1 } ]\n";
  CHECK(left_out(perfect) ==
        "Which touchpoint is worth fixing is left out: there is nothing to improve: no touchpoint that anybody visits has "
        "quality below 1, effort, a delay or a handling time. sojourn rank says more.");
}
