#include "sojourn/sweep/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "sojourn/base/error.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/finished_run.hpp"

namespace sojourn {
namespace {

std::optional<std::uint32_t> whole(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? std::nullopt : whole(text);
}

/// Twice the time that a task is likely to take and five minutes, as HH:MM:SS.
std::string time_limit(const SlurmRequest& request) {
  constexpr double of_unknown = 3600.0, spare = 300.0, most = 7.0 * 86400.0;
  const double task = request.core_seconds / (static_cast<double>(request.tasks) * request.cpus);
  const double seconds = request.core_seconds > 0.0 ? std::min(most, 2.0 * task + spare) : of_unknown;
  const auto minutes = static_cast<std::uint64_t>(std::ceil(seconds / 60.0));
  return fmt::format("{:02}:{:02}:00", minutes / 60, minutes % 60);
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto index = whole(std::string_view(text).substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : whole(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index == 0 || *index > *count)
    throw InputError(fmt::format("--shard {}: this is no part of a whole", text), "the third of forty is --shard 3/40");
  return {*index, *count};
}

std::optional<Shard> shard_of_array() {
  const auto id = variable("SLURM_ARRAY_TASK_ID");
  if (!id) return std::nullopt;
  const auto count = variable("SLURM_ARRAY_TASK_COUNT"), least = variable("SLURM_ARRAY_TASK_MIN"),
             most = variable("SLURM_ARRAY_TASK_MAX");
  const std::uint32_t step = std::max(1u, variable("SLURM_ARRAY_TASK_STEP").value_or(1));
  if (!count || !least || !most || *id < *least || (*most - *least) / step + 1 != *count || (*id - *least) % step != 0)
    throw InputError("this task is of a Slurm array with holes, so that no shard follows from its number",
                     "name the shard: --shard \"$SLURM_ARRAY_TASK_ID/40\" for one of forty");
  return Shard{(*id - *least) / step + 1, *count};
}

/// Only what srun and mpirun say to each process that they start: a batch script has a number of tasks too, and is one
/// process.
std::optional<Shard> shard_of_rank() {
  constexpr const char* names[][2] = {
      {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}, {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"}};
  for (const auto& [rank_name, size_name] : names) {
    const auto rank = variable(rank_name), size = variable(size_name);
    if (rank && size && *size > 1 && *rank < *size) return Shard{*rank + 1, *size};
  }
  return std::nullopt;
}

std::optional<Shard> shard_of_environment() {
  const std::optional<Shard> task = shard_of_array(), rank = shard_of_rank();
  if (!task || !rank) return task ? task : rank;
  return Shard{(task->index - 1) * rank->count + rank->index, task->count * rank->count};
}

std::string slurm_script(const SlurmRequest& request) {
  const std::string sweep = shell_quoted(request.sweep_file), folder = shell_quoted(request.folder),
                    merged = shell_quoted(request.merged);
  return fmt::format(R"(#!/usr/bin/env bash
# {mark}. Run this with bash where `sbatch` is: it submits {tasks} tasks and a merge that waits for them.
# Run it again after a failure, a limit of time or a kill: only what is missing is simulated.
set -euo pipefail
array=$(sbatch --parsable <<'END'
#!/usr/bin/env bash
#SBATCH --job-name=sojourn-sweep
#SBATCH --array=1-{tasks}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={cpus}
#SBATCH --time={time}
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
exec sojourn sweep {sweep} -o {folder} --shard "$SLURM_ARRAY_TASK_ID/{tasks}" --no-progress
END
)
sbatch --dependency="afterany:${{array%%;*}}" <<'END'
#!/usr/bin/env bash
#SBATCH --job-name=sojourn-merge
#SBATCH --ntasks=1
#SBATCH --time=01:00:00
exec sojourn merge {folder} -o {merged}
END
)",
                     fmt::arg("mark", file_mark), fmt::arg("tasks", request.tasks), fmt::arg("cpus", request.cpus),
                     fmt::arg("time", time_limit(request)), fmt::arg("sweep", sweep), fmt::arg("folder", folder),
                     fmt::arg("merged", merged));
}

}  // namespace sojourn
