// One process at a time.
#pragma once

#include <filesystem>

namespace sojourn {

/// What a process alone may do while this lives, told apart by a path: an empty file, which is removed at the end. A process
/// that is killed leaves the file, which holds up nobody. On a file system that knows no locks it does nothing.
class FileLock {
 public:
  explicit FileLock(std::filesystem::path path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// Whether another process has it.
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  std::filesystem::path path_;
  int file_ = -1;
  bool taken_ = false;
};

}  // namespace sojourn
