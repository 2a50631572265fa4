#include "json_figures.hpp"
#include "sojourn/report/ranking_report.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;

Json word(Role role) {
  if (role == Role::none) return nullptr;
  return role == Role::enabler ? "enabler" : "barrier";
}

Json of(const Pull& pull) {
  Json json = {{"step", pull.step}};
  const auto names = metrics();
  for (std::size_t m = 0; m < names.size(); ++m) {
    const std::string metric(names[m].name);
    json["difference"][metric] = json_figures::of(pull.differences[m]);
    json["per_unit"][metric] = number(pull.differences[m].mean / pull.step);
  }
  return json;
}

}  // namespace

std::string ranking_json(const Ranking& ranking, const std::string& file) {
  Json json = json_figures::header(ranking.samples, file);
  json["plan"] = ranking.samples.plans.front().id;
  json["by"] = std::string(metrics()[ranking.by].name);
  json["plans_run"] = ranking.plans;
  json["events"] = ranking.samples.events;
  json["standard_improvement"] = {{"quality", ranking.sizes.quality},
                                  {"effort", ranking.sizes.effort},
                                  {"delay", ranking.sizes.delay},
                                  {"traffic", ranking.sizes.traffic}};
  const auto id = [&](const std::optional<std::size_t>& position) -> Json {
    if (!position) return nullptr;
    return ranking.touchpoints[*position].id;
  };
  json["cautions"] = caution_words::cautions(ranking.samples);
  json["answer"] = ranking_answer(ranking);
  json["lowest_score"] = id(ranking.lowest);
  json["as_weak"] = ranking.as_weak;
  json["weakest"] = id(ranking.weakest);
  json["leader"] = id(ranking.leader);
  json["as_good"] = ranking.as_good;
  json["worth_fixing"] = id(ranking.worth_fixing);
  json["runner_up"] = id(ranking.runner_up);
  json["gain_is_clear"] = ranking.leader && ranking.touchpoints[*ranking.leader].gain.clear();
  json["lead"] = ranking.runner_up ? json_figures::of(ranking.lead) : Json(nullptr);
  json[ranking.samples.batches ? "customers_to_tell" : "replications_to_tell"] =
      ranking.worth_fixing || !ranking.leader ? Json(nullptr)
                                              : number(caution_words::to_simulate(ranking.samples, ranking.times_to_tell));
  for (const TouchpointLeverage& each : ranking.touchpoints) {
    Json entry = {{"name", each.name},
                  {"ours", each.ours},
                  {"score", number(each.score)},
                  {"quality", number(each.quality)},
                  {"effort", number(each.effort)},
                  {"weight", each.weight},
                  {"visits", number(each.visits)},
                  {"reach", number(each.reach)},
                  {"leaves", number(each.leaves)},
                  {"leavers", number(each.leavers)},
                  {"must_pass", number(each.must_pass)},
                  {"gates", number(each.gates)},
                  {"on_purchase", word(each.on_purchase)},
                  {"on_retention", word(each.on_retention)},
                  {"gain", each.best ? json_figures::of(each.gain) : Json(nullptr)},
                  {"best", each.best ? Json(std::string(name(each.pulls[*each.best].lever))) : Json(nullptr)}};
    for (const Pull& pull : each.pulls) entry["shifts"][std::string(name(pull.lever))] = of(pull);
    json["touchpoints"][each.id] = std::move(entry);
  }
  return json_figures::text(json);
}

}  // namespace sojourn
