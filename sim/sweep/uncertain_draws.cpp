#include "sojourn/sweep/uncertain_draws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>

#include "sojourn/base/parallel.hpp"
#include "sojourn/base/special.hpp"
#include "sojourn/base/special_values.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/model/budget.hpp"
#include "sojourn/outcomes/collect.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/sweep/design.hpp"

namespace sojourn {
namespace {

std::uint64_t seed_of(const UncertainInputs& inputs) { return inputs.inputs.scenario.parts.settings.seed; }

std::vector<Setting> settings_of(const UncertainInputs& inputs, const std::vector<double>& shares) {
  std::vector<Setting> settings;
  for (std::size_t k = 0; k < shares.size(); ++k) settings.push_back(inputs.inputs.keys[k].at(shares[k]));
  return settings;
}

Scenario scenario_of_draw(const UncertainInputs& inputs, const std::vector<Setting>& settings, std::uint64_t draw) {
  // Each draw has a luck of its own.
  const Override seed{"", "scenario.seed", fmt::format("{}", (seed_of(inputs) + 1 + draw) % (std::uint64_t{1} << 62))};
  const Override twice{"", "scenario.replications", fmt::format("{}", replications_of_a_draw)};
  Scenario scenario = scenario_at(inputs.inputs, settings, {seed, twice});
  if (scenario.errors() == 0) return scenario;
  std::string words;
  for (std::size_t k = 0; k < settings.size(); ++k)
    words += fmt::format("{}{} = {}", k == 0 ? "" : ", ", inputs.inputs.keys[k].key, settings[k].text);
  throw InputError(fmt::format("{}\nsojourn: draw {} is no valid scenario, though each of its values is right alone: {}",
                               diagnostics(scenario), draw, words),
                   {}, {}, ErrorCode::invalid_scenario);
}

/// The square root of the correlations of m scores that are all alike: z_i = a e_i + b sum e.
struct Alike {
  double own, shared;
};
Alike alike(double correlation, std::size_t members) {
  const auto m = static_cast<double>(members);
  const double own = std::sqrt(1.0 - correlation);
  // Along the sum the variance is 1 + (m - 1) r.
  return {own, (std::sqrt(std::max(0.0, 1.0 + (m - 1.0) * correlation)) - own) / m};
}

void require_inputs(const UncertainInputs& inputs) {
  if (inputs.inputs.keys.empty())
    throw InputError("the scenario says of no key that it is uncertain",
                     "add [[uncertain]] with key = \"touchpoint.first-bill.quality.mean\" and normal = { mean = 0.55, sd = "
                     "0.05 }",
                     inputs.inputs.name);
}

class DrawJob {
 public:
  DrawJob(const UncertainInputs& inputs, const DrawOptions& options) : inputs_(inputs), options_(options) {
    const ModelParts& parts = inputs.inputs.scenario.parts;
    for (const Plan& plan : parts.plans) {
      if (options.plans.empty() || std::find(options.plans.begin(), options.plans.end(), plan.id) != options.plans.end())
        result_.plans.push_back(plan.id);
    }
    for (const VariedKey& key : inputs.inputs.keys) {
      result_.keys.push_back(key.key);
      result_.units.push_back(key.unit);
      result_.values.emplace_back(options.draws);
      result_.idle.push_back(changes_none(parts, key.key, result_.plans));
    }
    const std::vector<std::vector<double>> of_a_plan(options.draws, std::vector<double>(replications_of_a_draw, nan));
    result_.outcomes.assign(metrics().size(), {result_.plans.size(), of_a_plan});
    spent_.assign(result_.plans.size(), std::vector<std::vector<double>>(options.draws));
    result_.customers = parts.settings.customers;
    result_.people_per_customer = Model(parts).people_per_customer();
  }

  UncertainDraws run() {
    const auto threads = static_cast<std::size_t>(thread_count(options_.threads));
    parallel_for_each(threads, static_cast<int>(threads), [&](std::size_t) {
      for (std::uint64_t draw = next_++; draw < options_.draws; draw = next_++) {
        if (failed_ || options_.stop.stop_requested()) return;
        try {
          simulate(draw);
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!failure_) failure_ = std::current_exception();
          failed_ = true;
        }
      }
    });
    if (failure_) std::rethrow_exception(failure_);
    if (finished_ < options_.draws) throw Interrupted();
    add_budget();
    return std::move(result_);
  }

 private:
  void simulate(std::uint64_t draw) {
    const std::vector<Setting> settings = settings_of(inputs_, shares_of_draw(inputs_, seed_of(inputs_), draw));
    const Model model = build(scenario_of_draw(inputs_, settings, draw));
    std::vector<PlanId> plans;
    for (std::size_t k = 0; k < model.parts().plans.size(); ++k) {
      if (std::find(result_.plans.begin(), result_.plans.end(), model.parts().plans[k].id) != result_.plans.end())
        plans.emplace_back(k);
    }
    RunOptions options;
    options.threads = 1;
    options.stop = options_.stop;
    options.samples = false;
    const RunResult run = sojourn::run(model, plans, options);
    if (run.interrupted) return;
    const std::vector<Array> arrays = horizon_metrics(run);
    if (model.parts().budget.per_quarter) {
      for (std::size_t p = 0; p < plans.size(); ++p) spent_[p][draw] = spent_in(run, p);
    }
    // Each draw has its own places; only progress is shared.
    for (std::size_t k = 0; k < settings.size(); ++k) result_.values[k][draw] = settings[k].number;
    for (const Array& array : arrays) {
      const auto& values = std::get<std::vector<double>>(array.values);
      auto& outcome = result_.outcomes[metric_position(array.name)];
      for (std::size_t p = 0; p < plans.size(); ++p) {
        for (std::uint32_t r = 0; r < replications_of_a_draw; ++r)
          outcome[p][draw][r] = values[p * replications_of_a_draw + r];
      }
    }
    const std::lock_guard lock(mutex_);
    result_.events += run.events;
    ++finished_;
    if (options_.progress) options_.progress(static_cast<double>(finished_) / static_cast<double>(options_.draws));
  }

  /// By quarter, what plan `p` of the run spends in the market of its draw.
  static std::vector<double> spent_in(const RunResult& run, std::size_t p) {
    const Program& program = run.programs[p];
    const Model& model = program.model();
    const std::vector<double>& ends = program.windows().ends();
    std::vector<double> paid(ends.size(), 0.0);
    run.batches[p].each_sample([&](const BatchSums& sample) {
      for (std::size_t w = 0; w < paid.size(); ++w)
        paid[w] += sample.windows[w].price.value() * model.people_per_customer() / replications_of_a_draw;
    });
    return spent_by_quarter(model.parts(), model.parts().plans[model.plan().index()], ends, paid);
  }

  /// What the scenario's own quarters come to in the mean of the draws.
  void add_budget() {
    const ModelParts& parts = inputs_.inputs.scenario.parts;
    const std::size_t count = quarters(parts.settings).size();
    for (const std::vector<std::vector<double>>& draws : spent_) {
      std::vector<double> mean(count, 0.0);
      for (const std::vector<double>& spent : draws) {
        for (std::size_t q = 0; q < std::min(count, spent.size()); ++q)
          mean[q] += spent[q] / static_cast<double>(draws.size());
      }
      result_.over_budget.push_back(over_budget(parts, mean));
    }
  }

  const UncertainInputs& inputs_;
  const DrawOptions& options_;
  UncertainDraws result_;
  std::vector<std::vector<std::vector<double>>> spent_;  // [plan][draw][quarter]; empty without a budget
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::uint64_t finished_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<double> shares_of_draw(const UncertainInputs& inputs, std::uint64_t seed, std::uint64_t index) {
  const std::size_t keys = inputs.inputs.keys.size();
  const SobolSequence sequence(keys, seed + 1 + index % scrambles);
  std::vector<double> shares(keys);
  for (std::size_t k = 0; k < keys; ++k) shares[k] = sequence(index / scrambles, k);
  for (const UncertainGroup& group : inputs.groups) {
    if (group.members.size() < 2 || group.correlation == 0.0) continue;
    const Alike root = alike(group.correlation, group.members.size());
    double sum = 0.0;
    std::vector<double> scores;
    for (const std::size_t k : group.members) {
      scores.push_back(special::normal_quantile(std::clamp(shares[k], 1e-12, 1.0 - 1e-12)));
      sum += scores.back();
    }
    for (std::size_t m = 0; m < group.members.size(); ++m)
      shares[group.members[m]] = special::normal_cdf(root.own * scores[m] + root.shared * sum);
  }
  return shares;
}

bool changes_none(const ModelParts& parts, const std::string& key, const std::vector<std::string>& plans) {
  const std::size_t dot = key.find('.');
  if (dot == std::string::npos) return false;
  const std::string kind = key.substr(0, dot), rest = key.substr(dot + 1), id = rest.substr(0, rest.find_first_of(".["));
  const auto compared = [&](const Plan& plan) { return std::find(plans.begin(), plans.end(), plan.id) != plans.end(); };
  const auto no_plan = [&](const auto& has) {
    return std::none_of(parts.plans.begin(), parts.plans.end(),
                        [&](const Plan& plan) { return compared(plan) && has(plan); });
  };
  const auto goes_by = [&](const Plan& plan, const auto& test) {
    return std::any_of(plan.rules.begin(), plan.rules.end(), [&](RuleId rule) { return test(parts.rules[rule.index()]); });
  };
  if (kind == "plan") return id != "*" && no_plan([&](const Plan& plan) { return plan.id == id; });
  const auto named = [&](const Rule& rule) { return rule.id == id; };
  if (kind == "rule")
    return std::any_of(parts.rules.begin(), parts.rules.end(), named) &&
           no_plan([&](const Plan& plan) { return goes_by(plan, named); });
  if (kind != "improvement") return false;
  const auto found = std::find_if(parts.improvements.begin(), parts.improvements.end(),
                                  [&](const Improvement& improvement) { return improvement.change.id == id; });
  if (found == parts.improvements.end()) return false;
  const ImprovementId improvement(static_cast<std::size_t>(found - parts.improvements.begin()));
  return no_plan([&](const Plan& plan) {
    const auto& bought = plan.improvements;
    return std::find(bought.begin(), bought.end(), improvement) != bought.end() ||
           goes_by(plan, [&](const Rule& rule) { return rule.switch_on == improvement || rule.switch_off == improvement; });
  });
}

void require_valid_draws(const UncertainInputs& inputs, const DrawOptions& options, std::uint64_t tried) {
  require_inputs(inputs);
  const std::uint64_t count = std::min(options.draws, std::max<std::uint64_t>(tried, 2));
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t draw = count > 1 ? i * (options.draws - 1) / (count - 1) : 0;
    static_cast<void>(scenario_of_draw(inputs, settings_of(inputs, shares_of_draw(inputs, seed_of(inputs), draw)), draw));
  }
}

UncertainDraws simulate_draws(const UncertainInputs& inputs, const DrawOptions& options) {
  require_inputs(inputs);
  return DrawJob(inputs, options).run();
}

}  // namespace sojourn
