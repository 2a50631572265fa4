#include "lock_step_tables.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "lock_step_people.hpp"
#include "sojourn/engine/exits.hpp"

namespace sojourn::lock_step {
namespace {

std::int32_t narrow(std::size_t x) { return static_cast<std::int32_t>(x); }

std::int32_t family(Inverse::Family of) {
  switch (of) {
    case Inverse::Family::uniform:
      return Family::uniform;
    case Inverse::Family::normal:
      return Family::normal;
    case Inverse::Family::lognormal:
      return Family::lognormal;
    case Inverse::Family::exponential:
      return Family::exponential;
    case Inverse::Family::weibull:
      return Family::weibull;
    case Inverse::Family::loglogistic:
      return Family::loglogistic;
    case Inverse::Family::constant:
    case Inverse::Family::table:
      break;
  }
  return Family::constant;
}

int draw(const Task& task, int count, People* people) {
  const Population& population = task.compiled->population();
  const double horizon = task.compiled->program().horizon();
  int arrived = 0;
  for (int k = 0; k < count; ++k) {
    const auto words = [&](int use) {
      return Words{people->words[use][0][k], people->words[use][1][k], people->words[use][2][k], people->words[use][3][k]};
    };
    const Person person = population.person(words(0), words(1));
    if (person.arrival > horizon) continue;
    const auto trait = [&](BuiltinTrait which) {
      const auto index = static_cast<std::size_t>(which);
      return population.trait(person.persona, index, people->words[2 + index / 4][index % 4][k]);
    };
    people->customer[arrived] = people->customer[k];
    people->persona[arrived] = static_cast<std::int32_t>(person.persona);
    people->start[arrived] = static_cast<std::int32_t>(person.start);
    people->arrival[arrived] = person.arrival;
    people->luck[arrived] = person.luck;
    people->answering[arrived] = person.answering;
    people->satisfaction[arrived] = trait(BuiltinTrait::satisfaction);
    people->expectation[arrived] = trait(BuiltinTrait::expectation);
    people->loss_aversion[arrived] = trait(BuiltinTrait::loss_aversion);
    people->effort_aversion[arrived] = trait(BuiltinTrait::effort_aversion);
    ++arrived;
  }
  return arrived;
}

}  // namespace

Compiled::Compiled(const Program& program, const Population& population, const TallyShape& shape)
    : program_(&program), population_(&population) {
  const ModelParts& parts = program.model().parts();
  const Program::Behaviour& behaviour = program.behaviour();
  tables_.owner = this;
  tables_.personas = narrow(shape.personas);
  tables_.touchpoints = narrow(shape.touchpoints);
  tables_.places = tables_.personas * tables_.touchpoints;
  tables_.exit_count = narrow(shape.exits);
  tables_.windows = narrow(shape.windows);
  tables_.regimes = narrow(program.regime_begins().size());
  tables_.horizon = program.horizon();
  tables_.window_width = parts.settings.window.value();
  tables_.windows_per_day = 1.0 / tables_.window_width;
  tables_.force_of_interest = program.force_of_interest();
  tables_.appraisal = behaviour.appraisal;
  tables_.memory = behaviour.memory;
  tables_.adapt = behaviour.adapt;
  tables_.repeat_effort = behaviour.repeat_effort;
  tables_.fit_weight = behaviour.fit_weight;
  tables_.recommend_base = behaviour.recommend_base;
  tables_.recommend_sd = behaviour.recommend_sd;
  tables_.shape = shape;
  tables_.visits_per_life = visits_per_life;
  tables_.choose = &Compiled::choose;
  tables_.flow_change = &Compiled::flow_change;
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    is_end_.push_back(parts.touchpoints[v].end.has_value() ? 1 : 0);
    tables_.flows = tables_.flows || program.place(static_cast<std::uint32_t>(v)).flows;
    for (const sojourn::Exit& exit : parts.touchpoints[v].next) {
      exit_from_.push_back(narrow(v));
      exit_to_.push_back(narrow(exit.to.index()));
    }
  }
  for (std::size_t window = 0; window < shape.windows; ++window) {
    regime_of_window_.push_back(narrow(program.regime(program.windows().begin(window))));
  }
  compile_rows();
  tables_.rows = rows_.data();
  tables_.row_of = row_of_.data();
  tables_.exits = exits_.data();
  tables_.carries = carries_.empty() ? nullptr : carries_.data();
  tables_.stretch = stretch_.empty() ? nullptr : stretch_.data();
  tables_.discounts = program.discount().begins().empty() ? nullptr : program.discount().begins().data();
  tables_.regime_begins = program.regime_begins().data();
  tables_.regime_of_window = regime_of_window_.data();
  tables_.exit_from = exit_from_.data();
  tables_.exit_to = exit_to_.data();
  tables_.is_end = is_end_.data();
}

void Compiled::compile_rows() {
  const Program& program = *program_;
  const TallyShape& shape = tables_.shape;
  const std::size_t teams = program.model().parts().teams.size();
  std::map<const VisitRow*, std::int32_t> known;
  bool stretched = false, lost = false;
  for (std::size_t regime = 0; regime < program.regime_begins().size(); ++regime) {
    for (std::uint32_t p = 0; p < shape.personas; ++p) {
      for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
        const VisitRow& row = program.row(regime, p, v);
        const auto [place, fresh] = known.try_emplace(&row, narrow(rows_.size()));
        row_of_.push_back(place->second);
        if (!fresh) continue;
        const Place& at = program.place(v);
        Row to{};
        to.quality = row.quality;
        to.quality_sd = row.quality_sd;
        to.effort = row.effort;
        to.weight = row.weight;
        to.promise = row.promise;
        to.promise_weight = row.promise_weight;
        to.flags = (at.purchase ? RowFlag::purchase : 0) | (at.away ? RowFlag::away : 0) | (at.end ? RowFlag::end : 0) |
                   (row.price != 0.0 ? RowFlag::priced : 0);
        to.team = at.team;
        to.carry = narrow(carries_.size());
        for (std::size_t from = 0; from < teams; ++from) {
          carries_.push_back(program.carry(row, static_cast<std::int32_t>(from)));
          lost = lost || (at.team >= 0 && carries_.back() < 1.0f);
        }
        to.flow_kind = program.flow_kind(p, v);
        to.revenue_worth = row.revenue * shape.scales.revenue.worth;
        to.cost_worth = row.cost * shape.scales.cost.worth;
        to.price = row.price;
        to.revenue = static_cast<std::int32_t>(fixed(row.revenue, shape.scales.revenue.amount));
        to.cost = static_cast<std::int32_t>(fixed(row.cost, shape.scales.cost.amount));
        tables_.visit_money = tables_.visit_money || row.revenue != 0.0 || row.cost != 0.0 || row.price != 0.0;
        tables_.prices = tables_.prices || row.price != 0.0;
        compile_exits(to, row, p, at.race);
        for (const ExitRow& exit : program.exits(row)) {
          stretch_.push_back(exit.stretch);
          stretched = stretched || exit.stretch != 1.0;
        }
        if (program.exits(row).empty()) stretch_.push_back(1.0);
        rows_.push_back(to);
        visit_rows_.push_back(&row);
      }
    }
  }
  if (!stretched) stretch_.clear();
  if (!lost) carries_.clear();
}

bool Compiled::fast(const VisitRow& row, bool race) const {
  const auto exits = program_->exits(row);
  if (race || row.trait_bound || exits.size() > static_cast<std::size_t>(fast_exits)) return false;
  return std::none_of(exits.begin(), exits.end(), [this](const ExitRow& exit) {
    return program_->delay(exit.delay).formula().family == Inverse::Family::table;
  });
}

void Compiled::compile_exits(Row& to, const VisitRow& row, std::uint32_t persona, bool race) {
  const auto exits = program_->exits(row);
  to.first_exit = narrow(exits_.size());
  to.rest = row.shares.rest;
  to.stay = row.shares.stay;
  const bool is_fast = fast(row, race);
  if (!is_fast) {
    to.flags |= RowFlag::one_by_one;
    tables_.any_one_by_one = true;
  } else {
    to.exits = narrow(exits.size());
    to.ends = narrow(row.ends);
    tables_.most_exits = std::max(tables_.most_exits, to.exits);
  }
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const ExitRow& exit = exits[j];
    const Inverse::Formula formula = program_->delay(exit.delay).formula();
    const auto place = static_cast<std::int32_t>(persona) * tables_.touchpoints + static_cast<std::int32_t>(exit.to);
    const std::int32_t drawn = family(formula.family);
    exits_.push_back({formula.a, formula.b, formula.sigma, drawn, exit.to_end ? -1 - place : place,
                      static_cast<std::int32_t>(persona) * tables_.exit_count + static_cast<std::int32_t>(exit.exit)});
    if (!is_fast) continue;
    tables_.families |= drawn;
    const float share = exit.probability * row.shares.shrink;
    if (exit.odds > 0.0f || share > 0.0f) to.last = narrow(j);
    tables_.slopes = tables_.slopes || exit.satisfaction != 0.0f || exit.expectation != 0.0f || exit.effort != 0.0f;
    tables_.probabilities = tables_.probabilities || share > 0.0f;
    const bool further = j >= 4;
    const std::size_t k = j % 4;
    (further ? to.more_odds : to.odds)[k] = exit.odds;
    (further ? to.more_satisfaction : to.satisfaction)[k] = exit.satisfaction;
    (further ? to.more_expectation : to.expectation)[k] = exit.expectation;
    (further ? to.more_effort_slope : to.effort_slope)[k] = exit.effort;
    (further ? to.more_probability : to.probability)[k] = share;
  }
  // The loop reads an exit even where none is taken.
  if (exits.empty()) exits_.push_back({});
}

std::int32_t Compiled::choose(const void* owner, std::int32_t persona, std::int32_t row_index, Moment* moment) {
  const Compiled& self = *static_cast<const Compiled*>(owner);
  const Program& program = *self.program_;
  const VisitRow& row = *self.visit_rows_[static_cast<std::size_t>(row_index)];
  const Streams streams(std::uint64_t{moment->task->seed[1]} << 32 | moment->task->seed[0], moment->task->replication);
  const behaviour::Mood mood{moment->satisfaction, moment->expectation, 0.0f, moment->effort};
  const Population& population = *self.population_;
  const auto customer_persona = static_cast<std::uint32_t>(persona);
  Way way;
  if (row.race) {
    way = race(program, row, streams, moment->customer, moment->event, mood);
  } else {
    std::array<float, 64> small_traits, small_sums;
    std::vector<float> large;
    const std::size_t traits = population.trait_count(), exits = program.exits(row).size();
    std::span<float> own(small_traits.data(), std::min(traits, small_traits.size()));
    std::span<float> sums(small_sums.data(), std::min(exits, small_sums.size()));
    if (traits > small_traits.size() || exits > small_sums.size()) {
      large.resize(traits + exits);
      own = std::span(large).first(traits);
      sums = std::span(large).last(exits);
    }
    for (const ExitRow& exit : program.exits(row)) {
      if (exit.trait < 0) continue;
      const auto k = static_cast<std::size_t>(exit.trait);
      own[k] = population.trait(streams, moment->customer, customer_persona, k);
    }
    const Words words{moment->words[0], moment->words[1], moment->words[2], moment->words[3]};
    way = sojourn::choose(program, row, own, words, mood, moment->luck, sums);
  }
  moment->delay = way.delay;
  return way.exit;
}

void Compiled::flow_change(const void* owner, std::int32_t regime, std::int32_t persona, std::int32_t from, std::int32_t to,
                           double time, std::int32_t window, double change[4]) {
  const Compiled& self = *static_cast<const Compiled*>(owner);
  const FlowChange flows =
      self.program_->flow_change(static_cast<std::size_t>(regime), static_cast<std::uint32_t>(persona), from,
                                 static_cast<std::uint32_t>(to), time, static_cast<std::size_t>(window));
  change[0] = flows.revenue;
  change[1] = flows.cost;
  change[2] = flows.worth_revenue;
  change[3] = flows.worth_cost;
}

Worker::Worker(const TallyShape& shape)
    : tally_(shape),
      touch_(shape.personas * shape.touchpoints),
      series_(shape.personas * shape.windows),
      codes_(8 * shape.personas * shape.windows),
      present_(shape.personas * shape.touchpoints * shape.windows),
      taken_(shape.personas * shape.exits) {}

Task Worker::task(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  exit_to_ = compiled.exit_to();
  Task task{};
  task.compiled = &compiled;
  task.draw = &draw;
  task.flush = &Worker::flush;
  task.worker = this;
  task.ticks = ticks;
  task.cells = tally_.data();
  task.packed = {touch_.data()->sums, series_.data()->sums, codes_.data(), present_.data(), taken_.data()};
  task.begin = static_cast<std::uint32_t>(begin);
  task.end = static_cast<std::uint32_t>(end);
  task.seed[0] = static_cast<std::uint32_t>(streams.seed());
  task.seed[1] = static_cast<std::uint32_t>(streams.seed() >> 32);
  task.replication = streams.replication();
  task.until = compiled.program().horizon();
  return task;
}

bool Worker::live(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  const Done done = widest_live()(compiled.tables(), task(compiled, streams, begin, end));
  tally_.events += done.visits;
  return !done.endless;
}

bool Worker::live_by_windows(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  const std::size_t count = end - begin;
  std::vector<double> time(count, never), luck(count), since(count);
  std::vector<float> satisfaction(count), expectation(count), answering(count), loss_aversion(count), effort_aversion(count);
  std::vector<std::uint16_t> event(count), exit(count), persona(count), team(count);
  Store store{time.data(),        luck.data(),      since.data(),         satisfaction.data(),
              expectation.data(), answering.data(), loss_aversion.data(), effort_aversion.data(),
              event.data(),       exit.data(),      persona.data(),       team.data()};
  Task work = task(compiled, streams, begin, end);
  work.store = &store;
  auto people = std::make_unique<People>();
  for (std::uint32_t next = work.begin; next < work.end;) {
    const int drawn = draw_people(work, &next, people.get());
    for (int k = 0; k < drawn; ++k) {
      const std::size_t at = people->customer[k] - work.begin;
      time[at] = people->arrival[k];
      luck[at] = people->luck[k];
      satisfaction[at] = people->satisfaction[k];
      expectation[at] = people->expectation[k];
      answering[at] = people->answering[k];
      loss_aversion[at] = people->loss_aversion[k];
      effort_aversion[at] = people->effort_aversion[k];
      exit[at] = static_cast<std::uint16_t>(compiled.tables().exit_count + people->start[k]);
      persona[at] = static_cast<std::uint16_t>(people->persona[k]);
    }
  }
  for (const double window_end : compiled.program().windows().ends()) {
    work.until = window_end;
    const Done done = widest_live()(compiled.tables(), work);
    tally_.events += done.visits;
    if (done.endless) return false;
  }
  return true;
}

void Worker::flush(void* worker, const Packed&) {
  Worker& self = *static_cast<Worker*>(worker);
  Tally& tally = self.tally_;
  const TallyShape& shape = tally.shape();
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t v = 0; v < shape.touchpoints; ++v) {
      const std::size_t place = p * shape.touchpoints + v;
      const std::int64_t* touch = self.touch_[place].sums;
      tally.add(shape.touch(p, v, TouchScore::quality), touch[0]);
      tally.add(shape.touch(p, v, TouchScore::satisfaction), touch[1]);
      tally.add(shape.touch(p, v, TouchScore::effort), touch[2]);
      tally.add(shape.touch(p, v, TouchScore::repeats), touch[3]);
      const std::int16_t* present = &self.present_[place * shape.windows];
      for (std::size_t w = 0; w < shape.windows; ++w) tally.add(shape.present(p, v, w), present[w]);
    }
    for (std::size_t e = 0; e < shape.exits; ++e) {
      // Every visit but the first is reached by an exit.
      const std::int64_t taken = self.taken_[p * shape.exits + e];
      tally.add(shape.taken(p, e), taken);
      tally.add(shape.touch(p, static_cast<std::size_t>(self.exit_to_[e]), TouchScore::visits), taken);
    }
    for (std::size_t w = 0; w < shape.windows; ++w) {
      const std::size_t cell = p * shape.windows + w;
      const std::int64_t* series = self.series_[cell].sums;
      tally.add(shape.time(p, w, TimeScore::satisfaction), series[0]);
      tally.add(shape.time(p, w, TimeScore::expectation), series[1]);
      tally.add(shape.time(p, w, TimeScore::revenue), series[2]);
      tally.add(shape.time(p, w, TimeScore::cost_to_serve), series[3]);
      const std::int16_t* codes = &self.codes_[8 * cell];
      tally.add(shape.time(p, w, TimeScore::prospects), codes[Code::prospect]);
      tally.add(shape.time(p, w, TimeScore::lost), codes[Code::lost]);
      tally.add(shape.time(p, w, TimeScore::churned), codes[Code::churned]);
      tally.add(shape.time(p, w, TimeScore::promoters), codes[Code::promoter]);
      tally.add(shape.time(p, w, TimeScore::passives), codes[Code::passive]);
      tally.add(shape.time(p, w, TimeScore::detractors), codes[Code::detractor]);
      tally.add(shape.time(p, w, TimeScore::customers),
                codes[Code::promoter] + codes[Code::passive] + codes[Code::detractor]);
    }
  }
  std::fill(self.touch_.begin(), self.touch_.end(), Cell{});
  std::fill(self.series_.begin(), self.series_.end(), Cell{});
  std::fill(self.codes_.begin(), self.codes_.end(), std::int16_t{0});
  std::fill(self.present_.begin(), self.present_.end(), std::int16_t{0});
  std::fill(self.taken_.begin(), self.taken_.end(), 0u);
}

std::size_t bytes_per_customer() { return 3 * sizeof(double) + 5 * sizeof(float) + 4 * sizeof(std::uint16_t); }

}  // namespace sojourn::lock_step
