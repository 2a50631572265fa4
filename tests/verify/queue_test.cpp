// The equations of waiting against queues that are simulated customer by customer, first come first served.
#include "sojourn/behaviour/queue.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "sojourn/base/random.hpp"
#include "tests/catch.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

struct Centre {
  double arrivals;  // a minute
  int servers;
  double handle_time;       // minutes
  double patience = never;  // minutes
};

/// Mean wait that customers `from` .. `to` - 1 find, in minutes: each takes the server that is free first (Kiefer &
/// Wolfowitz 1955). Who finds more than a patience drawn leaves, and leaves no work.
double mean_wait(const Centre& centre, std::uint32_t run, int from, int to) {
  std::vector<double> busy_until(static_cast<std::size_t>(centre.servers), 0.0);
  const Streams streams(7, run);
  double now = 0.0, sum = 0.0;
  for (int k = 0; k < to; ++k) {
    const Words words = streams.draw(static_cast<std::uint32_t>(k), Purpose::visit, 0);
    now += static_cast<double>(exponential(words[0])) / centre.arrivals;
    const auto server = std::min_element(busy_until.begin(), busy_until.end());
    const double wait = std::max(0.0, *server - now);
    if (k >= from) sum += wait;
    if (behaviour::gives_up(static_cast<float>(wait), static_cast<float>(std::min(centre.patience, 1e30)), words[2]))
      continue;
    *server = now + wait + centre.handle_time * static_cast<double>(exponential(words[1]));
  }
  return sum / (to - from);
}

Sample waits(const Centre& centre, std::uint32_t runs, int from, int to) {
  Sample sample;
  for (std::uint32_t run = 0; run < runs; ++run) sample.add(mean_wait(centre, run, from, to));
  return sample;
}

}  // namespace

TEST_CASE("queues: the mean wait of M/M/c", "[verify]") {
  const Sample three = waits({0.2, 3, 10.0}, 2000, 300, 1300);
  CHECK(judge(three, 40.0 / 9.0, 0.6));
  CHECK(judge(three, behaviour::wait({0.2, 0.0, 1440.0, 1e6}, 3.0, 10.0), 0.6));
  // Twins: a quarter of a server more, and calls half a minute shorter.
  CHECK_FALSE(judge(three, behaviour::wait({0.2, 0.0, 1440.0, 1e6}, 3.25, 10.0), 0.6));
  CHECK_FALSE(judge(three, behaviour::wait({0.2, 0.0, 1440.0, 1e6}, 3.0, 9.5), 0.6));
  const Sample twenty = waits({1.7, 20, 10.0}, 2000, 500, 1500);
  CHECK(judge(twenty, behaviour::wait({1.7, 0.0, 1440.0, 1e6}, 20.0, 10.0), 0.2));
  CHECK_FALSE(judge(twenty, behaviour::wait({1.75, 0.0, 1440.0, 1e6}, 20.0, 10.0), 0.2));
}

TEST_CASE("queues: at full load the wait is what chance builds up in the time", "[verify]") {
  // 20 servers finish 2 a minute; over the first 2,000 arrivals, 1,000 minutes.
  const Sample full = waits({2.0, 20, 10.0}, 1500, 0, 2000);
  const double expected = behaviour::wait_by_chance(2.0, 10.0, 1000.0, never);
  CHECK(expected == Approx(16.82).margin(0.01));
  // A diffusion is a limit: the servers of an empty centre are not all busy at once, which takes a tenth off.
  CHECK(judge(full, expected, 4.5, 2.0));
  CHECK_FALSE(judge(full, behaviour::wait_by_chance(2.0, 10.0, 2000.0, never), 4.5, 2.0));
}

TEST_CASE("queues: overload follows the fluid limit", "[verify]") {
  // 2.5 a minute come and 2 are served: the k-th to come, at minute k / 2.5, waits for a backlog of 0.2 k.
  const Sample late = waits({2.5, 20, 10.0}, 1000, 2400, 2600);
  const double fluid = behaviour::next_backlog(0.0, 2.5, 2.0, 1000.0) / 2.0;
  CHECK(fluid == Approx(250.0));
  CHECK(judge(late, fluid, 20.0, 8.0));
  CHECK_FALSE(judge(late, behaviour::next_backlog(0.0, 2.6, 2.0, 1000.0) / 2.0, 20.0, 8.0));
}

TEST_CASE("queues: where people give up, the wait settles at patience log(load)", "[verify]") {
  // 100 servers finish 10 a minute, 15 come, who wait 6 minutes in the mean.
  const Sample settled = waits({15.0, 100, 10.0, 6.0}, 200, 3000, 6000);
  const double expected = behaviour::next_backlog(0.0, 15.0, 10.0, 400.0, 6.0) / 10.0;
  CHECK(expected == Approx(6.0 * std::log(1.5)));
  CHECK(judge(settled, expected, 0.16, 0.05));
  CHECK_FALSE(judge(settled, behaviour::next_backlog(0.0, 15.0, 10.0, 400.0, 7.0) / 10.0, 0.16, 0.05));
  // At full load half of them meet a free server.
  const Sample full_load = waits({10.0, 100, 10.0, 6.0}, 400, 3000, 6000);
  CHECK(judge(full_load, behaviour::wait_by_chance(10.0, 10.0, 1e9, 6.0), 0.075, 0.03));
  CHECK_FALSE(judge(full_load, behaviour::wait_by_chance(10.0, 10.0, 1e9, 9.0), 0.075, 0.03));
}
