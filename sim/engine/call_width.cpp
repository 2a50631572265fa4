#include "call_draws.hpp"
#include "sojourn/base/vector_width.hpp"

namespace sojourn::calls {

#if defined(__x86_64__)

void draw_calls_v2(Draws&, int, Wanted, std::uint32_t, std::uint32_t, std::uint32_t);
void draw_calls_v3(Draws&, int, Wanted, std::uint32_t, std::uint32_t, std::uint32_t);
void draw_calls_v4(Draws&, int, Wanted, std::uint32_t, std::uint32_t, std::uint32_t);

DrawWords widest_draws() { return for_widest_vectors(draw_calls_v2, draw_calls_v3, draw_calls_v4); }

#else

void draw_calls_base(Draws&, int, Wanted, std::uint32_t, std::uint32_t, std::uint32_t);

DrawWords widest_draws() { return draw_calls_base; }

#endif

}  // namespace sojourn::calls
