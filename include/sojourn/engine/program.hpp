// The model under one plan, compiled for speed: flat rows by (regime, persona, touchpoint), exits in compressed rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sojourn/base/inverse.hpp"
#include "sojourn/behaviour/choice.hpp"
#include "sojourn/behaviour/experience.hpp"
#include "sojourn/behaviour/money.hpp"
#include "sojourn/engine/clock.hpp"
#include "sojourn/engine/service_lines.hpp"
#include "sojourn/model/change_arithmetic.hpp"
#include "sojourn/model/model.hpp"
#include "sojourn/tally/shape.hpp"

namespace sojourn {

/// An exit as a visit in one regime sees it. In a choice exits to ends come before the others, in a race the file's order
/// holds.
struct ExitRow {
  std::uint32_t to = 0;                            // touchpoint
  std::uint32_t exit = 0;                          // number among all exits of the journey
  std::uint32_t delay = 0;                         // into Program::delay
  std::int32_t trait = -1;                         // whose value is the probability, or -1
  std::uint32_t shifts_begin = 0, shifts_end = 0;  // of a trait-bound probability, into Program::shifts
  float odds = 0.0f;         // with the persona's and the channel's factors; 0 for an exit with a probability
  float probability = 0.0f;  // constant; 0 for an exit with odds
  float satisfaction = 0.0f, expectation = 0.0f, heard = 0.0f, effort = 0.0f;  // slopes
  double stretch = 1.0;                                                        // of the delay
  bool to_end = false;
};

/// What a visit to one touchpoint by one persona in one regime is like. Money is per visit.
struct VisitRow {
  float quality = 0.0f, quality_sd = 0.0f, effort = 0.0f, weight = 1.0f;
  float promise = 0.0f, promise_weight = 0.0f;    // weight 0 where nothing is promised
  std::uint32_t exits_begin = 0, exits_end = 0;   // ordinary exits
  std::uint32_t heard_end = 0, gave_up_end = 0, turned_away_end = 0;  // those that interrupt follow: by a message, impatience, lack of room
  std::uint32_t ends = 0;                         // of a choice: exits to ends, which come first
  bool trait_bound = false;                       // some exit's probability is a trait
  bool race = false;                              // the exits compete; what follows is of a choice
  bool by_odds = false;                           // some exit has odds above 0
  behaviour::Shares shares = {1.0f, 1.0f, 0.0f};  // of a choice; where trait-bound only their sign is right
  std::uint32_t carry = 0;  // into Program::carry, one place for each team that a customer may come from
  double revenue = 0.0, cost = 0.0, price = 0.0;
};

/// What staying is worth: flows per day, and their sums from 0 to the regime's beginning, undiscounted and discounted.
struct FlowRow {
  double revenue = 0.0, cost = 0.0;
  double revenue_before = 0.0, cost_before = 0.0;
  double worth_revenue_before = 0.0, worth_cost_before = 0.0;
};

/// Money that flows from time 0 to some time at one touchpoint.
struct Flow {
  double revenue = 0.0, cost = 0.0;
};

/// What a move changes in what flows: until the window's end, undiscounted, and until the horizon, discounted.
struct FlowChange {
  double revenue = 0.0, cost = 0.0;
  double worth_revenue = 0.0, worth_cost = 0.0;
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
};

/// How visits of a touchpoint are served.
struct ServiceRow {
  std::uint32_t queue = 0;          // into Staffing::queues
  std::int32_t priority = 0;
  Inverse work;                     // in units of the mean handling time
  std::optional<Inverse> patience;  // days; without one the trait is the mean of an exponential
  double answer_within = 0.0;       // days; the service level counts who is served so soon
};

/// From `begin` on the exits of a race compete as `row` says.
struct HazardStretch {
  double begin = 0.0;  // days
  std::uint32_t row = 0;
};

/// Immutable once built; thread-safe.
class Program {
 public:
  /// `model` with its plan. Throws InputError where the model uses a mechanism that is not built yet (`unsupported`).
  explicit Program(const Model& model);

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const Windows& windows() const { return windows_; }
  [[nodiscard]] const std::vector<double>& regime_begins() const { return regimes_.begins; }
  [[nodiscard]] double horizon() const { return horizon_; }
  [[nodiscard]] double force_of_interest() const { return rho_; }
  [[nodiscard]] const Discount& discount() const { return discount_; }

  [[nodiscard]] const Place& place(std::uint32_t touchpoint) const { return places_[touchpoint]; }
  [[nodiscard]] const VisitRow& row(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint) const {
    return rows_[row_of_[(regime * personas_ + persona) * touchpoints_ + touchpoint]];
  }
  [[nodiscard]] std::span<const ExitRow> exits(const VisitRow& row) const {
    return {exits_.data() + row.exits_begin, exits_.data() + row.exits_end};
  }
  /// The stretches of time between which the hazards of a race change for one persona at one touchpoint, in order; empty
  /// where they never do, and where exits are a choice, which is made at the visit.
  [[nodiscard]] std::span<const HazardStretch> hazard_stretches(std::uint32_t persona, std::uint32_t touchpoint) const {
    const std::size_t place = persona * touchpoints_ + touchpoint;
    return {hazard_stretches_.data() + hazard_begin_[place], hazard_stretches_.data() + hazard_begin_[place + 1]};
  }
  [[nodiscard]] const VisitRow& row(const HazardStretch& stretch) const { return rows_[stretch.row]; }
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
  /// Whether visits of a touchpoint without a queue may lead to a queue.
  [[nodiscard]] bool leads_to_queue(std::uint32_t touchpoint) const { return leads_to_queue_[touchpoint] != 0; }
  /// How many real customers one simulated customer stands for at queues, beyond itself: 0 where that is one or less.
  [[nodiscard]] double shadows() const { return shadows_; }
  /// The probability that a simulated customer's call takes a server's time: below 1 where customers are more than the market.
  [[nodiscard]] float occupies() const { return occupies_; }
  /// The largest number of ordinary exits of any row.
  [[nodiscard]] std::size_t most_exits() const { return most_exits_; }
  [[nodiscard]] std::span<const Shift> shifts(const ExitRow& exit) const {
    return {shifts_.data() + exit.shifts_begin, shifts_.data() + exit.shifts_end};
  }
  [[nodiscard]] const Inverse& delay(std::uint32_t index) const { return delays_[index]; }
  /// The chance that context survives from team `from` (>= 0) into the row's touchpoint.
  [[nodiscard]] float carry(const VisitRow& row, std::int32_t from) const {
    return carries_[row.carry + static_cast<std::uint32_t>(from)];
  }
  /// Money that flows at `touchpoint` from time 0 to t, where t lies in `regime` (or at its end).
  [[nodiscard]] Flow flow(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint, double t) const {
    const FlowRow& row = flows_[(regime * personas_ + persona) * touchpoints_ + touchpoint];
    const double days = t - regimes_.begins[regime];
    return {row.revenue_before + row.revenue * days, row.cost_before + row.cost * days};
  }
  /// What that money is worth at time 0.
  [[nodiscard]] Flow worth_of_flow(std::size_t regime, std::uint32_t persona, std::uint32_t touchpoint, double t) const {
    const FlowRow& row = flows_[(regime * personas_ + persona) * touchpoints_ + touchpoint];
    const double days = worth_at_begin_[regime] * behaviour::annuity(rho_, t - regimes_.begins[regime]);
    return {row.worth_revenue_before + row.revenue * days, row.worth_cost_before + row.cost * days};
  }
  /// Which money flows at a touchpoint: 0 for none; alike for one persona where it is the same at all times.
  [[nodiscard]] std::int32_t flow_kind(std::uint32_t persona, std::uint32_t touchpoint) const {
    return flow_kinds_[persona * touchpoints_ + touchpoint];
  }
  /// What moving at time t (in `regime` and `window`) from `from` (-1: just arrived) to `to` changes in the money that will
  /// flow until the window's end, and in the worth at time 0 of all that would flow until the horizon (MODEL.md section 7).
  [[nodiscard]] FlowChange flow_change(std::size_t regime, std::uint32_t persona, std::int64_t from, std::uint32_t to,
                                       double t, std::size_t window) const;
  /// The regime of time t, at or after regime `from`.
  [[nodiscard]] std::size_t regime(double t, std::size_t from = 0) const {
    while (from + 1 < regimes_.begins.size() && t >= regimes_.begins[from + 1]) ++from;
    return from;
  }

  /// Constants of the behaviour, in single precision.
  struct Behaviour {
    behaviour::Appraisal appraisal;
    behaviour::Memory memory;
    float adapt, repeat_effort, fit_weight, recommend_base, recommend_sd;
  };
  [[nodiscard]] const Behaviour& behaviour() const { return behaviour_; }

  /// The largest single amounts that a tally can be given, in size, and by how much discounting can enlarge them.
  struct Largest {
    double revenue = 0.0, cost = 0.0, price = 0.0;
    double inflation = 1.0;
  };
  [[nodiscard]] const Largest& largest() const { return largest_; }

 private:
  void compile_rows();
  void compile_choice(VisitRow& row);
  void compile_hazard_stretches();
  void compile_flows();
  void compile_services();

  Model model_;
  double horizon_;
  double rho_;
  Windows windows_;
  Discount discount_;
  std::vector<const Change*> changes_;
  Regimes regimes_;
  std::size_t personas_, touchpoints_;
  std::size_t most_exits_ = 0;
  Behaviour behaviour_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> row_of_;
  std::vector<VisitRow> rows_;
  std::vector<HazardStretch> hazard_stretches_;
  std::vector<std::size_t> hazard_begin_;  // [persona x touchpoints + touchpoint], and their number
  std::vector<ExitRow> exits_;
  std::vector<Shift> shifts_;
  std::vector<Inverse> delays_;
  std::vector<float> carries_;
  std::vector<FlowRow> flows_;
  std::vector<Flow> whole_flows_;  // [place] what staying from 0 to the horizon is worth
  std::vector<std::int32_t> flow_kinds_;
  std::vector<ServiceRow> services_;  // [touchpoint]
  Staffing staffing_;
  std::vector<std::int32_t> priorities_;  // [persona]
  float occupies_ = 1.0f;
  double shadows_ = 0.0;
  std::vector<std::uint8_t> leads_to_queue_;  // [touchpoint]
  std::vector<double> worth_at_begin_;  // of 1 at each regime's beginning
  Largest largest_;
};

/// The probability of `exit` for a customer with these traits (in the order of ModelParts::traits): 0 for one with odds.
[[nodiscard]] float probability(const Program& program, const ExitRow& exit, std::span<const float> traits);

/// The table that programs of one model share: sizes, tenure bins (a day each, five days beyond a horizon of 4,096 days) and
/// scales that rule out overflow for every one of `programs` (not empty).
[[nodiscard]] TallyShape tally_shape(std::span<const Program> programs);

}  // namespace sojourn
