// Work on many threads.
#pragma once

#include <cstddef>
#include <functional>

namespace sojourn {

/// Calls `work(0)` to `work(count - 1)`, each once, on at most `threads` threads, in no particular order. When one
/// throws, others may be left out; one of the errors is thrown again when all have ended. oneTBB does it; built with
/// SOJOURN_THREADS=std, plain threads do, which ThreadSanitizer understands.
void parallel_for_each(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace sojourn
