#include "sojourn/play/play_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "play_words.hpp"
#include "sojourn/base/number_text.hpp"
#include "sojourn/decide/default_goal.hpp"
#include "sojourn/decide/multiple_comparisons.hpp"
#include "sojourn/outcomes/version.hpp"
#include "sojourn/report/caution_words.hpp"
#include "sojourn/report/format.hpp"
#include "sojourn/report/key_words.hpp"

namespace sojourn {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json figures(const Estimate& e) { return {number(e.mean), number(e.low), number(e.high)}; }
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Positions in `metrics()` of those that the model has something to say of.
std::vector<std::size_t> metrics_of(const Model& model) {
  std::vector<std::size_t> kept;
  const Mechanisms mechanisms = mechanisms_in(model.parts());
  const bool money = moves_money(model.parts());
  for (std::size_t m = 0; m < metrics().size(); ++m) {
    if (mechanisms.has(metrics()[m].needs) && (money || metrics()[m].unit != "currency")) kept.push_back(m);
  }
  return kept;
}

std::string price_words(const Price& price, const std::string& currency) {
  std::string words;
  const auto add = [&](double amount, const char* unit) {
    if (amount == 0.0) return;
    words += fmt::format("{}{}{}", words.empty() ? "" : ", ", format::money(amount, currency), unit);
  };
  add(price.once, " once");
  add(price.per_month, " a month");
  add(price.per_visit, " a visit");
  return words;
}

Json knobs_json(const Playground& ground) {
  const Knobs& knobs = ground.knobs();
  Json list = Json::array();
  for (std::size_t k = 0; k < knobs.inputs.keys.size(); ++k) {
    const VariedKey& key = knobs.inputs.keys[k];
    const auto& range = std::get<VariedKey::Range>(key.values);
    // About a hundred steps of a round size.
    const double rough = (range.to - range.from) / 100.0, ten = std::pow(10.0, std::floor(std::log10(rough)));
    const double step = rough / ten <= 1.5   ? ten
                        : rough / ten <= 3.5 ? 2.0 * ten
                        : rough / ten <= 7.5 ? 5.0 * ten
                                             : 10.0 * ten;
    list.push_back(
        {{"key", key.key},
         {"name", knobs.names[k] == key.key ? key_words::name_of_key(ground.scenario().parts, key.key) : knobs.names[k]},
         {"unit", play_words::unit(key, ground.scenario().parts.settings.currency)},
         {"percent", play_words::is_share(key, range.from, range.to)},
         {"from", range.from},
         {"to", range.to},
         {"step", key.whole ? std::max(1.0, std::round(step)) : step},
         {"value", knobs.values[k]},
         {"before", key.before},
         {"after", key.after},
         {"whole", key.whole},
         {"both", ground.moves_both(k)},
         {"why", knobs.whys[k]}});
  }
  return list;
}

Json plans_json(const ModelParts& parts) {
  Json list = Json::array();
  for (std::size_t k = 1; k < parts.plans.size(); ++k) {
    const Plan& plan = parts.plans[k];
    Json bought = Json::object(), rules = Json::array();
    for (std::size_t i = 0; i < plan.improvements.size(); ++i)
      bought[parts.improvements[plan.improvements[i].index()].change.id] = plan.level(i);
    for (const RuleId rule : plan.rules) rules.push_back(parts.rules[rule.index()].id);
    list.push_back({{"id", plan.id}, {"name", plan.name}, {"improvements", bought}, {"rules", rules}});
  }
  return list;
}

/// The curves of both sides: what there was at each window's end, per person who arrived up to the horizon.
Json series_json(const PlayAnswer& answer, bool has_money) {
  const Samples& samples = answer.samples;
  const auto side = [&](const Course& course, std::size_t plan) {
    const Sums people = pooled(samples.plans[plan].all);
    Json kept = Json::array(), nps = Json::array(), money = Json::array();
    double sum = 0.0;
    for (std::size_t w = 0; w < samples.window_ends.size(); ++w) {
      kept.push_back(number(course.customers[w] / people.arrived));
      nps.push_back(number(100.0 * (course.promoters[w] - course.detractors[w]) / course.customers[w]));
      sum += samples.plans[plan].cash[w];
      money.push_back(number(sum));
    }
    return std::array{kept, nps, money};
  };
  const auto before = side(answer.before, 0), now = side(answer.now, 1);
  Json days = Json::array(), curves = Json::array();
  for (const double day : samples.window_ends) days.push_back(day);
  const auto add = [&](const char* name, const char* title, const char* unit, const char* kind, std::size_t i) {
    curves.push_back(
        {{"name", name}, {"title", title}, {"unit", unit}, {"kind", kind}, {"before", before[i]}, {"now", now[i]}});
  };
  add("retained", "Customers kept", "1", "share", 0);
  add("nps", "Net promoter score", "1", "points", 1);
  if (has_money) add("balance", "Money earned so far", samples.currency.c_str(), "money", 2);
  return {{"days", days}, {"curves", curves}};
}

const TouchMetric& touch_metric(std::string_view name) {
  const auto all = touch_metrics();
  return *std::find_if(all.begin(), all.end(), [&](const TouchMetric& each) { return each.name == name; });
}

Json places_json(const PlayAnswer& answer, std::size_t count) {
  const Samples& samples = answer.samples;
  const double replications = answer.replications;
  Json list = Json::array();
  for (std::size_t v = 0; v < count; ++v) {
    const TouchSums before = pooled(samples.plans[0].touch[v]), now = pooled(samples.plans[1].touch[v]);
    const auto both = [&](const char* name) -> Json {
      const TouchMetric& metric = touch_metric(name);
      return {number(metric.value(before)), number(metric.value(now))};
    };
    Json visits = {number(before.visits / before.arrived), number(now.visits / now.arrived)};
    Json in_line = nullptr;
    if (v < answer.before.in_line.size() && v < answer.now.in_line.size())
      in_line = {answer.before.in_line[v] / replications, answer.now.in_line[v] / replications};
    list.push_back({{"visits", visits},
                    {"satisfaction", both("satisfaction")},
                    {"wait", samples.mechanisms.has(Needs::queues) ? both("wait_days") : Json(nullptr)},
                    {"in_line", in_line}});
  }
  return list;
}

/// The largest change of a value over touchpoints among those that chance, all touchpoints looked at, would not have made,
/// and that the two digits in which it is told show.
struct Mover {
  std::size_t touchpoint = 0;
  double before = 0.0, now = 0.0;
};
std::optional<Mover> most_moved(const Samples& samples, double (*value)(const TouchSums&), double least_told = 0.01) {
  std::optional<Mover> most;
  const std::size_t places = samples.touchpoints.size();
  constexpr double rarely = 0.05;
  for (std::size_t v = 0; v < places; ++v) {
    const std::vector<TouchSums>&before = samples.plans[0].touch[v], &now = samples.plans[1].touch[v];
    std::vector<double> changes;
    for (std::size_t i = 0; i < before.size(); ++i) changes.push_back(value(now[i]) - value(before[i]));
    const TouchSums all_before = pooled(before), all_now = pooled(now);
    if (std::max(all_before.visits, all_now.visits) < rarely * all_before.arrived) continue;
    const double point = value(all_now) - value(all_before);
    const Estimate change = cautious_interval(point, changes, 0.05 / static_cast<double>(places));
    if (!change.clear() || std::fabs(point) < least_told) continue;
    if (!most || std::fabs(point) > std::fabs(most->now - most->before)) most = Mover{v, value(all_before), value(all_now)};
  }
  return most;
}

std::vector<std::string> words_on(const Playground& ground, const Playground::State& state, const PlayAnswer& answer) {
  if (state.tried.nothing()) return {"Nothing is tried yet: this is the scenario as it stands."};
  const Samples& samples = answer.samples;
  const PlanComparison& plan = answer.comparison.plans.back();
  std::vector<std::string> words = idle_keys(ground.model().parts(), state.tried);
  if (words.empty() && !state.tried.keys.empty() && !(state.tried.improvements.empty() && state.tried.rules.empty()))
    words.emplace_back("The difference is that of all these changes together: before has none of them.");
  const std::size_t notes = words.size();
  for (const std::size_t m : play_words::headlines(ground.model().parts())) {
    const Metric& metric = metrics()[m];
    const Difference& change = plan.differences[m];
    if (!change.told_apart()) continue;
    words.push_back(fmt::format("{}: {} (95 %: {}).", metric.label, format::difference(metric, change, samples.currency),
                                format::interval(metric, change, samples.currency)));
  }
  const auto name = [&](std::size_t v) { return samples.touchpoint_names[v]; };
  if (const auto most = most_moved(samples, touch_metric("satisfaction").value)) {
    words.push_back(fmt::format("Satisfaction {} most at {}: from {:.2f} to {:.2f}.",
                                most->now > most->before ? "rises" : "falls", name(most->touchpoint), most->before,
                                most->now));
  }
  if (const auto most = most_moved(samples, [](const TouchSums& s) { return s.visits / s.arrived; })) {
    words.push_back(fmt::format("Visits {} most at {}: from {:.2f} to {:.2f} a person.",
                                most->now > most->before ? "rise" : "fall", name(most->touchpoint), most->before,
                                most->now));
  }
  constexpr double a_second = 1.0 / 86400.0;
  if (samples.mechanisms.has(Needs::queues)) {
    if (const auto most = most_moved(samples, touch_metric("wait_days").value, a_second)) {
      words.push_back(fmt::format("The mean wait {} most at {}: from {} to {}.",
                                  most->now > most->before ? "rises" : "falls", name(most->touchpoint),
                                  format::wait(most->before), format::wait(most->now)));
    }
  }
  if (words.size() == notes) {
    const bool last = answer.stage + 1 == ground.size().replications.size();
    // One of so many figures would often seem to change by chance: all are held together (Holm 1979).
    std::vector<double> p;
    for (const std::size_t m : metrics_of(ground.model()))
      p.push_back(plan.differences[m].thin() ? std::nan("") : plan.differences[m].p);
    const std::vector<double> held = holm(p);
    if (std::any_of(held.begin(), held.end(), [](double each) { return each < 0.05; })) {
      words.emplace_back("Among all figures, further down, some change by more than chance alone could have made.");
    } else {
      words.emplace_back(last ? "No difference shows that chance alone could not have made."
                              : "So far no difference shows that chance alone could not have made.");
    }
  }
  return words;
}

std::vector<std::string> cautions_on(const Playground& ground, const PlayAnswer& answer) {
  std::vector<std::string> list = caution_words::cautions(answer.samples, answer.comparison);
  const Settings& settings = ground.model().parts().settings;
  if (ground.model().coupled() && ground.size().customers < settings.customers) {
    list.push_back(fmt::format(
        "People act on one another, and {} of them are simulated here where the scenario has {}: figures may "
        "differ from those of "
        "the whole.",
        grouped(static_cast<double>(ground.size().customers)), grouped(static_cast<double>(settings.customers))));
  }
  return list;
}

}  // namespace

std::string start_json(const Playground& ground, const std::string& lesson) {
  const Model& model = ground.model();
  const ModelParts& parts = model.parts();
  const Settings& settings = parts.settings;
  Json improvements = Json::array(), rules = Json::array(), personas = Json::array(), list = Json::array();
  for (const Improvement& improvement : parts.improvements) {
    const bool levels = !improvement.levels.empty();
    improvements.push_back({{"id", improvement.change.id},
                            {"name", improvement.change.name},
                            {"cost", price_words(improvement.price, settings.currency)},
                            {"levels", levels ? Json(improvement.levels) : Json(nullptr)}});
  }
  for (const Rule& rule : parts.rules) rules.push_back({{"id", rule.id}, {"name", rule.name}});
  for (const Persona& persona : parts.personas) personas.push_back({{"id", persona.id}, {"name", persona.name}});
  const Json told = Json::parse(lesson);
  std::vector<std::size_t> first;
  if (told.is_object()) {
    for (const Json& name : told["metrics"]) first.push_back(metric_position(name.get<std::string>()));
  }
  if (first.empty()) first = play_words::headlines(parts);
  for (const std::size_t m : metrics_of(model)) {
    const bool headline = std::find(first.begin(), first.end(), m) != first.end();
    list.push_back(play_words::metric_json(metrics()[m], settings.currency, headline));
  }
  const Json json = {{"scenario", ground.scenario().name},
                     {"title", settings.title},
                     {"question", settings.question},
                     {"currency", settings.currency},
                     {"horizon", settings.horizon.value()},
                     {"start", settings.start.empty() ? Json(nullptr) : Json(settings.start)},
                     {"coupled", model.coupled()},
                     {"customers", ground.size().customers},
                     {"scenario_customers", settings.customers},
                     {"market", ground.size().market},
                     {"answers", ground.size().replications.size()},
                     {"version", version()},
                     {"knobs", knobs_json(ground)},
                     {"improvements", improvements},
                     {"rules", rules},
                     {"plans", plans_json(parts)},
                     {"metrics", list},
                     {"map", play_words::map_json(model)},
                     {"personas", personas},
                     {"lesson", told}};
  return dump(json);
}

std::string answer_json(const Playground& ground, const Playground::State& state, const PlayAnswer& answer, double seconds) {
  Json list = Json::array();
  const PlanComparison &before = answer.comparison.plans.front(), &now = answer.comparison.plans.back();
  for (const std::size_t m : metrics_of(ground.model())) {
    list.push_back({{"before", figures(before.metrics[m])},
                    {"now", figures(now.metrics[m])},
                    {"change", figures(now.differences[m])},
                    {"shown", now.differences[m].told_apart()}});
  }
  Json ways = Json::array();
  const double people_before = pooled(answer.samples.plans[0].all).arrived,
               people_now = pooled(answer.samples.plans[1].all).arrived;
  for (std::size_t w = 0; w < ground.ways().size(); ++w)
    ways.push_back({number(answer.before.taken[w] / people_before), number(answer.now.taken[w] / people_now)});
  const Json json = {{"stage", answer.stage + 1},
                     {"customers", ground.size().customers},
                     {"replications", answer.replications},
                     {"seconds", std::round(1000.0 * seconds) / 1000.0},
                     {"metrics", list},
                     {"series", series_json(answer, moves_money(ground.model().parts()))},
                     {"touchpoints", places_json(answer, ground.model().parts().touchpoints.size())},
                     {"exits", ways},
                     {"words", words_on(ground, state, answer)},
                     {"cautions", cautions_on(ground, answer)},
                     {"command", ground.command(state, answer.replications)}};
  return dump(json);
}

std::string lives_json(std::span<const Diary> lives) {
  Json list = Json::array();
  for (const Diary& diary : lives) {
    Json visits = Json::array();
    for (const DiaryEntry& entry : diary.visits) {
      const double arrival = entry.visit.time - entry.visit.wait;
      visits.push_back({std::round(1000.0 * arrival) / 1000.0, entry.visit.touchpoint,
                        std::round(1000.0 * static_cast<double>(entry.after.satisfaction)) / 1000.0});
    }
    list.push_back({{"persona", diary.person.persona}, {"visits", visits}});
  }
  return dump({{"lives", list}});
}

std::string refusal_json(const std::string& message, const std::string& hint) {
  return dump({{"message", message}, {"hint", hint}});
}

}  // namespace sojourn
