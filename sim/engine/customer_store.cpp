#include "customer_store.hpp"

#include <fmt/format.h>

#include "sojourn/base/error.hpp"

namespace sojourn {
CustomerStore::CustomerStore(const Program& program, std::uint32_t customers)
    : program_(program),
      next_(customers, never),
      luck_(customers),
      since_(customers, -1.0),
      satisfaction_(customers),
      expectation_(customers),
      heard_(customers, 0.0f),
      event_(customers, 0),
      exit_(customers, no_exit),
      place_(customers, 0),
      persona_(customers, 0),
      team_(customers, 0),
      status_(customers, 0) {
  if (customers >= 0x7fffffffu) {
    throw InputError("customers who act on one another may be 2,147,483,646 at most",
                     "simulate fewer and let them stand for a larger market");
  }
  for (const Touchpoint& touchpoint : program.model().parts().touchpoints) {
    for (const Exit& exit : touchpoint.next) exit_to_.push_back(static_cast<std::uint32_t>(exit.to.index()));
  }
  if (exit_to_.size() >= no_exit || program.model().parts().touchpoints.size() >= no_exit) {
    throw InputError(
        fmt::format("{} exits, but customers who act on one another may have {} at most", exit_to_.size(), no_exit - 1),
        "simplify the journey, or remove what couples them");
  }
}

void CustomerStore::arrive(const Lives& lives, std::uint32_t begin, std::uint32_t end) {
  for (std::uint32_t i = begin; i < end; ++i) {
    const Life life = lives.begin(i);
    persona_[i] = static_cast<std::uint16_t>(life.person.persona);
    if (life.person.arrival > program_.horizon()) continue;
    next_[i] = life.stay.until;
    luck_[i] = life.luck;
  }
}

Life CustomerStore::look_at(const Lives& lives, std::uint32_t i, std::size_t window) const {
  Life life = lives.begin(i);
  if (!present(i)) {
    life.stay.window = std::max(life.stay.window, window);
    return life;
  }
  life.luck = luck_[i];
  State& state = life.state;
  state.satisfaction = satisfaction_[i];
  state.expectation = expectation_[i];
  state.heard = heard_[i];
  state.team = static_cast<std::int32_t>(team_[i]) - 1;
  state.bought = bought(i);
  state.standing = standing(i);
  state.promoter_class = promoter_class(i);
  Visit& visit = life.visit;
  visit.event = event_[i];
  visit.touchpoint = place_[i];
  visit.window = window;
  visit.regime = program_.regime(program_.windows().begin(window));
  life.stay = {program_.horizon(), program_.windows().count() - 1, program_.regime_begins().size() - 1};
  if (!leaving(i)) return life;
  life.stay.until = next_[i];
  life.stay.window = std::max(program_.windows().of(next_[i]), window);
  life.stay.regime = program_.regime(next_[i], visit.regime);
  life.stay.exit = exit_[i];
  life.stay.to = exit_to_[exit_[i]];
  return life;
}

Life CustomerStore::take_up(const Lives& lives, std::uint32_t i, std::size_t window, Recorder& recorder) const {
  const Life life = look_at(lives, i, window);
  if (present(i)) {
    recorder.resume(life, since_[i], has(i, tenure_counted));
  } else {
    recorder.arrived(life.person);
  }
  return life;
}

void CustomerStore::redirect(std::uint32_t i, const Stay& stay) {
  const bool stays = stay.exit < 0;
  exit_[i] = stays ? no_exit : static_cast<std::uint16_t>(stay.exit);
  next_[i] = stays ? never : stay.until;
}

void CustomerStore::set_aside(std::uint32_t i, const Life& life, bool ended, const Recorder& recorder) {
  const State& state = life.state;
  luck_[i] = life.luck;
  satisfaction_[i] = state.satisfaction;
  expectation_[i] = state.expectation;
  heard_[i] = state.heard;
  event_[i] = static_cast<std::uint16_t>(life.visit.event);
  place_[i] = static_cast<std::uint16_t>(life.visit.touchpoint);
  team_[i] = static_cast<std::uint16_t>(state.team + 1);
  redirect(i, life.stay);
  since_[i] = recorder.since();
  status_[i] = static_cast<std::uint8_t>(static_cast<int>(state.standing) | state.promoter_class << 3 |
                                         (state.bought ? has_bought : 0) | (recorder.churned() ? tenure_counted : 0) |
                                         (ended ? over : 0));
}

}  // namespace sojourn
