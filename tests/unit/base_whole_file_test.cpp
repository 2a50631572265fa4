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

// Tests that replace plain bytes say so.
Replacing anything() {
  Replacing may;
  may.force = true;
  return may;
}

std::string refusal(const fs::path& path, const Replacing& may = {}) {
  const std::string early = message_of<InputError>([&] { require_replaceable(path, may); });
  const std::string message = message_of<InputError>([&] { replace_file(path, "new", may); });
  CHECK(early == message);
  return message;
}

mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777u;
}

std::string write_error(const fs::path& path, std::string_view bytes = "new") {
  const std::string early = message_of<InputError>([&] { require_replaceable(path); });
  const std::string message = message_of<RunError>([&] { replace_file(path, bytes, anything()); });
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
  replace_file(file, bytes, anything());
  CHECK(read_whole_file(file, 100) == bytes);
  replace_file(file, "", anything());
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
  replace_file(folder / "link", "two", anything());
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
  const std::string message =
      message_of<RunError>([&] { replace_file(folder / "file", std::string(5000, 'x'), anything()); });
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

TEST_CASE("only what Sojourn wrote is replaced", "[base][whole_file]") {
  const WholeFileFolder folder;
  const std::string mark(file_mark);
  const std::string seal = "sojourn sha256 " + std::string(64, 'a') + "\n", hdf5 = "\x89HDF\r\n\x1a\n";
  const fs::path file = folder / "file";
  const auto with = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  };
  for (const std::string& own : {std::string(), "<?xml version=\"1.0\"?>\n<!-- " + mark + " -->\n<svg/>",
                                 "<!DOCTYPE html>\n<!-- " + mark + " -->", "digraph journey {  // " + mark + "\n}",
                                 hdf5 + std::string(3000, 'x') + seal, "PK\x03\x04" + std::string(3000, 'x') + mark}) {
    INFO(own);
    CHECK(written_by_sojourn(with(own)));
    replace_file(file, "new");
  }
  for (const std::string& foreign :
       {std::string("from,to\n0,1\n"), std::string("name = \"x\"\n"),
        "<?xml version=\"1.0\"?>\n<svg/>" + std::string(2000, ' ') + mark, "a note about files " + mark, hdf5 + seal + "x",
        hdf5 + std::string(3000, 'x'), "PK\x03\x04" + std::string(3000, 'x')}) {
    INFO(foreign);
    CHECK(refusal(with(foreign)) ==
          file.string() +
              " exists and was not written by Sojourn\nhint: name another file, or allow this one to be "
              "replaced");
    CHECK(read_whole_file(file, 10000) == foreign);
    replace_file(file, "new", anything());
    CHECK(read_whole_file(file, 10000) == "new");
  }
  // A kind without a place for a mark is known by how it begins.
  Replacing log;
  log.beginning = "case,activity\r\n";
  replace_file(with("case,activity\r\n1,x\r\n"), "new", log);
  CHECK(refusal(with("case,activity,mine\r\n"), log) != "nothing was thrown");
  CHECK(folder.entries() == 1);
}

TEST_CASE("an input is never replaced, under no name and not by force", "[base][whole_file]") {
  const WholeFileFolder folder;
  const fs::path input = folder / "in.svg";
  std::ofstream(input) << "<?xml?><!-- " << file_mark << " -->";
  fs::create_symlink("in.svg", folder / "link");
  fs::create_symlink("link", folder / "link to the link");
  fs::create_hard_link(input, folder / "hard");
  Replacing may = anything();
  may.inputs = {folder / "none", folder / "link"};
  for (const char* name : {"in.svg", "link", "link to the link", "hard", "../SELF/in.svg"}) {
    std::string spelt = name;
    if (const auto self = spelt.find("SELF"); self != std::string::npos)
      spelt.replace(self, 4, (folder / "x").parent_path().filename().string());
    const fs::path path = folder / spelt;
    CHECK(refusal(path, may) ==
          path.string() + " is read by this command and would be overwritten\nhint: name another file");
  }
  CHECK(folder.entries() == 4);
}

TEST_CASE("what must be new replaces nothing", "[base][whole_file]") {
  const WholeFileFolder folder;
  Replacing may = anything();
  may.only_new = true;
  replace_file(folder / "file", "", may);  // even what is empty stays then
  CHECK(refusal(folder / "file", may) ==
        (folder / "file").string() + " exists already and is left as it is\nhint: name another file");
  // A file that comes into being while the other is written.
  FileReplacement late(folder / "late", may);
  late.write("ours");
  std::ofstream(folder / "late") << "theirs";
  CHECK(message_of<RunError>([&] { late.finish(); }).find("File exists") != std::string::npos);
  CHECK(read_whole_file(folder / "late", 100) == "theirs");
}

TEST_CASE("a file that is replaced keeps its permissions and its owner", "[base][whole_file]") {
  const WholeFileFolder folder;
  const mode_t mask = ::umask(022);
  replace_file(folder / "file", "old");
  CHECK(mode_of(folder / "file") == 0644);
  for (const mode_t mode : {0600, 0640, 0664, 0755}) {
    REQUIRE(::chmod((folder / "file").c_str(), mode) == 0);
    replace_file(folder / "file", "new", anything());
    CHECK(mode_of(folder / "file") == mode);
  }
  // The unfinished file is as closed as the old one.
  REQUIRE(::chmod((folder / "file").c_str(), 0600) == 0);
  {
    FileReplacement unfinished(folder / "file", anything());
    unfinished.write("secret");
    for (const auto& entry : fs::directory_iterator(folder / ".")) CHECK(mode_of(entry.path()) == 0600);
  }
  CHECK(folder.entries() == 1);
  REQUIRE(::chmod((folder / "file").c_str(), 0444) == 0);
  std::ofstream(folder / "ours") << "<?xml?><!-- " << file_mark << " -->";
  REQUIRE(::chmod((folder / "ours").c_str(), 0444) == 0);
  CHECK(refusal(folder / "ours").find(" is read-only\n") != std::string::npos);
  replace_file(folder / "ours", "new", anything());
  CHECK(mode_of(folder / "ours") == 0444);
  if (::geteuid() == 0) {
    REQUIRE(::chown((folder / "file").c_str(), 12345, 54321) == 0);
    replace_file(folder / "file", "new", anything());
    struct stat status = {};
    REQUIRE(::stat((folder / "file").c_str(), &status) == 0);
    CHECK(status.st_uid == 12345);
    CHECK(status.st_gid == 54321);
  }
  ::umask(mask);
}

TEST_CASE("a file written in pieces appears at the end or not at all", "[base][whole_file]") {
  const WholeFileFolder folder;
  {
    FileReplacement file(folder / "file");
    file.write("half");
    CHECK_FALSE(fs::exists(folder / "file"));
  }
  CHECK(folder.entries() == 0);
  FileReplacement file(folder / "file");
  file.write("one ");
  file.write("two");
  file.finish();
  CHECK(read_whole_file(folder / "file", 100) == "one two");
}
