#include "bare_kernel.hpp"
#include "sim/engine/lock_step.hpp"

namespace sojourn::bench {

#if defined(__x86_64__)

BareKernels bare_v2();
BareKernels bare_v3();
BareKernels bare_v4();

BareKernels bare_kernels() {
  const lock_step::Width width = lock_step::widest();
  return width == lock_step::Width::v4 ? bare_v4() : width == lock_step::Width::v3 ? bare_v3() : bare_v2();
}

#else

BareKernels bare_base();
BareKernels bare_kernels() { return bare_base(); }

#endif

}  // namespace sojourn::bench
