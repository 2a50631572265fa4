// The `sojourn` program: finds the command, prints what went wrong, gives the exit status.
#include <cstdio>
#include <exception>
#include <map>
#include <new>
#include <string>

#include "command_line.hpp"
#include "commands.hpp"
#include "terminal.hpp"

int main(int argc, char** argv) {
  using namespace sojourn::tools;
  const std::map<std::string, int (*)(const CommandLine&)> commands{
      {"run", run_command},     {"compare", compare_command}, {"solve", solve_command},  {"check", check_command},
      {"map", map_command},     {"new", new_command},         {"rank", rank_command},    {"optimize", optimize_command},
      {"trace", trace_command}, {"report", report_command},   {"schema", schema_command}};
  try {
    const Parsed parsed = parse(argc, argv);
    if (!parsed.command_line) return parsed.status;
    const int status = commands.at(parsed.command_line->command)(*parsed.command_line);
    // A full disk behind a redirection shows only here.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw sojourn::RunError("sojourn: error: cannot write to standard output");
    return status;
  } catch (const sojourn::InputError& e) {
    print(stderr, "%s\n", e.what());
    return wrong_input;
  } catch (const sojourn::InvalidModel& e) {
    print(stderr, "%s\n", e.what());
    return wrong_input;
  } catch (const std::bad_alloc&) {
    print(stderr, "sojourn: error: out of memory\nhint: fewer replications, or a longer window\n");
    return failed;
  } catch (const std::exception& e) {
    print(stderr, "%s\n", e.what());
    return failed;
  }
}
