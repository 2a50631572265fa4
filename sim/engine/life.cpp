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

std::optional<Life> Lives::begin(std::uint32_t customer) const {
  Life life;
  life.person = population_.person(streams_, customer);
  if (life.person.arrival > program_.horizon()) return std::nullopt;
  life.luck = life.person.luck;
  life.stay.until = life.person.arrival;
  life.stay.window = program_.windows().of(life.stay.until);
  life.stay.regime = program_.regime(life.stay.until);
  life.stay.to = life.person.start;
  return life;
}

double Lives::delay_of(const ExitRow& exit, const Words& words) const {
  const Inverse& after = program_.delay(exit.delay);
  const float score = after.by_score() ? normal_pair(words[0], words[2]).second : 0.0f;
  const double delay = after.draw(words[3], score) * exit.stretch;
  return delay > 0.0 ? delay : 0.0;
}

bool Lives::give_up(std::uint32_t customer, const VisitRow& row, Life& life) {
  const std::span<const ExitRow> exits = program_.gave_up_exits(row);
  if (exits.empty()) return false;
  Visit& visit = life.visit;
  const Words words = streams_.draw(customer, Purpose::patience, visit.event);
  const double patience = static_cast<double>(exponential(words[1]) * trait(BuiltinTrait::patience));
  if (!(visit.wait > patience)) return false;
  visit.gave_up = true;
  visit.wait = patience;
  leave_by(exits.front(), patience + delay_of(exits.front(), words), visit.window, visit.time, life);
  return true;
}

bool Lives::hear(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t messages) {
  const double now = program_.windows().begin(window);
  const std::size_t regime = program_.regime(now, life.visit.regime);
  const VisitRow& row = program_.row(regime, life.person.persona, life.visit.touchpoint);
  const std::span<const ExitRow> exits = program_.heard_exits(row);
  if (exits.empty()) return false;
  for (std::uint32_t message = 0; message < messages; ++message) {
    const Words words = streams_.draw(customer, Purpose::heard, static_cast<std::uint32_t>(window), message);
    const float u = uniform(words[1]);
    float sum = 0.0f;
    for (const ExitRow& exit : exits) {
      sum += probability(program_, exit, traits_);
      if (!(u < sum)) continue;
      life.visit.regime = regime;
      life.stay = for_good();
      leave_by(exit, delay_of(exit, words), window, now, life);
      return true;
    }
  }
  return false;
}

}  // namespace sojourn
