// Customers who act on one another: what couples them vanishes exactly at strength zero, and no thread changes a bit.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/random_models.hpp"
#include "tests/verify/same_result.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

RunOptions with(Engine engine, int threads = 1) {
  RunOptions options;
  options.engine = engine;
  options.threads = threads;
  return options;
}

/// How two runs differ, of models that both come to an end; nothing where they agree or where a life never ends.
std::string disagreement(const Run& a, const Run& b) {
  if (!a.error.empty() && !b.error.empty()) return {};
  return difference(a, b);
}

/// The same for the sums of every replication alone: a run in pieces of a window samples replications, one that is not
/// coupled batches of customers where it has few replications.
std::string disagreement_of_totals(const Run& a, const Run& b) {
  if (!a.result || !b.result) return disagreement(a, b);
  const RunResult &x = *a.result, &y = *b.result;
  if (x.events != y.events || x.replications != y.replications) return "other visits or replications";
  if (x.totals.empty() || x.totals.size() != y.totals.size()) return "sums of other plans";
  for (std::size_t plan = 0; plan < x.totals.size(); ++plan) {
    if (x.totals[plan].empty() || x.totals[plan].size() != y.totals[plan].size()) return "sums of other replications";
    for (std::size_t r = 0; r < x.totals[plan].size(); ++r) {
      std::string found = difference("plan " + std::to_string(plan), x.totals[plan][r], y.totals[plan][r]);
      if (!found.empty()) return found;
    }
  }
  return {};
}

/// The same for a coupled run beside an uncoupled one, whose table is a part of the other's: what follows it, the money of
/// referred customers, must be 0.
std::string disagreement_of_coupled(const Run& apart, const Run& coupled_run) {
  if (!apart.result || !coupled_run.result) return disagreement(apart, coupled_run);
  const RunResult &x = *apart.result, &y = *coupled_run.result;
  if (x.events != y.events || x.replications != y.replications) return "other visits or replications";
  for (std::size_t plan = 0; plan < x.totals.size(); ++plan) {
    for (std::size_t r = 0; r < x.totals[plan].size(); ++r) {
      const Totals &a = x.totals[plan][r], &b = y.totals[plan][r];
      const std::size_t shared = a.shape().cells();
      if (b.shape().cells() < shared) return "a smaller table";
      if (a.paired_outcomes != b.paired_outcomes) return "different winners and losers";
      for (std::size_t i = 0; i < b.shape().cells(); ++i) {
        const Totals::Wide expected = i < shared ? a.cell(i) : 0;
        if (b.cell(i) != expected) return "cell " + std::to_string(i) + " differs";
      }
    }
  }
  return {};
}

ModelParts random_uncoupled(std::uint64_t number) {
  ModelParts parts = random_model(number, static_cast<int>(number % 101), Flavour::any);
  parts.settings.replications = 2;  // one replication has batches of customers, which the coupled have not
  return parts;
}

/// Everything that couples, none of which does anything.
ModelParts coupled_at_strength_zero(ModelParts parts) {
  WordOfMouth talk;
  talk.network = SmallWorld{2.0, 0.5};
  if (parts.settings.customers < 4) talk.network = WellMixed{};
  parts.word_of_mouth = talk;
  parts.reviews = Reviews{0.0, 2.0, 1.0};
  for (Touchpoint& touchpoint : parts.touchpoints) touchpoint.reads_reviews = true;
  return parts;
}

Run run_all(const ModelParts& parts, const RunOptions& options) { return try_run(Model(parts), all_plans(parts), options); }

}  // namespace

TEST_CASE("coupled run: lives in pieces of a window are the same lives", "[verify]") {
  std::size_t ended = 0;
  for (std::uint64_t number = 0; number < 300; ++number) {
    const ModelParts parts = random_uncoupled(number);
    CAPTURE(number);
    const Run whole = run_all(parts, with(Engine::one_customer));
    ended += whole.error.empty();
    CHECK(disagreement_of_totals(whole, run_all(parts, with(Engine::one_customer_by_windows))) == "");
    // Surveys at intervals are asked while the customer stays, and when the window ends: the same.
    if (number % 3 > 0) continue;
    const ModelParts asked = asking(parts);
    CHECK(disagreement_of_totals(run_all(asked, with(Engine::one_customer)),
                                 run_all(asked, with(Engine::one_customer_by_windows))) == "");
  }
  CHECK(ended > 200);
}

TEST_CASE("coupled run: shipped scenarios lived in pieces of a window", "[verify]") {
  for (const char* file : {"coffee.toml", "gym.toml", "telecom.toml"}) {
    ModelParts parts = shipped(file);
    parts.settings.customers = 1000;
    parts.settings.replications = 2;
    CAPTURE(file);
    const Run whole = run_all(parts, with(Engine::one_customer));
    REQUIRE(whole.error.empty());
    CHECK(disagreement_of_totals(whole, run_all(parts, with(Engine::one_customer_by_windows, 3))) == "");
    // The twin: other luck.
    parts.settings.seed += 1;
    CHECK(disagreement_of_totals(whole, run_all(parts, with(Engine::one_customer_by_windows, 3))) != "");
  }
}

TEST_CASE("coupled run: coupling of strength zero gives the uncoupled bits", "[verify]") {
  std::size_t felt = 0;
  for (std::uint64_t number = 0; number < 150; ++number) {
    const ModelParts parts = random_uncoupled(number);
    CAPTURE(number);
    const Run apart = run_all(parts, with(Engine::lock_step));
    ModelParts silent = coupled_at_strength_zero(parts);
    CHECK(disagreement_of_coupled(apart, run_all(silent, with(Engine::lock_step))) == "");
    // The twin: one message in ten years is not nothing.
    silent.word_of_mouth->promoter_rate = silent.word_of_mouth->passive_rate = silent.word_of_mouth->detractor_rate =
        1.0 / 365.25;
    silent.reviews->probability = 0.1;
    felt += !disagreement_of_coupled(apart, run_all(silent, with(Engine::lock_step))).empty();
  }
  CHECK(felt > 50);
}

TEST_CASE("coupled run: more teams than a customer's row can name are an error, one fewer is none", "[verify]") {
  ModelParts parts = coupled_at_strength_zero(random_uncoupled(7));
  parts.plans.resize(1);
  parts.settings.customers = 10;
  const auto with_teams = [&](std::size_t count) {
    ModelParts more = parts;
    while (more.teams.size() < count) more.teams.push_back({"team-" + std::to_string(more.teams.size()), ""});
    return run_all(more, with(Engine::lock_step)).error;
  };
  CHECK(with_teams(4094) == "");
  CHECK(with_teams(4095).find("4095 teams") != std::string::npos);
}

TEST_CASE("coupled run: threads change no bit with everything coupled", "[verify]") {
  std::size_t ended = 0;
  for (std::uint64_t number = 0; number < 60; ++number) {
    const ModelParts parts = coupled(random_uncoupled(number));
    CAPTURE(number);
    const Run one = run_all(parts, with(Engine::lock_step, 1));
    if (one.error.empty()) ++ended;
    for (const int threads : {2, 7}) CHECK(difference(one, run_all(parts, with(Engine::lock_step, threads))).empty());
  }
  CHECK(ended > 40);
}

TEST_CASE("coupled run: blocks change no bit with everything coupled", "[verify]") {
  // Four blocks, so that two threads share one replication; side by side with others and alone.
  ModelParts parts = coupled(shipped("telecom.toml"));
  parts.settings.customers = 30'000;
  parts.settings.horizon = Days(200.0);
  parts.settings.replications = 1;
  parts.word_of_mouth->network = SmallWorld{8.0, 0.1};
  const PlanId baseline(0);
  const RunResult one = run(Model(parts), std::span(&baseline, 1), with(Engine::lock_step, 1));
  const RunResult four = run(Model(parts), std::span(&baseline, 1), with(Engine::lock_step, 4));
  CHECK(one.batches[0].samples().size() == 1);
  CHECK(difference("run", one.totals[0][0], four.totals[0][0]).empty());
  // The twin: another seed.
  parts.settings.seed += 1;
  const RunResult other = run(Model(parts), std::span(&baseline, 1), with(Engine::lock_step, 2));
  CHECK_FALSE(difference("run", one.totals[0][0], other.totals[0][0]).empty());
}
