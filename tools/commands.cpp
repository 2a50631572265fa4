#include "commands.hpp"

namespace sojourn::tools {

const std::map<std::string, int (*)(const CommandLine&)>& commands() {
  static const std::map<std::string, int (*)(const CommandLine&)> all{
      {"run", run_command},         {"compare", compare_command},
      {"solve", solve_command},     {"check", check_command},
      {"map", map_command},         {"new", new_command},
      {"rank", rank_command},       {"optimize", optimize_command},
      {"trace", trace_command},     {"report", report_command},
      {"schema", schema_command},   {"sweep", sweep_command},
      {"merge", merge_command},     {"sensitivity", sensitivity_command},
      {"voi", voi_command},         {"play", play_command},
      {"explore", explore_command}, {"lessons", lessons_command},
      {"lesson", lesson_command}};
  return all;
}

}  // namespace sojourn::tools
