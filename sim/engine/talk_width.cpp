#include "lock_step.hpp"
#include "talk_draws.hpp"

namespace sojourn::talk {

#if defined(__x86_64__)

void draw_v2(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t);
void draw_v3(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t);
void draw_v4(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t);

DrawWords widest_draws() {
  static const lock_step::Width width = lock_step::widest();
  return width == lock_step::Width::v4 ? draw_v4 : width == lock_step::Width::v3 ? draw_v3 : draw_v2;
}

#else

void draw_base(Draws&, int, std::uint32_t, std::uint32_t, std::uint32_t, std::int32_t);

DrawWords widest_draws() { return draw_base; }

#endif

}  // namespace sojourn::talk
