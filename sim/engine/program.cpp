#include "sojourn/engine/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "sojourn/behaviour/recommendation.hpp"
#include "sojourn/model/content.hpp"
#include "sojourn/model/staff.hpp"
#include "sojourn/population/population.hpp"
#include "sojourn/tally/tally.hpp"

namespace sojourn {
namespace {

/// The parameters of one (persona, touchpoint) with the changes of one regime: what `Program` compiles into rows.
class Parameters {
 public:
  Parameters(const std::vector<PlannedChange>& changes, const std::vector<double>& fractions)
      : changes_(changes), fractions_(fractions) {}
  /// Only the changes in the places `among`; all others apply to nothing that is asked.
  Parameters(const std::vector<PlannedChange>& changes, const std::vector<double>& fractions,
             const std::vector<std::uint32_t>& among)
      : changes_(changes), fractions_(fractions), among_(&among) {}

  /// The shifts of `parameter` by changes for which `applies` holds.
  template <class Applies>
  std::vector<Shift> shifts(Parameter parameter, Applies applies) const {
    std::vector<Shift> result;
    const std::size_t count = among_ != nullptr ? among_->size() : changes_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = among_ != nullptr ? (*among_)[i] : i;
      if (fractions_[c] <= 0.0) continue;
      const std::vector<Effect>& effects = changes_[c]->effects;
      const auto moves = [&](const Effect& effect) { return effect.parameter == parameter; };
      // Most changes move another parameter: that is seen sooner than whether one applies.
      if (std::none_of(effects.begin(), effects.end(), moves) || !applies(changes_[c]->target)) continue;
      for (const Effect& effect : effects) {
        if (moves(effect)) result.push_back({effect.operation, effect.value, fractions_[c]});
      }
    }
    return result;
  }
  template <class Applies>
  double value(Parameter parameter, double x0, Applies applies) const {
    return combine(parameter, x0, shifts(parameter, applies));
  }

 private:
  const std::vector<PlannedChange>& changes_;
  const std::vector<double>& fractions_;
  const std::vector<std::uint32_t>* among_ = nullptr;
};

bool moves(const Change& change, Parameter parameter) {
  return std::any_of(change.effects.begin(), change.effects.end(),
                     [&](const Effect& effect) { return effect.parameter == parameter; });
}

/// The places in `changes` of those that touch the persona at the touchpoint: few, where a scenario has many changes.
std::vector<std::uint32_t> changes_at(const ModelParts& parts, const std::vector<PlannedChange>& changes, PersonaId persona,
                                      TouchpointId touchpoint) {
  std::vector<std::uint32_t> touching;
  for (std::size_t c = 0; c < changes.size(); ++c) {
    if (matches(parts, changes[c]->target, touchpoint, persona)) touching.push_back(static_cast<std::uint32_t>(c));
  }
  return touching;
}

/// The same, and those that touch where exits lead: what they do to the price there, or to who comes there at all.
std::vector<std::uint32_t> changes_at_and_beyond(const ModelParts& parts, const std::vector<PlannedChange>& changes,
                                                 PersonaId persona, TouchpointId touchpoint) {
  std::vector<std::uint32_t> touching;
  const std::vector<Exit>& exits = parts.touchpoints[touchpoint.index()].next;
  for (std::size_t c = 0; c < changes.size(); ++c) {
    const Change& change = *changes[c].change;
    const auto at = [&](TouchpointId place) { return matches(parts, change.target, place, persona); };
    const bool prices = moves(change, Parameter::price), closes = moves(change, Parameter::traffic);
    const bool beyond = (prices || closes) && std::any_of(exits.begin(), exits.end(), [&](const Exit& exit) {
                          return at(exit.to) && (closes || exit.slopes.price != 0.0);
                        });
    if (beyond || at(touchpoint)) touching.push_back(static_cast<std::uint32_t>(c));
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

/// Odds of `exit` with the persona's factors, before changes.
double persona_factor(const ModelParts& parts, const Persona& persona, std::size_t touchpoint, const Exit& exit) {
  double factor = 1.0;
  for (const PersonaOdds& odds : persona.odds) {
    if (odds.from.index() == touchpoint && odds.to == exit.to) factor *= odds.times;
  }
  const ChannelId channel = parts.touchpoints[exit.to.index()].channel;
  for (const auto& [preferred, times] : persona.channels) {
    if (channel.valid() && preferred == channel) factor *= times;
  }
  return factor;
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
    const Parameters parameters(changes_, regimes_.fractions[r]);
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

void Program::compile_rows() {
  const ModelParts& parts = model_.parts();
  // Those of the plan, then those that only its rules know.
  std::vector<ImprovementId> priced = parts.plans[model_.plan().index()].improvements;
  for (const PlannedChange& change : changes_) {
    if (change.driven && std::find(priced.begin(), priced.end(), change.improvement) == priced.end())
      priced.push_back(change.improvement);
  }
  const std::size_t teams = parts.teams.size();
  std::vector<std::uint32_t> first_exit;  // number of the first exit of each touchpoint
  std::uint32_t exit_count = 0;
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    first_exit.push_back(exit_count);
    exit_count += static_cast<std::uint32_t>(touchpoint.next.size());
  }
  // Rows are shared between regimes in which the changes that touch this persona here stand alike.
  std::map<std::vector<double>, std::uint32_t> known;
  row_of_.resize(states() * personas_ * touchpoints_);
  for (std::size_t p = 0; p < personas_; ++p) {
    const PersonaId persona(p);
    for (std::size_t v = 0; v < touchpoints_; ++v) {
      const TouchpointId id(v);
      const Touchpoint& touchpoint = parts.touchpoints[v];
      const std::vector<std::uint32_t> touching = changes_at_and_beyond(parts, changes_, persona, id);
      const bool outside =
          std::any_of(touchpoint.next.begin(), touchpoint.next.end(), [](const Exit& exit) { return exit.bends_outside(); });
      const bool market = outside || std::any_of(touchpoint.next.begin(), touchpoint.next.end(),
                                                 [](const Exit& exit) { return exit.slopes.price != 0.0; });
      const ContentFit fits = content_fit(parts.personas[p], touchpoint);
      known.clear();
      bool pays = money_may_switch(persona, id, false);
      for (std::size_t s = 0; s < states(); ++s) {
        const std::size_t r = regime_of_state_[s];
        std::vector<double> key;
        for (const std::uint32_t c : touching) {
          key.push_back(regimes_.fractions[r][c]);
          key.push_back(regimes_.on[r][c] ? 1.0 : 0.0);
        }
        if (outside) key.insert(key.end(), outside_[r].begin(), outside_[r].end());
        const auto [place, fresh] = known.try_emplace(key, static_cast<std::uint32_t>(rows_.size()));
        row_of_[(s * personas_ + p) * touchpoints_ + v] = place->second;
        if (!fresh) continue;

        const Parameters parameters(changes_, regimes_.fractions[r], touching);
        const auto here = [&](const Target& target) { return matches(parts, target, id, persona); };
        const auto value = [&](Parameter parameter, double x0) { return parameters.value(parameter, x0, here); };
        VisitRow row;
        row.quality = narrow(value(Parameter::quality, touchpoint.quality_mean));
        row.quality_sd = narrow(value(Parameter::quality_sd, touchpoint.quality_sd));
        row.effort = narrow(value(Parameter::effort, touchpoint.effort));
        row.weight = narrow(value(Parameter::weight, touchpoint.weight));
        row.revenue = value(Parameter::revenue, touchpoint.revenue);
        if (touchpoint.price) row.revenue += value(Parameter::price, *touchpoint.price);
        row.cost = value(Parameter::cost, touchpoint.cost);
        // Money has no limits, so that what changes make of an amount is a straight line.
        if (touchpoint.drawn_revenue) row.revenue_times = value(Parameter::revenue, 1.0) - row.revenue;
        if (touchpoint.drawn_cost) row.cost_times = value(Parameter::cost, 1.0) - row.cost;
        if (touchpoint.promise) {
          row.promise = narrow(value(Parameter::promise, *touchpoint.promise));
          row.promise_weight = narrow(parts.behaviour.promise_weight);
        } else {
          // Where the file promises nothing, only setting a promise means something.
          for (const Shift& shift : parameters.shifts(Parameter::promise, here)) {
            if (shift.operation != Operation::set) continue;
            row.promise = narrow(shifted(Parameter::promise, 0.0, {Operation::set, shift.value, 1.0}));
            row.promise_weight = narrow(parts.behaviour.promise_weight * shift.fraction);
          }
        }
        if (const auto* trait = std::get_if<TraitId>(&touchpoint.solves)) {
          row.solves_trait = static_cast<std::int32_t>(trait->index());
          const auto shifts = parameters.shifts(Parameter::solves, here);
          row.solves_shifts_begin = static_cast<std::uint32_t>(shifts_.size());
          shifts_.insert(shifts_.end(), shifts.begin(), shifts.end());
          row.solves_shifts_end = static_cast<std::uint32_t>(shifts_.size());
        } else if (const auto* chance = std::get_if<double>(&touchpoint.solves)) {
          row.solves = narrow(value(Parameter::solves, *chance));
        }
        if (touchpoint.shows_content()) {
          row.personalisation = narrow(value(Parameter::personalisation, touchpoint.personalisation));
          row.standard_fit = narrow(fits.standard);
          row.best_fit = narrow(fits.best);
          row.best_variant = fits.variant;
        }
        // A price per visit is paid where the whole target matches: with `exit_to`, only at touchpoints with such an exit.
        const auto is_priced = [&](const Target& target) {
          if (!here(target)) return false;
          for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
            if (matches_exit(parts, target, id, e, persona)) return true;
          }
          return target.exit_to.empty();
        };
        for (const ImprovementId improvement : priced) {
          const Improvement& bought = parts.improvements[improvement.index()];
          const auto c = static_cast<std::size_t>(
              std::find_if(changes_.begin(), changes_.end(),
                           [&](const PlannedChange& change) { return change.change == &bought.change; }) -
              changes_.begin());
          if (regimes_.on[r][c] && is_priced(bought.change.target)) row.price += changes_[c].level * bought.price.per_visit;
        }
        row.carry = static_cast<std::uint32_t>(carries_.size());
        for (std::size_t from = 0; from < teams; ++from) {
          double carry = 1.0;
          for (const Handover& handover : parts.handovers) {
            if (handover.from.index() == from && handover.to == touchpoint.team) carry = handover.carry;
          }
          if (touchpoint.team.valid() && touchpoint.team.index() != from) carry = value(Parameter::carry, carry);
          carries_.push_back(narrow(carry));
        }
        // What prices and what is outside add to the exponent of an exit's weight: the same for everybody here.
        const auto market_exponent = [&](const Exit& exit) {
          double exponent = exit.slopes.outside * (outside_[r].front() - 0.5);
          for (const auto& [rival, slope] : exit.rivals) exponent += slope * (outside_[r][1 + rival.index()] - 0.5);
          const TouchpointId at = priced_touchpoint(parts, id, exit);
          if (exit.slopes.price == 0.0 || !at.valid()) return exponent;
          const auto there = [&](const Target& target) { return matches(parts, target, at, persona); };
          return exponent +
                 exit.slopes.price * parameters.value(Parameter::price, *parts.touchpoints[at.index()].price, there);
        };
        // In a choice only differences count: the largest is taken as 0, so that high prices leave no range.
        double reference = 0.0;
        if (market && !places_[v].race) {
          reference = -std::numeric_limits<double>::infinity();
          for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
            const Exit& exit = touchpoint.next[e];
            const auto along = [&](const Target& target) { return matches_exit(parts, target, id, e, persona); };
            if (exit.on == Trigger::none && exit.odds && parameters.value(Parameter::odds, *exit.odds, along) > 0.0)
              reference = std::max(reference, market_exponent(exit));
          }
        }
        row.exits_begin = static_cast<std::uint32_t>(exits_.size());
        const auto compile_exit = [&](std::size_t e) {
          const Exit& exit = touchpoint.next[e];
          const auto along = [&](const Target& target) { return matches_exit(parts, target, id, e, persona); };
          ExitRow out;
          out.to = static_cast<std::uint32_t>(exit.to.index());
          out.exit = first_exit[v] + static_cast<std::uint32_t>(e);
          out.delay = out.exit;
          out.to_end = parts.touchpoints[out.to].end.has_value();
          out.stretch = parameters.value(Parameter::delay, 1.0, along);
          if (exit.scale) {
            out.scale = static_cast<std::int32_t>(exit.scale->trait.index());
            out.per = exit.scale->rate;
          }
          if (exit.times) out.times = static_cast<std::int32_t>(exit.times->index());
          out.clock = carried_.clock_of(out.exit);
          out.anniversary = carried_.anniversary_of(out.exit);
          out.demand = carried_.demand_of(out.exit);
          if (out.anniversary >= 0) out.stretch = 1.0;  // an anniversary is a date
          row.conditional =
              row.conditional || out.times >= 0 || (out.demand >= 0 && carried_.demand(out.demand).conditional());
          // Of those who would come by this exit, the share that does.
          const double traffic = parameters.value(
              Parameter::traffic, 1.0, [&](const Target& target) { return matches(parts, target, exit.to, persona); });
          out.shifts_begin = static_cast<std::uint32_t>(shifts_.size());
          if (const auto* trait = std::get_if<TraitId>(&exit.probability)) {
            out.trait = static_cast<std::int32_t>(trait->index());
            const auto shifts = parameters.shifts(Parameter::probability, along);
            shifts_.insert(shifts_.end(), shifts.begin(), shifts.end());
            if (traffic < 1.0) shifts_.push_back({Operation::multiply, traffic, 1.0});
          } else if (const auto* probability = std::get_if<double>(&exit.probability)) {
            out.probability = narrow(traffic * parameters.value(Parameter::probability, *probability, along));
          } else if (exit.on != Trigger::none) {
            out.probability = narrow(parameters.value(Parameter::probability, 1.0, along));
          } else {
            double odds = traffic * parameters.value(Parameter::odds, exit.odds.value_or(1.0), along);
            if (market && odds > 0.0) odds *= std::exp(market_exponent(exit) - reference);
            // Beyond 1e9 the weights could overflow (see behaviour::weigh).
            out.odds = narrow(std::min(1e9, odds * persona_factor(parts, parts.personas[p], v, exit)));
            for (const StateSlope& on : state_slopes) out.slopes.*on.state = narrow(exit.slopes.*on.slope);
          }
          out.shifts_end = static_cast<std::uint32_t>(shifts_.size());
          exits_.push_back(out);
        };
        const auto compile_exits = [&](Trigger on) {
          for (std::size_t e = 0; e < touchpoint.next.size(); ++e) {
            if (touchpoint.next[e].on == on) compile_exit(e);
          }
          return static_cast<std::uint32_t>(exits_.size());
        };
        row.exits_end = compile_exits(Trigger::none);
        row.heard_end = compile_exits(Trigger::heard);
        row.gave_up_end = compile_exits(Trigger::gave_up);
        row.turned_away_end = compile_exits(Trigger::turned_away);
        most_exits_ = std::max(most_exits_, std::size_t{row.exits_end - row.exits_begin});
        row.race = places_[v].race;
        if (!row.race) compile_choice(row);
        pays = pays || row.revenue != 0.0 || row.cost != 0.0 || row.price != 0.0;
        rows_.push_back(row);
      }
      paying_.push_back(pays ? static_cast<std::int32_t>(paying_places_.size()) : -1);
      if (pays) paying_places_.push_back({static_cast<std::uint32_t>(p), static_cast<std::uint32_t>(v)});
    }
  }
}

void Program::compile_choice(VisitRow& row) {
  const std::span<ExitRow> exits(exits_.data() + row.exits_begin, exits_.data() + row.exits_end);
  const auto others = std::stable_partition(exits.begin(), exits.end(), [](const ExitRow& exit) { return exit.to_end; });
  row.ends = static_cast<std::uint32_t>(others - exits.begin());
  float fixed = 0.0f;
  bool by_odds = false;
  for (const ExitRow& exit : exits) {
    row.trait_bound = row.trait_bound || exit.trait >= 0;
    by_odds = by_odds || exit.odds > 0.0f;
    fixed += exit.probability;
  }
  row.shares = behaviour::share_out(fixed, by_odds);
  row.by_odds = by_odds;
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
        const Parameters parameters(changes_, regimes_.fractions[regime_of_state_[s]], touching);
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
  const bool queues = std::any_of(places_.begin(), places_.end(), [](const Place& place) { return place.queues; });
  shadows_ = queues ? std::max(0.0, model_.people_per_customer() - 1.0) : 0.0;
  // A market of less than one customer is still one customer's.
  if (queues) {
    copies_ = MarketCopies(std::min(1.0 / model_.people_per_customer(), static_cast<double>(parts.settings.customers)));
  }
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
      const double value = Parameters(changes_, regimes_.fractions[r]).value(Parameter::handle_time, handling, here);
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
    const std::vector<Shift> shifts = Parameters(changes_, regimes_.fractions[r]).shifts(Parameter::servers, applies);
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
