#include <cstdlib>
#include <string_view>

#include "bare_kernel.hpp"

namespace sojourn::bench {

#if defined(__x86_64__)

BareKernels bare_v2();
BareKernels bare_v3();
BareKernels bare_v4();

BareKernels bare_kernels() {
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  const char* asked = std::getenv("SOJOURN_VECTORS");
  const std::string_view most = asked == nullptr ? "v4" : asked;
  if (v4 && most == "v4") return bare_v4();
  if (v3 && most != "v2") return bare_v3();
  return bare_v2();
}

#else

BareKernels bare_base();
BareKernels bare_kernels() { return bare_base(); }

#endif

}  // namespace sojourn::bench
