#include "session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "ctrl_c.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/outcomes/finished_run.hpp"
#include "sojourn/outcomes/recorded.hpp"
#include "sojourn/outcomes/results_file.hpp"
#include "sojourn/outcomes/run_checkpoint.hpp"
#include "sojourn/outcomes/run_forecast.hpp"
#include "sojourn/outcomes/run_size.hpp"
#include "terminal.hpp"

namespace sojourn::tools {
namespace {

namespace fs = std::filesystem;

/// A bar on a terminal's stderr, with the time left; anywhere else a line now and then where the work takes long.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted) : wanted_(wanted), on_(wanted && isatty(STDERR_FILENO) != 0) {}
  ~ProgressBar() {
    if (on_) std::fprintf(stderr, "\r\033[K");
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(double share) {
    if (!wanted_) return;
    const auto now = std::chrono::steady_clock::now();
    const double gone = std::chrono::duration<double>(now - began_).count();
    if (!on_) return tell_now_and_then(share, gone);
    if (now - shown_ < std::chrono::milliseconds(100) && share < 1.0) return;
    shown_ = now;
    std::fprintf(stderr, "\r\033[K%s", progress_line(share, share > 0.0 ? gone / share - gone : 0.0).c_str());
    std::fflush(stderr);
  }

 private:
  /// What fits on a line of the terminal, whose last column stays free so that the line is never wrapped.
  static std::string progress_line(double share, double left) {
    constexpr std::size_t narrow = 50, widest_bar = 100;
    const std::string percent = fmt::format("{:3.0f} %", 100.0 * share);
    const std::size_t columns = terminal_columns();
    if (columns < narrow) return percent;
    const std::string words = fmt::format(" {}  {:.0f} s left", percent, left);
    const std::size_t taken = words.size() + 3;  // the brackets and the last column
    std::string bar(columns > taken ? std::min(columns - taken, widest_bar) : 0, ' ');
    std::fill_n(bar.begin(), static_cast<std::size_t>(static_cast<double>(bar.size()) * share), '=');
    return "[" + bar + "]" + words;
  }

  /// Where there is no bar: a line after 15 seconds, 30, 60, and so on, while there is a while to go.
  void tell_now_and_then(double share, double gone) {
    constexpr double worth_a_line = 10.0, minute = 60.0;  // seconds
    if (gone < next_line_ || !(share > 0.0)) return;
    next_line_ = 2.0 * gone;
    const double left = gone / share - gone;
    if (left < worth_a_line) return;
    // Of so little nothing can be concluded: the first customers of a run may wait for all the others.
    if (share < 0.01) {
      std::fprintf(stderr, "sojourn: less than 1 %% done\n");
      return;
    }
    if (left < 2.0 * minute)
      std::fprintf(stderr, "sojourn: %.0f %% done, about %.0f seconds left\n", 100.0 * share, left);
    else
      std::fprintf(stderr, "sojourn: %.0f %% done, about %.0f minutes left\n", 100.0 * share, left / minute);
  }

  bool wanted_, on_;
  double next_line_ = 15.0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), shown_{};
};

}  // namespace

void tell_notes(const CommandLine& line, const Scenario& scenario) {
  if (line.quiet) return;
  for (const std::string& note : scenario.notes) print(stderr, "note: %s\n", note.c_str());
}

Input read_input(const CommandLine& line, Recorded keep, const Ranks* ranks) {
  LoadedScenario loaded = load_scenario(line.input, line.overrides, keep);
  if (ranks == nullptr || ranks->rank() == 0) tell_notes(line, loaded.scenario);
  Request request{line.command, arguments_of(line.overrides), line.plans};
  if (!line.plan.empty()) request.plans = {line.plan};
  std::vector<std::string> plans;
  if (loaded.recorded) {
    const Request& before = loaded.recorded->provenance.request;
    request.changes.insert(request.changes.begin(), before.changes.begin(), before.changes.end());
    plans = recorded_texts(*loaded.recorded, "plan");
    // `run` repeats whatever made the file, unless a plan is asked for; `compare` keeps the plans of a comparison.
    if (line.command == "run" && line.plan.empty()) request.command = before.command;
    if (request.plans.empty() && request.command == before.command) request.plans = before.plans;
  }
  std::vector<fs::path> files{line.input};
  if (!line.results.empty()) files.emplace_back(line.results);
  files.insert(files.end(), loaded.scenario.files.begin(), loaded.scenario.files.end());
  return {std::move(loaded.scenario), std::move(loaded.model),    std::move(request), std::move(loaded.scenario_name),
          std::move(plans),           std::move(loaded.recorded), std::move(files)};
}

Replacing replacing(const CommandLine& line, const Input& input) { return {input.files, line.force, {}, false}; }

std::string results_path(const CommandLine& line, const Input& input, const std::string& suffix) {
  return results_path(line, fs::path(input.scenario_name).stem().string() + suffix);
}

std::string results_path(const CommandLine& line, const std::string& standard) {
  const fs::path path(line.output.empty() ? standard : line.output);
  const auto refuse = [&](const std::string& problem) {
    throw InputError(problem, "name another file with -o, ending in .h5");
  };
  for (const char* other : {".toml", ".csv", ".json", ".txt", ".xlsx", ".html", ".svg"}) {
    if (path.extension() == other) refuse(fmt::format("results are HDF5, not {}", other));
  }
  return path.string();
}

fs::path page_path(const CommandLine& line, const std::string& otherwise) {
  const fs::path page = line.output.empty() ? fs::path(line.input).stem() += ".html" : fs::path(line.output);
  if (page.extension() != ".html" && page.extension() != ".htm")
    throw InputError("a page is made, so " + page.string() + " cannot be its name",
                     otherwise.empty() ? "end it in .html" : "end it in .html; " + otherwise);
  return page;
}

void under_way(const CommandLine& line, const std::function<void(const RunOptions&)>& work,
               const std::filesystem::path& of_sweep) {
  const fs::path scenario = of_sweep.empty() ? fs::path(line.input) : of_sweep;
  ProgressBar bar(line.progress);
  std::atomic<std::uint32_t> finished{0};
  // What `run` and `compare` have finished is kept; nothing else has anything to keep.
  const bool goes_on = line.command == "sweep" || !line.checkpoint.empty();
  const bool keeps = line.command == "run" || line.command == "compare" || goes_on;
  if (goes_on) finished = 1;  // it is kept whatever there is of it
  const StopAtCtrlC ctrl_c(keeps ? &finished : nullptr, goes_on ? Termination::stops : Termination::ends);
  RunOptions options;
  options.threads = line.threads;
  options.stop = ctrl_c.token();
  options.finished = &finished;
  options.progress = [&](double share) { bar.show(share); };
  try {
    work(options);
  } catch (const InputError& error) {
    // What only a run finds in a scenario has its place in the file all the same.
    if (error.code() != ErrorCode::endless_life || looks_like_results(scenario)) throw;
    const Scenario again =
        read_scenario(scenario, line.overrides, {{Severity::error, error.place(), error.message(), error.hint()}});
    const auto told = [&](const Finding& finding) { return finding.message == error.message(); };
    if (again.errors() == 1 && std::any_of(again.findings.begin(), again.findings.end(), told)) require_no_errors(again);
    throw;
  }
}

void require_pages(bool built, const std::string& otherwise) {
  if (built) return;
  throw RunError("this program was built without the page's charts",
                 "install npm (tools/packages install pages), then cmake --preset release -DSOJOURN_PAGES=ON and build "
                 "again" +
                     otherwise);
}

void print_forecast(const CommandLine& line, const WorkForecast& work) {
  const double hours = work.run.seconds / 3600.0;
  if (line.json) {
    std::string points;
    if (work.points)
      points = fmt::format("  \"points\": {},\n  \"missing\": {},\n  \"files\": {},\n", work.points->all,
                           work.points->missing, work.points->files);
    print(stdout, "{\n%s  \"visits\": %.6g,\n  \"core_hours\": %.6g,\n  \"bytes\": %llu\n}\n", points.c_str(),
          work.run.visits, hours, static_cast<unsigned long long>(work.bytes));
    return;
  }
  if (work.points) {
    print(stdout, "Points      %s in %s; %s missing\n", fmt::format("{}", work.points->all).c_str(),
          fmt::format("{} file{}", work.points->files, work.points->files == 1 ? "" : "s").c_str(),
          fmt::format("{} {}", work.points->missing, work.points->missing == 1 ? "is" : "are").c_str());
  }
  print(stdout, "Visits      about %.2g\nCore hours  about %.2g (%.2g s of one processor), judged by %llu customer%s\n",
        work.run.visits, hours, work.run.seconds, static_cast<unsigned long long>(work.run.customers),
        work.run.customers == 1 ? "" : "s");
  print(stdout, "Results     at most about %.2g MB\nNothing was simulated but for this estimate, and nothing was written.\n",
        static_cast<double>(work.bytes) / 1e6);
}

namespace {

/// A run that went on until intervals were narrow enough, or could not be made so.
struct Search {
  RunResult result;
  std::optional<Input> longer;  // the input with as many replications as were run, where some were added
  std::string unmet;            // what could not be reached, and what would help
};

/// `asked` as it had been with so many replications; no file is read again, so that one edited meanwhile changes nothing.
Input lengthened(const CommandLine& line, const Input& asked, std::uint32_t replications) {
  Input input = asked;
  const std::vector<Override> overrides = with_replications(line.overrides, replications);
  const std::vector<std::string> before = arguments_of(line.overrides), now = arguments_of(overrides);
  input.request.changes.resize(input.request.changes.size() - before.size());
  input.request.changes.insert(input.request.changes.end(), now.begin(), now.end());
  input.scenario.text = resolved_text(asked.scenario.source, overrides);
  input.scenario.parts.settings.replications = replications;
  input.model = build(input.scenario);
  return input;
}

/// Adds replications to `search` until the goals of `line` are met.
void go_on(const CommandLine& line, const Input& asked, const std::vector<PlanId>& plans, RunOptions options,
           Search& search) {
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
    search.longer = lengthened(line, asked, next);
    require_room(run_size(search.longer->model, plans.size()));
    options.first_replication = now;
    append(search.result, run(search.longer->model, plans, options));
  }
}

/// Goals are of figures that the scenario has, and thresholds name plans that are run: said before the run, not after it.
void require_reachable_goals(const CommandLine& line, const Input& input, const std::vector<PlanId>& plans) {
  for (const PrecisionGoal& goal : line.precision) require_mechanism(*goal.metric, input.model.parts());
  for (const Threshold& threshold : line.thresholds) {
    require_mechanism(*threshold.metric, input.model.parts());
    if (threshold.plan.empty()) continue;
    const PlanId plan = plan_called(input.model, threshold.plan);
    if (std::find(plans.begin(), plans.end(), plan) == plans.end()) {
      throw InputError(fmt::format("--threshold {}: plan \"{}\" is not compared", threshold.text, threshold.plan),
                       "name it in --plans");
    }
  }
}

/// Where `line` asks for one: opened before the work, so that the file of another run is refused before it.
std::unique_ptr<RunCheckpoint> checkpoint_of(const CommandLine& line, const Input& input, const std::vector<PlanId>& plans,
                                             const std::string& results) {
  if (line.checkpoint.empty()) return nullptr;
  std::error_code error;
  // A path of which nothing is there yet stays as it was typed, unless it is absolute.
  const auto place = [&](const std::string& path) { return fs::weakly_canonical(fs::absolute(path, error), error); };
  if (place(line.checkpoint) == place(results))
    throw InputError(fmt::format("--checkpoint {}: the results go to that file", line.checkpoint),
                     "name another file with --checkpoint");
  std::vector<std::string> names;
  for (const PlanId plan : plans) names.push_back(input.model.parts().plans[plan.index()].id);
  return std::make_unique<RunCheckpoint>(line.checkpoint, run_identity(input.scenario, std::move(names)));
}

/// How much of the run is kept.
std::string parts_kept(RunCheckpoint& checkpoint, const Model& model) {
  const std::uint32_t replications = model.parts().settings.replications;
  const std::size_t parts = division(replications, model.coupled()).batches * replications;
  return fmt::format("{} of {} parts{}", checkpoint.parts(), parts,
                     checkpoint.keeps_state() ? " and a replication under way" : "");
}

}  // namespace

int simulate(const CommandLine& line, Ranks* ranks, const Input& asked, const std::vector<PlanId>& plans,
             const std::string& path, const std::function<std::string(const Samples&, const Layout&)>& text,
             const std::function<std::string(const Samples&, const std::string&)>& json) {
  require_reachable_goals(line, asked, plans);
  const bool first = ranks == nullptr || ranks->rank() == 0;
  if (!line.precision.empty() && (ranks != nullptr || !line.checkpoint.empty())) {
    throw InputError(ranks != nullptr ? "--precision adds replications as it goes, which ranks do not share"
                                      : "--precision and --checkpoint do not go together",
                     "ask for replications with --replications");
  }
  if (!first) {
    CommandLine silent = line;
    silent.progress = false;
    under_way(silent, [&](const RunOptions& options) {
      static_cast<void>(run(asked.model, plans, options, Sharing{ranks, nullptr}));
    });
    return done;
  }
  if (const std::size_t warnings = asked.scenario.warnings(); warnings > 0 && !line.quiet) {
    print(stderr, "sojourn: %zu warning%s; sojourn check %s shows %s\n", warnings, warnings == 1 ? "" : "s",
          line.input.c_str(), warnings == 1 ? "it" : "them");
  }
  require_replaceable(path, replacing(line, asked));  // before the work, not after it
  RunSize size = run_size(asked.model, plans.size());
  const std::uint32_t replications = asked.model.parts().settings.replications;
  const bool together = ranks != nullptr && lived_together(asked.model, replications, ranks->count());
  if (together) size.memory_bytes -= size.people_bytes - size.people_bytes / ranks->count();
  require_room(size);
  if (line.dry_run) {
    RunForecast expected;
    under_way(line, [&](const RunOptions& options) { expected = forecast(asked.model, plans, options.stop); });
    print_forecast(line, {expected, run_size(asked.model, plans.size()).value_bytes, {}});
    return done;
  }
  const std::unique_ptr<RunCheckpoint> checkpoint = checkpoint_of(line, asked, plans, path);
  if (checkpoint && (!checkpoint->found().empty() || checkpoint->keeps_state()) && !line.quiet)
    print(stderr, "sojourn: %s are in %s\n", parts_kept(*checkpoint, asked.model).c_str(), line.checkpoint.c_str());
  const Touchpoint* const queue = queue_in(asked.model);
  if (checkpoint && queue != nullptr && !line.quiet) {
    print(stderr,
          "sojourn: visits to \"%s\" wait for servers, so that %s keeps finished replications alone: a stop before the "
          "first is finished loses all of it\n",
          queue->id.c_str(), line.checkpoint.c_str());
  }
  if (together && !line.quiet) {
    print(stderr, "sojourn: %u ranks live each replication together, a share of its customers each\n", ranks->count());
  }
  if (ranks != nullptr && asked.model.coupled() && !together && !line.quiet && replications < ranks->count()) {
    print(stderr,
          "sojourn: visits to \"%s\" wait for servers, and calls have one order of time, so that each replication is the "
          "work of one rank: %u of %u ranks have none; more replications would use them\n",
          queue->id.c_str(), ranks->count() - replications, ranks->count());
  }
  Search search;
  under_way(line, [&](const RunOptions& options) {
    search.result = run(asked.model, plans, options, Sharing{ranks, checkpoint.get()});
    if (!line.precision.empty()) go_on(line, asked, plans, options, search);
  });
  const RunResult& result = search.result;
  const Input& input = search.longer ? *search.longer : asked;
  if (checkpoint && result.interrupted) {
    checkpoint->save();
    const std::string words = checkpoint->parts() == 0 && !checkpoint->keeps_state()
                                  ? "nothing is finished yet: the same command begins anew"
                                  : fmt::format("{} are kept in {}: the same command goes on",
                                                parts_kept(*checkpoint, asked.model), line.checkpoint);
    print(stderr, "sojourn: told to stop; %s\n", words.c_str());
    return resumable;
  }
  if (result.replications.empty()) {
    print(stderr, "sojourn: interrupted before a replication was finished; nothing was written\n");
    return interrupted;
  }
  Provenance provenance;
  provenance.request = input.request;
  provenance.history = history_of(input.request, input.scenario_name);
  provenance.scenario_toml = input.scenario.text;
  provenance.scenario_name = input.scenario_name;
  Samples samples = collect_samples(result);
  if (line.json || !line.quiet) add_appraisal_spreads(samples, result.programs);
  write_results(outcomes_of(std::move(search.result), samples, std::move(provenance)), path, replacing(line, asked));

  if (line.json) {
    print(stdout, "%s", json(samples, line.input).c_str());
  } else if (!line.quiet) {
    print(stdout, "%s", text(samples, layout(line)).c_str());
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
  if (checkpoint) checkpoint->remove();
  const std::vector<std::string> misses = missed(samples, line.thresholds);
  for (const std::string& miss : misses) print(stderr, "%s\n", miss.c_str());
  if (!search.unmet.empty()) print(stderr, "%s\n", search.unmet.c_str());
  if (!result.interrupted) return misses.empty() && search.unmet.empty() ? done : failed;
  print(stderr, "sojourn: interrupted; kept the %zu of %u replications that were finished\n", result.replications.size(),
        input.model.parts().settings.replications);
  return interrupted;
}

}  // namespace sojourn::tools
