#include "json_figures.hpp"
#include "sojourn/report/answer_words.hpp"
#include "sojourn/report/summary.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;
using json_figures::of;

Json of(const Difference& difference) {
  Json json = of(static_cast<const Estimate&>(difference));
  json["p"] = number(difference.p);
  json["p_holm"] = number(difference.p_holm);
  return json;
}

Json of(const std::vector<Contribution>& parts) {
  Json json = Json::object();
  for (const Contribution& part : parts) json[part.id] = of(part.change);
  return json;
}

Json of(const BetterOrWorse& share) {
  return {{"better", of(share.better)}, {"same", of(share.same)}, {"worse", of(share.worse)}};
}

Json days(const std::optional<double>& day) { return day ? number(*day) : Json(nullptr); }

Json pairs(const Comparison& comparison, const std::vector<Rivalry>& rivalries) {
  Json list = Json::array();
  for (const Rivalry& pair : rivalries) {
    Json lead = of(pair.lead);
    lead["plan"] = comparison.plans[pair.first].id;
    lead["minus"] = comparison.plans[pair.second].id;
    list.push_back(std::move(lead));
  }
  return list;
}

/// Who is best, by headline metric: the chances of all plans, and every pair.
Json best(const Comparison& comparison) {
  Json json = Json::object();
  for (const BestPlan& best : comparison.best) {
    Json& of_metric = json[std::string(metrics()[best.metric].name)];
    for (std::size_t k = 0; k < best.chances.size(); ++k) {
      of_metric["chance"][comparison.plans[k].id] = number(best.chances[k]);
    }
    std::vector<Rivalry> rivalries;
    for (const Rivalry& pair : comparison.rivalries) {
      if (pair.metric == best.metric) rivalries.push_back(pair);
    }
    of_metric["pairs"] = pairs(comparison, rivalries);
  }
  return json;
}

/// The goal, who is best by it, and how likely.
Json goal(const Comparison& comparison, const Answer& found) {
  Json json = {{"label", answer_words::goal(comparison)}};
  for (const GoalTerm& term : comparison.goal.terms) json["weights"][std::string(metrics()[term.metric].name)] = term.weight;
  json["leader"] = comparison.plans[found.goal.leader].id;
  json["leader_is_best"] = found.goal.shown();
  json["same_as_leader"] = Json::array();
  for (const std::size_t twin : found.goal.twins) json["same_as_leader"].push_back(comparison.plans[twin].id);
  for (std::size_t k = 0; k < comparison.plans.size(); ++k)
    json["chance"][comparison.plans[k].id] = number(comparison.goal.chances[k]);
  json["pairs"] = pairs(comparison, comparison.goal.pairs);
  return json;
}

Json header(const Samples& samples, const std::string& file) {
  Json json = json_figures::header(samples, file);
  json["events"] = samples.events;
  json["seconds"] = samples.seconds;
  return json;
}

/// Whether the figures of this run have the metric.
bool written(const Samples& samples, const Metric& metric) {
  return metric.written == Written::always || samples.mechanisms.has(metric.needs);
}

Json by_persona(const Samples& samples, std::size_t plan) {
  Json json = Json::object();
  for (std::size_t p = 0; p < samples.personas.size(); ++p) {
    Json figures = Json::object();
    for (const Metric& metric : metrics()) {
      if (metric.scope == Scope::persona && written(samples, metric))
        figures[std::string(metric.name)] = of(estimate(samples, plan, metric, {Group::persona, p}));
    }
    json[samples.personas[p]] = std::move(figures);
  }
  return json;
}

Json by_segment(const Samples& samples, std::size_t plan) {
  Json json = Json::object();
  for (std::size_t s = 0; s < samples.segments.size(); ++s) {
    for (const Metric& metric : metrics()) {
      if (metric.needs == Needs::accounts)
        json[samples.segments[s]][std::string(metric.name)] = of(estimate(samples, plan, metric, {Group::segment, s}));
    }
  }
  return json;
}

Json of(const std::vector<TouchSums>& sums, const Samples& samples) {
  Json json = Json::object();
  for (const TouchMetric& metric : touch_metrics()) {
    // What was solved and how content fitted have objects of their own.
    if (of_some_touchpoints(metric.needs) || !samples.mechanisms.has(metric.needs)) continue;
    json[std::string(metric.name)] = of(estimate(sums, metric));
  }
  return json;
}

/// Of each channel in which there is a touchpoint.
Json by_channel(const Samples& samples, std::size_t plan) {
  Json json = Json::object();
  for (std::size_t c = 0; c < samples.channels.size(); ++c) {
    const std::vector<TouchSums> sums = channel_sums(samples, samples.plans[plan], ChannelId(c));
    if (!sums.empty()) json[samples.channels[c]] = of(sums, samples);
  }
  return json;
}

/// How much appraisals differ from visit to visit of one customer, and between customers; nothing where nobody asked.
void add_spread(Json& json, const Samples& samples, std::size_t plan) {
  if (samples.appraisal_spreads.empty()) return;
  const AppraisalSpread& spread = samples.appraisal_spreads[plan];
  json["appraisal_spread"] = {
      {"within",
       {{"mean", number(spread.within)}, {"low", number(spread.within_low)}, {"high", number(spread.within_high)}}},
      {"between", number(spread.between)},
      {"customers", spread.customers},
      {"visits", spread.visits}};
}

/// What queues did under one plan, beside the other figures of their touchpoints, and how busy the servers of pools were.
void add_queues(Json& json, const Samples& samples, std::size_t plan) {
  for (const QueueFigures& queue : samples.plans[plan].queues) {
    Json& touchpoint = json["touchpoints"][samples.touchpoints[queue.touchpoint]];
    for (const TouchMetric& metric : touch_metrics()) {
      const std::string name(metric.name);
      if ((name == "wait_days" || name == "gave_up") && !touchpoint.contains(name))
        touchpoint[name] = of(estimate(samples.plans[plan].touch[queue.touchpoint], metric));
    }
    touchpoint["wait_days"]["median"] = number(queue.median);
    touchpoint["wait_days"]["p90"] = number(queue.p90);
    touchpoint["wait_days"]["p95"] = number(queue.p95);
    touchpoint["service_level"] = number(queue.service_level);
    touchpoint["answer_within_days"] = queue.answer_within;
    touchpoint["abandonment"] = number(queue.abandonment);
    touchpoint["turned_away"] = number(queue.turned_away);
    touchpoint["still_waiting"] = number(queue.still_waiting);
    touchpoint["utilisation"] = number(queue.utilisation);
  }
  const std::vector<double>& utilisation = samples.plans[plan].utilisation;
  for (std::size_t pool = 0; pool < utilisation.size(); ++pool)
    json["pools"][samples.pools[pool]]["utilisation"] = number(utilisation[pool]);
}

/// What surveys measured under one plan, beside what is true, and how it differs from the first plan's.
void add_surveys(Json& json, const Samples& samples, std::size_t plan) {
  const PlanSamples& of_plan = samples.plans[plan];
  for (std::size_t s = 0; s < samples.surveys.size(); ++s) {
    const std::vector<SurveySums>& sums = of_plan.surveys[s];
    const auto figure = [&](std::string_view name) { return of(estimate(sums, survey_metric(name))); };
    Json survey = {{"asks", scale_of(samples.survey_questions[s]).name}};
    for (const std::string_view name : {"invited", "answered", "response_rate", "covered", "measured", "true", "gap"})
      survey[std::string(name)] = figure(name);
    for (const std::string_view whose : {"visits", "covered", "invited", "answered"})
      survey["true"][std::string(whose)] = figure("true_" + std::string(whose));
    for (const std::string_view part : {"visits", "coverage", "sampling", "response", "noise"})
      survey["gap"][std::string(part)] = figure("gap_" + std::string(part));
    for (const std::string_view by : {"propensity", "persona"})
      survey["weighted"][std::string(by)] = figure("weighted_" + std::string(by));
    if (samples.closed_loops[s])
      survey["closed_loop"] = {{"recovered", figure("recovered")}, {"reached", figure("reached")}};
    if (!of_plan.survey_intervals.empty()) {
      const SurveyIntervals& intervals = of_plan.survey_intervals[s];
      survey["interval"] = {{"half_width", number(intervals.half_width)},
                            {"windows", number(intervals.windows)},
                            {"cover", number(intervals.cover)}};
    }
    const SurveySums all = pooled(sums);
    const SurveyCells whole = all.all();
    const auto share = [](double part, double of_all) { return of_all > 0.0 ? Json(part / of_all) : Json(nullptr); };
    double weights = 0.0;
    for (const double weight : whole.weights) weights += weight;
    for (std::size_t answer = 0; answer < answer_points; ++answer) {
      if (!(whole.answers[answer] > 0.0)) continue;
      survey["answers"][std::to_string(answer)] = {{"share", share(whole.answers[answer], whole.answered)},
                                                   {"weighted", share(whole.weights[answer], weights)}};
    }
    for (std::size_t p = 0; p < samples.personas.size(); ++p) {
      const SurveyCells& persona = all.personas[p];
      double own = 0.0;
      for (const double weight : persona.weights) own += weight;
      survey["by_persona"][samples.personas[p]] = {{"invited", share(persona.invited, whole.invited)},
                                                   {"answered", share(persona.answered, whole.answered)},
                                                   {"weighted", share(own, weights)},
                                                   {"response_rate", share(persona.answered, persona.invited)}};
    }
    if (plan > 0) {
      for (const std::string_view name : {"measured", "true", "response_rate", "gap"}) {
        survey["difference"][std::string(name)] =
            of(difference(sums, samples.plans.front().surveys[s], survey_metric(name)));
      }
    }
    json["surveys"][samples.surveys[s]] = std::move(survey);
  }
}

/// When the rules of the plan were in force: shares by window, and what they switched in each replication.
void add_rules(Json& json, const Samples& samples, std::size_t plan) {
  for (const RuleTrace& trace : samples.plans[plan].rules) {
    Json rule = {{"name", samples.rule_names[trace.rule]},
                 {"ever", number(trace.ever)},
                 {"time_on", number(trace.time_on)},
                 {"switches", number(trace.times)},
                 {"on", trace.on},
                 {"trace", Json::array()}};
    for (const auto& replication : trace.switched) {
      Json list = Json::array();
      for (const RuleTrace::At& at : replication) list.push_back({{"day", at.day}, {"on", at.on}});
      rule["trace"].push_back(std::move(list));
    }
    json["rules"][samples.rules[trace.rule]] = std::move(rule);
  }
}

/// What a log counts as solved and what was, at touchpoints to which people bring a problem.
void add_solved(Json& json, const Samples& samples, std::size_t plan) {
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    if (!samples.solving[v]) continue;
    Json& solved = json["touchpoints"][samples.touchpoints[v]]["solved"];
    for (const TouchMetric& metric : touch_metrics()) {
      if (metric.name == "solved_logged") solved["logged"] = of(estimate(samples, plan, v, metric));
      if (metric.name == "solved_true") solved["true"] = of(estimate(samples, plan, v, metric));
    }
  }
}

/// How what was shown fitted, at touchpoints with content.
void add_content(Json& json, const Samples& samples, std::size_t plan) {
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    if (!samples.content[v]) continue;
    Json& content = json["touchpoints"][samples.touchpoints[v]]["content"];
    for (const TouchMetric& metric : touch_metrics()) {
      if (metric.needs == Needs::content) content[std::string(metric.name)] = of(estimate(samples, plan, v, metric));
    }
  }
}

}  // namespace

std::string run_json(const Samples& samples, const std::string& file) {
  const PlanSamples& plan = samples.plans.front();
  Json json = header(samples, file);
  json["cautions"] = caution_words::cautions(samples);
  json["plan"] = plan.id;
  for (const Metric& metric : metrics()) {
    if (written(samples, metric)) json["metrics"][std::string(metric.name)] = of(estimate(samples, 0, metric));
  }
  json["by_persona"] = by_persona(samples, 0);
  if (!samples.segments.empty()) json["by_account_segment"] = by_segment(samples, 0);
  for (std::size_t v = 0; v < samples.touchpoints.size(); ++v) {
    json["touchpoints"][samples.touchpoints[v]] = of(plan.touch[v], samples);
  }
  if (!samples.channels.empty()) json["by_channel"] = by_channel(samples, 0);
  add_spread(json, samples, 0);
  add_queues(json, samples, 0);
  add_solved(json, samples, 0);
  add_content(json, samples, 0);
  add_surveys(json, samples, 0);
  add_rules(json, samples, 0);
  return json_figures::text(json);
}

std::string comparison_json(const Samples& samples, const Comparison& comparison, const std::string& file) {
  Json json = header(samples, file);
  json["cautions"] = caution_words::cautions(samples, comparison);
  const Answer found = answer(comparison);
  json["answer"] = answer_words::sentences(samples, comparison);
  json["goal"] = goal(comparison, found);
  const auto names = metrics();
  for (std::size_t k = 0; k < comparison.plans.size(); ++k) {
    const PlanComparison& plan = comparison.plans[k];
    Json entry = {{"name", plan.name}};
    for (std::size_t m = 0; m < names.size(); ++m) {
      if (!written(samples, names[m])) continue;
      entry["metrics"][std::string(names[m].name)] = of(plan.metrics[m]);
      entry["difference"][std::string(names[m].name)] = of(plan.differences[m]);
    }
    entry["goal"] = of(comparison.goal.gains[k]);
    entry["verdict"] = {
        {"goal", name(found.plans[k].goal)}, {"worth", name(found.plans[k].worth)}, {"kept", name(found.plans[k].kept)}};
    entry["investment"] = number(plan.investment.mean);
    if (samples.mechanisms.has(Needs::paid_servers)) entry["staff_cost"] = number(plan.staff_cost);
    entry["roi"] = number(plan.roi.mean);
    entry["roi_low"] = number(plan.roi.low);
    entry["roi_high"] = number(plan.roi.high);
    entry["payback_days"] = days(plan.payback_days);
    entry["payback_earliest"] = days(plan.payback_earliest);
    entry["payback_latest"] = days(plan.payback_latest);
    entry["payback_undiscounted_days"] = days(plan.payback_undiscounted);
    entry["extra_customers"] = number(plan.extra_customers);
    entry["cost_per_extra_customer"] = of(plan.cost_per_extra_customer);
    entry["by_persona"] = by_persona(samples, k);
    if (!samples.channels.empty()) entry["by_channel"] = by_channel(samples, k);
    add_spread(entry, samples, k);
    add_queues(entry, samples, k);
    add_solved(entry, samples, k);
    add_content(entry, samples, k);
    add_surveys(entry, samples, k);
    add_rules(entry, samples, k);
    if (!samples.segments.empty()) entry["by_account_segment"] = by_segment(samples, k);
    for (const PersonaEffect& effect : plan.personas) {
      entry["difference_by_persona"][effect.id] = {
          {"retained", of(effect.retained)}, {"nps", of(effect.nps)}, {"clv", of(effect.clv)}};
    }
    for (const SegmentEffect& effect : plan.segments) {
      entry["difference_by_account_segment"][effect.id] = {{"account_conversion", of(effect.conversion)},
                                                           {"account_retention", of(effect.retention)}};
    }
    entry["contributions"] = {
        {"retained", {{"by_persona", of(plan.retained_by_persona)}, {"by_stage", of(plan.retained_by_stage)}}},
        {"npv", {{"by_persona", of(plan.npv_by_persona)}, {"by_kind", of(plan.npv_by_kind)}}}};
    for (const WinnersAndLosers& each : plan.winners_and_losers) {
      const Json shares = {
          {"overall", of(each.overall)}, {"outcome", of(each.outcome)}, {"satisfaction", of(each.satisfaction)}};
      if (&each == &plan.winners_and_losers.front()) {
        entry["winners_and_losers"] = shares;
      } else {
        entry["winners_and_losers"]["by_persona"][each.id] = shares;
      }
    }
    for (const TierEffect& tier : plan.tiers) {
      entry["tiers"].push_back({{"counter", samples.tier_counter},
                                {"from", tier.from},
                                {"members", of(tier.members)},
                                {"retained", of(tier.kept)},
                                {"others_retained", of(tier.others)},
                                {"apart", of(tier.apart)},
                                {"without_plan", of(tier.without)},
                                {"lift", of(tier.lift)},
                                {"selection", of(tier.selection)},
                                {"left_before", of(tier.left_before)}});
    }
    json["plans"][plan.id] = std::move(entry);
  }
  json["best"] = best(comparison);
  for (std::size_t m = 0; m < names.size(); ++m) {
    if (written(samples, names[m])) json["pairing"][std::string(names[m].name)] = number(comparison.pairing[m]);
  }
  return json_figures::text(json);
}

}  // namespace sojourn
