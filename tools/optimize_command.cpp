#include <cstdio>
#include <limits>

#include "commands.hpp"
#include "goals.hpp"
#include "session.hpp"
#include "sojourn/decide/default_goal.hpp"
#include "sojourn/report/optimum_report.hpp"
#include "sojourn/report/silos_report.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

OptimizeOptions read_options(const CommandLine& line, const ModelParts& parts) {
  std::vector<std::string> improvements, teams;
  for (const Improvement& each : parts.improvements) improvements.push_back(each.change.id);
  for (const Team& each : parts.teams) teams.push_back(each.id);
  OptimizeOptions how;
  how.goal = line.goal.empty() ? goal_before_running(parts) : parse_goal(line.goal);
  how.indifference = line.indifference.empty() ? 0.0 : parse_money("--indifference", line.indifference);
  if (line.budget.empty() && !parts.budget.per_quarter)
    throw InputError("--budget is required", "or let the scenario limit quarters: [budget] per_quarter = 250_000");
  how.limits.total = line.budget.empty() ? std::numeric_limits<double>::infinity() : parse_money("--budget", line.budget);
  for (const std::string& each : line.team_budgets) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos)
      throw InputError("--team " + each + ": a team's budget is written TEAM=N", "--team billing=500k");
    how.limits.teams.emplace_back(TeamId(position_called("team", each.substr(0, equals), teams)),
                                  parse_money("--team", each.substr(equals + 1)));
  }
  for (const std::string& each : line.must) how.limits.must.emplace_back(position_called("improvement", each, improvements));
  for (const std::string& each : line.never)
    how.limits.never.emplace_back(position_called("improvement", each, improvements));
  return how;
}

}  // namespace

int optimize_command(const CommandLine& line) {
  const Input input = read_input(line);
  const OptimizeOptions how = read_options(line, input.model.parts());
  if (line.silos) {
    std::optional<Silos> silos;
    under_way(line, [&](const RunOptions& options) { silos = compare_silos(input.model, how, options); });
    if (line.json) {
      print(stdout, "%s", silos_json(*silos, input.model, line.input).c_str());
    } else if (!line.quiet) {
      print(stdout, "%s", silos_text(*silos, input.model, layout(line)).c_str());
    }
    return done;
  }
  std::optional<Optimum> optimum;
  under_way(line, [&](const RunOptions& options) { optimum = optimize(input.model, how, options); });
  if (line.json) {
    print(stdout, "%s", optimum_json(*optimum, input.model, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", optimum_text(*optimum, input.model, layout(line)).c_str());
  }
  return done;
}

}  // namespace sojourn::tools
