#include "sojourn/outcomes/run_forecast.hpp"

#include <algorithm>
#include <optional>

#include "sojourn/base/error.hpp"
#include "sojourn/engine/run.hpp"

namespace sojourn {
namespace {

/// The model with few people and one replication; itself where it cannot do with few (ties by number).
Model shrunk(const Model& model, std::uint64_t customers) {
  ModelParts parts = model.parts();
  parts.settings.replications = 1;
  parts.settings.market = static_cast<double>(customers) * model.people_per_customer();
  parts.settings.customers = customers;
  try {
    return Model(parts);
  } catch (const InvalidModel&) {
    return model;
  }
}

}  // namespace

RunForecast forecast(const Model& model, std::span<const PlanId> plans, const std::stop_token& stop) {
  constexpr std::uint64_t enough = 2000;
  const Settings& settings = model.parts().settings;
  const Model small = shrunk(model, std::min<std::uint64_t>(settings.customers, enough));
  RunOptions options;
  options.threads = 1;
  options.tables = false;
  options.samples = false;
  options.stop = stop;
  const RunResult run = sojourn::run(small, plans, options);
  if (run.interrupted) throw Interrupted();
  const double times = static_cast<double>(settings.customers) / static_cast<double>(small.parts().settings.customers) *
                       settings.replications / small.parts().settings.replications;
  return {times * static_cast<double>(run.events), times * run.seconds, small.parts().settings.customers};
}

}  // namespace sojourn
