// Queues: how many visits, and how many arrivals at queues, one thread simulates a second.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sojourn/engine/run.hpp"
#include "turns.hpp"

namespace sojourn::bench {

struct QueueSpeed {
  std::string key, name;
  std::uint64_t customers = 0, visits = 0, arrivals = 0;
  std::vector<double> seconds;  // CPU time of each run
  double goal = 0.0;            // a second and core, of arrivals where `by_arrivals`, else of visits
  bool by_arrivals = false;

  [[nodiscard]] double best() const { return *std::min_element(seconds.begin(), seconds.end()); }
  [[nodiscard]] double median() const { return bench::median(seconds); }
};

/// Whole runs of one replication: people are drawn, live and queue, and everything is counted.
inline void measure_queue(QueueSpeed& speed, const Model& model, int rounds) {
  speed.customers = model.parts().settings.customers;
  const PlanId plans[] = {PlanId(0)};
  RunOptions options;
  options.threads = 1;
  for (int round = 0; round < rounds; ++round) {
    const double before = process_seconds();
    const RunResult result = run(model, plans, options);
    speed.seconds.push_back(process_seconds() - before);
    speed.visits = result.events;
    speed.arrivals = 0;
    const TallyShape& shape = result.shapes.front();
    for (std::size_t queue = 0; queue < shape.queues; ++queue) {
      for (std::size_t window = 0; window < shape.windows; ++window) {
        const double came = result.totals.front().front().value(shape.queue(queue, window, QueueScore::came));
        speed.arrivals += static_cast<std::uint64_t>(came);
      }
    }
  }
}

}  // namespace sojourn::bench
