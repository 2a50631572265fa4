// Queues through the whole engine: near full load and beyond it from nothing, in the cases that formulas get wrong, and to
// the bit a simulation event by event of the same calls.
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/queue_by_events.hpp"
#include "tests/verify/queue_centres.hpp"

using namespace sojourn;
using namespace sojourn::verify;

TEST_CASE("queues in the loop: the line grows from nothing as birth and death say, near full load and beyond", "[verify]") {
  for (const double load : {0.95, 1.2}) {
    Centre centre;
    centre.handle_time = load * 4.0 / centre.calls;
    centre.days = 10.0;
    centre.replications = 48;
    const QueueFigures right = exact(centre);
    for (const double window : {15.0 * minute, 1.0, 7.0}) {
      centre.window = window;
      ModelParts parts = parts_of(centre);
      parts.settings.horizon = Days(centre.days);  // with the last call, whether or not all are served
      const PlanId plan(0);
      const RunResult result = run(Model(parts), std::span(&plan, 1));
      Sample in_line, at_end;
      for (const Totals& totals : result.totals[0]) {
        const TallyShape& shape = totals.shape();
        double sum = 0.0, last = 0.0;
        for (std::size_t w = 0; w < shape.windows; ++w) sum += last = totals.value(shape.queue(0, w, QueueScore::waiting));
        in_line.add(sum / static_cast<double>(shape.windows));
        at_end.add(last);
      }
      const double mean = right.wait * centre.calls;
      CAPTURE(load, window, mean, right.line_at_end);
      CHECK(near(at_end, right.line_at_end, load < 1.0 ? 1.3 * right.line_at_end : 0.25 * right.line_at_end, 0.0));
      if (window > 0.5) continue;  // too few ends of windows for a mean over time
      CHECK(near(in_line, mean, load < 1.0 ? 0.5 * mean : 0.2 * mean, 0.0));
      // The twin: servers who are a little faster.
      Centre faster = centre;
      faster.handle_time *= load < 1.0 ? 0.8 : 0.95;
      CHECK_FALSE(near(in_line, exact(faster).wait * centre.calls, 0.5 * mean, 0.0));
    }
  }
}

// What formulas that are fed with one window's count get wrong, sometimes by a factor of thirty.
TEST_CASE("queues in the loop: short windows, small shares of people, impatience near full load", "[verify]") {
  Centre q;  // load 0.8
  q.calls = 500.0;
  q.days = 200.0;
  q.handle_time = 0.0064;
  q.replications = 4;
  for (const double window : {1.0 / 24.0, 4.0 / 24.0, 1.0}) {
    q.window = window;
    const Sample wait = found(q).wait;
    CHECK(near(wait, 6.87, 2.5, 0.0));
    if (window > 0.5) CHECK_FALSE(near(wait, 13.9, 2.5, 0.0));  // the twin: what such a formula said
  }
  Centre qa;
  qa.calls = 4800.0;
  qa.handle_time = 3.0 * minute;
  qa.patience = 5.0 * minute;
  qa.replications = 5;
  const double hang_up[] = {0.0699, 0.0427, 0.0250, 0.0140, 0.0075};
  for (int k = 0; k < 5; ++k) {
    qa.servers = 11.0 + k;
    CAPTURE(qa.servers);
    const Sample gave_up = found(qa).gave_up;
    CHECK(near(gave_up, hang_up[k], 0.1 * hang_up[k] + 0.002, 0.0));
    CHECK_FALSE(near(gave_up, k < 4 ? hang_up[k + 1] : 0.0140, 0.1 * hang_up[k] + 0.002,
                     0.0));  // the twin: one server more, or less
  }
  qa.calls = 6000.0;
  qa.handle_time = 6.0 * minute;
  qa.patience = 2.0 * minute;
  for (const auto& [servers, share] : {std::pair{22.0, 0.1737}, {25.0, 0.1006}, {31.0, 0.0204}}) {
    qa.servers = servers;
    CHECK(near(found(qa).gave_up, share, 0.1 * share + 0.003, 0.0));
  }
  // Nobody waits for longer than a moment: all but a loss system (Erlang 1917).
  Centre hasty;
  hasty.servers = 2.0;
  hasty.handle_time = 0.75 / hasty.calls;
  hasty.patience = 0.001 * minute;
  CHECK(near(found(hasty).gave_up, 0.1385, 0.01, 0.0));
  CHECK_FALSE(near(found(hasty).gave_up, 0.495, 0.01, 0.0));
  // One for one, ten and thirty.
  Centre shared;
  shared.calls = 2400.0;
  shared.servers = 10.0;
  shared.handle_time = 5.0 * minute;
  shared.market = 48'000.0;
  for (const std::uint64_t customers : {48'000u, 4'800u, 1'600u}) {
    shared.customers = customers;
    shared.replications = customers == 48'000u ? 6 : 20;
    CAPTURE(customers);
    CHECK(near(found(shared).wait, 1.463, 0.7, customers == 48'000u ? 0.0 : 0.1463));
  }
}

namespace {

using QueueCells = std::vector<std::int64_t>;  // [queue][window][score], without who waits

/// What the whole engine counts.
QueueCells cells_of_engine(const ModelParts& parts, int threads) {
  RunOptions options;
  options.threads = threads;
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1), options);
  const Totals& totals = result.totals[0][0];
  QueueCells cells;
  for (std::size_t q = 0; q < totals.shape().queues; ++q) {
    for (std::size_t w = 0; w < totals.shape().windows; ++w) {
      for (std::size_t score = 0; score < static_cast<std::size_t>(QueueScore::waiting); ++score) {
        cells.push_back(static_cast<std::int64_t>(totals.cell(totals.shape().queue(q, w, static_cast<QueueScore>(score)))));
      }
    }
  }
  return cells;
}

/// What the same calls come to event by event: everybody calls once, at the time of arrival.
QueueCells cells_by_events(const ModelParts& parts) {
  const Program program{Model(parts)};
  const Population population(parts);
  const Streams streams(parts.settings.seed, 0);
  const TallyShape shape = tally_shape(program);
  std::vector<Call> calls;
  for (std::uint32_t i = 0; i < parts.settings.customers; ++i) {
    const Person person = population.person(streams, i);
    const float patience = population.trait(streams, i, person.persona, static_cast<std::size_t>(BuiltinTrait::patience));
    calls.push_back(call_for_service(program, streams, {i, 0, person.persona, person.start, person.arrival}, patience));
  }
  QueueCells cells(shape.queues * shape.windows * static_cast<std::size_t>(QueueScore::waiting));
  const auto add = [&](const Call& call, double when, QueueScore score, std::int64_t amount) {
    const std::size_t window = program.windows().of(when);
    cells[(call.queue * shape.windows + window) * static_cast<std::size_t>(QueueScore::waiting) +
          static_cast<std::size_t>(score)] += amount;
  };
  for (const Call& call : calls) add(call, call.time, QueueScore::came, 1);
  const auto nobody_again = [](const ResolvedCall&) { return std::vector<Call>(); };
  for (const ResolvedCall& one : QueueByEvents(program.staffing()).run(calls, program.horizon(), nobody_again)) {
    const double wait = one.time - one.call.time;
    if (one.outcome == ResolvedCall::Outcome::turned_away) {
      add(one.call, one.time, QueueScore::turned_away, 1);
      continue;
    }
    add(one.call, one.time, QueueScore::wait, fixed(wait, shape.scales.days));
    const bool served = one.outcome == ResolvedCall::Outcome::served;
    add(one.call, one.time, served ? QueueScore::served : QueueScore::gave_up, 1);
    if (served && wait <= parts.touchpoints[0].answer_within.value()) add(one.call, one.time, QueueScore::in_time, 1);
  }
  return cells;
}

}  // namespace

TEST_CASE("queues in the loop: to the bit a simulation event by event of the same calls, at 1, 2 and 7 threads",
          "[verify]") {
  for (const bool priorities : {false, true}) {
    for (const double window : {15.0 * minute, 1.0, 7.0}) {
      Centre centre;
      centre.patience = 8.0 * minute;
      centre.answer_within = 1.0 * minute;
      centre.days = 10.0;
      centre.replications = 1;
      centre.window = window;
      const ModelParts parts = day_and_night(centre, priorities);
      const QueueCells right = cells_by_events(parts);
      CAPTURE(priorities, window);
      for (const int threads : {1, 2, 7}) CHECK(cells_of_engine(parts, threads) == right);
      // The twin: the pools in the other order.
      ModelParts twin = parts;
      std::swap(twin.touchpoints[0].pools[0], twin.touchpoints[0].pools[1]);
      CHECK(cells_by_events(twin) != right);
    }
  }
}
