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
std::stop_source* source_under_way = nullptr;         // guarded, as what follows
const std::atomic<std::uint32_t>* to_keep = nullptr;  // null: nothing to keep
Termination at_termination = Termination::ends;
std::atomic<bool> terminated = false;

void say(std::string_view words) {
  if (::isatty(STDERR_FILENO) != 0) static_cast<void>(!::write(STDERR_FILENO, "\r\033[K", 4));  // the progress bar
  static_cast<void>(!::write(STDERR_FILENO, words.data(), words.size()));
}

[[noreturn]] void end_at_once() {
  say("sojourn: interrupted\n");
  ::_exit(interrupted);
}

/// SIGTERM or SIGUSR1: a stop where that is wished, else the end, as if nobody had looked out for it.
void handle_termination(int number) {
  {
    const std::lock_guard lock(guard);
    if (source_under_way != nullptr && at_termination == Termination::stops) {
      terminated = true;
      source_under_way->request_stop();
      return;
    }
  }
  ::signal(number, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(number);
}

void handle_ctrl_c(const sigset_t& signals) {
  std::stop_source* asked = nullptr;
  {
    const std::lock_guard lock(guard);
    // A second Ctrl-C finds a stop requested already.
    if (source_under_way == nullptr || !source_under_way->request_stop()) end_at_once();
    asked = source_under_way;
  }
  const timespec patience{0, 900'000'000};
  sigset_t again = signals;
  sigdelset(&again, SIGTERM);
  sigdelset(&again, SIGUSR1);
  if (sigtimedwait(&again, nullptr, &patience) == SIGINT) end_at_once();
  const std::lock_guard lock(guard);
  if (source_under_way != asked || !asked->stop_requested()) return;  // it came to a stop
  if (to_keep == nullptr || to_keep->load() == 0) end_at_once();
  say("sojourn: stopping; what is finished is kept unless Ctrl-C comes again\n");
}

}  // namespace

void watch_ctrl_c() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals, number);
  if (pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) return;
  try {
    std::thread([signals] {
      for (;;) {
        int number = 0;
        if (sigwait(&signals, &number) != 0) continue;
        if (number == SIGINT) {
          handle_ctrl_c(signals);
        } else {
          handle_termination(number);
        }
      }
    }).detach();
  } catch (const std::system_error&) {
    // No thread to be had: these signals end the program as they do any other.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }
}

bool told_to_stop() { return terminated; }

StopAtCtrlC::StopAtCtrlC(const std::atomic<std::uint32_t>* finished, Termination termination) {
  const std::lock_guard lock(guard);
  at_termination = termination;
  source_under_way = &source_;
  to_keep = finished;
}

StopAtCtrlC::~StopAtCtrlC() {
  const std::lock_guard lock(guard);
  source_under_way = nullptr;
  to_keep = nullptr;
}

}  // namespace sojourn::tools
