#include <cstdlib>
#include <string_view>

#include "lock_step.hpp"

namespace sojourn::lock_step {

#if defined(__x86_64__)

Done live_v2(const Tables& tables, const Task& task);
Done live_v3(const Tables& tables, const Task& task);
Done live_v4(const Tables& tables, const Task& task);

Width widest() {
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  const char* asked = std::getenv("SOJOURN_VECTORS");
  const std::string_view most = asked == nullptr ? "v4" : asked;
  if (v4 && most == "v4") return Width::v4;
  if (v3 && most != "v2") return Width::v3;
  return Width::v2;
}

Live widest_live() {
  static const Width width = widest();
  return width == Width::v4 ? live_v4 : width == Width::v3 ? live_v3 : live_v2;
}

#else

Done live_base(const Tables& tables, const Task& task);

Width widest() { return Width::base; }
Live widest_live() { return live_base; }

#endif

}  // namespace sojourn::lock_step
