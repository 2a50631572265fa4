// What can go wrong, by kind: the user's input (InputError), the world (RunError). Our own mistakes are asserts.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace sojourn {

/// An error stops a run; a warning is listed by `sojourn check` and counted by `sojourn run`.
enum class Severity { error, warning };

/// One problem of a scenario, found by whoever knows the rule that it breaks.
/// `path` is the key as in `--set`, ids in place of indices ("touchpoint.first-bill.quality.mean",
/// "touchpoint.first-bill.next[2].odds"); the scenario reader turns it into file:line:column.
/// Grammar: `message` says what is wrong, `hint` what to do (may be empty).
struct Finding {
  Severity severity = Severity::error;
  std::string path;
  std::string message;
  std::string hint;
};

/// The input or the command line is wrong: exit status 2. `what()` is ready to print, a line or more, no newline at its end.
class InputError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The run could not be finished (disk full, damaged file, limit exceeded): exit status 1.
class RunError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A list of findings as one exception, thrown by `Model`'s constructor. `what()` joins "path: message (hint)" by newlines.
class InvalidModel : public std::runtime_error {
 public:
  explicit InvalidModel(std::vector<Finding> findings);
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

}  // namespace sojourn
