// The model under one plan, compiled for speed: flat rows by (regime, persona, touchpoint), exits in compressed rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/base/random.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/engine/amounts.hpp"
#include "sojourn/engine/carried.hpp"
#include "sojourn/engine/clock.hpp"
#include "sojourn/engine/race_hazards.hpp"
#include "sojourn/engine/service_lines.hpp"
#include "sojourn/engine/surveys.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/closed_loops.hpp"
#include "sojourn/model/market_copies.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// An exit as a visit in one regime sees it. In a choice exits to ends come before the others, in a race the file's order
/// holds.
struct ExitRow {
  std::uint32_t to = 0;                                    // touchpoint
  std::uint32_t exit = 0;                                  // number among all exits of the journey
  std::uint32_t delay = 0;                                 // into Program::delay
  std::int32_t trait = -1;                                 // whose value is the probability, or -1
  std::uint32_t shifts_begin = 0, shifts_end = 0;          // of a trait-bound probability, into Program::shifts
  std::int32_t scale = -1, times = -1;                     // traits: of the law's scale, and of the odds; or -1
  bool per = false;                                        // the scale's trait is a rate
  std::int32_t clock = -1, anniversary = -1, demand = -1;  // of CarriedRules, or -1
  float odds = 0.0f;         // with the persona's and the channel's factors; 0 for an exit with a probability
  float probability = 0.0f;  // constant; 0 for an exit with odds
  behaviour::ChoiceSlopes slopes{};
  double stretch = 1.0;  // of the delay
  bool to_end = false;
  /// By how much the hazard of an exponential law is multiplied, whoever the customer is.
  [[nodiscard]] double rate() const { return static_cast<double>(odds) / stretch; }
  /// Whether something of a customer decides about the exit that the vectorised choice does not know.
  [[nodiscard]] bool personal() const {
    return scale >= 0 || times >= 0 || clock >= 0 || demand >= 0 || behaviour::has_further(slopes);
  }
};

/// Calls `use` with the index of each trait that decides about `exit`.
template <class Use>
void each_trait(const ExitRow& exit, Use use) {
  for (const std::int32_t trait : {exit.trait, exit.scale, exit.times}) {
    if (trait >= 0) use(static_cast<std::size_t>(trait));
  }
}

/// What a visit to one touchpoint by one persona in one regime is like. Money is per visit; what is drawn comes on top of
/// it, times what changes make of one unit of it.
struct VisitRow {
  float quality = 0.0f, quality_sd = 0.0f, effort = 0.0f, weight = 1.0f;
  float promise = 0.0f, promise_weight = 0.0f;   // weight 0 where nothing is promised
  std::uint32_t exits_begin = 0, exits_end = 0;  // ordinary exits
  std::uint32_t heard_end = 0, gave_up_end = 0,
                turned_away_end = 0;              // those that interrupt follow: by a message, impatience, lack of room
  std::uint32_t ends = 0;                         // of a choice: exits to ends, which come first
  bool trait_bound = false;                       // some exit's probability is a trait
  bool race = false;                              // the exits compete; what follows is of a choice
  bool by_odds = false;                           // some exit has odds above 0
  bool conditional = false;                       // whether an exit has a share at all depends on the customer
  behaviour::Shares shares = {1.0f, 1.0f, 0.0f};  // of a choice; where trait-bound only their sign is right
  std::uint32_t carry = 0;         // into Program::carry, one place for each team that a customer may come from
  float solves = 0.0f;             // chance that the visit solves the problem; 0 where none is brought here
  std::int32_t solves_trait = -1;  // whose value is that chance instead, or -1
  std::uint32_t solves_shifts_begin = 0, solves_shifts_end = 0;  // of such a chance, into Program::shifts
  /// Chance that the variant of content that fits the persona best is shown, else the default is; and how both fit.
  float personalisation = 0.0f, standard_fit = 0.5f, best_fit = 0.5f;
  std::uint32_t best_variant = 0;
  double revenue = 0.0, cost = 0.0, price = 0.0;
  double revenue_times = 0.0, cost_times = 0.0;
  /// The revenue of a visit that drew these amounts.
  [[nodiscard]] double revenue_of(const Amounts& drawn) const { return revenue + revenue_times * drawn.revenue; }
};

/// What flows at a touchpoint while somebody stays, per day.
struct Flow {
  double revenue = 0.0, cost = 0.0;
};

/// A persona at a touchpoint.
struct PersonaPlace {
  std::uint32_t persona = 0, touchpoint = 0;
};

/// Touchpoints at which the same money flows for a persona, in every regime.
struct FlowKind {
  std::uint32_t persona = 0;
  std::vector<std::uint32_t> touchpoints;
};

/// A piece of time: the part of a window that lies in one regime, or in several that follow one another and differ only by
/// what recurs and moves no money. Empty where a regime begins as the window ends: then for what happens at that very
/// moment.
struct Piece {
  std::size_t window = 0, regime = 0;  // the first one
  double begin = 0.0, end = 0.0;
  std::int64_t days = 0, discounted_days = 0;  // its length, in units of Scales::flow (see FlowScore)
};

/// Visits to the touchpoints that rule number `rule` looks at.
struct WatchedBy {
  std::uint32_t slot = 0;  // of the tally
  std::uint32_t rule = 0;  // position in ModelParts::rules
};

/// What never changes about a touchpoint.
struct Place {
  bool end = false;
  bool purchase = false;  // a first visit makes a customer
  bool away = false;      // people here do not count as customers (`counts_as`)
  bool race = false;
  bool flows = false;  // staying earns or costs somebody money in some regime
  std::int32_t team = -1;
  bool queues = false;         // visits wait for servers
  bool reads_reviews = false;  // prospects read what customers have written
  bool solves = false;         // people bring a problem, which a visit may solve
  bool content = false;        // what is shown fits needs, or does not
};

/// How visits of a touchpoint are served.
struct ServiceRow {
  std::uint32_t queue = 0;  // into Staffing::queues
  std::int32_t priority = 0;
  Inverse work;
  double work_unit = 1.0;           // times a draw of `work`: in units of the mean handling time
  std::optional<Inverse> patience;  // days; without one the trait is the mean of an exponential
  double answer_within = 0.0;       // days; the service level counts who is served so soon
};

/// Immutable once built; thread-safe.
class Program {
 public:
  /// `model` with its plan, whose rules have switched like that so far and do not switch again. Programs of one plan have
  /// the same pieces of time, places that pay, flow kinds and tables of sums, however its rules switch.
  explicit Program(const Model& model, Switches switches = {});
  // One source compiles these, as those of ModelParts.
  Program(const Program&);
  Program(Program&&) noexcept;
  Program& operator=(const Program&);
  Program& operator=(Program&&) noexcept;
  ~Program();

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const Switches& switches() const { return switches_; }
  /// Whether rules of the plan switch improvements.
  [[nodiscard]] bool ruled() const { return ruled_; }
  /// What a rule that looks at some touchpoints alone counts at visits to `touchpoint`.
  [[nodiscard]] std::span<const WatchedBy> watched_by(std::uint32_t touchpoint) const {
    return {watched_by_.data() + watched_begin_[touchpoint], watched_by_.data() + watched_begin_[touchpoint + 1]};
  }
  /// Adds an appraised visit to `touchpoint` to the cells of a tally, for those rules.
  void count_watched(std::int64_t* cells, const TallyShape& shape, std::uint32_t touchpoint, std::uint32_t persona,
                     const Feeling& feeling) const;
  /// Adds what a survey did after a visit there.
  void count_watched(std::int64_t* cells, const TallyShape& shape, const Asked& asked) const;
  /// The ways of closed loops; the first has number `file_exits()`, the others follow.
  [[nodiscard]] std::span<const Recovery> recoveries() const { return recoveries_; }
  /// Exits that the file has.
  [[nodiscard]] std::uint32_t file_exits() const { return file_exits_; }
  /// The number of the way by which the closed loop of `survey` leads away from `touchpoint`; -1 where it does not.
  [[nodiscard]] std::int32_t recovery_exit(std::uint32_t survey, std::uint32_t touchpoint) const {
    return recovery_exit_.empty() ? -1 : recovery_exit_[survey * touchpoints_ + touchpoint];
  }
  /// The way with that number.
  [[nodiscard]] const Recovery& recovery(std::int32_t exit) const {
    return recoveries_[static_cast<std::size_t>(exit) - file_exits_];
  }
  /// Of two ways, either of which may be -1, the one that leads away sooner, the first if alike.
  [[nodiscard]] std::int32_t sooner(std::int32_t first, std::int32_t second) const {
    if (first < 0 || second < 0) return first < 0 ? second : first;
    return recovery(second).within < recovery(first).within ? second : first;
  }
  /// How many slots of the tally such rules have.
  [[nodiscard]] std::size_t watches() const { return watches_; }
  /// Whether a rule may change the hazards of a race that somebody of `persona` at `touchpoint` is in.
  [[nodiscard]] bool race_may_switch(std::uint32_t persona, std::uint32_t touchpoint) const {
    return !switched_races_.empty() && switched_races_[persona * touchpoints_ + touchpoint] != 0;
  }
  [[nodiscard]] bool any_race_may_switch() const { return !switched_races_.empty(); }
  /// Whether a change that rules switch moves `parameter`.
  [[nodiscard]] bool switches_parameter(Parameter parameter) const;
  [[nodiscard]] const Windows& windows() const { return windows_; }
  [[nodiscard]] const std::vector<double>& regime_begins() const { return regimes_.begins; }
  /// The time `t`, without the moment by which rules switch later than a window ends: they do so for no time at all.
  [[nodiscard]] double without_the_moment(double t) const;
  [[nodiscard]] double horizon() const { return horizon_; }
  [[nodiscard]] double force_of_interest() const { return rho_; }
  [[nodiscard]] const Discount& discount() const { return discount_; }

  [[nodiscard]] const Place& place(std::uint32_t touchpoint) const { return places_[touchpoint]; }
  /// The number of the row of a persona at a touchpoint in a regime, and that row.
  [[nodiscard]] std::uint32_t row_number(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const {
    return row_of_[(state_of_[regime] * personas_ + persona) * touchpoints_ + touchpoint];
  }
  [[nodiscard]] const VisitRow& row(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const {
    return rows_[row_number(regime, persona, touchpoint)];
  }
  [[nodiscard]] const VisitRow& row(std::uint32_t number) const { return rows_[number]; }
  [[nodiscard]] const VisitRow& row(const HazardStretch& stretch) const { return rows_[stretch.row]; }
  [[nodiscard]] std::span<const ExitRow> exits(const VisitRow& row) const {
    return {exits_.data() + row.exits_begin, exits_.data() + row.exits_end};
  }
  /// How the hazards of exits that race change in time.
  [[nodiscard]] const RaceHazards& hazards() const { return hazards_; }
  /// Exits taken when a message is heard there; their probability (1 unless the file says otherwise) is per message.
  [[nodiscard]] std::span<const ExitRow> heard_exits(const VisitRow& row) const {
    return {exits_.data() + row.exits_end, exits_.data() + row.heard_end};
  }
  /// Exits of those whom a wait there costs their patience, likewise.
  [[nodiscard]] std::span<const ExitRow> gave_up_exits(const VisitRow& row) const {
    return {exits_.data() + row.heard_end, exits_.data() + row.gave_up_end};
  }
  /// Exits of those for whom there is no room, likewise.
  [[nodiscard]] std::span<const ExitRow> turned_away_exits(const VisitRow& row) const {
    return {exits_.data() + row.gave_up_end, exits_.data() + row.turned_away_end};
  }
  /// How visits of `touchpoint`, one that queues, are served.
  [[nodiscard]] const ServiceRow& service(std::uint32_t touchpoint) const { return services_[touchpoint]; }
  /// Who serves whom, with all changes of the plan.
  [[nodiscard]] const Staffing& staffing() const { return staffing_; }
  [[nodiscard]] std::int32_t priority_of_persona(std::uint32_t persona) const { return priorities_[persona]; }
  /// Whether visits of a touchpoint without a queue may lead to a queue, by an exit or by the closed loop of a survey that
  /// follows them.
  [[nodiscard]] bool leads_to_queue(std::uint32_t touchpoint) const { return leads_to_queue_[touchpoint] != 0; }
  /// Whether a survey that follows visits of the touchpoint may lead away from it by its closed loop.
  [[nodiscard]] bool loops_after_visit(std::uint32_t touchpoint) const { return loops_after_visit_[touchpoint] != 0; }
  /// Whether a survey at intervals may lead from the touchpoint to a queue.
  [[nodiscard]] bool asked_into_queue(std::uint32_t touchpoint) const { return asked_into_queue_[touchpoint] != 0; }
  /// How many real customers one simulated customer stands for at queues, beyond itself: 0 where that is one or less.
  [[nodiscard]] double shadows() const { return shadows_; }
  /// The copies of the market in which simulated customers queue.
  [[nodiscard]] const MarketCopies& copies() const { return copies_; }
  /// The largest number of ordinary exits of any row.
  [[nodiscard]] std::size_t most_exits() const { return most_exits_; }
  [[nodiscard]] std::span<const Shift> shifts(const ExitRow& exit) const {
    return {shifts_.data() + exit.shifts_begin, shifts_.data() + exit.shifts_end};
  }
  /// Those of a chance of solving that is a trait.
  [[nodiscard]] std::span<const Shift> solves_shifts(const VisitRow& row) const {
    return {shifts_.data() + row.solves_shifts_begin, shifts_.data() + row.solves_shifts_end};
  }
  [[nodiscard]] const Inverse& delay(std::uint32_t index) const { return delays_[index]; }
  /// Amounts that are drawn at each visit.
  [[nodiscard]] const AmountRules& amounts() const { return amounts_; }
  /// Clocks and counters.
  [[nodiscard]] const CarriedRules& carried() const { return carried_; }
  [[nodiscard]] const SurveyRules& surveys() const { return surveys_; }
  /// How many numbers a customer carries: those of clocks and counters, then those of surveys.
  [[nodiscard]] std::size_t carried_width() const { return carried_.width() + surveys_.width(); }
  /// The part of these that surveys have.
  [[nodiscard]] std::span<double> of_surveys(std::span<double> carried) const { return carried.subspan(carried_.width()); }
  /// What a customer carries before the first visit, see CarriedRules::begin.
  void begin_carrying(const Population& population, const Streams& streams, const Accounts* accounts, std::uint32_t customer,
                      std::uint32_t persona, double arrival, std::span<double> carried) const {
    carried_.begin(population, streams, accounts, customer, persona, arrival, carried.first(carried_.width()));
    surveys_.begin(streams, customer, arrival, of_surveys(carried));
  }
  /// The chance that context survives from team `from` (>= 0) into the row's touchpoint.
  [[nodiscard]] float carry(const VisitRow& row, std::int32_t from) const {
    return carries_[row.carry + static_cast<std::uint32_t>(from)];
  }
  /// All pieces of time, in order.
  [[nodiscard]] std::span<const Piece> pieces() const { return pieces_; }
  /// The piece of a time in `window` and `regime`.
  [[nodiscard]] std::size_t piece(std::size_t window, std::size_t regime) const {
    return first_piece_[window] + money_of_[regime] - money_of_[pieces_[first_piece_[window]].regime];
  }
  /// Where a visit pays: earns, costs, or has a price per visit, in some regime.
  [[nodiscard]] std::span<const PersonaPlace> paying_places() const { return paying_places_; }
  /// The position among those of a persona at a touchpoint, or -1.
  [[nodiscard]] std::int32_t paying(std::uint32_t persona, std::uint32_t touchpoint) const {
    return paying_[persona * touchpoints_ + touchpoint];
  }
  /// Money per day that flows at `touchpoint`.
  [[nodiscard]] const Flow& flow(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const {
    return flows_[(state_of_[regime] * personas_ + persona) * touchpoints_ + touchpoint];
  }
  [[nodiscard]] std::span<const FlowKind> flow_kinds() const { return flow_kinds_; }
  /// Which money flows at a touchpoint: 0 for none, else 1 + the position among `flow_kinds`.
  [[nodiscard]] std::int32_t flow_kind(std::uint32_t persona, std::uint32_t touchpoint) const {
    return flow_kind_of_[persona * touchpoints_ + touchpoint];
  }
  /// Adds to `cells`, of a tally of `shape`, what a move at time t (in `regime` and `window`) from where kind `from` flows
  /// (0: nothing) to where kind `to` flows changes in the time spent there until the window's end (MODEL.md section 7).
  void change_flow(std::int64_t* cells, const TallyShape& shape, MoneyOf whose, std::int32_t from, std::int32_t to, double t,
                   std::size_t window, std::size_t regime) const;
  /// The scales of what is counted for money.
  [[nodiscard]] double decay_scale() const { return decay_scale_; }
  [[nodiscard]] double flow_scale() const { return flow_scale_; }
  /// The regime of time t, at or after regime `from`.
  [[nodiscard]] std::size_t regime(double t, std::size_t from = 0) const {
    from = std::max(from, regime_of_cell_[cell_of(t)]);
    while (from + 1 < regimes_.begins.size() && t >= regimes_.begins[from + 1]) ++from;
    return from;
  }
  /// The regime in which what happens between two windows finds itself, at the beginning of `window`, at or after `from`:
  /// rules have switched by then.
  [[nodiscard]] std::size_t regime_at_begin(std::size_t window, std::size_t from = 0) const {
    const double begin = windows_.begin(window);
    return regime(ruled_ && window > 0 ? a_moment_after(begin) : begin, from);
  }
  /// Time in cells, so that a regime is found without a search: `cell_of` a time in [0, horizon], and the regime at the
  /// beginning of each, or one before.
  [[nodiscard]] std::size_t cell_of(double t) const {
    const double cell = t * cells_per_day_, last = static_cast<double>(regime_of_cell_.size() - 1);
    return static_cast<std::size_t>(cell < last ? cell : last);
  }
  [[nodiscard]] double cells_per_day() const { return cells_per_day_; }
  [[nodiscard]] const std::vector<std::size_t>& regime_of_cell() const { return regime_of_cell_; }
  /// Regimes in which all changes stand alike are in one state: what happens again and again makes many regimes, of few.
  [[nodiscard]] std::size_t state(std::size_t regime) const { return state_of_[regime]; }
  [[nodiscard]] std::size_t states() const { return regime_of_state_.size(); }
  /// The first regime in a state.
  [[nodiscard]] std::size_t regime_of_state(std::size_t state) const { return regime_of_state_[state]; }
  /// The number of the stretch of time, of those that pieces are made of, in which a regime lies.
  [[nodiscard]] std::size_t money_stretch(std::size_t regime) const { return money_of_[regime]; }

  /// Constants of the behaviour, in single precision.
  struct Behaviour {
    behaviour::Appraisal appraisal;
    behaviour::Memory memory;
    float adapt, repeat_effort, fit_weight, recommend_base, recommend_sd;
    double expectation_drift;  // per day
  };
  [[nodiscard]] const Behaviour& behaviour() const { return behaviour_; }

 private:
  void compile_watches();
  void compile_recoveries();
  void compile_switched_races();
  [[nodiscard]] bool money_may_switch(PersonaId persona, TouchpointId touchpoint, bool flows) const;
  void compile_outside();
  void compile_states();
  class RowCompiler;
  [[nodiscard]] std::vector<std::uint32_t> priced_changes() const;
  void compile_rows();
  void compile_choice(VisitRow& row);
  void compile_pieces();
  void compile_flows();
  [[nodiscard]] std::int64_t discounted_days(double from, const Piece& piece) const;
  void compile_services();
  template <class Applies>
  [[nodiscard]] Timetable servers_over_time(const Timetable& base, Applies applies) const;

  Model model_;
  Switches switches_;
  double horizon_;
  double rho_;
  Windows windows_;
  Discount discount_;
  std::vector<PlannedChange> changes_;
  bool ruled_ = false;
  std::vector<double> also_;  // begins of regimes whatever changes there are
  Regimes regimes_;
  std::vector<std::vector<double>> outside_;      // [regime] attraction: of the most attractive, then of each
  std::vector<std::size_t> state_of_, money_of_;  // [regime]
  std::vector<std::size_t> regime_of_state_, regime_of_cell_;
  double cells_per_day_ = 1.0;
  std::size_t personas_, touchpoints_;
  std::size_t most_exits_ = 0;
  Behaviour behaviour_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> row_of_;
  std::vector<VisitRow> rows_;
  RaceHazards hazards_;
  std::vector<std::uint8_t> switched_races_;  // [place]; none where no race may
  std::vector<Recovery> recoveries_;
  std::vector<std::int32_t> recovery_exit_;  // [survey x touchpoints + touchpoint]; none where there is no closed loop
  std::uint32_t file_exits_ = 0;
  std::vector<WatchedBy> watched_by_;
  std::vector<std::size_t> watched_begin_;  // [touchpoint], and their number
  std::size_t watches_ = 0;
  std::vector<ExitRow> exits_;
  std::vector<Shift> shifts_;
  std::vector<Inverse> delays_;
  CarriedRules carried_;
  SurveyRules surveys_;
  AmountRules amounts_;
  std::vector<float> carries_;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> first_piece_;  // of each window, and one more: the number of all
  std::vector<PersonaPlace> paying_places_;
  std::vector<std::int32_t> paying_;  // [place]
  std::vector<Flow> flows_;           // [state][place]
  std::vector<FlowKind> flow_kinds_;
  std::vector<std::int32_t> flow_kind_of_;  // [place]
  std::vector<ServiceRow> services_;        // [touchpoint]
  Staffing staffing_;
  std::vector<std::int32_t> priorities_;  // [persona]
  MarketCopies copies_;
  double shadows_ = 0.0;
  std::vector<std::uint8_t> leads_to_queue_, loops_after_visit_, asked_into_queue_;  // [touchpoint]
  double decay_scale_ = 1.0, flow_scale_ = 1.0;
};

/// The probability of `exit` for a customer with these traits (in the order of ModelParts::traits): 0 for one with odds.
[[nodiscard]] float probability(const Program& program, const ExitRow& exit, std::span<const float> traits);

/// The chance that a visit of `row` solves the customer's problem; `trait` is the value of VisitRow::solves_trait, where
/// there is one.
[[nodiscard]] float solving_chance(const Program& program, const VisitRow& row, float trait);
/// Whether visit number `event` of a customer does, where the chance is `chance`.
[[nodiscard]] inline bool solves(const Streams& streams, std::uint32_t customer, std::uint32_t event, float chance) {
  return uniform(streams.draw(customer, Purpose::solve, event)[0]) < chance;
}

/// Whether visit number `event` of a customer shows the content that fits best, where that has the chance `personalisation`.
/// One threshold for each visit, so that a higher chance shows it at more visits and at no fewer.
[[nodiscard]] inline bool personalised(const Streams& streams, std::uint32_t customer, std::uint32_t event,
                                       float personalisation) {
  return uniform(streams.draw(customer, Purpose::content, event)[0]) < personalisation;
}

/// Bins of tenure: a day each, five days where the horizon and the longest tenure at arrival are more than 4,096 days.
struct TenureBins {
  double width = 1.0;  // days
  std::size_t count = 0;
};
[[nodiscard]] TenureBins tenure_bins(const ModelParts& parts);

/// The table of a program: sizes, tenure bins and scales that rule
/// out overflow. Programs of one model differ in the part for money alone, which is the last.
[[nodiscard]] TallyShape tally_shape(const Program& program);

}  // namespace sojourn
