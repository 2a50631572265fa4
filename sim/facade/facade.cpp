#include <fmt/format.h>

#include <algorithm>

#include "sojourn/base/special_values.hpp"
#include "sojourn/decide/comparison.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/optimum.hpp"
#include "sojourn/facade/load.hpp"
#include "sojourn/outcomes/finished_run.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "sojourn/report/summary.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "sojourn/sojourn.hpp"
#include "sojourn/solve/closed_form.hpp"

namespace sojourn {
namespace {

Figure figure_of(const Estimate& estimate) { return {estimate.mean, estimate.low, estimate.high}; }
Figure figure_of(const Bracket& bracket) { return {bracket.mean, bracket.low, bracket.high}; }

std::vector<Override> overrides_of(const std::vector<ScenarioChange>& changes) {
  std::vector<Override> overrides;
  for (const ScenarioChange& change : changes) {
    if (change.path.empty()) throw InputError("a change of the scenario has no path");
    overrides.push_back({"--set " + change.path + "=" + change.value, change.path, change.value});
  }
  return overrides;
}

std::vector<std::string> words_of(const std::vector<Override>& overrides) {
  std::vector<std::string> words;
  for (const Override& change : overrides) {
    words.emplace_back("--set");
    words.push_back(change.path + "=" + change.value);
  }
  return words;
}

RunOptions options_of(const Execution& how) {
  RunOptions options;
  options.threads = how.threads;
  options.progress = how.progress;
  options.stop = how.stop;
  return options;
}

}  // namespace

struct Study::Content {
  LoadedScenario loaded;
  std::vector<std::string> changes;  // of the request
};

struct ResultsContent {
  Outcomes outcomes;
  Samples samples;
  std::string file;  // for the JSON
  Comparison comparison;
};

struct Solved::Content {
  ClosedForm solved;
  std::vector<std::string> touchpoints;
};

const std::string& Study::title() const { return content_->loaded.model.parts().settings.title; }
std::vector<std::string> Study::plans() const { return ids_of(content_->loaded.model.parts().plans); }
std::vector<std::string> Study::personas() const { return ids_of(content_->loaded.model.parts().personas); }
std::vector<std::string> Study::touchpoints() const { return ids_of(content_->loaded.model.parts().touchpoints); }
std::vector<std::string> Study::improvements() const {
  std::vector<std::string> ids;
  for (const Improvement& each : content_->loaded.model.parts().improvements) ids.push_back(each.change.id);
  return ids;
}
std::vector<Finding> Study::warnings() const { return content_->loaded.scenario.findings; }
const std::string& Study::text() const { return content_->loaded.scenario.text; }

Study load(const std::filesystem::path& path, const std::vector<ScenarioChange>& changes) {
  const std::vector<Override> overrides = overrides_of(changes);
  LoadedScenario loaded = load_scenario(path, overrides);
  std::vector<std::string> words = words_of(overrides);
  if (loaded.recorded) {
    const std::vector<std::string>& before = loaded.recorded->provenance.request.changes;
    words.insert(words.begin(), before.begin(), before.end());
  }
  return Study(std::make_shared<Study::Content>(Study::Content{std::move(loaded), std::move(words)}));
}

Study load_text(std::string_view toml, const std::string& name, const std::vector<ScenarioChange>& changes) {
  const std::vector<Override> overrides = overrides_of(changes);
  Scenario scenario = parse_scenario(toml, name, ".", overrides);
  Model model = build(scenario);
  LoadedScenario loaded{std::move(scenario), std::move(model), name, std::nullopt};
  return Study(std::make_shared<Study::Content>(Study::Content{std::move(loaded), words_of(overrides)}));
}

std::vector<Finding> check(const std::filesystem::path& path, const std::vector<ScenarioChange>& changes) {
  return read_scenario(path, overrides_of(changes)).findings;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) names.emplace_back(metric.name);
  return names;
}

const std::string& PlanResults::id() const { return content_->samples.plans[plan_].id; }
const std::string& PlanResults::name() const { return content_->samples.plans[plan_].name; }

Figure PlanResults::operator[](std::string_view metric) const {
  return figure_of(estimate(content_->samples, plan_, metric_called(metric)));
}

Figure PlanResults::persona(std::string_view id, std::string_view metric) const {
  const Metric& asked = metric_called(metric);
  if (asked.scope != Scope::persona)
    throw InputError(fmt::format("\"{}\" is of the whole market, not of a persona", asked.name));
  const std::size_t position = position_called("persona", id, content_->samples.personas);
  return figure_of(estimate(content_->samples, plan_, asked, {Group::persona, position}));
}

Figure PlanResults::touchpoint(std::string_view id, std::string_view metric) const {
  std::vector<std::string> known;
  for (const TouchMetric& each : touch_metrics()) known.emplace_back(each.name);
  const TouchMetric& asked = touch_metrics()[position_called("touchpoint metric", metric, known)];
  const std::size_t position = position_called("touchpoint", id, content_->samples.touchpoints);
  return figure_of(estimate(content_->samples, plan_, position, asked));
}

PlanDifference PlanResults::difference(std::string_view metric) const {
  const std::size_t position = metric_position(metric_called(metric).name);
  if (content_->samples.plans.front().id != "baseline")
    throw InputError("these results do not hold the baseline, so there is no difference to it", "compare plans");
  const Difference& found = content_->comparison.plans[plan_].differences[position];
  return {{found.mean, found.low, found.high}, found.p, found.p_holm};
}

std::optional<double> PlanResults::payback_days() const { return content_->comparison.plans[plan_].payback_days; }

Figure PlanResults::return_on_investment() const { return figure_of(content_->comparison.plans[plan_].roi); }

double PlanResults::chance_of_best(std::string_view metric) const {
  const std::size_t position = metric_position(metric_called(metric).name);
  for (const BestPlan& best : content_->comparison.best) {
    if (best.metric == position) return best.chances[plan_];
  }
  return nan;
}

std::vector<std::string> Results::plans() const { return ids_of(content_->samples.plans); }

PlanResults Results::plan(std::string_view id) const { return {content_, position_called("plan", id, plans())}; }

Figure Results::operator[](std::string_view metric) const { return PlanResults(content_, 0)[metric]; }

std::uint64_t Results::customers() const { return content_->samples.customers; }
double Results::market() const { return content_->samples.market; }
std::uint32_t Results::replications() const { return content_->samples.replications; }
bool Results::interrupted() const { return content_->samples.interrupted(); }
const std::string& Results::currency() const { return content_->samples.currency; }

std::vector<std::string> Results::arrays() const {
  std::vector<std::string> names;
  for (const Array& array : content_->outcomes.arrays) names.push_back(array.name);
  return names;
}

ResultsArray Results::array(std::string_view name) const {
  const Array& found = content_->outcomes.array(name);
  ResultsArray result{found.dimensions, {}, {}, found.unit};
  for (const std::string& dimension : found.dimensions) result.shape.push_back(content_->outcomes.dimension(dimension).size);
  result.values =
      std::visit([](const auto& values) { return std::vector<double>(values.begin(), values.end()); }, found.values);
  return result;
}

std::vector<std::string> Results::labels(std::string_view dimension) const {
  return std::visit(
      []<class Values>(const Values& values) {
        std::vector<std::string> labels;
        if constexpr (!std::is_same_v<Values, std::monostate>) {
          for (const auto& value : values) labels.push_back(fmt::format("{}", value));
        }
        return labels;
      },
      content_->outcomes.dimension(dimension).values);
}

std::string Results::text() const {
  const Samples& samples = content_->samples;
  return samples.plans.size() > 1 ? comparison_text(samples, content_->comparison) : run_text(samples);
}

std::string Results::json() const {
  const Samples& samples = content_->samples;
  return samples.plans.size() > 1 ? comparison_json(samples, content_->comparison, content_->file)
                                  : run_json(samples, content_->file);
}

void Results::write(const std::filesystem::path& path) const { write_results(content_->outcomes, path); }

namespace {

std::shared_ptr<const ResultsContent> content_of(Outcomes outcomes, Samples samples, std::string file) {
  Comparison comparison = compare(samples);
  return std::make_shared<ResultsContent>(
      ResultsContent{std::move(outcomes), std::move(samples), std::move(file), std::move(comparison)});
}

Results simulated(const Study& study, const std::vector<PlanId>& plans, Request request, const Execution& how) {
  const LoadedScenario& loaded = study.content().loaded;
  request.changes = study.content().changes;
  require_room(run_size(loaded.model, plans.size()));
  RunResult result = run(loaded.model, plans, options_of(how));
  if (result.replications.empty()) throw Interrupted();
  Samples samples = collect_samples(result);
  Provenance provenance;
  provenance.history = history_of(request, loaded.scenario_name);
  provenance.request = std::move(request);
  provenance.scenario_name = loaded.scenario_name;
  provenance.scenario_toml = loaded.scenario.text;
  Outcomes outcomes = outcomes_of(std::move(result), samples, std::move(provenance));
  return Results(content_of(std::move(outcomes), std::move(samples), loaded.scenario.name));
}

}  // namespace

Results run(const Study& study, std::string_view plan, const Execution& how) {
  Request request{"run", {}, {}};
  if (plan != "baseline") request.plans.emplace_back(plan);
  return simulated(study, {plan_called(study.content().loaded.model, plan)}, std::move(request), how);
}

Results compare(const Study& study, const std::vector<std::string>& plans, const Execution& how) {
  return simulated(study, plans_to_compare(study.content().loaded.model, plans), {"compare", {}, plans}, how);
}

Results read_results_file(const std::filesystem::path& path) {
  if (!looks_like_results(path)) static_cast<void>(read_results(path));  // throws what is wrong with it
  LoadedScenario loaded = load_scenario(path, {}, Recorded::everything);
  Samples samples = kept_samples(*loaded.recorded, loaded.model);
  return Results(content_of(std::move(*loaded.recorded), std::move(samples), path.string()));
}

std::vector<TouchpointGain> rank(const Study& study, std::string_view metric, std::string_view plan, const Execution& how) {
  const Model& model = study.content().loaded.model;
  RankOptions options;
  options.by = metric_called(metric).name;
  const Ranking ranking = rank(apply(model, plan_called(model, plan)), options, options_of(how));
  std::vector<TouchpointGain> gains;
  for (const TouchpointLeverage& each : ranking.touchpoints) {
    const std::string lever = each.best ? std::string(name(each.pulls[*each.best].lever)) : "";
    gains.push_back({each.id, each.name, lever, figure_of(each.gain), each.score, each.visits});
  }
  return gains;
}

BestBuy optimize(const Study& study, double budget, std::string_view metric, const Execution& how) {
  const Model& model = study.content().loaded.model;
  const Metric& asked = metric_called(metric);
  if (!(budget >= 0.0)) throw InputError(fmt::format("a budget of {:g} is not possible", budget), "0 or more");
  OptimizeOptions options;
  options.limits.total = budget;
  options.goal = {goal_term(asked)};
  const Optimum optimum = optimize(model, options, options_of(how));
  BestBuy best;
  const Choice& choice = optimum.finalists.front();
  for (const Purchase& each : choice.bought)
    best.bought.push_back({model.parts().improvements[each.improvement.index()].change.id, each.level});
  best.gain = figure_of(optimum.gain);
  best.investment = figure_of(choice.investment);
  best.at_most_missed = optimum.at_most_missed;
  best.tried = optimum.tried;
  return best;
}

Figure Solved::operator[](std::string_view metric) const {
  return figure_of(content_->solved.pooled.at_horizon.metrics[metric_position(metric_called(metric).name)]);
}

Figure Solved::visits(std::string_view touchpoint) const {
  return figure_of(
      content_->solved.pooled.at_horizon.visits[position_called("touchpoint", touchpoint, content_->touchpoints)]);
}

Solved solve(const Study& study, std::string_view plan) {
  const Model& model = study.content().loaded.model;
  require_uncoupled(model);
  return Solved(std::make_shared<Solved::Content>(
      Solved::Content{solve(Program(apply(model, plan_called(model, plan)))), study.touchpoints()}));
}

}  // namespace sojourn
