// Files read and replaced as a whole: nobody ever sees half of one, and nobody loses one that Sojourn did not write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sojourn {

/// The bytes of a regular file of at most `limit` bytes. Throws InputError, whose place is the path, when it is
/// missing, unreadable, larger, or not a regular file (a folder, a device, a pipe: the last would wait for ever).
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& path, std::uint64_t limit);

/// Stands within the first kilobyte of every text that Sojourn writes (in a comment of SVG, HTML, DOT and XES), and at the
/// end of a workbook (as the comment of its zip archive, which other programs drop when they save it).
inline constexpr std::string_view file_mark = "Written by Sojourn";

/// What may be replaced by a file that is written. By default: nothing that Sojourn did not write, see `written_by_sojourn`.
struct Replacing {
  std::vector<std::filesystem::path> inputs;  // never replaced, under whatever name or link, even with `force`
  bool force = false;                         // also files that Sojourn did not write, and files that nobody may write
  std::string_view beginning;                 // files that begin so are Sojourn's too: the exact header of a CSV file
  bool only_new = false;                      // nothing is replaced at all
};

/// Whether the file at `path` was written by Sojourn: it is a results file with its last line, a text or a workbook with
/// `file_mark`, begins with `beginning` (unless that is empty), or is empty. False when it cannot be read.
[[nodiscard]] bool written_by_sojourn(const std::filesystem::path& path, std::string_view beginning = {});

/// A file that is written piece by piece to a temporary name (".sojourn-PID-N.part") in the folder of `path` and takes its
/// place at the end. Whatever happens, `path` is what it was before or complete. A symbolic link is followed. A file that is
/// replaced keeps its owner, its group, its permissions and its access list.
///
/// Throws InputError where `path` is one of the inputs, or a file that must not be replaced; RunError
/// ("cannot write PATH: REASON", and a hint) where it cannot be written. The temporary file is then removed;
/// only a killed process leaves one.
class FileReplacement {
 public:
  /// Opens the temporary file, after every check that needs no writing.
  explicit FileReplacement(const std::filesystem::path& path, const Replacing& may = {});
  FileReplacement(const FileReplacement&) = delete;
  FileReplacement& operator=(const FileReplacement&) = delete;
  /// Removes the temporary file unless `finish` was called.
  ~FileReplacement();

  void write(std::string_view bytes);
  /// Flushes the file to the disk, renames it to `path`, and flushes the folder. Nothing can be written afterwards.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Puts `bytes` at `path`, as FileReplacement does.
void replace_file(const std::filesystem::path& path, std::string_view bytes, const Replacing& may = {});

/// Throws InputError with what `replace_file` would say of a target that cannot be written, or must not be replaced,
/// whatever the bytes. To be called before the work whose result is to be kept, while another name can be given.
void require_replaceable(const std::filesystem::path& path, const Replacing& may = {});

}  // namespace sojourn
