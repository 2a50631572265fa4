#include "sojourn/base/parallel.hpp"

#include "sojourn/base/error.hpp"

#ifdef SOJOURN_STD_THREADS
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>
#else
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <stdexcept>
#include <string_view>
#endif

namespace sojourn {
namespace {

/// One after another, where more threads would have nothing to do. Also keeps a limit of one thread from holding back work
/// inside.
bool do_alone(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  if (threads > 1 && count > 1) return false;
  for (std::size_t index = 0; index < count; ++index) work(index);
  return true;
}

}  // namespace

#ifdef SOJOURN_STD_THREADS

void parallel_for_each(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  if (do_alone(count, threads, work)) return;
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failing;
  {
    std::vector<std::jthread> crew;
    for (std::size_t thread = 0; thread < std::min(static_cast<std::size_t>(threads), count); ++thread) {
      crew.emplace_back([&] {
        try {
          for (std::size_t index = next++; index < count; index = next++) work(index);
        } catch (...) {
          const std::lock_guard lock(failing);
          failure = std::current_exception();
          next = count;
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

#else

void parallel_for_each(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
  if (do_alone(count, threads, work)) return;
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  try {
    arena.execute([&] {
      tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, 1), [&](const tbb::blocked_range<std::size_t>& range) {
        for (std::size_t index = range.begin(); index < range.end(); ++index) work(index);
      });
    });
  } catch (const std::runtime_error& error) {
    // How oneTBB says that the system has no thread for it.
    if (std::string_view(error.what()).starts_with("pthread_create")) {
      throw RunError("the system gives this program no more threads",
                     "use fewer threads, or raise the limit of processes (ulimit -u)");
    }
    throw;
  }
}

#endif

}  // namespace sojourn
