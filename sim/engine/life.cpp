#include "sojourn/engine/life.hpp"

#include <fmt/format.h>

#include "sojourn/base/error.hpp"
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
  life.person = accounts != nullptr ? population_.person(people_, customer, accounts->persona_of(customer))
                                    : population_.person(people_, customer);
  life.luck = life.person.luck;
  life.stay.until = life.person.arrival;
  life.stay.window = program_.windows().of(life.stay.until);
  life.stay.regime = program_.regime(life.stay.until);
  life.stay.to = life.person.start;
  return life;
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
