#include "row_sorting.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::rows {

#if defined(__x86_64__)

void sort_v2(std::uint32_t*, const std::uint32_t*, std::uint32_t);
void sort_v3(std::uint32_t*, const std::uint32_t*, std::uint32_t);
void sort_v4(std::uint32_t*, const std::uint32_t*, std::uint32_t);

SortShortRows widest_sort() { return for_widest_vectors(sort_v2, sort_v3, sort_v4); }

#else

void sort_base(std::uint32_t*, const std::uint32_t*, std::uint32_t);

SortShortRows widest_sort() { return sort_base; }

#endif

}  // namespace sojourn::rows
