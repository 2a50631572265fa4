#include <cstdio>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/report/solution.hpp"
#include "terminal.hpp"

namespace sojourn::tools {

int solve_command(const CommandLine& line) {
  const Input input = read_input(line);
  require_uncoupled(input.model);
  const Program program(apply(input.model, plan_called(input.model, line.plan.empty() ? "baseline" : line.plan)));
  const ClosedForm solved = solve(program);
  print(
      stdout, "%s",
      line.json ? solution_json(solved, program, line.input).c_str() : solution_text(solved, program, layout(line)).c_str());
  return done;
}

}  // namespace sojourn::tools
