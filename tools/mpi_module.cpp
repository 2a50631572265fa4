#include "mpi_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <system_error>

#include "sojourn/base/error.hpp"
#include "sojourn/engine/shared_run.hpp"
#include "sojourn/sweep/slurm.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

/// Whether something that speaks MPI started this process: mpirun says how many there are, srun --mpi=pmix which one it is.
/// A srun without it speaks another tongue than MPI's, which would end a process that it started.
bool started_by_mpi() {
  const auto several = [](const char* name) {
    const char* const text = std::getenv(name);
    return text != nullptr && std::atoi(text) > 1;
  };
  if (std::getenv("PMIX_RANK") != nullptr || several("OMPI_COMM_WORLD_SIZE")) return true;
  return several("PMI_SIZE") && std::getenv("SLURM_PROCID") == nullptr;
}

/// The module lies beside the program that was built, or where it was installed.
fs::path module_path() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* place : {"sojourn-mpi.so", SOJOURN_MPI_INSTALLED}) {
    const fs::path path = program.parent_path() / place;
    if (fs::exists(path, error)) return path;
  }
  return {};
}

}  // namespace

std::unique_ptr<Ranks> ranks_of_mpi() {
  if (!started_by_mpi()) return nullptr;
  const fs::path path = module_path();
  if (path.empty()) return nullptr;
  // Open MPI's own modules look for its symbols among the global ones.
  void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (module == nullptr) return nullptr;
  const auto make = reinterpret_cast<MakeRanks>(::dlsym(module, make_ranks_name));
  std::unique_ptr<Ranks> ranks(make == nullptr ? nullptr : make());
  if (ranks && ranks->count() < 2) return nullptr;
  return ranks;
}

bool is_one_process(const CommandLine& line) {
  const std::optional<Shard> process = shard_of_rank();
  if (!process) return true;
  if (process->index > 1) return false;
  throw InputError(fmt::format("sojourn {} is the work of one process, and {} were started", line.command, process->count),
                   "start it without mpirun or srun, or with -n 1; run, compare and sweep share their work");
}

int with_ranks(const CommandLine& line, const std::function<int(Ranks*)>& work) {
  const std::unique_ptr<Ranks> ranks = ranks_of_mpi();
  if (ranks == nullptr) {
    const std::optional<Shard> process = shard_of_rank();
    if (!process) return work(nullptr);
    if (process->index > 1) return done;
    throw InputError(fmt::format("{} processes were started that know nothing of one another, and each would write the same "
                                 "file",
                                 process->count),
                     "start one process, e.g. srun -n 1 --cpus-per-task=8; or share the run over ranks by mpirun or "
                     "srun --mpi=pmix, with Sojourn built for the same MPI (tools/packages install mpi)");
  }
  const bool first = ranks->rank() == 0;
  if (line.dry_run) return first ? work(nullptr) : done;
  try {
    return work(ranks.get());
  } catch (const std::exception& error) {
    give_up(*ranks, error);
    if (first) throw;
    return done;
  }
}

}  // namespace sojourn::tools
