#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "commands.hpp"
#include "session.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/event_log.hpp"
#include "sojourn/report/life_story.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
int trace_command(const CommandLine& line) {
  namespace fs = std::filesystem;
  if (line.customer && (!line.output.empty() || line.log_customers)) {
    throw InputError(
        "--customer tells one life on the screen and writes no log",
        line.output.empty() ? "leave -n out, or --customer" : "leave -o out, or --customer; add > FILE to keep it");
  }
  const Input input = read_input(line);
  const std::string plan = line.plan.empty() ? "baseline" : line.plan;
  const Model model = apply(input.model, plan_called(input.model, plan));
  if (line.customer) {
    std::string told;
    under_way(line, [&](const RunOptions& options) { told = told_life(model, *line.customer, options, layout(line)); });
    print(stdout, "%s", told.c_str());
    return done;
  }
  const fs::path path(line.output);
  const std::string kind = path.extension().string();
  if (!line.output.empty() && kind != ".csv" && kind != ".xes") {
    throw InputError(fmt::format("an event log is written as .csv or .xes, not {}", kind.empty() ? line.output : kind),
                     "-o log.csv or -o log.xes");
  }
  const LogFormat format = kind == ".xes" ? LogFormat::xes : LogFormat::csv;
  std::optional<FileReplacement> file;
  if (!line.output.empty()) {
    Replacing may = replacing(line, input);
    may.beginning = csv_log_header;
    require_replaceable(path, may);
    file.emplace(path, may);
  }
  const auto write = [&](std::string_view text) {
    if (file) return file->write(text);
    std::fwrite(text.data(), 1, text.size(), stdout);
  };
  LogSize size;
  try {
    under_way(line, [&](const RunOptions& options) {
      size = write_event_log(model, line.log_customers.value_or(default_log_customers), format, write, options);
    });
  } catch (const Interrupted&) {
    if (file) throw;
    print(stderr, "sojourn: interrupted; what was printed is not complete\n");
    return interrupted;
  }
  if (!file) return done;
  file->finish();
  if (!line.quiet) {
    print(stderr, "%zu visit%s of %zu customer%s under %s: %s\n", size.visits, size.visits == 1 ? "" : "s", size.lives,
          size.lives == 1 ? "" : "s", plan.c_str(), line.output.c_str());
  }
  return done;
}

}  // namespace sojourn::tools
