#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/event_log.hpp"
#include "sojourn/report/life_story.hpp"

namespace sojourn::tools {
int trace_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  const Input input = read_input(line);
  const std::string plan = line.plan.empty() ? "baseline" : line.plan;
  const Model model = apply(input.model, plan_called(input.model, plan));
  if (line.customer) {
    std::string told;
    under_way(line, [&](const RunOptions& options) { told = told_life(model, *line.customer, options, colour()); });
    std::fputs(told.c_str(), stdout);
    return done;
  }
  const fs::path path(line.output);
  const std::string kind = path.extension().string();
  if (!line.output.empty() && kind != ".csv" && kind != ".xes") {
    throw InputError(fmt::format("an event log is written as .csv or .xes, not {}", kind.empty() ? line.output : kind),
                     "-o log.csv or -o log.xes");
  }
  std::error_code ignored;
  if (!line.output.empty() && fs::equivalent(path, line.input, ignored))
    throw InputError("the log would overwrite its own input " + line.input);
  std::optional<EventLog> log;
  under_way(line, [&](const RunOptions& options) { log = event_log(model, line.log_customers, options); });
  std::string text;
  stoppable([&](const std::stop_token& stop) { text = kind == ".xes" ? xes(*log, stop) : csv(*log, stop); });
  if (line.output.empty()) {
    std::fputs(text.c_str(), stdout);
    return done;
  }
  replace_file(path, text);
  if (!line.quiet) {
    std::fprintf(stderr, "%zu visit%s of %zu customer%s under %s: %s\n", log->visits(), log->visits() == 1 ? "" : "s",
                 log->lives.size(), log->lives.size() == 1 ? "" : "s", plan.c_str(), line.output.c_str());
  }
  return done;
}

}  // namespace sojourn::tools
