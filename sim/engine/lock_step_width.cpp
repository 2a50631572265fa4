#include "lock_step.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::lock_step {

#if defined(__x86_64__)

Done live_v2(const Tables& tables, const Task& task);
Done live_v3(const Tables& tables, const Task& task);
Done live_v4(const Tables& tables, const Task& task);

Live widest_live() { return for_widest_vectors(live_v2, live_v3, live_v4); }

#else

Done live_base(const Tables& tables, const Task& task);

Live widest_live() { return live_base; }

#endif

}  // namespace sojourn::lock_step
