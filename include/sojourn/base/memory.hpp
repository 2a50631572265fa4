// How much memory this process may still take.
#pragma once

#include <cstdint>

namespace sojourn {

/// Bytes that can still be had without swapping or being killed: the least of what the machine has free (Linux's
/// MemAvailable), what the process's limit of address space allows (ulimit -v) and what its control group does. The largest
/// number where none of them can be read.
[[nodiscard]] std::uint64_t available_memory();

/// Lets the system have what was freed: small pieces stay with the process otherwise, beside whatever large ones come next.
/// Costs milliseconds.
void give_back_memory();

}  // namespace sojourn
