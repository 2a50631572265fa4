#include "sojourn/sweep/plan_regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sojourn/base/error.hpp"
#include "sojourn/decide/estimate.hpp"
#include "sojourn/outcomes/metrics.hpp"
#include "sojourn/scenario/scenario.hpp"
#include "sojourn/sweep/merged_sweep.hpp"

namespace sojourn {
namespace {

/// The goal at every point, plan and replication.
class GoalFigures {
 public:
  GoalFigures(const MergedSweep& sweep, const std::vector<GoalTerm>& goal) {
    for (const GoalTerm& term : goal)
      terms_.push_back({sweep.figures(std::string(metrics()[term.metric].name)), term.weight});
  }
  [[nodiscard]] double at(std::size_t point, std::size_t plan, std::size_t replication) const {
    double value = 0.0;
    for (const auto& [figures, weight] : terms_) value += weight * figures.at(point, plan, replication);
    return value;
  }

 private:
  std::vector<std::pair<MergedSweep::Figures, double>> terms_;
};

/// The scenario's goal, and where it has none what there is to judge by.
std::vector<GoalTerm> goal_of(const MergedSweep& sweep, const Settings& settings, std::size_t plan, std::size_t against) {
  std::vector<GoalTerm> goal = sojourn::goal_of(settings);
  if (!settings.goal.empty()) return goal;
  const GoalFigures money(sweep, goal);
  for (std::size_t i = 0; i < sweep.points(); ++i) {
    for (std::size_t r = 0; r < sweep.replications(); ++r) {
      if (money.at(i, plan, r) != 0.0 || money.at(i, against, r) != 0.0) return goal;
    }
  }
  return {goal_term(*find_metric("retained"))};
}

PointVerdict standing_of(double mean, const std::vector<double>& differences) {
  if (differences.size() > 1) {
    const Estimate e = interval(mean, differences);
    if (!(e.low > 0.0 || e.high < 0.0)) return PointVerdict::not_told;
  }
  return mean > 0.0 ? PointVerdict::better : mean < 0.0 ? PointVerdict::worse : PointVerdict::not_told;
}

}  // namespace

std::uint64_t PlanRegions::count(PointVerdict standing) const {
  return static_cast<std::uint64_t>(std::count(standings.begin(), standings.end(), standing));
}

PlanRegions plan_regions(const Outcomes& points, const std::string& plan, const std::string& against,
                         std::vector<GoalTerm> goal, int threads) {
  const MergedSweep sweep(points);
  const std::size_t here = sweep.plan(plan), there = sweep.plan(against);
  if (here == there)
    throw InputError(fmt::format("{} cannot beat itself", plan), "name another plan with --plan, or with --against");
  const Settings settings =
      parse_scenario(points.provenance.scenario_toml, points.provenance.scenario_name, ".", {}, {}, NamedFiles::none)
          .parts.settings;
  PlanRegions regions;
  regions.goal = goal.empty() ? goal_of(sweep, settings, here, there) : std::move(goal);
  regions.plan = plan;
  regions.against = against;
  regions.currency = settings.currency;
  regions.replications = sweep.replications();
  regions.keys = sweep.design().sweep().keys;
  for (VariedKey& key : regions.keys) {
    regions.coordinates.push_back({{}, key.ordered()});
    key.unit = sweep.coordinate(key).unit;  // which the sweep file alone does not tell
  }

  const GoalFigures figures(sweep, regions.goal);
  const std::size_t block = sweep.design().block();
  for (std::size_t begin = 0; begin + block <= sweep.points(); begin += block) {
    std::vector<double> means;
    std::vector<PointVerdict> standings;
    for (std::size_t i = begin; i < begin + block; ++i) {
      std::vector<double> differences;
      double sum = 0.0;
      for (std::size_t r = 0; r < sweep.replications(); ++r) {
        differences.push_back(figures.at(i, here, r) - figures.at(i, there, r));
        sum += differences.back();
      }
      means.push_back(sum / static_cast<double>(differences.size()));
      standings.push_back(standing_of(means.back(), differences));
    }
    if (!std::all_of(means.begin(), means.end(), [](double mean) { return std::isfinite(mean); })) {
      regions.left_out += block;
      continue;
    }
    regions.differences.insert(regions.differences.end(), means.begin(), means.end());
    regions.standings.insert(regions.standings.end(), standings.begin(), standings.end());
    for (std::size_t k = 0; k < regions.keys.size(); ++k) {
      const std::vector<double>& values = sweep.coordinate(regions.keys[k]).values;
      regions.coordinates[k].values.insert(regions.coordinates[k].values.end(),
                                           values.begin() + static_cast<std::ptrdiff_t>(begin),
                                           values.begin() + static_cast<std::ptrdiff_t>(begin + block));
    }
  }
  for (const PointVerdict standing : {PointVerdict::better, PointVerdict::worse}) {
    const std::uint64_t count = regions.count(standing);
    if (count < fewest_to_place || regions.standings.size() - count < fewest_to_place) continue;
    std::vector<std::uint8_t> labels;
    for (const PointVerdict each : regions.standings) labels.push_back(each == standing ? 1 : 0);
    (standing == PointVerdict::better ? regions.better : regions.worse) =
        judged_box(regions.coordinates, labels, block, sweep.design().sweep().seed, threads);
  }
  return regions;
}

}  // namespace sojourn
