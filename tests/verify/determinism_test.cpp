// The same scenario and seed give the same sums, whatever the threads and whatever else is run; and the sums keep their
// books.
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

ModelParts telecom(std::uint64_t customers, std::uint32_t replications) {
  ModelParts parts = shipped("telecom.toml");
  parts.settings.customers = customers;
  parts.settings.replications = replications;
  parts.settings.horizon = Days(300.0);
  return parts;
}

std::vector<PlanId> all_plans(const ModelParts& parts) {
  std::vector<PlanId> plans;
  for (std::size_t k = 0; k < parts.plans.size(); ++k) plans.emplace_back(k);
  return plans;
}

std::size_t differing_cells(const Totals& a, const Totals& b) {
  REQUIRE(a.shape().cells() == b.shape().cells());
  std::size_t differing = a.events() != b.events();
  for (std::size_t i = 0; i < a.shape().cells(); ++i) differing += a.cell(i) != b.cell(i);
  return differing;
}

/// The same of two plans, whose money has cells of its own: of the cells before it, which are the same in both.
std::size_t differing_shared_cells(const Totals& a, const Totals& b) {
  const std::size_t shared = a.shape().paid(MoneyOf::everybody, 0, 0, PaidScore::visits);
  REQUIRE(b.shape().paid(MoneyOf::everybody, 0, 0, PaidScore::visits) == shared);
  std::size_t differing = 0;
  for (std::size_t i = 0; i < shared; ++i) differing += a.cell(i) != b.cell(i);
  return differing;
}

std::int64_t number(Totals::Wide x) { return static_cast<std::int64_t>(x); }

}  // namespace

TEST_CASE("determinism: 1, 2 and 7 threads give the same sums, cell by cell", "[verify]") {
  // Two blocks in each replication, the second shorter.
  const ModelParts parts = telecom(block_customers + 1000, 2);
  const Model model(parts);
  const std::vector<PlanId> plans{PlanId(0), PlanId(2)};
  const auto with = [&](int threads) {
    RunOptions options;
    options.threads = threads;
    return run(model, plans, options);
  };
  const RunResult one = with(1);
  REQUIRE(one.replications == std::vector<std::uint32_t>{0, 1});
  REQUIRE(one.events > 0);
  REQUIRE(one.batches.size() == plans.size());
  CHECK(one.batches[0].samples().size() == 2 * batch_count);
  for (const int threads : {2, 7}) {
    const RunResult other = with(threads);
    CHECK(other.events == one.events);
    for (std::size_t k = 0; k < plans.size(); ++k) {
      for (std::size_t r = 0; r < 2; ++r) CHECK(differing_cells(one.totals[k][r], other.totals[k][r]) == 0);
    }
  }
  CHECK(differing_cells(one.totals[0][0], one.totals[0][1]) > 0);
  CHECK(differing_shared_cells(one.totals[0][0], one.totals[1][0]) > 0);

  // A plan alone is the plan in a comparison.
  const PlanId alone(2);
  const RunResult single = run(model, std::span(&alone, 1));
  for (std::size_t r = 0; r < 2; ++r) CHECK(differing_cells(single.totals[0][r], one.totals[1][r]) == 0);
}

TEST_CASE("determinism: the top loop is the lives one after another, and batches add up to their replication", "[verify]") {
  const ModelParts parts = telecom(5000, 1);
  const Model model(parts);
  const PlanId plan(3);
  const RunResult result = run(model, std::span(&plan, 1));
  REQUIRE(result.batches.size() == 1);
  const std::vector<BatchSums> samples = result.batches[0].samples();
  REQUIRE(samples.size() == batch_count);
  const Totals at_horizon = result.totals[0][0].at_horizon();
  Totals sum(at_horizon.shape());
  std::vector<MoneySum> money(at_horizon.shape().personas);
  for (const BatchSums& batch : samples) {
    sum.add(batch.totals);
    for (std::size_t p = 0; p < money.size(); ++p) money[p].add(batch.money[p].worth);
  }
  CHECK(differing_cells(sum, at_horizon) == 0);
  for (std::size_t p = 0; p < money.size(); ++p) {
    const PersonaMoney whole = money_of(result.programs[0], result.totals[0][0], p);
    CHECK(money[p].revenue.value() == whole.worth.revenue.value());
    CHECK(money[p].cost.value() == whole.worth.cost.value());
  }

  const Program program(apply(model, plan));
  const Population population(model.parts());
  Tally tally(result.shapes[0]);
  Recorder recorder(program, tally);
  Lives lives(program, population, Streams(parts.settings.seed, 0));
  for (std::uint32_t i = 0; i < 5000; ++i) lives.live(i, recorder);
  Totals plain(result.shapes[0]);
  plain.add(tally);
  CHECK(differing_cells(plain, result.totals[0][0]) == 0);

  // Twin: one customer twice.
  lives.live(0, recorder);
  Totals doubled(result.shapes[0]);
  doubled.add(tally);
  CHECK(differing_cells(doubled, result.totals[0][0]) > 0);

  // The people of a replication do not depend on how many replications there are.
  const RunResult three = run(Model(telecom(5000, 3)), std::span(&plan, 1));
  CHECK(differing_cells(three.totals[0][0], result.totals[0][0]) == 0);
}

TEST_CASE("determinism: the books of the telecom scenario balance at every window", "[verify]") {
  const ModelParts parts = telecom(4000, 2);
  const Model model(parts);
  const std::vector<PlanId> plans = all_plans(parts);
  const RunResult result = run(model, plans);
  const TallyShape& shape = result.shapes[0];
  const Population population(model.parts());
  for (std::size_t k = 0; k < plans.size(); ++k) {
    const std::vector<double>& ends = result.programs[k].windows().ends();
    for (std::uint32_t r = 0; r < 2; ++r) {
      const Totals& totals = result.totals[k][r];
      // Who has arrived by each window's end, from the population alone.
      std::vector<std::vector<std::int64_t>> arrived(shape.personas, std::vector<std::int64_t>(shape.windows, 0));
      for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
        const Person person = population.person(Streams(parts.settings.seed, r), i);
        for (std::size_t w = 0; w < shape.windows; ++w) arrived[person.persona][w] += person.arrival <= ends[w];
      }
      std::int64_t events = 0, customers_seen = 0;
      for (std::size_t p = 0; p < shape.personas; ++p) {
        INFO("plan " << k << ", replication " << r << ", persona " << p);
        const auto last = shape.windows - 1;
        REQUIRE(number(totals.cell(shape.person(p, PersonScore::arrived))) == arrived[p][last]);
        std::vector<std::int64_t> present(shape.windows, 0);
        for (std::size_t v = 0; v < shape.touchpoints; ++v) {
          const std::vector<std::int64_t> here = totals.present(p, v);
          for (std::size_t w = 0; w < shape.windows; ++w) {
            REQUIRE(here[w] >= 0);
            present[w] += here[w];
          }
        }
        std::int64_t bought_before = 0;
        for (std::size_t w = 0; w < shape.windows; ++w) {
          const auto stock = [&](TimeScore score) { return number(totals.stock(p, w, score)); };
          const std::int64_t customers = stock(TimeScore::customers), churned = stock(TimeScore::churned),
                             bought = stock(TimeScore::bought);
          REQUIRE(stock(TimeScore::prospects) + stock(TimeScore::lost) + customers + churned == arrived[p][w]);
          REQUIRE(present[w] == arrived[p][w]);
          REQUIRE(customers + churned == bought);
          REQUIRE(bought >= bought_before);
          REQUIRE(stock(TimeScore::promoters) + stock(TimeScore::passives) + stock(TimeScore::detractors) == customers);
          const double most = static_cast<double>(customers) * shape.scales.score;
          REQUIRE(static_cast<double>(stock(TimeScore::satisfaction)) <= most);
          REQUIRE(stock(TimeScore::satisfaction) >= 0);
          REQUIRE(static_cast<double>(stock(TimeScore::expectation)) <= most);
          REQUIRE(stock(TimeScore::expectation) >= 0);
          bought_before = bought;
          customers_seen += customers;
        }
        std::int64_t visits = 0, taken = 0, tenure = 0, censored = 0;
        for (std::size_t v = 0; v < shape.touchpoints; ++v)
          visits += number(totals.cell(shape.touch(p, v, TouchScore::visits)));
        for (std::size_t e = 0; e < shape.exits; ++e) taken += number(totals.cell(shape.taken(p, e)));
        for (std::size_t b = 0; b < shape.tenure_bins; ++b) {
          tenure += number(totals.cell(shape.tenure(p, b, TenureScore::churned)));
          censored += number(totals.cell(shape.tenure(p, b, TenureScore::censored)));
        }
        REQUIRE(visits == arrived[p][last] + taken);
        REQUIRE(tenure == number(totals.stock(p, last, TimeScore::churned)));
        REQUIRE(censored == number(totals.stock(p, last, TimeScore::customers)));
        REQUIRE(tenure + censored == number(totals.stock(p, last, TimeScore::bought)));
        events += visits;
        // Visits to each touchpoint are what its exits bring and who starts there.
        std::vector<std::int64_t> into(shape.touchpoints, 0);
        std::size_t exit = 0;
        for (const Touchpoint& touchpoint : parts.touchpoints) {
          for (const Exit& each : touchpoint.next) into[each.to.index()] += number(totals.cell(shape.taken(p, exit++)));
        }
        for (std::size_t v = 0; v < shape.touchpoints; ++v) {
          bool start = false;
          for (const auto& [touchpoint, share] : parts.personas[p].starts) start = start || touchpoint.index() == v;
          const std::int64_t here = number(totals.cell(shape.touch(p, v, TouchScore::visits)));
          REQUIRE((start ? here > into[v] : here == into[v]));
        }
      }
      CHECK(static_cast<std::uint64_t>(events) == totals.events());
      CHECK(customers_seen > 0);
    }
  }
}

TEST_CASE("determinism: the error is that of the lowest block, whatever the threads", "[verify]") {
  // Customers loop for ever every thousandth of a day: the first customer of the first block is named.
  ModelParts parts = journey({place(Stage::purchase, {by_odds(0, 1.0, Fixed{0.001})})}, 1000.0, 3 * block_customers);
  const Model model(parts);
  const PlanId baseline(0);
  for (const int threads : {1, 3}) {
    RunOptions options;
    options.threads = threads;
    try {
      static_cast<void>(run(model, std::span(&baseline, 1), options));
      FAIL("an endless life came to an end");
    } catch (const InputError& error) {
      CHECK(error.code() == ErrorCode::endless_life);
      CHECK(error.place() == "touchpoint." + parts.touchpoints.front().id);
      CHECK(std::string(error.what()).find("customer 0 made 65536 visits") != std::string::npos);
    }
  }
}

TEST_CASE("determinism: an interrupted run keeps only finished replications", "[verify]") {
  const ModelParts parts = telecom(2000, 3);
  const Model model(parts);
  const PlanId baseline(0);
  std::stop_source stop;
  double reached = 0.0;
  std::atomic<std::uint32_t> finished{0};
  RunOptions options;
  options.threads = 1;
  options.finished = &finished;
  options.stop = stop.get_token();
  options.progress = [&](double share) {
    CHECK(share > reached);
    reached = share;
    if (finished == 2) stop.request_stop();  // one thread tells after every block, before it begins another
  };
  const RunResult part = run(model, std::span(&baseline, 1), options);
  CHECK(part.interrupted);
  CHECK(part.replications.size() == 2);
  REQUIRE(part.totals[0].size() == 2);
  const RunResult whole = run(model, std::span(&baseline, 1));
  CHECK_FALSE(whole.interrupted);
  for (std::size_t k = 0; k < 2; ++k) CHECK(differing_cells(part.totals[0][k], whole.totals[0][part.replications[k]]) == 0);
}
