// Scenarios with queues for tests that run the whole engine, and what they find.
#pragma once

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/queue_closed_forms.hpp"
#include "tests/verify/statistics.hpp"

namespace sojourn::verify {

inline constexpr double minute = 1.0 / 1440.0;

struct Centre {
  double calls = 480.0;  // a day
  double servers = 4.0;
  double handle_time = 9.0 * minute;
  std::optional<Distribution> law;    // of the handling time, instead of an exponential one
  std::optional<std::uint64_t> room;  // who finds it full goes
  double answer_within = 0.0;         // days
  double patience = -1.0;             // mean, days; negative: nobody gives up
  double days = 20.0;                 // in which calls come evenly
  double window = 1.0;
  double market = 0.0;          // real people; 0: as many as are simulated
  std::uint64_t customers = 0;  // 0: calls x days
  std::uint32_t replications = 24;
};

inline ModelParts parts_of(const Centre& centre) {
  Exit served = by_odds(1, 1.0, Fixed{0.0});
  std::vector<Exit> exits{served};
  if (centre.patience >= 0.0) {
    Exit gives_up = by_odds(2, 1.0, Fixed{0.0});
    gives_up.odds.reset();
    gives_up.on = Trigger::gave_up;
    exits.push_back(gives_up);
  }
  if (centre.room) {
    Exit is_turned_away = by_odds(2, 1.0, Fixed{0.0});
    is_turned_away.odds.reset();
    is_turned_away.on = Trigger::turned_away;
    exits.push_back(is_turned_away);
  }
  ModelParts parts =
      journey({place(Stage::consideration, exits), finish(End::churned), finish(End::lost)}, centre.days + 1.0,
              centre.customers > 0 ? centre.customers : static_cast<std::uint64_t>(centre.calls * centre.days));
  parts.settings.window = Days(centre.window);
  parts.settings.replications = centre.replications;
  if (centre.market > 0.0) parts.settings.market = centre.market;
  parts.touchpoints[0].servers = centre.servers;
  parts.touchpoints[0].handle_time = centre.law.value_or(Exponential{centre.handle_time});
  parts.touchpoints[0].room = centre.room;
  parts.touchpoints[0].answer_within = Days(centre.answer_within);
  parts.personas[0].arrives = Uniform{0.0, centre.days};
  if (centre.patience >= 0.0) trait(parts.personas[0], BuiltinTrait::patience) = Fixed{centre.patience};
  return parts;
}

/// One number of each replication.
struct Found {
  Sample wait;         // mean of waits that ended, minutes
  Sample gave_up;      // share of all who came
  Sample turned_away;  // likewise
  Sample in_time;      // likewise: served within the time asked for
  Sample waited;       // share of all who came and did not find a free server, or room
  double came = 0.0;   // of all replications
};

/// What the queue number `queue` did.
inline Found found_in(const ModelParts& parts, std::size_t queue = 0) {
  const PlanId plan(0);
  const RunResult result = run(Model(parts), std::span(&plan, 1));
  Found all;
  for (const Totals& totals : result.totals[0]) {
    const TallyShape& shape = totals.shape();
    const auto sum = [&](QueueScore score, double scale = 1.0) {
      double of_windows = 0.0;
      for (std::size_t w = 0; w < shape.windows; ++w) of_windows += totals.value(shape.queue(queue, w, score), scale);
      return of_windows;
    };
    const double came = sum(QueueScore::came), ended = sum(QueueScore::served) + sum(QueueScore::gave_up);
    const double turned_away = sum(QueueScore::turned_away);
    REQUIRE(ended + turned_away == came);  // all are served or gone by the horizon
    all.wait.add(sum(QueueScore::wait, shape.scales.days) / ended / minute);
    all.gave_up.add(sum(QueueScore::gave_up) / came);
    all.turned_away.add(turned_away / came);
    all.in_time.add(sum(QueueScore::in_time) / came);
    all.waited.add(1.0 - totals.value(shape.waited(queue, 0)) / came);
    all.came += came;
  }
  return all;
}

inline Found found(const Centre& centre) {
  const ModelParts parts = parts_of(centre);
  Found all = found_in(parts);
  REQUIRE(all.came == static_cast<double>(parts.settings.customers) * parts.settings.replications);
  return all;
}

/// A mean over replications, few but each of thousands of calls, and so nearly normal: a right engine is called wrong with
/// probability 1e-5, though their standard deviation is known from themselves alone (Student 1908).
inline Verdict near(const Sample& sample, double expected, double detectable, double slack) {
  const boost::math::students_t law(static_cast<double>(sample.count()) - 1.0);
  const double wider = boost::math::quantile(boost::math::complement(law, 0.5e-5)) / tolerance_z;
  return judge(sample.mean(), std::fmax(1.0, wider) * sample.standard_error(), expected, detectable, slack);
}

inline QueueFigures exact(const Centre& centre) {
  return queue_from_empty(centre.calls, 1.0 / centre.handle_time, static_cast<int>(centre.servers),
                          centre.patience >= 0.0 ? 1.0 / centre.patience : 0.0, centre.days);
}

/// A second persona and a second queue: half of all who call come to each touchpoint, 0 and 3.
inline ModelParts two_queues(const Centre& centre, double servers_each, bool pooled, std::int32_t second_priority) {
  ModelParts parts = parts_of(centre);
  parts.touchpoints.push_back(parts.touchpoints[0]);
  parts.personas.push_back(parts.personas[0]);
  parts.touchpoints[3].id = "second-queue";
  parts.personas[1].id = "second";
  parts.personas[0].share = parts.personas[1].share = 0.5;
  parts.personas[1].starts = {{TouchpointId(3), 1.0}};
  parts.touchpoints[3].priority = second_priority;
  parts.pools.clear();
  for (const std::size_t v : {std::size_t{0}, std::size_t{3}}) {
    Touchpoint& touchpoint = parts.touchpoints[v];
    touchpoint.servers.reset();
    if (pooled) {
      touchpoint.pools = {PoolId(0)};
    } else {
      touchpoint.pools = {PoolId(v == 0 ? 0 : 1)};
    }
  }
  for (std::size_t k = 0; k < (pooled ? 1u : 2u); ++k) {
    Pool pool;
    pool.id = k == 0 ? "first-pool" : "second-pool";
    pool.servers = {{0.0, pooled ? 2.0 * servers_each : servers_each}};
    parts.pools.push_back(pool);
  }
  return parts;
}

/// Two touchpoints, half of all call each; the second half in part in one rush. A pool that is open by day, and before or
/// after it one that always is. `priorities`: also laws of handling time and patience, priorities and room for four.
inline ModelParts day_and_night(Centre centre, bool priorities) {
  if (priorities) {
    centre.room = 4;
    centre.law = Lognormal{7.0 * minute, 0.7};
  }
  ModelParts parts = two_queues(centre, 1.5, true, priorities ? 1 : 0);
  Pool by_day;
  by_day.id = "by-day";
  by_day.servers = {{0.0, 0.0}};
  for (int day = 0; day < 7; ++day) {
    by_day.servers.emplace_back(day + 1.0 / 3.0, 1.0);
    if (day < 6) by_day.servers.emplace_back(day + 0.75, 0.0);
  }
  parts.pools.push_back(by_day);
  parts.touchpoints[0].pools = {PoolId(1), PoolId(0)};
  parts.personas[1].arrives = Uniform{3.0, 9.0};
  if (priorities) {
    parts.touchpoints[3].patience = Weibull{6.0 * minute, 1.4};
  } else {
    parts.touchpoints[3].pools = parts.touchpoints[0].pools;
  }
  return parts;
}

}  // namespace sojourn::verify
