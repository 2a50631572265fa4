#include "sojourn/base/vector_width.hpp"
#include "tie_skips.hpp"

namespace sojourn::ties {

#if defined(__x86_64__)

void skips_v2(Searches&, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t);
void skips_v3(Searches&, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t);
void skips_v4(Searches&, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t);

DrawSkips widest_skips() { return for_widest_vectors(skips_v2, skips_v3, skips_v4); }

#else

void skips_base(Searches&, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t);

DrawSkips widest_skips() { return skips_base; }

#endif

}  // namespace sojourn::ties
