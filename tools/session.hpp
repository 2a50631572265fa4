// What `run` and `compare` share: reading the input, running with a progress bar, writing the file.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "sojourn/engine/run.hpp"
#include "sojourn/facade/load.hpp"
#include "sojourn/outcomes/outcomes.hpp"

namespace sojourn::tools {

/// A scenario ready to run, from a scenario file or from the one inside a results file.
struct Input {
  Scenario scenario;
  Model model;
  Request request;                   // of the results file to be written
  std::string scenario_name;         // base name
  std::vector<std::string> plans;    // of a results file: the plans that it holds; else empty
  std::optional<Outcomes> recorded;  // of a results file, as much as was asked for
};

/// Reads `line.input`, once. Throws InputError with every rendered error and the closing summary line.
[[nodiscard]] Input read_input(const CommandLine& line, Recorded keep = Recorded::provenance);

/// Where results go: `line.output`, else the scenario's name with `suffix` in this folder. Throws InputError where that
/// would overwrite the input.
[[nodiscard]] std::string results_path(const CommandLine& line, const Input& input, const std::string& suffix);

/// Whether stdout takes colours: on a terminal, unless NO_COLOR is set.
[[nodiscard]] Colour colour();

/// Calls `work` with the options of a run that shows a progress bar and stops at Ctrl-C.
void under_way(const CommandLine& line, const std::function<void(const RunOptions&)>& work);

/// The same without a bar, for what follows a simulation.
void stoppable(const std::function<void(const std::stop_token&)>& work);

/// Runs `plans` as precisely as asked, writes the file, prints the summary made by `text` or `json` on stdout and missed
/// thresholds on stderr. Returns the exit status.
int simulate(const CommandLine& line, const Input& asked, const std::vector<PlanId>& plans, const std::string& path,
             const std::function<std::string(const Samples&, Colour)>& text,
             const std::function<std::string(const Samples&, const std::string&)>& json);

}  // namespace sojourn::tools
