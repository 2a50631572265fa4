// The file of a run that may be stopped and gone on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "sojourn/engine/shared_run.hpp"
#include "sojourn/scenario/scenario.hpp"

namespace sojourn {

/// Whose run it is that a checkpoint keeps: all that decides its numbers.
struct RunIdentity {
  std::string version, build, scenario;  // the last as `scenario_digest`
  std::uint64_t seed = 0, customers = 0;
  std::uint32_t replications = 0;
  std::vector<std::string> plans;  // in their order
};
[[nodiscard]] RunIdentity run_identity(const Scenario& scenario, std::vector<std::string> plans);

/// The parts of a run that are finished, in a file that is whole or what it was before. It is written again so often that at
/// most two per cent of the time go into it, and at most four times a second; `save` writes what has come since.
class RunCheckpoint final : public RunKeeper {
 public:
  /// Reads the file where it is there. Throws InputError where it is no checkpoint, damaged, or that of another run; then it
  /// says which of the identity differs. Nothing is written yet, but throws what writing would throw for any bytes.
  RunCheckpoint(std::filesystem::path path, const RunIdentity& identity);

  [[nodiscard]] const std::vector<std::string>& found() const override { return found_; }
  void keep(std::string part) override;
  void save() override;
  /// The run is finished, and its results are kept: the file is removed.
  void remove();
  /// Parts that are kept in all.
  [[nodiscard]] std::size_t parts();

 private:
  void write();

  std::filesystem::path path_;
  std::string head_;
  std::vector<std::string> found_;  // [0, what was there]
  std::mutex mutex_;
  std::vector<std::string> added_;
  std::size_t written_ = 0;  // of `added_`
  double last_ = 0.0;        // when the file was written, in seconds of a steady clock
  double pause_ = 0.0;       // until it is written again
};

}  // namespace sojourn
