#include "sojourn/base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sojourn {

FileLock::FileLock(std::filesystem::path path) : path_(std::move(path)) {
  for (;;) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) return;
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      taken_ = errno == EWOULDBLOCK;
      ::close(std::exchange(file_, -1));
      return;
    }
    // Who had it may have removed the file in between: then this lock is of a file that nobody finds any more.
    struct stat here {
    }, there{};
    const bool same = ::fstat(file_, &here) == 0 && ::stat(path_.c_str(), &there) == 0 && here.st_ino == there.st_ino &&
                      here.st_dev == there.st_dev;
    if (same) return;
    ::close(std::exchange(file_, -1));
  }
}

FileLock::~FileLock() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace sojourn
