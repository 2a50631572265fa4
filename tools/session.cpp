#include "session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/kept_samples.hpp"
#include "sojourn/outcomes/network_ties.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/recorded_scenario.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/version.hpp"
#include "sojourn/scenario/nearest.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupt_asked{false};

void ask_to_stop(int) {
  interrupt_asked.store(true);
  std::signal(SIGINT, SIG_DFL);  // a second Ctrl-C ends the program at once
}

/// A bar on a terminal's stderr, with the time left; nothing anywhere else.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted) : on_(wanted && isatty(STDERR_FILENO) != 0) {}
  ~ProgressBar() {
    if (on_) std::fprintf(stderr, "\r\033[K");
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(double share) {
    if (!on_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::milliseconds(100) && share < 1.0) return;
    shown_ = now;
    const double gone = std::chrono::duration<double>(now - began_).count();
    std::string bar(30, ' ');
    for (std::size_t i = 0; i < static_cast<std::size_t>(30.0 * share); ++i) bar[i] = '=';
    std::fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.0f s left", bar.c_str(), 100.0 * share,
                 share > 0.0 ? gone / share - gone : 0.0);
    std::fflush(stderr);
  }

 private:
  bool on_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), shown_{};
};

/// The parts of a file's history: "sojourn COMMAND NAME[ CHANGES][ --plan ID | --plans A,B]", as `read_input` writes it.
struct History {
  std::string command, changes, selection;
};

History parse_history(const std::string& text) {
  History history;
  constexpr std::string_view program = "sojourn ";
  const std::size_t begin = program.size(), space = text.find(' ', begin);
  if (!text.starts_with(program) || space == std::string::npos)
    throw InputError("sojourn: error: this results file is damaged or was edited: its history is no command");
  history.command = text.substr(begin, space - begin);
  const std::size_t plan = text.rfind(" --plan");
  const std::size_t end = plan == std::string::npos ? text.size() : plan;
  if (plan != std::string::npos) history.selection = text.substr(plan);
  const std::size_t options = text.find(" --", space);
  if (options != std::string::npos && options < end) history.changes = text.substr(options, end - options);
  return history;
}

}  // namespace

Input read_input(const CommandLine& line) {
  const fs::path path(line.input);
  Scenario scenario;
  std::string name = path.filename().string(), command = line.command, changes = line.change_arguments, selection;
  std::vector<std::string> plans;
  if (!line.plan.empty()) selection = " --plan " + line.plan;
  for (std::size_t i = 0; i < line.plans.size(); ++i) selection += (i == 0 ? " --plans " : ",") + line.plans[i];
  if (looks_like_results(path)) {
    const Outcomes recorded = read_provenance(path);
    const History history = parse_history(recorded.provenance.history);
    name = recorded.provenance.scenario_name;
    changes = history.changes + changes;
    plans = recorded_texts(recorded, "plan");
    // `run` repeats whatever made the file, unless a plan is asked for; `compare` keeps the plans of a comparison.
    if (line.command == "run" && line.plan.empty()) command = history.command;
    if (selection.empty() && command == history.command) selection = history.selection;
    scenario = recorded_scenario(recorded, line.input, path.parent_path(), line.overrides);
  } else {
    scenario = read_scenario(path, line.overrides);
  }
  std::string history = "sojourn " + command + " " + shell_quoted(name) + changes + selection;
  if (scenario.errors() > 0) throw InputError(diagnostics(scenario, Severity::error) + "\n" + summary(scenario));
  Model model = build(scenario);
  std::vector<fs::path> files{path};
  if (!line.results.empty()) files.emplace_back(line.results);
  if (const auto& talk = model.parts().word_of_mouth) {
    if (const auto* network = std::get_if<NetworkFile>(&talk->network)) files.push_back(path.parent_path() / network->path);
  }
  return {std::move(scenario), std::move(model), std::move(history), std::move(name), std::move(plans), std::move(files)};
}

PlanId find_plan(const Model& model, const std::string& name) {
  std::vector<std::string> known;
  for (const Plan& plan : model.parts().plans) known.push_back(plan.id);
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (known[k] == name) return PlanId(k);
  }
  const std::string near = nearest(name, known);
  std::string hint = "plans: ";
  for (std::size_t k = 0; k < known.size(); ++k) hint += (k > 0 ? ", " : "") + known[k];
  throw InputError(fmt::format("sojourn: error: there is no plan \"{}\"{}\nhint: {}", name,
                               near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near), hint));
}

Replacing replacing(const CommandLine& line, const Input& input) { return {input.files, line.force, {}, false}; }

std::string results_path(const CommandLine& line, const Input& input, const std::string& suffix) {
  const fs::path path =
      line.output.empty() ? fs::path(fs::path(input.scenario_name).stem().string() + suffix) : fs::path(line.output);
  const auto refuse = [&](const std::string& problem) {
    throw InputError(fmt::format("sojourn: error: {}\nhint: name another file with -o, ending in .h5", problem));
  };
  for (const char* other : {".toml", ".csv", ".json", ".txt", ".xlsx", ".html", ".svg"}) {
    if (path.extension() == other) refuse(fmt::format("results are HDF5, not {}", other));
  }
  return path.string();
}

void under_way(const CommandLine& line, const std::function<void(const RunOptions&)>& work) {
  ProgressBar bar(line.progress);
  std::signal(SIGINT, ask_to_stop);
  RunOptions options;
  options.threads = line.threads;
  options.interrupt = &interrupt_asked;
  options.progress = [&](double share) { bar.show(share); };
  work(options);
}

namespace {

/// A run that went on until intervals were narrow enough, or could not be made so.
struct Search {
  RunResult result;
  std::optional<Input> longer;  // the input with as many replications as were run, where some were added
  std::string unmet;            // what could not be reached, and what would help
};

/// Adds replications to `search` until the goals of `line` are met.
void go_on(const CommandLine& line, const std::vector<PlanId>& plans, RunOptions options, Search& search) {
  while (!search.result.interrupted) {
    const Samples samples = collect_samples(search.result);
    const std::uint32_t now = samples.replications, next = replications_to_run(samples, line.precision);
    if (next == now) return;
    for (const PrecisionGoal& goal : line.precision) {
      const double needed = replications_needed(samples, goal), half = half_width(samples, *goal.metric);
      if (half <= goal.half_width) continue;
      const bool hopeless = now >= fewest_replications_to_stop && needed > 2.0 * most_replications_to_add;
      if (now < most_replications_to_add && !hopeless) continue;
      const std::string reached = std::isnan(half) ? "there is no interval" : fmt::format("the half-width is {:.3g}", half);
      const std::string wanted = std::isfinite(needed) ? fmt::format("about {:.3g} are needed, and ", needed) : "";
      search.unmet = fmt::format(
          "sojourn: error: --precision {}={:g} was not reached: {} after {} replications; {}at most {} are run\n"
          "hint: ask for a wider interval, or simulate more people with --customers",
          goal.metric->name, goal.half_width, reached, now, wanted, most_replications_to_add);
      return;
    }
    search.longer = read_input(with_replications(line, next));
    options.first_replication = now;
    append(search.result, run(search.longer->model, plans, options));
  }
}

/// Thresholds name plans that are run.
void require_known_plans(const CommandLine& line, const Input& input, const std::vector<PlanId>& plans) {
  for (const Threshold& threshold : line.thresholds) {
    if (threshold.plan.empty()) continue;
    const PlanId plan = find_plan(input.model, threshold.plan);
    if (std::find(plans.begin(), plans.end(), plan) == plans.end()) {
      throw InputError(fmt::format("sojourn: error: --threshold {}: plan \"{}\" is not compared\nhint: name it in --plans",
                                   threshold.text, threshold.plan));
    }
  }
}

}  // namespace

int simulate(const CommandLine& line, const Input& asked, const std::vector<PlanId>& plans, const std::string& path,
             const std::function<std::string(const Samples&, Colour)>& text,
             const std::function<std::string(const Samples&, const std::string&)>& json) {
  require_known_plans(line, asked, plans);
  if (const std::size_t warnings = asked.scenario.warnings(); warnings > 0 && !line.quiet) {
    print(stderr, "sojourn: %zu warning%s; sojourn check %s shows %s\n", warnings, warnings == 1 ? "" : "s",
          line.input.c_str(), warnings == 1 ? "it" : "them");
  }
  require_replaceable(path, replacing(line, asked));  // before the work, not after it
  Search search;
  under_way(line, [&](const RunOptions& options) {
    search.result = run(asked.model, plans, options);
    if (!line.precision.empty()) go_on(line, plans, options, search);
  });
  const RunResult& result = search.result;
  const Input& input = search.longer ? *search.longer : asked;
  if (result.replications.empty()) {
    print(stderr, "sojourn: interrupted before a replication was finished; nothing was written\n");
    return interrupted;
  }
  Provenance provenance;
  provenance.title = input.model.parts().settings.title;
  provenance.history = input.history;
  if (result.interrupted) {
    // Part of a run must not be taken for the whole of it; repeating the file runs the whole.
    provenance.title += fmt::format(" (interrupted: {} of {} replications)", result.replications.size(),
                                    input.model.parts().settings.replications);
  }
  provenance.version = version();
  provenance.build = build_description();
  provenance.scenario_toml = input.scenario.text;
  provenance.scenario_name = input.scenario_name;
  provenance.seed = input.model.parts().settings.seed;
  Outcomes outcomes = collect_outcomes(result, std::move(provenance));
  keep_ties(input.model.parts(), outcomes);
  const Samples samples = collect_samples(result);
  keep_samples(samples, outcomes);
  write_results(outcomes, path, replacing(line, asked));

  if (line.json) {
    print(stdout, "%s", json(samples, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", text(samples, colour()).c_str());
  }
  if (!line.quiet) {
    std::fflush(stdout);
    print(stderr, "%s visits in %.1f s. Results: %s\n", fmt::format("{:.3g}", static_cast<double>(result.events)).c_str(),
          result.seconds, path.c_str());
  }
  if (search.longer && search.unmet.empty() && !line.quiet && !result.interrupted) {
    print(stderr,
          "Replications were added up to %zu for --precision. Stopping when an interval looks narrow makes it cover "
          "slightly less than 95 %%.\n",
          result.replications.size());
  }
  const std::vector<std::string> misses = missed(samples, line.thresholds);
  for (const std::string& miss : misses) print(stderr, "%s\n", miss.c_str());
  if (!search.unmet.empty()) print(stderr, "%s\n", search.unmet.c_str());
  if (!result.interrupted) return misses.empty() && search.unmet.empty() ? done : failed;
  print(stderr, "sojourn: interrupted; kept the %zu of %u replications that were finished\n", result.replications.size(),
        input.model.parts().settings.replications);
  return interrupted;
}

}  // namespace sojourn::tools
