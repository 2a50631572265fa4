#include "bare_kernel.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::bench {

#if defined(__x86_64__)

BareKernels bare_v2();
BareKernels bare_v3();
BareKernels bare_v4();

BareKernels bare_kernels() { return for_widest_vectors(bare_v2, bare_v3, bare_v4)(); }

#else

BareKernels bare_base();
BareKernels bare_kernels() { return bare_base(); }

#endif

}  // namespace sojourn::bench
