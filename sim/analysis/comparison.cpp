#include "sojourn/analysis/comparison.hpp"

#include <cmath>
#include <limits>

namespace sojourn {
namespace {

/// Return on investment of one sample, or of pooled ones.
double roi(const Sums& plan, const Sums& baseline) {
  const Metric& npv = *find_metric("npv");
  const double worth = (plan.worth_visit_price * plan.people_per_customer + plan.worth_investment) / plan.replications;
  return worth > 0.0 ? (npv.value(plan) - npv.value(baseline)) / worth : std::numeric_limits<double>::quiet_NaN();
}

Estimate roi(const std::vector<Sums>& plan, const std::vector<Sums>& baseline) {
  std::vector<double> samples;
  Sums plan_sum, baseline_sum;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    samples.push_back(roi(plan[i], baseline[i]));
    plan_sum += plan[i];
    baseline_sum += baseline[i];
  }
  return interval(roi(plan_sum, baseline_sum), samples);
}

std::vector<double> pairing(const Samples& samples, const std::vector<PlanComparison>& plans) {
  std::vector<double> ratios;
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    double independent = 0.0, paired = 0.0;
    for (std::size_t k = 1; k < samples.plans.size(); ++k) {
      const double base = plans[0].metrics[m].sd, plan = plans[k].metrics[m].sd, both = plans[k].differences[m].sd;
      if (std::isnan(base + plan + both)) continue;
      independent += base * base + plan * plan;
      paired += both * both;
    }
    ratios.push_back(paired > 0.0 ? independent / paired : std::numeric_limits<double>::quiet_NaN());
  }
  return ratios;
}

/// Customers present at the horizon, of the market, mean over replications.
double customers_of_market(const std::vector<Sums>& samples) {
  Sums sum;
  for (const Sums& sample : samples) sum += sample;
  return sum.customers * sum.people_per_customer / sum.replications;
}

}  // namespace

Comparison compare(const Samples& samples) {
  const PlanSamples& baseline = samples.plans.front();
  const Metric &retained = *find_metric("retained"), &nps = *find_metric("nps"), &clv = *find_metric("clv"),
               &investment = *find_metric("investment");
  Comparison comparison;
  for (const PlanSamples& plan : samples.plans) {
    PlanComparison result;
    result.id = plan.id;
    result.name = plan.name;
    for (const Metric& metric : metrics()) {
      result.metrics.push_back(estimate(plan.all, metric));
      result.differences.push_back(difference(plan.all, baseline.all, metric));
    }
    result.investment = estimate(plan.all, investment);
    result.roi = roi(plan.all, baseline.all);
    if (result.investment.mean > 0.0) result.payback_days = payback(plan.cash, baseline.cash, samples.window_ends);
    result.extra_customers = customers_of_market(plan.all) - customers_of_market(baseline.all);
    for (std::size_t p = 0; p < samples.personas.size(); ++p) {
      const auto effect = [&](const Metric& metric) {
        return difference(plan.by_persona[p], baseline.by_persona[p], metric);
      };
      result.personas.push_back({samples.personas[p], samples.persona_names[p], effect(retained), effect(nps), effect(clv)});
    }
    comparison.plans.push_back(std::move(result));
  }
  comparison.pairing = pairing(samples, comparison.plans);
  return comparison;
}

std::optional<double> payback(const std::vector<double>& cash, const std::vector<double>& baseline,
                              const std::vector<double>& window_ends) {
  double before = 0.0, begin = 0.0;
  std::optional<double> since = 0.0;
  for (std::size_t k = 0; k < cash.size(); ++k) {
    const double after = before + (cash[k] - baseline[k]);
    if (after < 0.0) {
      since.reset();
    } else if (!since) {
      since = begin + (window_ends[k] - begin) * (before < 0.0 ? -before / (after - before) : 0.0);
    }
    before = after;
    begin = window_ends[k];
  }
  return since;
}

}  // namespace sojourn
