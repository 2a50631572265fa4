// Queues through the whole engine, arrivals, lanes, lines and sums, against closed forms and exact birth and death: whatever
// the window, the load, the patience, the horizon and the number of people that one simulated customer stands for.
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sojourn/behaviour/queue.hpp"
#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/queue_closed_forms.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double minute = 1.0 / 1440.0;

struct Centre {
  double calls = 480.0;  // a day
  double servers = 4.0;
  double handle_time = 9.0 * minute;
  double patience = -1.0;  // mean, days; negative: nobody gives up
  double days = 20.0;      // in which calls come evenly
  double window = 1.0;
  double market = 0.0;          // real people; 0: as many as are simulated
  std::uint64_t customers = 0;  // 0: calls x days
  std::uint32_t replications = 24;
};

ModelParts parts_of(const Centre& centre) {
  Exit served = by_odds(1, 1.0, Fixed{0.0});
  std::vector<Exit> exits{served};
  if (centre.patience >= 0.0) {
    Exit gives_up = by_odds(2, 1.0, Fixed{0.0});
    gives_up.odds.reset();
    gives_up.on = Trigger::gave_up;
    exits.push_back(gives_up);
  }
  ModelParts parts =
      journey({place(Stage::consideration, exits), finish(End::churned), finish(End::lost)}, centre.days + 1.0,
              centre.customers > 0 ? centre.customers : static_cast<std::uint64_t>(centre.calls * centre.days));
  parts.settings.window = Days(centre.window);
  parts.settings.replications = centre.replications;
  if (centre.market > 0.0) parts.settings.market = centre.market;
  parts.touchpoints[0].servers = centre.servers;
  parts.touchpoints[0].handle_time = Days(centre.handle_time);
  parts.personas[0].arrives = Uniform{0.0, centre.days};
  if (centre.patience >= 0.0) trait(parts.personas[0], BuiltinTrait::patience) = Fixed{centre.patience};
  return parts;
}

/// One number of each replication.
struct Found {
  Sample wait;     // mean, minutes
  Sample gave_up;  // share of all who came
  Sample waited;   // share of all who came and did not find a free server
};

Found found(const Centre& centre) {
  const ModelParts parts = parts_of(centre);
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  Found all;
  for (const Totals& totals : result.totals[0]) {
    const TallyShape& shape = totals.shape();
    const auto sum = [&](QueueScore score, double scale = 1.0) {
      double of_windows = 0.0;
      for (std::size_t w = 0; w < shape.windows; ++w) of_windows += totals.value(shape.queue(0, w, score), scale);
      return of_windows;
    };
    const double came = sum(QueueScore::came), ended = sum(QueueScore::served) + sum(QueueScore::gave_up);
    REQUIRE(came == static_cast<double>(parts.settings.customers));
    REQUIRE(ended == came);  // all are served or gone by the horizon
    all.wait.add(sum(QueueScore::wait, shape.scales.days) / ended / minute);
    all.gave_up.add(sum(QueueScore::gave_up) / came);
    all.waited.add(1.0 - totals.value(shape.waited(0, 0)) / came);
  }
  return all;
}

/// A mean over replications, few but each of thousands of calls.
Verdict near(const Sample& sample, double expected, double detectable, double slack) {
  return judge(sample.mean(), sample.standard_error(), expected, detectable, slack);
}

QueueFigures exact(const Centre& centre) {
  return queue_from_empty(centre.calls, 1.0 / centre.handle_time, static_cast<int>(centre.servers),
                          centre.patience >= 0.0 ? 1.0 / centre.patience : 0.0, centre.days);
}

}  // namespace

TEST_CASE("queues in the loop: M/M/c over loads, the same for all windows", "[verify]") {
  for (const double servers : {4.0, 6.0, 10.0}) {  // loads 0.75, 0.5, 0.3
    Centre centre;
    centre.servers = servers;
    const QueueFigures right = exact(centre);
    CHECK(right.wait == Approx(behaviour::steady_wait(centre.calls, servers, centre.handle_time)).epsilon(0.05));
    std::vector<double> waits;
    for (const double window : {15.0 * minute, 1.0 / 24.0, 1.0, 7.0}) {
      centre.window = window;
      const Found here = found(centre);
      CAPTURE(servers, window);
      CHECK(near(here.wait, right.wait / minute, 0.25 * right.wait / minute + 0.05, 0.0));
      CHECK(near(here.waited, right.waits, 0.15 * right.waits + 0.01, 0.0));
      waits.push_back(here.wait.mean());
    }
    for (const double wait : waits) CHECK(wait == waits.front());  // to the bit
  }
  // The twin: a tenth more work a call.
  Centre centre, slower;
  slower.handle_time *= 1.1;
  CHECK_FALSE(near(found(centre).wait, exact(slower).wait / minute, 0.25 * exact(slower).wait / minute, 0.0));
}

TEST_CASE("queues in the loop: who gives up, M/M/c+M from light load to overload", "[verify]") {
  for (const double servers : {2.0, 3.0, 4.0, 6.0}) {  // loads 1.5, 1.0, 0.75, 0.5
    Centre centre;
    centre.servers = servers;
    centre.patience = 5.0 * minute;
    centre.window = 1.0 / 24.0;
    const QueueFigures right = exact(centre);
    const Found here = found(centre);
    CAPTURE(servers);
    CHECK(near(here.gave_up, right.gave_up, 0.1 * right.gave_up + 0.004, 0.0));
    CHECK(near(here.wait, right.wait / minute, 0.1 * right.wait / minute + 0.02, 0.0));
  }
  // The twin: callers who wait a quarter longer.
  Centre centre, patient;
  centre.servers = patient.servers = 3.0;
  centre.patience = 5.0 * minute;
  patient.patience = 6.25 * minute;
  const QueueFigures wrong = exact(patient);
  CHECK_FALSE(near(found(centre).gave_up, wrong.gave_up, 0.1 * wrong.gave_up, 0.0));
}

TEST_CASE("queues in the loop: the wait does not grow with the horizon, and a crowd waits from the first moment",
          "[verify]") {
  for (const double days : {5.0, 20.0, 80.0}) {
    Centre centre;
    centre.calls = 96.0;
    centre.servers = 1.0;
    centre.handle_time = 7.5 * minute;  // load 0.5
    centre.days = days;
    centre.replications = days < 10.0 ? 128 : 32;
    centre.window = 1.0 / 24.0;
    const QueueFigures right = exact(centre);
    CAPTURE(days);
    CHECK(near(found(centre).wait, right.wait / minute, 0.3 * right.wait / minute, 0.0));
  }
  // A thousand people at time 0, one server: the k-th waits k services in the mean.
  Centre crowd;
  crowd.customers = 1000;
  crowd.servers = 1.0;
  crowd.handle_time = 5.0 * minute;
  crowd.window = 1.0 / 24.0;
  ModelParts parts = parts_of(crowd);
  parts.personas[0].arrives = Fixed{0.0};
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  Sample wait;
  for (const Totals& totals : result.totals[0]) {
    wait.add(totals.value(totals.shape().touch(0, 0, TouchScore::wait), totals.shape().scales.days) / minute / 1000.0);
  }
  CHECK(near(wait, 999.0 / 2.0 * 5.0, 250.0, 0.0));
  CHECK_FALSE(near(wait, 0.0, 250.0, 0.0));  // the twin: no wait at all
}

TEST_CASE("queues in the loop: one simulated customer for several real ones meets the real queue", "[verify]") {
  Centre centre;
  centre.days = 40.0;
  const QueueFigures right = exact(centre);
  for (const double k : {0.5, 4.0, 10.0}) {
    centre.market = centre.calls * centre.days;
    centre.customers = static_cast<std::uint64_t>(centre.market / k);
    centre.replications = k > 1.0 ? 48 : 24;
    CAPTURE(k);
    CHECK(near(found(centre).wait, right.wait / minute, 0.4 * right.wait / minute, 0.05 * right.wait / minute));
  }
  // The twin: nobody stands for anybody else.
  centre.customers = 4800;
  centre.market = 0.0;
  centre.replications = 24;
  CHECK_FALSE(near(found(centre).wait, right.wait / minute, 0.4 * right.wait / minute, 0.05 * right.wait / minute));
}

// Whatever leads to a queue, each real person who comes there takes one server's time once: the time that servers worked is
// what the simulated calls need, times k.
TEST_CASE("queues in the loop: the people for whom one stands come by whatever leads to a queue", "[verify]") {
  constexpr const char* shop = R"(schema = 1
[scenario]
title = "t"
horizon = "120 days"
customers = 3000
market = 30000
replications = 40
window = "1 day"
[[persona]]
id = "user"
share = 0.5
starts = { idle = 1.0 }
arrives = { uniform = ["0 days", "60 days"] }
[[persona]]
id = "chief"
share = 0.5
starts = { idle = 1.0 }
arrives = { uniform = ["0 days", "60 days"] }
[[touchpoint]]
id = "idle"
stage = "purchase"
quality = { mean = 1.0, sd = 0.0 }
%
[[touchpoint]]
id = "call"
stage = "retention"
servers = 40
handle_time = "30 minutes"
next = [ { to = "done", odds = 1.0, after = "1 day" } ]
[[touchpoint]]
id = "done"
stage = "retention"
end = "churned"
)";
  const std::string by_choice =
      R"(next = [ { to = "call", odds = 1, after = { exponential = { mean = "5 days" } } }, { to = "done", odds = 1, after = "1 day" } ])";
  const std::string by_race = R"(exits = "race"
next = [ { to = "call", after = { exponential = { mean = "5 days" } } }, { to = "done", after = { exponential = { mean = "5 days" } } } ])";
  const std::string by_message =
      R"(next = [ { to = "idle", odds = 1, after = "30 days" }, { to = "call", on = "heard", probability = 0.3, after = { uniform = ["0 days", "3 days"] } } ]
[word_of_mouth]
promoter_rate = "0.2 per day")";
  const std::string by_account =
      R"(next = [ { to = "call", odds = 1, after = { exponential = { mean = "5 days" } } }, { to = "done", odds = 1, after = "1 day" } ]
[accounts]
[[account_segment]]
id = "firm"
share = 1.0
roles = { user = 2, chief = 1 }
gates = [ { touchpoint = "idle", rule = "unanimous" } ])";
  constexpr double k = 10.0;
  for (const std::string& way : {by_choice, by_race, by_message, by_account}) {
    std::string text = shop;
    text.replace(text.find('%'), 1, way);
    const ModelParts parts = build(parse_scenario(text, "shop.toml")).parts();
    const PlanId plan(0);
    const RunResult result = run(Model(parts), std::span(&plan, 1));
    Sample ratio;
    for (const Totals& totals : result.totals[0]) {
      const TallyShape& shape = totals.shape();
      double served = 0.0;
      for (std::size_t w = 0; w < shape.windows; ++w) served += totals.value(shape.queue(0, w, QueueScore::served));
      REQUIRE(served > 100.0);
      ratio.add(totals.value(shape.worked(0), shape.scales.days) / (served * k * 30.0 * minute));
    }
    CAPTURE(way);
    CHECK(near(ratio, 1.0, 0.1, 0.0));
    CHECK_FALSE(near(ratio, 1.1, 0.1, 0.0));  // the twin: eleven for ten
  }
}

TEST_CASE("queues in the loop: both engines and any number of threads agree", "[verify]") {
  Centre centre;
  centre.patience = 5.0 * minute;
  centre.servers = 3.0;
  centre.replications = 3;
  ModelParts parts = parts_of(centre);
  parts.touchpoints[2].end.reset();  // who gives up calls again
  parts.touchpoints[2].next = {by_odds(0, 1.0, Exponential{5.0 * minute})};
  const PlanId plan(0);
  const auto cells = [&](Engine engine, int threads) {
    RunOptions options;
    options.engine = engine;
    options.threads = threads;
    const RunResult result = run(Model(parts), std::span(&plan, 1), options);
    std::vector<std::int64_t> all;
    for (const Totals& totals : result.totals[0]) {
      for (std::size_t i = 0; i < totals.shape().cells(); ++i) all.push_back(static_cast<std::int64_t>(totals.cell(i)));
    }
    return all;
  };
  const auto reference = cells(Engine::one_customer_by_windows, 1);
  for (const int threads : {1, 2, 7}) CHECK(cells(Engine::lock_step, threads) == reference);
  parts.touchpoints[0].servers = 3.5;  // the twin
  CHECK(cells(Engine::lock_step, 1) != reference);
}
