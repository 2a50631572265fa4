#include "lock_step.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::lock_step {

#if defined(__x86_64__)

Done live_v2(const Tables& tables, const Task& task);
Done live_v3(const Tables& tables, const Task& task);
Done live_v4(const Tables& tables, const Task& task);

int people_v2(const Tables& tables, const Task& task, std::uint32_t* next, People* people);
int people_v3(const Tables& tables, const Task& task, std::uint32_t* next, People* people);
int people_v4(const Tables& tables, const Task& task, std::uint32_t* next, People* people);

Live widest_live() { return for_widest_vectors(live_v2, live_v3, live_v4); }
DrawPeople widest_people() { return for_widest_vectors(people_v2, people_v3, people_v4); }

#else

Done live_base(const Tables& tables, const Task& task);
int people_base(const Tables& tables, const Task& task, std::uint32_t* next, People* people);

Live widest_live() { return live_base; }
DrawPeople widest_people() { return people_base; }

#endif

}  // namespace sojourn::lock_step
