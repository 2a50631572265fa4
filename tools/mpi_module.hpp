// Whether this process is one of several that MPI started.
#pragma once

#include <memory>

#include "sojourn/sweep/ranks.hpp"

namespace sojourn::tools {

/// The ranks of which this process is one; null where mpirun or srun started none, where Sojourn was built without MPI, or
/// where its MPI knows of fewer processes than were started, because another one started them.
[[nodiscard]] std::unique_ptr<Ranks> ranks_of_mpi();

}  // namespace sojourn::tools
