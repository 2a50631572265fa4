// What a persona meets at a touchpoint, in each state of the changes: rows, and their exits.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <variant>

#include "parameters_in_regime.hpp"
#include "sojourn/engine/program.hpp"
#include "sojourn/model/content.hpp"

namespace sojourn {
namespace {

float narrow(double x) { return static_cast<float>(x); }

/// The places in `changes` of those that touch the persona at the touchpoint or where its exits lead: what they do to the
/// price there, or to who comes there at all.
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

/// Numbers of the first exit of each touchpoint.
std::vector<std::uint32_t> first_exits(const ModelParts& parts) {
  std::vector<std::uint32_t> first;
  std::uint32_t count = 0;
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    first.push_back(count);
    count += static_cast<std::uint32_t>(touchpoint.next.size());
  }
  return first;
}

}  // namespace

/// The rows of one persona at one touchpoint.
class Program::RowCompiler {
 public:
  /// `priced`: places in `changes_` of improvements that may be paid by the visit. `first_exit`: the number of the first
  /// exit here.
  RowCompiler(Program& program, PersonaId persona, TouchpointId here, const std::vector<std::uint32_t>& priced,
              std::uint32_t first_exit)
      : program_(program),
        parts_(program.model_.parts()),
        persona_(persona),
        here_(here),
        touchpoint_(parts_.touchpoints[here.index()]),
        priced_(priced),
        first_exit_(first_exit),
        touching_(changes_at_and_beyond(parts_, program.changes_, persona, here)),
        fits_(content_fit(parts_.personas[persona.index()], touchpoint_)) {
    for (const Exit& exit : touchpoint_.next) {
      outside_ = outside_ || exit.bends_outside();
      market_ = market_ || exit.bends_outside() || exit.slopes.price != 0.0;
    }
  }

  /// What a row of regime `r` depends on: regimes in which the changes that touch this persona here stand alike share it.
  [[nodiscard]] std::vector<double> key(std::size_t r) const {
    std::vector<double> key;
    for (const std::uint32_t c : touching_) {
      key.push_back(program_.regimes_.fractions[r][c]);
      key.push_back(program_.regimes_.on[r][c] ? 1.0 : 0.0);
    }
    if (outside_) key.insert(key.end(), program_.outside_[r].begin(), program_.outside_[r].end());
    return key;
  }
  /// Adds the row of regime `r`, with its exits.
  const VisitRow& add(std::size_t r) {
    const ParametersInRegime parameters(program_.changes_, program_.regimes_.fractions[r], touching_);
    VisitRow row;
    add_visit(row, parameters);
    add_promise(row, parameters);
    add_solving(row, parameters);
    if (touchpoint_.shows_content()) {
      row.personalisation = narrow(value(parameters, Parameter::personalisation, touchpoint_.personalisation));
      row.standard_fit = narrow(fits_.standard);
      row.best_fit = narrow(fits_.best);
      row.best_variant = fits_.variant;
    }
    row.price = price_of_improvements(r);
    add_carries(row, parameters);
    add_exits(row, parameters, r);
    row.race = program_.places_[here_.index()].race;
    if (!row.race) program_.compile_choice(row);
    return program_.rows_.emplace_back(row);
  }

 private:
  /// Whether a target takes in visits of the persona here.
  [[nodiscard]] auto here() const {
    return [this](const Target& target) { return matches(parts_, target, here_, persona_); };
  }
  /// The same of exit `e`.
  [[nodiscard]] auto along(std::size_t e) const {
    return [this, e](const Target& target) { return matches_exit(parts_, target, here_, e, persona_); };
  }
  [[nodiscard]] double value(const ParametersInRegime& parameters, Parameter parameter, double x0) const {
    return parameters.value(parameter, x0, here());
  }
  /// Adds to the shifts of the program.
  void keep(const std::vector<Shift>& shifts) {
    program_.shifts_.insert(program_.shifts_.end(), shifts.begin(), shifts.end());
  }
  [[nodiscard]] std::uint32_t shifts() const { return static_cast<std::uint32_t>(program_.shifts_.size()); }

  /// What is delivered, and what it pays.
  void add_visit(VisitRow& row, const ParametersInRegime& parameters) const {
    row.quality = narrow(value(parameters, Parameter::quality, touchpoint_.quality_mean));
    row.quality_sd = narrow(value(parameters, Parameter::quality_sd, touchpoint_.quality_sd));
    row.effort = narrow(value(parameters, Parameter::effort, touchpoint_.effort));
    row.weight = narrow(value(parameters, Parameter::weight, touchpoint_.weight));
    row.revenue = value(parameters, Parameter::revenue, touchpoint_.revenue);
    if (touchpoint_.price) row.revenue += value(parameters, Parameter::price, *touchpoint_.price);
    row.cost = value(parameters, Parameter::cost, touchpoint_.cost);
    // Money has no limits, so that what changes make of an amount is a straight line.
    if (touchpoint_.drawn_revenue) row.revenue_times = value(parameters, Parameter::revenue, 1.0) - row.revenue;
    if (touchpoint_.drawn_cost) row.cost_times = value(parameters, Parameter::cost, 1.0) - row.cost;
  }
  void add_promise(VisitRow& row, const ParametersInRegime& parameters) const {
    if (touchpoint_.promise) {
      row.promise = narrow(value(parameters, Parameter::promise, *touchpoint_.promise));
      row.promise_weight = narrow(parts_.behaviour.promise_weight);
      return;
    }
    // Where the file promises nothing, only setting a promise means something.
    for (const Shift& shift : parameters.shifts(Parameter::promise, here())) {
      if (shift.operation != Operation::set) continue;
      row.promise = narrow(shifted(Parameter::promise, 0.0, {Operation::set, shift.value, 1.0}));
      row.promise_weight = narrow(parts_.behaviour.promise_weight * shift.fraction);
    }
  }
  void add_solving(VisitRow& row, const ParametersInRegime& parameters) {
    if (const auto* trait = std::get_if<TraitId>(&touchpoint_.solves)) {
      row.solves_trait = static_cast<std::int32_t>(trait->index());
      row.solves_shifts_begin = shifts();
      keep(parameters.shifts(Parameter::solves, here()));
      row.solves_shifts_end = shifts();
    } else if (const auto* chance = std::get_if<double>(&touchpoint_.solves)) {
      row.solves = narrow(value(parameters, Parameter::solves, *chance));
    }
  }
  /// A price per visit is paid where the whole target matches: with `exit_to`, only at touchpoints with such an exit.
  [[nodiscard]] bool is_priced(const Target& target) const {
    if (!matches(parts_, target, here_, persona_)) return false;
    for (std::size_t e = 0; e < touchpoint_.next.size(); ++e) {
      if (matches_exit(parts_, target, here_, e, persona_)) return true;
    }
    return target.exit_to.empty();
  }
  [[nodiscard]] double price_of_improvements(std::size_t r) const {
    double price = 0.0;
    for (const std::uint32_t c : priced_) {
      const PlannedChange& change = program_.changes_[c];
      if (!program_.regimes_.on[r][c] || !is_priced(change->target)) continue;
      price += change.level * parts_.improvements[change.improvement.index()].price.per_visit;
    }
    return price;
  }
  void add_carries(VisitRow& row, const ParametersInRegime& parameters) {
    row.carry = static_cast<std::uint32_t>(program_.carries_.size());
    for (std::size_t from = 0; from < parts_.teams.size(); ++from) {
      double carry = 1.0;
      for (const Handover& handover : parts_.handovers) {
        if (handover.from.index() == from && handover.to == touchpoint_.team) carry = handover.carry;
      }
      const bool handed_over = touchpoint_.team.valid() && touchpoint_.team.index() != from;
      program_.carries_.push_back(narrow(handed_over ? value(parameters, Parameter::carry, carry) : carry));
    }
  }

  /// What prices and what is outside add to the exponent of an exit's weight: the same for everybody here.
  [[nodiscard]] double market_exponent(const Exit& exit, const ParametersInRegime& parameters, std::size_t r) const {
    const std::vector<double>& outside = program_.outside_[r];
    double exponent = exit.slopes.outside * (outside.front() - 0.5);
    for (const auto& [rival, slope] : exit.rivals) exponent += slope * (outside[1 + rival.index()] - 0.5);
    const TouchpointId at = priced_touchpoint(parts_, here_, exit);
    if (exit.slopes.price == 0.0 || !at.valid()) return exponent;
    const auto there = [&](const Target& target) { return matches(parts_, target, at, persona_); };
    return exponent + exit.slopes.price * parameters.value(Parameter::price, *parts_.touchpoints[at.index()].price, there);
  }
  /// What is taken off these exponents. In a choice only differences count: the largest is taken as 0, so that high prices
  /// leave no range.
  [[nodiscard]] double reference_exponent(const ParametersInRegime& parameters, std::size_t r) const {
    if (!market_ || program_.places_[here_.index()].race) return 0.0;
    double reference = -std::numeric_limits<double>::infinity();
    for (std::size_t e = 0; e < touchpoint_.next.size(); ++e) {
      const Exit& exit = touchpoint_.next[e];
      if (exit.on == Trigger::none && exit.odds && parameters.value(Parameter::odds, *exit.odds, along(e)) > 0.0)
        reference = std::max(reference, market_exponent(exit, parameters, r));
    }
    return reference;
  }

  void add_exits(VisitRow& row, const ParametersInRegime& parameters, std::size_t r) {
    const double reference = reference_exponent(parameters, r);
    std::vector<ExitRow>& exits = program_.exits_;
    const auto add = [&](Trigger on) {
      for (std::size_t e = 0; e < touchpoint_.next.size(); ++e) {
        if (touchpoint_.next[e].on != on) continue;
        const ExitRow exit = exit_row(e, parameters, r, reference);
        row.conditional =
            row.conditional || exit.times >= 0 || (exit.demand >= 0 && program_.carried_.demand(exit.demand).conditional());
        exits.push_back(exit);
      }
      return static_cast<std::uint32_t>(exits.size());
    };
    row.exits_begin = static_cast<std::uint32_t>(exits.size());
    row.exits_end = add(Trigger::none);
    row.heard_end = add(Trigger::heard);
    row.gave_up_end = add(Trigger::gave_up);
    row.turned_away_end = add(Trigger::turned_away);
    program_.most_exits_ = std::max(program_.most_exits_, std::size_t{row.exits_end - row.exits_begin});
  }
  [[nodiscard]] ExitRow exit_row(std::size_t e, const ParametersInRegime& parameters, std::size_t r, double reference) {
    const Exit& exit = touchpoint_.next[e];
    const CarriedRules& carried = program_.carried_;
    ExitRow out;
    out.to = static_cast<std::uint32_t>(exit.to.index());
    out.exit = first_exit_ + static_cast<std::uint32_t>(e);
    out.delay = out.exit;
    out.to_end = parts_.touchpoints[out.to].end.has_value();
    out.stretch = parameters.value(Parameter::delay, 1.0, along(e));
    if (exit.scale) {
      out.scale = static_cast<std::int32_t>(exit.scale->trait.index());
      out.per = exit.scale->rate;
    }
    if (exit.times) out.times = static_cast<std::int32_t>(exit.times->index());
    out.clock = carried.clock_of(out.exit);
    out.anniversary = carried.anniversary_of(out.exit);
    out.demand = carried.demand_of(out.exit);
    if (out.anniversary >= 0) out.stretch = 1.0;  // an anniversary is a date
    out.shifts_begin = shifts();
    add_weight(out, e, parameters, r, reference);
    out.shifts_end = shifts();
    return out;
  }
  /// A probability, or odds and what bends them.
  void add_weight(ExitRow& out, std::size_t e, const ParametersInRegime& parameters, std::size_t r, double reference) {
    const Exit& exit = touchpoint_.next[e];
    // Of those who would come by this exit, the share that does.
    const double traffic = parameters.value(
        Parameter::traffic, 1.0, [&](const Target& target) { return matches(parts_, target, exit.to, persona_); });
    if (const auto* trait = std::get_if<TraitId>(&exit.probability)) {
      out.trait = static_cast<std::int32_t>(trait->index());
      keep(parameters.shifts(Parameter::probability, along(e)));
      if (traffic < 1.0) program_.shifts_.push_back({Operation::multiply, traffic, 1.0});
    } else if (const auto* probability = std::get_if<double>(&exit.probability)) {
      out.probability = narrow(traffic * parameters.value(Parameter::probability, *probability, along(e)));
    } else if (exit.on != Trigger::none) {
      out.probability = narrow(parameters.value(Parameter::probability, 1.0, along(e)));
    } else {
      double odds = traffic * parameters.value(Parameter::odds, exit.odds.value_or(1.0), along(e));
      if (market_ && odds > 0.0) odds *= std::exp(market_exponent(exit, parameters, r) - reference);
      // Beyond 1e9 the weights could overflow (see behaviour::weigh).
      out.odds = narrow(std::min(1e9, odds * persona_factor(parts_, parts_.personas[persona_.index()], here_, exit.to)));
      for (const StateSlope& on : state_slopes) out.slopes.*on.state = narrow(exit.slopes.*on.slope);
    }
  }

  Program& program_;
  const ModelParts& parts_;
  PersonaId persona_;
  TouchpointId here_;
  const Touchpoint& touchpoint_;
  const std::vector<std::uint32_t>& priced_;
  std::uint32_t first_exit_;
  std::vector<std::uint32_t> touching_;  // places in Program::changes_
  ContentFit fits_;
  bool outside_ = false, market_ = false;  // exits bend on what is outside; on that or on prices
};

/// Places in `changes_` of improvements that may be paid by the visit: those of the plan in its order, then those that only
/// its rules know.
std::vector<std::uint32_t> Program::priced_changes() const {
  const ModelParts& parts = model_.parts();
  std::vector<ImprovementId> priced = parts.plans[model_.plan().index()].improvements;
  for (const PlannedChange& change : changes_) {
    if (change.driven && std::find(priced.begin(), priced.end(), change.improvement) == priced.end())
      priced.push_back(change.improvement);
  }
  std::vector<std::uint32_t> places;
  for (const ImprovementId improvement : priced) {
    const Change* const bought = &parts.improvements[improvement.index()].change;
    const auto place =
        std::find_if(changes_.begin(), changes_.end(), [&](const PlannedChange& change) { return change.change == bought; });
    places.push_back(static_cast<std::uint32_t>(place - changes_.begin()));
  }
  return places;
}

void Program::compile_rows() {
  const std::vector<std::uint32_t> priced = priced_changes(), first_exit = first_exits(model_.parts());
  std::map<std::vector<double>, std::uint32_t> known;
  row_of_.resize(states() * personas_ * touchpoints_);
  for (std::size_t p = 0; p < personas_; ++p) {
    for (std::size_t v = 0; v < touchpoints_; ++v) {
      RowCompiler compiler(*this, PersonaId(p), TouchpointId(v), priced, first_exit[v]);
      bool pays = money_may_switch(PersonaId(p), TouchpointId(v), false);
      known.clear();
      for (std::size_t s = 0; s < states(); ++s) {
        const std::size_t r = regime_of_state_[s];
        const auto [place, fresh] = known.try_emplace(compiler.key(r), static_cast<std::uint32_t>(rows_.size()));
        row_of_[(s * personas_ + p) * touchpoints_ + v] = place->second;
        if (!fresh) continue;
        const VisitRow& row = compiler.add(r);
        pays = pays || row.revenue != 0.0 || row.cost != 0.0 || row.price != 0.0;
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

}  // namespace sojourn
