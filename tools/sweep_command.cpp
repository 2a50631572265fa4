#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "ctrl_c.hpp"
#include "mpi_module.hpp"
#include "session.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/sweep/run_sweep.hpp"
#include "sojourn/sweep/slurm.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

std::vector<PlanId> plans_of(const SweepFile& sweep, const Model& model) {
  std::vector<PlanId> plans;
  for (const std::string& each : sweep.plans) plans.push_back(plan_called(model, each));
  return plans;
}

/// What so many points take, judged by the scenario as it stands.
WorkForecast work_of(const SweepFile& sweep, std::uint64_t points, std::stop_token stop) {
  const Model model = build(sweep.scenario);
  const std::vector<PlanId> plans = plans_of(sweep, model);
  WorkForecast work;
  work.run = forecast(model, plans, stop);
  const auto times = static_cast<double>(points);
  work.run.visits *= times;
  work.run.seconds *= times;
  const double figures = static_cast<double>(metrics().size() * plans.size()) * model.parts().settings.replications;
  const double each = sweep.series ? static_cast<double>(run_size(model, plans.size()).value_bytes)
                                   : 8.0 * (figures + static_cast<double>(sweep.keys.size()) + 2.0);
  work.bytes = static_cast<std::uint64_t>(times * each);
  return work;
}

/// `prepared` becomes true when nothing is wrong with the input.
int sweep_with(const CommandLine& line, Ranks* ranks, bool& prepared) {
  const bool speaks = ranks == nullptr || ranks->rank() == 0;
  const SweepFile sweep = read_sweep(line.input);
  require_no_errors(sweep);
  if (speaks) {
    for (const std::string& warning : sweep.rendered) print(stderr, "%s\n", warning.c_str());
  }
  const Design design(sweep);
  const fs::path folder = line.output.empty() ? fs::path(line.input).stem() : fs::path(line.output);
  const Manifest manifest = manifest_of(design);
  Shard shard;
  if (!line.shard.empty()) {
    shard = parse_shard(line.shard);
  } else if (!line.emit_slurm) {
    shard = (ranks != nullptr ? shard_of_array() : shard_of_environment()).value_or(shard);
  }
  require_claimable(folder, manifest);
  if (line.dry_run || line.emit_slurm) {
    const SweepWork missing = missing_work(folder, manifest, shard);
    WorkForecast work;
    under_way(
        line, [&](const RunOptions& options) { work = work_of(sweep, missing.missing, options.stop); }, sweep.scenario_path);
    if (line.emit_slurm) {
      SlurmRequest request{line.input, folder.string(), folder.string() + ".h5", 1, line.cpus, work.run.seconds};
      constexpr std::uint64_t usual = 40;
      request.tasks = static_cast<std::uint32_t>(line.tasks > 0 ? line.tasks : std::min(usual, manifest.files()));
      print(stdout, "%s", slurm_script(request).c_str());
      return done;
    }
    work.points = WorkForecast::Points{missing.points, missing.missing, manifest.files()};
    print_forecast(line, work);
    return done;
  }
  require_valid_points(design, 64);
  prepared = true;
  SweepDone swept;
  under_way(
      line,
      [&](const RunOptions& run) {
        SweepOptions options;
        options.shard = shard;
        options.threads = line.threads;
        options.stop = run.stop;
        if (speaks) options.progress = run.progress;
        options.ranks = ranks;
        swept = run_sweep(design, folder, options);
      },
      sweep.scenario_path);
  const std::string count = fmt::format("{} of {} points", swept.before + swept.now, swept.points);
  if (swept.interrupted && !speaks) return told_to_stop() ? resumable : interrupted;
  if (swept.interrupted) {
    print(stderr, "sojourn: %s; %s are finished and kept: the same command goes on\n",
          told_to_stop() ? "told to stop" : "interrupted", count.c_str());
    return told_to_stop() ? resumable : interrupted;
  }
  if (!line.quiet && speaks) {
    print(stderr, "%s in %s, %s of them now: %s visits in %.1f s. sojourn merge %s -o all.h5 puts all into one file\n",
          fmt::format("{} point{}{}", swept.points, swept.points == 1 ? "" : "s",
                      shard.count > 1 ? fmt::format(" of shard {}/{}", shard.index, shard.count) : "")
              .c_str(),
          folder.string().c_str(), fmt::to_string(swept.now).c_str(),
          fmt::format("{:.3g}", static_cast<double>(swept.events)).c_str(), swept.seconds, folder.string().c_str());
  }
  return done;
}

}  // namespace

int sweep_command(const CommandLine& line) {
  const std::unique_ptr<Ranks> ranks = line.dry_run || line.emit_slurm ? nullptr : ranks_of_mpi();
  bool prepared = false;
  try {
    return sweep_with(line, ranks.get(), prepared);
  } catch (const InputError&) {
    // What is wrong with the input itself is wrong for all ranks, and told by the first.
    if (prepared || ranks == nullptr || ranks->rank() == 0) throw;
    return done;  // see mpi_module.hpp
  }
}

}  // namespace sojourn::tools
