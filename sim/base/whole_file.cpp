#include "sojourn/base/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "sojourn/base/error.hpp"

namespace sojourn {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) { return std::generic_category().message(code); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  /// Closes and reports: some file systems say only now that the disk is full. 0 or an errno value.
  [[nodiscard]] int close() { return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR ? 0 : errno; }

 private:
  int number_;
};

// A write beyond RLIMIT_FSIZE (ulimit -f, common on clusters) kills the process unless SIGXFSZ is held back; then it is
// EFBIG.
class FileSizeSignalBlock {
 public:
  FileSizeSignalBlock() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  FileSizeSignalBlock(const FileSizeSignalBlock&) = delete;
  FileSizeSignalBlock& operator=(const FileSizeSignalBlock&) = delete;
  ~FileSizeSignalBlock() {
    const timespec at_once = {};
    if (!::sigismember(&before_, SIGXFSZ)) ::sigtimedwait(&signals_, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t signals_ = {};
  sigset_t before_ = {};
};

// Removes its file unless told that the file has become the target.
class Temporary {
 public:
  explicit Temporary(fs::path path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  fs::path path_;
};

// Renaming onto a symbolic link would replace the link, so the file that it names is replaced instead.
fs::path follow_links(fs::path path) {
  constexpr int most_links = 40;  // as Linux
  std::error_code failed;
  for (int i = 0; i < most_links && fs::is_symlink(fs::symlink_status(path, failed)); ++i) {
    const fs::path target = fs::read_symlink(path, failed);
    if (failed) break;
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

[[noreturn]] void refuse(const fs::path& path, std::string_view why, std::string_view hint) {
  throw RunError(fmt::format("cannot write {}: {}", path.string(), why), std::string(hint), {}, ErrorCode::cannot_write);
}

[[noreturn]] void refuse_folder(const fs::path& path, const fs::path& folder, int code) {
  refuse(path, fmt::format("no file can be made in the folder {}: {}", folder.string(), reason(code)),
         "choose another folder");
}

[[noreturn]] void refuse_reading(const fs::path& path, std::string_view why) {
  throw InputError(std::string(why), {}, path.string());
}

constexpr std::string_view name_a_file = "give the name of a file";

// The file to replace, after every check that needs no writing. Messages name the path that the caller gave.
fs::path checked_target(const fs::path& path) {
  if (path.empty()) refuse("the file", "its name is empty", name_a_file);
  const fs::path target = follow_links(path);
  struct stat status = {};
  if (::stat(target.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) refuse(path, "it is a folder", "give the name of a file in it");
    if (!S_ISREG(status.st_mode)) refuse(path, "it is a device, a pipe or a socket", name_a_file);
  } else if (errno != ENOENT) {
    refuse(path, reason(errno), name_a_file);
  }
  const fs::path folder = folder_of(target);
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(path, reason(errno), name_a_file);
    refuse(path, fmt::format("there is no folder {}", folder.string()), fmt::format("mkdir -p {}", folder.string()));
  }
  if (!S_ISDIR(status.st_mode)) refuse(path, fmt::format("{} is not a folder", folder.string()), "choose another folder");
  if (!target.has_filename()) refuse(path, "it ends in a slash", name_a_file);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_folder(path, folder, errno);
  return target;
}

std::pair<Descriptor, fs::path> create_temporary(const fs::path& path, const fs::path& folder) {
  constexpr int most_tries = 10000;  // names may be left from killed processes that had our number
  for (int i = 0; i < most_tries; ++i) {
    fs::path name = folder / fmt::format(".sojourn-{}-{}.part", ::getpid(), i);
    Descriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.open()) return {std::move(file), std::move(name)};
    if (errno == EEXIST || errno == EINTR) continue;
    refuse_folder(path, folder, errno);
  }
  refuse(path, fmt::format("the folder {} is full of unfinished files", folder.string()),
         "remove its files named .sojourn-*.part");
}

// 0 or an errno value.
int write_all(int file, std::string_view bytes) {
  constexpr std::size_t piece = std::size_t{1} << 26;  // Linux writes at most 2^31 - 4096 bytes in one call
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), std::min(bytes.size(), piece));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string remedy(int code, std::size_t needed) {
  switch (code) {
    case ENOSPC:
      return fmt::format("{} bytes are needed: free some space or choose another folder", needed);
    case EDQUOT:
      return fmt::format("{} bytes are needed: free some of your quota or choose another folder", needed);
    case EFBIG:
      return fmt::format("{} bytes are needed: raise the limit on the size of files (ulimit -f)", needed);
    default:
      return "choose another folder";
  }
}

}  // namespace

std::string read_whole_file(const fs::path& path, std::uint64_t limit) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.open()) refuse_reading(path, errno == ENOENT ? "there is no such file" : reason(errno));
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) refuse_reading(path, reason(errno));
  if (S_ISDIR(status.st_mode)) refuse_reading(path, "this is a folder");
  if (!S_ISREG(status.st_mode)) refuse_reading(path, "this is a device, a pipe or a socket");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit) refuse_reading(path, fmt::format("this is a file of {} bytes; at most {} are read", size, limit));

  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse_reading(path, reason(errno));
    if (count == 0) break;  // cut short since fstat
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

void require_replaceable(const fs::path& path) { static_cast<void>(checked_target(path)); }

void replace_file(const fs::path& path, std::string_view bytes) {
  const fs::path target = checked_target(path);
  const fs::path folder = folder_of(target);
  const FileSizeSignalBlock no_signal;
  auto [file, name] = create_temporary(path, folder);
  Temporary temporary(std::move(name));

  int failed = write_all(file.get(), bytes);
  if (failed == 0 && ::fsync(file.get()) != 0) failed = errno;
  if (const int at_close = file.close(); failed == 0) failed = at_close;
  if (failed != 0) refuse(path, reason(failed), remedy(failed, bytes.size()));

  if (::rename(temporary.path().c_str(), target.c_str()) != 0) refuse(path, reason(errno), name_a_file);
  temporary.keep();

  // Until the folder is on the disk too, a power cut may bring the old file back. A folder that may be written but not read
  // cannot be opened, and some file systems cannot flush one: both still hold one whole file or the other.
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.open() && ::fsync(opened.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    throw RunError(fmt::format("{} is written, but may not survive a power cut: {}", path.string(), reason(errno)));
  }
}

}  // namespace sojourn
