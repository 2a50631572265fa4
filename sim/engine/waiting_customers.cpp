#include "waiting_customers.hpp"

#include <algorithm>

#include "sojourn/engine/exits.hpp"

namespace sojourn {

WaitingCustomers::WaitingCustomers(const lock_step::Compiled& compiled, const Streams& streams, const Accounts* accounts,
                                   CustomerStore& store)
    : program_(compiled.program()),
      population_(compiled.population()),
      streams_(streams),
      accounts_(accounts),
      store_(store),
      traits_(population_.trait_count()),
      cumulative_(program_.most_exits()) {}

bool WaitingCustomers::hear(std::uint32_t customer, std::size_t window, std::uint32_t messages) {
  const std::uint32_t persona = store_.persona(customer);
  const VisitRow& at = row(persona, store_.touchpoint(customer), window);
  const std::span<const ExitRow> exits = program_.heard_exits(at);
  if (exits.empty()) return false;
  // Of those who are on the way to a queue already, the others are as well.
  if (program_.shadows() > 0.0 && !store_.comes_to_queue(customer) &&
      std::any_of(exits.begin(), exits.end(), [&](const ExitRow& exit) { return queues(exit); }))
    departures_.push_back({customer, messages, 0});
  const ExitChoice choice =
      leave_on_hearing(program_, at, carrier(customer, persona, window, exits), streams_, customer, window, messages);
  if (choice.exit < 0) return false;
  // What the customer meant to do is off, even where the message leads beyond the horizon.
  store_.hold(customer);
  leave(customer, window, exits[static_cast<std::size_t>(choice.exit)], choice.delay);
  return true;
}

std::span<const float> WaitingCustomers::shares_at_gate(const AtGate& who, float effort, bool solved) {
  const VisitRow& at = row(who.persona, who.touchpoint, who.window);
  const std::span<const ExitRow> exits = program_.exits(at);
  const behaviour::ChoiceState state{.satisfaction = store_.satisfaction(who.customer),
                                     .expectation = store_.expectation(who.customer),
                                     .heard = store_.heard(who.customer),
                                     .effort = effort,
                                     .solved = solved ? 1.0f : 0.0f};
  Carrier carrier = this->carrier(who.customer, who.persona, who.window, exits);
  carrier.now.solved = solved;
  static_cast<void>(share_exits(program_, at, carrier, state, cumulative_));
  return {cumulative_.data(), exits.size()};
}

void WaitingCustomers::leave_gate(const AtGate& who, std::uint32_t exit) {
  const ExitRow& by = program_.exits(row(who.persona, who.touchpoint, who.window))[exit];
  if (program_.shadows() > 0.0 && queues(by)) departures_.push_back({who.customer, 0, exit});
  const bool draws = !program_.delay(by.delay).constant();
  const Words words = draws ? streams_.draw(who.customer, Purpose::visit, store_.last_event(who.customer)) : Words{};
  const Carrier own = by.personal() ? carrier(who.customer, who.persona, who.window, {&by, 1}) : Carrier{};
  const double delay = drawn_delay(program_, by, own, words);
  leave(who.customer, who.window, by, delay);
}

void WaitingCustomers::race_on(std::uint32_t customer, std::size_t window) {
  if (!store_.waiting(customer)) return;
  const std::uint32_t persona = store_.persona(customer), touchpoint = store_.touchpoint(customer);
  if (!program_.race_may_switch(persona, touchpoint)) return;
  const lock_step::Raced& raced = store_.raced(customer);
  const std::uint32_t event = store_.last_event(customer);
  // Who stands in a line has not raced at this visit.
  if (raced.event < 0 || static_cast<std::uint32_t>(raced.event) != event) return;
  // At the visit's own time the hazards may have changed, which the visit itself could not know.
  const std::span<const HazardStretch> stretches = program_.hazards().stretches(persona, touchpoint);
  const auto next = std::upper_bound(stretches.begin(), stretches.end(), raced.time,
                                     [](double time, const HazardStretch& stretch) { return time < stretch.begin; });
  const VisitRow& at = next == stretches.begin() ? program_.row(program_.regime(raced.time), persona, touchpoint)
                                                 : program_.row(*std::prev(next));
  const std::span<const ExitRow> exits = program_.exits(at);
  const double pending = store_.next_time(customer);
  if (store_.leaving(customer)) {
    const std::uint32_t by = store_.exit(customer);
    // A message, or a closed loop, has decided already.
    if (std::none_of(exits.begin(), exits.end(), [&](const ExitRow& exit) { return exit.exit == by; })) {
      if (by < program_.file_exits()) return;
    }
  }
  Carrier carrier = this->carrier(customer, persona, window, exits);
  carrier.now = {raced.bought, raced.team, raced.state.solved != 0.0f, raced.time};
  const ExitChoice choice =
      race(program_, at, streams_, {customer, event, persona, touchpoint, raced.time}, carrier, raced.state);
  const double then = std::max(raced.time + choice.delay, a_moment_after(program_.windows().begin(window)));
  const bool leaves = choice.exit >= 0 && raced.time < program_.horizon() && then <= program_.horizon();
  // A closed loop waits for nobody who leaves before.
  if (store_.leaving(customer) && store_.exit(customer) >= program_.file_exits() && !(leaves && then < pending)) return;
  if (leaves) {
    store_.redirect(customer, exits[static_cast<std::size_t>(choice.exit)].exit, then);
  } else {
    store_.hold(customer);
  }
}

/// Only traits that decide about one of `exits` are drawn. What fades has faded to the beginning of the window.
Carrier WaitingCustomers::carrier(std::uint32_t customer, std::uint32_t persona, std::size_t window,
                                  std::span<const ExitRow> exits) {
  for (const ExitRow& exit : exits) {
    each_trait(exit, [&](std::size_t index) {
      traits_[index] = accounts_ != nullptr
                           ? population_.trait_of_member(streams_, customer, accounts_->account_of(customer), persona, index)
                           : population_.trait(streams_, customer, persona, index);
    });
  }
  return {traits_,
          store_.carried(customer),
          {store_.bought(customer), store_.team(customer), false, program_.windows().begin(window)}};
}

void WaitingCustomers::leave(std::uint32_t customer, std::size_t window, const ExitRow& exit, double delay) {
  const double now = program_.windows().begin(window);
  if (now < program_.horizon() && now + delay <= program_.horizon()) store_.redirect(customer, exit.exit, now + delay);
}

}  // namespace sojourn
