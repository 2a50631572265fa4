// The model: everything a scenario says, complete and valid. A value: two models live side by side in one process.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/base/error.hpp"
#include "sojourn/model/change.hpp"
#include "sojourn/model/journey.hpp"
#include "sojourn/model/market.hpp"
#include "sojourn/model/market_copies.hpp"
#include "sojourn/model/persona.hpp"

namespace sojourn {

/// How many people there are in a replication: as many as it says, or a Poisson number of that mean.
enum class PeopleNumber { fixed, poisson };

/// `[scenario]`: what is simulated, how long, with how many people.
struct Settings {
  std::string title;
  std::string question;
  std::string start = "2000-01-01";             // ISO date of day 0
  Days horizon{0.0};                            // > 0, at most 1,000,000
  Days window{7.0};                             // > 0; at most 100,000 windows make the horizon
  std::uint64_t customers = 0;                  // people simulated, 1 .. 4,000,000,000
  PeopleNumber arrivals = PeopleNumber::fixed;  // money is scaled by `customers` in either case
  std::optional<double> market;                 // real people they stand for; > 0, at most 1e12; default: customers
  std::uint32_t replications = 10;              // 1 .. 100,000
  std::uint64_t seed = 42;
  std::string currency = "EUR";
  double discount = 0.0;         // per year, > -1
  std::vector<GoalWeight> goal;  // what decides between plans; empty: see `goal_of` (decide/goal.hpp)
};

/// Bytes that a queue takes for each real customer beyond the simulated ones, while that one is on the way to it or in line.
inline constexpr double bytes_per_real_customer = 300.0;

/// `[behaviour]`: constants of MODEL.md section 2. All are at least 0.
struct BehaviourSettings {
  double performance = 1.0;        // <= 100
  double disconfirmation = 0.5;    // <= 100
  double memory = 0.2;             // <= 1
  double peak = 1.0;               // <= 100
  double adapt = 0.1;              // <= 1
  double promise_weight = 0.3;     // <= 1
  double forgiveness = 0.5;        // <= 1
  double recommend_base = 0.7;     // <= 1
  double recommend_sd = 0.22;      // <= 100
  double repeat_effort = 0.3;      // <= 1
  double fit_weight = 0.3;         // <= 100
  double expectation_drift = 0.0;  // rise of expectations while nobody is met, per day, -1e3 .. 1e3
};

/// `[budget]`: what a plan may spend, in money of the market, undiscounted.
struct Budget {
  std::optional<double> per_quarter;  // in each calendar quarter, 0 .. 1e12
};

/// The parts of a model: plain data, filled by the scenario reader or by a C++ program.
struct ModelParts {
  Settings settings;
  BehaviourSettings behaviour;
  std::vector<Trait> traits = builtin_traits();
  std::vector<Persona> personas;
  std::vector<Channel> channels;
  std::vector<Team> teams;
  std::vector<Handover> handovers;
  std::vector<AssumedMove> assumed;  // the company's own map of the journey; empty where it has none
  std::vector<Pool> pools;
  std::vector<Touchpoint> touchpoints;
  std::vector<Clock> clocks{Clock{tenure_id, "Tenure", {}}};  // clock 0 is always that one
  std::vector<Counter> counters;
  std::vector<Improvement> improvements;
  std::vector<Change> events;
  std::vector<Outside> outside;
  Budget budget;
  std::vector<Plan> plans{Plan{"baseline", "Baseline", {}}};  // plan 0 is always the empty plan
  std::optional<WordOfMouth> word_of_mouth;
  std::optional<Reviews> reviews;
  std::vector<Survey> surveys;
  std::vector<Rule> rules;
  std::vector<AccountSegment> account_segments;
  double account_correlation = 0.0;  // of the traits of people in one account, [0,1]

  // One source compiles what is long because of all these parts, not each source that has some.
  ModelParts();
  ModelParts(const ModelParts&);
  ModelParts(ModelParts&&) noexcept;
  ModelParts& operator=(const ModelParts&);
  ModelParts& operator=(ModelParts&&) noexcept;
  ~ModelParts();
};

/// Gives each persona the share of people that accounts of the mean size would make it: segment shares times mean people per
/// role. Accounts, not these shares, then say who there is; maps and checks use them. Nothing without account segments.
void share_by_accounts(ModelParts& parts);

/// Every rule that a model must keep, errors and warnings, in no particular order: ranges, shares, duplicate ids, dead
/// ends, cycles of zero delays, unreachable touchpoints, absorbing loops, improvements that can never act, ...
/// Ids that name nothing (a reader's earlier error) are passed over in silence. Never throws.
[[nodiscard]] std::vector<Finding> check(const ModelParts& parts);

/// What `persona` multiplies the odds of an exit between two touchpoints by: its own odds, and what it prefers the channel.
[[nodiscard]] double persona_factor(const ModelParts& parts, const Persona& persona, TouchpointId from, TouchpointId to);

/// The copies of the market that the simulated customers are; each has one of them at least.
[[nodiscard]] MarketCopies copies_of_market(const Settings& settings);

/// What makes one customer's life act on another's.
enum class CoupledBy { word_of_mouth, reviews, queues, accounts, rules };
[[nodiscard]] bool is_coupled(const ModelParts& parts, CoupledBy by);
/// All that is in use; empty where customers live apart.
[[nodiscard]] std::vector<CoupledBy> couplings(const ModelParts& parts);

/// The ids of entities (personas, touchpoints, plans, ...), in their order.
[[nodiscard]] std::vector<std::string> ids_of(const auto& entities) {
  std::vector<std::string> ids;
  for (const auto& entity : entities) ids.push_back(entity.id);
  return ids;
}

/// An immutable, valid model under one plan. Copies share their data.
class Model {
 public:
  /// Throws InvalidModel with every error that `check` finds. Shares and starts are normalised to sum to exactly 1; with
  /// accounts, personas have the shares of `share_by_accounts`.
  explicit Model(ModelParts parts);

  [[nodiscard]] const ModelParts& parts() const { return *parts_; }
  /// The plan in force; PlanId(0), the baseline, after construction.
  [[nodiscard]] PlanId plan() const { return plan_; }
  /// People for whom one simulated person stands: market / customers.
  [[nodiscard]] double people_per_customer() const;
  /// Whether one customer's life acts on another's (see `couplings`).
  [[nodiscard]] bool coupled() const;

  friend Model apply(const Model& model, PlanId plan);

 private:
  std::shared_ptr<const ModelParts> parts_;
  PlanId plan_{0};
};

/// The same model with `plan` in force. `plan` must be one of its plans.
[[nodiscard]] Model apply(const Model& model, PlanId plan);

}  // namespace sojourn
