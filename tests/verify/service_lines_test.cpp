// Queues against a simulation written apart, event by event, and against closed forms.
#include "sojourn/engine/service_lines.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

#include "sojourn/base/random.hpp"
#include "tests/catch.hpp"
#include "tests/verify/queue_by_events.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
using Outcome = ResolvedCall::Outcome;
using Again = QueueByEvents::Again;

const Again nobody_again = [](const ResolvedCall&) { return std::vector<Call>(); };

/// Drives the lines as the engine does, stopped at the end of every window. `worked`: what each pool worked by then.
std::vector<ResolvedCall> run_lines(const Staffing& staffing, const std::vector<Call>& calls, double until, double window,
                                    const Again& again, std::vector<double>* worked = nullptr) {
  ServiceLines lines(staffing);
  const auto later = [](const Call& a, const Call& b) {
    return std::tie(a.time, a.customer) > std::tie(b.time, b.customer);
  };
  std::priority_queue<Call, std::vector<Call>, decltype(later)> coming(later, calls);
  std::vector<ResolvedCall> resolved;
  const auto done = [&](const ResolvedCall& call) {
    resolved.push_back(call);
    for (const Call& next : again(call)) coming.push(next);
  };
  for (double end = std::min(window, until);; end = std::min(end + window, until)) {
    for (;;) {
      const double next = coming.empty() ? never : coming.top().time;
      if (const auto call = lines.step(lines.foresees() ? end : std::min(next, end))) {
        done(*call);
        continue;
      }
      if (!(next <= end)) break;
      const Call call = coming.top();
      coming.pop();
      const OnArrival at_once = lines.arrive(call, end);
      if (at_once.resolved) done({call, at_once.time, at_once.outcome});
    }
    if (end < until) continue;
    for (std::uint32_t p = 0; worked != nullptr && p < staffing.pools.size(); ++p) worked->push_back(lines.worked(p));
    return resolved;
  }
}

class Numbers {
 public:
  explicit Numbers(std::uint32_t run) : streams_(11, run) {}
  double uniform() { return sojourn::uniform(next()); }
  double exponential() { return static_cast<double>(sojourn::exponential(next())); }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(uniform() * n); }
  double number(double low, double high) { return low + (high - low) * uniform(); }

 private:
  std::uint32_t next() {
    if (left_ == 0) words_ = streams_.draw(drawn_++, Purpose::visit, 0), left_ = 4;
    return words_[--left_];
  }
  Streams streams_;
  Words words_{};
  std::uint32_t drawn_ = 0, left_ = 0;
};

Timetable constant(double value) { return {{0.0, value}}; }

/// How much a random centre has. In a plain one calls wait in the order of their arrival alone, so that they are foreseen.
enum class Centre { plain, full };

/// A random centre: pools with shifts, some closed for a while or with a fraction of a server; queues with preferences and
/// room.
Staffing random_staffing(Numbers& numbers, Centre centre = Centre::full) {
  Staffing staffing;
  const std::uint32_t pools = 1 + numbers.below(3), queues = 1 + numbers.below(3);
  for (std::uint32_t p = 0; p < pools; ++p) {
    Timetable servers = constant(numbers.below(4));
    for (double t = numbers.number(0.1, 3.0); t < 20.0; t += numbers.number(0.1, 4.0)) {
      const double fraction = numbers.below(3) == 0 ? 0.25 * (1 + numbers.below(3)) : 0.0;
      servers.emplace_back(t, numbers.below(4) + fraction);
    }
    staffing.pools.push_back(servers);
  }
  const std::uint32_t alone = numbers.below(2);
  const bool backwards = numbers.below(2) == 0;
  staffing.one_priority = centre == Centre::plain;
  for (std::uint32_t q = 0; q < queues; ++q) {
    Staffing::Queue queue;
    queue.pools = {numbers.below(pools)};
    const std::uint32_t second = numbers.below(pools);
    if (second != queue.pools[0]) queue.pools.push_back(second);
    queue.handle_time = {{0.0, numbers.number(0.05, 0.6)}, {10.0, numbers.number(0.05, 0.6)}};
    if (centre == Centre::plain) {
      // The first pool by itself or, like all others, with those that follow it.
      const std::uint32_t apart = pools > 1 ? alone : 0;
      queue.pools.clear();
      const bool of_first = apart > 0 && q == 0;
      for (std::uint32_t p = of_first ? 0 : apart; p < (of_first ? apart : pools); ++p) queue.pools.push_back(p);
      if (backwards) std::reverse(queue.pools.begin(), queue.pools.end());
    } else if (numbers.below(3) == 0) {
      queue.room = numbers.below(6);
    }
    staffing.queues.push_back(queue);
  }
  return staffing;
}

/// Calls whose times, patience and work often fall on the same round numbers, so that ties happen.
std::vector<Call> random_calls(Numbers& numbers, const Staffing& staffing, std::uint32_t count) {
  std::vector<Call> calls;
  const bool round = numbers.below(2) == 0;
  const auto days = [&](double x) { return round ? std::ceil(4.0 * x) / 4.0 : x; };
  for (std::uint32_t i = 0; i < count; ++i) {
    Call call;
    call.time = days(numbers.number(0.0, 18.0));
    call.customer = i;
    call.queue = numbers.below(static_cast<std::uint32_t>(staffing.queues.size()));
    call.priority = staffing.one_priority ? 2 : static_cast<std::int32_t>(numbers.below(3)) - 1;
    if (numbers.below(2) == 0) call.patience = days(0.7 * numbers.exponential());
    call.work = days(numbers.exponential());
    call.of_somebody = numbers.below(8) > 0;
    calls.push_back(call);
  }
  return calls;
}

std::string difference(const std::vector<ResolvedCall>& a, const std::vector<ResolvedCall>& b) {
  if (a.size() != b.size()) return std::to_string(a.size()) + " calls against " + std::to_string(b.size());
  const auto sorted = [](std::vector<ResolvedCall> calls) {
    std::sort(calls.begin(), calls.end(), [](const ResolvedCall& x, const ResolvedCall& y) {
      return std::tie(x.call.time, x.call.customer) < std::tie(y.call.time, y.call.customer);
    });
    return calls;
  };
  const auto x = sorted(a), y = sorted(b);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i].call.customer == y[i].call.customer && x[i].time == y[i].time && x[i].outcome == y[i].outcome) continue;
    return "customer " + std::to_string(x[i].call.customer) + " at " + std::to_string(x[i].time) + " against customer " +
           std::to_string(y[i].call.customer) + " at " + std::to_string(y[i].time);
  }
  return {};
}

}  // namespace

TEST_CASE("service lines: equal to a simulation event by event, call by call", "[verify]") {
  std::size_t gave_up = 0, turned_away = 0, waited = 0, twins = 0;
  constexpr std::uint32_t runs = 800;
  for (std::uint32_t run = 0; run < runs; ++run) {
    Numbers numbers(run);
    const Centre centre = run % 2 == 0 ? Centre::full : Centre::plain;
    Staffing staffing = random_staffing(numbers, centre);
    staffing.horizon = 20.0;
    REQUIRE((centre == Centre::full || ServiceLines(staffing).foresees()));
    const std::vector<Call> calls = random_calls(numbers, staffing, 150);
    // A fifth of those who leave call again, soon; keyed by customer, so that both simulations decide alike.
    const Again again = [&](const ResolvedCall& call) {
      std::vector<Call> more;
      if (call.outcome != Outcome::served && call.call.customer % 5 == 0 && call.call.customer < 10000) {
        Call next = call.call;
        next.customer += 10000;
        next.time = call.time + 0.05;
        more.push_back(next);
      }
      return more;
    };
    QueueByEvents by_events(staffing);
    const auto expected = by_events.run(calls, staffing.horizon, again);
    for (const double window : {0.1, 1.0, 30.0}) {
      INFO("run " << run << ", window " << window);
      std::vector<double> worked;
      REQUIRE(difference(run_lines(staffing, calls, staffing.horizon, window, again, &worked), expected) == "");
      for (std::size_t p = 0; p < worked.size(); ++p) REQUIRE(worked[p] == Approx(by_events.worked(p)).margin(1e-9));
    }
    for (const ResolvedCall& call : expected) {
      gave_up += call.outcome == Outcome::gave_up;
      turned_away += call.outcome == Outcome::turned_away;
      waited += call.outcome == Outcome::served && call.time > call.call.time;
    }
    // The twin: one more server in one pool.
    Staffing more = staffing;
    for (auto& step : more.pools[0]) step.second += 1.0;
    twins += !difference(run_lines(more, calls, staffing.horizon, 1.0, again), expected).empty();
  }
  CHECK(gave_up > 1000);
  CHECK(turned_away > 1000);
  CHECK(waited > 10000);
  CHECK(twins > runs * 8 / 10);
}

TEST_CASE("service lines: work counts on duty and up to the horizon only", "[verify]") {
  const auto worked = [](const Timetable& servers, double horizon, const std::vector<Call>& calls) {
    Staffing staffing;
    staffing.pools = {servers};
    staffing.horizon = horizon;
    Staffing::Queue queue;
    queue.pools = {0};
    queue.handle_time = constant(1.0);
    staffing.queues = {queue};
    ServiceLines lines(staffing);
    for (const Call& call : calls) {
      while (lines.step(call.time)) {
      }
      static_cast<void>(lines.arrive(call, call.time));
    }
    while (lines.step(horizon)) {
    }
    return lines.worked(0);
  };
  Call long_call;
  long_call.time = 1.0;
  long_call.work = 10.0;
  CHECK(worked(constant(1.0), 5.0, {long_call}) == 4.0);
  CHECK(worked(constant(1.0), 20.0, {long_call}) == 10.0);
  // The server's shift ends on day 3, whether or not anybody comes later.
  CHECK(worked({{0.0, 1.0}, {3.0, 0.0}}, 5.0, {long_call}) == 2.0);
  // Half a server takes twenty days, and is a tenth of one from day 3 on.
  CHECK(worked({{0.0, 0.5}, {3.0, 0.1}}, 5.0, {long_call}) == Approx(0.5 * 2.0 + 0.1 * 2.0));

  // Random centres, mostly overloaded: never more than the servers' time, and at full load nearly all of it.
  double busiest = 0.0;
  bool beyond = false;  // the twin: all work that began
  for (std::uint32_t run = 0; run < 60; ++run) {
    Numbers numbers(1000 + run);
    Staffing staffing = random_staffing(numbers);
    constexpr double horizon = 20.0;
    staffing.horizon = horizon;
    ServiceLines lines(staffing);
    Staffing endless = staffing;
    endless.horizon = never;
    ServiceLines uncut(endless);
    std::vector<Call> calls;
    for (std::uint32_t i = 0; i < 400; ++i) {
      Call call;
      call.time = numbers.number(0.0, horizon);
      call.customer = i;
      call.queue = numbers.below(static_cast<std::uint32_t>(staffing.queues.size()));
      call.work = numbers.exponential();
      calls.push_back(call);
    }
    std::sort(calls.begin(), calls.end(), [](const Call& a, const Call& b) { return a.time < b.time; });
    for (ServiceLines* each : {&lines, &uncut}) {
      for (const Call& call : calls) {
        while (each->step(call.time)) {
        }
        static_cast<void>(each->arrive(call, call.time));
      }
      while (each->step(horizon)) {
      }
    }
    for (std::uint32_t pool = 0; pool < staffing.pools.size(); ++pool) {
      double open = 0.0;
      const Timetable& servers = staffing.pools[pool];
      for (std::size_t k = 0; k < servers.size(); ++k) {
        const double end = k + 1 < servers.size() ? std::min(horizon, servers[k + 1].first) : horizon;
        open += servers[k].second * std::max(0.0, end - servers[k].first);
      }
      CAPTURE(run, pool, open);
      CHECK(lines.worked(pool) >= -1e-9);
      CHECK(lines.worked(pool) <= open + 1e-9);
      if (open > 0.0) busiest = std::max(busiest, lines.worked(pool) / open);
      beyond = beyond || uncut.worked(pool) > open + 1e-9;
    }
  }
  CHECK(busiest > 0.9);
  CHECK(beyond);
}
