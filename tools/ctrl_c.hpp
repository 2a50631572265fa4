// Ctrl-C (SIGINT): asks what is under way to stop, and ends the program where nothing is under way that could. Likewise, for
// work that can be resumed, SIGTERM and SIGUSR1, by which a cluster says that the time is up.
#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>

namespace sojourn::tools {

/// Takes SIGINT, SIGTERM and SIGUSR1 from all threads of the program and gives them to one of its own. To be called before
/// any other thread is there.
void watch_ctrl_c();

/// What SIGTERM and SIGUSR1 do while something is under way: end the program as they do any other, or request a stop, which
/// may then take its time.
enum class Termination { ends, stops };

/// While one of these lives, the first Ctrl-C requests a stop of its token. What is under way has a second to come to a
/// stop; after that the program ends at once with exit status 130, unless `finished` says that there is something to keep.
/// Where none of these lives, and at a second Ctrl-C, it ends at once. Files are safe either way: they are replaced as a
/// whole or not at all. One at a time.
class StopAtCtrlC {
 public:
  explicit StopAtCtrlC(const std::atomic<std::uint32_t>* finished = nullptr, Termination termination = Termination::ends);
  ~StopAtCtrlC();
  StopAtCtrlC(const StopAtCtrlC&) = delete;
  StopAtCtrlC& operator=(const StopAtCtrlC&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
};

/// Whether SIGTERM or SIGUSR1 has requested a stop.
[[nodiscard]] bool told_to_stop();

}  // namespace sojourn::tools
