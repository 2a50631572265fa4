#include "sojourn/engine/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "parameters_in_regime.hpp"
#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {
namespace {

/// The places in `changes` of those that touch the persona at the touchpoint: few, where a scenario has many changes.
std::vector<std::uint32_t> changes_at(const ModelParts& parts, const std::vector<PlannedChange>& changes, PersonaId persona,
                                      TouchpointId touchpoint) {
  std::vector<std::uint32_t> touching;
  for (std::size_t c = 0; c < changes.size(); ++c) {
    if (matches(parts, changes[c]->target, touchpoint, persona)) touching.push_back(static_cast<std::uint32_t>(c));
  }
  return touching;
}

/// Beginnings of steps in which the attraction of what is outside moves, where an exit bends on it.
std::vector<double> steps_outside(const ModelParts& parts, const Windows& windows) {
  std::vector<double> steps;
  if (!bends_outside(parts)) return steps;
  for (const Outside& outside : parts.outside) {
    const double first = outside.attraction.front().first, last = outside.attraction.back().first;
    for (std::size_t k = 0; k < windows.count(); ++k) {
      if (!(windows.end(k) > first) || !(windows.begin(k) < last)) continue;
      steps.push_back(windows.begin(k));
      steps.push_back(windows.end(k));
    }
  }
  return steps;
}

/// Beginnings of regimes whatever changes are on.
std::vector<double> begins_anyway(const ModelParts& parts, const std::vector<PlannedChange>& changes, const Windows& windows,
                                  double horizon) {
  std::vector<double> begins = times_of_switching(changes, windows, horizon, parts.settings.start);
  const std::vector<double> outside = steps_outside(parts, windows);
  begins.insert(begins.end(), outside.begin(), outside.end());
  return begins;
}

/// Whether a change of `parameter` may change who wins a race.
bool moves_hazards(Parameter parameter) {
  return parameter == Parameter::odds || parameter == Parameter::delay || parameter == Parameter::traffic ||
         parameter == Parameter::price || parameter == Parameter::attraction;
}

float narrow(double x) { return static_cast<float>(x); }

/// `value` from `begin` on, which is not before the last time of the timetable.
void set_from(Timetable& timetable, double begin, double value) {
  // Of what begins at one time the last holds.
  if (!timetable.empty() && timetable.back().first == begin) timetable.pop_back();
  if (timetable.empty() || timetable.back().second != value) timetable.emplace_back(begin, value);
}

}  // namespace

Program::Program(const Model& model, Switches switches)
    : model_(model),
      switches_(std::move(switches)),
      horizon_(model.parts().settings.horizon.value()),
      rho_(behaviour::force_of_interest(model.parts().settings.discount)),
      windows_(horizon_, model.parts().settings.window.value()),
      discount_(rho_, windows_, model.parts().settings.window.value()),
      changes_(changes_under(model.parts(), model.plan(), switches_)),
      ruled_(std::any_of(changes_.begin(), changes_.end(), [](const PlannedChange& change) { return change.driven; })),
      also_(begins_anyway(model.parts(), changes_, windows_, horizon_)),
      regimes_(regimes(changes_, windows_, horizon_, model.parts().settings.start, also_)),
      personas_(model.parts().personas.size()),
      touchpoints_(model.parts().touchpoints.size()),
      carried_(model.parts()),
      surveys_(model.parts(), windows_),
      amounts_(model.parts(), discount_.largest_decay()) {
  const ModelParts& parts = model.parts();
  const BehaviourSettings& b = parts.behaviour;
  behaviour_ = {{narrow(b.performance), narrow(b.disconfirmation)},
                {narrow(b.memory), narrow(b.peak), narrow(b.forgiveness)},
                narrow(b.adapt),
                narrow(b.repeat_effort),
                narrow(b.fit_weight),
                narrow(b.recommend_base),
                narrow(b.recommend_sd),
                b.expectation_drift};
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    places_.push_back({touchpoint.end.has_value(), touchpoint.stage == Stage::purchase, touchpoint.counts_as.has_value(),
                       touchpoint.exits == ExitRule::race, false,
                       touchpoint.team.valid() ? static_cast<std::int32_t>(touchpoint.team.index()) : -1,
                       touchpoint.queues(), touchpoint.reads_reviews, touchpoint.solves_problems(),
                       touchpoint.shows_content()});
    for (const Exit& exit : touchpoint.next) delays_.emplace_back(exit.after);
  }
  compile_watches();
  compile_recoveries();
  compile_switched_races();
  compile_outside();
  compile_states();
  compile_rows();
  hazards_ = RaceHazards(*this);
  compile_pieces();
  compile_flows();
  compile_services();
}

/// A time without the moment by which rules switch later than a window ends: they do so for no time at all.
double Program::without_the_moment(double t) const {
  if (!ruled_ || !(t > 0.0)) return t;
  const double begin = windows_.begin(windows_.of(std::min(t, horizon_)));
  return t == a_moment_after(begin) ? begin : t;
}

bool Program::switches_parameter(Parameter parameter) const {
  return std::any_of(changes_.begin(), changes_.end(),
                     [&](const PlannedChange& change) { return change.driven && moves(*change.change, parameter); });
}

/// Whether rules may switch what a visit to the touchpoint pays or, with `flows`, what flows there.
bool Program::money_may_switch(PersonaId persona, TouchpointId touchpoint, bool flows) const {
  const ModelParts& parts = model_.parts();
  return std::any_of(changes_.begin(), changes_.end(), [&](const PlannedChange& change) {
    if (!change.driven || !matches(parts, change->target, touchpoint, persona)) return false;
    if (flows)
      return moves(*change.change, Parameter::revenue_per_month) || moves(*change.change, Parameter::cost_per_month);
    return moves(*change.change, Parameter::revenue) || moves(*change.change, Parameter::cost) ||
           moves(*change.change, Parameter::price) || parts.improvements[change.improvement.index()].price.per_visit != 0.0;
  });
}

void Program::compile_watches() {
  const ModelParts& parts = model_.parts();
  std::vector<std::pair<std::uint32_t, const Rule*>> looking;  // those that look at places
  for (std::uint32_t r = 0; r < parts.rules.size(); ++r) {
    if (parts.rules[r].of_places()) looking.emplace_back(r, &parts.rules[r]);
  }
  watches_ = looking.size();
  for (std::size_t v = 0; v < touchpoints_; ++v) {
    watched_begin_.push_back(watched_by_.size());
    for (std::uint32_t slot = 0; slot < looking.size(); ++slot) {
      const Rule& rule = *looking[slot].second;
      if (rule.touchpoint.valid() && rule.touchpoint.index() != v) continue;
      if (rule.team.valid() && rule.team != parts.touchpoints[v].team) continue;
      watched_by_.push_back({slot, looking[slot].first});
    }
  }
  watched_begin_.push_back(watched_by_.size());
}

void Program::count_watched(std::int64_t* cells, const TallyShape& shape, std::uint32_t touchpoint, std::uint32_t persona,
                            const Feeling& feeling) const {
  for (const WatchedBy& watch : watched_by(touchpoint)) {
    const Rule& rule = model_.parts().rules[watch.rule];
    const std::int32_t recommends = behaviour::promoter_value(
        behaviour::recommend(feeling.satisfaction, feeling.answering, behaviour_.recommend_base, behaviour_.recommend_sd));
    const auto survey = static_cast<std::uint32_t>(rule.survey.index());
    const std::int32_t value = rule.survey.valid() ? surveys_.value(survey, surveys_.truth(survey, feeling)) : recommends;
    const auto add = [&](WatchScore score, std::int64_t amount) {
      cells[shape.watch(watch.slot, persona, score)] += amount;
    };
    add(WatchScore::visits, 1);
    add(WatchScore::value, value);
    add(WatchScore::promoters, recommends > 0 ? 1 : 0);
    add(WatchScore::detractors, recommends < 0 ? 1 : 0);
  }
}

void Program::count_watched(std::int64_t* cells, const TallyShape& shape, const Asked& asked) const {
  if (asked.touchpoint == Asked::nowhere || !asked.invited) return;
  for (const WatchedBy& watch : watched_by(asked.touchpoint)) {
    const SurveyId survey = model_.parts().rules[watch.rule].survey;
    if (!survey.valid() || survey.index() != asked.survey) continue;
    const auto add = [&](WatchScore score, std::int64_t amount) {
      cells[shape.watch(watch.slot, asked.persona, score)] += amount;
    };
    add(WatchScore::invited, 1);
    if (!asked.answered) continue;
    add(WatchScore::answered, 1);
    add(WatchScore::recorded, surveys_.value(asked.survey, asked.answer));
  }
}

void Program::compile_recoveries() {
  const ModelParts& parts = model_.parts();
  for (const Touchpoint& touchpoint : parts.touchpoints) file_exits_ += static_cast<std::uint32_t>(touchpoint.next.size());
  recoveries_ = recoveries_of(parts);
  if (recoveries_.empty()) return;
  recovery_exit_.assign(parts.surveys.size() * touchpoints_, -1);
  for (std::size_t k = 0; k < recoveries_.size(); ++k) {
    recovery_exit_[recoveries_[k].survey * touchpoints_ + recoveries_[k].from] = static_cast<std::int32_t>(file_exits_ + k);
  }
}

void Program::compile_switched_races() {
  const ModelParts& parts = model_.parts();
  if (!ruled_) return;
  std::vector<std::uint8_t> races(personas_ * touchpoints_, 0);
  for (std::size_t place = 0; place < races.size(); ++place) {
    const PersonaId persona(place / touchpoints_);
    const TouchpointId touchpoint(place % touchpoints_);
    const std::vector<Exit>& exits = parts.touchpoints[touchpoint.index()].next;
    if (!places_[touchpoint.index()].race) continue;
    for (const PlannedChange& change : changes_) {
      const auto moves_one = [&](const Effect& effect) { return moves_hazards(effect.parameter); };
      if (!change.driven || std::none_of(change->effects.begin(), change->effects.end(), moves_one)) continue;
      const auto at = [&](TouchpointId there) { return matches(parts, change->target, there, persona); };
      const bool here = at(touchpoint) || moves(*change.change, Parameter::attraction) ||
                        std::any_of(exits.begin(), exits.end(), [&](const Exit& exit) { return at(exit.to); });
      if (here) races[place] = 1;
    }
  }
  if (std::find(races.begin(), races.end(), 1) != races.end()) switched_races_ = std::move(races);
}

/// What is outside, in each regime: the most attractive of all, then each. In a window it has its mean over the window.
void Program::compile_outside() {
  const ModelParts& parts = model_.parts();
  outside_.assign(regimes_.begins.size(), {0.5});
  if (!bends_outside(parts)) return;
  for (std::size_t r = 0; r < regimes_.begins.size(); ++r) {
    std::size_t k = windows_.of(regimes_.begins[r]);
    if (k + 1 < windows_.count() && regimes_.begins[r] == windows_.end(k)) ++k;
    const ParametersInRegime parameters(changes_, regimes_.fractions[r]);
    std::vector<double>& here = outside_[r];
    here = {0.0};
    for (std::size_t i = 0; i < parts.outside.size(); ++i) {
      const double own = mean_attraction(parts.outside[i], windows_.begin(k), windows_.end(k));
      here.push_back(parameters.value(Parameter::attraction, own,
                                      [&](const Target& target) { return matches_outside(target, OutsideId(i)); }));
      here.front() = std::max(here.front(), here.back());
    }
  }
}

void Program::compile_states() {
  const ModelParts& parts = model_.parts();
  const std::size_t count = regimes_.begins.size();
  std::map<std::tuple<std::vector<double>, std::vector<bool>, std::vector<double>>, std::size_t> known;
  for (std::size_t r = 0; r < count; ++r) {
    const auto [state, fresh] =
        known.try_emplace({regimes_.fractions[r], regimes_.on[r], outside_[r]}, regime_of_state_.size());
    if (fresh) regime_of_state_.push_back(r);
    state_of_.push_back(state->second);
  }
  // What recurs and moves no money cuts no piece of time.
  std::vector<PlannedChange> cutting = changes_;
  std::erase_if(cutting, [&](const PlannedChange& change) {
    const bool event =
        std::any_of(parts.events.begin(), parts.events.end(), [&](const Change& e) { return &e == change.change; });
    return event && change->recurrence.any() &&
           std::none_of(change->effects.begin(), change->effects.end(),
                        [](const Effect& effect) { return is_money(effect.parameter); });
  });
  std::vector<double> cuts;
  if (cutting.size() < changes_.size()) {
    const std::string& start = parts.settings.start;
    cuts = regimes(cutting, windows_, horizon_, start, times_of_switching(cutting, windows_, horizon_, start)).begins;
  }
  for (std::size_t r = 0; r < count; ++r) {
    const bool cut = cutting.size() == changes_.size() || std::binary_search(cuts.begin(), cuts.end(), regimes_.begins[r]);
    money_of_.push_back(r == 0 ? 0 : money_of_.back() + (cut ? 1 : 0));
  }
  const std::size_t cells = count == 1 ? 1 : std::max(2 * count, windows_.count());
  cells_per_day_ = static_cast<double>(cells) / horizon_;
  for (std::size_t cell = 0, r = 0; cell < cells; ++cell) {
    // A little before the cell begins, so that rounding leads to no later regime.
    const double begin = static_cast<double>(cell) / cells_per_day_ - 1e-9;
    while (r + 1 < count && begin >= regimes_.begins[r + 1]) ++r;
    regime_of_cell_.push_back(r);
  }
}

void Program::compile_pieces() {
  const double width = model_.parts().settings.window.value();
  // Below 2^-52 there is only rounding.
  decay_scale_ = std::min(fixed_point_scale(discount_.largest_decay()), 0x1p52);
  // In two cells a sum has room for 20 bits more than in one.
  flow_scale_ = 0x1p20 * fixed_point_scale(width * std::max(1.0, behaviour::present_value(rho_, width)));
  std::size_t r = 0;
  for (std::size_t w = 0; w < windows_.count(); ++w) {
    first_piece_.push_back(pieces_.size());
    r = regime(windows_.begin(w), r);
    for (const std::size_t last = regime(windows_.end(w), r);; ++r) {
      Piece piece{w, r, std::max(windows_.begin(w), without_the_moment(regimes_.begins[r])), windows_.end(w), 0, 0};
      while (r < last && money_of_[r + 1] == money_of_[r]) ++r;
      if (r < last) piece.end = without_the_moment(regimes_.begins[r + 1]);
      piece.days = fixed(piece.end - piece.begin, flow_scale_);
      piece.discounted_days = discounted_days(piece.begin, piece);
      pieces_.push_back(piece);
      if (r == last) break;
    }
  }
  first_piece_.push_back(pieces_.size());
}

/// From a time in `piece` to its end.
std::int64_t Program::discounted_days(double from, const Piece& piece) const {
  const double decay = behaviour::present_value(rho_, from - windows_.begin(piece.window));
  return fixed(decay * behaviour::annuity(rho_, piece.end - from), flow_scale_);
}

void Program::compile_flows() {
  const ModelParts& parts = model_.parts();
  const std::size_t places = personas_ * touchpoints_;
  flows_.resize(states() * places);
  for (std::size_t p = 0; p < personas_; ++p) {
    for (std::size_t v = 0; v < touchpoints_; ++v) {
      const Touchpoint& touchpoint = parts.touchpoints[v];
      if (touchpoint.end) continue;  // a life is over there: nobody stays
      const auto here = [&](const Target& target) { return matches(parts, target, TouchpointId(v), PersonaId(p)); };
      const std::vector<std::uint32_t> touching = changes_at(parts, changes_, PersonaId(p), TouchpointId(v));
      for (std::size_t s = 0; s < states(); ++s) {
        const ParametersInRegime parameters(changes_, regimes_.fractions[regime_of_state_[s]], touching);
        Flow& flow = flows_[s * places + p * touchpoints_ + v];
        flow.revenue = parameters.value(Parameter::revenue_per_month, touchpoint.revenue_per_month, here) / days_per_month;
        flow.cost = parameters.value(Parameter::cost_per_month, touchpoint.cost_per_month, here) / days_per_month;
        if (flow.revenue != 0.0 || flow.cost != 0.0) places_[v].flows = true;
      }
      if (money_may_switch(PersonaId(p), TouchpointId(v), true)) places_[v].flows = true;
    }
  }
  std::map<std::vector<double>, std::int32_t> known;
  for (std::size_t place = 0; place < places; ++place) {
    const std::size_t p = place / touchpoints_;
    if (place % touchpoints_ == 0) known.clear();
    std::vector<double> rates;
    for (std::size_t s = 0; s < states(); ++s) {
      const Flow& flow = flows_[s * places + place];
      rates.push_back(flow.revenue);
      rates.push_back(flow.cost);
    }
    const TouchpointId touchpoint(place % touchpoints_);
    // What rules switch is a kind of its own, whatever flows there by now.
    if (!parts.touchpoints[touchpoint.index()].end && money_may_switch(PersonaId(p), touchpoint, true)) {
      flow_kinds_.push_back({static_cast<std::uint32_t>(p), {static_cast<std::uint32_t>(touchpoint.index())}});
      flow_kind_of_.push_back(static_cast<std::int32_t>(flow_kinds_.size()));
      continue;
    }
    if (std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 0.0; })) {
      flow_kind_of_.push_back(0);
      continue;
    }
    const auto [kind, fresh] = known.try_emplace(rates, static_cast<std::int32_t>(flow_kinds_.size()) + 1);
    if (fresh) flow_kinds_.push_back({static_cast<std::uint32_t>(p), {}});
    flow_kind_of_.push_back(kind->second);
    flow_kinds_[static_cast<std::size_t>(kind->second) - 1].touchpoints.push_back(
        static_cast<std::uint32_t>(place % touchpoints_));
  }
}

void Program::change_flow(std::int64_t* cells, const TallyShape& shape, MoneyOf whose, std::int32_t from, std::int32_t to,
                          double t, std::size_t window, std::size_t regime) const {
  constexpr std::int64_t low = (std::int64_t{1} << sum_low_bits) - 1;
  for (std::size_t k = piece(window, regime); k < first_piece_[window + 1]; ++k) {
    const Piece& piece = pieces_[k];
    const bool whole = t <= piece.begin;
    const std::int64_t days = whole ? piece.days : fixed(piece.end - t, flow_scale_);
    const std::int64_t discounted = whole ? piece.discounted_days : discounted_days(t, piece);
    const auto add = [&](std::int32_t kind, std::int64_t sign) {
      if (kind == 0) return;
      std::int64_t* cell = cells + shape.flow(whose, static_cast<std::size_t>(kind) - 1, k, FlowScore::days_high);
      cell[0] += sign * (days >> sum_low_bits);
      cell[1] += sign * (days & low);
      cell[2] += sign * (discounted >> sum_low_bits);
      cell[3] += sign * (discounted & low);
    };
    add(from, -1);
    add(to, 1);
  }
}

void Program::compile_services() {
  const ModelParts& parts = model_.parts();
  services_.resize(touchpoints_);
  for (const Persona& persona : parts.personas) priorities_.push_back(persona.priority);
  leads_to_queue_.assign(touchpoints_, 0);
  staffing_.horizon = horizon_;
  staffing_.one_priority = true;
  for (std::size_t v = 0; v < touchpoints_; ++v) {
    for (const Exit& exit : parts.touchpoints[v].next) {
      if (!places_[v].queues && places_[exit.to.index()].queues) leads_to_queue_[v] = 1;
    }
  }
  loops_after_visit_.assign(touchpoints_, 0);
  asked_into_queue_.assign(touchpoints_, 0);
  for (const Recovery& way : recoveries_) {
    const bool to_queue = places_[way.to].queues;
    if (surveys_.follows_visits(way.survey)) {
      loops_after_visit_[way.from] = 1;
      if (to_queue && !places_[way.from].queues) leads_to_queue_[way.from] = 1;
    } else if (to_queue) {
      asked_into_queue_[way.from] = 1;
    }
  }
  const bool queues = std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.queues; });
  shadows_ = queues ? std::max(0.0, model_.people_per_customer() - 1.0) : 0.0;
  if (queues) copies_ = copies_of_market(parts.settings);
  std::optional<std::int32_t> priority;  // of the first call
  const int weekday = weekday_of(parts.settings.start);
  for (std::size_t p = 0; p < parts.pools.size(); ++p) {
    staffing_.pools.push_back(servers_over_time(staff_over(parts.pools[p].servers, weekday, horizon_),
                                                [&](const Target& target) { return matches_pool(target, PoolId(p)); }));
  }
  for (std::size_t v = 0; v < touchpoints_; ++v) {
    const Touchpoint& touchpoint = parts.touchpoints[v];
    if (!places_[v].queues) continue;
    services_[v].queue = static_cast<std::uint32_t>(staffing_.queues.size());
    const double handling = mean(*touchpoint.handle_time);
    services_[v].priority = touchpoint.priority;
    for (const std::int32_t of_persona : priorities_) {
      priority = priority.value_or(touchpoint.priority + of_persona);
      staffing_.one_priority = staffing_.one_priority && touchpoint.priority + of_persona == *priority;
    }
    const bool exponential = std::holds_alternative<Exponential>(*touchpoint.handle_time);
    services_[v].work = Inverse(exponential ? Distribution(Exponential{1.0}) : *touchpoint.handle_time);
    services_[v].work_unit = exponential ? 1.0 : 1.0 / handling;
    if (touchpoint.patience) services_[v].patience = Inverse(*touchpoint.patience);
    services_[v].answer_within = touchpoint.answer_within.value();
    Staffing::Queue queue;
    if (touchpoint.room) queue.room = *touchpoint.room;
    for (const PoolId pool : touchpoint.pools) queue.pools.push_back(static_cast<std::uint32_t>(pool.index()));
    if (touchpoint.servers) {
      queue.pools = {static_cast<std::uint32_t>(staffing_.pools.size())};
      staffing_.pools.push_back(servers_over_time({{0.0, *touchpoint.servers}}, [&](const Target& target) {
        return matches_own_servers(parts, target, TouchpointId(v));
      }));
    }
    // One line serves everybody, so a change that names personas is none of its.
    const auto here = [&](const Target& target) {
      return target.personas.empty() && matches(parts, target, TouchpointId(v), PersonaId(0));
    };
    for (std::size_t r = 0; r < regimes_.begins.size(); ++r) {
      const double value = ParametersInRegime(changes_, regimes_.fractions[r]).value(Parameter::handle_time, handling, here);
      set_from(queue.handle_time, without_the_moment(regimes_.begins[r]), value);
    }
    staffing_.queues.push_back(std::move(queue));
  }
}

/// The servers that `base` has by itself, with the changes whose target `applies`.
template <class Applies>
Timetable Program::servers_over_time(const Timetable& base, Applies applies) const {
  Timetable servers;
  std::size_t at = 0;  // of `base`
  for (std::size_t r = 0; r < regimes_.begins.size(); ++r) {
    const std::vector<Shift> shifts =
        ParametersInRegime(changes_, regimes_.fractions[r]).shifts(Parameter::servers, applies);
    // Where nobody is on duty nobody joins them.
    std::vector<Shift> while_closed = shifts;
    std::erase_if(while_closed, [](const Shift& shift) { return shift.operation == Operation::add; });
    const double end = r + 1 < regimes_.begins.size() ? regimes_.begins[r + 1] : forever;
    double begin = without_the_moment(regimes_.begins[r]);
    while (at + 1 < base.size() && base[at + 1].first <= begin) ++at;
    for (;;) {
      const double own = base[at].second;
      const double value = combine(Parameter::servers, own, own > 0.0 ? shifts : while_closed);
      set_from(servers, begin, value);
      if (at + 1 == base.size() || base[at + 1].first >= end) break;
      begin = base[++at].first;
    }
  }
  return servers;
}

namespace {

/// A trait as a probability, with the changes that are on.
float chance_of(float trait, Parameter parameter, std::span<const Shift> shifts) {
  const double own = numeric::clip(static_cast<double>(trait), 0.0, 1.0);
  return narrow(shifts.empty() ? own : combine(parameter, own, shifts));
}

}  // namespace

Program::Program(const Program&) = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(const Program&) = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

float probability(const Program& program, const ExitRow& exit, std::span<const float> traits) {
  if (exit.trait < 0) return exit.probability;
  return chance_of(traits[static_cast<std::size_t>(exit.trait)], Parameter::probability, program.shifts(exit));
}

float solving_chance(const Program& program, const VisitRow& row, float trait) {
  return row.solves_trait < 0 ? row.solves : chance_of(trait, Parameter::solves, program.solves_shifts(row));
}

TenureBins tenure_bins(const ModelParts& parts) {
  const Population population(parts);
  double longest = 0.0;
  for (std::uint32_t p = 0; p < parts.personas.size(); ++p) longest = std::max(longest, population.longest_tenure_of(p));
  const double days = parts.settings.horizon.value() + longest, width = days > 4096.0 ? 5.0 : 1.0;
  return {width, static_cast<std::size_t>(std::ceil(days / width)) + 1};
}

TallyShape tally_shape(const Program& program) {
  const ModelParts& parts = program.model().parts();
  TallyShape shape;
  shape.personas = parts.personas.size();
  shape.touchpoints = parts.touchpoints.size();
  shape.exits = program.file_exits() + program.recoveries().size();
  shape.windows = program.windows().count();
  shape.account_segments = parts.account_segments.size();
  shape.queues = program.staffing().queues.size();
  shape.surveys = parts.surveys.size();
  shape.tiers = program.carried().tiers();
  shape.pools = program.staffing().pools.size();
  shape.watches = program.watches();
  const TenureBins bins = tenure_bins(parts);
  shape.tenure_bin = bins.width;
  shape.tenure_bins = bins.count;
  shape.entries = std::any_of(parts.personas.begin(), parts.personas.end(), [](const Persona& p) { return p.existing(); });
  shape.scales.days = fixed_point_scale(program.horizon());
  shape.scales.decay = program.decay_scale();
  shape.scales.flow = program.flow_scale();
  shape.scales.copies = program.copies().count();
  shape.pieces = program.pieces().size();
  shape.paying_places = program.paying_places().size();
  shape.flow_kinds = program.flow_kinds().size();
  shape.amount_places = program.amounts().places();
  shape.referrals = parts.word_of_mouth.has_value();
  return shape;
}

}  // namespace sojourn
