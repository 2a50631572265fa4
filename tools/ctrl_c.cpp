#include "ctrl_c.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>

#include "command_line.hpp"

namespace sojourn::tools {
namespace {

std::mutex guard;
std::stop_source* under_way = nullptr;                // guarded, as what follows
const std::atomic<std::uint32_t>* to_keep = nullptr;  // null: nothing to keep

void say(std::string_view words) {
  if (::isatty(STDERR_FILENO) != 0) static_cast<void>(!::write(STDERR_FILENO, "\r\033[K", 4));  // the progress bar
  static_cast<void>(!::write(STDERR_FILENO, words.data(), words.size()));
}

[[noreturn]] void end_at_once() {
  say("sojourn: interrupted\n");
  ::_exit(interrupted);
}

void handle_one(const sigset_t& signals) {
  std::stop_source* asked = nullptr;
  {
    const std::lock_guard lock(guard);
    // A second Ctrl-C finds a stop requested already.
    if (under_way == nullptr || !under_way->request_stop()) end_at_once();
    asked = under_way;
  }
  const timespec patience{0, 900'000'000};
  if (sigtimedwait(&signals, nullptr, &patience) == SIGINT) end_at_once();
  const std::lock_guard lock(guard);
  if (under_way != asked || !asked->stop_requested()) return;  // it came to a stop
  if (to_keep == nullptr || to_keep->load() == 0) end_at_once();
  say("sojourn: stopping; finished replications are kept unless Ctrl-C comes again\n");
}

}  // namespace

void watch_ctrl_c() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  if (pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) return;
  try {
    std::thread([signals] {
      for (;;) {
        int number = 0;
        if (sigwait(&signals, &number) == 0) handle_one(signals);
      }
    }).detach();
  } catch (const std::system_error&) {
    // No thread to be had: Ctrl-C ends the program as it does any other.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }
}

StopAtCtrlC::StopAtCtrlC(const std::atomic<std::uint32_t>* finished) {
  const std::lock_guard lock(guard);
  under_way = &source_;
  to_keep = finished;
}

StopAtCtrlC::~StopAtCtrlC() {
  const std::lock_guard lock(guard);
  under_way = nullptr;
  to_keep = nullptr;
}

}  // namespace sojourn::tools
