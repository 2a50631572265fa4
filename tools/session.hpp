// What `run` and `compare` share: reading the input, running with a progress bar, writing the file.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "sojourn/base/ranks.hpp"
#include "sojourn/base/whole_file.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/facade/load.hpp"
#include "sojourn/outcomes/outcomes.hpp"
#include "sojourn/outcomes/run_forecast.hpp"

namespace sojourn::tools {

/// A scenario ready to run, from a scenario file or from the one inside a results file.
struct Input {
  Scenario scenario;
  Model model;
  Request request;                           // of the results file to be written
  std::string scenario_name;                 // base name
  std::vector<std::string> plans;            // of a results file: the plans that it holds; else empty
  std::optional<Outcomes> recorded;          // of a results file, as much as was asked for
  std::vector<std::filesystem::path> files;  // all that were read
};

/// Reads `line.input`, once, and tells what --set did that may be meant otherwise; of several `ranks` the first tells it.
/// Throws InputError with every rendered error and the closing summary line.
[[nodiscard]] Input read_input(const CommandLine& line, Recorded keep = Recorded::provenance, const Ranks* ranks = nullptr);

/// The notes of a scenario that was read with --set, on stderr, unless --quiet.
void tell_notes(const CommandLine& line, const Scenario& scenario);

/// Where results go: `line.output`, else the scenario's name with `suffix` in this folder. Throws InputError where it
/// ends as another kind of file.
[[nodiscard]] std::string results_path(const CommandLine& line, const Input& input, const std::string& suffix);
/// The same where `standard` is the default.
[[nodiscard]] std::string results_path(const CommandLine& line, const std::string& standard);

/// Where a page goes: `line.output`, else the input's name with .html in this folder. Throws InputError where it ends as
/// another kind of file; `otherwise` says what makes such files.
[[nodiscard]] std::filesystem::path page_path(const CommandLine& line, const std::string& otherwise = "");

/// What the files that `line` asks for may replace: none of those that were read, and with --force all others.
[[nodiscard]] Replacing replacing(const CommandLine& line, const Input& input);

/// Throws RunError where this build has no pages: `built` says.
void require_pages(bool built, const std::string& otherwise = "");

/// What is to be expected of some work: `points` of a sweep alone.
struct WorkForecast {
  struct Points {
    std::uint64_t all = 0, missing = 0, files = 0;
  };
  RunForecast run;          // of all that is missing
  std::uint64_t bytes = 0;  // of the results, unpacked
  std::optional<Points> points;
};

/// What --dry-run says, on stdout.
void print_forecast(const CommandLine& line, const WorkForecast& work);

/// Calls `work` with the options of a run that shows a progress bar and stops at Ctrl-C. A life that never ends is an error
/// at a place in the scenario: `line.input`, or that `of_sweep`.
void under_way(const CommandLine& line, const std::function<void(const RunOptions&)>& work,
               const std::filesystem::path& of_sweep = {});

/// Runs `plans` as precisely as asked, writes the file, prints the summary made by `text` or `json` on stdout and missed
/// thresholds on stderr. Of several ranks the first alone writes and prints. Returns the exit status.
int simulate(const CommandLine& line, Ranks* ranks, const Input& asked, const std::vector<PlanId>& plans,
             const std::string& path, const std::function<std::string(const Samples&, const Layout&)>& text,
             const std::function<std::string(const Samples&, const std::string&)>& json);

}  // namespace sojourn::tools
