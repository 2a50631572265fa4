#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "sojourn/base/error.hpp"
#include "sojourn/base/whole_file.hpp"
#include "tests/catch.hpp"

using namespace sojourn;
namespace fs = std::filesystem;

namespace {

// A fresh folder, removed at the end.
class WholeFileFolder {
 public:
  WholeFileFolder() {
    std::string name = (fs::temp_directory_path() / "sojourn-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~WholeFileFolder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] long entries() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  fs::path path_;
};

template <class Error, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string write_error(const fs::path& path, std::string_view bytes = "new") {
  const std::string early = message_of<RunError>([&] { require_replaceable(path); });
  const std::string message = message_of<RunError>([&] { replace_file(path, bytes); });
  CHECK(early == message);  // what can be told before the work is told before the work
  return message;
}

std::string read_error(const fs::path& path, std::uint64_t limit = 100) {
  return message_of<InputError>([&] { (void)read_whole_file(path, limit); });
}

}  // namespace

TEST_CASE("a file is replaced as a whole and read back", "[base][whole_file]") {
  const WholeFileFolder folder;
  const fs::path file = folder / "a file";
  replace_file(file, "old");
  CHECK(read_whole_file(file, 3) == "old");
  const std::string bytes("n\0w\n\xff", 5);
  replace_file(file, bytes);
  CHECK(read_whole_file(file, 100) == bytes);
  replace_file(file, "");
  CHECK(read_whole_file(file, 0).empty());
  CHECK(folder.entries() == 1);
}

TEST_CASE("a relative name is a file of the present folder", "[base][whole_file]") {
  const WholeFileFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder / ".");
  replace_file("relative", "here");
  fs::current_path(before);
  CHECK(read_whole_file(folder / "relative", 100) == "here");
}

TEST_CASE("a symbolic link is followed, not replaced", "[base][whole_file]") {
  const WholeFileFolder folder;
  fs::create_directory(folder / "far");
  fs::create_symlink("far/target", folder / "link");
  replace_file(folder / "link", "one");  // the target is not there yet
  replace_file(folder / "link", "two");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_whole_file(folder / "far/target", 100) == "two");

  fs::create_symlink("circle", folder / "circle");
  CHECK(write_error(folder / "circle").find("cannot write ") == 0);
}

TEST_CASE("a target that cannot be a file is refused and nothing is left", "[base][whole_file]") {
  const WholeFileFolder folder;
  const std::string name = (folder / "").string();
  fs::create_directory(folder / "sub");
  replace_file(folder / "file", "kept");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);

  CHECK(write_error(folder / "sub") == "cannot write " + name + "sub: it is a folder\nhint: give the name of a file in it");
  CHECK(write_error(folder / "sub/") ==
        "cannot write " + name + "sub/: it is a folder\nhint: give the name of a file in it");
  CHECK(write_error(folder / "none/x") ==
        "cannot write " + name + "none/x: there is no folder " + name + "none\nhint: mkdir -p " + name + "none");
  CHECK(write_error(folder / "file/x") == "cannot write " + name + "file/x: Not a directory\nhint: give the name of a file");
  CHECK(write_error(folder / "pipe") ==
        "cannot write " + name + "pipe: it is a device, a pipe or a socket\nhint: give the name of a file");
  CHECK(write_error("/dev/null") ==
        "cannot write /dev/null: it is a device, a pipe or a socket\nhint: give the name of a file");
  CHECK(write_error("") == "cannot write the file: its name is empty\nhint: give the name of a file");
  CHECK(read_whole_file(folder / "file", 100) == "kept");
  CHECK(folder.entries() == 3);
}

TEST_CASE("a folder without permission is refused", "[base][whole_file]") {
  if (::geteuid() == 0) return;  // root may write anywhere
  const WholeFileFolder folder;
  fs::create_directory(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(write_error(folder / "closed/x").find("Permission denied\nhint: choose another folder") != std::string::npos);
}

TEST_CASE("a file beyond the size limit is an error, not a signal, and the old one stays", "[base][whole_file]") {
  const WholeFileFolder folder;
  replace_file(folder / "file", "old");
  rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small = {1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string message = message_of<RunError>([&] { replace_file(folder / "file", std::string(5000, 'x')); });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);

  CHECK(message == "cannot write " + (folder / "file").string() +
                       ": File too large\nhint: 5000 bytes are needed: raise the limit on the size of files (ulimit -f)");
  CHECK(read_whole_file(folder / "file", 100) == "old");
  CHECK(folder.entries() == 1);
  sigset_t waiting = {};
  REQUIRE(::sigpending(&waiting) == 0);
  CHECK(::sigismember(&waiting, SIGXFSZ) == 0);
}

TEST_CASE("temporary names left by a killed process do not stop the next", "[base][whole_file]") {
  const WholeFileFolder folder;
  for (int i = 0; i < 3; ++i)
    std::ofstream(folder / (".sojourn-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".part"));
  replace_file(folder / "file", "new");
  CHECK(read_whole_file(folder / "file", 100) == "new");
  CHECK(folder.entries() == 4);
}

TEST_CASE("only ordinary files within the limit are read", "[base][whole_file]") {
  const WholeFileFolder folder;
  const std::string name = (folder / "").string();
  replace_file(folder / "file", "four");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_error(folder / "none") == name + "none: there is no such file");
  CHECK(read_error(folder / "") == name + ": this is a folder");
  CHECK(read_error(folder / "pipe") == name + "pipe: this is a device, a pipe or a socket");
  CHECK(read_error("/dev/zero") == "/dev/zero: this is a device, a pipe or a socket");
  CHECK(read_error(folder / "file", 3) == name + "file: this is a file of 4 bytes; at most 3 are read");
}
