#include "personas_draws.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::personas {

#if defined(__x86_64__)

void draw_v2(Draws&, const double*, int, std::uint32_t, std::uint32_t, std::uint32_t);
void draw_v3(Draws&, const double*, int, std::uint32_t, std::uint32_t, std::uint32_t);
void draw_v4(Draws&, const double*, int, std::uint32_t, std::uint32_t, std::uint32_t);

DrawPersonas widest_draws() { return for_widest_vectors(draw_v2, draw_v3, draw_v4); }

#else

void draw_base(Draws&, const double*, int, std::uint32_t, std::uint32_t, std::uint32_t);

DrawPersonas widest_draws() { return draw_base; }

#endif

}  // namespace sojourn::personas
