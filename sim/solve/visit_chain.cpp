#include "visit_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/solve/closed_form.hpp"

namespace sojourn {
namespace {

/// Reads the exits of one persona and notes what has no closed form.
class Reader {
 public:
  Reader(const Program& program, std::uint32_t persona)
      : program_(program), parts_(program.model().parts()), persona_(persona), first_(first_exits(parts_)) {}

  /// The ways out of `touchpoint` in `regime`, with obstacles told to `note`.
  template <class Note>
  Departure departure(std::size_t regime, std::size_t touchpoint, Note note) const {
    const auto v = static_cast<std::uint32_t>(touchpoint);
    const VisitRow& row = program_.row(regime, persona_, v);
    const std::span<const ExitRow> exits = program_.exits(row);
    Departure result;
    result.race = program_.place(v).race;
    std::vector<double> weights(exits.size(), 0.0);
    double fixed = 0.0, odds = 0.0;
    std::vector<std::size_t> order(exits.size());  // of the file: rows may have another
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return exits[a].exit < exits[b].exit; });
    const auto differing = differing_slopes(exits);
    for (const std::size_t j : order) {
      const ExitRow& exit = exits[j];
      if (exit.odds > 0.0f) {
        weights[j] = weight(row, v, exit, differing, note);
        odds += weights[j];
      } else if (!result.race) {
        weights[j] = exit.trait >= 0 ? trait(exit, touchpoint, note) : static_cast<double>(exit.probability);
        fixed += weights[j];
      }
    }
    if (!result.race) {
      // As Lives::choose has it: probabilities first, the odds split the rest, or it stays; a rest of rounding is none.
      const double rest = fixed > 1.0 - 1e-6 ? 0.0 : 1.0 - fixed;
      const double shrink = rest > 0.0 ? 1.0 : 1.0 / fixed;
      for (std::size_t j = 0; j < exits.size(); ++j) weights[j] *= exits[j].odds > 0.0f ? rest / odds : shrink;
      if (!(odds > 0.0)) result.stays = rest;
    } else if (!(odds > 0.0)) {
      result.stays = 1.0;
    }
    for (const std::size_t j : order) {
      if (!(weights[j] > 0.0)) continue;
      const ExitRow& exit = exits[j];
      const Exit& written = parts_.touchpoints[touchpoint].next[exit.exit - first_[touchpoint]];
      double stretch = exit.stretch;
      if (exit.scale >= 0) {
        const double own = trait_of_exit(exit, exit.scale, ".after", touchpoint, note);
        // A rate of 0 never comes, within any horizon.
        stretch *= exit.per ? 1.0 / std::max(own, 1e-15) : own;
      }
      if (exit.clock >= 0 || exit.demand >= 0) {
        const char* const key = exit.clock >= 0 ? ".clock" : written.only_if.any() ? ".only_if" : ".counters";
        Obstacle obstacle{Obstacle::Kind::carried, path(touchpoint, exit.exit) + key, parts_.touchpoints[touchpoint].id};
        obstacle.to = parts_.touchpoints[exit.to].id;
        note(obstacle);
      }
      result.ways.push_back({exit.exit, exit.to, result.race ? 1.0 : weights[j],
                             Delay(law_of(written), stretch, result.race ? weights[j] : 1.0)});
    }
    return result;
  }

  [[nodiscard]] std::string path(std::size_t touchpoint, std::size_t exit) const {
    return fmt::format("touchpoint.{}.next[{}]", parts_.touchpoints[touchpoint].id, exit - first_[touchpoint]);
  }

  /// Whether the exits of `touchpoint` are the same in both regimes.
  [[nodiscard]] bool same(std::size_t a, std::size_t b, std::size_t touchpoint) const {
    const auto v = static_cast<std::uint32_t>(touchpoint);
    if (&program_.row(a, persona_, v) == &program_.row(b, persona_, v)) return true;
    const auto ignore = [](const Obstacle&) {};
    const Departure x = departure(a, touchpoint, ignore), y = departure(b, touchpoint, ignore);
    if (x.ways.size() != y.ways.size() || x.stays != y.stays) return false;
    const auto xs = program_.exits(program_.row(a, persona_, v)), ys = program_.exits(program_.row(b, persona_, v));
    for (std::size_t j = 0; j < xs.size(); ++j) {
      if (xs[j].stretch != ys[j].stretch || xs[j].odds != ys[j].odds || xs[j].probability != ys[j].probability) return false;
    }
    for (std::size_t j = 0; j < x.ways.size(); ++j) {
      if (x.ways[j].exit != y.ways[j].exit || x.ways[j].share != y.ways[j].share) return false;
      // In a race the weight is in the delay: an effort that changes moves it where slopes on effort act.
      if (x.race && x.ways[j].delay.hazard(1.0) != y.ways[j].delay.hazard(1.0)) return false;
    }
    return true;
  }

 private:
  /// The value of a state that never moves for this persona, and the effort of visits by `row`.
  [[nodiscard]] std::optional<float> constant(float behaviour::ChoiceState::*state, const VisitRow& row,
                                              std::uint32_t v) const {
    const Program::Behaviour& settings = program_.behaviour();
    const auto own = [&](BuiltinTrait which) { return constant_trait(static_cast<std::size_t>(which)); };
    if (state == &behaviour::ChoiceState::heard) return 0.0f;  // nobody talks
    if (state == &behaviour::ChoiceState::satisfaction) {
      const bool moves = settings.memory.memory != 0.0f || program_.surveys().annoys();
      return moves ? std::nullopt : own(BuiltinTrait::satisfaction);
    }
    if (state == &behaviour::ChoiceState::expectation) {
      return settings.adapt == 0.0f && parts_.behaviour.promise_weight == 0.0 && settings.expectation_drift == 0.0
                 ? own(BuiltinTrait::expectation)
                 : std::nullopt;
    }
    if (state == &behaviour::ChoiceState::solved) {
      const bool never = row.solves_trait < 0 && row.solves <= 0.0f, always = row.solves_trait < 0 && row.solves >= 1.0f;
      return never || always ? std::optional(always ? 1.0f : 0.0f) : std::nullopt;
    }
    if (state != &behaviour::ChoiceState::effort) return std::nullopt;
    const std::int32_t team = program_.place(v).team;
    bool repeats = false;
    for (std::size_t from = 0; team >= 0 && from < parts_.teams.size(); ++from) {
      const auto other = static_cast<std::int32_t>(from);
      repeats = repeats || (other != team && program_.carry(row, other) < 1.0f);
    }
    if (repeats && settings.repeat_effort > 0.0f) return std::nullopt;
    return behaviour::exert(row.effort, 0.0f, 0.0f);
  }

  [[nodiscard]] std::optional<float> constant_trait(std::size_t which) const {
    const Inverse own(parts_.personas[persona_].traits[which]);
    if (!own.constant()) return std::nullopt;
    const Trait& range = parts_.traits[which];
    return static_cast<float>(numeric::clip(own.draw(0), range.low, range.high));
  }

  /// For each slope whether the exits with odds have different ones.
  using Differing = std::array<bool, state_slopes.size()>;
  [[nodiscard]] static Differing differing_slopes(std::span<const ExitRow> exits) {
    Differing result{};
    const ExitRow* first = nullptr;
    for (const ExitRow& exit : exits) {
      if (!(exit.odds > 0.0f)) continue;
      if (first == nullptr) first = &exit;
      for (std::size_t s = 0; s < state_slopes.size(); ++s) {
        const auto on = state_slopes[s].state;
        result[s] = result[s] || exit.slopes.*on != first->slopes.*on;
      }
    }
    return result;
  }

  /// Odds bent by slopes on what is constant. A slope that all exits with odds share cancels in a choice; one on a constant
  /// delay moves nothing in a race.
  template <class Note>
  double weight(const VisitRow& row, std::uint32_t v, const ExitRow& exit, const Differing& differing, Note note) const {
    const bool race = program_.place(v).race;
    behaviour::ChoiceState mood{};
    mood.satisfaction = mood.expectation = mood.effort = 0.5f;
    for (std::size_t s = 0; s < state_slopes.size(); ++s) {
      const StateSlope& on = state_slopes[s];
      const float slope = exit.slopes.*on.state;
      if (slope == 0.0f && race) continue;
      if (!(race ? !program_.delay(exit.delay).constant() : differing[s])) continue;
      if (const auto value = constant(on.state, row, v)) {
        mood.*on.state = *value;
      } else if (slope != 0.0f) {
        Obstacle obstacle{Obstacle::Kind::slope, fmt::format("{}.{}", path(v, exit.exit), on.key), parts_.touchpoints[v].id};
        obstacle.to = parts_.touchpoints[exit.to].id;
        obstacle.follows = on.key;
        obstacle.value = static_cast<double>(slope);
        note(obstacle);
      }
    }
    const double times = exit.times >= 0 ? trait_of_exit(exit, exit.times, ".times", v, note) : 1.0;
    const float exponent = behaviour::utility(exit.slopes, mood) + behaviour::further_utility(exit.slopes, mood);
    return times * static_cast<double>(behaviour::weigh(exit.odds, exponent));
  }

  /// The trait of which `exit` makes use by its key; where it varies that is noted, and some number stands for it.
  template <class Note>
  double trait_of_exit(const ExitRow& exit, std::int32_t trait, const char* key, std::size_t touchpoint, Note note) const {
    const auto which = static_cast<std::size_t>(trait);
    if (const auto value = constant_trait(which)) return numeric::clip(static_cast<double>(*value), 0.0, 1e9);
    Obstacle obstacle{Obstacle::Kind::varying_trait, path(touchpoint, exit.exit) + key, parts_.touchpoints[touchpoint].id};
    obstacle.follows = parts_.traits[which].name;
    obstacle.persona = parts_.personas[persona_].id;
    note(obstacle);
    return 0.5;
  }

  template <class Note>
  double trait(const ExitRow& exit, std::size_t touchpoint, Note note) const {
    const double own = numeric::clip(trait_of_exit(exit, exit.trait, ".probability", touchpoint, note), 0.0, 1.0);
    const auto shifts = program_.shifts(exit);
    return shifts.empty() ? own : combine(Parameter::probability, own, shifts);
  }

  const Program& program_;
  const ModelParts& parts_;
  std::uint32_t persona_;
  std::vector<std::size_t> first_;
};

Obstacle obstacle_of(CoupledBy by) {
  using Kind = Obstacle::Kind;
  switch (by) {
    case CoupledBy::word_of_mouth:
      return {Kind::word_of_mouth, "[word_of_mouth]", {}};
    case CoupledBy::reviews:
      return {Kind::reviews, "[reviews]", {}};
    case CoupledBy::queues:
      return {Kind::queues, "servers", {}};
    case CoupledBy::accounts:
      return {Kind::accounts, "[accounts]", {}};
    case CoupledBy::rules:
      return {Kind::rules, "[[rule]]", {}};
  }
  return {};
}

/// The changes that begin, end or ramp within the horizon and move what decides the exits of `touchpoint`.
std::vector<Obstacle> changes_at(const Program& program, std::uint32_t persona, std::size_t touchpoint) {
  const ModelParts& parts = program.model().parts();
  std::vector<Obstacle> found;
  for (const PlannedChange& planned : changes_under(parts, program.model().plan())) {
    const Change* const change = planned.change;
    const auto at = [&](TouchpointId place) { return matches(parts, change->target, place, PersonaId(persona)); };
    const auto has = [&](std::initializer_list<Parameter> among) {
      return std::any_of(change->effects.begin(), change->effects.end(), [&](const Effect& effect) {
        return std::find(among.begin(), among.end(), effect.parameter) != among.end();
      });
    };
    const std::vector<Exit>& ways = parts.touchpoints[touchpoint].next;
    const bool here = at(TouchpointId(touchpoint)) && has({Parameter::odds, Parameter::probability, Parameter::delay,
                                                           Parameter::effort, Parameter::carry, Parameter::price});
    const bool beyond = has({Parameter::price, Parameter::traffic}) &&
                        std::any_of(ways.begin(), ways.end(), [&](const Exit& exit) { return at(exit.to); });
    if (!here && !beyond && !has({Parameter::attraction})) continue;
    const double start = change->start.value(), horizon = program.horizon();
    const bool moves = (start > 0.0 && start < horizon) || (change->end && change->end->value() < horizon) ||
                       change->ramp.shape != RampShape::none || change->fade || change->recurrence.any();
    if (!moves) continue;
    const bool event = change >= parts.events.data() && change < parts.events.data() + parts.events.size();
    Obstacle obstacle{Obstacle::Kind::change_on_the_way, (event ? "event." : "improvement.") + change->id,
                      parts.touchpoints[touchpoint].id};
    if (start > 0.0) obstacle.start = start;
    if (change->end && change->end->value() < horizon) obstacle.end = change->end->value();
    obstacle.ramp = change->ramp.shape != RampShape::none;
    found.push_back(std::move(obstacle));
  }
  return found;
}

}  // namespace

std::vector<std::size_t> first_exits(const ModelParts& parts) {
  std::vector<std::size_t> first{0};
  for (const Touchpoint& touchpoint : parts.touchpoints) first.push_back(first.back() + touchpoint.next.size());
  return first;
}

bool surveys_cost(const ModelParts& parts) {
  return std::any_of(parts.surveys.begin(), parts.surveys.end(), [](const Survey& survey) { return survey.cost != 0.0; });
}

std::vector<Obstacle> mechanisms_in_use(const ModelParts& parts) {
  using Kind = Obstacle::Kind;
  std::vector<Obstacle> result;
  for (const CoupledBy by : couplings(parts)) result.push_back(obstacle_of(by));
  if (std::any_of(parts.surveys.begin(), parts.surveys.end(), [](const Survey& s) { return s.closed_loop.has_value(); }))
    result.push_back({Kind::closed_loop, "[[survey]]", {}});
  return result;
}

ReadChain read_chain(const Program& program, std::uint32_t persona) {
  const ModelParts& parts = program.model().parts();
  const Reader reader(program, persona);
  ReadChain result;
  std::set<std::tuple<Obstacle::Kind, std::string, std::string>> noted;
  const auto note = [&](const Obstacle& obstacle) {
    if (noted.emplace(obstacle.kind, obstacle.place, obstacle.touchpoint).second) result.obstacles.push_back(obstacle);
  };
  VisitChain& chain = result.chain;
  chain.departures.resize(parts.touchpoints.size());
  std::vector<bool> read(parts.touchpoints.size(), false);
  // Breadth first, so that obstacles come in the order of the journey.
  std::vector<std::array<std::optional<std::size_t>, 3>> known(parts.touchpoints.size());
  std::deque<std::size_t> open;
  const auto arrive = [&](std::size_t touchpoint, bool bought) {
    const Purchase purchase = bought                                                           ? Purchase::after
                              : program.place(static_cast<std::uint32_t>(touchpoint)).purchase ? Purchase::now
                                                                                               : Purchase::before;
    auto& place = known[touchpoint][static_cast<std::size_t>(purchase)];
    if (!place) {
      place = chain.states.size();
      chain.states.push_back({touchpoint, purchase});
      open.push_back(*place);
    }
    return *place;
  };
  for (const auto& [touchpoint, share] : parts.personas[persona].starts) {
    if (share > 0.0) chain.starts.emplace_back(arrive(touchpoint.index(), parts.personas[persona].existing()), share);
  }
  for (; !open.empty(); open.pop_front()) {
    const std::size_t at = open.front();
    const ChainState state = chain.states[at];
    const std::size_t v = state.touchpoint;
    if (program.place(static_cast<std::uint32_t>(v)).end) continue;
    Departure& departure = chain.departures[v];
    if (!read[v]) {
      read[v] = true;
      departure = reader.departure(0, v, note);
      for (std::size_t r = 1; r < program.regime_begins().size(); ++r) {
        if (program.regime_begins()[r] >= program.horizon() || reader.same(0, r, v)) continue;
        const auto causes = changes_at(program, persona, v);
        for (const Obstacle& cause : causes) note(cause);
        const std::string& id = parts.touchpoints[v].id;
        if (causes.empty()) note({Obstacle::Kind::exits_on_the_way, "touchpoint." + id, id});
        break;
      }
    }
    for (std::size_t way = 0; way < departure.ways.size(); ++way) {
      const std::size_t to = arrive(departure.ways[way].to, state.purchase != Purchase::before);
      chain.steps.push_back({at, to, way});
    }
  }
  // Those until the purchase first: their part of the chain can be solved alone.
  std::vector<std::size_t> order, position(chain.states.size());
  for (const bool after : {false, true}) {
    for (std::size_t i = 0; i < chain.states.size(); ++i) {
      if ((chain.states[i].purchase == Purchase::after) != after) continue;
      position[i] = order.size();
      order.push_back(i);
      if (!after) ++chain.until_purchase;
    }
  }
  std::vector<ChainState> states;
  for (const std::size_t i : order) states.push_back(chain.states[i]);
  chain.states = std::move(states);
  for (auto& [state, share] : chain.starts) state = position[state];
  for (ChainStep& step : chain.steps) step = {position[step.from], position[step.to], step.way};
  return result;
}

bool money_changes(const Program& program, std::uint32_t persona, const VisitChain& chain) {
  for (const ChainState& state : chain.states) {
    const auto v = static_cast<std::uint32_t>(state.touchpoint);
    const VisitRow& first = program.row(0, persona, v);
    const Flow first_flow = program.flow(0, persona, v);
    for (std::size_t r = 1; r < program.regime_begins().size(); ++r) {
      const VisitRow& row = program.row(r, persona, v);
      if (row.revenue != first.revenue || row.cost != first.cost || row.price != first.price) return true;
      if (row.revenue_times != first.revenue_times || row.cost_times != first.cost_times) return true;
      const Flow flow = program.flow(r, persona, v);
      if (flow.revenue != first_flow.revenue || flow.cost != first_flow.cost) return true;
    }
  }
  return false;
}

}  // namespace sojourn
