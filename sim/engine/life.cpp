#include "sojourn/engine/life.hpp"

#include <fmt/format.h>

#include "sojourn/base/error.hpp"
#include "sojourn/behaviour/queue.hpp"
#include "sojourn/behaviour/review.hpp"

namespace sojourn {

void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit) {
  throw RunError(fmt::format("customer {} made {} visits by day {:.1f}, the most that one life may have", customer,
                             visits_per_life, visit.time),
                 fmt::format("lengthen the delays of the loop around touchpoint \"{}\"",
                             program.model().parts().touchpoints[visit.touchpoint].id));
}

Life Lives::begin(std::uint32_t customer) const {
  Life life;
  const Accounts* accounts = market_state_ != nullptr ? market_state_->accounts : nullptr;
  life.person = accounts != nullptr ? population_.person(streams_, customer, accounts->persona_of(customer))
                                    : population_.person(streams_, customer);
  life.luck = life.person.luck;
  life.stay.until = life.person.arrival;
  life.stay.window = program_.windows().of(life.stay.until);
  life.stay.regime = program_.regime(life.stay.until);
  life.stay.to = life.person.start;
  return life;
}

bool Lives::give_up(std::uint32_t customer, const VisitRow& row, Life& life) {
  Visit& visit = life.visit;
  if (!(visit.wait > 0.0)) return false;
  const Words words = streams_.draw(customer, Purpose::patience, visit.event);
  if (!behaviour::gives_up(static_cast<float>(visit.wait), visit.patience, words[1])) return false;
  visit.gave_up = true;
  visit.wait = static_cast<double>(visit.patience * exponential(words[1]));
  const ExitRow& exit = program_.gave_up_exits(row).front();
  leave_by(exit, visit.wait + drawn_delay(program_, exit, words), visit.window, visit.time, life);
  return true;
}

const VisitRow& Lives::row_at(Life& life, std::size_t window) const {
  life.visit.regime = program_.regime(program_.windows().begin(window), life.visit.regime);
  return program_.row(life.visit.regime, life.person.persona, life.visit.touchpoint);
}

bool Lives::at_gate(std::uint32_t customer, std::uint32_t touchpoint) const {
  const Accounts* accounts = market_state_->accounts;
  if (accounts == nullptr) return false;
  const std::size_t touchpoints = program_.model().parts().touchpoints.size();
  return market_state_->gates[accounts->segment(accounts->account_of(customer)) * touchpoints + touchpoint] != 0;
}

std::int32_t Lives::rating(std::uint32_t customer, const Visit& visit) const {
  const Reviews* posting = market_state_->posting;
  if (posting == nullptr) return 0;
  const float p = behaviour::posting_probability(visit.appraisal, static_cast<float>(posting->probability),
                                                 static_cast<float>(posting->extremity));
  const float u = uniform(streams_.draw(customer, Purpose::review, visit.event)[0]);
  return u < p ? behaviour::rating(visit.appraisal) : 0;
}

std::span<const float> Lives::wishes(Life& life, std::size_t window, float effort) {
  const VisitRow& row = row_at(life, window);
  const State& state = life.state;
  const behaviour::ChoiceState mood{state.satisfaction, state.expectation, state.heard, effort};
  static_cast<void>(share_exits(program_, row, traits_, mood, cumulative_));
  return {cumulative_.data(), program_.exits(row).size()};
}

void Lives::follow(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t exit) {
  const ExitRow& way = program_.exits(row_at(life, window))[exit];
  const Words words = streams_.draw(customer, Purpose::visit, life.visit.event);
  leave_by(way, drawn_delay(program_, way, words), window, program_.windows().begin(window), life);
}

bool Lives::hear(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t messages) {
  const double now = program_.windows().begin(window);
  const VisitRow& row = row_at(life, window);
  const std::span<const ExitRow> exits = program_.heard_exits(row);
  if (exits.empty()) return false;
  for (std::uint32_t message = 0; message < messages; ++message) {
    const Words words = streams_.draw(customer, Purpose::heard, static_cast<std::uint32_t>(window), message);
    const float u = uniform(words[1]);
    float sum = 0.0f;
    for (const ExitRow& exit : exits) {
      sum += probability(program_, exit, traits_);
      if (!(u < sum)) continue;
      life.stay = for_good();
      leave_by(exit, drawn_delay(program_, exit, words), window, now, life);
      return true;
    }
  }
  return false;
}

}  // namespace sojourn
