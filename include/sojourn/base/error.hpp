// What can go wrong: one base, by kind the user's input (InputError), the world (RunError), and a stop that was asked for
// (Interrupted). Our own mistakes are asserts.
#pragma once

#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace sojourn {

/// An error stops a run; a warning is listed by `sojourn check` and counted by `sojourn run`.
enum class Severity { error, warning };

/// One problem of a scenario, found by whoever knows the rule that it breaks.
/// `path` is the key as in `--set`, ids in place of indices ("touchpoint.first-bill.quality.mean",
/// "touchpoint.first-bill.next[2].odds"); the scenario reader turns it into file:line:column.
/// `others` are further keys that it is about as much: it is told at the one that was set last, if any was.
/// Grammar: `message` says what is wrong, `hint` what to do (may be empty).
struct Finding {
  Severity severity = Severity::error;
  std::string path;
  std::string message;
  std::string hint;
  std::vector<std::string> others = {};
};

/// What went wrong, for programs that act on it. Where a command has an option that helps, the command line names it by
/// code.
enum class ErrorCode {
  wrong_input,          // InputError without a code of its own
  invalid_scenario,     // a scenario with errors; the message has one after the other, each with its place
  invalid_model,        // a model put together in C++ breaks a rule
  endless_life,         // a life of more visits than one may have; the place is its touchpoint, "touchpoint.use"
  no_closed_form,       // `solve`: something prevents it
  too_long_to_solve,    // `solve`: visits follow each other too fast for the horizon
  no_solvable_twin,     // `control_variate`: too little is left without slopes
  budget_too_small,     // `optimize`: nothing fits, or not what must be bought
  no_assumed_moves,     // `map --assumed`: the company has no map of its own
  contradicting_needs,  // `optimize`: what must be bought may never be
  nothing_to_improve,   // `rank`: no touchpoint that anybody visits could be better
  run_failed,           // RunError without a code of its own
  file_of_others,       // a file that Sojourn did not write, or a read-only one, would be replaced
  cannot_write,         // a file, a folder, a full disk
  too_large,            // more memory than there is, or more values than a file holds
  interrupted,          // a stop was asked for
};

/// The base of everything that this library throws on purpose. `what()` is "PLACE: MESSAGE", then "hint: HINT" on a line of
/// its own; without a newline at its end.
class Error : public std::runtime_error {
 public:
  [[nodiscard]] ErrorCode code() const { return code_; }
  /// What is wrong, in a sentence without a full stop; of `invalid_scenario` lines that are ready to print.
  [[nodiscard]] const std::string& message() const { return message_; }
  /// What to do about it; may be empty.
  [[nodiscard]] const std::string& hint() const { return hint_; }
  /// Where: a file, or a key of the scenario; empty where the message says it.
  [[nodiscard]] const std::string& place() const { return place_; }

 protected:
  Error(ErrorCode code, std::string message, std::string hint, std::string place);

 private:
  ErrorCode code_;
  std::string message_, hint_, place_;
};

/// An error as a page tells it, where no file is at hand.
struct ShortError {
  std::string message, hint;
};
/// What is wrong, and what to do about it; of `invalid_scenario` the first thing that is wrong, without its position and the
/// lines of the file.
[[nodiscard]] ShortError in_short(const Error& error);

/// What was asked for is wrong: the program ends with exit status 2.
class InputError : public Error {
 public:
  explicit InputError(std::string message, std::string hint = {}, std::string place = {},
                      ErrorCode code = ErrorCode::wrong_input);
};

/// The run could not be finished (disk full, damaged file, limit exceeded): exit status 1.
class RunError : public Error {
 public:
  explicit RunError(std::string message, std::string hint = {}, std::string place = {},
                    ErrorCode code = ErrorCode::run_failed);
};

/// A stop was asked for before the result was there: exit status 130. Whatever takes a std::stop_token throws this once a
/// stop is requested, within a second; only `run` gives the replications that were finished instead.
class Interrupted : public Error {
 public:
  Interrupted();
};

/// Throws Interrupted where a stop is requested: to be called in every loop that may last.
void throw_if_stopped(const std::stop_token& stop);

/// A list of findings as one exception, thrown by `Model`'s constructor. The message joins "path: message (hint)" by
/// newlines.
class InvalidModel : public InputError {
 public:
  explicit InvalidModel(std::vector<Finding> findings);
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

}  // namespace sojourn
