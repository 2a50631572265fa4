// From the engine's sums to outcomes: samples for the analysis, arrays for the file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sojourn/engine/fixed_costs.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/outcomes/appraisal_spread.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/outcomes/rule_traces.hpp"
#include "sojourn/outcomes/survey_sums.hpp"

namespace sojourn {

/// What a queue did, of all replications together. NaN where nobody came or nobody was on duty.
struct QueueFigures {
  std::size_t touchpoint = 0;
  double median = 0.0, p90 = 0.0, p95 = 0.0;  // days after which half, nine tenths, 95 per cent of the waits had ended
  double service_level = 0.0;                 // share of all who came that was served within `answer_within` days
  double answer_within = 0.0;
  double abandonment = 0.0, turned_away = 0.0;  // shares of all who came: gave up; found no room
  double still_waiting = 0.0;                   // people in line at the horizon, mean over replications
  double utilisation = 0.0;                     // share of the time on duty of those who may serve here in which they worked
};

/// The calendar quarter in which a plan spends most beyond the scenario's budget (`budget.per_quarter`), with what
/// improvements cost by the visit, which only a simulation knows. In the market's money.
struct OverBudget {
  std::string quarter;  // "2026 Q4"
  double spent = 0.0, budget = 0.0;
};

/// Independent samples of one plan (engine/batches.hpp): batches of customers or, where customers act on one another, whole
/// replications; 128 at most.
struct PlanSamples {
  std::string id, name;
  std::vector<Sums> all;                          // [sample]
  std::vector<std::vector<Sums>> by_persona;      // [persona][sample]
  std::vector<std::vector<TouchSums>> touch;      // [touchpoint][sample]
  std::vector<std::vector<Sums>> by_segment;      // [account segment][sample]: accounts only
  std::vector<PairedOutcomes> paired_outcomes;    // [sample] against the first plan; all 0 where only one was run
  std::vector<std::vector<double>> cash_of;       // [sample][window], as `cash`, each as if the sample were the whole market
  std::vector<QueueFigures> queues;               // of touchpoints that are served by servers, in order
  std::vector<double> utilisation;                // of each of Samples::pools, mean over replications
  std::vector<std::vector<SurveySums>> surveys;   // [survey][sample]
  std::vector<SurveyIntervals> survey_intervals;  // [survey]; none where tables were not kept
  std::vector<RuleTrace> rules;                   // of those that the plan goes by; likewise
  // Per window, what improvements cost by the visit, as `cash`; files tell it where the scenario has a budget of quarters
  // and the plan no rules.
  std::vector<double> visit_price;
  std::optional<OverBudget> over_budget;
  std::vector<double> cash;  // per window, undiscounted: revenue - cost - investment, for the market, mean over
                             // replications

  // One source compiles these, as those of ModelParts.
  PlanSamples();
  PlanSamples(const PlanSamples&);
  PlanSamples(PlanSamples&&) noexcept;
  PlanSamples& operator=(const PlanSamples&);
  PlanSamples& operator=(PlanSamples&&) noexcept;
  ~PlanSamples();
};

/// Everything that an analysis needs to know of a run.
struct Samples {
  std::string scenario;  // title
  std::string question;
  std::string currency;
  std::vector<GoalWeight> goal;  // as the scenario has it
  double discount = 0.0;         // per year
  std::uint64_t customers = 0;
  double market = 0.0;
  std::uint32_t replications = 0;        // finished
  std::uint32_t replications_asked = 0;  // more than that where the run was interrupted
  std::uint64_t seed = 0;
  double horizon = 0.0;             // days
  std::vector<double> window_ends;  // days
  std::vector<std::string> personas, persona_names, touchpoints, touchpoint_names;
  std::vector<std::string> segments, segment_names;  // of accounts
  std::vector<Stage> touchpoint_stages;
  std::vector<std::string> channels, channel_names;
  std::vector<ChannelId> touchpoint_channels;  // may name nothing
  std::vector<bool> solving;                   // of each touchpoint: people bring a problem there, which a visit may solve
  std::vector<bool> content;                   // likewise: visits show content
  std::vector<std::string> surveys, survey_names;
  std::vector<Question> survey_questions;
  std::string tier_counter, tier_counter_name;  // the counter that has tiers; "" where none has
  std::vector<double> tiers;                    // what it takes to reach each
  std::vector<bool> closed_loops;               // of each survey: low answers are followed up
  std::vector<std::string> rules, rule_names;   // that some plan goes by
  std::vector<std::string> pools, pool_names;   // those of the scenario, then touchpoints with servers of their own
  std::vector<PlanSamples> plans;
  std::vector<AppraisalSpread> appraisal_spreads;  // by plan; empty where customers are coupled, or nobody asked
  std::uint64_t events = 0;
  double seconds = 0.0;
  bool batches = false;   // the samples are batches of customers, not whole replications: nothing couples customers
  Mechanisms mechanisms;  // in use

  // Likewise.
  Samples();
  Samples(const Samples&);
  Samples(Samples&&) noexcept;
  Samples& operator=(const Samples&);
  Samples& operator=(Samples&&) noexcept;
  ~Samples();

  /// Whether a touchpoint has what `metric` is about.
  [[nodiscard]] bool has(const TouchMetric& metric, std::size_t touchpoint) const {
    if (metric.needs == Needs::solving) return solving[touchpoint];
    if (metric.needs == Needs::content) return content[touchpoint];
    return true;
  }

  /// Whether the run was stopped before all its replications were finished.
  [[nodiscard]] bool interrupted() const { return replications < replications_asked; }
};

/// The ids of whoever serves, in the order of Staffing::pools: pools, then touchpoints with servers of their own.
[[nodiscard]] std::vector<std::string> ids_of_pools(const ModelParts& parts);

/// What samples of `model` are about, whatever was run: names, people, seed; no plans yet.
[[nodiscard]] Samples samples_about(const Model& model);

/// The mechanisms that a model uses.
[[nodiscard]] Mechanisms mechanisms_in(const ModelParts& parts);
/// Throws InputError where `metric` is about something that the scenario does not have.
void require_mechanism(const Metric& metric, const ModelParts& parts);

/// Sums over the visits of one persona to one touchpoint, which is an `end` or not; without `gone` and money.
[[nodiscard]] TouchSums touch_of(const Totals& totals, std::size_t persona, std::size_t touchpoint, bool end);

/// Adds a sample of `program` to those of its plan.
void add_sample(PlanSamples& plan, const BatchSums& sample, const Program& program, const FixedCosts& costs);

/// Days that the servers of a pool are on duty within [0, horizon].
[[nodiscard]] double open_days(const Timetable& servers, double horizon);
/// The share of `open` server days that a pool worked in one replication; NaN where nobody is on duty.
[[nodiscard]] double pool_utilisation(const Totals& totals, std::size_t pool, double open);

/// A figure of queues as files name it.
struct QueueField {
  double QueueFigures::*member;
  std::string_view name, unit, long_name;
};
/// All of them but the touchpoint and the time asked for, which the scenario says.
[[nodiscard]] std::span<const QueueField> queue_fields();

/// Sums over visits in `channel` by sample: those of its touchpoints together, or of those at which `of` has a meaning:
/// problems are solved at some touchpoints only. Empty where there are none.
[[nodiscard]] std::vector<TouchSums> channel_sums(const Samples& samples, const PlanSamples& plan, ChannelId channel,
                                                  Needs of = Needs::nothing);

/// Adds the spread of appraisals to samples of `programs`, in the order of the plans, where customers are not coupled.
void add_appraisal_spreads(Samples& samples, std::span<const Program> programs);

/// What `plan` spends in each quarter (`quarters`), with what visits cost in each window (`PlanSamples::visit_price`).
[[nodiscard]] std::vector<double> spent_by_quarter(const ModelParts& parts, const Plan& plan,
                                                   const std::vector<double>& window_ends,
                                                   const std::vector<double>& visit_price);
/// The quarter in which `spent`, by quarter, is most, if that is more than there is.
[[nodiscard]] std::optional<OverBudget> over_budget(const ModelParts& parts, const std::vector<double>& spent);
/// Whether `plan` spends more in a quarter than there is, as both say.
[[nodiscard]] std::optional<OverBudget> over_budget(const ModelParts& parts, const Plan& plan,
                                                    const std::vector<double>& window_ends,
                                                    const std::vector<double>& visit_price);

/// The samples of a run with at least one finished replication.
[[nodiscard]] Samples collect_samples(const RunResult& result);

/// The metrics at the horizon by plan and replication, those that the scenario has, as arrays named as the metrics. The run
/// must have kept its tables.
[[nodiscard]] std::vector<Array> horizon_metrics(const RunResult& result);

/// The arrays of the results file (sim/outcomes/FORMAT.md), with the metrics of the horizon in the group "horizon". The run
/// must have kept its tables (RunOptions::tables).
[[nodiscard]] Outcomes collect_outcomes(const RunResult& result, Provenance provenance);
/// The same, with the tables of the result let go one after another: both together are most of the memory of a long run. All
/// else of the result stays as it is.
[[nodiscard]] Outcomes collect_outcomes(RunResult&& result, Provenance provenance);

}  // namespace sojourn
