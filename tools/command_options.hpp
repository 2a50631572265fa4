// The commands of the program and their options, as CLI11 has them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "command_line.hpp"

namespace sojourn::tools {

/// What the command line says: what is read as it stands, and the words of what is read by us.
struct Options {
  CommandLine line;
  std::vector<std::string> sets;
  std::string customers, replications, seed, horizon, customer, format;
  std::vector<std::string> precision, thresholds, plans;
  bool no_progress = false, no_open = false, manual = false;
  std::string help_on, shell;
};

inline constexpr const char* replications_option = "--replications";

/// Adds every command, each of which puts what it is given into `options`, which must outlive `app`.
void add_commands(CLI::App& app, Options& options);

}  // namespace sojourn::tools
