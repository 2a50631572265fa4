#include "sojourn/base/vector_width.hpp"
#include "talk_draws.hpp"

namespace sojourn::talk {

#if defined(__x86_64__)

void draw_v2(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, Talkers*);
void draw_v3(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, Talkers*);
void draw_v4(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, Talkers*);
std::int32_t hear_v2(const MessageCounts*, float*, std::int32_t, float, float, std::int32_t*);
std::int32_t hear_v3(const MessageCounts*, float*, std::int32_t, float, float, std::int32_t*);
std::int32_t hear_v4(const MessageCounts*, float*, std::int32_t, float, float, std::int32_t*);

DrawWords widest_draws() { return for_widest_vectors(draw_v2, draw_v3, draw_v4); }
Hear widest_hear() { return for_widest_vectors(hear_v2, hear_v3, hear_v4); }

#else

void draw_base(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, Talkers*);
std::int32_t hear_base(const MessageCounts*, float*, std::int32_t, float, float, std::int32_t*);

DrawWords widest_draws() { return draw_base; }
Hear widest_hear() { return hear_base; }

#endif

}  // namespace sojourn::talk
