// The arrays of the results file (FORMAT.md), from the tables of scores by loops.
#include <functional>

#include "sojourn/base/memory.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/engine/money_totals.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/scores.hpp"

namespace sojourn {
namespace {

using Names = std::vector<std::string>;

/// The metrics of one plan and replication after another.
class HorizonMetrics {
 public:
  explicit HorizonMetrics(const RunResult& result) : result_(result) {
    const Mechanisms mechanisms = mechanisms_in(parts());
    for (const Metric& metric : metrics()) {
      if (metric.written == Written::where_used && !mechanisms.has(metric.needs)) continue;
      metrics_.push_back(&metric);
    }
    for (const Program& program : result.programs) costs_.push_back(fixed_costs(program));
    values_.resize(metrics_.size());
  }

  void add(std::size_t k, const Totals& totals) {
    const Program& program = result_.programs[k];
    PlanSamples one;
    add_sample(one, BatchSums(program, totals, parts().settings.customers), program, costs_[k]);
    for (std::size_t m = 0; m < metrics_.size(); ++m) values_[m].push_back(metrics_[m]->value(one.all.front()));
  }

  [[nodiscard]] std::vector<Array> arrays() && {
    std::vector<Array> arrays;
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const Metric& metric = *metrics_[m];
      arrays.push_back({std::string(metric.name),
                        {"plan", "replication"},
                        metric.unit == "currency" ? parts().settings.currency : std::string(metric.unit),
                        std::string(metric.description),
                        std::move(values_[m])});
    }
    return arrays;
  }

 private:
  [[nodiscard]] const ModelParts& parts() const { return result_.programs.front().model().parts(); }

  const RunResult& result_;
  std::vector<const Metric*> metrics_;
  std::vector<FixedCosts> costs_;            // [plan]
  std::vector<std::vector<double>> values_;  // [metric]
};

/// Declares one array after another, then fills all of them with one plan and replication after another: what was counted of
/// one is not needed any more when it is in the arrays.
class Arrays {
 public:
  Arrays(const RunResult& result, Outcomes& outcomes)
      : result_(result),
        outcomes_(outcomes),
        parts_(result.programs.front().model().parts()),
        shape_(result.shapes.front()),
        mechanisms_(mechanisms_in(parts_)),
        market_(result.programs.front().model().people_per_customer()),
        horizon_(result) {}

  /// `spent` is called with each plan and replication that is in the arrays.
  void add_all(const std::function<void(std::size_t, std::size_t)>& spent) {
    declare();
    for (std::size_t k = 0; k < result_.programs.size(); ++k) {
      for (std::size_t r = 0; r < result_.totals[k].size(); ++r) {
        const Totals& totals = result_.totals[k][r];
        for (const auto& fill : fills_) fill(k, totals);
        horizon_.add(k, totals);
        spent(k, r);
      }
    }
    for (Array& metric : std::move(horizon_).arrays()) {
      metric.name = "horizon/" + metric.name;
      outcomes_.arrays.push_back(std::move(metric));
    }
  }

 private:
  void declare() {
    for (const auto& score : time_scores()) add_time_score(score);
    add_money();
    add_occupancy();
    for (const auto& score : touch_scores()) add_touch_score(score);
    add_surveys();
    add_rules();
    add_queues();
    add_pools();
    add_staff_cost();
    for (const auto& score : account_scores()) add_account_score(score);
    add_integers("taken", {"persona", "exit"}, "count", "times the exit was taken up to the horizon",
                 [=, this](const Totals& totals, auto& values) {
                   each(shape_.personas, shape_.exits,
                        [&](std::size_t p, std::size_t e) { values.push_back(integer(totals.cell(shape_.taken(p, e)))); });
                 });
    add_tenure("tenure", TenureScore::churned, "people by days as a customer when they churned");
    add_tenure("tenure_censored", TenureScore::censored,
               "people by days as a customer of those still customers at the horizon");
    if (shape_.entries) {
      add_integers("tenure_entered", {"persona", "tenure_bin"}, "people",
                   "people who arrived as customers, by days as a customer at arrival",
                   [=, this](const Totals& totals, auto& values) {
                     each(shape_.personas, shape_.tenure_bins, [&](std::size_t p, std::size_t b) {
                       values.push_back(integer(totals.cell(shape_.entered(p, b))));
                     });
                   });
    }
    if (result_.programs.size() > 1) {
      add_paired_outcomes();
      add_members();
    }
    add_stages();
  }

  static std::int64_t integer(Totals::Wide cell) { return static_cast<std::int64_t>(cell); }
  template <class Use>
  static void each(std::size_t outer, std::size_t inner, Use use) {
    for (std::size_t i = 0; i < outer; ++i) {
      for (std::size_t k = 0; k < inner; ++k) use(i, k);
    }
  }

  /// `fill(totals, values)` or `fill(plan, totals, values)` appends the cells of one replication in row-major order. It is
  /// called later, and so holds what it needs.
  template <class T, class Fill>
  void add(std::string name, Names dimensions, std::string_view unit, std::string_view long_name, Fill fill) {
    dimensions.insert(dimensions.begin(), {"plan", "replication"});
    fills_.emplace_back([this, fill, at = outcomes_.arrays.size()](std::size_t k, const Totals& totals) {
      auto& values = std::get<std::vector<T>>(outcomes_.arrays[at].values);
      const std::size_t before = values.size();
      if constexpr (std::is_invocable_v<Fill, std::size_t, const Totals&, std::vector<T>&>) {
        fill(k, totals, values);
      } else {
        fill(totals, values);
      }
      if (before == 0) values.reserve(values.size() * replications());
    });
    outcomes_.arrays.push_back(
        {std::move(name), std::move(dimensions), std::string(unit), std::string(long_name), std::vector<T>()});
  }
  /// Of all plans.
  [[nodiscard]] std::size_t replications() const {
    std::size_t count = 0;
    for (const std::vector<Totals>& plan : result_.totals) count += plan.size();
    return count;
  }
  template <class Fill>
  void add_integers(std::string_view name, Names dimensions, std::string_view unit, std::string_view long_name, Fill fill) {
    add<std::int64_t>(std::string(name), std::move(dimensions), unit, long_name, fill);
  }
  template <class Fill>
  void add_reals(std::string_view name, Names dimensions, std::string_view unit, std::string_view long_name, Fill fill) {
    add<double>(std::string(name), std::move(dimensions), unit, long_name, fill);
  }

  void add_time_score(const Score<TimeScore, Sums>& score) {
    if (score.kind == ScoreKind::mean_of_people) {
      const double scale = scale_of(score.scale, shape_.scales);
      add_reals(score.name, {"persona", "time"}, score.unit, score.long_name, [=, this](const Totals& totals, auto& values) {
        for (std::size_t p = 0; p < shape_.personas; ++p) {
          Totals::Wide sum = 0, people = 0;
          for (std::size_t w = 0; w < shape_.windows; ++w) {
            sum += totals.cell(shape_.time(p, w, score.cell));
            people += totals.cell(shape_.time(p, w, TimeScore::customers));
            values.push_back(people > 0 ? static_cast<double>(sum) / scale / static_cast<double>(people) : nan);
          }
        }
      });
      return;
    }
    add_integers(score.name, {"persona", "time"}, score.unit, score.long_name,
                 [=, this](const Totals& totals, auto& values) {
                   for (std::size_t p = 0; p < shape_.personas; ++p) {
                     Totals::Wide sum = 0;
                     for (std::size_t w = 0; w < shape_.windows; ++w) {
                       const Totals::Wide cell = totals.cell(shape_.time(p, w, score.cell));
                       sum = score.kind == ScoreKind::stock ? sum + cell : cell;
                       values.push_back(integer(sum));
                     }
                   }
                 });
  }

  void add_touch_score(const Score<TouchScore, TouchSums>& score) {
    if (!mechanisms_.has(score.needs)) return;
    const Names dimensions{"persona", "touchpoint"};
    if (score.kind == ScoreKind::count) {
      add_integers(score.name, dimensions, score.unit, score.long_name, [=, this](const Totals& totals, auto& values) {
        each(shape_.personas, shape_.touchpoints,
             [&](std::size_t p, std::size_t v) { values.push_back(integer(totals.cell(shape_.touch(p, v, score.cell)))); });
      });
      return;
    }
    const double scale = scale_of(score.scale, shape_.scales);
    add_reals(score.name, dimensions, score.unit, score.long_name, [=, this](const Totals& totals, auto& values) {
      each(shape_.personas, shape_.touchpoints, [&](std::size_t p, std::size_t v) {
        const auto count = [&](TouchScore of) { return totals.value(shape_.touch(p, v, of)); };
        double over = count(TouchScore::visits) - count(TouchScore::unserved);
        if (score.kind == ScoreKind::mean_of_waits) over += count(TouchScore::gave_up);
        const Touchpoint& touchpoint = parts_.touchpoints[v];
        const bool defined =
            over > 0.0 && !touchpoint.end.has_value() && (score.needs != Needs::content || touchpoint.shows_content());
        values.push_back(defined ? totals.value(shape_.touch(p, v, score.cell), scale) / over : nan);
      });
    });
  }

  void add_account_score(const Score<AccountScore, Sums>& score) {
    if (!mechanisms_.has(Needs::accounts) || !mechanisms_.has(score.needs)) return;
    add_integers(score.name, {"account_segment", "time"}, score.unit, score.long_name,
                 [=, this](const Totals& totals, auto& values) {
                   each(shape_.account_segments, shape_.windows, [&](std::size_t s, std::size_t w) {
                     values.push_back(integer(totals.cell(shape_.account(s, w, score.cell))));
                   });
                 });
  }

  void add_money() {
    const std::string& currency = parts_.settings.currency;
    const auto series = [&](std::string_view name, DoubleSum MoneySum::*part, std::string_view long_name) {
      add_reals(name, {"persona", "time"}, currency, long_name,
                [=, this](std::size_t k, const Totals& totals, auto& values) {
                  const CountedUnder under(result_.programs[k], totals);
                  for (std::size_t p = 0; p < shape_.personas; ++p) {
                    const PersonaMoney money = money_of(*under, totals, p);
                    for (const MoneySum& window : money.windows) values.push_back((window.*part).value() * market_);
                  }
                });
    };
    series("revenue", &MoneySum::revenue, "revenue in the window, undiscounted, for the market");
    series("cost_to_serve", &MoneySum::cost, "cost to serve in the window, undiscounted, for the market");
    add_reals("investment", {"time"}, currency,
              "price of the plan's improvements in the window, undiscounted, for the market",
              [=, this](std::size_t k, const Totals& totals, auto& values) {
                const CountedUnder under(result_.programs[k], totals);
                const FixedCost fixed = fixed_investment(*under);
                std::vector<DoubleSum> prices(shape_.windows);
                for (std::size_t p = 0; p < shape_.personas; ++p) {
                  const PersonaMoney money = money_of(*under, totals, p);
                  for (std::size_t w = 0; w < shape_.windows; ++w) prices[w].add(money.windows[w].price);
                }
                for (std::size_t w = 0; w < shape_.windows; ++w)
                  values.push_back(fixed.windows[w] + market_ * prices[w].value());
              });
  }

  /// What the servers of pools cost, which is no persona's.
  void add_staff_cost() {
    if (!mechanisms_.has(Needs::paid_servers)) return;
    add_reals("staff_cost", {"time"}, parts_.settings.currency,
              "pay of the servers of pools on duty in the window, undiscounted, for the market",
              [=, this](std::size_t k, const Totals& totals, auto& values) {
                const FixedCost staff = staff_cost(*CountedUnder(result_.programs[k], totals));
                values.insert(values.end(), staff.windows.begin(), staff.windows.end());
              });
  }

  void add_occupancy() {
    add_integers("occupancy", {"touchpoint", "time"}, "people", "people at the touchpoint at the window's end",
                 [=, this](const Totals& totals, auto& values) {
                   for (std::size_t v = 0; v < shape_.touchpoints; ++v) {
                     Totals::Wide people = 0;
                     for (std::size_t w = 0; w < shape_.windows; ++w) {
                       for (std::size_t p = 0; p < shape_.personas; ++p) people += totals.cell(shape_.present(p, v, w));
                       values.push_back(integer(people));
                     }
                   }
                 });
  }

  void add_queues() {
    if (!shape_.queues) return;
    const auto series = [&](std::string_view name, std::string_view unit, std::string_view long_name, auto value) {
      add_reals(name, {"touchpoint", "time"}, unit, long_name, [=, this](std::size_t k, const Totals& totals, auto& values) {
        const Program& program = result_.programs[k];
        each(shape_.touchpoints, shape_.windows, [&](std::size_t v, std::size_t w) {
          const auto touchpoint = static_cast<std::uint32_t>(v);
          values.push_back(program.place(touchpoint).queues ? value(totals, program.service(touchpoint).queue, w) : nan);
        });
      });
    };
    const auto people = [&](std::string_view name, QueueScore score, std::string_view long_name) {
      series(name, "people", long_name, [=, this](const Totals& totals, std::size_t queue, std::size_t w) {
        return totals.value(shape_.queue(queue, w, score), score == QueueScore::waiting ? shape_.scales.copies : 1.0);
      });
    };
    people("queue_came", QueueScore::came, "simulated people who came to the queue in the window");
    people("queue_served", QueueScore::served, "simulated people whose service began in the window");
    people("queue_in_time", QueueScore::in_time, "of these, who waited no longer than the time asked for");
    people("queue_gave_up", QueueScore::gave_up, "simulated people who gave up waiting in the window");
    people("queue_turned_away", QueueScore::turned_away, "simulated people for whom there was no room in the window");
    people("queue_length", QueueScore::waiting, "people of a market who stand in line at the window's end");
    series("queue_wait", "day", "mean of the waits that ended in the window",
           [this](const Totals& totals, std::size_t queue, std::size_t w) {
             const auto of = [&](QueueScore score) { return totals.value(shape_.queue(queue, w, score)); };
             const double ended = of(QueueScore::served) + of(QueueScore::gave_up);
             return ended > 0.0 ? totals.value(shape_.queue(queue, w, QueueScore::wait), shape_.scales.days) / ended : nan;
           });
  }

  /// What surveys measured in each window, beside what is true.
  void add_surveys() {
    if (parts_.surveys.empty()) return;
    const auto series = [&](auto add, const auto& value) {
      add([=, this](const Totals& totals, auto& values) {
        for (std::size_t s = 0; s < parts_.surveys.size(); ++s) {
          for (const SurveyCells& window : survey_by_window(totals, s, parts_.surveys[s]))
            values.push_back(static_cast<typename std::decay_t<decltype(values)>::value_type>(value(window)));
        }
      });
    };
    const auto counts = [&](std::string_view name, double SurveyCells::*member, std::string_view long_name) {
      series(
          [&](auto fill) {
            add_integers(name, {"survey", "time"}, "count", long_name, fill);
          },
          [=](const SurveyCells& window) { return window.*member; });
    };
    const auto means = [&](std::string_view name, double SurveyCells::*sum, double SurveyCells::*of,
                           std::string_view long_name) {
      series(
          [&](auto fill) {
            add_reals(name, {"survey", "time"}, "1", long_name, fill);
          },
          [=](const SurveyCells& window) { return window.*of > 0.0 ? window.*sum / (window.*of) : nan; });
    };
    counts("survey_invited", &SurveyCells::invited, "invitations in the window");
    counts("survey_answered", &SurveyCells::answered, "answers in the window");
    means("survey_score", &SurveyCells::recorded_value, &SurveyCells::answered,
          "score that the answers of the window give: net promoter score, or mean point of the scale");
    means("true_score", &SurveyCells::everybody_value, &SurveyCells::everybody,
          "what is true of everybody: of the customers at the window's end, or of all visits in the window");
  }

  void add_rules() {
    const std::vector<RuleId> used = rules_in_use(parts_);
    if (used.empty()) return;
    Names ids;
    for (const RuleId rule : used) ids.push_back(parts_.rules[rule.index()].id);
    outcomes_.dimensions.push_back({"rule", ids.size(), ids, "", "rules that some plan goes by"});
    const std::vector<double>& ends = result_.programs.front().windows().ends();
    add_integers("rule_on", {"rule", "time"}, "1",
                 "1 where the plan goes by the rule and it was in force in the window, else 0",
                 [=](const Totals& totals, auto& values) {
                   for (const RuleId rule : used) {
                     for (const int on : in_force(totals.switches, static_cast<std::uint32_t>(rule.index()), ends))
                       values.push_back(on);
                   }
                 });
  }

  void add_pools() {
    if (!shape_.queues) return;
    const Names pools = ids_of_pools(parts_);
    outcomes_.dimensions.push_back(
        {"pool", pools.size(), pools, "", "pools of servers, then touchpoints with servers of their own"});
    add_reals("pool_utilisation", {"pool"}, "1", "share of the servers' time on duty in which they worked",
              [=, this](std::size_t k, const Totals& totals, auto& values) {
                const CountedUnder under(result_.programs[k], totals);
                const Staffing& staffing = under->staffing();
                for (std::size_t pool = 0; pool < staffing.pools.size(); ++pool) {
                  const double open = open_days(staffing.pools[pool], result_.programs[k].horizon());
                  values.push_back(pool_utilisation(totals, pool, open));
                }
              });
  }

  void add_tenure(std::string_view name, TenureScore score, std::string_view long_name) {
    add_integers(name, {"persona", "tenure_bin"}, "people", long_name, [=, this](const Totals& totals, auto& values) {
      each(shape_.personas, shape_.tenure_bins,
           [&](std::size_t p, std::size_t b) { values.push_back(integer(totals.cell(shape_.tenure(p, b, score)))); });
    });
  }

  /// Winners and losers: what each customer comes to under a plan and under the first one.
  void add_paired_outcomes() {
    outcomes_.dimensions.push_back({"fate", customer_change_count, Names{"gained", "kept", "without", "given_up"}, "",
                                    "customer under the plan only, under both, under neither, under the first plan only"});
    outcomes_.dimensions.push_back({"feeling", satisfaction_change_count, Names{"better", "same", "worse"}, "",
                                    "satisfaction at the end against that under the first plan; same: within 0.01"});
    const Names standings{"prospect", "lost", "churned", "customer"};
    outcomes_.dimensions.push_back({"first_standing", end_standing_count, standings, "", "standing under the first plan"});
    outcomes_.dimensions.push_back({"standing", end_standing_count, standings, "", "standing at the horizon"});
    add_integers("fortunes", {"persona", "fate", "feeling"}, "people",
                 "people by how they end under the plan and, on the same luck, under the first plan",
                 [=, this](const Totals& totals, auto& values) {
                   for (std::size_t p = 0; p < shape_.personas; ++p) {
                     each(customer_change_count, satisfaction_change_count, [&](std::size_t o, std::size_t f) {
                       values.push_back(totals.paired_outcomes.people(p, static_cast<CustomerChange>(o),
                                                                      static_cast<SatisfactionChange>(f)));
                     });
                   }
                 });
  }

  /// Members of each tier, by what they come to under a plan and under the first one.
  void add_members() {
    const auto tiered = std::find_if(parts_.counters.begin(), parts_.counters.end(),
                                     [](const Counter& counter) { return !counter.tiers.empty(); });
    if (tiered == parts_.counters.end()) return;
    outcomes_.dimensions.push_back(
        {"tier", tiered->tiers.size(), tiered->tiers, "1", "what the counter " + tiered->id + " must have held"});
    outcomes_.dimensions.push_back(
        {"without_plan", without_plan_count, Names{"prospect", "lost", "churned", "customer", "left_before"}, "",
         "standing under the first plan, or that the person had left there before the tier is reached under the plan"});
    add_integers(
        "members", {"tier", "persona", "without_plan", "standing"}, "people",
        "people who reach the tier under the plan, by what became of them under the first plan and where they stand at "
        "the horizon",
        [=, this](const Totals& totals, auto& values) {
          for (std::size_t tier = 0; tier < shape_.tiers; ++tier) {
            for (std::size_t p = 0; p < shape_.personas; ++p) {
              each(without_plan_count, end_standing_count, [&](std::size_t before, std::size_t after) {
                values.push_back(totals.paired_outcomes.people(tier, p, static_cast<WithoutPlan>(before),
                                                               static_cast<EndStanding>(after)));
              });
            }
          }
        });
  }

  /// The stage of each touchpoint, so that a funnel can be drawn from the file alone.
  void add_stages() {
    std::vector<std::int64_t> stage_of, order;
    for (const Touchpoint& touchpoint : parts_.touchpoints) stage_of.push_back(static_cast<std::int64_t>(touchpoint.stage));
    for (std::size_t k = 0; k < stage_names.size(); ++k) order.push_back(static_cast<std::int64_t>(k));
    outcomes_.arrays.push_back(
        {"touchpoint_stage", {"touchpoint"}, "1", "index of the touchpoint's stage in `stage`", stage_of});
    outcomes_.arrays.push_back({"stage_order", {"stage"}, "1", "position of the stage in the lifecycle", order});
  }

  const RunResult& result_;
  Outcomes& outcomes_;
  const ModelParts& parts_;
  const TallyShape& shape_;
  Mechanisms mechanisms_;
  double market_;  // people of the market for each one simulated
  HorizonMetrics horizon_;
  std::vector<std::function<void(std::size_t, const Totals&)>> fills_;  // of an array each
};

}  // namespace

std::vector<Array> horizon_metrics(const RunResult& result) {
  HorizonMetrics all(result);
  for (std::size_t k = 0; k < result.programs.size(); ++k) {
    for (const Totals& totals : result.totals[k]) all.add(k, totals);
  }
  return std::move(all).arrays();
}

namespace {

Outcomes collected(const RunResult& result, Provenance provenance,
                   const std::function<void(std::size_t, std::size_t)>& spent) {
  const ModelParts& parts = result.programs.front().model().parts();
  const TallyShape& shape = result.shapes.front();
  Outcomes outcomes;
  outcomes.provenance = std::move(provenance);
  Names plans;
  for (const Program& program : result.programs) plans.push_back(parts.plans[program.model().plan().index()].id);
  std::vector<double> bins;
  for (std::size_t b = 1; b <= shape.tenure_bins; ++b) bins.push_back(static_cast<double>(b) * shape.tenure_bin);
  const std::vector<std::int64_t> replications(result.replications.begin(), result.replications.end());
  const Names stages(stage_names.begin(), stage_names.end());
  outcomes.dimensions = {
      {"plan", plans.size(), plans, "", "investment plan"},
      {"replication", replications.size(), replications, "1", "replication number"},
      {"persona", shape.personas, ids_of(parts.personas), "", "persona"},
      {"time", shape.windows, result.programs.front().windows().ends(), "days since " + parts.settings.start,
       "end of the window"},
      {"touchpoint", shape.touchpoints, ids_of(parts.touchpoints), "", "touchpoint"},
      {"exit", shape.exits, exit_labels(parts), "", "exit, from -> to, in the order of the scenario"},
      {"stage", stages.size(), stages, "", "lifecycle stage"},
      {"tenure_bin", shape.tenure_bins, bins, "day", "days as a customer, upper edge of the bin"},
  };
  if (!parts.surveys.empty())
    outcomes.dimensions.push_back({"survey", parts.surveys.size(), ids_of(parts.surveys), "", "survey"});
  if (shape.account_segments > 0) {
    outcomes.dimensions.push_back(
        {"account_segment", shape.account_segments, ids_of(parts.account_segments), "", "account segment"});
  }
  Arrays(result, outcomes).add_all(spent);
  return outcomes;
}

}  // namespace

Outcomes collect_outcomes(const RunResult& result, Provenance provenance) {
  return collected(result, std::move(provenance), [](std::size_t, std::size_t) {});
}

Outcomes collect_outcomes(RunResult&& result, Provenance provenance) {
  constexpr std::size_t many = 1024;
  Outcomes outcomes = collected(result, std::move(provenance), [&](std::size_t k, std::size_t r) {
    result.totals[k][r] = Totals(TallyShape());
    if (r % many == many - 1) give_back_memory();
  });
  for (std::vector<Totals>& plan : result.totals) plan = {};
  return outcomes;
}

}  // namespace sojourn
