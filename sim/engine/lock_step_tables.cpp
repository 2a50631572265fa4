#include "lock_step_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "customer_store.hpp"
#include "sojourn/engine/exits.hpp"
#include "sojourn/population/accounts.hpp"

namespace sojourn::lock_step {
namespace {

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
    case Inverse::Family::beta:
    case Inverse::Family::gamma:
    case Inverse::Family::gompertz:
    case Inverse::Family::tabulated:
      break;
  }
  return Family::constant;
}

/// How many regimes begin in one cell of time, at most; a little beyond its ends, so that rounding leads to no later one.
std::int32_t most_regimes_of_a_cell(const Program& program) {
  const std::vector<double>& begins = program.regime_begins();
  const auto& of_cell = program.regime_of_cell();
  std::size_t most = 0;
  for (std::size_t cell = 0; cell < of_cell.size(); ++cell) {
    const double end = static_cast<double>(cell + 1) / program.cells_per_day() + 1e-9;
    const auto beyond = cell + 1 < of_cell.size() ? std::upper_bound(begins.begin(), begins.end(), end) : begins.end();
    most = std::max(most, static_cast<std::size_t>(beyond - begins.begin()) - 1 - of_cell[cell]);
  }
  return narrow(most);
}

}  // namespace

Compiled::Compiled(const Program& program, const Population& population, const TallyShape& shape)
    : program_(&program), population_(&population) {
  const ModelParts& parts = program.model().parts();
  const Program::Behaviour& behaviour = program.behaviour();
  tables_.owner = this;
  tables_.tame = true;
  tables_.personas = narrow(shape.personas);
  tables_.touchpoints = narrow(shape.touchpoints);
  tables_.places = tables_.personas * tables_.touchpoints;
  tables_.exit_count = narrow(shape.exits);
  tables_.windows = narrow(shape.windows);
  tables_.due_in_turns = tables_.windows > not_due ? 1 : 0;
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
  tables_.carried_width = narrow(program.carried_width());
  tables_.carries_rules = program.carried().width() > 0;
  tables_.asks_at_intervals = program.surveys().at_intervals();
  tables_.first_asked = narrow(program.carried().width() + program.surveys().place_of_next());
  for (const std::uint32_t survey : program.surveys().visit_surveys()) {
    const Question asks = program.surveys().asks(survey);
    tables_.visit_surveys[tables_.visit_survey_count++] = {narrow(survey), static_cast<std::int32_t>(asks),
                                                           scale_of(asks).first, scale_of(asks).last};
  }
  tables_.ask_after_visit = &Compiled::ask_after_visit;
  tables_.ask_while_staying = &Compiled::ask_while_staying;
  tables_.watches = program.watches() > 0;
  tables_.watch_visit = &Compiled::watch_visit;
  tables_.last_met = program.carried().last_met();
  tables_.tiers = program.carried().tiers() > 0;
  tables_.membership = &Compiled::membership;
  tables_.expectation_drift = behaviour.expectation_drift;
  tables_.carry_first = &Compiled::carry_first;
  tables_.carry_on = &Compiled::carry_on;
  tables_.pay_drawn = &Compiled::pay_drawn;
  tables_.solving_chance = &Compiled::solving_chance;
  const auto queues = [&](std::size_t touchpoint) {
    const bool waits = program.place(static_cast<std::uint32_t>(touchpoint)).queues;
    tables_.queues = tables_.queues || waits;
    return waits ? 1 : 0;
  };
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    is_end_.push_back(parts.touchpoints[v].end.has_value() ? 1 : 0);
    tables_.flows = tables_.flows || program.place(static_cast<std::uint32_t>(v)).flows;
    for (const sojourn::Exit& exit : parts.touchpoints[v].next) {
      const std::size_t to = exit.to.index();
      passages_.push_back({narrow(v), narrow(to), parts.touchpoints[to].end.has_value() ? 1 : 0, queues(to), 0});
    }
  }
  for (const Recovery& way : program.recoveries()) {
    passages_.push_back({narrow(way.from), narrow(way.to), 0, queues(way.to), 0});
    recoveries_.push_back({way.within, narrow(way.to)});
  }
  tables_.recoveries = recoveries_.empty() ? nullptr : recoveries_.data();
  tables_.file_exits = narrow(program.file_exits());
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) passages_.push_back({-1, narrow(v), is_end_[v], queues(v), 0});
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) passages_.push_back({narrow(v), narrow(v), 0, 0, 0});
  flow_kind_of_.push_back(0);
  for (std::uint32_t p = 0; p < shape.personas; ++p) {
    for (std::uint32_t v = 0; v < shape.touchpoints; ++v) flow_kind_of_.push_back(program.flow_kind(p, v));
  }
  for (const std::size_t regime : program.regime_of_cell()) regime_of_cell_.push_back(narrow(regime));
  regime_begins_ = program.regime_begins();
  regime_begins_.push_back(forever);
  tables_.regime_steps = most_regimes_of_a_cell(program);
  for (std::size_t regime = 0; regime < program.regime_begins().size(); ++regime) {
    state_of_.push_back(narrow(program.state(regime)));
    money_of_.push_back(narrow(program.money_stretch(regime)));
  }
  loss_aversion_of_ = constants(BuiltinTrait::loss_aversion);
  effort_aversion_of_ = constants(BuiltinTrait::effort_aversion);
  tables_.loss_aversion_of = loss_aversion_of_.empty() ? nullptr : loss_aversion_of_.data();
  tables_.effort_aversion_of = effort_aversion_of_.empty() ? nullptr : effort_aversion_of_.data();
  find_gates();
  compile_people();
  compile_rows();
  compile_hazards();
  compile_constant_choices();
  compile_paid();
  compile_place_scores();
  compile_still_scores();
  tables_.place_scores = place_scores_.data();
  tables_.paid_of = paid_of_.data();
  tables_.amount_place_of = amount_place_of_.empty() ? nullptr : amount_place_of_.data();
  tables_.piece_of = piece_of_.data();
  tables_.flow_pieces = flow_pieces_.data();
  tables_.last_piece_of = last_piece_of_.data();
  tables_.rows = rows_.data();
  tables_.row_of = row_of_.data();
  tables_.exits = exits_.data();
  tables_.carries = carries_.empty() ? nullptr : carries_.data();
  tables_.content = content_.empty() ? nullptr : content_.data();
  tables_.stretch = stretch_.empty() ? nullptr : stretch_.data();
  tables_.regime_begins = regime_begins_.data();
  tables_.regime_of_cell = regime_of_cell_.data();
  tables_.cells_per_day = program.cells_per_day();
  tables_.cells = narrow(regime_of_cell_.size());
  tables_.state_of = state_of_.data();
  tables_.money_of = money_of_.data();
  tables_.passages = passages_.data();
  tables_.passage_count = narrow(passages_.size());
  for (std::uint32_t p = 0; p < shape.personas; ++p) {
    for (const Passage& by : passages_) {
      const bool stays = by.from >= 0;
      ways_.push_back(packed_way(by, stays ? program.flow_kind(p, static_cast<std::uint32_t>(by.from)) : 0));
    }
  }
  tables_.ways = ways_.data();
  tables_.flow_kind_of = flow_kind_of_.data();
  tables_.is_end = is_end_.data();
}

/// Touchpoints at which the accounts of some segment, or of all, decide.
void Compiled::find_gates() {
  const ModelParts& parts = program_->model().parts();
  gate_.assign(parts.touchpoints.size(), 0);
  std::vector<std::size_t> segments(parts.touchpoints.size(), 0);
  for (const AccountSegment& segment : parts.account_segments) {
    for (const Gate& gate : segment.gates) {
      const std::size_t v = gate.touchpoint.index();
      gate_[v] = Coupling::gate | (++segments[v] == parts.account_segments.size() ? Coupling::gate_of_all : 0);
    }
  }
}

void Compiled::compile_people() {
  const auto& personas = program_->model().parts().personas;
  double share = 0.0;
  for (const Persona& persona : personas) {
    share += persona.share;
    cumulative_share_.push_back(share);
    arrives_.emplace_back(persona.arrives);
    tables_.most_starts = std::max(tables_.most_starts, narrow(persona.starts.size()));
  }
  for (const Persona& persona : personas) {
    double start = 0.0;
    const std::size_t begin = starts_.size();
    for (const auto& [touchpoint, weight] : persona.starts) {
      start += weight;
      starts_.push_back({start, narrow(touchpoint.index())});
    }
    starts_.resize(begin + static_cast<std::size_t>(tables_.most_starts), starts_.back());
  }
  for (const Persona& persona : personas) existing_.push_back(persona.existing() ? 1 : 0);
  const bool any = std::find(existing_.begin(), existing_.end(), 1) != existing_.end();
  tables_.existing = any ? existing_.data() : nullptr;
  tables_.draw_since = [](const Task& task, std::uint32_t customer, std::int32_t persona, double arrival) {
    const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
    return task.compiled->population_->since(streams, customer, static_cast<std::uint32_t>(persona), arrival);
  };
  tables_.cumulative_share = cumulative_share_.data();
  tables_.starts = starts_.data();
  tables_.arrives = quantity(-1);
  static constexpr std::array felt{BuiltinTrait::satisfaction, BuiltinTrait::expectation, BuiltinTrait::loss_aversion,
                                   BuiltinTrait::effort_aversion, BuiltinTrait::talkativeness};
  static_assert(felt.size() == drawn_traits);
  tables_.drawn_count = talkativeness_varies() ? drawn_traits : felt_traits;
  const auto drawn = static_cast<std::size_t>(tables_.drawn_count);
  for (std::size_t k = 0; k < drawn; ++k) {
    const Quantity& trait = tables_.drawn[k] = quantity(static_cast<std::int32_t>(felt[k]));
    if (trait.families != Family::constant) tables_.trait_words |= 1 << (trait.index / 4);
  }
  tables_.shared_weight = static_cast<float>(std::sqrt(population_->correlation()));
  tables_.own_weight = static_cast<float>(std::sqrt(1.0 - population_->correlation()));
  for (std::uint32_t p = 0; p < personas.size(); ++p) {
    std::uint8_t which = 0;
    for (std::size_t k = 0; k < drawn; ++k) {
      if (population_->mixed(p, static_cast<std::size_t>(felt[k]))) which |= static_cast<std::uint8_t>(1u << k);
    }
    mixed_.push_back(which);
  }
  const bool some = std::any_of(mixed_.begin(), mixed_.end(), [](std::uint8_t which) { return which != 0; });
  tables_.mixed = some ? mixed_.data() : nullptr;
  tables_.draw_trait = [](const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t which) {
    return trait_of(task, customer, persona, static_cast<std::size_t>(felt[static_cast<std::size_t>(which)]));
  };
  tables_.find_members = [](const Task& task, std::uint32_t first, std::int32_t count, std::int32_t* persona,
                            std::uint32_t* account) {
    const auto& accounts = *static_cast<const Accounts*>(task.accounts);
    std::uint32_t at = accounts.account_of(first);
    for (std::int32_t k = 0; k < count; ++k) {
      const std::uint32_t customer = first + static_cast<std::uint32_t>(k);
      if (customer == accounts.end(at)) ++at;
      persona[k] = static_cast<std::int32_t>(accounts.persona_of(customer));
      account[k] = at;
    }
  };
  tables_.draw_one = [](const void* owner, std::int32_t persona, std::int32_t index, std::uint32_t word) {
    const Compiled& self = *static_cast<const Compiled*>(owner);
    const auto p = static_cast<std::uint32_t>(persona);
    if (index < 0) return self.arrives_[p].draw(word);
    return static_cast<double>(self.population_->trait(p, static_cast<std::size_t>(index), word));
  };
  tables_.draw_own = [](const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t own) {
    return trait_of(task, customer, persona,
                    static_cast<std::size_t>(task.compiled->own_traits_[static_cast<std::size_t>(own)]));
  };
}

/// Whether people speak more or less by their own nature.
bool Compiled::talkativeness_varies() const {
  const ModelParts& parts = program_->model().parts();
  if (!parts.word_of_mouth) return false;
  const std::vector<float> of = constants(BuiltinTrait::talkativeness);
  return std::adjacent_find(of.begin(), of.end(), std::not_equal_to<>()) != of.end() || of.empty();
}

/// The trait at `index`, or arrival.
Quantity Compiled::quantity(std::int32_t index) {
  const ModelParts& parts = program_->model().parts();
  constexpr double limit = std::numeric_limits<float>::max();
  Quantity quantity{nullptr, 0, index, 0.0, 0.0};
  if (index >= 0) {
    const Trait& trait = parts.traits[static_cast<std::size_t>(index)];
    quantity.low = static_cast<float>(numeric::clip(trait.low, -limit, limit));
    quantity.high = static_cast<float>(numeric::clip(trait.high, -limit, limit));
  }
  std::vector<Draw>& draws = draws_.emplace_back();
  const double* any_table = nullptr;
  for (std::size_t p = 0; p < parts.personas.size(); ++p) {
    const Persona& persona = parts.personas[p];
    const Distribution& law = index < 0 ? persona.arrives : persona.traits[static_cast<std::size_t>(index)];
    const Inverse inverse(law);
    const Inverse::Formula formula = inverse.formula();
    std::int32_t drawn = formula.family == Inverse::Family::beta    ? std::int32_t{Family::beta}
                         : formula.family == Inverse::Family::gamma ? std::int32_t{Family::gamma}
                                                                    : family(formula.family);
    const std::int32_t vectorised = Family::uniform | Family::exponential | Family::by_score;
    if (!inverse.constant() && (drawn & vectorised) == 0) drawn = Family::one_by_one;
    const quantiles::Table& table = quantile_tables_.emplace_back(quantiles::table_of(law));
    if (table) any_table = table->data();
    draws.push_back({formula.a, formula.b, formula.sigma, drawn, table ? table->data() : nullptr});
    quantity.families |= drawn;
  }
  // A look at a wrong table is cheaper than to avoid it.
  for (Draw& draw : draws) draw.table = draw.table != nullptr ? draw.table : any_table;
  quantity.of = draws.data();
  return quantity;
}

/// The trait of each persona, where it is a constant of all of them; else nothing.
std::vector<float> Compiled::constants(BuiltinTrait trait) const {
  const auto index = static_cast<std::size_t>(trait);
  std::vector<float> values;
  for (const Persona& persona : program_->model().parts().personas) {
    if (!std::holds_alternative<Fixed>(persona.traits[index])) return {};
    values.push_back(population_->trait(static_cast<std::uint32_t>(values.size()), index, 0));
  }
  return values;
}

void Compiled::compile_rows() {
  const Program& program = *program_;
  const TallyShape& shape = tables_.shape;
  const std::size_t teams = program.model().parts().teams.size();
  std::map<const VisitRow*, std::int32_t> known;
  bool stretched = false, lost = false;
  for (std::size_t state = 0; state < program.states(); ++state) {
    for (std::uint32_t p = 0; p < shape.personas; ++p) {
      for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
        const VisitRow& row = program.row(program.regime_of_state(state), p, v);
        const auto [place, fresh] = known.try_emplace(&row, narrow(rows_.size()));
        // Rows of the first state are those of the places, in their order: see find_rows.
        row_of_.push_back(state == 0 ? narrow(rows_.size()) : place->second);
        if (!fresh && state > 0) continue;
        const Place& at = program.place(v);
        Row to{};
        to.quality = row.quality;
        to.quality_sd = row.quality_sd;
        to.effort = row.effort;
        to.weight = row.weight;
        to.promise = row.promise;
        to.promise_weight = row.promise_weight;
        to.facts = (at.purchase ? RowFlag::purchase : 0) | (at.away ? RowFlag::away : 0) | (at.end ? RowFlag::end : 0);
        to.team = at.team;
        to.carry = narrow(carries_.size());
        for (std::size_t from = 0; from < teams; ++from) {
          carries_.push_back(program.carry(row, static_cast<std::int32_t>(from)));
          lost = lost || (at.team >= 0 && carries_.back() < 1.0f);
        }
        to.coupling = gate_[v] | (at.reads_reviews ? Coupling::reads_reviews : 0);
        tables_.couples = tables_.couples || to.coupling != 0;
        to.solves = row.solves;
        to.solves_trait = row.solves_trait >= 0 ? 1 : 0;
        tables_.solving = tables_.solving || at.solves;
        to.surveys = program.surveys().covering(v) != 0 ? 1 : 0;
        to.watched = program.watched_by(v).empty() ? 0 : 1;
        to.flow_kind = program.flow_kind(p, v);
        compile_exits(to, row, p, v);
        for (const ExitRow& exit : program.exits(row)) {
          stretch_.push_back(exit.stretch);
          stretched = stretched || exit.stretch != 1.0;
        }
        if (program.exits(row).empty()) stretch_.push_back(1.0);
        rows_.push_back(to);
        compile_content(row, at.content);
        visit_rows_.push_back(&row);
      }
    }
  }
  for (Passage& passage : passages_) {
    const auto to = static_cast<std::uint32_t>(passage.to);
    for (std::size_t at = to; at < row_of_.size(); at += shape.touchpoints) {
      const auto exits = program.exits(*visit_rows_[static_cast<std::size_t>(row_of_[at])]);
      if (std::any_of(exits.begin(), exits.end(), [](const ExitRow& exit) { return exit.slopes.heard != 0.0f; }))
        passage.hears = 1;
    }
  }
  if (!stretched) stretch_.clear();
  if (!shows_content_) content_.clear();
  // The loop knows the last team met only where context may be lost.
  if (!lost && !program.carried().asks_for_team() && !program.switches_parameter(Parameter::carry)) carries_.clear();
}

void Compiled::compile_content(const VisitRow& row, bool shown) {
  ShownContent content{row.personalisation, {row.standard_fit, row.best_fit}, {}, 0};
  for (int k = 0; shown && k < 2; ++k) {
    content.scores[k][0] = content.fit[k] == row.best_fit ? 1 : 0;
    content.scores[k][1] = content.fit[k] < 0.5f ? 1 : 0;
    content.scores[k][2] = fixed_score(content.fit[k]);
  }
  const bool by_chance = row.personalisation > 0.0f && row.personalisation < 1.0f && row.standard_fit != row.best_fit;
  tables_.content_by_chance = tables_.content_by_chance || by_chance;
  shows_content_ = shows_content_ || shown;
  content_.push_back(content);
}

void Compiled::compile_hazards() {
  hazards_ = HazardTables(*program_, {row_of_, rows_, visit_rows_, exits_});
  tables_.hazards = hazards_.view();
  const auto places = static_cast<std::size_t>(tables_.places);
  for (std::size_t at = 0; at < row_of_.size(); ++at) {
    if (hazards_.change_at(at % places)) rows_[static_cast<std::size_t>(row_of_[at])].facts |= RowFlag::hazards_change;
  }
}

std::int32_t Compiled::own_trait(std::int32_t trait) {
  const auto known = std::find(own_traits_.begin(), own_traits_.end(), trait);
  if (known != own_traits_.end()) return static_cast<std::int32_t>(known - own_traits_.begin());
  if (own_traits_.size() == static_cast<std::size_t>(lock_step::own_traits)) return -1;
  own_traits_.push_back(trait);
  return tables_.own_count++;
}

void Compiled::compile_constant_choices() {
  tables_.constant_choice = !tables_.slopes && !tables_.trait_bound && tables_.most_exits <= 4;
  if (!tables_.constant_choice) return;
  for (Row& row : rows_) {
    // As exits.cpp sums them.
    float sum = 0.0f, total = 0.0f;
    for (const float odds : row.odds) sum += odds;
    const float split = sum > 0.0f ? row.rest / sum : 0.0f;
    for (int j = 0; j < 4; ++j) {
      total += row.odds[j] * split + row.probability[j];
      row.probability[j] = total;
    }
  }
}

void Compiled::compile_paid() {
  const Program& program = *program_;
  for (std::uint32_t p = 0; p < tables_.shape.personas; ++p) {
    for (std::uint32_t v = 0; v < tables_.shape.touchpoints; ++v) {
      const std::int32_t paying = program.paying(p, v);
      const std::size_t at = paying < 0 ? tables_.shape.paying_places : static_cast<std::size_t>(paying);
      paid_of_.push_back(narrow(at * tables_.shape.pieces));
      if (program.amounts().places() > 0) amount_place_of_.push_back(program.amounts().place(p, v));
    }
  }
  for (std::size_t w = 0; w < tables_.shape.windows; ++w) {
    const std::size_t regime = program.regime(program.windows().begin(w));
    piece_of_.push_back(narrow(program.piece(w, regime)) - narrow(program.money_stretch(regime)));
  }
  last_piece_of_.resize(tables_.shape.windows);
  for (const Piece& piece : program.pieces()) {
    last_piece_of_[piece.window] = narrow(flow_pieces_.size());
    flow_pieces_.push_back({piece.end, program.windows().begin(piece.window), piece.days, piece.discounted_days});
  }
  const bool changes = money_of_.back() != 0;
  tables_.counts_paid = tables_.shape.paying_places > 0 && changes;
  tables_.discounts_paid = tables_.shape.paying_places > 0 && !changes && program.force_of_interest() != 0.0;
  tables_.small_discount = program.discount().small();
}

void Compiled::compile_place_scores() {
  const auto places = static_cast<std::size_t>(tables_.places);
  tables_.effort_varies = !carries_.empty();
  for (std::size_t place = 0; place < places; ++place) {
    const Row& row = rows_[static_cast<std::size_t>(row_of_[place])];
    const bool appraised = (row.facts & RowFlag::end) == 0;
    const std::int32_t effort = fixed_score(behaviour::exert(row.effort, 0.0f, 0.0f));
    place_scores_.push_back({0, 0, appraised ? effort : 0, 0});
  }
  std::vector<bool> known(rows_.size());
  for (std::size_t at = 0; at < row_of_.size(); ++at) {
    const auto index = static_cast<std::size_t>(row_of_[at]);
    if (known[index]) continue;
    known[index] = true;
    const Row& row = rows_[index];
    const Row& first = rows_[static_cast<std::size_t>(row_of_[at % places])];
    tables_.effort_varies = tables_.effort_varies || row.effort != first.effort;
  }
}

void Compiled::compile_still_scores() {
  const auto& memory = program_->behaviour().memory;
  bool still = !program_->model().coupled() && tables_.last_met < 0 && program_->surveys().count() == 0 && !tables_.slopes &&
               carries_.empty() && content_.empty() && memory.memory == 0.0f && program_->behaviour().adapt == 0.0f;
  for (const BuiltinTrait trait :
       {BuiltinTrait::satisfaction, BuiltinTrait::expectation, BuiltinTrait::loss_aversion, BuiltinTrait::effort_aversion}) {
    still = still && !constants(trait).empty();
  }
  for (std::size_t at = 0; still && at < row_of_.size(); ++at) {
    const Row& row = rows_[static_cast<std::size_t>(row_of_[at])];
    const Row& first = rows_[static_cast<std::size_t>(row_of_[at % static_cast<std::size_t>(tables_.places)])];
    const VisitRow& visit = *visit_rows_[static_cast<std::size_t>(row_of_[at])];
    if ((row.facts & RowFlag::end) != 0) continue;  // nothing is appraised there
    still = (row.facts & RowFlag::one_by_one) == 0 && row.quality_sd == 0.0f && row.promise_weight == 0.0f &&
            row.quality == first.quality && row.effort == first.effort;
    for (const ExitRow& exit : program_->exits(visit)) {
      still = still && behaviour::most_utility(exit.slopes) == 0.0f;
    }
  }
  tables_.still = still;
  if (!still) return;
  for (std::size_t place = 0; place < static_cast<std::size_t>(tables_.places); ++place) {
    const Row& row = rows_[static_cast<std::size_t>(row_of_[place])];
    const auto persona = static_cast<std::uint32_t>(place / static_cast<std::size_t>(tables_.touchpoints));
    const auto trait = [&](BuiltinTrait which) { return population_->trait(persona, static_cast<std::size_t>(which), 0); };
    const float quality = behaviour::deliver(row.quality, 0.0f, 0.0f, 0.5f, tables_.fit_weight);
    const float effort = behaviour::exert(row.effort, 0.0f, 0.0f);
    const float appraisal =
        behaviour::appraise(quality, trait(BuiltinTrait::expectation), effort, trait(BuiltinTrait::loss_aversion),
                            trait(BuiltinTrait::effort_aversion), tables_.appraisal);
    if ((row.facts & RowFlag::end) != 0) continue;
    place_scores_[place].quality = fixed_score(quality);
    place_scores_[place].appraisal = fixed_score(appraisal);
  }
}

bool Compiled::fast(const VisitRow& row, std::uint32_t persona, std::uint32_t touchpoint) const {
  const auto exits = program_->exits(row);
  // What a race that rules may switch has seen is noted by the reference's function. Which traits have a column must not
  // depend on what rules have switched so far.
  if (program_->race_may_switch(persona, touchpoint)) return false;
  const bool traits_may_switch =
      program_->switches_parameter(Parameter::probability) || program_->switches_parameter(Parameter::traffic);
  if (row.trait_bound && traits_may_switch) return false;
  if (exits.size() > static_cast<std::size_t>(fast_exits) || (row.trait_bound && exits.size() > 4)) return false;
  return std::all_of(exits.begin(), exits.end(), [&](const ExitRow& exit) {
    if ((exit.trait >= 0 && !program_->shifts(exit).empty()) || exit.personal()) return false;
    const Inverse::Family drawn = program_->delay(exit.delay).formula().family;
    // What has no formula of its own in `family` above is drawn by the reference.
    if (!row.race) return drawn == Inverse::Family::constant || family(drawn) != Family::constant;
    return drawn == Inverse::Family::constant || drawn == Inverse::Family::uniform ||
           drawn == Inverse::Family::exponential || drawn == Inverse::Family::weibull;
  });
}

void Compiled::compile_exits(Row& to, const VisitRow& row, std::uint32_t persona, std::uint32_t touchpoint) {
  const auto exits = program_->exits(row);
  to.first_exit = narrow(exits_.size());
  to.rest = row.shares.rest;
  to.stay = to.constant_stay = row.shares.stay;
  std::fill(std::begin(to.own), std::end(to.own), -1);
  bool is_fast = fast(row, persona, touchpoint);
  std::int32_t last = 0;
  for (std::size_t j = 0; is_fast && j < exits.size(); ++j) {
    if (exits[j].trait < 0) continue;
    to.own[j] = own_trait(exits[j].trait);
    is_fast = to.own[j] >= 0;
  }
  if (!is_fast) {
    to.facts |= RowFlag::one_by_one;
    tables_.any_one_by_one = true;
  } else if (row.race) {
    to.facts |= RowFlag::competes;
    to.race_exits = narrow(exits.size());
    tables_.race_calls = std::max(tables_.race_calls, exits.size() > 4 ? 2 : 1);
    tables_.race_exits = std::max(tables_.race_exits, to.race_exits);
  } else {
    to.facts |= narrow(row.ends) << 8 | narrow(exits.size()) << 24;
    tables_.most_exits = std::max(tables_.most_exits, narrow(exits.size()));
    if (row.trait_bound) to.facts |= RowFlag::trait_bound;
    tables_.trait_bound = tables_.trait_bound || row.trait_bound;
  }
  const bool hears = program_->model().coupled();  // else nothing is ever heard
  for (std::size_t j = 0; j < exits.size(); ++j) {
    const ExitRow& exit = exits[j];
    tables_.hears = tables_.hears || (hears && exit.slopes.heard != 0.0f);
    const Inverse::Formula formula = program_->delay(exit.delay).formula();
    const auto place = static_cast<std::int32_t>(persona) * tables_.touchpoints + static_cast<std::int32_t>(exit.to);
    const std::int32_t drawn = family(formula.family);
    exits_.push_back({formula.a, formula.b, formula.sigma, drawn, exit.to_end ? -1 - place : place,
                      static_cast<std::int32_t>(persona) * tables_.exit_count + static_cast<std::int32_t>(exit.exit)});
    if (!is_fast) continue;
    // Where a trait is a probability, shares are worked out for each customer.
    const float share = row.trait_bound ? exit.probability : exit.probability * row.shares.shrink;
    if (row.race) {
      tables_.race_families |= drawn;
    } else {
      tables_.families |= drawn;
      if (exit.odds > 0.0f || share > 0.0f) last = narrow(j);
      const float steepest = behaviour::most_utility(exit.slopes);
      tables_.slopes = tables_.slopes || steepest != 0.0f || (hears && exit.slopes.heard != 0.0f);
      tables_.tame = tables_.tame && steepest < 59.0f;
      tables_.probabilities = tables_.probabilities || share > 0.0f || row.trait_bound;
    }
    const bool further = j >= 4;
    const std::size_t k = j % 4;
    (further ? to.more_odds : to.odds)[k] = exit.odds;
    (further ? to.more_satisfaction : to.satisfaction)[k] = exit.slopes.satisfaction;
    (further ? to.more_expectation : to.expectation)[k] = exit.slopes.expectation;
    (further ? to.more_effort_slope : to.effort_slope)[k] = exit.slopes.effort;
    (further ? to.more_heard : to.heard)[k] = exit.slopes.heard;
    (further ? to.more_probability : to.probability)[k] = share;
  }
  to.facts |= last << 16;
  // The loop reads an exit even where none is taken.
  if (exits.empty()) exits_.push_back({});
}

std::int32_t Compiled::choose(const void* owner, std::int32_t persona, std::int32_t row_index, Moment* moment) {
  const Compiled& self = *static_cast<const Compiled*>(owner);
  const Program& program = *self.program_;
  const VisitRow& row = *self.visit_rows_[static_cast<std::size_t>(row_index)];
  const Streams streams(std::uint64_t{moment->task->seed[1]} << 32 | moment->task->seed[0], moment->task->replication);
  const behaviour::ChoiceState& mood = moment->state;
  std::array<float, 64> small_traits, small_sums;
  std::vector<float> large;
  const std::size_t traits = self.population_->trait_count(), exits = program.exits(row).size();
  std::span<float> own(small_traits.data(), std::min(traits, small_traits.size()));
  std::span<float> sums(small_sums.data(), std::min(exits, small_sums.size()));
  if (traits > small_traits.size() || exits > small_sums.size()) {
    large.resize(traits + exits);
    own = std::span(large).first(traits);
    sums = std::span(large).last(exits);
  }
  for (const ExitRow& exit : program.exits(row)) {
    each_trait(exit, [&](std::size_t k) { own[k] = trait_of(*moment->task, moment->customer, persona, k); });
  }
  const Carrier carrier{own,
                        {moment->carried, static_cast<std::size_t>(self.tables_.carried_width)},
                        {moment->bought != 0, moment->team, mood.solved != 0.0f, moment->time}};
  ExitChoice way;
  if (row.race) {
    const VisitAt at{moment->customer, moment->event, static_cast<std::uint32_t>(persona),
                     static_cast<std::uint32_t>(moment->touchpoint), moment->time};
    way = moment->changes_first ? race_over_changes(program, row, streams, at, carrier, mood)
                                : race(program, row, streams, at, carrier, mood);
    const Task& task = *moment->task;
    if (task.store != nullptr && task.store->raced != nullptr && program.race_may_switch(at.persona, at.touchpoint)) {
      task.store->raced[moment->customer - task.first] = {moment->time, mood, static_cast<std::int32_t>(moment->event),
                                                          moment->bought != 0, moment->team};
    }
  } else {
    const Words words{moment->words[0], moment->words[1], moment->words[2], moment->words[3]};
    way = sojourn::choose(program, row, carrier, words, mood, moment->luck, sums);
  }
  moment->delay = way.delay;
  return way.exit;
}

float Compiled::trait_of(const Task& task, std::uint32_t customer, std::int32_t persona, std::size_t trait) {
  const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
  const Population& population = *task.compiled->population_;
  const auto of = static_cast<std::uint32_t>(persona);
  const void* const any = task.market != nullptr ? task.market->accounts : task.accounts;
  const auto* accounts = static_cast<const Accounts*>(any);
  return accounts != nullptr ? population.trait_of_member(streams, customer, accounts->account_of(customer), of, trait)
                             : population.trait(streams, customer, of, trait);
}

float Compiled::solving_chance(const Task& task, std::uint32_t customer, std::int32_t persona, std::int32_t row) {
  const Compiled& self = *task.compiled;
  const VisitRow& visit = *self.visit_rows_[static_cast<std::size_t>(row)];
  // Only the one trait is asked for.
  const float own = trait_of(task, customer, persona, static_cast<std::size_t>(visit.solves_trait));
  return sojourn::solving_chance(*self.program_, visit, own);
}

float Compiled::ask_after_visit(const Task& task, Asking* at, double* carried) {
  const Compiled& self = *task.compiled;
  const Program& program = *self.program_;
  const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
  const auto window = static_cast<std::size_t>(at->window);
  const auto touchpoint = static_cast<std::uint32_t>(at->touchpoint);
  const double decay = program.discount().decay(at->time, window);
  return program.surveys().ask_after_visit(
      streams, at->customer, at->event, touchpoint,
      {0, static_cast<std::uint32_t>(at->persona), at->time, window, at->referred},
      {at->satisfaction, at->answering, at->appraisal, at->effort}, program.of_surveys({carried, program.carried_width()}),
      [&] { return propensity(task, *at); },
      [&](const Asked& asked) {
        program.surveys().count(task.cells, self.tables_.shape, asked, decay);
        if (program.watches() > 0) program.count_watched(task.cells, self.tables_.shape, asked);
        if (program.surveys().is_low(asked))
          at->recovery = program.sooner(at->recovery, program.recovery_exit(asked.survey, touchpoint));
      });
}

void Compiled::watch_visit(const Task& task, const Asking& at) {
  const Compiled& self = *task.compiled;
  self.program_->count_watched(task.cells, self.tables_.shape, static_cast<std::uint32_t>(at.touchpoint),
                               static_cast<std::uint32_t>(at.persona),
                               {at.satisfaction, at.answering, at.appraisal, at.effort});
}

/// As Lives::ask_while_staying.
void Compiled::ask_while_staying(const Task& task, Asking* at, double until, double* carried) {
  const auto touchpoint = static_cast<std::uint32_t>(at->touchpoint);
  const Compiled& self = *task.compiled;
  const Program& program = *self.program_;
  const TallyShape& shape = self.tables_.shape;
  const Program::Behaviour& settings = program.behaviour();
  const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
  const std::span<double> row = program.of_surveys({carried, program.carried_width()});
  const auto persona = static_cast<std::uint32_t>(at->persona);
  const bool customer = at->code >= Code::promoter;
  for (;;) {
    const double time = program.surveys().asked_at(row);
    if (!(time <= program.horizon()) || !(time < until)) return;
    const std::size_t window = program.windows().of(time);
    const double decay = program.discount().decay(time, window);
    std::int32_t way = -1;
    const float lost = program.surveys().ask_at_interval(
        streams, at->customer, {0, persona, time, window, at->referred}, customer, {at->satisfaction, at->answering}, row,
        [&] { return propensity(task, *at); },
        [&](const Asked& asked) {
          program.surveys().count(task.cells, shape, asked, decay);
          if (program.surveys().is_low(asked)) way = program.sooner(way, program.recovery_exit(asked.survey, touchpoint));
        });
    // As Lives::recover: later answers find a stay that ends sooner.
    const double then = way < 0 ? until : time + program.recovery(way).within;
    if (way >= 0 && time < program.horizon() && then <= program.horizon() && then < until) {
      until = then;
      at->recovery = way;
      at->time = time;
    }
    if (!(lost > 0.0f) || window + 1 == program.windows().count()) continue;
    const auto stock = [&](std::int64_t sign) {
      const auto of_class =
          static_cast<TimeScore>(static_cast<std::int32_t>(TimeScore::promoters) + at->code - Code::promoter);
      task.cells[shape.time(persona, window + 1, of_class)] += sign;
      task.cells[shape.time(persona, window + 1, TimeScore::satisfaction)] += sign * fixed_score(at->satisfaction);
    };
    stock(-1);
    at->satisfaction = behaviour::annoyed(at->satisfaction, lost);
    at->code = Code::promoter + behaviour::promoter_class(behaviour::recommend(
                                    at->satisfaction, at->answering, settings.recommend_base, settings.recommend_sd));
    stock(1);
  }
}

float Compiled::propensity(const Task& task, const Asking& at) {
  return trait_of(task, at.customer, at.persona, static_cast<std::size_t>(BuiltinTrait::response_propensity));
}

Amounts Compiled::draw_amounts(const Task& task, const Payment& at) {
  const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
  return task.compiled->program_->amounts().draw(at.amount_place, streams, at.customer, at.event, [&](std::size_t trait) {
    return trait_of(task, at.customer, at.persona, trait);
  });
}

void Compiled::pay_drawn(const Task& task, const Payment& at, std::int32_t window, std::int32_t regime, bool referred) {
  const Program& program = *task.compiled->program_;
  const Amounts amounts = draw_amounts(task, at);
  const double decay = program.discount().decay(at.time, static_cast<std::size_t>(window));
  const std::size_t piece = program.piece(static_cast<std::size_t>(window), static_cast<std::size_t>(regime));
  const auto count = [&](MoneyOf whose) {
    program.amounts().count(task.cells, task.compiled->tables_.shape, whose, static_cast<std::size_t>(at.amount_place),
                            piece, amounts, decay);
  };
  count(MoneyOf::everybody);
  if (referred) count(MoneyOf::referred);
}

void Compiled::carry_first(const Task& task, std::uint32_t customer, std::int32_t persona, double arrival, double* carried) {
  const Compiled& self = *task.compiled;
  const Streams streams(std::uint64_t{task.seed[1]} << 32 | task.seed[0], task.replication);
  self.program_->begin_carrying(*self.population_, streams, nullptr, customer, static_cast<std::uint32_t>(persona), arrival,
                                {carried, self.program_->carried_width()});
}

Membership Compiled::membership(const Task& task, const double* carried) {
  const CarriedRules& rules = task.compiled->program_->carried();
  return rules.membership({carried, rules.width()});
}

void Compiled::carry_on(const Task& task, const Payment& at_visit, std::int32_t row, std::int32_t touchpoint,
                        std::int32_t exit, double* carried) {
  const Compiled& self = *task.compiled;
  const CarriedRules& rules = self.program_->carried();
  const std::span<double> all(carried, rules.width());
  const auto at = static_cast<std::uint32_t>(touchpoint);
  rules.reach(all, at, exit, at_visit.time);
  if (self.program_->place(at).end) return;
  const bool draws = at_visit.amount_place >= 0 && rules.adds_amount(at);
  const Amounts amounts = draws ? draw_amounts(task, at_visit) : Amounts();
  rules.serve(all, at, at_visit.time, self.visit_rows_[static_cast<std::size_t>(row)]->revenue_of(amounts));
}

Worker::Worker(const TallyShape& shape)
    : tally_(shape),
      touch_(shape.personas * shape.touchpoints),
      extra_effort_and_repeats_(shape.personas * shape.touchpoints),
      series_(shape.personas * shape.windows),
      codes_(8 * shape.personas * shape.windows),
      moves_(shape.windows * shape.personas * shape.exits + 1),
      firsts_(shape.windows * shape.personas * shape.touchpoints) {}

Task Worker::task(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  compiled_ = &compiled;
  const TallyShape& shape = tally_.shape();
  if (compiled.tables().counts_paid) paid_.resize((shape.paying_places + 1) * shape.pieces);
  if (compiled.tables().discounts_paid) decays_.resize(shape.personas * shape.touchpoints * shape.windows);
  Task task{};
  task.compiled = &compiled;
  task.flush = &Worker::flush_codes;
  task.worker = this;
  task.ends = life_ends;
  task.ticks = ticks;
  task.cells = tally_.data();
  task.packed = {touch_.data()->sums,  extra_effort_and_repeats_.data()->sums,
                 series_.data()->sums, paid_.empty() ? nullptr : paid_.data()->sums,
                 decays_.data(),       codes_.data(),
                 moves_.data(),        firsts_.data()};
  task.begin = static_cast<std::uint32_t>(begin);
  task.end = static_cast<std::uint32_t>(end);
  task.seed[0] = static_cast<std::uint32_t>(streams.seed());
  task.seed[1] = static_cast<std::uint32_t>(streams.seed() >> 32);
  task.replication = streams.replication();
  task.until = compiled.program().horizon();
  carried_.resize(static_cast<std::size_t>(lane_count) * compiled.program().carried_width());
  task.carried = carried_.data();
  return task;
}

bool Worker::live(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  const Task work = task(compiled, streams, begin, end);
  const Done done = widest_live()(compiled.tables(), work);
  flush();
  tally_.events += done.visits;
  return !done.endless;
}

bool Worker::live_by_windows(const Compiled& compiled, const Streams& streams, std::uint64_t begin, std::uint64_t end) {
  CustomerStore store(compiled, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin), 1);
  store.populate(streams, nullptr, store.first(), store.end());
  for (std::size_t window = 0; window < compiled.program().windows().count(); ++window) {
    if (!live_window(compiled, streams, {&store, store.first(), store.end(), 0, window, nullptr})) {
      flush();
      return false;
    }
  }
  flush();
  return true;
}

bool Worker::live_window(const Compiled& compiled, const Streams& streams, const WindowOfBlock& block) {
  Task work = task(compiled, streams, block.begin, block.end);
  work.store = &block.store->columns();
  work.first = block.store->first();
  work.padding = block.store->padding(block.padding);
  work.market = block.market;
  work.until = compiled.program().windows().end(block.window);
  work.window = narrow(block.window);
  work.served = block.served.empty() ? nullptr : block.served.data();
  work.served_count = static_cast<std::uint32_t>(block.served.size());
  // Packed stocks of a window are changed in that window alone.
  if (block.window != window_) flush_codes(this);
  window_ = block.window;
  work.unflushed = unflushed_;
  const Done done = widest_live()(compiled.tables(), work);
  unflushed_ = done.unflushed;
  tally_.events += done.visits;
  return !done.endless;
}

void Worker::flush_codes(void* worker) {
  Worker& self = *static_cast<Worker*>(worker);
  Tally& tally = self.tally_;
  const TallyShape& shape = tally.shape();
  self.unflushed_ = 0;
  const bool all = self.window_ == every_window;
  const std::size_t first = all ? 0 : self.window_, last = all ? shape.windows : first + 1;
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t w = first; w < last; ++w) {
      std::int16_t* codes = &self.codes_[8 * (p * shape.windows + w)];
      tally.add(shape.time(p, w, TimeScore::prospects), codes[Code::prospect]);
      tally.add(shape.time(p, w, TimeScore::lost), codes[Code::lost]);
      tally.add(shape.time(p, w, TimeScore::churned), codes[Code::churned]);
      tally.add(shape.time(p, w, TimeScore::promoters), codes[Code::promoter]);
      tally.add(shape.time(p, w, TimeScore::passives), codes[Code::passive]);
      tally.add(shape.time(p, w, TimeScore::detractors), codes[Code::detractor]);
      tally.add(shape.time(p, w, TimeScore::customers),
                codes[Code::promoter] + codes[Code::passive] + codes[Code::detractor]);
      std::fill(codes, codes + 8, std::int16_t{0});
    }
  }
}

void Worker::flush() {
  if (compiled_ == nullptr) return;  // nobody has been lived
  flush_codes(this);
  window_ = every_window;
  const TallyShape& shape = tally_.shape();
  for (std::size_t p = 0; p < shape.personas; ++p) {
    for (std::size_t v = 0; v < shape.touchpoints; ++v) {
      const std::size_t place = p * shape.touchpoints + v;
      tally_.add(shape.touch(p, v, TouchScore::quality), touch_[place].sums[0]);
      tally_.add(shape.touch(p, v, TouchScore::satisfaction), touch_[place].sums[1]);
      tally_.add(shape.touch(p, v, TouchScore::effort), extra_effort_and_repeats_[place].sums[0]);
      tally_.add(shape.touch(p, v, TouchScore::repeats), extra_effort_and_repeats_[place].sums[1]);
    }
    for (std::size_t w = 0; w < shape.windows; ++w) {
      const std::size_t cell = p * shape.windows + w;
      tally_.add(shape.time(p, w, TimeScore::satisfaction), series_[cell].sums[0]);
      tally_.add(shape.time(p, w, TimeScore::expectation), series_[cell].sums[1]);
    }
  }
  for (std::size_t k = 0; k < std::min(paid_.size(), shape.paying_places * shape.pieces); ++k) {
    const std::size_t at = shape.paid(MoneyOf::everybody, 0, k, PaidScore::visits);
    tally_.add(at, paid_[k].sums[0]);
    tally_.add(at + 1, paid_[k].sums[1]);
  }
  flush_decays();
  flush_moves();
  std::fill(touch_.begin(), touch_.end(), Pair{});
  std::fill(extra_effort_and_repeats_.begin(), extra_effort_and_repeats_.end(), Pair{});
  std::fill(series_.begin(), series_.end(), Pair{});
  std::fill(paid_.begin(), paid_.end(), Pair{});
  std::fill(moves_.begin(), moves_.end(), 0u);
  std::fill(firsts_.begin(), firsts_.end(), 0u);
}

/// What discounting takes off visits that pay. Nothing moves money: windows are pieces.
void Worker::flush_decays() {
  if (!compiled_->tables().discounts_paid) return;
  const TallyShape& shape = tally_.shape();
  for (std::uint32_t p = 0; p < shape.personas; ++p) {
    for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
      std::int64_t* const decays = decays_.data() + (p * shape.touchpoints + v) * shape.windows;
      const std::int32_t paying = compiled_->program().paying(p, v);
      for (std::size_t w = 0; paying >= 0 && w < shape.windows; ++w) {
        tally_.add(shape.paid(MoneyOf::everybody, static_cast<std::size_t>(paying), w, PaidScore::visits) + 1, decays[w]);
      }
      std::fill(decays, decays + shape.windows, std::int64_t{0});
    }
  }
}

/// Adds visits to a place, of each window; their sum.
std::int64_t Worker::count_visits(std::uint32_t p, std::uint32_t v, const std::uint32_t* visits) {
  const TallyShape& shape = tally_.shape();
  const std::int64_t all = std::accumulate(visits, visits + shape.windows, std::int64_t{0});
  if (all == 0) return 0;
  std::int64_t* const present = tally_.data() + shape.present(p, v, 0);
  for (std::size_t w = 0; w < shape.windows; ++w) present[w] += visits[w];
  const PlaceScores& scores = compiled_->place_scores()[p * shape.touchpoints + v];
  tally_.add(shape.touch(p, v, TouchScore::visits), all);
  tally_.add(shape.touch(p, v, TouchScore::quality), all * scores.quality);
  tally_.add(shape.touch(p, v, TouchScore::satisfaction), all * scores.appraisal);
  tally_.add(shape.touch(p, v, TouchScore::effort), all * scores.effort);
  // Where a change moves money they have been counted one by one; else windows are pieces.
  const std::int32_t paying = compiled_->tables().counts_paid ? -1 : compiled_->program().paying(p, v);
  for (std::size_t w = 0; paying >= 0 && w < shape.windows; ++w) {
    tally_.add(shape.paid(MoneyOf::everybody, static_cast<std::size_t>(paying), w, PaidScore::visits), visits[w]);
  }
  return all;
}

/// Every visit but the first is reached by an exit, from a place where somebody is no more.
void Worker::flush_moves() {
  const TallyShape& shape = tally_.shape();
  for (std::uint32_t p = 0; p < shape.personas; ++p) {
    for (std::uint32_t v = 0; v < shape.touchpoints; ++v) {
      const std::uint32_t* const firsts = firsts_.data() + (p * shape.touchpoints + v) * shape.windows;
      tally_.add(shape.person(p, PersonScore::arrived), count_visits(p, v, firsts));
    }
    for (std::uint32_t e = 0; e < shape.exits; ++e) {
      const std::uint32_t* const moves = moves_.data() + (p * shape.exits + e) * shape.windows;
      const Passage& by = compiled_->passages()[e];
      const std::int64_t all = count_visits(p, static_cast<std::uint32_t>(by.to), moves);
      if (all == 0) continue;
      tally_.add(shape.taken(p, e), all);
      std::int64_t* const left = tally_.data() + shape.present(p, static_cast<std::size_t>(by.from), 0);
      for (std::size_t w = 0; w < shape.windows; ++w) left[w] -= moves[w];
    }
  }
}

}  // namespace sojourn::lock_step
