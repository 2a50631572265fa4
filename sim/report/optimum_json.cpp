#include "json_figures.hpp"
#include "sojourn/report/optimum_report.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;

Json of(const Choice& choice, const Model& model) {
  Json json = {{"improvements", Json::array()}};
  for (const Purchase& purchase : choice.bought) {
    json["improvements"].push_back(
        {{"id", model.parts().improvements[purchase.improvement.index()].change.id}, {"level", purchase.level}});
  }
  json["investment"] = json_figures::of(choice.investment);
  json["gain"] = json_figures::of(choice.gain);
  for (std::size_t m = 0; m < choice.differences.size(); ++m)
    json["difference"][std::string(metrics()[m].name)] = json_figures::of(choice.differences[m]);
  return json;
}

}  // namespace

std::string optimum_json(const Optimum& optimum, const Model& model, const std::string& file) {
  Json json = json_figures::header(optimum.samples, file);
  json["budget"] = number(optimum.budget);
  if (const auto limit = model.parts().budget.per_quarter) json["budget_per_quarter"] = *limit;
  for (const GoalTerm& term : optimum.goal) json["goal"][std::string(metrics()[term.metric].name)] = term.weight;
  json["cautions"] = caution_words::cautions(optimum.samples);
  json["answer"] = optimum_answer(optimum, model);
  json["gain_is_clear"] = optimum.gain.clear() && optimum.gain.low > 0.0;
  json["best"] = of(optimum.finalists.front(), model);
  json["gain"] = json_figures::of(optimum.gain);
  json["lead"] = json_figures::of(optimum.lead);
  json["selection"] = {{"confidence", optimum.confidence}, {"at_most_missed", number(optimum.at_most_missed)},
                       {"rivals", optimum.rivals},         {"possible", optimum.possible},
                       {"counted", optimum.counted},       {"tried", optimum.tried},
                       {"in_full", optimum.in_full},       {"over_budget", optimum.over_budget},
                       {"unjudged", optimum.unjudged}};
  for (const SearchRound& round : optimum.rounds) {
    json["selection"]["rounds"].push_back({{"customers", round.customers},
                                           {"replications", round.replications},
                                           {"choices", round.choices},
                                           {"beaten", round.beaten},
                                           {"set_aside", round.set_aside}});
  }
  json["interplay"] = optimum.interplay ? json_figures::of(*optimum.interplay) : Json(nullptr);
  for (const Choice& choice : optimum.finalists) json["choices"].push_back(of(choice, model));
  for (const Choice& choice : optimum.frontier) json["frontier"].push_back(of(choice, model));
  json["events"] = optimum.events;
  return json_figures::text(json);
}

}  // namespace sojourn
