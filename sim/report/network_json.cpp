#include "json_figures.hpp"
#include "network_words.hpp"
#include "sojourn/report/network_report.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;

}  // namespace

std::string network_json(const NetworkFigures& figures, const Model& model, const std::string& file) {
  Json degrees = Json::array();
  for (const auto& [degree, people] : figures.degrees) degrees.push_back({{"contacts", degree}, {"people", people}});
  const Json json = {{"scenario", file},
                     {"network", words_of(model.parts().word_of_mouth->network).kind},
                     {"seed", model.parts().settings.seed},
                     {"replication", 0},
                     {"people", figures.people},
                     {"contacts", figures.contacts},
                     {"degree",
                      {{"mean", figures.mean_degree},
                       {"min", figures.least_degree},
                       {"median", figures.median_degree},
                       {"max", figures.most_degree},
                       {"distribution", degrees}}},
                     {"without_contacts", figures.without_contacts},
                     {"largest_group", number(figures.largest_group)},
                     {"clustering",
                      {{"transitivity", number(figures.transitivity)},
                       {"mean_local", number(figures.mean_clustering)},
                       {"people_sampled", figures.sampled == 0 ? Json(nullptr) : Json(figures.sampled)}}},
                     {"homophily",
                      {{"own_persona", number(figures.own_persona)},
                       {"by_chance", number(figures.own_persona_by_chance)},
                       {"assortativity", number(figures.assortativity)},
                       {"messages_to_own_persona", number(figures.messages_to_own_persona)}}}};
  return json.dump(2) + "\n";
}

}  // namespace sojourn
