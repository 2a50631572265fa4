#include <cmath>
#include <nlohmann/json.hpp>

#include "sojourn/report/summary.hpp"

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;

/// Undefined numbers are null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json of(const Estimate& estimate) {
  return {{"mean", number(estimate.mean)},
          {"low", number(estimate.low)},
          {"high", number(estimate.high)},
          {"sd", number(estimate.sd)}};
}

Json header(const Samples& samples, const std::string& file) {
  return {{"scenario", samples.scenario},
          {"file", file},
          {"question", samples.question},
          {"currency", samples.currency},
          {"customers", samples.customers},
          {"market", samples.market},
          {"replications", samples.replications},
          {"seed", samples.seed},
          {"horizon_days", samples.horizon},
          {"events", samples.events},
          {"seconds", samples.seconds},
          {"intervals", "95 % Student t over " + std::string(samples.batches ? "batches of customers" : "replications") +
                            ": simulation error, not forecast uncertainty"}};
}

/// Whether the figures of this run have the metric.
bool written(const Samples& samples, const Metric& metric) {
  return metric.written == Written::always || samples.mechanisms.has(metric.needs);
}

Json by_persona(const Samples& samples, const PlanSamples& plan) {
  Json json = Json::object();
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    Json figures = Json::object();
    for (const Metric& metric : metrics()) {
      if (metric.scope == Scope::persona && written(samples, metric))
        figures[std::string(metric.name)] = of(estimate(plan.by_persona[p], metric));
    }
    json[samples.personas[p]] = std::move(figures);
  }
  return json;
}

}  // namespace

std::string run_json(const Samples& samples, const std::string& file) {
  const PlanSamples& plan = samples.plans.front();
  Json json = header(samples, file);
  json["plan"] = plan.id;
  for (const Metric& metric : metrics()) {
    if (written(samples, metric)) json["metrics"][std::string(metric.name)] = of(estimate(plan.all, metric));
  }
  json["by_persona"] = by_persona(samples, plan);
  for (std::size_t s = 0; s < samples.segments.size(); ++s) {
    for (const Metric& metric : metrics()) {
      if (metric.needs != Needs::accounts) continue;
      json["by_account_segment"][samples.segments[s]][std::string(metric.name)] = of(estimate(plan.by_segment[s], metric));
    }
  }
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    for (const TouchMetric& metric : touch_metrics()) {
      if (!samples.mechanisms.has(metric.needs)) continue;
      json["touchpoints"][samples.touchpoints[v]][std::string(metric.name)] = of(estimate(plan.touch[v], metric));
    }
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string comparison_json(const Samples& samples, const Comparison& comparison, const std::string& file) {
  Json json = header(samples, file);
  const auto names = metrics();
  for (std::size_t k = 0; k < comparison.plans.size(); ++k) {
    const PlanComparison& plan = comparison.plans[k];
    Json entry = {{"name", plan.name}};
    for (std::size_t m = 0; m < names.size(); ++m) {
      if (!written(samples, names[m])) continue;
      entry["metrics"][std::string(names[m].name)] = of(plan.metrics[m]);
      entry["difference"][std::string(names[m].name)] = of(plan.differences[m]);
    }
    entry["investment"] = number(plan.investment.mean);
    entry["roi"] = number(plan.roi.mean);
    entry["roi_low"] = number(plan.roi.low);
    entry["roi_high"] = number(plan.roi.high);
    entry["payback_days"] = plan.payback_days ? number(*plan.payback_days) : Json(nullptr);
    entry["by_persona"] = by_persona(samples, samples.plans[k]);
    for (const PersonaEffect& effect : plan.personas) {
      entry["difference_by_persona"][effect.id] = {
          {"retained", of(effect.retained)}, {"nps", of(effect.nps)}, {"clv", of(effect.clv)}};
    }
    json["plans"][plan.id] = std::move(entry);
  }
  for (std::size_t m = 0; m < names.size(); ++m) {
    if (written(samples, names[m])) json["pairing"][std::string(names[m].name)] = number(comparison.pairing[m]);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sojourn
