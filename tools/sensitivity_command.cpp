#include <fmt/format.h>

#include <cstdio>

#include "commands.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/report/sensitivity_report.hpp"
#include "sojourn/sweep/merge.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int sensitivity_command(const CommandLine& line) {
  const Outcomes points = read_results(line.input);
  if (!holds_points(points))
    throw InputError("this file holds a run, not the points of a sweep",
                     "sojourn merge FOLDER -o all.h5 writes one that does", line.input);
  const std::vector<std::string>& all = recorded_texts(points, "plan");
  const std::vector<std::string> plans = line.plan.empty() ? all : std::vector<std::string>{line.plan};
  std::vector<Sensitivity> found;
  for (const std::string& plan : plans) {
    if (line.by.empty()) {
      for (const char* metric : {"npv", "retained"})
        found.push_back(sensitivity(points, metric, plan, plan == all.front() ? "" : all.front()));
    }
    for (const std::string& by : line.by) {
      const bool difference = by.starts_with("+");
      if (difference && plan == all.front()) {
        if (plans.size() > 1) continue;
        throw InputError(fmt::format("--by {}: {} is the plan to which others are compared", by, plan),
                         "name another plan with --plan");
      }
      found.push_back(sensitivity(points, difference ? by.substr(1) : by, plan, difference ? all.front() : ""));
    }
  }
  if (found.empty()) throw InputError("this sweep has one plan: there is no difference", "name a metric without +");
  print(stdout, "%s",
        line.json ? sensitivity_json(found, points.provenance.title, line.input).c_str()
                  : sensitivity_text(found, points.provenance.title, layout(line)).c_str());
  return done;
}

}  // namespace sojourn::tools
