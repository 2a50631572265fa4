#include "sojourn/engine/life.hpp"

#include <fmt/format.h>

#include "sojourn/base/error.hpp"

namespace sojourn {

void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit) {
  throw RunError(
      fmt::format("sojourn: error: customer {} made {} visits by day {:.1f}, the most that one life may have\n"
                  "hint: lengthen the delays of the loop around touchpoint \"{}\"",
                  customer, visits_per_life, visit.time, program.model().parts().touchpoints[visit.touchpoint].id));
}

}  // namespace sojourn
