// The state of customers between visits, in columns: what the lock-step loop takes them from and puts them back into, and
// what the market reads and changes between windows.
#pragma once

#include <cstdint>
#include <vector>

#include "lock_step_tables.hpp"
#include "sojourn/base/huge_pages.hpp"
#include "sojourn/engine/life.hpp"
#include "sojourn/engine/recorder.hpp"
#include "sojourn/engine/talk.hpp"
#include "sojourn/population/accounts.hpp"
#include "sojourn/population/network.hpp"

namespace sojourn {

/// The standing that a lock_step::Code stands for.
[[nodiscard]] Standing standing_of(std::int32_t code);

/// Customers `first()` to `end()` of a replication. 49 bytes each; 5 more where there is word of mouth; 4 more for each of
/// talkativeness where people talk, loss aversion, effort aversion and the traits in probabilities that is asked for and is
/// not the same for all of a persona; 8 more for each clock, counter and anniversary that some exit asks for, and 8 for a
/// counter that fades; 8 more for each survey at intervals and half-life of fatigue, and 16 and 8 for these kinds; 40 more
/// where a rule may change a race.
class CustomerStore {
 public:
  /// Room for `count` customers from number `first` on, who have all yet to arrive, and rows for padding lanes, one for each
  /// thread. Throws InputError where numbers do not fit.
  CustomerStore(const lock_step::Compiled& compiled, std::uint32_t first, std::uint32_t count, std::size_t padding_rows);
  CustomerStore(const CustomerStore&) = delete;
  CustomerStore& operator=(const CustomerStore&) = delete;

  /// Draws customers `begin` to `end`. Who does not arrive within the horizon stays absent for good. `accounts` may be null.
  void populate(const Streams& streams, const Accounts* accounts, std::uint32_t begin, std::uint32_t end);

  [[nodiscard]] std::uint32_t first() const { return first_; }
  [[nodiscard]] std::uint32_t end() const { return first_ + count_; }
  [[nodiscard]] std::uint32_t customers() const { return count_; }
  [[nodiscard]] bool has(std::uint32_t customer) const { return customer - first_ < count_; }
  [[nodiscard]] const lock_step::Store& columns() const { return columns_; }
  /// A row for padding lanes.
  [[nodiscard]] std::uint32_t padding(std::size_t k) const { return count_ + static_cast<std::uint32_t>(k); }
  /// Memory of a customer's row.
  [[nodiscard]] std::size_t bytes_per_customer() const;

  /// Asks the memory for the row of a customer, which is to be read soon.
  SOJOURN_INLINE void prefetch(std::uint32_t customer) const {
    const auto* const kept = reinterpret_cast<const char*>(kept_.data() + at(customer));
    __builtin_prefetch(kept);
    __builtin_prefetch(kept + sizeof(lock_step::Kept) - 1);
    if (width_ > 0) __builtin_prefetch(carried_.data() + at(customer) * width_);
  }
  /// When the next visit of `customer` comes; `never` for who has none.
  [[nodiscard]] double next_time(std::uint32_t customer) const { return row(customer).time; }
  /// Whether the next visit of who has one is to a queue.
  [[nodiscard]] bool comes_to_queue(std::uint32_t customer) const { return passage(customer).queues != 0; }
  /// Whether the next visit of `customer` comes by time `until`.
  [[nodiscard]] bool due(std::uint32_t customer, double until) const { return row(customer).time <= until; }
  [[nodiscard]] std::uint32_t persona(std::uint32_t customer) const { return row(customer).persona; }
  /// Social proof, satisfaction and expectation of who has arrived.
  [[nodiscard]] float heard(std::uint32_t customer) const { return heard_.empty() ? 0.0f : heard_[at(customer)]; }
  [[nodiscard]] float satisfaction(std::uint32_t customer) const { return row(customer).satisfaction; }
  [[nodiscard]] float expectation(std::uint32_t customer) const { return row(customer).expectation; }
  /// The number, among all exits, of that by which who is on the way to another touchpoint leaves.
  [[nodiscard]] std::uint32_t exit(std::uint32_t customer) const { return row(customer).exit; }
  /// What the race of the last visit saw; an event below 0 where there was none. Only where rules may change a race.
  [[nodiscard]] const lock_step::Raced& raced(std::uint32_t customer) const { return raced_[at(customer)]; }
  /// The number of the last visit of who has arrived.
  [[nodiscard]] std::uint32_t last_event(std::uint32_t customer) const { return (row(customer).event - 1u) & 0xffffu; }

  /// The next visit of who has one.
  [[nodiscard]] VisitAt next_visit(std::uint32_t customer) const {
    const lock_step::Kept& kept = row(customer);
    return {customer, kept.event, kept.persona, static_cast<std::uint32_t>(passage(customer).to), row(customer).time};
  }

  /// Whether the customer has arrived.
  [[nodiscard]] bool present(std::uint32_t customer) const { return code(customer) != lock_step::Code::absent; }
  /// Whether the customer stays at the touchpoint, not on the way to another.
  [[nodiscard]] bool stays_at(std::uint32_t customer, std::size_t touchpoint) const {
    const lock_step::Tables& tables = compiled_.tables();
    return row(customer).exit == static_cast<std::size_t>(tables.exit_count + tables.touchpoints) + touchpoint;
  }
  /// Whether the customer waits at a touchpoint: arrived, and not at an end.
  [[nodiscard]] bool waiting(std::uint32_t customer) const { return present(customer) && !over(customer); }
  /// What the customer carries, see CarriedRules.
  [[nodiscard]] std::span<const double> carried(std::uint32_t customer) const {
    return {carried_.data() + at(customer) * width_, width_};
  }
  /// The part of it that surveys have, to be changed.
  [[nodiscard]] std::span<double> carried_of_surveys(std::uint32_t customer) {
    const std::size_t first = compiled_.program().carried().width();
    return {carried_.data() + at(customer) * width_ + first, width_ - first};
  }
  /// SurveyRules::asked_at of a customer, who may not have arrived. Only where surveys are asked at intervals.
  [[nodiscard]] double asked_at(std::uint32_t customer) const { return asked_at_[at(customer)]; }
  /// Those of customers `begin` to `end` who are to be asked by `now`, in their order.
  void due_to_be_asked(std::uint32_t begin, std::uint32_t end, double now, std::vector<std::uint32_t>& due) const;
  /// Takes note of when surveys, which have just asked the customer, do so next.
  void note_next_survey(std::uint32_t customer) {
    asked_at_[at(customer)] = compiled_.program().surveys().asked_at(carried_of_surveys(customer));
  }
  [[nodiscard]] float answering(std::uint32_t customer) const { return row(customer).answering; }
  /// A customer is left with this satisfaction.
  void annoy(std::uint32_t customer, float satisfaction);
  /// The last team met, or -1.
  [[nodiscard]] std::int32_t team(std::uint32_t customer) const {
    return static_cast<std::int32_t>(row(customer).standing >> 3 & lock_step::most_teams) - 1;
  }
  [[nodiscard]] bool bought(std::uint32_t customer) const { return code(customer) >= lock_step::Code::churned; }
  [[nodiscard]] Standing standing(std::uint32_t customer) const { return standing_of(code(customer)); }
  /// 0 promoter, 1 passive, 2 detractor: what the customer would answer now.
  [[nodiscard]] std::int32_t promoter_class(std::uint32_t customer) const;
  [[nodiscard]] std::uint32_t introduced_by(std::uint32_t customer) const { return row(customer).introduced_by; }
  void give_voice(std::uint32_t customer, Voice voice) { voice_[at(customer)] = voice; }
  /// Kept::introduced_by of somebody of `persona` who has not arrived.
  [[nodiscard]] std::uint32_t introduced_by_at_arrival(std::uint32_t persona) const;
  /// The touchpoint of who has arrived.
  [[nodiscard]] std::uint32_t touchpoint(std::uint32_t customer) const;
  /// When the customer bought or, once churned, churned last; before, when the customer arrived.
  [[nodiscard]] double since(std::uint32_t customer) const { return row(customer).since; }
  /// Whether a tenure of the customer has been counted.
  [[nodiscard]] bool tenure_counted(std::uint32_t customer) const {
    return (row(customer).standing & lock_step::tenure_counted) != 0;
  }
  /// Whether the customer may still come to a touchpoint.
  [[nodiscard]] bool alive(std::uint32_t customer) const {
    return waiting(customer) || row(customer).time < lock_step::never;
  }
  /// Whether the customer is on the way from the touchpoint to another.
  [[nodiscard]] bool leaving(std::uint32_t customer) const {
    return present(customer) && row(customer).time < lock_step::never;
  }

  /// A customer who waits leaves by `exit`, its number among all exits, to arrive at `time`.
  void redirect(std::uint32_t customer, std::uint32_t exit, double time);
  /// A customer who waits stays for good, or until somebody makes the customer leave.
  void hold(std::uint32_t customer);

  /// Sets aside what being asked at the end of a window has done to a life that `look_at` gave.
  void asked(std::uint32_t customer, const Life& life);

  /// The life of a customer as it stands at the beginning of `window`, for the reference to go on with. Of a person who has
  /// bought the arrival is not kept, and nobody asks for it any more.
  [[nodiscard]] Life look_at(std::uint32_t customer, std::size_t window) const;
  /// The same; `recorder` is told.
  [[nodiscard]] Life take_up(std::uint32_t customer, std::size_t window, Recorder& recorder) const;
  /// Sets the life aside.
  void set_aside(std::uint32_t customer, const Life& life, const Recorder& recorder);

  /// What becomes of customers once they are drawn (see replication_state.hpp); traits are drawn again.
  template <class State>
  void keep(State& state) {
    const Share own{first_, end()};
    const auto column = [&](auto& values, std::size_t width) {
      if (!values.empty()) state.customers(own, values.data(), width);
    };
    column(due_in_, 1);
    column(kept_, 1);
    column(heard_, 1);
    column(voice_, 1);
    if (width_ > 0) column(carried_, width_);
    column(asked_at_, 1);
    column(raced_, 1);
  }

 private:
  /// When the next visit comes; `never` where there is none.
  void set_time(std::uint32_t customer, double time);
  [[nodiscard]] std::size_t at(std::uint32_t customer) const { return customer - first_; }
  [[nodiscard]] const lock_step::Kept& row(std::uint32_t customer) const { return kept_[at(customer)]; }
  [[nodiscard]] std::int32_t code(std::uint32_t customer) const { return row(customer).standing & 7; }
  [[nodiscard]] const lock_step::Passage& passage(std::uint32_t customer) const {
    return compiled_.passages()[row(customer).exit];
  }
  [[nodiscard]] bool over(std::uint32_t customer) const {
    return row(customer).time == lock_step::never && passage(customer).ends != 0;
  }

  const lock_step::Compiled& compiled_;
  std::uint32_t first_, count_;
  Column<std::uint8_t> due_in_;  // the window in which the next visit comes, see lock_step::due_number
  Column<lock_step::Kept> kept_;
  Column<float> loss_aversion_, effort_aversion_, own_[lock_step::own_traits], heard_, talkativeness_;
  Column<Voice> voice_;
  std::size_t width_ = 0;    // numbers that a customer carries
  Column<double> carried_;   // [row x width_]
  Column<double> asked_at_;  // SurveyRules::asked_at, apart because every window looks for those who are due
  Column<lock_step::Raced> raced_;
  lock_step::Store columns_{};
};

}  // namespace sojourn
