#include "sojourn/base/vector_width.hpp"

#include <cstdlib>
#include <string_view>

namespace sojourn {
namespace {

VectorWidth find_widest() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  const char* asked = std::getenv("SOJOURN_VECTORS");
  const std::string_view most = asked == nullptr ? "v4" : asked;
  if (v4 && most == "v4") return VectorWidth::v4;
  if (v3 && most != "v2") return VectorWidth::v3;
  return VectorWidth::v2;
#else
  return VectorWidth::base;
#endif
}

}  // namespace

VectorWidth widest_vectors() {
  static const VectorWidth width = find_widest();
  return width;
}

}  // namespace sojourn
