// Queues: how many visits, and how many arrivals at queues, are simulated a second by one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn::bench {

struct QueueSpeed {
  std::string key, name;
  std::uint64_t customers = 0, visits = 0, arrivals = 0;
  std::vector<double> seconds;  // CPU time of each run
  double goal_visits = 0.0, goal_arrivals = 0.0;  // a second and core; 0: none

  [[nodiscard]] double best() const { return *std::min_element(seconds.begin(), seconds.end()); }
  [[nodiscard]] double median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

/// Whole runs on one thread: people are drawn, live, queue, and all is counted.
inline void measure_queue(QueueSpeed& speed, const Model& model, int rounds) {
  speed.customers = model.parts().settings.customers;
  const PlanId plans[] = {PlanId(0)};
  RunOptions options;
  options.threads = 1;
  options.tables = true;
  for (int round = 0; round < rounds; ++round) {
    const std::clock_t before = std::clock();
    const RunResult result = run(model, plans, options);
    speed.seconds.push_back(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    speed.visits = result.events;
    const Totals& totals = result.totals.front().front();
    const TallyShape& shape = result.shapes.front();
    speed.arrivals = 0;
    for (std::size_t queue = 0; queue < shape.queues; ++queue) {
      for (std::size_t window = 0; window < shape.windows; ++window) {
        speed.arrivals += static_cast<std::uint64_t>(totals.value(shape.queue(queue, window, QueueScore::came)));
      }
    }
  }
}

}  // namespace sojourn::bench
