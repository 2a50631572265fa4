#include <cmath>

#include "json_figures.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/report/solution.hpp"

namespace sojourn {
namespace {

using json_figures::Json;
using json_figures::number;

Json of(const Bracket& value) {
  return {{"mean", number(value.mean)}, {"low", number(value.low)}, {"high", number(value.high)}};
}

Json of(const Moments& moments) { return {{"mean", number(moments.mean)}, {"sd", number(moments.sd)}}; }

Json metrics_of(const AtHorizon& figures, Scope scope) {
  Json json = Json::object();
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    if (scope == Scope::persona && metrics()[m].scope == Scope::market) continue;
    if (metrics()[m].written == Written::where_used) continue;  // what couples customers has no closed form
    json[std::string(metrics()[m].name)] = of(figures.metrics[m]);
  }
  return json;
}

/// A series over windows as three lists.
template <class Value>
Json series(std::size_t windows, Value value) {
  Json json = {{"mean", Json::array()}, {"low", Json::array()}, {"high", Json::array()}};
  for (std::size_t w = 0; w < windows; ++w) {
    const Bracket& at = value(w);
    json["mean"].push_back(number(at.mean));
    json["low"].push_back(number(at.low));
    json["high"].push_back(number(at.high));
  }
  return json;
}

/// Standing and occupancy at the ends of windows.
Json over_time(const AtHorizon& figures, const ModelParts& parts) {
  Json json = Json::object();
  const std::size_t windows = figures.standing.size();
  const auto people = [&](const char* name, Bracket StandingShares::*part) {
    json[name] = series(windows, [&](std::size_t w) -> const Bracket& { return figures.standing[w].*part; });
  };
  people("prospects", &StandingShares::prospects);
  people("lost", &StandingShares::lost);
  people("customers", &StandingShares::customers);
  people("churned", &StandingShares::churned);
  people("bought", &StandingShares::bought);
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    json["occupancy"][parts.touchpoints[v].id] =
        series(windows, [&](std::size_t w) -> const Bracket& { return figures.occupancy[w][v]; });
  }
  return json;
}

Json touchpoints_of(const AtHorizon& figures, const ModelParts& parts) {
  Json json = Json::object();
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v)
    json[parts.touchpoints[v].id] = {{"visits", of(figures.visits[v])}, {"present", of(figures.occupancy.back()[v])}};
  return json;
}

/// A list, because two exits may lead from and to the same touchpoints.
Json exits_of(const AtHorizon& figures, const LongRun& long_run, const ModelParts& parts) {
  Json json = Json::array();
  std::size_t at = 0;
  for (const Touchpoint& touchpoint : parts.touchpoints) {
    for (const Exit& exit : touchpoint.next) {
      json.push_back({{"from", touchpoint.id},
                      {"to", parts.touchpoints[exit.to.index()].id},
                      {"taken", of(figures.taken[at])},
                      {"taken_in_the_long_run", number(long_run.taken[at])}});
      ++at;
    }
  }
  return json;
}

Json long_run_of(const LongRun& long_run, const ModelParts& parts) {
  Json json = {{"buys", number(long_run.buys)},
               {"time_to_purchase", of(long_run.time_to_purchase)},
               {"life", of(long_run.life)},
               {"stays", number(long_run.stays)},
               {"circles", number(long_run.circles)},
               {"ends", Json::object()},
               {"visits", Json::object()}};
  for (std::size_t v = 0; v < parts.touchpoints.size(); ++v) {
    if (parts.touchpoints[v].end) json["ends"][parts.touchpoints[v].id] = number(long_run.ends[v]);
    json["visits"][parts.touchpoints[v].id] = number(long_run.visits[v]);
  }
  return json;
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string solution_json(const ClosedForm& solved, const Program& program, const std::string& file) {
  const ModelParts& parts = program.model().parts();
  const Settings& settings = parts.settings;
  Json json = {{"scenario", settings.title},
               {"file", file},
               {"question", settings.question},
               {"currency", settings.currency},
               {"market", settings.market.value_or(static_cast<double>(settings.customers))},
               {"horizon_days", program.horizon()},
               {"plan", parts.plans[program.model().plan().index()].id},
               {"exact", solved.exact},
               {"steps", solved.steps},
               {"step_days", solved.step},
               {"bounds", "low and high are certain: all delays rounded down, then up, to the steps"},
               {"notes", solved.notes}};
  const AtHorizon& all = solved.pooled.at_horizon;
  json["metrics"] = metrics_of(all, Scope::market);
  for (const Solution& persona : solved.personas) {
    Json& entry = json["by_persona"][persona.id] = metrics_of(persona.at_horizon, Scope::persona);
    entry["arrived"] = number(persona.at_horizon.arrived);
    entry["touchpoints"] = touchpoints_of(persona.at_horizon, parts);
    entry["exits"] = exits_of(persona.at_horizon, persona.long_run, parts);
    entry["long_run"] = long_run_of(persona.long_run, parts);
  }
  json["touchpoints"] = touchpoints_of(all, parts);
  json["exits"] = exits_of(all, solved.pooled.long_run, parts);
  json["long_run"] = long_run_of(solved.pooled.long_run, parts);
  json["windows"] = {{"end_days", solved.window_ends}};
  json["windows"].update(over_time(all, parts));
  return text_of(json);
}

std::string run_json(const Samples& samples, const ControlVariate& control, const std::string& file) {
  Json json = Json::parse(run_json(samples, file));
  Json& figures = json["control_variate"] = Json::object();
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    const ControlledEstimate& c = control.metrics[m];
    if (std::isnan(c.mean) || metrics()[m].written == Written::where_used) continue;
    figures[std::string(metrics()[m].name)] = {{"mean", number(c.mean)},
                                               {"low", number(c.low)},
                                               {"high", number(c.high)},
                                               {"variance_ratio", number(c.variance_ratio)},
                                               {"net_ratio", number(c.net_ratio)}};
  }
  json["twin"] = {{"without", control.without}, {"visits", control.twin_visits}, {"run_visits", control.run_visits}};
  return text_of(json);
}

}  // namespace sojourn
