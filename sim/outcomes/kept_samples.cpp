#include "sojourn/outcomes/kept_samples.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "sojourn/engine/fixed_costs.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/scores.hpp"

namespace sojourn {
namespace {

constexpr const char* sample_axis = "sample";

std::string in_group(std::string_view name) { return "samples/" + std::string(name); }

/// Adds one array after another to the group.
class Keeper {
 public:
  Keeper(const Samples& samples, Outcomes& outcomes)
      : samples_(samples), outcomes_(outcomes), count_(samples.plans.front().all.size()) {}

  /// `fill(plan, values)` appends the values of one plan.
  template <class Fill>
  void add(std::string_view name, std::vector<std::string> axes, std::string_view unit, std::string_view long_name,
           Fill fill) {
    std::vector<double> values;
    for (const PlanSamples& plan : samples_.plans) {
      fill(plan, values);
      // Every plan has as many: room that is found by doubling would be up to twice that, and copied.
      if (&plan == &samples_.plans.front()) values.reserve(values.size() * samples_.plans.size());
    }
    axes.insert(axes.begin(), "plan");
    outcomes_.arrays.push_back({in_group(name), std::move(axes), unit.empty() ? samples_.currency : std::string(unit),
                                std::string(long_name), std::move(values)});
  }
  /// One number of each sample.
  template <class Value>
  void add_by_sample(std::string_view name, std::string_view unit, std::string_view long_name, Value value) {
    add(name, {sample_axis}, unit, long_name, [&](const PlanSamples& plan, auto& values) {
      for (std::size_t i = 0; i < count_; ++i) values.push_back(value(plan, i));
    });
  }
  /// Sums of each sample and group (persona, touchpoint, account segment).
  template <class S>
  void add_sums(std::span<const SumField<S>> fields, const char* axis, std::vector<std::vector<S>> PlanSamples::*groups) {
    for (const SumField<S>& field : fields) {
      add(field.name, {sample_axis, axis}, field.unit, field.long_name, [&](const PlanSamples& plan, auto& values) {
        for (std::size_t i = 0; i < count_; ++i) {
          for (const std::vector<S>& group : plan.*groups) values.push_back(group[i].*field.member);
        }
      });
    }
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  const Samples& samples_;
  Outcomes& outcomes_;
  std::size_t count_;
};

/// Reads what `Keeper` wrote.
class KeptReader {
 public:
  KeptReader(const Outcomes& outcomes, std::size_t plans, std::size_t count)
      : outcomes_(outcomes), plans_(plans), count_(count) {}

  /// All numbers of an array of `each` values a plan.
  [[nodiscard]] const std::vector<double>& values(std::string_view name, std::size_t each) const {
    const std::string full = in_group(name);
    const auto found = std::find_if(outcomes_.arrays.begin(), outcomes_.arrays.end(),
                                    [&](const Array& array) { return array.name == full; });
    const auto* numbers = found == outcomes_.arrays.end() ? nullptr : std::get_if<std::vector<double>>(&found->values);
    if (numbers == nullptr || numbers->size() != plans_ * each) {
      throw InputError(
          "this results file has no sums to estimate from (its group \"samples\" is missing or another model's)",
          "repeat the run with this version");
    }
    return *numbers;
  }
  template <class S>
  void read_sums(std::span<const SumField<S>> fields, std::size_t k, std::vector<std::vector<S>>& groups) const {
    if (groups.empty()) return;
    for (const SumField<S>& field : fields) {
      const std::vector<double>& numbers = values(field.name, count_ * groups.size());
      for (std::size_t i = 0; i < count_; ++i) {
        for (std::size_t g = 0; g < groups.size(); ++g)
          groups[g][i].*field.member = numbers[(k * count_ + i) * groups.size() + g];
      }
    }
  }

 private:
  const Outcomes& outcomes_;
  std::size_t plans_, count_;
};

/// The sums of the whole market that a file has.
std::vector<std::span<const SumField<Sums>>> market_sums_of(const Mechanisms& mechanisms) {
  std::vector<std::span<const SumField<Sums>>> result{market_sums()};
  if (mechanisms.has(Needs::paid_servers)) result.push_back(staff_sums());
  return result;
}

/// Calls `use(outcome, persona, first, second)` with each cell of two classes that have as many members as said, in the
/// order of the file.
template <class First, std::size_t firsts, class Second, std::size_t seconds, class Paired, class Use>
void each_pair(Paired& paired, std::size_t personas, Use use) {
  for (auto& outcome : paired) {
    for (std::size_t p = 0; p < personas; ++p) {
      for (std::size_t i = 0; i < firsts; ++i) {
        for (std::size_t k = 0; k < seconds; ++k) use(outcome, p, static_cast<First>(i), static_cast<Second>(k));
      }
    }
  }
}

/// The cells of winners and losers.
template <class Paired, class Use>
void each_fortune(Paired& paired, std::size_t personas, Use use) {
  each_pair<CustomerChange, customer_change_count, SatisfactionChange, satisfaction_change_count>(paired, personas, use);
}

/// Those by standing under the first plan and under the plan.
template <class Paired, class Use>
void each_standing(Paired& paired, std::size_t personas, Use use) {
  each_pair<EndStanding, end_standing_count, EndStanding, end_standing_count>(paired, personas, use);
}

/// Members of a tier by what became of them without the plan, and by standing under it: `use(outcome, tier, persona,
/// without, after)`.
template <class Paired, class Use>
void each_member(Paired& paired, std::size_t tiers, std::size_t personas, Use use) {
  for (auto& outcome : paired) {
    for (std::size_t tier = 0; tier < tiers; ++tier) {
      for (std::size_t p = 0; p < personas; ++p) {
        for (std::size_t without = 0; without < without_plan_count; ++without) {
          for (std::size_t after = 0; after < end_standing_count; ++after)
            use(outcome, tier, p, static_cast<WithoutPlan>(without), static_cast<EndStanding>(after));
        }
      }
    }
  }
}

/// How people end under a plan and under the first one. The dimensions are in files of several plans only; one plan compares
/// with nothing.
void keep_paired_outcomes(const Samples& samples, Keeper& keeper) {
  if (samples.plans.size() < 2) return;
  const std::size_t personas = samples.personas.size();
  keeper.add("fortunes", {sample_axis, "persona", "fate", "feeling"}, "people",
             "people by how they end under the plan and, on the same luck, under the first plan",
             [&](const PlanSamples& plan, auto& values) {
               each_fortune(plan.paired_outcomes, personas, [&](const PairedOutcomes& outcome, auto... cell) {
                 values.push_back(static_cast<double>(outcome.people(cell...)));
               });
             });
  keeper.add("standings", {sample_axis, "persona", "first_standing", "standing"}, "people",
             "people by where they stand at the horizon under the first plan and, on the same luck, under the plan",
             [&](const PlanSamples& plan, auto& values) {
               each_standing(plan.paired_outcomes, personas, [&](const PairedOutcomes& outcome, auto... cell) {
                 values.push_back(static_cast<double>(outcome.people(cell...)));
               });
             });
  if (samples.tiers.empty()) return;
  keeper.add("members", {sample_axis, "tier", "persona", "without_plan", "standing"}, "people",
             "people who reach a tier under the plan, by what became of them under the first plan and where they stand at "
             "the horizon under the plan",
             [&](const PlanSamples& plan, auto& values) {
               each_member(plan.paired_outcomes, samples.tiers.size(), personas,
                           [&](const PairedOutcomes& outcome, auto... cell) {
                             values.push_back(static_cast<double>(outcome.people(cell...)));
                           });
             });
}

/// Reads them, of plan number `k` of several.
void read_paired_outcomes(const KeptReader& reader, std::size_t k, const Samples& samples, PlanSamples& plan) {
  const std::size_t count = plan.paired_outcomes.size(), personas = samples.personas.size(), tiers = samples.tiers.size();
  const auto counts_from = [&](std::string_view name, std::size_t cells) {
    return
        [people = reader.values(name, count * cells).data() + k * count * cells](
            PairedOutcomes& outcome, auto... cell) mutable { outcome.count(cell..., static_cast<std::int64_t>(*people++)); };
  };
  each_fortune(plan.paired_outcomes, personas,
               counts_from("fortunes", personas * customer_change_count * satisfaction_change_count));
  each_standing(plan.paired_outcomes, personas,
                counts_from("standings", personas * end_standing_count * end_standing_count));
  if (tiers == 0) return;
  each_member(plan.paired_outcomes, tiers, personas,
              counts_from("members", tiers * personas * without_plan_count * end_standing_count));
}

/// People by how long they have been customers, of each sample and persona.
struct TenureField {
  PeopleByTenure Sums::*member;
  const char *name, *long_name;
  Needs needs = Needs::nothing;
};
constexpr std::array tenure_fields{
    TenureField{&Sums::tenure_churned, "tenure_churned", "people by days as a customer when they churned"},
    TenureField{&Sums::tenure_censored, "tenure_kept",
                "people by days as a customer of those still customers at the horizon"},
    TenureField{&Sums::tenure_entered, "tenure_entered", "people who arrived as customers, by days as a customer at arrival",
                Needs::existing}};

void keep_tenures(const Samples& samples, Keeper& keeper) {
  std::vector<double> room;
  for (const TenureField& field : tenure_fields) {
    if (!samples.mechanisms.has(field.needs)) continue;
    keeper.add(field.name, {sample_axis, "persona", "tenure_bin"}, "people", field.long_name,
               [&](const PlanSamples& plan, auto& values) {
                 for (std::size_t i = 0; i < keeper.count(); ++i) {
                   for (const auto& persona : plan.by_persona) {
                     const std::span<const double> people = (persona[i].*field.member).all(room);
                     values.insert(values.end(), people.begin(), people.end());
                   }
                 }
               });
  }
}

/// Reads them, of plan number `k`; `bins` are those of the file.
void read_tenures(const KeptReader& reader, std::size_t k, const Dimension& bins, const Mechanisms& mechanisms,
                  PlanSamples& plan) {
  const auto* const edges = std::get_if<std::vector<double>>(&bins.values);
  const std::size_t count = plan.all.size(), personas = plan.by_persona.size();
  for (std::vector<Sums>& persona : plan.by_persona) {
    for (Sums& sums : persona) sums.tenure_bin = edges != nullptr && !edges->empty() ? edges->front() : 1.0;
  }
  for (const TenureField& field : tenure_fields) {
    if (!mechanisms.has(field.needs)) continue;
    std::span<const double> people = reader.values(field.name, count * personas * bins.size);
    people = people.subspan(k * count * personas * bins.size);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::vector<Sums>& persona : plan.by_persona) {
        persona[i].*field.member = PeopleByTenure(people.first(bins.size));
        people = people.subspan(bins.size);
      }
    }
  }
}

/// The figures of queues, of all replications together: waits by length are not in the file.
void keep_queues(const Samples& samples, Outcomes& outcomes) {
  if (!samples.mechanisms.has(Needs::queues)) return;
  for (const QueueField& field : queue_fields()) {
    std::vector<double> values;
    for (const PlanSamples& plan : samples.plans) {
      std::vector<double> by_touchpoint(samples.touchpoints.size(), std::numeric_limits<double>::quiet_NaN());
      for (const QueueFigures& queue : plan.queues) by_touchpoint[queue.touchpoint] = queue.*field.member;
      values.insert(values.end(), by_touchpoint.begin(), by_touchpoint.end());
    }
    outcomes.arrays.push_back({std::string("queues/") + std::string(field.name),
                               {"plan", "touchpoint"},
                               std::string(field.unit),
                               std::string(field.long_name),
                               std::move(values)});
  }
}

/// When rules were in force, where the scenario has any that a plan goes by.
void read_rules(const Outcomes& outcomes, const ModelParts& parts, Samples& samples) {
  const std::vector<RuleId> used = rules_in_use(parts);
  if (used.empty()) return;
  const auto* on =
      std::get_if<std::vector<std::int64_t>>(&recorded(outcomes, "rule_on", {"plan", "replication", "rule", "time"}).values);
  if (on == nullptr || recorded_texts(outcomes, "rule") != samples.rules)
    throw InputError("this results file is damaged or was edited: its rules are not those of its scenario");
  const std::size_t replications = outcomes.dimension("replication").size, windows = samples.window_ends.size();
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    const auto described = std::find_if(parts.plans.begin(), parts.plans.end(),
                                        [&](const Plan& plan) { return plan.id == samples.plans[k].id; });
    for (std::size_t rule = 0; rule < used.size(); ++rule) {
      if (!goes_by(*described, used[rule])) continue;
      std::vector<std::vector<int>> in_window(replications);
      for (std::size_t r = 0; r < replications; ++r) {
        const auto first =
            on->begin() + static_cast<std::ptrdiff_t>(((k * replications + r) * used.size() + rule) * windows);
        for (std::size_t w = 0; w < windows; ++w) in_window[r].push_back(first[static_cast<std::ptrdiff_t>(w)] != 0 ? 1 : 0);
      }
      samples.plans[k].rules.push_back(trace_of(rule, in_window, samples.window_ends));
    }
  }
}

/// Reads them, where the file has them.
void read_queues(const Outcomes& outcomes, const ModelParts& parts, Samples& samples) {
  const auto has = [&](std::string_view name) {
    return std::any_of(outcomes.arrays.begin(), outcomes.arrays.end(),
                       [&](const Array& array) { return array.name == name; });
  };
  if (!samples.mechanisms.has(Needs::queues) || !has("pool_utilisation") || !has("queues/utilisation")) return;
  const auto numbers = [&](const std::string& name, std::initializer_list<std::string_view> axes) {
    const auto* values = std::get_if<std::vector<double>>(&recorded(outcomes, name, axes).values);
    if (values == nullptr) throw InputError("this results file is damaged or was edited: " + name + " holds no numbers");
    return *values;
  };
  const std::size_t touchpoints = parts.touchpoints.size(), replications = outcomes.dimension("replication").size;
  if (recorded_texts(outcomes, "pool") != samples.pools)
    throw InputError("this results file is damaged or was edited: its pools are not those of its scenario");
  const std::vector<double> busy = numbers("pool_utilisation", {"plan", "replication", "pool"});
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    PlanSamples& plan = samples.plans[k];
    for (std::size_t pool = 0; pool < samples.pools.size(); ++pool) {
      double sum = 0.0;
      for (std::size_t r = 0; r < replications; ++r) sum += busy[(k * replications + r) * samples.pools.size() + pool];
      plan.utilisation.push_back(sum / static_cast<double>(replications));
    }
    for (std::size_t v = 0; v < touchpoints; ++v) {
      if (!parts.touchpoints[v].queues()) continue;
      QueueFigures& queue = plan.queues.emplace_back();
      queue.touchpoint = v;
      queue.answer_within = parts.touchpoints[v].answer_within.value();
    }
  }
  for (const QueueField& field : queue_fields()) {
    const std::vector<double> values = numbers("queues/" + std::string(field.name), {"plan", "touchpoint"});
    for (std::size_t k = 0; k < samples.plans.size(); ++k) {
      for (QueueFigures& queue : samples.plans[k].queues) queue.*field.member = values[k * touchpoints + queue.touchpoint];
    }
  }
}

/// Points of the scales of surveys, in the files of runs that have some.
constexpr const char* answer_axis = "answer";
struct PointsField {
  std::array<double, answer_points> SurveyCells::*member;
  const char *name, *unit, *long_name;
};
constexpr std::array points_fields{
    PointsField{&SurveyCells::answers, "survey_points", "count", "answers by point of the scale"},
    PointsField{&SurveyCells::weights, "survey_point_weights", "1", "sum of one over their chances to be given"}};

/// Calls `use(cells)` with each survey and persona of one sample, in the order of the file.
template <class Plan, class Use>
void each_survey_cells(Plan& plan, std::size_t sample, Use use) {
  for (auto& survey : plan.surveys) {
    for (auto& persona : survey[sample].personas) use(persona);
  }
}

void keep_surveys(const Samples& samples, Keeper& keeper, Outcomes& outcomes) {
  if (samples.surveys.empty()) return;
  std::vector<std::int64_t> points(answer_points);
  for (std::size_t k = 0; k < points.size(); ++k) points[k] = static_cast<std::int64_t>(k);
  outcomes.dimensions.push_back({answer_axis, points.size(), points, "1", "point of a survey's scale"});
  const auto cells = [&](std::string_view name, std::vector<std::string> axes, std::string_view unit,
                         std::string_view long_name, const auto& put) {
    axes.insert(axes.begin(), {sample_axis, "survey", "persona"});
    keeper.add(name, std::move(axes), unit, long_name, [&](const PlanSamples& plan, auto& values) {
      for (std::size_t i = 0; i < keeper.count(); ++i)
        each_survey_cells(plan, i, [&](const SurveyCells& c) { put(c, values); });
    });
  };
  for (const SurveyField& field : survey_fields()) {
    cells(field.name, {}, field.unit, field.long_name,
          [&](const SurveyCells& c, auto& values) { values.push_back(c.*field.member); });
  }
  for (const PointsField& field : points_fields) {
    cells(field.name, {answer_axis}, field.unit, field.long_name, [&](const SurveyCells& c, auto& values) {
      values.insert(values.end(), (c.*field.member).begin(), (c.*field.member).end());
    });
  }
  for (const SurveyIntervalField& field : survey_interval_fields()) {
    std::vector<double> values;
    for (const PlanSamples& plan : samples.plans) {
      for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
        values.push_back(plan.survey_intervals.empty() ? std::numeric_limits<double>::quiet_NaN()
                                                       : plan.survey_intervals[s].*field.member);
      }
    }
    outcomes.arrays.push_back({"surveys/" + std::string(field.name),
                               {"plan", "survey"},
                               std::string(field.unit),
                               std::string(field.long_name),
                               std::move(values)});
  }
}

void read_surveys(const Outcomes& outcomes, const KeptReader& reader, std::size_t count, Samples& samples) {
  if (samples.surveys.empty()) return;
  if (recorded_texts(outcomes, "survey") != samples.surveys)
    throw InputError("this results file is damaged or was edited: its surveys are not those of its scenario");
  const std::size_t surveys = samples.surveys.size(), personas = samples.personas.size();
  for (std::size_t k = 0; k < samples.plans.size(); ++k) {
    PlanSamples& plan = samples.plans[k];
    for (std::size_t s = 0; s < surveys; ++s) {
      std::vector<SurveySums>& of_survey = plan.surveys.emplace_back(count);
      for (std::size_t i = 0; i < count; ++i) {
        of_survey[i].asks = samples.survey_questions[s];
        of_survey[i].arrived = plan.all[i].arrived;
        of_survey[i].personas.resize(personas);
      }
    }
    const auto read = [&](std::string_view name, std::size_t width, const auto& put) {
      const std::vector<double>& values = reader.values(name, count * surveys * personas * width);
      std::size_t at = k * count * surveys * personas * width;
      for (std::size_t i = 0; i < count; ++i) {
        each_survey_cells(plan, i, [&](SurveyCells& c) {
          put(c, values.data() + at);
          at += width;
        });
      }
    };
    for (const SurveyField& field : survey_fields())
      read(field.name, 1, [&](SurveyCells& c, const double* from) { c.*field.member = *from; });
    for (const PointsField& field : points_fields) {
      read(field.name, answer_points,
           [&](SurveyCells& c, const double* from) { std::copy(from, from + answer_points, (c.*field.member).begin()); });
    }
    plan.survey_intervals.resize(surveys);
    for (const SurveyIntervalField& field : survey_interval_fields()) {
      const std::string name = "surveys/" + std::string(field.name);
      const auto* values = std::get_if<std::vector<double>>(&recorded(outcomes, name, {"plan", "survey"}).values);
      if (values == nullptr) throw InputError("this results file is damaged or was edited: " + name + " holds no numbers");
      for (std::size_t s = 0; s < surveys; ++s) plan.survey_intervals[s].*field.member = (*values)[k * surveys + s];
    }
  }
}

}  // namespace

void keep_samples(const Samples& samples, Outcomes& outcomes) {
  Keeper keeper(samples, outcomes);
  std::vector<std::int64_t> numbers(keeper.count());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i);
  outcomes.dimensions.push_back({sample_axis, numbers.size(), numbers, "1",
                                 samples.batches ? "sample: people who follow one another, or whole replications"
                                                 : "sample: a replication, or several"});
  keeper.add_by_sample("weight", "1", "people in the sample, of those in a replication",
                       [](const PlanSamples& plan, std::size_t i) { return plan.all[i].replications; });
  keeper.add_sums(persona_sums(), "persona", &PlanSamples::by_persona);
  for (const auto& fields : market_sums_of(samples.mechanisms)) {
    for (const SumField<Sums>& field : fields) {
      keeper.add_by_sample(field.name, field.unit, field.long_name,
                           [&](const PlanSamples& plan, std::size_t i) { return plan.all[i].*field.member; });
    }
  }
  if (!samples.segments.empty()) keeper.add_sums(segment_sums(), "account_segment", &PlanSamples::by_segment);
  keeper.add_sums(touch_sums(), "touchpoint", &PlanSamples::touch);
  keep_tenures(samples, keeper);
  if (samples.mechanisms.has(Needs::existing) && !samples.segments.empty()) {
    keeper.add("accounts_existing", {sample_axis, "account_segment"}, "accounts",
               "accounts of which somebody arrived as a customer", [&](const PlanSamples& plan, auto& values) {
                 for (std::size_t i = 0; i < keeper.count(); ++i) {
                   for (const auto& segment : plan.by_segment) values.push_back(segment[i].accounts_existing);
                 }
               });
  }
  keep_paired_outcomes(samples, keeper);
  keeper.add("cash_of", {sample_axis, "time"}, "", "as cash, of each sample, as if it were the whole market",
             [&](const PlanSamples& plan, auto& values) {
               for (const std::vector<double>& cash : plan.cash_of) values.insert(values.end(), cash.begin(), cash.end());
             });
  keeper.add(
      "cash", {"time"}, "",
      "revenue - cost to serve - investment in the window, undiscounted, for the market, mean over replications",
      [&](const PlanSamples& plan, auto& values) { values.insert(values.end(), plan.cash.begin(), plan.cash.end()); });
  keep_queues(samples, outcomes);
  keep_surveys(samples, keeper, outcomes);
}

namespace {

/// What a plan without rules pays by the visit in each window, mean over replications: all that it pays there less what it
/// pays whatever customers do.
std::vector<double> paid_by_visit(const Outcomes& outcomes, const Model& model, PlanId plan, std::size_t position,
                                  std::size_t replications) {
  const auto& paid = std::get<std::vector<double>>(recorded(outcomes, "investment", {"plan", "replication", "time"}).values);
  std::vector<double> result = fixed_investment(Program(apply(model, plan))).windows;
  const std::size_t windows = result.size();
  for (std::size_t w = 0; w < windows; ++w) {
    double sum = 0.0;
    for (std::size_t r = 0; r < replications; ++r) sum += paid[(position * replications + r) * windows + w];
    result[w] = sum / static_cast<double>(replications) - result[w];
  }
  return result;
}

}  // namespace

Samples kept_samples(const Outcomes& outcomes, const Model& model) {
  require_results_of(outcomes, model);
  const ModelParts& parts = model.parts();
  Samples samples = samples_about(model);
  samples.replications = static_cast<std::uint32_t>(outcomes.dimension("replication").size);
  samples.seed = outcomes.provenance.seed;
  if (const auto* ends = std::get_if<std::vector<double>>(&outcomes.dimension("time").values)) samples.window_ends = *ends;

  const std::vector<std::string>& ids = recorded_texts(outcomes, "plan");
  const std::size_t plans = ids.size(), personas = samples.personas.size(), touchpoints = samples.touchpoints.size();
  const auto axis = std::find_if(outcomes.dimensions.begin(), outcomes.dimensions.end(),
                                 [](const Dimension& dimension) { return dimension.name == sample_axis; });
  const std::size_t count = axis == outcomes.dimensions.end() ? 0 : axis->size;
  const std::size_t windows = samples.window_ends.size();
  const KeptReader reader(outcomes, plans, count);
  const std::vector<double>& weight = reader.values("weight", count);
  const std::vector<double>& cash = reader.values("cash", windows);
  const std::vector<double>& cash_of = reader.values("cash_of", count * windows);
  const std::size_t segments = samples.mechanisms.has(Needs::existing) ? samples.segments.size() : 0;
  const std::vector<double> none;
  const std::vector<double>& existing = segments > 0 ? reader.values("accounts_existing", count * segments) : none;
  const auto part = [](const std::vector<double>& values, std::size_t at, std::size_t size) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(at * size);
    return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(size));
  };

  for (std::size_t k = 0; k < plans; ++k) {
    const auto described =
        std::find_if(parts.plans.begin(), parts.plans.end(), [&](const Plan& plan) { return plan.id == ids[k]; });
    if (described == parts.plans.end()) {
      throw InputError("the results hold a plan \"" + ids[k] + "\" that their scenario does not have");
    }
    PlanSamples plan;
    plan.id = described->id;
    plan.name = described->name;
    plan.by_persona.assign(personas, std::vector<Sums>(count));
    plan.touch.assign(touchpoints, std::vector<TouchSums>(count));
    plan.by_segment.assign(samples.segments.size(), std::vector<Sums>(count));
    plan.paired_outcomes.assign(count, PairedOutcomes(personas, samples.tiers.size()));
    plan.all.resize(count);
    reader.read_sums(persona_sums(), k, plan.by_persona);
    reader.read_sums(touch_sums(), k, plan.touch);
    reader.read_sums(segment_sums(), k, plan.by_segment);
    read_tenures(reader, k, outcomes.dimension("tenure_bin"), samples.mechanisms, plan);
    if (plans > 1) read_paired_outcomes(reader, k, samples, plan);
    for (std::size_t i = 0; i < count; ++i) {
      Sums& all = plan.all[i];
      const std::size_t sample = k * count + i;
      for (std::size_t p = 0; p < personas; ++p) {
        Sums& one = plan.by_persona[p][i];
        one.people_per_customer = model.people_per_customer();
        if (parts.personas[p].existing()) one.existing = one.arrived;
        all += one;
        one.replications = weight[sample];
      }
      for (PeopleByTenure* const people : {&all.tenure_churned, &all.tenure_censored, &all.tenure_entered}) people->pack();
      all.replications = weight[sample];
      for (std::size_t s = 0; s < segments; ++s) plan.by_segment[s][i].accounts_existing = existing[sample * segments + s];
      for (auto& segment : plan.by_segment) {
        segment[i].people_per_customer = all.people_per_customer;
        segment[i].tenure_bin = all.tenure_bin;
        all += segment[i];
      }
      plan.cash_of.push_back(part(cash_of, sample, windows));
      for (std::size_t v = 0; v < touchpoints; ++v) {
        plan.touch[v][i].arrived = all.arrived;
        samples.events += static_cast<std::uint64_t>(plan.touch[v][i].visits);
      }
    }
    for (const auto& fields : market_sums_of(samples.mechanisms)) {
      for (const SumField<Sums>& field : fields) {
        const std::vector<double>& numbers = reader.values(field.name, count);
        for (std::size_t i = 0; i < count; ++i) plan.all[i].*field.member = numbers[k * count + i];
      }
    }
    plan.cash = part(cash, k, windows);
    if (parts.budget.per_quarter && described->rules.empty()) {
      plan.visit_price = paid_by_visit(outcomes, model, PlanId(static_cast<std::size_t>(described - parts.plans.begin())), k,
                                       samples.replications);
      plan.over_budget = over_budget(parts, *described, samples.window_ends, plan.visit_price);
    }
    samples.plans.push_back(std::move(plan));
  }
  read_queues(outcomes, parts, samples);
  read_rules(outcomes, parts, samples);
  read_surveys(outcomes, reader, count, samples);
  return samples;
}

}  // namespace sojourn
