// Slurm and MPI: which shard a task or rank is, and the script that submits a sweep.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sojourn/sweep/run_sweep.hpp"

namespace sojourn {

/// "3/40" as typed after --shard. Throws InputError with a hint.
[[nodiscard]] Shard parse_shard(const std::string& text);

/// The shard that the environment names. Of a Slurm array: SLURM_ARRAY_TASK_ID among those from SLURM_ARRAY_TASK_MIN on, in
/// steps of SLURM_ARRAY_TASK_STEP. Of several processes that srun or mpirun starts: the rank of this one (SLURM_PROCID of
/// SLURM_STEP_NUM_TASKS, OMPI_COMM_WORLD_RANK of _SIZE, PMI_RANK of PMI_SIZE). Of both: the rank's part of the task's.
/// Nothing where there is neither. Throws InputError where the array has holes, of which no shards follow.
[[nodiscard]] std::optional<Shard> shard_of_environment();

/// The part of it that a Slurm array names.
[[nodiscard]] std::optional<Shard> shard_of_array();
/// And which of several processes this is.
[[nodiscard]] std::optional<Shard> shard_of_rank();

/// What a script asks Slurm for.
struct SlurmRequest {
  std::string sweep_file, folder, merged;  // paths as the commands take them
  std::uint32_t tasks = 1, cpus = 1;
  double core_seconds = 0.0;  // of all points together, for the limit of time; 0: not known
};

/// A shell script that submits an array of tasks and a merge that waits for it, and says so. Each task takes its
/// shard, ends in time by SIGUSR1 a minute before its limit, and replaces the shell, so that Slurm sees its exit status. The
/// script can be run again: only what is missing is simulated.
[[nodiscard]] std::string slurm_script(const SlurmRequest& request);

}  // namespace sojourn
