// The `sojourn` program: finds the command, prints what went wrong, gives the exit status.
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "command_line.hpp"
#include "commands.hpp"
#include "ctrl_c.hpp"
#include "mpi_module.hpp"
#include "sojourn/report/solution.hpp"
#include "terminal.hpp"

namespace {

/// What helps on the command line, where the library's hint can only speak of the thing itself.
const char* option_that_helps(sojourn::ErrorCode code) {
  switch (code) {
    case sojourn::ErrorCode::budget_too_small:
      return "raise --budget or --team, drop a --must, or lower per_visit";
    case sojourn::ErrorCode::contradicting_needs:
      return "drop --must or --never";
    case sojourn::ErrorCode::file_of_others:
      return "name another file, or add --force to replace it";
    case sojourn::ErrorCode::too_long_to_solve:
      return "shorten it with --horizon, or simulate with sojourn run";
    default:
      return nullptr;
  }
}

/// What to do where there is no closed form. The path of a slope can be set on the command line.
std::string way_out(const sojourn::NoClosedForm& error) {
  if (error.code() == sojourn::ErrorCode::no_solvable_twin) return "run it without --control-variate";
  const sojourn::Obstacle& first = error.obstacles().front();
  return (first.kind == sojourn::Obstacle::Kind::slope
              ? "solve it without them (--set " + first.place + "=0, and so on), or simulate it with sojourn run"
              : std::string("take that out of the scenario to solve the rest, or simulate it with sojourn run")) +
         (error.has_twin() ? ";\n      sojourn run --control-variate uses what can be solved to narrow the intervals" : "");
}

/// An error as a person reads it on a terminal.
std::string told(const sojourn::Error& error) {
  if (const auto* unsolved = dynamic_cast<const sojourn::NoClosedForm*>(&error))
    return "sojourn: error: " + sojourn::no_closed_form_text(*unsolved) + "\nhint: " + way_out(*unsolved);
  if (error.code() == sojourn::ErrorCode::invalid_scenario) return error.message();  // lines that have their places
  const char* option = option_that_helps(error.code());
  const std::string hint = option != nullptr ? option : error.hint();
  return (error.place().empty() ? "sojourn" : error.place()) + ": error: " + error.message() +
         (hint.empty() ? "" : "\nhint: " + hint);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sojourn::tools;
  watch_ctrl_c();
  try {
    const Parsed parsed = parse(argc, argv);
    int status = parsed.status;
    if (parsed.command_line) {
      const CommandLine& line = *parsed.command_line;
      const bool shared = line.command == "run" || line.command == "compare" || line.command == "sweep";
      status = shared || is_one_process(line) ? commands().at(line.command)(line) : done;
    }
    // A full disk behind a redirection shows only here.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw sojourn::RunError("cannot write to standard output");
    return status;
  } catch (const sojourn::Interrupted&) {
    print(stderr, "sojourn: interrupted; no file was written\n");
    return interrupted;
  } catch (const sojourn::Error& e) {
    print(stderr, "%s\n", told(e).c_str());
    return dynamic_cast<const sojourn::InputError*>(&e) != nullptr ? wrong_input : failed;
  } catch (const std::bad_alloc&) {
    print(stderr,
          "sojourn: error: out of memory\nhint: simulate fewer customers, replications or plans at a time, or take a longer "
          "window\n");
    return failed;
  } catch (const std::exception& e) {
    print(stderr, "sojourn: error: %s\n", e.what());
    return failed;
  }
}
