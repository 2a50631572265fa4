#include "sojourn/base/memory.hpp"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace sojourn {
namespace {

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  if (file >> value) return value;  // "max" is no number: no limit
  return std::nullopt;
}

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) { return limit > used ? limit - used : 0; }

std::uint64_t free_on_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string key; file >> key;) {
    std::uint64_t kilobytes = 0;
    if (key == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return unknown;
}

std::uint64_t free_in_address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unknown;
  const auto pages = number_in("/proc/self/statm");  // the first number: pages of address space
  const auto page = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_PAGESIZE)));
  return left_of(limit.rlim_cur, pages.value_or(0) * page);
}

std::uint64_t free_in_control_group() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  return limit ? left_of(*limit, number_in("/sys/fs/cgroup/memory.current").value_or(0)) : unknown;
}

}  // namespace

std::uint64_t available_memory() { return std::min({free_on_machine(), free_in_address_space(), free_in_control_group()}); }

void give_back_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace sojourn
