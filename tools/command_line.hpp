// What the user typed, as plain data. CLI11 is seen here and in manual.cpp alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "goals.hpp"
#include "sojourn/decide/leverage.hpp"
#include "sojourn/decide/value_of_information.hpp"
#include "sojourn/report/layout.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn::tools {

/// Exit statuses, as `sojourn --help` lists them.
inline constexpr int done = 0, failed = 1, wrong_input = 2, interrupted = 130;
/// Of a sweep, or a run with a checkpoint, that was told to stop: what is finished is kept, and the same command goes on
/// (EX_TEMPFAIL of sysexits.h).
inline constexpr int resumable = 75;

/// Customers in an event log, unless asked for another number.
inline constexpr std::size_t default_log_customers = 100;

/// What `voi` is asked.
struct ValueQuestion {
  std::string worth;       // the file of what each choice is worth
  bool simulated = false;  // as in ValueSample
  double people = 1.0;     // whom the choice concerns
  std::string survey;      // the input that people would be asked about; "" for none
  SurveyPlan plan;         // but its input and people
};

struct CommandLine {
  std::string command;
  std::string input;                // scenario or results file, or the name of a template or a lesson
  std::vector<std::string> others;  // of compare: further scenarios or results files
  std::string output;               // "" for the default
  std::string plan;                 // "" for the default
  std::vector<std::string> plans;
  std::vector<Override> overrides;
  std::vector<PrecisionGoal> precision;  // replications are added until these are met
  std::vector<Threshold> thresholds;     // missed ones make the exit status 1
  int threads = 0;
  std::string results;   // map: the results file beside the scenario
  std::string workbook;  // report: the .xlsx to write
  bool fast = false;     // report: only what is in the file
  bool control_variate = false;
  std::string checkpoint;  // of run and compare; "" for none
  bool network = false;
  bool assumed = false;  // of map: the company's own map beside the journey
  RankOptions rank;
  std::optional<std::uint64_t> customer;     // of trace
  std::optional<std::size_t> log_customers;  // likewise; default 100
  std::string rank_by;                       // of rank; empty: by the scenario's goal
  std::string goal, budget, indifference;    // of optimize; without a goal the scenario's; the budget of report too
  std::vector<std::string> team_budgets, must, never;
  bool silos = false;                 // of optimize: each team by its own goal against one common goal
  std::string shard;                  // of sweep, "3/40"
  bool emit_slurm = false;            // of sweep
  std::uint32_t tasks = 0, cpus = 1;  // of --emit-slurm; 0 tasks: as many as fit the files
  bool dry_run = false;
  std::string csv;                 // of merge
  std::vector<std::string> tries;  // of compare: what is tried, as after --try
  int port = 0;                    // of play; 0: any that is free
  bool open = true;                // of play: shows the page in a browser
  std::vector<std::string> by;     // of sensitivity, and of --uncertain
  std::string against;             // of sensitivity; "" for the first plan of the sweep
  ValueQuestion voi;
  bool uncertain = false;                             // of compare
  std::uint64_t draws = 512;                          // of --uncertain
  std::string prediction;                             // of lesson: the number of a choice; "" to be asked
  bool sheet = false, answers = false, page = false;  // likewise
  bool json = false;
  bool full = false;  // compare, rank, optimize, map --assumed: all tables, not the first lines alone
  Format format = Format::table;
  bool force = false;  // replaces files that Sojourn did not write
  bool quiet = false;
  bool progress = true;
};

/// The parsed command line, or the exit status where the program has nothing more to do: help and version were printed to
/// stdout, or a mistake with a hint to stderr (status 2).
struct Parsed {
  std::optional<CommandLine> command_line;
  int status = done;
};
[[nodiscard]] Parsed parse(int argc, char** argv);

/// The overrides of the same line had the user asked for so many replications.
[[nodiscard]] std::vector<Override> with_replications(std::vector<Override> overrides, std::uint32_t replications);

/// The options that change numbers, word by word, as a file's `Request` has them.
[[nodiscard]] std::vector<std::string> arguments_of(const std::vector<Override>& overrides);

}  // namespace sojourn::tools
