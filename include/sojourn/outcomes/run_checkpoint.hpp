// The file of a run that may be stopped and gone on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sojourn/base/file_lock.hpp"
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

/// A replication that is under way, in a file that is whole or what it was before. It is due again so often that at most two
/// per cent of the time go into it, and at most four times a second.
class ReplicationFile final : public StateKeeper {
 public:
  /// Reads the file where it is there. Throws as RunCheckpoint does.
  ReplicationFile(std::filesystem::path path, const RunIdentity& identity);
  ~ReplicationFile() override;

  [[nodiscard]] std::optional<Place> found() const override { return found_; }
  [[nodiscard]] std::size_t pieces() const override { return stretches_.size(); }
  [[nodiscard]] std::string piece(std::size_t k) override;
  [[nodiscard]] bool due() override;
  void begin(const Place& place) override;
  void add(std::string piece) override;
  void finish() override;
  /// Whether a replication is kept that has not been finished.
  [[nodiscard]] bool any() const { return any_; }
  /// It has been finished; the file is removed once that is safe, by `remove`.
  void outdated() { any_ = false; }
  void remove();

 private:
  struct Stretch {
    std::uint64_t at, size;
  };
  class Writing;

  std::filesystem::path path_;
  std::string identity_;
  std::ifstream file_;  // the one that was found
  std::optional<Place> found_;
  std::vector<Stretch> stretches_;  // of its pieces
  std::unique_ptr<Writing> writing_;
  bool any_ = false;
  double last_ = 0.0, pause_ = 0.25, began_ = 0.0;  // seconds
};

/// The parts of a run that are finished, in a file that is whole or what it was before. It is written again so often that at
/// most two per cent of the time go into it, and at most four times a second; `save` writes what has come since.
class RunCheckpoint final : public RunKeeper {
 public:
  /// Reads the file where it is there. Throws InputError where another process has it open like this, and where it is no
  /// checkpoint, damaged, or that of another run; then it
  /// says which of the identity differs. Nothing is written yet, but throws what writing would throw for any bytes. What is
  /// under way stands in a file of its own, PATH.state.
  RunCheckpoint(std::filesystem::path path, const RunIdentity& identity);

  [[nodiscard]] const std::vector<std::string>& found() const override { return found_; }
  void keep(std::string part) override;
  void save() override;
  [[nodiscard]] StateKeeper* states() override { return &states_; }
  /// Whether a replication under way is kept.
  [[nodiscard]] bool keeps_state() const { return states_.any(); }
  /// The run is finished, and its results are kept: the file is removed.
  void remove();
  /// Parts that are kept in all.
  [[nodiscard]] std::size_t parts();

 private:
  void write();

  std::filesystem::path path_;
  FileLock lock_;  // .NAME.lock beside it
  std::string head_;
  ReplicationFile states_;
  std::vector<std::string> found_;  // [0, what was there]
  std::mutex mutex_;
  std::vector<std::string> added_;
  std::size_t written_ = 0;  // of `added_`
  double last_ = 0.0;        // when the file was written, in seconds of a steady clock
  double pause_ = 0.0;       // until it is written again
};

}  // namespace sojourn
