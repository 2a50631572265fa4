#include "many_plans.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sojourn/outcomes/run_size.hpp"

namespace sojourn {
namespace {

/// Bytes of sums that plans run at one time may take together.
constexpr std::size_t memory = std::size_t{512} << 20;

/// Bytes of the sums of one plan.
std::size_t bytes_of_plan(const Model& model) {
  const Settings& settings = model.parts().settings;
  const Division divided = division(settings.replications, model.coupled());
  const std::size_t samples = std::min<std::size_t>(most_samples, settings.replications * divided.batches);
  const Program program(model);
  const std::size_t cells = Totals(tally_shape(program)).at_horizon().shape().cells();
  return samples * (cells * sizeof(Totals::Wide) + program.windows().count() * sizeof(MoneySum));
}

/// Whether windows do nothing but gather counts by time: nothing couples customers, and nothing steps by windows (ramps,
/// fading, rivals, surveys) or is limited by quarters. Then the figures at the horizon are those of one window, which are
/// summed up much sooner.
bool one_window_tells(const Model& model, std::span<const Plan> plans) {
  const ModelParts& parts = model.parts();
  if (model.coupled() || !parts.outside.empty() || !parts.surveys.empty() || parts.budget.per_quarter) return false;
  const auto steps = [](const Change& change) { return change.ramp.shape != RampShape::none || change.fade.has_value(); };
  return std::none_of(parts.events.begin(), parts.events.end(), steps) &&
         std::none_of(plans.begin(), plans.end(), [&](const Plan& plan) {
           return std::any_of(plan.improvements.begin(), plan.improvements.end(),
                              [&](ImprovementId id) { return steps(parts.improvements[id.index()].change); });
         });
}

}  // namespace

std::uint64_t each_plan(const ModelParts& parts, std::span<const Plan> plans, const RunOptions& options,
                        const std::function<void(std::size_t, const Samples&)>& use, Wanted wanted) {
  ModelParts few = parts;
  few.plans.resize(1);
  // Where one plan goes by rules, samples are whole replications under all of them: so that each can be compared with each,
  // a plan with rules stands in every part of the work, run or not.
  const auto ruled = [](const Plan& plan) { return !plan.rules.empty(); };
  std::optional<Plan> with_rules;
  if (const auto one = std::find_if(plans.begin(), plans.end(), ruled); one != plans.end()) with_rules = *one;
  if (with_rules) few.plans.push_back(*with_rules);
  if (wanted == Wanted::horizon && one_window_tells(Model(few), plans)) few.settings.window = few.settings.horizon;
  const Model one(few);
  const std::size_t bytes = bytes_of_plan(one), at_once = std::clamp<std::size_t>(memory / bytes, 1, 24);
  RunSize size = people_size(one);
  size.memory_bytes += bytes * std::min(at_once, plans.size());
  require_room(size);
  std::uint64_t events = 0;
  for (std::size_t begin = 0; begin < plans.size(); begin += at_once) {
    const std::size_t end = std::min(plans.size(), begin + at_once);
    few.plans.resize(1);
    std::vector<PlanId> ids;
    for (std::size_t k = begin; k < end; ++k) {
      if (plans[k].improvements.empty() && plans[k].rules.empty()) {
        ids.emplace_back(std::size_t{0});
        continue;
      }
      ids.emplace_back(few.plans.size());
      few.plans.push_back(plans[k]);
    }
    if (with_rules && std::none_of(few.plans.begin(), few.plans.end(), ruled)) few.plans.push_back(*with_rules);
    RunOptions part = options;
    part.tables = false;
    const auto all = static_cast<double>(plans.size());
    part.progress = [&](double share) {
      if (options.progress) options.progress((static_cast<double>(begin) + share * static_cast<double>(end - begin)) / all);
    };
    const RunResult result = run(Model(few), ids, part);
    if (result.interrupted) throw Interrupted();
    events += result.events;
    Samples samples = collect_samples(result);
    std::vector<PlanSamples> each = std::exchange(samples.plans, {});
    for (std::size_t k = begin; k < end; ++k) {
      samples.plans.assign(1, std::move(each[k - begin]));
      use(k, samples);
    }
  }
  return events;
}

}  // namespace sojourn
