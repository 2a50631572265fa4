// Whether this process is one of several that MPI started.
#pragma once

#include <functional>
#include <memory>

#include "command_line.hpp"
#include "sojourn/base/ranks.hpp"

namespace sojourn::tools {

/// The ranks of which this process is one; null where mpirun or srun started none, where Sojourn was built without MPI, or
/// where its MPI knows of fewer processes than were started, because another one started them.
[[nodiscard]] std::unique_ptr<Ranks> ranks_of_mpi();

/// Of what goes wrong for all, the first process alone says so and has an exit status other than 0: at the first such status
/// mpirun kills the other processes, among them perhaps the one that is about to speak.

/// For commands that ranks do not share: throws InputError in the first of several processes; in the others it says that
/// they have nothing to do.
[[nodiscard]] bool is_one_process(const CommandLine& line);

/// Does `work`, which returns the exit status, in each of the ranks; without any, once with nullptr. What goes wrong is
/// told by rank 0 alone, whoever came upon it. Throws InputError where several processes were started that know nothing of
/// one another: each would write the same file.
int with_ranks(const CommandLine& line, const std::function<int(Ranks*)>& work);

}  // namespace sojourn::tools
