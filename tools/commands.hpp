// The commands, one file each. Each returns the exit status and throws InputError, RunError for what main prints.
#pragma once

#include <map>
#include <string>

#include "command_line.hpp"

namespace sojourn::tools {

int run_command(const CommandLine& line);
int compare_command(const CommandLine& line);
int solve_command(const CommandLine& line);
int rank_command(const CommandLine& line);
int optimize_command(const CommandLine& line);
int trace_command(const CommandLine& line);
int check_command(const CommandLine& line);
int map_command(const CommandLine& line);
int report_command(const CommandLine& line);
int new_command(const CommandLine& line);
int schema_command(const CommandLine& line);
int sweep_command(const CommandLine& line);
int merge_command(const CommandLine& line);
int sensitivity_command(const CommandLine& line);
int voi_command(const CommandLine& line);
int play_command(const CommandLine& line);
int explore_command(const CommandLine& line);
int lessons_command(const CommandLine& line);
int lesson_command(const CommandLine& line);

/// All of them by their names.
[[nodiscard]] const std::map<std::string, int (*)(const CommandLine&)>& commands();

}  // namespace sojourn::tools
