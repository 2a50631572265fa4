// What `compare` says where the truth is known: intervals cover it, parts add up, and winners and losers are those whose
// luck lies where the plan changes something.
#include <cmath>
#include <string>
#include <vector>

#include "sojourn/decide/comparison.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/solve/closed_form.hpp"
#include "tests/catch.hpp"
#include "tests/verify/journeys.hpp"
#include "tests/verify/same_result.hpp"
#include "tests/verify/statistics.hpp"

using namespace sojourn;
using namespace sojourn::verify;

namespace {

/// Half buy, and leave after 20 days on average; under the plan three in five buy. Two personas, one of whom the plan does
/// not reach.
ModelParts half_buy(std::uint64_t customers, std::uint32_t replications, std::uint64_t seed) {
  ModelParts parts =
      journey({place(Stage::selection, {by_odds(1, 1.0), by_odds(2, 1.0)}),
               place(Stage::purchase, {by_odds(3, 1.0, Exponential{20.0})}), finish(End::lost), finish(End::churned)},
              31.0, customers);
  parts.settings.replications = replications;
  parts.settings.seed = seed;
  parts.touchpoints[1].revenue = 10.0;
  parts.personas = {persona("a", 0.5, parts.traits), persona("b", 0.5, parts.traits)};
  Improvement improvement;
  improvement.change = change("pull", 0, {Parameter::odds, Operation::multiply, 1.5}, 0.0);
  improvement.change.ramp = {RampShape::none, Days(0.0)};
  improvement.change.target.personas = {PersonaId(0)};
  improvement.change.target.exit_to = {TouchpointId(1)};
  improvement.price.once = 100.0;
  parts.improvements = {improvement};
  parts.plans.push_back({"pull", "Pull", {ImprovementId(0)}});
  return parts;
}

Samples sampled(const ModelParts& parts) {
  const Model model(parts);
  return collect_samples(run(model, all_plans(parts)));
}

double true_difference(const ModelParts& parts, std::string_view metric) {
  const Model model(parts);
  const auto figure = [&](std::size_t plan) {
    return solve(Program(apply(model, PlanId(plan)))).pooled.at_horizon.metrics[metric_position(metric)].mean;
  };
  return figure(1) - figure(0);
}

/// Three times as wide.
Estimate too_wide(Estimate e) {
  const double half = 1.5 * (e.high - e.low);
  e.low = e.mean - half;
  e.high = e.mean + half;
  return e;
}

/// Replications as samples, whatever the run keeps, and the normal's 1.96 in place of Student's t.
Estimate too_narrow(const Samples& samples, std::string_view name) {
  const Metric& metric = *find_metric(name);
  const std::size_t count = samples.plans[0].all.size(), replications = samples.replications;
  std::vector<double> values;
  Estimate e = difference(samples, 1, metric);
  for (std::size_t r = 0; r < replications; ++r) {
    Sums plan, baseline;
    for (std::size_t i = count * r / replications; i < count * (r + 1) / replications; ++i) {
      plan += samples.plans[1].all[i];
      baseline += samples.plans[0].all[i];
    }
    values.push_back(metric.value(plan) - metric.value(baseline));
  }
  const double half = 1.959964 * interval(e.mean, values).sd / std::sqrt(static_cast<double>(replications));
  e.low = e.mean - half;
  e.high = e.mean + half;
  return e;
}

bool covers(const Estimate& e, double truth) { return e.low <= truth && truth <= e.high; }

/// Whether parts add up to `whole`, which is larger than rounding.
void check_sum(const std::vector<Contribution>& parts, const Estimate& whole) {
  double sum = 0.0;
  for (const Contribution& part : parts) sum += part.change.mean;
  CHECK(std::fabs(sum - whole.mean) <= 1e-9 * (1.0 + std::fabs(whole.mean)));
}

}  // namespace

TEST_CASE("compare: intervals of differences cover the truth 95 % of the time, over 400 seeds", "[verify]") {
  constexpr std::uint32_t seeds = 400, replications = 4;
  constexpr std::uint64_t customers = 300;
  const ModelParts any = half_buy(customers, replications, 1);
  // By hand: those who buy on day 1 are still there on day 31 with probability exp(-30 / 20).
  const double retained = true_difference(any, "retained"), npv = true_difference(any, "npv");
  CHECK(retained == Approx(0.5 * 0.1 * std::exp(-1.5)).epsilon(1e-6));
  int covered = 0, covered_npv = 0, narrow = 0, wide = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Samples samples = sampled(half_buy(customers, replications, seed));
    const Comparison comparison = compare(samples);
    const Difference& e = comparison.plans[1].differences[metric_position("retained")];
    covered += covers(e, retained);
    narrow += covers(too_narrow(samples, "retained"), retained);
    wide += covers(too_wide(e), retained);
    covered_npv += covers(comparison.plans[1].differences[metric_position("npv")], npv);
    CHECK((e.p < 0.05) == !covers(e, 0.0));
  }
  const double error = std::sqrt(0.95 * 0.05 / seeds);
  // Of 400, 397 and more happen twice in a million.
  const auto judged = [&](int count) { return count < 397 && judge(static_cast<double>(count) / seeds, error, 0.95, 0.09); };
  CHECK(judged(covered));
  CHECK(judged(covered_npv));
  CHECK_FALSE(judged(wide));
  CHECK_FALSE(judged(narrow));  // the twin: 1.96 where t with 3 degrees of freedom is 3.18
}

TEST_CASE("compare: contributions add up", "[verify]") {
  for (ModelParts parts :
       {half_buy(5000, 3, 7), half_buy(5000, 1, 7), shipped("telecom.toml"), shipped("contact-centre.toml")}) {
    parts.settings.customers = 2000;
    parts.settings.replications = std::min(parts.settings.replications, 2u);
    const Comparison comparison = compare(sampled(parts));
    for (std::size_t k = 1; k < comparison.plans.size(); ++k) {
      const PlanComparison& plan = comparison.plans[k];
      check_sum(plan.retained_by_persona, plan.differences[metric_position("retained")]);
      check_sum(plan.retained_by_stage, plan.differences[metric_position("retained")]);
      check_sum(plan.npv_by_persona, plan.differences[metric_position("npv")]);
      check_sum(plan.npv_by_kind, plan.differences[metric_position("npv")]);
    }
  }
  // Where the truth is known: only persona a, only fewer lost at selection, some of whom leave later from purchase.
  const Comparison known = compare(sampled(half_buy(200'000, 2, 7)));
  const PlanComparison& pull = known.plans[1];
  CHECK(pull.retained_by_persona[1].change.mean == 0.0);
  CHECK(pull.retained_by_persona[0].change.mean == Approx(pull.differences[metric_position("retained")].mean));
  CHECK(std::fabs(pull.retained_by_stage[0].change.mean - 0.05) < 0.003);
  CHECK(std::fabs(pull.retained_by_stage[1].change.mean + 0.05 * (1.0 - std::exp(-1.5))) < 0.003);
  CHECK(pull.npv_by_kind[2].change.mean == Approx(-100.0));
}

TEST_CASE("compare: winners and losers", "[verify]") {
  // The plan moves one tenth of the luck of half the people from leaving to buying; who bought anyway does so again.
  const ModelParts parts = half_buy(200'000, 2, 11);
  const Comparison known = compare(sampled(parts));
  const WinnersAndLosers& all = known.plans[1].winners_and_losers.front();
  CHECK(all.people == 400'000.0);
  CHECK(all.outcome.worse.mean == 0.0);
  CHECK(all.outcome.better.mean == Approx(known.plans[1].differences[metric_position("retained")].mean));
  const double expected = 0.05 * std::exp(-1.5);
  const double error = std::sqrt(expected * (1.0 - expected) / all.people);
  CHECK(judge(all.outcome.better.mean, error, expected, 0.002));
  ModelParts stronger = parts;  // the twin
  stronger.improvements[0].change.effects[0].value = 1.75;
  CHECK_FALSE(
      judge(compare(sampled(stronger)).plans[1].winners_and_losers.front().outcome.better.mean, error, expected, 0.002));
  const WinnersAndLosers& untouched = known.plans[1].winners_and_losers[2];
  CHECK(untouched.id == "b");
  CHECK(untouched.overall.same.mean == 1.0);

  // Gained less given up is what the customers at the horizon differ by, wherever customers act on one another too.
  for (ModelParts shipped_parts : {shipped("telecom.toml"), shipped("contact-centre.toml"), shipped("b2b-software.toml")}) {
    shipped_parts.settings.customers = 2000;
    shipped_parts.settings.replications = 2;
    const Samples samples = sampled(shipped_parts);
    for (const PlanSamples& plan : samples.plans) {
      for (std::size_t r = 0; r < 2; ++r) {
        for (std::size_t p = 0; p < samples.personas.size(); ++p) {
          const auto people = [&](CustomerChange change) {
            double sum = 0.0;
            for (std::size_t f = 0; f < satisfaction_change_count; ++f)
              sum += static_cast<double>(plan.paired_outcomes[r].people(p, change, static_cast<SatisfactionChange>(f)));
            return sum;
          };
          const Sums &now = plan.by_persona[p][r], &before = samples.plans[0].by_persona[p][r];
          CHECK(people(CustomerChange::gained) + people(CustomerChange::kept) == now.customers);
          CHECK(people(CustomerChange::given_up) + people(CustomerChange::kept) == before.customers);
          CHECK(people(CustomerChange::gained) + people(CustomerChange::kept) + people(CustomerChange::given_up) +
                    people(CustomerChange::without) ==
                now.arrived);
          // By standing, rows are the baseline's people and columns the plan's.
          const auto standing = [&](EndStanding which, bool of_plan) {
            double sum = 0.0;
            for (std::size_t k = 0; k < end_standing_count; ++k) {
              const auto other = static_cast<EndStanding>(k);
              sum += static_cast<double>(of_plan ? plan.paired_outcomes[r].people(p, other, which)
                                                 : plan.paired_outcomes[r].people(p, which, other));
            }
            return sum;
          };
          for (const bool of_plan : {false, true}) {
            const Sums& sums = of_plan ? now : before;
            CHECK(standing(EndStanding::prospect, of_plan) == sums.prospects);
            CHECK(standing(EndStanding::lost, of_plan) == sums.lost);
            CHECK(standing(EndStanding::churned, of_plan) == sums.churned);
            CHECK(standing(EndStanding::customer, of_plan) == sums.customers);
          }
        }
      }
    }
  }
}

TEST_CASE("compare: replications added later are those of one run", "[verify]") {
  for (ModelParts parts : {half_buy(3000, 6, 3), shipped("contact-centre.toml")}) {
    parts.settings.customers = 3000;
    parts.settings.market = 3000.0;  // a customer who stands for many takes as long as they
    parts.settings.replications = 6;
    const std::vector<PlanId> plans = all_plans(parts);
    const Model whole(parts);
    const Run once{run(whole, plans), {}};
    for (const std::uint32_t first : {1u, 4u}) {
      ModelParts few = parts;
      few.settings.replications = first;
      Run pieces{run(Model(few), plans), {}};
      RunOptions options;
      options.first_replication = first;
      append(*pieces.result, run(whole, plans, options));
      CHECK(difference(pieces, once) == "");
      CHECK(collect_samples(*pieces.result).batches == !whole.coupled());
    }
    // The twin: other replications than those.
    ModelParts few = parts;
    few.settings.replications = 3;
    Run wrong{run(Model(few), plans), {}};
    append(*wrong.result, run(Model(few), plans));
    CHECK(difference(wrong, once) != "");
  }
}
