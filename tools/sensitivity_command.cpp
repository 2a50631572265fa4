#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "goals.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/layout.hpp"
#include "sojourn/report/sensitivity_report.hpp"
#include "sojourn/sweep/merge.hpp"
#include "sojourn/sweep/merged_sweep.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

/// Plans, and what they are held against.
struct Asked {
  std::vector<std::string> plans;
  std::string against;
};

Asked asked_of(const CommandLine& line, const std::vector<std::string>& all) {
  Asked asked;
  asked.plans = line.plan.empty() ? all : std::vector<std::string>{line.plan};
  asked.against = line.against.empty() ? all.front() : line.against;
  return asked;
}

/// What the keys do to figures; of designs that have indices.
std::vector<Sensitivity> effects(const CommandLine& line, const Outcomes& points, const Asked& asked) {
  std::vector<Sensitivity> found;
  for (const std::string& plan : asked.plans) {
    if (line.by.empty()) {
      for (const char* metric : {"npv", "retained"})
        found.push_back(sensitivity(points, metric, plan, plan == asked.against ? "" : asked.against));
    }
    for (const std::string& by : line.by) {
      const bool difference = by.starts_with("+");
      if (difference && plan == asked.against) {
        if (asked.plans.size() > 1) continue;
        throw InputError(fmt::format("--by {}: {} is the plan to which others are compared", by, plan),
                         "name another plan with --plan");
      }
      found.push_back(sensitivity(points, difference ? by.substr(1) : by, plan, difference ? asked.against : ""));
    }
  }
  if (found.empty()) throw InputError("this sweep has one plan: there is no difference", "name a metric without +");
  return found;
}

/// The goals by which it is judged where a plan beats another: one for each metric of --by of which more or less is better,
/// else the scenario's.
std::vector<std::vector<GoalTerm>> goals_of(const CommandLine& line) {
  std::vector<std::vector<GoalTerm>> goals;
  std::vector<std::string> seen;
  for (const std::string& by : line.by) {
    const std::string name = by.starts_with("+") ? by.substr(1) : by;
    const Metric* const metric = find_metric(name);
    if (metric == nullptr || metric->direction == Direction::neutral) continue;
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    seen.push_back(name);
    goals.push_back({goal_term(*metric)});
  }
  if (line.by.empty()) goals.emplace_back();
  return goals;
}

}  // namespace

int sensitivity_command(const CommandLine& line) {
  const Outcomes points = read_merged_sweep(line.input);
  Replacing may;
  may.inputs = {line.input};
  may.force = line.force;
  if (!line.output.empty()) {
    if (std::filesystem::path(line.output).extension() != ".svg")
      throw InputError(fmt::format("cannot draw boxes as \"{}\"", line.output), "end the name in .svg");
    require_replaceable(line.output, may);
  }
  const Asked asked = asked_of(line, recorded_texts(points, "plan"));
  const std::string& design = attribute_of(points, "design");
  const bool indices = design == "morris" || design == "saltelli";
  const MergedSweep sweep(points);
  for (const std::string& by : line.by) static_cast<void>(sweep.figures(by.starts_with("+") ? by.substr(1) : by));  // exists
  std::vector<Sensitivity> found;
  std::vector<PlanRegions> regions;
  under_way(line, [&](const RunOptions& options) {
    if (indices) found = effects(line, points, asked);
    for (const std::string& plan : asked.plans) {
      // A plan that was named is held against another, or there is a mistake to be told.
      if (plan == asked.against && (asked.plans.size() > 1 || line.against.empty())) continue;
      for (const std::vector<GoalTerm>& goal : goals_of(line))
        regions.push_back(plan_regions(points, plan, asked.against, goal, thread_count(options.threads)));
    }
  });
  if (found.empty() && regions.empty())
    throw InputError(
        fmt::format("of a sweep by {} it can be told where one plan beats another, and nothing of one plan alone", design),
        "leave --plan out, name a metric of which more or less is better, or sweep by morris or saltelli");
  if (!line.output.empty()) {
    if (regions.empty()) throw InputError("there are no two plans to draw", "leave --plan out, or name another one");
    replace_file(line.output, regions_svg(regions, points.provenance.title), may);
  }
  if (line.json) {
    print(stdout, "%s", sensitivity_json(found, regions, points.provenance.title, line.input, design).c_str());
    return done;
  }
  const std::string boxes = regions_text(regions, layout(line));
  const std::string only = indices
                               ? ""
                               : prose(fmt::format("This sweep is by {}: it tells where one plan beats another. How much "
                                                   "each key matters is told of sweeps by morris or saltelli.\n",
                                                   design),
                                       layout(line));
  print(stdout, "%s%s%s%s", sensitivity_text(found, points.provenance.title, layout(line)).c_str(), only.c_str(),
        boxes.empty() ? "" : "\n", boxes.c_str());
  return done;
}

}  // namespace sojourn::tools
