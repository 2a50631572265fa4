#include "customer_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "sojourn/base/error.hpp"
#include "sojourn/behaviour/recommendation.hpp"

namespace sojourn {

using lock_step::Code;
using lock_step::Kept;

Standing standing_of(std::int32_t code) {
  switch (code) {
    case Code::absent:
      return Standing::absent;
    case Code::prospect:
      return Standing::prospect;
    case Code::lost:
      return Standing::lost;
    case Code::churned:
      return Standing::churned;
    default:
      return Standing::customer;
  }
}

CustomerStore::CustomerStore(const lock_step::Compiled& compiled, std::uint32_t first, std::uint32_t count,
                             std::size_t padding_rows)
    : compiled_(compiled), first_(first), count_(count) {
  const ModelParts& parts = compiled.program().model().parts();
  if (count >= 0x7fffffffu - padding_rows) {
    throw InputError("customers who act on one another may be 2,147,483,646 at most",
                     "simulate fewer and let them stand for a larger market");
  }
  if (compiled.passages().size() > 0xffffu) {
    throw InputError(
        fmt::format("{} exits and twice {} touchpoints are {}, but customers who act on one another may have {} at most",
                    compiled.passages().size() - 2 * parts.touchpoints.size(), parts.touchpoints.size(),
                    compiled.passages().size(), 0xffff),
        "simplify the journey, or remove what couples them");
  }
  if (parts.teams.size() >= lock_step::most_teams) {
    throw InputError(fmt::format("{} teams, but where customers act on one another there may be {} at most",
                                 parts.teams.size(), lock_step::most_teams - 1),
                     "merge teams, or remove what couples customers");
  }
  const std::size_t rows = count + padding_rows;
  const lock_step::Tables& tables = compiled.tables();
  const auto column = [rows](auto& values, bool wanted, auto value) {
    if (wanted) values.assign(rows, value);
    return values.empty() ? nullptr : values.data();
  };
  columns_.due_in = column(due_in_, true, lock_step::not_due);
  columns_.kept =
      column(kept_, true, Kept{0.0, 0.0, 0.0f, 0.0f, 0.0f, 0, 0, 0, Code::absent, introduced_by_nobody, lock_step::never});
  columns_.loss_aversion = column(loss_aversion_, tables.loss_aversion_of == nullptr, 0.0f);
  columns_.effort_aversion = column(effort_aversion_, tables.effort_aversion_of == nullptr, 0.0f);
  for (std::size_t k = 0; k < compiled.own_traits().size(); ++k) columns_.own[k] = column(own_[k], true, 0.0f);
  const bool talk = parts.word_of_mouth.has_value();
  columns_.heard = column(heard_, talk, 0.0f);
  columns_.voice = column(voice_, talk, Voice::silent);
  columns_.talkativeness = column(talkativeness_, tables.drawn_count > lock_step::felt_traits, 0.0f);
  width_ = compiled.program().carried_width();
  if (width_ > 0) carried_.assign(rows * width_, 0.0);
  columns_.carried = width_ > 0 ? carried_.data() : nullptr;
  if (compiled.program().surveys().at_intervals()) asked_at_.assign(rows, lock_step::never);
  columns_.raced = column(raced_, compiled.program().any_race_may_switch(), lock_step::Raced{0.0, {}, -1, false, -1});
}

std::size_t CustomerStore::bytes_per_customer() const {
  const auto of = [](const auto& column) { return column.empty() ? 0 : sizeof(column[0]); };
  std::size_t bytes =
      of(due_in_) + of(kept_) + of(loss_aversion_) + of(effort_aversion_) + of(heard_) + of(voice_) + of(talkativeness_);
  for (const Column<float>& own : own_) bytes += of(own);
  return bytes + width_ * sizeof(double) + of(asked_at_) + of(raced_);
}

void CustomerStore::populate(const Streams& streams, const Accounts* accounts, std::uint32_t begin, std::uint32_t end) {
  const lock_step::Tables& tables = compiled_.tables();
  lock_step::Task task{};
  task.compiled = &compiled_;
  task.accounts = accounts;
  task.begin = begin;
  task.end = end;
  task.seed[0] = static_cast<std::uint32_t>(streams.seed());
  task.seed[1] = static_cast<std::uint32_t>(streams.seed() >> 32);
  task.replication = streams.replication();
  const lock_step::DrawPeople draw = lock_step::widest_people();
  const auto people = std::make_unique<lock_step::People>();
  for (std::uint32_t next = begin; next < end;) {
    const int drawn = draw(tables, task, &next, people.get());
    for (int who = 0; who < drawn; ++who) {
      const std::int32_t k = people->chosen[who];
      const std::uint32_t customer = people->customer[k];
      const std::size_t i = at(customer);
      const auto persona = static_cast<std::uint32_t>(people->persona[k]);
      kept_[i] = {people->luck[k],
                  people->since[k],
                  people->satisfaction[k],
                  people->expectation[k],
                  people->answering[k],
                  0,
                  static_cast<std::uint16_t>(tables.exit_count + people->start[k]),
                  static_cast<std::uint16_t>(persona),
                  Code::absent,
                  introduced_by_at_arrival(persona),
                  lock_step::never};
      set_time(customer, people->arrival[k]);
      if (!loss_aversion_.empty()) loss_aversion_[i] = people->loss_aversion[k];
      if (!effort_aversion_.empty()) effort_aversion_[i] = people->effort_aversion[k];
      if (!talkativeness_.empty()) talkativeness_[i] = people->talkativeness[k];
      for (std::size_t which = 0; which < compiled_.own_traits().size(); ++which) own_[which][i] = people->own[which][k];
      if (width_ > 0) {
        compiled_.program().begin_carrying(compiled_.population(), streams, accounts, customer, persona, people->arrival[k],
                                           {carried_.data() + i * width_, width_});
      }
      if (!asked_at_.empty()) note_next_survey(customer);
    }
  }
}

std::uint32_t CustomerStore::introduced_by_at_arrival(std::uint32_t persona) const {
  return compiled_.population().existing(persona) ? lock_step::came_alone : introduced_by_nobody;
}

std::int32_t CustomerStore::promoter_class(std::uint32_t customer) const {
  const Program::Behaviour& behaviour = compiled_.program().behaviour();
  const Kept& kept = row(customer);
  return behaviour::promoter_class(
      behaviour::recommend(kept.satisfaction, kept.answering, behaviour.recommend_base, behaviour.recommend_sd));
}

std::uint32_t CustomerStore::touchpoint(std::uint32_t customer) const {
  const lock_step::Passage& by = passage(customer);
  return static_cast<std::uint32_t>(over(customer) ? by.to : by.from);
}

void CustomerStore::redirect(std::uint32_t customer, std::uint32_t exit, double time) {
  kept_[at(customer)].exit = static_cast<std::uint16_t>(exit);
  set_time(customer, time);
}

void CustomerStore::set_time(std::uint32_t customer, double time) {
  const lock_step::Tables& tables = compiled_.tables();
  kept_[at(customer)].time = time;
  due_in_[at(customer)] = time <= tables.horizon
                              ? lock_step::due_number(static_cast<std::int32_t>(compiled_.program().windows().of(time)))
                              : lock_step::not_due;
}

void CustomerStore::hold(std::uint32_t customer) {
  const lock_step::Tables& tables = compiled_.tables();
  redirect(customer, static_cast<std::uint32_t>(tables.exit_count + tables.touchpoints) + touchpoint(customer),
           lock_step::never);
}

void CustomerStore::due_to_be_asked(std::uint32_t begin, std::uint32_t end, double now,
                                    std::vector<std::uint32_t>& due) const {
  due.resize(end - begin);
  std::size_t count = 0;
  for (std::uint32_t customer = begin; customer < end; ++customer) {
    due[count] = customer;
    count += asked_at(customer) <= now ? 1 : 0;
  }
  due.resize(count);
}

void CustomerStore::asked(std::uint32_t customer, const Life& life) {
  std::copy(life.carried.begin(), life.carried.end(), carried_.data() + at(customer) * width_);
  note_next_survey(customer);
  if (life.state.standing == Standing::customer) annoy(customer, life.state.satisfaction);
}

void CustomerStore::annoy(std::uint32_t customer, float satisfaction) {
  Kept& kept = kept_[at(customer)];
  kept.satisfaction = satisfaction;
  const std::int32_t stands = promoter_class(customer);
  kept.standing = static_cast<std::uint16_t>((kept.standing & ~7u) | static_cast<std::uint32_t>(Code::promoter + stands));
  if (!voice_.empty()) voice_[at(customer)] = static_cast<Voice>(1 + stands);
}

Life CustomerStore::look_at(std::uint32_t customer, std::size_t window) const {
  const Program& program = compiled_.program();
  const Kept& kept = row(customer);
  Life life;
  life.person.persona = kept.persona;
  life.person.arrival = kept.since;
  life.person.answering = kept.answering;
  life.person.luck = kept.luck;
  life.luck = kept.luck;
  const std::span<const double> carries = carried(customer);
  life.carried.assign(carries.begin(), carries.end());
  if (!present(customer)) {
    if (compiled_.population().existing(kept.persona)) {
      life.person.existing = life.state.bought = true;
      life.person.since = kept.since;
      life.person.arrival = next_time(customer);
    }
    life.person.start = next_visit(customer).touchpoint;
    life.stay.until = next_time(customer);
    life.stay.window = std::max(program.windows().of(life.stay.until), window);
    life.stay.regime = program.regime(life.stay.until);
    life.stay.to = life.person.start;
    return life;
  }
  State& state = life.state;
  state.satisfaction = kept.satisfaction;
  state.expectation = kept.expectation;
  state.heard = heard(customer);
  state.team = team(customer);
  state.bought = bought(customer);
  state.standing = standing(customer);
  state.promoter_class = promoter_class(customer);
  Visit& visit = life.visit;
  visit.event = last_event(customer);
  visit.touchpoint = touchpoint(customer);
  visit.window = window;
  visit.regime = program.regime(program.windows().begin(window));
  life.stay = {program.horizon(), program.windows().count() - 1, program.regime_begins().size() - 1};
  if (!leaving(customer)) return life;
  const double next = row(customer).time;
  life.stay.until = next;
  life.stay.window = std::max(program.windows().of(next), window);
  life.stay.regime = program.regime(next, visit.regime);
  life.stay.exit = kept.exit;
  life.stay.to = static_cast<std::uint32_t>(passage(customer).to);
  return life;
}

Life CustomerStore::take_up(std::uint32_t customer, std::size_t window, Recorder& recorder) const {
  const Life life = look_at(customer, window);
  if (present(customer)) {
    recorder.resume(life, bought(customer) ? since(customer) : -1.0, tenure_counted(customer));
  } else {
    recorder.arrived(life.person);
  }
  return life;
}

void CustomerStore::set_aside(std::uint32_t customer, const Life& life, const Recorder& recorder) {
  const State& state = life.state;
  const std::size_t i = at(customer);
  Kept& kept = kept_[i];
  kept.luck = life.luck;
  kept.satisfaction = state.satisfaction;
  kept.expectation = state.expectation;
  if (!heard_.empty()) heard_[i] = state.heard;
  kept.event = static_cast<std::uint16_t>(life.visit.event + 1);
  if (state.bought) kept.since = recorder.since();
  std::copy(life.carried.begin(), life.carried.end(), carried_.data() + i * width_);
  const std::int32_t codes[] = {Code::absent, Code::prospect, Code::promoter + state.promoter_class, Code::lost,
                                Code::churned};
  kept.standing =
      static_cast<std::uint16_t>(codes[static_cast<std::size_t>(state.standing)] | (state.team + 1) << 3 |
                                 (recorder.churned() ? static_cast<std::int32_t>(lock_step::tenure_counted) : 0));
  if (!raced_.empty() && life.visit.appraised &&
      compiled_.program().race_may_switch(life.person.persona, life.visit.touchpoint)) {
    const Visit& visit = life.visit;
    raced_[i] = {visit.time, choice_state(state, visit), static_cast<std::int32_t>(visit.event), state.bought, state.team};
  }
  if (state.bought && kept.introduced_by == introduced_by_nobody) kept.introduced_by = lock_step::came_alone;
  if (!voice_.empty()) {
    const bool speaks = state.standing == Standing::customer;
    voice_[i] = static_cast<Voice>(speaks ? 1 + state.promoter_class : 0);
  }
  const lock_step::Tables& tables = compiled_.tables();
  const std::uint32_t touchpoint = life.visit.touchpoint;
  if (compiled_.program().place(touchpoint).end) {
    // The way by which a first visit to the touchpoint comes: it leads to an end.
    redirect(customer, static_cast<std::uint32_t>(tables.exit_count) + touchpoint, lock_step::never);
  } else if (life.stay.exit < 0) {
    redirect(customer, static_cast<std::uint32_t>(tables.exit_count + tables.touchpoints) + touchpoint, lock_step::never);
  } else {
    redirect(customer, static_cast<std::uint32_t>(life.stay.exit), life.stay.until);
  }
}

}  // namespace sojourn
