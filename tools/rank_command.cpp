#include <cstdio>
#include <string_view>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/decide/default_goal.hpp"
#include "sojourn/report/ranking_report.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int rank_command(const CommandLine& line) {
  const Input input = read_input(line);
  const Model model = apply(input.model, plan_called(input.model, line.plan.empty() ? "baseline" : line.plan));
  RankOptions how = line.rank;
  how.by = line.rank_by.empty() ? metric_before_running(model.parts()) : std::string_view(line.rank_by);
  std::optional<Ranking> ranking;
  under_way(line, [&](const RunOptions& options) { ranking = rank(model, how, options); });
  if (line.json) {
    print(stdout, "%s", ranking_json(*ranking, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", ranking_text(*ranking, layout(line)).c_str());
  }
  return done;
}

}  // namespace sojourn::tools
