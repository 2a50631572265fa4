// Files read and replaced as a whole, so that nobody ever sees half of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sojourn {

/// The bytes of a regular file of at most `limit` bytes. Throws InputError, whose place is the path, when it is
/// missing, unreadable, larger, or not a regular file (a folder, a device, a pipe: the last would wait for ever).
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& path, std::uint64_t limit);

/// Puts `bytes` at `path`: written to a temporary name (".sojourn-PID-N.part") in the same folder, flushed to the disk,
/// renamed, and the folder flushed. Whatever happens, `path` is what it was before or complete. A symbolic link is followed.
/// Throws RunError ("cannot write PATH: REASON", and a hint) after removing the temporary file. Only a
/// killed process leaves one.
void replace_file(const std::filesystem::path& path, std::string_view bytes);

/// Throws the RunError that `replace_file` would throw for a target that cannot be written whatever the bytes: a missing or
/// read-only folder, a folder or a device in the place of the file. To be called before the work whose result is to be kept.
void require_replaceable(const std::filesystem::path& path);

}  // namespace sojourn
