#include "sojourn/base/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>
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
constexpr std::string_view name_another_file = "name another file";

// The first bytes of a file and its last ones; both empty when it cannot be read.
struct Ends {
  std::string head, tail;
  std::uint64_t size = 0;
};

std::optional<Ends> ends_of(const fs::path& path) {
  constexpr std::size_t longest = 1024;
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status = {};
  if (!file.open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  Ends ends;
  ends.size = static_cast<std::uint64_t>(status.st_size);
  const std::size_t wanted = std::min<std::uint64_t>(ends.size, longest);
  const auto read = [&](std::string& bytes, std::uint64_t offset) {
    bytes.resize(wanted);
    return ::pread(file.get(), bytes.data(), wanted, static_cast<off_t>(offset)) == static_cast<ssize_t>(wanted);
  };
  if (!read(ends.head, 0) || !read(ends.tail, ends.size - wanted)) return std::nullopt;
  return ends;
}

// The last line of a results file, as sim/outcomes/FORMAT.md has it; whether its digest is right is not for us to say.
bool ends_with_seal(std::string_view tail) {
  constexpr std::string_view label = "sojourn sha256 ";
  constexpr std::size_t digits = 64, size = label.size() + digits + 1;
  if (tail.size() < size || tail.back() != '\n') return false;
  tail = tail.substr(tail.size() - size, size - 1);
  return tail.starts_with(label) && tail.find_first_not_of("0123456789abcdef", label.size()) == tail.npos;
}

bool same_file(const struct stat& one, const fs::path& path) {
  struct stat other = {};
  return ::stat(path.c_str(), &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

[[noreturn]] void refuse_replacing(const fs::path& path, std::string_view why, std::string_view hint,
                                   ErrorCode code = ErrorCode::wrong_input) {
  throw InputError(fmt::format("{} {}", path.string(), why), std::string(hint), {}, code);
}

struct Target {
  fs::path path;                    // without links
  std::optional<struct stat> file;  // of the file that is there
};

void require_permitted(const fs::path& path, const Target& target, const Replacing& may) {
  if (may.only_new) refuse_replacing(path, "exists already and is left as it is", name_another_file);
  for (const fs::path& input : may.inputs) {
    if (same_file(*target.file, input))
      refuse_replacing(path, "is read by this command and would be overwritten", name_another_file);
  }
  if (may.force) return;
  constexpr std::string_view or_force = "name another file, or allow this one to be replaced";
  if (!written_by_sojourn(target.path, may.beginning))
    refuse_replacing(path, "exists and was not written by Sojourn", or_force, ErrorCode::file_of_others);
  if ((target.file->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0)
    refuse_replacing(path, "is read-only", or_force, ErrorCode::file_of_others);
}

// The file to replace, after every check that needs no writing. Messages name the path that the caller gave.
Target checked_target(const fs::path& path, const Replacing& may) {
  if (path.empty()) refuse("the file", "its name is empty", name_a_file);
  Target target{follow_links(path), std::nullopt};
  struct stat status = {};
  if (::stat(target.path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) refuse(path, "it is a folder", "give the name of a file in it");
    if (!S_ISREG(status.st_mode)) refuse(path, "it is a device, a pipe or a socket", name_a_file);
    target.file = status;
  } else if (errno != ENOENT) {
    refuse(path, reason(errno), name_a_file);
  }
  const fs::path folder = folder_of(target.path);
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(path, reason(errno), name_a_file);
    refuse(path, fmt::format("there is no folder {}", folder.string()), fmt::format("mkdir -p {}", folder.string()));
  }
  if (!S_ISDIR(status.st_mode)) refuse(path, fmt::format("{} is not a folder", folder.string()), "choose another folder");
  if (!target.path.has_filename()) refuse(path, "it ends in a slash", name_a_file);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_folder(path, folder, errno);
  if (target.file) require_permitted(path, target, may);
  return target;
}

std::pair<Descriptor, fs::path> create_temporary(const fs::path& path, const fs::path& folder, mode_t mode) {
  constexpr int most_tries = 10000;  // names may be left from killed processes that had our number
  for (int i = 0; i < most_tries; ++i) {
    fs::path name = folder / fmt::format(".sojourn-{}-{}.part", ::getpid(), i);
    Descriptor file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.open()) return {std::move(file), std::move(name)};
    if (errno == EEXIST || errno == EINTR) continue;
    refuse_folder(path, folder, errno);
  }
  refuse(path, fmt::format("the folder {} is full of unfinished files", folder.string()),
         "remove its files named .sojourn-*.part");
}

// Before the first byte is written, so that nobody can read what the old file kept from them.
void keep_permissions(const fs::path& path, const Target& target, int file) {
  constexpr const char* access_list = "system.posix_acl_access";
  const struct stat& old = *target.file;
  if (::fchown(file, old.st_uid, old.st_gid) != 0) {
    struct stat now = {};
    if (::fstat(file, &now) != 0 || now.st_uid != old.st_uid || now.st_gid != old.st_gid)
      refuse(path, "it would not keep its owner and its group", "name another file, or remove this one first");
  }
  char list[4096];  // file systems without access lists say so, and have none to keep
  if (const ssize_t size = ::getxattr(target.path.c_str(), access_list, list, sizeof list); size > 0) {
    if (::fsetxattr(file, access_list, list, static_cast<std::size_t>(size), 0) != 0)
      refuse(path, fmt::format("it would not keep its access list: {}", reason(errno)), name_another_file);
  }
  if (::fchmod(file, old.st_mode & 07777u) != 0)
    refuse(path, fmt::format("it would not keep its permissions: {}", reason(errno)), name_another_file);
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

std::string remedy(int code, std::uint64_t needed) {
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

// 0 or an errno value. A name that is taken stays as it is.
int move_to_new(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str()) == 0 ? 0 : errno;
  // Some file systems have no hard links; there, a file that came into being since the checks is not noticed.
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS) return errno;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
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

bool written_by_sojourn(const fs::path& path, std::string_view beginning) {
  const std::optional<Ends> ends = ends_of(path);
  if (!ends) return false;
  const std::string_view head = ends->head;
  if (head.empty() || (!beginning.empty() && head.starts_with(beginning))) return true;
  if (head.starts_with("\x89HDF\r\n\x1a\n")) return ends_with_seal(ends->tail);
  if (head.starts_with("PK\x03\x04")) return ends->tail.ends_with(file_mark);
  for (const std::string_view kind : {"<?xml", "<!DOCTYPE html>", "digraph "}) {
    if (head.starts_with(kind)) return head.find(file_mark) != head.npos;
  }
  return false;
}

struct FileReplacement::State {
  fs::path path;  // as the caller gave it
  Target target;
  bool only_new;
  Descriptor file;
  Temporary temporary;
  std::uint64_t written = 0;

  State(const fs::path& named, const Replacing& may, Target checked, std::pair<Descriptor, fs::path> opened)
      : path(named),
        target(std::move(checked)),
        only_new(may.only_new),
        file(std::move(opened.first)),
        temporary(std::move(opened.second)) {}
};

FileReplacement::FileReplacement(const fs::path& path, const Replacing& may) {
  Target target = checked_target(path, may);
  auto opened = create_temporary(path, folder_of(target.path), target.file ? 0600 : 0666);
  state_ = std::make_unique<State>(path, may, std::move(target), std::move(opened));
  if (state_->target.file) keep_permissions(path, state_->target, state_->file.get());
}

FileReplacement::~FileReplacement() = default;

void FileReplacement::write(std::string_view bytes) {
  const FileSizeSignalBlock no_signal;
  const int failed = write_all(state_->file.get(), bytes);
  state_->written += bytes.size();
  if (failed != 0) refuse(state_->path, reason(failed), remedy(failed, state_->written));
}

void FileReplacement::finish() {
  const fs::path &path = state_->path, &target = state_->target.path;
  int failed = ::fsync(state_->file.get()) != 0 ? errno : 0;
  if (const int at_close = state_->file.close(); failed == 0) failed = at_close;
  if (failed != 0) refuse(path, reason(failed), remedy(failed, state_->written));

  const fs::path& from = state_->temporary.path();
  failed = state_->only_new ? move_to_new(from, target) : ::rename(from.c_str(), target.c_str()) == 0 ? 0 : errno;
  if (failed != 0) refuse(path, reason(failed), name_a_file);
  state_->temporary.keep();

  // Until the folder is on the disk too, a power cut may bring the old file back. A folder that may be written but not read
  // cannot be opened, and some file systems cannot flush one: both still hold one whole file or the other.
  const Descriptor opened(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.open() && ::fsync(opened.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    throw RunError(fmt::format("{} is written, but may not survive a power cut: {}", path.string(), reason(errno)));
  }
}

void require_replaceable(const fs::path& path, const Replacing& may) {
  try {
    static_cast<void>(checked_target(path, may));
  } catch (const RunError& error) {  // before the work another name can be given
    throw InputError(error.message(), error.hint(), error.place(), error.code());
  }
}

void replace_file(const fs::path& path, std::string_view bytes, const Replacing& may) {
  FileReplacement file(path, may);
  file.write(bytes);
  file.finish();
}

}  // namespace sojourn
