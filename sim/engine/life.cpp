#include "sojourn/engine/life.hpp"

#include <fmt/format.h>

#include "sojourn/base/error.hpp"
#include "sojourn/behaviour/review.hpp"

namespace sojourn {

void report_endless_life(const Program& program, std::uint32_t customer, const Visit& visit) {
  const std::string& id = program.model().parts().touchpoints[visit.touchpoint].id;
  throw InputError(fmt::format("customer {} made {} visits by day {:.1f}, the most that one life may have", customer,
                               visits_per_life, visit.time),
                   fmt::format("lengthen the delays of the loop around touchpoint \"{}\"", id), "touchpoint." + id,
                   ErrorCode::endless_life);
}

Life Lives::begin(std::uint32_t customer) const {
  Life life;
  const Accounts* accounts = market_state_ != nullptr ? market_state_->accounts : nullptr;
  life.person = accounts != nullptr ? population_.person(people_, customer, accounts->persona_of(customer))
                                    : population_.person(people_, customer);
  life.luck = life.person.luck;
  life.state.bought = life.person.existing;
  life.stay.until = life.person.arrival;
  life.stay.window = program_.windows().of(life.stay.until);
  life.stay.regime = program_.regime(life.stay.until);
  life.stay.to = life.person.start;
  if (const std::size_t width = program_.carried_width(); width > 0) {
    life.carried.resize(width);
    program_.begin_carrying(population_, people_, accounts, customer, life.person.persona, life.person.arrival,
                            life.carried);
  }
  return life;
}

void Lives::hear(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t messages) const {
  const VisitRow& row = move_to_window(life, window);
  const ExitChoice choice = leave_on_hearing(program_, row, carrier(life), streams_, customer, window, messages);
  if (choice.exit >= 0) leave_by(program_.heard_exits(row)[static_cast<std::size_t>(choice.exit)], choice.delay, life);
}

void Lives::leave_gate(std::uint32_t customer, Life& life, std::size_t window, std::uint32_t exit) const {
  const ExitRow& by = program_.exits(move_to_window(life, window))[exit];
  leave_by(by, drawn_delay(program_, by, carrier(life), streams_.draw(customer, Purpose::visit, life.visit.event)), life);
}

/// The customer stays on at the last visit until the beginning of `window`; the answer is what holds there then.
const VisitRow& Lives::move_to_window(Life& life, std::size_t window) const {
  Visit& visit = life.visit;
  visit.time = program_.windows().begin(window);
  visit.window = window;
  visit.regime = program_.regime(visit.time, visit.regime);
  life.stay = for_good();
  return program_.row(program_.regime_at_begin(window, visit.regime), life.person.persona, visit.touchpoint);
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

}  // namespace sojourn
